//! Finds the place in the file of a part of a script.
//!
//! YAML takes indentation, folded line ends and escapes away, but keeps every other character in order. Walking
//! along the scalar and its value together therefore tells where each character was written, whatever its style.

use super::super::Text;
use crate::text::Span;
use crate::text::yaml::Style;

/// A stretch of the value that was written in one piece.
#[derive(Debug)]
struct Stretch {
    value: Span,
    file: Span,
}

/// Where the characters of a script stand in its file.
#[derive(Debug)]
pub(super) struct Places {
    stretches: Vec<Stretch>,
    whole: Span,
}

impl Places {
    /// Compares a script with the text of its file.
    pub(super) fn new(script: &Text, source: &str) -> Self {
        let written = script.span.slice(source);
        let start = match script.style {
            Style::Single | Style::Double => 1,
            Style::Plain | Style::Block => 0,
        };
        let places = Self::aligned(script, written, start);
        // The span of a block may begin with its header (`|-`), which is no part of the value.
        let header = written.find('\n').filter(|_| script.style == Style::Block && written.starts_with(['|', '>']));
        match header {
            Some(end) if places.reached() < script.value.trim_end().len() => {
                let other = Self::aligned(script, written, end + 1);
                if other.reached() > places.reached() { other } else { places }
            }
            _ => places,
        }
    }

    /// Walks along the scalar from one of its bytes, and along the value.
    fn aligned(script: &Text, written: &str, start: usize) -> Self {
        let mut places = Self { stretches: Vec::new(), whole: script.span };
        let mut units = Units { text: written, at: start, style: script.style };
        for (at, character) in script.value.char_indices().filter(|(_, character)| !is_blank(*character)) {
            let Some((unit, place)) = units.next().filter(|(unit, _)| unit.is_none_or(|unit| unit == character)) else {
                break;
            };
            let file = Span::new(script.span.start + place.start, script.span.start + place.end);
            places.add(Span::new(at, at + character.len_utf8()), file, unit.is_some());
        }
        places
    }

    /// How much of the value was found.
    fn reached(&self) -> usize {
        self.stretches.last().map_or(0, |last| last.value.end)
    }

    fn add(&mut self, value: Span, file: Span, literal: bool) {
        if let Some(last) = self.stretches.last_mut()
            && literal
            && last.value.len() == last.file.len()
            && value.len() == file.len()
            && file.start - last.file.start == value.start - last.value.start
        {
            last.value.end = value.end;
            last.file.end = file.end;
        } else {
            self.stretches.push(Stretch { value, file });
        }
    }

    /// The place in the file of a range of the value; the whole script where it cannot be told.
    pub(super) fn span(&self, value: Span) -> Span {
        let first = self.stretches.partition_point(|stretch| stretch.value.end <= value.start);
        let after = self.stretches.partition_point(|stretch| stretch.value.start < value.end);
        let (Some(first), Some(last)) = (
            self.stretches.get(first),
            after.checked_sub(1).filter(|last| *last >= first).and_then(|last| self.stretches.get(last)),
        ) else {
            return self.whole;
        };
        let ahead = value.start.saturating_sub(first.value.start);
        let behind = last.value.end.saturating_sub(value.end);
        Span::new((first.file.start + ahead).min(first.file.end), last.file.end.saturating_sub(behind))
    }
}

/// Blanks may be added and dropped by YAML.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// The characters of a scalar as written that are no blanks: each with its place, and none for the character where
/// an escape stands for it.
struct Units<'a> {
    text: &'a str,
    at: usize,
    style: Style,
}

impl Iterator for Units<'_> {
    type Item = (Option<char>, Span);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut ahead = self.text.get(self.at..)?.chars();
            let start = self.at;
            let character = ahead.next()?;
            let following = ahead.next();
            let (unit, length) = match (self.style, character) {
                (Style::Single, '\'') if following == Some('\'') => (Some('\''), 2),
                (Style::Double, '\\') => escape(following?),
                _ => (Some(character), character.len_utf8()),
            };
            self.at += length;
            if !unit.is_some_and(is_blank) {
                return Some((unit, Span::new(start, self.at)));
            }
        }
    }
}

/// What an escape of a double-quoted scalar stands for, if that is plain to see, and how long it is.
fn escape(character: char) -> (Option<char>, usize) {
    match character {
        'n' | 't' | 'r' | ' ' | '\t' | '\n' | '\r' => (Some(' '), 2),
        'x' => (None, 4),
        'u' => (None, 6),
        'U' => (None, 10),
        '"' | '\\' | '/' => (Some(character), 2),
        _ => (None, 1 + character.len_utf8()),
    }
}
