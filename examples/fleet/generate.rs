//! Invented repositories: release workflows in many manners, with everything right, wrong, or half right.

use std::fs;
use std::io;
use std::path::Path;

/// A number that stands for a choice, the same each time for one repository.
struct Choices(u64);

impl Choices {
    /// The next number, below a limit.
    fn below(&mut self, limit: usize) -> usize {
        // The step of a well-known generator of numbers; its upper half is the better one.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    /// One of several.
    fn of(&mut self, several: &[&'static str]) -> &'static str {
        let chosen = self.below(several.len());
        several.get(chosen).copied().unwrap_or_default()
    }
}

/// The name of a repository.
pub fn name(index: usize) -> String {
    const WORDS: [&str; 8] = ["arrays", "solvers", "frames", "plots", "graphs", "signals", "meshes", "stats"];
    let word = WORDS.iter().cycle().nth(index % WORDS.len()).copied().unwrap_or_default();
    format!("{word}-{index:04}")
}

/// Writes a clone of one repository.
pub fn write(root: &Path, index: usize) -> io::Result<()> {
    for (path, text) in files(index) {
        let file = root.join(path);
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, text)?;
    }
    for folder in [".git/objects", ".git/refs/tags"] {
        fs::create_dir_all(root.join(folder))?;
    }
    Ok(())
}

/// The files of one repository: path and text.
fn files(index: usize) -> Vec<(String, String)> {
    let mut choices = Choices(index as u64 + 1);
    let name = name(index);
    let mut files = vec![
        (".git/HEAD".to_owned(), "ref: refs/heads/main\n".to_owned()),
        (".git/refs/heads/main".to_owned(), format!("{index:040x}\n")),
        (".git/config".to_owned(), format!("[remote \"origin\"]\n\turl = https://github.com/example/{name}.git\n")),
        ("pyproject.toml".to_owned(), format!("[project]\nname = \"{name}\"\nversion = \"1.0\"\n")),
        ("README.md".to_owned(), format!("# {name}\n\n{}\n", choices.of(BADGES))),
        (".github/workflows/release.yml".to_owned(), release(&mut choices)),
    ];
    for number in 0..=choices.below(4) {
        files.push((format!(".github/workflows/ci-{number}.yml"), tests(&mut choices, number)));
    }
    for (path, texts) in [(".github/dependabot.yml", DEPENDABOT), ("RELEASING.md", RELEASING)] {
        let text = choices.of(texts);
        if !text.is_empty() {
            files.push((path.to_owned(), text.to_owned()));
        }
    }
    files
}

const BADGES: &[&str] = &[
    "Fast and small.",
    "[![SPEC 8](https://img.shields.io/badge/SPEC-8-green)](https://scientific-python.org/specs/spec-0008/)",
];
const DEPENDABOT: &[&str] = &[
    "",
    "version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n    schedule: {interval: weekly}\n",
    "version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n    schedule: {interval: weekly}\n    \
     groups: {actions: {patterns: [\"*\"]}}\n    cooldown: {default-days: 7}\n",
];
const RELEASING: &[&str] = &[
    "",
    "# Releasing\n\n1. Update the changelog.\n2. Set the version.\n3. Start the release workflow.\n",
    "# Releasing\n\nOnly members of the release team may approve the environment `pypi`.\n\n1. Update the changelog.\n2. \
     Set the version.\n3. Start the release workflow and ask another maintainer to approve it.\n",
];
const TRIGGERS: &[&str] = &[
    "on: workflow_dispatch",
    "on:\n  push:\n    tags: [\"v*\"]",
    "on:\n  release:\n    types: [published]",
    "on: push",
    "on:\n  push:\n    branches: [main]\n    tags: [\"v*\"]\n  workflow_dispatch:",
];
const PERMISSIONS: &[&str] = &["permissions:\n  contents: read\n", "permissions: write-all\n", "permissions: {}\n", ""];
const CHECKOUTS: &[&str] = &[
    "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    "actions/checkout@v4",
    "actions/checkout@main",
];
const ENVIRONMENTS: &[&str] = &["    environment: pypi\n", "    environment:\n      name: release\n", ""];
const ATTESTS: &[&str] = &[
    "",
    "      - uses: actions/attest-build-provenance@e8998f949152b193b063cb0ec769d69d929409be # v2.4.0\n        with:\n          \
     subject-path: dist/*\n",
    "      - uses: actions/attest-build-provenance@e8998f949152b193b063cb0ec769d69d929409be # v2.4.0\n        with:\n          \
     subject-path: dist/*\n      - env:\n          GH_TOKEN: ${{ github.token }}\n        run: |\n          for file in \
     dist/*; do\n            gh attestation verify \"$file\" --repo \"$GITHUB_REPOSITORY\"\n          done\n",
];
const UPLOADS: &[&str] = &[
    "      - uses: pypa/gh-action-pypi-publish@76f52bc884231f62b9a034ebfe128415bbaabdfc # v1.12.4\n",
    "      - uses: pypa/gh-action-pypi-publish@release/v1\n        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n",
    "      - run: twine upload dist/*\n        env:\n          TWINE_USERNAME: __token__\n          TWINE_PASSWORD: ${{ \
     secrets.PYPI_TOKEN }}\n",
];

/// A workflow that publishes.
fn release(choices: &mut Choices) -> String {
    let (trigger, permissions) = (choices.of(TRIGGERS), choices.of(PERMISSIONS));
    let (checkout, environment) = (choices.of(CHECKOUTS), choices.of(ENVIRONMENTS));
    let (attests, upload) = (choices.of(ATTESTS), choices.of(UPLOADS));
    format!(
        "name: release\n{trigger}\n{permissions}jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: \
         {checkout}\n      - run: python -m build\n  publish:\n    needs: build\n    runs-on: ubuntu-latest\n{environment}    \
         permissions:\n      id-token: write\n      attestations: write\n    steps:\n      - uses: {checkout}\n      - run: \
         python -m build\n{attests}{upload}"
    )
}

/// A workflow of tests, with a few jobs.
fn tests(choices: &mut Choices, number: usize) -> String {
    let mut text = format!("name: tests {number}\non: [push, pull_request]\n{}jobs:\n", choices.of(PERMISSIONS));
    for job in 0..=choices.below(5) {
        text.push_str(&format!(
            "  job-{job}:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        python: [\"3.12\", \"3.13\", \
             \"3.14\"]\n    steps:\n      - uses: {}\n      - run: |\n          python -m pip install .\n          python -m \
             pytest --pyargs package -n auto\n",
            choices.of(CHECKOUTS)
        ));
    }
    text
}
