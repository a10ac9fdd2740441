//! Verdicts, checks and evidence, and how checks fold into a finding.

use jiff::Timestamp;

use super::Meta;
use crate::fact::{Fact, Observed, Origin, Reason, Topic, Unknown};
use crate::text::{Span, clean};

/// What is said about a requirement or a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It holds, with something to improve.
    Warn,
    /// It does not hold.
    Fail,
    /// It cannot be told.
    Unknown,
    /// Only a person can tell.
    Manual,
    /// It does not apply here.
    NotApplicable,
    /// The project set it aside, with a reason.
    Waived,
    /// An answer is awaited.
    Pending,
}

impl Verdict {
    /// The verdict as the report writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Manual => "manual",
            Self::NotApplicable => "not-applicable",
            Self::Waived => "waived",
            Self::Pending => "pending",
        }
    }

    /// Rank for folding: the worst has the highest; those that drop out have none.
    const fn rank(self) -> Option<u8> {
        match self {
            Self::Fail => Some(5),
            Self::Pending => Some(4),
            Self::Unknown => Some(3),
            Self::Manual => Some(2),
            Self::Warn => Some(1),
            Self::Pass => Some(0),
            Self::NotApplicable | Self::Waived => None,
        }
    }

    /// The worse of two verdicts; one that drops out yields to the other.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        match (self.rank(), other.rank()) {
            (Some(a), Some(b)) if b > a => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }

    /// The worst of many; not applicable when nothing remains.
    pub fn fold(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::NotApplicable, Self::worst)
    }
}

/// How a check counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Drives the verdict.
    Decisive,
    /// Counts, but its `unknown` or `manual` changes nothing.
    Supporting,
    /// Is shown and changes nothing.
    Advice,
}

impl Role {
    /// The role as the report writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decisive => "decisive",
            Self::Supporting => "supporting",
            Self::Advice => "advice",
        }
    }
}

/// What a verdict rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// A place in a file.
    File {
        /// Path from the root.
        path: String,
        /// Where; none for the file as a whole.
        span: Option<Span>,
        /// What is to be seen there.
        note: String,
    },
    /// An answer of a server.
    Api {
        /// Method and path.
        endpoint: String,
        /// HTTP status.
        status: u16,
        /// Field of the answer.
        field: String,
        /// Its value.
        value: String,
        /// When it was fetched; none for a refusal.
        fetched_at: Option<Timestamp>,
        /// Whether it is old and could not be asked again.
        stale: bool,
    },
    /// Nothing was found, and where it was looked for.
    Absence {
        /// Files or places.
        looked_in: Vec<String>,
    },
    /// A person said so.
    Person {
        /// Who.
        who: String,
        /// When.
        at: String,
        /// What they noted.
        note: String,
    },
}

impl Evidence {
    /// A place in a file.
    pub fn at(path: &str, span: Span, note: impl Into<String>) -> Self {
        Self::File { path: path.to_owned(), span: Some(span), note: note.into() }
    }

    /// A file as a whole.
    pub fn file(path: &str, note: impl Into<String>) -> Self {
        Self::File { path: path.to_owned(), span: None, note: note.into() }
    }

    /// Nothing was found in these places.
    pub fn absence<S: Into<String>>(looked_in: impl IntoIterator<Item = S>) -> Self {
        Self::Absence { looked_in: looked_in.into_iter().map(Into::into).collect() }
    }

    /// A field of an observed answer. An answer read from a local clone shows as the file `.git`.
    pub fn answer<T>(observed: &Observed<T>, field: &str, value: impl Into<String>) -> Self {
        match &observed.origin {
            Origin::Api { endpoint, status } => Self::Api {
                endpoint: endpoint.clone(),
                status: *status,
                field: field.to_owned(),
                value: value.into(),
                fetched_at: Some(observed.at),
                stale: observed.stale,
            },
            Origin::Checkout => Self::file(".git", format!("{field}: {}", value.into())),
        }
    }

    /// A request that was refused or failed.
    pub fn refusal(origin: &Origin, detail: &str) -> Option<Self> {
        let Origin::Api { endpoint, status } = origin else { return None };
        Some(Self::Api {
            endpoint: endpoint.clone(),
            status: *status,
            field: "message".to_owned(),
            value: detail.to_owned(),
            fetched_at: None,
            stale: false,
        })
    }
}

/// The state of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Its id, part of the report format.
    pub id: &'static str,
    /// How it counts.
    pub role: Role,
    /// What is said.
    pub verdict: Verdict,
    /// Why, in one line.
    pub summary: String,
    /// Why it is unknown, where it is.
    pub unknown: Option<Unknown>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

impl Check {
    /// A check with its verdict and one line that says why (cleaned here, since it may quote names from files).
    pub fn new(id: &'static str, role: Role, verdict: Verdict, summary: impl AsRef<str>) -> Self {
        let summary = clean::line(summary.as_ref()).into_owned();
        Self { id, role, verdict, summary, unknown: None, evidence: Vec::new() }
    }

    /// A decisive check.
    pub fn decisive(id: &'static str, verdict: Verdict, summary: impl AsRef<str>) -> Self {
        Self::new(id, Role::Decisive, verdict, summary)
    }

    /// A supporting check.
    pub fn supporting(id: &'static str, verdict: Verdict, summary: impl AsRef<str>) -> Self {
        Self::new(id, Role::Supporting, verdict, summary)
    }

    /// A piece of advice.
    pub fn advice(id: &'static str, verdict: Verdict, summary: impl AsRef<str>) -> Self {
        Self::new(id, Role::Advice, verdict, summary)
    }

