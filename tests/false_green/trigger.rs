//! Traps of R02: events that publish without anybody of the release team having meant it.

use shipworthy::requirement::Verdict::{Fail, Unknown, Warn};

use crate::trap::Trap;

const ON: &str = "  workflow_dispatch:\n";
const JOB: &str = "    needs: [build]\n";
const PUSH: (&str, &str) = (ON, "  push:\n");

/// A push without filters, with one more line on the publish job.
macro_rules! guarded {
    ($why:literal, $guard:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[PUSH, (JOB, concat!("    needs: [build]\n    if: ", $guard, "\n"))],
            files: &[],
            want: &[("R02", $want)],
        }
    };
}

macro_rules! on {
    ($why:literal, $on:literal, $want:expr) => {
        Trap { why: $why, edits: &[(ON, $on)], files: &[], want: &[("R02", $want)] }
    };
}

/// The traps.
pub const TRAPS: &[Trap] = &[
    on!("a push without filters", "  push:\n", Fail),
    on!("a push to every branch but one", "  push:\n    branches-ignore: [main]\n", Fail),
    on!(
        "a push to the branches without a slash is ignored, the others are not",
        "  push:\n    branches-ignore: ['*']\n    tags: [v*]\n",
        Fail
    ),
    on!("a push of tags and to one branch", "  push:\n    tags: [v*]\n    branches: [release]\n", Fail),
    on!("a push that touches some paths", "  push:\n    paths: [pyproject.toml]\n", Fail),
    on!("a schedule beside the start by hand", "  workflow_dispatch:\n  schedule:\n    - cron: '0 4 * * 1'\n", Fail),
    on!("a pull request", "  pull_request:\n", Fail),
    on!("a merged pull request", "  pull_request:\n    types: [closed]\n", Fail),
    Trap {
        why: "a merged pull request runs for the branch it went to",
        edits: &[
            (ON, "  pull_request:\n    types: [closed]\n"),
            (JOB, "    needs: [build]\n    if: github.ref == 'refs/heads/main'\n"),
        ],
        files: &[],
        want: &[("R02", Fail)],
    },
    Trap {
        why: "a review runs for the merge branch of its pull request",
        edits: &[
            (ON, "  pull_request_review:\n"),
            (JOB, "    needs: [build]\n    if: startsWith(github.ref, 'refs/pull/')\n"),
        ],
        files: &[],
        want: &[("R02", Fail)],
    },
    Trap {
        why: "an activity that a pull request has without being asked",
        edits: &[
            (ON, "  pull_request:\n"),
            (JOB, "    needs: [build]\n    if: github.event.action == 'synchronize'\n"),
        ],
        files: &[],
        want: &[("R02", Fail)],
    },
    on!("a comment", "  issue_comment:\n    types: [created]\n", Fail),
    on!("the merge queue", "  merge_group:\n", Fail),
    on!("the creation of a branch counts as well as that of a tag", "  create:\n", Fail),
    on!("the end of another workflow", "  workflow_run:\n    workflows: [CI]\n    types: [completed]\n", Fail),
    on!("every activity of a release", "  release:\n", Warn),
    on!("an edit of a release", "  release:\n    types: [published, edited]\n", Warn),
    on!("called from elsewhere only", "  workflow_call:\n", Unknown),
    Trap {
        why: "a pull request with the rights of the repository",
        edits: &[(ON, "  pull_request_target:\n")],
        files: &[],
        want: &[("R02", Fail), ("R12", Fail)],
    },
    Trap {
        why: "a tag alone, without an environment",
        edits: &[(ON, "  push:\n    tags: [v*]\n"), ("    environment: pypi\n", "")],
        files: &[],
        want: &[("R02", Warn), ("R07", Fail)],
    },
    Trap {
        why: "a tag, and an environment that some events leave empty",
        edits: &[
            (ON, "  push:\n    tags: [v*]\n  workflow_dispatch:\n"),
            (
                "    environment: pypi\n",
                "    environment: ${{ github.event_name == 'workflow_dispatch' && 'pypi' || '' }}\n",
            ),
        ],
        files: &[],
        want: &[("R02", Unknown), ("R07:environment-named", Unknown)],
    },
    guarded!("a guard on the repository says nothing of the event", "github.repository == 'o/r'", Fail),
    guarded!(
        "a guard on the owner says nothing of the event",
        "github.repository_owner == 'o' && !github.event.repository.fork",
        Fail
    ),
    guarded!("a guard on the branch", "github.ref == 'refs/heads/main'", Fail),
    guarded!("a negated guard", "\"!startsWith(github.ref, 'refs/tags/')\"", Fail),
    guarded!("a guard with another way in", "github.ref_type == 'tag' || github.actor == 'bot'", Fail),
    guarded!(
        "text after the expression makes it a string, which is true",
        "${{ github.ref_type == 'tag' }} && true",
        Fail
    ),
    guarded!("the line end of a literal block makes it a string", "|\n      ${{ github.ref_type == 'tag' }}", Fail),
    guarded!("two expressions make a string", "${{ github.ref_type == 'tag' }} == ${{ true }}", Fail),
    guarded!(
        "the message of the commit is chosen by who pushes",
        "contains(github.event.head_commit.message, 'release')",
        Fail
    ),
    guarded!(
        "an input that only a start by hand has, asked the wrong way round",
        "github.event.inputs.dry-run != 'true'",
        Fail
    ),
    guarded!("some needed job succeeded", "always() && contains(needs.*.result, 'success')", Fail),
    guarded!("a variable of the repository", "vars.PUBLISH == 'yes'", Unknown),
    guarded!("a condition that cannot be parsed", "github.ref_type == 'tag' &&", Unknown),
    Trap {
        why: "a guard by an output that is made while it runs",
        edits: &[
            PUSH,
            ("  build:\n", "  build:\n    outputs:\n      release: ${{ steps.look.outputs.release }}\n"),
            ("      - run: pipx run build\n", "      - id: look\n        run: pipx run build\n"),
            (JOB, "    needs: [build]\n    if: needs.build.outputs.release == 'true'\n"),
        ],
        files: &[],
        want: &[("R02", Unknown)],
    },
    Trap {
        why: "a guard by an output that is one thing unless it is made",
        edits: &[
            (ON, "  workflow_dispatch:\n  push:\n"),
            ("  build:\n", "  build:\n    outputs:\n      release: ${{ steps.look.outputs.release || 'false' }}\n"),
            ("      - run: pipx run build\n", "      - id: look\n        run: pipx run build\n"),
            (
                JOB,
                "    needs: build\n    if: github.event_name == 'workflow_dispatch' || needs.build.outputs.release == 'true'\n",
            ),
        ],
        files: &[],
        want: &[("R02", Unknown)],
    },
    Trap {
        why: "a guard on the build job, which the publish job does not care about",
        edits: &[
            PUSH,
            ("  build:\n", "  build:\n    if: github.ref_type == 'tag'\n"),
            (JOB, "    needs: [build]\n    if: always()\n"),
        ],
        files: &[],
        want: &[("R02", Fail)],
    },
    Trap {
        why: "a guard by a variable that a step changes",
        edits: &[
            PUSH,
            ("jobs:\n", "env:\n  GO: 'false'\n\njobs:\n"),
            ("      - name: Attest\n", "      - run: echo \"GO=$(./ask)\" >> \"$GITHUB_ENV\"\n      - name: Attest\n"),
            ("      - name: Publish\n", "      - name: Publish\n        if: env.GO == 'true'\n"),
        ],
        files: &[],
        want: &[("R02", Unknown)],
    },
    Trap {
        why: "a guard that the end of another workflow always passes",
        edits: &[
            (ON, "  workflow_run:\n    workflows: [CI]\n    types: [completed]\n"),
            (JOB, "    needs: [build]\n    if: github.event.workflow_run.event == 'push' || true\n"),
        ],
        files: &[],
        want: &[("R02", Fail)],
    },
    Trap {
        why: "a guard on what started the other workflow narrows, and does not close",
        edits: &[
            (ON, "  workflow_run:\n    workflows: [CI]\n    types: [completed]\n"),
            (JOB, "    needs: [build]\n    if: startsWith(github.event.workflow_run.head_branch, 'v')\n"),
        ],
        files: &[],
        want: &[("R02", Warn)],
    },
    Trap {
        why: "a workflow that runs on every push calls this one",
        edits: &[(ON, "  workflow_call:\n")],
        files: &[(
            ".github/workflows/ci.yml",
            "on: push\npermissions:\n  contents: read\njobs:\n  release:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R02", Fail)],
    },
    Trap {
        why: "a script decides by the reference it runs for",
        edits: &[
            PUSH,
            (
                "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "        run: |\n          if [ \"$GITHUB_REF_TYPE\" = tag ]; then\n            twine upload dist/*\n          fi\n",
            ),
        ],
        files: &[],
        want: &[("R02", Unknown)],
    },
    Trap {
        why: "the publish step stands in a local action that is used on every push",
        edits: &[
            PUSH,
            (
                "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n",
                "        uses: ./.github/actions/publish\n        with:\n          really: 'true'\n",
            ),
        ],
        files: &[(
            ".github/actions/publish/action.yml",
            "name: publish\ninputs:\n  really:\n    default: 'false'\nruns:\n  using: composite\n  steps:\n    - if: inputs.really == 'true'\n      uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n",
        )],
        want: &[("R02", Fail)],
    },
];
