//! The programs that publish: what a command of a script uploads, and where to.

use super::index::{self, by_address, by_name};
use super::{Aim, PublishKind, Registry, Scope};
use crate::fact::workflow::Text;
use crate::fact::workflow::shell::Command;
use crate::text::Span;

/// What a command publishes, with the words that tell.
pub fn recognise(command: &Command, scope: &Scope<'_>) -> Option<(Registry, Aim, String)> {
    recognise_words(&program_words(command), command, scope)
}

/// The same for the words of a program that the command runs.
pub fn recognise_words(words: &[&str], command: &Command, scope: &Scope<'_>) -> Option<(Registry, Aim, String)> {
    let (program, rest) = words.split_first()?;
    if has_any(rest, &["--help", "-h", "--version"]) {
        return None;
    }
    let words = Words { rest, span: command.span };
    let found = by_program(program, &words, |name| scope.text_of(command, name))?;
    unless_rehearsed(found, &words, |name| scope.text_of(command, name))
}

/// A word that an expression or a variable completes may ask for a rehearsal; where it does not, it is a release.
fn unless_rehearsed(
    (registry, aim, by): (Registry, Aim, String),
    words: &Words<'_>,
    env: impl Fn(&str) -> Option<Text>,
) -> Option<(Registry, Aim, String)> {
    let real = |value: &str| {
        let dry = is_dry(&value.split_whitespace().collect::<Vec<_>>());
        (!dry).then_some(PublishKind::Production)
    };
    let completed = |word: &&str| {
        let name = word.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| word.strip_prefix('$'));
        match name.filter(|_| !word.starts_with("${{")) {
            Some(name) => env(name),
            None => word.starts_with("${{").then(|| Text::within(*word, words.span)),
        }
    };
    let dry = words.rest.iter().filter_map(completed).filter(|text| text.value.contains("--dry-run"));
    let mut aims = dry.map(|text| Aim::read(&text, PublishKind::Production, real));
    let aim = aims.try_fold(aim, |aim, asked| Some(asked?.and(aim)))?;
    Some((registry, aim, by))
}

/// The words after a program, and where the command stands.
pub struct Words<'a> {
    /// The words.
    pub rest: &'a [&'a str],
    /// Where they stand.
    pub span: Span,
}

impl Words<'_> {
    /// The value of the last of these options: it is the one that counts.
    fn option(&self, names: &[&str]) -> Option<Text> {
        last_option(self.rest, names).map(|value| Text::within(value, self.span))
    }
}

/// The words of a command with launchers such as `python -m`, `uv run` or `npx` removed.
pub fn program_words(command: &Command) -> Vec<&str> {
    let mut words = command.args();
    if let Some(first) = words.first_mut() {
        *first = command.program();
    }
    without_launchers(words)
}

