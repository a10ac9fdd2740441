//! Every query that is sent asks for what GitHub's schema has: checked against an excerpt of it.
//!
//! Documents have one field a line, so a line is all that is looked at; the excerpt has one field a line, too.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail this way")]

use std::collections::{BTreeMap, BTreeSet};

use shipworthy::source::github::document::{self, Document, Missing, PinsOf, Sizes, Subject};

const SCHEMA: &str = include_str!("schema.graphql");

/// A field: its type without marks, whether that has fields of its own, and its arguments with their types.
struct Field {
    kind: String,
    arguments: BTreeMap<String, String>,
}

/// Objects and interfaces by name, and what each abstract type may be.
#[derive(Default)]
struct Schema {
    types: BTreeMap<String, BTreeMap<String, Field>>,
    members: BTreeMap<String, BTreeSet<String>>,
}

fn bare(kind: &str) -> String {
    kind.chars().filter(|c| !"[]! ".contains(*c)).collect()
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let pair = |one: &str| one.split_once(": ").map(|(name, kind)| (name.trim().to_owned(), kind.trim().to_owned()));
    text.split(", ").filter_map(pair).collect()
}

impl Schema {
    fn read(text: &str) -> Self {
        let mut schema = Self::default();
        let mut open = String::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[0] {
                "union" => {
                    let members = words[3..].iter().filter(|word| **word != "|").map(|word| (*word).to_owned());
                    schema.members.entry(words[1].to_owned()).or_default().extend(members);
                }
                "type" | "interface" => {
                    words[1].clone_into(&mut open);
                    schema.types.insert(open.clone(), BTreeMap::new());
                    let above = words[2..].iter().filter(|word| !["implements", "&", "{"].contains(word));
                    for name in above {
                        schema.members.entry((*name).to_owned()).or_default().insert(open.clone());
                    }
                }
                "scalar" | "enum" | "}" => {}
                _ => schema.field(&open, line.trim()),
            }
        }
        schema
    }

    fn field(&mut self, open: &str, line: &str) {
        let (head, arguments, kind) = match line.split_once('(') {
            Some((name, rest)) => {
                let (arguments, kind) = rest.rsplit_once("): ").unwrap();
                (name, pairs(arguments), kind)
            }
            None => line.split_once(": ").map(|(name, kind)| (name, BTreeMap::new(), kind)).unwrap(),
        };
        let fields = self.types.get_mut(open).unwrap();
        fields.insert(head.to_owned(), Field { kind: bare(kind), arguments });
    }

    fn is_composite(&self, kind: &str) -> bool {
        self.types.contains_key(kind) || self.members.contains_key(kind)
    }

    /// What a type may be at last: itself, or what is below it.
    fn possible(&self, kind: &str) -> BTreeSet<String> {
        self.members.get(kind).cloned().unwrap_or_else(|| BTreeSet::from([kind.to_owned()]))
    }
}

