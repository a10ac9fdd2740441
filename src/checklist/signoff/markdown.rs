//! The sign-off as Markdown, and the boxes of the project's own page as a comment.

use std::collections::BTreeMap;

use crate::checklist::{Answer, Kind, Outcome, Phase, Proof, State, Step, Walk};
use crate::report::Style;
use crate::report::markdown::escape::{cell, cell_code, code, prose};
use crate::report::runner;
use crate::requirement::Verdict;

/// How the title of a sign-off begins.
pub const TITLE: &str = "Release sign-off: ";

/// The sign-off as Markdown.
pub fn markdown(walk: &Walk) -> String {
    let mut parts = vec![format!("# {}", title(walk)), about(walk), closing(walk)];
    for phase in Phase::ALL {
        let steps: Vec<(usize, &Step)> =
            walk.steps.iter().enumerate().filter(|(_, step)| step.phase == phase).collect();
        if !steps.is_empty() {
            parts.push(format!("## {}\n\n{}", phase.title(), table(&steps, walk)));
        }
    }
    parts.extend(waived(walk));
    parts.extend(void(walk));
    written(&parts)
}

fn written(parts: &[String]) -> String {
    let text = parts.join("\n\n") + "\n";
    text.lines().map(|line| runner::harmless(line).into_owned() + "\n").collect()
}

fn title(walk: &Walk) -> String {
    let subject = &walk.subject;
    let name = subject.called();
    let release = subject.release.as_deref().map(|release| format!(" {}", prose(release))).unwrap_or_default();
    format!("{TITLE}{}{release}", prose(name))
}

fn about(walk: &Walk) -> String {
    let subject = &walk.subject;
    let mut words = Vec::new();
    words.push(subject.commit.as_deref().map_or("commit not known".to_owned(), |id| format!("commit {}", code(id))));
    words.extend(subject.branch.as_deref().map(|branch| format!("branch {}", code(branch))));
    words.extend(subject.facts_of.map(|at| at.strftime("facts of %Y-%m-%d %H:%M UTC").to_string()));
    words.push(format!("SPEC 8, profile `{}`", subject.profile));
    words.join(", ")
}

/// How it stands, in one line; nothing is rounded up.
fn closing(walk: &Walk) -> String {
    let counts = walk.unsettled();
    let optional = walk.steps.iter().filter(|step| !step.needed && walk.state(step) == State::Open).count();
    let optional = if optional > 0 {
        format!(" {optional} more are open that the release does not wait for.")
    } else {
        String::new()
    };
    match walk.outcome() {
        Outcome::SignedOff => format!("**Signed off.**{optional}"),
        Outcome::Open => format!("**Not signed off: {}.**{optional}", counts.join(", ")),
        Outcome::Stopped => format!("**Stopped: {}.**{optional}", counts.join(", ")),
        Outcome::Blocked => format!("**Blocked: {}.**{optional}", counts.join(", ")),
    }
}

fn table(steps: &[(usize, &Step)], walk: &Walk) -> String {
    let mut lines = vec!["| step | how | result | why | evidence |".to_owned(), "|---|---|---|---|---|".to_owned()];
    for (number, step) in steps {
        let state = walk.state(step);
        let answer = walk.answer_to(step).filter(|_| super::counts_for(state));
        let how = match (answer, &step.kind) {
            (Some(answer), _) => cell(&answer.who),
            (None, Kind::Ask) => "a person".to_owned(),
            (None, _) => "auto".to_owned(),
        };
        let why = answer.map_or_else(|| cell(&step.why), |answer| cell(&given(answer)));
        let waits = if step.needed { "" } else { " (not waited for)" };
        lines.push(format!(
            "| {} {} | {how} | {}{waits} | {why} | {} |",
            number + 1,
            cell(&step.title),
            result(state),
            evidence(step)
        ));
    }
    lines.join("\n")
}

