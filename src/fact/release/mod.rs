//! Which workflow, job and step publish, where to, and how that was found.
//!
//! [`actions`] knows the actions that publish, [`commands`] the programs, [`opaque`] what scripts and unknown actions
//! give away by what they are handed, [`unread`] which those are and [`plain`] which are not; [`index`] tells registries
//! apart, [`named`] by what other files and steps say, and [`aim`] what a step is for where its text leaves that to the
//! run; [`credential`] tells where credentials come from, [`script`] reads scripts, and [`Scope`] resolves variables and
//! inputs around a step.

pub mod attestation;
pub mod credential;
pub mod script;

mod actions;
mod aim;
mod commands;
mod index;
mod named;
mod opaque;
mod plain;
mod routes;
mod scope;
mod unread;
mod walk;

pub use aim::{Aim, Ask};
pub use commands::program_words;
pub use index::{by_registry, names_own_index, split_user};
pub use scope::Scope;
pub use walk::find;

use std::sync::Arc;

use super::workflow::expression::Truth;
use super::workflow::reach::{self, Goal, InnerCondition, Routes};
use super::workflow::shell::Command;
use super::workflow::{Job, Step, Workflow, WorkflowSet};
use crate::text::Span;
use credential::Credential;

/// Where something is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Registry {
    /// The Python Package Index.
    Pypi,
    /// The Rust crate registry.
    Crates,
    /// The npm registry.
    Npm,
    /// The Ruby gem registry.
    Gem,
    /// The .NET package gallery.
    Nuget,
    /// A conda channel.
    Conda,
    /// A container registry.
    Container,
    /// A release page on the forge.
    GithubRelease,
    /// Something else, or not told.
    Other,
}

impl Registry {
    /// The word of the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pypi => "pypi",
            Self::Crates => "crates",
            Self::Npm => "npm",
            Self::Gem => "gem",
            Self::Nuget => "nuget",
            Self::Conda => "conda",
            Self::Container => "container",
            Self::GithubRelease => "github-release",
            Self::Other => "other",
        }
    }
}

/// What a publish step is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PublishKind {
    /// A release for users.
    Production,
    /// A rehearsal on a test index.
    Test,
    /// A nightly build.
    Nightly,
    /// An index of the project's own or of others.
    OtherIndex,
    /// A release page beside a registry.
    GithubRelease,
    /// A script or action whose doings the files do not show.
    Opaque,
}

impl PublishKind {
    /// The word of the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
            Self::Nightly => "nightly",
            Self::OtherIndex => "other-index",
            Self::GithubRelease => "github-release",
            Self::Opaque => "opaque",
        }
    }

    /// Whether verdicts rest on publish steps of this kind.
    pub const fn decides(self) -> bool {
        matches!(self, Self::Production | Self::Opaque)
    }
}

/// One step that publishes.
#[derive(Clone, Debug)]
pub struct Publish {
    /// Index of the workflow in [`WorkflowSet::workflows`].
    pub workflow: usize,
    /// Index of the job in the workflow.
    pub job: usize,
    /// Number of the step in the job, from 1; none for a job that calls a workflow of another repository.
    pub step: Option<usize>,
    /// Position among the steps of the job as they run, local actions expanded.
    pub order: usize,
    /// Where the step stands in the workflow.
    pub span: Span,
    /// The file in which the publishing itself is written: the workflow, or a local action it uses.
    pub file: String,
    /// Where in that file.
    pub file_span: Span,
    /// The step that publishes, with the inputs of a local action filled in; none for a called workflow.
    pub acting: Option<Arc<Step>>,
    /// The command that publishes, where a script does.
    pub command: Option<Command>,
    /// Where to.
    pub registry: Registry,
    /// What for.
    pub kind: PublishKind,
    /// How it was found: the action or the command.
    pub found_by: String,
    /// The commands of the script it stands in; empty where there is none.
    pub script: Arc<[Command]>,
    /// The credentials of indexes that its step is handed, those that its script names included.
    pub held: Arc<[Credential]>,
    /// Whether an opaque one is handed a credential of an index; otherwise only its name and its rights speak.
    pub credential: bool,
    /// What a run must say for it to publish.
    pub asks: Vec<Ask>,
    /// Conditions of the local actions it stands in, outermost first.
    pub inner: Vec<InnerCondition>,
    /// Under which events it runs.
    pub routes: Routes,
}

impl Publish {
    /// What it was found by, to stand in a sentence: the name of a script is quoted, since it may be any word.
    pub fn called(&self) -> String {
        let is_script = !self.found_by.contains([' ', '/']);
        if is_script { format!("`{}`", self.found_by) } else { self.found_by.clone() }
    }

    /// The workflow it belongs to.
    pub fn workflow<'a>(&self, set: &'a WorkflowSet) -> Option<&'a Workflow> {
        set.workflows.get(self.workflow)
    }

    /// The step as a goal for [`crate::fact::workflow::reach`].
    pub fn goal(&self) -> Goal<'_> {
        Goal { workflow: self.workflow, job: self.job, step: self.step, inner: &self.inner }
    }

    /// The values that a string of its job may have over all events that reach it; none where they are not a known few.
    pub fn values(&self, set: &WorkflowSet, text: &str) -> Option<Vec<String>> {
        if self.routes.cut {
            return None;
        }
        let said = reach::said(set, self.goal(), text, self.routes.routes.len());
        let reached = self.routes.routes.iter().zip(said).filter(|(route, _)| route.reach != Truth::No);
        let each: Option<Vec<Vec<String>>> = reached.map(|(_, value)| value.strings()).collect();
        let mut all: Vec<String> = each?.into_iter().flatten().collect();
        all.sort();
        all.dedup();
        (!all.is_empty()).then_some(all)
    }

    /// The job it belongs to.
    pub fn job<'a>(&self, set: &'a WorkflowSet) -> Option<&'a Job> {
        self.workflow(set)?.jobs.get(self.job)
    }
}
