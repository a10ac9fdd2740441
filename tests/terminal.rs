//! The dashboard in a pseudo terminal: moving around, signals, panics, odd sizes and odd input, other programs in
//! between, and a terminal that is always given back.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

mod pty;
mod ready;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use pty::{PATIENCE, Pty, Start, start};
use rustix::process::Signal;

const DOWN: &[u8] = b"\x1b[B";
const UP: &[u8] = b"\x1b[A";
const ENTER: &[u8] = b"\r";
const ESC: &[u8] = b"\x1b";
const CTRL_C: &[u8] = b"\x03";
const CTRL_Z: &[u8] = b"\x1a";
const CTRL_BACKSLASH: &[u8] = b"\x1c";
const FOCUSED: &[u8] = b"\x1b[I";

/// A shell that starts the program as its job, and continues it when a line is typed.
const SHELL: &str = "set -m; \"$@\"; echo \"it stopped with $?\"; read -r line; fg; echo \"it ended with $?\"";

/// A release workflow with much to put right.
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
        with:
          password: ${{ secrets.PYPI_TOKEN }}
";

/// The demo, with all its answers.
fn demo() -> Pty {
    let pty = start().run(&["demo", "--instant"]);
    pty.wait_for("7 not ready");
    pty
}

/// Two repositories in folders.
fn folders() -> Start {
    start().file("alpha/.github/workflows/release.yml", BAD).file("beta/.github/workflows/release.yml", BAD)
}

