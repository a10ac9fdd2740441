//! The matrix: repositories as rows, requirements as columns. Only what is on the screen is built.

use ratatui::style::{Modifier, Style};

use super::Pen;
use crate::app::Model;
use crate::app::age::{Age, ago, updated};
use crate::app::layout::{Area, Columns, MARGIN};
use crate::app::matrix::{SHORT, Tally, weight};
use crate::fact::RepoId;
use crate::fleet::{Readiness, Repo};
use crate::requirement::{Meta, Verdict};

/// Draws the matrix.
pub fn draw(model: &Model, area: Area, pen: &mut Pen<'_>) {
    let matrix = &model.matrix;
    let order = if matrix.reverse { ", reversed" } else { "" };
    let filter = if matrix.filter.text().is_empty() { "none" } else { matrix.filter.text() };
    let shown = (matrix.order.len(), model.fleet.repos.len());
    let count = if shown.0 == shown.1 { String::new() } else { format!("{} of {}  ", shown.0, shown.1) };
    let corner = format!("{count}sort: {}{order}  filter: {}", matrix.sort.word(), model.look().text(filter));
    pen.frame(area, "Fleet", &corner, false);
    let inner = area.inner();
    let columns = model.matrix_columns();
    let metas = model.columns();
    let visible: Vec<(usize, &Meta)> =
        metas.iter().copied().enumerate().skip(matrix.left).take(usize::from(columns.count)).collect();
    let heads = heads(model, inner, &columns, &visible, pen);
    let rows = usize::from(inner.height.saturating_sub(heads));
    for (y, id) in (inner.y + heads..).zip(matrix.order.iter().skip(matrix.top).take(rows)) {
        if let Some(repo) = model.fleet.repos.get(id) {
            row(model, (id, repo), y, (inner, &columns, &visible), pen);
        }
    }
    if matrix.order.is_empty() {
        let words = if model.fleet.repos.is_empty() { "no repository" } else { "no repository fits the filter" };
        pen.write((inner.x + MARGIN, inner.y + heads), words, inner.width.saturating_sub(MARGIN), pen.look.dim());
    }
    let below = Area { y: area.y + heads, height: area.height - heads, ..area };
    pen.scrollbar(below, matrix.order.len(), matrix.top);
}

/// The heads of the columns; answers how many lines they take.
fn heads(model: &Model, inner: Area, columns: &Columns, visible: &[(usize, &Meta)], pen: &mut Pen<'_>) -> u16 {
    let two = model.layout().wide;
    let (x, y, dim) = (inner.x, inner.y, pen.look.dim());
    pen.write((x + MARGIN, y), "Repository", columns.name, pen.look.strong());
    for (slot, (at, meta)) in (0_u16..).zip(visible) {
        let left = x + columns.cells + slot * columns.cell;
        let style = if *at == model.requirement { pen.look.title(true) } else { pen.look.strong() };
        if columns.cell >= 5 {
            pen.write((left, y), meta.id, columns.cell, style);
        } else {
            pen.write((left + 1, y), meta.id.trim_start_matches('R'), columns.cell - 1, style);
        }
        if two && columns.cell >= 5 {
            let short = SHORT.iter().find(|(id, _)| *id == meta.id).map_or("", |(_, short)| *short);
            pen.write((left, y + 1), short, columns.cell, dim);
        }
    }
    hidden_columns(model, inner, columns, pen);
    pen.write((x + columns.verdict.0, y), "Verdict", columns.verdict.1, pen.look.strong());
    if columns.updated.1 > 0 {
        let end = x + columns.updated.0 + columns.updated.1 - 1;
        pen.write_before((end, y), "Updated", columns.updated.1, pen.look.strong());
    }
    if columns.reason.1 > 0 {
        pen.write((x + columns.reason.0 + 1, y), "What first", columns.reason.1 - 1, pen.look.strong());
    }
    if two { 2 } else { 1 }
}

/// Marks at the heads where requirements lie beyond the edge.
fn hidden_columns(model: &Model, inner: Area, columns: &Columns, pen: &mut Pen<'_>) {
    let style = pen.look.accent();
    if model.matrix.left > 0 {
        pen.write((inner.x + columns.cells - 1, inner.y), "<", 1, style);
    }
    if model.matrix.left + usize::from(columns.count) < model.columns().len() {
        pen.write((inner.x + columns.verdict.0 - 1, inner.y), ">", 1, style);
    }
}

type Grid<'a> = (Area, &'a Columns, &'a [(usize, &'a Meta)]);

