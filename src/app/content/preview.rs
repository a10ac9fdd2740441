//! The panes of a preview: the difference that would be written, the choices, and what it would come to.

use super::{Content, short_path};
use crate::app::Model;
use crate::app::action::Action;
use crate::app::page::{Page, Tone, Words, plain};
use crate::app::preview::{Kind, Preview};
use crate::fact::files::Problem;
use crate::plan::{Choice, FileChange, Plan};
use crate::requirement::{Safety, Verdict};
use crate::text::clean;
use crate::text::diff::Mark;

/// The difference; where nothing would be written, what a person may paste.
pub fn content(model: &Model, mut page: Page) -> Content {
    let Some(preview) = &model.preview else { return Content::default() };
    if let Some(report) = preview.report() {
        for line in report.lines() {
            let shown: String = line.chars().skip(preview.shift).take(400).collect();
            let tone = if line.starts_with('#') { Tone::Strong } else { Tone::Plain };
            page.row(vec![page.words(tone, &shown)]);
        }
        return Content { title: "Report".to_owned(), corner: "markdown".to_owned(), rows: page.rows, cursor: None };
    }
    if preview.files().is_empty() {
        nothing(model, preview, &mut page);
    }
    aside(model, preview, &mut page);
    differences(preview.files(), preview.shift, &mut page);
    let (more, less) = preview.counts();
    let files = preview.files().len();
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    Content { title: "Preview".to_owned(), corner: format!("{files}  +{more} -{less}"), rows: page.rows, cursor: None }
}

/// The lines that files lose and gain.
fn differences(files: &[FileChange], shift: usize, page: &mut Page) {
    for (at, file) in files.iter().enumerate() {
        if at > 0 {
            page.blank();
        }
        let made = if file.old.is_none() { "  (new)" } else { "" };
        page.row(vec![page.words(Tone::Accent, &file.path), page.words(Tone::Dim, made)]);
        for hunk in &file.hunks {
            page.row(vec![page.words(Tone::Dim, &hunk.header)]);
            for line in &hunk.lines {
                let tone = match line.mark {
                    Mark::Added => Tone::Added,
                    Mark::Removed => Tone::Removed,
                    Mark::Same => Tone::Plain,
                };
                let shown: String = clean::line(&line.text).chars().skip(shift).take(400).collect();
                page.row(vec![page.words(tone, &format!("{}{shown}", line.mark.sign()))]);
            }
        }
    }
}

/// What the choice under the cursor would change, while it is not taken: it is read before it is taken.
fn aside(model: &Model, preview: &Preview, page: &mut Page) {
    let Some(choice) = preview.choice().filter(|_| !preview.aside.is_empty()) else { return };
    let keys = &model.options.keymap;
    if !page.rows.is_empty() {
        page.blank();
    }
    let words = format!("{} not chosen: {} takes it", choice.requirement, keys.short(Action::Mark));
    page.heading(&words);
    differences(&preview.aside, preview.shift, page);
    if !preview.files().is_empty() {
        page.blank();
        page.heading(&format!("Chosen: {} writes this", keys.short(Action::Apply)));
    }
}

/// Why nothing would be written, and what a person may paste instead.
fn nothing(model: &Model, preview: &Preview, page: &mut Page) {
    let take = model.options.keymap.short(Action::Mark);
    let refusals = preview.plan().map(Plan::refusals).unwrap_or_default();
    let choices = preview.plan().map(Plan::choices).unwrap_or_default();
    let read = preview.aside.is_empty();
    let words = if choices.is_empty() {
        "This cannot be written cleanly.".to_owned()
    } else if choices.iter().any(|choice| choice.safety == Safety::Review) {
        format!(
            "Nothing is chosen. What needs review is read first: {take} takes it and shows it; it is not written yet."
        )
    } else {
        format!("Nothing is chosen; {take} takes what the cursor is on.")
    };
    // Where the difference is shown, its heading has said it.
    if read {
        page.sentence(0, Tone::Plain, &words);
    }
    for refusal in refusals {
        if !page.rows.is_empty() {
            page.blank();
        }
        let label = vec![page.words(Tone::Strong, refusal.requirement), plain(1)];
        page.item(label, 4, Tone::Plain, &refusal.reason);
        if !refusal.snippet.is_empty() {
            page.sentence(0, Tone::Dim, &format!("To paste into {}:", refusal.path));
        }
        for line in refusal.snippet.lines() {
            page.row(vec![plain(2), page.words(Tone::Added, line)]);
        }
    }
    for problem in unread(model, preview) {
        if !page.rows.is_empty() {
            page.blank();
        }
        let label = vec![page.words(Tone::Strong, &problem.path), plain(1)];
        page.item(label, 4, Tone::Plain, &format!("is not read, so nothing in it is fixed: {}", problem.message));
    }
}

