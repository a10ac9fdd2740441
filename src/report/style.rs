//! How the text report looks: glyphs, colours, and the characters it keeps to.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style as Ansi};
use serde::Deserialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::fleet::Readiness;
use crate::requirement::Verdict;
use crate::text::clean;

/// When a report has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Color {
    /// On a terminal that has them, unless the environment asks for none.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Every choice.
    pub const ALL: &[Self] = &[Self::Auto, Self::Always, Self::Never];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// How a text report looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether it keeps to ASCII characters.
    pub ascii: bool,
    /// Whether it has colours.
    pub color: bool,
    /// The width in columns to which sentences are broken; none where lines may have any length.
    pub width: Option<usize>,
}

impl Style {
    /// A text from outside, fit for one line of the report: cleaned, and in ASCII where that is asked for.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = clean::line(text);
        if !self.ascii || text.is_ascii() {
            return text;
        }
        Cow::Owned(text.chars().map(ascii).collect())
    }

    /// The same, cut to at most `most` columns.
    pub fn cut(&self, text: &str, most: usize) -> String {
        let text = self.text(text);
        if text.width() <= most {
            return text.into_owned();
        }
        let end = if self.ascii { "..." } else { "…" };
        let room = most.saturating_sub(end.width());
        let mut used = 0;
        let fits = |c: &char| {
            used += c.width().unwrap_or_default();
            used <= room
        };
        text.chars().take_while(fits).chain(end.chars()).collect()
    }

    /// The end of a text, cleaned, in exactly `most` columns: names differ there, and paths begin alike.
    pub fn column(&self, text: &str, most: usize) -> String {
        let text = self.text(text);
        let start = if self.ascii { "..." } else { "…" };
        let (mut used, mut from) = (0, 0);
        if text.width() > most {
            let room = most.saturating_sub(start.width());
            let fits = |c: &char| {
                used += c.width().unwrap_or_default();
                used <= room
            };
            from = text.chars().count() - text.chars().rev().take_while(fits).count();
        }
        let start = if from > 0 { start } else { "" };
        let shown: String = start.chars().chain(text.chars().skip(from)).collect();
        let blanks = most.saturating_sub(shown.width());
        format!("{shown}{}", " ".repeat(blanks))
    }

    /// The mark of a verdict.
    pub const fn glyph(&self, verdict: Verdict) -> &'static str {
        match (verdict, self.ascii) {
            (Verdict::Pass, false) => "✓",
            (Verdict::Pass, true) => "+",
            (Verdict::Warn, _) => "~",
            (Verdict::Fail, false) => "✗",
            (Verdict::Fail, true) => "x",
            (Verdict::Unknown, _) => "?",
            (Verdict::Manual, _) => "!",
            (Verdict::NotApplicable, false) => "–",
            (Verdict::NotApplicable, true) => "-",
            (Verdict::Waived, _) => "o",
            (Verdict::Pending, false) => "…",
            (Verdict::Pending, true) => ".",
        }
    }

    /// The mark and the words of a readiness, in its colour.
    pub fn readiness(&self, readiness: Readiness) -> String {
        let (verdict, words) = match readiness {
            Readiness::Ready => (Verdict::Pass, "ready"),
            Readiness::NotReady => (Verdict::Fail, "not ready"),
            Readiness::Undecided => (Verdict::Unknown, "undecided"),
        };
        self.paint(&format!("{} {words}", self.glyph(verdict)), hue(verdict).bold())
    }

    /// A text in the colour of a verdict.
    pub fn verdict(&self, text: &str, verdict: Verdict) -> String {
        self.paint(text, hue(verdict))
    }

    /// A heading.
    pub fn strong(&self, text: &str) -> String {
        self.paint(text, Ansi::new().bold())
    }

    fn paint(&self, text: &str, style: Ansi) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// One of the sixteen colours of a terminal. No verdict is told by its colour alone.
const fn hue(verdict: Verdict) -> Ansi {
    match verdict {
        Verdict::Pass => AnsiColor::Green.on_default(),
        Verdict::Warn | Verdict::Manual => AnsiColor::Yellow.on_default(),
        Verdict::Fail => AnsiColor::Red.on_default(),
        Verdict::Unknown => AnsiColor::Magenta.on_default(),
        Verdict::Waived => AnsiColor::Cyan.on_default(),
        Verdict::NotApplicable | Verdict::Pending => Ansi::new().dimmed(),
    }
}

/// The nearest ASCII character.
pub(super) const fn ascii(c: char) -> char {
    match c {
        '\0'..='\u{7f}' => c,
        '–' | '—' | '−' | '·' | '•' => '-',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '…' => '.',
        '\u{a0}' => ' ',
        '→' => '>',
        '×' => 'x',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ASCII: Style = Style { ascii: true, color: false, width: None };

    #[test]
    fn texts_are_cut_and_filled_by_their_width_on_screen() {
        let style = Style::default();
        assert_eq!(style.column("漢字", 6), "漢字  ");
        assert_eq!(style.cut("漢字漢字", 6), "漢字…");
        assert_eq!(style.cut("e\u{301}e\u{301}", 2), "e\u{301}e\u{301}");
        assert_eq!(ASCII.cut("abcdefgh", 6), "abc...");
        assert_eq!(ASCII.column("naïve", 6), "na?ve ");
        assert_eq!(ASCII.column("/home/ada/src", 8), ".../src ".replace("/src ", "a/src"));
        assert_eq!(style.column("a/漢字", 4), "…字 ");
    }

    #[test]
    fn every_verdict_has_a_mark_of_its_own() {
        use Verdict::{Fail, Manual, NotApplicable, Pass, Pending, Unknown, Waived, Warn};
        for style in [Style::default(), ASCII] {
            let all = [Pass, Warn, Fail, Unknown, Manual, NotApplicable, Waived, Pending].map(|v| style.glyph(v));
            let distinct: std::collections::BTreeSet<_> = all.iter().collect();
            assert_eq!(distinct.len(), all.len());
            assert!(all.iter().all(|glyph| glyph.width() == 1 && (!style.ascii || glyph.is_ascii())));
        }
    }

    proptest! {
        #[test]
        fn no_text_is_wider_than_its_column_or_unclean(text in any::<String>(), most in 3_usize..40) {
            for style in [Style::default(), ASCII] {
                let column = style.column(&text, most);
                prop_assert!(column.width() == most || (!style.ascii && column.chars().count() >= most));
                prop_assert!(!column.contains(clean::is_unwanted));
                prop_assert!(!style.ascii || column.is_ascii());
            }
        }
    }
}
