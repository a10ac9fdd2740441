//! Excerpts of files, with line numbers and a mark under what is meant. Lines of any length are cut.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::Style;
use crate::requirement::Verdict;
use crate::text::{Lines, Region};

/// The longest span, in lines, that is shown as a whole; of a longer one the first line is shown.
const MOST_LINES: usize = 4;

/// The longest line that is shown as a whole, in characters, where no width is given.
const LINE: usize = 110;

/// How many characters of a cut line stand before what is meant.
const LEAD: usize = 24;

/// A place in a file and what is to be seen there.
#[derive(Clone, Copy, Debug)]
pub struct Excerpt<'a> {
    /// Path from the root.
    pub path: &'a str,
    /// The lines of the file.
    pub lines: &'a Lines<'a>,
    /// The place.
    pub region: Region,
    /// What is to be seen there.
    pub note: &'a str,
    /// For which verdict it stands.
    pub verdict: Verdict,
}

impl Excerpt<'_> {
    /// The excerpt as lines of text, without line ends.
    pub fn render(&self, style: &Style) -> Vec<String> {
        let (source, span) = self.cut(style);
        let Region { start, .. } = self.region;
        let place = format!("{}:{}:{}", style.text(self.path), start.line, start.column);
        let note = style.cut(self.note, LINE);
        let mut annotation = AnnotationKind::Primary.span(span);
        if !note.trim().is_empty() {
            annotation = annotation.label(note);
        }
        let snippet = Snippet::source(source).line_start(start.line).path(place.as_str()).fold(false);
        let level = match self.verdict {
            Verdict::Fail => Level::ERROR,
            Verdict::Pass => Level::HELP,
            Verdict::Unknown | Verdict::NotApplicable | Verdict::Pending => Level::INFO,
            Verdict::Warn | Verdict::Manual | Verdict::Waived => Level::WARNING,
        };
        let drawn = renderer(style).render(&[Group::with_level(level).element(snippet.annotation(annotation))]);
        let mut lines: Vec<String> = drawn.lines().map(|line| line.trim_end().to_owned()).collect();
        if let Some(head) = lines.first_mut() {
            // The renderer adds the line and column that the place has in the excerpt, not in the file.
            let end = head.find(&place).map(|at| at + place.len());
            head.truncate(end.unwrap_or(head.len()));
        }
        lines
    }

    /// The lines to show, cleaned and cut, and which bytes of them are meant.
    fn cut(&self, style: &Style) -> (String, Range<usize>) {
        let Region { start, end } = self.region;
        let room = style.width.map_or(LINE, |width| width.saturating_sub(16).clamp(40, LINE));
        let last = if end.column == 1 && end.line > start.line { end.line - 1 } else { end.line };
        let fits = |number: usize| self.line(number).chars().take(room + 1).count() <= room;
        let several = last > start.line && last - start.line < MOST_LINES && (start.line..=last).all(fits);
        if !several {
            let end = if end.line == start.line { end.column.saturating_sub(1) } else { usize::MAX };
            return window(self.line(start.line), start.column.saturating_sub(1)..end, room, style);
        }
        let mut text = String::new();
        let mut span = 0..0;
        for number in start.line..=last {
            let first = if number == start.line { start.column.saturating_sub(1) } else { 0 };
            let until = if number == end.line { end.column.saturating_sub(1) } else { usize::MAX };
            let (line, meant) = window(self.line(number), first..until, room, style);
            if number == start.line {
                span.start = meant.start;
            } else {
                text.push('\n');
            }
            span.end = text.len() + meant.end;
            text.push_str(&line);
        }
        (text, span)
    }

    /// A line of the file without its byte-order mark, which takes no column.
    fn line(&self, number: usize) -> &str {
        let line = self.lines.line(number);
        if number == 1 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line }
    }
}

