//! Writes values into YAML so that every reader takes them for the string they are.

/// Words that a YAML reader takes for something else than a string.
const WORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

/// A string as a scalar: plain where nobody can misread it, else in double quotes.
pub fn scalar(value: &str) -> String {
    if is_plain(value) { value.to_owned() } else { quoted(value) }
}

/// A string in double quotes, with escapes for what would break out of them.
pub fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if needs_escape(c) => text.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// Whether a string may stand without quotes: letters and digits, and marks that mean nothing in YAML.
pub fn is_plain(value: &str) -> bool {
    let marks = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | '@' | '+');
    let word = WORDS.iter().any(|word| value.eq_ignore_ascii_case(word));
    let starts = value.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '_'));
    starts && !word && value.chars().all(marks)
}

/// What an editor may not show as it is, or YAML does not allow bare.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A string in the quotes that another one was written in.
pub(super) fn like(style: super::Style, value: &str) -> String {
    match style {
        super::Style::Single if !value.chars().any(|c| c == '\n' || needs_escape(c)) => {
            format!("'{}'", value.replace('\'', "''"))
        }
        super::Style::Plain if is_plain(value) || is_plain_expression(value) => value.to_owned(),
        _ => quoted(value),
    }
}

/// Whether a condition may stand without quotes: it begins with a letter or a bracket, and holds neither a mark of a
/// comment nor one of a key.
fn is_plain_expression(value: &str) -> bool {
    let starts = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '(' || c == '$');
    let ends = !value.ends_with([':', ' ']);
    let word = WORDS.iter().any(|word| value.eq_ignore_ascii_case(word));
    starts && ends && !word && !value.contains(": ") && !value.contains(" #") && !value.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::yaml::Style;

    #[test]
    fn every_string_reads_back_as_itself() {
        for value in [
            "pypi",
            "a b",
            "",
            "true",
            "1.0",
            "x: y",
            "#",
            "it's",
            "say \"hi\"",
            "${{ x }}",
            "*a",
            "&a",
            "- x",
            "\n",
            "\t",
            "é",
            "\u{202e}",
            "\u{85}",
            "a\\b",
            "@x",
            "!x",
            "~",
            "null",
            "0x1",
            "a #b",
            "%",
            "`",
            "|",
            "\u{feff}",
        ] {
            for written in [
                scalar(value),
                quoted(value),
                like(Style::Plain, value),
                like(Style::Single, value),
                like(Style::Double, value),
            ] {
                let text = format!("k: {written}\n");
                let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
                assert_eq!(read.get("k").and_then(serde_yaml::Value::as_str), Some(value), "{text}");
                let doc = crate::text::yaml::parse(&text.as_str().into()).unwrap();
                let crate::text::yaml::Parsed::Doc(doc) = doc else { panic!("{text}") };
                assert_eq!(doc.root().get("k").unwrap().as_str(), Some(value), "{text}");
            }
        }
    }

    #[test]
    fn conditions_stay_plain_where_they_may() {
        for value in ["startsWith(github.ref, 'refs/tags/')", "(a) && b == 'c'", "${{ a }}"] {
            assert_eq!(like(Style::Plain, value), value);
        }
    }
}
