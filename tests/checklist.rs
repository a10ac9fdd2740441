//! The checklist as the program runs it: answers by file, kept between runs, void after a commit, and asked for by
//! `check`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

mod ready;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ready::{RELEASING, WORKFLOW};
use serde_json::Value;
use tempfile::TempDir;

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("r/.github/workflows/release.yml", WORKFLOW);
        place.write("r/RELEASING.md", RELEASING);
        place.git(&["init", "-q", "-b", "main"]);
        place.commit();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.path("r")).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]).args(arguments);
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a change"]);
    }

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

    /// A walk as JSON, with its exit code.
    fn walk(&self, arguments: &[&str]) -> (i32, Value) {
        let fixed = ["checklist", "r", "--offline", "--release", "1.0", "--format", "json"];
        let (code, out, err) = self.run(&[&fixed[..], arguments].concat());
        let document: Value = serde_json::from_str(&out).map_err(|error| format!("{error}: {err}")).unwrap();
        let schema: Value = serde_json::from_str(shipworthy::checklist::signoff::SCHEMA).unwrap();
        jsonschema::draft202012::new(&schema).unwrap().validate(&document).unwrap();
        (code, document)
    }

    /// Answers yes to every open step of a walk.
    fn answer_all(&self) {
        let (_, walk) = self.walk(&[]);
        let open = walk["steps"].as_array().unwrap().iter().filter(|step| step["result"] == "open");
        let answers: Vec<Value> =
            open.map(|step| serde_json::json!({"step": step["id"], "said": true, "note": "seen"})).collect();
        self.write("answers.yaml", &serde_json::json!({"who": "ada", "answers": answers}).to_string());
    }
}

fn result<'a>(walk: &'a Value, id: &str) -> &'a str {
    let steps = walk["steps"].as_array().unwrap();
    steps.iter().find(|step| step["id"] == id).unwrap()["result"].as_str().unwrap()
}

