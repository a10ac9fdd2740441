//! The state both front ends share: repositories with their facts and findings.
//!
//! [`Fleet::absorb`] takes in one survey event. A repository is judged when its last answer came, or when somebody is
//! about to look ([`Fleet::catch_up`]), and not at each of the many answers in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::fact::declared::Declared;
use crate::fact::files::Problem;
use crate::fact::{Fact, Facts, Observation, Quota, Reason, RepoId, SurveyEvent, Target, Unknown};
use crate::requirement::{self, Finding, Level, Profile, Verdict};

pub mod identity;
pub mod priority;
pub mod readiness;
pub mod waiver;

pub use identity::Identity;
pub use priority::Priority;
pub use readiness::{FailOn, Readiness};

/// How a fleet is judged.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The reading of the SPEC.
    pub profile: Profile,
    /// Ids of the requirements to judge and count; empty for all of them.
    pub only: Vec<&'static str>,
    /// Whether waivers count.
    pub waivers: WaiverSource,
    /// Today, for the end of waivers, as `YYYY-MM-DD`.
    pub today: String,
}

/// Whose waivers count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaiverSource {
    /// Those in the files that are judged.
    #[default]
    Files,
    /// Those of another revision, taken in by [`Fleet::set_waivers`].
    Elsewhere,
    /// None.
    Ignore,
}

/// One repository of a fleet.
#[derive(Clone, Debug)]
pub struct Repo {
    /// What it is.
    pub target: Target,
    /// What is known.
    pub facts: Facts,
    /// What is said, in the order of the ids; only those asked for.
    pub findings: Vec<Finding>,
    /// Topics asked for, of those that are judged.
    pub asked: usize,
    /// Topics answered, of those that are judged.
    pub answered: usize,
    /// Whether everything was answered.
    pub finished: bool,
    /// Waivers that do not count, and why.
    remarks: Vec<Problem>,
    /// Waivers from another revision.
    elsewhere: Option<Declared>,
}

/// Repositories in the order they were named.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    /// How they are judged.
    pub rules: Rules,
    /// The repositories; in boxes, since the nodes of the map are half empty and a repository is large.
    pub repos: BTreeMap<RepoId, Box<Repo>>,
    /// What the forge still allows, when it said so.
    pub quota: Option<Quota>,
    /// How the forge is asked, in words, once it is.
    pub asking: Option<String>,
    /// The login of the token's owner, once a release was asked about.
    pub login: Option<String>,
    /// Repositories with answers that are not judged yet.
    behind: BTreeSet<RepoId>,
}

impl Fleet {
    /// An empty fleet.
    pub fn new(rules: Rules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Takes in one event.
    pub fn absorb(&mut self, event: SurveyEvent) {
        match event {
            SurveyEvent::Started(target) => match self.repos.get_mut(&target.id) {
                Some(repo) => repo.start_again(target),
                None => {
                    self.repos.insert(target.id.clone(), Box::new(Repo::new(target)));
                }
            },
            SurveyEvent::Asked { repo, topic } => {
                if let Some(repo) = self.repos.get_mut(&repo) {
                    repo.asked += usize::from(topic.is_judged());
                }
            }
            SurveyEvent::Answered { repo: id, observation } => {
                if let Some(repo) = self.repos.get_mut(&id) {
                    repo.answered += usize::from(observation.topic().is_judged());
                    repo.facts.record(*observation);
                    self.behind.insert(id);
                }
            }
            SurveyEvent::Finished { repo: id } => {
                if let Some(repo) = self.repos.get_mut(&id) {
                    repo.finished = true;
                    if self.behind.remove(&id) {
                        repo.judge(&self.rules);
                    }
                }
            }
            SurveyEvent::Quota(quota) => self.quota = Some(quota),
            SurveyEvent::Asking(words) => self.asking = Some(words),
            SurveyEvent::Login(login) => self.login = Some(login),
            SurveyEvent::Logged(_) => {}
        }
    }

    /// Judges every repository with answers that are not judged yet; answers whether there was one.
    pub fn catch_up(&mut self) -> bool {
        let behind = std::mem::take(&mut self.behind);
        for id in &behind {
            if let Some(repo) = self.repos.get_mut(id) {
                repo.judge(&self.rules);
            }
        }
        !behind.is_empty()
    }

    /// Ends the wait: what was not answered becomes unknown, for the reason given in words. Answers `true` when
    /// something was still awaited.
    pub fn settle(&mut self, why: &str) -> bool {
        let mut waited = false;
        for repo in self.repos.values_mut() {
            for topic in repo.facts.awaited() {
                waited = true;
                let unknown = Unknown::new(Reason::Failed, format!("{}: {why}", topic.words()));
                repo.facts.record(Observation::unknown(topic, unknown));
            }
            repo.finished = true;
            repo.judge(&self.rules);
        }
        self.behind.clear();
        waited
    }

    /// Takes waivers of a repository from another revision than the files that are judged.
    pub fn set_waivers(&mut self, repo: &RepoId, declared: Declared) {
        if let Some(repo) = self.repos.get_mut(repo) {
            repo.elsewhere = Some(declared);
            repo.judge(&self.rules);
        }
    }
}

impl Repo {
    fn new(target: Target) -> Self {
        Self {
            target,
            facts: Facts::default(),
            findings: Vec::new(),
            asked: 0,
            answered: 0,
            finished: false,
            remarks: Vec::new(),
            elsewhere: None,
        }
    }

