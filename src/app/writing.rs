//! Writing what is previewed, and how that ended: what was written is told, and what was not stays open with its choices.

use super::action::Action;
use super::message::{Effect, Scope};
use super::preview::{Busy, Kind, Preview};
use super::{Mode, Model, Place, content, waiver};
use crate::fact::RepoId;

/// What kept a preview from being written.
pub struct Refused<'a> {
    /// The files, each with the reason.
    pub files: &'a [(String, String)],
    /// Why, in words.
    pub why: &'a str,
    /// Whether reading the files again helps.
    pub outdated: bool,
    /// The files that were written all the same.
    pub written: &'a [String],
}

impl Model {
    /// Reads the files of the preview again and makes it anew; what was chosen stays chosen.
    pub(super) fn read_again(&mut self) -> Vec<Effect> {
        let Some(preview) = &mut self.preview else { return Vec::new() };
        if let Some(busy) = preview.busy {
            return self.only_say(busy.words());
        }
        if preview.report().is_some() || !self.options.roots.contains_key(&preview.repo) {
            return self.only_say("no file is read for this, so there is nothing to read again");
        }
        preview.busy = Some(Busy::Reading);
        let repo = preview.repo.clone();
        self.say("reading the files again");
        self.ask_quietly(vec![repo], Scope::Local)
    }

    /// Makes the preview anew when its files were read again.
    pub(super) fn renew_preview(&mut self, repo: &RepoId) -> Vec<Effect> {
        let reads = |preview: &&mut Preview| preview.repo == *repo && preview.busy == Some(Busy::Reading);
        let Some(preview) = self.preview.as_mut().filter(reads) else { return Vec::new() };
        let Some(known) = self.fleet.repos.get(repo) else { return Vec::new() };
        preview.busy = None;
        preview.uncommitted.clear();
        let done = match &mut preview.kind {
            Kind::Fix(plan) => {
                plan.renew(known);
                Ok(())
            }
            Kind::Waiver { files, item, effects, .. } => {
                waiver::worked_out(known, &self.fleet.rules, item).map(|anew| (*files, *effects) = anew)
            }
            Kind::Report { .. } | Kind::Signoff { .. } => Ok(()),
        };
        preview.look_at_row();
        match done {
            Ok(()) => self.say("read again; this is the preview for the files as they are now"),
            Err(why) => self.refuse(why),
        }
        self.look_at_files()
    }

    /// Writes what is previewed.
    pub(super) fn apply(&mut self) -> Vec<Effect> {
        let Some(preview) = self.preview.clone() else { return Vec::new() };
        if let Kind::Report { name, text } = preview.kind {
            // It goes to the folder of the program, so that even --read-only leaves it be.
            self.go_back();
            return vec![Effect::Keep { name, text }];
        }
        if preview.signoff_texts().is_some() {
            return self.deliver(None);
        }
        if self.options.read_only {
            return self.only_say("nothing is written: --read-only");
        }
        if let Some(busy) = preview.busy {
            return self.only_say(busy.words());
        }
        if preview.files().is_empty() {
            let keys = &self.options.keymap;
            let (take, skip) = (keys.short(Action::Mark), keys.short(Action::NextMatch));
            let skip = if self.series.is_empty() { String::new() } else { format!("; {skip} skips this repository") };
            let take = if preview.choices() > 0 { format!("; {take} takes a choice") } else { String::new() };
            return self.only_say(format!("nothing is chosen, so there is nothing to write{take}{skip}"));
        }
        let Some(root) = self.options.roots.get(&preview.repo).cloned() else {
            let copy = self.options.keymap.short(Action::Copy);
            self.refuse(format!("{} is not a folder here; {copy} copies the patch", self.name_of(&preview.repo)));
            return Vec::new();
        };
        if let Some(preview) = &mut self.preview {
            preview.busy = Some(Busy::Writing);
        }
        let (title, files) = (preview.title(), preview.files().to_vec());
        vec![Effect::Write { repo: preview.repo, root, title, files }]
    }

