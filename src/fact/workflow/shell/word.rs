//! Reads the words of a POSIX script: quotes, escapes, expansions and the commands inside them.

use super::cursor::Cursor;
use super::parse::Parser;
use super::tree::{List, Token};

/// A word while it is read.
#[derive(Default)]
struct Draft {
    token: Token,
    /// Whether an unquoted `[` was seen: only with its `]` it is a pattern.
    bracket: bool,
}

impl Draft {
    fn push(&mut self, text: &str) {
        self.token.word.value.push_str(text);
    }

    fn expansion(&mut self, text: &str) {
        self.push(text);
        self.token.word.expands = true;
    }

    fn quoted(&mut self, text: &str) {
        self.push(text);
        self.token.quoted = true;
    }
}

impl Parser<'_> {
    /// The word that begins here, if one does.
    pub(super) fn word(&mut self) -> Option<Token> {
        let start = self.cursor.at();
        let mut draft = Draft::default();
        while self.piece(&mut draft, start) {}
        let end = self.cursor.at();
        draft.token.span = self.place(start, end);
        (end > start).then_some(draft.token)
    }

    /// Reads one piece of a word; false where the word ends.
    fn piece(&mut self, draft: &mut Draft, start: usize) -> bool {
        let Some(byte) = self.cursor.peek() else { return false };
        match byte {
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')' => return false,
            b'\r' if self.cursor.at_line_break() => return false,
            b'<' | b'>' => return self.process_substitution(draft),
            b'(' => return self.parenthesis(draft, start),
            b'\'' => self.single_quotes(draft),
            b'"' => self.double_quotes(draft),
            b'$' => self.dollar(draft, false),
            b'`' => self.backticks(draft),
            b'\\' => self.escape(draft),
            b'*' | b'?' | b'[' | b']' => {
                draft.token.word.glob |= matches!(byte, b'*' | b'?') || byte == b']' && draft.bracket;
                draft.bracket |= byte == b'[';
                draft.push(self.cursor.character());
            }
            b'\r' => draft.push(self.cursor.character()),
            _ => draft.push(self.cursor.while_bytes(is_ordinary)),
        }
        true
    }

    fn escape(&mut self, draft: &mut Draft) {
        self.cursor.eat("\\");
        if !self.cursor.line_break() {
            draft.quoted(if self.cursor.is_done() { "\\" } else { self.cursor.character() });
        }
    }

    fn single_quotes(&mut self, draft: &mut Draft) {
        self.cursor.eat("'");
        let start = self.cursor.at();
        loop {
            self.cursor.while_bytes(|byte| byte != b'\'' && byte != b'$');
            if self.cursor.expression() {
                draft.token.word.expands = true;
            } else if !self.cursor.eat("$") {
                break;
            }
        }
        draft.quoted(self.cursor.since(start));
        self.cursor.eat("'");
    }

    /// `$'…'`, whose escapes are those of C.
    fn c_quotes(&mut self, draft: &mut Draft) {
        self.cursor.eat("$'");
        draft.quoted("");
        loop {
            draft.push(self.cursor.while_bytes(|byte| byte != b'\'' && byte != b'\\'));
            if !self.cursor.eat("\\") {
                break;
            }
            match self.cursor.character() {
                "n" => draft.push("\n"),
                "t" => draft.push("\t"),
                "r" => draft.push("\r"),
                same @ ("\\" | "'" | "\"" | "?") => draft.push(same),
                // A character by its number is kept as it is written: nobody names a program so.
                other => ["\\", other].iter().for_each(|part| draft.push(part)),
            }
        }
        self.cursor.eat("'");
    }

    fn double_quotes(&mut self, draft: &mut Draft) {
        self.cursor.eat("\"");
        draft.quoted("");
        loop {
            draft.push(self.cursor.while_bytes(|byte| !matches!(byte, b'"' | b'\\' | b'$' | b'`')));
            match self.cursor.peek() {
                Some(b'$') => self.dollar(draft, true),
                Some(b'`') => self.backticks(draft),
                Some(b'\\') => self.escape_in_quotes(draft),
                _ => break,
            }
        }
        self.cursor.eat("\"");
    }

    fn escape_in_quotes(&mut self, draft: &mut Draft) {
        self.cursor.eat("\\");
        if self.cursor.line_break() {
            return;
        }
        if !matches!(self.cursor.peek(), Some(b'"' | b'\\' | b'$' | b'`')) {
            draft.push("\\");
        }
        draft.push(self.cursor.character());
    }

    /// Everything a `$` can begin; in double quotes it begins no quotes of its own.
    fn dollar(&mut self, draft: &mut Draft, in_quotes: bool) {
        let start = self.cursor.at();
        if self.cursor.expression() {
            return draft.expansion(self.cursor.since(start));
        }
        match self.cursor.peek_at(1) {
            Some(b'\'') if !in_quotes => return self.c_quotes(draft),
            Some(b'"') if !in_quotes => {
                self.cursor.eat("$");
                return self.double_quotes(draft);
            }
            Some(b'{') => self.braces(draft, in_quotes),
            Some(b'(') if self.cursor.eat("$((") => self.arithmetic(&mut draft.token.runs),
            Some(b'(') => {
                self.cursor.eat("$(");
                self.substitution(&mut draft.token.runs);
            }
            Some(byte) if is_name(byte) => {
                self.cursor.eat("$");
                self.cursor.while_bytes(is_name);
            }
            Some(b'?' | b'*' | b'@' | b'#' | b'$' | b'!' | b'-') => {
                self.cursor.eat("$");
                self.cursor.character();
            }
            _ => {
                self.cursor.eat("$");
                return draft.push("$");
            }
        }
        draft.expansion(self.cursor.since(start));
    }

    /// The rest of a `$(…)` or `<(…)`, its closing parenthesis included.
    fn substitution(&mut self, runs: &mut Vec<List>) {
        match self.inside_parentheses() {
            Some(list) => runs.push(list),
            None => self.skip_parentheses(1),
        }
    }

    /// `${…}`: quotes and expansions inside it nest.
    fn braces(&mut self, draft: &mut Draft, in_quotes: bool) {
        self.cursor.eat("${");
        let mut inner = Draft::default();
        self.deeper(|parser| parser.brace_pieces(&mut inner, in_quotes));
        draft.token.runs.append(&mut inner.token.runs);
    }

    fn brace_pieces(&mut self, inner: &mut Draft, in_quotes: bool) {
        loop {
            self.cursor.while_bytes(|byte| !matches!(byte, b'}' | b'"' | b'\'' | b'\\' | b'$' | b'`'));
            match self.cursor.peek() {
                Some(b'"') => self.double_quotes(inner),
                Some(b'\'') if !in_quotes => self.single_quotes(inner),
                Some(b'$') => self.dollar(inner, in_quotes),
                Some(b'`') => self.backticks(inner),
                Some(b'\\') => self.escape(inner),
                Some(b'\'') => {
                    self.cursor.character();
                }
                _ => break,
            }
        }
        self.cursor.eat("}");
    }

    /// The rest of a `((…))`; the commands in it run.
    pub(super) fn arithmetic(&mut self, runs: &mut Vec<List>) {
        let mut inner = Draft::default();
        if self.deeper(|parser| parser.arithmetic_pieces(&mut inner)).is_none() {
            self.skip_parentheses(2);
        }
        runs.append(&mut inner.token.runs);
    }

    fn arithmetic_pieces(&mut self, inner: &mut Draft) {
        let mut open = 2_usize;
        while open > 0 {
            self.cursor.while_bytes(|byte| !matches!(byte, b'(' | b')' | b'$' | b'`'));
            match self.cursor.peek() {
                Some(b'(') => open += 1,
                Some(b')') => open -= 1,
                Some(b'$') => {
                    self.dollar(inner, true);
                    continue;
                }
                Some(b'`') => {
                    self.backticks(inner);
                    continue;
                }
                _ => return,
            }
            self.cursor.character();
        }
    }

    fn backticks(&mut self, draft: &mut Draft) {
        let start = self.cursor.at();
        self.cursor.eat("`");
        let inside = self.cursor.at();
        loop {
            self.cursor.while_bytes(|byte| byte != b'`' && byte != b'\\');
            if !self.cursor.eat("\\") {
                break;
            }
            self.cursor.character();
        }
        let text = self.cursor.since(inside);
        let place = self.place(inside, self.cursor.at());
        draft.token.runs.extend(self.parse_backticks(text, place));
        self.cursor.eat("`");
        draft.expansion(self.cursor.since(start));
    }

    /// `<(…)` and `>(…)`; any other `<` or `>` ends the word.
    fn process_substitution(&mut self, draft: &mut Draft) -> bool {
        let start = self.cursor.at();
        if !self.cursor.eat_any(&["<(", ">("]) {
            return false;
        }
        self.substitution(&mut draft.token.runs);
        draft.expansion(self.cursor.since(start));
        true
    }

    /// A parenthesis inside a word: an array (`x=(…)`) or an extended pattern (`@(…)`); any other ends the word.
    fn parenthesis(&mut self, draft: &mut Draft, start: usize) -> bool {
        let from = self.cursor.at();
        match self.cursor.previous().filter(|_| from > start) {
            Some(b'=') => {
                self.cursor.eat("(");
                if self.deeper(|parser| parser.array(draft)).is_none() {
                    self.skip_parentheses(1);
                }
            }
            Some(b'@' | b'?' | b'*' | b'+' | b'!') => {
                self.cursor.eat("(");
                self.skip_parentheses(1);
                draft.token.word.glob = true;
            }
            _ => return false,
        }
        draft.push(self.cursor.since(from));
        true
    }

    fn array(&mut self, draft: &mut Draft) {
        loop {
            self.blank_lines();
            if self.cursor.is_done() || self.cursor.eat(")") {
                return;
            }
            match self.word() {
                Some(mut token) => {
                    draft.token.runs.append(&mut token.runs);
                    draft.token.word.expands |= token.word.expands;
                    draft.token.word.glob |= token.word.glob;
                }
                None => {
                    self.cursor.character();
                }
            }
        }
    }

    /// Passes text up to the parenthesis that closes `open` ones, without reading it as commands.
    pub(super) fn skip_parentheses(&mut self, open: usize) {
        skip_balanced(&mut self.cursor, open);
    }
}

