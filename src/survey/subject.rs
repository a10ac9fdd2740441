//! One repository while it is asked about: what is known, what was answered, and what is still open.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tokio::sync::mpsc::UnboundedSender;

use super::Needs;
use super::kept::Kept;
use super::network::{Wanted, line};
use crate::fact::files::FileSet;
use crate::fact::settings::{BranchState, Environment};
use crate::fact::{Fact, Facts, LogLevel, Observation, Reason, SurveyEvent, Target, Topic, Unknown};
use crate::source;
use crate::source::github::Request;
use crate::source::github::files::Tree;
use crate::source::github::repository::Head;
use crate::source::github::ruleset::Bypass;
use crate::source::question::{self, Question};

/// A subject that several tasks of one thread work on.
pub type Shared = Rc<RefCell<Subject>>;

/// One repository while it is asked about.
pub struct Subject {
    /// Its key and how it is shown.
    pub target: Target,
    /// `owner/name` as it was asked for.
    pub name: String,
    /// The branch whose files are judged.
    pub branch: Option<String>,
    /// Whether its files come from a folder.
    pub is_local: bool,
    /// What is known.
    pub facts: Facts,
    /// The repository, once it was seen.
    pub head: Option<Head>,
    /// Its files, until they are all there.
    pub tree: Option<Tree>,
    /// The commit whose files are read.
    pub revision: String,
    /// What protects its branches, until everything about it is there.
    pub protection: Fact<Vec<BranchState>>,
    /// Its environments as the first round told them.
    pub environments: Fact<Vec<Environment>>,
    /// Who may pass by rulesets.
    pub bypass: Bypass,
    /// Names of rulesets.
    pub rulesets: BTreeMap<u64, String>,
    /// The files of the first round with what they mean, as long as nothing was added to them.
    pub ahead: Option<FileSet>,
    /// Why references could not be resolved.
    pub pins_failed: Option<Unknown>,
    /// The question under which it is kept.
    pub question: Option<Request>,
    /// As it was kept from an earlier look, until it is asked about.
    pub kept: Option<Kept>,
    /// Whether what is kept still holds.
    pub is_confirmed: bool,
    /// As it is seen now, to be kept.
    pub seen: Option<Kept>,
    needs: Needs,
    answered: BTreeSet<Topic>,
    followed: BTreeSet<Question>,
    offline: bool,
    /// Whether only what is known is told: a look at kept answers before asking.
    only_known: bool,
    events: UnboundedSender<SurveyEvent>,
}

impl Subject {
    /// Begins.
    pub fn new(wanted: &Wanted, events: &UnboundedSender<SurveyEvent>, (offline, only_known): (bool, bool)) -> Self {
        let is_local = wanted.local.is_some();
        let mut facts = Facts::default();
        for observation in wanted.local.iter().flatten() {
            facts.record(observation.clone());
        }
        let answered = if is_local { BTreeSet::from([Topic::Files, Topic::Git]) } else { BTreeSet::new() };
        Self {
            target: wanted.target.clone(),
            name: wanted.name.clone(),
            branch: wanted.branch.clone(),
            is_local,
            facts,
            head: None,
            tree: None,
            revision: String::new(),
            protection: Fact::Pending,
            environments: Fact::Pending,
            bypass: Bypass::new(),
            rulesets: BTreeMap::new(),
            ahead: None,
            pins_failed: None,
            question: None,
            kept: None,
            is_confirmed: false,
            seen: None,
            needs: wanted.needs.clone(),
            answered,
            followed: BTreeSet::new(),
            offline,
            only_known,
            events: events.clone(),
        }
    }

    /// Whether a topic is needed and still open.
    pub fn wants(&self, topic: Topic) -> bool {
        self.needs.asked.contains(&topic) && !self.answered.contains(&topic)
    }

    /// Whether a topic is needed, answered or not.
    pub fn wants_at_all(&self, topic: Topic) -> bool {
        self.needs.asked.contains(&topic)
    }

    /// Whether what is seen may be kept: it comes from the forge itself.
    pub const fn may_keep(&self) -> bool {
        !self.offline && !self.only_known
    }

    /// Whether its environments were asked for by REST.
    pub fn asked_environments(&self) -> bool {
        self.followed.contains(&Question::Environments)
    }

    /// `owner/name` as the forge spells it, once that is known.
    pub fn full_name(&self) -> String {
        self.head.as_ref().map_or_else(|| self.name.clone(), |head| head.full_name.clone())
    }

    /// Says that the topics that are still open are being asked for.
    pub fn announce(&self) {
        for topic in self.needs.told().filter(|topic| !self.answered.contains(topic) && !self.only_known) {
            self.events.send(SurveyEvent::Asked { repo: self.target.id.clone(), topic }).ok();
        }
    }

