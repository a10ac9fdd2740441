//! Traps of publishing out of sight: scripts, tasks, containers and programs that run others, beside an upload in which
//! everything is in order.

use shipworthy::requirement::Verdict::{Fail, Pass, Unknown};

use crate::trap::Trap;

const STEPS: &str = "    steps:\n      - name: Fetch\n";
const LAST: &str = "          print-hash: true\n";

/// A further step after the upload, and what is said of `R12`.
macro_rules! beside {
    ($why:literal, $step:expr, $want:expr) => {
        Trap {
            why: $why,
            edits: &[(LAST, concat!("          print-hash: true\n", $step))],
            files: &[],
            want: &[("R12", $want)],
        }
    };
}

/// A script that is handed a credential by its step.
macro_rules! handed {
    ($why:literal, $run:literal) => {
        beside!(
            $why,
            concat!("      - run: |\n          ", $run, "\n        env: {TWINE_PASSWORD: '${{ secrets.X }}'}\n"),
            Fail
        )
    };
}

/// The same in another shell.
macro_rules! in_shell {
    ($why:literal, $shell:literal, $run:literal) => {
        beside!(
            $why,
            concat!(
                "      - run: |\n          ",
                $run,
                "\n        shell: ",
                $shell,
                "\n        env: {TWINE_PASSWORD: '${{ secrets.X }}'}\n"
            ),
            Fail
        )
    };
}

/// A script in a job whose variables hold a credential.
macro_rules! around {
    ($why:literal, $run:literal) => {
        Trap {
            why: $why,
            edits: &[
                (STEPS, "    env:\n      TWINE_PASSWORD: ${{ secrets.X }}\n    steps:\n      - name: Fetch\n"),
                (LAST, concat!("          print-hash: true\n      - run: ", $run, "\n")),
            ],
            files: &[],
            want: &[("R12", Fail)],
        }
    };
}

/// A local action that is handed a token.
macro_rules! local {
    ($why:literal, $runs:literal, $input:literal, $want:expr) => {
        Trap {
            why: $why,
            edits: &[(
                LAST,
                concat!(
                    "          print-hash: true\n      - uses: ./.github/actions/ship\n        with:\n          ",
                    $input,
                    ": ${{ secrets.PYPI_TOKEN }}\n"
                ),
            )],
            files: &[(
                ".github/actions/ship/action.yml",
                concat!("name: ship\ninputs:\n  ", $input, ":\n    required: true\nruns:\n", $runs),
            )],
            want: &[("R12", $want)],
        }
    };
}

