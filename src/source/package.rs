//! What the project is called on the Python package index, as its files say it.

use std::collections::BTreeSet;

use crate::fact::Facts;
use crate::fact::release::Registry;

/// The normalised names of the packages of this repository: those that the project declares, else those that its
/// metadata and the addresses of its publish environments name. None where nothing is published to the index.
pub fn names(facts: &Facts) -> BTreeSet<String> {
    let to_index =
        facts.publishes.iter().filter(|publish| publish.kind.decides() && publish.registry == Registry::Pypi);
    let declared: BTreeSet<String> = facts.declared.projects.iter().filter_map(|name| normal(name)).collect();
    let jobs: Vec<_> = to_index.filter_map(|publish| publish.job(&facts.workflows)).collect();
    if jobs.is_empty() || !declared.is_empty() {
        return declared;
    }
    let addresses = jobs.iter().filter_map(|job| job.environment.as_ref()?.url.as_ref());
    let by_address: BTreeSet<String> = addresses.filter_map(|url| from_address(url.trimmed())).collect();
    if !by_address.is_empty() {
        return by_address;
    }
    let folders = facts.declared.packages.iter().map(|folder| format!("{}/", folder.trim_matches('/')));
    let files = facts.files.value();
    let folders: Vec<String> = folders.chain([String::new()]).collect();
    let text = |path: &str| files.and_then(|files| files.text(path)).map(|text| &**text);
    let in_folder = |folder: &String| {
        text(&format!("{folder}pyproject.toml"))
            .and_then(from_pyproject)
            .or_else(|| text(&format!("{folder}setup.cfg")).and_then(from_setup_cfg))
    };
    folders.iter().filter_map(in_folder).filter_map(|name| normal(&name)).collect()
}

/// A name as the index normalises it: lower case, and each run of `-`, `_` and `.` one `-`. None for what is no name.
pub fn normal(name: &str) -> Option<String> {
    let name = name.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if name.len() > 128 || !name.chars().all(plain) || !ends(name.chars().next()) || !ends(name.chars().last()) {
        return None;
    }
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    Some(parts.join("-").to_ascii_lowercase())
}

/// `[project] name`, or that of Poetry.
fn from_pyproject(text: &str) -> Option<String> {
    let table: toml::Table = text.trim_start_matches('\u{feff}').parse().ok()?;
    let project = table.get("project").and_then(|project| project.get("name"));
    let poetry = || table.get("tool")?.get("poetry")?.get("name");
    project.or_else(poetry)?.as_str().map(str::to_owned)
}

/// `name` in the section `[metadata]`.
fn from_setup_cfg(text: &str) -> Option<String> {
    let mut in_metadata = false;
    for line in text.lines() {
        let bare = line.trim();
        if let Some(section) = bare.strip_prefix('[') {
            in_metadata = section.trim_end_matches(']').trim() == "metadata";
        } else if in_metadata && !line.starts_with([' ', '\t']) {
            let (key, value) = bare.split_once(['=', ':']).unwrap_or((bare, ""));
            if key.trim() == "name" {
                return Some(value.trim().to_owned()).filter(|name| !name.is_empty());
            }
        }
    }
    None
}

/// The project of `https://INDEX/p/NAME` or `https://INDEX/project/NAME/…`.
fn from_address(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let mut parts = rest.split(['/', '?', '#']);
    let host = parts.next()?;
    let on_index = host.trim_start_matches("www.").split('.').next() == Some(Registry::Pypi.word());
    let named = on_index && matches!(parts.next(), Some("p" | "project"));
    named.then(|| normal(parts.next()?)).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::question::tests::facts;
    use super::*;

    const PUBLISH: &str = "on: release\njobs:\n  p:\n    runs-on: x\n    steps:\n      - run: uv publish\n";

    fn named(texts: &[(&str, &str)]) -> Vec<String> {
        let mut all = vec![(".github/workflows/release.yml", PUBLISH)];
        all.extend(texts);
        names(&facts(&all)).into_iter().collect()
    }

    #[test]
    fn metadata_names_the_project() {
        assert_eq!(named(&[("pyproject.toml", "[project]\nname = \"Zope.Interface__x\"\n")]), ["zope-interface-x"]);
        assert_eq!(named(&[("pyproject.toml", "[tool.poetry]\nname = \"p\"\n")]), ["p"]);
        assert_eq!(
            named(&[("setup.cfg", "[options]\nname = no\n[metadata]\nversion = 1\nname = yes_\n  name = n\n")]),
            Vec::<String>::new()
        );
        assert_eq!(named(&[("setup.cfg", "[metadata]\nname = my_lib\n")]), ["my-lib"]);
        assert_eq!(
            named(&[("pyproject.toml", "[project]\ndynamic = ['name']\n"), ("setup.cfg", "[metadata]\nname: b\n")]),
            ["b"]
        );
        assert_eq!(named(&[("pyproject.toml", "not toml")]), Vec::<String>::new());
    }

    #[test]
    fn the_project_itself_has_the_last_word() {
        let texts = [("pyproject.toml", "[project]\nname = 'a'\n"), (".github/shipworthy.yml", "projects: [B_c, d]\n")];
        assert_eq!(named(&texts), ["b-c", "d"]);
        let texts = [("py/pyproject.toml", "[project]\nname = 'a'\n"), (".github/shipworthy.yml", "packages: [py/]\n")];
        assert_eq!(named(&texts), ["a"]);
    }

    #[test]
    fn what_publishes_elsewhere_has_no_name_there() {
        let npm = "on: release\njobs:\n  p:\n    runs-on: x\n    steps:\n      - run: npm publish\n";
        let texts = [(".github/workflows/release.yml", npm), ("pyproject.toml", "[project]\nname = 'a'\n")];
        assert!(names(&facts(&texts)).is_empty());
    }

    #[test]
    fn an_address_names_it_too() {
        let index = format!("https://{}.org", Registry::Pypi.word());
        assert_eq!(from_address(&format!("{index}/p/My_Lib")).as_deref(), Some("my-lib"));
        assert_eq!(from_address(&format!("{index}/project/a/#files")).as_deref(), Some("a"));
        for other in ["https://example.org/p/a", "x", "https://pypi.example/simple/a", "https://pypi.example/p/../x"] {
            assert_eq!(from_address(other), None, "{other}");
        }
    }
}
