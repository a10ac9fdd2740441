//! Annotations are read by a runner as they were meant, and nothing else is read as one.

use super::*;
use crate::report::sample;

/// A command as a runner reads it: told by the rules of the runner, apart from how it is written.
#[derive(Debug, PartialEq)]
struct Command {
    name: String,
    properties: Vec<(String, String)>,
    data: String,
}

fn parse(line: &str) -> Option<Command> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, data) = rest.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let plain = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let pairs = properties.split(',').filter_map(|pair| pair.split_once('='));
    let properties = pairs.map(|(key, value)| (key.to_owned(), plain(value))).collect();
    Some(Command { name: name.to_owned(), properties, data: plain(data) })
}

fn printed(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    write(&Report { fleet, at: sample::now(), partial: true }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn annotations_are_as_documented() {
    insta::with_settings!({snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("github", printed(&sample::every_verdict()));
        insta::assert_snapshot!("github_hostile", printed(&sample::hostile()));
    });
}

#[test]
fn a_runner_reads_only_what_was_written_for_it() {
    for fleet in [sample::every_verdict(), sample::several(), sample::hostile()] {
        let text = printed(&fleet);
        let written: usize = fleet.repos.values().map(|repo| annotations(repo, &fleet).len()).sum();
        let read: Vec<Command> = text.split(['\n', '\r']).filter_map(parse).collect();
        assert_eq!(read.len(), written);
        for command in &read {
            assert!(matches!(command.name.as_str(), "error" | "warning" | "notice"), "{command:?}");
            let keys: Vec<&str> = command.properties.iter().map(|(key, _)| key.as_str()).collect();
            assert!(
                [&["title"][..], &["file", "title"], &["file", "line", "endLine", "title"]].contains(&keys.as_slice()),
                "{keys:?}"
            );
        }
        let commands = runner::commands(&text).len();
        assert_eq!(commands, written, "{text}");
        assert!(!text.contains(|c: char| c != '\n' && clean::is_unwanted(c)));
    }
}

#[test]
fn what_is_escaped_is_read_back() {
    let evil = "100%,x:y%0A\n::error::z\r%25".to_owned();
    let annotation = Annotation {
        level: "error",
        path: Some(evil.clone()),
        lines: Some((1, 2)),
        title: evil.clone(),
        message: evil.clone(),
    };
    let line = annotation.command();
    assert!(!line.contains(['\n', '\r']));
    let command = parse(&line).unwrap();
    assert_eq!(command.properties[0], ("file".to_owned(), evil.clone()));
    assert_eq!(command.properties[3], ("title".to_owned(), evil.clone()));
    assert_eq!(command.data, evil);
}

#[test]
fn files_are_named_as_the_workspace_sees_them() {
    let prefix = |typed: &str, path: Option<&str>| {
        let mut fleet = sample::every_verdict();
        let repo = fleet.repos.values_mut().next().unwrap();
        repo.target.id.target = typed.into();
        repo.target.path = path.map(str::to_owned);
        Home::of(fleet.repos.values().next().unwrap(), &fleet).prefix
    };
    assert_eq!(prefix(".", Some("/w/r")), Some(String::new()));
    assert_eq!(prefix("./sub/r/", Some("/w/sub/r")), Some("sub/r/".to_owned()));
    assert_eq!(prefix("o/r", None), Some(String::new()));
    assert_eq!(prefix("sub", Some("/w")), None, "the root lies above");
    assert_eq!(prefix("../r", Some("/r")), None);
    assert_eq!(prefix("/w/r", Some("/w/r")), None);
}
