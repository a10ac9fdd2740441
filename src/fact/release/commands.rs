//! The programs that publish: what a command of a script uploads, and where to.

use super::actions::npm_registry;
use super::index::{by_name, by_url};
use super::{PublishKind, Registry, Scope};
use crate::fact::workflow::shell::Command;

/// What a command publishes, with the words that tell.
pub fn recognise(command: &Command, scope: &Scope<'_>) -> Option<(Registry, PublishKind, String)> {
    let words = program_words(command);
    let (program, rest) = words.split_first()?;
    if has_any(rest, &["--help", "-h", "--version"]) {
        return None;
    }
    let env = |name: &str| scope.env_of(command, name);
    let (registry, kind, shown) = by_program(program, rest, env)?;
    Some((registry, kind, shown))
}

/// The words of a command with launchers such as `python -m`, `uv run` or `npx` removed.
pub fn program_words(command: &Command) -> Vec<&str> {
    let mut words = command.args();
    if let Some(first) = words.first_mut() {
        *first = command.program();
    }
    // Launchers stack (`uv run python -m twine`), but not for ever.
    for _ in 0..4 {
        let Some(start) = launched(&words) else { break };
        words.drain(..start);
        if let Some(first) = words.first_mut() {
            *first = bare(first);
        }
    }
    words
}

/// A program's name without folder, version (`uvx twine@6`) or index prefix.
fn bare(word: &str) -> &str {
    let name = word.rsplit('/').next().unwrap_or(word);
    name.split(['@', '=', '<', '>', '[']).next().filter(|name| !name.is_empty()).unwrap_or(name)
}

/// Where the launched program begins, when the words begin with a launcher.
fn launched(words: &[&str]) -> Option<usize> {
    let at = |position: usize| words.get(position).copied().unwrap_or_default();
    let after = |skip: usize, with_value: &[&str]| {
        let start = skip + skip_options(words.get(skip..).unwrap_or_default(), with_value);
        (start < words.len()).then_some(start)
    };
    match at(0) {
        program if is_python(program) => {
            words.iter().position(|word| *word == "-m").map(|m| m + 1).filter(|m| *m < words.len())
        }
        "uv" if at(1) == "run" => {
            after(2, &["--with", "--extra", "--group", "-p", "--python", "--project", "--package", "--from"])
        }
        "uv" if at(1) == "tool" && at(2) == "run" => after(3, &["--with", "--from", "-p", "--python"]),
        "uvx" => after(1, &["--with", "--from", "-p", "--python"]),
        "pipx" if at(1) == "run" => after(2, &["--spec", "--pip-args", "--python"]),
        "pdm" | "poetry" | "rye" | "pixi" | "pipenv" if at(1) == "run" => after(2, &["-e", "--environment"]),
        "conda" | "mamba" | "micromamba" if at(1) == "run" => after(2, &["-n", "--name", "-p", "--prefix"]),
        "npx" | "bunx" => after(1, &["-p", "--package"]),
        "pnpm" | "yarn" | "npm" if matches!(at(1), "dlx" | "exec" | "x") => after(2, &["-p", "--package"]),
        "bundle" | "mise" if at(1) == "exec" => after(2, &[]),
        _ => None,
    }
}

/// How many words are options, with the values of those that take one.
fn skip_options(words: &[&str], with_value: &[&str]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-')) {
        at += if with_value.contains(word) { 2 } else { 1 };
    }
    at
}

