//! Which files a publish step uploads, as far as its inputs or its words say so, and whether a pattern covers them.

use crate::fact::Facts;
use crate::fact::release::{Publish, Scope, script};
use crate::fact::workflow::shell::{Command, Conditional};
use crate::fact::workflow::{Job, Step, Text, Workflow};
use crate::text::Span;

/// What is uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// Files of a folder.
    Folder(String),
    /// One file.
    File(String),
}

impl Uploaded {
    /// The folder, or that of the file.
    pub fn folder(&self) -> String {
        match self {
            Self::Folder(folder) => folder.clone(),
            Self::File(file) => static_folder(file),
        }
    }
}

/// Options with a value of the programs that upload.
const WITH_VALUE: &[&str] = &[
    "-r",
    "--repository",
    "--repository-url",
    "-u",
    "--username",
    "-p",
    "--password",
    "-c",
    "--comment",
    "--config-file",
    "--cert",
    "--client-cert",
    "-i",
    "--identity",
    "--sign-with",
    "--index",
    "--publish-url",
    "--check-url",
    "-t",
    "--token",
    "--trusted-publishing",
    "--keyring-provider",
    "--title",
    "-n",
    "--notes",
    "-F",
    "--notes-file",
    "--target",
    "-R",
    "--repo",
];

/// What a publish step uploads, from the root of the checkout, where its inputs or words say so.
pub fn uploaded(facts: &Facts, publish: &Publish) -> Option<Uploaded> {
    let step = publish.acting.as_ref()?;
    if publish.found_by.contains("gh-action-pypi-publish") {
        let input = ["packages-dir", "packages_dir"].iter().find_map(|name| step.with.get(name));
        let folder = input.map_or("dist", |text| text.trimmed());
        return (!folder.contains("${{")).then(|| Uploaded::Folder(normal(folder)));
    }
    let words = publish.command.as_ref()?.args();
    let files = files(&words, &["upload", "publish", "create"]);
    let named = match (publish.found_by.as_str(), files.as_slice()) {
        ("uv publish" | "hatch publish" | "pdm publish" | "poetry publish" | "flit publish", []) => {
            Some(Uploaded::Folder("dist".to_owned()))
        }
        // The first word after `gh release create` is the tag.
        ("twine upload" | "uv publish", files) | ("gh release", [_, files @ ..]) => together(files),
        _ => None,
    }?;
    let (workflow, job) = (publish.workflow(&facts.workflows)?, publish.job(&facts.workflows)?);
    let folder = command_folder(facts, &Scope { workflow, job, step }, &publish.file, publish.file_span)?;
    Some(match named {
        Uploaded::Folder(name) => Uploaded::Folder(joined(&folder, &name)),
        Uploaded::File(name) => Uploaded::File(joined(&folder, &name)),
    })
}

/// The folder that the script of a step in a file runs in; none where that is decided in the run. What a job or a
/// workflow says for its scripts does not reach those of local actions.
pub fn script_folder(workflow: &Workflow, job: &Job, step: &Step, file: &str) -> Option<String> {
    let own = file == workflow.path;
    let folder = if own { step.directory(workflow, job) } else { step.working_directory.as_ref().map(Text::trimmed) };
    let folder = folder.unwrap_or_default();
    let folder = folder.strip_prefix("${{ github.workspace }}").map_or(folder, |rest| rest.trim_start_matches('/'));
    (!folder.contains('$')).then(|| normal(folder))
}

