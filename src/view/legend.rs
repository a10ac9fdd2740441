//! What the marks mean.

use super::Pen;
use crate::app::Model;
use crate::app::content::said;
use crate::app::layout::Area;
use crate::requirement::Verdict;

/// Every verdict, in the order of the legend.
pub const ORDER: &[Verdict] = &[
    Verdict::Pass,
    Verdict::Warn,
    Verdict::Fail,
    Verdict::Unknown,
    Verdict::Manual,
    Verdict::NotApplicable,
    Verdict::Waived,
    Verdict::Pending,
];

/// Draws the legend.
pub fn draw(model: &Model, area: Area, pen: &mut Pen<'_>) {
    pen.frame(area, "Legend", "", false);
    let inner = area.inner();
    marks(model, (inner.x + 1, inner.y), inner.width.saturating_sub(2), pen);
    let words = "> cursor   * marked   dimmed: old answers, with their age   times are UTC";
    let dim = pen.look.dim();
    pen.write((inner.x + 1, inner.y + 1), words, inner.width.saturating_sub(2), dim);
}

/// Writes every mark with its word; answers the column behind the last.
pub fn marks(model: &Model, (x, y): (u16, u16), room: u16, pen: &mut Pen<'_>) -> u16 {
    let end = x + room;
    let mut at = x;
    for verdict in ORDER {
        let style = pen.look.verdict(*verdict);
        let left = |at: u16| end.saturating_sub(at);
        at = pen.write((at, y), model.look().glyph(*verdict), left(at), style);
        at = pen.write((at + 1, y), said(*verdict), left(at + 1), pen.look.plain()) + 3;
    }
    at
}
