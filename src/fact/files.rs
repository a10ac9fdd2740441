//! The texts of a repository and what could not be read.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::meaning::{Meaning, Prepared};
use crate::text::{Place, clean};

/// Something about a file that a person should know: it could not be read or parsed, or holds what GitHub refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Path from the root, with `/`.
    pub path: String,
    /// Where in the file, when it has a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What is wrong and what to do, one line.
    pub message: String,
    /// Whether the file's meaning is lost: verdicts that depend on it become unknown.
    #[serde(default)]
    pub hides: bool,
}

impl Problem {
    /// A problem that leaves the meaning of other files alone (a pipe among the workflows, say).
    pub fn note(path: &str, place: Option<Place>, message: &str) -> Self {
        Self { path: clean::line(path).into_owned(), place, message: clean::line(message).into_owned(), hides: false }
    }

    /// A problem that hides what the file says.
    pub fn hiding(path: &str, place: Option<Place>, message: &str) -> Self {
        Self { hides: true, ..Self::note(path, place, message) }
    }
}

/// The texts that were read, the names that were only listed, and the problems met on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSet {
    /// Text by path from the root (with `/`).
    pub texts: BTreeMap<String, Arc<str>>,
    /// Paths that exist but were not read (too many, not needed, no text).
    #[serde(default)]
    pub listed: Vec<String>,
    /// What could not be read.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// What the texts mean, when it was read ahead.
    #[serde(skip)]
    pub prepared: Prepared,
}

impl FileSet {
    /// Reads what the texts mean ahead of the one who will ask.
    pub fn prepare(&mut self) {
        self.prepared = Prepared(Some(Arc::new(Meaning::of(self))));
    }

    /// What the texts mean: as read ahead, else read now.
    pub fn take_meaning(&mut self) -> Meaning {
        self.prepared.0.take().map_or_else(|| Meaning::of(self), Arc::unwrap_or_clone)
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        self.texts.get(path)
    }

    /// Whether a file of that path exists, read or not.
    pub fn exists(&self, path: &str) -> bool {
        self.texts.contains_key(path) || self.listed.iter().any(|known| known == path)
    }

    /// Texts below a folder (given with its final `/`), in order of path.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Arc<str>)> {
        self.texts
            .range(folder.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, text)| (path.as_str(), text))
    }

    /// The problem that hides a file of this path, if one does: its own, or that of a folder above it.
    pub fn hidden(&self, path: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.hides && covers(&problem.path, path))
    }
}

/// Whether a path is the other one or lies below it; `.` is the root.
fn covers(above: &str, path: &str) -> bool {
    above == "." || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_read_hides_what_is_below_it() {
        let set = |path| FileSet { problems: vec![Problem::hiding(path, None, "x")], ..FileSet::default() };
        assert!(set(".github").hidden(".github/dependabot.yml").is_some());
        assert!(set(".github/dependabot.yml").hidden(".github/dependabot.yml").is_some());
        assert!(set(".").hidden("README.md").is_some());
        assert!(set(".github").hidden(".github2/dependabot.yml").is_none());
        assert!(set(".github/workflows").hidden(".github/dependabot.yml").is_none());
        let note = FileSet { problems: vec![Problem::note(".github", None, "x")], ..FileSet::default() };
        assert!(note.hidden(".github/dependabot.yml").is_none());
    }
}
