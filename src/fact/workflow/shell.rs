//! Splits the script of a `run:` into commands.

use super::Text;
use crate::text::Span;

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
    /// Variables set for this command alone (`VAR=x cmd`).
    pub assignments: Vec<(String, String)>,
    /// Program and arguments.
    pub words: Vec<Word>,
    /// Where the command stands in the file; the whole value where that cannot be told.
    pub span: Span,
    /// Whether it runs only under a condition of the script itself: inside `if`, `case`, `while`, a function, or
    /// after `&&` or `||`.
    pub conditional: Conditional,
    /// Whether its failure is ignored: `|| true`, `|| :`, `|| echo …`, a later part of the same `||` list, the
    /// condition of an `if`, the head of a pipe without `pipefail`, or after `set +e`.
    pub failure_ignored: bool,
    /// The list of a `for` loop around it (the words after `in`); none outside such loops.
    pub loop_over: Option<LoopOver>,
}

/// How a command depends on the script around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditional {
    /// It runs whenever the script comes this far.
    Always,
    /// It runs after an earlier command of the same list succeeded (`a && cmd`).
    AfterSuccess,
    /// It runs under a test of the script (`if`, `case`, `while`, `||`, a test before `&&`, the body of a function).
    Test,
}

/// A `for` loop around a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopOver {
    /// The loop variable.
    pub variable: String,
    /// The words it runs over.
    pub words: Vec<Word>,
    /// Whether `nullglob` or `failglob` was set before.
    pub guards_empty: bool,
}

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its value with quotes removed; expansions stay as written (`$x`, `${{ … }}`).
    pub value: String,
    /// Whether it holds an unquoted `*`, `?` or `[`.
    pub glob: bool,
    /// Whether it holds an expansion of the shell or of the workflow.
    pub expands: bool,
}

impl Command {
    /// The program, without its folder and without `.exe`.
    pub fn program(&self) -> &str {
        let word = self.words.first().map_or("", |word| word.value.as_str());
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        name.strip_suffix(".exe").unwrap_or(name)
    }

    /// The words as plain text.
    pub fn args(&self) -> Vec<&str> {
        self.words.iter().map(|word| word.value.as_str()).collect()
    }
}

/// The shell a value of `shell:` names; `windows` tells the default of the runner.
pub fn shell_of(shell: Option<&str>, windows: bool) -> Shell {
    let _ = (shell, windows);
    Shell::Posix
}

/// The commands of a script. `source` is the text of the file the script stands in, for the places of commands.
pub fn commands(script: &Text, shell: Shell, source: &str) -> Vec<Command> {
    let _ = (script, shell, source);
    Vec::new()
}
