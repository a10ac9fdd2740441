//! Reads a POSIX script into a tree: lists, pipelines, simple commands, redirections, here-documents.
//!
//! The reader never fails. What is no valid script is read as far as it makes sense; every step moves forward, and
//! whatever nests too deep is passed as text, and a command that
//! says so stands before all others.

use super::cursor::{Cursor, is_blank};
use super::tree::{Join, List, Node, Pipeline, Simple, Statement, Token};
use super::word::is_name;
use super::{TOO_DEEP, Word};
use crate::text::Span;

/// Deepest nesting of groups, loops and substitutions that is read.
pub(super) const MAX_DEPTH: usize = 64;

/// Where the text being read stands in the script.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// Its first byte is this byte of the script.
    At(usize),
    /// It is not written in one piece: everything in it is placed at this span.
    Within(Span),
}

/// A `<<` whose body begins at the next line.
struct HereDocument {
    delimiter: String,
    /// Whether tabs before its lines are dropped (`<<-`).
    indented: bool,
}

/// Compound commands around the place being read.
#[derive(Clone, Copy, Default)]
pub(super) struct Enclosing {
    pub(super) parenthesis: bool,
    pub(super) compounds: usize,
    pub(super) cases: usize,
}

/// The reader of one text.
pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) enclosing: Enclosing,
    origin: Origin,
    depth: usize,
    here_documents: Vec<HereDocument>,
    /// How many commands so far leave the shell, a function or a loop.
    leaving: usize,
    /// Whether something nests too deep.
    cut: bool,
}

/// Reads a script; `depth` counts what it is already nested in.
pub(super) fn parse(text: &str, origin: Origin, depth: usize) -> List {
    let cursor = Cursor::new(text);
    let mut parser = Parser {
        cursor,
        enclosing: Enclosing::default(),
        origin,
        depth,
        here_documents: Vec::new(),
        leaving: 0,
        cut: false,
    };
    let mut list = parser.list();
    if parser.cut {
        // In front, where nothing can leave the script before it.
        list.insert(0, too_deep());
    }
    list
}

fn too_deep() -> Statement {
    let word = Word { value: TOO_DEEP.to_owned(), ..Word::default() };
    let simple = Simple { words: vec![Token { word, ..Token::default() }], ..Simple::default() };
    Statement { first: Pipeline { negated: false, stages: vec![Node::Simple(simple)] }, ..Statement::default() }
}

