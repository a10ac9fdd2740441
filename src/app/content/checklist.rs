//! The panes of the release checklist: the step under the cursor, and the sign-off as far as it is.

use super::Content;
use crate::app::Model;
use crate::app::age::moment;
use crate::app::checklist::{Checklist, Form};
use crate::app::page::{Page, Tone, Words, plain};
use crate::app::{Mode, action::Action};
use crate::checklist::{Answer, Kind, Lasting, Outcome, Said, State, Step, signoff};
use crate::requirement::Verdict;

/// The height from which the pane of a step shows everything and is scrolled; below, each thing has one line.
const ROOMY: usize = 10;

/// What the pane of the step holds, and the column of the text cursor in its line.
pub fn step(model: &Model, mut page: Page, height: usize) -> (Content, u16) {
    let Some(open) = &model.checklist else { return (Content::default(), 0) };
    let Some(step) = open.step() else {
        last(model, open, &mut page);
        return (Content { title: "Sign-off".to_owned(), rows: page.rows, ..Content::default() }, 0);
    };
    let mut caret = None;
    let number = format!("{} ", open.row + 1);
    if height >= ROOMY {
        let label = vec![page.words(Tone::Strong, &number), plain(1)];
        page.item(label, number.len() + 1, Tone::Strong, &step.title);
        page.blank();
        why(open, step, &mut page);
        page.blank();
        options(model, open, step, &mut page, &mut caret);
        kept_with(model, open, step, &mut page, false);
    } else {
        let title = page.words(Tone::Strong, &format!("{number} {}", step.title));
        page.row(vec![title]);
        if !(height < 6 && matches!(model.mode, Mode::Answer(_))) {
            brief(open, step, &mut page);
        }
        if height < 6 && !matches!(model.mode, Mode::Answer(_)) {
            short_options(open, step, &mut page);
        } else {
            options(model, open, step, &mut page, &mut caret);
        }
        kept_with(model, open, step, &mut page, true);
    }
    let (cursor, column) = caret.unzip();
    let state = open.walk.state(step);
    let corner = format!("{} {}", page.style().glyph(open.walk.mark(step)), said(state, open.walk.mark(step)));
    let title = format!("Step {}", open.row + 1);
    (Content { title, corner, rows: page.rows, cursor }, column.unwrap_or_default())
}

/// A state in words.
const fn said(state: State, mark: Verdict) -> &'static str {
    match (state, mark) {
        (State::Open, Verdict::Pending) => "awaited",
        (State::Open, _) => "open",
        (State::Failed, _) => "FAIL",
        (State::Attested, _) => "yes",
        (State::Refused, _) => "no",
        (State::Skipped, _) => "does not apply",
        (other, _) => other.word(),
    }
}

/// Why it is asked or what the facts say, what that rests on, and what was answered.
fn why(open: &Checklist, step: &Step, page: &mut Page) {
    if !step.why.is_empty() {
        let label = vec![page.words(Tone::Dim, "Why    ")];
        page.item(label, 7, Tone::Plain, &step.why);
    }
    for (at, proof) in step.proof.iter().enumerate() {
        let label = vec![page.words(Tone::Dim, if at == 0 { "See    " } else { "       " })];
        page.item(label, 7, Tone::Accent, &proof.text);
    }
    if let Some((path, line)) = &step.place {
        let label = vec![page.words(Tone::Dim, "In     ")];
        page.item(label, 7, Tone::Accent, &format!("{path}:{line}"));
    }
    for words in told(open, step) {
        let label = vec![page.words(Tone::Dim, &format!("{:7}", words.0))];
        page.item(label, 7, words.1, &words.2);
    }
    if !step.needed {
        page.sentence(7, Tone::Dim, "The release does not wait for this step.");
    }
}

