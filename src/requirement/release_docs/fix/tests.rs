//! Drafts from every kind of workflow, and sections in every markup.

use super::*;
use crate::requirement::Verdict;
use crate::requirement::trial::Trial;

const WORKFLOW: &str = ".github/workflows/publish.yml";

fn workflow(on: &str, job: &str) -> String {
    format!("on: {on}\njobs:\n  publish:\n{job}    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n")
}

fn drafted_from(files: &[(&str, &str)]) -> String {
    let trial = Trial::of(files);
    assert_eq!(trial.verdict("R01"), Verdict::Fail);
    let (safety, after) = trial.fixed("R01");
    assert_eq!((safety, after.verdict("R01")), (Safety::Review, Verdict::Warn), "{}", after.text(PATH));
    assert!(after.finding("R01").summary.contains("gaps"), "{}", after.finding("R01").summary);
    assert_eq!(after.finding("R01").fix, None);
    let text = after.text(PATH).to_owned();
    let filled = Trial::of(&[(PATH, &text.replace(GAP, "Ada Lovelace:"))]);
    assert_eq!(filled.verdict("R01"), Verdict::Pass, "{text}");
    assert!(!text.contains('{'), "{text}");
    text
}

#[test]
fn the_draft_tells_what_the_workflow_shows() {
    let by_tag = drafted_from(&[(WORKFLOW, &workflow("{push: {tags: ['v*']}}", "    environment: pypi\n"))]);
    assert!(by_tag.contains("It starts the workflow `publish.yml` (tags that match `v*` do)."), "{by_tag}");
    assert!(by_tag.contains("approve the deployment to `pypi`") && by_tag.contains("is on PyPI"), "{by_tag}");
    let by_hand = drafted_from(&[(WORKFLOW, &workflow("workflow_dispatch", ""))]);
    assert!(by_hand.contains("Start the workflow `publish.yml` by hand"), "{by_hand}");
    assert!(by_hand.contains("FILL IN: who must approve a release"), "{by_hand}");
    let by_release = drafted_from(&[(WORKFLOW, &workflow("{release: {types: [published]}}", ""))]);
    assert!(by_release.contains("Publish a release on GitHub"), "{by_release}");
    assert!(drafted_from(&[("x.py", "")]).contains("Build and upload the release. FILL IN: the commands."));
    assert!(drafted_from(&[(WORKFLOW, &workflow("push", ""))]).contains("Tag the merged commit"));
}

#[test]
fn hostile_names_are_no_markup() {
    let job = "    environment: \"x` [a](javascript:b) <b>\\nFILL\"\n";
    let text = drafted_from(&[(WORKFLOW, &workflow("{push: {tags: [\"`$(reboot)`\"]}}", job))]);
    assert!(text.contains("`x' [a](javascript:b) <b>"), "{text}");
    assert!(text.contains("`'$(reboot)'`"), "{text}");
}

/// The page after the fix, without the page.
fn added_to(path: &str, text: &str) -> String {
    let trial = Trial::of(&[(path, text)]);
    assert_eq!(trial.verdict("R01"), Verdict::Warn, "{}", trial.finding("R01").summary);
    let (safety, after) = trial.fixed("R01");
    assert_eq!((safety, after.verdict("R01")), (Safety::Review, Verdict::Warn));
    assert!(after.finding("R01").summary.contains("gaps"));
    let new = after.text(path).to_owned();
    let filled = Trial::of(&[(path, &new.replace(GAP, "Ada:"))]);
    assert_eq!(filled.verdict("R01"), Verdict::Pass, "{new}");
    assert_eq!(text.ends_with('\n'), new.ends_with('\n'));
    assert!(!new.contains("\r\n") || !new.replace("\r\n", "").contains('\n'));
    new
}

const STEPS: &str = "1. Bump the version.\n2. Tag the release.\n3. Push the tag.\n";

#[test]
fn a_page_gets_a_section_in_its_own_markup() {
    let page = format!("# Release\n\n{STEPS}");
    assert!(added_to("RELEASING.md", &page).starts_with(&format!("{page}\n## Who may release\n\n- FILL IN:")));
    assert!(added_to("RELEASING.md", page.trim_end()).contains("tag.\n\n## Who may release\n"));
    assert!(added_to("RELEASING.md", &page.replace('\n', "\r\n")).contains("\r\n\r\n## Who may release\r\n\r\n"));
    let rst = format!("Release\n=======\n\nSteps\n~~~~~\n\n{STEPS}");
    assert!(added_to("RELEASING.rst", &rst).contains("\nWho may release\n~~~~~~~~~~~~~~~\n\n- FILL IN:"));
    let rst = format!("Release\n-------\n\n{STEPS}");
    assert!(added_to("RELEASING.rst", &rst).contains("\nWho may release\n~~~~~~~~~~~~~~~\n"));
    assert!(
        added_to("RELEASING.adoc", "= Release\n\n. Bump the version.\n. Tag the release.\n. Push the tag.\n")
            .contains("\n== Who may release\n\n* FILL IN")
    );
}

#[test]
fn a_section_gets_one_of_its_own() {
    let page = format!("# Contributing\n\n## Release\n\n{STEPS}\n## Tests\n\nRun them.\n");
    let new = added_to("CONTRIBUTING.md", &page);
    assert!(new.contains("Push the tag.\n\n### Who may release\n\n- FILL IN:"), "{new}");
    assert!(
        new.ends_with("reviewers.\n\n## Tests\n\nRun them.\n") || new.ends_with("do.\n\n## Tests\n\nRun them.\n"),
        "{new}"
    );
}

#[test]
fn other_kinds_of_page_are_refused_with_the_section_to_paste() {
    let form = "name: Release\nbody:\n  - type: markdown\n    attributes:\n      value: |\n        1. Bump the version.\n        2. Tag the release.\n        3. Push the tag.\n";
    let trial = Trial::of(&[(".github/ISSUE_TEMPLATE/release.yml", form)]);
    assert_eq!(trial.verdict("R01"), Verdict::Warn, "{}", trial.finding("R01").summary);
    assert!(trial.refused("R01").contains("section"));
    assert!(trial.proposal("R01").refusals[0].snippet.starts_with("## Who may release\n"));
}
