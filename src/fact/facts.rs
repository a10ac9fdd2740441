//! The snapshot of everything known about one repository.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::artifact::{ArtifactAttestation, PackageProvenance, Pins, PublishRun, Release, ReleaseTag};
use super::declared::Declared;
use super::dependabot::Dependabot;
use super::files::{FileSet, Problem};
use super::git::Git;
use super::meaning::Meaning;
use super::progress::{CommitChecks, IndexVersions, Progress, PullRequest};
use super::prose::Page;
use super::release::Publish;
use super::release::attestation::Landmarks;
use super::renovate::Renovate;
use super::settings::{ActionsPolicy, BranchState, DefaultToken, Environment, Repository};
use super::workflow::WorkflowSet;
use super::{Fact, Reason, Topic};

/// One answer, as sources give it and as caches and recordings keep it.
///
/// Written, it is one map: first `topic: environments`, then the answer as [`Fact`] is written.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "topic", rename_all = "kebab-case")]
pub enum Observation {
    /// Answer to [`Topic::Files`].
    Files(Fact<FileSet>),
    /// Answer to [`Topic::Git`]; `None` where the folder is no repository.
    Git(Fact<Option<Git>>),
    /// Answer to [`Topic::Repository`].
    Repository(Fact<Repository>),
    /// Answer to [`Topic::Protection`], a state for each branch asked about.
    Protection(Fact<Vec<BranchState>>),
    /// Answer to [`Topic::ActionsPolicy`].
    ActionsPolicy(Fact<ActionsPolicy>),
    /// Answer to [`Topic::DefaultToken`].
    DefaultToken(Fact<DefaultToken>),
    /// Answer to [`Topic::Environments`].
    Environments(Fact<Vec<Environment>>),
    /// Answer to [`Topic::Tags`], newest first.
    Tags(Fact<Vec<ReleaseTag>>),
    /// Answer to [`Topic::Release`]; `None` where there is no release.
    Release(Fact<Option<Release>>),
    /// Answer to [`Topic::Attestations`].
    Attestations(Fact<Vec<ArtifactAttestation>>),
    /// Answer to [`Topic::Provenance`].
    Provenance(Fact<Vec<PackageProvenance>>),
    /// Answer to [`Topic::Runs`], one for each publish workflow that ever ran.
    Runs(Fact<Vec<PublishRun>>),
    /// Answer to [`Topic::Pins`].
    Pins(Fact<Pins>),
    /// Answer to [`Topic::Checks`].
    Checks(Fact<CommitChecks>),
    /// Answer to [`Topic::Progress`].
    Progress(Fact<Progress>),
    /// Answer to [`Topic::PullRequests`], all that are open.
    PullRequests(Fact<Vec<PullRequest>>),
    /// Answer to [`Topic::Versions`], one for each package.
    Versions(Fact<Vec<IndexVersions>>),
}

impl Observation {
    /// Why it tells nothing; none when it does. What is still awaited counts as failed.
    pub fn reason(&self) -> Option<Reason> {
        fn of<T>(fact: &Fact<T>) -> Option<Reason> {
            match fact {
                Fact::Known(_) => None,
                Fact::Unknown(why) => Some(why.reason),
                Fact::Pending => Some(Reason::Failed),
            }
        }
        match self {
            Self::Files(fact) => of(fact),
            Self::Git(fact) => of(fact),
            Self::Repository(fact) => of(fact),
            Self::Protection(fact) => of(fact),
            Self::ActionsPolicy(fact) => of(fact),
            Self::DefaultToken(fact) => of(fact),
            Self::Environments(fact) => of(fact),
            Self::Tags(fact) => of(fact),
            Self::Release(fact) => of(fact),
            Self::Attestations(fact) => of(fact),
            Self::Provenance(fact) => of(fact),
            Self::Runs(fact) => of(fact),
            Self::Pins(fact) => of(fact),
            Self::Checks(fact) => of(fact),
            Self::Progress(fact) => of(fact),
            Self::PullRequests(fact) => of(fact),
            Self::Versions(fact) => of(fact),
        }
    }

    /// The topic this answers.
    pub const fn topic(&self) -> Topic {
        match self {
            Self::Files(_) => Topic::Files,
            Self::Git(_) => Topic::Git,
            Self::Repository(_) => Topic::Repository,
            Self::Protection(_) => Topic::Protection,
            Self::ActionsPolicy(_) => Topic::ActionsPolicy,
            Self::DefaultToken(_) => Topic::DefaultToken,
            Self::Environments(_) => Topic::Environments,
            Self::Tags(_) => Topic::Tags,
            Self::Release(_) => Topic::Release,
            Self::Attestations(_) => Topic::Attestations,
            Self::Provenance(_) => Topic::Provenance,
            Self::Runs(_) => Topic::Runs,
            Self::Pins(_) => Topic::Pins,
            Self::Checks(_) => Topic::Checks,
            Self::Progress(_) => Topic::Progress,
            Self::PullRequests(_) => Topic::PullRequests,
            Self::Versions(_) => Topic::Versions,
        }
    }

