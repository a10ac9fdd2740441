//! Which versions of a project the Python package index holds: their names are taken, whether yanked or not.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::github::shape::Word;
use super::github::{Answer, NoAnswer};
use super::pypi::version_in;
use crate::fact::progress::IndexVersions;
use crate::fact::release::Registry;
use crate::fact::{Facts, Reason, Unknown};

#[derive(Deserialize)]
struct List {
    /// Since version 1.1 of the API.
    #[serde(default)]
    versions: Option<Vec<Word>>,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: Word,
}

/// The versions of a project (GET /simple/{project}/); none where the index does not know it.
///
/// # Errors
/// Why they cannot be told.
pub fn of_project(project: &str, asked: Result<Answer, NoAnswer>) -> Result<(IndexVersions, Answer), Unknown> {
    let answer = asked?;
    let versions = match answer.status {
        200 => listed(&answer)?,
        404 => BTreeSet::new(),
        _ => return Err(answer.unknown(Reason::Failed)),
    };
    let (registry, package) = (Registry::Pypi.word().to_owned(), project.to_owned());
    Ok((IndexVersions { registry, package, versions: versions.into_iter().collect() }, answer))
}

fn listed(answer: &Answer) -> Result<BTreeSet<String>, Unknown> {
    let list: List = answer.json()?;
    let is_told = list.versions.is_some();
    let mut versions: BTreeSet<String> = list.versions.into_iter().flatten().map(String::from).collect();
    for file in &list.files {
        match version_in(&file.filename) {
            Some(version) => drop(versions.insert(version.to_owned())),
            None if is_told => {}
            None => {
                let detail = format!("{} lists {}, whose version cannot be told", answer.endpoint, file.filename.0);
                return Err(Unknown::new(Reason::Failed, detail).from_request(answer.endpoint.clone(), answer.status));
            }
        }
    }
    Ok(versions)
}

/// Why it is not known which project to ask about, where something goes to the index.
pub fn nameless(facts: &Facts) -> Option<Unknown> {
    let to_index = facts.publishes.iter().any(|step| step.kind.decides() && step.registry == Registry::Pypi);
    to_index.then(|| {
        let words = "the files do not tell what the project is called on the index; name it in .github/shipworthy.yml";
        Unknown::new(Reason::Unsupported, words)
    })
}

#[cfg(test)]
mod tests {
    use super::super::github::refusal::tests::answer;
    use super::*;

    fn said(status: u16, body: &str) -> Result<Vec<String>, Unknown> {
        let asked = Ok(answer("GET /simple/a/", status, body));
        of_project("a", asked).map(|(versions, _)| versions.versions)
    }

    #[test]
    fn yanked_versions_and_those_without_files_are_taken() {
        let body = r#"{"versions": ["1.0", "1.1", "2.0"], "files": [{"filename": "a-1.0.tar.gz", "yanked": "broken"},
            {"filename": "a-1.0.exe"}]}"#;
        assert_eq!(said(200, body).unwrap(), ["1.0", "1.1", "2.0"]);
        let old = r#"{"files": [{"filename": "a-1.0.tar.gz"}, {"filename": "a-1.0-py3-none-any.whl"}]}"#;
        assert_eq!(said(200, old).unwrap(), ["1.0"]);
        assert!(said(404, "Not Found").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_not_free() {
        for (status, body) in [
            (200, "{}"),
            (200, "<html>"),
            (200, r#"{"versions": [1], "files": []}"#),
            (200, r#"{"versions": "1.0", "files": []}"#),
            (200, r#"{"files": [{"filename": "a-1.0.exe"}]}"#),
            (200, r#"{"files": [null]}"#),
            (403, "{}"),
            (500, ""),
        ] {
            assert!(said(status, body).is_err(), "{status} {body}");
        }
    }

    #[test]
    fn a_project_without_a_name_is_missed_only_where_something_goes_to_the_index() {
        let facts = super::super::question::tests::facts;
        let publish = "on: push\njobs:\n  p:\n    runs-on: x\n    steps:\n      - run: twine upload dist/*\n";
        assert!(nameless(&facts(&[(".github/workflows/p.yml", publish)])).is_some());
        assert!(nameless(&facts(&[])).is_none());
    }
}
