//! Writes the files of a plan, each at once or not at all, and puts them back.
//!
//! Only regular files inside the root are written, and no link is followed on the way to them. Everything is checked
//! before the first byte is written, and the content of each file again right before it is replaced, so that a change
//! made by somebody else is never lost. What is replaced is kept in a journal first. Nothing here commits, pushes or
//! runs anything. [`write()`], [`undo`] and [`look`] block: a front end calls them on a thread of its own.
//!
//! | part | what it does |
//! |---|---|
//! | `folder` | an open folder, in which nothing is reached through a link |
//! | `replace` | one file at once or not at all |
//! | `journal` | what was written and what it replaced, locked against other instances |
//! | `error` | why a file was not written |

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use crate::plan::{FileChange, content_hash};

mod error;
mod folder;
mod journal;
mod replace;

pub use error::{Failure, PatchError, Reason};

use folder::{Folder, Kind, Rights};
use journal::{Entry, Journal, Kept};
use replace::Standing;

/// The permission bits of a file that is made, before the person's mask is taken off.
const NEW_FILE: u32 = 0o666;

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// Files that were written, by path.
    pub files: Vec<String>,
    /// Files that held the new text already.
    pub already: Vec<String>,
    /// The file at which writing stopped; those after it are as they were.
    pub failed: Option<Failure>,
    /// Files that were not tried after the failure.
    pub untried: Vec<String>,
    /// Temporary files of an earlier run that was ended in the middle; they were removed.
    pub leftovers: usize,
}

/// What was put back.
#[derive(Debug)]
pub struct Undone {
    /// What the write had done.
    pub title: String,
    /// When it was made.
    pub at: Timestamp,
    /// Files that hold their old text again.
    pub restored: Vec<String>,
    /// Files that the write had made and that are gone again.
    pub removed: Vec<String>,
    /// Files that were as before already.
    pub already: Vec<String>,
    /// How many earlier writes can be undone after this one.
    pub left: usize,
}

/// The write that [`undo`] would put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// What it did.
    pub title: String,
    /// When it was made.
    pub at: Timestamp,
    /// The files it wrote.
    pub files: Vec<String>,
}

/// Looks which of these files (paths from the root, with `/`) cannot be written, and says why, in words that follow
/// the path. A plan is made without them then ([`crate::plan::Plan::block`]). Writes nothing.
pub fn look(root: &Path, files: &[FileChange]) -> Vec<(String, String)> {
    let Ok(root) = Folder::open(root) else { return Vec::new() };
    let checked = files.iter().map(|change| (change, check(&root, change)));
    checked.filter_map(|(change, checked)| Some((change.path.clone(), checked.err()?.to_string()))).collect()
}

/// Writes files below a root, and keeps what they replace in the journal below `state`.
///
/// All are checked before the first is written. When one fails all the same, those before it stay written, and the
/// answer names them; the journal knows them, too.
///
/// # Errors
/// Files that cannot be written, with the reason of each; a journal that cannot be kept; another instance at work. In
/// each case nothing was written.
pub fn write(
    root: &Path,
    state: &Path,
    title: &str,
    files: &[FileChange],
    at: Timestamp,
) -> Result<Written, PatchError> {
    let journal = Journal::open(state, root)?;
    let folder = Folder::open(root).map_err(PatchError::Root)?;
    let mut written = Written::default();
    let ready = prepare(&folder, files, &mut written)?;
    if ready.is_empty() {
        return Ok(written);
    }
    written.leftovers = sweep(&folder, ready.iter().map(|one| one.change.path.as_str()));
    let number = journal.add(&Entry::new(root, title, at, ready.iter().map(Ready::kept).collect()))?;
    let mut rest = ready.iter();
    for one in rest.by_ref() {
        match put(&folder, one) {
            Ok(()) => written.files.push(one.change.path.clone()),
            Err(reason) => {
                written.failed = Some(Failure { path: one.change.path.clone(), reason });
                break;
            }
        }
    }
    written.untried = rest.map(|one| one.change.path.clone()).collect();
    let changed = |one: &Ready<'_>| {
        let now = stands(&folder, &one.change.path).ok().flatten().map(|file| file.hash);
        now != one.change.old_hash
    };
    if written.files.is_empty() && !ready.iter().any(changed) {
        journal.remove(number)?;
    }
    Ok(written)
}

/// A change that passed every check.
struct Ready<'a> {
    change: &'a FileChange,
    rights: Option<Rights>,
    /// Folders that must be made first, the outermost first.
    folders: Vec<String>,
}

impl Ready<'_> {
    fn kept(&self) -> Kept {
        Kept {
            path: self.change.path.clone(),
            old: self.change.old.as_deref().map(str::to_owned),
            mode: self.rights.and_then(|rights| rights.mode),
            written: journal::hash(self.change.new_hash()),
            folders: self.folders.clone(),
        }
    }
}

