//! What a survey says, as far as it still counts: rounds of questions, and files that others changed.

use std::collections::BTreeMap;

use super::message::{Effect, Outcome, Scope};
use super::writing::Refused;
use super::{Model, Place};
use crate::fact::{Fact, LogLine, Observation, RepoId, SurveyEvent, Topic};

/// Most lines of the log that are kept.
const MOST_LINES: usize = 5000;

/// Most folders that are read again whenever the window gets the focus.
const MOST_FOLDERS: usize = 50;

/// From which round on answers of a repository count: those that were asked for again count from the new round on.
#[derive(Clone, Debug, Default)]
pub struct Rounds {
    local: BTreeMap<RepoId, u32>,
    release: BTreeMap<RepoId, u32>,
    all: BTreeMap<RepoId, u32>,
}

impl Rounds {
    fn ask(&mut self, repos: &[RepoId], scope: Scope, round: u32) {
        for repo in repos {
            let asked = match scope {
                Scope::Local => vec![&mut self.local],
                Scope::Release => vec![&mut self.release],
                Scope::Everything => vec![&mut self.local, &mut self.release, &mut self.all],
            };
            for rounds in asked {
                rounds.insert(repo.clone(), round);
            }
        }
    }

    /// Whether what a round says counts.
    pub(super) fn counts(&self, round: u32, event: &SurveyEvent) -> bool {
        let least = |rounds: &BTreeMap<RepoId, u32>, repo| rounds.get(repo).copied().unwrap_or_default();
        match event {
            SurveyEvent::Started(target) => round >= least(&self.all, &target.id),
            SurveyEvent::Asked { repo, topic } => round >= self.least(repo, *topic),
            SurveyEvent::Answered { repo, observation } => round >= self.least(repo, observation.topic()),
            SurveyEvent::Finished { repo } => round >= least(&self.all, repo),
            SurveyEvent::Logged(_) | SurveyEvent::Quota(_) | SurveyEvent::Asking(_) | SurveyEvent::Login(_) => true,
        }
    }

    fn least(&self, repo: &RepoId, topic: Topic) -> u32 {
        let rounds = match topic {
            Topic::Files | Topic::Git => &self.local,
            topic if Topic::RELEASE.contains(&topic) => &self.release,
            _ => &self.all,
        };
        rounds.get(repo).copied().unwrap_or_default()
    }
}

/// What answers changed and what waits until somebody looks: a survey of many repositories says a thousand things between
/// two pictures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Behind {
    /// What panes hold.
    pub(super) panes: bool,
    /// The order of the rows, and what is missing in the answers.
    rows: bool,
    /// The steps of the checklist.
    steps: bool,
}

impl Model {
    /// Judges what was answered, and puts in order what shows something of it.
    pub(super) fn catch_up(&mut self) {
        self.fleet.catch_up();
        let behind = std::mem::take(&mut self.behind);
        if behind.steps {
            self.walk_again();
        }
        if behind.rows {
            self.look_at_answers();
        }
        if behind.rows && self.matrix.looks_at_answers() {
            self.matrix.arrange(&self.fleet);
        }
        if behind.panes {
            self.settle();
        }
    }

    /// Takes in what a survey says, and remembers what shows something of it.
    pub(super) fn absorb(&mut self, round: u32, event: SurveyEvent) {
        if !self.rounds.counts(round, &event) {
            return;
        }
        let begun = matches!(event, SurveyEvent::Started(_));
        let finished = matches!(event, SurveyEvent::Finished { .. });
        let repo = match &event {
            SurveyEvent::Started(target) => target.id.clone(),
            SurveyEvent::Asked { repo, .. } | SurveyEvent::Answered { repo, .. } | SurveyEvent::Finished { repo } => {
                repo.clone()
            }
            SurveyEvent::Logged(line) => {
                self.note(line.clone());
                self.behind.panes |= self.place == Place::Log;
                return;
            }
            SurveyEvent::Quota(_) | SurveyEvent::Asking(_) | SurveyEvent::Login(_) => {
                self.fleet.absorb(event);
                self.behind.rows = true;
                return;
            }
        };
        let changed = self.changes_files(round, &event) && !self.quiet.contains(&round);
        let new = !self.fleet.repos.contains_key(&repo);
        self.fleet.absorb(event);
        self.behind.steps |= self.checklist.as_ref().is_some_and(|open| open.repo == repo);
        if changed {
            self.say(format!("files of {} were changed: judged again", self.name_of(&repo)));
        }
        if new {
            self.matrix.arrange(&self.fleet);
        }
        self.behind.rows |= begun || finished;
        self.behind.panes |= new || finished || self.repo.as_ref() == Some(&repo);
    }

