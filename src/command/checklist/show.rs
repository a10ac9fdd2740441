//! A walk as text for a terminal: every step with its state, and what to do next.

use crate::checklist::{Kind, Outcome, Phase, State, Step, Walk};
use crate::report::{Style, runner};

/// The walk as text.
pub fn text(walk: &Walk, style: &Style) -> String {
    let mut lines = vec![heading(walk, style)];
    for phase in Phase::ALL {
        let steps: Vec<_> = walk.steps.iter().enumerate().filter(|(_, step)| step.phase == phase).collect();
        if !steps.is_empty() {
            let (settled, all) = walk.progress(phase);
            lines.push(format!("  {} ({settled} of {all})", phase.title()));
            lines.extend(steps.into_iter().map(|(number, step)| row(number + 1, step, walk, style)));
        }
    }
    for (answer, why) in walk.voided() {
        lines.push(format!("  void: {}, answered by {}: {why}", style.text(&answer.asked), style.text(&answer.who)));
    }
    lines.push(next(walk));
    lines.iter().map(|line| runner::harmless(line).into_owned() + "\n").collect::<String>() + "\n"
}

fn heading(walk: &Walk, style: &Style) -> String {
    let subject = &walk.subject;
    let name = subject.called();
    let release = subject.release.as_deref().map(|release| format!(" {release}")).unwrap_or_default();
    let commit = subject.commit.as_deref().map_or("commit not known", |id| id.get(..9).unwrap_or(id));
    let counts = [
        (walk.count(State::Failed), "failing"),
        (walk.count(State::Refused), "answered with no"),
        (walk.count(State::Open), "open"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}"));
    let counts: Vec<String> = counts.collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    let outcome = walk.outcome().word();
    let whole = format!("{name}{release}");
    format!("{}  {}  {outcome}{counts}", style.strong(&style.text(&whole)), style.text(commit))
}

fn row(number: usize, step: &Step, walk: &Walk, style: &Style) -> String {
    let state = walk.state(step);
    let verdict = walk.mark(step);
    let mark = style.verdict(style.glyph(verdict), verdict);
    let said = walk.answer_to(step).filter(|_| !matches!(state, State::Failed | State::Passed));
    let why = match said {
        Some(answer) if answer.note.is_empty() => format!("{} said {}", answer.who, answer.said.word()),
        Some(answer) => format!("{} said {}: {}", answer.who, answer.said.word(), answer.note),
        None => step.why.clone(),
    };
    let how = if matches!(step.kind, Kind::Ask) { "you" } else { "auto" };
    let waits = if step.needed { "" } else { " (not waited for)" };
    let place = step.place.as_ref().map(|(path, line)| format!(" [{path}:{line}]")).unwrap_or_default();
    let words = format!("{}{place}: {}{waits}  {why}", step.title, state.word());
    format!("    {mark} {number:2} {how:4}  {}", style.text(words.trim_end()))
}

fn next(walk: &Walk) -> String {
    match walk.outcome() {
        Outcome::SignedOff => "  signed off; --output FILE.md or FILE.json writes it down".to_owned(),
        Outcome::Open => "  answer what is open on a terminal, or with --answers FILE".to_owned(),
        Outcome::Stopped => "  stopped; --retract STEP takes an answer back".to_owned(),
        Outcome::Blocked => "  blocked; what the facts prove must be put right, and no answer lifts it".to_owned(),
    }
}
