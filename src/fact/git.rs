//! What a local clone says about itself.

use serde::{Deserialize, Serialize};

/// Branch, commit, remote, tags and state of a clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// The branch that is checked out; none when HEAD is detached.
    pub branch: Option<String>,
    /// The commit of HEAD, 40 hexadecimal digits; none before the first commit.
    pub commit: Option<String>,
    /// `owner/name` of the remote, and its host.
    pub remote: Option<Remote>,
    /// Names of tags, newest first, at most a hundred.
    pub tags: Vec<Tag>,
    /// Number of files that differ from HEAD; none when that was not asked.
    pub dirty: Option<usize>,
}

/// The forge a clone came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Host name, lower case, with port when it is not the usual one.
    pub host: String,
    /// Owner or organisation.
    pub owner: String,
    /// Repository, without `.git`.
    pub name: String,
}

impl Remote {
    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// One tag of a clone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Name without `refs/tags/`.
    pub name: String,
    /// The commit it points to, peeled.
    pub commit: String,
    /// Whether it is an object of its own (annotated).
    pub annotated: bool,
    /// Whether the tag object carries a signature (which is not checked here).
    pub signed: bool,
}
