//! Workflows to start with, which must be in order by every requirement.

use super::*;
use crate::fact::artifact::Pin;
use crate::fact::settings::{Environment, Reviewer};
use crate::fact::{Fact, Observation};
use crate::requirement::Verdict;
use crate::requirement::trial::{PATH, Trial};
use jiff::Timestamp;

const PROJECT: &str = "[project]\nname = \"x\"\n";

/// The repository with the workflow, reviewed as the notes say.
fn started(trial: &Trial) -> Trial {
    let fix = trial.fix("R02");
    assert_eq!(fix.safety, Safety::Review);
    let reviewers = vec![Reviewer::User("a".to_owned()), Reviewer::User("b".to_owned())];
    let environment = |name: &str| Environment {
        name: name.to_owned(),
        reviewers: reviewers.clone(),
        prevent_self_review: true,
        ..Environment::default()
    };
    let all = ["pypi", "npm", "crates-io"].map(environment).to_vec();
    let after =
        trial.after(&fix).knowing(Observation::Environments(Fact::api(all, "GET x", 200, Timestamp::UNIX_EPOCH)));
    for id in ["R02", "R05", "R07", "R08", "R10", "R11", "R12"] {
        let finding = after.finding(id);
        assert_eq!(finding.verdict, Verdict::Pass, "{id}: {}\n{}", finding.summary, after.text(PATH));
        assert_eq!(after.proposal(id), Proposal::default(), "{id}");
    }
    for check in ["R08:version-comments", "R12:print-hash"] {
        assert!(matches!(after.verdict(check), Verdict::Pass | Verdict::NotApplicable), "{check}");
    }
    assert!(after.facts.problems.is_empty(), "{:?}", after.facts.problems);
    assert!(!after.text(PATH).contains("{o") && !after.text(PATH).contains("{a"), "{}", after.text(PATH));
    after
}

#[test]
fn every_kind_of_package_gets_a_workflow_that_is_in_order() {
    let python = started(&Trial::of(&[("pyproject.toml", PROJECT)]));
    assert!(python.text(PATH).contains("python -m build\n"));
    let compiled = "[build-system]\nbuild-backend = \"mesonpy\"\n";
    assert!(started(&Trial::of(&[("pyproject.toml", compiled)])).text(PATH).contains("python -m build --sdist\n"));
    started(&Trial::of(&[("setup.py", "setup()\n"), ("Cargo.toml", "[package]\nname = \"x\"\n")]));
    let npm = started(&Trial::of(&[("package.json", "{\"name\": \"x\", \"version\": \"1.0.0\"}")]));
    assert!(npm.text(PATH).contains("          npm install\n"));
    let pin = Pin { commit: Some("c".repeat(40)), tags: vec!["v1.0.4".into()], ..Pin::default() };
    let pins = [("rust-lang/crates-io-auth-action@v1".to_owned(), pin)].into();
    let trial = Trial::of(&[("Cargo.toml", "[package]\nname = \"x\"\n")]);
    assert!(trial.refused("R02").contains("--pins FILE"));
    started(&trial.knowing(Observation::Pins(Fact::local(pins, Timestamp::UNIX_EPOCH))));
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let ci = "on: push\njobs:\n  t:\n    steps:\n      - run: pytest\n";
    let trial = Trial::of(&[("pyproject.toml", PROJECT), (PATH, ci)]);
    assert_eq!(trial.fix("R02").files[0].path(), PATHS[1]);
    let all: Vec<(&str, &str)> = PATHS.iter().map(|path| (*path, ci)).chain([("setup.py", "")]).collect();
    assert!(Trial::of(&all).refused("R02").contains("taken"));
}

#[test]
fn nothing_is_offered_where_nothing_is_to_be_published() {
    for files in [
        &[("README.md", "x")] as &[(&str, &str)],
        &[("package.json", "{\"name\": \"x\", \"version\": \"1\", \"private\": true}")],
        &[("Cargo.toml", "[package]\nname = \"x\"\npublish = false\n")],
        &[("Cargo.toml", "[workspace]\nmembers = []\n")],
        &[("pyproject.toml", "[tool.ruff]\n")],
        &[("pyproject.toml", "[project]\nclassifiers = [\"Private :: Do Not Upload\"]\n")],
        &[("pyproject.toml", PROJECT), (".github/shipworthy.yml", "publishes-from: {repository: o/r}\n")],
        &[("pyproject.toml", PROJECT), (PATH, "on: [\n")],
        &[("pyproject.toml", PROJECT), (PATH, "on: push\njobs: {p: {steps: [{run: twine upload dist/*}]}}\n")],
    ] {
        let proposal = Trial::of(files).proposal("R02");
        assert!(proposal.fixes.iter().all(|fix| matches!(fix.files[0], FileFix::Edit { .. })), "{files:?}");
    }
}
