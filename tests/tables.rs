//! Tables that must agree: the layers of the source with the crate's map, and every file with the house rules.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what serves only tests fails as tests do")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Path below `src`, with `/`.
fn name(file: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/")
}

/// The module at the top that a file belongs to: `report` for `report/json.rs` and `report.rs`.
fn module(file: &Path) -> String {
    let name = name(file);
    name.split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

/// The rows of the map in `lib.rs`: each module with those it may use.
fn map() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | [`"));
    let mut map = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        let allowed = cells[2].split('`').skip(1).step_by(2).map(str::to_owned).collect();
        map.insert(cells[0].split('`').next().unwrap().to_owned(), allowed);
    }
    map
}

/// Everything a module may use: what its row names, and what those may use.
fn reach(map: &BTreeMap<String, Vec<String>>, module: &str) -> Vec<String> {
    let mut all = vec![module.to_owned()];
    let mut next = 0;
    while let Some(one) = all.get(next).cloned() {
        next += 1;
        for other in map.get(&one).into_iter().flatten() {
            if !all.contains(other) {
                all.push(other.clone());
            }
        }
    }
    all
}

/// The modules that a text names after `crate::`, tests left out: they may reach for anything.
fn uses(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = Vec::new();
    for line in lines {
        for rest in line.split("crate::").skip(1) {
            let names = rest.strip_prefix('{').map_or(rest, |group| group.split('}').next().unwrap());
            let grouped = rest.starts_with('{');
            for part in names.split(',').take(if grouped { usize::MAX } else { 1 }) {
                let first: String = part.trim().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if !first.is_empty() {
                    found.push(first);
                }
            }
        }
    }
    found
}

#[test]
fn the_map_names_every_module() {
    let map = map();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in text.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let module = line.trim_end_matches(';');
        assert!(map.contains_key(module), "{module} is not in the map of lib.rs");
    }
    for (module, allowed) in &map {
        for other in allowed {
            assert!(map.contains_key(other), "the map lets {module} use {other}, which it does not list");
            assert!(!reach(&map, other).contains(module), "{module} and {other} may use each other");
        }
    }
}

#[test]
fn no_module_uses_one_above_it() {
    let map = map();
    for file in sources() {
        let module = module(&file);
        let tests = name(&file).ends_with("/tests.rs") || name(&file).contains("/tests/");
        if tests || matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let allowed = reach(&map, &module);
        for used in uses(&fs::read_to_string(&file).unwrap()) {
            assert!(allowed.contains(&used), "{} uses {used}; {module} may use {allowed:?}", name(&file));
        }
    }
}

#[test]
fn the_reader_of_uses_finds_every_form() {
    let text = "use crate::fact::{A, B};\nuse crate::{text::clean, fleet};\n//! crate::no\nlet x = crate::state::y();\n\
                #[cfg(test)]\nmod tests { use crate::report; }";
    assert_eq!(uses(text), ["fact", "text", "fleet", "state"]);
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 8, "{} does not open with a doc comment", name(&file));
        for mark in ["TO", "FIX"].map(|start| format!("{start}{}", if start == "TO" { "DO" } else { "ME" })) {
            assert!(!text.contains(&mark), "{} holds a {mark}", name(&file));
        }
    }
}

#[test]
fn no_file_grows_beyond_four_hundred_lines_of_code() {
    let mut long = Vec::new();
    let tests = |file: &Path| file.file_name().is_some_and(|end| end == "tests.rs") || name(file).contains("/tests/");
    for file in sources().into_iter().filter(|file| !tests(file)) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let lines = code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count();
        if lines > 400 {
            long.push((name(&file), lines));
        }
    }
    assert!(long.is_empty(), "{long:?}: divide by meaning");
}
