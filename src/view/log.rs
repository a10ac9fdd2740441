//! The log: a line for each request, refusal, retry and written file.

use super::Pen;
use crate::app::Model;
use crate::app::layout::Area;
use crate::fact::LogLevel;
use crate::requirement::Verdict;

/// Draws the log.
pub fn draw(model: &Model, area: Area, pen: &mut Pen<'_>) {
    let view = &model.log_view;
    let level = if view.only_loud { "warn" } else { "all" };
    let filter = if view.filter.is_empty() { "none" } else { &view.filter };
    pen.frame(area, "Log", &format!("level: {level}  filter: {}", model.look().text(filter)), true);
    let inner = area.inner();
    let height = usize::from(inner.height);
    for (y, (at, line)) in (inner.y..).zip(model.log_lines().enumerate().skip(view.top).take(height)) {
        let chosen = at == view.row;
        let (word, style) = match line.level {
            LogLevel::Info => ("info", pen.look.dim()),
            LogLevel::Warn => ("warn", pen.look.verdict(Verdict::Warn)),
            LogLevel::Error => ("error", pen.look.verdict(Verdict::Fail)),
        };
        let text = if chosen { pen.look.chosen() } else { pen.look.plain() };
        pen.write((inner.x, y), if chosen { ">" } else { " " }, 1, pen.look.title(true));
        pen.write((inner.x + 2, y), &line.at.strftime("%H:%M:%S").to_string(), 8, pen.look.dim());
        pen.write((inner.x + 12, y), word, 5, style);
        let words = model.look().text(&line.text).into_owned();
        pen.write((inner.x + 19, y), &words, inner.width.saturating_sub(20), text);
    }
    if model.log_lines().next().is_none() {
        pen.write(
            (inner.x + 2, inner.y),
            "nothing was asked and nothing was written yet",
            inner.width.saturating_sub(3),
            pen.look.dim(),
        );
    }
    pen.scrollbar(area, model.log_lines().count(), view.top);
}
