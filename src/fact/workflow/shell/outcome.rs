//! What a part of a script surely does, read off its text: whether it ends the shell, succeeds or fails.

use std::collections::HashMap;

use super::tree::{If, Join, List, Node, Pipeline, Simple, Statement};

/// How a part of a script ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It ends the shell as failed.
    Exits,
    /// It ends the function it is in as failed.
    Returns,
    /// It leaves the shell, the function or the loop, not surely as failed.
    Leaves,
    /// It goes on, and keeps in a variable that it failed, on which the script decides later.
    Records,
    /// It goes on as succeeded.
    True,
    /// It goes on as failed.
    False,
    /// That depends.
    Unknown,
}

impl Outcome {
    /// Whether what stands behind it does not run.
    fn ends(self) -> bool {
        matches!(self, Self::Exits | Self::Returns | Self::Leaves)
    }
}

/// What is known of the script around a part.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// How calls of the functions defined so far end.
    pub(super) calls: HashMap<String, Outcome>,
    /// The variables on which the script decides whether it failed, each with the last place where it does.
    pub(super) deciding: HashMap<String, usize>,
}

/// How a call of a function ends whose body ends so.
pub(super) fn of_call(body: &Node, known: &Known) -> Outcome {
    match of_node(body, Status::new(false), known) {
        Outcome::Returns => Outcome::False,
        Outcome::Leaves => Outcome::Unknown,
        other => other,
    }
}

/// How far a part of a script is looked into: the parts that decide are short, and the same part is asked about from
/// each level around it.
const MAX_LEVEL: usize = 4;

/// What is known before a part runs.
#[derive(Clone, Copy)]
struct Status<'t> {
    /// Whether `$?` is a failure.
    failed: bool,
    /// The variable that keeps a failed `$?`.
    kept: Option<&'t str>,
    level: usize,
}

impl Status<'_> {
    const fn new(failed: bool) -> Self {
        Self { failed, kept: None, level: 0 }
    }
}

/// How a list ends; `failed` tells that `$?` is a failure when it begins.
pub(super) fn of_list(list: &List, failed: bool, known: &Known) -> Outcome {
    of_statements(list, Status::new(failed), known)
}

fn of_statements<'t>(statements: &'t List, mut status: Status<'t>, known: &Known) -> Outcome {
    let mut last = Outcome::Unknown;
    let mut records = false;
    if status.level > MAX_LEVEL {
        return last;
    }
    for statement in statements {
        if status.failed
            && let Some(variable) = keeps_status(statement)
        {
            status = Status { failed: false, kept: Some(variable), ..status };
        }
        last = of_statement(statement, status, known);
        if last.ends() || last == Outcome::Unknown && statement.may_leave {
            return last;
        }
        records |= last == Outcome::Records;
        status.failed = false;
    }
    if records { Outcome::Records } else { last }
}

/// The variable of a statement `variable=$?`.
fn keeps_status(statement: &Statement) -> Option<&str> {
    let simple = only_simple(statement)?;
    let [(name, value)] = simple.assignments.as_slice() else { return None };
    (simple.words.is_empty() && value.word.value == "$?").then_some(name)
}

/// The simple command a statement consists of.
pub(super) fn only_simple(statement: &Statement) -> Option<&Simple> {
    if statement.background || !statement.rest.is_empty() || statement.first.negated {
        return None;
    }
    match statement.first.stages.as_slice() {
        [Node::Simple(simple)] => Some(simple),
        _ => None,
    }
}

/// The truth value a list surely has, such as that of `if false`.
pub(super) fn constant_list(list: &List) -> Option<bool> {
    match list.as_slice() {
        [statement] if statement.rest.is_empty() && !statement.background => constant(&statement.first),
        _ => None,
    }
}

/// The truth value a pipeline was written to have: `true`, `:` or `false`.
pub(super) fn constant(pipeline: &Pipeline) -> Option<bool> {
    let [Node::Simple(simple)] = pipeline.stages.as_slice() else { return None };
    let value = match simple.words.first()?.word.value.as_str() {
        "true" | ":" => true,
        "false" => false,
        _ => return None,
    };
    Some(value != pipeline.negated)
}

fn of_statement(statement: &Statement, status: Status<'_>, known: &Known) -> Outcome {
    if statement.background {
        return Outcome::True;
    }
    let mut now = of_pipeline(&statement.first, status, known);
    for (join, pipeline) in &statement.rest {
        now = match (now, join) {
            (Outcome::True, Join::Or) | (Outcome::False, Join::And) => now,
            (Outcome::True, Join::And) => of_pipeline(pipeline, Status { failed: false, ..status }, known),
            (Outcome::False, Join::Or) => of_pipeline(pipeline, Status { failed: true, ..status }, known),
            _ => return now,
        };
    }
    now
}

