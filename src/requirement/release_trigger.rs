//! R02 release-trigger: publishing starts only by an intentional act of the release team.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R02.
#[derive(Debug)]
pub struct ReleaseTrigger;

/// What R02 is.
pub static META: Meta = Meta {
    id: "R02",
    slug: "release-trigger",
    title: "Publishing starts only by an intentional act of the release team",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#hardening-workflow-environment-permissions",
    checks: &[("trigger", Role::Decisive), ("last-run-event", Role::Supporting), ("tag-ruleset", Role::Advice)],
    needs: &[Topic::Files, Topic::Environments, Topic::Runs, Topic::Protection],
};

impl Requirement for ReleaseTrigger {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
