//! Asking a package index: which files there are, and what it knows of their provenance.
//!
//! The same client as for the forge, with a budget of its own and never a token. What the answers mean is read
//! elsewhere; here are the questions, and where they are asked.

use std::path::Path;

use super::github::{Answer, Api, ApiError, Client, NoAnswer, Request, Resource};
use crate::fact::release::Registry;

/// Media type of the list of files (Simple API, version 1).
const SIMPLE: &str = "application/vnd.pypi.simple.v1+json";
/// Media type of a file's provenance (Integrity API, version 1).
const INTEGRITY: &str = "application/vnd.pypi.integrity.v1+json";
/// Media type of a project's data.
const JSON: &str = "application/json";

/// A package index.
#[derive(Clone, Debug)]
pub struct Index {
    client: Client,
}

/// The root of the index that counts where none is named. The host follows from the name of the registry.
///
/// # Errors
/// None: the address is a sound one, which a test holds.
pub fn usual() -> Result<Api, ApiError> {
    Api::parse(&format!("https://{}.org", Registry::Pypi.word()))
}

/// Reads the root of an index. The address of its list of projects (`…/simple/`) is taken for it too.
///
/// # Errors
/// As [`Api::parse`].
pub fn parse(typed: &str) -> Result<Api, ApiError> {
    let root = typed.trim_end_matches('/');
    Api::parse(root.strip_suffix("/simple").unwrap_or(root))
}

impl Index {
    /// An index that is asked by this client.
    pub const fn new(client: Client) -> Self {
        Self { client }
    }

    /// The client, for what is asked in other ways.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The files of a project, each with the address of its provenance (GET /simple/{project}/).
    ///
    /// # Errors
    /// As [`Client::fetch`]; a project that does not exist is an answer with 404.
    pub async fn files(&self, project: &str) -> Result<Answer, NoAnswer> {
        self.client.fetch(&files(project)).await
    }

    /// The provenance of a file (GET /integrity/{project}/{version}/{filename}/provenance).
    ///
    /// # Errors
    /// As [`Client::fetch`]; a file without provenance is an answer with 404.
    pub async fn provenance(&self, project: &str, version: &str, filename: &str) -> Result<Answer, NoAnswer> {
        self.client.fetch(&provenance(project, version, filename)).await
    }

    /// What a project says of itself, with the digests of its newest files (GET /pypi/{project}/json).
    ///
    /// # Errors
    /// As [`Client::fetch`]; a project that does not exist is an answer with 404.
    pub async fn project(&self, project: &str) -> Result<Answer, NoAnswer> {
        self.client.fetch(&data(project)).await
    }
}

/// The request for a project's files.
pub fn files(project: &str) -> Request {
    of_index(&["simple", &normalized(project), ""], SIMPLE)
}

/// The request for a file's provenance.
pub fn provenance(project: &str, version: &str, filename: &str) -> Request {
    of_index(&["integrity", &normalized(project), version, filename, "provenance"], INTEGRITY)
}

/// The request for a project's own data.
pub fn data(project: &str) -> Request {
    of_index(&[Registry::Pypi.word(), &normalized(project), "json"], JSON)
}

fn of_index(segments: &[&str], accept: &'static str) -> Request {
    Request { resource: Resource::Index, ..Request::get(segments).accepting(accept) }
}

/// A project's name as indexes compare it: runs of `-`, `_` and `.` are one `-`, letters are small.
pub fn normalized(project: &str) -> String {
    let parts = project.trim().split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// The version that the name of a file tells: the part after the name in `name-1.0-py3-none-any.whl` and
/// `name-1.0.tar.gz`; none where the name is not of this form.
pub fn version_in(filename: &str) -> Option<&str> {
    if Path::new(filename).extension().is_some_and(|end| end.eq_ignore_ascii_case("whl")) {
        return filename.split('-').nth(1);
    }
    let stem = [".tar.gz", ".zip", ".tar.bz2"].iter().find_map(|end| filename.strip_suffix(end))?;
    stem.rsplit_once('-').map(|(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_name_the_project_as_indexes_do() {
        assert_eq!(files("Scikit_Learn").endpoint(), "GET /simple/scikit-learn/");
        assert_eq!(data("A..b").endpoint(), format!("GET /{}/a-b/json", Registry::Pypi.word()));
        let request = provenance("My.Lib", "1.0+l", "my_lib-1.0.tar.gz");
        assert_eq!(request.endpoint(), "GET /integrity/my-lib/1.0%2Bl/my_lib-1.0.tar.gz/provenance");
        assert_eq!((request.accept, request.resource), (INTEGRITY, Resource::Index));
        assert_eq!(normalized("-a__B.-c."), "a-b-c");
    }

    #[test]
    fn an_index_is_named_by_its_root_or_its_list() {
        let usual = usual().unwrap();
        assert!(usual.shown().starts_with("https://pypi.") && !usual.is_github_service());
        assert_eq!(parse("https://index.test/root/simple/").unwrap().shown(), "https://index.test/root");
        assert_eq!(parse("http://127.0.0.1:8080").unwrap().shown(), "http://127.0.0.1:8080");
        assert!(parse("http://index.test").is_err());
    }

    #[test]
    fn versions_stand_in_the_names_of_files() {
        assert_eq!(version_in("my_lib-1.0rc1-py3-none-any.whl"), Some("1.0rc1"));
        assert_eq!(version_in("my-lib-1.0.post1.tar.gz"), Some("1.0.post1"));
        assert_eq!(version_in("my-lib.exe"), None);
    }
}
