//! Setting a requirement aside: a form asks for the reason, a preview shows the new `.github/shipworthy.yml`, and only
//! then it is written.

use std::sync::Arc;

use super::field::Field;
use super::key::{Code, Key};
use super::message::Effect;
use super::preview::{Kind, Preview};
use super::{Mode, Model, Place};
use crate::fact::RepoId;
use crate::fact::declared::{Declared, PATH};
use crate::fleet::{Repo, Rules};
use crate::plan::{Effect as Change, FileChange};
use crate::requirement::Verdict;
use crate::text::yaml::{self, Parsed};

/// The labels of the form, with what each asks for.
pub const LABELS: &[(&str, &str)] = &[
    ("Reason", "why it is set aside; reports quote it"),
    ("Owner", "who answers for it: a login or a name"),
    ("Until", "the last day it holds, as YYYY-MM-DD; empty for no end"),
];

/// The form while it is filled in.
#[derive(Clone, Debug)]
pub struct Form {
    /// Whose requirement.
    pub repo: RepoId,
    /// Id of the requirement.
    pub requirement: &'static str,
    /// One for each label.
    pub fields: [Field; 3],
    /// The field under the cursor.
    pub row: usize,
    /// What is missing or wrong.
    pub mistake: Option<String>,
}

impl Form {
    /// An empty form for what is under the cursor.
    ///
    /// # Errors
    /// Why it cannot be set aside, in words.
    pub fn open(model: &Model) -> Result<Self, String> {
        let repo = model.repo.clone().ok_or("there is no repository")?;
        let finding = model.finding().ok_or("nothing is judged yet; answers are awaited")?;
        match finding.verdict {
            Verdict::Pass | Verdict::NotApplicable => {
                Err(format!("{} needs no waiver: it is {}", finding.meta.id, finding.verdict.word()))
            }
            Verdict::Pending => Err(format!("{} is still awaited", finding.meta.id)),
            Verdict::Waived => Err(format!("{} is set aside already; {PATH} says why", finding.meta.id)),
            _ => Ok(Self { repo, requirement: finding.meta.id, fields: Default::default(), row: 0, mistake: None }),
        }
    }

    /// Takes a pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.row) {
            field.paste(text);
        }
    }

    /// The waiver as an item of the list, without the list.
    fn item(&self, today: &str) -> Result<String, String> {
        let [reason, owner, until] = self.fields.each_ref().map(|field| field.text().trim().to_owned());
        if reason.is_empty() || owner.is_empty() {
            return Err("a waiver needs a reason and an owner".to_owned());
        }
        let mut item = format!(
            "- requirement: {}\n  reason: {}\n  owner: {}\n",
            self.requirement,
            scalar(&reason)?,
            scalar(&owner)?
        );
        if !until.is_empty() {
            item.push_str(&format!("  until: {}\n", scalar(&until)?));
        }
        Declared::parse(&format!("waivers:\n{item}")).map_err(|problem| problem.message.clone())?;
        if !until.is_empty() && *until < *today {
            return Err(format!("{until} is past: a waiver that has ended counts no more (today is {today})"));
        }
        Ok(item)
    }
}

/// A text as YAML writes it in one line: plain where that is safe, else in double quotes, as JSON has them.
fn scalar(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || " -_./()".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.ends_with(' ')
        && serde_yaml::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_string());
    if plain { Ok(text.to_owned()) } else { serde_json::to_string(text).map_err(|error| error.to_string()) }
}

/// The declaration with one waiver more; everything else in it stays as it is.
///
/// # Errors
/// Why the waiver cannot be added cleanly, in words.
pub fn with_waiver(before: Option<&str>, item: &str) -> Result<String, String> {
    let after = match before {
        None => format!("waivers:\n{}", indented(item, 2)),
        Some(text) => added(text, item)?,
    };
    let waivers =
        |text: &str| Declared::parse(text).map(|declared| declared.waivers).map_err(|problem| problem.message);
    let (old, new) = (waivers(before.unwrap_or_default())?, waivers(&after)?);
    let kept = new.split_last().is_some_and(|(_, rest)| rest == old.as_slice());
    if kept { Ok(after) } else { Err(format!("the waivers in {PATH} are written in a way that cannot be added to")) }
}

fn added(text: &str, item: &str) -> Result<String, String> {
    let doc = match yaml::parse(&Arc::from(text)).map_err(|error| format!("{PATH}: {error}"))? {
        Parsed::Empty => return Ok(format!("{}waivers:\n{}", ended(text), indented(item, 2))),
        Parsed::Doc(doc) => doc,
    };
    let Some(waivers) = doc.root().get("waivers") else {
        return Ok(format!("{}waivers:\n{}", ended(text), indented(item, 2)));
    };
    let Some(last) = waivers.items().last() else {
        return Err(format!("`waivers` in {PATH} is empty; take the line out, and press the key again"));
    };
    let end = last.span().end;
    let line_end = text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| end + at + 1);
    let end = if text.get(..end).is_some_and(|before| before.ends_with('\n')) { end } else { line_end };
    let dash = text.get(..last.span().start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let depth = text.get(dash..).map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
    let (head, tail) = (text.get(..end).unwrap_or(text), text.get(end..).unwrap_or_default());
    Ok(format!("{}{}{tail}", ended(head), indented(item, depth)))
}

