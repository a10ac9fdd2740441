//! R12 trusted-publishing: publishing uses short-lived identity tokens, never stored ones.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R12.
#[derive(Debug)]
pub struct TrustedPublishing;

/// What R12 is.
pub static META: Meta = Meta {
    id: "R12",
    slug: "trusted-publishing",
    title: "Publishing uses short-lived identity tokens, never stored ones",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#adopt-oidc-through-the-use-of-pypi-trusted-publishers",
    checks: &[
        ("no-long-lived-token", Role::Decisive),
        ("id-token", Role::Decisive),
        ("index-provenance", Role::Supporting),
        ("publisher-environment", Role::Supporting),
        ("print-hash", Role::Advice),
        ("leftover-secrets", Role::Advice),
    ],
    needs: &[Topic::Files, Topic::Provenance],
};

impl Requirement for TrustedPublishing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
