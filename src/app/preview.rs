//! The preview of a write: a fix with its choices, or a waiver. What is shown here is what is written, and nothing is
//! written before it was shown.

use std::collections::{BTreeMap, BTreeSet};

use super::action::Action;
use super::field::Field;
use super::key::{Code, Key};
use super::layout::Pane;
use super::message::Effect;
use super::{Mode, Model, Place};
use crate::fact::RepoId;
use crate::fleet::Fleet;
use crate::plan::{Choice, FileChange, Plan, Wish};
use crate::report::{Format, Look, Report};
use crate::requirement::Verdict;
use crate::text::diff::Hunk;

/// How many columns one step to the side scrolls.
const STEP: usize = 8;

/// How far a preview is scrolled to the side at most.
const FARTHEST: usize = 400;

/// What a write would change.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Whose files.
    pub repo: RepoId,
    /// What it changes.
    pub kind: Kind,
    /// The choice under the cursor.
    pub row: usize,
    /// How many columns are scrolled away to the left.
    pub shift: usize,
    /// What the choice under the cursor would change alone, while it is not taken.
    pub aside: Vec<FileChange>,
    /// Files that hold what is not committed yet.
    pub uncommitted: BTreeSet<String>,
    /// What is done with its files right now.
    pub busy: Option<Busy>,
}

/// What is done with the files of a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// They are written; how that ended is not told yet.
    Writing,
    /// They are read again, and the preview is made anew with their texts.
    Reading,
}

impl Busy {
    /// Why nothing else is done meanwhile.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Writing => "the files are being written",
            Self::Reading => "the files are being read again",
        }
    }
}

/// What a preview is of.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Fixes that can be taken or left.
    Fix(Box<Plan>),
    /// A report, which goes to the state folder.
    Report {
        /// Its name.
        name: String,
        /// What it holds, in Markdown.
        text: String,
    },
    /// A sign-off, which goes to the state folder or where a person says.
    Signoff {
        /// Its name, without an ending.
        name: String,
        /// The Markdown and the JSON.
        texts: Box<(String, String)>,
    },
    /// A waiver.
    Waiver {
        /// What is set aside.
        title: String,
        /// The file with the waiver.
        files: Vec<FileChange>,
        /// The waiver as an item of the list.
        item: String,
        /// What it would do to the verdicts.
        effects: Vec<crate::plan::Effect>,
    },
}

impl Preview {
    /// The preview of fixes.
    pub fn fix(repo: RepoId, plan: Plan) -> Self {
        // What would be written is shown first.
        let row = plan.choices().iter().position(Choice::is_made).unwrap_or_default();
        let mut preview = Self { row, ..Self::of(repo, Kind::Fix(Box::new(plan))) };
        preview.look_at_row();
        preview
    }

    /// A preview of anything.
    pub const fn of(repo: RepoId, kind: Kind) -> Self {
        Self { repo, kind, row: 0, shift: 0, aside: Vec::new(), uncommitted: BTreeSet::new(), busy: None }
    }

