//! A reading position in a script, shared by the readers of all shells.

/// A position in a text that only moves forward, so that reading costs time in proportion to the text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Cleared once a `${{` turned out to have no end: none that follows can have one either.
    expressions: bool,
}

impl<'a> Cursor<'a> {
    /// At the start of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, expressions: true }
    }

    /// Bytes passed so far.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether the end is reached.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The byte here.
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// The byte some way ahead.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// The byte just passed.
    pub(super) fn previous(&self) -> Option<u8> {
        self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at)).copied()
    }

    /// Whether the text goes on with `what`.
    pub(super) fn looks_at(&self, what: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(what.as_bytes()))
    }

    /// Passes `what` if the text goes on with it.
    pub(super) fn eat(&mut self, what: &str) -> bool {
        let found = self.looks_at(what);
        if found {
            self.at += what.len();
        }
        found
    }

    /// Passes one of several texts, the first that is here.
    pub(super) fn eat_any(&mut self, whats: &[&str]) -> bool {
        whats.iter().any(|what| self.eat(what))
    }

    /// Passes a keyword that blanks or brackets end, whatever its case, if it is here.
    pub(super) fn eat_keyword(&mut self, word: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let same = rest.get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()));
        let ends = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'{');
        let found = same && rest.get(word.len()).is_none_or(ends);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Passes one character and returns it.
    pub(super) fn character(&mut self) -> &'a str {
        let start = self.at;
        let wide = |byte: u8| byte & 0xC0 == 0x80;
        if !self.is_done() {
            self.at += 1;
        }
        while self.peek().is_some_and(wide) {
            self.at += 1;
        }
        self.since(start)
    }

    /// Passes the bytes that fit; `fits` must accept every byte outside ASCII.
    pub(super) fn while_bytes(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !fits(*byte)).unwrap_or(rest.len());
        self.since(start)
    }

    /// The text passed since `start`.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes a line break, if one is here.
    pub(super) fn line_break(&mut self) -> bool {
        self.eat_any(&["\n", "\r\n"])
    }

    /// Whether a line break is here.
    pub(super) fn at_line_break(&self) -> bool {
        self.looks_at("\n") || self.looks_at("\r\n")
    }

    /// Passes the rest of the line, its break excluded, and returns it without a carriage return.
    pub(super) fn rest_of_line(&mut self) -> &'a str {
        let line = self.while_bytes(|byte| byte != b'\n');
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Passes a workflow expression (`${{ … }}`), if one is here. GitHub puts its value in before any shell reads
    /// the script, so nothing in it means anything to the shell; its own strings may hold `}}`.
    pub(super) fn expression(&mut self) -> bool {
        if !self.expressions || !self.looks_at("${{") {
            return false;
        }
        let inside = self.text.as_bytes().get(self.at + 3..).unwrap_or_default();
        let mut quoted = false;
        let mut before = 0;
        for (ahead, byte) in inside.iter().copied().enumerate() {
            quoted ^= byte == b'\'';
            if byte == b'}' && before == b'}' && !quoted {
                self.at += 3 + ahead + 1;
                return true;
            }
            before = if quoted { 0 } else { byte };
        }
        self.expressions = false;
        false
    }
}

/// Whether a byte is a blank within a line.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_end_at_their_own_braces() {
        let mut cursor = Cursor::new("${{ format('}}', a) }}x");
        assert!(cursor.expression());
        assert_eq!(cursor.peek(), Some(b'x'));
        let mut open = Cursor::new("${{ a ${{");
        assert!(!open.expression());
        assert_eq!(open.at(), 0);
    }

    #[test]
    fn characters_are_passed_whole() {
        let mut cursor = Cursor::new("é\u{1f600}a");
        assert_eq!((cursor.character(), cursor.character(), cursor.character()), ("é", "\u{1f600}", "a"));
        assert!(cursor.is_done());
        assert_eq!(cursor.character(), "");
    }

    #[test]
    fn both_kinds_of_line_ends_are_known() {
        let mut cursor = Cursor::new("ab\r\ncd\n");
        assert_eq!(cursor.rest_of_line(), "ab");
        assert!(cursor.line_break());
        assert_eq!(cursor.rest_of_line(), "cd");
        assert!(cursor.line_break() && cursor.is_done());
    }
}
