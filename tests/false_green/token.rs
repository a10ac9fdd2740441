//! Traps of R12: long-lived tokens in places where they are easily overlooked.

use shipworthy::requirement::Verdict::{Fail, Unknown, Warn};

use crate::trap::Trap;

const UPLOAD: &str = "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2
        with:
          print-hash: true
";
const INPUT: &str = "          print-hash: true\n";

/// An input of the upload action.
macro_rules! input {
    ($why:literal, $input:literal, $want:expr) => {
        Trap { why: $why, edits: &[(INPUT, $input)], files: &[], want: &[("R12", $want)] }
    };
}

/// Another way to upload, as the body of the publish step.
macro_rules! upload {
    ($why:literal, $body:literal, $want:expr) => {
        Trap { why: $why, edits: &[(UPLOAD, $body)], files: &[], want: &[("R12", $want)] }
    };
}

/// A step before, and a command that uploads.
macro_rules! exported {
    ($why:literal, $before:literal, $command:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[
                ("      - name: Attest\n", concat!($before, "      - name: Attest\n")),
                (UPLOAD, concat!("        run: ", $command, "\n")),
            ],
            files: &[],
            want: &[("R12", $want)],
        }
    };
}

/// A script with a minted token: a step before it, and what else it is handed.
macro_rules! minted {
    ($why:literal, $before:literal, $more:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[
                (
                    "      - name: Attest\n",
                    concat!(
                        "      - uses: rust-lang/crates-io-auth-action@6123456789abcdef0123456789abcdef01234567 # v1.0.1\n        id: auth\n",
                        $before,
                        "      - name: Attest\n"
                    ),
                ),
                (
                    UPLOAD,
                    concat!(
                        "        run: ./ci/release.sh\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n",
                        $more
                    ),
                ),
            ],
            files: &[],
            want: &[("R12", $want)],
        }
    };
}

