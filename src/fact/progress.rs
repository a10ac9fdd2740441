//! How far the work has come since the last release, as the forge and the package index tell it: what a person looks
//! at before pressing the button.

use serde::{Deserialize, Serialize};

/// Where the judged branch stands on the forge (GET /repos/{owner}/{repo}/branches/{branch}, then
/// GET /repos/{owner}/{repo}/compare/{tag}...{branch}).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Progress {
    /// The branch.
    pub branch: String,
    /// Its newest commit on the forge, 40 hexadecimal digits.
    pub head: String,
    /// The newest release tag and how many commits the branch has beyond it; none where there is no tag.
    pub since: Option<SinceTag>,
}

/// The commits since a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SinceTag {
    /// Name of the tag.
    pub tag: String,
    /// Number of commits of the branch that the tag does not hold.
    pub commits: u64,
}

/// What checks say about one commit (GET /repos/{owner}/{repo}/commits/{sha}/check-runs and
/// GET /repos/{owner}/{repo}/commits/{sha}/status; both pages in full).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CommitChecks {
    /// The commit, 40 hexadecimal digits.
    pub commit: String,
    /// Its checks, the newest run of each; empty where none ran.
    pub checks: Vec<CommitCheck>,
}

/// One check of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CommitCheck {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub state: CheckState,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// It passed, or says that there was nothing to do (`success`, `neutral`, `skipped`).
    Passed,
    /// It did not (`failure`, `error`, `cancelled`, `timed_out`, `action_required`, `startup_failure`, `stale`).
    Failed,
    /// It has not ended (`queued`, `in_progress`, `waiting`, `pending`).
    Running,
}

/// An open pull request (GET /repos/{owner}/{repo}/pulls?state=open).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Login of its author, as `dependabot[bot]`.
    pub author: String,
    /// Name of its branch, as `dependabot/github_actions/actions-4f1c`.
    pub branch: String,
}

impl PullRequest {
    /// Whether Dependabot opened it to update actions.
    pub fn updates_actions(&self) -> bool {
        self.author.starts_with("dependabot") && self.branch.starts_with("dependabot/github_actions/")
    }
}

/// The versions of a package on its index, yanked ones included, since their names are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct IndexVersions {
    /// Registry, as the report names it (`pypi`).
    pub registry: String,
    /// Normalised name of the package.
    pub package: String,
    /// Its versions.
    pub versions: Vec<String>,
}
