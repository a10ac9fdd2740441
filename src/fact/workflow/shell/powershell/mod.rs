//! Splits scripts of `pwsh` and `powershell`.
//!
//! The runner sets `$ErrorActionPreference` to `stop`, which ends the script when a cmdlet fails, but not when a
//! program does: of those only the last one's exit code becomes that of the step, unless the script itself looks.

mod word;

use std::sync::Arc;

use super::cursor::Cursor;
use super::{Command, Conditional, LoopOver, Word};
use crate::text::Span;
use word::is_command_start;

/// The commands of a PowerShell script; spans are ranges of bytes of the script.
pub(super) fn commands(script: &str) -> Vec<Command> {
    let mut reader = Reader {
        cursor: Cursor::new(script),
        commands: Vec::new(),
        depth: 0,
        watched: false,
        last: None,
        ended: false,
    };
    let context = Context { conditional: Conditional::Always, around: None, asked: false, repeated: false };
    while !reader.cursor.is_done() && !reader.ended {
        reader.statements(&context);
        // A closing bracket that nothing opened.
        reader.cursor.character();
    }
    let passes_on = match reader.commands.last() {
        Some(last) if reader.ended => last.args().get(1).is_some_and(|code| code.ends_with("LASTEXITCODE")),
        _ => true,
    };
    reader.notice(reader.last.filter(|last| passes_on && !last.repeated));
    reader.commands
}

/// The circumstances of a part of the script.
#[derive(Clone)]
struct Context {
    conditional: Conditional,
    around: Option<Arc<LoopOver>>,
    /// Whether it stands in a condition, which decides what its failure means.
    asked: bool,
    /// Whether a loop is around it.
    repeated: bool,
}

impl Context {
    fn under_test(&self) -> Self {
        Self { conditional: Conditional::Test, ..self.clone() }
    }

    fn asked(&self) -> Self {
        Self { asked: true, ..self.clone() }
    }
}

/// The program that ran last, whose exit code is the one to be asked for.
#[derive(Clone, Copy)]
struct Last {
    at: usize,
    repeated: bool,
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    commands: Vec<Command>,
    depth: usize,
    /// Whether the failure of a program ends the script (`$PSNativeCommandUseErrorActionPreference`).
    watched: bool,
    last: Option<Last>,
    /// Whether the script surely ended.
    ended: bool,
}

