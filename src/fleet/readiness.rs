//! Whether a repository is safe to ship, folded from its findings in one place.

use crate::requirement::{Finding, Level, Verdict};

/// Whether a repository is safe to ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readiness {
    /// Every required requirement passes, warns, is waived or does not apply.
    Ready,
    /// None fails, but one cannot be told or needs a person.
    Undecided,
    /// A required requirement fails.
    NotReady,
}

impl Readiness {
    /// The word of the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotReady => "not-ready",
            Self::Undecided => "undecided",
        }
    }

    /// Folds findings: the required ones, or all of them where only named ones were judged.
    pub fn of(findings: &[Finding], named: bool) -> Self {
        let counted = findings.iter().filter(|finding| named || finding.meta.level == Level::Required);
        match Verdict::fold(counted.map(|finding| finding.verdict)) {
            Verdict::Fail => Self::NotReady,
            Verdict::Unknown | Verdict::Manual | Verdict::Pending => Self::Undecided,
            _ if findings.is_empty() => Self::Undecided,
            _ => Self::Ready,
        }
    }
}
