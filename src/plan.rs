//! Fixes worked out for one repository: what they change, what that would do to the verdicts, and what cannot be fixed.
//!
//! A [`Plan`] is plain data and pure: it holds the facts it was made from, and everything about it is computed from
//! them and from what a person takes and leaves. Nothing is written here; `crate::patch` writes [`Plan::files`].
//!
//! | part | what it does |
//! |---|---|
//! | `change` | choices, changed files and effects as plain data |
//! | `compose` | takes one fix after another, reads the changed texts again, and asks for the next |
//! | `verify` | holds every changed text against what the edits promised |

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fact::Facts;
use crate::fleet::{Repo, Rules};
use crate::requirement::{self, Profile, Refusal, Requirement, Safety, Verdict};
use crate::text::clean;

pub mod change;
mod compose;
pub mod verify;

pub use change::{Choice, ContentHash, Effect, FileChange, content_hash};

/// How often one choice is tried without the others.
const MOST_TRIES: usize = 3;

/// What a plan is made for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Ids of the requirements to fix; empty for all that are not waived.
    pub only: Vec<&'static str>,
    /// Whether fixes that a person must read first are taken from the start; otherwise they are offered.
    pub review: bool,
    /// Files that must not be touched, each with the reason: links, read-only files, what a look at the disk found.
    pub blocked: BTreeMap<String, String>,
}

/// The fixes of one repository.
#[derive(Clone)]
pub struct Plan {
    facts: Arc<Facts>,
    profile: Profile,
    wish: Wish,
    requirements: Vec<&'static dyn Requirement>,
    decisions: Vec<(Key, bool)>,
    outcome: Outcome,
}

/// What a plan comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Outcome {
    choices: Vec<Choice>,
    refusals: Vec<Refusal>,
    files: Vec<FileChange>,
    effects: Vec<Effect>,
}

/// What a fix is known by when it is worked out again on a changed text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    requirement: &'static str,
    safety: Safety,
    title: String,
    paths: Vec<String>,
}