impl Reader<'_> {
    /// Statements up to a closing bracket.
    fn statements(&mut self, context: &Context) {
        while !self.ended {
            self.separators();
            if matches!(self.cursor.peek(), None | Some(b'}' | b')')) {
                return;
            }
            let before = self.cursor.at();
            self.statement(context);
            if self.cursor.at() == before {
                self.cursor.character();
            }
        }
    }

    fn statement(&mut self, context: &Context) {
        if self.cursor.eat_keyword("if") || self.cursor.eat_keyword("elseif") {
            self.if_block(context);
        } else if self.cursor.eat_keyword("while")
            || self.cursor.eat_keyword("until")
            || self.cursor.eat_keyword("switch")
        {
            self.parentheses(&context.asked());
            self.block(&context.under_test());
        } else if self.cursor.eat_keyword("else") || self.cursor.eat_keyword("catch") || self.cursor.eat_keyword("trap")
        {
            self.blanks();
            if self.cursor.looks_at("[") {
                self.cursor.while_bytes(|byte| byte != b'{');
            }
            self.block(&context.under_test());
        } else if self.cursor.eat_keyword("try") || self.cursor.eat_keyword("finally") {
            self.block(context);
        } else if self.cursor.eat_keyword("foreach") {
            self.foreach(context);
        } else if self.cursor.eat_keyword("for") || self.cursor.eat_keyword("do") {
            self.parentheses(context);
            self.block(&Context { repeated: true, ..context.clone() });
        } else if self.cursor.eat_keyword("function") || self.cursor.eat_keyword("filter") {
            self.cursor.while_bytes(|byte| !matches!(byte, b'{' | b'(' | b'\n'));
            self.parentheses(context);
            self.block(&context.under_test());
        } else if self.cursor.eat_keyword("param") {
            self.parentheses(context);
        } else {
            self.pipeline(context);
        }
    }

    /// The rest of an `if`. Where it asks for the exit code and gives up, the program before it is watched.
    fn if_block(&mut self, context: &Context) {
        let before = self.last;
        let from = self.cursor.at();
        self.parentheses(&context.asked());
        let test = self.cursor.since(from);
        let fails = ["-ne", "-gt", "-not", "!"].iter().any(|sign| test.contains(sign));
        let asks = test.contains("LASTEXITCODE") || test.contains("$?");
        let first = self.commands.len();
        self.block(&context.under_test());
        let gives_up = self.commands.get(first..).unwrap_or_default().iter().any(is_failing_exit);
        self.notice(before.filter(|_| asks && fails && gives_up));
    }

    fn foreach(&mut self, context: &Context) {
        self.blanks();
        if !self.cursor.eat("(") {
            return;
        }
        self.blanks();
        let variable = self.word(context).map(|word| word.value).unwrap_or_default();
        self.blanks();
        self.cursor.eat_keyword("in");
        let mut words = Vec::new();
        loop {
            self.blank_lines();
            if self.cursor.is_done() || self.cursor.eat(")") {
                break;
            }
            match self.word(context) {
                Some(word) => words.push(word),
                None => {
                    self.cursor.character();
                }
            }
        }
        let variable = variable.trim_start_matches('$').to_owned();
        let around = Some(Arc::new(LoopOver { variable, words, guards_empty: false }));
        self.block(&Context { around, repeated: true, ..context.clone() });
    }

    /// Passes what stands in parentheses, as statements, if any do.
    fn parentheses(&mut self, context: &Context) {
        self.blanks();
        if self.cursor.eat("(") {
            self.nested(context, ")");
        }
    }

    /// Passes a block in braces, if one is here.
    fn block(&mut self, context: &Context) {
        self.blank_lines();
        if self.cursor.eat("{") {
            self.nested(context, "}");
        }
    }

    /// Commands joined by `|`, `&&` and `||`.
    fn pipeline(&mut self, context: &Context) {
        let mut context = context.clone();
        self.command(&context, &[]);
        loop {
            self.blanks();
            let from = self.commands.len();
            let before = self.last;
            if self.cursor.eat("||") {
                context.conditional = Conditional::Test;
                self.blank_lines();
                self.command(&context, &[]);
                let gives_up = self.commands.get(from).is_some_and(is_failing_exit);
                self.notice(before.filter(|_| gives_up));
            } else if self.cursor.eat("&&") {
                if context.conditional == Conditional::Always {
                    context.conditional = Conditional::AfterSuccess;
                }
                self.blank_lines();
                self.command(&context, &[]);
            } else if self.cursor.eat("|") {
                self.blank_lines();
                let input = self.commands.last().map(|command| command.words.clone()).unwrap_or_default();
                self.command(&context, &input);
            } else {
                return;
            }
        }
    }

    /// One command, assignment or expression; `input` are the words of the command before it in a pipe.
    fn command(&mut self, context: &Context, input: &[Word]) {
        let called = self.cursor.eat("&") || self.cursor.eat(". ");
        self.blanks();
        if !called && !is_command_start(&self.cursor) {
            return self.expression(context);
        }
        let start = self.cursor.at();
        let mut end = start;
        let mut words: Vec<Word> = Vec::new();
        let mut inside = context.clone();
        loop {
            self.blanks();
            match self.word(&inside) {
                Some(word) => {
                    end = self.cursor.at();
                    words.push(word);
                }
                None if self.redirection(context) => {}
                None => break,
            }
            if let [program] = words.as_slice() {
                inside = block_context(&program.value, context, input);
            }
        }
        self.emit(words, Span::new(start, end), context);
    }

    /// An assignment or a value; the commands inside it run.
    fn expression(&mut self, context: &Context) {
        let start = self.cursor.at();
        let name = self.variable();
        self.blanks();
        if name.is_empty() || self.cursor.looks_at("==") || !self.cursor.eat_any(&["=", "+="]) {
            return self.values(context);
        }
        self.blanks();
        if is_command_start(&self.cursor) || self.cursor.looks_at("&") {
            return self.pipeline(context);
        }
        let value = self.word(context).unwrap_or_default();
        let span = Span::new(start, self.cursor.at());
        if name.eq_ignore_ascii_case("PSNativeCommandUseErrorActionPreference") {
            self.watched = value.value.eq_ignore_ascii_case("$true");
        }
        if let Some(("env" | "Env" | "ENV", name)) = name.split_once(':') {
            let assignments = vec![(name.to_owned(), value.value)];
            self.push(assignments, Vec::new(), span, context, false);
        }
        self.values(context);
    }

    fn emit(&mut self, words: Vec<Word>, span: Span, context: &Context) {
        let Some(program) = words.first().filter(|word| !word.value.starts_with('{')) else { return };
        let keyword = matches!(program.value.as_str(), "exit" | "throw" | "return" | "break" | "continue");
        let program = !keyword && !is_cmdlet(&program.value);
        let exits = words.first().is_some_and(|word| matches!(word.value.as_str(), "exit" | "throw"));
        if program {
            self.last = Some(Last { at: self.commands.len(), repeated: context.repeated });
        }
        self.push(Vec::new(), words, span, context, context.asked || program && !self.watched);
        self.ended |= exits && context.conditional == Conditional::Always && !context.asked && !context.repeated;
    }

    fn push(
        &mut self,
        assignments: Vec<(String, String)>,
        words: Vec<Word>,
        span: Span,
        context: &Context,
        failure_ignored: bool,
    ) {
        let (conditional, loop_over) = (context.conditional, context.around.clone());
        self.commands.push(Command { assignments, words, span, conditional, failure_ignored, loop_over });
    }

    /// The failure of a program is seen to.
    fn notice(&mut self, program: Option<Last>) {
        if let Some(command) = program.and_then(|last| self.commands.get_mut(last.at)) {
            command.failure_ignored = false;
        }
    }
}

