//! Writing into the buffer: frames, lines cut to their width, and bars that show how far something is scrolled.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::theme::Look;
use crate::app::layout::Area;
use crate::app::page::Row;

/// Lines of frames on every terminal.
const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// Where and how something is written.
pub struct Pen<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// How it looks.
    pub look: Look,
    /// Whether it keeps to ASCII characters.
    pub ascii: bool,
}

impl Pen<'_> {
    /// Writes a text from a cell on, cut to `room` columns; answers the column behind it.
    pub fn write(&mut self, (x, y): (u16, u16), text: &str, room: u16, style: Style) -> u16 {
        let inside = x < self.buffer.area.right() && y < self.buffer.area.bottom();
        if room == 0 || !inside {
            return x;
        }
        let (after, _) = self.buffer.set_stringn(x, y, self.cut(text, usize::from(room)), usize::from(room), style);
        after
    }

    /// Writes a text so that it ends before column `x`.
    pub fn write_before(&mut self, (x, y): (u16, u16), text: &str, room: u16, style: Style) {
        let width = u16::try_from(text.width()).unwrap_or(u16::MAX).min(room);
        self.write((x.saturating_sub(width), y), text, width, style);
    }

    /// A text cut to a width, with a mark where something is missing.
    pub fn cut(&self, text: &str, room: usize) -> String {
        if text.width() <= room {
            return text.to_owned();
        }
        let end = self.more();
        let keep = room.saturating_sub(1);
        let mut used = 0;
        let fits = |c: &char| {
            used += c.width().unwrap_or_default();
            used <= keep
        };
        text.chars().take_while(fits).chain(end.chars()).collect()
    }

    /// The mark of something that was cut.
    pub const fn more(&self) -> &'static str {
        if self.ascii { ">" } else { "…" }
    }

    /// Writes a line of words, cut to `room` columns.
    pub fn row(&mut self, (x, y): (u16, u16), row: &Row, room: u16) {
        let end = x.saturating_add(room);
        let mut at = x;
        for words in row {
            let style = self.look.tone(words.tone);
            at = self.write((at, y), &words.text, end.saturating_sub(at), style);
        }
    }

    /// Draws a frame with a title at its left and another one at its right.
    pub fn frame(&mut self, area: Area, title: &str, corner: &str, focus: bool) {
        if area.width < 4 || area.height < 2 {
            return;
        }
        let style = self.look.frame(focus);
        let set = if self.ascii { ASCII } else { border::PLAIN };
        let (left, right) = (area.x, area.x + area.width - 1);
        let (top, bottom) = (area.y, area.y + area.height - 1);
        let across = set.horizontal_top.repeat(usize::from(area.width - 2));
        for (y, begin, end) in [(top, set.top_left, set.top_right), (bottom, set.bottom_left, set.bottom_right)] {
            self.write((left, y), begin, 1, style);
            self.write((left + 1, y), &across, area.width - 2, style);
            self.write((right, y), end, 1, style);
        }
        for y in top + 1..bottom {
            self.write((left, y), set.vertical_left, 1, style);
            self.write((right, y), set.vertical_right, 1, style);
        }
        let room = area.width.saturating_sub(4);
        let corner = if corner.is_empty() { String::new() } else { format!(" {corner} ") };
        let wide = u16::try_from(corner.width()).unwrap_or(u16::MAX);
        let title_wide = u16::try_from(title.width() + 2).unwrap_or(u16::MAX).min(room);
        let title_style = self.look.title(focus);
        self.write((left + 1, top), &format!(" {title} "), room, title_style);
        let corner_room = room.saturating_sub(title_wide + 1).min(wide);
        if corner_room == wide && wide > 0 {
            self.write((right - corner_room, top), &corner, corner_room, self.look.dim());
        }
    }

    /// Writes lines into a frame from the one scrolled to, and shows at the frame when there are more.
    pub fn rows(&mut self, area: Area, rows: &[Row], top: usize) {
        let inner = area.inner();
        let height = usize::from(inner.height);
        for (y, row) in (inner.y..).zip(rows.iter().skip(top).take(height)) {
            self.row((inner.x + 1, y), row, inner.width.saturating_sub(2));
        }
        self.scrollbar(area, rows.len(), top);
    }

    /// A mark on the frame where lines are above or below those that are shown.
    pub fn scrollbar(&mut self, area: Area, lines: usize, top: usize) {
        let height = usize::from(area.height.saturating_sub(2));
        if lines <= height || height < 2 || area.width < 2 {
            return;
        }
        let thumb = (height * height / lines).clamp(1, height - 1);
        let last = lines - height;
        let from = top.min(last) * (height - thumb) / last;
        let glyph = if self.ascii { "#" } else { "┃" };
        let style = self.look.accent();
        for offset in from..from + thumb {
            let y = area.y + 1 + u16::try_from(offset).unwrap_or_default();
            self.write((area.x + area.width - 1, y), glyph, 1, style);
        }
    }

    /// Empties cells, for what lies above others.
    pub fn clear(&mut self, area: Area) {
        let rect = Rect::new(area.x, area.y, area.width, area.height).intersection(self.buffer.area);
        for position in rect.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
        // A wide character cut in half by the edge would leave a torn cell.
        if rect.x > self.buffer.area.x {
            for y in rect.top()..rect.bottom() {
                if let Some(cell) = self.buffer.cell_mut((rect.x - 1, y)).filter(|cell| cell.symbol().width() > 1) {
                    cell.reset();
                }
            }
        }
    }
}
