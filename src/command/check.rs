//! `check`: judges repositories and prints a report.

use std::io::Write;
use std::path::Path;

use super::checklist::kept;
use super::choices::Choices;
use super::gather::{self, Ending, Watch};
use super::record::Recorder;
use super::{
    CommandError, DONE, INTERNAL, INTERRUPTED, NOT_READY, Surroundings, UNDECIDED, asks, input, output, remember,
};
use crate::cli::{Check, Everywhere};
use crate::fact::declared::{self, Declared};
use crate::fleet::{FailOn, Fleet, Readiness};
use crate::report::{Baseline, Comparison, Look, Report};
use crate::source;
use crate::survey::Ask;
use crate::target;

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
    output::check(&choices.outputs)?;
    let baseline = choices.baseline.as_deref().map(baseline).transpose()?;
    for remark in asks.iter().filter_map(asks::remark) {
        surroundings.say(&remark);
    }
    // Recorded answers are no survey of today.
    let keeps = !choices.no_history && !asks.iter().any(|ask| matches!(ask, Ask::Recorded { .. }));
    let waivers = waivers(&asks, choices, surroundings)?;
    let remote = asks.iter().any(|ask| matches!(ask, Ask::Remote { .. }));
    let shows_progress = (asks.len() > 1 || remote) && surroundings.environment.error_terminal;
    let progress: Option<&mut dyn Write> = if shows_progress { Some(surroundings.errors) } else { None };
    let mut recorder = choices.record.as_deref().map(Recorder::new);
    let watch = Watch { progress, recorder: recorder.as_mut() };
    let (mut fleet, ending) = gather::gather(asks, &choices.survey(), choices.rules.clone(), watch)?;
    if let Some(recorder) = recorder {
        let count = recorder.write()?;
        surroundings
            .say(&format!("recorded the answers about {count} repositories; read them before you pass them on"));
    }
    for words in fleet.repos.values().map(Box::as_ref).filter_map(renamed) {
        surroundings.say(&words);
    }
    if let Some(pins) = &choices.pins {
        gather::hand_over(&mut fleet, pins, surroundings.now);
    }
    for (repo, declared) in waivers {
        fleet.set_waivers(&repo, declared);
    }
    if ending == Ending::Complete && keeps {
        remember::remember(&fleet, surroundings.now, surroundings);
    }
    let comparison = baseline.map(|baseline| Comparison::of(&baseline, &fleet, choices.fail_on));
    print(&fleet, ending, choices, comparison.as_ref(), surroundings)?;
    let code = code(&fleet, ending, choices, comparison.as_ref(), surroundings);
    // The program ends next; giving a large fleet's memory back piece by piece would only delay that.
    std::mem::forget(fleet);
    Ok(code)
}

/// That a repository has another name now.
fn renamed(repo: &crate::fleet::Repo) -> Option<String> {
    let now = repo.facts.repository.value()?;
    Some(format!("{} is called {} now", now.renamed_from.as_ref()?, now.full_name))
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

/// The earlier report that was named.
fn baseline(file: &Path) -> Result<Baseline, CommandError> {
    let refuse = |why: String| {
        let message = format!("the baseline {} cannot be read: {why}", target::shown(file.as_os_str()));
        CommandError::usage(message, "--baseline takes what `shipworthy check --format json` printed")
    };
    let text = input::text(file).map_err(&refuse)?;
    Baseline::parse(&text).map_err(refuse)
}

fn print(
    fleet: &Fleet,
    ending: Ending,
    choices: &Choices,
    comparison: Option<&Comparison>,
    surroundings: &mut Surroundings<'_>,
) -> Result<(), CommandError> {
    let report = Report { fleet, at: surroundings.now, partial: ending != Ending::Complete };
    let look = Look { style: choices.style, amount: choices.amount, comparison };
    for destination in &choices.outputs {
        output::write(destination, &report, &look)?;
    }
    choices.format.write(&report, &look, surroundings.output)?;
    Ok(())
}

/// The exit code, with a word about it where it is not what readiness alone would give.
fn code(
    fleet: &Fleet,
    ending: Ending,
    choices: &Choices,
    comparison: Option<&Comparison>,
    surroundings: &mut Surroundings<'_>,
) -> u8 {
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
    let outcome = match comparison.filter(|_| choices.fail_on_worse && !fleet.repos.is_empty()) {
        Some(comparison) => by_change(fleet, comparison, choices, surroundings),
        None => fleet.outcome(choices.fail_on),
    };
    let outcome = if lacks_signoff(fleet, choices, surroundings) { Readiness::NotReady } else { outcome };
    match outcome {
        Readiness::Ready => DONE,
        Readiness::NotReady => NOT_READY,
        Readiness::Undecided => UNDECIDED,
    }
}

/// The outcome by what got worse alone, with a word where the repositories themselves stand otherwise.
fn by_change(
    fleet: &Fleet,
    comparison: &Comparison,
    choices: &Choices,
    surroundings: &mut Surroundings<'_>,
) -> Readiness {
    let (all, changed) = (fleet.outcome(choices.fail_on), comparison.outcome());
    if all != changed {
        surroundings.say(&format!(
            "{}, but --fail-on-worse looks at changes alone: {}",
            all.word(),
            comparison.headline()
        ));
    }
    changed
}

/// Whether a sign-off was asked for that a repository does not have; said for each that lacks it.
fn lacks_signoff(fleet: &Fleet, choices: &Choices, surroundings: &mut Surroundings<'_>) -> bool {
    let Some(file) = &choices.require_signoff else { return false };
    let mut lacks = false;
    for repo in fleet.repos.values() {
        if let Err(why) = kept::verify(repo, file.as_deref(), surroundings.now) {
            surroundings.say(&format!("{} has no sign-off that holds: {why}", repo.target.id.target));
            lacks = true;
        }
    }
    lacks
}

/// Names the repositories that count as something else than they are.
fn remark(fleet: &Fleet, fail_on: FailOn, surroundings: &mut Surroundings<'_>) {
    let differs =
        |repo: &&crate::fleet::Repo| repo.counts_as(&fleet.rules, Some(fail_on)) != repo.readiness(&fleet.rules);
    let names: Vec<&str> =
        fleet.repos.values().map(Box::as_ref).filter(differs).map(|repo| &*repo.target.id.target).collect();
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