/// The circumstances of a block that is an argument: `ForEach-Object` runs it for each item, `Where-Object` asks it.
fn block_context(program: &str, context: &Context, input: &[Word]) -> Context {
    match program.to_ascii_lowercase().as_str() {
        "foreach-object" | "foreach" | "%" => {
            let around = LoopOver { variable: "_".to_owned(), words: input.to_vec(), guards_empty: false };
            Context { around: Some(Arc::new(around)), repeated: true, ..context.clone() }
        }
        "where-object" | "where" | "?" => context.under_test().asked(),
        _ => context.clone(),
    }
}

/// Whether a command ends the script as failed.
fn is_failing_exit(command: &Command) -> bool {
    match command.args().as_slice() {
        ["throw", ..] => true,
        ["exit", code, ..] => *code != "0",
        _ => false,
    }
}

/// Verbs that names of PowerShell's own commands begin with. Verbs that programs' names begin with, too, as `pre` and
/// `build`, are none of them.
const VERBS: &str = "add clear compare compress convert convertfrom convertto copy disable enable expand export find \
    foreach format get group import initialize install invoke join measure move new out pop publish push read receive \
    register remove rename resolve save select set sort split start stop tee test uninstall unregister update use wait \
    where write";

/// Short names of PowerShell's own commands.
const SHORT: &str = "cat cd copy cp del dir echo foreach gc gci iex iwr ls md mkdir move mv popd pushd pwd rm rmdir \
    select set sleep sort tee type where write % ?";

/// Whether a command belongs to PowerShell itself, by its verb or as a short name of such a one.
fn is_cmdlet(program: &str) -> bool {
    let is_one_of = |names: &str, name: &str| names.split(' ').any(|known| known.eq_ignore_ascii_case(name));
    is_one_of(SHORT, program) || program.split_once('-').is_some_and(|(verb, _)| is_one_of(VERBS, verb))
}
