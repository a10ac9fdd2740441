//! The leaves of a YAML document with their places and the way that leads to them.

use super::Moves;
use crate::text::yaml::{Doc, Style, View};
use crate::text::{Span, clean};

/// A scalar, an alias or an empty collection.
pub struct Leaf<'a> {
    /// From its key, where it has one, to its end.
    pub whole: Span,
    /// The value alone; none where nothing is written.
    pub value_span: Option<Span>,
    /// The way from the root.
    way: Vec<Step<'a>>,
    content: Content<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    /// Under a key.
    Key(&'a str),
    /// In the item of a list that begins here.
    Item(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Content<'a> {
    /// A scalar, and whether it was written without quotes.
    Scalar(&'a str, bool),
    /// An alias of what was written here.
    Alias(usize),
    /// `[]` or `{}`.
    Empty,
}

impl Leaf<'_> {
    /// Whether the value is missing.
    pub fn is_nothing(&self) -> bool {
        self.value_span.is_none()
    }

    /// Whether this leaf hangs below the place of another.
    pub fn is_below(&self, other: &Self) -> bool {
        self.way.len() > other.way.len()
            && self.way.iter().zip(&other.way).all(|(one, two)| match (one, two) {
                (Step::Key(one), Step::Key(two)) => one == two,
                (Step::Item(_), Step::Item(_)) => true,
                _ => false,
            })
    }

    /// Whether this leaf of the old text and one of the new are the same.
    pub fn is_same(&self, new: &Self, moves: &Moves) -> bool {
        self.has_content_of(new, moves)
            && self.way.len() == new.way.len()
            && self.way.iter().zip(&new.way).all(|(one, two)| match (one, two) {
                (Step::Key(one), Step::Key(two)) => one == two,
                (Step::Item(one), Step::Item(two)) => moves.is_same_item(*one, *two),
                _ => false,
            })
    }

    /// Whether this leaf of the old text holds what one of the new holds, wherever they are.
    pub fn has_content_of(&self, new: &Self, moves: &Moves) -> bool {
        match (self.content, new.content) {
            (Content::Alias(old), Content::Alias(new)) => moves.moved(old).is_none_or(|moved| moved == new),
            (one, two) => one == two,
        }
    }

    /// `jobs.publish.steps`, for people.
    pub fn shown(&self) -> String {
        let keys: Vec<&str> = self
            .way
            .iter()
            .filter_map(|step| match step {
                Step::Key(key) => Some(*key),
                Step::Item(_) => None,
            })
            .collect();
        if keys.is_empty() { "the document".to_owned() } else { format!("`{}`", clean::short(&keys.join("."), 80)) }
    }
}

/// The leaves of a document, in order.
pub fn leaves(doc: Option<&Doc>) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    if let Some(doc) = doc {
        walk(doc.root(), None, &mut Vec::new(), &mut found);
    }
    found
}

fn walk<'a>(view: View<'a>, key: Option<Span>, way: &mut Vec<Step<'a>>, found: &mut Vec<Leaf<'a>>) {
    // What an alias stands for was met at its anchor.
    if let Some(here) = view.alias() {
        return found.push(leaf(key, Some(here), way, Content::Alias(view.span().start)));
    }
    let before = found.len();
    for (name, value) in view.entries() {
        way.push(Step::Key(name.as_str().unwrap_or_default()));
        walk(value, Some(name.alias().unwrap_or(name.span())), way, found);
        way.pop();
    }
    for item in view.items() {
        way.push(Step::Item(item.alias().unwrap_or(item.span()).start));
        walk(item, None, way, found);
        way.pop();
    }
    if let Some(text) = view.as_str() {
        let plain = view.style() == Some(Style::Plain);
        let span = (!plain || !view.span().is_empty()).then_some(view.span());
        found.push(leaf(key.or(Some(view.span())), span, way, Content::Scalar(text, plain)));
    } else if found.len() == before {
        found.push(leaf(key, Some(view.span()), way, Content::Empty));
    }
}

fn leaf<'a>(key: Option<Span>, value: Option<Span>, way: &[Step<'a>], content: Content<'a>) -> Leaf<'a> {
    let whole = match (key, value) {
        (Some(key), Some(value)) => key.join(value),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => Span::default(),
    };
    Leaf { whole, value_span: value, way: way.to_vec(), content }
}
