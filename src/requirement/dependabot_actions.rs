//! R09 dependabot-actions: pinned actions are kept up to date by a reviewed process.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R09.
#[derive(Debug)]
pub struct DependabotActions;

/// What R09 is.
pub static META: Meta = Meta {
    id: "R09",
    slug: "dependabot-actions",
    title: "Pinned actions are kept up to date by a reviewed process",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#pin-github-actions-release-workflows-to-their-full-release-commit-shas",
    checks: &[
        ("updates", Role::Decisive),
        ("groups", Role::Decisive),
        ("covers-composites", Role::Supporting),
        ("cooldown", Role::Advice),
    ],
    needs: &[Topic::Files],
};

impl Requirement for DependabotActions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
