//! R06 allowed-actions: only chosen actions may run.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R06.
#[derive(Debug)]
pub struct AllowedActions;

/// What R06 is.
pub static META: Meta = Meta {
    id: "R06",
    slug: "allowed-actions",
    title: "Only chosen actions may run",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#restrict-permitted-actions-in-workflows",
    checks: &[("actions-policy", Role::Decisive), ("sha-pinning-required", Role::Advice)],
    needs: &[Topic::ActionsPolicy, Topic::Files],
};

impl Requirement for AllowedActions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
