//! Splits the script of a `run:` into commands.
//!
//! A POSIX script is read into a tree (`parse`, `compound`, `word`), and the tree is walked in the order in which it
//! runs (`walk`, `invoke`), with what each part surely does (`outcome`) or keeps for later (`record`), what `set`
//! changes (`settings`) and which programs run others (`wrapper`). PowerShell and `cmd` have readers of their own.
//! All of them take time in proportion to the script, whatever it holds.

mod batch;
mod compound;
mod cursor;
mod invoke;
mod launch;
mod outcome;
mod parse;
mod place;
mod powershell;
mod record;
mod settings;
#[cfg(test)]
mod tests;
mod tree;
mod walk;
mod word;
mod wrapper;

use std::sync::Arc;

pub use launch::{Options, options_of, shell_of};

use super::Text;
use crate::text::Span;
use parse::Origin;
use place::Places;

/// The language of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// `bash`, `sh` and what is written like them.
    Posix,
    /// `pwsh` and `powershell`.
    PowerShell,
    /// `cmd`.
    Cmd,
    /// Something that is no shell (`python`, a template of the project's own): not split.
    Other,
}

/// One simple command of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Variables set for this command alone (`VAR=x cmd`); a command without words sets them for the script.
    pub assignments: Vec<(String, String)>,
    /// Program and arguments.
    pub words: Vec<Word>,
    /// Where the command stands in the file; the whole value where that cannot be told.
    pub span: Span,
    /// Whether it runs only under a condition of the script itself: inside `if`, `case`, `while`, a function that is
    /// not seen to be called, or after `&&` or `||`.
    pub conditional: Conditional,
    /// Whether the script may succeed although this command failed: `|| true`, `|| echo …`, the condition of an `if`
    /// that goes on in either case, the head of a pipe without `pipefail`, all but the last command of a list of `&&`
    /// that is not the end of the script, behind `set +e`, in the background.
    pub failure_ignored: bool,
    /// The loop that runs it once for each of some words; none outside such loops. Shared, because a long list may
    /// stand around many commands.
    pub loop_over: Option<Arc<LoopOver>>,
}

/// How a command depends on the script around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditional {
    /// It runs whenever the script comes this far.
    Always,
    /// It runs after an earlier command of the same list succeeded (`a && cmd`).
    AfterSuccess,
    /// It runs under a test of the script (`if`, `case`, `while`, `||`, a test before `&&`, a function not seen to be
    /// called).
    Test,
}

/// What runs a command once for each of some words: a `for` loop, a `while read` loop, `xargs` or `find -exec`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopOver {
    /// The loop variable; empty for `xargs` and `find`.
    pub variable: String,
    /// The words it runs over; for lines that are read, the command or file they come from.
    pub words: Vec<Word>,
    /// Whether `nullglob` or `failglob` was set before.
    pub guards_empty: bool,
}

/// One word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Its value with quotes removed; expansions stay as written (`$x`, `${{ … }}`).
    pub value: String,
    /// Whether it holds an unquoted `*`, `?` or `[…]`.
    pub glob: bool,
    /// Whether it holds an expansion of the shell or of the workflow.
    pub expands: bool,
}

/// What stands among the commands of a script for a part that nests too deep to be read.
const TOO_DEEP: &str = "\0";

impl Command {
    /// Whether a part of the script stands here that nests too deep to be read.
    pub fn is_unread(&self) -> bool {
        self.words.first().is_some_and(|word| word.value == TOO_DEEP)
    }

    /// Stands for a part that nests too deep.
    fn unread(span: Span) -> Self {
        Self {
            assignments: Vec::new(),
            words: vec![Word { value: TOO_DEEP.to_owned(), ..Word::default() }],
            span,
            conditional: Conditional::Test,
            failure_ignored: true,
            loop_over: None,
        }
    }

    /// The program, without its folder and without `.exe`.
    pub fn program(&self) -> &str {
        self.words.first().map_or("", |word| program_name(&word.value))
    }

    /// The words as plain text.
    pub fn args(&self) -> Vec<&str> {
        self.words.iter().map(|word| word.value.as_str()).collect()
    }
}

/// Longest word that is looked at as the path of a program; the longest path of any system we know is as long.
const MAX_PATH: usize = 4096;

/// A program's name without its folder and without `.exe`.
fn program_name(word: &str) -> &str {
    if word.len() > MAX_PATH {
        return word;
    }
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

/// The commands of a script whose shell was started as the runner does by default. `source` is the text of the file
/// the script stands in, for the places of commands.
pub fn commands(script: &Text, shell: Shell, source: &str) -> Vec<Command> {
    commands_with(script, shell, Options::default(), source)
}

/// The commands of a `run:`: its shell and the options of that shell follow from the name and the runner.
pub fn run_commands(script: &Text, shell: Option<&str>, windows: bool, source: &str) -> Vec<Command> {
    commands_with(script, shell_of(shell, windows), options_of(shell), source)
}

/// The commands of a script, in the order in which they run; a function's commands stand where it is called. The
/// options tell which failures a POSIX shell lets pass.
pub fn commands_with(script: &Text, shell: Shell, options: Options, source: &str) -> Vec<Command> {
    let mut commands = match shell {
        Shell::Posix => walk::walk(&script.value, &parse::parse(&script.value, Origin::At(0), 0), options),
        Shell::PowerShell => powershell::commands(&script.value),
        Shell::Cmd => batch::commands(&script.value),
        Shell::Other => Vec::new(),
    };
    if commands.is_empty() {
        return commands;
    }
    let places = Places::new(script, source);
    for command in &mut commands {
        command.span = places.span(command.span);
    }
    commands
}