/// Runs git in the folder `r` of a home.
fn git(home: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(home.join("r")).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]).args(arguments);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {done:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// A clone that is ready as far as its files can show it.
fn ready() -> Start {
    let start =
        start().file("r/.github/workflows/release.yml", ready::WORKFLOW).file("r/RELEASING.md", ready::RELEASING);
    for arguments in [&["init", "-q", "-b", "main"][..], &["add", "-A"], &["commit", "-q", "-m", "a beginning"]] {
        git(start.home(), arguments);
    }
    start
}

/// Says yes to every step that waits, until none does.
fn say_yes_to_all(pty: &mut Pty) {
    for _ in 0..40 {
        if pty.text().contains("no step is open") {
            return;
        }
        pty.send(b"y");
        pty.wait_for("answered by: ada");
        pty.send(b"seen\r");
        pty.wait_without("answered by: ");
    }
    assert!(pty.text().contains("no step is open"), "steps are still open:\n{}", pty.text());
}

#[test]
fn a_release_is_walked_through_by_keys_alone() {
    let arguments = ["--offline", "r"];
    let mut pty = ready().variable("USER", "ada").run(&arguments);
    pty.wait_for("    offline");
    pty.send(b"c");
    pty.wait_for("version to be released:");
    pty.send(b"\x151.0\r");
    pty.wait_for("open steps stay open in it");
    // Facts that settle a step while it is answered would take its form away.
    pty.wait_for("  1 The working tree is clean               auto");
    pty.wait_for("\u{2713}  1 The working tree is clean");
    pty.send(b"y");
    pty.wait_for("answered by: ada");
    pty.send(b"by phone");
    pty.wait_for("by phone");
    pty.send(ENTER);
    pty.wait_for("saved ");
    pty.send(ESC);
    pty.wait_for("paused; c goes on");
    pty.send(b"q");
    assert_eq!(pty.end(), 0);

    let mut pty = pty.again().variable("USER", "ada").run(&arguments);
    pty.wait_for("    offline");
    pty.send(b"c");
    pty.wait_for("version to be released: 1.0");
    pty.send(ENTER);
    pty.wait_for("1 kept answer");
    git(pty.home.path(), &["commit", "-q", "--allow-empty", "-m", "another"]);
    pty.send(FOCUSED);
    pty.wait_for("the commit changed: 1 answer is void");
    pty.wait_for("void: 1");

    pty.send(b"gj");
    say_yes_to_all(&mut pty);
    pty.send(b"w");
    pty.wait_for("Release sign-off: r 1.0");
    pty.send(b"w");
    pty.wait_for("wrote ");
    pty.send(b"w");
    pty.wait_for("not written");
    pty.send(ENTER);
    pty.wait_for("write to: ");
    fs::write(pty.home.path().join("notes.md"), "my notes\n").unwrap();
    pty.send(b"notes.md\r");
    pty.wait_for("NOT written: notes.md is there already and holds no sign-off");
    assert_eq!(fs::read_to_string(pty.home.path().join("notes.md")).unwrap(), "my notes\n");
    for _ in 0..2 {
        pty.send(b"w\r");
        pty.wait_for("write to: ");
        pty.send(b"elsewhere.md\r");
        pty.wait_for("wrote elsewhere.md and elsewhere.json");
    }
    pty.send(b"q");
    assert_eq!(pty.end(), 0);

    let home = pty.home.path();
    let state = home.join(".local/state/shipworthy");
    let kept: Vec<_> = fs::read_dir(state.join("signoffs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let kept = kept.iter().find(|file| file.extension().is_some_and(|ending| ending == "json")).unwrap();
    let name = kept.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("release-signoff-r-") && name.ends_with("--1.0.json"), "{name}");
    let written = fs::read_to_string(kept).unwrap();
    assert!(written.contains("\"outcome\": \"signed-off\""), "{written}");
    assert!(written.contains(git(home, &["rev-parse", "HEAD"]).trim()), "{written}");
    assert_eq!(fs::read_to_string(home.join("elsewhere.json")).unwrap(), written);
    assert!(fs::read_to_string(home.join("elsewhere.md")).unwrap().contains("**Signed off.**"));
    assert_eq!(git(home, &["status", "--porcelain"]), "", "nothing was written into the repository");
    assert_eq!(fs::read_dir(state.join("history")).unwrap().count(), 1, "the survey is remembered");
    let checked = Command::new(env!("CARGO_BIN_EXE_shipworthy"))
        .args(["check", "--offline", "--require-signoff", "r"])
        .current_dir(home)
        .env_clear()
        .envs([("HOME", home.as_os_str()), ("PATH", &std::env::var_os("PATH").unwrap_or_default())])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(!said.contains("sign-off"), "{said}");
}

#[test]
fn answers_in_the_demo_go_with_it() {
    let mut pty = with_temporary(start()).variable("USER", "ada").run(&["demo", "--instant"]);
    pty.wait_for("7 not ready");
    pty.send(b"/image\rc");
    pty.wait_for("version to be released: 4.2.1");
    pty.send(ENTER);
    pty.wait_for("open steps stay open in it");
    say_yes_to_all(&mut pty);
    pty.wait_for("signed off");
    pty.send(b"ww");
    pty.wait_for("wrote ");
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
    let left: Vec<_> = fs::read_dir(pty.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["tmp"], "nothing of the user's is touched");
    assert_eq!(fs::read_dir(pty.home.path().join("tmp")).unwrap().count(), 0, "the copy has gone");
}

fn leave(mut pty: Pty) {
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Waits for what another program writes into a file.
fn read_soon(file: &Path) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        let text = fs::read_to_string(file).unwrap_or_default();
        if text.ends_with('\n') {
            return text;
        }
        assert!(Instant::now() < end, "nothing in {}", file.display());
        std::thread::yield_now();
    }
}

#[test]
fn q_leaves_and_gives_the_terminal_back() {
    let pty = demo();
    assert!(pty.is_raw());
    leave(pty);
}

#[test]
fn the_cursor_moves_by_arrows_letters_and_the_mouse() {
    let mut pty = demo();
    pty.wait_for_cursor_on("demo/arrays");
    for (key, repository) in [
        (DOWN, "demo/solvers"),
        (b"j", "demo/image-tools"),
        (UP, "demo/solvers"),
        (b"G", "demo/toolbox"),
        (b"g", "demo/arrays"),
        (b"\x1b[<0;10;8M\x1b[<0;10;8m", "demo/graphnet"),
    ] {
        pty.send(key);
        pty.wait_for_cursor_on(repository);
    }
    leave(pty);
}

#[test]
fn the_worst_evidence_is_three_keys_away_and_the_fleet_two_back() {
    let mut pty = demo();
    for (key, shown) in [
        (&b"s"[..], "sort: worst first"),
        (ENTER, "Requirements"),
        (ENTER, "evidence 1 of"),
        (ESC, "Requirements"),
        (ESC, "sort: worst first"),
    ] {
        pty.send(key);
        pty.wait_for(shown);
    }
    leave(pty);
}

#[test]
fn the_fleet_is_filtered_and_help_is_shown() {
    let mut pty = demo();
    pty.send(b"/graph");
    pty.wait_for("1 of 10");
    pty.send(ENTER);
    pty.wait_for("filter: graph");
    pty.send(b"?");
    pty.wait_for("Help: fleet");
    pty.send(ESC);
    pty.wait_without("Help: fleet");
    pty.send(ESC);
    pty.wait_for("demo/toolbox");
    leave(pty);
}

#[test]
fn answers_fill_in_one_after_another() {
    let pty = start().run(&["demo"]);
    pty.wait_for("…");
    pty.wait_for("7 not ready");
    leave(pty);
}

#[test]
fn keys_that_are_signals_elsewhere_leave_with_their_code() {
    for (before, key, code) in [
        (&b""[..], CTRL_C, 130),
        (b"/graph", CTRL_C, 130),
        (b":", CTRL_C, 130),
        (b"", CTRL_BACKSLASH, 131),
        (b"/", CTRL_BACKSLASH, 131),
    ] {
        let mut pty = demo();
        pty.send(before);
        pty.send(key);
        assert_eq!(pty.end(), code, "{before:?}");
    }
}

#[test]
fn every_signal_leaves_with_its_code() {
    for (signal, code) in [(Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::TERM, 143)] {
        let pty = demo();
        pty.signal(signal);
        assert_eq!(pty.end(), code, "{signal:?}");
    }
}

#[test]
fn a_closed_window_ends_the_program_even_without_a_signal() {
    let lines = "trap '' HUP; \"$@\"; echo \"$?\" > code";
    let pty = start().shell(lines).run(&["demo", "--instant"]);
    pty.wait_for("7 not ready");
    let home = pty.close(DOWN);
    assert_eq!(read_soon(&home.path().join("code")), "129\n");
}

#[test]
fn a_terminal_that_takes_nothing_holds_up_no_signal() {
    let pty = demo();
    let stuck = pty.stuck();
    pty.fill();
    pty.signal(Signal::TERM);
    let code = pty.code();
    drop(stuck);
    assert_eq!(code, 143);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_anywhere_is_reported_on_a_terminal_that_was_given_back() {
    for place in ["loop", "task", "thread", "draw"] {
        let pty = with_temporary(start()).variable("SHIPWORTHY_FAULT", place).run(&["demo", "--instant"]);
        assert_eq!(pty.end(), 4, "{place}");
        pty.wait_for(&format!("a fault on demand in the {place}"));
        pty.wait_for("This is a bug in shipworthy");
        assert_eq!(fs::read_dir(pty.home.path().join("tmp")).unwrap().count(), 0, "{place}");
    }
}

#[test]
fn a_stop_gives_the_terminal_back_until_it_is_continued() {
    let mut pty = start().shell(SHELL).run(&["demo", "--instant"]);
    pty.wait_for("not fully answered");
    let picture = pty.text();
    pty.send(CTRL_Z);
    pty.wait_for("it stopped with");
    pty.assert_given_back();
    pty.send(b"\n");
    pty.wait_for_picture(&picture);
    assert!(pty.is_raw());
    pty.send(b"q");
    pty.wait_for("it ended with 0");
    assert_eq!(pty.end(), 0);
}

#[test]
fn a_stop_that_cannot_be_noticed_is_drawn_over() {
    let pty = demo();
    pty.wait_for("not fully answered");
    let picture = pty.text();
    pty.signal(Signal::STOP);
    pty.signal(Signal::CONT);
    // The terminal is taken again, and everything is drawn again.
    pty.wait_for_bytes(b"\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?1000h\x1b[?1006h\x1b[2J");
    pty.wait_for_picture(&picture);
    leave(pty);
}

#[test]
fn where_no_shell_waits_nothing_stops() {
    let mut pty = demo();
    pty.signal(Signal::TSTP);
    pty.send(CTRL_Z);
    pty.wait_for("there is no shell to go back to");
    leave(pty);
}

#[test]
fn sizes_may_be_anything_at_any_time() {
    for (columns, rows) in [(0, 0), (1, 1), (200, 1), (1, 50)] {
        let pty = start().size(columns, rows).run(&["demo", "--instant"]);
        pty.wait_for_bytes(b"\x1b[?1049h");
        pty.resize(120, 36);
        pty.wait_for("demo/toolbox");
        leave(pty);
    }
    let pty = demo();
    for step in 0..200_u16 {
        pty.resize(step * 7 % 201, step * 13 % 61);
    }
    for (columns, rows) in [(0, 0), (1, 1), (500, 200), (120, 36)] {
        pty.resize(columns, rows);
    }
    pty.wait_for("demo/toolbox");
    leave(pty);
}

#[test]
fn ten_thousand_keys_are_answered() {
    let mut pty = demo();
    for _ in 0..100 {
        pty.send(&DOWN.repeat(100));
    }
    pty.wait_for_cursor_on("demo/toolbox");
    leave(pty);
}

#[test]
fn an_unfinished_paste_and_a_lone_escape_swallow_nothing() {
    let mut pty = demo();
    pty.send(b"/\x1b[200~graph");
    pty.wait_for("1 of 10");
    pty.send(b"net");
    pty.wait_for("/graphnet");
    pty.send(ESC);
    pty.wait_for("demo/toolbox");
    leave(pty);
}

#[test]
fn nothing_is_asked_of_the_terminal() {
    let mut pty = demo();
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
    let bytes = pty.bytes();
    for question in [&b"\x1b[c"[..], b"\x1b[6n", b"\x1b[5n", b"\x1b[>c", b"\x1b[?u", b"\x1b]11;?", b"\x1b]10;?"] {
        assert!(!holds(&bytes, question), "{question:?}");
    }
}

#[test]
fn nothing_is_written_while_nothing_changes() {
    let mut pty = demo();
    pty.wait_for("not fully answered");
    pty.send(b"jk");
    pty.wait_for_cursor_on("demo/arrays");
    let before = pty.bytes().len();
    // What the terminal says of itself changes no picture.
    pty.send(b"\x1b[O\x1b[I\x1b[?62;22c");
    pty.send(DOWN);
    pty.wait_for_cursor_on("demo/solvers");
    assert!(pty.bytes().len() - before < 4000, "more than one row was drawn");
    leave(pty);
}

#[test]
fn the_mouse_is_left_alone_on_request() {
    let config = "mouse: false\n";
    let pty = start().file(".config/shipworthy/config.yaml", config).run(&["demo", "--instant"]);
    pty.wait_for("7 not ready");
    assert!(!holds(&pty.bytes(), b"\x1b[?1000h"));
    leave(pty);
}

#[test]
fn colours_and_characters_follow_the_surroundings() {
    let pty = start().variable("NO_COLOR", "1").variable("LC_ALL", "C").run(&["demo", "--instant"]);
    pty.wait_for("7 not ready");
    assert!(pty.text().is_ascii(), "{}", pty.text());
    assert!(!holds(&pty.bytes(), b"\x1b[38;5;"));
    leave(pty);
    let pty = demo();
    assert!(holds(&pty.bytes(), b"\x1b[38;5;"));
    leave(pty);
}

/// With a folder for temporary files in the home.
fn with_temporary(start: Start) -> Start {
    let folder = start.home().join("tmp");
    fs::create_dir(&folder).unwrap();
    start.variable("TMPDIR", folder.to_str().unwrap())
}

#[test]
fn a_fix_of_the_demo_is_four_keys_away_written_to_a_copy_and_undone() {
    let mut pty = with_temporary(start()).run(&["demo", "--instant"]);
    pty.wait_for("7 not ready");
    for (key, shown) in [
        (&b"s"[..], "sort: worst first"),
        (b"/mylib\r", "1 of 10"),
        (b"llll", "mylib  R05"),
        (b"f", "R05 not chosen: space takes it"),
        (b" ", "fix R05"),
        (b"a", "wrote 1 file; z puts it back"),
        (b"z", "put back python-package.yml"),
        (b"@", "~/src/mylib: undone: fix R05"),
        (b"\x1b", "mylib  R05"),
        (b"z", "there is nothing to undo"),
    ] {
        pty.send(key);
        pty.wait_for(shown);
    }
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
    let left: Vec<_> = fs::read_dir(pty.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["tmp"], "nothing of the user's is touched");
    assert_eq!(fs::read_dir(pty.home.path().join("tmp")).unwrap().count(), 0, "the copy has gone");
}

#[test]
fn a_file_that_changed_meanwhile_is_not_written_and_what_was_chosen_stays() {
    let mut pty = folders().run(&["--offline", "alpha"]);
    pty.wait_for("    offline");
    pty.send(b"F");
    pty.wait_for("> [x] R05");
    pty.send(b"j ");
    pty.wait_for("> [ ] R09");
    let file = pty.home.path().join("alpha/.github/workflows/release.yml");
    let changed = format!("# by others\n{BAD}");
    fs::write(&file, &changed).unwrap();
    pty.send(b"a");
    pty.wait_for("NOT written: release.yml changed since it was read; r reads it again");
    pty.wait_for("> [ ] R09");
    assert_eq!(fs::read_to_string(&file).unwrap(), changed);
    pty.send(b"r");
    pty.wait_for("read again; this is the preview");
    pty.wait_for("> [ ] R09");
    pty.send(b"a");
    pty.wait_for("wrote 1 file; z puts it back");
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("# by others\n") && written != changed, "{written}");
    pty.send(b"z");
    pty.wait_for("put back release.yml");
    assert_eq!(fs::read_to_string(&file).unwrap(), changed);
    leave(pty);
}

#[test]
fn an_editor_has_the_terminal_to_itself_and_its_changes_are_read() {
    let editor = "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\nstty -a > settings\necho the editor is here\n\
                  read -r line\necho \"$line\" > typed\nsed -i 's/^on: push/on: workflow_dispatch/' \"$2\"\n";
    let mut pty = folders().program("bin/vim", editor).variable("EDITOR", "bin/vim").run(&["--offline", "alpha"]);
    pty.wait_for("    offline");
    pty.send(b"l");
    pty.send(ENTER);
    pty.send(ENTER);
    pty.wait_for("Evidence: file");
    pty.send(b"e");
    pty.wait_for("the editor is here");
    // What is typed now, ctrl-c and all, is not ours.
    pty.send(b"q from the editor\n");
    pty.wait_for("files of alpha were changed");
    assert!(pty.is_raw());
    let home = pty.home.path();
    let read = |file: &str| fs::read_to_string(home.join(file)).unwrap();
    let file = home.join("alpha/.github/workflows/release.yml").canonicalize().unwrap();
    let arguments = read("arguments");
    let (line, path) = arguments.trim_end().split_once('\n').unwrap();
    assert!(line.starts_with('+') && Path::new(path) == file, "{arguments}");
    assert_eq!(read("typed"), "q from the editor\n");
    assert!(read("settings").contains(" icanon"));
    leave(pty);
}

#[test]
fn an_editor_that_is_missing_is_named() {
    let mut pty = folders().variable("EDITOR", "no-such-editor").run(&["--offline", "alpha"]);
    pty.wait_for("    offline");
    pty.send(b"l");
    pty.send(ENTER);
    pty.send(ENTER);
    pty.wait_for("Evidence: file");
    pty.send(b"e");
    pty.wait_for("`no-such-editor` could not be started");
    leave(pty);
}

#[test]
fn files_that_others_changed_are_read_when_the_window_has_the_focus_again() {
    let mut pty = folders().run(&["--offline", "alpha", "beta"]);
    pty.wait_for("    offline");
    let file = pty.home.path().join("beta/.github/workflows/release.yml");
    fs::write(file, BAD.replace("on: push", "on: workflow_dispatch")).unwrap();
    pty.send(FOCUSED);
    pty.wait_for("files of beta were changed");
    leave(pty);
}

#[test]
fn a_copy_goes_to_the_terminal() {
    let mut pty = demo();
    pty.send(b"y");
    pty.wait_for("enter copy");
    pty.send(ENTER);
    pty.wait_for("to the clipboard");
    pty.wait_for_bytes(b"\x1b]52;c;");
    leave(pty);
}

#[test]
fn a_page_that_cannot_be_opened_is_shown() {
    let mut pty = demo();
    pty.send(b"o");
    pty.wait_for("https://");
    pty.wait_for("open it yourself");
    leave(pty);
}

#[test]
fn what_is_worth_keeping_is_kept_for_the_user_alone() {
    let mut pty = folders().run(&["--offline", "alpha", "beta"]);
    pty.wait_for("    offline");
    pty.send(b"/beta\r");
    pty.wait_for("filter: beta");
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
    let folder = pty.home.path().join(".local/state/shipworthy");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in ["session.json", "shipworthy.log"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
    let log = fs::read_to_string(folder.join("shipworthy.log")).unwrap();
    assert!(log.contains("begins: 2 targets"), "{log}");
    let pty = pty.again().run(&["--offline", "alpha", "beta"]);
    pty.wait_for("filter: beta");
    leave(pty);
}

#[test]
fn a_home_that_cannot_be_written_costs_only_what_would_be_kept() {
    let pty = folders().variable("XDG_STATE_HOME", "/dev/null/state").run(&["--offline", "alpha", "beta"]);
    pty.wait_for("    offline");
    leave(pty);
    let pty = folders().variable("HOME", "").run(&["--offline", "alpha", "beta"]);
    pty.wait_for("    offline");
    leave(pty);
}

#[test]
fn a_terminal_without_a_full_screen_gets_the_report() {
    for term in ["dumb", ""] {
        let pty = start().variable("TERM", term).run(&["demo"]);
        assert_eq!(pty.end(), 1, "{term:?}");
        pty.wait_for_bytes(b"TERM is dumb or not set");
        pty.wait_for_bytes(b"demo/graphnet");
        assert!(!holds(&pty.bytes(), b"\x1b[?"));
        assert!(term.is_empty() || !holds(&pty.bytes(), b"\x1b"));
    }
}

#[test]
fn without_a_terminal_the_report_is_printed_and_said() {
    let run = |arguments: &[&str], input: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
        let output = command.args(arguments).stdin(input).env("LANG", "C.UTF-8").output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for arguments in [&["demo"][..], &["demo", "--instant"], &["--replay", "assets/demo"]] {
        let (code, out, err) = run(arguments, Stdio::null());
        assert_eq!(code, Some(1), "{err}");
        assert!(out.contains("demo/graphnet") && !out.contains('\x1b'), "{out}");
        assert!(err.contains("needs a terminal"), "{err}");
    }
}
