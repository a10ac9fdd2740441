//! What is said where nothing of GitHub is seen to attest, in both profiles.

use crate::requirement::trial::Trial;
use crate::requirement::{Finding, Profile, Verdict, assess_all};

const RIGHTS: &str = "{id-token: write}";

/// A job with an environment, permissions and steps.
fn job(permissions: &str, steps: &str) -> Trial {
    Trial::workflow(&format!(
        "on: workflow_dispatch\njobs:\n  p:\n    environment: release\n    permissions: {permissions}\n    steps:\n{steps}"
    ))
}

fn said(trial: &Trial, profile: Profile) -> Finding {
    assess_all(&trial.facts, profile).into_iter().find(|finding| finding.meta.id == "R10").unwrap()
}

fn verdicts(trial: &Trial) -> (Verdict, Verdict) {
    (said(trial, Profile::Spec8).verdict, said(trial, Profile::Pep740).verdict)
}

/// A script that is handed a token minted for crates.io, and one that is handed nothing.
const CRATES: &str = "      - {id: auth, uses: rust-lang/crates-io-auth-action@v1}\n      - run: ./publish.sh\n        env: {CARGO_REGISTRY_TOKEN: \"${{ steps.auth.outputs.token }}\"}\n";
const ANY: &str = "      - run: ./publish.sh\n";

#[test]
fn what_a_script_may_not_attest_is_left_to_an_index_that_attests() {
    let crates = job(RIGHTS, CRATES);
    assert_eq!(verdicts(&crates), (Verdict::Fail, Verdict::Fail));
    let summary = said(&crates, Profile::Spec8).summary;
    assert!(summary.ends_with("and crates.io makes no attestations of its own"), "{summary}");
    let any = job(RIGHTS, ANY);
    assert_eq!(verdicts(&any), (Verdict::Warn, Verdict::Unknown));
    let summary = said(&any, Profile::Spec8).summary;
    assert!(summary.ends_with("GitHub makes no attestation, and at most the index makes one"), "{summary}");
    for steps in [CRATES, ANY] {
        let may = job("{id-token: write, attestations: write}", steps);
        assert_eq!(verdicts(&may), (Verdict::Unknown, Verdict::Unknown), "{steps}");
    }
}

#[test]
fn the_index_attests_only_what_it_is_surely_asked_to() {
    let upload = |with: &str| {
        verdicts(&job(RIGHTS, &format!("      - uses: pypa/gh-action-pypi-publish@v1.12.2\n        with: {with}\n")))
    };
    assert_eq!(upload("{print-hash: true}"), (Verdict::Warn, Verdict::Pass));
    assert_eq!(upload("{user: __token__}"), (Verdict::Warn, Verdict::Pass));
    assert_eq!(upload("{attestations: '${{ inputs.attest }}'}"), (Verdict::Warn, Verdict::Unknown));
    assert_eq!(upload("{attestations: false}"), (Verdict::Fail, Verdict::Fail));
    assert_eq!(upload("{user: somebody}"), (Verdict::Fail, Verdict::Fail));
}

#[test]
fn npm_attests_unless_it_is_told_not_to() {
    let publish = |run: &str| verdicts(&job(RIGHTS, &format!("      - run: {run}\n")));
    for run in ["npm publish", "npm publish --provenance", "npm publish --provenance=true"] {
        assert_eq!(publish(run), (Verdict::Warn, Verdict::Pass), "{run}");
    }
    for run in ["npm publish --provenance=false", "npm publish --no-provenance", "npm publish --provenance false"] {
        assert_eq!(publish(run), (Verdict::Fail, Verdict::Fail), "{run}");
    }
    let by_variable = |value: &str| publish(&format!("npm publish\n        env: {{NPM_CONFIG_PROVENANCE: '{value}'}}"));
    assert_eq!(by_variable("false"), (Verdict::Fail, Verdict::Fail));
    assert_eq!(by_variable("${{ vars.X }}"), (Verdict::Warn, Verdict::Unknown));
}

#[test]
fn an_attestation_of_an_image_is_shown_and_does_not_count() {
    let image = "      - uses: actions/attest-build-provenance@v2\n        with: {subject-name: ghcr.io/o/r, subject-digest: 'sha256:0'}\n";
    let all = "{id-token: write, attestations: write}";
    let upload = "      - run: uv publish\n";
    let finding = said(&job(all, &format!("{image}{upload}")), Profile::Spec8);
    assert_eq!(finding.verdict, Verdict::Fail);
    let notes: Vec<String> = finding.checks[0].evidence.iter().map(|evidence| format!("{evidence:?}")).collect();
    assert!(notes.iter().any(|note| note.contains("attests a container image, not the packages")), "{notes:?}");
    let files = "      - uses: actions/attest-build-provenance@v2\n        with: {subject-path: dist/*}\n";
    assert_eq!(said(&job(all, &format!("{image}{files}{upload}")), Profile::Spec8).verdict, Verdict::Pass);
}

#[test]
fn what_cannot_be_told_of_a_step_names_the_step() {
    let attest = |name: &str| {
        format!(
            "      - {name}if: vars.ATTEST\n        uses: actions/attest@v4\n        with: {{subject-path: dist/*}}\n      - run: uv publish\n"
        )
    };
    let all = "{id-token: write, attestations: write}";
    let summary = |name: &str| said(&job(all, &attest(name)), Profile::Spec8).summary;
    let named = summary("name: Sign it\n        ");
    assert!(named.starts_with("whether step `Sign it` of release.yml job `p` runs on"), "{named}");
    let unnamed = summary("");
    assert!(unnamed.starts_with("whether step `actions/attest` of release.yml job `p` runs on"), "{unnamed}");
}
