//! `fix` and `undo` as they are run.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use super::place::{FIX, PATH, Place, Run, WORKFLOW, has};

/// The workflow with both fixes made.
fn fixed() -> String {
    WORKFLOW
        .replace("permissions: write-all", "permissions:\n  contents: read")
        .replace("    steps:", "    permissions:\n      contents: read\n      id-token: write\n    steps:")
        .replace("checkout@v4", "checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2")
        .replace("publish@v1' #", "publish@76f52bc884231f62b9a034ebfe128415bbaabdfc' # v1.12.4 #")
}

#[test]
fn a_fix_is_shown_written_and_undone() {
    let place = Place::new();
    let run = place.run(FIX);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(place.workflow(), fixed());
    for words in [
        "R08 pin actions",
        "(safe)",
        "-permissions: write-all\n+permissions:\n+  contents: read\n",
        "R05 token-permissions    fail -> pass",
        "R08 pinned-actions       fail -> pass",
        "Wrote 1 file. Nothing was committed.",
        "Undo with: shipworthy undo repo",
    ] {
        assert!(run.out.contains(words), "{words:?} is missing: {}", run.out);
    }
    let again = place.run(FIX);
    assert_eq!((again.code, again.out.as_str()), (Some(0), "Nothing to fix.\n"));
    assert_eq!(place.workflow(), fixed());
    let undo = place.run(&["undo", "repo"]);
    assert_eq!(undo.code, Some(0), "{undo:?}");
    assert!(undo.out.contains("Undone: R05 token-permissions, R08 pinned-actions of "), "{}", undo.out);
    assert!(undo.out.contains(&format!("restored: {PATH}")), "{}", undo.out);
    assert_eq!(place.workflow(), WORKFLOW);
    assert_eq!(place.all("repo").len(), 1);
    let nothing = place.run(&["undo", "repo"]);
    assert_eq!(nothing.code, Some(3));
    assert!(nothing.err.contains("there is nothing to undo"), "{}", nothing.err);
}

#[test]
fn a_dry_run_prints_a_patch_that_git_applies_and_writes_nothing() {
    for (old, new) in [
        (WORKFLOW.to_owned(), fixed()),
        (WORKFLOW.replace('\n', "\r\n"), fixed().replace('\n', "\r\n")),
        (WORKFLOW.trim_end().to_owned(), fixed().trim_end().to_owned()),
    ] {
        let place = Place::new();
        place.write(&format!("repo/{PATH}"), &old);
        let run = place.run(&[FIX, &["--dry-run"]].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.out.starts_with("diff --git a/.github/workflows/release.yml"), "{}", run.out);
        assert!(run.err.contains("R08 pinned-actions       fail -> pass"), "{}", run.err);
        assert_eq!(place.workflow(), old);
        assert!(!place.path("home/.local").exists(), "nothing is kept of what was not written");
        if has("git", "git apply") {
            place.write("fix.patch", &run.out);
            let mut git = place.program("git");
            let applied =
                Run::of(git.args(["apply", "../fix.patch"]).current_dir(place.path("repo")).output().unwrap());
            assert_eq!(applied.code, Some(0), "{applied:?}");
            assert_eq!(place.workflow(), new);
        }
    }
}

#[test]
fn what_is_refused_is_said_and_ends_with_one() {
    let place = Place::new();
    place.write("pins.yaml", "actions/checkout@v4: {sha: 11bd71901bbe5b1630ceea73d27597364c9af683, version: v4.2.2}\n");
    let run = place.run(FIX);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.out.contains("Not fixed:\n  R08 .github/workflows/release.yml: `pypa/gh-action-pypi-publish@v1`"),
        "{}",
        run.out
    );
    assert!(place.workflow().contains("checkout@11bd7190"), "the rest is fixed");
    // Changed since: undo must not lose what somebody wrote.
    place.write(&format!("repo/{PATH}"), "on: push\n");
    let undo = place.run(&["undo", "repo"]);
    assert_eq!((undo.code, undo.out.as_str()), (Some(1), ""));
    let words = "nothing was put back: .github/workflows/release.yml changed since the fix";
    assert!(undo.err.contains(words) && undo.err.contains("take your change out"), "{}", undo.err);
    assert!(!undo.err.contains("see the fix"), "{}", undo.err);
    assert_eq!(place.workflow(), "on: push\n");
    // The file that is named holds the old text.
    let journal = undo.err.split_whitespace().find_map(|word| word.strip_suffix(".json,")).unwrap();
    let entry: serde_json::Value = serde_json::from_slice(&fs::read(format!("{journal}.json")).unwrap()).unwrap();
    assert_eq!(entry["files"][0]["old"], WORKFLOW);
}

