//! When a requirement came to stand as it does, and how the repository stood lately.

use crate::app::Model;
use crate::app::page::{Page, Tone, Words, plain};
use crate::fleet::Readiness;
use crate::history::{History, Trend};
use crate::requirement::{Meta, Verdict};

/// How many surveys the trend shows.
const MOST: usize = 24;

/// Adds what earlier surveys said; nothing where there is none.
pub fn add(model: &Model, meta: &Meta, page: &mut Page) {
    let Some(history) = model.past() else { return };
    page.blank();
    page.heading("History");
    changed(history, meta, page);
    trend(&history.trend(MOST), page);
}

/// Since when the requirement stands so, in one line.
pub fn changed(history: &History, meta: &Meta, page: &mut Page) {
    let Some(change) = history.last_change(meta.id) else { return };
    let day = change.at.strftime("%Y-%m-%d");
    let mark = page.mark(change.after);
    let words = match change.before {
        Some(before) => format!("{} since {day}, {} before", change.after.word(), before.word()),
        None => format!("{} since {day} or longer", change.after.word()),
    };
    page.item(vec![plain(2), mark, plain(1)], 4, Tone::Plain, &words);
}

/// One mark for each of the last surveys, oldest first, and the numbers of the first and the last.
fn trend(all: &[Trend], page: &mut Page) {
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return };
    let mut row = vec![page.words(Tone::Dim, "  trend ")];
    row.extend(all.iter().map(|one| page.mark(like(one.readiness))));
    page.row(row);
    let counts = |one: &Trend| format!("{} fail, {} undecided", one.failing, one.undecided);
    let words = if all.len() == 1 {
        format!("{} on {}", counts(last), last.at.strftime("%Y-%m-%d"))
    } else {
        let (from, to) = (first.at.strftime("%Y-%m-%d"), last.at.strftime("%Y-%m-%d"));
        format!("{} on {from}; {} on {to}", counts(first), counts(last))
    };
    page.item(vec![Words { tone: Tone::Dim, text: "  ".to_owned() }], 2, Tone::Dim, &words);
}

const fn like(readiness: Readiness) -> Verdict {
    match readiness {
        Readiness::Ready => Verdict::Pass,
        Readiness::NotReady => Verdict::Fail,
        Readiness::Undecided => Verdict::Unknown,
    }
}
