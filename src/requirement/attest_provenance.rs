//! R10 attest-provenance: released files carry a provenance attestation.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R10.
#[derive(Debug)]
pub struct AttestProvenance;

/// What R10 is.
pub static META: Meta = Meta {
    id: "R10",
    slug: "attest-provenance",
    title: "Released files carry a provenance attestation",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#adopt-slsa-through-use-of-github-attestations",
    checks: &[
        ("attest-step", Role::Decisive),
        ("attest-permissions", Role::Decisive),
        ("released-artifacts", Role::Supporting),
    ],
    needs: &[Topic::Files, Topic::Attestations, Topic::Release],
};

impl Requirement for AttestProvenance {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