    /// Takes in an answer and passes it on.
    pub fn tell(&mut self, observation: Observation) {
        let topic = observation.topic();
        if !self.wants(topic) {
            return;
        }
        let observation = if self.offline { honest(observation) } else { observation };
        self.facts.record(observation.clone());
        self.answered.insert(topic);
        if self.needs.tells(topic) && (!self.only_known || is_known(&observation)) {
            let repo = self.target.id.clone();
            self.events.send(SurveyEvent::Answered { repo, observation: Box::new(observation) }).ok();
        }
    }

    /// Says that several topics cannot be told, for one reason.
    pub fn refuse(&mut self, topics: &[Topic], why: &Unknown) {
        for topic in topics {
            let needs = why.needs.clone().or_else(|| {
                let hidden = matches!(why.reason, Reason::Permission | Reason::NotFound);
                topic.needs().filter(|_| hidden).map(str::to_owned)
            });
            self.tell(Observation::unknown(*topic, Unknown { needs, ..why.clone() }));
        }
    }

    /// Adds a line to the log.
    pub fn log(&self, level: LogLevel, text: &str) {
        if !self.only_known {
            self.events.send(line(level, &format!("{}: {text}", self.target.id.target))).ok();
        }
    }

    /// The questions that follow from what is known and were not asked yet, of topics that are needed.
    pub fn follow_ups(&mut self) -> Vec<Question> {
        let new = |question: &Question| self.wants(question.topic()) && !self.followed.contains(question);
        let questions: Vec<Question> = question::follow_ups(&self.facts).into_iter().filter(new).collect();
        self.followed.extend(questions.iter().cloned());
        questions
    }

    /// Takes in the files that are known so far, so that questions can follow from them.
    pub fn look_ahead(&mut self) {
        if let Some(tree) = &self.tree {
            let mut files = tree.clone().finish();
            files.prepare();
            self.ahead = Some(files.clone());
            self.facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::now())));
        }
    }

    /// Ends: whatever is still open follows from what is known, or is not known for the reason that hides it.
    pub fn finish(&mut self) {
        let protection = std::mem::take(&mut self.protection);
        if !protection.is_pending() {
            self.tell(Observation::Protection(protection));
        }
        let environments = std::mem::take(&mut self.environments);
        if !environments.is_pending() {
            self.tell(Observation::Environments(environments));
        }
        self.tell_pins();
        if self.wants(Topic::Attestations) {
            let none = derived(&self.facts.release, Vec::new());
            self.tell(Observation::Attestations(none));
        }
        for topic in [Topic::Provenance, Topic::Runs] {
            if self.wants(topic) {
                let observation = match topic {
                    Topic::Runs => Observation::Runs(derived(&self.facts.files, Vec::new())),
                    _ => Observation::Provenance(derived(&self.facts.files, Vec::new())),
                };
                self.tell(observation);
            }
        }
        let open: Vec<Topic> = self.needs.asked.iter().copied().filter(|topic| self.wants(*topic)).collect();
        self.refuse(&open, &Unknown::new(Reason::Failed, "the forge was asked, and did not tell"));
        if !self.only_known {
            self.skip_the_rest();
            self.events.send(SurveyEvent::Finished { repo: self.target.id.clone() }).ok();
        }
    }

    /// Says of topics that nobody needs that they were not asked for.
    fn skip_the_rest(&mut self) {
        if self.needs.release_only {
            return;
        }
        let rest = Topic::ALL.iter().filter(|topic| !self.needs.asked.contains(topic));
        let local = |topic: &&Topic| !(self.is_local && matches!(topic, Topic::Files | Topic::Git));
        for topic in rest.filter(local) {
            let why = Unknown::new(
                Reason::Offline,
                format!("{} was not asked for: no selected requirement needs it", topic.words()),
            );
            let observation = Box::new(Observation::unknown(*topic, why));
            self.events.send(SurveyEvent::Answered { repo: self.target.id.clone(), observation }).ok();
        }
    }

    fn tell_pins(&mut self) {
        if !self.wants(Topic::Pins) {
            return;
        }
        if let Some(why) = self.pins_failed.take() {
            self.tell(Observation::Pins(Fact::Unknown(why)));
        } else {
            let pins = match &self.facts.pins {
                Fact::Pending => derived(&self.facts.files, BTreeMap::new()),
                seen => seen.clone(),
            };
            self.tell(Observation::Pins(pins));
        }
    }
}

/// A value that follows from another fact, seen where and when that was.
fn derived<A, B>(from: &Fact<A>, value: B) -> Fact<B> {
    match from.map_value(value) {
        Fact::Pending => Fact::Unknown(Unknown::new(Reason::Failed, "what it follows from was not told")),
        fact => fact,
    }
}

fn is_known(observation: &Observation) -> bool {
    observation.reason().is_none()
}

/// Without a network, what was never kept is answered in the words for that.
fn honest(observation: Observation) -> Observation {
    let topic = observation.topic();
    if observation.reason() == Some(Reason::Offline) { source::offline(topic) } else { observation }
}
