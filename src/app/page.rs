//! Lines of words with a tone, broken to a width: what panes hold before anything is drawn.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::report::Style;
use crate::requirement::Verdict;

/// How words sound; a theme gives each a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As text.
    Plain,
    /// As a heading.
    Strong,
    /// In the background.
    Dim,
    /// Something that can be pressed or gone to.
    Accent,
    /// As a verdict.
    Verdict(Verdict),
    /// A line that is added.
    Added,
    /// A line that goes.
    Removed,
}

/// Words of one tone, clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// How they sound.
    pub tone: Tone,
    /// What they say.
    pub text: String,
}

/// One line.
pub type Row = Vec<Words>;

/// Lines that are being written.
#[derive(Clone, Debug)]
pub struct Page {
    /// The lines so far.
    pub rows: Vec<Row>,
    width: usize,
    style: Style,
}

impl Page {
    /// An empty page of a width in columns.
    pub fn new(width: usize, style: Style) -> Self {
        Self { rows: Vec::new(), width: width.max(8), style }
    }

    /// Its width in columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How glyphs and texts look.
    pub fn style(&self) -> &Style {
        &self.style
    }

    /// Words of a tone, cleaned.
    pub fn words(&self, tone: Tone, text: &str) -> Words {
        Words { tone, text: self.style.text(text).into_owned() }
    }

    /// The mark of a verdict in its tone.
    pub fn mark(&self, verdict: Verdict) -> Words {
        Words { tone: Tone::Verdict(verdict), text: self.style.glyph(verdict).to_owned() }
    }

    /// Adds an empty line.
    pub fn blank(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Adds one line as it is; what is too long for the page is cut where it is drawn.
    pub fn row(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: &str) {
        let words = self.words(Tone::Strong, text);
        self.row(vec![words]);
    }

    /// Adds a sentence, broken between words, set in by `indent` columns.
    pub fn sentence(&mut self, indent: usize, tone: Tone, text: &str) {
        self.item(vec![plain(indent)], indent, tone, text);
    }

    /// Adds a text with its lines and their indentation, set in by `indent` columns; only lines that are too long are
    /// broken.
    pub fn verbatim(&mut self, indent: usize, tone: Tone, text: &str) {
        for line in text.lines() {
            let words = line.trim_start();
            let indent = (indent + line.len() - words.len()).min(self.width / 2);
            self.item(vec![plain(indent)], indent + 2, tone, words);
        }
    }

    /// Adds a label and the sentence that belongs to it; further lines are set in by `hang` columns. Behind a long label
    /// the sentence begins on a line of its own, and a label that is too long is broken itself.
    pub fn item(&mut self, label: Row, hang: usize, tone: Tone, text: &str) {
        let used: usize = label.iter().map(|words| words.text.width()).sum();
        let text = self.style.text(text).into_owned();
        let hang = hang.min(self.width / 2);
        let mut first = self.width.saturating_sub(used);
        let word = text.split(' ').next().unwrap_or_default().width();
        let mut label = label;
        let needed = word.min(self.width.saturating_sub(hang)).max(4);
        if used > hang && first < needed && (used > self.width || word > 0) {
            let rows = self.broken_label(label, hang);
            self.rows.extend(rows);
            if word == 0 {
                return;
            }
            label = vec![plain(hang)];
            first = self.width.saturating_sub(hang);
        }
        let mut label = Some(label);
        for line in broken(&text, first, self.width.saturating_sub(hang)) {
            let mut row = label.take().unwrap_or_else(|| vec![plain(hang)]);
            row.push(Words { tone, text: line });
            self.rows.push(row);
        }
    }

    /// A label in lines of the width of the page.
    fn broken_label(&self, label: Row, hang: usize) -> Vec<Row> {
        let mut rows = vec![Row::new()];
        let mut used = 0;
        for words in label {
            let mut left = words.text.as_str();
            while !left.is_empty() {
                let room = self.width.saturating_sub(used);
                let whole = left.width() <= room || (used > hang && left.width() <= self.width.saturating_sub(hang));
                if used > hang && left.width() > room && (whole || room < 4) {
                    rows.push(vec![plain(hang)]);
                    used = hang;
                    // Blanks between two words are no longer needed between two lines.
                    left = left.trim_start();
                    continue;
                }
                let (now, rest) = left.split_at(fitting(left, room.max(1)));
                if let Some(row) = rows.last_mut() {
                    row.push(Words { tone: words.tone, text: now.to_owned() });
                }
                used += now.width();
                left = rest;
            }
        }
        // Blanks alone make no line.
        rows.retain(|row| row.iter().any(|words| !words.text.trim().is_empty()));
        rows
    }
}

/// How many bytes of a text fit into some columns: whole words where possible, and at least one letter.
fn fitting(text: &str, room: usize) -> usize {
    if text.width() <= room {
        return text.len();
    }
    let mut used = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or_default();
        if used > room && at > 0 {
            break;
        }
        end = at + c.len_utf8();
    }
    let text = text.get(..end).unwrap_or_default();
    // A word moves to the next line only where that leaves this one at least half full.
    text.rfind(' ').map(|at| at + 1).filter(|at| *at * 2 > end).unwrap_or(end)
}

