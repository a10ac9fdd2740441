//! R11 attest-verify: attestations are verified before anything is published.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R11.
#[derive(Debug)]
pub struct AttestVerify;

/// What R11 is.
pub static META: Meta = Meta {
    id: "R11",
    slug: "attest-verify",
    title: "Attestations are verified before anything is published",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#adopt-slsa-through-use-of-github-attestations",
    checks: &[("verify-step", Role::Decisive)],
    needs: &[Topic::Files],
};

impl Requirement for AttestVerify {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