/// The traps.
pub const TRAPS: &[Trap] = &[
    around!("a script whose name says nothing, and a token of the job", "python ship.py"),
    around!("a program of the repository, and a token of the job", "./x.sh"),
    around!("a file that a shell is given, and a token of the job", "bash ci/go"),
    around!("a task that says nothing, and a token of the job", "make all"),
    around!("a shell that reads what another program fetches", "curl -sSf https://example.test/x | bash"),
    around!("a program that only the run knows", "'\"$UPLOADER\" upload dist/*'"),
    handed!("a file that is sent with curl", "curl -F \"content=@x.whl\" -u \"__token__:$TWINE_PASSWORD\" \"$INDEX\""),
    handed!("a script that a shell reads", "bash <<'EOF'\n          twine upload dist/*\n          EOF"),
    handed!("code that an interpreter reads", "python - <<'EOF'\n          import ship\n          EOF"),
    handed!("code on the command line of python", "python -c \"import subprocess; subprocess.run(1)\""),
    handed!("code on the command line of node", "node -e \"go()\""),
    handed!("a text that only the run knows", "bash -c \"$SCRIPT\""),
    handed!("a text that the shell evaluates", "eval \"$SCRIPT\""),
    handed!("an uploader in a container", "docker run -e TWINE_PASSWORD python:3 twine upload dist/*"),
    handed!("a container that is handed the token", "docker run --rm -e TWINE_PASSWORD ship"),
    handed!("a shell of nix", "nix develop -c twine upload dist/*"),
    handed!("a text for a shell of nix", "nix-shell -p twine --run \"twine upload dist/*\""),
    handed!("a program of a flake", "nix run .#ship"),
    handed!("a task of poe", "poe ship"),
    handed!("a task of just", "just ship"),
    handed!("a task of hatch", "hatch run ship"),
    handed!("a program that tries again", "retry 3 twine upload dist/*"),
    handed!("a program that adds secrets", "doppler run -- twine upload dist/*"),
    handed!("a program that runs for each", "parallel twine upload ::: dist/*"),
    handed!("an uploader that is looked up", "$(which twine) upload dist/*"),
    handed!("an uploader in a variable of the workflow", "${{ env.CMD }} upload dist/*"),
    handed!("a command that the caller gives", "${{ inputs.command }}"),
    handed!("a file read into the shell", ". ci/ship"),
    handed!("a program that is not known", "shipit --now"),
    handed!("a program of the workspace", "cargo xtask ship"),
    handed!("a program that is compiled first", "go run ./cmd/ship"),
    in_shell!("a script in python", "python", "import ship"),
    in_shell!("a script in a language of its own", "./runner {0}", "ship"),
    in_shell!("a text for PowerShell", "pwsh", "iex \"twine upload dist/*\""),
    in_shell!("a program that PowerShell starts", "pwsh", "Start-Process twine -ArgumentList \"upload dist/*\""),
    beside!("a token as an argument", "      - run: |\n          ./go ${{ secrets.PYPI_TOKEN }}\n", Fail),
    beside!(
        "a token in an option",
        "      - run: |\n          python go.py --token=\"${{ secrets.PYPI_TOKEN }}\"\n",
        Fail
    ),
    beside!("a token before the command", "      - run: |\n          PYPI_TOKEN=${{ secrets.X }} ./go\n", Fail),
    beside!(
        "a token that the script exports",
        "      - run: |\n          export TWINE_PASSWORD=${{ secrets.X }}\n          ./go\n",
        Fail
    ),
    beside!(
        "an uploader that the script of an action starts",
        "      - uses: actions/github-script@6123456789abcdef0123456789abcdef01234567 # v7.0.1\n        env: {TWINE_PASSWORD: '${{ secrets.X }}'}\n        with: {script: \"await exec.exec('twine upload dist/*')\"}\n",
        Fail
    ),
    beside!(
        "an image that is handed the token",
        "      - uses: docker://python:3\n        with: {entrypoint: twine, args: upload dist/*}\n        env: {TWINE_PASSWORD: '${{ secrets.X }}'}\n",
        Fail
    ),
    local!("an action of the repository that is a program", "  using: node20\n  main: ship.js\n", "token", Fail),
    local!("an action of the repository that is an image", "  using: docker\n  image: Dockerfile\n", "token", Fail),
    local!(
        "an action of the repository that hands its input on",
        "  using: composite\n  steps:\n    - run: ./go ${{ inputs.pypi-token }}\n      shell: bash\n",
        "pypi-token",
        Unknown
    ),
    Trap {
        why: "a script of the package that runs another",
        edits: &[(
            LAST,
            "          print-hash: true\n      - run: npm run a\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.X }}\n",
        )],
        files: &[("package.json", "{\"scripts\": {\"a\": \"npm run b\", \"b\": \"npm run a && npm publish\"}}")],
        want: &[("R12", Fail)],
    },
    Trap {
        why: "a script of the package that runs after the one that is asked for",
        edits: &[(LAST, "          print-hash: true\n      - run: npm run a\n"), ("      id-token: write\n", "")],
        files: &[("package.json", "{\"scripts\": {\"a\": \"true\", \"posta\": \"npm publish\"}}")],
        want: &[("R12", Fail)],
    },
];

/// A further step that publishes nothing, in a job whose variables hold a token that nothing uses.
macro_rules! harmless {
    ($run:literal) => {
        Trap {
            why: $run,
            edits: &[
                (STEPS, "    env:\n      TWINE_PASSWORD: ${{ secrets.X }}\n    steps:\n      - name: Fetch\n"),
                (LAST, concat!("          print-hash: true\n      - run: |\n          ", $run, "\n")),
            ],
            files: &[],
            want: &[("R12", Pass)],
        }
    };
}

/// The other side: steps that must not be taken for a script that publishes.
pub const HARMLESS: &[Trap] = &[
    harmless!("pip install x"),
    harmless!("python -m build"),
    harmless!("python -m pytest"),
    harmless!("cargo build"),
    harmless!("npm ci"),
    harmless!("npm run build"),
    harmless!("npm run lint"),
    harmless!("git push"),
    harmless!("gh release view v1"),
    harmless!("make docs"),
    harmless!("nox -s tests"),
    harmless!("uv run pytest"),
    harmless!("curl -sSf https://example.test/x -o y"),
    harmless!("docker build ."),
    harmless!("docker run --rm image ./build"),
    harmless!("source venv/bin/activate"),
    harmless!("python -c \"import x; print(x.__version__)\""),
    harmless!("echo twine upload"),
    harmless!("\"$PYTHON\" -m pip install x"),
    harmless!("./ci/test.sh"),
    harmless!("jq . x"),
    harmless!("poetry build"),
];
