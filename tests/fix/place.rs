//! A folder with a repository, a home and pins of its own, and the program run in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A workflow with two safe fixes: pins and permissions.
pub const WORKFLOW: &str = "\
name: release
on: workflow_dispatch
permissions: write-all
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    steps:
      - uses: actions/checkout@v4
      - uses: 'pypa/gh-action-pypi-publish@v1' # publish
";

/// The commits of the actions in it.
pub const PINS: &str = "\
actions/checkout@v4: {sha: 11bd71901bbe5b1630ceea73d27597364c9af683, version: v4.2.2}
pypa/gh-action-pypi-publish@v1: {sha: 76f52bc884231f62b9a034ebfe128415bbaabdfc, version: v1.12.4}
";

/// Where the workflow is.
pub const PATH: &str = ".github/workflows/release.yml";

/// What only counts: that pins and permissions are fixed.
pub const FIX: &[&str] = &["fix", "repo", "--offline", "--pins", "pins.yaml", "--only", "R05,R08"];

pub struct Place {
    pub folder: TempDir,
}

impl Place {
    /// A repository with the workflow.
    pub fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.path("home")).unwrap();
        place.write("pins.yaml", PINS);
        place.write(&format!("repo/{PATH}"), WORKFLOW);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    pub fn workflow(&self) -> String {
        fs::read_to_string(self.path("repo").join(PATH)).unwrap()
    }

    /// A program in this place, with nothing of the surroundings of the tests but where programs are.
    pub fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.path("home")).env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.program(env!("CARGO_BIN_EXE_shipworthy")).args(arguments).output().unwrap())
    }

    /// The files of a folder with their contents.
    pub fn all(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.path(folder))
    }
}

/// The files below a folder with their contents, by their path from it.
pub fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let content = fs::read(&path).unwrap_or_default();
                found.insert(path.strip_prefix(root).unwrap().to_owned(), content);
            }
        }
    }
    found
}

/// Says something where people see it even when all tests pass.
pub fn say(words: &str) {
    let mut errors = std::io::stderr();
    errors.write_all(format!("{words}\n").as_bytes()).unwrap();
}

/// Whether a program can be run; a test that needs one says when it is skipped.
pub fn has(program: &str, test: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        say(&format!("SKIPPED {test}: there is no {program}"));
    }
    there
}

/// How a run ended, and what it said.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: Output) -> Self {
        let run = Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.out.contains("panicked at") && !run.err.contains("panicked at"), "{run:?}");
        run
    }
}