/// One line, cleaned, and cut to `room` characters around the ones that are meant; answers the bytes they take.
fn window(line: &str, meant: Range<usize>, room: usize, style: &Style) -> (String, Range<usize>) {
    let more = if style.ascii { "..." } else { "…" };
    let whole = line.chars().take(room + 1).count() <= room;
    let from = if whole || meant.end < room { 0 } else { meant.start.saturating_sub(LEAD) };
    let mut text = if from > 0 { more.to_owned() } else { String::new() };
    let mut span = text.len()..text.len();
    let mut rest = line.chars().enumerate().skip(from);
    for (column, c) in rest.by_ref().take(room) {
        if column <= meant.start {
            span.start = text.len();
        }
        text.push_str(&style.text(c.encode_utf8(&mut [0; 4])));
        if column < meant.end || column <= meant.start {
            span.end = text.len();
        }
    }
    if meant.start >= from + text.chars().count() {
        span = text.len()..text.len();
    }
    if rest.next().is_some() {
        text.push_str(more);
    }
    (text, span)
}

fn renderer(style: &Style) -> Renderer {
    let renderer = if style.color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let decor = if style.ascii { DecorStyle::Ascii } else { DecorStyle::Unicode };
    renderer.decor_style(decor).term_width(4 * LINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Span, clean};
    use proptest::prelude::*;

    fn drawn(text: &str, span: Span, style: Style) -> String {
        let lines = Lines::new(text);
        let region = lines.region(span);
        let excerpt = Excerpt { path: "a.yml", lines: &lines, region, note: "here", verdict: Verdict::Fail };
        excerpt.render(&style).join("\n")
    }

    fn at(text: &str, meant: &str) -> Span {
        let start = text.find(meant).unwrap();
        Span::new(start, start + meant.len())
    }

    const ASCII: Style = Style { ascii: true, color: false, width: None };

    #[test]
    fn one_line_is_marked_where_it_is_meant() {
        let text = "on:\n  push:\n  workflow_dispatch:\n";
        insta::assert_snapshot!(drawn(text, at(text, "push:"), ASCII), @r"
         --> a.yml:2:3
          |
        2 |   push:
          |   ^^^^^ here
        ");
    }

    #[test]
    fn a_few_lines_are_shown_and_of_many_the_first() {
        let text = "\u{feff}jobs:\n  a:\n    steps: []\n";
        insta::assert_snapshot!(drawn(text, Span::new(3, text.len()), Style::default()), @r"
          ╭▸ a.yml:1:1
          │
        1 │ ┏ jobs:
        2 │ ┃   a:
        3 │ ┃     steps: []
          ╰╴┗━━━━━━━━━━━━━┛ here
        ");
        let many = "jobs:\n".to_owned() + &"  x: 1\n".repeat(50);
        insta::assert_snapshot!(drawn(&many, Span::new(0, many.len()), ASCII), @r"
         --> a.yml:1:1
          |
        1 | jobs:
          | ^^^^^ here
        ");
    }

    #[test]
    fn a_line_of_any_length_is_cut_around_what_is_meant() {
        let text = format!("{}漢字 push: {}", "x".repeat(500_000), "y".repeat(500_000));
        let drawn = drawn(&text, at(&text, "push:"), Style { width: Some(80), ..ASCII });
        assert!(drawn.contains(":1:500004"), "{drawn}");
        assert!(
            drawn.contains("...xxxxx") && drawn.contains("x?? push: yyy") && drawn.ends_with("^^^^^ here"),
            "{drawn}"
        );
        assert!(drawn.lines().all(|line| line.chars().count() < 100), "{drawn}");
    }

    #[test]
    fn an_empty_span_is_marked_with_one_character() {
        for (text, at) in [("", 0), ("a", 1), ("a\n", 2), ("ab", 1)] {
            assert!(drawn(text, Span::new(at, at), ASCII).contains("^ here"), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_and_span_is_drawn_clean(
            text in "(\\PC|\n|\r|\t|\u{1b}|\u{202e}|漢|e\u{301}| ){0,300}",
            one in 0_usize..900, two in 0_usize..900, ascii in any::<bool>(), width in 1_usize..200,
        ) {
            let span = Span::new(one.min(two), one.max(two));
            let drawn = drawn(&text, span, Style { ascii, color: false, width: Some(width) });
            prop_assert!(!drawn.contains(|c| c != '\n' && clean::is_unwanted(c)));
            prop_assert!(!ascii || drawn.is_ascii());
            prop_assert!(drawn.contains("here"));
        }
    }
}
