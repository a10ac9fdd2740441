//! The parts of a plan as plain data: choices, changed files, and effects.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::requirement::{Safety, Verdict};
use crate::text::diff::{self, Hunk};

/// SHA-256 of the bytes of a file.
pub type ContentHash = [u8; 32];

/// The hash of a content.
pub fn content_hash(bytes: &[u8]) -> ContentHash {
    Sha256::digest(bytes).into()
}

/// One fix that can be taken or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Id of the requirement it is for.
    pub requirement: &'static str,
    /// How safe it is.
    pub safety: Safety,
    /// What it does, in one line, cleaned.
    pub title: String,
    /// What a person should know or do besides, a line each, cleaned.
    pub notes: Vec<String>,
    /// The files it touches, with the number of lines it writes or removes in each.
    pub files: Vec<(String, usize)>,
    /// Whether it is part of the plan.
    pub taken: bool,
    /// Why it could not be made, where that is so; it is no part of the plan then.
    pub refused: Option<String>,
}

impl Choice {
    /// Whether it is taken and was made.
    pub const fn is_made(&self) -> bool {
        self.taken && self.refused.is_none()
    }
}

/// A file as it is and as it will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Path from the root, with `/`, as in the file system: clean it where it is shown.
    pub path: String,
    /// The text as it was read; none for a file that is made.
    pub old: Option<Arc<str>>,
    /// The text to write.
    pub new: Arc<str>,
    /// What a file must hold at the moment it is replaced; none for a file that is made.
    pub old_hash: Option<ContentHash>,
    /// The difference.
    pub hunks: Vec<Hunk>,
}

impl FileChange {
    /// A change from one text to another.
    pub fn new(path: &str, old: Option<Arc<str>>, new: Arc<str>) -> Self {
        let hunks = diff::hunks(old.as_deref().unwrap_or_default(), &new);
        let old_hash = old.as_deref().map(|text| content_hash(text.as_bytes()));
        Self { path: path.to_owned(), old, new, old_hash, hunks }
    }

    /// The hash of the text to write.
    pub fn new_hash(&self) -> ContentHash {
        content_hash(self.new.as_bytes())
    }

    /// Lines added and removed.
    pub fn counts(&self) -> (usize, usize) {
        diff::counts(&self.hunks)
    }

    /// The change as a patch that `git apply` takes, byte for byte.
    pub fn patch(&self) -> String {
        diff::patch(&self.path, self.old.is_none(), &self.hunks)
    }
}

/// What a plan does to the verdict of one requirement, by judging the changed texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Its id.
    pub requirement: &'static str,
    /// Its name.
    pub slug: &'static str,
    /// The verdict now.
    pub before: Verdict,
    /// The verdict with the changes.
    pub after: Verdict,
}

impl Effect {
    /// `R08 fail -> pass`.
    pub fn line(&self) -> String {
        format!("{} {} -> {}", self.requirement, self.before.word(), self.after.word())
    }

    /// Whether the verdict gets worse. What did not apply before cannot.
    pub fn is_worse(&self) -> bool {
        self.before != self.after
            && !matches!(self.before, Verdict::NotApplicable | Verdict::Waived)
            && self.before.worst(self.after) == self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_is_what_a_fold_would_take() {
        let worse = |before, after| Effect { requirement: "R08", slug: "x", before, after }.is_worse();
        assert!(worse(Verdict::Pass, Verdict::Warn) && worse(Verdict::Pass, Verdict::Unknown));
        assert!(worse(Verdict::Unknown, Verdict::Fail));
        assert!(!worse(Verdict::Fail, Verdict::Pass) && !worse(Verdict::Fail, Verdict::Fail));
        assert!(!worse(Verdict::NotApplicable, Verdict::Fail), "it applies now");
        assert!(!worse(Verdict::Fail, Verdict::NotApplicable));
    }

    #[test]
    fn a_change_knows_its_hashes_and_its_patch() {
        let change = FileChange::new("a.yml", Some("a\n".into()), "b\n".into());
        assert_eq!(change.old_hash, Some(content_hash(b"a\n")));
        assert_eq!((change.new_hash(), change.counts()), (content_hash(b"b\n"), (1, 1)));
        assert!(change.patch().ends_with("@@ -1 +1 @@\n-a\n+b\n"));
        assert!(FileChange::new("n", None, "x".into()).patch().contains("/dev/null"));
    }
}
