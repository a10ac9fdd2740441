//! R05 token-permissions: workflow tokens read by default and write only where a job needs it.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R05.
#[derive(Debug)]
pub struct TokenPermissions;

/// What R05 is.
pub static META: Meta = Meta {
    id: "R05",
    slug: "token-permissions",
    title: "Workflow tokens read by default and write only where a job needs it",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#restrict-permissions-in-ci-runners-to-the-minimum-required",
    checks: &[
        ("workflow-permissions", Role::Decisive),
        ("job-permissions", Role::Decisive),
        ("default-token", Role::Supporting),
        ("other-workflows", Role::Advice),
        ("approve-pull-requests", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::DefaultToken],
};

impl Requirement for TokenPermissions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
