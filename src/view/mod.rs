//! Draws the model and changes nothing: [`draw`] is the one way in.

use ratatui::Frame;
use ratatui::text::Line;

use crate::app::Model;

/// Draws the whole screen.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let words = format!(" shipworthy  {} repositories", model.fleet.repos.len());
    frame.render_widget(Line::from(words), frame.area());
}
