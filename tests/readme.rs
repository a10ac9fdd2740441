//! What the README shows must hold: its workflow passes our own check.

use std::collections::BTreeMap;
use std::sync::Arc;

use shipworthy::fact::files::FileSet;
use shipworthy::fact::{Fact, Facts, Observation};
use shipworthy::requirement::{self, Finding, Profile, Verdict};

const README: &str = include_str!("../README.md");

/// A workflow that publishes, so that there is something to judge, and fails where it can.
const RELEASE: &str = "on: workflow_dispatch\npermissions: {}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    \
                       steps:\n      - run: twine upload dist/*\n";

/// The workflow of the section about continuous integration.
fn workflow() -> Option<&'static str> {
    let section = README.split("\n## In CI\n").nth(1)?;
    section.split("```yaml\n").nth(1)?.split("```").next()
}

fn judge(workflow: &str) -> Vec<Finding> {
    let texts = [(".github/workflows/release.yml", RELEASE), (".github/workflows/safe-to-ship.yml", workflow)];
    let texts: BTreeMap<String, Arc<str>> = texts.map(|(path, text)| (path.to_owned(), text.into())).into();
    let mut facts = Facts::default();
    let files = FileSet { texts, ..FileSet::default() };
    facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
    assert!(facts.problems.is_empty(), "{:?}", facts.problems);
    requirement::assess_all(&facts, Profile::Spec8)
}

fn verdict(findings: &[Finding], id: &str, check: &str) -> Option<Verdict> {
    findings.iter().find(|finding| finding.meta.id == id)?.check(check).map(|check| check.verdict)
}

#[test]
fn the_workflow_for_continuous_integration_passes_our_own_check() {
    let text = workflow().unwrap_or_default();
    assert!(text.contains("shipworthy check"), "{text}");
    let findings = judge(text);
    for (id, check) in [("R05", "other-workflows"), ("R08", "other-workflows")] {
        assert_eq!(verdict(&findings, id, check), Some(Verdict::Pass), "{id} {check}");
    }
    // It publishes nothing, so the verdicts about publishing are those of the other workflow alone.
    let alone = judge("on: push\npermissions: {}\njobs: {}\n");
    for id in ["R02", "R07", "R10", "R11", "R12"] {
        let of = |all: &[Finding]| all.iter().find(|one| one.meta.id == id).map(|one| one.summary.clone());
        assert_eq!(of(&findings), of(&alone), "{id}");
    }
}

#[test]
fn a_worse_workflow_would_be_noticed() {
    let text = workflow().unwrap_or_default();
    let loose = text.replace("permissions: {}\n", "permissions: write-all\n");
    assert_ne!(verdict(&judge(&loose), "R05", "other-workflows"), Some(Verdict::Pass));
    let moving = text.replace("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v7");
    assert_ne!(verdict(&judge(&moving), "R08", "other-workflows"), Some(Verdict::Pass));
}
