//! R04 branch-protection: the branch that releases are made from is protected.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R04.
#[derive(Debug)]
pub struct BranchProtection;

/// What R04 is.
pub static META: Meta = Meta {
    id: "R04",
    slug: "branch-protection",
    title: "The branch that releases are made from is protected",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#hardening-workflow-environment-permissions",
    checks: &[
        ("release-branch", Role::Decisive),
        ("force-push", Role::Advice),
        ("deletion", Role::Advice),
        ("review", Role::Advice),
        ("admins-included", Role::Advice),
        ("bypass-actors", Role::Advice),
    ],
    needs: &[Topic::Protection, Topic::Repository, Topic::Git],
};

impl Requirement for BranchProtection {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
