//! Every change on every shape of document.

use super::*;
use crate::text::splice;
use crate::text::yaml::{Parsed, parse};

fn doc(text: &str) -> Doc {
    match parse(&text.into()).unwrap() {
        Parsed::Doc(doc) => doc,
        Parsed::Empty => panic!("empty"),
    }
}

fn at<'a>(doc: &'a Doc, path: &[&str]) -> View<'a> {
    path.iter().fold(doc.root(), |view, part| match part.parse::<usize>() {
        Ok(number) => view.items().nth(number).unwrap(),
        Err(_) => view.get(part).unwrap(),
    })
}

/// Applies edits, and proves that both parsers read the result, and that no other line changed.
fn applied(text: &str, edits: &[Edit]) -> String {
    let new = splice::apply(text, edits).unwrap();
    doc(&new);
    // The second parser counts a byte-order mark as a column.
    let bare = new.trim_start_matches('\u{feff}');
    serde_yaml::from_str::<serde_yaml::Value>(bare).unwrap_or_else(|error| panic!("{error}\n{new}"));
    let crlf = text.contains("\r\n");
    assert_eq!(crlf, new.contains("\r\n"));
    assert!(!crlf || !new.replace("\r\n", "").contains('\n'), "mixed line ends: {new:?}");
    assert_eq!(text.ends_with('\n'), new.ends_with('\n'), "the end of the file changed: {new:?}");
    assert_eq!(text.starts_with('\u{feff}'), new.starts_with('\u{feff}'));
    new
}

fn entry(text: &str, path: &[&str], slot: Slot<'_>, body: &str) -> Result<String, EditError> {
    let doc = doc(text);
    doc.insert_entry(at(&doc, path), slot, body).map(|edit| applied(text, &[edit]))
}

fn item(text: &str, path: &[&str], slot: ItemSlot, body: &str) -> Result<String, EditError> {
    let doc = doc(text);
    doc.insert_item(at(&doc, path), slot, body).map(|edit| applied(text, &[edit]))
}

fn deleted(text: &str, path: &[&str], name: &str) -> Result<String, EditError> {
    let doc = doc(text);
    doc.delete_entry(at(&doc, path), name).map(|edit| applied(text, &[edit]))
}

const BODY: &str = "new:\n  k: v\n";

#[test]
fn a_scalar_keeps_its_quotes_and_its_comment() {
    let replaced = |text: &str, value: &str| {
        let doc = doc(text);
        doc.replace(at(&doc, &["a"]), value).map(|edit| applied(text, &[edit]))
    };
    assert_eq!(replaced("a: b  # c\n", "x@1").unwrap(), "a: x@1  # c\n");
    assert_eq!(replaced("a: 'b'\n", "it's").unwrap(), "a: 'it''s'\n");
    assert_eq!(replaced("a: \"b\"", "x\"y").unwrap(), "a: \"x\\\"y\"");
    assert_eq!(replaced("a: b\n", "#no").unwrap(), "a: \"#no\"\n");
    assert_eq!(replaced("{z: y, a: b}\n", "c").unwrap(), "{z: y, a: c}\n");
    assert_eq!(replaced("a:\tb\t# t\r\n", "c").unwrap(), "a:\tc\t# t\r\n");
    assert_eq!(replaced("a: |\n  b\n", "c"), Err(EditError::BlockScalar));
    assert_eq!(replaced("a: &x b\nc: *x\n", "c"), Err(EditError::Shared));
    assert_eq!(replaced("a:\n", "c"), Err(EditError::Unexpected));
    assert_eq!(replaced("a: &x b\n", "c").unwrap(), "a: &x c\n");
}

#[test]
fn a_comment_is_appended_only_at_the_end_of_a_line() {
    let comment = |text: &str| {
        let doc = doc(text);
        doc.append_comment(at(&doc, &["a"]), "v1").map(|edit| applied(text, &[edit]))
    };
    assert_eq!(comment("a: b\nc: d\n").unwrap(), "a: b # v1\nc: d\n");
    assert_eq!(comment("a: 'b'  \r\nc: d\r\n").unwrap(), "a: 'b' # v1  \r\nc: d\r\n");
    assert_eq!(comment("a: b").unwrap(), "a: b # v1");
    assert_eq!(comment("{a: b, c: d}\n"), None);
    assert_eq!(comment("a: b # old\n"), None);
    let text = "{a: b} # far\n";
    let doc = doc(text);
    assert_eq!(doc.comment_behind(at(&doc, &["a"])), None);
}

