//! Which requirement to put right first, so that most repositories become ready.

use super::{Fleet, Repo};
use crate::requirement::{Finding, Level, Meta, Verdict};

/// What stands between repositories and "ready", for one requirement.
#[derive(Debug)]
pub struct Priority<'a> {
    /// Which requirement.
    pub meta: &'static Meta,
    /// The repositories that it keeps from being ready, in the order they were named.
    pub blocks: Vec<&'a Repo>,
    /// Those among them that nothing else keeps from being ready.
    pub frees: Vec<&'a Repo>,
    /// What is said about it where it weighs most: alone if that occurs, and proved rather than untold.
    pub example: &'a Finding,
}

impl Fleet {
    /// The requirements that keep repositories from being ready: those that would free most of them come first.
    pub fn priorities(&self) -> Vec<Priority<'_>> {
        let mut all: Vec<Priority<'_>> = Vec::new();
        for repo in self.repos.values() {
            let open: Vec<&Finding> = repo.findings.iter().filter(|finding| self.is_open(finding)).collect();
            for finding in &open {
                add(&mut all, repo, finding, open.len() == 1);
            }
        }
        all.sort_by_key(|one| (std::cmp::Reverse((one.frees.len(), one.blocks.len())), one.meta.id));
        all
    }

    /// Whether a finding keeps its repository from being ready.
    pub fn is_open(&self, finding: &Finding) -> bool {
        let counts = finding.meta.level == Level::Required || !self.rules.only.is_empty();
        counts && matches!(finding.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Manual | Verdict::Pending)
    }
}

fn add<'a>(all: &mut Vec<Priority<'a>>, repo: &'a Repo, finding: &'a Finding, alone: bool) {
    let weight = |finding: &Finding, alone: bool| (alone, finding.verdict == Verdict::Fail);
    if let Some(known) = all.iter_mut().find(|known| known.meta.id == finding.meta.id) {
        if weight(finding, alone) > weight(known.example, !known.frees.is_empty()) {
            known.example = finding;
        }
        known.blocks.push(repo);
        known.frees.extend(alone.then_some(repo));
        return;
    }
    let frees = alone.then_some(repo).into_iter().collect();
    all.push(Priority { meta: finding.meta, blocks: vec![repo], frees, example: finding });
}
