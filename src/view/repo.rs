//! The requirements of one repository as a list.

use super::Pen;
use crate::app::Model;
use crate::app::content::said;
use crate::app::layout::Area;
use crate::app::list_top;
use crate::requirement::{Finding, Verdict};

/// Columns of the id and the name.
const NAME: u16 = 24;

/// Columns of the verdict and of what can be fixed, before the reason.
const REASON: u16 = 25;

/// Draws the list.
pub fn draw(model: &Model, area: Area, pen: &mut Pen<'_>) {
    let listed = model.listed();
    let metas = model.columns();
    let findings = model.chosen().map(|repo| repo.findings.as_slice()).unwrap_or_default();
    let work = findings.iter().filter(|finding| crate::app::needs_work(finding.verdict)).count();
    let corner = match (work, findings.is_empty()) {
        (_, true) => "awaited".to_owned(),
        (0, _) => "nothing to do".to_owned(),
        (1, _) => "1 needs work".to_owned(),
        (many, _) => format!("{many} need work"),
    };
    pen.frame(area, "Requirements", &corner, true);
    let inner = area.inner();
    let top = list_top(model.listed_row(), usize::from(inner.height));
    for (y, at) in (inner.y..inner.y + inner.height).zip(listed.iter().skip(top)) {
        let Some(meta) = metas.get(*at) else { continue };
        let finding = findings.iter().find(|finding| finding.meta.id == meta.id);
        let chosen = *at == model.requirement;
        let verdict = finding.map_or(Verdict::Pending, |finding| finding.verdict);
        let style = pen.look.verdict(verdict);
        pen.write((inner.x + 1, y), if chosen { ">" } else { " " }, 1, pen.look.title(true));
        pen.write((inner.x + 3, y), model.look().glyph(verdict), 1, style);
        let name = format!("{:22}", format!("{} {}", meta.id, meta.slug));
        let name_style = if chosen { pen.look.chosen() } else { pen.look.plain() };
        pen.write((inner.x + 5, y), &name, NAME - 1, name_style);
        rest(model, finding, (inner.x + 5 + NAME, y), inner.x + inner.width, pen);
    }
    if listed.is_empty() {
        pen.write(
            (inner.x + 3, inner.y),
            "everything passes; t shows it",
            inner.width.saturating_sub(4),
            pen.look.dim(),
        );
    }
    pen.scrollbar(area, listed.len(), top);
}

/// What stands behind the name: the verdict, what can be fixed, and the reason as far as there is room; the reason
/// alone where the detail has little room.
fn rest(model: &Model, finding: Option<&Finding>, (x, y): (u16, u16), end: u16, pen: &mut Pen<'_>) {
    let room = end.saturating_sub(x + 1);
    let Some(finding) = finding else {
        pen.write((x, y), said(Verdict::Pending), room, pen.look.dim());
        return;
    };
    let style = pen.look.verdict(finding.verdict);
    if !model.layout().wide {
        let words = model.look().text(&finding.summary).into_owned();
        pen.write((x, y), &words, room, pen.look.plain());
        return;
    }
    pen.write((x, y), said(finding.verdict), room, style);
    let reason = room.saturating_sub(REASON);
    if reason >= 24 {
        let words = model.look().text(&finding.summary).into_owned();
        pen.write((x + REASON, y), &words, reason, pen.look.plain());
    }
    if finding.fix.is_some() {
        pen.write((x + 16, y), "[f]", room.saturating_sub(16), pen.look.accent());
    } else if crate::app::needs_work(finding.verdict) && finding.guide.is_some() {
        pen.write((x + 16, y), "setting", room.saturating_sub(16), pen.look.dim());
    }
}
