//! Edits that hold what they promise, and those that do more.

use super::*;
use crate::text::splice;
use proptest::prelude::*;

const FLOW: &str = "on: [push, pull_request] # when\npermissions: &p\n  contents: read\njobs:\n  a:\n    permissions: *p\n    \
                    steps:\n      - uses: x/y@v1 # old\n        with:\n          password: s\n      - run: |\n          echo\n";

/// Replaces one piece of a text, and verifies that.
fn replaced(text: &str, from: &str, to: &str) -> Result<(), String> {
    let start = text.find(from).unwrap();
    let edits = [Edit { span: Span::new(start, start + from.len()), text: to.to_owned() }];
    edited("w.yml", text, &splice::apply(text, &edits).unwrap(), &edits)
}

#[test]
fn edits_that_do_what_they_say_hold() {
    for (from, to) in [
        ("v1 # old", "aaaa # v1.2"),
        ("jobs:\n", "concurrency: x\njobs:\n"),
        ("    steps:", "    environment: pypi\n    steps:"),
        ("          password: s\n", ""),
        ("        with:\n          password: s\n", ""),
        ("- uses: x", "- name: n\n        uses: x"),
        ("      - run", "      - uses: new/step@v1\n      - run"),
        ("[push, pull_request]", "\n  push:\n    tags: ['v*']"),
        ("[push, pull_request] #", "workflow_dispatch #"),
        ("*p", "\n      id-token: write"),
        ("          echo\n", "          echo\n          echo more\n"),
    ] {
        assert_eq!(replaced(FLOW, from, to), Ok(()), "{from:?} -> {to:?}");
    }
    assert_eq!(replaced("a:\nb: 1\n", "a:\n", "a:\n  c: 2\n"), Ok(()), "a key without a value may be given one");
    assert_eq!(replaced("updates: []\n", "[]", "\n  - x: 1"), Ok(()));
    assert_eq!(replaced("", "", "a: 1\n"), Ok(()));
}

#[test]
fn edits_that_do_more_are_refused() {
    for (from, to, why) in [
        ("        with:\n", "      - with:\n", "would change as well"),
        ("permissions: &p\n", "permissions: &p\n  a:\n", "would change as well"),
        ("jobs:\n", "jobs: {}\nother:\n", "would change as well"),
        ("    steps:", "    steps: []\n    also:", "would change as well"),
        ("jobs:\n", "jobs:\n  - x\n", "is not valid YAML"),
        ("jobs:\n", "on: x\njobs:\n", "twice"),
        ("read\n", "read\n---\n", "more than one YAML document"),
        ("*p", "*q", "is not valid YAML"),
        ("jobs:\n", "jobs: # ", "would change as well"),
    ] {
        let refused = replaced(FLOW, from, to);
        assert!(refused.as_ref().is_err_and(|said| said.contains(why)), "{from:?} -> {to:?}: {refused:?}");
    }
}

#[test]
fn bytes_that_no_edit_names_must_stay() {
    let edits = [Edit { span: Span::new(3, 4), text: "2".to_owned() }];
    assert_eq!(edited("w.yml", "a: 1\nb: 1\n", "a: 2\nb: 1\n", &edits), Ok(()));
    for new in ["a: 2\nb: 2\n", "a: 2\nb: 1", "a: 2\n", "a: 2\nb: 1\nc: 1\n", "x: 2\nb: 1\n"] {
        let refused = edited("w.yml", "a: 1\nb: 1\n", new, &edits).unwrap_err();
        assert!(refused.contains("outside of the change"), "{new:?}: {refused}");
    }
}

#[test]
fn marks_and_line_ends_are_kept() {
    let refused = |text: &str, from, to| replaced(text, from, to).unwrap_err();
    assert!(refused("\u{feff}a: 1\n", "\u{feff}a", "a").contains("byte-order mark"));
    assert!(refused("a: 1\r\nb: 2\r\n", "b", "c: 3\nb").contains("line ends"));
    assert!(refused("a: 1", "1", "2\n").contains("final line end"));
    assert_eq!(replaced("a: 1\r\nb: 2\n", "b", "c: 3\nb"), Ok(()), "they were mixed before");
    assert_eq!(replaced("\u{feff}a: 1\r\n", "1", "2"), Ok(()));
}

#[test]
fn a_file_that_is_not_read_is_not_fixed() {
    for text in ["a: 1\na: 2\n", "a: [\n", "a: 1\n---\nb: 2\n", "\ta: 1\n"] {
        let refused = edited("w.yml", text, text, &[]).unwrap_err();
        assert!(refused.starts_with("the file as it is"), "{refused}");
    }
    assert_eq!(edited("README.md", "a: [\n", "a: [\n", &[]), Ok(()));
    assert!(created("x.yaml", "a: [").is_err() && created("x.yaml", "a: 1\n").is_ok() && created("x.md", "[").is_ok());
}

proptest! {
    #[test]
    fn an_inserted_line_never_changes_another_value(line in 0usize..13, text in "[ -]{0,10}[a-z:*&'\"#]{1,8}") {
        let at = FLOW.match_indices('\n').map(|(at, _)| at + 1).nth(line).unwrap_or(0);
        let edits = [Edit { span: Span::new(at, at), text: format!("{text}\n") }];
        let new = splice::apply(FLOW, &edits).unwrap();
        if edited("w.yml", FLOW, &new, &edits).is_ok() {
            // The same by values alone: taking away what was inserted gives the old document.
            let (old, new): (serde_yaml::Value, serde_yaml::Value) =
                (serde_yaml::from_str(FLOW).unwrap(), serde_yaml::from_str(&new).unwrap());
            prop_assert!(holds(&old, &new), "{text:?} at {at}");
        }
    }
}

/// Whether everything of one value is in the other, in order.
fn holds(old: &serde_yaml::Value, new: &serde_yaml::Value) -> bool {
    use serde_yaml::Value::{Mapping, Null, Sequence, String};
    match (old, new) {
        (Mapping(old), Mapping(new)) => {
            old.iter().all(|(key, value)| new.get(key).is_some_and(|other| holds(value, other)))
        }
        (Sequence(old), Sequence(new)) => {
            let mut rest = new.iter();
            old.iter().all(|item| rest.any(|other| holds(item, other)))
        }
        (Null, _) => true,
        // The one block of text may have grown where a line was put at its end.
        (String(old), String(new)) => new.starts_with(old.trim_end()),
        (old, new) => old == new,
    }
}
