//! Stored tokens taken away from every uploader, and what stays for a person.

use super::*;
use crate::fact::artifact::Pin;
use crate::requirement::trial::{PATH, Trial};
use jiff::Timestamp;

fn workflow(job: &str, steps: &str) -> String {
    format!("on: workflow_dispatch\npermissions:\n  contents: read\njobs:\n  publish:\n{job}    steps:\n{steps}")
}

const OWN: &str = "    permissions:\n      id-token: write\n";

/// The steps after the fix, which must pass; the job must ask for an identity token.
fn fixed(trial: &Trial) -> String {
    let notes = trial.fix("R12").notes;
    assert!(notes[0].starts_with("first, on the"), "{notes:?}");
    assert!(notes[0].contains("workflow release.yml"), "{notes:?}");
    let (safety, after) = trial.fixed("R12");
    assert_eq!(
        (safety, after.verdict("R12")),
        (Safety::Review, Verdict::Pass),
        "{}\n{}",
        after.finding("R12").summary,
        after.text(PATH)
    );
    let text = after.text(PATH);
    assert!(text.contains("    permissions:\n      contents: read\n      id-token: write\n"), "{text}");
    text.split_once("    steps:\n").unwrap().1.to_owned()
}

#[test]
fn inputs_of_the_upload_action_go() {
    let step = "      - uses: pypa/gh-action-pypi-publish@v1\n        with:\n          user: __token__\n          password: ${{ secrets.PYPI }} # old\n          print-hash: true\n";
    let wanted = "      - uses: pypa/gh-action-pypi-publish@v1\n        with:\n          print-hash: true\n";
    assert_eq!(fixed(&Trial::workflow(&workflow("", step))), wanted);
    let alone =
        "      - uses: pypa/gh-action-pypi-publish@v1\n        with:\n          password: ${{ secrets.PYPI }}\n";
    assert_eq!(fixed(&Trial::workflow(&workflow("", alone))), "      - uses: pypa/gh-action-pypi-publish@v1\n");
}

#[test]
fn variables_of_step_and_job_go() {
    let env =
        "        env:\n          TWINE_USERNAME: __token__\n          TWINE_PASSWORD: ${{ secrets.PYPI_TOKEN }}\n";
    let run = "      - run: twine upload dist/*\n";
    assert_eq!(fixed(&Trial::workflow(&workflow("", &format!("{run}{env}")))), run);
    let job = "    env:\n      A: b\n      UV_PUBLISH_TOKEN: ${{ secrets.X }}\n";
    let text = workflow(job, "      - run: uv publish\n");
    let (_, after) = Trial::workflow(&text).fixed("R12");
    let new = after.text(PATH);
    assert!(new.contains("    env:\n      A: b\n") && !new.contains("secrets"), "{new}");
    let npm = "      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n          CI: 1\n";
    assert_eq!(
        fixed(&Trial::workflow(&workflow("", npm))),
        "      - run: npm publish\n        env:\n          CI: 1\n"
    );
}

#[test]
fn cargo_gets_a_token_that_is_minted_in_the_run() {
    let step = "      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }} # x\n";
    let bare = Trial::workflow(&workflow("", step));
    assert!(bare.refused("R12").contains("--pins FILE"), "{}", bare.refused("R12"));
    let pin = Pin { commit: Some("b".repeat(40)), tags: vec!["v1".into(), "v1.0.3".into()], ..Pin::default() };
    let pins = [("rust-lang/crates-io-auth-action@v1".to_owned(), pin)].into();
    let known = bare.knowing(Observation::Pins(Fact::local(pins, Timestamp::UNIX_EPOCH)));
    let wanted = format!(
        "      - name: Ask the registry for a token\n        id: auth\n        uses: rust-lang/crates-io-auth-action@{} # v1.0.3\n{}",
        "b".repeat(40),
        step.replace("${{ secrets.CRATES }}", "${{ steps.auth.outputs.token }}")
    );
    assert_eq!(fixed(&known), wanted);
}

#[test]
fn a_job_that_may_not_ask_for_a_token_may() {
    let step = "      - uses: pypa/gh-action-pypi-publish@v1\n";
    let trial = Trial::workflow(&workflow("", step));
    assert!(trial.fix("R12").title.starts_with(GRANT));
    assert_eq!(fixed(&trial), step);
}

#[test]
fn what_cannot_be_taken_away_cleanly_is_refused() {
    for (job, steps, why) in [
        (OWN, "      - run: twine upload -p ${{ secrets.PYPI }} dist/*\n", "on the command line"),
        (
            OWN,
            "      - uses: pypa/gh-action-pypi-publish@v1\n        with: {password: '${{ secrets.P }}'}\n",
            "flow style",
        ),
        (
            OWN,
            "      - run: poetry publish\n        env:\n          POETRY_PYPI_TOKEN_PYPI: ${{ secrets.PYPI_TOKEN }}\n",
            "knows no trusted publishing",
        ),
        (
            OWN,
            "      - run: gem push x.gem\n        env:\n          GEM_HOST_API_KEY: ${{ secrets.RUBYGEMS_KEY }}\n",
            "is not known here",
        ),
        (
            OWN,
            "      - uses: pypa/gh-action-pypi-publish@v1\n        with: &w\n          password: ${{ secrets.P }}\n      - uses: x/y@v1\n        with: *w\n",
            "shared",
        ),
        (
            OWN,
            "      - run: ./release.sh\n        env:\n          PYPI_TOKEN: ${{ secrets.PYPI_TOKEN }}\n",
            "is not to be seen",
        ),
        (
            OWN,
            "      - run: uv publish --token ${{ secrets.X }}\n        env:\n          UV_PUBLISH_TOKEN: ${{ secrets.X }}\n",
            "in more places",
        ),
        (
            "    permissions: {}\n",
            "      - uses: pypa/gh-action-pypi-publish@v1\n        if: >-\n          true\n        with: {password: '${{ secrets.P }}'}\n",
            "flow style",
        ),
    ] {
        let trial = Trial::workflow(&workflow(job, steps));
        assert_eq!(trial.verdict("R12"), Verdict::Fail, "{steps}");
        assert!(trial.refused("R12").contains(why), "{steps}: {}", trial.refused("R12"));
    }
}

#[test]
fn steps_that_another_job_lends_are_shared_and_not_said_to_be_something_else() {
    let text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: &s\n      - run: make\n  b:\n    runs-on: x\n    steps: *s\n";
    let text = text
        .replace("run: make\n", "run: twine upload dist/*\n        env:\n          TWINE_PASSWORD: ${{ secrets.P }}\n");
    let Proposal { fixes, refusals } = Trial::workflow(&text).proposal("R12");
    assert_eq!((fixes.len(), refusals.len()), (0, 2), "{fixes:?} {refusals:?}");
    for refusal in refusals {
        assert!(refusal.reason.contains("shared"), "{}", refusal.reason);
    }
}