/// Checks every change; those that are there already need no writing.
fn prepare<'a>(root: &Folder, files: &'a [FileChange], written: &mut Written) -> Result<Vec<Ready<'a>>, PatchError> {
    let (mut ready, mut failed) = (Vec::new(), Vec::new());
    for change in files {
        match check(root, change) {
            Ok(Some(one)) => ready.push(one),
            Ok(None) => written.already.push(change.path.clone()),
            Err(reason) => failed.push(Failure { path: change.path.clone(), reason }),
        }
    }
    if failed.is_empty() { Ok(ready) } else { Err(PatchError::Refused(failed)) }
}

/// Whether a change can be made; none when the file holds the new text already.
fn check<'a>(root: &Folder, change: &'a FileChange) -> Result<Option<Ready<'a>>, Reason> {
    let (parents, name) = parts(&change.path)?;
    let mut ready = Ready { change, rights: None, folders: Vec::new() };
    let (folder, missing) = descend(root, &parents)?;
    if !missing.is_empty() {
        replace::writable(&folder, name, None)?;
        ready.folders = missing;
        return if change.old_hash.is_none() { Ok(Some(ready)) } else { Err(Reason::Missing) };
    }
    let file = replace::standing(&folder, name)?;
    if file.as_ref().is_some_and(|file| file.hash == change.new_hash()) {
        return Ok(None);
    }
    matches(file.as_ref(), change.old_hash)?;
    replace::writable(&folder, name, file.as_ref())?;
    ready.rights = file.map(|file| file.rights);
    Ok(Some(ready))
}

/// Whether a file is the one that was read.
fn matches(file: Option<&Standing>, expected: Option<[u8; 32]>) -> Result<(), Reason> {
    match (file, expected) {
        (Some(file), Some(hash)) if file.hash == hash => Ok(()),
        (Some(file), Some(_)) if file.is_wide => Err(Reason::Encoding),
        (Some(_), Some(_)) => Err(Reason::Changed),
        (None, Some(_)) => Err(Reason::Missing),
        (Some(_), None) => Err(Reason::Exists),
        (None, None) => Ok(()),
    }
}

/// The folders and the name of a path that stays inside the root.
fn parts(path: &str) -> Result<(Vec<&str>, &str), Reason> {
    let mut parts: Vec<&str> = path.split('/').collect();
    let odd = |part: &&str| part.is_empty() || matches!(*part, "." | "..") || part.contains(['\0', '\\']);
    if parts.iter().any(odd) || parts.first() == Some(&".git") {
        return Err(Reason::Outside);
    }
    let name = parts.pop().ok_or(Reason::Outside)?;
    Ok((parts, name))
}

/// The innermost folder on the way that exists, and the paths of those below it that do not.
fn descend(root: &Folder, parents: &[&str]) -> Result<(Folder, Vec<String>), Reason> {
    let mut folder = root.enter(".")?;
    for (index, part) in parents.iter().enumerate() {
        let path = |upto: usize| parents.get(..=upto).unwrap_or_default().join("/");
        folder = match folder.kind(part)? {
            Some(Kind::Folder) => folder.enter(part).map_err(|_| Reason::Parent(path(index)))?,
            Some(_) => return Err(Reason::Parent(path(index))),
            None => return Ok((folder, (index..parents.len()).map(path).collect())),
        };
    }
    Ok((folder, Vec::new()))
}

/// The folder of a path; those named in `make`, by their paths, are made when they are missing.
fn folder_of(root: &Folder, parents: &[&str], make: &[String]) -> Result<Folder, Reason> {
    let mut folder = root.enter(".")?;
    for (index, part) in parents.iter().enumerate() {
        let path = parents.get(..=index).unwrap_or_default().join("/");
        if folder.kind(part)?.is_none() {
            if !make.contains(&path) {
                return Err(Reason::Missing);
            }
            folder.create_folder(part)?;
            folder.sync()?;
        }
        folder = folder.enter(part).map_err(|_| Reason::Parent(path))?;
    }
    Ok(folder)
}

fn stands(root: &Folder, path: &str) -> Result<Option<Standing>, Reason> {
    let (parents, name) = parts(path)?;
    match descend(root, &parents)? {
        (folder, missing) if missing.is_empty() => replace::standing(&folder, name),
        _ => Ok(None),
    }
}

fn put(root: &Folder, one: &Ready<'_>) -> Result<(), Reason> {
    let (parents, name) = parts(&one.change.path)?;
    let expected = one.change.old_hash;
    let done = folder_of(root, &parents, &one.folders).and_then(|folder| {
        let check = || matches(replace::standing(&folder, name)?.as_ref(), expected);
        let rights = one.rights.unwrap_or_else(new_file_rights);
        replace::put(&folder, name, one.change.new.as_bytes(), rights, check, expected.is_none())
    });
    if done.is_err() {
        remove_folders(root, &one.folders);
    }
    done
}

/// Removes folders that were made for a file and hold nothing; the innermost comes last in the list.
fn remove_folders(root: &Folder, folders: &[String]) {
    for path in folders.iter().rev() {
        let Ok((parents, name)) = parts(path) else { return };
        let Ok((folder, missing)) = descend(root, &parents) else { return };
        if !missing.is_empty() || folder.remove_folder(name).is_err() {
            return;
        }
        folder.sync().ok();
    }
}

