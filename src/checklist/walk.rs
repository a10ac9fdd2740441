//! A walk: steps with the answers of people, a cursor, and how it stands.

use jiff::Timestamp;

use super::answer::cleaned;
use super::{Answer, Answers, Kind, Lasting, Phase, Said, Step, Subject};
use crate::requirement::Verdict;

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The facts say that it is so.
    Passed,
    /// It is so, with something to improve.
    Warned,
    /// It does not apply here, as the facts say.
    NotApplicable,
    /// The project set it aside.
    Waived,
    /// It can only be seen when the release is out.
    Later,
    /// A person says that it is so.
    Attested,
    /// A person says that it does not apply to this release.
    Skipped,
    /// Nobody has said anything that holds.
    Open,
    /// A person says that it is not so.
    Refused,
    /// The facts prove that it is not so.
    Failed,
}

impl State {
    /// The word of the sign-off.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "pass",
            Self::Warned => "warn",
            Self::NotApplicable => "not-applicable",
            Self::Waived => "waived",
            Self::Later => "later",
            Self::Attested => "attested",
            Self::Skipped => "skipped",
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Failed => "fail",
        }
    }
}

/// How a walk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every step that the release waits for is settled.
    SignedOff,
    /// A step that the release waits for is open.
    Open,
    /// A person said no.
    Stopped,
    /// The facts prove that a step that the release waits for is not so.
    Blocked,
}

impl Outcome {
    /// The word of the sign-off.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignedOff => "signed-off",
            Self::Open => "open",
            Self::Stopped => "stopped",
            Self::Blocked => "blocked",
        }
    }
}

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such step.
    #[error("there is no step `{0}`")]
    NoSuchStep(String),
    /// The facts decide it.
    #[error("the facts decide this step; {0}")]
    Decided(&'static str),
    /// It cannot be answered yet.
    #[error("this can only be seen when the release is out; --after TAG closes it")]
    Later,
    /// The one who answers has no name.
    #[error("an answer needs the name of the one who gives it")]
    NoName,
    /// Something that is left out needs a reason.
    #[error("say why it does not apply")]
    NoReason,
    /// A requirement is set aside by the project, not by one answer.
    #[error("a requirement is set aside by a waiver in .github/shipworthy.yml, where others can see it")]
    NeedsWaiver,
    /// An answer about a commit needs one.
    #[error("the commit is not known, so an answer about it would not hold")]
    NoCommit,
}

/// What of a walk is kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keeping {
    /// Answers about the process.
    pub process: Answers,
    /// Answers about this release.
    pub release: Answers,
    /// The sign-off as JSON, where the walk has come to one.
    pub signoff: Option<String>,
}

/// A walk through one release of one repository.
#[derive(Clone, Debug)]
pub struct Walk {
    /// What it is about.
    pub subject: Subject,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Answers that hold.
    answers: Answers,
    /// Answers that do not hold any more, and why.
    voided: Vec<(Answer, String)>,
    /// Which step is looked at.
    cursor: usize,
}

impl Walk {
    /// Puts steps and answers together. Answers that do not hold are kept apart; those to steps that are gone too.
    pub fn new(subject: Subject, steps: Vec<Step>, answers: &Answers, now: Timestamp) -> Self {
        let mut walk = Self { subject, steps, answers: Answers::default(), voided: Vec::new(), cursor: 0 };
        for answer in &answers.all {
            let Some(step) = walk.steps.iter().find(|step| step.id == answer.step) else {
                walk.voided.push((answer.clone(), "the step is gone".to_owned()));
                continue;
            };
            match answer.void(step, walk.subject.commit.as_deref(), now) {
                None => walk.answers.put(answer.clone()),
                Some(why) => walk.voided.push((answer.clone(), why)),
            }
        }
        walk.cursor = walk.next_open().unwrap_or_default();
        walk
    }

    /// The same walk over steps that were made anew, as after a survey; answers are looked at again and the cursor
    /// stays at its step.
    #[must_use]
    pub fn again(&self, subject: Subject, steps: Vec<Step>, now: Timestamp) -> Self {
        let at = self.current().map(|step| step.id.clone());
        let mut walk = Self::new(subject, steps, &self.kept(), now);
        let place = at.and_then(|id| walk.steps.iter().position(|step| step.id == id));
        walk.cursor = place.unwrap_or(walk.cursor);
        walk
    }

