//! What can be done about a finding: a fix of local files, or a guide for settings.

use crate::text::splice::Edit;

/// How safe a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Safety {
    /// Changes nothing that a release depends on, or only what is proved to be the same.
    Safe,
    /// A person must read it first.
    Review,
}

impl Safety {
    /// The word of the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Review => "review",
        }
    }
}

/// That a fix of local files is known, told by what was judged and without working it out: working it out gives fixes
/// of which the safest is as safe as this one, or refusals that say why they cannot be made as the files stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixOffer {
    /// How safe it is.
    pub safety: Safety,
    /// What it does, in one line.
    pub title: String,
}

impl FixOffer {
    /// A safe fix.
    pub fn safe(title: impl Into<String>) -> Self {
        Self { safety: Safety::Safe, title: title.into() }
    }

    /// A fix a person must read.
    pub fn review(title: impl Into<String>) -> Self {
        Self { safety: Safety::Review, title: title.into() }
    }
}

/// A fix of local files, worked out but not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Id of the requirement it is for.
    pub requirement: &'static str,
    /// How safe it is.
    pub safety: Safety,
    /// What it does, in one line.
    pub title: String,
    /// What it changes, at most once for each file.
    pub files: Vec<FileFix>,
    /// What a person should know or do besides, a line each.
    pub notes: Vec<String>,
}

/// What a fix does to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFix {
    /// Changes places of a text that was read.
    Edit {
        /// Path from the root, with `/`.
        path: String,
        /// The changes, against the text in the facts.
        edits: Vec<Edit>,
    },
    /// Makes a file that is not there yet.
    Create {
        /// Path from the root, with `/`.
        path: String,
        /// What it holds.
        text: String,
    },
}

impl FileFix {
    /// Path from the root, with `/`.
    pub fn path(&self) -> &str {
        match self {
            Self::Edit { path, .. } | Self::Create { path, .. } => path,
        }
    }
}

/// Why a fix, or a part of it, cannot be made cleanly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Id of the requirement it would be for.
    pub requirement: &'static str,
    /// The file it would change; empty where there is none.
    pub path: String,
    /// Why not, in one line.
    pub reason: String,
    /// What a person may paste instead; empty where there is nothing to offer.
    pub snippet: String,
}

/// What a requirement has to offer for local files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Fixes, each on its own: a person may take one and leave another.
    pub fixes: Vec<Fix>,
    /// What cannot be fixed, and why.
    pub refusals: Vec<Refusal>,
}

/// How to change what is not in the files.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Guide {
    /// The page where it is done; empty where there is none.
    pub url: String,
    /// The steps, in order.
    pub steps: Vec<String>,
    /// A command that does it, shown and never run; empty where there is none.
    pub command: String,
}
