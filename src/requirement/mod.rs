//! What SPEC 8 asks: thirteen requirements as pure judgements over facts.
//!
//! Each requirement is one file with its [`Meta`] and its [`Requirement::assess`]; [`ALL`] is the one registry, from
//! which reports, `--only`, `explain` and every screen follow. Adding a requirement is a file and a line here.

pub mod explain;
pub mod finding;
pub mod fix;
pub mod settings_page;

mod amend;
mod attested;
mod attesting;
mod bundled;
mod coverage;
mod granting;
mod index_attestation;
mod publishing;
mod rebuilt;
mod release_branches;
#[cfg(test)]
mod trial;
mod uploaded;

pub mod allowed_actions;
pub mod attest_provenance;
pub mod attest_verify;
pub mod branch_protection;
pub mod dependabot_actions;
pub mod environment_review;
pub mod pinned_actions;
pub mod release_docs;
pub mod release_trigger;
pub mod signed_commits;
pub mod spec_badge;
pub mod token_permissions;
pub mod trusted_publishing;

pub use finding::{Check, Evidence, Finding, Role, Verdict, Waiver};
pub use fix::{FileFix, Fix, FixOffer, Guide, Proposal, Refusal, Safety};

use serde::Deserialize;

use crate::fact::{Facts, Topic};

/// How much a requirement weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Decides readiness.
    Required,
    /// Is shown and counted.
    Recommended,
    /// Is shown.
    Informational,
}

impl Level {
    /// The word of the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Recommended => "recommended",
            Self::Informational => "informational",
        }
    }
}

/// What a requirement is, apart from any repository.
#[derive(Debug)]
pub struct Meta {
    /// `R01` to `R13`.
    pub id: &'static str,
    /// Name for people and machines, as `release-docs`.
    pub slug: &'static str,
    /// One line that says what should be so.
    pub title: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// Link to the section of the SPEC.
    pub spec: &'static str,
    /// Ids and roles of its checks, in the order of the report.
    pub checks: &'static [(&'static str, Role)],
    /// The topics it looks at.
    pub needs: &'static [Topic],
}

/// Which reading of the SPEC is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Profile {
    /// The SPEC as it stands.
    #[default]
    #[serde(rename = "spec-8")]
    Spec8,
    /// The same, but attestations made by the package index itself satisfy R10.
    #[serde(rename = "pep-740")]
    Pep740,
}

impl Profile {
    /// Every profile.
    pub const ALL: &[Self] = &[Self::Spec8, Self::Pep740];

    /// The name of the profile.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Spec8 => "spec-8",
            Self::Pep740 => "pep-740",
        }
    }
}

/// What a requirement may look at.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Everything known about the repository.
    pub facts: &'a Facts,
    /// Findings of the requirements before this one in [`ALL`].
    pub earlier: &'a [Finding],
    /// The reading that is applied.
    pub profile: Profile,
}

impl Case<'_> {
    /// The verdict of an earlier requirement.
    pub fn verdict_of(&self, id: &str) -> Option<Verdict> {
        self.earlier.iter().find(|finding| finding.meta.id == id).map(|finding| finding.verdict)
    }
}

/// One requirement: synchronous and pure.
pub trait Requirement: Sync {
    /// What it is.
    fn meta(&self) -> &'static Meta;
    /// What the facts say about it. Returns every check of [`Meta::checks`], in that order.
    fn assess(&self, case: &Case<'_>) -> Finding;

    /// What can be done about it in local files; pure, worked out only when asked for.
    fn propose(&self, _case: &Case<'_>) -> Proposal {
        Proposal::default()
    }
}

/// Every requirement. R02 reads R07, and R13 reads R02, R05, R07, R08 and R12, so those come first here; reports
/// show them in the order of their ids.
pub static ALL: &[&dyn Requirement] = &[
    &release_docs::ReleaseDocs,
    &environment_review::EnvironmentReview,
    &release_trigger::ReleaseTrigger,
    &signed_commits::SignedCommits,
    &branch_protection::BranchProtection,
    &token_permissions::TokenPermissions,
    &allowed_actions::AllowedActions,
    &pinned_actions::PinnedActions,
    &dependabot_actions::DependabotActions,
    &attest_provenance::AttestProvenance,
    &attest_verify::AttestVerify,
    &trusted_publishing::TrustedPublishing,
    &spec_badge::SpecBadge,
];

/// The requirement of that id or slug, without regard to case.
pub fn find(name: &str) -> Option<&'static dyn Requirement> {
    ALL.iter().copied().find(|r| r.meta().id.eq_ignore_ascii_case(name) || r.meta().slug.eq_ignore_ascii_case(name))
}

/// Judges all requirements, and returns the findings in the order of their ids.
pub fn assess_all(facts: &Facts, profile: Profile) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::with_capacity(ALL.len());
    for requirement in ALL {
        let finding = requirement.assess(&Case { facts, earlier: &findings, profile });
        findings.push(finding);
    }
    findings.sort_by_key(|finding| finding.meta.id);
    findings
}
