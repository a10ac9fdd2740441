//! Conditions on publish jobs that keep out what nobody meant.

use super::*;
use crate::requirement::Verdict;
use crate::requirement::trial::{PATH, Trial};

fn workflow(on: &str, job: &str) -> String {
    format!(
        "{on}jobs:\n  publish:\n    runs-on: x\n    environment: pypi\n{job}    steps:\n      - run: twine upload dist/*\n"
    )
}

fn fixed(text: &str) -> String {
    let (safety, after) = Trial::workflow(text).fixed("R02");
    assert_eq!(
        (safety, after.verdict("R02")),
        (Safety::Review, Verdict::Pass),
        "{}\n{}",
        after.finding("R02").summary,
        after.text(PATH)
    );
    after.text(PATH).to_owned()
}

#[test]
fn a_job_that_tags_reach_runs_only_for_tags() {
    for on in ["on: push\n", "on:\n  push:\n    branches: [main]\n    tags: ['v*']\n  pull_request:\n"] {
        assert_eq!(fixed(&workflow(on, "")), workflow(on, &format!("    if: {BY_TAG}\n")));
    }
    let on = "on:\n  push:\n  release:\n    types: [published]\n  workflow_dispatch:\n";
    let wanted = format!("    if: {BY_HAND} || github.event_name == 'release' || ({BY_TAG})\n");
    assert_eq!(fixed(&workflow(on, "")), workflow(on, &wanted));
}

#[test]
fn a_condition_that_is_there_must_hold_too() {
    let on = "on: push\n";
    for (own, wanted) in [
        (
            "    if: github.repository == 'o/r' # ours\n",
            format!("    if: (github.repository == 'o/r') && {BY_TAG} # ours\n"),
        ),
        ("    if: ${{ !cancelled() }}\n", format!("    if: (!cancelled()) && {BY_TAG}\n")),
        ("    if: \"github.actor != 'x'\"\n", format!("    if: \"(github.actor != 'x') && {BY_TAG}\"\n")),
        ("    if: 'true || false'\n", format!("    if: '(true || false) && {}'\n", BY_TAG.replace('\'', "''"))),
    ] {
        assert_eq!(fixed(&workflow(on, own)), workflow(on, &wanted));
    }
}

#[test]
fn a_workflow_that_nobody_can_start_by_hand_can_be_started_by_hand() {
    for (on, wanted) in [
        (
            "on:\n  schedule:\n    - cron: '0 0 * * *'\n",
            "on:\n  schedule:\n    - cron: '0 0 * * *'\n  workflow_dispatch:\n",
        ),
        ("on: [pull_request]\n", "on: [pull_request, workflow_dispatch]\n"),
        ("on:\n- pull_request # x\n", "on:\n- pull_request # x\n- workflow_dispatch\n"),
        ("\"on\": pull_request # all\n", "\"on\": # all\n  pull_request:\n  workflow_dispatch:\n"),
        (
            "on:\r\n  push:\r\n    branches: [main]\r\n",
            "on:\r\n  push:\r\n    branches: [main]\r\n  workflow_dispatch:\r\n",
        ),
    ] {
        let text = if on.contains('\r') {
            workflow(on, "").replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            workflow(on, "")
        };
        let new = fixed(&text);
        assert!(new.starts_with(wanted), "{new:?}");
        assert!(new.contains(&format!("    if: {BY_HAND}")), "{new}");
    }
}

#[test]
fn what_cannot_be_guarded_cleanly_is_refused_with_the_condition() {
    for (text, why) in [
        (workflow("on: push\n", "    if: |\n      true\n"), "block of text"),
        (workflow("on: {schedule: [{cron: '0 0 * * *'}]}\n", ""), "flow style"),
        (
            "on: push\njobs:\n  publish: {environment: pypi, steps: [{run: twine upload dist/*}]}\n".to_owned(),
            "flow style",
        ),
        (workflow("on: push\n", "    if: x ${{ true }} y\n"), "expected form"),
    ] {
        let trial = Trial::workflow(&text);
        assert!(trial.refused("R02").contains(why), "{text}: {}", trial.refused("R02"));
        assert!(trial.proposal("R02").refusals[0].snippet.starts_with("if: github.event_name"));
    }
    let release = workflow("on: workflow_call\n", "");
    let caller = "on:\n  push:\n    branches: [main]\njobs:\n  go:\n    uses: ./.github/workflows/release.yml\n";
    let trial = Trial::of(&[(PATH, &release), (".github/workflows/ci.yml", caller)]);
    assert!(trial.refused("R02").contains("other workflows call it"));
}
