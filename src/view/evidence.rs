//! The tabs of one requirement, where its panes do not stand beside each other.

use super::Pen;
use crate::app::layout::Area;
use crate::app::{Model, tabs as names};

/// Draws the line of tabs; the one that is open stands in brackets.
pub fn tabs(model: &Model, area: Area, pen: &mut Pen<'_>) {
    let mut x = area.x + 1;
    for (at, name) in names().enumerate() {
        let open = at == model.focus;
        let style = if open { pen.look.title(true) } else { pen.look.dim() };
        let (before, after) = if open { ('[', ']') } else { (' ', ' ') };
        let end = area.x + area.width;
        x = pen.write((x, area.y), &format!("{before}{} {name}{after} ", at + 1), end.saturating_sub(x), style);
    }
}
