//! Lines of the report: labels, sentences broken at the width of the terminal, and what follows a label.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::report::{Style, runner};
use crate::requirement::Verdict;

/// The narrowest column that sentences are broken to; a narrower terminal breaks them itself.
const NARROWEST: usize = 24;

/// How far further lines of a sentence are set in at most.
const HANG: usize = 9;

/// Where a report is written to.
pub struct Page<'a> {
    out: &'a mut dyn Write,
    /// How it looks.
    pub style: Style,
}

/// The beginning of a line, clean: what is shown, and how wide that is without its colours.
#[derive(Clone, Debug)]
pub struct Label {
    shown: String,
    width: usize,
}

impl Label {
    /// The same, with more of our own words behind it.
    #[must_use]
    pub fn then(mut self, words: &str) -> Self {
        self.shown.push_str(words);
        self.width += words.width();
        self
    }
}

impl From<&'static str> for Label {
    fn from(words: &'static str) -> Self {
        Self { shown: words.to_owned(), width: words.width() }
    }
}

impl<'a> Page<'a> {
    /// An empty page.
    pub fn new(out: &'a mut dyn Write, style: Style) -> Self {
        Self { out, style }
    }

    /// A label that may hold text from outside.
    pub fn label(&self, text: &str) -> Label {
        let shown = self.style.text(text).into_owned();
        Label { width: shown.width(), shown }
    }

    /// The mark of a verdict and words of our own, in its colour.
    pub fn mark(&self, verdict: Verdict, words: &str) -> Label {
        let text = format!("{}{words}", self.style.glyph(verdict));
        Label { width: text.width(), shown: self.style.verdict(&text, verdict) }
    }

    /// Writes one line as it is, but for what a runner of GitHub would take for a command of its own.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", runner::harmless(text.trim_end()))
    }

    /// Writes an empty line.
    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Writes a label and the sentence that belongs to it, cleaned; its further lines are set in a little.
    pub fn item(&mut self, indent: usize, label: impl Into<Label>, sentence: &str) -> io::Result<()> {
        let label = label.into();
        let hang = label.width.min(HANG) + 1;
        self.hanging(indent, &label, hang, sentence)
    }

    /// The same for the rows of a table: further lines stand below the first.
    pub fn row(&mut self, indent: usize, label: &Label, sentence: &str) -> io::Result<()> {
        self.hanging(indent, label, label.width + 1, sentence)
    }

    fn hanging(&mut self, indent: usize, label: &Label, hang: usize, sentence: &str) -> io::Result<()> {
        let room = |margin: usize| self.style.width.map(|width| width.saturating_sub(indent + margin));
        let sentence = self.style.text(sentence);
        let mut lines =
            broken(&sentence, room(label.width + 1), room(hang).map(|room| room.max(NARROWEST))).into_iter();
        let first = lines.next().unwrap_or_default();
        self.line(&format!("{}{} {first}", " ".repeat(indent), label.shown))?;
        for line in lines {
            self.line(&format!("{}{line}", " ".repeat(indent + hang)))?;
        }
        Ok(())
    }
}

/// Breaks a clean line of our own between words, at the width of the terminal. Further lines are set in by `hang` columns
/// more than the line is.
pub fn wrapped(line: &str, width: Option<usize>, hang: usize) -> Vec<String> {
    let sentence = line.trim_start_matches(' ');
    let indent = line.len() - sentence.len();
    let room = |margin: usize| width.map(|width| width.saturating_sub(margin).max(NARROWEST));
    let lines = broken(sentence, room(indent), room(indent + hang)).into_iter().enumerate();
    lines.map(|(at, line)| " ".repeat(indent + if at > 0 { hang } else { 0 }) + &line).collect()
}

/// Breaks a sentence between words into lines of at most `first` columns, then `room`; a longer word has a line of its
/// own.
fn broken(sentence: &str, first: Option<usize>, room: Option<usize>) -> Vec<String> {
    let (Some(mut most), Some(room)) = (first, room) else { return vec![sentence.to_owned()] };
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in sentence.split(' ') {
        if !line.is_empty() && line.width() + 1 + word.width() > most {
            lines.push(std::mem::take(&mut line));
            most = room;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(width: Option<usize>, label: &str, sentence: &str) -> String {
        let mut out = Vec::new();
        let style = Style { width, ..Style::default() };
        let mut page = Page::new(&mut out, style);
        page.item(2, page.label(label), sentence).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn sentences_are_broken_below_themselves() {
        let text = item(Some(40), "漢字:", "one two three four five six seven eight");
        assert_eq!(text, "  漢字: one two three four five six\n        seven eight\n");
        let long = item(Some(40), "a label of some length:", "one two three four five six seven eight");
        assert_eq!(long, "  a label of some length: one two three\n            four five six seven eight\n");
        assert_eq!(item(None, "a:", &"word ".repeat(50)).lines().count(), 1);
    }

    #[test]
    fn lines_are_broken_between_words_and_keep_their_indent() {
        let lines = wrapped("  why: one two three four five six seven", Some(30), 5);
        assert_eq!(lines, ["  why: one two three four five", "       six seven"]);
        assert_eq!(wrapped("  one two", None, 5), ["  one two"]);
        assert_eq!(wrapped("", Some(30), 2), [""]);
    }

    #[test]
    fn a_terminal_of_no_width_still_shows_every_word() {
        let text = item(Some(0), "label:", "averyveryverylongwordthatfitsnowhere and more");
        assert_eq!(text.split_whitespace().count(), 4);
    }
}
