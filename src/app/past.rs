//! What earlier surveys said, and keeping what this one says.

use super::Model;
use super::message::Effect;
use crate::fact::RepoId;
use crate::fleet::Identity;
use crate::history::{History, Record};

impl Model {
    /// What earlier surveys said about the repository under the cursor.
    pub fn past(&self) -> Option<&History> {
        self.histories.get(self.repo.as_ref()?).filter(|history| !history.records.is_empty())
    }

    /// Keeps what a survey said about a repository that was judged in full, and brings what was said before.
    pub(super) fn chronicle(&self, repo: &RepoId) -> Option<Effect> {
        let known = self.fleet.repos.get(repo)?;
        let record = Record::of(known, &self.fleet.rules, self.options.now);
        Some(Effect::Chronicle { repo: repo.clone(), identity: Identity::of(known), record })
    }
}
