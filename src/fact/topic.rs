//! The questions that can be asked about a repository: one table.

use serde::{Deserialize, Serialize};

/// One question that a source can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// The texts that decide: workflows, actions, release pages, README, metadata, Dependabot and Renovate.
    Files,
    /// Branch, commit, remote, tags and state of a local clone.
    Git,
    /// The repository itself: default branch, visibility, archived or not.
    Repository,
    /// Rules on the default branch and the release branches.
    Protection,
    /// Which actions may run.
    ActionsPolicy,
    /// What the token of a workflow may do by default.
    DefaultToken,
    /// Environments and their protection rules.
    Environments,
    /// The last release tags and commits with their signatures.
    Tags,
    /// The latest release with its files.
    Release,
    /// Attestations of the released files.
    Attestations,
    /// What the package index says about the newest files.
    Provenance,
    /// The last run of a publish workflow and who approved it.
    Runs,
    /// What the references of `uses:` point to.
    Pins,
    /// What the checks say about the judged commit.
    Checks,
    /// Where the judged branch stands on the forge, and how far it is beyond the last release.
    Progress,
    /// The open pull requests.
    PullRequests,
    /// Which versions the package index holds.
    Versions,
}

impl Topic {
    /// Every topic.
    pub const ALL: &[Self] = &[
        Self::Files,
        Self::Git,
        Self::Repository,
        Self::Protection,
        Self::ActionsPolicy,
        Self::DefaultToken,
        Self::Environments,
        Self::Tags,
        Self::Release,
        Self::Attestations,
        Self::Provenance,
        Self::Runs,
        Self::Pins,
        Self::Checks,
        Self::Progress,
        Self::PullRequests,
        Self::Versions,
    ];

    /// What only a person who is about to release wants to know: asked when the checklist opens.
    pub const RELEASE: &[Self] = &[Self::Checks, Self::Progress, Self::PullRequests, Self::Versions];

    /// Whether a requirement may look at it.
    pub fn is_judged(self) -> bool {
        !Self::RELEASE.contains(&self)
    }

    /// The permission a fine-grained token needs to see this; none where public data suffices.
    pub const fn needs(self) -> Option<&'static str> {
        match self {
            Self::Protection | Self::Repository => Some("metadata:read"),
            Self::ActionsPolicy | Self::DefaultToken => Some("administration:read"),
            Self::Environments | Self::Runs => Some("actions:read"),
            Self::Files | Self::Tags | Self::Release | Self::Pins | Self::Progress => Some("contents:read"),
            Self::Checks => Some("checks:read"),
            Self::PullRequests => Some("pull-requests:read"),
            Self::Attestations => Some("attestations:read"),
            Self::Git | Self::Provenance | Self::Versions => None,
        }
    }

    /// What the question is about, in words for sentences such as "… cannot be seen offline".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Files => "the files",
            Self::Git => "the state of the clone",
            Self::Repository => "the repository's own data",
            Self::Protection => "the rules on the release branch",
            Self::ActionsPolicy => "the list of allowed actions",
            Self::DefaultToken => "the default token permission",
            Self::Environments => "the environments and their reviewers",
            Self::Tags => "the signatures of the last releases",
            Self::Release => "the latest release",
            Self::Attestations => "the attestations of the released files",
            Self::Provenance => "the provenance on the package index",
            Self::Runs => "the last publish run",
            Self::Pins => "what the pinned commits are",
            Self::Checks => "what the checks say about the commit",
            Self::Progress => "how far the branch is beyond the last release",
            Self::PullRequests => "the open pull requests",
            Self::Versions => "the versions on the package index",
        }
    }
}
