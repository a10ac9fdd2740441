//! What a survey says while it runs.

use std::sync::Arc;

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
}

/// One thing that happened while facts were gathered.
#[derive(Clone, Debug)]
pub enum SurveyEvent {
    /// Work on a repository begins.
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
}