    /// The fixes, where it is of fixes.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.kind {
            Kind::Fix(plan) => Some(plan),
            Kind::Waiver { .. } | Kind::Report { .. } | Kind::Signoff { .. } => None,
        }
    }

    /// The files as they would be.
    pub fn files(&self) -> &[FileChange] {
        match &self.kind {
            Kind::Fix(plan) => plan.files(),
            Kind::Waiver { files, .. } => files,
            Kind::Report { .. } | Kind::Signoff { .. } => &[],
        }
    }

    /// What it does, for the first line and for the journal.
    pub fn title(&self) -> String {
        match &self.kind {
            Kind::Waiver { title, .. } => title.clone(),
            Kind::Report { name, .. } => format!("report {name}"),
            Kind::Signoff { name, .. } => format!("{name}.md and .json"),
            Kind::Fix(plan) if plan.is_empty() => "fix nothing yet".to_owned(),
            Kind::Fix(plan) => format!("fix {}", plan.title()),
        }
    }

    /// The report, where it is one.
    pub fn report(&self) -> Option<&str> {
        match &self.kind {
            Kind::Report { text, .. } => Some(text),
            Kind::Signoff { texts, .. } => Some(&texts.0),
            Kind::Fix(_) | Kind::Waiver { .. } => None,
        }
    }

    /// The preview of a sign-off, as Markdown and JSON.
    pub fn signoff(repo: RepoId, name: String, texts: (String, String)) -> Self {
        Self::of(repo, Kind::Signoff { name, texts: Box::new(texts) })
    }

    /// The name and the texts of a sign-off, where it is one.
    pub fn signoff_texts(&self) -> Option<(&str, &(String, String))> {
        match &self.kind {
            Kind::Signoff { name, texts } => Some((name, texts)),
            _ => None,
        }
    }

    /// The choice under the cursor, where there are choices.
    pub fn choice(&self) -> Option<&Choice> {
        self.plan()?.choices().get(self.row)
    }

    /// Works out what the choice under the cursor would change, so that it can be read before it is taken. The choice
    /// under the cursor stays one when there are fewer.
    pub(super) fn look_at_row(&mut self) {
        self.row = self.row.min(self.choices().saturating_sub(1));
        let open = self.choice().is_some_and(|choice| !choice.taken && choice.refused.is_none());
        self.aside = self.plan().filter(|_| open).map(|plan| plan.alone(self.row)).unwrap_or_default();
    }

    /// The file and line from 1 that the choice under the cursor changes first; else those of the first file.
    pub fn place(&self) -> Option<(String, usize)> {
        let alone = self.plan().map(|plan| plan.alone(self.row)).unwrap_or_default();
        let named = self.choice().and_then(|choice| choice.files.first());
        let file = alone.first().or_else(|| {
            let same = |file: &&FileChange| named.is_some_and(|(path, _)| *path == file.path);
            self.files().iter().find(same).or_else(|| self.files().first().filter(|_| named.is_none()))
        });
        match (file, named) {
            (Some(file), _) => Some((file.path.clone(), file.hunks.first().map_or(1, Hunk::first_changed))),
            (None, Some((path, _))) => Some((path.clone(), 1)),
            (None, None) => None,
        }
    }

    /// All of it as a patch that `git apply` takes.
    pub fn patch(&self) -> String {
        self.files().iter().map(FileChange::patch).collect()
    }

    /// Lines added and removed.
    pub fn counts(&self) -> (usize, usize) {
        let each = self.files().iter().map(FileChange::counts);
        each.fold((0, 0), |(added, removed), (more, less)| (added + more, removed + less))
    }

    /// How many choices there are.
    pub fn choices(&self) -> usize {
        self.plan().map_or(0, |plan| plan.choices().len())
    }
}

impl Model {
    /// Opens the preview of the fix of the requirement under the cursor, or says why there is none.
    pub(super) fn fix(&mut self) -> Vec<Effect> {
        let Some(finding) = self.finding() else { return self.only_say("nothing is judged yet; answers are awaited") };
        let id = finding.meta.id;
        match finding.verdict {
            Verdict::Pass | Verdict::NotApplicable => return self.only_say(format!("{id} needs no fix")),
            Verdict::Pending => return self.only_say(format!("{id} is still awaited")),
            _ => {}
        }
        let offer = finding.fix.as_ref().map(|fix| fix.title.clone());
        let why = match (offer, &finding.guide) {
            (Some(title), _) => format!("{title}: done by hand, no fix is worked out for it"),
            (None, Some(_)) => format!("{id} is a setting, not a file"),
            (None, None) => format!("{id} has no fix that files could hold"),
        };
        // What needs a person's eyes is shown and left out until it is taken: that is its confirmation.
        self.series.clear();
        let opened = self.repo.clone().and_then(|repo| self.plan(&repo, Wish { only: vec![id], ..Wish::default() }));
        opened.unwrap_or_else(|| {
            let how = self.how_to();
            self.only_say(format!("{why}; {how}"))
        })
    }

    /// Opens the preview of everything that can be fixed in the files of the repository under the cursor, or of the
    /// marked ones, one after another.
    pub(super) fn fix_all(&mut self) -> Vec<Effect> {
        self.series = self.acted_on().into();
        let opened = self.next_of_series("");
        opened.unwrap_or_else(|| self.only_say("nothing here can be fixed in files"))
    }

