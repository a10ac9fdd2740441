//! Every change that YAML can take, at every place of every workflow of this project: what both parsers read afterwards
//! is the old value but for the change, and every other line is as it was.

#![expect(clippy::panic, clippy::unwrap_used, reason = "what serves only tests fails as tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_yaml::Value;
use shipworthy::text::splice::{self, Edit};
use shipworthy::text::yaml::edit::{EditError, ItemSlot, Slot};
use shipworthy::text::yaml::{Doc, Parsed, View, parse};

fn texts() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yml" || end == "yaml")
                && !path.ends_with("expect.yaml")
            {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 40);
    found
}

fn doc(text: &str) -> Option<Doc> {
    match parse(&Arc::from(text)) {
        Ok(Parsed::Doc(doc)) => Some(doc),
        _ => None,
    }
}

fn value(text: &str) -> Value {
    serde_yaml::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A place below the root: keys, and numbers of items.
type Place = Vec<Step>;

#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Item(usize),
}

fn places(view: View<'_>, here: &Place, all: &mut Vec<Place>) {
    all.push(here.clone());
    let below = |step| here.iter().cloned().chain([step]).collect::<Place>();
    for (key, inner) in view.entries() {
        places(inner, &below(Step::Key(key.as_str().unwrap().to_owned())), all);
    }
    for (at, inner) in view.items().enumerate() {
        places(inner, &below(Step::Item(at)), all);
    }
}

fn view<'a>(doc: &'a Doc, place: &[Step]) -> View<'a> {
    place.iter().fold(doc.root(), |view, step| match step {
        Step::Key(key) => view.get(key).unwrap(),
        Step::Item(at) => view.items().nth(*at).unwrap(),
    })
}

/// The value at a place; the second parser takes `on` and its like for strings, too.
fn at<'a>(value: &'a mut Value, place: &[Step]) -> &'a mut Value {
    place.iter().fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key.as_str()).unwrap(),
        Step::Item(at) => value.get_mut(*at).unwrap(),
    })
}

#[derive(Default)]
struct Counts {
    made: usize,
    refused: usize,
}

/// Makes a change, if it can be made, and compares both readings with what was wanted.
fn prove(text: &str, edits: Result<Vec<Edit>, EditError>, wanted: &Value, what: &str, counts: &mut Counts) {
    let Ok(edits) = edits else {
        counts.refused += 1;
        return;
    };
    counts.made += 1;
    let new = splice::apply(text, &edits).unwrap();
    assert!(doc(&new).is_some(), "{what}\n{new}");
    assert_eq!(&value(&new), wanted, "{what}\n{new}");
    assert_eq!((text.ends_with('\n'), text.contains('\r')), (new.ends_with('\n'), new.contains('\r')), "{what}");
    let lines: usize = edits.iter().map(|edit| edit.text.matches('\n').count()).sum();
    let gone: usize = edits.iter().map(|edit| edit.span.slice(text).matches('\n').count()).sum();
    assert_eq!(new.matches('\n').count() + gone, text.matches('\n').count() + lines, "{what}");
}

fn prove_all(text: &str, counts: &mut Counts) {
    let Some(doc) = doc(text) else { return };
    let old = value(text);
    let mut all = Vec::new();
    places(doc.root(), &Vec::new(), &mut all);
    for place in &all {
        let node = view(&doc, place);
        let what = format!("{place:?}");
        let wanted = |change: &dyn Fn(&mut Value)| {
            let mut new = old.clone();
            change(at(&mut new, place));
            new
        };
        if node.is_mapping() {
            entries(text, &doc, node, &wanted, &what, counts);
        } else if node.is_sequence() {
            for slot in 0..node.items().count() {
                let insert = |slot, number: usize| {
                    let new = wanted(&|value| value.as_sequence_mut().unwrap().insert(number, value_of_item()));
                    (doc.insert_item(node, slot, "k: v\nl:\n  - 1\n").map(|edit| vec![edit]), new)
                };
                for (edits, new) in [insert(ItemSlot::Before(slot), slot), insert(ItemSlot::After(slot), slot + 1)] {
                    prove(text, edits, &new, &what, counts);
                }
            }
        } else {
            let new = wanted(&|value| *value = Value::String("it's # new: \"x\"".to_owned()));
            prove(text, doc.replace(node, "it's # new: \"x\"").map(|edit| vec![edit]), &new, &what, counts);
        }
    }
}

fn value_of_item() -> Value {
    value("k: v\nl: [1]\n")
}

/// The whole value with a change at one place.
type Wanted<'a> = dyn Fn(&dyn Fn(&mut Value)) -> Value + 'a;

fn entries(text: &str, doc: &Doc, node: View<'_>, wanted: &Wanted<'_>, what: &str, counts: &mut Counts) {
    let added = wanted(&|value| {
        value.as_mapping_mut().unwrap().insert(Value::String("zz".to_owned()), value_of_item());
    });
    let names: Vec<&str> = node.entries().filter_map(|(key, _)| key.as_str()).collect();
    let slots = names.iter().flat_map(|name| [Slot::Before(name), Slot::After(name)]).chain([Slot::Last]);
    for slot in slots {
        let edit = doc.insert_entry(node, slot, "zz:\n  k: v\n  l:\n    - 1\n");
        prove(text, edit.map(|edit| vec![edit]), &added, &format!("{what} {slot:?}"), counts);
    }
    for name in names {
        let gone = wanted(&|value| {
            value.as_mapping_mut().unwrap().remove(name).unwrap();
        });
        prove(text, doc.delete_entry(node, name).map(|edit| vec![edit]), &gone, &format!("{what} -{name}"), counts);
        let set = wanted(&|value| value[name] = value_of_item());
        prove(text, doc.set_block(node, name, "k: v\nl:\n  - 1\n"), &set, &format!("{what} ={name}"), counts);
    }
}

#[test]
fn every_change_at_every_place_is_the_change_and_nothing_else() {
    let mut counts = Counts::default();
    for (_, text) in texts() {
        prove_all(&text, &mut counts);
    }
    assert!(counts.made > 3_000 && counts.refused < counts.made, "{} {}", counts.made, counts.refused);
}

#[test]
fn other_line_ends_and_ends_of_file_are_kept() {
    let mut counts = Counts::default();
    for (_, text) in texts().iter().step_by(4) {
        prove_all(&text.replace('\n', "\r\n"), &mut counts);
        prove_all(text.trim_end(), &mut counts);
        prove_all(&format!("\u{feff}{text}"), &mut counts);
    }
    assert!(counts.made > 2_000 && counts.refused < counts.made, "{} {}", counts.made, counts.refused);
}
