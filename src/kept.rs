//! What is kept about repositories from one run to the next, in the state folder: answers, sign-offs, histories.

use std::path::Path;

use crate::fleet::Identity;

pub mod answers;
pub mod histories;
pub mod signoffs;

/// What a repository is kept under: its name on the forge, else its folder; none where neither is known.
pub fn key(repository: Option<&str>, path: Option<&str>) -> Option<String> {
    if let Some(name) = repository {
        return Some(name.to_lowercase());
    }
    let folder = Path::new(path?);
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    Some(whole.to_string_lossy().into_owned())
}

/// The key of a repository that was asked about.
pub fn key_of(identity: &Identity) -> Option<String> {
    key(identity.repository.as_deref(), identity.path.as_deref())
}
