//! R01 release-docs: the release process is documented, step by step and with the permissions it takes.

use super::{Case, Check, Finding, Level, Meta, Requirement, Role, Verdict};
use crate::fact::Topic;

/// R01.
#[derive(Debug)]
pub struct ReleaseDocs;

/// What R01 is.
pub static META: Meta = Meta {
    id: "R01",
    slug: "release-docs",
    title: "The release process is documented, step by step and with the permissions it takes",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#document-the-release-process",
    checks: &[("document", Role::Decisive), ("permissions-described", Role::Decisive)],
    needs: &[Topic::Files],
};

impl Requirement for ReleaseDocs {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let _ = case;
        let checks = META.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Manual, "not judged yet"));
        Finding::of(&META, checks.collect())
    }
}
