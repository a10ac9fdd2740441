//! What the Python package index says about the newest files of a project: which there are, and who published them.
//!
//! The list of files tells which of them have provenance; who published one is in the provenance itself. Files of one
//! version are published together, so a few of them speak for all.

use jiff::Timestamp;
use serde::Deserialize;

use super::github::shape::Word;
use super::github::{Answer, NoAnswer};
use super::pypi::{Index, version_in};
use crate::fact::artifact::{FileProvenance, PackageProvenance, Publisher};
use crate::fact::release::Registry;
use crate::fact::{Fact, Reason, Unknown};

/// Most files whose provenance is read.
const MAX_FILES: usize = 3;

/// The newest version of a project, with the publishers of its files (GET /simple/{project}/, then
/// GET /integrity/{project}/{version}/{file}/provenance). An empty list where the index does not know the project.
///
/// # Errors
/// Why it cannot be told.
pub async fn newest(index: &Index, project: &str) -> Result<Fact<Vec<PackageProvenance>>, Unknown> {
    let answer = index.files(project).await?;
    if answer.status == 404 {
        return Ok(answer.fact(Vec::new()));
    }
    let Some(version) = read_list(&answer)? else { return Ok(answer.fact(Vec::new())) };
    let Version { name, files } = version;
    let mut seen = Vec::new();
    let mut read = 0;
    for file in files {
        if !file.has_provenance {
            seen.push(FileProvenance { file: file.name, publisher: None });
        } else if read < MAX_FILES {
            read += 1;
            let publishers = read_publishers(index.provenance(project, &name, &file.name).await)?;
            seen.extend(provenances(&file.name, publishers));
        }
    }
    let (registry, package) = (Registry::Pypi.word().to_owned(), project.to_owned());
    Ok(answer.fact(vec![PackageProvenance { registry, package, version: name, files: seen }]))
}

#[derive(Deserialize)]
struct List {
    files: Vec<File>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    filename: Word,
    #[serde(default)]
    upload_time: Option<Timestamp>,
    #[serde(default)]
    yanked: serde_json::Value,
    /// None where the key is missing: an index that does not tell.
    #[serde(default)]
    provenance: Mark,
}

/// Whether a file has provenance.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mark {
    /// The index does not tell.
    #[default]
    Untold,
    /// It has none.
    Absent,
    /// It has some.
    Present,
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let address = Option::<String>::deserialize(deserializer)?;
        Ok(if address.is_some() { Self::Present } else { Self::Absent })
    }
}

struct Version {
    name: String,
    files: Vec<Listed>,
}

struct Listed {
    name: String,
    has_provenance: bool,
}

/// The newest version in a list of files; none where there is no file.
fn read_list(answer: &Answer) -> Result<Option<Version>, Unknown> {
    if !answer.is_ok() {
        return Err(answer.unknown(Reason::Failed));
    }
    let list: List = answer.json()?;
    let stays = |file: &&File| matches!(file.yanked, serde_json::Value::Null | serde_json::Value::Bool(false));
    let newest = list.files.iter().filter(stays).max_by_key(|file| file.upload_time);
    let Some(newest) = newest else { return Ok(None) };
    let Some(name) = version_in(&newest.filename) else {
        let detail = format!("{} lists {}, whose version cannot be told", answer.endpoint, newest.filename.0);
        return Err(Unknown::new(Reason::Failed, detail).from_request(answer.endpoint.clone(), answer.status));
    };
    let of_version = list.files.iter().filter(|file| version_in(&file.filename) == Some(name));
    let mut files = Vec::new();
    for file in of_version {
        if file.provenance == Mark::Untold {
            let detail = format!("{} does not tell about provenance", answer.endpoint);
            let why = Unknown::new(Reason::Unsupported, detail);
            return Err(why.from_request(answer.endpoint.clone(), answer.status));
        }
        files.push(Listed { name: file.filename.0.clone(), has_provenance: file.provenance == Mark::Present });
    }
    Ok(Some(Version { name: name.to_owned(), files }))
}

#[derive(Deserialize)]
struct Provenance {
    attestation_bundles: Vec<Bundle>,
}

#[derive(Deserialize)]
struct Bundle {
    publisher: RawPublisher,
}

#[derive(Deserialize)]
struct RawPublisher {
    kind: Word,
    #[serde(default)]
    repository: Option<Word>,
    #[serde(default)]
    workflow: Option<Word>,
    #[serde(default)]
    environment: Option<Word>,
}

/// A file once for each of its publishers, so that none of them stands behind another; once without, where it has none.
fn provenances(file: &str, publishers: Vec<Publisher>) -> Vec<FileProvenance> {
    let of = |publisher| FileProvenance { file: file.to_owned(), publisher };
    if publishers.is_empty() { vec![of(None)] } else { publishers.into_iter().map(|one| of(Some(one))).collect() }
}