fn row(model: &Model, (id, repo): (&RepoId, &Repo), y: u16, (inner, columns, visible): Grid<'_>, pen: &mut Pen<'_>) {
    let chosen = model.repo.as_ref() == Some(id);
    let age = Age::of(&repo.facts);
    // What could not be asked again is dimmed, so that it is never taken for news.
    let faded = age.stale.is_some().then(|| pen.look.dim().add_modifier(Modifier::DIM));
    let marks = if model.matrix.marks.contains(id) { "*" } else { " " };
    let cursor = if chosen { ">" } else { " " };
    let accent = pen.look.title(true);
    pen.write((inner.x, y), cursor, 1, accent);
    pen.write((inner.x + 1, y), marks, 1, accent);
    let style = if chosen { pen.look.chosen() } else { faded.unwrap_or_default() };
    let room = columns.name.saturating_sub(1);
    let name = name(model, repo, room, pen);
    pen.write((inner.x + MARGIN, y), &name, room, style);
    for (slot, (at, meta)) in (0_u16..).zip(visible) {
        let finding = repo.findings.iter().find(|finding| finding.meta.id == meta.id);
        let verdict = finding.map_or(Verdict::Pending, |finding| finding.verdict);
        let left = inner.x + columns.cells + slot * columns.cell;
        let style = faded.unwrap_or_else(|| pen.look.verdict(verdict));
        cell(model, (left, y), verdict, style, chosen && *at == model.requirement, pen);
    }
    standing(model, repo, &age, y, (inner, columns), pen);
    if columns.reason.1 > 0 {
        reason(repo, y, (inner, columns), pen);
    }
}

/// The mark of a verdict, in brackets under the cursor.
fn cell(model: &Model, (x, y): (u16, u16), verdict: Verdict, style: Style, chosen: bool, pen: &mut Pen<'_>) {
    let glyph = model.look().glyph(verdict);
    if chosen {
        pen.write((x, y), &format!("[{glyph}]"), 3, style.add_modifier(Modifier::REVERSED | Modifier::BOLD));
    } else {
        pen.write((x + 1, y), glyph, 1, style);
    }
}

/// What the row is called: what was typed, with a stroke behind a folder that stands among repositories of a forge. The
/// stroke stays where the name is cut.
fn name(model: &Model, repo: &Repo, room: u16, pen: &Pen<'_>) -> String {
    let is_folder = |repo: &Repo| repo.target.path.is_some() && repo.target.repository.is_none();
    let name = model.look().text(&repo.name()).into_owned();
    let marked = is_folder(repo) && !model.fleet.repos.values().all(|repo| is_folder(repo));
    if !marked || name.ends_with('/') {
        return name;
    }
    format!("{}/", pen.cut(&name, usize::from(room.saturating_sub(1))))
}

/// Whether it is safe to ship, and how old that is.
fn standing(model: &Model, repo: &Repo, age: &Age, y: u16, (inner, columns): (Area, &Columns), pen: &mut Pen<'_>) {
    let room = usize::from(columns.verdict.1.saturating_sub(1));
    let (words, style) = verdict(model, repo, age, room, pen);
    pen.write((inner.x + columns.verdict.0, y), &words, columns.verdict.1.saturating_sub(1), style);
    if columns.updated.1 > 0 {
        let end = inner.x + columns.updated.0 + columns.updated.1 - 1;
        let words = updated(repo, age, model.options.now);
        pen.write_before((end, y), &words, columns.updated.1, pen.look.dim());
    }
}

fn verdict(model: &Model, repo: &Repo, age: &Age, room: usize, pen: &Pen<'_>) -> (String, Style) {
    let (look, wide) = (pen.look, room > 10);
    if !repo.finished && repo.findings.is_empty() {
        return (model.look().glyph(Verdict::Pending).to_owned(), look.dim());
    }
    if let Some(at) = age.stale.filter(|_| repo.finished) {
        let words = if wide { format!("stale {}", ago(at, model.options.now)) } else { "stale".to_owned() };
        return (words, look.dim().add_modifier(Modifier::DIM));
    }
    if !repo.finished {
        let awaited = model.look().glyph(Verdict::Pending);
        let words = if wide { awaited.to_owned() } else { updated(repo, age, model.options.now) };
        return (words, look.dim());
    }
    let tally = Tally::of(repo, &model.fleet.rules);
    let glyph = |verdict| model.look().glyph(verdict);
    let words = tally.words(glyph(Verdict::Unknown), glyph(Verdict::Manual), room);
    let style = match tally.readiness {
        Readiness::Ready => look.verdict(Verdict::Pass).add_modifier(Modifier::BOLD),
        Readiness::Undecided if tally.unknown == 0 => look.verdict(Verdict::Manual),
        Readiness::Undecided => look.verdict(Verdict::Unknown),
        Readiness::NotReady => look.verdict(Verdict::Fail),
    };
    (words, style)
}

/// The worst finding in words, where the screen is wide enough.
fn reason(repo: &Repo, y: u16, (inner, columns): (Area, &Columns), pen: &mut Pen<'_>) {
    let worst = repo.findings.iter().min_by_key(|finding| (finding.meta.level, weight(finding.verdict)));
    let Some(worst) = worst.filter(|finding| weight(finding.verdict) <= weight(Verdict::Warn)) else { return };
    let style = pen.look.dim();
    let words = format!("{} {}", worst.meta.id, worst.summary);
    let words = if pen.ascii {
        crate::report::Style { ascii: true, ..Default::default() }.text(&words).into_owned()
    } else {
        words
    };
    pen.write((inner.x + columns.reason.0 + 1, y), &words, columns.reason.1.saturating_sub(2), style);
}