/// Blanks.
pub fn plain(blanks: usize) -> Words {
    Words { tone: Tone::Plain, text: " ".repeat(blanks) }
}

/// Breaks a text between words into lines of at most `first` columns, then `room`; longer words are broken, too: behind
/// a slash where they have one.
fn broken(text: &str, first: usize, room: usize) -> Vec<String> {
    let room = room.max(4);
    let mut most = if first < 4 { room } else { first };
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split(' ') {
        let width = word.width();
        // What needs more than a line may begin on this one, broken behind a slash.
        let is_path = width > room && word.contains('/') && !word.contains("://");
        if used > 0 && used + 1 + width > most && !is_path {
            lines.push(std::mem::take(&mut line));
            (used, most) = (0, room);
        } else if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        for part in if is_path { word.split_inclusive('/') } else { word.split_inclusive(NEVER) } {
            let beside_label = most < room && part.width() <= room;
            if (used > 0 || beside_label) && used + part.width() > most {
                lines.push(line.trim_end_matches(' ').to_owned());
                line.clear();
                (used, most) = (0, room);
            }
            for c in part.chars() {
                let wide = c.width().unwrap_or_default();
                if used + wide > most && used > 0 {
                    lines.push(std::mem::take(&mut line));
                    (used, most) = (0, room);
                }
                line.push(c);
                used += wide;
            }
        }
    }
    lines.push(line);
    lines
}

/// A character that no clean text holds.
const NEVER: char = '\0';

/// The text of a line, for tests and for copying.
pub fn text(row: &Row) -> String {
    row.iter().map(|words| words.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean;
    use proptest::prelude::*;

    fn lines(page: &Page) -> Vec<String> {
        page.rows.iter().map(text).collect()
    }

    #[test]
    fn sentences_are_broken_and_hang_below_their_label() {
        let mut page = Page::new(16, Style::default());
        let label = vec![page.words(Tone::Strong, "Why  ")];
        page.item(label, 5, Tone::Plain, "one two three averyveryverylongword x");
        assert_eq!(lines(&page), ["Why  one two", "     three", "     averyveryve", "     rylongword", "     x"]);
        let mut page = Page::new(16, Style::default());
        page.sentence(0, Tone::Plain, "in .github/workflows/publish.yml/averyveryverylongname it");
        assert_eq!(lines(&page), ["in .github/", "workflows/", "publish.yml/", "averyveryverylon", "gname it"]);
    }

    #[test]
    fn long_labels_and_texts_to_paste_lose_nothing() {
        let mut page = Page::new(20, Style::default());
        let label = vec![plain(2), page.words(Tone::Accent, "GET /repos/o/r/branches/main 404"), plain(2)];
        page.item(label, 6, Tone::Plain, "message = needed");
        assert_eq!(lines(&page), ["  GET /repos/o/r/bra", "      nches/main 404", "      message =", "      needed"]);
        let mut page = Page::new(12, Style::default());
        page.item(
            vec![page.words(Tone::Accent, "GET /repos/o"), plain(2), page.words(Tone::Plain, "403")],
            4,
            Tone::Dim,
            "",
        );
        assert_eq!(lines(&page), ["GET /repos/o", "    403"]);
        let mut page = Page::new(20, Style::default());
        page.verbatim(2, Tone::Dim, "run: |\n  for file in dist/*; do\n    x");
        assert_eq!(lines(&page), ["  run: |", "    for file in", "      dist/*; do", "      x"]);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let mut page = Page::new(8, Style::default());
        page.sentence(0, Tone::Plain, "漢字漢字漢字");
        assert_eq!(lines(&page), ["漢字漢字", "漢字"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_page_or_unclean(text in any::<String>(), width in 8_usize..40, indent in 0_usize..60) {
            let mut page = Page::new(width, Style::default());
            page.sentence(indent.min(width / 2), Tone::Plain, &text);
            for line in lines(&page) {
                prop_assert!(line.chars().map(|c| c.width().unwrap_or_default()).sum::<usize>() <= width.max(6));
                prop_assert!(!line.contains(clean::is_unwanted));
            }
        }
    }
}
