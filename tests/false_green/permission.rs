//! Traps of R05: tokens that may write more than they seem to.

use shipworthy::requirement::Verdict::{Fail, Unknown, Warn};

use crate::trap::Trap;

const TOP: &str = "permissions:\n  contents: read\n\njobs:\n";

macro_rules! top {
    ($why:literal, $top:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[(TOP, concat!($top, "\njobs:\n"))],
            files: &[],
            want: &[("R05:workflow-permissions", $want), ("R05", $want)],
        }
    };
}

/// The traps.
pub const TRAPS: &[Trap] = &[
    top!("everything may be written", "permissions: write-all\n", Fail),
    top!("one more scope may be written", "permissions:\n  contents: read\n  packages: write\n", Fail),
    top!("every job may ask for an identity token", "permissions:\n  contents: read\n  id-token: write\n", Fail),
    top!("everything may be read", "permissions: read-all\n", Warn),
    top!("nothing is said above the jobs, and not by the build job", "", Fail),
    top!("a key without a value", "permissions:\n", Unknown),
    top!("a value that is an expression", "permissions:\n  contents: ${{ vars.ACCESS }}\n", Unknown),
    top!("a scope that GitHub does not know", "permissions:\n  content: read\n", Unknown),
    top!("a word that GitHub does not know", "permissions: readall\n", Unknown),
    top!("a list", "permissions: [contents]\n", Unknown),
    top!("a flow mapping with a write in it", "permissions: {contents: read, actions: \"write\"}\n", Fail),
    Trap {
        why: "everything may be written, by an alias",
        edits: &[("name: Release\n", "name: &all write-all\n"), (TOP, "permissions: *all\n\njobs:\n")],
        files: &[],
        want: &[("R05", Fail)],
    },
    Trap {
        why: "the block above the jobs is an alias of that of a job",
        edits: &[
            (TOP, "jobs:\n"),
            ("    permissions:\n      contents: read\n", "    permissions: &publish\n      contents: read\n"),
            ("          print-hash: true\n", "          print-hash: true\n\npermissions: *publish\n"),
        ],
        files: &[],
        want: &[("R05", Fail)],
    },
    Trap {
        why: "the publish job asks for everything",
        edits: &[(
            "    permissions:\n      contents: read\n      id-token: write\n      attestations: write\n",
            "    permissions: write-all\n",
        )],
        files: &[],
        want: &[("R05:job-permissions", Fail), ("R05", Fail)],
    },
    Trap {
        why: "the build job asks for what cannot be read",
        edits: &[(
            "  build:\n",
            "  build:\n    permissions:\n      contents: ${{ github.ref_type == 'tag' && 'write' || 'read' }}\n",
        )],
        files: &[],
        want: &[("R05:job-permissions", Unknown), ("R05", Unknown)],
    },
    Trap {
        why: "every job says what it needs, the workflow does not",
        edits: &[(TOP, "jobs:\n"), ("  build:\n", "  build:\n    permissions: {}\n")],
        files: &[],
        want: &[("R05", Warn)],
    },
    Trap {
        why: "the workflow that calls this one lets everything be written",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n")],
        files: &[(
            ".github/workflows/start.yml",
            "on: workflow_dispatch\npermissions: write-all\njobs:\n  release:\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R05", Fail)],
    },
    Trap {
        why: "the workflow that calls the one that calls this one says nothing",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n")],
        files: &[
            (
                ".github/workflows/middle.yml",
                "on: workflow_call\npermissions: {contents: read}\njobs:\n  release:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
            ),
            (
                ".github/workflows/start.yml",
                "on: workflow_dispatch\njobs:\n  release:\n    uses: ./.github/workflows/middle.yml\n",
            ),
        ],
        want: &[("R05", Fail)],
    },
    Trap {
        why: "permissions come by a merge key, which GitHub does not read",
        edits: &[
            (
                "  workflow_dispatch:\n",
                "  workflow_dispatch:\n\nx-publish: &publish\n  permissions:\n    id-token: write\n    attestations: write\n",
            ),
            (
                "    permissions:\n      contents: read\n      id-token: write\n      attestations: write\n",
                "    <<: *publish\n",
            ),
        ],
        files: &[],
        want: &[("R05", Unknown), ("R12", Unknown), ("R10", Unknown), ("R02", Unknown), ("R08", Unknown)],
    },
];