    /// Whether the preview that is open waits for the end of writing to this repository; it does no more then.
    fn ends_writing(&mut self, repo: &RepoId) -> bool {
        let writes = |preview: &&mut Preview| preview.repo == *repo && preview.busy == Some(Busy::Writing);
        self.preview.as_mut().filter(writes).map(|preview| preview.busy = None).is_some()
    }

    /// Takes in that the preview was written, and goes on with the next of those marked.
    pub(super) fn wrote(&mut self, repo: &RepoId, files: &[String]) -> Vec<Effect> {
        let ends = self.ends_writing(repo);
        // Our own change is no news; it is judged without a word.
        let mut effects = self.ask_quietly(vec![repo.clone()], Scope::Local);
        let undo = self.options.keymap.short(Action::Undo);
        let what = match files {
            [] => "it is so already".to_owned(),
            [_] => "wrote 1 file".to_owned(),
            many => format!("wrote {} files", many.len()),
        };
        if ends && !self.series.is_empty() {
            let before = format!("{what} of {}; ", self.name_of(repo));
            if let Some(next) = self.next_of_series(&before) {
                effects.extend(next);
                return effects;
            }
        }
        if ends {
            self.leave_preview();
        }
        self.say(match files {
            [] => format!("{what}; nothing was written"),
            [_] => format!("{what}; {undo} puts it back"),
            _ => format!("{what}; {undo} puts them back"),
        });
        effects
    }

    /// Takes in that the preview was not written: it stays open as it is.
    pub(super) fn not_written(&mut self, repo: &RepoId, refused: &Refused<'_>) -> Vec<Effect> {
        self.ends_writing(repo);
        let keys = &self.options.keymap;
        let why = match refused.files {
            [] => refused.why.to_owned(),
            [(path, why), rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
                format!("{} {why}{more}", content::short_path(path))
            }
        };
        let again = keys.short(Action::Refresh);
        let again = if refused.outdated { format!("; {again} reads it again") } else { String::new() };
        if refused.written.is_empty() {
            self.refuse(format!("NOT written: {why}{again}"));
            return Vec::new();
        }
        let (undo, files) = (keys.short(Action::Undo), refused.written.len());
        self.refuse(format!("NOT all written: {why}; {undo} puts back the {files} that were"));
        self.ask_quietly(vec![repo.clone()], Scope::Local)
    }

    /// Takes in that the last write was put back.
    pub(super) fn put_back(&mut self, repo: &RepoId, files: &[String], left: usize) -> Vec<Effect> {
        let what = match files {
            [one] => content::short_path(one).to_owned(),
            many => format!("{} files", many.len()),
        };
        let more = if left > 0 { format!("; {left} earlier can be undone, too") } else { String::new() };
        self.say(format!("put back {what}{more}"));
        self.ask_quietly(vec![repo.clone()], Scope::Local)
    }

    /// Leaves the preview, also where another screen lies above it.
    fn leave_preview(&mut self) {
        if self.place == Place::Fix {
            self.go_back();
        } else {
            self.trail.retain(|place| *place != Place::Fix);
            self.preview = None;
        }
    }

    /// Puts back what the last write to the repository under the cursor replaced.
    pub(super) fn undo(&mut self) -> Vec<Effect> {
        let repo = self.preview.as_ref().map(|preview| preview.repo.clone()).or_else(|| self.repo.clone());
        let Some(repo) = repo else { return self.only_say("there is no repository") };
        if self.options.read_only {
            return self.only_say("nothing is put back: --read-only");
        }
        let Some(root) = self.options.roots.get(&repo).cloned() else {
            let name = self.name_of(&repo);
            return self.only_say(format!("{name} is not a folder here, so nothing was written there"));
        };
        if let Some(busy) = self.preview.as_ref().and_then(|preview| preview.busy) {
            return self.only_say(busy.words());
        }
        if self.place == Place::Fix {
            self.series.clear();
            self.go_back();
        }
        self.mode = Mode::Browse;
        vec![Effect::Undo { repo, root }]
    }
}