impl Plan {
    /// Works out the fixes of a repository from what is known about it.
    pub fn new(repo: &Repo, rules: &Rules, wish: Wish) -> Self {
        let waived = |id: &str| repo.findings.iter().any(|one| one.meta.id == id && one.verdict == Verdict::Waived);
        let named = |id: &&str| wish.only.contains(id);
        let wanted = |one: &&&'static dyn Requirement| {
            let id = one.meta().id;
            if wish.only.is_empty() { !waived(id) } else { named(&id) }
        };
        let requirements = requirement::ALL.iter().filter(wanted).copied().collect();
        Self::of(Arc::new(repo.facts.clone()), rules.profile, wish, requirements)
    }

    fn of(facts: Arc<Facts>, profile: Profile, wish: Wish, requirements: Vec<&'static dyn Requirement>) -> Self {
        let mut plan = Self { facts, profile, wish, requirements, decisions: Vec::new(), outcome: Outcome::default() };
        plan.work_out();
        plan
    }

    fn work_out(&mut self) {
        self.outcome = compose::outcome(self);
    }

    /// Every fix there is, taken or left, in the order in which they are made.
    pub fn choices(&self) -> &[Choice] {
        &self.outcome.choices
    }

    /// What cannot be fixed, and why.
    pub fn refusals(&self) -> &[Refusal] {
        &self.outcome.refusals
    }

    /// The files as they will be, in order of path.
    pub fn files(&self) -> &[FileChange] {
        &self.outcome.files
    }

    /// What becomes of the verdicts: of each requirement that is fixed, and of each that changes.
    pub fn effects(&self) -> &[Effect] {
        &self.outcome.effects
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.outcome.files.is_empty()
    }

    /// Takes a choice that was left, or leaves one that was taken, and works everything out again.
    pub fn toggle(&mut self, index: usize) {
        if let Some(choice) = self.outcome.choices.get(index) {
            let decision = (Key::of_choice(choice), !choice.taken);
            self.decisions.retain(|(key, _)| *key != decision.0);
            self.decisions.push(decision);
            self.work_out();
        }
    }

    /// The same plan for the repository as it is now: what was taken and left stays so, and files may be written again
    /// that could not be.
    pub fn renew(&mut self, repo: &Repo) {
        self.facts = Arc::new(repo.facts.clone());
        self.wish.blocked.clear();
        self.work_out();
    }

    /// What one choice would change in the files as they are, without all others; nothing where it cannot be made so.
    pub fn alone(&self, index: usize) -> Vec<FileChange> {
        let Some(choice) = self.outcome.choices.get(index) else { return Vec::new() };
        let wanted = Key::of_choice(choice);
        let same = |key: &Key| key.alike(&wanted) && (key.title == wanted.title || key.paths == wanted.paths);
        let mut plan = self.clone();
        plan.requirements.retain(|requirement| requirement.meta().id == choice.requirement);
        // Leaving one may bring others that were not offered beside it.
        for _ in 0..MOST_TRIES {
            let keys = plan.outcome.choices.iter().map(Key::of_choice);
            plan.decisions = keys.map(|key| (key.clone(), same(&key))).collect();
            plan.work_out();
            let mut made = plan.outcome.choices.iter().filter(|choice| choice.is_made());
            match (made.next().map(Key::of_choice), made.next()) {
                (Some(key), None) if same(&key) => return plan.outcome.files,
                (Some(_), _) => {}
                (None, _) => return Vec::new(),
            }
        }
        Vec::new()
    }

    /// Leaves files alone, each for its reason, and works everything out again: fixes that touch them are refused.
    pub fn block(&mut self, paths: impl IntoIterator<Item = (String, String)>) {
        let before = self.wish.blocked.len();
        self.wish.blocked.extend(paths);
        if self.wish.blocked.len() > before {
            self.work_out();
        }
    }

    /// Lines added and removed in all files.
    pub fn counts(&self) -> (usize, usize) {
        let each = self.outcome.files.iter().map(FileChange::counts);
        each.fold((0, 0), |(added, removed), (more, less)| (added + more, removed + less))
    }

    /// All changes as one patch that `git apply` takes, byte for byte.
    pub fn patch(&self) -> String {
        self.outcome.files.iter().map(FileChange::patch).collect()
    }

    /// `R08 pinned-actions, R05 token-permissions`: what is fixed, for titles and the undo journal.
    pub fn title(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        for choice in self.outcome.choices.iter().filter(|choice| choice.is_made()) {
            let slug = requirement::find(choice.requirement).map_or("", |found| found.meta().slug);
            let name = format!("{} {slug}", choice.requirement).trim_end().to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join(", ")
    }

    /// What a person decided about a fix; none where they said nothing. A title may change with the text, so the
    /// files count where it does.
    fn decision(&self, key: &Key) -> Option<bool> {
        let by = |same: &dyn Fn(&Key) -> bool| self.decisions.iter().find(|(known, _)| same(known)).map(|one| one.1);
        by(&|known| known.alike(key) && known.title == key.title)
            .or_else(|| by(&|known| known.alike(key) && known.paths == key.paths))
    }

    fn takes(&self, key: &Key) -> bool {
        self.decision(key).unwrap_or(key.safety == Safety::Safe || self.wish.review)
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The facts would fill pages.
        formatter.debug_struct("Plan").field("wish", &self.wish).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl Key {
    fn of(fix: &requirement::Fix) -> Self {
        let paths = fix.files.iter().map(|file| file.path().to_owned()).collect();
        let title = clean::line(&fix.title).into_owned();
        Self { requirement: fix.requirement, safety: fix.safety, title, paths }
    }

    fn alike(&self, other: &Self) -> bool {
        self.requirement == other.requirement && self.safety == other.safety
    }

    fn of_choice(choice: &Choice) -> Self {
        let paths = choice.files.iter().map(|(path, _)| path.clone()).collect();
        Self { requirement: choice.requirement, safety: choice.safety, title: choice.title.clone(), paths }
    }
}

#[cfg(test)]
mod tests;