#[test]
fn an_entry_goes_before_a_key_and_its_comment() {
    assert_eq!(
        entry("a: 1\n\n# of b\nb: 2\n", &[], Slot::Before("b"), BODY).unwrap(),
        "a: 1\n\nnew:\n  k: v\n# of b\nb: 2\n"
    );
    assert_eq!(entry("b: 2\n", &[], Slot::Before("b"), "x: 1\n\n").unwrap(), "x: 1\n\nb: 2\n");
    assert_eq!(
        entry("a:\r\n    b: 1\r\n    # c\r\n    c: 2\r\n", &["a"], Slot::Before("c"), BODY).unwrap(),
        "a:\r\n    b: 1\r\n    new:\r\n      k: v\r\n    # c\r\n    c: 2\r\n"
    );
    assert_eq!(entry("\u{feff}a: 1", &[], Slot::Before("a"), BODY).unwrap(), "\u{feff}new:\n  k: v\na: 1");
    assert_eq!(entry("- a: 1\n  b: 2\n", &["0"], Slot::Before("b"), "n: 1\n").unwrap(), "- a: 1\n  n: 1\n  b: 2\n");
    assert_eq!(entry("- a: 1\n  b: 2\n", &["0"], Slot::Before("a"), "n: 1\n"), Err(EditError::NotFirst));
    assert_eq!(
        entry("s: |\n  # no comment\nb: 2\n", &[], Slot::Before("b"), BODY).unwrap(),
        "s: |\n  # no comment\nnew:\n  k: v\nb: 2\n"
    );
}

#[test]
fn an_entry_goes_after_a_key_and_all_of_its_value() {
    assert_eq!(
        entry("a:\n  b: 1\n  # inside\nc: 2\n", &[], Slot::After("a"), BODY).unwrap(),
        "a:\n  b: 1\n  # inside\nnew:\n  k: v\nc: 2\n"
    );
    assert_eq!(entry("a: 1 # x\n\nc: 2\n", &[], Slot::After("a"), BODY).unwrap(), "a: 1 # x\nnew:\n  k: v\n\nc: 2\n");
    assert_eq!(entry("a: 1", &[], Slot::Last, BODY).unwrap(), "a: 1\nnew:\n  k: v");
    assert_eq!(entry("a: 1\r\nb: 2", &[], Slot::Last, BODY).unwrap(), "a: 1\r\nb: 2\r\nnew:\r\n  k: v");
    assert_eq!(
        entry("a:\n  b:\n  c: d\n", &["a"], Slot::After("b"), BODY).unwrap(),
        "a:\n  b:\n  new:\n    k: v\n  c: d\n"
    );
    assert_eq!(
        entry("a:\n- x\n- y\nb: 1\n", &[], Slot::After("a"), BODY).unwrap(),
        "a:\n- x\n- y\nnew:\n  k: v\nb: 1\n"
    );
    assert_eq!(
        entry("a:\n  b:\n    c:\n\nd: 1\n", &[], Slot::After("a"), BODY).unwrap(),
        "a:\n  b:\n    c:\nnew:\n  k: v\n\nd: 1\n"
    );
    assert_eq!(
        entry("x: &x 1\na: *x\nb: 1\n", &[], Slot::After("a"), BODY).unwrap(),
        "x: &x 1\na: *x\nnew:\n  k: v\nb: 1\n"
    );
    assert_eq!(
        entry("- &s\n  a: 1\n  b: 2\n", &["0"], Slot::Last, "n: 1\n").unwrap(),
        "- &s\n  a: 1\n  b: 2\n  n: 1\n"
    );
}

#[test]
fn a_block_of_text_keeps_its_blank_lines() {
    let text = "a: |+\n  x\n\nb: 1\n";
    let new = entry(text, &[], Slot::After("a"), BODY).unwrap();
    assert_eq!(new, "a: |+\n  x\n\nnew:\n  k: v\nb: 1\n");
    assert_eq!(doc(&new).root().get("a").unwrap().as_str(), doc(text).root().get("a").unwrap().as_str());
    assert_eq!(
        entry("a: >-\n  x\n  y\n\nb: 1\n", &[], Slot::After("a"), "n: 1\n").unwrap(),
        "a: >-\n  x\n  y\nn: 1\n\nb: 1\n"
    );
}

