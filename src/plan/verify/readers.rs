//! One YAML text read by two parsers that know nothing of each other.

use std::sync::Arc;

use serde_yaml::Value;

use crate::text::clean;
use crate::text::yaml::{self, Doc, Parsed, Style, View};

/// Reads a text with both parsers; none when both find nothing in it.
///
/// # Errors
/// What one of them says, or that they read different things, in words that follow "the file".
pub fn read(text: &str) -> Result<Option<Doc>, String> {
    let ours = yaml::parse(&Arc::from(text)).map_err(|error| format!("{} (line {})", error, error.place.line))?;
    let theirs: Value = serde_yaml::from_str(text)
        .map_err(|error| format!("is not read by the second parser: {}", clean::short(&error.to_string(), 200)))?;
    match ours {
        Parsed::Empty if theirs.is_null() => Ok(None),
        Parsed::Doc(doc) if agree(doc.root(), &theirs) => Ok(Some(doc)),
        _ => Err("is read differently by two parsers".to_owned()),
    }
}

/// Whether both hold the same value. A scalar counts by its text: `1.10` is no number to a workflow.
fn agree(ours: View<'_>, theirs: &Value) -> bool {
    match theirs {
        Value::Tagged(tagged) => agree(ours, &tagged.value),
        Value::Mapping(entries) => {
            let mut count = 0;
            let mut pairs = entries.iter();
            let all = ours.entries().all(|(key, value)| {
                count += 1;
                pairs.next().is_some_and(|(their_key, their_value)| agree(key, their_key) && agree(value, their_value))
            });
            ours.is_mapping() && all && count == entries.len()
        }
        Value::Sequence(items) => {
            let mut count = 0;
            let all = ours.items().all(|item| {
                count += 1;
                items.get(count - 1).is_some_and(|other| agree(item, other))
            });
            ours.is_sequence() && all && count == items.len()
        }
        Value::String(text) => ours.as_str() == Some(text),
        Value::Null => ours.is_null(),
        Value::Bool(truth) => ours.style() == Some(Style::Plain) && ours.as_bool() == Some(*truth),
        Value::Number(_) => ours.style() == Some(Style::Plain),
    }
}