/// What people said: the waiver, the answer, and the answer that holds no more.
fn told(open: &Checklist, step: &Step) -> Vec<(&'static str, Tone, String)> {
    let mut all = Vec::new();
    if let Some(waiver) = &step.waiver {
        let until = waiver.until.as_deref().map(|day| format!(" until {day}")).unwrap_or_default();
        let words = format!("set aside by {}{until}: {}", waiver.owner, waiver.reason);
        all.push(("Waiver", Tone::Verdict(Verdict::Waived), words));
    }
    if let Some(answer) = open.walk.answer_to(step) {
        all.push(("Answer", Tone::Strong, answered(answer)));
    }
    if let Some((answer, why)) = open.walk.voided().iter().find(|(answer, _)| answer.step == step.id) {
        all.push(("Void", Tone::Verdict(Verdict::Unknown), format!("{}: {why}", answered(answer))));
    }
    all
}

/// An answer in one line.
fn answered(answer: &Answer) -> String {
    let note = if answer.note.is_empty() { String::new() } else { format!(": {}", answer.note) };
    let commit: String = answer.commit.as_deref().unwrap_or("no commit").chars().take(7).collect();
    let at = answer.at.strftime("%Y-%m-%d %H:%M");
    format!("{} said {} ({at} UTC, {commit}){note}", answer.who, answer.said.word())
}

/// The one line that matters most where there is little room.
fn brief(open: &Checklist, step: &Step, page: &mut Page) {
    let row = match told(open, step).pop() {
        Some((label, tone, words)) => vec![page.words(Tone::Dim, &format!("{label}  ")), page.words(tone, &words)],
        None => vec![page.words(Tone::Dim, "Why  "), page.words(Tone::Plain, &step.why)],
    };
    page.row(row);
}

/// The answers that a step takes.
fn takes(open: &Checklist, step: &Step) -> Vec<(&'static str, Said, &'static str)> {
    let all = [
        ("y", Said::Yes, "yes, confirmed by: "),
        ("n", Said::No, "no, stop here, because: "),
        ("s", Said::NotApplicable, "does not apply, because: "),
    ];
    let fits = |(_, said, _): &(&str, Said, &str)| {
        let state = open.walk.state(step);
        let asked = matches!(state, State::Open | State::Attested | State::Refused | State::Skipped);
        asked && open.walk.may_answer(step, *said).is_ok()
    };
    all.into_iter().filter(fits).collect()
}

fn short_options(open: &Checklist, step: &Step, page: &mut Page) {
    let mut row = Vec::new();
    for (key, said, _) in takes(open, step) {
        let word = match said {
            Said::Yes => " yes  ",
            Said::No => " no  ",
            Said::NotApplicable => " does not apply  ",
        };
        row.extend([page.words(Tone::Accent, key), page.words(Tone::Plain, word)]);
    }
    if !row.is_empty() {
        page.row(row);
    }
}

fn options(model: &Model, open: &Checklist, step: &Step, page: &mut Page, caret: &mut Option<(usize, u16)>) {
    let form = match &model.mode {
        Mode::Answer(form) => Some(form),
        _ => None,
    };
    for (key, said, words) in takes(open, step) {
        let chosen = form.filter(|form| form.said == said);
        if form.is_some() && chosen.is_none() {
            continue;
        }
        let mut row = vec![page.words(Tone::Accent, &format!("[ {key} ] ")), page.words(Tone::Plain, words)];
        if let Some(form) = chosen {
            write_into(form, row, page, caret);
            continue;
        }
        let used: usize = row.iter().map(|words| words.text.len()).sum();
        let line = "_".repeat(page.width().saturating_sub(used + 2).min(24));
        row.push(page.words(Tone::Dim, &line));
        page.row(row);
    }
}

/// The lines of an answer that is being written.
fn write_into(form: &Form, note: Vec<Words>, page: &mut Page, caret: &mut Option<(usize, u16)>) {
    let name = vec![page.words(Tone::Plain, "      answered by: ")];
    for (label, field, open) in [(note, &form.note, !form.on_name), (name, &form.name, form.on_name)] {
        let mut row = vec![page.words(Tone::Accent, if open { "> " } else { "  " })];
        row.extend(label);
        let used: usize = row.iter().map(|words| words.text.len()).sum();
        let (text, column) = field.window(page.width().saturating_sub(used + 1));
        if open {
            *caret = Some((page.rows.len(), u16::try_from(used + column).unwrap_or_default()));
        }
        row.push(page.words(if open { Tone::Strong } else { Tone::Plain }, &text));
        page.row(row);
    }
    if let Some(mistake) = &form.mistake {
        page.sentence(6, Tone::Verdict(Verdict::Fail), &format!("not taken: {mistake}"));
    }
}

