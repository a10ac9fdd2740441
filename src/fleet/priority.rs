//! Which requirement to put right first, so that most repositories become ready.

use std::cmp::Reverse;

use super::{Fleet, Repo};
use crate::requirement::{Finding, Level, Meta, Verdict};

/// What stands between repositories and "ready", for one requirement.
#[derive(Debug)]
pub struct Priority<'a> {
    /// Which requirement.
    pub meta: &'static Meta,
    /// The repositories that it keeps from being ready, in the order they were named.
    pub blocks: Vec<&'a Repo>,
    /// How many of them it is proved to fail in.
    pub fails: usize,
    /// Those among them that nothing else keeps from being ready.
    pub frees: Vec<&'a Repo>,
    /// What is said about it where it is plainest: proved if that occurs, and alone rather than among others.
    pub example: &'a Finding,
}

impl Fleet {
    /// The requirements that keep repositories from being ready: first those that would free most of them, then those
    /// that fail in most, since what is only unknown may turn out well.
    pub fn priorities(&self) -> Vec<Priority<'_>> {
        let mut all: Vec<Priority<'_>> = Vec::new();
        for repo in self.repos.values() {
            let open: Vec<&Finding> = repo.findings.iter().filter(|finding| self.is_open(finding)).collect();
            for finding in &open {
                add(&mut all, repo, finding, open.len() == 1);
            }
        }
        all.sort_by_key(|one| (Reverse((one.frees.len(), one.fails, one.blocks.len())), one.meta.id));
        all
    }

    /// Whether a finding keeps its repository from being ready.
    pub fn is_open(&self, finding: &Finding) -> bool {
        let counts = finding.meta.level == Level::Required || !self.rules.only.is_empty();
        counts && matches!(finding.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Manual | Verdict::Pending)
    }
}

fn add<'a>(all: &mut Vec<Priority<'a>>, repo: &'a Repo, finding: &'a Finding, alone: bool) {
    let weight = |finding: &Finding, alone: bool| (finding.verdict == Verdict::Fail, alone);
    if let Some(known) = all.iter_mut().find(|known| known.meta.id == finding.meta.id) {
        if weight(finding, alone) > weight(known.example, !known.frees.is_empty()) {
            known.example = finding;
        }
        known.blocks.push(repo);
        known.fails += usize::from(finding.verdict == Verdict::Fail);
        known.frees.extend(alone.then_some(repo));
        return;
    }
    let frees = alone.then_some(repo).into_iter().collect();
    let fails = usize::from(finding.verdict == Verdict::Fail);
    all.push(Priority { meta: finding.meta, blocks: vec![repo], fails, frees, example: finding });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{RepoId, SurveyEvent, Target};
    use crate::fleet::Rules;
    use crate::requirement::{Check, pinned_actions, release_docs, spec_badge, token_permissions};

    fn finding(meta: &'static Meta, verdict: Verdict) -> Finding {
        Finding::of(meta, vec![Check::decisive("x", verdict, "")])
    }

    fn fleet(repos: Vec<Vec<Finding>>) -> Fleet {
        let mut fleet = Fleet::new(Rules::default());
        for (index, findings) in repos.into_iter().enumerate() {
            let id = RepoId { index, target: format!("r{index}").into() };
            fleet.absorb(SurveyEvent::Started(Target { id: id.clone(), repository: None, path: None, whole: None }));
            fleet.repos.get_mut(&id).unwrap().findings = findings;
        }
        fleet
    }

    #[test]
    fn what_frees_most_comes_first_then_what_fails_most() {
        use Verdict::{Fail, Pass, Unknown};
        let (docs, token, pins) = (&release_docs::META, &token_permissions::META, &pinned_actions::META);
        let fleet = fleet(vec![
            vec![finding(docs, Unknown), finding(token, Pass), finding(pins, Fail)],
            vec![finding(docs, Unknown), finding(token, Pass), finding(pins, Fail)],
            vec![finding(docs, Unknown), finding(token, Pass), finding(pins, Fail)],
            vec![finding(docs, Unknown), finding(token, Fail)],
            vec![finding(token, Fail), finding(&spec_badge::META, Fail)],
            vec![finding(token, Pass)],
        ]);
        let all = fleet.priorities();
        let numbers: Vec<_> =
            all.iter().map(|one| (one.meta.id, one.frees.len(), one.fails, one.blocks.len())).collect();
        assert_eq!(numbers, [("R05", 1, 2, 2), ("R08", 0, 3, 3), ("R01", 0, 0, 4)]);
        assert_eq!(all[0].example.verdict, Fail);
    }

    #[test]
    fn a_level_counts_as_it_is_asked_for() {
        let mut fleet = fleet(vec![vec![finding(&spec_badge::META, Verdict::Fail)]]);
        assert!(fleet.priorities().is_empty(), "informational ones keep nobody back");
        fleet.rules.only = vec!["R13"];
        assert_eq!(fleet.priorities().len(), 1);
    }
}