/// Files of the repository whose meaning is not known.
fn unread<'a>(model: &'a Model, preview: &Preview) -> impl Iterator<Item = &'a Problem> {
    model.fleet.repos.get(&preview.repo).into_iter().flat_map(|repo| repo.unread())
}

/// The choices, where they are written to, and what cannot be fixed.
pub fn plan(model: &Model, mut page: Page, wide: bool) -> Content {
    let Some(preview) = &model.preview else { return Content::default() };
    if !wide {
        effects(preview, &mut page);
        if preview.choices() == 0 {
            uncommitted(preview, &mut page);
        }
    }
    let mut cursor = None;
    for (at, choice) in preview.plan().map(Plan::choices).unwrap_or_default().iter().enumerate() {
        if at == preview.row {
            cursor = Some(page.rows.len());
        }
        self::choice(model, (preview, choice), (at == preview.row, wide), &mut page);
    }
    if wide {
        if !page.rows.is_empty() {
            page.blank();
        }
        target(model, preview, &mut page);
        not_fixable(model, preview, &mut page);
    }
    let taken = preview.plan().map(|plan| plan.choices().iter().filter(|choice| choice.is_made()).count());
    let corner = taken.map(|taken| format!("{taken} chosen")).unwrap_or_default();
    Content { title: "Plan".to_owned(), corner, rows: page.rows, cursor }
}

fn choice(model: &Model, (preview, choice): (&Preview, &Choice), (cursor, wide): (bool, bool), page: &mut Page) {
    let sign = match (&choice.refused, choice.taken) {
        (Some(_), _) => "[-]",
        (None, true) => "[x]",
        (None, false) => "[ ]",
    };
    let label = vec![
        page.words(Tone::Accent, if cursor { "> " } else { "  " }),
        page.words(if cursor { Tone::Strong } else { Tone::Plain }, sign),
        plain(1),
        page.words(Tone::Strong, choice.requirement),
        plain(1),
    ];
    let files: Vec<String> = choice
        .files
        .iter()
        .map(|(path, lines)| format!("{} {lines} line{}", short_path(path), if *lines == 1 { "" } else { "s" }))
        .collect();
    let review = if choice.safety == Safety::Review { " (review)" } else { "" };
    let again = model.options.keymap.short(Action::Refresh);
    let refused = choice.refused.as_ref().map(|why| format!("{}; {again} reads it again", short_path(why)));
    let words = refused.unwrap_or_else(|| format!("{}{review}", files.join(", ")));
    page.item(label, 6, Tone::Plain, &words);
    let mixed = choice.files.iter().any(|(path, _)| preview.uncommitted.contains(path));
    if mixed && !wide {
        page.sentence(6, Tone::Verdict(Verdict::Warn), "holds changes that are not committed yet");
    }
    if cursor {
        page.sentence(6, Tone::Dim, &choice.title);
        for note in &choice.notes {
            page.sentence(6, Tone::Dim, note);
        }
    }
}

fn target(model: &Model, preview: &Preview, page: &mut Page) {
    page.heading("Writes to");
    if preview.report().is_some() {
        page.sentence(2, Tone::Plain, "the reports in the state folder, never into a repository");
        return;
    }
    let Some(root) = model.options.roots.get(&preview.repo) else {
        let copy = model.options.keymap.short(Action::Copy);
        page.sentence(2, Tone::Plain, &format!("no folder of it is here: {copy} copies the patch"));
        return;
    };
    page.sentence(2, Tone::Plain, &root.to_string_lossy());
    let repo = model.fleet.repos.get(&preview.repo);
    let git = repo.and_then(|repo| repo.facts.git.value()).and_then(Option::as_ref);
    if let Some(git) = git {
        let branch = git.branch.as_deref().unwrap_or("no branch");
        let dirty = match git.dirty {
            Some(0) => ", clean".to_owned(),
            Some(files) => format!(", {files} changed"),
            None => String::new(),
        };
        page.sentence(2, Tone::Plain, &format!("branch: {branch}{dirty}"));
    }
    uncommitted(preview, page);
    page.blank();
    page.sentence(0, Tone::Plain, "Never commits, never pushes.");
}