    /// Opens the preview of the next repository of a series that has something to fix, and says what else is to come;
    /// none where none is left.
    pub(super) fn next_of_series(&mut self, before: &str) -> Option<Vec<Effect>> {
        while let Some(id) = self.series.pop_front() {
            if let Some(effects) = self.plan(&id, Wish::default()) {
                let skip = self.options.keymap.short(Action::NextMatch);
                let name = self.name_of(&id);
                match (self.series.len(), before) {
                    (0, "") => {}
                    (0, before) => self.say(format!("{before}now {name}, the last of those marked")),
                    (left, before) => {
                        self.say(format!("{before}now {name}, then {left} more of those marked; {skip} skips one"));
                    }
                }
                return Some(effects);
            }
        }
        None
    }

    /// Leaves the fixes of this repository as they are and goes on with the next of those marked.
    fn skip(&mut self) -> Vec<Effect> {
        let Some(name) = self.preview.as_ref().map(|preview| self.name_of(&preview.repo)) else { return Vec::new() };
        if self.series.is_empty() {
            let back = self.options.keymap.short(Action::Back);
            return self.only_say(format!("no other of those marked is left; {back} goes back"));
        }
        let left = format!("{name} stays as it is; ");
        self.next_of_series(&left).unwrap_or_else(|| {
            self.go_back();
            self.only_say(format!("{left}nothing else of those marked can be fixed in files"))
        })
    }

    /// Works out fixes and opens their preview; none where there is nothing to show.
    fn plan(&mut self, id: &RepoId, wish: Wish) -> Option<Vec<Effect>> {
        let repo = self.fleet.repos.get(id)?;
        let id = id.clone();
        let plan = Plan::new(repo, &self.fleet.rules, wish);
        if plan.choices().is_empty() && plan.refusals().is_empty() {
            return None;
        }
        self.scroll.clear();
        self.preview = Some(Preview::fix(id, plan));
        self.go(Place::Fix);
        Some(self.look_at_files())
    }

    /// Looks whether the files of the preview could be written, and whether they hold what is not committed.
    pub(super) fn look_at_files(&self) -> Vec<Effect> {
        let Some(preview) = &self.preview else { return Vec::new() };
        let (repo, files) = (preview.repo.clone(), [preview.files(), &preview.aside].concat());
        let root = self.options.roots.get(&repo).cloned().filter(|_| !files.is_empty());
        root.map(|root| Effect::Look { repo, root, files }).into_iter().collect()
    }

    fn how_to(&self) -> String {
        let keys = &self.options.keymap;
        match self.place {
            Place::Evidence => format!("{} shows what to do", keys.short(Action::Pane3)),
            _ => format!("{} opens what to do", keys.short(Action::Open)),
        }
    }

    /// What an action means on a preview.
    pub(super) fn on_preview(&mut self, action: Action) -> Vec<Effect> {
        let half = isize::try_from(self.half_page()).unwrap_or(1);
        match action {
            Action::Down => self.go_to_choice(1),
            Action::Up => self.go_to_choice(-1),
            Action::ScrollDown => self.scroll_by(Pane::Preview, 1),
            Action::ScrollUp => self.scroll_by(Pane::Preview, -1),
            Action::HalfDown => self.scroll_by(Pane::Preview, half),
            Action::HalfUp => self.scroll_by(Pane::Preview, -half),
            Action::First => self.scroll_to(Pane::Preview, false),
            Action::Last => self.scroll_to(Pane::Preview, true),
            Action::Left => self.shift(false),
            Action::Right => self.shift(true),
            Action::Mark => return self.toggle(),
            Action::NextMatch => return self.skip(),
            Action::Open if self.preview.as_ref().is_some_and(|preview| preview.signoff_texts().is_some()) => {
                self.mode = Mode::Destination(Field::default());
            }
            Action::Open => {
                let report = self.preview.as_ref().is_some_and(|preview| preview.report().is_some());
                let writes = self.options.keymap.short(if report { Action::Report } else { Action::Apply });
                self.say(format!("enter never writes; {writes} writes what the preview shows"));
            }
            Action::Apply => return self.apply(),
            _ => {}
        }
        Vec::new()
    }

    /// Moves among the choices; where there are none, it scrolls.
    fn go_to_choice(&mut self, by: isize) {
        match &mut self.preview {
            Some(preview) if preview.choices() > 0 => {
                preview.row = preview.row.saturating_add_signed(by).min(preview.choices() - 1);
                preview.look_at_row();
                self.scroll.remove(&Pane::Preview);
                self.moved = Some(Pane::Plan);
            }
            _ => self.scroll_by(Pane::Preview, by),
        }
    }

