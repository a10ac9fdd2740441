//! What a repository is known by from one run to the next.

use super::Repo;

/// The names of a repository, from which the place follows where something about it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// `owner/name`, where it is known.
    pub repository: Option<String>,
    /// Its folder, where it has one.
    pub path: Option<String>,
    /// As it was typed.
    pub target: String,
}

impl Identity {
    /// The names of a repository that was asked about.
    pub fn of(repo: &Repo) -> Self {
        let path = repo.target.path.as_deref().map(str::to_owned);
        Self { repository: repo.repository(), path, target: repo.target.id.target.to_string() }
    }
}
