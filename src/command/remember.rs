//! The histories of the command line: kept where there is a home folder, and what goes wrong is said.

use jiff::Timestamp;

use super::Surroundings;
use crate::fleet::{Fleet, Identity};
use crate::history::{History, Record};
use crate::kept::{self, histories};
use crate::state;

/// The history kept under a key. One that cannot be read is said and begins anew.
pub fn recall(key: &str, surroundings: &mut Surroundings<'_>) -> History {
    let Some(folder) = state::state_folder() else { return histories::empty(key) };
    histories::recall(&folder, key).unwrap_or_else(|why| {
        surroundings.say(&lost(key, &why));
        histories::empty(key)
    })
}

/// Keeps what a survey said about each repository that was judged in full.
pub fn remember(fleet: &Fleet, at: Timestamp, surroundings: &mut Surroundings<'_>) {
    let Some(folder) = state::state_folder() else { return };
    for repo in fleet.repos.values() {
        let key = kept::key_of(&Identity::of(repo));
        let Some((key, record)) = key.zip(Record::of(repo, &fleet.rules, at)) else { continue };
        match histories::add(&folder, &key, record) {
            Ok((_, None)) => {}
            Ok((_, Some(why))) => surroundings.say(&lost(&key, &why)),
            Err(error) => {
                surroundings.say(&format!("no history is kept: {error}"));
                return;
            }
        }
    }
}

fn lost(key: &str, why: &str) -> String {
    format!("the history of {key} cannot be read and begins anew: {why}")
}
