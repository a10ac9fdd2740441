//! The dashboard in a pseudo terminal: signals, panics, odd sizes and odd input, and a terminal that is always given
//! back.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what serves only tests fails as tests do"
)]

mod pty;

use std::process::{Command, Stdio};

use pty::{Pty, start};
use rustix::process::Signal;

const DOWN: &[u8] = b"\x1b[B";
const ESC: &[u8] = b"\x1b";
const CTRL_C: &[u8] = b"\x03";
const CTRL_Z: &[u8] = b"\x1a";
const CTRL_BACKSLASH: &[u8] = b"\x1c";

/// A shell that starts the program as its job, and continues it when a line is typed.
const SHELL: &str = "set -m; \"$@\"; echo \"it stopped with $?\"; read -r line; fg; echo \"it ended with $?\"";

/// The demo, with all its answers.
fn demo() -> Pty {
    let pty = start().run(&["demo", "--instant"]);
    pty.wait_for("shipworthy");
    pty
}

#[test]
fn q_leaves_and_gives_the_terminal_back() {
    let mut pty = demo();
    assert!(pty.is_raw());
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn keys_that_are_signals_elsewhere_leave_with_their_code() {
    for (key, code) in [(CTRL_C, 130), (CTRL_BACKSLASH, 131)] {
        let mut pty = demo();
        pty.send(key);
        assert_eq!(pty.end(), code);
    }
}

#[test]
fn every_signal_leaves_with_its_code() {
    for (signal, code) in [(Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::TERM, 143)] {
        let mut pty = demo();
        pty.signal(signal);
        assert_eq!(pty.end(), code, "{signal:?}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_anywhere_is_reported_on_a_terminal_that_was_given_back() {
    for place in ["loop", "task", "thread", "draw"] {
        let mut pty = start().variable("SHIPWORTHY_FAULT", place).run(&["demo", "--instant"]);
        assert_eq!(pty.end(), 4, "{place}");
        pty.wait_for(&format!("a fault on demand in the {place}"));
        pty.wait_for("This is a bug in shipworthy");
    }
}

#[test]
fn a_stop_gives_the_terminal_back_until_it_is_continued() {
    let mut pty = start().shell(SHELL).run(&["demo", "--instant"]);
    pty.wait_for("shipworthy");
    let picture = settled(&pty);
    pty.send(CTRL_Z);
    pty.wait_for("it stopped with");
    pty.assert_given_back();
    pty.send(b"\n");
    pty.wait_for("shipworthy");
    pty.wait_without("it stopped with");
    assert_eq!(settled(&pty), picture);
    assert!(pty.is_raw());
    pty.send(b"q");
    pty.wait_for("it ended with 0");
    assert_eq!(pty.end(), 0);
}

/// What is shown once every answer is there.
fn settled(pty: &Pty) -> String {
    pty.wait_for("10 repositories");
    pty.text()
}

#[test]
fn a_stop_that_cannot_be_noticed_is_drawn_over() {
    let mut pty = demo();
    let picture = settled(&pty);
    pty.signal(Signal::STOP);
    pty.signal(Signal::CONT);
    // The picture is cleared and drawn again.
    pty.wait_for_bytes(b"\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?1000h\x1b[?1006h\x1b[2J");
    pty.wait_for("10 repositories");
    assert_eq!(pty.text(), picture);
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn where_no_shell_waits_a_stop_is_left_alone() {
    let mut pty = demo();
    pty.signal(Signal::TSTP);
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn sizes_may_be_anything_at_any_time() {
    for (columns, rows) in [(0, 0), (1, 1), (200, 1), (1, 50)] {
        let mut pty = start().size(columns, rows).run(&["demo", "--instant"]);
        pty.wait_for_bytes(b"\x1b[?1049h");
        pty.resize(120, 36);
        pty.wait_for("shipworthy");
        pty.send(b"q");
        assert_eq!(pty.end(), 0, "{columns}x{rows}");
    }
    let mut pty = demo();
    for step in 0..200_u16 {
        pty.resize(step * 7 % 201, step * 13 % 61);
    }
    for (columns, rows) in [(0, 0), (1, 1), (500, 200), (120, 36)] {
        pty.resize(columns, rows);
    }
    pty.wait_for("10 repositories");
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn ten_thousand_keys_are_answered() {
    let mut pty = demo();
    for _ in 0..100 {
        pty.send(&DOWN.repeat(100));
    }
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn an_unfinished_paste_and_a_lone_escape_swallow_nothing() {
    let mut pty = demo();
    pty.send(b"\x1b[200~abc");
    // A paste that stalls is over after a while; until then, keys would belong to it.
    std::thread::scope(|scope| {
        scope.spawn(|| {});
    });
    pty.send(b"\x1b[201~");
    pty.send(ESC);
    pty.send(DOWN);
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn nothing_is_asked_of_the_terminal_and_nothing_is_left_in_it() {
    let mut pty = demo();
    settled(&pty);
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
    let bytes = pty.bytes();
    for question in [&b"\x1b[c"[..], b"\x1b[6n", b"\x1b[5n", b"\x1b[>c", b"\x1b[?u", b"\x1b]11;?", b"\x1b]10;?"] {
        assert!(!bytes.windows(question.len()).any(|window| window == question), "{question:?}");
    }
}

#[test]
fn the_demo_touches_nothing() {
    let mut pty = demo();
    pty.send(b"q");
    assert_eq!(pty.end(), 0);
    assert_eq!(std::fs::read_dir(pty.home.path()).unwrap().count(), 0);
}

#[test]
fn a_terminal_without_a_full_screen_gets_the_report() {
    for term in ["dumb", ""] {
        let mut pty = start().variable("TERM", term).size(120, 500).run(&["demo"]);
        assert_eq!(pty.end(), 1, "{term:?}");
        pty.wait_for("TERM is dumb or not set");
        pty.wait_for("demo/graphnet");
        assert!(!pty.bytes().windows(8).any(|window| window == b"\x1b[?1049h"));
    }
}

#[test]
fn without_a_terminal_the_report_is_printed_and_said() {
    let run = |command: &mut Command| {
        let output = command.env("LANG", "C.UTF-8").output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let program = || Command::new(env!("CARGO_BIN_EXE_shipworthy"));
    let (code, out, err) = run(program().arg("demo").stdin(Stdio::null()));
    assert_eq!(code, Some(1));
    assert!(out.contains("demo/graphnet") && !out.contains('\x1b'), "{out}");
    assert!(err.contains("needs a terminal"), "{err}");
}
