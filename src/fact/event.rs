//! What a survey says while it runs.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Observation, Topic};

/// The key of a repository in a fleet: its place in the list of targets, and what the user typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RepoId {
    /// Position among the targets, from 0; keeps the order the user gave.
    pub index: usize,
    /// What the user typed, cleaned.
    pub target: Arc<str>,
}

/// One repository to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its key.
    pub id: RepoId,
    /// `owner/name` on the forge, when known.
    pub repository: Option<String>,
    /// The local folder, when there is one, as shown to people.
    pub path: Option<String>,
    /// The same folder by its whole path, clean: it stays the same wherever it is named from.
    #[serde(default)]
    pub whole: Option<String>,
}

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Something that went as planned.
    Info,
    /// Something was refused or is missing, and its verdicts say so.
    Warn,
    /// Something failed.
    Error,
}

/// One line of the log: a request, a refusal, a retry, a written file. Its text is clean and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// How much it matters.
    pub level: LogLevel,
    /// What happened, in one line.
    pub text: String,
}

/// What is left of the requests that a forge allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests (or points) that are left.
    pub left: u32,
    /// Requests (or points) an hour.
    pub limit: u32,
    /// When the count starts anew.
    pub resets_at: Timestamp,
}

/// One thing that happened while facts were gathered.
#[derive(Clone, Debug)]
pub enum SurveyEvent {
    /// Work on a repository begins, or begins again: what is known of it stays until it is answered anew.
    Started(Target),
    /// A topic was asked for.
    Asked {
        /// Whose.
        repo: RepoId,
        /// Which.
        topic: Topic,
    },
    /// A topic was answered, or refused.
    Answered {
        /// Whose.
        repo: RepoId,
        /// The answer.
        observation: Box<Observation>,
    },
    /// Nothing more will come for this repository.
    Finished {
        /// Whose.
        repo: RepoId,
    },
    /// Something that people may want to look up.
    Logged(LogLine),
    /// What the forge still allows, after an answer that said so.
    Quota(Quota),
    /// How the forge is asked, in words: with which kind of token, found where; never the token.
    Asking(String),
    /// The login of the token's owner (GET /user), told only where a release is asked about: who answers.
    Login(String),
}
