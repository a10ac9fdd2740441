//! The pane that says what the SPEC asks, in our words, and lists the checks it is judged by.

use super::Content;
use super::evidence::pieces;
use crate::app::Model;
use crate::app::page::{Page, Tone, plain};
use crate::requirement::{Role, explain};

/// What the pane holds.
pub fn content(model: &Model, mut page: Page) -> Content {
    let Some(meta) = model.meta() else { return Content::default() };
    page.sentence(0, Tone::Plain, &explain::ask(meta.id));
    let Some(finding) = model.finding() else {
        return Content {
            title: "Requirement".to_owned(),
            corner: meta.level.word().to_owned(),
            rows: page.rows,
            cursor: None,
        };
    };
    let shown = pieces(finding).get(model.piece).map(|piece| piece.check.id);
    page.blank();
    page.heading("Checks");
    for check in &finding.checks {
        let cursor = page.words(Tone::Strong, if shown == Some(check.id) { "> " } else { "  " });
        let role = if check.role == Role::Decisive { String::new() } else { format!(" ({})", check.role.word()) };
        let id = page.words(Tone::Strong, check.id);
        let label = vec![cursor, page.mark(check.verdict), plain(1), id, page.words(Tone::Dim, &role), plain(2)];
        page.item(label, 4, Tone::Plain, &check.summary);
    }
    for words in explain::section(meta.id, "Why") {
        page.blank();
        page.sentence(0, Tone::Dim, &words);
    }
    page.blank();
    page.heading("How it is judged");
    for words in explain::section(meta.id, "How it is judged") {
        match words.strip_prefix("- ") {
            Some(item) => page.item(vec![plain(2)], 4, Tone::Dim, &item.replace('`', "")),
            None => page.sentence(0, Tone::Dim, &words),
        }
    }
    page.blank();
    page.sentence(0, Tone::Dim, meta.spec);
    Content {
        title: "Requirement".to_owned(),
        corner: format!("SPEC 8, {}", meta.level.word()),
        rows: page.rows,
        cursor: None,
    }
}
