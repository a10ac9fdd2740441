//! The one place where text from outside loses control and bidirectional characters.
//!
//! Everything that came from a file, a command or a server passes through here before it reaches a terminal,
//! a report or an error message: file names, job names, branch names, values of settings, bodies of errors.

use std::borrow::Cow;

/// What an unwanted character is shown as.
const MARK: char = '\u{fffd}';

/// Whether a character must never reach an output: C0 and C1 controls, DEL, line and paragraph separators,
/// and characters that reorder or hide text (bidirectional controls, zero-width marks, tags).
pub fn is_unwanted(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line of text: every unwanted character, line ends and tabs included, becomes a visible mark or a blank.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unwanted) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { visible(c) }).collect())
}

/// Several lines of text: line feeds stay, a carriage return before one goes, tabs become blanks.
pub fn block(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c != '\n' && is_unwanted(c)) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\n' => '\n',
                '\t' => ' ',
                other => visible(other),
            })
            .collect(),
    )
}

/// One line, cut to at most `most` characters with an ellipsis, for values of any length in summaries.
pub fn short(text: &str, most: usize) -> String {
    let text = line(text.trim());
    if text.chars().count() <= most {
        return text.into_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

fn visible(c: char) -> char {
    if is_unwanted(c) { MARK } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_overrides_become_marks() {
        assert_eq!(line("\u{1b}[2Jred\u{202e}x"), "\u{fffd}[2Jred\u{fffd}x");
        assert_eq!(line("a\nb\tc"), "a b c");
        assert_eq!(block("a\r\nb\rc"), "a\nb\u{fffd}c");
        assert!(matches!(line("plain é 漢"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_values_are_cut_by_characters() {
        assert_eq!(short("  ééééé ", 3), "éé…");
        assert_eq!(short("abc", 3), "abc");
    }

    proptest! {
        #[test]
        fn no_unwanted_character_survives(text in any::<String>()) {
            prop_assert!(!line(&text).contains(is_unwanted));
            prop_assert!(!block(&text).contains(|c| c != '\n' && is_unwanted(c)));
            prop_assert!(!short(&text, 9).contains(is_unwanted));
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let (one, many) = (line(&text).into_owned(), block(&text).into_owned());
            prop_assert_eq!(line(&one), one.as_str());
            prop_assert_eq!(block(&many), many.as_str());
        }
    }
}
