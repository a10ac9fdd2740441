//! The hook for the pre-commit framework, run as the framework would: the entry with its arguments and the changed
//! files that match, in the root of the repository.

use std::fs;

use regex_lite::Regex;
use serde::Deserialize;

use super::place::{Place, Run, WORKFLOW};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hook {
    id: String,
    name: String,
    description: String,
    entry: String,
    language: String,
    files: String,
    pass_filenames: bool,
    minimum_pre_commit_version: String,
}

fn hooks() -> Vec<Hook> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Runs a hook for files that changed; none where no file matches, as the framework skips it then.
fn run(place: &Place, hook: &Hook, changed: &[&str]) -> Option<Run> {
    let pattern = Regex::new(&hook.files).unwrap();
    let matching: Vec<&&str> = changed.iter().filter(|path| pattern.is_match(path)).collect();
    if matching.is_empty() {
        return None;
    }
    let mut words = hook.entry.split_whitespace();
    assert_eq!(words.next(), Some(env!("CARGO_PKG_NAME")), "the entry is the program that cargo installs");
    let mut command = place.program(env!("CARGO_BIN_EXE_shipworthy"));
    command.args(words).current_dir(place.path("repo"));
    if hook.pass_filenames {
        command.args(matching);
    }
    Some(Run::of(command.output().unwrap()))
}

#[test]
fn the_hook_judges_changed_workflows_offline() {
    let hooks = hooks();
    let [hook] = hooks.as_slice() else { panic!("{hooks:?}") };
    assert_eq!((hook.id.as_str(), hook.language.as_str()), ("shipworthy", "rust"));
    assert!(!hook.name.is_empty() && !hook.description.is_empty() && hook.minimum_pre_commit_version == "2.21.0");
    assert!(hook.entry.contains("check") && hook.entry.contains("--offline"));
    let place = Place::new();
    for changed in [&["README.md", "src/main.rs"][..], &[".github/CODEOWNERS"], &["docs/.github/workflows/x.yml"]] {
        assert!(run(&place, hook, changed).is_none(), "{changed:?}");
    }
    for changed in [".github/workflows/release.yml", ".github/actions/publish/action.yml", ".github/dependabot.yml"] {
        let run = run(&place, hook, &["README.md", changed]).unwrap();
        assert_eq!(run.code, Some(1), "{changed}: {run:?}");
        assert!(run.out.contains("R05") && run.out.contains("R08"), "{}", run.out);
    }
    // What cannot be told without the network must not hold a commit back.
    let good = WORKFLOW
        .replace("permissions: write-all\n", "permissions:\n  contents: read\n")
        .replace("checkout@v4", "checkout@11bd71901bbe5b1630ceea73d27597364c9af683")
        .replace("publish@v1'", "publish@76f52bc884231f62b9a034ebfe128415bbaabdfc'");
    place.write("repo/.github/workflows/release.yml", &good);
    let run = run(&place, hook, &[".github/workflows/release.yml"]).unwrap();
    assert!(!run.out.contains("R05 fail"), "{}", run.out);
}
