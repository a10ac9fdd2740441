//! The program as it is run: exit codes, streams, options, configuration and odd surroundings.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A release workflow that does what the files can show.
const GOOD: &str = include_str!("ready/release.yml");

/// One that does the contrary.
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

const RELEASING: &str = "\
# Releasing

Only members of the release team may approve the environment `pypi`.

1. Update the changelog.
2. Set the version.
3. Start the release workflow and ask another maintainer to approve it.
";

/// A place with repositories and a home of its own.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.path("home")).unwrap();
        place.write("good/.github/workflows/release.yml", GOOD);
        place.write("good/RELEASING.md", RELEASING);
        place.write("bad/.github/workflows/release.yml", BAD);
        place
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    /// The program in this place, with nothing of the surroundings of the tests but where programs are.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.path("home")).env("LANG", "C.UTF-8");
        // Nothing listens there, so these tests ask nobody.
        command.env("GITHUB_API_URL", "http://127.0.0.1:9");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&run.out).unwrap()
    }
}

/// How a run ended, and what it said.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let run = Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.out.contains("panicked at") && !run.err.contains("panicked at"), "{run:?}");
        run
    }
}

fn forbidden(text: &str) -> Option<char> {
    let is_forbidden = |c: &char| {
        matches!(c, '\0'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}')
    };
    text.chars().find(is_forbidden)
}

fn verdict<'a>(report: &'a Value, id: &str) -> &'a str {
    let requirements = report["repositories"][0]["requirements"].as_array().unwrap();
    requirements.iter().find(|one| one["id"] == id).unwrap()["verdict"].as_str().unwrap()
}

#[test]
fn exit_codes_follow_readiness() {
    let place = Place::new();
    for (arguments, code) in [
        (&["check", "good"][..], 3),
        (&["check", "bad"], 1),
        (&["check", "good", "bad"], 1),
        (&["check", "good", "--only", "R05,pinned-actions"], 0),
        (&["check", "bad", "--only", "R05"], 1),
        (&["check", "good", "--only", "R04"], 3),
        (&["check", "good", "--fail-on", "fail"], 0),
        (&["check", "good", "--fail-on", "unknown"], 1),
        (&["check", "bad", "--fail-on", "fail"], 1),
        (&["check", "good", "--fail-on", "warn"], 1),
        (&["check", "good", "--only", "R05", "--fail-on", "warn"], 0),
        (&["check", "owner/repo"], 3),
        (&["check", "owner/repo", "--only", "R05"], 3),
        (&["check", "nothing-here"], 2),
        (&["check", "good", "nothing-here"], 2),
        (&["check", "./owner/repo"], 2),
        (&["check", "good", "--only", "R99"], 2),
        (&["check", "--nonsense"], 2),
        (&["check", "--replay", "nothing-here"], 2),
        (&["explain"], 0),
        (&["explain", "R05"], 0),
        (&["explain", "R99"], 2),
        (&["completions", "bash"], 0),
        (&["man"], 0),
        (&["man", "nonsense"], 2),
        (&["config", "default"], 0),
        (&["config", "schema"], 0),
        (&["config", "path"], 0),
        (&["--version"], 0),
        (&["--help"], 0),
        (&["good", "check"], 2),
    ] {
        let run = place.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {run:?}");
        let explained = !run.err.is_empty() && run.err.lines().all(|line| !line.is_empty() || code == 2);
        assert!(code != 2 || explained, "{arguments:?}: {run:?}");
        assert!(code != 2 || run.out.is_empty(), "{arguments:?}: {run:?}");
    }
}

#[test]
fn what_counts_differently_is_said() {
    let place = Place::new();
    let run = place.run(&["check", "good", "--fail-on", "fail"]);
    assert!(run.err.contains("--fail-on fail") && run.err.contains("good"), "{run:?}");
    let remote = place.run(&["check", "owner/repo", "--offline"]);
    assert!(remote.err.contains("owner/repo was not looked at") && remote.err.contains("clone it"), "{remote:?}");
    assert!(place.run(&["check", "good"]).err.is_empty());
}

