//! Writes what was answered into a folder, one file for each repository, as `--replay` reads it.
//!
//! A recording holds facts: texts that matter, settings, names. No token is among them, since none is ever an answer.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::CommandError;
use crate::fact::{Observation, RepoId, SurveyEvent, Target, Topic};
use crate::source::replay::Recording;

/// Keeps the answers while they come.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    repos: BTreeMap<RepoId, (Target, BTreeMap<Topic, Observation>)>,
}

impl Recorder {
    /// Records into a folder, which is made when there is something to write.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), repos: BTreeMap::new() }
    }

    /// Takes in one event; the last answer to a topic counts.
    pub fn take(&mut self, event: &SurveyEvent) {
        match event {
            SurveyEvent::Started(target) => {
                self.repos.entry(target.id.clone()).or_insert_with(|| (target.clone(), BTreeMap::new()));
            }
            SurveyEvent::Answered { repo, observation } => {
                if let Some((_, answers)) = self.repos.get_mut(repo) {
                    answers.insert(observation.topic(), (**observation).clone());
                }
            }
            _ => {}
        }
    }

    /// Writes the recordings, and answers how many.
    ///
    /// # Errors
    /// A folder or file that cannot be written, or that exists already.
    pub fn write(self) -> Result<usize, CommandError> {
        let refuse = |path: &Path, error: &dyn std::fmt::Display| {
            let message = format!("the recording {} cannot be written: {error}", path.display());
            CommandError::usage(message, "--record takes a new or an empty folder that you may write to")
        };
        fs::create_dir_all(&self.folder).map_err(|error| refuse(&self.folder, &error))?;
        let count = self.repos.len();
        for (index, (target, answers)) in self.repos.into_values().enumerate() {
            let path = self.folder.join(file_name(index, &target.id.target));
            let recording = Recording {
                target: target.id.target.to_string(),
                repository: target.repository,
                path: target.path,
                offline: false,
                observations: answers.into_values().collect(),
            };
            let text = serde_yaml::to_string(&recording).map_err(|error| refuse(&path, &error))?;
            let mut file = fs::File::create_new(&path).map_err(|error| refuse(&path, &error))?;
            file.write_all(text.as_bytes()).map_err(|error| refuse(&path, &error))?;
        }
        Ok(count)
    }
}

/// The name of a recording: its place in the list, and what was typed.
fn file_name(index: usize, target: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = target.chars().map(plain).take(60).collect();
    format!("{:03}-{}.yaml", index + 1, name.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;
    use crate::fact::settings::DefaultToken;
    use crate::source::replay;
    use jiff::Timestamp;

    #[test]
    fn what_is_recorded_can_be_replayed() {
        let folder = tempfile::tempdir().unwrap();
        let id = RepoId { index: 0, target: "o/r@rel/1".into() };
        let mut recorder = Recorder::new(&folder.path().join("new"));
        let target = Target { id: id.clone(), repository: Some("o/r".into()), path: None, whole: None };
        recorder.take(&SurveyEvent::Started(target));
        let token = DefaultToken { write: true, can_approve_pull_requests: false };
        let seen = Observation::DefaultToken(Fact::api(token, "GET /x", 200, Timestamp::UNIX_EPOCH));
        recorder.take(&SurveyEvent::Answered { repo: id.clone(), observation: Box::new(seen.clone()) });
        assert_eq!(recorder.write().unwrap(), 1);
        let read = replay::read(&folder.path().join("new")).unwrap();
        assert_eq!((read[0].target.as_str(), read[0].observations.as_slice()), ("o/r@rel/1", &[seen][..]));
        let mut again = Recorder::new(&folder.path().join("new"));
        again.take(&SurveyEvent::Started(Target { id, repository: None, path: None, whole: None }));
        assert!(again.write().is_err(), "nothing is overwritten");
    }
}
