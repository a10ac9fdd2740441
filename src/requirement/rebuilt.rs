//! Whether Python packages are built again after they were attested or verified and before they are published: then
//! what is published is only equal to what was attested if building gives the same bytes twice.

use super::uploaded::{Uploaded, joined, normal, script_folder, uploaded};
use crate::fact::Facts;
use crate::fact::release::attestation::Site;
use crate::fact::release::{Publish, PublishKind, Registry, Scope, program_words, script};
use crate::fact::workflow::expand::{self, Placed};
use crate::fact::workflow::shell::{Command, Conditional};
use crate::fact::workflow::{Job, Text};

/// The words of a command that surely builds anew what a publish step uploads, after a step that attests or verifies.
pub fn rebuilt(facts: &Facts, publish: &Publish, site: &Site) -> Option<String> {
    if publish.registry != Registry::Pypi || publish.kind != PublishKind::Production {
        return None;
    }
    let (workflow, job) = (publish.workflow(&facts.workflows)?, publish.job(&facts.workflows)?);
    let files = facts.files.value()?;
    if let Some(words) = publish.command.as_ref().and_then(|command| builds_itself(&program_words(command))) {
        return Some(words);
    }
    let Some(Uploaded::Folder(folder)) = uploaded(facts, publish) else { return None };
    let same_job = (site.workflow, site.job) == (publish.workflow, publish.job);
    let steps = expand::steps(&facts.workflows, workflow, job);
    let first = if same_job { site.order } else { 0 };
    let between = steps.iter().enumerate().take(publish.order + 1).skip(first);
    between.filter(|(_, placed)| runs_too(job, publish, placed)).find_map(|(order, placed)| {
        let scope = Scope { workflow, job, step: &placed.step };
        let place = script_folder(workflow, job, &placed.step, placed.file)?;
        let after = |command: &Command| !same_job || order > site.order || command.span.start > site.span.start;
        let before = |command: &Command| order < publish.order || command.span.start < publish.file_span.start;
        script::commands(files, &scope, placed.file)
            .iter()
            .filter(|command| command.conditional != Conditional::Test && after(command) && before(command))
            .find_map(|command| {
                let (words, out) = builds(command)?;
                (joined(&place, &out) == folder).then_some(words)
            })
    })
}

/// Whether a step may build, and runs whenever the publish step does: without a condition, or with the same.
fn runs_too(job: &Job, publish: &Publish, placed: &Placed<'_>) -> bool {
    let may_build = |run: &Text| run.value.contains("build") || run.value.contains("setup.py");
    let condition = |number: usize| job.step(number)?.condition.as_ref().map(Text::trimmed);
    let (own, others) = (condition(placed.number), publish.step.and_then(condition));
    let plain = placed.inner.is_empty() && (own.is_none() || own == others);
    plain && placed.step.run.as_ref().is_some_and(may_build)
}

/// The words of an uploader that builds what it uploads.
fn builds_itself(words: &[&str]) -> Option<String> {
    let has = |option: &str| words.contains(&option);
    let builds = match words {
        ["flit" | "maturin", "publish", ..] => true,
        ["pdm", "publish", ..] => !has("--no-build"),
        ["poetry", "publish", ..] => has("--build"),
        _ => false,
    };
    builds.then(|| words.iter().take(2).copied().collect::<Vec<_>>().join(" "))
}

/// The words of a command that builds packages, and the folder that it puts them in.
fn builds(command: &Command) -> Option<(String, String)> {
    let words = program_words(command);
    let shown = match words.as_slice() {
        // A program of that name may build anything; the module of Python is started by something.
        ["build", ..] if command.program() != "build" => "build",
        ["pyproject-build", ..] => "pyproject-build",
        ["uv" | "hatch" | "poetry" | "pdm" | "flit" | "rye", "build", ..] => words.first()?,
        [_, "setup.py", rest @ ..] if rest.iter().any(|word| matches!(*word, "sdist" | "bdist_wheel")) => "setup.py",
        _ => return None,
    };
    if words.iter().any(|word| matches!(*word, "--help" | "-h" | "--version")) {
        return None;
    }
    let options = ["--outdir", "--out-dir", "--dist-dir", "--dest", "--output", "-o", "-d"];
    let out = words.iter().enumerate().find_map(|(at, word)| match word.split_once('=') {
        Some((name, value)) if options.contains(&name) => Some(value),
        None if options.contains(word) => words.get(at + 1).copied(),
        _ => None,
    });
    Some((shown.to_owned(), out.map_or_else(|| "dist".to_owned(), normal)))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::super::trial::Trial;

    /// What is said of a job that attests and then runs a script before it publishes.
    fn attested_before(script: &str) -> Verdict {
        Trial::workflow(&format!(
            "on: workflow_dispatch\njobs:\n  p:\n    permissions: {{id-token: write, attestations: write}}\n    steps:\n      - uses: actions/attest@v4\n        with: {{subject-path: dist/*}}\n{script}      - uses: pypa/gh-action-pypi-publish@v1\n"
        ))
        .verdict("R10")
    }

    #[test]
    fn building_again_after_attesting_is_seen() {
        for script in [
            "python -m build",
            "pipx run build --sdist",
            "uv build",
            "hatch build",
            "python setup.py sdist bdist_wheel",
            "uvx --from build pyproject-build --outdir dist",
            "python -m build -o ./dist/",
        ] {
            assert_eq!(attested_before(&format!("      - run: {script}\n")), Verdict::Unknown, "{script}");
        }
    }

    #[test]
    fn the_condition_of_the_publish_step_is_none_of_its_own() {
        let text = "on: {push: {tags: ['v*']}}\njobs:\n  p:\n    permissions: {id-token: write, attestations: write}\n    steps:\n      - uses: actions/attest@v4\n        with: {subject-path: dist/*}\n      - run: python -m build\n        if: github.ref_type == 'tag'\n      - uses: pypa/gh-action-pypi-publish@v1\n        if: github.ref_type == 'tag'\n";
        assert_eq!(Trial::workflow(text).verdict("R10"), Verdict::Unknown);
        assert_eq!(Trial::workflow(&text.replacen("'tag'", "'branch'", 1)).verdict("R10"), Verdict::Pass);
    }

    #[test]
    fn building_something_else_or_only_perhaps_changes_nothing() {
        for script in [
            "      - run: python -m build --outdir other\n",
            "      - run: build docs\n",
            "      - run: uv build --help\n",
            "      - run: python -m build\n        working-directory: plugin\n",
            "      - run: python -m build\n        if: github.event_name == 'push'\n",
            "      - run: if [ -n \"$AGAIN\" ]; then python -m build; fi\n",
            "      - run: python setup.py --version\n",
        ] {
            assert_eq!(attested_before(script), Verdict::Pass, "{script}");
        }
    }
}