impl Parser<'_> {
    /// The span in the script of a range of the text.
    pub(super) fn place(&self, start: usize, end: usize) -> Span {
        match self.origin {
            Origin::At(base) => Span::new(base + start, base + end),
            Origin::Within(span) => span,
        }
    }

    pub(super) fn is_deepest(&self) -> bool {
        self.depth >= MAX_DEPTH
    }

    /// Notes that something was not read.
    pub(super) fn cut(&mut self) {
        self.cut = true;
    }

    /// Reads something one level deeper; none, and nothing read, at the deepest level.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.is_deepest() {
            self.cut = true;
            return None;
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        Some(value)
    }

    /// The list up to the next closing parenthesis, which is passed; none where it nests too deep.
    pub(super) fn inside_parentheses(&mut self) -> Option<List> {
        let outer = self.enclosing;
        let list = self.deeper(|parser| {
            parser.enclosing = Enclosing { parenthesis: true, compounds: 0, cases: 0 };
            let list = parser.list();
            parser.cursor.eat(")");
            list
        });
        self.enclosing = outer;
        list
    }

    /// The commands between backticks, where a backslash hides a backtick, a dollar or itself.
    pub(super) fn parse_backticks(&mut self, text: &str, span: Span) -> Option<List> {
        let origin = if matches!(self.origin, Origin::At(_)) && !text.contains('\\') {
            Origin::At(span.start)
        } else {
            Origin::Within(span)
        };
        self.deeper(|parser| match origin {
            Origin::At(_) => parse(text, origin, parser.depth),
            Origin::Within(_) => parse(&without_escapes(text), origin, parser.depth),
        })
    }

    /// Statements up to the end of the text or to what closes an enclosing command.
    pub(super) fn list(&mut self) -> List {
        let mut list = List::new();
        loop {
            self.separators();
            if self.cursor.is_done() || self.closes() {
                return list;
            }
            let before = self.cursor.at();
            list.push(self.statement());
            if self.cursor.at() == before {
                self.cursor.character();
            }
        }
    }

    /// Whether something is here that ends a list: even what does not belong to the innermost command ends it, so
    /// that a forgotten `fi` does not swallow the rest.
    fn closes(&self) -> bool {
        const CLOSING: &[&str] = &["}", "fi", "done", "then", "else", "elif", "do", "esac"];
        let Some(byte) = self.cursor.peek() else { return true };
        match byte {
            b')' => self.enclosing.parenthesis,
            b';' => self.enclosing.cases > 0,
            _ => self.enclosing.compounds > 0 && CLOSING.iter().any(|word| self.at_keyword(word)),
        }
    }

    fn separators(&mut self) {
        loop {
            self.blank_lines();
            let case_end = self.enclosing.cases > 0 && (self.cursor.looks_at(";;") || self.cursor.looks_at(";&"));
            if case_end || !self.cursor.eat_any(&[";", "&"]) {
                return;
            }
        }
    }

    /// Passes blanks, comments and line ends.
    pub(super) fn blank_lines(&mut self) {
        self.blanks();
        while self.cursor.line_break() {
            self.here_bodies();
            self.blanks();
        }
    }

    /// Passes blanks, continued lines and a comment.
    pub(super) fn blanks(&mut self) {
        loop {
            self.cursor.while_bytes(is_blank);
            if !self.cursor.eat_any(&["\\\n", "\\\r\n"]) {
                break;
            }
        }
        if self.cursor.looks_at("#") {
            loop {
                self.cursor.while_bytes(|byte| !matches!(byte, b'\n' | b'$'));
                if !self.cursor.expression() && !self.cursor.eat("$") {
                    break;
                }
            }
        }
    }

    /// Passes the bodies of the here-documents of the line that just ended: they are data, not commands.
    fn here_bodies(&mut self) {
        for document in std::mem::take(&mut self.here_documents) {
            while !self.cursor.is_done() {
                let line = self.cursor.rest_of_line();
                self.cursor.line_break();
                let line = if document.indented { line.trim_start_matches('\t') } else { line };
                if line == document.delimiter {
                    break;
                }
            }
        }
    }

    /// Whether an unquoted keyword is here.
    pub(super) fn at_keyword(&self, word: &str) -> bool {
        self.cursor.looks_at(word)
            && self.cursor.peek_at(word.len()).is_none_or(|byte| {
                matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')
            })
    }

    /// Passes a keyword, if it is here.
    pub(super) fn eat_keyword(&mut self, word: &str) -> bool {
        self.blanks();
        self.at_keyword(word) && self.cursor.eat(word)
    }

    fn statement(&mut self) -> Statement {
        let leaving = self.leaving;
        let mut statement = Statement { first: self.pipeline(), ..Statement::default() };
        loop {
            self.blanks();
            let join = if self.cursor.eat("&&") {
                Join::And
            } else if self.cursor.eat("||") {
                Join::Or
            } else {
                break;
            };
            self.blank_lines();
            statement.rest.push((join, self.pipeline()));
        }
        statement.background = self.cursor.eat("&");
        statement.may_leave = self.leaving > leaving;
        statement
    }

    fn pipeline(&mut self) -> Pipeline {
        let mut pipeline = Pipeline::default();
        loop {
            if self.eat_keyword("!") {
                pipeline.negated = !pipeline.negated;
            } else if self.eat_keyword("time") {
                self.eat_keyword("-p");
            } else {
                break;
            }
        }
        loop {
            pipeline.stages.push(self.command());
            self.blanks();
            if self.cursor.looks_at("||") || !self.cursor.eat_any(&["|&", "|"]) {
                return pipeline;
            }
            self.blank_lines();
        }
    }

    /// One simple command, or the definition of a function, which begins like one.
    pub(super) fn simple(&mut self) -> Node {
        let start = self.cursor.at();
        let mut end = start;
        let mut simple = Simple::default();
        loop {
            self.blanks();
            if self.redirection(&mut simple.redirects) {
                end = self.cursor.at();
                continue;
            }
            if let [name] = simple.words.as_slice()
                && simple.assignments.is_empty()
                && self.empty_parentheses()
            {
                let name = name.word.value.clone();
                return self.function_body(name);
            }
            let from = self.cursor.at();
            let Some(token) = self.word() else { break };
            if !self.names_descriptor(&token, from) {
                end = self.cursor.at();
                simple.add(token, self.cursor.since(from));
            }
        }
        let program = simple.words.first().map(|token| token.word.value.as_str());
        self.leaving += usize::from(matches!(program, Some("exit" | "return" | "break" | "continue")));
        simple.span = self.place(start, end);
        Node::Simple(simple)
    }

    fn empty_parentheses(&mut self) -> bool {
        if !self.cursor.eat("(") {
            return false;
        }
        self.blanks();
        self.cursor.eat(")");
        true
    }

    /// Whether a word just read is the number or `{name}` of the redirection that follows it directly.
    fn names_descriptor(&self, token: &Token, from: usize) -> bool {
        let text = self.cursor.since(from);
        let number = text.bytes().all(|byte| byte.is_ascii_digit());
        let named = text.starts_with('{') && text.ends_with('}') && !token.quoted;
        (number || named) && matches!(self.cursor.peek(), Some(b'<' | b'>'))
    }

    /// Passes the redirections after a compound command and returns their files.
    pub(super) fn redirections(&mut self) -> Vec<Token> {
        let mut files = Vec::new();
        loop {
            self.blanks();
            let digit = self.cursor.peek().is_some_and(|byte| byte.is_ascii_digit());
            if digit && matches!(self.cursor.peek_at(1), Some(b'<' | b'>')) {
                self.cursor.character();
            }
            if !self.redirection(&mut files) {
                return files;
            }
        }
    }

    /// Reads a redirection, if one is here.
    fn redirection(&mut self, files: &mut Vec<Token>) -> bool {
        const OPERATORS: &[&str] = &["<<<", "&>>", "&>", "<&", "<>", ">>", ">|", ">&", "<", ">"];
        if self.cursor.looks_at("<(") || self.cursor.looks_at(">(") {
            return false;
        }
        if !self.cursor.looks_at("<<<") && self.cursor.eat("<<") {
            let indented = self.cursor.eat("-");
            self.blanks();
            if let Some(token) = self.word() {
                self.here_documents.push(HereDocument { delimiter: token.word.value, indented });
            }
            return true;
        }
        if !self.cursor.eat_any(OPERATORS) {
            return false;
        }
        self.blanks();
        files.extend(self.word());
        true
    }
}

