//! R08 pinned-actions: actions in release workflows are pinned to full commit SHAs.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R08.
#[derive(Debug)]
pub struct PinnedActions;

/// What R08 is.
pub static META: Meta = Meta {
    id: "R08",
    slug: "pinned-actions",
    title: "Actions in release workflows are pinned to full commit SHAs",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#pin-github-actions-release-workflows-to-their-full-release-commit-shas",
    checks: &[
        ("release-workflows", Role::Decisive),
        ("pin-is-release", Role::Supporting),
        ("version-comments", Role::Advice),
        ("container-images", Role::Advice),
        ("other-workflows", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::Pins],
};

impl Requirement for PinnedActions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