    /// Every answer that was ever given and not taken back, for keeping: those that do not hold stay visible.
    pub fn kept(&self) -> Answers {
        let mut all = Answers { all: self.voided.iter().map(|(answer, _)| answer.clone()).collect() };
        for answer in &self.answers.all {
            all.put(answer.clone());
        }
        all
    }

    /// What of it is kept between runs.
    pub fn keeping(&self) -> Keeping {
        let about_process = |id: &str| self.step(id).is_some_and(|step| matches!(step.lasting, Lasting::Days(_)));
        let (process, release) = self.kept().all.into_iter().partition(|answer| about_process(&answer.step));
        let signoff = (self.outcome() == Outcome::SignedOff).then(|| super::signoff::json(self));
        Keeping { process: Answers { all: process }, release: Answers { all: release }, signoff }
    }

    /// The answers that do not hold any more, and why.
    pub fn voided(&self) -> &[(Answer, String)] {
        &self.voided
    }

    /// Which step is looked at, from 0.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The step that is looked at.
    pub fn current(&self) -> Option<&Step> {
        self.steps.get(self.cursor)
    }

    /// Looks at another step; past the ends, at the first or the last.
    pub fn select(&mut self, step: usize) {
        self.cursor = step.min(self.steps.len().saturating_sub(1));
    }

    /// The step of that id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The answer to a step, where one holds.
    pub fn answer_to(&self, step: &Step) -> Option<&Answer> {
        self.answers.of(&step.id)
    }

    /// How a step stands. What the facts prove stands above every answer.
    pub fn state(&self, step: &Step) -> State {
        let said = self.answer_to(step).map(|answer| answer.said);
        match (&step.kind, said) {
            (Kind::Later, _) => State::Later,
            (Kind::Auto { verdict: Verdict::Fail }, _) => State::Failed,
            (Kind::Auto { verdict: Verdict::Waived }, _) => State::Waived,
            (Kind::Auto { verdict: Verdict::Pass }, _) => State::Passed,
            (Kind::Auto { verdict: Verdict::Warn }, _) => State::Warned,
            (Kind::Auto { verdict: Verdict::NotApplicable }, _) => State::NotApplicable,
            (_, Some(Said::Yes)) => State::Attested,
            (_, Some(Said::No)) => State::Refused,
            (Kind::Ask, Some(Said::NotApplicable)) => State::Skipped,
            (Kind::Auto { .. } | Kind::Ask, _) => State::Open,
        }
    }

    /// The mark of a step: that of the verdict it is like.
    pub fn mark(&self, step: &Step) -> Verdict {
        match (self.state(step), &step.kind) {
            (State::Passed | State::Attested, _) => Verdict::Pass,
            (State::Warned, _) => Verdict::Warn,
            (State::NotApplicable | State::Skipped | State::Later, _) => Verdict::NotApplicable,
            (State::Waived, _) => Verdict::Waived,
            (State::Refused | State::Failed, _) => Verdict::Fail,
            (State::Open, Kind::Auto { verdict: Verdict::Pending }) => Verdict::Pending,
            (State::Open, Kind::Auto { verdict: Verdict::Unknown }) => Verdict::Unknown,
            (State::Open, _) => Verdict::Manual,
        }
    }

    /// Whether a step may be answered so, whoever does and for whatever reason.
    ///
    /// # Errors
    /// Why it may not.
    pub fn may_answer(&self, step: &Step, said: Said) -> Result<(), Refusal> {
        match (&step.kind, said) {
            (Kind::Later, _) => Err(Refusal::Later),
            (Kind::Auto { verdict: Verdict::Fail }, _) => Err(Refusal::Decided("what they prove no answer lifts")),
            (Kind::Auto { verdict: Verdict::Pending }, _) => Err(Refusal::Decided("they are still awaited")),
            (Kind::Auto { verdict }, _) if !matches!(verdict, Verdict::Unknown | Verdict::Manual) => {
                Err(Refusal::Decided("it needs no answer"))
            }
            (Kind::Auto { .. }, Said::NotApplicable) => Err(Refusal::NeedsWaiver),
            _ if step.lasting == Lasting::Commit && self.subject.commit.is_none() => Err(Refusal::NoCommit),
            _ => Ok(()),
        }
    }

