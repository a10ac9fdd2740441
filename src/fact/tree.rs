//! What differs between the working tree of a clone and its commit, as far as that can be told without running anything
//! that the repository configures.

use serde::{Deserialize, Serialize};

/// The working tree of a clone.
///
/// A file is taken for unchanged where its size and time are those that git noted when it last looked, as git itself
/// does; where they differ, its bytes are compared, without the filters a repository may configure. So a change that
/// keeps size and time cannot be seen, nor one inside of a submodule, nor a change of the executable bit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Tree {
    /// Files that are noted for the next commit, and differ from the last one.
    pub staged: Vec<String>,
    /// Files that differ from what is noted, or are gone.
    pub changed: Vec<String>,
    /// Files whose bytes differ where the repository converts files: they may be the same to git.
    pub doubtful: Vec<String>,
    /// Files and folders that git does not know and does not ignore.
    pub untracked: Vec<String>,
    /// How many submodules were not looked into.
    pub submodules: usize,
}

impl Tree {
    /// Whether something surely differs from the commit.
    pub fn is_dirty(&self) -> bool {
        !self.staged.is_empty() || !self.changed.is_empty()
    }
}
