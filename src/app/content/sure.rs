//! The pane that says what a verdict rests on: how the publish job was found, what was read, and what was not.

use super::{Content, short_path};
use crate::app::Model;
use crate::app::age::{Age, ago};
use crate::app::page::{Page, Tone, plain};
use crate::fact::release::PublishKind;
use crate::fleet::Repo;
use crate::requirement::Finding;

/// How many publish steps are named.
const MOST: usize = 6;

/// What the pane holds.
pub fn content(model: &Model, mut page: Page) -> Content {
    let content = Content { title: "How sure".to_owned(), ..Content::default() };
    let (Some(repo), Some(finding)) = (model.chosen(), model.finding()) else { return content };
    found_by(repo, &mut page);
    read_with(model, repo, &mut page);
    unsure(repo, finding, &mut page);
    Content { rows: page.rows, ..content }
}

fn found_by(repo: &Repo, page: &mut Page) {
    let publishes = &repo.facts.publishes;
    if publishes.is_empty() {
        page.sentence(0, Tone::Plain, "No step that publishes was found in the workflows.");
    }
    for publish in publishes.iter().take(MOST) {
        let text = repo.facts.text(&publish.file);
        let line = text.map(|text| crate::text::span::place(text, publish.file_span.start).line);
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let kind = if publish.kind == PublishKind::Production { "" } else { publish.kind.word() };
        let words = format!("{} ({}{line}) {kind}", publish.called(), short_path(&publish.file));
        let label = vec![page.words(Tone::Dim, "Publish step found by"), plain(1)];
        page.item(label, 2, Tone::Plain, words.trim_end());
    }
    if publishes.len() > MOST {
        page.sentence(2, Tone::Dim, &format!("and {} more", publishes.len() - MOST));
    }
}

fn read_with(model: &Model, repo: &Repo, page: &mut Page) {
    let age = Age::of(&repo.facts);
    let when = age.newest.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
    let asking = match &model.fleet.asking {
        _ if model.options.offline => Some("nothing was asked over the network"),
        asking => asking.as_deref(),
    };
    let when = if when.is_empty() { "not yet" } else { &when };
    let words = asking.map_or_else(|| when.to_owned(), |asking| format!("{when}, {asking}"));
    let label = vec![page.words(Tone::Dim, "Read"), plain(1)];
    page.item(label, 2, Tone::Plain, &words);
    if let Some(at) = age.stale {
        let words = format!("Some answers are old ({}) and could not be asked again.", ago(at, model.options.now));
        page.sentence(0, Tone::Strong, &words);
    }
}

fn unsure(repo: &Repo, finding: &Finding, page: &mut Page) {
    for check in finding.checks.iter().filter(|check| check.unknown.is_some()) {
        let label = vec![page.mark(check.verdict), plain(1), page.words(Tone::Strong, check.id), plain(1)];
        page.item(label, 2, Tone::Plain, &check.summary);
    }
    let opaque = repo.facts.publishes.iter().any(|publish| publish.kind == PublishKind::Opaque);
    if opaque {
        page.sentence(0, Tone::Plain, "One publish step is a script or an action whose doings the files do not show.");
    }
    let problems = repo.problems().count();
    if problems > 0 {
        page.sentence(0, Tone::Plain, &format!("{problems} files have problems; the report lists them."));
    }
    let fresh = Age::of(&repo.facts).stale.is_none();
    if fresh && !opaque && problems == 0 && finding.checks.iter().all(|check| check.unknown.is_none()) {
        page.sentence(0, Tone::Plain, "Nothing here is guessed.");
    }
}
