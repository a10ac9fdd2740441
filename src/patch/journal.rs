//! What was written and what it replaced, kept so that it can be put back after a restart.
//!
//! Each repository has a folder of its own below the state folder, named by a hash of its path, with one file for each
//! write. An entry is on the disk before the first file is changed: whatever happens then, it tells of every file
//! what it held and what it was meant to hold.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::PatchError;
use super::folder::{Folder, Rights};
use super::replace;
use crate::plan::ContentHash;
use crate::state::replace::private_folder;
use crate::text::clean;

/// The version of the entries; another one is not read.
const VERSION: u32 = 1;
/// How long to wait for another instance.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often to look whether it is done.
const PAUSE: Duration = Duration::from_millis(20);
/// Writes that are remembered for one repository.
const MOST_ENTRIES: usize = 100;
/// The largest entry that is read, in bytes.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
const LOCK: &str = "lock";

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    version: u32,
    /// The repository, for people.
    pub root: String,
    /// What was done.
    pub title: String,
    /// When.
    pub at: Timestamp,
    /// The files, in the order in which they were written.
    pub files: Vec<Kept>,
}

/// One file of a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Path from the root, with `/`.
    pub path: String,
    /// What it held; none where the file was made.
    pub old: Option<String>,
    /// Its permission bits.
    pub mode: Option<u32>,
    /// SHA-256 of what was written, in hexadecimal digits.
    pub written: String,
    /// Folders that were made for it, the outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
}

impl Entry {
    /// An entry of this version.
    pub fn new(root: &Path, title: &str, at: Timestamp, files: Vec<Kept>) -> Self {
        let shown = clean::line(&root.to_string_lossy()).into_owned();
        Self { version: VERSION, root: shown, title: clean::line(title).into_owned(), at, files }
    }
}

/// The journal of one repository, locked against other instances while it is held.
#[derive(Debug)]
pub struct Journal {
    folder: Folder,
    path: PathBuf,
    /// Held until the journal is dropped.
    _lock: File,
}

impl Journal {
    /// Opens the journal of a repository, makes it where there is none, and waits for other instances.
    ///
    /// # Errors
    /// A folder that cannot be made or locked; another instance that takes longer than ten seconds.
    pub fn open(state: &Path, root: &Path) -> Result<Self, PatchError> {
        let path = Self::path(state, root).map_err(PatchError::Root)?;
        let failed = |what: &str, error: &io::Error| Self::failed(&path, format!("{what}: {error}"));
        private_folder(&path).map_err(|error| failed("cannot be made", &error))?;
        let folder = Folder::open(&path).map_err(|error| failed("cannot be opened", &error))?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = lock.map_err(|error| failed("cannot be locked", &error))?;
        wait(&lock).map_err(|error| error.map_or(PatchError::Busy, |error| failed("cannot be locked", &error)))?;
        let journal = Self { folder, path, _lock: lock };
        replace::sweep(&journal.folder);
        Ok(journal)
    }

    /// Whether there is a journal of a repository at all.
    pub fn exists(state: &Path, root: &Path) -> bool {
        Self::path(state, root).is_ok_and(|path| path.is_dir())
    }

    fn path(state: &Path, root: &Path) -> io::Result<PathBuf> {
        let real = fs::canonicalize(root)?;
        Ok(state.join("undo").join(hex(&Sha256::digest(real.as_os_str().as_encoded_bytes()))))
    }

    fn failed(path: &Path, what: String) -> PatchError {
        PatchError::Journal { path: clean::line(&path.to_string_lossy()).into_owned(), what }
    }

    /// The numbers of the entries, the oldest first.
    ///
    /// # Errors
    /// A folder that cannot be listed.
    pub fn numbers(&self) -> Result<Vec<u64>, PatchError> {
        let names = self.folder.names().map_err(|error| Self::failed(&self.path, error.to_string()))?;
        let mut numbers: Vec<u64> = names.iter().filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Keeps an entry; it is on the disk when this returns. Answers its number.
    ///
    /// # Errors
    /// An entry that cannot be written.
    pub fn add(&self, entry: &Entry) -> Result<u64, PatchError> {
        let numbers = self.numbers()?;
        let number = numbers.last().map_or(1, |last| last + 1);
        let failed = |error: &dyn std::fmt::Display| Self::failed(&self.path, format!("cannot be written: {error}"));
        let bytes = serde_json::to_vec(entry).map_err(|error| failed(&error))?;
        let rights = Rights { mode: Some(0o600), owner: None };
        replace::put(&self.folder, &name(number), &bytes, rights, || Ok(()), true).map_err(|error| failed(&error))?;
        for old in numbers.iter().rev().skip(MOST_ENTRIES - 1) {
            self.folder.remove(&name(*old)).ok();
        }
        Ok(number)
    }

    /// The file of an entry, as it is shown.
    pub fn shown(&self, number: u64) -> String {
        clean::line(&self.path.join(name(number)).to_string_lossy()).into_owned()
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// An entry that is damaged or of another version; it stays where it is.
    pub fn read(&self, number: u64) -> Result<Entry, PatchError> {
        let failed = |what: String| Self::failed(&self.path.join(name(number)), what);
        let mut text = String::new();
        let file = self.folder.read(&name(number)).map_err(|error| failed(format!("cannot be read: {error}")))?;
        file.take(MOST_BYTES).read_to_string(&mut text).map_err(|error| failed(format!("cannot be read: {error}")))?;
        let entry: Entry = serde_json::from_str(&text).map_err(|error| failed(format!("is damaged ({error})")))?;
        if entry.version == VERSION { Ok(entry) } else { Err(failed("is of another version".to_owned())) }
    }

    /// Forgets an entry.
    ///
    /// # Errors
    /// An entry that cannot be removed.
    pub fn remove(&self, number: u64) -> Result<(), PatchError> {
        let done = self.folder.remove(&name(number)).and_then(|()| self.folder.sync());
        done.map_err(|error| Self::failed(&self.path, format!("cannot be changed: {error}")))
    }
}

fn name(number: u64) -> String {
    format!("{number:08}.json")
}

/// Waits for the lock; none stands for an instance that did not give it back in time.
fn wait(lock: &File) -> Result<(), Option<io::Error>> {
    let begin = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(Some(error)),
            Err(TryLockError::WouldBlock) if begin.elapsed() > PATIENCE => return Err(None),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a file as the journal writes it.
pub fn hash(hash: ContentHash) -> String {
    hex(&hash)
}
