//! What is left when the program is killed, or the disk fails, at any system call that changes files.

use std::fs;
use std::path::PathBuf;

use super::place::{FIX, PATH, Place, Run, WORKFLOW, has, say};

/// System calls that change files. The tracer counts each of them by itself.
const CHANGING: [&str; 18] = [
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "chmod",
    "fchmod",
    "fchown",
    "fchownat",
    "ftruncate",
];

/// The most calls of one kind that a fix of these tests makes.
const MOST_CALLS: usize = 200;

/// Runs the program under a tracer that does something to one of the system calls of its first thread: that one
/// writes the files, and those beside it wake each other by writing, too.
fn traced(place: &Place, inject: &str, arguments: &[&str]) -> Run {
    let mut strace = place.program("strace");
    strace.args([
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        &format!("trace={}", CHANGING.join(",")),
        "-e",
        &format!("inject={inject}"),
    ]);
    Run::of(strace.arg(env!("CARGO_BIN_EXE_shipworthy")).args(arguments).output().unwrap())
}

/// A repository with two workflows, and a file outside of it.
fn place() -> Place {
    let place = Place::new();
    place.write("repo/.github/workflows/second.yml", WORKFLOW);
    place.write("outside.yml", WORKFLOW);
    place
}

/// The repository as it is when everything went well.
fn fixed() -> String {
    let place = place();
    let run = place.run(FIX);
    assert_eq!(run.code, Some(0), "{run:?}");
    place.workflow()
}

/// Whether every file is the old or the new one, and nothing is there besides but leftovers. Answers how many of both.
fn holds(place: &Place, new: &str, why: &str) -> (usize, usize) {
    let mut changed = 0;
    let mut leftovers = 0;
    for (path, content) in place.all("repo") {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with(".shipworthy-") {
            leftovers += 1;
            continue;
        }
        let known = [PathBuf::from(PATH), PathBuf::from(".github/workflows/second.yml")];
        assert!(known.contains(&path), "{why}: {} is new", path.display());
        changed += usize::from(content == new.as_bytes());
        assert!(content == new.as_bytes() || content == WORKFLOW.as_bytes(), "{why}: {} is torn", path.display());
    }
    assert_eq!(fs::read_to_string(place.path("outside.yml")).unwrap(), WORKFLOW, "{why}");
    (changed, leftovers)
}

/// Undoes everything there is, and looks whether all is as it was.
fn undo_all(place: &Place, why: &str) {
    for _ in 0..4 {
        let run = place.run(&["undo", "repo"]);
        match run.code {
            Some(0) => {}
            Some(3) => break,
            _ => panic!("{why}: {run:?}"),
        }
    }
    let all = place.all("repo");
    assert!(all.len() == 2 && all.values().all(|content| content == WORKFLOW.as_bytes()), "{why}: {:?}", all.keys());
}

fn can_trace(test: &str) -> bool {
    if !has("strace", test) {
        return false;
    }
    let place = place();
    let works =
        place.program("strace").args(["-qq", "-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success());
    if !works {
        say(&format!("SKIPPED {test}: strace may not trace here"));
    }
    works
}

#[test]
fn killed_at_any_call_a_fix_leaves_old_or_new_files_and_can_go_on() {
    if !can_trace("a fix that is killed") {
        return;
    }
    let new = fixed();
    let mut seen = std::collections::BTreeSet::new();
    each_kill(
        FIX,
        |_| {},
        |place, why| {
            seen.insert(holds(place, &new, why).0);
            let again = place.run(FIX);
            assert_eq!(again.code, Some(0), "{why}: {again:?}");
            assert_eq!(holds(place, &new, why), (2, 0), "{why}: a second run completes it and leaves nothing");
            undo_all(place, why);
        },
    );
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 2], "it was killed before, between and after the files");
}

/// Runs the program again and again, killed at each call of each kind; `look` sees what is left every time.
fn each_kill(arguments: &[&str], prepare: impl Fn(&Place), mut look: impl FnMut(&Place, &str)) {
    let mut kills = 0;
    for kind in CHANGING {
        let mut ended = false;
        for call in 1..MOST_CALLS {
            let place = place();
            prepare(&place);
            let run = traced(&place, &format!("{kind}:signal=SIGKILL:when={call}"), arguments);
            if run.code.is_some() {
                assert_eq!(run.code, Some(0), "{run:?}");
                ended = true;
                break;
            }
            kills += 1;
            look(&place, &format!("killed at {kind} {call}"));
        }
        assert!(ended, "more than {MOST_CALLS} calls of {kind}");
    }
    assert!(kills >= 10, "killed {kills} times only");
}

#[test]
fn killed_at_any_call_an_undo_leaves_old_or_new_files_and_can_go_on() {
    if !can_trace("an undo that is killed") {
        return;
    }
    let new = fixed();
    let fix = |place: &Place| assert_eq!(place.run(FIX).code, Some(0));
    each_kill(&["undo", "repo"], fix, |place, why| {
        holds(place, &new, why);
        undo_all(place, why);
    });
}

#[test]
fn a_disk_that_is_full_or_broken_is_named_and_tears_nothing() {
    if !can_trace("a disk that fails") {
        return;
    }
    let new = fixed();
    for (call, error, words) in [
        ("write", "ENOSPC", "No space left on device"),
        ("fsync", "EIO", "Input/output error"),
        ("fsync", "ENOSPC", "No space left on device"),
        ("fchmod", "EROFS", "Read-only file system"),
        ("/^rename", "EIO", "Input/output error"),
    ] {
        let mut failed = 0;
        for number in 1..MOST_CALLS {
            let place = place();
            // From this call on, as on a disk that stays full; the error stream of the test is no file.
            let run = traced(&place, &format!("{call}:error={error}:when={number}"), FIX);
            let why = format!("{error} at {call} {number}");
            let (_, leftovers) = holds(&place, &new, &why);
            assert_eq!(leftovers, 0, "{why}: a run that ended by itself leaves nothing");
            if run.code == Some(0) {
                break;
            }
            failed += 1;
            let on_output = call == "write" && run.code == Some(4);
            assert!(on_output || run.code == Some(1), "{why}: {run:?}");
            assert!(run.err.contains(words) || run.err.is_empty() && call == "write", "{why}: {run:?}");
            undo_all(&place, &why);
        }
        assert!(failed >= 2, "{error} at {call} never struck");
    }
}
