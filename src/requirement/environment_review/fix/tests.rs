//! Environments named on publish jobs.

use super::*;
use crate::fact::settings::{Environment, Reviewer};
use crate::fact::{Fact, Observation};
use crate::requirement::Verdict;
use crate::requirement::trial::{PATH, Trial};
use jiff::Timestamp;

const JOB: &str = "on: workflow_dispatch\njobs:\n  publish:\n    runs-on: x\n    # the steps\n    steps:\n      - run: twine upload dist/*\n";

#[test]
fn the_publish_job_is_given_an_environment() {
    let trial = Trial::workflow(JOB);
    assert!(trial.fix("R07").notes[0].contains("before this is merged"));
    let (safety, after) = trial.fixed("R07");
    assert_eq!(after.text(PATH), JOB.replace("runs-on: x\n", "runs-on: x\n    environment: pypi\n"));
    assert_eq!((safety, after.verdict("R07:environment-named")), (Safety::Review, Verdict::Pass));
    let npm = JOB.replace("twine upload dist/*", "npm publish").replace("    runs-on: x\n", "");
    assert!(
        Trial::workflow(&npm).fixed("R07").1.text(PATH).contains("    environment: npm\n    # the steps\n    steps:\n")
    );
}

#[test]
fn an_environment_with_reviewers_is_taken() {
    let reviewers = vec![Reviewer::User("a".to_owned())];
    let release = Environment { name: "release".to_owned(), reviewers, ..Environment::default() };
    let bare = Environment { name: "pypi".to_owned(), ..Environment::default() };
    let answer = Observation::Environments(Fact::api(vec![bare, release], "GET x", 200, Timestamp::UNIX_EPOCH));
    let (_, after) = Trial::workflow(JOB).knowing(answer).fixed("R07");
    assert!(after.text(PATH).contains("    environment: release\n"));
}

#[test]
fn what_cannot_take_one_is_refused() {
    for (text, why) in [
        ("on: push\njobs:\n  publish: {steps: [{run: twine upload dist/*}]}\n".to_owned(), "flow style"),
        (JOB.replace("    # the steps", "    environment:"), "not of the expected form"),
        (format!("{}  two: *j\n", JOB.replace("publish:", "publish: &j")), "shared"),
    ] {
        assert!(Trial::workflow(&text).refused("R07").contains(why), "{text}");
    }
    assert_eq!(
        Trial::workflow(&JOB.replace("    # the steps", "    environment: x")).proposal("R07"),
        Proposal::default()
    );
}
