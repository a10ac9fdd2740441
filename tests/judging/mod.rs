//! What the tests of the requirements share: facts made of files in memory, and findings as readable text.

use std::fmt::Write as _;
use std::sync::Arc;

use shipworthy::fact::files::FileSet;
use shipworthy::fact::{Fact, Facts, Observation, Reason, Topic, Unknown};
use shipworthy::requirement::{self, Finding, Profile};

/// The requirements that are judged by workflows, and so by these tests.
pub const JUDGED: [&str; 7] = ["R02", "R05", "R07", "R08", "R10", "R11", "R12"];

/// The facts of a repository of which only the files are known.
pub fn offline<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Facts {
    let mut facts = Facts::default();
    let texts = files.into_iter().map(|(path, text)| (path.to_owned(), Arc::from(text))).collect();
    let now = jiff::Timestamp::UNIX_EPOCH;
    facts.record(Observation::Files(Fact::local(FileSet { texts, ..FileSet::default() }, now)));
    for topic in Topic::ALL.iter().copied().filter(|topic| *topic != Topic::Files) {
        hide(&mut facts, topic);
    }
    facts
}

/// Takes away what is known about a topic.
pub fn hide(facts: &mut Facts, topic: Topic) {
    let why = Unknown::new(Reason::Offline, format!("{} cannot be seen offline", topic.words()));
    facts.record(Observation::unknown(topic, why));
}

/// The findings of the requirements of interest.
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings = requirement::assess_all(facts, Profile::default());
    findings.retain(|finding| JUDGED.contains(&finding.meta.id));
    findings
}

/// A finding with its checks, one a line, for people who read a failed test.
pub fn shown(finding: &Finding) -> String {
    let mut text = format!("{} {}: {}", finding.meta.id, finding.verdict.word(), finding.summary);
    for check in &finding.checks {
        let _ = write!(text, "\n      {:<22} {:<15} {}", check.id, check.verdict.word(), check.summary);
    }
    text
}