#[test]
fn a_folder_without_a_remote_is_not_called_offline() {
    let place = Place::new();
    let online = place.run(&["check", "good", "--only", "R04"]).out;
    assert!(online.contains("this folder has no remote on 127.0.0.1:9"), "{online}");
    assert!(online.contains("settled by: a remote on 127.0.0.1:9, or owner/repo as the target"), "{online}");
    assert!(!online.contains("offline") && !online.contains("not asked"), "{online}");
    let report = place.json(&["check", "good", "--only", "R04"]);
    let check = &report["repositories"][0]["requirements"][0]["checks"][0];
    assert_eq!(check["unknown"]["reason"], "not-found", "{check}");
    let offline = place.run(&["check", "good", "--only", "R04", "--offline"]).out;
    assert!(offline.contains("cannot be seen offline") && !offline.contains("no remote"), "{offline}");
}

#[test]
fn a_repository_that_nobody_could_reach_is_told_in_a_line() {
    let place = Place::new();
    let text = place.run(&["check", "owner/repo"]).out;
    assert_eq!(text.matches("no connection to 127.0.0.1:9").count(), 1, "{text}");
    assert!(text.contains("settled by: a connection to 127.0.0.1:9"), "{text}");
    assert!(!text.contains("do:") && !text.contains("not asked"), "{text}");
    let verbose = place.run(&["check", "owner/repo", "-v"]).out;
    assert!(verbose.contains("GET /repos/owner/repo gave no answer"), "{verbose}");
    let report = place.json(&["check", "owner/repo"]);
    for requirement in report["repositories"][0]["requirements"].as_array().unwrap() {
        assert_eq!(
            (&requirement["verdict"], &requirement["guide"]),
            (&"unknown".into(), &Value::Null),
            "{requirement}"
        );
        assert_eq!(requirement["checks"][0]["unknown"]["reason"], "offline", "{requirement}");
    }
    for format in ["markdown", "sarif", "junit", "github"] {
        let out = place.run(&["check", "owner/repo", "--format", format]).out;
        assert!(out.contains("no connection to 127.0.0.1:9"), "{out}");
        assert!(!out.contains("answered 0") && !out.contains("which was not asked"), "{out}");
    }
    // A variable that leads elsewhere is named, since it may be what is wrong.
    let mut command = place.command(&["check", "owner/repo", "--api-url", "https://api.invalid"]);
    let proxied = Run::of(command.env("HTTPS_PROXY", "http://127.0.0.1:9").output().unwrap());
    assert!(
        proxied.out.contains("no connection to api.invalid") && proxied.out.contains("(HTTPS_PROXY is set)"),
        "{proxied:?}"
    );
}