/// What a new file may be: what the person's mask leaves of reading and writing for all.
fn new_file_rights() -> Rights {
    #[cfg(unix)]
    {
        // There is no way to read the mask but to set it, and setting it would touch other threads.
        let mask = std::fs::read_to_string("/proc/self/status").ok();
        let mask = mask.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("Umask:")));
        let mask = mask.and_then(|digits| u32::from_str_radix(digits.trim(), 8).ok()).unwrap_or(0o022);
        Rights { mode: Some(NEW_FILE & !mask), owner: None }
    }
    #[cfg(not(unix))]
    Rights::default()
}

/// Removes what a run that was ended in the middle left in the folders that are written now.
fn sweep<'a>(root: &Folder, paths: impl Iterator<Item = &'a str>) -> usize {
    let folders: BTreeSet<Vec<&str>> = paths.filter_map(|path| parts(path).ok()).map(|(parents, _)| parents).collect();
    let open = folders.iter().filter_map(|parents| descend(root, parents).ok());
    open.filter(|(_, missing)| missing.is_empty()).map(|(folder, _)| replace::sweep(&folder)).sum()
}

/// The write that [`undo`] would put back; none where there is none, or the journal cannot be read.
pub fn last(root: &Path, state: &Path) -> Option<Last> {
    if !Journal::exists(state, root) {
        return None;
    }
    let journal = Journal::open(state, root).ok()?;
    let Entry { title, at, files, .. } = journal.read(*journal.numbers().ok()?.last()?).ok()?;
    Some(Last { title, at, files: files.into_iter().map(|file| file.path).collect() })
}

/// Puts back what the last write to this root replaced, and removes what it made; folders it made go when they are
/// empty. All files are checked before the first is touched.
///
/// # Errors
/// Files that changed since, each named: nothing was put back then. Nothing to undo. A journal that cannot be read.
/// A file at which it failed in the middle; the entry stays, so it can be tried again.
pub fn undo(root: &Path, state: &Path) -> Result<Undone, PatchError> {
    let folder = Folder::open(root).map_err(PatchError::Root)?;
    if !Journal::exists(state, root) {
        return Err(PatchError::NothingToUndo);
    }
    let journal = Journal::open(state, root)?;
    let numbers = journal.numbers()?;
    let number = *numbers.last().ok_or(PatchError::NothingToUndo)?;
    let entry = journal.read(number)?;
    let mut undone = Undone {
        title: entry.title,
        at: entry.at,
        restored: Vec::new(),
        removed: Vec::new(),
        already: Vec::new(),
        left: numbers.len() - 1,
    };
    let mut todo = Vec::new();
    let mut failed = Vec::new();
    for kept in &entry.files {
        match needs_undo(&folder, kept) {
            Ok(true) => todo.push(kept),
            Ok(false) => undone.already.push(kept.path.clone()),
            Err(reason) => failed.push(Failure { path: kept.path.clone(), reason }),
        }
    }
    if !failed.is_empty() {
        return Err(PatchError::NotUndone { failures: failed, journal: journal.shown(number) });
    }
    sweep(&folder, entry.files.iter().map(|kept| kept.path.as_str()));
    for kept in todo.into_iter().rev() {
        let done = put_back(&folder, kept);
        done.map_err(|reason| PatchError::NotUndone {
            failures: vec![Failure { path: kept.path.clone(), reason }],
            journal: journal.shown(number),
        })?;
        let list = if kept.old.is_some() { &mut undone.restored } else { &mut undone.removed };
        list.push(kept.path.clone());
    }
    entry.files.iter().for_each(|kept| remove_folders(&folder, &kept.folders));
    journal.remove(number)?;
    Ok(undone)
}

/// Whether a file holds what was written; `false` when it holds what it held before.
fn needs_undo(root: &Folder, kept: &Kept) -> Result<bool, Reason> {
    let now = stands(root, &kept.path)?;
    let old = kept.old.as_ref().map(|text| content_hash(text.as_bytes()));
    if now.as_ref().map(|file| file.hash) == old {
        return Ok(false);
    }
    let Some(file) = now else { return Err(Reason::Missing) };
    if journal::hash(file.hash) != kept.written {
        return Err(Reason::Edited);
    }
    let (parents, name) = parts(&kept.path)?;
    replace::writable(&folder_of(root, &parents, &[])?, name, Some(&file))?;
    Ok(true)
}

fn put_back(root: &Folder, kept: &Kept) -> Result<(), Reason> {
    let (parents, name) = parts(&kept.path)?;
    let folder = folder_of(root, &parents, &[])?;
    let check = || match replace::standing(&folder, name)? {
        Some(file) if journal::hash(file.hash) == kept.written => Ok(file.rights),
        Some(_) => Err(Reason::Edited),
        None => Err(Reason::Missing),
    };
    let owner = check()?.owner;
    let Some(text) = &kept.old else {
        folder.remove(name)?;
        return Ok(folder.sync()?);
    };
    let rights = Rights { mode: kept.mode, owner };
    replace::put(&folder, name, text.as_bytes(), rights, || check().map(drop), false)
}

#[cfg(test)]
mod tests;
