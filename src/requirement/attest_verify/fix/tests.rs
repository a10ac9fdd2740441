//! Loops that verify, put between attesting and publishing.

use super::*;
use crate::requirement::Verdict;
use crate::requirement::trial::{PATH, Trial};

const ATTEST: &str = "      - uses: actions/attest@v4\n        with:\n          subject-path: dist/*\n";
const UPLOAD: &str = "      - uses: pypa/gh-action-pypi-publish@v1 # v1.12.0\n";
const LOOP: &str = "      - name: Verify the attestations\n        env:\n          GH_TOKEN: ${{ github.token }}\n        run: |\n          \
    for file in dist/*; do\n            gh attestation verify \"$file\" --repo \"$GITHUB_REPOSITORY\"\n          done\n";

fn workflow(job: &str, steps: &str) -> String {
    format!(
        "on: workflow_dispatch\njobs:\n  publish:\n{job}    permissions:\n      id-token: write\n      attestations: write\n    steps:\n{steps}"
    )
}

fn fixed(text: &str) -> String {
    let (safety, after) = Trial::workflow(text).fixed("R11");
    assert_eq!(
        (safety, after.verdict("R11")),
        (Safety::Review, Verdict::Pass),
        "{}\n{}",
        after.finding("R11").summary,
        after.text(PATH)
    );
    after.text(PATH).to_owned()
}

#[test]
fn the_loop_stands_between_attesting_and_publishing() {
    let text = workflow("", &format!("{ATTEST}{UPLOAD}"));
    assert_eq!(fixed(&text), workflow("", &format!("{ATTEST}{LOOP}{UPLOAD}")));
    assert_eq!(
        fixed(&text.replace('\n', "\r\n")),
        workflow("", &format!("{ATTEST}{LOOP}{UPLOAD}")).replace('\n', "\r\n")
    );
}

#[test]
fn another_shell_is_set_aside() {
    for job in ["    runs-on: windows-latest\n", "    defaults: {run: {shell: pwsh}}\n"] {
        assert!(fixed(&workflow(job, &format!("{ATTEST}{UPLOAD}"))).contains("        shell: bash\n        env:"));
    }
}

#[test]
fn attesting_and_then_verifying_makes_both_pass() {
    let (_, after) = Trial::workflow(&workflow("    runs-on: x\n", UPLOAD)).fixed("R10");
    let (_, after) = after.fixed("R11");
    assert_eq!((after.verdict("R10"), after.verdict("R11")), (Verdict::Pass, Verdict::Pass));
}

#[test]
fn what_cannot_be_verified_cleanly_is_refused_with_a_step_to_paste() {
    for (steps, why) in [
        (format!("{ATTEST}      - run: cargo publish\n"), "which folder"),
        (format!("{ATTEST}      - run: gh attestation verify dist/*\n{UPLOAD}"), "change that step by hand"),
    ] {
        let trial = Trial::workflow(&workflow("", &steps));
        assert!(trial.refused("R11").contains(why), "{steps}: {}", trial.refused("R11"));
        assert!(trial.proposal("R11").refusals[0].snippet.contains("gh attestation verify"));
    }
    assert_eq!(
        Trial::workflow(&workflow("", "      - run: twine upload dist/*\n")).proposal("R11"),
        Proposal::default()
    );
}