fn skip_balanced(cursor: &mut Cursor<'_>, mut open: usize) {
    while open > 0 {
        cursor.while_bytes(|byte| !matches!(byte, b'(' | b')' | b'\'' | b'"' | b'\\' | b'$'));
        match cursor.peek() {
            None => return,
            Some(b'(') => open += 1,
            Some(b')') => open -= 1,
            Some(b'\\') => {
                cursor.character();
            }
            Some(b'$') if cursor.expression() => continue,
            Some(quote @ (b'\'' | b'"')) => {
                cursor.character();
                loop {
                    cursor.while_bytes(|byte| byte != quote && (byte != b'\\' || quote == b'\''));
                    if !cursor.eat("\\") {
                        break;
                    }
                    cursor.character();
                }
            }
            Some(_) => {}
        }
        cursor.character();
    }
}

/// Whether a byte means nothing special in an unquoted word.
fn is_ordinary(byte: u8) -> bool {
    !matches!(
        byte,
        b' ' | b'\t'
            | b'\n'
            | b'\r'
            | b';'
            | b'&'
            | b'|'
            | b'('
            | b')'
            | b'<'
            | b'>'
            | b'\''
            | b'"'
            | b'$'
            | b'`'
            | b'\\'
            | b'*'
            | b'?'
            | b'['
            | b']'
    )
}

/// Whether a byte may stand in the name of a variable.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
