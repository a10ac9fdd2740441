//! Programs that are known to publish nothing by themselves, so that a credential around them says nothing.

use super::commands;

/// Whether a program is known, and does not run the code of somebody else in ways that are not looked at elsewhere.
pub fn is_tool(program: &str) -> bool {
    TOOLS.contains(&program) || is_interpreter(program) || commands::is_publisher(program)
}

/// Whether a program runs code it is given.
pub fn is_interpreter(program: &str) -> bool {
    commands::is_python(program) || INTERPRETERS.contains(&program)
}

const INTERPRETERS: &[&str] = &[
    "bash",
    "sh",
    "zsh",
    "dash",
    "ksh",
    "node",
    "deno",
    "ruby",
    "perl",
    "php",
    "pwsh",
    "powershell",
    "tsx",
    "ts-node",
];

/// Builtins of the shell, tools of the system, and tools that set up, build, test, check and document.
#[rustfmt::skip]
const TOOLS: &[&str] = &[
    ":", "!", "[", "[[", "((", "{", "}", ".", "alias", "break", "builtin", "case", "cd", "command", "continue",
    "declare", "dirs", "disown", "done", "echo", "else", "enable", "esac", "exec", "exit", "export", "false", "fi",
    "for", "function", "getopts", "hash", "help", "if", "in", "jobs", "kill", "let", "local", "mapfile", "popd",
    "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "set", "shift", "shopt", "source", "test",
    "then", "time", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
    "add-apt-repository", "apk", "apt", "apt-get", "apt-key", "arch", "aria2c", "awk", "aws", "az", "base64",
    "basename", "bc", "brew", "bsdtar", "bunzip2", "bzip2", "cat", "chgrp", "chmod", "choco", "chown", "cmp", "column",
    "comm", "cp", "csplit", "curl", "cut", "cygpath", "date", "dd", "df", "diff", "dig", "dirname", "dnf", "docker",
    "dos2unix", "dpkg", "du", "envsubst", "expr", "fd", "file", "find", "fold", "free", "gawk", "gcloud", "getconf",
    "getent", "gh", "git", "git-lfs", "gpg", "gpg2", "gpgconf", "grep", "egrep", "fgrep", "groups", "gsed", "gtar",
    "gunzip", "gzip", "head", "hexdump", "hostname", "iconv", "id", "install", "ip", "jq", "killall", "ldd", "less",
    "ln", "locale", "ls", "lsb_release", "lscpu", "md5sum", "mkdir", "mkfifo", "mktemp", "more", "mount", "mv", "nl",
    "nm", "nproc", "objdump", "od", "openssl", "paste", "patch", "pgrep", "pkill", "pkg", "pkg-config", "podman",
    "port", "pr", "printenv", "ps", "pushd", "readelf", "readlink", "realpath", "rename", "rev", "rg", "rm", "rmdir",
    "rsync", "scoop", "sed", "seq", "sha1sum", "sha256sum", "sha512sum", "shasum", "shuf", "sleep", "sort", "split",
    "ssh-add", "ssh-agent", "ssh-keygen", "ssh-keyscan", "stat", "strip", "stty", "sudo", "sum", "sync", "sysctl",
    "tac", "tail", "tar", "tee", "touch", "tput", "tr", "tree", "truncate", "tty", "uname", "uniq", "unix2dos", "unxz",
    "unzip", "update-alternatives", "uptime", "vcpkg", "wc", "wget", "where", "whereis", "which", "whoami", "winget",
    "xargs", "xmllint", "xxd", "xz", "yes", "yq", "yum", "zip", "zipinfo", "zstd", "7z", "asdf", "corepack", "conda",
    "mamba", "micromamba", "nvm", "fnm", "volta", "pyenv", "rbenv", "rustup", "rustc", "rustfmt", "rustdoc", "sdk",
    "uv", "pip", "pip3", "pipx", "pipenv", "virtualenv", "venv", "composer", "bundle", "bundler", "rvm", "go", "gofmt",
    "dotnet", "msbuild", "javac", "swift", "gcc", "g++", "cc", "c++", "clang", "clang++", "ar", "ld", "cmake", "ctest",
    "ninja", "meson", "autoreconf", "autoconf", "automake", "gradle", "mvn", "make", "emcc", "cibuildwheel", "build",
    "pyproject-build", "auditwheel", "delocate-wheel", "delocate-listdeps", "delvewheel", "repairwheel", "wheel",
    "setuptools", "check-wheel-contents", "check-manifest", "abi3audit", "pydistcheck", "pyroma", "towncrier",
    "bump2version", "bumpversion", "bump-my-version", "bump-pydantic", "tbump", "cz", "git-cliff", "pytest", "py.test",
    "coverage", "codecov", "codecovcli", "coveralls", "nox", "tox", "mypy", "pyright", "basedpyright", "ty", "ruff",
    "black", "isort", "flake8", "pylint", "bandit", "safety", "pip-audit", "pre-commit", "prek", "codespell", "typos",
    "sphinx-build", "sphinx-apidoc", "mkdocs", "mike", "jupyter-book", "doxygen", "pandoc", "shellcheck", "shfmt",
    "actionlint", "zizmor", "hadolint", "yamllint", "eslint", "prettier", "biome", "tsc", "jest", "vitest", "mocha",
    "ava", "tap", "playwright", "cypress", "webpack", "rollup", "vite", "esbuild", "tsup", "babel", "typedoc",
    "publint", "attw", "cross", "cosign", "syft", "grype", "sigstore", "cyclonedx-py", "pkg-pr-new", "stubtest",
    "versioningit", "setuptools-scm", "setuptools_scm", "dunamai", "cargo-nextest", "wasm-pack", "npm", "ccache",
    "sccache", "ln", "tree-sitter", "protoc", "buf", "swig", "cython", "f2py", "lychee", "reuse", "validate-pyproject",
];