/// How a pipeline ends.
pub(super) fn of_member(pipeline: &Pipeline, failed: bool, known: &Known) -> Outcome {
    of_pipeline(pipeline, Status::new(failed), known)
}

fn of_pipeline(pipeline: &Pipeline, status: Status<'_>, known: &Known) -> Outcome {
    let [node] = pipeline.stages.as_slice() else { return Outcome::Unknown };
    match of_node(node, status, known) {
        Outcome::True if pipeline.negated => Outcome::False,
        Outcome::False if pipeline.negated => Outcome::True,
        other => other,
    }
}

fn of_node(node: &Node, status: Status<'_>, known: &Known) -> Outcome {
    let inside = Status { level: status.level + 1, ..status };
    match node {
        Node::Simple(simple) => of_simple(simple, status, known),
        Node::Group(list) => of_statements(list, inside, known),
        Node::Subshell(list) => match of_statements(list, inside, known) {
            Outcome::Exits | Outcome::Returns => Outcome::False,
            Outcome::Leaves | Outcome::Records => Outcome::Unknown,
            other => other,
        },
        Node::If(condition) => of_if(condition, Status { failed: false, ..inside }, known),
        Node::Function(_) => Outcome::True,
        Node::While(_) | Node::For(_) | Node::Case(_) => Outcome::Unknown,
    }
}

fn of_if(condition: &If, inside: Status<'_>, known: &Known) -> Outcome {
    let Some(otherwise) = &condition.otherwise else { return Outcome::Unknown };
    let outcome = of_statements(otherwise, inside, known);
    let same = condition.arms.iter().all(|(test, body)| {
        test.iter().all(|statement| !statement.may_leave) && of_statements(body, inside, known) == outcome
    });
    if same { outcome } else { Outcome::Unknown }
}

fn of_simple(simple: &Simple, status: Status<'_>, known: &Known) -> Outcome {
    let mut words = simple.words.iter().map(|token| token.word.value.as_str());
    if known.records(simple) {
        return Outcome::Records;
    }
    match words.next() {
        None if simple.assignments.iter().all(|(_, value)| value.runs.is_empty()) => Outcome::True,
        Some("true" | ":" | "echo" | "printf") => Outcome::True,
        Some("false") => Outcome::False,
        Some("exit") if exits_failed(words.next(), status) => Outcome::Exits,
        Some("return") if exits_failed(words.next(), status) => Outcome::Returns,
        Some("exit" | "return" | "break" | "continue") => Outcome::Leaves,
        Some(name) => known.calls.get(name).copied().unwrap_or(Outcome::Unknown),
        None => Outcome::Unknown,
    }
}

/// Whether the code of an `exit` or `return` is surely that of a failure.
fn exits_failed(code: Option<&str>, status: Status<'_>) -> bool {
    match code {
        None | Some("$?") => status.failed,
        Some(code) => code.parse::<i64>().map_or_else(
            |_| {
                let variable = code.trim_start_matches(['$', '{']).trim_end_matches('}');
                code.starts_with('$') && status.kept == Some(variable)
            },
            |number| number != 0,
        ),
    }
}

/// Whether a pipeline asks something, so that what stands behind its `&&` is a choice and not the next step.
pub(super) fn is_test(pipeline: &Pipeline) -> bool {
    const TESTS: &[&str] =
        &["[", "[[", "((", "test", "grep", "egrep", "fgrep", "rg", "pgrep", "which", "type", "hash", "cmp", "diff"];
    let Some(Node::Simple(simple)) = pipeline.stages.last() else { return pipeline.negated };
    let words: Vec<&str> = simple.words.iter().take(3).map(|token| token.word.value.as_str()).collect();
    let asks = match words.as_slice() {
        ["command", "-v" | "-V", ..] => true,
        ["git", "diff", option] => matches!(*option, "--quiet" | "--exit-code"),
        [program, ..] => TESTS.contains(program),
        [] => false,
    };
    asks || pipeline.negated
}

/// The variable of a loop that reads lines (`while read -r variable`).
pub(super) fn read_variable(condition: &List) -> Option<String> {
    let [statement] = condition.as_slice() else { return None };
    let words = &only_simple(statement)?.words;
    let (first, rest) = words.split_first()?;
    let name = rest.iter().rev().map(|token| token.word.value.as_str()).find(|value| !value.starts_with('-'));
    (first.word.value == "read").then(|| name.unwrap_or("REPLY").to_owned())
}