#[test]
fn a_fix_that_waits_for_a_person_is_shown_by_the_command_that_is_named() {
    let place = Place::new();
    let fix = ["fix", "repo", "--offline", "--only", "R01"];
    let run = place.run(&fix);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.out.contains("(review)") && !place.path("repo/RELEASING.md").exists(), "{run:?}");
    let named = "shipworthy fix repo --dry-run --unsafe --only R01";
    assert!(run.out.contains(named), "{run:?}");
    let arguments: Vec<&str> = named.split(' ').skip(1).chain(["--offline"]).collect();
    let shown = place.run(&arguments);
    assert!(shown.code == Some(0) && shown.out.contains("+++ b/RELEASING.md"), "{shown:?}");
    assert!(!place.path("repo/RELEASING.md").exists());
}

#[test]
fn nothing_is_written_where_no_repository_is() {
    let place = Place::new();
    place.write("plain/pyproject.toml", "[project]\nname = \"x\"\n");
    fs::create_dir(place.path("empty")).unwrap();
    for folder in ["plain", "empty"] {
        let run = place.run(&["fix", folder, "--offline", "--unsafe"]);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{run:?}");
        assert!(run.err.contains("no repository is here: ") && run.err.contains(folder), "{run:?}");
        assert!(!place.path(folder).join(".github").exists());
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason_and_ends_with_one() {
    let place = Place::new();
    let twice =
        "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        uses: actions/cache@v4\n";
    place.write(&format!("repo/{PATH}"), twice);
    let run = place.run(FIX);
    assert_eq!((run.code, place.workflow().as_str()), (Some(1), twice), "{run:?}");
    let wanted = format!("Not fixed:\n  {PATH}:6: has the key `uses` twice in one mapping");
    assert!(run.out.contains(&wanted), "{}", run.out);
}

#[test]
fn read_only_files_and_folders_and_links_are_left_alone() {
    let place = Place::new();
    let path = place.path("repo").join(PATH);
    let set = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&path, 0o444);
    let run = place.run(FIX);
    assert_eq!((run.code, place.workflow().as_str()), (Some(1), WORKFLOW));
    assert!(run.out.contains("refused: .github/workflows/release.yml is read-only"), "{run:?}");
    set(&path, 0o640);
    set(path.parent().unwrap(), 0o555);
    let run = place.run(FIX);
    set(path.parent().unwrap(), 0o755);
    assert_eq!((run.code, place.workflow().as_str()), (Some(1), WORKFLOW));
    assert!(run.out.contains("lies in a folder that is read-only"), "{run:?}");
    fs::rename(&path, place.path("repo/real.yml")).unwrap();
    std::os::unix::fs::symlink("../../real.yml", &path).unwrap();
    let run = place.run(FIX);
    assert_eq!((run.code, place.workflow().as_str()), (Some(1), WORKFLOW));
    assert!(run.out.contains("is a link, and links are not written through") && path.is_symlink(), "{run:?}");
    assert_eq!(run.out.matches("refused:").count(), 2);
}

#[test]
fn options_and_targets_are_held_to_what_they_say() {
    let place = Place::new();
    let run = place.run(&[FIX, &["--read-only"]].concat());
    assert_eq!((run.code, place.workflow().as_str()), (Some(1), WORKFLOW));
    assert!(run.out.contains("+  contents: read") && run.err.contains("--read-only"), "{run:?}");
    assert_eq!(place.run(&["undo", "repo", "--read-only"]).code, Some(1));
    for (arguments, words) in [
        (&["fix", "owner/repo"][..], "has no folder on this machine"),
        (&["fix", "owner/*"], "has no folder on this machine"),
        (&["fix", "nowhere/at/all"], "the target `nowhere/at/all`"),
        (&["undo", "owner/repo"], "has no folder on this machine"),
        (&["fix", "repo", "--only", "R99"], "no such requirement"),
        (&["fix", "repo", "--pins", "none.yaml"], "none.yaml cannot be read"),
        (&["fix", "repo", "other"], "unexpected argument"),
    ] {
        let run = place.run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
    }
    place.write("pins.yaml", "actions/checkout@v4: {sha: 1}\n");
    let run = place.run(FIX);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("pins.yaml names `actions/checkout@v4`, whose sha is not 40"), "{}", run.err);
    // A clone of the configured fleet stands for its repository.
    place.write("pins.yaml", super::place::PINS);
    place.write("config.yaml", "fleet:\n  - {target: owner/repo, clone: repo}\n");
    let run = place.run(&["fix", "owner/repo", "--offline", "--config", "config.yaml", "--only", "R05"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("Undo with: shipworthy undo owner/repo"), "{}", run.out);
    assert_eq!(place.run(&["undo", "owner/repo", "--config", "config.yaml"]).code, Some(0));
    assert_eq!(place.workflow(), WORKFLOW);
}

#[test]
fn without_a_place_for_the_journal_nothing_is_written() {
    let place = Place::new();
    place.write("home/.local", "a file where a folder should be");
    let run = place.run(FIX);
    assert_eq!((run.code, place.workflow().as_str()), (Some(1), WORKFLOW));
    assert!(run.err.contains("the undo journal") && run.err.contains("nothing was written"), "{}", run.err);
}

#[test]
fn what_is_not_committed_yet_is_named() {
    if !has("git", "a dirty worktree") {
        return;
    }
    let place = Place::new();
    let git = |arguments: &[&str]| {
        let mut git = place.program("git");
        let identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"];
        assert!(
            git.args(identity)
                .args(arguments)
                .current_dir(place.path("repo"))
                .stdout(Stdio::null())
                .status()
                .unwrap()
                .success()
        );
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    let dry = [FIX, &["--dry-run"]].concat();
    assert!(!place.run(&dry).err.contains("not committed yet"));
    place.write(&format!("repo/{PATH}"), &format!("# mine\n{WORKFLOW}"));
    let run = place.run(&dry);
    assert!(
        run.err.contains("not committed yet, and changed by this fix as well: .github/workflows/release.yml"),
        "{}",
        run.err
    );
}

#[test]
fn two_instances_with_two_hundred_files_lose_nothing() {
    let place = Place::new();
    let count = 200;
    for number in 1..count {
        place.write(&format!("repo/.github/workflows/r{number}.yml"), WORKFLOW);
    }
    let start = |only: &str| {
        let mut command = place.program(env!("CARGO_BIN_EXE_shipworthy"));
        command.args(["fix", "repo", "--offline", "--pins", "pins.yaml", "--only", only]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut rounds = 0;
    loop {
        rounds += 1;
        let runs = ["R05", "R08"].map(start).map(|child| Run::of(child.wait_with_output().unwrap()));
        for run in &runs {
            let told = run.code == Some(0)
                || [&run.out, &run.err].iter().any(|said| said.contains("changed since it was read"));
            assert!(told && matches!(run.code, Some(0 | 1)), "{:?} {}", run.code, run.err);
        }
        let files = place.all("repo");
        assert_eq!(files.len(), count, "no other file is left");
        for (path, content) in &files {
            let text = String::from_utf8(content.clone()).unwrap();
            let half = fixed().replace("checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "checkout@v4");
            let half = half.replace("publish@76f52bc884231f62b9a034ebfe128415bbaabdfc' # v1.12.4 #", "publish@v1' #");
            let pinned = fixed().replace("permissions:\n  contents: read\n", "permissions: write-all\n");
            let pinned = pinned.replace("    permissions:\n      contents: read\n      id-token: write\n", "");
            assert!([WORKFLOW, &half, &pinned, &fixed()].contains(&text.as_str()), "{}: {text}", path.display());
        }
        if runs.iter().all(|run| run.code == Some(0)) {
            break;
        }
        assert!(rounds < 4, "it must settle");
    }
    assert!(place.all("repo").values().all(|content| *content == fixed().as_bytes()), "every fix is there");
    while place.run(&["undo", "repo"]).code == Some(0) {}
    assert!(place.all("repo").values().all(|content| *content == WORKFLOW.as_bytes()), "and all of it can be undone");
}