/// The folder that a command of a script runs in; none where that cannot be told.
pub fn command_folder(facts: &Facts, scope: &Scope<'_>, file: &str, command: Span) -> Option<String> {
    let folder = script_folder(scope.workflow, scope.job, scope.step, file)?;
    let Some(run) = scope.step.run.as_ref().filter(|run| MOVERS.iter().any(|name| run.value.contains(name))) else {
        return Some(folder);
    };
    let commands = script::commands(facts.files.value()?, scope, file);
    let is_mover = |command: &&Command| MOVERS.iter().any(|name| command.program().eq_ignore_ascii_case(name));
    let mut moves = commands.iter().filter(|other| other.span.start < command.start).filter(is_mover);
    // What is done in parentheses is undone behind them.
    let plain = !run.value.contains('(');
    moves.try_fold(folder, |folder, command| match command.words.as_slice() {
        [cd, to] if plain && cd.value == "cd" && command.conditional != Conditional::Test => {
            (!to.expands && !to.glob && !to.value.starts_with(['-', '~'])).then(|| joined(&folder, &to.value))
        }
        _ => None,
    })
}

/// Commands after which a script is in another folder.
const MOVERS: [&str; 5] = ["cd", "pushd", "popd", "chdir", "Set-Location"];

/// A path in a folder, from the root of the checkout.
pub fn joined(folder: &str, path: &str) -> String {
    let (mut folder, mut path) = (folder, path.trim());
    if folder.is_empty() || path.starts_with(['/', '~', '$']) {
        return normal(path);
    }
    while let Some(above) = path.strip_prefix("../").filter(|_| !folder.is_empty()) {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        path = above;
    }
    if folder.is_empty() { normal(path) } else { normal(&format!("{folder}/{}", normal(path))) }
}

/// The words after the verb that are neither options nor their values.
fn files<'a>(words: &[&'a str], verbs: &[&str]) -> Vec<&'a str> {
    let verb = words.iter().position(|word| verbs.contains(word)).map_or(words.len(), |at| at + 1);
    let mut files = Vec::new();
    let mut rest = words.iter().skip(verb);
    while let Some(word) = rest.next() {
        if WITH_VALUE.contains(word) {
            rest.next();
        } else if !word.starts_with('-') {
            files.push(*word);
        }
    }
    files
}

/// Several words as one upload, where they lie in the same folder.
fn together(files: &[&str]) -> Option<Uploaded> {
    let (first, rest) = files.split_first()?;
    if files.iter().any(|file| file.starts_with('$') || file.contains("${{") && !file.contains('/')) {
        return None;
    }
    let folder = static_folder(first);
    let is_file = rest.is_empty() && !is_pattern(first) && *first != folder;
    if is_file {
        return Some(Uploaded::File(normal(first)));
    }
    rest.iter().all(|file| static_folder(file) == folder).then_some(Uploaded::Folder(folder))
}

/// Whether a pattern of files reaches into the folder that is uploaded from.
pub fn covers(pattern: &str, folder: &str) -> bool {
    let attested = static_folder(pattern);
    let within = attested.is_empty() || folder == attested || folder.starts_with(&format!("{attested}/"));
    within && may_reach(&normal(pattern), folder)
}

/// Whether the part of a pattern before its first wildcard lets it reach into a folder: `out-*/x` never reaches `dist`.
fn may_reach(pattern: &str, folder: &str) -> bool {
    let Some(sure) = pattern.find(WILD).and_then(|at| pattern.get(..at)).filter(|_| !folder.is_empty()) else {
        return true;
    };
    let inside = format!("{folder}/");
    sure.starts_with(&inside) || inside.starts_with(sure)
}

/// What begins a part of a path that is not written out.
const WILD: [char; 5] = ['*', '?', '[', '{', '$'];

fn is_pattern(path: &str) -> bool {
    path.contains(WILD)
}

/// The part of a path before its first pattern, as a folder. A plain path names a file where its last part has an
/// ending, else a folder.
pub fn static_folder(pattern: &str) -> String {
    let pattern = normal(pattern);
    let folder = |path: &str| normal(path.rsplit_once('/').map_or("", |(folder, _)| folder));
    match pattern.find(WILD) {
        Some(at) => folder(pattern.get(..at).unwrap_or_default()),
        None if pattern.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.')) => {
            folder(&pattern)
        }
        None => pattern,
    }
}

