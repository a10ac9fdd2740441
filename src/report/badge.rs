//! A badge of the state of a repository, as a drawing of our own and as Markdown that shows it.
//!
//! It holds words of the program and numbers only. What is undecided is never green.

use std::io::{self, Write};

use crate::fleet::{Fleet, Readiness};
use crate::requirement::Verdict;

/// The words on the left.
const LABEL: &str = "safe to ship";

/// Width of a character of the badge's letters, in tenths of a pixel: wide, usual, narrow.
const WIDTHS: [(&str, usize); 2] = [("mwMW", 100), ("ijlft.,:;' /1", 42)];

/// Width of all other characters, in tenths of a pixel.
const USUAL: usize = 68;

/// Height of the badge in pixels.
const HEIGHT: usize = 20;

/// What a badge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The words on the right.
    pub words: String,
    /// Their background.
    pub color: &'static str,
}

impl Badge {
    /// The badge of a fleet: its worst repository decides.
    pub fn of(fleet: &Fleet) -> Self {
        let count = |wanted: &[Verdict]| {
            let findings = fleet.repos.values().flat_map(|repo| &repo.findings);
            findings.filter(|finding| fleet.is_open(finding) && wanted.contains(&finding.verdict)).count()
        };
        let (words, color) = match fleet.outcome(None) {
            Readiness::Ready => ("yes".to_owned(), "#2f7d32"),
            Readiness::NotReady => (format!("no, {} failing", count(&[Verdict::Fail])), "#b3261e"),
            Readiness::Undecided => {
                let open = count(&[Verdict::Unknown, Verdict::Manual, Verdict::Pending]);
                (format!("undecided, {open} open"), "#6b6f76")
            }
        };
        Self { words, color }
    }

    /// What the badge says, for those who cannot see it.
    pub fn title(&self) -> String {
        format!("{LABEL}: {}", self.words)
    }

    /// Writes the drawing.
    ///
    /// # Errors
    /// Whatever the output refuses.
    pub fn write_svg(&self, out: &mut dyn Write) -> io::Result<()> {
        let (left, right) = (width(LABEL), width(&self.words));
        let (whole, color, title) = (left + right, self.color, self.title());
        let text = |middle: usize, room: usize, words: &str| {
            format!(
                "  <text x=\"{middle}\" y=\"14\" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\">{words}</text>\n"
            )
        };
        let texts = [
            text(left / 2, left.saturating_sub(14), LABEL),
            text(left + right / 2, right.saturating_sub(14), &self.words),
        ];
        write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{HEIGHT}\" role=\"img\" \
             aria-label=\"{title}\">\n\
             \x20 <title>{title}</title>\n\
             \x20 <rect width=\"{left}\" height=\"{HEIGHT}\" fill=\"#3b4048\"/>\n\
             \x20 <rect x=\"{left}\" width=\"{right}\" height=\"{HEIGHT}\" fill=\"{color}\"/>\n\
             \x20 <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana, DejaVu Sans, sans-serif\" \
             font-size=\"11\">\n  {}  {}  </g>\n</svg>\n",
            texts[0], texts[1]
        )
    }

    /// Writes Markdown that shows the drawing at this address.
    ///
    /// # Errors
    /// Whatever the output refuses.
    pub fn write_markdown(&self, image: &str, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "![{}](<{}>)", self.title(), address(image))
    }
}

/// An address that cannot end the place where it stands.
fn address(image: &str) -> String {
    let plain = |c: char| !c.is_control() && !matches!(c, '<' | '>' | '\\') && !c.is_whitespace();
    image.chars().map(|c| if plain(c) { c.to_string() } else { super::link::encoded(&c.to_string()) }).collect()
}

/// Width of words with the room around them, in pixels.
fn width(words: &str) -> usize {
    let of = |c: char| WIDTHS.iter().find(|(signs, _)| signs.contains(c)).map_or(USUAL, |(_, width)| *width);
    words.chars().map(of).sum::<usize>().div_ceil(10) + 14
}

#[cfg(test)]
mod tests;