/// Names files that are written and hold what is not committed yet: it would be mixed with that.
fn uncommitted(preview: &Preview, page: &mut Page) {
    let written = |path: &&String| preview.files().iter().chain(&preview.aside).any(|file| file.path == **path);
    let mixed: Vec<&str> = preview.uncommitted.iter().filter(written).map(|path| short_path(path)).collect();
    if !mixed.is_empty() {
        let words = format!("not committed yet, and changed by this as well: {}", mixed.join(", "));
        page.sentence(2, Tone::Verdict(Verdict::Warn), &words);
    }
}

/// What has no fix in files: refusals, and settings.
fn not_fixable(model: &Model, preview: &Preview, page: &mut Page) {
    let Some(plan) = preview.plan() else { return };
    let repo = model.fleet.repos.get(&preview.repo);
    let findings = repo.map(|repo| repo.findings.as_slice()).unwrap_or_default();
    let settings: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.guide.is_some() && finding.fix.is_none())
        .filter(|finding| matches!(finding.verdict, Verdict::Fail | Verdict::Warn))
        .map(|finding| finding.meta.id)
        .collect();
    let unread: Vec<&Problem> = unread(model, preview).collect();
    if plan.refusals().is_empty() && settings.is_empty() && unread.is_empty() {
        return;
    }
    page.blank();
    page.heading("Not fixable here");
    for refusal in plan.refusals() {
        let label = vec![plain(2), page.words(Tone::Strong, refusal.requirement), plain(1)];
        page.item(label, 6, Tone::Plain, &refusal.reason);
    }
    for id in settings {
        page.row(vec![
            plain(2),
            page.words(Tone::Strong, id),
            plain(1),
            page.words(Tone::Plain, "a setting on the forge"),
        ]);
    }
    for problem in unread {
        page.item(vec![plain(2)], 6, Tone::Plain, &format!("{} is not read: {}", problem.path, problem.message));
    }
}

/// What the write would come to, judged on the changed texts.
pub fn effect(model: &Model, mut page: Page) -> Content {
    let Some(preview) = &model.preview else { return Content::default() };
    effects(preview, &mut page);
    if !preview.files().is_empty() {
        let words = "Both YAML readers agree on the new text, and everything else in it stays as it is.";
        page.sentence(0, Tone::Dim, words);
    }
    let corner = if preview.report().is_none() { "judged on a copy" } else { "" };
    Content { title: "Effect".to_owned(), corner: corner.to_owned(), rows: page.rows, cursor: None }
}

fn effects(preview: &Preview, page: &mut Page) {
    let effects = match &preview.kind {
        Kind::Report { .. } | Kind::Signoff { .. } => {
            page.sentence(0, Tone::Plain, "What cannot be told is said so; nothing is rounded up to ready.");
            return;
        }
        Kind::Waiver { effects, .. } => effects,
        Kind::Fix(plan) => plan.effects(),
    };
    if effects.is_empty() {
        page.sentence(0, Tone::Dim, "No verdict would change.");
        return;
    }
    let arrow = if page.style().ascii { "->" } else { "→" };
    let mut row = vec![page.words(Tone::Plain, "After applying:")];
    for effect in effects {
        row.extend([
            plain(2),
            page.words(Tone::Strong, effect.requirement),
            plain(1),
            page.mark(effect.before),
            Words { tone: Tone::Plain, text: format!(" {arrow} ") },
            page.mark(effect.after),
        ]);
    }
    page.row(row);
    for effect in effects.iter().filter(|effect| effect.is_worse() && effect.after != Verdict::Waived) {
        let words = format!("{} gets worse: {}", effect.slug, effect.line());
        page.sentence(0, Tone::Verdict(Verdict::Fail), &words);
    }
    if effects.iter().any(|effect| effect.after == Verdict::Waived) {
        page.sentence(0, Tone::Plain, "It is shown as waived with its reason, never as a pass.");
    }
}