/// Who published a file, as its provenance says: everybody it names; empty where it has none after all.
fn read_publishers(asked: Result<Answer, NoAnswer>) -> Result<Vec<Publisher>, Unknown> {
    let answer = asked?;
    match answer.status {
        200 => {}
        404 => return Ok(Vec::new()),
        403 | 406 => return Err(answer.unknown(Reason::Unsupported)),
        _ => return Err(answer.unknown(Reason::Failed)),
    }
    let provenance: Provenance = answer.json()?;
    let text = |word: Option<Word>| word.map(String::from).unwrap_or_default();
    let mut publishers: Vec<Publisher> = Vec::new();
    for Bundle { publisher } in provenance.attestation_bundles {
        let publisher = Publisher {
            kind: publisher.kind.0,
            repository: text(publisher.repository),
            workflow: text(publisher.workflow),
            environment: publisher.environment.map(String::from).filter(|name| !name.is_empty()),
        };
        if !publishers.contains(&publisher) {
            publishers.push(publisher);
        }
    }
    Ok(publishers)
}

#[cfg(test)]
mod tests {
    use super::super::github::refusal::tests::answer;
    use super::*;

    fn file(name: &str, day: u32, more: &str) -> String {
        format!(r#"{{"filename": "{name}", "upload-time": "2026-01-{day:02}T00:00:00Z"{more}}}"#)
    }

    fn list(files: &[String]) -> Result<Option<Version>, Unknown> {
        let body = format!(r#"{{"meta": {{"api-version": "1.4"}}, "files": [{}]}}"#, files.join(","));
        read_list(&answer("GET /simple/a/", 200, &body))
    }

    const WITH: &str = r#", "yanked": false, "provenance": "https://index.test/x""#;
    const WITHOUT: &str = r#", "yanked": false, "provenance": null"#;

    #[test]
    fn the_newest_version_is_the_one_that_came_last() {
        let files = [
            file("a-1.0.tar.gz", 1, WITHOUT),
            file("a-1.1-py3-none-any.whl", 3, WITH),
            file("a-1.1.tar.gz", 3, WITHOUT),
            file("a-2.0.tar.gz", 9, r#", "yanked": "broken", "provenance": null"#),
        ];
        let version = list(&files).unwrap().unwrap();
        assert_eq!(version.name, "1.1");
        let told: Vec<(&str, bool)> = version.files.iter().map(|f| (f.name.as_str(), f.has_provenance)).collect();
        assert_eq!(told, [("a-1.1-py3-none-any.whl", true), ("a-1.1.tar.gz", false)]);
        assert!(list(&[]).unwrap().is_none());
    }

    #[test]
    fn an_index_that_does_not_tell_is_not_one_without_provenance() {
        assert_eq!(list(&[file("a-1.0.tar.gz", 1, "")]).err().unwrap().reason, Reason::Unsupported);
        for body in ["{}", "[]", r#"{"files": [null]}"#, r#"{"files": [{"filename": 3}]}"#, "<html>"] {
            assert!(read_list(&answer("GET /simple/a/", 200, body)).is_err(), "{body}");
        }
        assert!(read_list(&answer("GET /simple/a/", 500, "")).is_err());
    }

    #[test]
    fn a_publisher_is_read_absent_or_not_known() {
        let said = |status, body: &str| read_publishers(Ok(answer("GET /integrity/a/1/a/provenance", status, body)));
        let body = r#"{"version": 1, "attestation_bundles": [{"publisher": {"kind": "GitHub", "repository": "o/r",
            "workflow": "release.yml", "environment": ""}, "attestations": []}]}"#;
        let publishers = said(200, body).unwrap();
        let publisher = &publishers[0];
        assert_eq!(
            (publisher.repository.as_str(), publisher.environment.as_deref(), publishers.len()),
            ("o/r", None, 1)
        );
        assert_eq!(said(404, "{}").unwrap(), []);
        for (status, body) in
            [(403, "{}"), (406, ""), (200, "{}"), (200, r#"{"attestation_bundles": [{"publisher": null}]}"#)]
        {
            assert!(said(status, body).is_err(), "{status} {body}");
        }
    }

    #[test]
    fn no_publisher_of_a_file_stands_behind_another() {
        let one = |repository: &str| {
            format!(r#"{{"publisher": {{"kind": "GitHub", "repository": "{repository}", "workflow": "release.yml"}}}}"#)
        };
        let body = format!(r#"{{"attestation_bundles": [{}, {}, {}]}}"#, one("o/r"), one("o/r"), one("other/r"));
        let said = read_publishers(Ok(answer("GET /integrity/a/1/a/provenance", 200, &body))).unwrap();
        let seen: Vec<FileProvenance> = provenances("a", said);
        let repositories: Vec<_> = seen.iter().filter_map(|file| Some(&file.publisher.as_ref()?.repository)).collect();
        assert_eq!(repositories, ["o/r", "other/r"]);
        assert_eq!(provenances("a", Vec::new()), [FileProvenance { file: "a".to_owned(), publisher: None }]);
    }
}