    fn shift(&mut self, right: bool) {
        if let Some(preview) = &mut self.preview {
            let shift = preview.shift;
            preview.shift = if right { (shift + STEP).min(FARTHEST) } else { shift.saturating_sub(STEP) };
        }
    }

    /// Takes or leaves the choice under the cursor.
    fn toggle(&mut self) -> Vec<Effect> {
        let Some(preview) = &mut self.preview else { return Vec::new() };
        if let Some(busy) = preview.busy {
            return self.only_say(busy.words());
        }
        if let Some((id, why)) = preview.choice().and_then(|one| Some((one.requirement, one.refused.clone()?))) {
            let again = self.options.keymap.short(Action::Refresh);
            return self.only_say(format!("{id} cannot be taken: {why}; {again} reads the files again"));
        }
        let Kind::Fix(plan) = &mut preview.kind else { return self.only_say("there is nothing to choose here") };
        plan.toggle(preview.row);
        preview.look_at_row();
        self.look_at_files()
    }

    /// Takes in what a look at the files found: those that cannot be written are left alone.
    pub(super) fn looked(&mut self, repo: &RepoId, blocked: Vec<(String, String)>, uncommitted: Vec<String>) {
        let Some(preview) = self.preview.as_mut().filter(|preview| preview.repo == *repo) else { return };
        preview.uncommitted.extend(uncommitted);
        if let Kind::Fix(plan) = &mut preview.kind {
            plan.block(blocked);
            preview.look_at_row();
        }
    }

    /// Whether what is previewed could be written.
    pub fn can_write(&self) -> bool {
        let Some(preview) = &self.preview else { return false };
        let root = self.options.roots.contains_key(&preview.repo) && !self.options.read_only;
        root || preview.report().is_some()
    }

    /// Previews the report of the repositories that are meant: in the fleet the marked ones, else all that are shown.
    pub(super) fn report(&mut self) -> Vec<Effect> {
        if self.preview.as_ref().is_some_and(|preview| preview.report().is_some()) {
            return self.apply();
        }
        let all = self.place == Place::Fleet && self.matrix.marks.is_empty();
        let meant = if all { self.matrix.order.clone() } else { self.acted_on() };
        let Some(first) = meant.first().cloned() else { return self.only_say("there is no repository to report") };
        let repos = self.fleet.repos.iter().filter(|(id, _)| meant.contains(id));
        let repos: BTreeMap<_, _> = repos.map(|(id, repo)| (id.clone(), repo.clone())).collect();
        let partial = repos.values().any(|repo| !repo.finished);
        let mut fleet = Fleet::new(self.fleet.rules.clone());
        (fleet.repos, fleet.quota) = (repos, self.fleet.quota);
        let report = Report { fleet: &fleet, at: self.options.now, partial };
        let mut text = Vec::new();
        if let Err(error) = Format::Markdown.write(&report, &Look::default(), &mut text) {
            return self.only_say(format!("the report could not be made: {error}"));
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let name = self.options.now.strftime("%Y-%m-%d-%H%M%S.md").to_string();
        self.scroll.clear();
        self.preview = Some(Preview::of(first, Kind::Report { name, text }));
        self.go(Place::Fix);
        Vec::new()
    }

    /// A key while the place of a sign-off is typed.
    pub(super) fn type_destination(&mut self, key: Key, mut field: Field) -> Vec<Effect> {
        match key.code {
            Code::Esc => return Vec::new(),
            Code::Enter => {
                let path = field.text().trim().to_owned();
                return self.deliver(Some(path).filter(|path| !path.is_empty()));
            }
            _ => field.take(key),
        };
        self.mode = Mode::Destination(field);
        Vec::new()
    }

    /// Writes the sign-off that is previewed.
    pub(super) fn deliver(&mut self, path: Option<String>) -> Vec<Effect> {
        let Some(preview) = self.preview.clone() else { return Vec::new() };
        let Some((name, texts)) = preview.signoff_texts() else { return Vec::new() };
        self.go_back();
        let root = self.options.roots.get(&preview.repo).cloned();
        vec![Effect::Deliver { path, name: name.to_owned(), texts: texts.clone(), root }]
    }
}
