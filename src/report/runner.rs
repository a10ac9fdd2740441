//! What a runner of GitHub Actions takes for commands among the lines that a step prints, and how lines avoid it.
//!
//! A runner reads a line as a command where it begins with `::` (blanks in front do not count), and, in an older form,
//! where `##[` stands anywhere in it. Nothing that comes from outside may be read so.

use std::borrow::Cow;

/// The older form of a command, which counts anywhere in a line.
const OLD_FORM: &str = "##[";

/// A line in which a runner finds no command: a blank comes between the signs that would make one.
pub fn harmless(line: &str) -> Cow<'_, str> {
    let begins = line.trim_start().starts_with("::");
    if !begins && !line.contains(OLD_FORM) {
        return Cow::Borrowed(line);
    }
    let line = if begins { line.replacen("::", ": :", 1) } else { line.to_owned() };
    Cow::Owned(line.replace(OLD_FORM, "## ["))
}

/// The same for a text that never begins a line.
pub fn harmless_inside(text: &str) -> Cow<'_, str> {
    if text.contains(OLD_FORM) { Cow::Owned(text.replace(OLD_FORM, "## [")) } else { Cow::Borrowed(text) }
}

/// JSON in which a runner finds no command; it says the same.
pub fn harmless_json(json: &str) -> Cow<'_, str> {
    // The signs can only stand inside of strings, where the escape means the same.
    if json.contains(OLD_FORM) { Cow::Owned(json.replace(OLD_FORM, "\\u0023#[")) } else { Cow::Borrowed(json) }
}

/// XML in which a runner finds no command; it says the same.
pub fn harmless_xml(xml: &str) -> Cow<'_, str> {
    if xml.contains(OLD_FORM) { Cow::Owned(xml.replace(OLD_FORM, "&#35;#[")) } else { Cow::Borrowed(xml) }
}

/// The commands that a runner would find in what was printed, for tests of every format: the line rule of the runner
/// (both carriage return and line feed end a line), told independently of how lines are written.
#[cfg(test)]
pub fn commands(printed: &str) -> Vec<String> {
    let lines = printed.split(['\n', '\r']);
    let is_command = |line: &&str| {
        let trimmed = line.trim_start();
        let new = trimmed.strip_prefix("::").is_some_and(|rest| rest.contains("::"));
        let old = line.find(OLD_FORM).is_some_and(|at| line.get(at..).is_some_and(|rest| rest.contains(']')));
        new || old
    };
    lines.filter(is_command).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_broken_and_everything_else_stays() {
        for evil in ["::error::x", "  \u{2003}::stop-commands::x", "a ##[error]x", "::a ##[b]::", "##[##[a]"] {
            assert_eq!(commands(evil).len(), 1, "{evil:?}");
            assert!(commands(&harmless(evil)).is_empty(), "{evil:?}");
        }
        for plain in ["a ::error::x", "std::io", "# [x]", "##", ""] {
            assert!(matches!(harmless(plain), Cow::Borrowed(_)), "{plain:?}");
            assert!(commands(plain).is_empty(), "{plain:?}");
        }
    }

    #[test]
    fn json_and_xml_say_the_same() {
        let json = serde_json::to_string("a ##[error]x").unwrap();
        let safe = harmless_json(&json);
        assert!(commands(&safe).is_empty());
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "a ##[error]x");
        assert_eq!(harmless_xml("a ##[b]"), "a &#35;#[b]");
    }
}
