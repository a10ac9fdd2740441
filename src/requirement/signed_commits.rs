//! R03 signed-commits: release commits are signed and verified.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R03.
#[derive(Debug)]
pub struct SignedCommits;

/// What R03 is.
pub static META: Meta = Meta {
    id: "R03",
    slug: "signed-commits",
    title: "Release commits are signed and verified",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#hardening-workflow-environment-permissions",
    checks: &[
        ("signatures-required", Role::Decisive),
        ("release-commits-verified", Role::Decisive),
        ("release-tag-signed", Role::Advice),
    ],
    needs: &[Topic::Tags, Topic::Protection, Topic::Git],
};

impl Requirement for SignedCommits {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