/// The words of a program with its launchers removed.
pub fn without_launchers(mut words: Vec<&str>) -> Vec<&str> {
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
    let program = words.first().copied().unwrap_or_default();
    // Options of the launcher itself may come before what it is told to do (`uv --directory x run`).
    let verb_at = words.get(1..).and_then(|rest| verb_position(program, rest)).map_or(1, |position| position + 1);
    let at = |position: usize| match position {
        0 => program,
        position => words.get(verb_at + position - 1).copied().unwrap_or_default(),
    };
    let after = |skip: usize, with_value: &[&str]| {
        let skip = if skip > 1 { skip + verb_at - 1 } else { skip };
        let start = skip + skip_options(words.get(skip..).unwrap_or_default(), with_value);
        (start < words.len()).then_some(start)
    };
    match at(0) {
        program if is_python(program) => {
            // Flags may stand together (`-Im`), and what follows a script is its own.
            let flags = skip_options(words.get(1..).unwrap_or_default(), &["-W", "-X"]);
            let module = |word: &&str| !word.starts_with("--") && word.ends_with('m');
            let flag = words.iter().skip(1).take(flags).position(module);
            flag.map(|at| at + 2).filter(|module| *module < words.len())
        }
        "uv" if at(1) == "run" => {
            after(2, &["--with", "--extra", "--group", "-p", "--python", "--project", "--package", "--from"])
        }
        "uv" if at(1) == "tool" && at(2) == "run" => after(3, &["--with", "--from", "-p", "--python"]),
        "uvx" => after(1, &["--with", "--from", "-p", "--python"]),
        "pipx" if at(1) == "run" => after(2, &["--spec", "--pip-args", "--python"]),
        "pdm" | "poetry" | "rye" | "pixi" | "pipenv" | "hatch" if at(1) == "run" => after(2, &["-e", "--environment"]),
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

fn by_program(program: &str, words: &Words<'_>, env: impl Fn(&str) -> Option<Text>) -> Option<(Registry, Aim, String)> {
    let rest = words.rest;
    let verb = first_verb(program, rest);
    let shown = |words: &str| format!("{program} {words}").trim_end().to_owned();
    let python = |name, url, verb: &str| Some((Registry::Pypi, python_index(words, &env, name, url), shown(verb)));
    let aside = |registry, kind: PublishKind, verb: &str| Some((registry, kind.into(), shown(verb)));
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
        ("anaconda", _) if has_any(rest, &["upload"]) => aside(Registry::Conda, PublishKind::Nightly, "upload"),
        ("rattler-build", "publish" | "upload") => aside(Registry::Conda, PublishKind::Nightly, verb),
        ("docker" | "podman" | "buildah", "push") => aside(Registry::Container, PublishKind::OtherIndex, "push"),
        ("docker", "buildx" | "build") if has_any(rest, &["--push"]) => {
            aside(Registry::Container, PublishKind::OtherIndex, "build --push")
        }
        ("ko", "build" | "publish" | "apply") => aside(Registry::Container, PublishKind::OtherIndex, verb),
        _ => {
            let named = if has_any(rest, &["publish"]) { "publish" } else { verb };
            packages(program, verb, words).map(|(registry, aim)| (registry, aim, shown(named)))
        }
    }
}

/// Whether a program is one of those whose verbs are known here.
pub fn is_publisher(program: &str) -> bool {
    const OTHERS: &[&str] =
        &["twine", "maturin", "anaconda", "buildah", "ko", "release-plz", "cargo-release", "changeset"];
    const MORE: &[&str] = &[
        "nx",
        "semantic-release",
        "np",
        "nuget",
        "dotnet",
        "jreleaser",
        "ghr",
        "rattler-build",
        "lerna",
        "npx",
        "uvx",
    ];
    let known = GLOBALS.iter().any(|(programs, _)| programs.contains(&program));
    known || OTHERS.contains(&program) || MORE.contains(&program)
}

/// Programs for other registries and for release pages.
fn packages(program: &str, verb: &str, words: &Words<'_>) -> Option<(Registry, Aim)> {
    let rest = words.rest;
    let dry = is_dry(rest);
    let page = |acts: bool| acts.then(|| (Registry::GithubRelease, PublishKind::GithubRelease.into()));
    match program {
        "cargo" | "release-plz" | "cargo-release" => cargo(program, verb, words).map(|aim| (Registry::Crates, aim)),
        "npm" | "pnpm" | "yarn" | "bun" | "lerna" | "changeset" | "nx" | "semantic-release" | "np" => {
            javascript(program, verb, words).filter(|_| !dry)
        }
        "gem" if verb == "push" => Some((Registry::Gem, index::host(words.option(&["--host"]).as_ref()))),
        // It may be given several tasks.
        "rake" if positional(rest).any(|task| task == "release") => {
            Some((Registry::Gem, PublishKind::Production.into()))
        }
        "nuget" if verb == "push" => Some((Registry::Nuget, nuget(words))),
        "dotnet" if verb == "nuget" && has_any(rest, &["push"]) => Some((Registry::Nuget, nuget(words))),
        "gh" if verb == "api" => {
            let posts =
                has_any(rest, &["POST", "--method=POST", "-XPOST", "-f", "-F", "--field", "--raw-field", "--input"]);
            let releases = rest.iter().any(|word| word.ends_with("/releases"));
            page(posts && releases && !has_any(rest, &["GET"]))
        }
        "gh" if verb == "release" => page(has_any(rest, &["create", "upload", "edit"])),
        "goreleaser" => goreleaser(rest).map(|kind| (Registry::GithubRelease, kind.into())),
        "jreleaser" => page(matches!(verb, "release" | "full-release") && !dry),
        "ghr" => page(true),
        "hub" => page(verb == "release"),
        _ => None,
    }
}

fn cargo(program: &str, verb: &str, words: &Words<'_>) -> Option<Aim> {
    let rest = words.rest;
    let dry = has_any(rest, &["--dry-run", "-n"]);
    let publishes = match (program, verb) {
        ("cargo", "publish") | ("release-plz", "release") => !dry,
        ("cargo", "release" | "smart-release") | ("cargo-release", _) => has_any(rest, &["--execute", "-x"]),
        ("cargo", "workspaces" | "ws") => has_any(rest, &["publish"]) && !dry,
        _ => false,
    };
    publishes.then(|| index::host(words.option(&["--registry", "--index"]).as_ref()))
}

fn javascript(program: &str, verb: &str, words: &Words<'_>) -> Option<(Registry, Aim)> {
    let rest = words.rest;
    let publishes = match program {
        // `pnpm -r publish`, `yarn npm publish` and `yarn workspaces foreach npm publish` put words before the verb.
        // A program of the project may come before the verb too (`pnpm pkg-pr-new publish`): previews are no releases.
        "npm" | "pnpm" | "bun" | "yarn" => {
            let previews = rest.contains(&"pkg-pr-new");
            positional(rest).any(|word| word == "publish") && !previews && !runs_script(program, rest)
        }
        "lerna" | "changeset" => verb == "publish",
        "nx" => rest.windows(2).any(|pair| pair == ["release", "publish"]),
        // The Python tool of that name has these verbs and uploads to the release page only.
        "semantic-release" if matches!(verb, "version" | "publish") => {
            return Some((Registry::GithubRelease, PublishKind::GithubRelease.into()));
        }
        "semantic-release" if PREPARES.contains(&verb) => false,
        "semantic-release" | "np" => true,
        _ => false,
    };
    publishes.then(|| (Registry::Npm, index::npm(words.option(&["--registry"]).as_ref())))
}

/// Verbs of the Python tool `semantic-release` that publish nothing.
const PREPARES: &[&str] = &["changelog", "generate-config", "print-version", "help"];

/// Whether a package manager is asked to run a script of the project.
pub fn runs_script(program: &str, rest: &[&str]) -> bool {
    matches!(first_verb(program, rest), "run" | "run-script" | "exec" | "dlx" | "x")
}

/// What goreleaser does with these words.
pub fn goreleaser(words: &[&str]) -> Option<PublishKind> {
    let held_back = has_any(words, &["--snapshot", "--skip-publish", "--skip=publish"])
        || words.iter().any(|word| word.starts_with("--skip=") && word.contains("publish"));
    let verb = first_verb("goreleaser", words);
    let releases = matches!(verb, "" | "release" | "r" | "publish" | "continue");
    let kind = if has_any(words, &["--nightly"]) { PublishKind::Nightly } else { PublishKind::GithubRelease };
    (releases && !held_back).then_some(kind)
}

/// Which index a Python uploader is pointed at, by its options, else by its variables.
pub fn python_index(words: &Words<'_>, env: impl Fn(&str) -> Option<Text>, name: &str, url: &str) -> Aim {
    let by_option = words.option(&["--repository-url", "--publish-url"]).map(|text| by_address(&text));
    let by_option =
        by_option.or_else(|| words.option(&["-r", "--repository", "--repo", "--index"]).map(|text| by_name(&text)));
    let by_url_variable = || env(url).map(|text| if url == name { by_name(&text) } else { by_address(&text) });
    by_option
        .or_else(by_url_variable)
        .or_else(|| env(name).map(|text| by_name(&text)))
        .unwrap_or(PublishKind::Production.into())
}

fn nuget(words: &Words<'_>) -> Aim {
    index::gallery(words.option(&["--source", "-s", "-Source"]).as_ref())
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

/// The value of the last of these options, in the same ways.
pub fn last_option(words: &[&str], names: &[&str]) -> Option<String> {
    (0..words.len()).rev().find_map(|at| {
        let word = words.get(at)?;
        let after = words.get(at + 1).copied().filter(|_| names.contains(word));
        let within = names.iter().find_map(|name| word.strip_prefix(name)?.strip_prefix('='));
        after.or(within).map(str::to_owned)
    })
}

/// Words that are no options. Values of options count as words too, since each program has its own.
fn positional<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    words.iter().copied().filter(|word| !word.starts_with('-') && !word.starts_with('+'))
}

/// The options before the verb that take a value, of the tools that have any.
const GLOBALS: &[(&[&str], &[&str])] = &[
    (
        &["uv"],
        &[
            "--directory",
            "--project",
            "--color",
            "--config-file",
            "--cache-dir",
            "--python-preference",
            "--allow-insecure-host",
            "--trusted-host",
            "--preview-features",
        ],
    ),
    (&["poetry"], &["-C", "--directory", "-P", "--project"]),
    (&["hatch"], &["-e", "--env", "-p", "--project", "--data-dir", "--cache-dir", "--config"]),
    (&["pdm"], &["-c", "--config", "-p", "--project"]),
    (&["flit"], &["-f", "--ini-path", "--repository", "--pypirc"]),
    (&["rattler-build"], &["--log-style", "--color", "--config-file"]),
    (&["cargo"], &["--color", "-C", "-Z", "--config"]),
    (&["gem"], &["-C", "--config-file"]),
    (&["rake"], &["-f", "--rakefile", "-C", "--directory", "-R", "--rakelibdir", "-r", "--require", "-I", "--libdir"]),
    (&["bundle"], &["-r", "--retry"]),
    (&["mise"], &["-C", "--cd", "-E", "--env", "-j", "--jobs"]),
    (&["docker", "podman"], &["--config", "-c", "--context", "-H", "--host", "-l", "--log-level"]),
    (&["gh"], &["-R", "--repo"]),
    (&["hub"], &["-C", "-c"]),
    (&["goreleaser"], &["-f", "--config", "-p", "--parallelism", "--timeout", "--release-notes", "-k", "--key"]),
    (
        &["npm"],
        &["--prefix", "-C", "-w", "--workspace", "--registry", "--userconfig", "--loglevel", "--tag", "--access"],
    ),
    (&["pnpm"], &["-C", "--dir", "-F", "--filter", "--filter-prod", "--loglevel", "--reporter", "--registry"]),
    (
        &["yarn"],
        &["--cwd", "--registry", "--cache-folder", "--modules-folder", "--use-yarnrc", "--mutex", "--network-timeout"],
    ),
    (&["bun"], &["--cwd", "--filter", "-F", "--registry"]),
    (&["lerna"], &["--loglevel", "--concurrency"]),
];

/// Verbs that publish, in one tool or another.
pub const PUBLISHES: &[&str] = &["publish", "upload", "push", "release"];

/// Verbs that do something else. A word after an option that is not known may be its value, but not one of these.
const DOES_OTHER: &[&str] = &[
    "add",
    "audit",
    "bench",
    "build",
    "check",
    "ci",
    "clean",
    "config",
    "create",
    "dlx",
    "doc",
    "env",
    "exec",
    "export",
    "fmt",
    "help",
    "info",
    "init",
    "install",
    "list",
    "lock",
    "login",
    "new",
    "pack",
    "package",
    "pip",
    "python",
    "remove",
    "run",
    "run-script",
    "self",
    "shell",
    "show",
    "sync",
    "test",
    "tool",
    "update",
    "venv",
    "version",
    "view",
];

/// Where the verb stands among the words after a program. What options take as a value is none.
fn verb_position(program: &str, rest: &[&str]) -> Option<usize> {
    let row = GLOBALS.iter().find(|(programs, _)| programs.contains(&program));
    let valued = row.map_or(&[][..], |(_, options)| *options);
    let (mut at, mut after_unknown) = (0, false);
    while let Some(option) = rest.get(at).filter(|word| word.starts_with(['-', '+'])) {
        let takes_value = valued.contains(option);
        after_unknown = !takes_value && option.starts_with('-') && !option.contains('=');
        at += if takes_value { 2 } else { 1 };
    }
    let word = rest.get(at)?;
    if !after_unknown || PUBLISHES.contains(word) || DOES_OTHER.contains(word) {
        return Some(at);
    }
    // It may be the value of an option that is not known here; the verb is the next word then.
    let next = at + 1;
    let is_verb = rest.get(next).is_some_and(|word| PUBLISHES.contains(word) || DOES_OTHER.contains(word));
    Some(if is_verb { next } else { at })
}

fn first_verb<'a>(program: &str, rest: &'a [&'a str]) -> &'a str {
    verb_position(program, rest).and_then(|at| rest.get(at)).copied().unwrap_or_default()
}

/// Whether a rehearsal is asked for. The option may be turned off by the next word.
fn is_dry(words: &[&str]) -> bool {
    let at = words.iter().position(|word| *word == "--dry-run");
    at.is_some_and(|at| words.get(at + 1).is_none_or(|next| *next != "false"))
}

fn has_any(words: &[&str], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(word))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::script;
    use super::*;
    use crate::fact::files::FileSet;
    use crate::fact::workflow::WorkflowSet;

    /// What each command of a script publishes, by the words of the report.
    fn published(script: &str) -> Vec<String> {
        let text = format!("on: push\njobs:\n  a:\n    steps:\n      - run: |\n          {script}\n");
        let texts = [(".github/workflows/a.yml".to_owned(), Arc::from(text.as_str()))].into();
        let files = FileSet { texts, ..FileSet::default() };
        let set = WorkflowSet::read(&files, &mut Vec::new());
        let (workflow, job) = set.job((0, 0)).unwrap();
        let scope = Scope { workflow, job, step: &job.steps()[0] };
        let found = script::commands(&files, &scope, &workflow.path);
        let seen = found.iter().filter_map(|command| recognise(command, &scope));
        seen.map(|(registry, aim, by)| format!("{} {}: {by}", registry.word(), aim.kind.word())).collect()
    }

    #[test]
    fn uploaders_to_python_indexes_are_known_however_they_are_started() {
        for (script, expected) in [
            ("twine upload dist/*", "pypi production: twine upload"),
            ("python -m twine upload --skip-existing dist/*", "pypi production: twine upload"),
            ("python3.12 -Im twine upload dist/*", "pypi production: twine upload"),
            ("python -W ignore -m twine upload dist/*", "pypi production: twine upload"),
            ("pipx run --spec twine==6.1 twine upload dist/*", "pypi production: twine upload"),
            ("uvx twine@latest upload dist/*", "pypi production: twine upload"),
            ("uv run --with twine twine upload dist/*", "pypi production: twine upload"),
            ("hatch run twine upload dist/*", "pypi production: twine upload"),
            ("twine upload -r testpypi dist/*", "pypi test: twine upload"),
            ("TWINE_REPOSITORY=testpypi twine upload dist/*", "pypi test: twine upload"),
            ("twine upload --repository-url https://pkgs.example/ dist/*", "pypi other-index: twine upload"),
            ("uv publish", "pypi production: uv publish"),
            ("uv publish --index testpypi", "pypi test: uv publish"),
            ("twine upload -r ${{ inputs.x && 'testpypi' || 'pypi' }} dist/*", "pypi production: twine upload"),
            ("twine upload -r \"$TEST_OR_NOT\" dist/*", "pypi production: twine upload"),
            ("hatch publish --repo test", "pypi test: hatch publish"),
            ("pdm publish", "pypi production: pdm publish"),
            ("poetry publish --build", "pypi production: poetry publish"),
            ("flit publish", "pypi production: flit publish"),
            ("maturin upload wheels/*", "pypi production: maturin upload"),
            ("rye publish", "pypi production: rye publish"),
            ("python setup.py sdist upload", "pypi production: python setup.py upload"),
        ] {
            assert_eq!(published(script), [expected], "{script}");
        }
    }

    #[test]
    fn uploaders_to_other_registries_are_known() {
        for (script, expected) in [
            ("cargo publish -p core", "crates production: cargo publish"),
            ("cargo +nightly publish", "crates production: cargo publish"),
            ("cargo release --execute", "crates production: cargo release"),
            ("release-plz release", "crates production: release-plz release"),
            ("cargo publish --registry internal", "crates other-index: cargo publish"),
            ("npm publish --provenance", "npm production: npm publish"),
            ("pnpm -r publish --no-git-checks", "npm production: pnpm publish"),
            ("pnpm --filter core publish", "npm production: pnpm publish"),
            ("yarn publish --access public", "npm production: yarn publish"),
            ("yarn npm publish", "npm production: yarn publish"),
            ("bunx npm publish", "npm production: npm publish"),
            ("npx changeset publish", "npm production: changeset publish"),
            ("npx semantic-release", "npm production: semantic-release"),
            ("semantic-release version", "github-release github-release: semantic-release version"),
            ("gem push pkg/x.gem", "gem production: gem push"),
            ("bundle exec gem push pkg/x.gem", "gem production: gem push"),
            ("dotnet nuget push x.nupkg --source nuget.org", "nuget production: dotnet nuget"),
            ("anaconda -t x upload dist/*", "conda nightly: anaconda upload"),
            ("docker push x", "container other-index: docker push"),
            ("gh release create v1 dist/*", "github-release github-release: gh release"),
            ("gh api repos/o/r/releases -f tag_name=v1", "github-release github-release: gh api"),
            ("goreleaser release --clean", "github-release github-release: goreleaser release"),
            ("goreleaser release --clean --nightly", "github-release nightly: goreleaser release"),
            ("cargo publish --registry \"$REGISTRY\"", "crates production: cargo publish"),
            ("gem push --host https://rubygems.pkg.example/o x.gem", "gem other-index: gem push"),
        ] {
            assert_eq!(published(script), [expected], "{script}");
        }
    }

    #[test]
    fn options_before_the_verb_do_not_hide_it() {
        for (script, expected) in [
            ("uv --directory sub publish", "pypi production: uv publish"),
            ("uv --project x publish", "pypi production: uv publish"),
            ("uv --color x publish", "pypi production: uv publish"),
            ("uv --not-known x publish", "pypi production: uv publish"),
            ("uv --directory x run twine upload dist/*", "pypi production: twine upload"),
            ("uv --quiet run twine upload dist/*", "pypi production: twine upload"),
            ("poetry -C sub publish", "pypi production: poetry publish"),
            ("poetry --directory sub publish", "pypi production: poetry publish"),
            ("hatch -e x publish", "pypi production: hatch publish"),
            ("hatch -p x publish", "pypi production: hatch publish"),
            ("pdm -c f publish", "pypi production: pdm publish"),
            ("flit -f p.toml publish", "pypi production: flit publish"),
            ("twine --no-color upload dist/*", "pypi production: twine upload"),
            ("cargo --color always publish", "crates production: cargo publish"),
            ("cargo +nightly -C x publish", "crates production: cargo publish"),
            ("cargo -Z x publish", "crates production: cargo publish"),
            ("cargo --config x publish", "crates production: cargo publish"),
            ("gem -C sub push x.gem", "gem production: gem push"),
            ("docker --config x push y", "container other-index: docker push"),
            ("npm --prefix x publish", "npm production: npm publish"),
            ("npm publish --dry-run false", "npm production: npm publish"),
            ("pnpm -C x publish", "npm production: pnpm publish"),
            ("pnpm --filter x publish", "npm production: pnpm publish"),
            ("yarn --cwd x publish", "npm production: yarn publish"),
            ("bundle exec rake build release", "gem production: rake build"),
            ("goreleaser -f x.yml release", "github-release github-release: goreleaser release"),
            ("twine upload -r testpypi -r pypi dist/*", "pypi production: twine upload"),
        ] {
            assert_eq!(published(script), [expected], "{script}");
        }
    }

    #[test]
    fn what_looks_like_publishing_is_told_apart() {
        for script in [
            "echo publish",
            "uv run publish",
            "uv --quiet run publish",
            "uv --directory publish build",
            "uv --not-known run publish",
            "cargo --color always build publish",
            "poetry -C publish build",
            "npm --prefix sub run publish",
            "pnpm -C sub exec publish",
            "goreleaser -f x.yml build",
            "twine check dist/*",
            "twine upload --help",
            "echo twine upload dist/*",
            "python -m build",
            "python tools.py -m twine upload",
            "uv publish --dry-run",
            "poetry publish --dry-run",
            "cargo publish --dry-run",
            "cargo publish -n",
            "cargo package",
            "cargo release",
            "npm publish --dry-run",
            "npm pack",
            "npm run publish",
            "npx pkg-pr-new publish",
            "pnpm pkg-pr-new publish ./packages/*",
            "pnpm exec pkg-pr-new publish",
            "semantic-release changelog",
            "semantic-release print-version",
            "goreleaser build --snapshot",
            "goreleaser release --snapshot",
            "gh release view v1",
            "gh release download v1",
            "gh api repos/o/r/releases",
            "gh api repos/o/r/releases/latest -f x=y",
            "git push origin v1",
            "# twine upload dist/*",
        ] {
            assert!(published(script).is_empty(), "{script}: {:?}", published(script));
        }
    }
}
