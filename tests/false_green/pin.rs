//! Traps of R08: references that look like pins.

use shipworthy::requirement::Verdict::{Fail, Unknown};

use crate::trap::Trap;

const BUILD: &str = "      - run: pipx run build\n";

macro_rules! uses {
    ($why:literal, $uses:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[(BUILD, concat!("      - uses: ", $uses, "\n      - run: pipx run build\n"))],
            files: &[],
            want: &[("R08", $want)],
        }
    };
}

/// The traps.
pub const TRAPS: &[Trap] = &[
    uses!("a tag", "actions/cache@v4", Fail),
    uses!("a full version", "actions/cache@v4.1.2", Fail),
    uses!("a branch", "actions/cache@main", Fail),
    uses!("39 hexadecimal digits", "actions/cache@012345678901234567890123456789012345678 # v4.1.2", Fail),
    uses!("41 hexadecimal digits", "actions/cache@01234567890123456789012345678901234567890 # v4.1.2", Fail),
    uses!("a short SHA", "actions/cache@0123456 # v4.1.2", Fail),
    uses!(
        "40 characters of which one is no digit",
        "actions/cache@g123456789012345678901234567890123456789 # v4.1.2",
        Fail
    ),
    uses!("no reference, and a SHA in the comment", "actions/cache # 0123456789012345678901234567890123456789", Fail),
    uses!("a SHA before the last `@`", "actions/cache@0123456789012345678901234567890123456789@v4", Fail),
    uses!("an expression", "actions/cache@${{ vars.CACHE }}", Fail),
    uses!("an image by its tag", "docker://alpine:3.20", Fail),
    uses!("an image by a digest that is cut", "docker://alpine@sha256:0123456789abcdef", Fail),
    uses!("a local action that is not among the files", "./.github/actions/gone", Unknown),
    uses!(
        "a workflow of the generator used as an action by a branch",
        "slsa-framework/slsa-github-generator/.github/workflows/x.yml@vnext",
        Fail
    ),
    Trap {
        why: "a tag, quoted, in a flow mapping",
        edits: &[(
            BUILD,
            "      - {uses: \"actions/cache@v4\", with: {path: x, key: y}}\n      - run: pipx run build\n",
        )],
        files: &[],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a tag in a parallel group",
        edits: &[(BUILD, "      - parallel:\n          - run: pipx run build\n          - uses: actions/cache@v4\n")],
        files: &[],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a tag behind an alias",
        edits: &[
            ("  workflow_dispatch:\n", "  workflow_dispatch:\n\nenv:\n  CACHE: &cache actions/cache@v4\n"),
            (BUILD, "      - uses: *cache\n      - run: pipx run build\n"),
        ],
        files: &[],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a tag in a job that never runs",
        edits: &[(
            "  publish:\n",
            "  never:\n    if: false\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/cache@v4\n\n  publish:\n",
        )],
        files: &[],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a tag inside a local action",
        edits: &[(BUILD, "      - uses: ./.github/actions/build\n")],
        files: &[(
            ".github/actions/build/action.yml",
            "name: build\nruns:\n  using: composite\n  steps:\n    - uses: actions/cache@v4\n",
        )],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a tag inside a local action that a local action uses, by another spelling of its path",
        edits: &[(BUILD, "      - uses: $/.github/actions/build/\n")],
        files: &[
            (
                ".github/actions/build/action.yml",
                "name: build\nruns:\n  using: composite\n  steps:\n    - uses: ./.github/actions/build/../cache\n",
            ),
            (
                ".github/actions/cache/action.yaml",
                "name: cache\nruns:\n  using: composite\n  steps:\n    - uses: actions/cache@v4\n",
            ),
        ],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a local action that cannot be parsed",
        edits: &[(BUILD, "      - uses: ./.github/actions/build\n")],
        files: &[(".github/actions/build/action.yml", "runs: [\n")],
        want: &[("R08", Unknown), ("R02", Unknown), ("R10", Unknown)],
    },
    Trap {
        why: "a tag in a workflow that this one calls",
        edits: &[("  build:\n", "  more:\n    uses: ./.github/workflows/build.yml\n\n  build:\n")],
        files: &[(
            ".github/workflows/build.yml",
            "on: workflow_call\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/cache@v4\n",
        )],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a called workflow of another repository by its tag",
        edits: &[("  build:\n", "  more:\n    uses: o/workflows/.github/workflows/build.yml@v1\n\n  build:\n")],
        files: &[],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a tag in the workflow that builds and calls this one to publish",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n")],
        files: &[(
            ".github/workflows/start.yml",
            "on: workflow_dispatch\npermissions: {contents: read}\njobs:\n  wheels:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/cache@v4\n  release:\n    needs: [wheels]\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R08", Fail)],
    },
    Trap {
        why: "a step whose action is a mapping",
        edits: &[],
        files: &[(
            ".github/workflows/ci.yml",
            "on: push\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: {name: o/a@v1}\n",
        )],
        want: &[("R08", Unknown)],
    },
];
