//! What is kept about repositories from one run to the next.

use std::path::Path;

use jiff::Timestamp;

use super::Surroundings;
use crate::fleet::{Fleet, Repo};
use crate::history::{History, Record};
use crate::state::memory::Memory;
use crate::text::clean;

/// The kind of kept files that hold histories.
const KIND: &str = "history";

/// What a repository is kept under: its name on the forge, else its folder; none where neither is known.
pub fn key(repository: Option<&str>, path: Option<&str>) -> Option<String> {
    if let Some(name) = repository {
        return Some(name.to_lowercase());
    }
    let folder = Path::new(path?);
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    Some(whole.to_string_lossy().into_owned())
}

/// The key of a repository that was judged.
pub fn key_of(repo: &Repo) -> Option<String> {
    key(repo.repository().as_deref(), repo.target.path.as_deref())
}

/// The history kept under a key. One that cannot be read is said and begins anew.
pub fn recall(key: &str, surroundings: &mut Surroundings<'_>) -> History {
    let empty = || History { name: clean::line(key).into_owned(), records: Vec::new() };
    let Some(memory) = Memory::of(KIND) else { return empty() };
    let read = memory.read(key).map_err(|error| error.to_string());
    match read.and_then(|text| text.as_deref().map(History::parse).transpose()) {
        Ok(history) => history.unwrap_or_else(empty),
        Err(why) => {
            surroundings.say(&format!("the history of {key} cannot be read and begins anew: {why}"));
            empty()
        }
    }
}

/// Keeps what a survey said about each repository that was judged in full.
pub fn remember(fleet: &Fleet, at: Timestamp, surroundings: &mut Surroundings<'_>) {
    let Some(memory) = Memory::of(KIND) else { return };
    for repo in fleet.repos.values() {
        let Some((key, record)) = key_of(repo).zip(Record::of(repo, &fleet.rules, at)) else { continue };
        let mut history = recall(&key, surroundings);
        history.add(record);
        if let Err(error) = memory.write(&key, &history.text()) {
            surroundings.say(&format!("no history is kept: {error}"));
            return;
        }
    }
}
