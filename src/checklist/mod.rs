//! The walk through a release: steps that the facts decide, questions for a person, answers, and the sign-off.
//!
//! Everything here is pure. [`steps::of`] makes the steps of a repository from its facts and findings, [`Walk`] puts
//! them together with the answers of people, and [`signoff`] writes down how the walk stands. An answer never lifts what
//! the facts prove, and what is open stays open.

use crate::requirement::{Verdict, Waiver};

pub mod answer;
pub mod own;
pub mod questions;
pub mod signoff;
pub mod steps;
mod tree;
pub mod version;
mod walk;

pub use answer::{Answer, Answers, Said};
pub use walk::{Keeping, Outcome, Refusal, State, Walk};

/// Days for which an answer about the process holds, where the project says nothing else.
pub const DAYS: u32 = 180;

/// Where in a release a step belongs, in the order of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The state of the tree that is to be released.
    Tree,
    /// Who may release, and how that is written down.
    Process,
    /// The workflow that publishes.
    Pipeline,
    /// What is published.
    Artifacts,
    /// What the project itself asks.
    Project,
    /// What can only be seen when the release is out.
    After,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 6] = [Self::Tree, Self::Process, Self::Pipeline, Self::Artifacts, Self::Project, Self::After];

    /// The word of the sign-off.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Process => "process",
            Self::Pipeline => "pipeline",
            Self::Artifacts => "artifacts",
            Self::Project => "project",
            Self::After => "after",
        }
    }

    /// The phase in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tree => "The tree",
            Self::Process => "The process",
            Self::Pipeline => "The pipeline",
            Self::Artifacts => "The artifacts",
            Self::Project => "The project's own steps",
            Self::After => "After the release",
        }
    }
}

/// How long an answer to a step holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// It is about this commit, and void for any other.
    Commit,
    /// It is about the process, and holds for so many days.
    Days(u32),
}

/// What decides a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// The facts.
    Auto {
        /// What they say.
        verdict: Verdict,
    },
    /// A person.
    Ask,
    /// Nothing yet: it can only be seen when the release is out.
    Later,
}

/// Something that a step rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What it is, in one clean line.
    pub text: String,
    /// Its page on the forge, where there is one.
    pub url: Option<String>,
}

impl Proof {
    /// A proof without a page.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), url: None }
    }
}

/// One step of a walk. Its texts are clean.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name, the same in every walk of this project: `tree-clean`, `R05`, `own:docs-built`, `RELEASING.md#…`.
    pub id: String,
    /// Where it belongs.
    pub phase: Phase,
    /// What should be so, or the question.
    pub title: String,
    /// Why it is asked, or what the facts say.
    pub why: String,
    /// What decides it.
    pub kind: Kind,
    /// Whether the release waits for it.
    pub needed: bool,
    /// How long an answer holds.
    pub lasting: Lasting,
    /// What it rests on.
    pub proof: Vec<Proof>,
    /// Why the project set it aside, where it did.
    pub waiver: Option<Waiver>,
    /// Where the project keeps it: a file and a line from 1.
    pub place: Option<(String, usize)>,
}

impl Step {
    /// A step that the facts decide.
    pub fn auto(id: &str, phase: Phase, title: &str, verdict: Verdict, why: impl Into<String>) -> Self {
        Self { kind: Kind::Auto { verdict }, why: why.into(), ..Self::ask(id, phase, title, "") }
    }

    /// A question.
    pub fn ask(id: &str, phase: Phase, title: &str, why: &str) -> Self {
        Self {
            id: id.to_owned(),
            phase,
            title: title.to_owned(),
            why: why.to_owned(),
            kind: Kind::Ask,
            needed: true,
            lasting: Lasting::Commit,
            proof: Vec::new(),
            waiver: None,
            place: None,
        }
    }

    /// The same about the process, whose answer holds for some days.
    #[must_use]
    pub fn lasting(mut self, days: u32) -> Self {
        self.lasting = Lasting::Days(days);
        self
    }

    /// The same with what it rests on.
    #[must_use]
    pub fn with(mut self, proof: impl IntoIterator<Item = Proof>) -> Self {
        self.proof.extend(proof);
        self
    }
}

/// What a walk is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The repository as it was typed; clean.
    pub target: String,
    /// What it is called where its name on a forge is not known; clean.
    pub name: String,
    /// `owner/name`, where it is known.
    pub repository: Option<String>,
    /// The version to be released, where it was named.
    pub release: Option<String>,
    /// The tag of a release that is out, where the walk is about that.
    pub after: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The commit that is released.
    pub commit: Option<String>,
    /// The reading of the SPEC.
    pub profile: &'static str,
    /// When the newest answer of a forge or an index was fetched.
    pub facts_of: Option<jiff::Timestamp>,
}

impl Subject {
    /// What the repository is called: `owner/name`, else what it is called here.
    pub fn called(&self) -> &str {
        let name = if self.name.is_empty() { &self.target } else { &self.name };
        self.repository.as_deref().unwrap_or(name)
    }
}

#[cfg(test)]
mod tests;