/// What is kept with an answer, and for how long it holds.
fn kept_with(model: &Model, open: &Checklist, step: &Step, page: &mut Page, brief: bool) {
    if takes(open, step).is_empty() {
        let words = match (&step.kind, open.walk.subject.commit.is_none()) {
            (Kind::Later, _) => return,
            (Kind::Ask, true) => "The commit is not known, so an answer about it would not hold.",
            (Kind::Auto { verdict: Verdict::Fail }, _) => "What the facts prove no answer lifts.",
            (Kind::Auto { verdict: Verdict::Pending }, _) => "The answer of the facts is awaited.",
            _ => "The facts decide this step.",
        };
        page.sentence(0, Tone::Dim, words);
        return;
    }
    let who = model.who().unwrap_or("a name");
    let commit: String = open.walk.subject.commit.as_deref().unwrap_or("no commit").chars().take(7).collect();
    let holds = match step.lasting {
        Lasting::Commit => "is void when the commit changes".to_owned(),
        Lasting::Days(days) => format!("holds for {days} days"),
    };
    let at = moment(model.options.now, model.options.now);
    if brief {
        let words =
            page.words(Tone::Dim, &format!("Kept: {who}, {at} UTC, {commit}; {}", holds.trim_start_matches("is ")));
        page.row(vec![words]);
        return;
    }
    page.blank();
    page.sentence(0, Tone::Dim, &format!("Kept with the answer: {who}, {at} UTC and commit {commit}; it {holds}."));
}

/// What the row behind the last step says.
fn last(model: &Model, open: &Checklist, page: &mut Page) {
    let walk = &open.walk;
    let (tone, words) = match walk.outcome() {
        Outcome::SignedOff => (Verdict::Pass, "Signed off: every step that the release waits for is settled."),
        Outcome::Open => (Verdict::Manual, "Not signed off: steps are open."),
        Outcome::Stopped => (Verdict::Fail, "Stopped: a step was answered with no."),
        Outcome::Blocked => (Verdict::Fail, "Blocked: the facts prove that a step is not so."),
    };
    let label = vec![page.mark(tone), plain(1)];
    page.item(label, 2, Tone::Strong, words);
    let counts = walk.unsettled();
    if !counts.is_empty() {
        page.sentence(2, Tone::Plain, &format!("{}; nothing is rounded up.", counts.join(", ")));
    }
    let key = |action| model.options.keymap.short(action);
    let label = vec![page.words(Tone::Accent, &format!("{}  ", key(Action::Report)))];
    page.item(label, 3, Tone::Plain, &format!("looks at {}.md, and writes it with its .json", open.name()));
    if let Some(next) = open.queue.front() {
        let label = vec![page.words(Tone::Accent, &format!("{}  ", key(Action::Open)))];
        page.item(label, 7, Tone::Plain, &format!("goes on with {}", model.name_of(next)));
    }
    for (answer, why) in walk.voided() {
        let label = vec![page.words(Tone::Dim, "Void   ")];
        page.item(label, 7, Tone::Verdict(Verdict::Unknown), &format!("{}: {why}", answer.asked));
    }
}

/// The sign-off as far as it is.
pub fn report(model: &Model, mut page: Page) -> Content {
    let Some(open) = &model.checklist else { return Content::default() };
    let shown = format!("| {} ", open.row + 1);
    let mut cursor = None;
    for line in signoff::markdown(&open.walk).lines() {
        if line.starts_with(&shown) {
            cursor = Some(page.rows.len());
        }
        let tone = if line.starts_with('#') || line.starts_with("**") { Tone::Strong } else { Tone::Plain };
        let words = page.words(tone, line);
        page.row(vec![words]);
    }
    let title = "Sign-off report (preview)".to_owned();
    Content { title, corner: "markdown".to_owned(), rows: page.rows, cursor }
}