    /// Whether an answer of a later round brings other files than those that are known.
    fn changes_files(&self, round: u32, event: &SurveyEvent) -> bool {
        let SurveyEvent::Answered { repo, observation } = event else { return false };
        let Observation::Files(Fact::Known(new)) = &**observation else { return false };
        let known = self.fleet.repos.get(repo).and_then(|repo| repo.facts.files.value());
        round > 0 && known.is_some_and(|known| known.texts != new.value.texts)
    }

    /// Keeps a line of the log.
    pub(super) fn note(&mut self, line: LogLine) {
        if self.log.len() >= MOST_LINES {
            self.log.pop_front();
        }
        self.log.push_back(line);
        if self.place == Place::Log {
            self.follow_log();
        }
    }

    /// Asks about repositories again.
    pub(super) fn ask(&mut self, repos: Vec<RepoId>, scope: Scope) -> Vec<Effect> {
        if repos.is_empty() {
            return Vec::new();
        }
        self.round += 1;
        self.rounds.ask(&repos, scope, self.round);
        vec![Effect::Survey { round: self.round, repos, scope }]
    }

    /// The same without a word when files were changed: it was not others who did.
    pub(super) fn ask_quietly(&mut self, repos: Vec<RepoId>, scope: Scope) -> Vec<Effect> {
        let effects = self.ask(repos, scope);
        self.quiet.insert(self.round);
        effects
    }

    /// Reads files again that others may have changed.
    pub(super) fn look_again(&mut self) -> Vec<Effect> {
        // Whoever walks through a release must see a new commit, whatever else is still asked.
        let walked = self.checklist.as_ref().map(|open| &open.repo);
        let done = |id: &&RepoId| {
            self.fleet.repos.get(*id).is_some_and(|repo| repo.finished || walked == Some(&repo.target.id))
        };
        let folders: Vec<RepoId> = self.options.roots.keys().filter(done).cloned().collect();
        let chosen: Vec<RepoId> = if folders.len() > MOST_FOLDERS {
            folders.into_iter().filter(|id| self.repo.as_ref() == Some(id)).collect()
        } else {
            folders
        };
        self.ask(chosen, Scope::Local)
    }

    /// Asks about everything again, unless answers of the last time are still awaited.
    pub(super) fn ask_by_the_clock(&mut self) -> Vec<Effect> {
        if self.fleet.repos.values().any(|repo| !repo.finished) {
            return Vec::new();
        }
        self.ask(self.fleet.repos.keys().cloned().collect(), Scope::Everything)
    }

    /// Takes in how an effect ended.
    pub(super) fn done(&mut self, outcome: Outcome) -> Vec<Effect> {
        // That an editor was left is seen; only the file of the log keeps it.
        if let Some((level, text)) =
            outcome.line(|repo| self.name_of(repo)).filter(|_| !matches!(outcome, Outcome::Edited(_)))
        {
            self.note(LogLine { at: self.options.now, level, text });
        }
        match outcome {
            Outcome::Looked { repo, blocked, uncommitted } => self.looked(&repo, blocked, uncommitted),
            Outcome::Edited(repos) => return self.ask(repos, Scope::Local),
            Outcome::Recalled { repo, release, answers } => self.recalled(&repo, release.as_deref(), answers),
            Outcome::Kept(at) => self.kept_answers(at),
            Outcome::SawTree { repo, tree } => self.saw_tree(&repo, *tree),
            Outcome::Recounted { repo, history } => {
                self.histories.insert(repo, history);
            }
            Outcome::Wrote { repo, files, .. } => return self.wrote(&repo, &files),
            Outcome::NotWritten { repo, files, why, outdated, written, .. } => {
                let refused = Refused { files: &files, why: &why, outdated, written: &written };
                return self.not_written(&repo, &refused);
            }
            Outcome::PutBack { repo, files, left, .. } => return self.put_back(&repo, &files, left),
            Outcome::NotPutBack { repo, why } => {
                self.refuse(why);
                // It may have failed in the middle.
                return self.ask_quietly(vec![repo], Scope::Local);
            }
            Outcome::Did(words) => self.say(words),
            Outcome::Failed(words) => self.refuse(words),
        }
        Vec::new()
    }
}
