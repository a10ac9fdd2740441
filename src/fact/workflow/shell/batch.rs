//! Splits scripts of `cmd`, line by line.
//!
//! Nothing ends such a script early: its last command's exit code is that of the step, and of the others only those
//! count whose failure the script itself looks at.

use std::sync::Arc;

use super::cursor::{Cursor, is_blank};
use super::{Command, Conditional, LoopOver, Word};
use crate::text::Span;

/// The commands of a `cmd` script; spans are ranges of bytes of the script.
pub(super) fn commands(script: &str) -> Vec<Command> {
    let mut reader = Reader {
        cursor: Cursor::new(script),
        commands: Vec::new(),
        context: Context::default(),
        groups: Vec::new(),
        last: None,
        ended: false,
    };
    while !reader.cursor.is_done() && !reader.ended {
        let before = reader.cursor.at();
        reader.command();
        reader.joint();
        if reader.cursor.at() == before {
            reader.cursor.character();
        }
    }
    if !reader.ended {
        let last = reader.commands.len().checked_sub(1);
        reader.notice(last.filter(|_| reader.context.around.is_none()));
    }
    reader.commands
}

/// The circumstances of a command.
#[derive(Clone, Default)]
struct Context {
    conditional: Option<Conditional>,
    around: Option<Arc<LoopOver>>,
    /// The command whose failure leads here.
    failed: Option<usize>,
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    commands: Vec<Command>,
    context: Context,
    /// The circumstances of the parentheses around it.
    groups: Vec<Context>,
    /// The command that ran last, but for those that run because it failed.
    last: Option<usize>,
    ended: bool,
}

