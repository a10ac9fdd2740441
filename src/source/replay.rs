//! Recorded answers instead of asked ones: for the demo, for tests, and for `--replay DIR`.
//!
//! A recording is one file for one repository, in YAML or JSON:
//!
//! ```yaml
//! target: demo/arrays            # what a user would have typed
//! repository: demo/arrays        # left out where it is not known
//! path: ~/src/arrays             # left out without a local folder
//! offline: true                  # left out where questions may be asked
//! observations:
//!   - topic: default-token
//!     known: {write: false, can-approve-pull-requests: false}
//!     from: GET /repos/demo/arrays/actions/permissions/workflow
//!     at: 2026-11-20T14:32:00Z
//! ```
//!
//! A topic that a recording leaves out is answered with "unknown", never with an empty value.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fact::{Observation, Reason, RepoId, Target, Topic, Unknown};
use crate::text::typed::{self, TypedError};
use crate::text::{Place, clean, decode};

/// The recordings that come with the program, in the order the demo shows them. Their owners, people, numbers and
/// SHAs are invented.
const BUNDLED: &[(&str, &str)] = &[
    ("01-arrays.yaml", include_str!("../../assets/demo/01-arrays.yaml")),
    ("02-solvers.yaml", include_str!("../../assets/demo/02-solvers.yaml")),
    ("03-image-tools.yaml", include_str!("../../assets/demo/03-image-tools.yaml")),
    ("04-graphnet.yaml", include_str!("../../assets/demo/04-graphnet.yaml")),
    ("05-frames.yaml", include_str!("../../assets/demo/05-frames.yaml")),
    ("06-plots.yaml", include_str!("../../assets/demo/06-plots.yaml")),
    ("07-very-long-name.yaml", include_str!("../../assets/demo/07-very-long-name.yaml")),
    ("08-mylib.yaml", include_str!("../../assets/demo/08-mylib.yaml")),
    ("09-retired.yaml", include_str!("../../assets/demo/09-retired.yaml")),
    ("10-toolbox.yaml", include_str!("../../assets/demo/10-toolbox.yaml")),
];

/// The answers about one repository.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recording {
    /// What a user would have typed.
    pub target: String,
    /// `owner/name` on the forge, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The local folder, when there is one, as shown to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether nothing beyond the recorded answers could be asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
    /// The answers, at most one for each topic.
    pub observations: Vec<Observation>,
}

/// Why recordings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A folder or file could not be read.
    #[error("{}: {source}", shown(.path))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is no recording.
    #[error("{}{}: {message}", shown(.path), line(.place.as_ref()))]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where in it, when the reader could tell.
        place: Option<Place>,
        /// What is wrong, and what was probably meant.
        message: String,
    },
    /// A folder holds no recording at all.
    #[error("{}: holds no recording (*.yaml, *.yml or *.json)", shown(.path))]
    Empty {
        /// Which.
        path: PathBuf,
    },
}

fn shown(path: &Path) -> String {
    clean::line(&path.to_string_lossy()).into_owned()
}

fn line(place: Option<&Place>) -> String {
    place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default()
}

/// The recordings of the demo.
///
/// # Errors
/// One of them is malformed, which a test rules out.
pub fn bundled() -> Result<Vec<Recording>, ReplayError> {
    BUNDLED.iter().map(|(name, text)| Recording::parse(Path::new(name), text)).collect()
}

/// The recordings of a folder, in the order of their file names.
///
/// # Errors
/// The folder or a file in it cannot be read, a file is no recording, or there is none.
pub fn read(folder: &Path) -> Result<Vec<Recording>, ReplayError> {
    let unreadable = |source| ReplayError::Unreadable { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let paths: Result<BTreeSet<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let paths = paths.map_err(unreadable)?;
    let recordings: Vec<Recording> =
        paths.iter().filter(|path| is_recording(path)).map(|path| read_file(path)).collect::<Result<_, _>>()?;
    if recordings.is_empty() { Err(ReplayError::Empty { path: folder.to_owned() }) } else { Ok(recordings) }
}

fn is_recording(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

fn read_file(path: &Path) -> Result<Recording, ReplayError> {
    let bytes = fs::read(path).map_err(|source| ReplayError::Unreadable { path: path.to_owned(), source })?;
    let text = decode::decode(bytes).map_err(|error| ReplayError::Malformed {
        path: path.to_owned(),
        place: error.place,
        message: error.message,
    })?;
    Recording::parse(path, &text)
}

impl Recording {
    /// Reads a recording from its text; the file's name tells JSON from YAML.
    ///
    /// # Errors
    /// The text is no recording, names no target, or answers a topic twice.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ReplayError> {
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let read: Result<Self, TypedError> = if is_json { from_json(text) } else { typed::from_yaml(text) };
        let malformed = |place, message| ReplayError::Malformed { path: path.to_owned(), place, message };
        let recording = read.map_err(|error| {
            let hint = error.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
            malformed(error.place, format!("{}{hint}", error.message))
        })?;
        match recording.mistake() {
            Some(mistake) => Err(malformed(None, mistake)),
            None => Ok(recording),
        }
    }

    /// What makes a recording useless although it is well formed.
    fn mistake(&self) -> Option<String> {
        if self.target.trim().is_empty() {
            return Some("names no `target`".to_owned());
        }
        let mut seen = BTreeSet::new();
        let twice = self.observations.iter().find(|observation| !seen.insert(observation.topic()));
        twice.map(|observation| format!("answers {} twice", observation.topic().words()))
    }

    /// The repository of this recording, at its place in a list of targets.
    pub fn target(&self, index: usize) -> Target {
        let typed: Arc<str> = clean::line(&self.target).into();
        let id = RepoId { index, target: typed };
        Target { id, repository: self.repository.clone(), path: self.path.clone(), whole: self.path.clone() }
    }

    /// An answer to every topic: the recorded ones as they stand in the file, then "unknown" for the others.
    pub fn observations_in_order(&self) -> Vec<Observation> {
        let answered: BTreeSet<Topic> = self.observations.iter().map(Observation::topic).collect();
        let absent = Topic::ALL.iter().filter(|topic| !answered.contains(topic));
        let absent = absent.map(|topic| self.answer_absent(*topic));
        self.observations.iter().cloned().chain(absent).collect()
    }

    fn answer_absent(&self, topic: Topic) -> Observation {
        if self.offline {
            return super::offline(topic);
        }
        let why = Unknown::new(Reason::Failed, format!("the recording holds no answer about {}", topic.words()));
        Observation::unknown(topic, why)
    }
}

fn from_json(text: &str) -> Result<Recording, TypedError> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let full = error.to_string();
        let message = full.split(" at line ").next().unwrap_or(&full);
        let place = Some(Place { line: error.line(), column: error.column() }).filter(|place| place.line > 0);
        TypedError { place, message: clean::line(message).into_owned(), hint: None }
    })
}

#[cfg(test)]
mod tests;