    /// "Cannot be told" as the answer to a topic.
    pub fn unknown(topic: Topic, why: super::Unknown) -> Self {
        match topic {
            Topic::Files => Self::Files(Fact::Unknown(why)),
            Topic::Git => Self::Git(Fact::Unknown(why)),
            Topic::Repository => Self::Repository(Fact::Unknown(why)),
            Topic::Protection => Self::Protection(Fact::Unknown(why)),
            Topic::ActionsPolicy => Self::ActionsPolicy(Fact::Unknown(why)),
            Topic::DefaultToken => Self::DefaultToken(Fact::Unknown(why)),
            Topic::Environments => Self::Environments(Fact::Unknown(why)),
            Topic::Tags => Self::Tags(Fact::Unknown(why)),
            Topic::Release => Self::Release(Fact::Unknown(why)),
            Topic::Attestations => Self::Attestations(Fact::Unknown(why)),
            Topic::Provenance => Self::Provenance(Fact::Unknown(why)),
            Topic::Runs => Self::Runs(Fact::Unknown(why)),
            Topic::Pins => Self::Pins(Fact::Unknown(why)),
            Topic::Checks => Self::Checks(Fact::Unknown(why)),
            Topic::Progress => Self::Progress(Fact::Unknown(why)),
            Topic::PullRequests => Self::PullRequests(Fact::Unknown(why)),
            Topic::Versions => Self::Versions(Fact::Unknown(why)),
        }
    }
}

/// Everything known about one repository. [`Facts::record`] is its only change.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Its texts.
    pub files: Fact<FileSet>,
    /// Its local clone.
    pub git: Fact<Option<Git>>,
    /// The repository itself.
    pub repository: Fact<Repository>,
    /// Rules of its release branches.
    pub protection: Fact<Vec<BranchState>>,
    /// Which actions may run.
    pub actions_policy: Fact<ActionsPolicy>,
    /// What a workflow's token may do by default.
    pub default_token: Fact<DefaultToken>,
    /// Its environments.
    pub environments: Fact<Vec<Environment>>,
    /// Its last release tags, newest first.
    pub tags: Fact<Vec<ReleaseTag>>,
    /// Its latest release.
    pub release: Fact<Option<Release>>,
    /// Attestations of the released files.
    pub attestations: Fact<Vec<ArtifactAttestation>>,
    /// What package indexes say.
    pub provenance: Fact<Vec<PackageProvenance>>,
    /// The last runs of its publish workflows.
    pub runs: Fact<Vec<PublishRun>>,
    /// What its pins point to.
    pub pins: Fact<Pins>,
    /// What the checks say about the commit.
    pub checks: Fact<CommitChecks>,
    /// Where the branch stands on the forge.
    pub progress: Fact<Progress>,
    /// The open pull requests.
    pub pull_requests: Fact<Vec<PullRequest>>,
    /// The versions on package indexes.
    pub versions: Fact<Vec<IndexVersions>>,
    /// Workflows and local actions, read from the texts.
    pub workflows: Arc<WorkflowSet>,
    /// The steps that publish, found in the workflows.
    pub publishes: Arc<Vec<Publish>>,
    /// The steps that attest and verify, found in the workflows.
    pub landmarks: Arc<Landmarks>,
    /// What the project declares in `.github/shipworthy.yml`.
    pub declared: Declared,
    /// Documents that may tell of releases or show a badge, by path.
    pub pages: Arc<BTreeMap<String, Page>>,
    /// The configuration of Dependabot, when it could be read.
    pub dependabot: Option<Dependabot>,
    /// The configuration of Renovate, when it could be read.
    pub renovate: Option<Renovate>,
    /// Files that could not be read or parsed.
    pub problems: Vec<Problem>,
}

