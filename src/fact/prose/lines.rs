//! Lines of a text with their indentation, for languages that are read line by line.

use crate::text::Span;

/// One line.
#[derive(Clone, Copy, Debug)]
pub struct Line<'t> {
    /// Its text without indentation and line end.
    pub text: &'t str,
    /// First byte of that text.
    pub start: usize,
    /// Columns of blanks before it; a tab reaches to the next eighth.
    pub indent: usize,
}

impl<'t> Line<'t> {
    /// The lines of a text.
    pub fn all(text: &'t str) -> Vec<Self> {
        let mut start = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            let body = line.trim();
            let blanks = line.len() - line.trim_start().len();
            let indent = line.chars().take_while(|c| c.is_whitespace()).fold(0, |column, c| match c {
                '\t' => (column / 8 + 1) * 8,
                _ => column + 1,
            });
            let at = start + blanks;
            start += line.len();
            Self { text: body, start: at, indent }
        });
        lines.collect()
    }

    /// Whether it holds nothing.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Where its text stands.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }
}

/// What stands before the words of a list item, and whether the list is numbered: `1.`, `(2)`, `#.`, `a)`, `-`, `*`.
pub fn item(text: &str) -> Option<(bool, &str)> {
    let (marker, rest) = text.split_once([' ', '\t'])?;
    if matches!(marker, "-" | "*" | "+" | "•") {
        return Some((false, rest.trim_start()));
    }
    let number = marker.strip_prefix('(').unwrap_or(marker).strip_suffix(['.', ')'])?;
    let counts = number == "#"
        || (!number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit()))
        || (number.len() == 1 && number.bytes().all(|b| b.is_ascii_lowercase()));
    counts.then_some((true, rest.trim_start()))
}

/// The box to tick before the words of an item, taken off.
pub fn task(words: &str) -> Option<&str> {
    ["[ ]", "[x]", "[X]", "[*]"].iter().find_map(|mark| words.strip_prefix(mark)).map(str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_known_by_their_markers() {
        assert_eq!(item("1. Tag"), Some((true, "Tag")));
        assert_eq!(item("(2)  Push"), Some((true, "Push")));
        assert_eq!(item("#. x"), Some((true, "x")));
        assert_eq!(item("b) x"), Some((true, "x")));
        assert_eq!(item("* x"), Some((false, "x")));
        for text in ["2024. A year", "1.0 is out", "-x", "*bold* text", "word. Next", "- "] {
            assert_eq!(item(text.trim()), None, "{text}");
        }
        assert_eq!(task("[ ] Tag"), Some("Tag"));
        assert_eq!(task("[link] x"), None);
    }

    #[test]
    fn lines_know_their_place() {
        let lines = Line::all("a\r\n\t b\n\n  c");
        let found: Vec<_> = lines.iter().map(|line| (line.text, line.start, line.indent)).collect();
        assert_eq!(found.first(), Some(&("a", 0, 0)));
        assert_eq!(found.get(1), Some(&("b", 5, 9)));
        assert_eq!(found.get(3), Some(&("c", 10, 2)));
        assert!(lines[2].is_blank());
    }
}
