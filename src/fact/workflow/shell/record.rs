//! Failures that a script keeps and decides on later: `verify x || failed=1`, then `exit $failed`.

use std::collections::HashMap;

use super::outcome::{Known, Outcome, is_test, of_list, of_member, only_simple};
use super::tree::{Join, List, Node, Pipeline, Simple, Statement};
use super::word::is_name;

/// The variables on which a script decides whether it exits as failed, each with the last place where it does.
pub(super) fn deciding(list: &List) -> HashMap<String, usize> {
    let known = Known::default();
    let mut deciding = HashMap::new();
    for statement in list {
        for simple in deciders(statement, &known) {
            let calculates = simple.words.first().is_some_and(|first| first.word.value == "((");
            let names = simple.words.iter().flat_map(|token| variables(&token.word.value, calculates));
            deciding.extend(names.map(|name| (name.to_owned(), simple.span.start)));
        }
    }
    deciding
}

/// The commands of a statement whose words decide whether it exits as failed.
fn deciders<'t>(statement: &'t Statement, known: &Known) -> Vec<&'t Simple> {
    if let Some(simple) = only_simple(statement) {
        let exits = simple.words.first().is_some_and(|first| first.word.value == "exit");
        return if exits { vec![simple] } else { Vec::new() };
    }
    if let [Node::If(condition)] = statement.first.stages.as_slice() {
        let [(test, body)] = condition.arms.as_slice() else { return Vec::new() };
        let lists = std::iter::once(body).chain(&condition.otherwise);
        let exits = lists.into_iter().any(|list| of_list(list, false, known) == Outcome::Exits);
        return if exits { test.iter().flat_map(tests).collect() } else { Vec::new() };
    }
    let exits = statement.rest.iter().any(|(_, member)| of_member(member, false, known) == Outcome::Exits);
    if exits { tests(statement) } else { Vec::new() }
}

/// The tests a statement is made of.
fn tests(statement: &Statement) -> Vec<&Simple> {
    let members = std::iter::once(&statement.first).chain(statement.rest.iter().map(|(_, member)| member));
    members.filter(|member| is_test(member)).filter_map(single).collect()
}

fn single(pipeline: &Pipeline) -> Option<&Simple> {
    match pipeline.stages.as_slice() {
        [Node::Simple(simple)] => Some(simple),
        _ => None,
    }
}

/// The variables a word expands; where numbers are calculated (`((…))`), every name is one.
fn variables(word: &str, calculates: bool) -> impl Iterator<Item = &str> {
    let parts = word.split(if calculates { |part: char| !is_name_part(part) } else { |part: char| part == '$' });
    let names = parts.skip(usize::from(!calculates)).map(|rest| rest.trim_start_matches('{'));
    names.map(|rest| rest.split(|part: char| !is_name_part(part)).next().unwrap_or_default())
}

fn is_name_part(part: char) -> bool {
    u8::try_from(part).is_ok_and(is_name)
}

impl Known {
    /// Whether a command keeps a failure in a variable on which the script decides later.
    pub(super) fn records(&self, simple: &Simple) -> bool {
        let decides = |name: &str| self.deciding.get(name).is_some_and(|at| *at > simple.span.start);
        let calculates = simple.words.first().is_some_and(|first| matches!(first.word.value.as_str(), "((" | "let"));
        let names = |word: &str| word.split(|part: char| !is_name_part(part)).any(decides);
        match simple.words.as_slice() {
            [] => simple.assignments.iter().any(|(name, _)| decides(name)),
            [_, rest @ ..] if calculates => rest.iter().any(|token| names(&token.word.value)),
            _ => false,
        }
    }

    /// What a statement makes of a failure of the one before it, by asking for `$?`.
    pub(super) fn seen_to(&self, next: &Statement) -> Outcome {
        if let Some(simple) = only_simple(next) {
            let mut words = simple.words.iter().map(|token| token.word.value.as_str());
            return match (words.next(), words.next()) {
                (Some("exit"), None | Some("$?")) => Outcome::Exits,
                (None, _) if simple.assignments.iter().any(|(_, value)| value.word.value == "$?") => {
                    if self.records(simple) { Outcome::Records } else { Outcome::Unknown }
                }
                _ => Outcome::Unknown,
            };
        }
        match (next.first.stages.as_slice(), next.rest.as_slice()) {
            ([Node::If(condition)], []) => match condition.arms.as_slice() {
                [(test, body)] if test.len() == 1 && test.iter().all(|test| asks(test, Join::And)) => {
                    of_list(body, false, self)
                }
                _ => Outcome::Unknown,
            },
            ([Node::Simple(_)], [(join, member)]) if asks(next, *join) => of_member(member, false, self),
            _ => Outcome::Unknown,
        }
    }
}

/// Whether a statement begins with a test of `$?` that is true (before `&&`) or false (before `||`) for a failure.
fn asks(statement: &Statement, join: Join) -> bool {
    let Some(test) = single(&statement.first).filter(|_| is_test(&statement.first)) else { return false };
    let has = |signs: &[&str]| test.words.iter().any(|token| signs.contains(&token.word.value.as_str()));
    let fails = match join {
        Join::And => has(&["-ne", "-gt", "!="]),
        Join::Or => has(&["-eq", "=", "=="]),
    };
    fails && has(&["$?"]) && has(&["0"]) && !statement.first.negated
}
