//! Sees through programs that run other programs: `sudo`, `env`, `timeout`, `xargs`, `bash -c`, `find -exec`.

use super::launch::flags;
use super::tree::Token;
use super::{Options, program_name};

/// A program that runs the command among its own arguments.
struct Wrapper {
    name: &'static str,
    /// Options whose value is the next word.
    valued: &'static [&'static str],
    /// Words of its own before the command.
    operands: usize,
    /// Options with which it runs nothing.
    asks: &'static [&'static str],
}

const fn wrapper(name: &'static str, valued: &'static [&'static str]) -> Wrapper {
    Wrapper { name, valued, operands: 0, asks: &[] }
}

#[rustfmt::skip]
const WRAPPERS: &[Wrapper] = &[
    wrapper("sudo", &["-u", "-g", "-C", "-h", "-p", "-r", "-t", "-T", "-U", "-D", "-R", "--user", "--group", "--host",
        "--prompt", "--role", "--type", "--chdir", "--chroot", "--close-from", "--command-timeout", "--other-user"]),
    wrapper("doas", &["-u", "-C"]),
    Wrapper { name: "gosu", valued: &[], operands: 1, asks: &[] },
    wrapper("env", &["-u", "--unset", "-C", "--chdir"]),
    wrapper("exec", &["-a"]),
    Wrapper { name: "command", valued: &[], operands: 0, asks: &["-v", "-V"] },
    wrapper("builtin", &[]),
    wrapper("nohup", &[]),
    wrapper("setsid", &[]),
    wrapper("chronic", &[]),
    wrapper("unbuffer", &[]),
    wrapper("catchsegv", &[]),
    wrapper("nice", &["-n", "--adjustment"]),
    wrapper("ionice", &["-c", "-n", "--class", "--classdata"]),
    Wrapper { name: "timeout", valued: &["-k", "-s", "--kill-after", "--signal"], operands: 1, asks: &[] },
    wrapper("time", &["-f", "-o", "--format", "--output"]),
    wrapper("stdbuf", &["-i", "-o", "-e", "--input", "--output", "--error"]),
    wrapper("arch", &[]),
    wrapper("xvfb-run", &["-e", "-f", "-n", "-p", "-s", "-w", "--error-file", "--auth-file", "--server-num",
        "--server-args", "--xauth-protocol", "--wait"]),
    wrapper("xargs", &["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--arg-file", "--delimiter", "--max-lines",
        "--max-args", "--max-procs", "--max-chars", "--process-slot-var"]),
];

/// A command without the programs around it.
#[derive(Debug)]
pub(super) struct Call<'t> {
    pub(super) words: &'t [Token],
    /// Variables set by `env` and `sudo`.
    pub(super) assignments: Vec<(String, String)>,
    /// Whether it runs once for each item it reads (`xargs`).
    pub(super) each: bool,
    /// Whether it takes the place of the shell (`exec`).
    pub(super) replaces: bool,
}

/// What a command runs in the end.
pub(super) fn call(words: &[Token]) -> Call<'_> {
    let mut call = Call { words, assignments: Vec::new(), each: false, replaces: false };
    while let Some((first, rest)) = call.words.split_first() {
        let name = program_name(&first.word.value);
        let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.name == name) else { break };
        let (inner, assignments) = wrapper.unwrap(rest);
        if inner.is_empty() {
            break;
        }
        call.words = inner;
        call.assignments.extend(assignments);
        call.each |= name == "xargs";
        call.replaces |= name == "exec";
    }
    call
}

impl Wrapper {
    /// The command among the arguments, and the variables set for it; no words where there is none.
    fn unwrap<'t>(&self, mut words: &'t [Token]) -> (&'t [Token], Vec<(String, String)>) {
        let mut operands = self.operands;
        let mut assignments = Vec::new();
        while let Some((first, rest)) = words.split_first() {
            let value = first.word.value.as_str();
            let assigns = matches!(self.name, "env" | "sudo" | "doas");
            if value == "--" {
                words = rest;
                break;
            } else if self.asks.contains(&value) {
                return (&[], Vec::new());
            } else if self.valued.contains(&value) {
                words = rest.get(1..).unwrap_or_default();
            } else if value.starts_with('-') {
                words = rest;
            } else if let Some((name, value)) = value.split_once('=').filter(|_| assigns) {
                assignments.push((name.to_owned(), value.to_owned()));
                words = rest;
            } else if operands > 0 {
                operands -= 1;
                words = rest;
            } else {
                break;
            }
        }
        (words, assignments)
    }
}

/// A script handed over as an argument.
#[derive(Debug)]
pub(super) struct Script<'t> {
    /// The words it is made of.
    pub(super) words: &'t [Token],
    /// What the shell that runs it is started with; none where the same shell runs it (`eval`).
    pub(super) options: Option<Options>,
}

/// The script a command runs, when it is written out: `eval "…"`, `bash -c "…"`.
pub(super) fn script(words: &[Token]) -> Option<Script<'_>> {
    let (first, rest) = words.split_first()?;
    let script = match program_name(&first.word.value) {
        "eval" => Script { words: rest, options: None },
        "bash" | "sh" | "dash" | "zsh" | "ksh" => shell_script(rest)?,
        _ => return None,
    };
    let start = script.words.first()?.word.value.trim_start();
    // A text that is only known at run time stays the argument it is.
    (!start.starts_with(['$', '`'])).then_some(script)
}

fn shell_script(words: &[Token]) -> Option<Script<'_>> {
    let values = || words.iter().map(|token| token.word.value.as_str());
    let (options, count) = flags(values());
    let asked = values().take(count).any(|word| is_short(word) && word.contains('c'));
    let script = words.get(count..count + 1).filter(|_| asked)?;
    Some(Script { words: script, options: Some(options) })
}

fn is_short(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--")
}

/// A command that `find` runs for what it finds.
#[derive(Debug)]
pub(super) struct Found<'t> {
    pub(super) words: &'t [Token],
    /// Whether its failure makes `find` fail (`+` instead of `;`).
    pub(super) counts: bool,
}

/// What a `find` looks for, and the commands it runs on that.
pub(super) fn found(words: &[Token]) -> (&[Token], Vec<Found<'_>>) {
    let is_exec = |token: &Token| matches!(token.word.value.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir");
    let is_end = |token: &Token| matches!(token.word.value.as_str(), ";" | "+");
    let find = words.first().is_some_and(|first| program_name(&first.word.value) == "find");
    let first = words.iter().position(is_exec).filter(|_| find).unwrap_or(words.len());
    let (search, mut rest) = words.split_at_checked(first).unwrap_or((words, &[]));
    let mut all = Vec::new();
    while let Some((_, command)) = rest.split_first() {
        let end = command.iter().position(is_end).unwrap_or(command.len());
        let (words, after) = command.split_at_checked(end).unwrap_or((command, &[]));
        all.push(Found { words, counts: after.first().is_some_and(|end| end.word.value == "+") });
        let next = after.iter().position(is_exec).unwrap_or(after.len());
        rest = after.get(next..).unwrap_or_default();
    }
    (search, all)
}
