//! Steps that attest, put before every kind of publish step, with the permissions they take.

use super::*;
use crate::requirement::trial::{PATH, Trial};

const STEP: &str = "      - name: Attest the built files\n        uses: \
    actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6 # v4.2.2\n        with:\n          subject-path: dist/*\n";

fn workflow(permissions: &str, steps: &str) -> String {
    format!(
        "on: workflow_dispatch\npermissions:\n  contents: read\njobs:\n  publish:\n    runs-on: x\n{permissions}    steps:\n{steps}"
    )
}

const OWN: &str = "    permissions:\n      id-token: write # for PyPI\n";
const UPLOAD: &str = "      # to the index\n      - uses: pypa/gh-action-pypi-publish@v1 # v1.12.0\n";

fn fixed(text: &str) -> String {
    let (safety, after) = Trial::workflow(text).fixed("R10");
    assert_eq!(
        (safety, after.verdict("R10")),
        (Safety::Review, Verdict::Pass),
        "{}\n{}",
        after.finding("R10").summary,
        after.text(PATH)
    );
    after.text(PATH).to_owned()
}

#[test]
fn the_step_stands_before_the_publish_step_and_its_comment() {
    let new = fixed(&workflow(OWN, &format!("      - uses: actions/download-artifact@v4\n{UPLOAD}")));
    let own = format!("{OWN}      attestations: write\n");
    assert_eq!(new, workflow(&own, &format!("      - uses: actions/download-artifact@v4\n{STEP}{UPLOAD}")));
    let crlf = fixed(&workflow(OWN, UPLOAD).replace('\n', "\r\n"));
    assert_eq!(crlf, workflow(&own, &format!("{STEP}{UPLOAD}")).replace('\n', "\r\n"));
}

#[test]
fn the_folder_and_the_condition_are_those_of_the_publish_step() {
    let steps = "      - run: twine upload wheels/*.whl\n        if: github.ref_type == 'tag' # only\n";
    let new = fixed(&workflow(OWN, steps));
    assert!(new.contains("        if: github.ref_type == 'tag'\n        uses: actions/attest"), "{new}");
    assert!(new.contains("subject-path: wheels/*\n"), "{new}");
    let steps = "      - uses: pypa/gh-action-pypi-publish@v1\n        with:\n          packages-dir: ./out/dist/\n";
    assert!(fixed(&workflow(OWN, steps)).contains("subject-path: out/dist/*\n"));
}

#[test]
fn every_form_of_permissions_gets_what_it_lacks() {
    for (permissions, wanted) in [
        ("", "    permissions:\n      contents: read\n      id-token: write\n      attestations: write\n"),
        ("    permissions: {}\n", "    permissions:\n      id-token: write\n      attestations: write\n"),
        (
            "    permissions: read-all\n",
            "    permissions:\n      contents: read\n      id-token: write\n      attestations: write\n",
        ),
        ("    permissions: write-all\n", "    permissions: write-all\n"),
        (
            "    permissions:\n      attestations: read\n      id-token: 'none'\n",
            "    permissions:\n      attestations: write\n      id-token: 'write'\n",
        ),
    ] {
        assert!(fixed(&workflow(permissions, UPLOAD)).contains(wanted), "{permissions}");
    }
    let bare = workflow("", UPLOAD).replace("permissions:\n  contents: read\n", "");
    let fix = Trial::workflow(&bare).fix("R10");
    assert!(fix.notes.iter().any(|note| note.contains("had the repository's default rights")), "{fix:?}");
    fixed(&bare);
    let missing = fixed(&workflow(OWN, &format!("{STEP}{UPLOAD}")));
    assert_eq!(missing, workflow(&format!("{OWN}      attestations: write\n"), &format!("{STEP}{UPLOAD}")));
}

#[test]
fn the_callers_of_the_workflow_grant_it_too() {
    let release = workflow(OWN, UPLOAD).replace("workflow_dispatch", "workflow_call");
    let caller = "on: workflow_dispatch\njobs:\n  go:\n    uses: ./.github/workflows/release.yml\n    permissions:\n      id-token: write\n";
    let trial = Trial::of(&[(PATH, &release), (".github/workflows/go.yml", caller)]);
    let (_, after) = trial.fixed("R10");
    assert_eq!(after.verdict("R10"), Verdict::Pass, "{}", after.finding("R10").summary);
    assert_eq!(after.text(".github/workflows/go.yml"), format!("{caller}      attestations: write\n"));
}

#[test]
fn what_cannot_be_attested_cleanly_is_refused_with_a_step_to_paste() {
    for (permissions, steps, why) in [
        (OWN, "      - run: uv publish '${{ matrix.x }}'\n", "which folder"),
        (OWN, "      - run: twine upload 'my dist'/*\n", "which folder"),
        (OWN, "      - run: twine upload ../dist/*\n", "which folder"),
        (OWN, "      - run: npm publish\n", "which folder"),
        (OWN, "      - run: twine upload dist/*\n        working-directory: py\n", "folder of its own"),
        ("    permissions: {id-token: write}\n", UPLOAD, "flow style"),
        (
            OWN,
            "      - uses: pypa/gh-action-pypi-publish@v1\n      - uses: actions/attest@v4\n        with: {subject-path: dist/*}\n",
            "change that step by hand",
        ),
    ] {
        let trial = Trial::workflow(&workflow(permissions, steps));
        let refused = trial.refused("R10");
        assert!(refused.contains(why), "{steps}: {refused}");
    }
    let flow = "on: workflow_dispatch\njobs:\n  publish:\n    steps: [{uses: pypa/gh-action-pypi-publish@v1}]\n";
    assert!(Trial::workflow(flow).refused("R10").contains("flow style"));
    let refusal = &Trial::workflow(flow).proposal("R10").refusals[0];
    assert!(
        refusal.snippet.starts_with("- uses: actions/attest@1e69")
            && refusal.snippet.contains("    subject-path: FOLDER/*")
    );
    let shared = format!("{}  again:\n    steps: *s\n", workflow(OWN, UPLOAD).replace("steps:\n", "steps: &s\n"));
    assert!(Trial::workflow(&shared).refused("R10").contains("shared"));
    let local = "runs:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@v1\n";
    let text = workflow(OWN, "      - uses: ./.github/actions/up\n");
    let trial = Trial::of(&[(PATH, &text), (".github/actions/up/action.yml", local)]);
    assert!(trial.refused("R10").contains("the local action"), "{}", trial.refused("R10"));
}