#[test]
fn entries_of_shapes_that_cannot_take_one_are_refused() {
    for (text, path, why) in [
        ("a: {b: 1}\n", &["a"][..], EditError::Flow),
        ("a: &x\n  b: 1\nc: *x\n", &["a"], EditError::Shared),
        ("a: &x\n  b: 1\nc: *x\n", &["c"], EditError::Shared),
        ("x: &x\n  b: 1\na:\n  <<: *x\n  c: 1\n", &["a"], EditError::MergeKey),
        ("a: [1]\n", &["a"], EditError::Unexpected),
        ("-\ta: 1\n", &["0"], EditError::Tabs),
    ] {
        assert_eq!(entry(text, path, Slot::Last, BODY), Err(why), "{text}");
    }
    assert_eq!(entry("a: 1\n", &[], Slot::After("nope"), BODY), Err(EditError::Unexpected));
}

#[test]
fn an_item_goes_before_another_and_its_comment_or_after_it() {
    let text = "s:\n  - a: 1\n\n  # of b\n  - b: 2\n    c: 3\n  # last\nz: 1\n";
    assert_eq!(
        item(text, &["s"], ItemSlot::Before(1), "n: 1\nm: 2\n").unwrap(),
        "s:\n  - a: 1\n\n  - n: 1\n    m: 2\n  # of b\n  - b: 2\n    c: 3\n  # last\nz: 1\n"
    );
    assert_eq!(
        item(text, &["s"], ItemSlot::After(0), "n\n").unwrap(),
        "s:\n  - a: 1\n  - n\n\n  # of b\n  - b: 2\n    c: 3\n  # last\nz: 1\n"
    );
    assert_eq!(item("s:\n- a\n- b", &["s"], ItemSlot::Last, "c\n").unwrap(), "s:\n- a\n- b\n- c");
    assert_eq!(item("s:\r\n- a\r\nt: 1\r\n", &["s"], ItemSlot::Last, "c\n").unwrap(), "s:\r\n- a\r\n- c\r\nt: 1\r\n");
    assert_eq!(item("s:\n  -\n    a: 1\n", &["s"], ItemSlot::Before(0), "c\n").unwrap(), "s:\n  - c\n  -\n    a: 1\n");
    assert_eq!(
        item("s:\n  - &x\n    a: 1\n", &["s"], ItemSlot::Before(0), "c\n").unwrap(),
        "s:\n  - c\n  - &x\n    a: 1\n"
    );
    assert_eq!(item("x: &x 1\ns:\n  - *x\n", &["s"], ItemSlot::Last, "c\n").unwrap(), "x: &x 1\ns:\n  - *x\n  - c\n");
    assert_eq!(item("s:\n  - [a]\n", &["s"], ItemSlot::Before(0), "c\n").unwrap(), "s:\n  - c\n  - [a]\n");
}

#[test]
fn items_of_shapes_that_cannot_take_one_are_refused() {
    assert_eq!(item("s: [a]\n", &["s"], ItemSlot::Last, "c\n"), Err(EditError::Flow));
    assert_eq!(item("- - a\n  - b\n", &["0"], ItemSlot::Before(0), "c\n"), Err(EditError::NotFirst));
    assert_eq!(item("s: &s\n- a\nt: *s\n", &["s"], ItemSlot::Last, "c\n"), Err(EditError::Shared));
    assert_eq!(item("s: a\n", &["s"], ItemSlot::Last, "c\n"), Err(EditError::Unexpected));
    let text = "s: [a, 'b']\n";
    let doc = doc(text);
    let edit = doc.append_flow(at(&doc, &["s"]), "\"c\"").unwrap();
    assert_eq!(applied(text, &[edit]), "s: [a, 'b', \"c\"]\n");
}

