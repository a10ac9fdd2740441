//! The steps of the release checklist as a list, and where the cursor of an answer stands.

use super::Pen;
use crate::app::Mode;
use crate::app::Model;
use crate::app::checklist::{Checklist, Line};
use crate::app::layout::{Area, Pane};
use crate::checklist::{Kind, Outcome, State};
use crate::requirement::Verdict;

/// Columns of what decides a step.
const HOW: u16 = 6;

/// Draws the list.
pub fn draw(model: &Model, area: Area, pen: &mut Pen<'_>) {
    let Some(open) = &model.checklist else { return };
    let walk = &open.walk;
    let waits = walk.count(State::Open);
    let corner = if waits == 0 { "nothing open".to_owned() } else { format!("{waits} open") };
    pen.frame(area, "Steps", &corner, matches!(model.mode, Mode::Browse) && !open.aside);
    let inner = area.inner();
    let lines = open.lines();
    let top = open.top(usize::from(inner.height));
    for (y, line) in (inner.y..inner.y + inner.height).zip(lines.iter().skip(top)) {
        match line {
            Line::Phase(phase, settled, all) => {
                let words = format!("{}  {settled} of {all}", phase.title());
                pen.write((inner.x + 1, y), &words, inner.width.saturating_sub(2), pen.look.strong());
            }
            Line::Step(at) => row(model, open, *at, y, inner, pen),
            Line::Signoff => signoff(model, open, y, inner, pen),
        }
    }
    pen.scrollbar(area, lines.len(), top);
}

fn row(model: &Model, open: &Checklist, at: usize, y: u16, inner: Area, pen: &mut Pen<'_>) {
    let Some(step) = open.walk.steps.get(at) else { return };
    let void = open.walk.voided().iter().any(|(answer, _)| answer.step == step.id);
    let how = match (&step.kind, open.walk.state(step)) {
        (_, State::Open) if void => "void",
        (Kind::Later, _) => "later",
        (_, State::Attested | State::Refused | State::Skipped) | (Kind::Ask, _) => "you",
        (Kind::Auto { .. }, _) => "auto",
    };
    // A requirement is known by its id and name; what it asks stands beside.
    let requirement = crate::requirement::find(&step.id).is_some();
    let title = step.title.split_once(": ").filter(|_| requirement).map_or(step.title.as_str(), |(name, _)| name);
    let label = format!("{:2} {}", at + 1, model.look().text(title));
    entry(model, (open.row == at, open.walk.mark(step)), (&label, how), y, inner, pen);
}

fn signoff(model: &Model, open: &Checklist, y: u16, inner: Area, pen: &mut Pen<'_>) {
    let mark = match open.walk.outcome() {
        Outcome::SignedOff => Verdict::Pass,
        Outcome::Open => Verdict::Manual,
        Outcome::Stopped | Outcome::Blocked => Verdict::Fail,
    };
    let label = format!("{:2} Sign-off report", open.walk.steps.len() + 1);
    entry(model, (open.step().is_none(), mark), (&label, "write"), y, inner, pen);
}

fn entry(
    model: &Model,
    (chosen, mark): (bool, Verdict),
    (label, how): (&str, &str),
    y: u16,
    inner: Area,
    pen: &mut Pen<'_>,
) {
    let style = pen.look.verdict(mark);
    pen.write((inner.x + 1, y), if chosen { ">" } else { " " }, 1, pen.look.title(true));
    pen.write((inner.x + 3, y), model.look().glyph(mark), 1, style);
    let room = inner.width.saturating_sub(HOW + 6);
    let label_style = if chosen { pen.look.chosen() } else { pen.look.plain() };
    pen.write((inner.x + 5, y), label, room, label_style);
    pen.write((inner.x + inner.width - HOW, y), how, HOW - 1, pen.look.dim());
}

/// Where the cursor of an answer stands, while one is written and its line is shown.
pub fn caret(model: &Model) -> Option<(u16, u16)> {
    if !matches!(model.mode, Mode::Answer(_)) {
        return None;
    }
    let inner = model.layout().pane(Pane::Step).inner();
    let line = model.contents.pane(Pane::Step)?.cursor?.checked_sub(model.scrolled(Pane::Step))?;
    let line = u16::try_from(line).ok().filter(|line| *line < inner.height)?;
    let column = model.contents.caret.min(inner.width.saturating_sub(2));
    Some((inner.x + 1 + column, inner.y + line))
}
