//! The pane that says what to do about a finding.

use super::Content;
use crate::app::Model;
use crate::app::action::Action;
use crate::app::page::{Page, Tone, plain};
use crate::report::text::settled_by;
use crate::requirement::{Finding, Guide, Verdict, explain};

/// What the pane holds.
pub fn content(model: &Model, mut page: Page) -> Content {
    let content = Content { title: "What to do".to_owned(), ..Content::default() };
    let (Some(meta), Some(finding)) = (model.meta(), model.finding()) else { return content };
    let key = |action| model.options.keymap.short(action);
    first(finding, &mut page);
    if let Some(fix) = &finding.fix {
        let label = vec![page.words(Tone::Accent, &format!("{}  ", key(Action::Fix)))];
        page.item(label, 3, Tone::Plain, &format!("{} ({})", fix.title, fix.safety.word()));
        page.blank();
    }
    if let Some(guide) = &finding.guide {
        steps(guide, &key(Action::Browse), &key(Action::Copy), &mut page);
    } else if by_page(finding) {
        for words in explain::section(meta.id, "What to do") {
            match explain::snippet(&words) {
                Some(text) => {
                    page.blank();
                    page.verbatim(3, Tone::Dim, &text);
                    page.blank();
                    let words = format!("{} copies it.", key(Action::Copy));
                    page.sentence(0, Tone::Plain, &words);
                }
                None => page.sentence(0, Tone::Plain, &words),
            }
        }
        page.blank();
    }
    if matches!(finding.verdict, Verdict::Fail | Verdict::Warn | Verdict::Unknown | Verdict::Manual) {
        let words = format!("{} asks again, {} sets it aside with a reason.", key(Action::Refresh), key(Action::Waive));
        page.sentence(0, Tone::Dim, &words);
    }
    Content { rows: page.rows, ..content }
}

/// Whether the page of its requirement says what to do, since nothing nearer does.
pub fn by_page(finding: &Finding) -> bool {
    let helped = finding.fix.is_some() || finding.guide.is_some();
    !helped && !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable)
}

/// What kind of work it is.
fn first(finding: &Finding, page: &mut Page) {
    let words = match finding.verdict {
        Verdict::Pass => "Nothing: it holds.".to_owned(),
        Verdict::NotApplicable => "Nothing: it does not apply here.".to_owned(),
        Verdict::Pending => "Wait: answers are on their way.".to_owned(),
        Verdict::Waived => {
            let reason = finding.waiver.as_ref().map(|waiver| {
                let until = waiver.until.as_deref().map_or("without an end".to_owned(), |day| format!("until {day}"));
                format!("Set aside by {}, {until}: {}", waiver.owner, waiver.reason)
            });
            reason.unwrap_or_else(|| "Set aside.".to_owned())
        }
        Verdict::Unknown => finding.unknown().map_or_else(
            || "It cannot be told.".to_owned(),
            |why| format!("It cannot be told ({}). What settles it: {}.", why.reason.word(), settled_by(why)),
        ),
        Verdict::Manual => "Only a person can tell; the release checklist asks for it.".to_owned(),
        Verdict::Fail | Verdict::Warn if finding.fix.is_some() => "Local files can be changed:".to_owned(),
        Verdict::Fail | Verdict::Warn if finding.guide.is_some() => {
            "A setting, not a file: it is changed on the forge.".to_owned()
        }
        Verdict::Fail | Verdict::Warn => "By hand:".to_owned(),
    };
    page.sentence(0, Tone::Plain, &words);
    page.blank();
}

fn steps(guide: &Guide, browse: &str, copy: &str, page: &mut Page) {
    for (at, step) in guide.steps.iter().enumerate() {
        let label = vec![page.words(Tone::Strong, &format!("{}", at + 1)), plain(2)];
        page.item(label, 3, Tone::Plain, step);
    }
    if !guide.url.is_empty() {
        page.blank();
        let label = vec![page.words(Tone::Accent, browse), plain(2)];
        page.item(label, 3, Tone::Dim, &guide.url);
    }
    if !guide.command.is_empty() {
        page.blank();
        page.sentence(0, Tone::Plain, &format!("or copy the command with {copy}:"));
        page.verbatim(3, Tone::Dim, &guide.command);
    }
    page.blank();
}
