//! Permissions in every form, who loses what, and how safe that is.

use super::*;
use crate::fact::{Fact, Observation};
use crate::requirement::trial::{PATH, Trial};
use jiff::Timestamp;

fn workflow(top: &str, jobs: &str) -> String {
    format!("on: push\n{top}jobs:\n{jobs}")
}

const OWN: &str =
    "  publish:\n    permissions:\n      id-token: write\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n";
const BARE: &str = "  publish:\n    runs-on: x\n    steps:\n      - uses: actions/download-artifact@v4\n      - uses: pypa/gh-action-pypi-publish@v1\n";

/// The workflow after the fix, which must pass.
fn fixed(text: &str) -> (Safety, String, Vec<String>) {
    let trial = Trial::workflow(text);
    let notes = trial.fix("R05").notes;
    let (safety, after) = trial.fixed("R05");
    assert_eq!(after.verdict("R05"), Verdict::Pass, "{}\n{}", after.finding("R05").summary, after.text(PATH));
    (safety, after.text(PATH).to_owned(), notes)
}

#[test]
fn a_block_above_jobs_that_have_their_own_is_safe() {
    let text = workflow("\n# the work\n", OWN);
    let (safety, new, notes) = fixed(&text);
    assert_eq!((safety, notes), (Safety::Safe, Vec::new()));
    assert_eq!(new, text.replace("# the work", "permissions:\n  contents: read\n\n# the work"));
    let crlf = workflow("\n", OWN).replace('\n', "\r\n");
    assert!(fixed(&crlf).1.contains("\r\npermissions:\r\n  contents: read\r\n\r\njobs:"));
    let bare = format!("\u{feff}{}", workflow("", OWN).trim_end());
    let (_, new, _) = fixed(&bare);
    assert!(new.starts_with("\u{feff}on: push\npermissions:\n  contents: read\n\njobs:") && !new.ends_with('\n'));
}

#[test]
fn jobs_that_only_read_lose_nothing() {
    let build = "  build:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-python@v5\n";
    let (safety, _, notes) = fixed(&workflow("", &format!("{build}{OWN}")));
    assert_eq!(safety, Safety::Safe);
    assert_eq!(notes, ["job `build` loses the rights of the repository's default, none of which it uses"]);
}

#[test]
fn jobs_of_which_it_is_not_known_what_they_need_are_listed() {
    for (step, why) in [
        ("- uses: some/action@v1", "what some/action@v1 needs is not known"),
        ("- run: make\n      - uses: actions/checkout@v4", "may use the token that the checkout leaves"),
        ("- run: x\n        env: {T: '${{ github.token }}'}", "a script that is handed the token"),
        ("- run: gh api x", "a script that is handed the token"),
    ] {
        let (safety, _, notes) = fixed(&workflow("", &format!("  build:\n    steps:\n      {step}\n{OWN}")));
        assert_eq!(safety, Safety::Review, "{step}");
        assert!(notes.iter().any(|note| note.contains("job `build`") && note.contains(why)), "{notes:?}");
    }
}

#[test]
fn writes_move_into_the_jobs_that_use_them() {
    let top = "permissions:\n  contents: write # for the release\n  id-token: write\n  actions: read\n";
    let page = "  page:\n    runs-on: x\n    steps:\n      - uses: softprops/action-gh-release@v2\n";
    let (safety, new, notes) = fixed(&workflow(top, &format!("{page}{BARE}")));
    assert_eq!(safety, Safety::Safe, "{notes:?}");
    let wanted = workflow(
        "permissions:\n  contents: read # for the release\n  actions: read\n",
        &format!("{page}{BARE}")
            .replacen("runs-on: x\n", "runs-on: x\n    permissions:\n      actions: read\n      contents: write\n", 1)
            .replace(
                "publish:\n    runs-on: x\n",
                "publish:\n    runs-on: x\n    permissions:\n      actions: read\n      id-token: write\n",
            ),
    );
    assert_eq!(new, wanted);
    assert!(notes.iter().any(|note| note == "job `publish` loses contents: write, none of which it uses"), "{notes:?}");
}

#[test]
fn a_job_that_is_not_understood_keeps_what_it_had() {
    let top = "permissions:\n  id-token: write\n";
    let text = workflow(top, &format!("  x:\n    runs-on: x\n    steps:\n      - uses: some/action@v1\n{BARE}"));
    let (safety, new, notes) = fixed(&text);
    assert_eq!(safety, Safety::Safe, "{notes:?}");
    assert_eq!(new.matches("id-token: write").count(), 2, "{new}");
    assert!(new.starts_with("on: push\npermissions:\n  contents: read\njobs:"), "{new}");
}

#[test]
fn blocks_on_one_line_become_lines() {
    for top in [
        "permissions: write-all # all\n",
        "permissions: {id-token: write, contents: write}\n",
        "permissions: read-all\n",
    ] {
        let (safety, new, notes) = fixed(&workflow(top, &format!("{BARE}  t:\n    steps:\n      - run: x\n")));
        assert!(new.contains("\n  contents: read\njobs:"), "{new}");
        assert!(!notes.is_empty() && safety == Safety::Safe, "{notes:?}");
    }
    let own = OWN.replace("permissions:\n      id-token: write", "permissions: write-all");
    let (safety, new, _) = fixed(&workflow("permissions: {}\n", &own));
    assert_eq!(safety, Safety::Safe);
    assert!(new.contains("permissions:\n      contents: read\n      id-token: write\n"), "{new}");
}

#[test]
fn what_cannot_be_changed_cleanly_is_refused() {
    for (text, why) in [
        (
            "{on: push, jobs: {publish: {permissions: {}, steps: [{run: twine upload dist/*}]}}}\n".to_owned(),
            "flow style",
        ),
        (
            workflow(
                "permissions: {id-token: write}\n",
                "  publish: {steps: [{uses: pypa/gh-action-pypi-publish@v1}]}\n",
            ),
            "flow style",
        ),
        (workflow("x: &p\n  id-token: write\npermissions: *p\n", BARE), "shared"),
        (
            workflow("permissions:\n  id-token: write\n  frobnicate: write\n", BARE),
            "`frobnicate`, which is not understood",
        ),
        (
            workflow(
                "permissions:\n  id-token: write\n",
                "  publish: &j\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n  two: *j\n",
            ),
            "shared",
        ),
    ] {
        let trial = Trial::workflow(&text);
        assert!(trial.refused("R05").contains(why), "{why}: {:?}", trial.proposal("R05"));
    }
}

#[test]
fn nothing_is_proposed_where_nothing_is_wrong_or_nothing_can_be_read() {
    for text in [
        workflow("permissions:\n  contents: read\n", OWN),
        workflow("permissions: everything\n", OWN),
        "on: push\njobs: [\n".to_owned(),
    ] {
        assert_eq!(Trial::workflow(&text).proposal("R05"), Proposal::default(), "{text}");
    }
}

#[test]
fn a_default_that_reads_changes_nothing_about_who_loses_what() {
    let token = crate::fact::settings::DefaultToken { write: false, can_approve_pull_requests: false };
    let answer = Observation::DefaultToken(Fact::api(token, "GET x", 200, Timestamp::UNIX_EPOCH));
    let trial = Trial::workflow(&workflow("", BARE)).knowing(answer);
    assert_eq!(trial.verdict("R05"), Verdict::Warn);
    let (safety, after) = trial.fixed("R05");
    assert_eq!((safety, after.verdict("R05")), (Safety::Review, Verdict::Pass));
}
