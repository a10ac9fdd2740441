//! The pane beside the requirements of a repository: what the one under the cursor asks, says and needs.

use super::cell::waiver;
use super::evidence::{line, pieces};
use super::{Content, remedy, said};
use crate::app::Model;
use crate::app::page::{Page, Tone, plain};
use crate::requirement::{Finding, Meta, Verdict, explain};

/// How many pieces of evidence are listed.
const MOST: usize = 60;

/// What the pane holds; `wide` where it stands beside the list and has room for everything.
pub fn content(model: &Model, mut page: Page, wide: bool) -> Content {
    let Some(meta) = model.meta() else { return Content::default() };
    let title = format!("{} {}", meta.id, meta.slug);
    let Some(finding) = model.finding() else {
        page.sentence(0, Tone::Plain, &explain::ask(meta.id));
        page.blank();
        page.sentence(0, Tone::Dim, "Answers are awaited; nothing is judged yet.");
        return Content { title, corner: said(Verdict::Pending).to_owned(), rows: page.rows, cursor: None };
    };
    if wide {
        full(model, meta, finding, &mut page);
    } else {
        brief(model, finding, &mut page);
    }
    let corner = format!("{} {}", page.style().glyph(finding.verdict), said(finding.verdict));
    Content { title, corner, rows: page.rows, cursor: None }
}

/// Why, what to do, and the evidence as far as there is room.
fn brief(model: &Model, finding: &Finding, page: &mut Page) {
    let label = vec![page.mark(finding.verdict), plain(1)];
    page.item(label, 2, Tone::Plain, &finding.summary);
    waiver(finding, page);
    if let Some(words) = remedy(finding) {
        page.sentence(2, Tone::Plain, &words);
    }
    if let Some(history) = model.past() {
        super::past::changed(history, finding.meta, page);
    }
    evidence(model, finding, page, 20);
}

fn full(model: &Model, meta: &Meta, finding: &Finding, page: &mut Page) {
    page.sentence(0, Tone::Plain, &explain::ask(meta.id));
    page.blank();
    let label = vec![page.mark(finding.verdict), plain(1)];
    page.item(label, 2, Tone::Strong, &finding.summary);
    waiver(finding, page);
    if let Some(why) = finding.unknown().filter(|_| finding.verdict == Verdict::Unknown) {
        page.sentence(2, Tone::Plain, &format!("Settled by {}.", crate::report::text::settled_by(why)));
    }
    page.blank();
    page.heading("Checks");
    for check in &finding.checks {
        let label = vec![plain(2), page.mark(check.verdict), plain(1), page.words(Tone::Strong, check.id), plain(2)];
        page.item(label, 6, Tone::Plain, &check.summary);
    }
    if !pieces(finding).is_empty() {
        page.blank();
        page.heading("Evidence");
        evidence(model, finding, page, MOST);
    }
    what_to_do(finding, page);
    super::past::add(model, meta, page);
    page.blank();
    page.sentence(0, Tone::Dim, &format!("{}  ({})", meta.spec, meta.level.word()));
}

fn evidence(model: &Model, finding: &Finding, page: &mut Page, most: usize) {
    let Some(repo) = model.chosen() else { return };
    let all = pieces(finding);
    for piece in all.iter().take(most) {
        let (place, words) = line(repo, piece.evidence);
        let label = vec![plain(2), page.words(Tone::Accent, &place), plain(2)];
        page.item(label, 6, Tone::Plain, &words);
    }
    if all.len() > most {
        page.sentence(2, Tone::Dim, &format!("and {} more", all.len() - most));
    }
}

fn what_to_do(finding: &Finding, page: &mut Page) {
    if let Some(fix) = &finding.fix {
        page.blank();
        page.heading("Fix");
        page.sentence(2, Tone::Plain, &format!("[f] {} ({})", fix.title, fix.safety.word()));
    }
    let Some(guide) = &finding.guide else { return };
    page.blank();
    page.heading("What to do");
    for (at, step) in guide.steps.iter().enumerate() {
        let label = vec![plain(2), page.words(Tone::Strong, &format!("{} ", at + 1)), plain(1)];
        page.item(label, 5, Tone::Plain, step);
    }
}
