//! Places in a text: byte spans, and the lines and columns people read.

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` to `end`; an end before the start gives an empty span.
    pub const fn new(start: usize, end: usize) -> Self {
        let end = if end < start { start } else { end };
        Self { start, end }
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The text this span covers; empty when the span does not fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// A place as people write it: both numbers count from 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1. A byte-order mark takes no column.
    pub column: usize,
}

/// The first and the last place of a span; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    /// Where the span begins.
    pub start: Place,
    /// One past its last character.
    pub end: Place,
}

/// Where each line of a text begins, so that many places of one text cost little each, however long its lines are.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// How many characters begin before each multiple of [`STRIDE`] bytes.
    marks: Vec<usize>,
}

/// Distance in bytes between two places at which characters were counted.
const STRIDE: usize = 1024;

/// How many characters begin in these bytes: continuation bytes (10xxxxxx) begin none.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

impl<'a> Lines<'a> {
    /// Reads a text once.
    pub fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let counts = text.as_bytes().chunks(STRIDE).scan(0, |sum, chunk| {
            *sum += characters(chunk);
            Some(*sum)
        });
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
            marks: std::iter::once(0).chain(counts).collect(),
        }
    }

    /// The place of a byte. A byte past the end is at the end; one inside a character is at that character.
    pub fn place(&self, byte: usize) -> Place {
        let byte = byte.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let mark = if start == 0 && self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let column = 1 + self.before(byte).saturating_sub(self.before(start + mark));
        Place { line, column }
    }

    /// How many characters begin before a byte.
    fn before(&self, byte: usize) -> usize {
        let mark = byte / STRIDE;
        let rest = self.text.as_bytes().get(mark * STRIDE..byte).unwrap_or_default();
        self.marks.get(mark).copied().unwrap_or_default() + characters(rest)
    }

    /// The region of a span.
    pub fn region(&self, span: Span) -> Region {
        Region { start: self.place(span.start), end: self.place(span.end) }
    }

    /// The text of one line (counted from 1) without its line end; empty past the last line.
    pub fn line(&self, line: usize) -> &'a str {
        let start = line.checked_sub(1).and_then(|at| self.starts.get(at)).copied();
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        start.and_then(|start| self.text.get(start..end)).unwrap_or_default().trim_end_matches(['\r', '\n'])
    }

    /// How many lines the text has; a text without a line break has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }
}

/// The place of one byte in a text; for many places of one text, build [`Lines`] once.
pub fn place(text: &str, byte: usize) -> Place {
    Lines::new(text).place(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_skip_the_byte_order_mark() {
        let text = "\u{feff}é x\nab";
        assert_eq!(place(text, text.find('x').unwrap()), Place { line: 1, column: 3 });
        assert_eq!(place(text, text.find('b').unwrap()), Place { line: 2, column: 2 });
        assert_eq!(place(text, 3), Place { line: 1, column: 1 });
    }

    #[test]
    fn a_byte_past_the_end_is_at_the_end() {
        assert_eq!(place("ab", 99), Place { line: 1, column: 3 });
        assert_eq!(place("", 0), Place { line: 1, column: 1 });
    }

    #[test]
    fn lines_are_found_by_number() {
        let lines = Lines::new("a\r\nbc\n");
        assert_eq!((lines.line(1), lines.line(2), lines.line(3), lines.line(9)), ("a", "bc", "", ""));
        assert_eq!(lines.count(), 3);
        assert_eq!(lines.region(Span::new(3, 5)).end, Place { line: 2, column: 3 });
    }

    #[test]
    fn long_lines_are_counted_in_strides() {
        let text = format!("a\n{}x", "é".repeat(3 * STRIDE));
        let lines = Lines::new(&text);
        assert_eq!(lines.place(text.len() - 1), Place { line: 2, column: 3 * STRIDE + 1 });
        assert_eq!(lines.place(2 + 2 * STRIDE), Place { line: 2, column: STRIDE + 1 });
    }

    #[test]
    fn spans_join_and_slice() {
        let joined = Span::new(1, 2).join(Span::new(4, 5));
        assert_eq!(joined.slice("abcdef"), "bcde");
        assert_eq!(Span::new(3, 1), Span::new(3, 3));
        assert_eq!(Span::new(3, 99).slice("abc"), "");
    }
}
