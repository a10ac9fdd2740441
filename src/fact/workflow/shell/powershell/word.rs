//! Reads the words of a PowerShell script: quotes, here-strings, nested commands and comments.

use super::super::cursor::{Cursor, is_blank};
use super::super::parse::MAX_DEPTH;
use super::super::{Command, Word};
use super::{Context, Reader};
use crate::text::Span;

impl Reader<'_> {
    pub(super) fn separators(&mut self) {
        loop {
            self.blanks();
            let joins = self.cursor.looks_at("& ") || self.cursor.looks_at("&\"") || self.cursor.looks_at("&'");
            if joins || !self.cursor.line_break() && !self.cursor.eat_any(&[";", "&"]) {
                return;
            }
        }
    }

    /// Passes blanks, continued lines and comments.
    pub(super) fn blanks(&mut self) {
        loop {
            self.cursor.while_bytes(is_blank);
            if self.cursor.eat("<#") {
                while !self.cursor.is_done() && !self.cursor.eat("#>") {
                    self.cursor.character();
                    self.cursor.while_bytes(|byte| byte != b'#');
                }
            } else if self.cursor.looks_at("#") {
                self.cursor.rest_of_line();
            } else if !self.cursor.eat_any(&["`\n", "`\r\n"]) {
                return;
            }
        }
    }

    pub(super) fn blank_lines(&mut self) {
        self.blanks();
        while self.cursor.line_break() {
            self.blanks();
        }
    }

    /// The name of the variable that begins here, without its `$`; empty where there is none.
    pub(super) fn variable(&mut self) -> String {
        if self.cursor.looks_at("$(") || self.cursor.looks_at("${{") || !self.cursor.eat("$") {
            return String::new();
        }
        let name = self.cursor.while_bytes(|byte| {
            byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'_' | b':' | b'{' | b'}')
        });
        name.trim_matches(['{', '}']).to_owned()
    }

    /// Passes values and operators up to the end of the expression.
    pub(super) fn values(&mut self, context: &Context) {
        loop {
            self.blanks();
            match self.cursor.peek() {
                None | Some(b'\n' | b';' | b'|' | b'}' | b')') => return,
                Some(b'\r') if self.cursor.at_line_break() => return,
                Some(b'&') if self.cursor.looks_at("&&") => return,
                Some(_) => {
                    if self.word(context).is_none() {
                        self.cursor.character();
                    }
                }
            }
        }
    }

    /// Passes a redirection, if one is here.
    pub(super) fn redirection(&mut self, context: &Context) -> bool {
        if !self.cursor.eat_any(&[">>", ">&", ">", "<"]) {
            return false;
        }
        self.blanks();
        self.word(context);
        true
    }

    /// The word that begins here, if one does.
    pub(super) fn word(&mut self, context: &Context) -> Option<Word> {
        let start = self.cursor.at();
        let mut word = Word::default();
        if self.here_string(&mut word) {
            return Some(word);
        }
        while self.piece(&mut word, context) {}
        let end = self.cursor.at();
        let stream = matches!(word.value.as_str(), "1" | "2" | "3" | "4" | "5" | "6" | "*");
        if stream && self.cursor.looks_at(">") {
            return None;
        }
        (end > start).then_some(word)
    }

    /// Reads one piece of a word; false where the word ends.
    fn piece(&mut self, word: &mut Word, context: &Context) -> bool {
        let Some(byte) = self.cursor.peek() else { return false };
        let start = self.cursor.at();
        match byte {
            b' ' | b'\t' | b'\n' | b';' | b'|' | b'&' | b')' | b'}' | b'<' | b'>' => return false,
            b'\r' if self.cursor.at_line_break() => return false,
            b'\'' => self.single_quotes(word),
            b'"' => self.double_quotes(word, context),
            b'$' => self.dollar(word, context),
            b'`' if self.cursor.looks_at("`\n") || self.cursor.looks_at("`\r\n") => return false,
            b'`' => {
                self.cursor.character();
                word.value.push_str(self.cursor.character());
            }
            b'(' | b'{' => {
                self.cursor.character();
                self.nested(context, if byte == b'(' { ")" } else { "}" });
                word.value.push_str(self.cursor.since(start));
                word.expands = true;
            }
            b'@' if self.cursor.eat("@{") => {
                self.skip();
                self.cursor.eat("}");
                word.value.push_str(self.cursor.since(start));
            }
            b'*' | b'?' | b'[' => {
                word.glob = true;
                word.value.push_str(self.cursor.character());
            }
            b'@' | b'\r' => word.value.push_str(self.cursor.character()),
            _ => word.value.push_str(self.cursor.while_bytes(is_ordinary)),
        }
        true
    }

    /// `@"…"@` and `@'…'@`, whose quotes stand on lines of their own.
    fn here_string(&mut self, word: &mut Word) -> bool {
        let (close, starts) = match (self.cursor.peek(), self.cursor.peek_at(1)) {
            (Some(b'@'), Some(b'"')) => ("\"@", self.cursor.looks_at("@\"\n") || self.cursor.looks_at("@\"\r\n")),
            (Some(b'@'), Some(b'\'')) => ("'@", self.cursor.looks_at("@'\n") || self.cursor.looks_at("@'\r\n")),
            _ => return false,
        };
        if !starts {
            return false;
        }
        self.cursor.rest_of_line();
        self.cursor.line_break();
        let start = self.cursor.at();
        while !self.cursor.is_done() && !self.cursor.looks_at(close) {
            self.cursor.rest_of_line();
            self.cursor.line_break();
        }
        let text = self.cursor.since(start);
        word.value.push_str(text.trim_end_matches(['\n', '\r']));
        word.expands = text.contains("${{") || close == "\"@" && text.contains('$');
        self.cursor.eat(close);
        true
    }

    fn single_quotes(&mut self, word: &mut Word) {
        self.cursor.eat("'");
        loop {
            let start = self.cursor.at();
            self.cursor.while_bytes(|byte| byte != b'\'' && byte != b'$');
            if self.cursor.expression() {
                word.expands = true;
            } else {
                self.cursor.eat("$");
            }
            word.value.push_str(self.cursor.since(start));
            if self.cursor.eat("''") {
                word.value.push('\'');
            } else if self.cursor.eat("'") || self.cursor.is_done() {
                return;
            }
        }
    }

    fn double_quotes(&mut self, word: &mut Word, context: &Context) {
        self.cursor.eat("\"");
        loop {
            word.value.push_str(self.cursor.while_bytes(|byte| !matches!(byte, b'"' | b'`' | b'$')));
            if self.cursor.eat("\"\"") {
                word.value.push('"');
            } else if self.cursor.looks_at("$") {
                self.dollar(word, context);
            } else if self.cursor.eat("`") {
                word.value.push_str(self.cursor.character());
            } else {
                break;
            }
        }
        self.cursor.eat("\"");
    }

    fn dollar(&mut self, word: &mut Word, context: &Context) {
        let start = self.cursor.at();
        if !self.cursor.expression() {
            self.cursor.eat("$");
            if self.cursor.eat("(") {
                self.nested(context, ")");
            } else if self.cursor.eat("{") {
                self.cursor.while_bytes(|byte| byte != b'}' && byte != b'\n');
                self.cursor.eat("}");
            }
        }
        word.expands = true;
        word.value.push_str(self.cursor.since(start));
    }

    /// Statements up to a closing bracket, which is passed.
    pub(super) fn nested(&mut self, context: &Context, close: &str) {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.commands.push(Command::unread(Span::default()));
            self.skip();
        } else {
            self.statements(context);
        }
        self.depth -= 1;
        self.cursor.eat(close);
    }

    /// Passes text up to the bracket that closes the one just opened.
    fn skip(&mut self) {
        let mut open = 1_usize;
        loop {
            self.cursor.while_bytes(|byte| !matches!(byte, b'(' | b')' | b'{' | b'}'));
            match self.cursor.peek() {
                None => return,
                Some(b'(' | b'{') => open += 1,
                Some(_) => open -= 1,
            }
            if open == 0 {
                return;
            }
            self.cursor.character();
        }
    }
}

/// Whether a command begins here, rather than a value.
pub(super) fn is_command_start(cursor: &Cursor<'_>) -> bool {
    match cursor.peek() {
        Some(b'$') => cursor.looks_at("${{"),
        Some(byte) if byte.is_ascii_digit() => cursor.peek_at(1).is_some_and(|next| next.is_ascii_alphabetic()),
        Some(byte) => {
            byte.is_ascii_alphabetic()
                || !byte.is_ascii()
                || matches!(byte, b'_' | b'.' | b'/' | b'\\' | b'~' | b'%' | b'?')
        }
        None => false,
    }
}

/// Whether a byte means nothing special in a word.
fn is_ordinary(byte: u8) -> bool {
    !byte.is_ascii()
        || byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'_' | b'.' | b'/' | b'\\' | b':' | b'=' | b',' | b'+' | b'%' | b'~' | b'^' | b'!' | b'#'
        )
        || matches!(byte, b']')
        || byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t')
}
