//! One file at once or not at all: written beside its place, made durable, and renamed over it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Write};

use super::error::Reason;
use super::folder::{self, Folder, Kind, Rights};
use crate::plan::{ContentHash, content_hash};
use crate::text::decode::MAX_BYTES;

/// Writes a file of a folder. `check` is asked right before the rename, when everything else is done; with `is_new` a
/// file that is there already is never replaced.
///
/// # Errors
/// What the system or the check says. The file is as it was then, unless the very last step failed (waiting until the
/// folder is on the disk), and no temporary file is left.
pub fn put(
    folder: &Folder,
    name: &str,
    content: &[u8],
    rights: Rights,
    check: impl FnOnce() -> Result<(), Reason>,
    is_new: bool,
) -> Result<(), Reason> {
    let temporary = folder::temporary();
    let file = folder.create(&temporary)?;
    let done = fill(file, content, rights).map_err(Reason::from).and_then(|()| check()).and_then(|()| {
        let renamed = if is_new { folder.place(&temporary, name) } else { folder.replace(&temporary, name) };
        renamed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Reason::Exists,
            _ => Reason::System(error),
        })
    });
    if let Err(reason) = done {
        folder.remove(&temporary).ok();
        return Err(reason);
    }
    Ok(folder.sync()?)
}

fn fill(mut file: File, content: &[u8], rights: Rights) -> io::Result<()> {
    file.write_all(content)?;
    folder::set_rights(&file, rights)?;
    file.sync_all()
}

/// A file as it stands.
#[derive(Debug)]
pub struct Standing {
    /// Hash of its content.
    pub hash: ContentHash,
    /// Its rights.
    pub rights: Rights,
    /// Whether its first bytes are those of UTF-16.
    pub is_wide: bool,
}

/// Reads a file where it stands; none where nothing does.
///
/// # Errors
/// Whatever is no regular file, and what the system says.
pub fn standing(folder: &Folder, name: &str) -> Result<Option<Standing>, Reason> {
    match folder.kind(name)? {
        None => return Ok(None),
        Some(Kind::File) => {}
        Some(Kind::Link) => return Err(Reason::Link),
        Some(Kind::Folder | Kind::Other) => return Err(Reason::NotRegular),
    }
    let file = folder.read(name)?;
    // It may have been swapped since.
    if !file.metadata()?.is_file() {
        return Err(Reason::NotRegular);
    }
    let rights = folder::rights(&file)?;
    let mut bytes = Vec::new();
    // One byte more than is ever read into a plan: a longer file has another hash, and that is all that counts.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    let is_wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    Ok(Some(Standing { hash: content_hash(&bytes), rights, is_wide }))
}

/// Whether a folder, and the file where there is one, may be written: by the bits, which count for every user, and by
/// what the system says of this one.
///
/// # Errors
/// Which of the two may not.
pub fn writable(folder: &Folder, name: &str, standing: Option<&Standing>) -> Result<(), Reason> {
    if standing.is_some_and(|file| !file.rights.lets_write() || !folder.may_write(name)) {
        return Err(Reason::ReadOnlyFile);
    }
    if !folder.rights()?.lets_write() || !folder.may_write(".") {
        return Err(Reason::ReadOnlyFolder);
    }
    Ok(())
}

/// Removes the temporary files of a run that was ended in the middle, and says how many there were. Whoever calls this
/// holds the lock, so none of them belongs to a run that goes on.
pub fn sweep(folder: &Folder) -> usize {
    let names: BTreeSet<String> = folder.names().unwrap_or_default().into_iter().collect();
    let left = names.iter().filter(|name| folder::is_temporary(name));
    let mut removed = 0;
    for name in left.filter(|name| matches!(folder.kind(name), Ok(Some(Kind::File)))) {
        removed += usize::from(folder.remove(name).is_ok());
    }
    removed
}
