//! Whether a repository is safe to ship, folded from its findings in one place.

use serde::Deserialize;

use super::{Fleet, Repo, Rules};
use crate::requirement::{Finding, Level, Verdict};

/// What ends a check beyond readiness itself (`--fail-on`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Only what is proved: a repository that cannot be told counts as ready.
    Fail,
    /// Warnings and failing recommended requirements count as not ready too.
    Warn,
    /// A repository that cannot be told counts as not ready.
    Unknown,
}

impl FailOn {
    /// Every choice.
    pub const ALL: &[Self] = &[Self::Fail, Self::Warn, Self::Unknown];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
        }
    }
}

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

impl Repo {
    /// What the repository counts as for the end of a run. Nothing makes a repository ready that was not judged.
    pub fn counts_as(&self, rules: &Rules, fail_on: Option<FailOn>) -> Readiness {
        let readiness = self.readiness(rules);
        match fail_on {
            Some(FailOn::Warn) if self.findings.iter().any(|finding| warns(finding, rules)) => Readiness::NotReady,
            Some(FailOn::Unknown) if readiness == Readiness::Undecided => Readiness::NotReady,
            Some(FailOn::Fail) if readiness == Readiness::Undecided && !self.findings.is_empty() => Readiness::Ready,
            _ => readiness,
        }
    }
}

/// Whether `--fail-on warn` counts a finding. An informational one never decides, unless it was asked for by name.
fn warns(finding: &Finding, rules: &Rules) -> bool {
    let counts = finding.meta.level != Level::Informational || !rules.only.is_empty();
    counts && matches!(finding.verdict, Verdict::Warn | Verdict::Fail)
}

impl Fleet {
    /// How a run ends: the worst of its repositories; undecided when nothing was judged at all.
    pub fn outcome(&self, fail_on: Option<FailOn>) -> Readiness {
        let counted = self.repos.values().map(|repo| repo.counts_as(&self.rules, fail_on));
        counted.max().unwrap_or(Readiness::Undecided)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{RepoId, SurveyEvent, Target};
    use crate::requirement::{Check, Meta, dependabot_actions, release_docs, spec_badge, token_permissions};

    fn fleet(rules: Rules, findings: &[(&'static Meta, Verdict)]) -> Fleet {
        let mut fleet = Fleet::new(rules);
        let id = RepoId { index: 0, target: "r".into() };
        fleet.absorb(SurveyEvent::Started(Target { id: id.clone(), repository: None, path: None, whole: None }));
        let judged = findings.iter().map(|(meta, verdict)| Finding::of(meta, vec![Check::decisive("x", *verdict, "")]));
        fleet.repos.get_mut(&id).unwrap().findings = judged.collect();
        fleet
    }

    #[test]
    fn the_end_of_a_run_follows_readiness_and_fail_on() {
        use Readiness::{NotReady, Ready, Undecided};
        use Verdict::{Fail, Manual, NotApplicable, Pass, Unknown, Waived, Warn};
        let (docs, token) = (&release_docs::META, &token_permissions::META);
        let (bot, badge) = (&dependabot_actions::META, &spec_badge::META);
        // findings, then the end without --fail-on, with fail, warn and unknown
        for (findings, ends) in [
            (&[(docs, Pass), (token, Pass)][..], [Ready, Ready, Ready, Ready]),
            (&[(docs, Pass), (token, Fail)], [NotReady, NotReady, NotReady, NotReady]),
            (&[(docs, Warn), (token, Pass)], [Ready, Ready, NotReady, Ready]),
            (&[(docs, Pass), (bot, Fail)], [Ready, Ready, NotReady, Ready]),
            (&[(docs, Pass), (bot, Unknown)], [Ready, Ready, Ready, Ready]),
            (&[(docs, Pass), (badge, Warn)], [Ready, Ready, Ready, Ready]),
            (&[(docs, Unknown), (token, Pass)], [Undecided, Ready, Undecided, NotReady]),
            (&[(docs, Manual), (token, Warn)], [Undecided, Ready, NotReady, NotReady]),
            (&[(docs, Unknown), (token, Fail)], [NotReady, NotReady, NotReady, NotReady]),
            (&[(docs, Waived), (token, NotApplicable)], [Ready, Ready, Ready, Ready]),
            (&[], [Undecided, Undecided, Undecided, NotReady]),
        ] {
            let fleet = fleet(Rules::default(), findings);
            let choices = [None, Some(FailOn::Fail), Some(FailOn::Warn), Some(FailOn::Unknown)];
            assert_eq!(choices.map(|fail_on| fleet.outcome(fail_on)), ends, "{findings:?}");
        }
    }

    #[test]
    fn nothing_judged_is_never_ready() {
        for fail_on in [None, Some(FailOn::Fail), Some(FailOn::Warn), Some(FailOn::Unknown)] {
            assert_eq!(Fleet::default().outcome(fail_on), Readiness::Undecided);
        }
    }

    #[test]
    fn named_requirements_count_whatever_their_level() {
        let rules = Rules { only: vec!["R13"], ..Rules::default() };
        let fleet = fleet(rules, &[(&spec_badge::META, Verdict::Warn)]);
        assert_eq!(fleet.outcome(None), Readiness::Ready);
        assert_eq!(fleet.outcome(Some(FailOn::Warn)), Readiness::NotReady);
    }
}