/// A path without `./` before it, blanks around it and a slash after it.
pub fn normal(path: &str) -> String {
    let path = path.trim().trim_start_matches("./").trim_end_matches('/');
    if path == "." { String::new() } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::super::trial::Trial;
    use super::*;

    #[test]
    fn attested_patterns_are_compared_with_the_uploaded_folder() {
        for (pattern, folder) in [
            ("dist/*", "dist"),
            ("./dist/pkg-*.whl", "dist"),
            ("dist/", "dist"),
            ("dist", "dist"),
            ("**/*.whl", "dist"),
            ("dist/**", "dist/sub"),
            ("dist/a-1.0.tar.gz", "dist"),
            ("dist/a.zip", "dist"),
            ("built-packages/*", "built-packages"),
            ("dist*/x", "dist"),
            ("pkg-*.whl", ""),
        ] {
            assert!(covers(pattern, folder), "{pattern} {folder}");
        }
        for (pattern, folder) in [
            ("build/*", "dist"),
            ("wheels/x-*.whl", "dist"),
            ("distribution/*", "dist"),
            ("dist/docs/*", "dist"),
            ("../dist/*", "dist"),
            ("out-*/*", "dist"),
            ("dist/*", ""),
        ] {
            assert!(!covers(pattern, folder), "{pattern} {folder}");
        }
    }

    #[test]
    fn paths_of_a_script_are_taken_from_its_folder() {
        for (folder, path, whole) in [
            ("", "./dist", "dist"),
            ("python", "dist/", "python/dist"),
            ("python", "../dist/*", "dist/*"),
            ("a/b", "../dist", "a/dist"),
            ("python", "/tmp/dist", "/tmp/dist"),
            ("python", "$DIST/x", "$DIST/x"),
        ] {
            assert_eq!(joined(folder, path), whole, "{folder} {path}");
        }
    }

    #[test]
    fn a_script_is_followed_into_the_folder_it_goes_to() {
        let attested = |path: &str, script: &str| {
            let text = format!(
                "on: workflow_dispatch\njobs:\n  p:\n    permissions: {{id-token: write, attestations: write}}\n    steps:\n      - uses: actions/attest@v4\n        with: {{subject-path: '{path}'}}\n      - run: |\n          {script}\n"
            );
            Trial::workflow(&text).verdict("R10")
        };
        for script in ["cd python\n          uv publish", "cd ./a && cd ../python && uv publish"] {
            assert_eq!(attested("python/dist/*", script), Verdict::Pass, "{script}");
            assert_eq!(attested("dist/*", script), Verdict::Warn, "{script}");
        }
        // Where it goes cannot be told, or it comes back.
        for script in
            ["cd \"$WHERE\" && uv publish", "(cd docs && make)\n          uv publish", "pushd x\n          uv publish"]
        {
            assert_eq!(attested("dist/*", script), Verdict::Pass, "{script}");
        }
    }

    #[test]
    fn words_of_uploaders_tell_the_folder_or_the_file() {
        let of = |line: &str| together(&files(&line.split(' ').collect::<Vec<_>>(), &["upload", "publish"]));
        let folder = |name: &str| Some(Uploaded::Folder(name.to_owned()));
        assert_eq!(of("twine upload dist/*"), folder("dist"));
        assert_eq!(of("twine upload --skip-existing dist/* -r pypi"), folder("dist"));
        assert_eq!(of("twine upload -u __token__ wheels/a.whl wheels/b.whl"), folder("wheels"));
        assert_eq!(of("twine upload dist/x-1.0.tar.gz"), Some(Uploaded::File("dist/x-1.0.tar.gz".into())));
        for unseen in ["twine upload $FILES", "twine upload dist/* wheels/*", "uv publish ${{ inputs.files }}"] {
            assert_eq!(of(unseen), None, "{unseen}");
        }
    }
}
