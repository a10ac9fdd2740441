//! What can be done about a finding: a fix of local files, or a guide for settings.

/// How safe a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// That a fix of local files is known.
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