#[test]
fn a_walk_is_paused_resumed_and_signed_off_and_check_asks_for_it() {
    let place = Place::new();
    let (code, walk) = place.walk(&[]);
    assert_eq!((code, walk["outcome"].as_str()), (3, Some("open")));
    assert_eq!((result(&walk, "tree-clean"), result(&walk, "approver")), ("pass", "open"));
    let check = ["check", "r", "--offline", "--fail-on", "fail", "-q", "--no-history"];
    let needs = |file: &str| {
        [&check[..], &[&format!("--require-signoff{file}")]]
            .concat()
            .iter()
            .map(|a| (*a).to_owned())
            .collect::<Vec<_>>()
    };
    let asked = |file: &str| {
        let arguments = needs(file);
        place.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(place.run(&check).0, 0);
    let (code, _, err) = asked("");
    assert!(code == 1 && err.contains("there is none"), "{err}");

    place.answer_all();
    let (code, walk) = place.walk(&["--answers", "answers.yaml", "--output", "s.json", "--output", "s.md"]);
    assert_eq!((code, walk["outcome"].as_str()), (0, Some("signed-off")), "{walk}");
    assert_eq!(result(&walk, "R04"), "attested");
    let (again, _) = place.walk(&["--output", "again.json", "--output", "again.md"]);
    assert_eq!(again, 0, "what was answered is kept");
    for name in ["json", "md"] {
        let read = |start: &str| fs::read(place.path(&format!("{start}.{name}"))).unwrap();
        assert_eq!(read("s"), read("again"), "byte for byte");
    }
    assert_eq!(asked("").0, 0);
    assert_eq!(asked("=s.json").0, 0);

    place.write("r/more", "x");
    place.commit();
    let (code, _, err) = asked("");
    assert!(code == 1 && err.contains("about the commit"), "{err}");
    let (code, walk) = place.walk(&[]);
    assert_eq!((code, result(&walk, "approver")), (3, "open"));
    assert_eq!(result(&walk, "tokens-revoked"), "attested", "the process is the same");
    assert!(walk["void"].as_array().unwrap().iter().any(|one| one["reason"] == "the commit changed"), "{walk}");
}

#[test]
fn what_the_facts_prove_blocks_whatever_is_answered() {
    let place = Place::new();
    place.answer_all();
    place.write("r/RELEASING.md", &format!("{RELEASING}\n"));
    let (code, _, err) = place.run(&["checklist", "r", "--offline", "--release", "1.0", "--answers", "answers.yaml"]);
    assert_eq!(code, 1, "{err}");
    place.write("wrong.yaml", "who: ada\nanswers: [{step: tree-clean, said: yes}]\n");
    let (code, _, err) = place.run(&["checklist", "r", "--offline", "--release", "1.0", "--answers", "wrong.yaml"]);
    assert!(code == 2 && err.contains("no answer lifts"), "{err}");
    let (_, walk) = place.walk(&[]);
    assert_eq!((result(&walk, "tree-clean"), walk["outcome"].as_str()), ("fail", Some("blocked")));
}

#[test]
fn a_no_stops_and_can_be_taken_back() {
    let place = Place::new();
    place.write("no.yaml", "who: ada\nanswers:\n  - step: approver\n    said: no\n    note: nobody is there\n");
    let (code, walk) = place.walk(&["--answers", "no.yaml"]);
    assert_eq!((code, walk["outcome"].as_str()), (1, Some("stopped")));
    let (code, walk) = place.walk(&["--retract", "approver"]);
    assert_eq!((code, result(&walk, "approver")), (3, "open"));
}

#[test]
fn mistakes_in_answers_are_named_with_their_place() {
    let place = Place::new();
    for (text, words) in [
        ("who: ada\nanswer: []\n", "a.yaml:2"),
        ("answers: [{step: aprover, said: yes, who: ada}]\n", "did you mean `approver`?"),
        ("answers: [{step: approver, said: maybe}]\n", "expected yes, no or not-applicable"),
        ("answers: [{step: approver, said: not-applicable, who: ada}]\n", "say why"),
        ("answers: [{step: approver, said: yes}]\n", "needs the name"),
    ] {
        place.write("a.yaml", text);
        let (code, out, err) = place.run(&["checklist", "r", "--offline", "--answers", "a.yaml"]);
        assert!(code == 2 && out.is_empty() && err.contains(words), "{text}: {err}");
    }
    let (code, _, err) = place.run(&["checklist", "r", "--offline", "--output", "s.yaml"]);
    assert!(code == 2 && err.contains("FORM=FILE"), "{err}");
}

#[test]
fn a_broken_memory_is_left_alone_and_said() {
    let place = Place::new();
    place.answer_all();
    place.walk(&["--answers", "answers.yaml"]);
    for entry in fs::read_dir(place.path(".local/state/shipworthy/checklist")).unwrap() {
        fs::write(entry.unwrap().path(), "{").unwrap();
    }
    let (code, _, err) = place.run(&["checklist", "r", "--offline", "--release", "1.0"]);
    assert!(code == 2 && err.contains("move it away to begin anew"), "{err}");
}

#[test]
fn the_boxes_of_the_page_come_back_ticked() {
    let place = Place::new();
    place.answer_all();
    place.walk(&["--answers", "answers.yaml"]);
    let (_, out, _) = place.run(&["checklist", "r", "--offline", "--release", "1.0", "--format", "comment"]);
    assert!(out.contains("- [x] Update the changelog (ada, yes: seen ("), "{out}");
    assert_eq!(out.matches("- [x] ").count(), 2, "{out}");
}

/// Types lines into the program in a pseudo terminal; answers its exit code and what was to be seen.
#[cfg(unix)]
fn typed(place: &Place, arguments: &[&str], lines: &str) -> (u32, String) {
    use std::io::{Read, Write};

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_shipworthy"));
    command.args(arguments);
    command.cwd(place.folder.path());
    command.env_clear();
    command.env("HOME", place.folder.path());
    command.env("LANG", "C.UTF-8");
    command.env("TERM", "dumb");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    pty.master.take_writer().unwrap().write_all(lines.as_bytes()).unwrap();
    let mut seen = Vec::new();
    // The end of a pseudo terminal is an error on some systems.
    pty.master.try_clone_reader().unwrap().read_to_end(&mut seen).ok();
    (child.wait().unwrap().exit_code(), String::from_utf8_lossy(&seen).into_owned())
}

#[cfg(unix)]
#[test]
fn questions_are_asked_in_plain_lines_and_every_answer_is_kept_at_once() {
    let place = Place::new();
    let arguments = ["checklist", "r", "--offline", "--release", "1.0", "--as", "ada"];
    let (code, seen) = typed(&place, &arguments, "x\ny\nseen by me\nq\n");
    assert_eq!(code, 3, "{seen}");
    assert!(seen.contains("questions are open") && seen.contains("[q] pause >"), "{seen}");
    let (_, walk) = place.walk(&[]);
    let answered = || walk["steps"].as_array().unwrap().iter().filter(|step| step["result"] == "attested");
    assert_eq!(answered().count(), 1);
    let answer = &answered().next().unwrap()["answer"];
    assert_eq!((answer["who"].as_str(), answer["note"].as_str()), (Some("ada"), Some("seen by me")));
    let (code, seen) = typed(&place, &arguments, "n\nnot now\n");
    assert!(code == 1 && seen.contains("stopped"), "{seen}");
    let (code, seen) = typed(&place, &[&arguments[..], &["--no-questions"]].concat(), "");
    assert!(code == 1 && !seen.contains("pause >"), "{seen}");
}

#[test]
fn only_sign_offs_are_replaced_and_versions_are_versions() {
    let place = Place::new();
    let walk = |output: &str| place.run(&["checklist", "r", "--offline", "--release", "1.0", "--output", output]);
    place.write("notes.md", "my notes\n");
    for output in ["notes.md", "text=notes.md", "json=notes.md", "comment=notes.md"] {
        let (code, _, err) = walk(output);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("notes.md is there already and holds no sign-off"), "{err}");
    }
    assert_eq!(fs::read_to_string(place.path("notes.md")).unwrap(), "my notes\n");
    for output in ["signoff.md", "signoff.json", "text=signoff.txt"] {
        for _ in 0..2 {
            assert_eq!(walk(output).0, 3, "{output}");
        }
    }
    for wrong in ["../../x y", "1.0/2", " "] {
        let (code, _, err) = place.run(&["checklist", "r", "--offline", "--release", wrong]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("is in no version: letters, digits and . + - _ ! are"), "{err}");
    }
}

#[test]
fn a_folder_typed_as_a_dot_is_called_by_its_name() {
    let place = Place::new();
    let here = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
        command.args(arguments).current_dir(place.path("r")).stdin(Stdio::null()).env_clear();
        command.env("HOME", place.folder.path()).env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let markdown = here(&["checklist", ".", "--offline", "--release", "1.0", "--format", "markdown"]);
    assert!(markdown.starts_with("# Release sign-off: r 1.0\n"), "{markdown}");
    let report = here(&["check", ".", "--offline", "--format", "markdown"]);
    assert!(report.contains("## `r`: "), "{report}");
    let json = here(&["check", ".", "--offline", "--format", "json"]);
    assert!(json.contains("\"target\": \".\""), "what was typed stays: {json}");
    place.git(&["remote", "add", "origin", "https://github.com/lin/tool.git"]);
    let text = here(&["checklist", ".", "--offline", "--release", "1.0"]);
    assert!(text.starts_with("lin/tool 1.0"), "{text}");
}
