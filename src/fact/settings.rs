//! Settings of a repository as a forge reports them: protection, allowed actions, default token, environments.

use serde::{Deserialize, Serialize};

use super::Fact;

/// The repository itself (GET /repos/{owner}/{repo}).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repository {
    /// `owner/name` as the forge spells it now.
    pub full_name: String,
    /// The default branch.
    pub default_branch: String,
    /// Whether it is private or internal.
    #[serde(default)]
    pub private: bool,
    /// Whether it is archived.
    #[serde(default)]
    pub archived: bool,
    /// Whether it is a fork.
    #[serde(default)]
    pub fork: bool,
    /// Whether the token belongs to an administrator of it.
    #[serde(default)]
    pub viewer_is_admin: bool,
    /// The name it was asked by, when that is an old one.
    #[serde(default)]
    pub renamed_from: Option<String>,
}

/// What is known about the rules of one branch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BranchState {
    /// Name of the branch.
    pub branch: String,
    /// Whether it is the default branch.
    #[serde(default)]
    pub default: bool,
    /// Whether releases are made from it.
    #[serde(default)]
    pub release: bool,
    /// Active rules, those of the organisation included (GET /repos/{owner}/{repo}/rules/branches/{branch}).
    pub rules: Fact<Vec<BranchRule>>,
    /// The `protected` mark (GET /repos/{owner}/{repo}/branches/{branch}).
    pub protected: Fact<bool>,
    /// Classic protection; known to be `None` only where the forge said "Branch not protected"
    /// (GET /repos/{owner}/{repo}/branches/{branch}/protection).
    pub classic: Fact<Option<ClassicProtection>>,
    /// That the owner's plan offers no protection for this branch, as the forge said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_limit: Option<PlanLimit>,
}

/// The forge's word that a feature is not part of the owner's plan: a private repository on a plan without branch
/// protection is answered with 403 "Upgrade to …". That is an answer about the branch, not a refusal of the token,
/// so it is known and not [`Fact::Unknown`]; sources set it beside the facts that the same request left unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlanLimit {
    /// Method and path of the request.
    pub endpoint: String,
    /// HTTP status, as 403.
    pub status: u16,
    /// What the forge said.
    pub message: String,
}

/// One active rule of a ruleset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BranchRule {
    /// Type as the API writes it: `pull_request`, `non_fast_forward`, `deletion`, `required_status_checks`,
    /// `required_signatures`, `creation` and so on.
    pub kind: String,
    /// Name of the ruleset.
    #[serde(default)]
    pub ruleset: String,
    /// Where the ruleset is kept, if not in the repository: the organisation or enterprise.
    #[serde(default)]
    pub inherited_from: Option<String>,
    /// Approvals a pull request needs, for `pull_request`.
    #[serde(default)]
    pub approvals: Option<u32>,
    /// Who may bypass it; none where the token cannot see that.
    #[serde(default)]
    pub bypass: Option<Vec<String>>,
}

/// Classic branch protection. Each mark is as the API reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ClassicProtection {
    /// Force pushes are allowed.
    pub allows_force_pushes: bool,
    /// Deletion is allowed.
    pub allows_deletions: bool,
    /// A pull request needs this many approvals; none where pull requests are not required.
    pub approvals: Option<u32>,
    /// Administrators are included.
    pub enforce_admins: bool,
    /// Signed commits are required.
    pub required_signatures: bool,
    /// Status checks are required.
    pub status_checks: bool,
}

/// Which actions may run (GET /repos/{owner}/{repo}/actions/permissions).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ActionsPolicy {
    /// Whether Actions run at all.
    pub enabled: bool,
    /// The rule.
    pub allowed: AllowedActions,
    /// Whether the organisation decides, not the repository.
    #[serde(default)]
    pub inherited: bool,
    /// Whether every action must be pinned to a full commit SHA; none where the server has no such setting.
    #[serde(default)]
    pub sha_pinning_required: Option<bool>,
}

/// The rule about allowed actions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum AllowedActions {
    /// Every action.
    All,
    /// Only those of the same owner.
    LocalOnly,
    /// A list (GET /repos/{owner}/{repo}/actions/permissions/selected-actions).
    Selected(Fact<SelectedActions>),
}

/// The list behind `selected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SelectedActions {
    /// Actions made by GitHub are allowed.
    pub github_owned: bool,
    /// Actions of verified creators are allowed.
    pub verified: bool,
    /// Further patterns, as `owner/repo@*`.
    pub patterns: Vec<String>,
}

/// The default token (GET /repos/{owner}/{repo}/actions/permissions/workflow).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DefaultToken {
    /// Whether the token may write where a workflow says nothing.
    pub write: bool,
    /// Whether workflows may approve pull requests.
    pub can_approve_pull_requests: bool,
}

/// One environment (GET /repos/{owner}/{repo}/environments).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Environment {
    /// Name as the forge spells it; compared without regard to case.
    pub name: String,
    /// Who may approve; empty where no reviewers rule exists.
    pub reviewers: Vec<Reviewer>,
    /// Whether the one who started the run may not approve it.
    pub prevent_self_review: bool,
    /// Minutes a run waits.
    pub wait_minutes: u32,
    /// Whether administrators may bypass the rules; none where the server does not say.
    pub admins_can_bypass: Option<bool>,
    /// Which branches and tags may deploy; none where every one may.
    pub branch_policy: Option<String>,
    /// Custom protection apps, by slug.
    pub custom_apps: Vec<String>,
}

/// A person or a team that may approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
pub enum Reviewer {
    /// A user, by login.
    User(String),
    /// A team, by slug. Its size is not known.
    Team(String),
}