/// What is wrong with a document.
fn faults(schema: &Schema, document: &Document) -> Vec<String> {
    let kinds: BTreeMap<&str, &str> = document
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("fragment ")?.strip_suffix(" {")?.split_once(" on "))
        .collect();
    let declared: BTreeMap<String, String> = document
        .text
        .lines()
        .find_map(|line| line.strip_prefix("query ")?.split_once('(')?.1.strip_suffix(") {"))
        .map(pairs)
        .unwrap_or_default();
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for line in document.text.lines() {
        let opens = line.ends_with('{');
        let here = open.last().cloned().unwrap_or_default();
        let mut wrong = |words: &str| faults.push(format!("{here}: `{line}` {words}"));
        let plain = line.trim_end_matches(" {");
        let fits = |kind: &str| !schema.possible(&here).is_disjoint(&schema.possible(kind));
        if line == "}" {
            open.pop();
        } else if line.starts_with("query ") {
            open.push("Query".to_owned());
        } else if let Some((_, kind)) = plain.strip_prefix("fragment ").and_then(|rest| rest.split_once(" on ")) {
            if !schema.is_composite(kind) {
                wrong("is on no type");
            }
            open.push(kind.to_owned());
        } else if let Some(kind) = plain.strip_prefix("... on ") {
            if !fits(kind) || !schema.is_composite(kind) {
                wrong("can never be");
            }
            open.push(kind.to_owned());
        } else if let Some(name) = plain.strip_prefix("...") {
            if kinds.get(name).is_none_or(|kind| !fits(kind)) {
                wrong("is no fragment for this type");
            }
        } else {
            let (head, given) =
                plain.split_once('(').map_or((plain, ""), |(head, rest)| (head, rest.trim_end_matches(')')));
            let name = head.rsplit(": ").next().unwrap();
            let kind = match schema.types.get(&here).and_then(|fields| fields.get(name)) {
                None if name == "__typename" => "String".to_owned(),
                None => {
                    wrong("is no field of it");
                    String::new()
                }
                Some(field) => {
                    let given = pairs(&given.replace("{field: TAG_COMMIT_DATE, direction: DESC}", "DESC"));
                    for (argument, value) in &given {
                        let wanted = field.arguments.get(argument);
                        let is_variable = value.starts_with('$');
                        let own = is_variable.then(|| declared.get(value).map(String::as_str).unwrap_or_default());
                        let same = |wanted: &String| {
                            own.is_none_or(|own| {
                                own.trim_end_matches('!') == wanted.trim_end_matches('!')
                                    && (own.ends_with('!') || !wanted.ends_with('!'))
                            })
                        };
                        if !wanted.is_some_and(same) {
                            wrong(&format!("takes no such `{argument}`"));
                        }
                    }
                    let missing =
                        field.arguments.iter().any(|(name, kind)| kind.ends_with('!') && !given.contains_key(name));
                    if missing {
                        wrong("lacks an argument");
                    }
                    field.kind.clone()
                }
            };
            if !kind.is_empty() && schema.is_composite(&kind) != opens {
                wrong("must have fields where it is an object, and none where it is not");
            }
            if opens {
                open.push(kind);
            }
        }
    }
    faults
}

/// Every document that is sent, in all its forms.
fn documents() -> Vec<Document> {
    let words = ["a".to_owned(), "b".to_owned()];
    let all = Subject {
        owner: "o",
        name: "r",
        branch: None,
        files: true,
        settings: true,
        environments: true,
        releases: true,
        sizes: Sizes::default(),
    };
    let forms = (0..32_u32).map(|bits| {
        let has = |bit: u32| bits & (1 << bit) != 0;
        let sizes = if has(0) { Sizes { rulesets: 1, environments: 2 } } else { Sizes::default() };
        let branch = has(4).then_some("x");
        Subject { branch, files: has(0), settings: has(1), environments: has(2), releases: has(3), sizes, ..all }
    });
    let mut documents: Vec<Document> = forms.map(|form| document::state(&[form, all])).collect();
    documents.extend((0..32_u32).map(|bits| {
        let has = |bit: u32| bits & (1 << bit) != 0;
        let branch = has(4).then_some("x");
        let form = Subject { files: has(0), settings: has(1), environments: has(2), releases: has(3), branch, ..all };
        document::state(&[form])
    }));
    documents.extend([
        document::texts(&[Missing { owner: "o", name: "r", revision: "c", texts: &words, folders: &words }]),
        document::branches("o", "r", &words),
        document::branch_names("o", "r"),
        document::pins(&[PinsOf { owner: "o", name: "r", names: &words, commits: &words }]),
        document::repositories("o", None),
        document::repositories("o", Some("cursor")),
    ]);
    documents
}

#[test]
fn every_query_asks_for_what_the_schema_has() {
    let schema = Schema::read(SCHEMA);
    for document in documents() {
        let faults = faults(&schema, &document);
        assert!(faults.is_empty(), "{faults:#?}\n{}", document.text);
    }
}

#[test]
fn a_query_that_asks_for_something_else_is_found_out() {
    let schema = Schema::read(SCHEMA);
    let good = document::branch_names("o", "r");
    for (from, to) in [
        ("totalCount", "totalSum"),
        ("first: 100", "least: 100"),
        ("refPrefix: \"refs/heads/\", ", ""),
        ("nodes {\nname\n}", "nodes"),
        ("totalCount", "totalCount {\nname\n}"),
        ("name\n", "... on Issue {\ntitle\n}\n"),
        ("name\n", "...Unknown\n"),
        ("$v0: String!", "$v0: String"),
    ] {
        let text = good.text.replacen(from, to, 1);
        assert_ne!(text, good.text, "{from}");
        assert!(!faults(&schema, &Document { text, ..good.clone() }).is_empty(), "{to}");
    }
}
