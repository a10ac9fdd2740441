//! Histories that are kept between runs, one for each repository.

use std::path::Path;

use crate::history::{History, Record};
use crate::state::memory::Memory;
use crate::text::clean;

/// The kind of kept files that hold histories.
const KIND: &str = "history";

/// An empty history of a repository.
pub fn empty(key: &str) -> History {
    History { name: clean::line(key).into_owned(), records: Vec::new() }
}

/// The history kept under a key; an empty one where none is.
///
/// # Errors
/// Why the one that is there cannot be read, in words.
pub fn recall(folder: &Path, key: &str) -> Result<History, String> {
    let read = Memory::below(folder, KIND).read(key).map_err(|error| error.to_string())?;
    Ok(read.as_deref().map(History::parse).transpose()?.unwrap_or_else(|| empty(key)))
}

/// Adds what a survey said to the history kept under a key, and answers the whole. A history that cannot be read begins
/// anew; the reason is told, too.
///
/// # Errors
/// Whatever the system refuses.
pub fn add(folder: &Path, key: &str, record: Record) -> std::io::Result<(History, Option<String>)> {
    let (mut history, trouble) = match recall(folder, key) {
        Ok(history) => (history, None),
        Err(why) => (empty(key), Some(why)),
    };
    history.add(record);
    Memory::below(folder, KIND).write(key, &history.text())?;
    Ok((history, trouble))
}