    /// The next step after the cursor that waits for an answer, from the top again after the end: those that the
    /// release waits for come first. What the facts have yet to say waits for them, not for a person.
    pub fn next_open(&self) -> Option<usize> {
        let from = self.cursor + usize::from(self.current().is_some_and(|step| self.state(step) != State::Open));
        let order = || (from..self.steps.len()).chain(0..from.min(self.steps.len()));
        let open = |at: &usize, needed: bool| {
            self.steps.get(*at).is_some_and(|step| {
                let awaited = matches!(step.kind, Kind::Auto { verdict: Verdict::Pending });
                step.needed == needed && self.state(step) == State::Open && !awaited
            })
        };
        order().find(|at| open(at, true)).or_else(|| order().find(|at| open(at, false)))
    }

    /// Takes an answer to a step.
    ///
    /// # Errors
    /// A step that is not to be answered so, in words; nothing is changed then.
    pub fn answer(&mut self, id: &str, said: Said, who: &str, note: &str, now: Timestamp) -> Result<(), Refusal> {
        let step = self.step(id).ok_or_else(|| Refusal::NoSuchStep(crate::text::clean::short(id, 80)))?;
        self.may_answer(step, said)?;
        if said == Said::NotApplicable && note.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        if who.trim().is_empty() {
            return Err(Refusal::NoName);
        }
        let answer = Answer {
            step: step.id.clone(),
            asked: step.title.clone(),
            said,
            who: who.to_owned(),
            at: Timestamp::from_second(now.as_second()).unwrap_or(now),
            commit: self.subject.commit.clone(),
            note: note.to_owned(),
        };
        self.voided.retain(|(old, _)| old.step != answer.step);
        self.answers.put(cleaned(answer));
        Ok(())
    }

    /// Takes an answer back, whether it holds or not. Answers whether there was one.
    pub fn retract(&mut self, id: &str) -> bool {
        let before = self.voided.len();
        self.voided.retain(|(old, _)| old.step != id);
        self.answers.take(id).is_some() || self.voided.len() < before
    }

    /// How many steps stand so, those only that the release waits for.
    pub fn count(&self, state: State) -> usize {
        self.steps.iter().filter(|step| step.needed && self.state(step) == state).count()
    }

    /// What keeps it from being signed off, counted and in words; empty where nothing does.
    pub fn unsettled(&self) -> Vec<String> {
        let states = [(State::Failed, "failing"), (State::Refused, "answered with no"), (State::Open, "open")];
        let counted = states.map(|(state, words)| (self.count(state), words));
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect()
    }

    /// How many steps of a phase there are, and how many of them wait for nothing.
    pub fn progress(&self, phase: Phase) -> (usize, usize) {
        let steps = self.steps.iter().filter(|step| step.phase == phase);
        let settled =
            |step: &&Step| !matches!(self.state(step), State::Open | State::Failed | State::Refused | State::Later);
        (steps.clone().filter(settled).count(), steps.count())
    }

    /// How the walk stands: the worst of the steps that the release waits for. Nothing is signed off by an empty walk.
    pub fn outcome(&self) -> Outcome {
        let outcomes = self.steps.iter().filter(|step| step.needed).map(|step| match self.state(step) {
            State::Failed => Outcome::Blocked,
            State::Refused => Outcome::Stopped,
            State::Open => Outcome::Open,
            _ => Outcome::SignedOff,
        });
        outcomes.max().unwrap_or(Outcome::Open)
    }

    /// When the first of the answers ends that the sign-off rests on; none where all are about the commit.
    pub fn ends(&self) -> Option<Timestamp> {
        let ends = self.answers.all.iter().filter_map(|answer| answer.ends(self.step(&answer.step)?.lasting));
        ends.min()
    }
}