/// Traps around the upload action.
pub const TRAPS: &[Trap] = &[
    input!("a stored password", "          password: ${{ secrets.PYPI_API_TOKEN }}\n", Fail),
    input!("a password in the file", "          password: pypi-AgEIcHlwaS5vcmc\n", Fail),
    input!("a password in a variable", "          password: ${{ env.TOKEN }}\n", Fail),
    input!("a user", "          user: somebody\n", Fail),
    input!("a user that a secret names", "          user: ${{ secrets.PYPI_USER }}\n", Fail),
    input!(
        "a password that may be empty",
        "          password: ${{ github.event_name == 'push' && secrets.PYPI_API_TOKEN || '' }}\n",
        Warn
    ),
    input!("a password or another one", "          password: ${{ secrets.PYPI_API_TOKEN || secrets.OTHER }}\n", Fail),
    input!("a password in capitals", "          PASSWORD: ${{ secrets.X }}\n", Fail),
    input!("a password that a step fetches", "          password: ${{ steps.vault.outputs.token }}\n", Unknown),
    Trap {
        why: "the identity token for every job",
        edits: &[
            (
                "permissions:\n  contents: read\n\n",
                "permissions:\n  contents: read\n  id-token: write\n  attestations: write\n\n",
            ),
            ("    permissions:\n      contents: read\n      id-token: write\n      attestations: write\n", ""),
        ],
        files: &[],
        want: &[("R12", Warn), ("R05", Fail)],
    },
    Trap {
        why: "the identity token may be read",
        edits: &[("      id-token: write\n", "      id-token: read\n")],
        files: &[],
        want: &[("R12", Fail), ("R10", Fail)],
    },
    Trap {
        why: "the identity token is an expression",
        edits: &[("      id-token: write\n", "      id-token: ${{ vars.ACCESS }}\n")],
        files: &[],
        want: &[("R12", Unknown), ("R10", Unknown)],
    },
    Trap {
        why: "a stored password through the input of a local action",
        edits: &[(
            UPLOAD,
            "        uses: ./.github/actions/publish\n        with:\n          token: ${{ secrets.T }}\n",
        )],
        files: &[(
            ".github/actions/publish/action.yml",
            "name: publish\ninputs:\n  token: {default: ''}\nruns:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n      with:\n        password: ${{ inputs.token }}\n",
        )],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "a stored password through the variable of a local action",
        edits: &[(
            UPLOAD,
            "        uses: ./.github/actions/publish\n        env:\n          UV_PUBLISH_TOKEN: ${{ secrets.T }}\n",
        )],
        files: &[(
            ".github/actions/publish/action.yml",
            "name: publish\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: uv publish\n",
        )],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "the workflow that calls this one has no identity token",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n")],
        files: &[(
            ".github/workflows/start.yml",
            "on: workflow_dispatch\npermissions: {contents: read}\njobs:\n  release:\n    permissions: {contents: read, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R12", Fail), ("R10", Fail)],
    },
    Trap {
        why: "one of two callers has no permissions at all",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n")],
        files: &[
            (
                ".github/workflows/a.yml",
                "on: workflow_dispatch\npermissions: {contents: read}\njobs:\n  release:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
            ),
            (
                ".github/workflows/b.yml",
                "on: workflow_dispatch\njobs:\n  release:\n    uses: ./.github/workflows/release.yml\n",
            ),
        ],
        want: &[("R12", Fail), ("R10", Fail), ("R05", Fail)],
    },
    Trap {
        why: "publishing in a called workflow, which the index matches by accident",
        edits: &[("  workflow_dispatch:\n", "  workflow_call:\n")],
        files: &[(
            ".github/workflows/start.yml",
            "on: workflow_dispatch\npermissions: {contents: read}\njobs:\n  release:\n    permissions: {contents: read, id-token: write, attestations: write}\n    uses: ./.github/workflows/release.yml\n",
        )],
        want: &[("R12", Warn)],
    },
    Trap {
        why: "a workflow of another repository publishes",
        edits: &[(
            "  build:\n",
            "  upload:\n    permissions: {id-token: write, attestations: write}\n    uses: o/workflows/.github/workflows/publish.yml@7123456789abcdef0123456789abcdef01234567\n\n  build:\n",
        )],
        files: &[],
        want: &[("R12", Unknown), ("R07:environment-named", Unknown), ("R10", Unknown), ("R11", Unknown)],
    },
    Trap {
        why: "a workflow of another repository is handed a token",
        edits: &[(
            "  build:\n",
            "  upload:\n    uses: o/workflows/.github/workflows/build.yml@7123456789abcdef0123456789abcdef01234567\n    secrets:\n      pypi_token: ${{ secrets.TOKEN }}\n\n  build:\n",
        )],
        files: &[],
        want: &[("R12", Fail), ("R07:environment-named", Unknown)],
    },
    Trap {
        why: "a pull request with the rights of the repository, and the identity token for every job",
        edits: &[
            ("  workflow_dispatch:\n", "  pull_request_target:\n"),
            (
                "permissions:\n  contents: read\n\n",
                "permissions:\n  contents: read\n  id-token: write\n  attestations: write\n\n",
            ),
            ("    permissions:\n      contents: read\n      id-token: write\n      attestations: write\n", ""),
        ],
        files: &[],
        want: &[("R12", Fail)],
    },
];

