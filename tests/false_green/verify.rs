//! Traps of R11: verifications that do not run, do not gate, or verify nothing.

use shipworthy::requirement::Verdict::{Fail, Unknown, Warn};

use crate::trap::Trap;

const VERIFY: &str = "      - name: Verify
        env:
          GH_TOKEN: ${{ github.token }}
        run: |
          for file in dist/*; do
            gh attestation verify \"$file\" --repo \"$GITHUB_REPOSITORY\"
          done
";
const SCRIPT: &str = "          for file in dist/*; do
            gh attestation verify \"$file\" --repo \"$GITHUB_REPOSITORY\"
          done
";
const END: &str = "          print-hash: true\n";

/// Another script in the verify step.
macro_rules! script {
    ($why:literal, $script:literal, $want:expr) => {
        Trap { why: $why, edits: &[(SCRIPT, $script)], files: &[], want: &[("R11", $want)] }
    };
}

/// More lines on the verify step.
macro_rules! with {
    ($why:literal, $lines:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[("      - name: Verify\n", concat!("      - name: Verify\n", $lines))],
            files: &[],
            want: &[("R11", $want)],
        }
    };
}

/// A condition on the publish step.
macro_rules! publish_if {
    ($why:literal, $condition:literal) => {
        Trap {
            why: $why,
            edits: &[("      - name: Publish\n", concat!("      - name: Publish\n        if: ", $condition, "\n"))],
            files: &[],
            want: &[("R11", Fail)],
        }
    };
}

/// A job of its own that verifies, with lines of that job and of the publish job.
macro_rules! job {
    ($why:literal, $verify:literal, $publish:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[
                (VERIFY, ""),
                ("      - name: Attest\n        uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with:\n          subject-path: dist/*\n", ""),
                ("      - run: pipx run build\n", "      - run: pipx run build\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with:\n          subject-path: dist/*\n"),
                ("  build:\n", "  build:\n    permissions: {contents: read, id-token: write, attestations: write}\n"),
                (
                    "  publish:\n    needs: [build]\n",
                    concat!(
                        "  verify:\n    needs: [build]\n    runs-on: ubuntu-24.04\n    permissions: {}\n", $verify,
                        "    steps:\n      - env:\n          GH_TOKEN: ${{ github.token }}\n        run: |\n          for file in dist/*; do\n            gh attestation verify \"$file\" -R o/r\n          done\n\n",
                        "  publish:\n", $publish
                    ),
                ),
            ],
            files: &[],
            want: &[("R11", $want)],
        }
    };
}

/// Traps in the steps and jobs around the script.
pub const TRAPS: &[Trap] = &[
    with!("the step never runs", "        if: false\n", Fail),
    with!("the step runs on an event that never publishes", "        if: github.event_name == 'release'\n", Fail),
    with!("the step runs only after a failure", "        if: failure()\n", Warn),
    with!("its failure is ignored", "        continue-on-error: true\n", Fail),
    with!("its failure may be ignored", "        continue-on-error: ${{ inputs.lenient }}\n", Fail),
    with!("a variable of the repository decides", "        if: vars.VERIFY == 'yes'\n", Unknown),
    with!("nothing waits for it", "        background: true\n", Warn),
    with!("the shell goes on after a failed command", "        shell: bash {0}\n", Fail),
    with!("the script runs in another folder", "        working-directory: other\n", Warn),
    with!("the script is none of a shell", "        shell: python\n", Fail),
    publish_if!("the publish step runs always", "always()"),
    publish_if!("the publish step runs after a failure too", "success() || failure()"),
    publish_if!(
        "the publish step runs after a failure on one event",
        "success() || github.event_name == 'workflow_dispatch'"
    ),
    publish_if!("the publish step runs unless cancelled", "${{ !cancelled() }}"),
    publish_if!("the publish step runs always, by another spelling", "ALWAYS ( )"),
    publish_if!("the publish step asks another step", "always() && steps.fetch.outcome != 'failure'"),
    Trap {
        why: "whoever starts it may leave it out",
        edits: &[
            (
                "  workflow_dispatch:\n",
                "  workflow_dispatch:\n    inputs:\n      verify: {type: boolean, default: true}\n",
            ),
            ("      - name: Verify\n", "      - name: Verify\n        if: inputs.verify\n"),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "publishing and verifying are chosen apart",
        edits: &[
            (
                "  workflow_dispatch:\n",
                "  workflow_dispatch:\n    inputs:\n      verify: {type: boolean}\n      publish: {type: boolean}\n",
            ),
            ("      - name: Verify\n", "      - name: Verify\n        if: inputs.verify\n"),
            ("      - name: Publish\n", "      - name: Publish\n        if: inputs.publish\n"),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "nothing waits for it but a step that never runs",
        edits: &[
            ("      - name: Verify\n", "      - name: Verify\n        id: verify\n        background: true\n"),
            ("      - name: Publish\n", "      - wait: verify\n        if: false\n      - name: Publish\n"),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "what waits for it ignores its failure",
        edits: &[
            ("      - name: Verify\n", "      - name: Verify\n        id: verify\n        background: true\n"),
            (
                "      - name: Publish\n",
                "      - wait-all: true\n        continue-on-error: true\n      - name: Publish\n",
            ),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "something else is waited for",
        edits: &[
            ("      - name: Verify\n", "      - name: Verify\n        id: verify\n        background: true\n"),
            ("      - name: Publish\n", "      - wait: fetch\n      - name: Publish\n"),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "verified after publishing",
        edits: &[
            (VERIFY, ""),
            (
                END,
                "          print-hash: true\n      - env:\n          GH_TOKEN: ${{ github.token }}\n        run: |\n          for file in dist/*; do\n            gh attestation verify \"$file\" -R o/r\n          done\n",
            ),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "verified before it is attested",
        edits: &[
            (VERIFY, ""),
            (
                "      - name: Attest\n",
                "      - env:\n          GH_TOKEN: ${{ github.token }}\n        run: |\n          for file in dist/*; do\n            gh attestation verify \"$file\" -R o/r\n          done\n      - name: Attest\n",
            ),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "verified in the job before the one that attests",
        edits: &[
            (VERIFY, ""),
            (
                "      - run: pipx run build\n",
                "      - run: pipx run build\n      - env:\n          GH_TOKEN: ${{ github.token }}\n        run: |\n          for file in dist/*; do\n            gh attestation verify \"$file\" -R o/r\n          done\n",
            ),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "verified beside the publish step",
        edits: &[
            (VERIFY, ""),
            (
                "      - name: Publish\n        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "      - parallel:\n          - run: for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n            env: {GH_TOKEN: x}\n          - uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n",
            ),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "verified in a group whose failure is ignored",
        edits: &[(
            VERIFY,
            "      - continue-on-error: true\n        parallel:\n          - run: for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n            env: {GH_TOKEN: x}\n",
        )],
        files: &[],
        want: &[("R11", Fail)],
    },
    job!(
        "the publish job runs after a failure on one event",
        "",
        "    needs: [build, verify]\n    if: success() || github.event_name == 'workflow_dispatch'\n",
        Fail
    ),
    Trap {
        why: "verified after publishing, in the same script",
        edits: &[
            (VERIFY, ""),
            (
                "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "        env:\n          GH_TOKEN: ${{ github.token }}\n        run: |\n          twine upload dist/*\n          for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n",
            ),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    Trap {
        why: "published when the verification in the same script failed",
        edits: &[
            (VERIFY, ""),
            (
                "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "        env:\n          GH_TOKEN: ${{ github.token }}\n        run: gh attestation verify dist/x.whl -R o/r || twine upload dist/x.whl\n",
            ),
        ],
        files: &[],
        want: &[("R11", Fail)],
    },
    job!("another job verifies, and nothing waits for it", "", "    needs: [build]\n", Warn),
    Trap {
        why: "another job verifies an image",
        edits: &[
            (VERIFY, ""),
            ("    needs: [build]\n", "    needs: [build, verify]\n"),
            (
                "  publish:\n",
                "  verify:\n    runs-on: ubuntu-24.04\n    permissions: {}\n    steps:\n      - env: {GH_TOKEN: x}\n        run: gh attestation verify oci://ghcr.io/o/r -R o/r\n\n  publish:\n",
            ),
        ],
        files: &[],
        want: &[("R11", Warn)],
    },
    job!("the job that verifies may fail", "    continue-on-error: true\n", "    needs: [build, verify]\n", Fail),
    job!(
        "the job that verifies never runs",
        "    if: false\n",
        "    needs: [build, verify]\n    if: ${{ !failure() }}\n",
        Fail
    ),
    job!("the publish job runs always", "", "    needs: [build, verify]\n    if: always()\n", Fail),
    job!(
        "the publish job asks only the other job",
        "",
        "    needs: [build, verify]\n    if: always() && needs.build.result == 'success'\n",
        Fail
    ),
    job!(
        "the publish job asks whether one of them succeeded",
        "",
        "    needs: [build, verify]\n    if: always() && contains(needs.*.result, 'success')\n",
        Fail
    ),
    job!(
        "the publish job takes a skipped job for a good one, and a failed one too",
        "",
        "    needs: [build, verify]\n    if: always() && needs.verify.result != 'cancelled'\n",
        Fail
    ),
    Trap {
        why: "a job between the two runs always, and only that one is asked",
        edits: &[
            ("    needs: [build]\n", "    needs: [between]\n    if: always() && needs.between.result == 'success'\n"),
            (VERIFY, ""),
            ("  build:\n", "  build:\n    permissions: {contents: read, id-token: write, attestations: write}\n"),
            (
                "      - run: pipx run build\n",
                "      - run: pipx run build\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-path: dist/*}\n      - env:\n          GH_TOKEN: ${{ github.token }}\n        run: for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n",
            ),
            (
                "  publish:\n",
                "  between:\n    needs: [build]\n    if: always()\n    runs-on: ubuntu-24.04\n    permissions: {}\n    steps:\n      - run: 'true'\n\n  publish:\n",
            ),
            (
                "      - name: Attest\n        uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with:\n          subject-path: dist/*\n",
                "",
            ),
        ],
        files: &[],
        want: &[("R11", Fail)],
    },
    Trap {
        why: "a local action ignores the failure",
        edits: &[(
            VERIFY,
            "      - uses: ./.github/actions/verify\n        env:\n          GH_TOKEN: ${{ github.token }}\n",
        )],
        files: &[(
            ".github/actions/verify/action.yml",
            "name: verify\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      continue-on-error: true\n      run: for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n",
        )],
        want: &[("R11", Fail)],
    },
    Trap {
        why: "the failure of a local action is ignored",
        edits: &[(
            VERIFY,
            "      - uses: ./.github/actions/verify\n        continue-on-error: true\n        env:\n          GH_TOKEN: ${{ github.token }}\n",
        )],
        files: &[(
            ".github/actions/verify/action.yml",
            "name: verify\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n",
        )],
        want: &[("R11", Fail)],
    },
    Trap {
        why: "the local action that publishes runs always",
        edits: &[(
            "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
            "        if: always()\n        uses: ./.github/actions/publish\n",
        )],
        files: &[(
            ".github/actions/publish/action.yml",
            "name: publish\nruns:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n",
        )],
        want: &[("R11", Fail), ("R10", Warn)],
    },
    Trap {
        why: "the token is empty",
        edits: &[("          GH_TOKEN: ${{ github.token }}\n", "          GH_TOKEN: ''\n")],
        files: &[],
        want: &[("R11", Fail)],
    },
    Trap {
        why: "the token has another name",
        edits: &[("          GH_TOKEN: ${{ github.token }}\n", "          TOKEN: ${{ github.token }}\n")],
        files: &[],
        want: &[("R11", Fail)],
    },
    Trap {
        why: "the token is only in a comment of the script",
        edits: &[
            ("        env:\n          GH_TOKEN: ${{ github.token }}\n", ""),
            (
                "        run: |\n",
                "        run: |\n          # export GH_TOKEN=x; gh auth login\n          echo gh auth login\n",
            ),
        ],
        files: &[],
        want: &[("R11", Fail)],
    },
    Trap {
        why: "the token is that of another step",
        edits: &[
            ("        env:\n          GH_TOKEN: ${{ github.token }}\n", ""),
            ("      - name: Attest\n", "      - name: Attest\n        env: {GH_TOKEN: x}\n"),
        ],
        files: &[],
        want: &[("R11", Fail)],
    },
    Trap {
        why: "the attestation is signed by the workflow of another repository, which is not named",
        edits: &[
            ("    needs: [build]\n", "    needs: [build, provenance]\n"),
            (
                "      - name: Attest\n        uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with:\n          subject-path: dist/*\n",
                "",
            ),
            (
                "  publish:\n",
                "  provenance:\n    permissions: {id-token: write, contents: read, actions: read}\n    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.0.0\n    with: {base64-subjects: x}\n\n  publish:\n",
            ),
        ],
        files: &[],
        want: &[("R11", Fail), ("R08", Warn)],
    },
];

/// Traps in the script itself.
pub const SCRIPTS: &[Trap] = &[
    script!("only a comment", "          # gh attestation verify dist/*.whl -R o/r\n          ls dist\n", Fail),
    script!("only said", "          echo gh attestation verify dist/x.whl -R o/r\n", Fail),
    script!(
        "only in a document",
        "          cat <<'END'\n          gh attestation verify dist/x.whl -R o/r\n          END\n",
        Fail
    ),
    script!(
        "only in a function that is never called",
        "          verify() {\n            gh attestation verify \"$1\" -R o/r\n          }\n          ls dist\n",
        Unknown
    ),
    script!("only asked how", "          for file in dist/*; do gh attestation verify --help; done\n", Fail),
    script!(
        "attestations are fetched, not verified",
        "          for file in dist/*; do gh attestation download \"$file\" -R o/r; done\n",
        Fail
    ),
    script!("or true", "          for file in dist/*; do gh attestation verify \"$file\" -R o/r || true; done\n", Fail),
    script!(
        "or a word",
        "          for file in dist/*; do gh attestation verify \"$file\" -R o/r || echo \"::warning::$file\"; done\n",
        Fail
    ),
    script!(
        "or true around the loop",
        "          { for file in dist/*; do gh attestation verify \"$file\" -R o/r; done; } || true\n",
        Fail
    ),
    script!(
        "a subshell whose failure is ignored",
        "          (for file in dist/*; do gh attestation verify \"$file\" -R o/r; done) || :\n",
        Fail
    ),
    script!(
        "failures do not end the script",
        "          set +e\n          for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n          exit 0\n",
        Fail
    ),
    script!(
        "the condition of a test",
        "          for file in dist/*; do if gh attestation verify \"$file\" -R o/r; then echo good; fi; done\n",
        Fail
    ),
    script!("turned round", "          for file in dist/*; do ! gh attestation verify \"$file\" -R o/r; done\n", Fail),
    script!(
        "the head of a pipe",
        "          for file in dist/*; do gh attestation verify \"$file\" -R o/r | tee log; done\n",
        Fail
    ),
    script!(
        "in the background",
        "          for file in dist/*; do gh attestation verify \"$file\" -R o/r & done\n",
        Fail
    ),
    script!("in the text of another command", "          echo \"$(gh attestation verify dist/x.whl -R o/r)\"\n", Fail),
    script!(
        "after the end of the script",
        "          exit 0\n          for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n",
        Fail
    ),
    script!(
        "after what never succeeds",
        "          false && gh attestation verify dist/x.whl -R o/r\n          ls\n",
        Fail
    ),
    script!(
        "under a test",
        "          if [ -n \"$STRICT\" ]; then\n            for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n          fi\n",
        Unknown
    ),
    script!("a loop over nothing", "          for file in; do gh attestation verify \"$file\" -R o/r; done\n", Fail),
    script!(
        "a loop over another folder",
        "          for file in build/*; do gh attestation verify \"$file\" -R o/r; done\n",
        Warn
    ),
    script!(
        "the same file again and again",
        "          for file in dist/*; do gh attestation verify dist/x.whl -R o/r; done\n",
        Warn
    ),
    script!("one file of all that are uploaded", "          gh attestation verify dist/x.tar.gz -R o/r\n", Warn),
    script!("a pattern where one file is taken", "          gh attestation verify dist/*.whl -R o/r\n", Warn),
    script!(
        "two patterns",
        "          gh attestation verify dist/*.whl -R o/r\n          gh attestation verify dist/*.tar.gz -R o/r\n",
        Warn
    ),
    script!(
        "the script goes to another folder",
        "          cd other\n          for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n",
        Warn
    ),
    script!("a container image is verified", "          gh attestation verify oci://ghcr.io/o/r:latest -R o/r\n", Fail),
    script!(
        "a bill of materials is verified",
        "          for file in dist/*; do gh attestation verify \"$file\" -R o/r --predicate-type https://spdx.dev/Document/v2.3; done\n",
        Fail
    ),
    script!(
        "files that are no packages",
        "          for file in dist/*.json; do gh attestation verify \"$file\" -R o/r; done\n",
        Warn
    ),
    script!(
        "a trap ends the script well",
        "          trap 'exit 0' EXIT\n          for file in dist/*; do gh attestation verify \"$file\" -R o/r; done\n",
        Unknown
    ),
    script!("several files at once", "          gh attestation verify dist/a.whl dist/b.whl -R o/r\n", Fail),
    script!("no file", "          gh attestation verify -R o/r\n", Fail),
    script!("no scope", "          for file in dist/*; do gh attestation verify \"$file\"; done\n", Fail),
    script!(
        "an option that gh does not have",
        "          for file in dist/*; do gh attestation verify \"$file\" --repository o/r; done\n",
        Fail
    ),
    script!(
        "both scopes",
        "          for file in dist/*; do gh attestation verify \"$file\" --repo o/r --owner o; done\n",
        Fail
    ),
    script!(
        "an alternative whose failure is ignored",
        "          slsa-verifier verify-artifact dist/x.whl --provenance-path p --source-uri o || true\n",
        Fail
    ),
    script!(
        "a program of another name",
        "          for file in dist/*; do ./gh-attestation verify \"$file\" -R o/r; done\n",
        Fail
    ),
    script!(
        "two files, of which only one counts",
        "          gh attestation verify dist/a.whl -R o/r\n          gh attestation verify dist/a.tar.gz -R o/r || true\n",
        Warn
    ),
];
