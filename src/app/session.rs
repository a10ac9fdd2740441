//! What is kept from one start to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::matrix::Sort;
use super::{Model, Place};

/// The last screen, filter and sorting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Session {
    /// The last filter of the fleet.
    pub filter: String,
    /// By what the fleet was sorted.
    pub sort: String,
    /// Whether the order was turned around.
    pub reverse: bool,
    /// The screen: `fleet`, `repository` or `requirement`.
    pub screen: String,
    /// The repository under the cursor, as it was typed.
    pub repository: String,
    /// Id of the requirement under the cursor.
    pub requirement: String,
    /// The version whose release was walked through last, by repository as it was typed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub releases: BTreeMap<String, String>,
}

impl Model {
    /// What is worth keeping for the next start.
    pub fn session(&self) -> Session {
        let places = self.trail.iter().rev();
        let kept = |place: &&Place| matches!(place, Place::Fleet | Place::Repo | Place::Evidence);
        let screen = std::iter::once(&self.place).chain(places).find(kept).copied().unwrap_or(Place::Fleet);
        Session {
            filter: self.matrix.filter.text().to_owned(),
            sort: self.matrix.sort.name().to_owned(),
            reverse: self.matrix.reverse,
            screen: screen.word().to_owned(),
            repository: self.repo.as_ref().map(|id| id.target.to_string()).unwrap_or_default(),
            requirement: self.meta().map(|meta| meta.id.to_owned()).unwrap_or_default(),
            releases: self.options.session.releases.clone(),
        }
    }

    /// Takes up what was kept. A screen whose repository is not among the targets any more is left.
    pub(super) fn resume(&mut self) {
        let session = self.options.session.clone();
        self.matrix.filter = Filter::parse(&session.filter);
        self.matrix.sort = Sort::named(&session.sort).unwrap_or_default();
        self.matrix.reverse = session.reverse;
        let column = self.columns().iter().position(|meta| meta.id == session.requirement);
        let repo = self.fleet.repos.keys().find(|id| *id.target == *session.repository).cloned();
        self.choose(repo.clone(), column.unwrap_or_default());
        let wanted = Place::ALL.iter().find(|place| place.word() == session.screen);
        match (wanted, repo) {
            (Some(Place::Evidence), Some(_)) if column.is_some() => {
                self.go(Place::Repo);
                self.go(Place::Evidence);
            }
            (Some(Place::Repo), Some(_)) => self.go(Place::Repo),
            _ => {}
        }
    }
}
