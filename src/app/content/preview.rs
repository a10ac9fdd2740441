//! The panes of a preview: the difference that would be written, and what it does besides.

use similar::{ChangeTag, TextDiff};

use super::Content;
use crate::app::Model;
use crate::app::action::Action;
use crate::app::page::{Page, Tone};
use crate::app::waiver::Preview;
use crate::text::clean;

/// Lines around a change.
const CONTEXT: usize = 3;

/// The difference.
pub fn content(model: &Model, mut page: Page) -> Content {
    let Some(preview) = &model.preview else { return Content::default() };
    let before = preview.before.as_deref().unwrap_or_default();
    let diff = TextDiff::from_lines(before, &preview.text);
    let (mut more, mut less) = (0, 0);
    page.row(vec![page.words(Tone::Accent, &preview.path)]);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        page.row(vec![page.words(Tone::Dim, &hunk.header().to_string())]);
        for change in hunk.iter_changes() {
            let (sign, tone) = match change.tag() {
                ChangeTag::Delete => ('-', Tone::Removed),
                ChangeTag::Insert => ('+', Tone::Added),
                ChangeTag::Equal => (' ', Tone::Plain),
            };
            more += usize::from(sign == '+');
            less += usize::from(sign == '-');
            let line = format!("{sign}{}", clean::line(change.value().trim_end_matches(['\n', '\r'])));
            page.row(vec![page.words(tone, &line)]);
        }
    }
    Content { title: "Preview".to_owned(), corner: format!("1 file  +{more} -{less}"), rows: page.rows }
}

/// What happens besides.
pub fn plan(model: &Model, mut page: Page) -> Content {
    let Some(Preview { repo, title, before, .. }) = &model.preview else { return Content::default() };
    page.sentence(0, Tone::Strong, title);
    let made = if before.is_some() { "The file is changed." } else { "The file is new." };
    page.sentence(0, Tone::Plain, made);
    if let Some(root) = model.options.roots.get(repo) {
        let words = format!("Writes to {}. Never commits, never pushes.", root.display());
        page.sentence(0, Tone::Plain, &words);
    } else {
        let copy = model.options.keymap.short(Action::Copy);
        page.sentence(0, Tone::Plain, &format!("There is no folder of it here: {copy} copies the file."));
    }
    Content { title: "Plan".to_owned(), corner: "not applied".to_owned(), rows: page.rows }
}