impl Simple {
    /// Adds a word, as an assignment where it is one; `text` is the word as written.
    fn add(&mut self, token: Token, text: &str) {
        match assigned_name(text).filter(|_| self.words.is_empty()) {
            Some((name, prefix)) => {
                let value = token.word.value.get(prefix..).unwrap_or_default().to_owned();
                let name = name.to_owned();
                let word = Word { value, ..token.word };
                self.assignments.push((name, Token { word, ..token }));
            }
            None => self.words.push(token),
        }
    }
}

/// The variable a word assigns to, and how long the part before its value is.
fn assigned_name(text: &str) -> Option<(&str, usize)> {
    let length = text.bytes().position(|byte| !is_name(byte))?;
    let (name, rest) = text.split_at_checked(length)?;
    let after = match rest.strip_prefix('[') {
        Some(index) => {
            let end = index.bytes().position(|byte| matches!(byte, b']' | b'"' | b'\'' | b'$' | b'`' | b'\\'))?;
            index.get(end..)?.strip_prefix(']')?
        }
        None => rest,
    };
    let value = after.strip_prefix("+=").or_else(|| after.strip_prefix('='))?;
    let starts = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    starts.then_some((name, text.len() - value.len()))
}

/// What backticks hold once their own backslashes are taken away.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for character in text.chars() {
        if escaped && !matches!(character, '`' | '\\' | '$') {
            plain.push('\\');
        }
        escaped = !escaped && character == '\\';
        if !escaped {
            plain.push(character);
        }
    }
    plain
}
