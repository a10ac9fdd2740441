//! What the marks mean.

use unicode_width::UnicodeWidthStr;

use super::Pen;
use crate::app::Model;
use crate::app::content::said;
use crate::app::layout::Area;
use crate::app::page::{Row, Tone, Words, plain};
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

/// What the counts of verdicts mean, which the screens of the fleet and of a repository share.
pub const COUNTS: &str = "Verdict counts what is required: 5 fail +1 is five that decide and one more that does not. \
                          ? 8 cannot be told, ! 8 need a person, READY has nothing required open. \
                          name/ is a folder.";

/// Draws the legend.
pub fn draw(model: &Model, area: Area, pen: &mut Pen<'_>) {
    pen.frame(area, "Legend", "", false);
    let inner = area.inner();
    let room = inner.width.saturating_sub(2);
    for (y, row) in (inner.y..).zip(marks(model, usize::from(room)).iter().take(1)) {
        pen.row((inner.x + 1, y), row, room);
    }
    let words =
        "> cursor   * marked   name/ a folder   5 fail +1: one more that is not required   dimmed: old   times are UTC";
    let dim = pen.look.dim();
    pen.write((inner.x + 1, inner.y + 1), words, room, dim);
}

/// Every mark with its word, in as many lines as it takes.
pub fn marks(model: &Model, room: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut used = 0;
    for verdict in ORDER {
        let mark = Words { tone: Tone::Verdict(*verdict), text: model.look().glyph(*verdict).to_owned() };
        let word = Words { tone: Tone::Plain, text: format!(" {}", said(*verdict)) };
        let width = mark.text.width() + word.text.width();
        if let Some(row) = rows.last_mut().filter(|_| used + 3 + width <= room) {
            row.extend([plain(3), mark, word]);
            used += 3 + width;
        } else {
            rows.push(vec![mark, word]);
            used = width;
        }
    }
    rows
}
