//! Traps of R10: attestations that are not made, not allowed, or not of what is published.

use shipworthy::requirement::Verdict::{Fail, Unknown, Warn};

use crate::trap::Trap;

const ATTEST: &str = "      - name: Attest
        uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4
        with:
          subject-path: dist/*
";
const SUBJECT: &str = "          subject-path: dist/*\n";
const END: &str = "          print-hash: true\n";

macro_rules! instead {
    ($why:literal, $steps:literal, $want:expr) => {
        Trap { why: $why, edits: &[(ATTEST, $steps)], files: &[], want: &[("R10", $want)] }
    };
}

macro_rules! subject {
    ($why:literal, $subject:literal, $want:expr) => {
        Trap { why: $why, edits: &[(SUBJECT, $subject)], files: &[], want: &[("R10", $want)] }
    };
}

/// More lines on the attest step.
macro_rules! with {
    ($why:literal, $lines:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[("      - name: Attest\n", concat!("      - name: Attest\n", $lines))],
            files: &[],
            want: &[("R10", $want)],
        }
    };
}

/// The traps. Where nothing of GitHub attests, PyPI still does by itself: SPEC 8 asks for more, so that is a warning.
pub const TRAPS: &[Trap] = &[
    instead!(
        "attested only in a comment",
        "      # uses: actions/attest-build-provenance@v1\n      - run: echo actions/attest-build-provenance\n",
        Warn
    ),
    instead!(
        "a step that is called like it",
        "      - name: actions/attest-build-provenance\n        run: 'true'\n",
        Warn
    ),
    instead!(
        "a bill of materials is no provenance",
        "      - uses: actions/attest-sbom@4123456789abcdef0123456789abcdef01234567 # v1\n        with: {subject-path: dist/*, sbom-path: sbom.json}\n",
        Warn
    ),
    instead!(
        "another predicate is no provenance",
        "      - uses: actions/attest@4123456789abcdef0123456789abcdef01234567 # v1\n        with: {subject-path: dist/*, predicate-type: 'https://docs.pypi.org/attestations/publish/v1', predicate: '{}'}\n",
        Warn
    ),
    instead!(
        "an action of another owner",
        "      - uses: evil/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1\n        with: {subject-path: dist/*}\n",
        Warn
    ),
    instead!(
        "the builder is told not to attest",
        "      - uses: hynek/build-and-inspect-python-package@4123456789abcdef0123456789abcdef01234567 # v2\n        with: {attest-build-provenance-github: 'false'}\n",
        Warn
    ),
    instead!(
        "the builder attests on events that never publish",
        "      - uses: hynek/build-and-inspect-python-package@4123456789abcdef0123456789abcdef01234567 # v2\n        with: {attest-build-provenance-github: \"${{ github.event_name == 'push' }}\"}\n",
        Fail
    ),
    instead!("nothing of GitHub attests", "", Warn),
    subject!("no subject", "          show-summary: true\n", Fail),
    subject!("an empty subject", "          subject-path: ''\n", Fail),
    subject!("two kinds of subject", "          subject-path: dist/*\n          subject-digest: sha256:0123\n", Fail),
    subject!("another folder", "          subject-path: build/*\n", Warn),
    subject!("a folder whose name begins alike", "          subject-path: distribution/*\n", Warn),
    subject!("a folder below the one that is uploaded", "          subject-path: dist/docs/*\n", Warn),
    subject!("the same folder outside of the workspace", "          subject-path: ../dist/*\n", Warn),
    with!("the step never runs", "        if: false\n", Fail),
    with!("the step runs on an event that never publishes", "        if: github.event_name == 'push'\n", Fail),
    with!("the step runs only after a failure", "        if: failure()\n", Warn),
    with!("its failure is ignored", "        continue-on-error: true\n", Warn),
    with!("its failure may be ignored", "        continue-on-error: ${{ vars.LENIENT }}\n", Warn),
    with!("nothing waits for it", "        background: true\n", Warn),
    with!("a variable of the repository decides", "        if: vars.ATTEST\n", Unknown),
    Trap {
        why: "whoever starts it may leave it out",
        edits: &[
            (
                "  workflow_dispatch:\n",
                "  workflow_dispatch:\n    inputs:\n      attest: {type: boolean, default: true}\n",
            ),
            ("      - name: Attest\n", "      - name: Attest\n        if: inputs.attest\n"),
        ],
        files: &[],
        want: &[("R10", Warn)],
    },
    Trap {
        why: "publishing and attesting are chosen apart",
        edits: &[
            (
                "  workflow_dispatch:\n",
                "  workflow_dispatch:\n    inputs:\n      attest: {type: boolean}\n      publish: {type: boolean}\n",
            ),
            ("      - name: Attest\n", "      - name: Attest\n        if: inputs.attest\n"),
            ("      - name: Publish\n", "      - name: Publish\n        if: inputs.publish\n"),
        ],
        files: &[],
        want: &[("R10", Warn)],
    },
    Trap {
        why: "attested after publishing",
        edits: &[
            (ATTEST, ""),
            (
                END,
                "          print-hash: true\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with:\n          subject-path: dist/*\n",
            ),
        ],
        files: &[],
        want: &[("R10", Warn), ("R11", Warn)],
    },
    Trap {
        why: "attested beside the publish step",
        edits: &[
            (ATTEST, ""),
            (
                "      - name: Publish\n        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "      - parallel:\n          - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n            with: {subject-path: dist/*}\n          - uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n",
            ),
        ],
        files: &[],
        want: &[("R10", Warn), ("R11", Warn)],
    },
    Trap {
        why: "attested in a group that never runs",
        edits: &[(
            ATTEST,
            "      - if: false\n        parallel:\n          - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n            with: {subject-path: dist/*}\n",
        )],
        files: &[],
        want: &[("R10", Fail)],
    },
    Trap {
        why: "the job that publishes does not wait for the one that attests",
        edits: &[
            (ATTEST, ""),
            (
                "  publish:\n",
                "  attest:\n    needs: [build]\n    runs-on: ubuntu-24.04\n    permissions: {id-token: write, attestations: write}\n    steps:\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-path: dist/*}\n\n  publish:\n",
            ),
        ],
        files: &[],
        want: &[("R10", Warn), ("R11", Warn)],
    },
    Trap {
        why: "the job that attests may fail",
        edits: &[
            (ATTEST, ""),
            ("    needs: [build]\n", "    needs: [build, attest]\n"),
            (
                "  publish:\n",
                "  attest:\n    runs-on: ubuntu-24.04\n    continue-on-error: true\n    permissions: {id-token: write, attestations: write}\n    steps:\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-path: dist/*}\n\n  publish:\n",
            ),
        ],
        files: &[],
        want: &[("R10", Warn)],
    },
    Trap {
        why: "the job that attests never runs",
        edits: &[
            (ATTEST, ""),
            ("    needs: [build]\n", "    needs: [build, attest]\n    if: always()\n"),
            (
                "  publish:\n",
                "  attest:\n    if: github.event_name == 'release'\n    runs-on: ubuntu-24.04\n    permissions: {id-token: write, attestations: write}\n    steps:\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-path: dist/*}\n\n  publish:\n",
            ),
        ],
        files: &[],
        want: &[("R10", Fail)],
    },
    Trap {
        why: "the called workflow is not asked to attest",
        edits: &[
            (ATTEST, ""),
            ("    needs: [build]\n", "    needs: [build, make]\n"),
            (
                "  publish:\n",
                "  make:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/make.yml\n\n  publish:\n",
            ),
        ],
        files: &[(
            ".github/workflows/make.yml",
            "on:\n  workflow_call:\n    inputs:\n      attest: {type: boolean, default: false}\npermissions: {}\njobs:\n  make:\n    runs-on: ubuntu-24.04\n    permissions: {contents: read, id-token: write, attestations: write}\n    steps:\n      - if: inputs.attest\n        uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-path: dist/*}\n",
        )],
        want: &[("R10", Fail)],
    },
    Trap {
        why: "the called workflow attests without the caller's permission",
        edits: &[
            (ATTEST, ""),
            ("    needs: [build]\n", "    needs: [build, make]\n"),
            (
                "  publish:\n",
                "  make:\n    permissions: {contents: read, id-token: write}\n    uses: ./.github/workflows/make.yml\n\n  publish:\n",
            ),
        ],
        files: &[(
            ".github/workflows/make.yml",
            "on: workflow_call\npermissions: {}\njobs:\n  make:\n    runs-on: ubuntu-24.04\n    permissions: {contents: read, id-token: write, attestations: write}\n    steps:\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-path: dist/*}\n",
        )],
        want: &[("R10", Fail)],
    },
    Trap {
        why: "attestations may not be stored",
        edits: &[("      attestations: write\n", "")],
        files: &[],
        want: &[("R10:attest-permissions", Fail), ("R10", Fail)],
    },
    Trap {
        why: "attestations may only be read",
        edits: &[("      attestations: write\n", "      attestations: read\n")],
        files: &[],
        want: &[("R10:attest-permissions", Fail), ("R10", Fail)],
    },
    Trap {
        why: "no identity token for attesting",
        edits: &[("      id-token: write\n", "")],
        files: &[],
        want: &[("R10:attest-permissions", Fail), ("R10", Fail), ("R12", Fail)],
    },
    Trap {
        why: "whether attestations may be stored cannot be read",
        edits: &[("      attestations: write\n", "      attestations: ${{ vars.ACCESS }}\n")],
        files: &[],
        want: &[("R10:attest-permissions", Unknown), ("R10", Unknown), ("R05", Unknown)],
    },
    Trap {
        why: "the workflow that calls this one may not store attestations",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n")],
        files: &[(
            ".github/workflows/start.yml",
            "on: workflow_dispatch\npermissions: {contents: read}\njobs:\n  release:\n    permissions: {contents: read, id-token: write}\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R10:attest-permissions", Fail), ("R10", Fail)],
    },
    Trap {
        why: "a second job publishes something else without attesting it",
        edits: &[(
            END,
            "          print-hash: true\n\n  crate:\n    runs-on: ubuntu-24.04\n    environment: crates\n    permissions: {id-token: write}\n    steps:\n      - uses: rust-lang/crates-io-auth-action@6123456789abcdef0123456789abcdef01234567 # v1.0.1\n        id: auth\n      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n",
        )],
        files: &[],
        want: &[("R10", Warn), ("R11", Warn)],
    },
    Trap {
        why: "a local action attests, but is used only on an event that never publishes",
        edits: &[(ATTEST, "      - uses: ./.github/actions/attest\n        if: github.event_name == 'push'\n")],
        files: &[(
            ".github/actions/attest/action.yml",
            "name: attest\nruns:\n  using: composite\n  steps:\n    - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n      with: {subject-path: dist/*}\n",
        )],
        want: &[("R10", Fail)],
    },
    Trap {
        why: "a local action attests only when it is asked to",
        edits: &[(ATTEST, "      - uses: ./.github/actions/attest\n")],
        files: &[(
            ".github/actions/attest/action.yml",
            "name: attest\ninputs:\n  attest: {default: 'false'}\nruns:\n  using: composite\n  steps:\n    - if: inputs.attest == 'true'\n      uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n      with: {subject-path: dist/*}\n",
        )],
        want: &[("R10", Fail)],
    },
    Trap {
        why: "the publish step goes on when attesting failed",
        edits: &[("      - name: Publish\n", "      - name: Publish\n        if: always()\n")],
        files: &[],
        want: &[("R10", Warn), ("R11", Fail)],
    },
    instead!(
        "a container image is attested, not the packages",
        "      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with:\n          subject-name: ghcr.io/o/r\n          subject-digest: ${{ steps.push.outputs.digest }}\n",
        Warn
    ),
    instead!(
        "what is pushed to a registry is an image, whatever it is called",
        "      - uses: actions/attest@4123456789abcdef0123456789abcdef01234567 # v4.1.0\n        with:\n          subject-name: ${{ vars.IMAGE }}\n          subject-digest: ${{ steps.push.outputs.digest }}\n          push-to-registry: true\n",
        Warn
    ),
    instead!(
        "the statement is handed over by the workflow",
        "      - uses: actions/attest@4123456789abcdef0123456789abcdef01234567 # v4.1.0\n        with:\n          subject-path: dist/*\n          predicate-type: https://slsa.dev/provenance/v1\n",
        Warn
    ),
    instead!(
        "no subject, and a version that takes those of the run",
        "      - uses: actions/attest@4123456789abcdef0123456789abcdef01234567 # v4.2.2\n",
        Unknown
    ),
    subject!(
        "a digest of who knows what",
        "          subject-name: ${{ inputs.name }}\n          subject-digest: ${{ steps.build.outputs.digest }}\n",
        Unknown
    ),
    subject!("a digest without a name", "          subject-digest: ${{ steps.build.outputs.digest }}\n", Fail),
    subject!("checksums of who knows what", "          subject-checksums: dist/SHA256SUMS\n", Unknown),
    subject!("the bill of materials in the same folder", "          subject-path: dist/sbom.spdx.json\n", Warn),
    subject!("binaries in the same folder", "          subject-path: dist/*.exe, dist/*.pyz\n", Warn),
    subject!(
        "the wheels are left out",
        "          subject-path: |\n            dist/*\n            !dist/*.whl\n",
        Warn
    ),
    subject!("another folder of the workspace", "          subject-path: ${{ github.workspace }}/build/*\n", Warn),
    subject!("files that another step names", "          subject-path: ${{ steps.build.outputs.files }}\n", Unknown),
    subject!("folders whose names begin otherwise", "          subject-path: out-*/*\n", Warn),
    Trap {
        why: "a folder in a variable",
        edits: &[(SUBJECT, "          subject-path: ${{ env.OUT }}/*\n"), ("jobs:\n", "env:\n  OUT: build\n\njobs:\n")],
        files: &[],
        want: &[("R10", Warn)],
    },
    Trap {
        why: "an image is attested in a job that the packages wait for",
        edits: &[
            (ATTEST, ""),
            ("    needs: [build]\n", "    needs: [build, image]\n"),
            (
                "  publish:\n",
                "  image:\n    runs-on: ubuntu-24.04\n    permissions: {id-token: write, attestations: write, packages: write}\n    steps:\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-name: docker.io/o/r, subject-digest: '${{ steps.push.outputs.digest }}'}\n\n  publish:\n",
            ),
        ],
        files: &[],
        want: &[("R10", Warn), ("R11", Fail)],
    },
    Trap {
        why: "the generator for container images",
        edits: &[
            (ATTEST, ""),
            ("    needs: [build]\n", "    needs: [build, provenance]\n"),
            (
                "  publish:\n",
                "  provenance:\n    permissions: {id-token: write, contents: read, actions: read, packages: write}\n    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@v2.0.0\n    with: {image: x, digest: y}\n\n  publish:\n",
            ),
        ],
        files: &[],
        want: &[("R10", Warn), ("R11", Fail)],
    },
    Trap {
        why: "built again after it was attested",
        edits: &[("      - name: Publish\n", "      - run: python -m build\n      - name: Publish\n")],
        files: &[],
        want: &[("R10", Unknown), ("R11", Unknown)],
    },
    Trap {
        why: "attested where it is built, and built again where it is published",
        edits: &[
            (ATTEST, ""),
            ("  build:\n", "  build:\n    permissions: {contents: read, id-token: write, attestations: write}\n"),
            (
                "      - run: pipx run build\n",
                "      - run: pipx run build\n      - uses: actions/attest-build-provenance@4123456789abcdef0123456789abcdef01234567 # v1.4.4\n        with: {subject-path: dist/*}\n",
            ),
            ("      - name: Verify\n", "      - run: uv build\n      - name: Verify\n"),
        ],
        files: &[],
        want: &[("R10", Unknown)],
    },
    Trap {
        why: "the packages of another folder are uploaded",
        edits: &[(
            "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
            "        working-directory: python\n        run: uv publish\n",
        )],
        files: &[],
        want: &[("R10", Warn), ("R11", Warn)],
    },
    Trap {
        why: "the script that uploads goes to another folder",
        edits: &[(
            "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
            "        run: |\n          cd python\n          uv publish\n",
        )],
        files: &[],
        want: &[("R10", Warn), ("R11", Warn)],
    },
    Trap {
        why: "a crate waits for the job that attests Python packages",
        edits: &[(
            END,
            "          print-hash: true\n\n  crate:\n    needs: [publish]\n    runs-on: ubuntu-24.04\n    environment: crates\n    permissions: {id-token: write}\n    steps:\n      - uses: rust-lang/crates-io-auth-action@6123456789abcdef0123456789abcdef01234567 # v1.0.1\n        id: auth\n      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n",
        )],
        files: &[],
        want: &[("R10", Unknown)],
    },
    Trap {
        why: "a script publishes crates without the right to attest",
        edits: &[
            (ATTEST, ""),
            ("      attestations: write\n", ""),
            (
                "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "        run: ./ci/publish.sh\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n",
            ),
        ],
        files: &[],
        want: &[("R10", Fail), ("R11", Fail)],
    },
    Trap {
        why: "npm is told not to attest",
        edits: &[
            (ATTEST, ""),
            (
                "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "        run: npm publish --provenance=false\n",
            ),
        ],
        files: &[],
        want: &[("R10", Fail)],
    },
];