/// Whether a program is a Python interpreter, of any version.
pub fn is_python(program: &str) -> bool {
    let rest = program.strip_prefix("python").or_else(|| program.strip_prefix("pypy"));
    program == "py" || rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

fn by_program(
    program: &str,
    rest: &[&str],
    env: impl Fn(&str) -> Option<String>,
) -> Option<(Registry, PublishKind, String)> {
    let verb = first_verb(rest);
    let shown = |words: &str| format!("{program} {words}");
    let python = |name, url, words: &str| Some((Registry::Pypi, python_index(rest, &env, name, url), shown(words)));
    let dry = has_any(rest, &["--dry-run"]);
    match (program, verb) {
        ("twine", "upload") => python("TWINE_REPOSITORY", "TWINE_REPOSITORY_URL", "upload"),
        ("uv", "publish") if !dry => python("UV_PUBLISH_INDEX", "UV_PUBLISH_URL", "publish"),
        ("hatch", "publish") => python("HATCH_INDEX_REPO", "HATCH_INDEX_REPO", "publish"),
        ("pdm", "publish") => python("PDM_PUBLISH_REPO", "PDM_PUBLISH_REPO", "publish"),
        ("poetry", "publish") if !dry => python("", "", "publish"),
        ("flit", "publish") => python("FLIT_INDEX", "FLIT_INDEX_URL", "publish"),
        ("maturin", "publish" | "upload") => python("MATURIN_REPOSITORY", "MATURIN_REPOSITORY_URL", verb),
        ("rye", "publish") => python("RYE_REPOSITORY", "RYE_REPOSITORY_URL", "publish"),
        (python_program, "setup.py" | "./setup.py") if is_python(python_program) && has_any(rest, &["upload"]) => {
            python("TWINE_REPOSITORY", "", "setup.py upload")
        }
        ("anaconda", _) if has_any(rest, &["upload"]) => Some((Registry::Conda, PublishKind::Nightly, shown("upload"))),
        ("rattler-build", "publish" | "upload") => Some((Registry::Conda, PublishKind::Nightly, shown(verb))),
        ("docker" | "podman" | "buildah", "push") => {
            Some((Registry::Container, PublishKind::OtherIndex, shown("push")))
        }
        ("docker", "buildx" | "build") if has_any(rest, &["--push"]) => {
            Some((Registry::Container, PublishKind::OtherIndex, shown("build --push")))
        }
        ("ko", "build" | "publish" | "apply") => Some((Registry::Container, PublishKind::OtherIndex, shown(verb))),
        _ => packages(program, verb, rest).map(|(registry, kind)| (registry, kind, shown(verb))),
    }
}

/// Programs for other registries and for release pages.
fn packages(program: &str, verb: &str, rest: &[&str]) -> Option<(Registry, PublishKind)> {
    let dry = has_any(rest, &["--dry-run", "-n"]);
    match program {
        "cargo" | "release-plz" | "cargo-release" => cargo(program, verb, rest).map(|kind| (Registry::Crates, kind)),
        "npm" | "pnpm" | "yarn" | "bun" | "lerna" | "changeset" | "nx" | "semantic-release" | "np" => {
            javascript(program, verb, rest).filter(|_| !dry)
        }
        "gem" if verb == "push" => Some((Registry::Gem, other_host(rest, &["--host"]))),
        "rake" if verb == "release" => Some((Registry::Gem, PublishKind::Production)),
        "nuget" if verb == "push" => Some((Registry::Nuget, nuget_source(rest))),
        "dotnet" if verb == "nuget" && has_any(rest, &["push"]) => Some((Registry::Nuget, nuget_source(rest))),
        "gh" if verb == "release" => {
            let acts = has_any(rest, &["create", "upload", "edit"]);
            acts.then_some((Registry::GithubRelease, PublishKind::GithubRelease))
        }
        "goreleaser" => goreleaser(rest).map(|kind| (Registry::GithubRelease, kind)),
        "jreleaser" if matches!(verb, "release" | "full-release") && !dry => {
            Some((Registry::GithubRelease, PublishKind::GithubRelease))
        }
        "ghr" | "hub" if program == "ghr" || verb == "release" => {
            Some((Registry::GithubRelease, PublishKind::GithubRelease))
        }
        _ => None,
    }
}

fn cargo(program: &str, verb: &str, rest: &[&str]) -> Option<PublishKind> {
    let dry = has_any(rest, &["--dry-run", "-n"]);
    let publishes = match (program, verb) {
        ("cargo", "publish") | ("release-plz", "release") => !dry,
        ("cargo", "release" | "smart-release") | ("cargo-release", _) => has_any(rest, &["--execute", "-x"]),
        ("cargo", "workspaces" | "ws") => has_any(rest, &["publish"]) && !dry,
        _ => false,
    };
    publishes.then(|| other_host(rest, &["--registry", "--index"]))
}

fn javascript(program: &str, verb: &str, rest: &[&str]) -> Option<(Registry, PublishKind)> {
    let publishes = match program {
        // `pnpm -r publish`, `yarn npm publish` and `yarn workspaces foreach npm publish` put words before the verb.
        "npm" | "pnpm" | "bun" => positional(rest).any(|word| word == "publish") && !runs_script(rest),
        "yarn" => positional(rest).last() == Some("publish") || rest.windows(2).any(|pair| pair == ["npm", "publish"]),
        "lerna" | "changeset" => verb == "publish",
        "nx" => rest.windows(2).any(|pair| pair == ["release", "publish"]),
        // The Python tool of that name has these verbs and uploads to the release page only.
        "semantic-release" if matches!(verb, "version" | "publish") => {
            return Some((Registry::GithubRelease, PublishKind::GithubRelease));
        }
        "semantic-release" | "np" => true,
        _ => false,
    };
    let registry = option(rest, &["--registry"]).unwrap_or_default();
    publishes.then(|| (Registry::Npm, npm_registry(&registry, PublishKind::Production)))
}

/// Whether a package manager is asked to run a script of the project.
pub fn runs_script(rest: &[&str]) -> bool {
    positional(rest).next().is_some_and(|verb| matches!(verb, "run" | "run-script" | "exec" | "dlx" | "x"))
}

/// What goreleaser does with these words.
pub fn goreleaser(words: &[&str]) -> Option<PublishKind> {
    let held_back = has_any(words, &["--snapshot", "--skip-publish", "--skip=publish"])
        || words.iter().any(|word| word.starts_with("--skip=") && word.contains("publish"));
    let releases = positional(words).next().is_none_or(|verb| matches!(verb, "release" | "r" | "publish"));
    (releases && !held_back).then_some(PublishKind::GithubRelease)
}

/// Which index a Python uploader is pointed at, by its options, else by its variables.
pub fn python_index(words: &[&str], env: impl Fn(&str) -> Option<String>, name: &str, url: &str) -> PublishKind {
    let by_option = option(words, &["--repository-url", "--publish-url"]).map(|url| by_url(&url));
    let by_option =
        by_option.or_else(|| option(words, &["-r", "--repository", "--repo", "--index"]).map(|n| by_name(&n)));
    let by_url_variable = || env(url).map(|value| if url == name { by_name(&value) } else { by_url(&value) });
    by_option
        .or_else(by_url_variable)
        .or_else(|| env(name).map(|value| by_name(&value)))
        .unwrap_or(PublishKind::Production)
}

fn other_host(rest: &[&str], options: &[&str]) -> PublishKind {
    match option(rest, options) {
        Some(host) if host != "crates-io" && !host.contains("rubygems.") => PublishKind::OtherIndex,
        _ => PublishKind::Production,
    }
}

fn nuget_source(rest: &[&str]) -> PublishKind {
    match option(rest, &["--source", "-s", "-Source"]) {
        Some(source) if !source.contains("nuget.") && !source.contains('$') => PublishKind::OtherIndex,
        _ => PublishKind::Production,
    }
}

/// The value of the first of these options, as `--name value` or `--name=value`.
pub fn option(words: &[&str], names: &[&str]) -> Option<String> {
    words.iter().enumerate().find_map(|(at, word)| {
        names.iter().find_map(|name| {
            if word == name {
                return words.get(at + 1).map(|value| (*value).to_owned());
            }
            word.strip_prefix(name)?.strip_prefix('=').map(str::to_owned)
        })
    })
}

/// Words that are no options. Values of options count as words too, since each program has its own.
fn positional<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    words.iter().copied().filter(|word| !word.starts_with('-') && !word.starts_with('+'))
}

fn first_verb<'a>(rest: &'a [&'a str]) -> &'a str {
    positional(rest).next().unwrap_or_default()
}

fn has_any(words: &[&str], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(word))
}
