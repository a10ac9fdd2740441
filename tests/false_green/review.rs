//! Traps of R07: environments that are no gate.

use shipworthy::requirement::Verdict::{Fail, Unknown};

use crate::trap::Trap;

const ENVIRONMENT: &str = "    environment: pypi\n";

macro_rules! environment {
    ($why:literal, $environment:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[(ENVIRONMENT, $environment)],
            files: &[],
            want: &[("R07:environment-named", $want), ("R07", $want)],
        }
    };
}

/// The traps.
pub const TRAPS: &[Trap] = &[
    environment!("no environment", "", Fail),
    environment!("an environment only in a comment", "    # environment: pypi\n", Fail),
    environment!("an empty name", "    environment: ''\n", Fail),
    environment!("a blank name", "    environment: {name: ' '}\n", Fail),
    environment!("no name", "    environment:\n", Fail),
    environment!("an address without a name", "    environment:\n      url: https://example.org/p/x\n", Fail),
    environment!(
        "a name that a variable of the repository gives",
        "    environment: ${{ vars.ENVIRONMENT }}\n",
        Unknown
    ),
    environment!(
        "a name that is empty for every event but a release",
        "    environment: ${{ github.event_name == 'release' && 'pypi' || '' }}\n",
        Unknown
    ),
    environment!("an input that no start has", "    environment: ${{ inputs.environment }}\n", Unknown),
    environment!(
        "a name that a step makes",
        "    environment: ${{ needs.build.outputs.environment || steps.x.outputs.y }}\n",
        Unknown
    ),
    Trap {
        why: "a name that whoever starts it types in",
        edits: &[
            (
                "  workflow_dispatch:\n",
                "  workflow_dispatch:\n    inputs:\n      environment:\n        type: string\n        default: pypi\n",
            ),
            (ENVIRONMENT, "    environment: ${{ inputs.environment }}\n"),
        ],
        files: &[],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
    Trap {
        why: "one of the choices is no environment",
        edits: &[
            (
                "  workflow_dispatch:\n",
                "  workflow_dispatch:\n    inputs:\n      environment:\n        type: choice\n        options: [pypi, '']\n",
            ),
            (ENVIRONMENT, "    environment: ${{ inputs.environment }}\n"),
        ],
        files: &[],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
    Trap {
        why: "one entry of the matrix has no environment",
        edits: &[(
            ENVIRONMENT,
            "    strategy:\n      matrix:\n        include:\n          - {index: pypi, environment: pypi}\n          - {index: other}\n    environment: ${{ matrix.environment }}\n",
        )],
        files: &[],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
    Trap {
        why: "one value of the matrix has no environment",
        edits: &[(
            ENVIRONMENT,
            "    strategy:\n      matrix:\n        target:\n          - {index: pypi, environment: pypi}\n          - {index: other}\n    environment: ${{ matrix.target.environment }}\n",
        )],
        files: &[],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
    Trap {
        why: "a matrix that is computed, with one known entry",
        edits: &[(
            ENVIRONMENT,
            "    strategy:\n      matrix:\n        environment: ${{ fromJSON(needs.build.outputs.environments) }}\n        include:\n          - environment: pypi\n    environment: ${{ matrix.environment }}\n",
        )],
        files: &[],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
    Trap {
        why: "a value of the matrix is itself an expression",
        edits: &[(
            ENVIRONMENT,
            "    strategy:\n      matrix:\n        environment: [pypi, '${{ vars.OTHER }}']\n    environment: ${{ matrix.environment }}\n",
        )],
        files: &[],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
    Trap {
        why: "only some combinations of the matrix get an environment",
        edits: &[(
            ENVIRONMENT,
            "    strategy:\n      matrix:\n        index: [pypi, other]\n        include:\n          - {index: pypi, environment: pypi}\n    environment: ${{ matrix.environment }}\n",
        )],
        files: &[],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
    Trap {
        why: "a second job publishes without an environment",
        edits: &[(
            "          print-hash: true\n",
            "          print-hash: true\n\n  more:\n    needs: [publish]\n    runs-on: ubuntu-24.04\n    permissions:\n      id-token: write\n    steps:\n      - uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n",
        )],
        files: &[],
        want: &[("R07", Fail)],
    },
    Trap {
        why: "the environment stands on the job before",
        edits: &[
            ("  build:\n", "  build:\n    environment: pypi\n"),
            (
                "    runs-on: ubuntu-24.04\n    environment: pypi\n    permissions",
                "    runs-on: ubuntu-24.04\n    permissions",
            ),
        ],
        files: &[],
        want: &[("R07", Fail)],
    },
    Trap {
        why: "the called workflow publishes without an environment",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n"), (ENVIRONMENT, "")],
        files: &[(
            ".github/workflows/start.yml",
            "on: workflow_dispatch\npermissions: {contents: read}\njobs:\n  release:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R07", Fail)],
    },
    Trap {
        why: "one of two callers passes no name",
        edits: &[
            ("  workflow_dispatch:\n", "  workflow_call:\n    inputs:\n      environment: {type: string}\n"),
            (ENVIRONMENT, "    environment: ${{ inputs.environment }}\n"),
        ],
        files: &[(
            ".github/workflows/start.yml",
            "on: workflow_dispatch\npermissions: {contents: read}\njobs:\n  release:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n    with: {environment: pypi}\n  again:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R07:environment-named", Unknown), ("R07", Unknown)],
    },
];
