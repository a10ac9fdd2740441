//! A walk as text for a terminal: every step with its state, and what to do next.

use std::io;

use crate::checklist::{Kind, Outcome, Phase, State, Step, Walk};
use crate::report::Style;
use crate::report::text::{Page, wrapped};

/// How far further lines of a sentence are set in.
const HANG: usize = 2;

/// The walk as text.
///
/// # Errors
/// None that a text in memory could have.
pub fn text(walk: &Walk, style: &Style) -> io::Result<String> {
    let mut out = Vec::new();
    let mut page = Page::new(&mut out, *style);
    page.line(&heading(walk, style))?;
    for phase in Phase::ALL {
        let steps: Vec<_> = walk.steps.iter().enumerate().filter(|(_, step)| step.phase == phase).collect();
        if !steps.is_empty() {
            let (settled, all) = walk.progress(phase);
            page.line(&format!("  {} ({settled} of {all})", phase.title()))?;
            for (number, step) in steps {
                row(number + 1, step, walk, &mut page)?;
            }
        }
    }
    for (answer, why) in walk.voided() {
        page.item(2, "void:", &format!("{}, answered by {}: {why}", answer.asked, answer.who))?;
    }
    for line in wrapped(&next(walk), style.width, HANG) {
        page.line(&line)?;
    }
    page.blank()?;
    Ok(String::from_utf8_lossy(&out).into_owned())
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

fn row(number: usize, step: &Step, walk: &Walk, page: &mut Page<'_>) -> io::Result<()> {
    let state = walk.state(step);
    let verdict = walk.mark(step);
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
    let label = page.mark(verdict, "").then(&format!(" {number:2} {how:4} "));
    page.row(4, &label, words.trim_end())
}

fn next(walk: &Walk) -> String {
    match walk.outcome() {
        Outcome::SignedOff => "  signed off; --output FILE.md or FILE.json writes it down".to_owned(),
        Outcome::Open => "  answer what is open on a terminal, or with --answers FILE".to_owned(),
        Outcome::Stopped => "  stopped; --retract STEP takes an answer back".to_owned(),
        Outcome::Blocked => "  blocked; what the facts prove must be put right, and no answer lifts it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::{Answers, Subject};

    #[test]
    fn rows_are_broken_between_words_below_themselves() {
        let why = "a reason of several words that no narrow terminal has room for in one line";
        let step = Step::ask("own:docs-built", Phase::Project, "Were the documents built and looked at?", why);
        let subject = Subject { target: "o/r".to_owned(), ..Subject::default() };
        let walk = Walk::new(subject, vec![step], &Answers::default(), jiff::Timestamp::UNIX_EPOCH);
        let style = Style { ascii: true, color: false, width: Some(50) };
        let shown = text(&walk, &style).unwrap();
        assert!(shown.lines().all(|line| line.len() <= 50), "{shown}");
        assert!(shown.contains("\n               "), "further lines stand below the words: {shown}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let whole = text(&walk, &Style { width: None, ..style }).unwrap();
        assert_eq!(words(&shown), words(&whole));
        assert_eq!(whole.lines().filter(|line| line.contains("one line")).count(), 1);
    }
}
