//! The functions of expressions.

use github_actions_expressions::call::{Call, Function};

use super::value::{as_str, begins_with, can, equal, lift, lower};
use super::{MAX_TEXT, Situation, Truth, Value, of, too_long};

pub(super) fn function(call: &Call<'_>, raw: &str, situation: &dyn Situation) -> Value {
    let argument = |at: usize| call.args.get(at).map_or(Value::Null, |argument| of(argument, situation));
    match call.func {
        Function::Always => Value::Bool(true),
        Function::Cancelled => situation.cancelled().value(),
        Function::Success => situation.success().value(),
        Function::Failure => situation.failure().value(),
        Function::Contains => contains(&argument(0), &argument(1)).value(),
        Function::StartsWith => begins(&argument(0), &argument(1)).value(),
        Function::EndsWith => ends(&argument(0), &argument(1)).value(),
        Function::FromJSON => from_json(argument(0), raw),
        Function::ToJSON => argument(0),
        Function::Format => format_values(call, situation, raw),
        Function::Case => case(call, situation),
        Function::Join | Function::HashFiles => Value::RunTime(format!("`{raw}` is computed")),
    }
}

/// `case(test, value, …, default)`.
fn case(call: &Call<'_>, situation: &dyn Situation) -> Value {
    let mut options = Vec::new();
    for pair in call.args.chunks(2) {
        match pair {
            [test, value] => match of(test, situation).truth() {
                Truth::Yes => {
                    options.push(of(value, situation));
                    return one_of(options);
                }
                Truth::No => {}
                Truth::Can => options.push(of(value, situation)),
                Truth::RunTime(why) => return Value::RunTime(why),
            },
            [default] => options.push(of(default, situation)),
            _ => {}
        }
    }
    one_of(options)
}

fn one_of(mut options: Vec<Value>) -> Value {
    if options.len() == 1 { options.swap_remove(0) } else { Value::one_of(options) }
}

fn format_values(call: &Call<'_>, situation: &dyn Situation, raw: &str) -> Value {
    let values: Vec<Value> = call.args.iter().map(|argument| of(argument, situation)).collect();
    let texts: Option<Vec<String>> = values
        .iter()
        .map(|value| value.strings().filter(|strings| strings.len() == 1).and_then(|mut strings| strings.pop()))
        .collect();
    match texts.as_deref() {
        Some([template, rest @ ..]) => {
            let mut text = template.clone();
            for (at, part) in rest.iter().enumerate() {
                let hole = format!("{{{at}}}");
                let grown = text.matches(&hole).count().saturating_mul(part.len());
                if text.len().saturating_add(grown) > MAX_TEXT {
                    return too_long();
                }
                text = text.replace(&hole, part);
            }
            Value::Str(text)
        }
        _ if values.iter().any(|value| matches!(value, Value::RunTime(_))) => {
            Value::RunTime(format!("`{raw}` is computed"))
        }
        _ => Value::Choice,
    }
}

fn from_json(value: Value, raw: &str) -> Value {
    match value {
        Value::Str(text) => serde_json::from_str(&text).map_or_else(
            |_| Value::RunTime(format!("`{raw}` is no JSON")),
            |json| json_value(&json).unwrap_or_else(|| Value::RunTime(format!("`{raw}` is computed"))),
        ),
        Value::Any(values) => Value::one_of(values.into_iter().map(|value| from_json(value, raw)).collect()),
        Value::Prefix(_) | Value::Numbered(_) => Value::Choice,
        other => other,
    }
}

fn json_value(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::Null => Some(Value::Null),
        serde_json::Value::Bool(known) => Some(Value::Bool(*known)),
        serde_json::Value::Number(number) => number.as_f64().map(Value::Number),
        serde_json::Value::String(text) => Some(Value::str(text.clone())),
        serde_json::Value::Array(items) => items.iter().map(json_value).collect::<Option<_>>().map(Value::List),
        serde_json::Value::Object(_) => None,
    }
}

fn contains(holder: &Value, part: &Value) -> Truth {
    if let Value::List(items) = holder {
        return items.iter().map(|item| equal(item, part)).fold(Truth::No, Truth::or);
    }
    lift(holder, part, |holder, part| match (holder, as_str(part)) {
        (Value::Prefix(start), Some(part)) if lower(start).contains(&lower(&part)) => Truth::Yes,
        // A branch may be named `refs/tags/x`, but whoever can push that can push a tag: it closes branches as well
        // as `startsWith` does.
        (Value::Prefix(start), Some(part)) if begins_with(start, "refs/") && begins_with(&part, "refs/") => {
            can(begins_with(&part, start))
        }
        (Value::Numbered(known), Some(part)) => known.contains(&part),
        (Value::Prefix(_), _) | (_, None) => Truth::Can,
        (holder, Some(part)) => {
            as_str(holder).map_or(Truth::Can, |text| Truth::of(lower(&text).contains(&lower(&part))))
        }
    })
}

fn begins(text: &Value, start: &Value) -> Truth {
    lift(text, start, |text, start| match (text, as_str(start)) {
        (Value::Prefix(known), Some(start)) if begins_with(known, &start) => Truth::Yes,
        (Value::Prefix(known), Some(start)) => can(begins_with(&start, known)),
        (Value::Numbered(known), Some(start)) => known.begins(&start),
        (_, None) => Truth::Can,
        (text, Some(start)) => as_str(text).map_or(Truth::Can, |text| Truth::of(begins_with(&text, &start))),
    })
}

fn ends(text: &Value, end: &Value) -> Truth {
    lift(text, end, |text, end| match (text, as_str(end)) {
        (Value::Numbered(known), Some(end)) => known.ends(&end),
        (text, Some(end)) => as_str(text).map_or(Truth::Can, |text| Truth::of(lower(&text).ends_with(&lower(&end)))),
        (_, None) => Truth::Can,
    })
}
