//! Whether a changed text is what was meant: read again by two parsers, equal but for the edited places.
//!
//! Nothing here trusts the one who worked out the edits. Every byte outside of them is compared; a YAML text must be
//! read by both parsers, before and after, and both must read the same; and every value that no edit touches must be
//! at its moved place, under the same keys, with the same content, and no other value may have appeared.

use std::collections::HashMap;

use crate::text::Span;
use crate::text::splice::Edit;

mod places;
mod readers;

use places::Leaf;

/// Whether edits turn one text into the other and change no other value of it.
///
/// # Errors
/// Why not, in one line without the path.
pub fn edited(path: &str, old: &str, new: &str, edits: &[Edit]) -> Result<(), String> {
    let moves = Moves::of(edits);
    if !moves.keeps_the_rest(old, new) {
        return Err("bytes outside of the change would differ".to_owned());
    }
    if old.starts_with('\u{feff}') != new.starts_with('\u{feff}') {
        return Err("the byte-order mark would be lost or gained".to_owned());
    }
    if lines_end_alike(old) && !lines_end_alike(new) {
        return Err("line ends would be mixed".to_owned());
    }
    if !old.is_empty() && !old.ends_with('\n') && new.ends_with('\n') {
        return Err("a final line end would be added".to_owned());
    }
    if !is_yaml(path) {
        return Ok(());
    }
    let before = readers::read(old).map_err(|why| format!("the file as it is {why}"))?;
    let after = readers::read(new).map_err(|why| format!("the changed file {why}"))?;
    compare(&places::leaves(before.as_ref()), &places::leaves(after.as_ref()), &moves)
}

/// Whether a new file can be read as what its name says.
///
/// # Errors
/// Why not, in one line without the path.
pub fn created(path: &str, text: &str) -> Result<(), String> {
    if !is_yaml(path) {
        return Ok(());
    }
    readers::read(text).map(drop).map_err(|why| format!("the new file {why}"))
}

fn is_yaml(path: &str) -> bool {
    [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending))
}

/// Whether all lines end with CR LF, or none does.
fn lines_end_alike(text: &str) -> bool {
    let (windows, all) = (text.matches("\r\n").count(), text.matches('\n').count());
    windows == 0 || windows == all
}

/// Where places go when edits are made.
struct Moves {
    /// Old span and new span of each edit, in order.
    edits: Vec<(Span, Span)>,
}

impl Moves {
    fn of(edits: &[Edit]) -> Self {
        let mut ordered: Vec<&Edit> = edits.iter().collect();
        ordered.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let (mut gained, mut lost) = (0, 0);
        let moved = ordered.into_iter().map(|edit| {
            let start = (edit.span.start + gained).saturating_sub(lost);
            gained += edit.text.len();
            lost += edit.span.len();
            (edit.span, Span::new(start, start + edit.text.len()))
        });
        Self { edits: moved.collect() }
    }

    /// Whether everything outside of the edits is the same in both texts.
    fn keeps_the_rest(&self, old: &str, new: &str) -> bool {
        let (mut from_old, mut from_new) = (0, 0);
        let ends = (Span::new(old.len(), old.len()), Span::new(new.len(), new.len()));
        for (before, after) in self.edits.iter().copied().chain([ends]) {
            let kept = old.get(from_old..before.start);
            if kept.is_none() || kept != new.get(from_new..after.start) {
                return false;
            }
            (from_old, from_new) = (before.end, after.end);
        }
        true
    }

    /// Where a place of the old text is in the new one, if no edit covers it.
    fn moved(&self, at: usize) -> Option<usize> {
        let before = self.edits.partition_point(|(old, _)| old.end <= at);
        let covered =
            self.edits.get(before).is_some_and(|(old, _)| old.start < at || (old.start == at && !old.is_empty()));
        if covered {
            return None;
        }
        let last = before.checked_sub(1).and_then(|index| self.edits.get(index));
        last.map_or(Some(at), |(old, new)| Some(at - old.end + new.end))
    }

