//! The pane below the matrix: why the cell under the cursor says what it says, without a key press.

use super::evidence::{line, pieces};
use super::{Content, remedy, said};
use crate::app::Model;
use crate::app::action::Action;
use crate::app::page::{Page, Tone, plain};
use crate::requirement::{Finding, Verdict};
use unicode_width::UnicodeWidthStr;

/// What the pane holds.
pub fn content(model: &Model, mut page: Page, height: usize) -> Content {
    let (Some(repo), Some(meta)) = (model.chosen(), model.meta()) else {
        empty(model, &mut page);
        return Content { title: "Nothing chosen".to_owned(), corner: String::new(), rows: page.rows, cursor: None };
    };
    let title = format!("{}  {}", repo.name(), meta.id);
    let Some(finding) = model.finding() else {
        page.sentence(0, Tone::Plain, meta.title);
        page.sentence(0, Tone::Dim, "Answers are awaited; nothing is judged yet.");
        return Content { title, corner: said(Verdict::Pending).to_owned(), rows: page.rows, cursor: None };
    };
    let mark = page.mark(finding.verdict);
    let word = page.words(Tone::Verdict(finding.verdict), said(finding.verdict));
    let slug = page.words(Tone::Strong, meta.slug);
    let tight = height < 9;
    if tight {
        page.item(vec![mark, plain(1), word, plain(2), slug, plain(2)], 2, Tone::Plain, &finding.summary);
    } else {
        page.row(vec![mark, plain(1), word, plain(2), slug, plain(2), page.words(Tone::Dim, meta.title)]);
        page.item(vec![plain(2)], 2, Tone::Plain, &finding.summary);
        page.blank();
    }
    waiver(finding, &mut page);
    let all = pieces(finding);
    let remedy = remedy(finding);
    let keep = if remedy.is_none() { 0 } else { 2 - usize::from(tight) };
    let room = height.saturating_sub(page.rows.len() + keep);
    let room = if all.len() > room && room > 1 { room - 1 } else { room };
    let lines: Vec<(String, String)> = all.iter().take(room).map(|piece| line(repo, piece.evidence)).collect();
    evidence(&lines, room, &mut page);
    let hidden = all.len().saturating_sub(room);
    if hidden > 0 && room > 1 {
        page.sentence(2, Tone::Dim, &format!("and {hidden} more"));
    }
    if let Some(words) = remedy {
        if !tight {
            page.blank();
        }
        page.sentence(2, Tone::Plain, &words);
    }
    checks(finding, height, &mut page);
    let open = model.options.keymap.short(Action::Open);
    let corner =
        if all.is_empty() { String::new() } else { format!("{} of evidence, {open} opens", pieces_word(all.len())) };
    Content { title, corner, rows: page.rows, cursor: None }
}

/// The pieces of evidence, whole where there is room for all their lines; else a line each, cut where it is too long.
fn evidence(pieces: &[(String, String)], room: usize, page: &mut Page) {
    let wide = pieces.iter().map(|(place, _)| place.width()).max().unwrap_or_default().min(page.width() / 2).max(3);
    let before = page.rows.len();
    for (place, words) in pieces {
        let place = page.style().column(place, wide);
        page.item(vec![plain(2), page.words(Tone::Accent, &place), plain(2)], wide + 4, Tone::Plain, words);
    }
    if page.rows.len() - before <= room {
        return;
    }
    page.rows.truncate(before);
    for (place, words) in pieces {
        let place = page.style().column(place, wide);
        page.row(vec![plain(2), page.words(Tone::Accent, &place), plain(2), page.words(Tone::Plain, words)]);
    }
}

/// The checks, where there is room for all of them.
fn checks(finding: &Finding, height: usize, page: &mut Page) {
    if page.rows.len() + finding.checks.len() + 1 > height {
        return;
    }
    page.blank();
    for check in &finding.checks {
        let id = page.style().column(check.id, 22);
        let row = vec![
            plain(2),
            page.mark(check.verdict),
            plain(1),
            page.words(Tone::Dim, &id),
            plain(1),
            page.words(Tone::Plain, &check.summary),
        ];
        page.row(row);
    }
}

fn pieces_word(count: usize) -> String {
    if count == 1 { "1 piece".to_owned() } else { format!("{count} pieces") }
}

/// The reason, the owner and the end of what was set aside.
pub fn waiver(finding: &Finding, page: &mut Page) {
    if let Some(waiver) = &finding.waiver {
        let until = waiver.until.as_deref().map_or("without an end".to_owned(), |day| format!("until {day}"));
        let label = vec![plain(2), page.words(Tone::Verdict(Verdict::Waived), "set aside: ")];
        page.item(label, 4, Tone::Plain, &format!("{} ({}, {until})", waiver.reason, waiver.owner));
    }
}

fn empty(model: &Model, page: &mut Page) {
    if model.fleet.repos.is_empty() {
        page.sentence(0, Tone::Plain, "There is no repository. Name some: shipworthy FOLDER, shipworthy owner/repo, or a fleet in the configuration.");
    } else {
        let text = model.matrix.filter.text();
        page.sentence(0, Tone::Plain, &format!("No repository fits the filter `{text}`; esc clears it."));
        if let Some(hint) = model.matrix.filter.hint() {
            page.sentence(0, Tone::Plain, &hint);
        }
    }
}
