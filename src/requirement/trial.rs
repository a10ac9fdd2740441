//! Fixes on trial: facts made of files in memory, a fix made on them, and the verdict afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{FileFix, Finding, Fix, Profile, Proposal, Requirement, Safety, Verdict, assess_all, find};
use crate::fact::files::FileSet;
use crate::fact::{Fact, Facts, Observation, Reason, Topic, Unknown};
use crate::text::splice;
use crate::text::yaml;

/// A repository of which only the files are known.
pub struct Trial {
    files: BTreeMap<String, Arc<str>>,
    answers: Vec<Observation>,
    /// What is known.
    pub facts: Facts,
}

impl Trial {
    /// A repository with these files.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect();
        Self::made(files, Vec::new())
    }

    /// A repository with a release workflow and nothing else.
    pub fn workflow(text: &str) -> Self {
        Self::of(&[(PATH, text)])
    }

    /// The same with an answer of the forge.
    pub fn knowing(self, answer: Observation) -> Self {
        let answers = self.answers.into_iter().chain([answer]).collect();
        Self::made(self.files, answers)
    }

    fn made(files: BTreeMap<String, Arc<str>>, answers: Vec<Observation>) -> Self {
        let mut facts = Facts::default();
        for topic in Topic::ALL {
            facts.record(Observation::unknown(*topic, Unknown::new(Reason::Offline, "offline")));
        }
        let set = FileSet { texts: files.clone(), ..FileSet::default() };
        facts.record(Observation::Files(Fact::local(set, Timestamp::UNIX_EPOCH)));
        answers.iter().cloned().for_each(|answer| facts.record(answer));
        Self { files, answers, facts }
    }

    /// What is said about a requirement.
    pub fn finding(&self, id: &str) -> Finding {
        assess_all(&self.facts, Profile::Spec8).into_iter().find(|finding| finding.meta.id == id).unwrap()
    }

    /// The verdict of a requirement, or of `R07:environment-named`.
    pub fn verdict(&self, about: &str) -> Verdict {
        let (id, check) = about.split_once(':').unwrap_or((about, ""));
        let finding = self.finding(id);
        finding.check(check).map_or(finding.verdict, |check| check.verdict)
    }

    /// What a requirement proposes. What it offers in its finding must agree.
    pub fn proposal(&self, id: &str) -> Proposal {
        let findings = assess_all(&self.facts, Profile::Spec8);
        let requirement: &dyn Requirement = find(id).unwrap();
        let case = super::Case { facts: &self.facts, earlier: &findings, profile: Profile::Spec8 };
        let proposal = requirement.propose(&case);
        let finding = findings.iter().find(|finding| finding.meta.id == id).unwrap();
        agrees(finding, &proposal);
        proposal
    }

    /// The one fix of a requirement.
    pub fn fix(&self, id: &str) -> Fix {
        let Proposal { mut fixes, refusals } = self.proposal(id);
        assert_eq!(fixes.len(), 1, "{id}: {fixes:#?} {refusals:#?}");
        fixes.remove(0)
    }

    /// Why a requirement refuses, where it proposes nothing.
    pub fn refused(&self, id: &str) -> String {
        let Proposal { fixes, refusals } = self.proposal(id);
        assert_eq!(fixes, [], "{id}");
        refusals.iter().map(|refusal| refusal.reason.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The repository after a fix, whose files both parsers must read.
    pub fn after(&self, fix: &Fix) -> Self {
        let mut files = self.files.clone();
        for change in &fix.files {
            let old = files.get(change.path()).map(ToString::to_string);
            let new = match change {
                FileFix::Edit { edits, .. } => splice::apply(old.as_deref().unwrap(), edits).unwrap(),
                FileFix::Create { path, text } => {
                    assert!(old.is_none(), "{path} is there already");
                    text.clone()
                }
            };
            if change.path().ends_with("yml") || change.path().ends_with("yaml") {
                let text: Arc<str> = new.as_str().into();
                yaml::parse(&text).unwrap_or_else(|error| panic!("{error}\n{new}"));
                let bare = new.trim_start_matches('\u{feff}');
                serde_yaml::from_str::<serde_yaml::Value>(bare).unwrap_or_else(|error| panic!("{error}\n{new}"));
            }
            files.insert(change.path().to_owned(), new.into());
        }
        Self::made(files, self.answers.clone())
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", |text| text)
    }

    /// Makes the one fix of a requirement: its safety, and the repository afterwards, in which it has nothing to do.
    pub fn fixed(&self, id: &str) -> (Safety, Self) {
        let fix = self.fix(id);
        let after = self.after(&fix);
        assert_eq!(after.proposal(id).fixes, [], "the second time must change nothing");
        (fix.safety, after)
    }
}

/// Where the release workflow of a trial lies.
pub const PATH: &str = ".github/workflows/release.yml";

/// A fix is offered whenever there is one, as safe as the safest; and an offer leads to a fix or to why not.
pub fn agrees(finding: &Finding, proposal: &Proposal) {
    let id = finding.meta.id;
    let safest = proposal.fixes.iter().min_by_key(|fix| fix.safety == Safety::Review);
    match (&finding.fix, safest) {
        (Some(offer), Some(fix)) => {
            assert_eq!(offer.safety, fix.safety, "{id}: {offer:?} {fix:#?}");
            assert!(fix.title.starts_with(&offer.title), "{id}: {} / {}", offer.title, fix.title);
        }
        (Some(offer), None) => assert!(!proposal.refusals.is_empty(), "{id} offers {offer:?} and proposes nothing"),
        (None, Some(fix)) => panic!("{id} proposes without an offer: {fix:#?}"),
        (None, None) => {}
    }
    for fix in &proposal.fixes {
        assert_eq!(fix.requirement, id);
        assert!(!fix.files.is_empty());
        let mut paths: Vec<&str> = fix.files.iter().map(FileFix::path).collect();
        paths.dedup();
        assert_eq!(paths.len(), fix.files.len(), "{id} changes a file twice");
    }
    assert!(proposal.refusals.iter().all(|refusal| refusal.requirement == id && !refusal.reason.is_empty()));
}