impl Reader<'_> {
    /// One command, or what stands before one: a condition, a loop, a parenthesis.
    fn command(&mut self) {
        self.blanks();
        self.cursor.while_bytes(|byte| byte == b'@' || is_blank(byte));
        if self.cursor.looks_at(":") || self.keyword("rem") {
            self.cursor.rest_of_line();
        } else if self.cursor.eat("(") {
            self.groups.push(self.context.clone());
        } else if self.keyword("if") {
            self.condition();
        } else if self.keyword("else") {
            self.context.conditional = Some(Conditional::Test);
        } else if self.keyword("for") {
            self.for_loop();
        } else if !self.keyword("call") {
            self.simple();
        }
    }

    /// What stands between two commands.
    fn joint(&mut self) {
        self.blanks();
        if self.cursor.line_break() {
            self.begin();
        } else if self.cursor.eat("&&") {
            self.context.conditional = self.context.conditional.or(Some(Conditional::AfterSuccess));
        } else if self.cursor.eat("||") {
            self.context.conditional = Some(Conditional::Test);
            self.context.failed = self.last;
        } else if self.cursor.eat("&") {
            self.begin();
        } else if self.cursor.eat(")") {
            self.context = self.groups.pop().unwrap_or_default();
        } else {
            self.cursor.eat("|");
        }
    }

    /// A command that begins anew has the circumstances of its group.
    fn begin(&mut self) {
        self.context = self.groups.last().cloned().unwrap_or_default();
    }

    fn condition(&mut self) {
        while self.keyword("/i") || self.keyword("not") {}
        let first = self.word().map(|word| word.value.to_ascii_lowercase()).unwrap_or_default();
        let asks = if matches!(first.as_str(), "exist" | "defined" | "cmdextversion" | "errorlevel") {
            let second = self.word().map(|word| word.value);
            first == "errorlevel" && second.is_some_and(|code| code != "0")
        } else if first.contains("==") {
            if first.ends_with("==") {
                self.word();
            }
            false
        } else {
            let sign = self.word().map(|word| word.value.to_ascii_lowercase()).unwrap_or_default();
            self.word();
            first.contains("errorlevel") && matches!(sign.as_str(), "neq" | "gtr" | "geq")
        };
        self.context.conditional = Some(Conditional::Test);
        self.context.failed = self.last.filter(|_| asks);
    }

    fn for_loop(&mut self) {
        let mut variable = self.word();
        while variable.as_ref().is_some_and(|word| !word.value.starts_with('%')) {
            variable = self.word();
        }
        self.keyword("in");
        self.blanks();
        let mut words = Vec::new();
        if self.cursor.eat("(") {
            self.groups.push(Context::default());
            loop {
                match self.word() {
                    Some(word) => words.push(word),
                    None if self.cursor.line_break() => {}
                    None => break,
                }
            }
            self.groups.pop();
            self.cursor.eat(")");
        }
        self.keyword("do");
        let variable = variable.map(|word| word.value.trim_start_matches('%').to_owned()).unwrap_or_default();
        self.context.around = Some(Arc::new(LoopOver { variable, words, guards_empty: false }));
    }

    fn simple(&mut self) {
        self.blanks();
        let start = self.cursor.at();
        let mut end = start;
        let mut words = Vec::new();
        loop {
            match self.word() {
                Some(word) => {
                    end = self.cursor.at();
                    words.push(word);
                }
                None if self.cursor.eat_any(&[">>", ">&", ">", "<"]) => {
                    self.word();
                }
                None => break,
            }
        }
        if !words.is_empty() {
            self.emit(words, Span::new(start, end));
        }
    }

    fn emit(&mut self, words: Vec<Word>, span: Span) {
        let conditional = self.context.conditional.unwrap_or(Conditional::Always);
        let loop_over = self.context.around.clone();
        let mut command =
            Command { assignments: Vec::new(), words, span, conditional, failure_ignored: true, loop_over };
        let leaves = command.program().eq_ignore_ascii_case("exit");
        command.failure_ignored = !leaves;
        if leaves && self.context.conditional.is_none() && self.context.around.is_none() {
            self.ended = true;
            self.notice(self.last.filter(|_| passes_on(&command)));
        } else if leaves && !passes_on(&command) && command.args().last() != Some(&"0") {
            self.notice(self.context.failed);
        }
        if self.context.failed.is_none() {
            self.last = Some(self.commands.len());
        }
        self.commands.push(command);
    }

    /// The failure of a command is seen to.
    fn notice(&mut self, command: Option<usize>) {
        if let Some(command) = command.and_then(|at| self.commands.get_mut(at)) {
            command.failure_ignored = false;
        }
    }

    /// Passes blanks and continued lines.
    fn blanks(&mut self) {
        loop {
            self.cursor.while_bytes(is_blank);
            if !self.cursor.eat_any(&["^\n", "^\r\n"]) {
                return;
            }
        }
    }

    /// Passes a keyword, if it is here; `cmd` does not mind its case.
    fn keyword(&mut self, word: &str) -> bool {
        self.blanks();
        self.cursor.eat_keyword(word)
    }

    /// The word that begins here, if one does.
    fn word(&mut self) -> Option<Word> {
        self.blanks();
        let start = self.cursor.at();
        let mut word = Word::default();
        while self.piece(&mut word) {}
        if matches!(word.value.as_str(), "1" | "2") && self.cursor.looks_at(">") {
            return None;
        }
        (self.cursor.at() > start).then_some(word)
    }

    /// Reads one piece of a word; false where the word ends.
    fn piece(&mut self, word: &mut Word) -> bool {
        let Some(byte) = self.cursor.peek() else { return false };
        let start = self.cursor.at();
        match byte {
            b' ' | b'\t' | b'\n' | b'&' | b'|' | b'<' | b'>' => return false,
            b')' if !self.groups.is_empty() => return false,
            b'\r' if self.cursor.at_line_break() => return false,
            b'^' if self.cursor.looks_at("^\n") || self.cursor.looks_at("^\r\n") => return false,
            b'^' => {
                self.cursor.character();
                word.value.push_str(self.cursor.character());
            }
            b'"' => self.quotes(word),
            b'$' if self.cursor.expression() => {
                word.expands = true;
                word.value.push_str(self.cursor.since(start));
            }
            _ => {
                word.expands |= matches!(byte, b'%' | b'!');
                word.glob |= matches!(byte, b'*' | b'?');
                word.value.push_str(self.cursor.character());
                word.value.push_str(self.cursor.while_bytes(is_ordinary));
            }
        }
        true
    }

    fn quotes(&mut self, word: &mut Word) {
        self.cursor.eat("\"");
        let start = self.cursor.at();
        loop {
            self.cursor.while_bytes(|byte| !matches!(byte, b'"' | b'\n' | b'$'));
            if !self.cursor.expression() && !self.cursor.eat("$") {
                break;
            }
        }
        let text = self.cursor.since(start);
        word.expands |= text.contains(['%', '!']) || text.contains("${{");
        word.value.push_str(text.trim_end_matches('\r'));
        self.cursor.eat("\"");
    }
}

/// Whether an `exit` has the exit code of the command before it.
fn passes_on(exit: &Command) -> bool {
    exit.args()
        .iter()
        .skip(1)
        .find(|word| !word.starts_with('/'))
        .is_none_or(|code| code.to_ascii_lowercase().contains("errorlevel"))
}

/// Whether a byte means nothing special in a word.
fn is_ordinary(byte: u8) -> bool {
    !byte.is_ascii() || byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'\\' | b':' | b'=')
}