/// The result with its mark; what fails is said aloud.
fn result(state: State) -> String {
    let verdict = match state {
        State::Passed | State::Attested => Verdict::Pass,
        State::Warned => Verdict::Warn,
        State::NotApplicable | State::Skipped | State::Later => Verdict::NotApplicable,
        State::Waived => Verdict::Waived,
        State::Open => Verdict::Unknown,
        State::Refused | State::Failed => Verdict::Fail,
    };
    let word = if state == State::Failed { "FAIL" } else { state.word() };
    format!("{} {word}", Style::default().glyph(verdict))
}

/// An answer in words.
fn given(answer: &Answer) -> String {
    let note = if answer.note.is_empty() { String::new() } else { format!(": {}", answer.note) };
    let commit = answer.commit.as_deref().map(|id| format!(" at {}", short(id))).unwrap_or_default();
    format!("{}{note} ({}{commit})", answer.said.word(), answer.at.strftime("%Y-%m-%d %H:%M UTC"))
}

fn short(commit: &str) -> String {
    commit.chars().take(9).collect()
}

fn evidence(step: &Step) -> String {
    let proof = |one: &Proof| match &one.url {
        Some(url) => format!("[{}]({url})", cell_code(&one.text)),
        None => cell(&one.text),
    };
    let place = step.place.as_ref().map(|(path, line)| cell_code(&format!("{path}:{line}")));
    let all: Vec<String> = step.proof.iter().map(proof).chain(place).collect();
    all.join("; ")
}

fn waived(walk: &Walk) -> Option<String> {
    let rows = walk.steps.iter().filter_map(|step| {
        let waiver = step.waiver.as_ref()?;
        let until = waiver.until.as_deref().map_or("without an end".to_owned(), |day| format!("until {}", cell(day)));
        Some(format!("| {} | {} | {} | {until} |", cell(&step.id), cell(&waiver.reason), cell(&waiver.owner)))
    });
    let rows: Vec<String> = rows.collect();
    let head = "## Set aside by the project\n\n| requirement | reason | by | until |\n|---|---|---|---|";
    (!rows.is_empty()).then(|| format!("{head}\n{}", rows.join("\n")))
}

fn void(walk: &Walk) -> Option<String> {
    let rows = walk.voided().iter().map(|(answer, reason)| {
        let (asked, who) = (cell(&answer.asked), cell(&answer.who));
        format!("| {asked} | {who} | {} | {} |", cell(&given(answer)), cell(reason))
    });
    let rows: Vec<String> = rows.collect();
    let head = "## Answers that no longer hold\n\n| question | who | answer | why not |\n|---|---|---|---|";
    (!rows.is_empty()).then(|| format!("{head}\n{}", rows.join("\n")))
}

/// The boxes of the project's own page, ticked as they were answered, for a comment on the release issue; none where
/// the project keeps no such page.
pub fn boxes(walk: &Walk) -> Option<String> {
    let mut pages: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    for step in &walk.steps {
        if let Some((path, _)) = step.place.as_ref().filter(|_| step.kind == Kind::Ask) {
            pages.entry(path).or_default().push(step);
        }
    }
    let parts = pages.into_iter().map(|(path, steps)| {
        let lines: Vec<String> = steps.into_iter().map(|step| ticked(step, walk)).collect();
        format!("### {}\n\n{}", code(path), lines.join("\n"))
    });
    let parts: Vec<String> = parts.collect();
    let head = format!("**{}**\n\n{}", title(walk), about(walk));
    (!parts.is_empty()).then(|| written(&[vec![head], parts].concat()))
}

/// One box. Only what a person said yes to is ticked.
fn ticked(step: &Step, walk: &Walk) -> String {
    let state = walk.state(step);
    let mark = if state == State::Attested { "x" } else { " " };
    let answer = walk.answer_to(step).map(|answer| format!(" ({}, {})", prose(&answer.who), prose(&given(answer))));
    format!("- [{mark}] {}{}", prose(&step.title), answer.unwrap_or_else(|| " (open)".to_owned()))
}
