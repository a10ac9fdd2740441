//! Reports as the program writes them: several files at once, baselines, badges, and every corpus of fixtures in every
//! format.

#![expect(clippy::unwrap_used, reason = "what serves only tests fails as tests do")]

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const BAD: &str = "\
name: release
on: push
permissions: write-all
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: pypa/gh-action-pypi-publish@release/v1
";

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("bad/.github/workflows/release.yml", BAD);
        place
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Exit code, output and errors of the program.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.folder.path()).env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let done = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(done.stdout), text(done.stderr));
        assert!(!err.contains("panicked at"), "{err}");
        (done.status.code().unwrap(), out, err)
    }
}

#[test]
fn several_files_are_written_at_once_and_the_output_keeps_its_format() {
    let place = Place::new();
    let names = ["r.json", "r.md", "r.sarif", "r.xml", "r.txt", "github=r.annotations"];
    let mut arguments = vec!["check", "bad", "--offline", "-q"];
    for name in names {
        arguments.extend(["--output", name]);
    }
    let (code, out, err) = place.run(&arguments);
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.starts_with("bad: ✗ R0"), "{out}");
    let json: Value = serde_json::from_str(&place.read("r.json")).unwrap();
    assert_eq!(json["schema"], "shipworthy.report/1");
    let sarif: Value = serde_json::from_str(&place.read("r.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(place.read("r.md").starts_with("# Safe to ship? ✗ Not ready\n"));
    assert!(place.read("r.xml").starts_with("<?xml"));
    assert!(place.read("r.annotations").contains("::error file=bad/.github/workflows/release.yml,line="));
    assert!(!place.read("r.txt").contains('\u{1b}'));
    let left: Vec<_> = fs::read_dir(place.folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".shipworthy-")), "{left:?}");
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_judged() {
    let place = Place::new();
    for (output, word) in [("r.yaml", "FORMAT=FILE"), ("no/such/r.json", "its folder is not there")] {
        let (code, out, err) = place.run(&["check", "bad", "--output", output]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains(word), "{err}");
    }
    let (code, _, err) = place.run(&["check", "bad", "--fail-on-worse"]);
    assert!(code == 2 && err.contains("--baseline"), "{err}");
    let (code, _, err) = place.run(&["check", "bad", "--baseline", "none.json"]);
    assert!(code == 2 && err.contains("none.json"), "{err}");
}

#[test]
fn a_baseline_lets_what_was_there_pass_and_nothing_else() {
    let place = Place::new();
    place.run(&["check", "bad", "--offline", "--output", "old.json"]);
    let check = ["check", "bad", "--offline", "--baseline", "old.json"];
    let (code, out, _) = place.run(&check);
    assert_eq!(code, 1, "without the gate readiness decides");
    assert!(out.contains(": nothing changed"), "{out}");
    let gate = [&check[..], &["--fail-on-worse"]].concat();
    let (code, _, err) = place.run(&gate);
    assert_eq!(code, 0);
    assert!(err.contains("not-ready, but --fail-on-worse looks at changes alone"), "{err}");
    let worse = BAD.replace(
        "gh-action-pypi-publish@release/v1",
        "gh-action-pypi-publish@release/v1\n        with:\n          password: x",
    );
    place.write("bad/.github/workflows/release.yml", &worse);
    let (code, out, _) = place.run(&gate);
    assert_eq!(code, 1, "it failed before, and now fails in more: {out}");
    assert!(out.contains("worse: bad R12 trusted-publishing, warn → fail"), "{out}");
    place.write("bad/.github/workflows/broken.yml", "on: [\n");
    place.write("bad/.github/workflows/release.yml", &BAD.replace("write-all", "{}"));
    let (_, out, _) = place.run(&gate);
    assert!(out.contains("better: bad R05 token-permissions") || out.contains("newly unknown"), "{out}");
    let json = place.run(&[&gate[..], &["--format", "json"]].concat()).1;
    let document: Value = serde_json::from_str(&json).unwrap();
    assert!(document["comparison"]["changes"].as_array().unwrap().iter().any(|change| change["id"] == "R05"), "{json}");
}