/// Traps around programs that upload.
pub const UPLOADERS: &[Trap] = &[
    upload!(
        "uv with a token of the step",
        "        run: uv publish\n        env:\n          UV_PUBLISH_TOKEN: ${{ secrets.T }}\n",
        Fail
    ),
    upload!(
        "uv with a user, so that it never asks for an identity token",
        "        run: uv publish\n        env:\n          UV_PUBLISH_USERNAME: __token__\n",
        Fail
    ),
    upload!("uv with a password", "        run: uv publish --username __token__ --password ${{ secrets.T }}\n", Fail),
    upload!(
        "uv with a token on the command line",
        "        run: uv publish -t \"$TOKEN\"\n        env:\n          TOKEN: ${{ secrets.T }}\n",
        Fail
    ),
    upload!("uv told never to", "        run: uv publish --trusted-publishing never\n", Fail),
    upload!("uv told never to, by `=`", "        run: uv publish --trusted-publishing=never dist/*\n", Fail),
    upload!(
        "uv told never to, by a variable",
        "        run: uv publish\n        env:\n          UV_TRUSTED_PUBLISHING: never\n",
        Fail
    ),
    upload!(
        "twine with an assignment before it",
        "        run: TWINE_PASSWORD=${{ secrets.T }} twine upload dist/*\n",
        Fail
    ),
    upload!(
        "twine after an export",
        "        run: |\n          export TWINE_PASSWORD=\"${{ secrets.T }}\"\n          twine upload dist/*\n",
        Fail
    ),
    upload!(
        "twine after an assignment that is exported later",
        "        run: |\n          TWINE_PASSWORD=\"$(cat token)\"\n          export TWINE_PASSWORD\n          twine upload dist/*\n",
        Unknown
    ),
    upload!("twine with glued options", "        run: twine upload -u__token__ -p${{ secrets.T }} dist/*\n", Fail),
    upload!(
        "twine with a long option and `=`",
        "        run: python -m twine upload --password=\"$T\" dist/*\n        env:\n          T: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "twine with another user",
        "        run: twine upload dist/*\n        env:\n          TWINE_USERNAME: somebody\n",
        Fail
    ),
    upload!(
        "twine with a configuration that a script writes",
        "        run: |\n          printf '[pypi]\\npassword = %s\\n' '${{ secrets.PYPI_TOKEN }}' > ~/.pypirc\n          twine upload dist/*\n",
        Fail
    ),
    upload!("twine with a configuration file", "        run: twine upload --config-file ci/pypirc dist/*\n", Unknown),
    upload!(
        "a token or a minted one",
        "        run: twine upload dist/*\n        env:\n          TWINE_PASSWORD: ${{ steps.mint.outputs.token || secrets.PYPI_TOKEN }}\n",
        Fail
    ),
    upload!(
        "a token or the workflow's own",
        "        run: twine upload dist/*\n        env:\n          TWINE_PASSWORD: ${{ secrets.PYPI_TOKEN || secrets.GITHUB_TOKEN }}\n",
        Fail
    ),
    upload!(
        "a token that another step fetches",
        "        run: twine upload dist/*\n        env:\n          TWINE_PASSWORD: ${{ steps.vault.outputs.token }}\n",
        Unknown
    ),
    upload!(
        "a token in the file that looks like the output of a step",
        "        run: twine upload dist/*\n        env:\n          TWINE_PASSWORD: pypi-steps.x\n",
        Fail
    ),
    upload!(
        "poetry with a token in its configuration",
        "        run: |\n          poetry config pypi-token.pypi ${{ secrets.PYPI_TOKEN }}\n          poetry publish\n",
        Fail
    ),
    upload!(
        "poetry with a token in a variable",
        "        run: poetry publish\n        env:\n          POETRY_PYPI_TOKEN_PYPI: ${{ secrets.X }}\n",
        Fail
    ),
    upload!("poetry with a token from nowhere", "        run: poetry publish\n", Unknown),
    upload!(
        "hatch with a password option",
        "        run: hatch publish -u __token__ -a \"$T\"\n        env:\n          T: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "hatch with a variable",
        "        run: hatch publish\n        env:\n          HATCH_INDEX_AUTH: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "pdm with a password option",
        "        run: pdm publish -u __token__ -P \"$T\"\n        env:\n          T: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "maturin with a variable",
        "        run: maturin upload dist/*\n        env:\n          MATURIN_PYPI_TOKEN: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "maturin by its action",
        "        uses: PyO3/maturin-action@7123456789abcdef0123456789abcdef01234567 # v1.45.0\n        with:\n          command: upload\n          args: --non-interactive dist/*\n        env:\n          MATURIN_PYPI_TOKEN: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "cargo with a secret",
        "        run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.X }}\n",
        Fail
    ),
    upload!("cargo with a secret on the command line", "        run: cargo publish --token ${{ secrets.X }}\n", Fail),
    upload!(
        "cargo after a login",
        "        run: |\n          cargo login ${{ secrets.CRATES_IO_TOKEN }}\n          cargo publish\n",
        Fail
    ),
    upload!(
        "cargo with a token of a step that is not the one that mints",
        "        run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.vault.outputs.token }}\n      - uses: rust-lang/crates-io-auth-action@6123456789abcdef0123456789abcdef01234567 # v1.0.1\n        id: auth\n",
        Unknown
    ),
    upload!("cargo with a token from nowhere", "        run: cargo publish\n", Warn),
    upload!(
        "npm with a token",
        "        run: npm publish --provenance\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "npm with a token in its configuration",
        "        run: |\n          echo \"//npm.example/:_authToken=${{ secrets.NPM_TOKEN }}\" > .npmrc\n          npm publish\n",
        Fail
    ),
    upload!(
        "npm by an action with a token of any name",
        "        uses: JS-DevTools/npm-publish@7123456789abcdef0123456789abcdef01234567 # v3.1.1\n        with:\n          token: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "gem with a key",
        "        run: gem push pkg/*.gem\n        env:\n          GEM_HOST_API_KEY: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "a script is handed a token",
        "        run: ./ci/release.sh\n        env:\n          TWINE_PASSWORD: ${{ secrets.X }}\n",
        Fail
    ),
    upload!("a script is handed the identity token", "        run: ./ci/release.sh\n", Unknown),
    upload!(
        "twine with a configuration that is a secret",
        "        run: |\n          echo \"$RC\" > ~/.pypirc\n          twine upload dist/*\n        env:\n          RC: ${{ secrets.PYPIRC }}\n",
        Fail
    ),
    upload!(
        "twine with a configuration that is copied",
        "        run: |\n          cp ci/pypirc ~/.pypirc\n          twine upload dist/*\n",
        Unknown
    ),
    upload!(
        "twine with a configuration of one variable",
        "        run: |\n          cat <<EOF > ~/.pypirc\n          $RC\n          EOF\n          twine upload dist/*\n        env:\n          RC: ${{ secrets.PYPIRC }}\n",
        Fail
    ),
    upload!(
        "twine with a configuration that a document writes down",
        "        run: |\n          cat > ~/.pypirc <<'EOF'\n          [pypi]\n          password = pypi-AgEIcHlwaS5vcmc\n          EOF\n          twine upload dist/*\n",
        Fail
    ),
    exported!(
        "twine with a token that a program exports",
        "      - uses: actions/github-script@6123456789abcdef0123456789abcdef01234567 # v7.0.1\n        with:\n          script: core.exportVariable('TWINE_PASSWORD', process.env.T)\n        env:\n          T: ${{ secrets.T }}\n",
        "twine upload dist/*",
        Fail
    ),
    exported!(
        "twine with a token of a vault",
        "      - uses: hashicorp/vault-action@6123456789abcdef0123456789abcdef01234567 # v3.0.0\n        with:\n          secrets: ci/pypi token | TWINE_PASSWORD\n",
        "twine upload dist/*",
        Unknown
    ),
    exported!(
        "npm with a token that setting node up hands on",
        "      - uses: actions/setup-node@6123456789abcdef0123456789abcdef01234567 # v4.1.0\n        with:\n          registry-url: https://registry.npmjs.example\n        env: {NODE_AUTH_TOKEN: '${{ secrets.T }}'}\n",
        "npm publish --provenance",
        Fail
    ),
    Trap {
        why: "uv with a token of the whole workflow",
        edits: &[
            ("jobs:\n", "env:\n  UV_PUBLISH_TOKEN: ${{ secrets.T }}\n\njobs:\n"),
            (UPLOAD, "        run: uv publish\n"),
        ],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "twine with a token of the job",
        edits: &[
            ("    environment: pypi\n", "    environment: pypi\n    env:\n      TWINE_PASSWORD: ${{ secrets.T }}\n"),
            (UPLOAD, "        run: twine upload dist/*\n"),
        ],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "twine with a token that an earlier step puts into the environment",
        edits: &[
            (
                "      - name: Attest\n",
                "      - run: echo \"TWINE_PASSWORD=${{ secrets.T }}\" >> \"$GITHUB_ENV\"\n      - name: Attest\n",
            ),
            (UPLOAD, "        run: twine upload dist/*\n"),
        ],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "twine with a token that an earlier step takes from a variable and puts into the environment",
        edits: &[
            (
                "      - name: Attest\n",
                "      - run: echo \"TWINE_PASSWORD=$T\" >> \"$GITHUB_ENV\"\n        env:\n          T: ${{ secrets.T }}\n      - name: Attest\n",
            ),
            (UPLOAD, "        run: twine upload dist/*\n"),
        ],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "uv with a token that an earlier step puts into the environment as several lines",
        edits: &[
            (
                "      - name: Attest\n",
                "      - run: |\n          {\n            echo \"UV_PUBLISH_TOKEN<<END\"\n            echo \"$T\"\n            echo END\n          } >> \"$GITHUB_ENV\"\n        env:\n          T: ${{ secrets.T }}\n      - name: Attest\n",
            ),
            (UPLOAD, "        run: uv publish\n"),
        ],
        files: &[],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "uv with a token that an earlier step fetches and puts into the environment",
        edits: &[
            (
                "      - name: Attest\n",
                "      - run: echo \"UV_PUBLISH_TOKEN=$(vault read token)\" >> \"$GITHUB_ENV\"\n      - name: Attest\n",
            ),
            (UPLOAD, "        run: uv publish\n"),
        ],
        files: &[],
        want: &[("R12", Unknown)],
    },
    upload!(
        "twine with a configuration that a script writes from a variable",
        "        run: |\n          cat > ~/.pypirc <<END\n          [pypi]\n          username = __token__\n          password = $T\n          END\n          twine upload dist/*\n        env:\n          T: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "uv with a token in the address of the index",
        "        run: uv publish --publish-url https://__token__:${{ secrets.T }}@upload.{index}/legacy/\n",
        Fail
    ),
    upload!(
        "uv with a token in the address that a variable holds",
        "        run: uv publish\n        env:\n          UV_PUBLISH_URL: https://__token__:${{ secrets.T }}@upload.{index}/legacy/\n",
        Fail
    ),
    upload!(
        "uv with a user in the address",
        "        run: uv publish --publish-url https://__token__@upload.{index}/legacy/\n",
        Fail
    ),
    upload!(
        "uv with an address that is a secret",
        "        run: uv publish\n        env:\n          UV_PUBLISH_URL: ${{ secrets.INDEX }}\n",
        Unknown
    ),
    upload!(
        "twine with a password in the address of the index",
        "        run: twine upload --repository-url https://user:${{ secrets.P }}@upload.{index}/legacy/ dist/*\n",
        Fail
    ),
    upload!(
        "twine with a password of the shell in the address",
        "        run: twine upload --repository-url \"https://user:$P@upload.{index}/legacy/\" dist/*\n        env:\n          P: ${{ secrets.P }}\n",
        Fail
    ),
    upload!("uv with words that cannot be seen", "        run: uv publish $ARGS\n", Unknown),
    upload!("twine with words of an expression", "        run: twine upload ${{ vars.ARGS }} dist/*\n", Unknown),
    upload!(
        "twine with words of a variable that holds a token",
        "        run: twine upload ${{ env.ARGS }} dist/*\n        env:\n          ARGS: --password ${{ secrets.T }}\n",
        Fail
    ),
    upload!("uv with words that a command prints", "        run: uv publish $(cat args)\n", Unknown),
    upload!(
        "uv after a script that sets variables",
        "        run: |\n          . ./env\n          uv publish\n",
        Unknown
    ),
    upload!(
        "uv after a text that only the run knows",
        "        run: |\n          eval \"$X\"\n          uv publish\n",
        Unknown
    ),
    upload!(
        "the upload action with all its inputs from one expression",
        "        uses: pypa/gh-action-pypi-publish@5123456789abcdef0123456789abcdef01234567 # v1.12.2\n        with: ${{ fromJSON(vars.INPUTS) }}\n",
        Unknown
    ),
    upload!(
        "uv with all its variables from one expression",
        "        run: uv publish\n        env: ${{ fromJSON(vars.VARIABLES) }}\n",
        Unknown
    ),
    upload!(
        "maturin by its action with a token among its words",
        "        uses: PyO3/maturin-action@7123456789abcdef0123456789abcdef01234567 # v1.45.0\n        with:\n          command: upload\n          args: --password ${{ secrets.X }} dist/*\n",
        Fail
    ),
    upload!(
        "hatch with a token in its configuration",
        "        run: |\n          hatch config set publish.index.auth \"$T\"\n          hatch publish\n        env:\n          T: ${{ secrets.X }}\n",
        Fail
    ),
    upload!(
        "uv after a login",
        "        run: |\n          uv auth login {index} --token ${{ secrets.X }}\n          uv publish\n",
        Fail
    ),
    upload!(
        "twine with a keyring",
        "        run: |\n          echo \"$T\" | keyring set https://upload.{index}/legacy/ __token__\n          twine upload dist/*\n        env:\n          T: ${{ secrets.X }}\n",
        Unknown
    ),
    minted!(
        "a script is handed a secret beside the minted token",
        "",
        "          OTHER: ${{ secrets.OTHER }}\n",
        Unknown
    ),
    minted!(
        "a script is handed a fetched token beside the minted one",
        "",
        "          OTHER_TOKEN: ${{ steps.vault.outputs.token }}\n",
        Unknown
    ),
    minted!(
        "a script is handed a stored token beside the minted one",
        "",
        "          NPM_TOKEN: ${{ secrets.OTHER }}\n",
        Fail
    ),
    minted!(
        "a script with a minted token, after a login with a stored one",
        "      - run: cargo login ${{ secrets.OTHER }}\n",
        "",
        Fail
    ),
    minted!(
        "a script with a minted token, after a secret was put into the environment",
        "      - run: echo \"OTHER=${{ secrets.OTHER }}\" >> \"$GITHUB_ENV\"\n",
        "",
        Unknown
    ),
    upload!(
        "a script with a token that no known step mints",
        "        run: ./ci/release.sh\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n",
        Unknown
    ),
];
