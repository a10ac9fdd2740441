//! R07 environment-review: publish jobs run in an environment that another maintainer must approve.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R07.
#[derive(Debug)]
pub struct EnvironmentReview;

/// What R07 is.
pub static META: Meta = Meta {
    id: "R07",
    slug: "environment-review",
    title: "Publish jobs run in an environment that another maintainer must approve",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#use-github-actions-environments",
    checks: &[
        ("environment-named", Role::Decisive),
        ("required-reviewers", Role::Decisive),
        ("self-review", Role::Decisive),
        ("last-run-approved", Role::Supporting),
        ("admin-bypass", Role::Advice),
        ("branch-policy", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::Environments, Topic::Runs],
};

impl Requirement for EnvironmentReview {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