#[test]
fn a_value_on_its_line_becomes_lines() {
    let set = |text: &str| {
        let doc = doc(text);
        doc.set_block(doc.root(), "a", "k: v\n").map(|edits| applied(text, &edits))
    };
    assert_eq!(set("a: write-all # all\nb: 1\n").unwrap(), "a: # all\n  k: v\nb: 1\n");
    assert_eq!(set("a: {}\nb: 1\n").unwrap(), "a:\n  k: v\nb: 1\n");
    assert_eq!(set("a: []").unwrap(), "a:\n  k: v");
    assert_eq!(set("a:\nb: 1\n").unwrap(), "a:\n  k: v\nb: 1\n");
    assert_eq!(set("a:\r\n").unwrap(), "a:\r\n  k: v\r\n");
    assert_eq!(set("a: ~\n").unwrap(), "a:\n  k: v\n");
    assert_eq!(set("a: {x: 1,\n  y: 2} # c\nb: 1\n").unwrap(), "a: # c\n  k: v\nb: 1\n");
    assert_eq!(set("a: &x b\nc: *x\n"), Err(EditError::Shared));
    assert_eq!(set("a: &x b\n"), Err(EditError::Marked));
    assert_eq!(set("a: !!str b\n"), Err(EditError::Marked));
    assert_eq!(set("a: |\n  b\n"), Err(EditError::BlockScalar));
    assert_eq!(set("a:\n  b: 1\n"), Err(EditError::Unexpected));
}

#[test]
fn an_entry_goes_with_its_lines() {
    assert_eq!(deleted("a: 1\nb: 2 # gone\nc: 3\n", &[], "b").unwrap(), "a: 1\nc: 3\n");
    assert_eq!(deleted("a: 1\r\nb:\r\n  - x\r\n  - y\r\n", &[], "b").unwrap(), "a: 1\r\n");
    assert_eq!(deleted("a: 1\nb: |\n  x\n  y\nc: 1\n", &[], "b").unwrap(), "a: 1\nc: 1\n");
    assert_eq!(deleted("a: 1\nb: 2", &[], "b").unwrap(), "a: 1");
    assert_eq!(deleted("\u{feff}a: 1\nb: 2\n", &[], "a").unwrap(), "\u{feff}b: 2\n");
    assert_eq!(deleted("x: &x 1\na: *x\nb: 2\n", &[], "a").unwrap(), "x: &x 1\nb: 2\n");
    assert_eq!(deleted("a: 1\n", &[], "a"), Err(EditError::Only));
    assert_eq!(deleted("- a: 1\n  b: 2\n", &["0"], "a"), Err(EditError::NotFirst));
    assert_eq!(deleted("w: {a: 1, b: 2}\n", &["w"], "a"), Err(EditError::Flow));
    assert_eq!(deleted("a: &x 1\nb: *x\n", &[], "a"), Err(EditError::Shared));
    assert_eq!(deleted("a:\n  c: &x 1\nb: *x\n", &[], "a"), Err(EditError::Shared));
    assert_eq!(deleted("a: 1\n", &[], "b"), Err(EditError::Unexpected));
}

#[test]
fn an_entry_gives_way_to_others() {
    let swapped = |text: &str| {
        let doc = doc(text);
        doc.replace_entry(at(&doc, &["p"]), "a", "b: 1\nc: 2\n").map(|edit| applied(text, &[edit]))
    };
    assert_eq!(swapped("p:\n  a: 1 # gone\nq: 1\n").unwrap(), "p:\n  b: 1\n  c: 2\nq: 1\n");
    assert_eq!(swapped("p:\r\n  a: 1\r\n  z: 1\r\n").unwrap(), "p:\r\n  b: 1\r\n  c: 2\r\n  z: 1\r\n");
    assert_eq!(swapped("p:\n  a: 1").unwrap(), "p:\n  b: 1\n  c: 2");
    assert_eq!(swapped("p: {a: 1}\n"), Err(EditError::Flow));
}

#[test]
fn a_block_of_text_at_the_very_end_keeps_its_missing_line_end() {
    assert_eq!(entry("a: |\n  x", &[], Slot::Last, BODY), Err(EditError::BlockScalar));
    assert_eq!(item("- a: |\n    x", &[], ItemSlot::Last, "b\n"), Err(EditError::BlockScalar));
    assert_eq!(deleted("a: |\n  x\nb: 1", &[], "b"), Err(EditError::BlockScalar));
    assert_eq!(deleted("b: 1\na: |\n  x", &[], "a").unwrap(), "b: 1");
    assert_eq!(entry("b: 1\na: |\n  x", &[], Slot::Before("a"), "n: 1\n").unwrap(), "b: 1\nn: 1\na: |\n  x");
}
