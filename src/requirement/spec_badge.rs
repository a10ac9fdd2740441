//! R13 spec-badge: the README shows the SPEC 8 badge, and truly.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R13.
#[derive(Debug)]
pub struct SpecBadge;

/// What R13 is.
pub static META: Meta = Meta {
    id: "R13",
    slug: "spec-badge",
    title: "The README shows the SPEC 8 badge, and truly",
    level: Level::Informational,
    spec: "https://scientific-python.org/specs/spec-0008/#badges",
    checks: &[("badge", Role::Decisive)],
    needs: &[Topic::Files],
};

impl Requirement for SpecBadge {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