#[test]
fn badges_are_drawn_for_what_is_judged() {
    let place = Place::new();
    let (code, svg, _) = place.run(&["report", "badge", "bad", "--offline"]);
    assert_eq!(code, 0);
    assert!(svg.starts_with("<svg ") && svg.contains("safe to ship: no, "), "{svg}");
    let (_, markdown, _) =
        place.run(&["report", "badge", "bad", "--offline", "--format", "markdown", "--image", "b.svg"]);
    assert!(markdown.starts_with("![safe to ship: no, ") && markdown.ends_with("(<b.svg>)\n"), "{markdown}");
    let (_, out, _) = place.run(&["report", "badge", "bad", "--offline", "--output", "b.svg"]);
    assert_eq!((out.as_str(), place.read("b.svg")), ("", svg));
}

/// Every fixture of the rules, judged once and written in every format, holds together.
#[test]
fn every_fixture_is_told_in_every_format() {
    let place = Place::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules");
    let mut folders: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    folders.sort();
    assert!(folders.len() > 20);
    let mut arguments = vec!["check", "--offline", "-q"];
    arguments.extend(folders.iter().map(String::as_str));
    for name in ["r.md", "r.sarif", "r.xml", "github=r.annotations"] {
        arguments.extend(["--output", name]);
    }
    place.run(&arguments);
    let markdown = place.read("r.md");
    for section in markdown.split("\n### ").skip(1).filter(|part| part.contains("([SPEC 8]")) {
        for part in ["- **Reason:** ", "  - **Place:** ", "- **Do:** ", "- **Settled when:** "] {
            assert!(section.contains(part), "{part} is missing in {section}");
        }
    }
    let schema: Value = serde_json::from_str(include_str!("schemas/sarif.schema.json")).unwrap();
    let sarif: Value = serde_json::from_str(&place.read("r.sarif")).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    validator.validate(&sarif).map_err(|error| format!("{error} at {}", error.instance_path())).unwrap();
    assert_eq!(sarif["runs"].as_array().unwrap().len(), folders.len());
    let junit = quick_junit::Report::deserialize_from_str(&place.read("r.xml")).unwrap();
    assert_eq!(junit.test_suites.len(), folders.len());
    let annotations = place.read("r.annotations");
    for line in annotations.lines() {
        let ours = ["::error ", "::warning ", "::notice ", "shipworthy: "].iter().any(|start| line.starts_with(start));
        assert!(ours, "{line}");
    }
}

#[test]
fn surveys_are_remembered_and_a_broken_memory_begins_anew() {
    let place = Place::new();
    let (code, out, err) = place.run(&["history", "bad"]);
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("bad: no survey is remembered"), "{err}");
    place.run(&["check", "bad", "--offline", "--no-history"]);
    place.run(&["check", "bad", "--offline", "--only", "R05"]);
    place.run(&["demo"]);
    assert_eq!(place.run(&["history", "bad"]).0, 3, "none of these is kept");
    place.run(&["check", "bad", "--offline"]);
    place.write("bad/.github/workflows/release.yml", &BAD.replace("write-all", "{}"));
    place.run(&["check", "bad", "--offline"]);
    let (code, out, _) = place.run(&["history", "bad"]);
    assert_eq!(code, 0);
    assert!(out.lines().any(|line| line.contains(" R05  pass since ") && line.ends_with("fail before")), "{out}");
    let json: Value = serde_json::from_str(&place.run(&["history", "bad", "--format", "json"]).1).unwrap();
    assert_eq!(json[0]["records"].as_array().unwrap().len(), 2);
    assert_eq!(json[0]["records"][0]["readiness"], "not-ready");
    let folder = place.folder.path().join(".local/state/shipworthy/history");
    let file = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, "{\"schema\":").unwrap();
    let (_, _, err) = place.run(&["check", "bad", "--offline"]);
    assert!(err.contains("cannot be read and begins anew"), "{err}");
    assert_eq!(place.run(&["history", "bad"]).0, 0);
}