    /// A check that cannot be told, for the reason given; a refused request becomes its evidence.
    pub fn unknown(id: &'static str, role: Role, why: &Unknown) -> Self {
        let refusal = why.origin.as_ref().and_then(|origin| Evidence::refusal(origin, &why.detail));
        let mut check = Self::new(id, role, Verdict::Unknown, &why.detail);
        check.unknown = Some(why.clone());
        check.evidence.extend(refusal);
        check
    }

    /// A check whose fact is not here: pending while it is awaited, else unknown for its reason.
    pub fn missing<T>(id: &'static str, role: Role, fact: &Fact<T>, topic: Topic) -> Self {
        match fact {
            Fact::Unknown(why) => Self::unknown(id, role, why),
            Fact::Pending => Self::new(id, role, Verdict::Pending, format!("waiting for {}", topic.words())),
            Fact::Known(_) => {
                Self::unknown(id, role, &Unknown::new(Reason::Failed, format!("{} were not understood", topic.words())))
            }
        }
    }

    /// Every check of a requirement whose fact is not here, in the order of the report.
    pub fn all_missing<T>(meta: &Meta, fact: &Fact<T>, topic: Topic) -> Vec<Self> {
        meta.checks.iter().map(|(id, role)| Self::missing(id, *role, fact, topic)).collect()
    }

    /// The same with a piece of evidence.
    #[must_use]
    pub fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// The same with several pieces of evidence.
    #[must_use]
    pub fn with_all(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// What the check adds to the verdict of its requirement.
    fn contribution(&self) -> Verdict {
        match (self.role, self.verdict) {
            (Role::Advice, _) | (Role::Supporting, Verdict::Unknown | Verdict::Manual | Verdict::Pending) => {
                Verdict::NotApplicable
            }
            (_, verdict) => verdict,
        }
    }
}

/// Why a requirement was set aside, by whom, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, as `YYYY-MM-DD`; none for a waiver without an end.
    pub until: Option<String>,
}

/// What is said about one requirement of one repository.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which requirement.
    pub meta: &'static Meta,
    /// The folded verdict.
    pub verdict: Verdict,
    /// Why, in one line.
    pub summary: String,
    /// Its checks, always all of them.
    pub checks: Vec<Check>,
    /// What can be fixed in local files.
    pub fix: Option<super::FixOffer>,
    /// What to change in settings or outside the files.
    pub guide: Option<super::Guide>,
    /// Why it was set aside, where it was.
    pub waiver: Option<Waiver>,
}

impl Finding {
    /// Folds checks: the worst decides; the summary is that of the first check that gave the verdict.
    pub fn of(meta: &'static Meta, mut checks: Vec<Check>) -> Self {
        // A fleet keeps the findings of all its repositories; lists that grew hold as much room as evidence.
        for check in &mut checks {
            check.evidence.shrink_to_fit();
        }
        checks.shrink_to_fit();
        let verdict = Verdict::NotApplicable;
        let mut finding = Self { meta, verdict, summary: String::new(), checks, fix: None, guide: None, waiver: None };
        finding.refold();
        finding
    }

    /// Folds the checks again, after one of them changed.
    pub fn refold(&mut self) {
        self.verdict = Verdict::fold(self.checks.iter().map(Check::contribution));
        let decider = self.checks.iter().find(|c| c.contribution() == self.verdict && c.role != Role::Advice);
        self.summary = decider.or(self.checks.first()).map(|check| check.summary.clone()).unwrap_or_default();
    }

    /// The same with what can be fixed in local files.
    #[must_use]
    pub fn with_fix(mut self, fix: Option<super::FixOffer>) -> Self {
        self.fix = fix;
        self
    }

    /// The same with what to change in settings.
    #[must_use]
    pub fn with_guide(mut self, guide: Option<super::Guide>) -> Self {
        self.guide = guide;
        self
    }

    /// The check of that id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// Why the finding is unknown: the reason of the first check that made it so.
    pub fn unknown(&self) -> Option<&Unknown> {
        self.checks
            .iter()
            .filter(|check| check.contribution() == Verdict::Unknown)
            .find_map(|check| check.unknown.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(checks: &[(Role, Verdict)]) -> Verdict {
        let checks = checks.iter().map(|(role, verdict)| Check::new("x", *role, *verdict, "")).collect();
        Finding::of(&crate::requirement::spec_badge::META, checks).verdict
    }

    #[test]
    fn the_worst_decisive_check_wins_and_fail_beats_unknown() {
        use Role::{Advice, Decisive, Supporting};
        use Verdict::{Fail, Manual, NotApplicable, Pass, Pending, Unknown, Waived, Warn};
        assert_eq!(folded(&[(Decisive, Pass), (Decisive, Unknown), (Decisive, Fail)]), Fail);
        assert_eq!(folded(&[(Decisive, Pass), (Decisive, Manual), (Decisive, Unknown)]), Unknown);
        assert_eq!(folded(&[(Decisive, Warn), (Decisive, Manual)]), Manual);
        assert_eq!(folded(&[(Decisive, Pass), (Supporting, Unknown), (Supporting, Manual)]), Pass);
        assert_eq!(folded(&[(Decisive, Pass), (Supporting, Warn), (Advice, Fail)]), Warn);
        assert_eq!(folded(&[(Decisive, NotApplicable), (Decisive, Waived)]), NotApplicable);
        assert_eq!(folded(&[(Decisive, Pending), (Decisive, Pass)]), Pending);
        assert_eq!(folded(&[(Decisive, Pending), (Decisive, Fail)]), Fail);
        assert_eq!(folded(&[]), NotApplicable);
    }
}