    /// Counts questions anew; what is known stays until it is answered again.
    fn start_again(&mut self, target: Target) {
        self.target = target;
        self.asked = 0;
        self.answered = 0;
        self.finished = false;
    }

    /// Judges every requirement again: they are pure and take microseconds.
    fn judge(&mut self, rules: &Rules) {
        let mut findings = requirement::assess_all(&self.facts, rules.profile);
        let declared = match rules.waivers {
            WaiverSource::Files => Some(&self.facts.declared),
            WaiverSource::Elsewhere => self.elsewhere.as_ref(),
            WaiverSource::Ignore => None,
        };
        let waivers = declared.map(|declared| declared.waivers.as_slice()).unwrap_or_default();
        self.remarks = waiver::apply(&mut findings, waivers, &rules.today);
        findings.retain(|finding| rules.only.is_empty() || rules.only.contains(&finding.meta.id));
        self.findings = findings;
        if self.unseen().is_some() {
            // Nobody saw its settings, so there is nothing to change in them.
            self.findings.iter_mut().for_each(|finding| finding.guide = None);
        }
    }

    /// Why nothing of it could be seen: the one reason of every finding. None where anything was seen.
    pub fn unseen(&self) -> Option<&Unknown> {
        let Facts { files, git, repository, .. } = &self.facts;
        if files.value().is_some() || git.value().is_some() || repository.value().is_some() {
            return None;
        }
        let mut reasons = self.findings.iter().map(Finding::unknown);
        let first = reasons.next()??;
        let is_same = |why: &Unknown| (why.reason, &why.detail) == (first.reason, &first.detail);
        reasons.all(|why| why.is_some_and(is_same)).then_some(first)
    }

    /// What would be said if one of its files held another text: judged on a copy.
    pub fn with_text(&self, path: &str, text: &Arc<str>, rules: &Rules) -> Vec<Finding> {
        let mut copy = self.clone();
        if let Some(files) = self.facts.files.observed() {
            let mut files = files.clone();
            files.value.texts.insert(path.to_owned(), Arc::clone(text));
            copy.facts.record(Observation::Files(Fact::Known(files)));
        }
        copy.judge(rules);
        copy.findings
    }

    /// `owner/name`: as the forge spells it, else as the target or the remote of the clone says.
    pub fn repository(&self) -> Option<String> {
        let forge = self.facts.name_on_forge().map(str::to_owned);
        forge.or_else(|| self.target.repository.clone()).or_else(|| self.facts.name_of_remote())
    }

    /// What it is called where people read it: as it was typed, which tells folders of one name apart. A folder that
    /// was typed without a name, such as `.`, is called by its `owner/name`, else by its own name.
    pub fn name(&self) -> String {
        let typed = &*self.target.id.target;
        let last = typed.split('/').rfind(|part| !part.is_empty());
        if last.is_some_and(|last| last != "." && last != "..") {
            return typed.to_owned();
        }
        let folder = || self.target.whole.as_deref()?.split(['/', '\\']).rfind(|part| !part.is_empty());
        self.repository().or_else(|| folder().map(str::to_owned)).unwrap_or_else(|| typed.to_owned())
    }

    /// What a person should know of its files: those that could not be read or parsed, and waivers that do not count.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.facts.problems.iter().chain(&self.remarks)
    }

    /// Files whose meaning is not known, so that nothing in them is judged or fixed.
    pub fn unread(&self) -> impl Iterator<Item = &Problem> {
        self.problems().filter(|problem| problem.hides)
    }

    /// The branch that was judged.
    pub fn branch(&self) -> Option<&str> {
        self.facts.git.value()?.as_ref()?.branch.as_deref()
    }

    /// The commit that was judged.
    pub fn commit(&self) -> Option<&str> {
        self.facts.git.value()?.as_ref()?.commit.as_deref()
    }

    /// Whether it is safe to ship.
    pub fn readiness(&self, rules: &Rules) -> Readiness {
        Readiness::of(&self.findings, !rules.only.is_empty())
    }

    /// How many findings of a level have a verdict.
    pub fn count(&self, level: Level, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.meta.level == level && finding.verdict == verdict).count()
    }
}
