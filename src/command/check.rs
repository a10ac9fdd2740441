//! `check`: judges repositories and prints a report.

use std::io::Write;

use super::choices::Choices;
use super::gather::{self, Ending};
use super::{CommandError, DONE, INTERNAL, INTERRUPTED, NOT_READY, Surroundings, UNDECIDED, asks};
use crate::cli::{Check, Everywhere};
use crate::fact::declared::{self, Declared};
use crate::fleet::{FailOn, Fleet, Readiness};
use crate::report::{self, Format, Report};
use crate::source;
use crate::survey::{Ask, Options};

/// Judges the targets, prints the report and answers the exit code.
///
/// # Errors
/// Targets and configurations that are not understood; an output that cannot be written.
pub fn run(
    arguments: &Check,
    everywhere: &Everywhere,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    let choices = Choices::of(everywhere, arguments, surroundings)?;
    let asks = asks::read(&arguments.targets, &choices, surroundings)?;
    conclude(asks, &choices, surroundings)
}

/// Asks, judges and reports.
///
/// # Errors
/// Waivers that cannot be read from the revision named; an output that cannot be written.
pub fn conclude(asks: Vec<Ask>, choices: &Choices, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    for remark in asks.iter().filter_map(asks::remark) {
        surroundings.say(&remark);
    }
    let waivers = waivers(&asks, choices, surroundings)?;
    let shows_progress = asks.len() > 1 && surroundings.environment.error_terminal;
    let progress: Option<&mut dyn Write> = if shows_progress { Some(surroundings.errors) } else { None };
    let options = Options { offline: choices.offline };
    let (mut fleet, ending) = gather::gather(asks, &options, choices.rules.clone(), progress)?;
    if let Some(pins) = &choices.pins {
        gather::hand_over(&mut fleet, pins, surroundings.now);
    }
    for (repo, declared) in waivers {
        fleet.set_waivers(&repo, declared);
    }
    print(&fleet, ending, choices, surroundings)?;
    let code = code(&fleet, ending, choices, surroundings);
    // The program ends next; giving a large fleet's memory back piece by piece would only delay that.
    std::mem::forget(fleet);
    Ok(code)
}

/// Waivers of the revision that was named, for every folder.
///
/// # Errors
/// A revision that cannot be read.
pub fn waivers(
    asks: &[Ask],
    choices: &Choices,
    surroundings: &mut Surroundings<'_>,
) -> Result<Vec<(crate::fact::RepoId, Declared)>, CommandError> {
    let Some(revision) = &choices.waivers_from else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for ask in asks {
        let id = &ask.target().id;
        let Ask::Folder { root, .. } = ask else {
            surroundings.say(&format!("{}: no waiver counts, since it is no clone", id.target));
            continue;
        };
        let refuse = |why: String| {
            let message = format!("the waivers of {} at `{revision}` cannot be read: {why}", id.target);
            CommandError::usage(message, "--waivers-from takes a branch, tag or commit of the clone")
        };
        if let Some(text) = source::git::show(root, revision, declared::PATH).map_err(refuse)? {
            let declared = Declared::parse(&text).map_err(|problem| refuse(problem.message))?;
            all.push((id.clone(), declared));
        }
    }
    Ok(all)
}

fn print(
    fleet: &Fleet,
    ending: Ending,
    choices: &Choices,
    surroundings: &mut Surroundings<'_>,
) -> Result<(), CommandError> {
    let report = Report { fleet, at: surroundings.now, partial: ending != Ending::Complete };
    match choices.format {
        Format::Json => report::write_json(&report, surroundings.output)?,
        Format::Text => report::text::write(&report, &choices.style, choices.amount, surroundings.output)?,
    }
    Ok(())
}

/// The exit code, with a word about it where it is not what readiness alone would give.
fn code(fleet: &Fleet, ending: Ending, choices: &Choices, surroundings: &mut Surroundings<'_>) -> u8 {
    match ending {
        Ending::Interrupted => {
            surroundings.say("interrupted: the report holds what was known by then");
            return INTERRUPTED;
        }
        Ending::Broken => {
            surroundings.say("internal error: the survey stopped before its end; the report is not complete");
            return INTERNAL;
        }
        Ending::Complete => {}
    }
    if fleet.repos.is_empty() {
        surroundings.say("nothing was judged: there was no target");
    }
    if let Some(fail_on) = choices.fail_on {
        remark(fleet, fail_on, surroundings);
    }
    match fleet.outcome(choices.fail_on) {
        Readiness::Ready => DONE,
        Readiness::NotReady => NOT_READY,
        Readiness::Undecided => UNDECIDED,
    }
}

/// Names the repositories that count as something else than they are.
fn remark(fleet: &Fleet, fail_on: FailOn, surroundings: &mut Surroundings<'_>) {
    let differs =
        |repo: &&crate::fleet::Repo| repo.counts_as(&fleet.rules, Some(fail_on)) != repo.readiness(&fleet.rules);
    let names: Vec<&str> = fleet.repos.values().filter(differs).map(|repo| &*repo.target.id.target).collect();
    if names.is_empty() {
        return;
    }
    let what = match fail_on {
        FailOn::Fail => "undecided, but counted as ready",
        FailOn::Warn => "has warnings, so counted as not ready",
        FailOn::Unknown => "undecided, so counted as not ready",
    };
    surroundings.say(&format!("{what} because of --fail-on {}: {}", fail_on.word(), names.join(", ")));
}