/// A text that ends its last line.
fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn indented(item: &str, depth: usize) -> String {
    item.lines().map(|line| format!("{}{line}\n", " ".repeat(depth))).collect()
}

impl Model {
    pub(super) fn fill_in(&mut self, key: Key, mut form: Form) -> Vec<Effect> {
        let last = LABELS.len() - 1;
        form.mistake = None;
        match key.code {
            Code::Esc => return self.only_say("nothing was written"),
            Code::Enter if form.row == last => match self.preview_of(&form) {
                Ok(preview) => {
                    self.scroll.clear();
                    self.preview = Some(preview);
                    self.go(Place::Fix);
                    return self.look_at_files();
                }
                Err(mistake) => form.mistake = Some(mistake),
            },
            Code::Enter | Code::Tab | Code::Down => form.row = if form.row == last { 0 } else { form.row + 1 },
            Code::BackTab | Code::Up => form.row = form.row.checked_sub(1).unwrap_or(last),
            _ => {
                if let Some(field) = form.fields.get_mut(form.row) {
                    field.take(key);
                }
            }
        }
        self.mode = Mode::Waive(form);
        Vec::new()
    }

    /// The preview of a filled-in form.
    fn preview_of(&self, form: &Form) -> Result<Preview, String> {
        let item = form.item(&self.fleet.rules.today)?;
        let repo = self.fleet.repos.get(&form.repo).ok_or("there is no repository")?;
        let (files, effects) = worked_out(repo, &self.fleet.rules, &item)?;
        let title = format!("set aside {} of {}", form.requirement, repo.name());
        Ok(Preview::of(form.repo.clone(), Kind::Waiver { title, files, item, effects }))
    }
}

/// The file with one waiver more, and what that does to the verdicts: judged on a copy.
///
/// # Errors
/// Why the waiver cannot be added cleanly, in words.
pub fn worked_out(repo: &Repo, rules: &Rules, item: &str) -> Result<(Vec<FileChange>, Vec<Change>), String> {
    let before = repo.facts.text(PATH).cloned();
    let text: Arc<str> = with_waiver(before.as_deref(), item)?.into();
    let after = repo.with_text(PATH, &text, rules);
    let pairs = repo.findings.iter().zip(&after);
    let changed = pairs.filter(|(old, new)| old.verdict != new.verdict).map(|(old, new)| Change {
        requirement: old.meta.id,
        slug: old.meta.slug,
        before: old.verdict,
        after: new.verdict,
    });
    Ok((vec![FileChange::new(PATH, before, Arc::clone(&text))], changed.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = "- requirement: R08\n  reason: later\n  owner: ada\n";

    #[test]
    fn a_waiver_is_added_and_nothing_else_changes() {
        for (before, after) in [
            (None, "waivers:\n  - requirement: R08\n    reason: later\n    owner: ada\n"),
            (
                Some("# ours\nprojects: [a]"),
                "# ours\nprojects: [a]\nwaivers:\n  - requirement: R08\n    reason: later\n    owner: ada\n",
            ),
            (Some("# only this\n"), "# only this\nwaivers:\n  - requirement: R08\n    reason: later\n    owner: ada\n"),
            (
                Some("waivers:\n- requirement: R11\n  reason: r\n  owner: o # lin\nprojects: [a]\n"),
                "waivers:\n- requirement: R11\n  reason: r\n  owner: o # lin\n- requirement: R08\n  reason: later\n  \
                 owner: ada\nprojects: [a]\n",
            ),
            (
                Some("waivers:\n    - {requirement: R11, reason: r, owner: o}"),
                "waivers:\n    - {requirement: R11, reason: r, owner: o}\n    - requirement: R08\n      reason: later\n      \
                 owner: ada\n",
            ),
        ] {
            assert_eq!(with_waiver(before, ITEM).as_deref(), Ok(after));
        }
    }

    #[test]
    fn what_cannot_be_added_to_is_refused() {
        for before in
            ["waivers: []\n", "waivers: [{requirement: R11, reason: r, owner: o}]\n", "a: [\n", "unheard: of\n"]
        {
            assert!(with_waiver(Some(before), ITEM).is_err(), "{before}");
        }
    }

    #[test]
    fn texts_stay_texts() {
        for text in ["true", "12", "no: way", "# x", "it's", "\"", "漢字 \\", "null", "2027-01-01", "- a", "ends "] {
            let read: String = serde_yaml::from_str(&scalar(text).unwrap()).unwrap();
            assert_eq!(read, text);
        }
        assert_eq!(scalar("no time yet").unwrap(), "no time yet");
    }
}
