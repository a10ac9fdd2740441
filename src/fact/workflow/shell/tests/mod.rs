//! What scripts are split into: one table for each side of the matter, then hostile and random input.

mod failure;
mod flow;
mod hostile;
mod others;
mod place;
mod words;

use super::*;
use crate::text::yaml::Style;

/// A script that stands alone in its file.
fn alone(value: &str) -> Text {
    Text { value: value.to_owned(), span: Span::new(0, value.len()), alias: None, style: Style::Plain }
}

fn split(script: &str, shell: Shell, options: Options) -> Vec<Command> {
    commands_with(&alone(script), shell, options, script)
}

fn bash(script: &str) -> Vec<Command> {
    split(script, Shell::Posix, Options::default())
}

/// A command in short: `=` always, `>` after success, `?` under a test; `~` where its failure is ignored; then
/// assignments and words, with brackets around words that hold blanks.
fn short(command: &Command) -> String {
    let conditional = match command.conditional {
        Conditional::Always => "=",
        Conditional::AfterSuccess => ">",
        Conditional::Test => "?",
    };
    let ignored = if command.failure_ignored { "~" } else { "" };
    let bracketed = |word: &str| {
        let blank = word.is_empty() || word.contains([' ', '\n', '\t']);
        if blank { format!("[{word}]") } else { word.to_owned() }
    };
    let assignments = command.assignments.iter().map(|(name, value)| format!("{name}:={}", bracketed(value)));
    let words = command.words.iter().map(|word| bracketed(&word.value));
    let all: Vec<String> = assignments.chain(words).collect();
    format!("{conditional}{ignored} {}", all.join(" "))
}

fn check(table: &[(&str, &[&str])], split: impl Fn(&str) -> Vec<Command>) {
    for (script, expected) in table {
        let found: Vec<String> = split(script).iter().map(short).collect();
        assert_eq!(found, *expected, "{script}");
    }
}