#[test]
fn an_entry_of_the_fleet_that_names_nothing_keeps_nobody_from_judging_the_others() {
    let place = Place::new();
    place.write("c.yaml", "fleet:\n  - ./gone\n  - good\n  - {target: o/r, clone: vanished}\n  - not a name\n");
    let run = place.run(&["check", "--offline", "--only", "R05", "--config", "c.yaml"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    for words in ["`./gone` is no folder that can be seen", "`vanished`", "`not a name` is neither a folder"] {
        assert!(run.err.contains(words), "{words} is not in {}", run.err);
    }
    assert_eq!(run.err.matches("(it stands under `fleet:` in the configuration)").count(), 3, "{}", run.err);
    let report = place.json(&["check", "--offline", "--only", "R05", "--config", "c.yaml"]);
    let told: Vec<(&str, &str)> = report["repositories"].as_array().unwrap().iter().map(told).collect();
    let undecided = |name| (name, "undecided");
    assert_eq!(told, [undecided("./gone"), ("good", "ready"), undecided("o/r"), undecided("not a name")]);
    // On the command line they are a mistake, and all of them are named.
    let typed = place.run(&["check", "./gone", "good", "not a name"]);
    assert_eq!(typed.code, Some(2), "{typed:?}");
    assert!(typed.err.contains("`./gone`") && typed.err.contains("`not a name`"), "{typed:?}");
}

fn told(repo: &Value) -> (&str, &str) {
    (repo["target"].as_str().unwrap(), repo["readiness"].as_str().unwrap())
}

#[test]
fn a_folder_that_holds_no_repository_is_not_judged() {
    let place = Place::new();
    place.write("letters/to-mother.txt", "Dear mother");
    for arguments in [&["check", "letters"][..], &["check", "letters", "--offline"]] {
        let run = place.run(arguments);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.err.contains("no repository here: ") && run.err.contains("letters"), "{run:?}");
        assert!(!run.out.contains("fix:") && !run.out.contains("do:"), "{run:?}");
    }
    let report = place.json(&["check", "letters"]);
    for requirement in report["repositories"][0]["requirements"].as_array().unwrap() {
        let said = (&requirement["verdict"], &requirement["fix"], &requirement["guide"]);
        assert_eq!(said, (&"unknown".into(), &Value::Null, &Value::Null), "{requirement}");
    }
}

#[test]
fn a_folder_that_is_misspelt_is_not_asked_for_on_the_forge() {
    let place = Place::new();
    let run = place.run(&["check", "good/nosuch"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
    assert!(run.err.contains("is no folder here, though `good` is one"), "{run:?}");
}

#[test]
fn keys_are_printed_as_the_configuration_leaves_them() {
    let place = Place::new();
    let usual = place.run(&["keys"]).out;
    assert!(usual.contains("  f              fix ") && usual.contains("  j down         down "), "{usual}");
    let text = "keys: {down: [n], filter: [f], fix: [/]}\n";
    place.write("c.yaml", text);
    let named = place.run(&["keys", "--config", "c.yaml"]).out;
    for row in ["  n              down ", "  f              filter ", "  /              fix "] {
        assert!(named.contains(row), "{row:?} is not in {named}");
    }
    let config = place.run(&["config", "path"]).out;
    let file = config.lines().next().unwrap().trim().to_owned();
    fs::create_dir_all(Path::new(&file).parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    assert_eq!(place.run(&["keys"]).out, named);
    assert_eq!(place.run(&["help", "keys"]).out, named);
    place.write("c.yaml", "keys: {down: [nonsense]}\n");
    assert_eq!(place.run(&["keys", "--config", "c.yaml"]).code, Some(2));
}

#[test]
fn the_document_of_a_real_run_fits_its_schema() {
    let place = Place::new();
    let schema: Value = serde_json::from_str(shipworthy::report::SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for arguments in [&["check", "good", "bad", "owner/repo", "owner/*"][..], &["check", "bad", "--only", "R08"]] {
        let report = place.json(arguments);
        validator.validate(&report).map_err(|error| format!("{error} at {}", error.instance_path())).unwrap();
    }
    let report = place.json(&["check", "bad", "--only", "pinned-actions,R05"]);
    let ids: Vec<&Value> =
        report["repositories"][0]["requirements"].as_array().unwrap().iter().map(|r| &r["id"]).collect();
    assert_eq!(ids, ["R05", "R08"]);
    assert_eq!(verdict(&report, "R05"), "fail");
}

#[test]
fn keys_stand_in_the_documented_order() {
    let out = Place::new().run(&["check", "bad", "--format", "json"]).out;
    let keys = [
        "schema",
        "generated_at",
        "tool",
        "profile",
        "repositories",
        "target",
        "repository",
        "path",
        "branch",
        "commit",
        "readiness",
        "publishes",
        "requirements",
        "problems",
        "summary",
    ];
    let mut rest = out.as_str();
    for key in keys {
        let found = rest.split_once(&format!("\"{key}\": "));
        assert!(found.is_some(), "{key} is not in its place: {out}");
        rest = found.unwrap().1;
    }
}

#[test]
fn targets_come_from_standard_input_in_their_order() {
    let place = Place::new();
    let list = |text: &str, arguments: &[&str]| {
        let mut command = assert_cmd::Command::from_std(place.command(arguments));
        Run::of(command.write_stdin(text).output().unwrap())
    };
    let run = list("# mine\n\nbad\r\n  good  \n", &["check", "owner/repo", "-", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let targets: Vec<&Value> = report["repositories"].as_array().unwrap().iter().map(|repo| &repo["target"]).collect();
    assert_eq!(targets, ["owner/repo", "bad", "good"]);
    let nothing = list("# nothing\n", &["check", "-"]);
    assert_eq!(nothing.code, Some(3));
    assert!(nothing.err.contains("nothing was judged"), "{nothing:?}");
    assert_eq!(list("nothing-here\nbad\n", &["check", "-"]).code, Some(2));
}

#[test]
fn without_a_target_the_current_folder_or_the_configured_fleet_is_judged() {
    let place = Place::new();
    let run = Run::of(place.command(&["check", "--format", "json"]).current_dir(place.path("bad")).output().unwrap());
    assert!(run.out.contains("\"target\": \".\""), "{run:?}");
    place.write("fleet.yaml", "fleet:\n  - good\n  - {target: owner/bad, clone: bad}\n");
    let report = place.json(&["check", "--config", "fleet.yaml"]);
    assert_eq!(report["repositories"][0]["target"], "good");
    assert_eq!(report["repositories"][1]["repository"], "owner/bad");
    assert_eq!(report["summary"]["not_ready"], 1);
}

#[test]
fn without_a_subcommand_the_same_is_printed_and_said() {
    let place = Place::new();
    let (bare, check) = (place.run(&["bad"]), place.run(&["check", "bad"]));
    assert_eq!((&bare.out, bare.code), (&check.out, check.code));
    assert!(bare.err.contains("needs a terminal") && check.err.is_empty(), "{bare:?}");
    let mistyped = place.run(&["chekc"]);
    assert!(mistyped.err.contains("`shipworthy check`"), "{mistyped:?}");
}

#[test]
fn options_win_over_the_environment_and_that_over_the_configuration() {
    let place = Place::new();
    place.write("home/.config/shipworthy/config.yaml", "profile: pep-740\nfail-on: unknown\n");
    let profile = |command: &mut Command| {
        let run = Run::of(command.output().unwrap());
        serde_json::from_str::<Value>(&run.out).unwrap()["profile"].as_str().unwrap().to_owned()
    };
    let json = ["check", "good", "--format", "json"];
    assert_eq!(profile(&mut place.command(&json)), "pep-740");
    assert_eq!(profile(place.command(&json).env("SHIPWORTHY_PROFILE", "spec-8")), "spec-8");
    let option = [&json[..], &["--profile", "pep-740"]].concat();
    assert_eq!(profile(place.command(&option).env("SHIPWORTHY_PROFILE", "spec-8")), "pep-740");
    assert_eq!(place.run(&["check", "good"]).code, Some(1));
    let other = place.path("home/elsewhere");
    fs::create_dir_all(&other).unwrap();
    assert_eq!(profile(place.command(&json).env("XDG_CONFIG_HOME", other)), "spec-8");
}

#[test]
fn a_configuration_with_a_mistake_is_named_with_its_line() {
    let place = Place::new();
    place.write("home/.config/shipworthy/config.yaml", "fleet: []\nprofle: spec-8\n");
    let run = place.run(&["check", "good"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.err.contains("config.yaml:2:") && run.err.contains("did you mean `profile`?"), "{run:?}");
    assert_eq!(place.run(&["check", "good", "--config", "nothing-here.yaml"]).code, Some(2));
}

#[test]
fn init_writes_a_configuration_once() {
    let place = Place::new();
    let first = place.run(&["init"]);
    let file = place.path("home/.config/shipworthy/config.yaml");
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), place.run(&["config", "default"]).out);
    assert_eq!(place.run(&["config", "path"]).out.trim_end(), file.to_str().unwrap());
    fs::write(&file, "profile: pep-740\n").unwrap();
    let second = place.run(&["init"]);
    assert_eq!(second.code, Some(2));
    assert!(second.err.contains("left as it is"), "{second:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "profile: pep-740\n");
}

#[test]
fn waivers_count_unless_told_otherwise() {
    let place = Place::new();
    let declaration = |id: &str| format!("waivers: [{{requirement: {id}, reason: later, owner: ada}}]\n");
    place.write("bad/.github/shipworthy.yml", &declaration("R05"));
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(place.path("bad")).args(["-c", "user.name=ada", "-c", "user.email=ada@example.org"]);
        let done = command.args(arguments).env("HOME", place.path("home")).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "first"]);
    place.write("bad/.github/shipworthy.yml", &declaration("R08"));
    let verdicts = |arguments: &[&str]| {
        let report = place.json(&[&["check", "bad"], arguments].concat());
        (verdict(&report, "R05").to_owned(), verdict(&report, "R08").to_owned())
    };
    let (fail, waived) = ("fail".to_owned(), "waived".to_owned());
    assert_eq!(verdicts(&[]), (fail.clone(), waived.clone()));
    assert_eq!(verdicts(&["--waivers-from", "HEAD"]), (waived, fail.clone()));
    assert_eq!(verdicts(&["--no-waivers"]), (fail.clone(), fail));
    for revision in ["no-such-branch", "--help", "HEAD:x", ""] {
        let run = place.run(&["check", "bad", &format!("--waivers-from={revision}")]);
        assert_eq!(run.code, Some(2), "{revision}: {run:?}");
    }
}

#[test]
fn colours_and_characters_follow_options_and_surroundings() {
    let place = Place::new();
    let out = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = place.command(arguments);
        Run::of(command.envs(variables.iter().copied()).output().unwrap()).out
    };
    let plain = out(&["check", "bad"], &[]);
    assert!(plain.contains('✗') && !plain.contains('\u{1b}'), "{plain}");
    assert!(out(&["check", "bad", "--color", "always"], &[("NO_COLOR", "1")]).contains("\u{1b}["));
    assert!(!out(&["check", "bad"], &[("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(!out(&["--help"], &[]).contains('\u{1b}'));
    for (arguments, variables) in [
        (&["check", "bad", "--ascii"][..], &[][..]),
        (&["check", "bad"], &[("LC_ALL", "C")]),
        (&["check", "bad"], &[("LANG", "")]),
        (&["check", "bad"], &[("LC_CTYPE", "POSIX"), ("TERM", "dumb")]),
    ] {
        let text = out(arguments, variables);
        assert!(text.is_ascii() && text.contains("x fail"), "{text}");
    }
}

#[test]
fn odd_surroundings_do_no_harm() {
    let place = Place::new();
    let run = |command: &mut Command| Run::of(command.output().unwrap());
    assert_eq!(run(place.command(&["check", "good"]).env_remove("HOME")).code, Some(3));
    assert_eq!(run(place.command(&["check", "good"]).env("HOME", "")).code, Some(3));
    assert_eq!(run(place.command(&["check", "good"]).env("HOME", "/nothing/here")).code, Some(3));
    assert_eq!(run(place.command(&["check", "good"]).env_remove("PATH")).code, Some(3));
    let folder = place.path("home/.config/shipworthy/config.yaml");
    fs::create_dir_all(folder).unwrap();
    assert_eq!(place.run(&["check", "good"]).code, Some(2), "a folder in the place of the configuration");
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let place = Place::new();
    for arguments in
        [&["check", "bad"][..], &["check", "bad", "--format", "json"], &["--help"], &["completions", "zsh"]]
    {
        // The reader is gone before the program starts, so that it cannot get its words out in time.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = place.command(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!((run.code, run.err.as_str()), (Some(141), ""), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let place = Place::new();
    for arguments in
        [&["check", "good"][..], &["check", "good", "--format", "json"], &["explain", "R05"], &["--version"]]
    {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let run = Run::of(place.command(arguments).stdout(full).output().unwrap());
        assert_eq!(run.code, Some(4), "{arguments:?}: {run:?}");
        assert!(run.err.contains("could not be written"), "{run:?}");
    }
    // Where remarks cannot be written, the report still is.
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let run = Run::of(place.command(&["check", "owner/repo"]).stderr(full).output().unwrap());
    assert_eq!(run.code, Some(3));
    assert!(run.out.contains("owner/repo"));
}

#[cfg(unix)]
#[test]
fn names_from_outside_reach_no_terminal_raw() {
    let place = Place::new();
    let evil = "\u{1b}]0;x\u{7}\u{202e}\u{9b}2J\r\n::error::x";
    let text = BAD.replace("name: release", "name: \"\\e]0;x\\a\\u202E\"").replace("v4", "v\u{9b}4");
    place.write(&format!("{evil}/.github/workflows/{evil}.yml"), &text);
    place.write(&format!("{evil}/.github/workflows/a\u{1b}[2J.yml"), "a: [\u{1b}");
    for arguments in [
        &["check", evil][..],
        &["check", evil, "-v"],
        &["check", evil, "-q"],
        &["check", evil, "good", "--summary"],
        &["check", evil, "--format", "json"],
        &["check", "\u{1b}[2J"],
        &["check", "--\u{1b}[2J"],
        &["check", "good", "--only", evil],
        &["check", "good", "--config", evil],
        &["check", "good", "--waivers-from", evil],
        &["explain", evil],
        &["man", evil],
        &[evil, "check"],
    ] {
        let run = place.run(arguments);
        assert!(run.code.is_some_and(|code| code < 4), "{run:?}");
        for text in [&run.out, &run.err] {
            assert_eq!(forbidden(text), None, "{arguments:?}: {text:?}");
            assert!(!text.lines().any(|line| line.starts_with("::")), "{arguments:?}: {text}");
        }
    }
}

#[test]
fn checking_writes_nothing_but_its_history() {
    let place = Place::new();
    let before = listing(place.folder.path());
    let unkept = [
        &["check", "good", "bad", "owner/repo", "--no-history", "--no-cache"][..],
        &["check", "owner/repo", "--offline"],
        &["demo"],
        &["explain", "R05"],
        &["history", "good"],
    ];
    for arguments in unkept {
        place.run(arguments);
    }
    assert_eq!(listing(place.folder.path()), before);
    place.run(&["check", "good", "bad"]);
    let kept = place.path("home/.local");
    let mut files: Vec<_> = listing(place.folder.path()).into_iter().filter(|(path, _)| path.is_file()).collect();
    files.retain(|(path, _)| path.starts_with(&kept));
    let history = kept.join("state/shipworthy/history");
    assert!(files.len() == 2 && files.iter().all(|(path, _)| path.starts_with(&history)), "{files:?}");
    fs::remove_dir_all(kept).unwrap();
    assert_eq!(listing(place.folder.path()), before);
}

/// Every path below a folder, with its size.
fn listing(folder: &Path) -> Vec<(std::path::PathBuf, u64)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        all.push((entry.path(), entry.metadata().unwrap().len()));
        if entry.path().is_dir() {
            all.extend(listing(&entry.path()));
        }
    }
    all.sort();
    all
}

#[test]
fn less_and_more_are_printed_on_request() {
    let place = Place::new();
    let usual = place.run(&["check", "good", "bad"]).out;
    let verbose = place.run(&["check", "good", "bad", "-v"]).out;
    let quiet = place.run(&["check", "good", "bad", "-q"]).out;
    let summary = place.run(&["check", "good", "bad", "--summary"]).out;
    assert!(verbose.len() > usual.len());
    assert!(quiet.lines().count() > 0 && quiet.lines().all(|line| line.contains(": ✗ R")), "{quiet}");
    let heads: Vec<&str> = summary.lines().take(2).collect();
    assert!(heads[0].contains("bad") && heads[1].contains("good"), "the worst comes first: {summary}");
    assert!(usual.contains("2 repositories: 0 ready, 1 not ready, 1 undecided"), "{usual}");
    assert!(usual.contains("What first") && usual.contains("release.yml:3:1"), "{usual}");
}

#[test]
fn the_version_is_told() {
    let place = Place::new();
    let version = place.run(&["--version"]).out;
    assert!(version.starts_with(&format!("shipworthy {}", env!("CARGO_PKG_VERSION"))), "{version}");
}
