//! Draws the model and changes nothing: [`draw`] is the one way in.
//!
//! Where everything stands and what panes hold is told by the model; this only gives it a look.

use ratatui::Frame;
use ratatui::buffer::Buffer;

use crate::app::layout::{Area, LEAST_COLUMNS, LEAST_ROWS, Pane, too_small};
use crate::app::{Mode, Model, Place};

pub mod theme;

mod bars;
mod checklist;
mod evidence;
mod fleet;
mod legend;
mod log;
mod overlay;
mod pen;
mod repo;

use pen::Pen;
use theme::Look;

/// Draws the whole screen.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    if let Some((column, row)) = render(model, frame.buffer_mut()) {
        frame.set_cursor_position((column, row));
    }
}

/// Draws into a buffer; answers where the cursor of a text field stands, if there is one.
pub fn render(model: &Model, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let size = (buffer.area.width, buffer.area.height);
    let mut pen = Pen { buffer, look: Look::of(model.options.theme), ascii: model.options.ascii };
    // The terminal may be another size already than the one the model was told of.
    if too_small(size) || too_small(model.size) {
        let words = format!("shipworthy needs {LEAST_COLUMNS}x{LEAST_ROWS}, this is {}x{}", size.0, size.1);
        pen.write((0, 0), &words, size.0, Look::of(model.options.theme).plain());
        return None;
    }
    bars::header(model, &mut pen);
    let layout = model.layout();
    for (pane, area) in &layout.panes {
        match pane {
            Pane::Matrix => fleet::draw(model, *area, &mut pen),
            Pane::Legend => legend::draw(model, *area, &mut pen),
            Pane::Requirements => repo::draw(model, *area, &mut pen),
            Pane::Log => log::draw(model, *area, &mut pen),
            Pane::Steps => checklist::draw(model, *area, &mut pen),
            other => pane_of_rows(model, *other, *area, &mut pen),
        }
    }
    if let Some(tabs) = layout.tabs {
        evidence::tabs(model, tabs, &mut pen);
    }
    bars::footer(model, &mut pen);
    let cursor = bars::status(model, &mut pen);
    overlay::draw(model, &mut pen).or(cursor).or_else(|| checklist::caret(model))
}

/// A pane whose lines the model has ready.
fn pane_of_rows(model: &Model, pane: Pane, area: Area, pen: &mut Pen<'_>) {
    let Some(content) = model.contents.pane(pane) else { return };
    let focus = match model.place {
        Place::Evidence => model.focused() == pane,
        Place::Fix => pane == Pane::Preview,
        Place::Checklist => pane == Pane::Signoff && model.checklist.as_ref().is_some_and(|open| open.aside),
        _ => false,
    };
    let focus = focus && matches!(model.mode, Mode::Browse);
    pen.frame(area, &content.title, &content.corner, focus);
    pen.rows(area, &content.rows, model.scrolled(pane));
}