    /// Whether an edit lies in a leaf of the old text, or at an end of its value.
    fn touches_old(&self, leaf: &Leaf<'_>) -> bool {
        touches(self.around(|edit| edit.0, leaf.whole), leaf)
    }

    /// The same for a leaf of the new text.
    fn touches_new(&self, leaf: &Leaf<'_>) -> bool {
        touches(self.around(|edit| edit.1, leaf.whole), leaf)
    }

    /// Where the value of a new leaf stands that no edit wrote, although one wrote its key.
    fn kept_value(&self, leaf: &Leaf<'_>) -> Option<usize> {
        let value = leaf.value_span?;
        self.around(|edit| edit.1, value).next().is_none().then_some(value.start)
    }

    /// Whether an item of a list that began here in the old text is the one that begins there in the new text. An edit
    /// at its beginning may have put another key first.
    fn is_same_item(&self, old: usize, new: usize) -> bool {
        let at = |edit: Span, place| edit.start <= place && place <= edit.end;
        let mut near = self.edits_around(|edit| edit.0, Span::new(old, old)).iter();
        self.moved(old) == Some(new) || near.any(|(before, after)| at(*before, old) && at(*after, new))
    }

    /// The edits that overlap a span or stand beside it, on one of the two sides.
    fn around(&self, side: fn(&(Span, Span)) -> Span, span: Span) -> impl Iterator<Item = Span> {
        self.edits_around(side, span).iter().map(side)
    }

    fn edits_around(&self, side: fn(&(Span, Span)) -> Span, span: Span) -> &[(Span, Span)] {
        let first = self.edits.partition_point(|edit| side(edit).end < span.start);
        let last = self.edits.partition_point(|edit| side(edit).start <= span.end);
        self.edits.get(first..last).unwrap_or_default()
    }
}

fn touches(mut near: impl Iterator<Item = Span>, leaf: &Leaf<'_>) -> bool {
    near.any(|edit| {
        let inside = edit.start < leaf.whole.end && edit.end > leaf.whole.start;
        inside || leaf.value_span.is_some_and(|value| meet(edit, value))
    })
}

/// Whether two spans overlap or stand side by side.
const fn meet(one: Span, two: Span) -> bool {
    one.start <= two.end && one.end >= two.start
}

/// Whether the leaves that no edit touches are the same in both texts.
fn compare(before: &[Leaf<'_>], after: &[Leaf<'_>], moves: &Moves) -> Result<(), String> {
    let mut expected: HashMap<usize, &Leaf<'_>> =
        after.iter().filter(|leaf| !moves.touches_new(leaf)).map(|leaf| (leaf.whole.start, leaf)).collect();
    for leaf in before.iter().filter(|leaf| !moves.touches_old(leaf)) {
        let found = moves.moved(leaf.whole.start).and_then(|at| Some((at, *expected.get(&at)?)));
        match found {
            Some((at, other)) if leaf.is_same(other, moves) => drop(expected.remove(&at)),
            // A key without a value may be given one.
            _ if leaf.is_nothing() && after.iter().any(|new| new.is_below(leaf) && moves.touches_new(new)) => {}
            _ => return Err(format!("{} would change as well", leaf.shown())),
        }
    }
    // Under a new key, a value that was there before is the whole of it.
    let values: HashMap<usize, &Leaf<'_>> =
        before.iter().filter_map(|leaf| Some((moves.moved(leaf.value_span?.start)?, leaf))).collect();
    for leaf in after.iter().filter(|leaf| moves.touches_new(leaf)) {
        let torn = |at| values.get(&at).is_none_or(|old| !old.has_content_of(leaf, moves));
        if moves.kept_value(leaf).is_some_and(torn) {
            return Err(format!("{} would take over other text", leaf.shown()));
        }
    }
    // A key may be left without a value when all of it was removed.
    let extra = |leaf: &&&Leaf<'_>| {
        !(leaf.is_nothing() && before.iter().any(|old| old.is_below(leaf) && moves.touches_old(old)))
    };
    match expected.values().filter(extra).min_by_key(|leaf| leaf.whole.start) {
        Some(leaf) => Err(format!("{} would appear as well", leaf.shown())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
