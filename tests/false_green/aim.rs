//! Traps of what a publish step is for: a rehearsal for some events, a release for others. What may be a release on a
//! push to a branch is one.

use shipworthy::requirement::Verdict::{Fail, Unknown};

use crate::trap::Trap;

const ON: &str = "  workflow_dispatch:\n";
const UPLOAD: &str = "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          print-hash: true\n";

/// A push without filters, with another way to upload.
macro_rules! pushed {
    ($why:literal, $upload:expr, $want:expr) => {
        Trap { why: $why, edits: &[(ON, "  push:\n"), (UPLOAD, $upload)], files: &[], want: &[("R02", $want)] }
    };
}

/// The same with an address for the upload action.
macro_rules! to {
    ($why:literal, $address:literal, $want:expr) => {
        pushed!(
            $why,
            concat!(
                "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          repository-url: ",
                $address,
                "\n"
            ),
            $want
        )
    };
}

/// The traps.
pub const TRAPS: &[Trap] = &[
    to!(
        "an address that begins with the test index, and is the real one for a push",
        "${{ github.event_name == 'schedule' && 'https://test.{index}/legacy/' || 'https://upload.{index}/legacy/' }}",
        Fail
    ),
    to!(
        "an address that is empty for a push",
        "${{ (github.event_name == 'workflow_dispatch' && inputs.test) && 'https://test.{index}/legacy/' || '' }}",
        Fail
    ),
    to!(
        "an address that is the real one for one branch",
        "${{ github.ref == 'refs/heads/main' && 'https://upload.{index}/legacy/' || 'https://test.{index}/legacy/' }}",
        Fail
    ),
    to!(
        "a host that is put together",
        "https://${{ github.ref_type == 'tag' && 'test' || 'upload' }}.{index}/legacy/",
        Fail
    ),
    to!(
        "an address by a variable of the repository, the real one first",
        "${{ vars.REAL == 'yes' && 'https://upload.{index}/legacy/' || 'https://test.{index}/legacy/' }}",
        Unknown
    ),
    to!(
        "a variable of the repository, else the test index",
        "${{ vars.URL || 'https://test.{index}/legacy/' }}",
        Unknown
    ),
    to!("an address that cannot be parsed", "${{ 'https://test.{index}/legacy/' && }}", Unknown),
    pushed!(
        "the old name of the address",
        "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with:\n          repository_url: ${{ github.ref_type == 'tag' && 'https://test.{index}/legacy/' || '' }}\n",
        Fail
    ),
    pushed!(
        "an address in a variable of the step",
        "        run: uv publish\n        env:\n          UV_PUBLISH_URL: ${{ github.ref_type == 'tag' && 'https://test.{index}/legacy/' || 'https://upload.{index}/legacy/' }}\n",
        Fail
    ),
    pushed!(
        "the name of an index in a variable",
        "        run: twine upload dist/*\n        env:\n          TWINE_REPOSITORY: ${{ github.ref_type == 'tag' && 'testpypi' || 'pypi' }}\n",
        Fail
    ),
    pushed!(
        "the name of an index on the command line",
        "        run: twine upload -r ${{ github.ref_type == 'tag' && 'testpypi' || 'pypi' }} dist/*\n",
        Fail
    ),
    pushed!(
        "the name of an index in a variable of the shell that speaks of tests",
        "        run: twine upload -r \"$TESTED_INDEX\" dist/*\n",
        Fail
    ),
    pushed!(
        "a variable of the job that the step replaces",
        "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        env:\n          URL: https://upload.{index}/legacy/\n        with:\n          repository-url: ${{ env.URL }}\n",
        Fail
    ),
    Trap {
        why: "a local action's own input",
        edits: &[
            (ON, "  push:\n"),
            (UPLOAD, "        uses: ./.github/actions/upload\n        with:\n          rehearse: 'false'\n"),
        ],
        files: &[(
            ".github/actions/upload/action.yml",
            "name: upload\ninputs:\n  rehearse:\n    default: 'true'\nruns:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n      with:\n        repository-url: ${{ inputs.rehearse == 'true' && 'https://test.{index}/legacy/' || '' }}\n",
        )],
        want: &[("R02", Fail)],
    },
    pushed!(
        "a registry of crates that is the real one for a push",
        "        run: cargo publish --registry ${{ github.ref_type == 'tag' && 'internal' || 'crates-io' }}\n",
        Fail
    ),
    pushed!(
        "a registry of crates that only the run knows",
        "        run: cargo publish --registry \"$REGISTRY\"\n",
        Fail
    ),
    pushed!(
        "an npm registry that is the real one for a push",
        "        uses: JS-DevTools/npm-publish@7123456789abcdef0123456789abcdef01234567 # v3.1.1\n        with:\n          registry: ${{ github.ref_type == 'tag' && 'https://npm.example/' || 'https://registry.npmjs.org/' }}\n",
        Fail
    ),
    pushed!(
        "a dry run for tags alone",
        "        uses: katyo/publish-crates@7123456789abcdef0123456789abcdef01234567 # v2.2.0\n        with:\n          dry-run: ${{ github.ref_type == 'tag' }}\n",
        Fail
    ),
    pushed!(
        "a command that only builds for tags",
        "        uses: PyO3/maturin-action@7123456789abcdef0123456789abcdef01234567 # v1.45.0\n        with:\n          command: ${{ github.ref_type == 'tag' && 'build' || 'publish' }}\n",
        Fail
    ),
    pushed!(
        "a snapshot for tags alone",
        "        run: gh release create v1\n      - uses: goreleaser/goreleaser-action@7123456789abcdef0123456789abcdef01234567 # v6.1.0\n        with:\n          args: release ${{ github.ref_type == 'tag' && '--snapshot' || '' }}\n",
        Fail
    ),
    Trap {
        why: "an environment that is a test for some events around a script",
        edits: &[
            (ON, "  push:\n"),
            ("    environment: pypi\n", "    environment: ${{ github.ref_type == 'tag' && 'testpypi' || 'pypi' }}\n"),
            (UPLOAD, "        run: ./ci/release.sh\n        env:\n          TWINE_PASSWORD: ${{ secrets.X }}\n"),
        ],
        files: &[],
        want: &[("R02", Fail), ("R12", Fail)],
    },
    Trap {
        why: "an npm registry beside the token that is another one only for some events",
        edits: &[(
            UPLOAD,
            "        run: ./ci/release.sh\n        env:\n          NPM_REGISTRY: ${{ inputs.x && 'https://npm.example/' || 'https://registry.npmjs.org/' }}\n          NPM_TOKEN: ${{ secrets.X }}\n",
        )],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "where packages are read from says nothing of where they are sent",
        edits: &[(
            UPLOAD,
            "        run: ./ci/release.sh\n        env:\n          PYPI_INDEX_URL: https://mirror.example/simple\n          PYPI_TOKEN: ${{ secrets.X }}\n",
        )],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "the registry of containers beside the token of another one",
        edits: &[(
            UPLOAD,
            "        run: ./ci/release.sh\n        env:\n          DOCKER_REGISTRY: https://containers.example\n          NPM_TOKEN: ${{ secrets.X }}\n",
        )],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "a workflow of another repository with all secrets, on every push",
        edits: &[],
        files: &[(
            ".github/workflows/ci.yml",
            "on: push\npermissions:\n  contents: read\njobs:\n  publish:\n    uses: o/workflows/.github/workflows/publish.yml@7123456789abcdef0123456789abcdef01234567 # v1.0.0\n    with: {publish_docs: false}\n    secrets: inherit\n",
        )],
        want: &[("R02", Unknown), ("R12", Unknown)],
    },
    Trap {
        why: "a workflow of another repository whose switch is on for a push alone",
        edits: &[],
        files: &[(
            ".github/workflows/ci.yml",
            "on: [push, pull_request]\npermissions:\n  contents: read\njobs:\n  build:\n    uses: o/workflows/.github/workflows/build.yml@7123456789abcdef0123456789abcdef01234567 # v1.0.0\n    with:\n      upload_to_anaconda: false\n      upload_to_pypi: ${{ github.event_name == 'push' }}\n    secrets:\n      pypi_token: ${{ secrets.X }}\n",
        )],
        want: &[("R02", Unknown), ("R12", Fail)],
    },
    pushed!("an option before the verb", "        run: uv --directory sub publish\n", Fail),
    pushed!("an option before the verb that is not known", "        run: uv --not-known x publish\n", Fail),
    pushed!("an option of the launcher", "        run: uv --project x run twine upload dist/*\n", Fail),
    pushed!("a folder before the verb", "        run: poetry -C sub publish\n", Fail),
    pushed!("an environment before the verb", "        run: hatch -e x publish\n", Fail),
    pushed!("a configuration before the verb", "        run: pdm -c f publish\n", Fail),
    pushed!("a file before the verb", "        run: flit -f p.toml publish\n", Fail),
    pushed!("a colour before the verb", "        run: cargo --color always publish\n", Fail),
    pushed!("a folder before the verb of another language", "        run: gem -C sub push x.gem\n", Fail),
    pushed!("a folder that is called like a verb", "        run: npm --prefix x publish\n", Fail),
    pushed!("a package that is called like a verb", "        run: pnpm --filter x publish\n", Fail),
    pushed!("a dry run that is turned off", "        run: npm publish --dry-run false\n", Fail),
    pushed!("a name of an index that only sounds like a test", "        run: twine upload -r latest dist/*\n", Fail),
    pushed!("a name of an index that cannot be looked up", "        run: twine upload -r prod dist/*\n", Fail),
    pushed!(
        "a variable with a test index for its default",
        "        run: twine upload -r ${REPO:-testpypi} dist/*\n",
        Fail
    ),
    pushed!("the test index, and then the real one", "        run: twine upload -r testpypi -r pypi dist/*\n", Fail),
    pushed!("an index of which only the name is known", "        run: uv publish --index prod\n", Fail),
    pushed!(
        "a user in the address",
        "        run: twine upload --repository-url https://user@upload.{index}/legacy/ dist/*\n",
        Fail
    ),
    pushed!(
        "another name of the host",
        "        run: twine upload --repository-url https://www.{index}/legacy/ dist/*\n",
        Fail
    ),
    pushed!(
        "a dot at the end of the host",
        "        run: twine upload --repository-url https://upload.{index}./legacy/ dist/*\n",
        Fail
    ),
    pushed!(
        "the index of crates by its address",
        "        run: cargo publish --index https://github.com/rust-lang/crates.io-index\n",
        Fail
    ),
    pushed!(
        "a dry run for what is no push",
        "        uses: katyo/publish-crates@7123456789abcdef0123456789abcdef01234567 # v1.0.0\n        with:\n          dry-run: ${{ github.event_name != 'push' }}\n",
        Fail
    ),
    pushed!(
        "a dry run by a variable of the repository",
        "        uses: JS-DevTools/npm-publish@7123456789abcdef0123456789abcdef01234567 # v1.0.0\n        with:\n          dry-run: ${{ vars.DRY }}\n",
        Unknown
    ),
    Trap {
        why: "a local action whose kind is written with a capital",
        edits: &[(ON, "  push:\n"), (UPLOAD, "        uses: ./.github/actions/upload\n")],
        files: &[(
            ".github/actions/upload/action.yml",
            "name: upload\nruns:\n  using: Composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n",
        )],
        want: &[("R02", Fail)],
    },
    Trap {
        why: "an upload on a push that somebody cancels",
        edits: &[],
        files: &[(
            ".github/workflows/ci.yml",
            "on: push\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    if: cancelled()\n    steps:\n      - run: twine upload dist/*\n",
        )],
        want: &[("R02", Fail)],
    },
    Trap {
        why: "a script that calls itself too often to be followed",
        edits: &[],
        files: &[(
            ".github/workflows/ci.yml",
            "on: push\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: bash -c \"eval 'eval eval eval eval eval twine upload dist/*'\"\n",
        )],
        want: &[("R02", Unknown)],
    },
];