impl Facts {
    /// Takes in one answer.
    pub fn record(&mut self, observation: Observation) {
        match observation {
            Observation::Files(fact) => self.record_files(fact),
            Observation::Git(fact) => self.git = fact,
            Observation::Repository(fact) => self.repository = fact,
            Observation::Protection(fact) => self.protection = fact,
            Observation::ActionsPolicy(fact) => self.actions_policy = fact,
            Observation::DefaultToken(fact) => self.default_token = fact,
            Observation::Environments(fact) => self.environments = fact,
            Observation::Tags(fact) => self.tags = fact,
            Observation::Release(fact) => self.release = fact,
            Observation::Attestations(fact) => self.attestations = fact,
            Observation::Provenance(fact) => self.provenance = fact,
            Observation::Runs(fact) => self.runs = fact,
            Observation::Pins(fact) => self.pins = fact,
            Observation::Checks(fact) => self.checks = fact,
            Observation::Progress(fact) => self.progress = fact,
            Observation::PullRequests(fact) => self.pull_requests = fact,
            Observation::Versions(fact) => self.versions = fact,
        }
    }

    /// Takes in the texts and what they mean, read ahead or now.
    fn record_files(&mut self, mut fact: Fact<FileSet>) {
        let meaning = match &mut fact {
            Fact::Known(observed) => observed.value.take_meaning(),
            Fact::Pending | Fact::Unknown(_) => Meaning::default(),
        };
        let Meaning { workflows, publishes, landmarks, declared, pages, dependabot, renovate, problems } = meaning;
        self.workflows = workflows;
        self.publishes = publishes;
        self.landmarks = landmarks;
        self.declared = declared;
        self.pages = pages;
        self.dependabot = dependabot;
        self.renovate = renovate;
        self.problems = problems;
        self.files = fact;
    }

    /// The topics that still wait for their answer.
    pub fn awaited(&self) -> Vec<Topic> {
        let waits = |topic: &Topic| match topic {
            Topic::Files => self.files.is_pending(),
            Topic::Git => self.git.is_pending(),
            Topic::Repository => self.repository.is_pending(),
            Topic::Protection => self.protection.is_pending(),
            Topic::ActionsPolicy => self.actions_policy.is_pending(),
            Topic::DefaultToken => self.default_token.is_pending(),
            Topic::Environments => self.environments.is_pending(),
            Topic::Tags => self.tags.is_pending(),
            Topic::Release => self.release.is_pending(),
            Topic::Attestations => self.attestations.is_pending(),
            Topic::Provenance => self.provenance.is_pending(),
            Topic::Runs => self.runs.is_pending(),
            Topic::Pins => self.pins.is_pending(),
            Topic::Checks => self.checks.is_pending(),
            Topic::Progress => self.progress.is_pending(),
            Topic::PullRequests => self.pull_requests.is_pending(),
            Topic::Versions => self.versions.is_pending(),
        };
        Topic::ALL.iter().copied().filter(waits).collect()
    }

    /// When the newest answer of a forge or an index was fetched; none where nothing was asked.
    pub fn newest_answer(&self) -> Option<jiff::Timestamp> {
        fn at<T>(fact: &Fact<T>) -> Option<jiff::Timestamp> {
            let seen = fact.observed()?;
            matches!(seen.origin, super::Origin::Api { .. }).then_some(seen.at)
        }
        let settings = [at(&self.repository), at(&self.protection), at(&self.actions_policy), at(&self.default_token)];
        let made = [at(&self.environments), at(&self.tags), at(&self.release), at(&self.attestations)];
        let rest = [at(&self.provenance), at(&self.runs), at(&self.pins), at(&self.checks), at(&self.progress)];
        let last = [at(&self.pull_requests), at(&self.versions), at(&self.files), at(&self.git)];
        settings.into_iter().chain(made).chain(rest).chain(last).flatten().max()
    }

    /// The text of a file, when it was read.
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        self.files.value().and_then(|files| files.text(path))
    }

    /// `owner/name`: as the forge spells it, else as the remote of the clone says.
    pub fn full_name(&self) -> Option<String> {
        self.name_on_forge().map(str::to_owned).or_else(|| self.name_of_remote())
    }

    /// `owner/name` as the forge spells it.
    pub fn name_on_forge(&self) -> Option<&str> {
        self.repository.value().map(|repository| repository.full_name.as_str()).filter(|name| !name.is_empty())
    }

    /// `owner/name` as the remote of the clone says.
    pub fn name_of_remote(&self) -> Option<String> {
        Some(self.git.value()?.as_ref()?.remote.as_ref()?.full_name())
    }

    /// The default branch: as the forge says, else the branch of the clone.
    pub fn default_branch(&self) -> Option<&str> {
        let forge = self.repository.value().map(|repository| repository.default_branch.as_str());
        forge.filter(|name| !name.is_empty()).or_else(|| self.git.value()?.as_ref()?.branch.as_deref())
    }
}
