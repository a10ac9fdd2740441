//! Small files that the program keeps between runs, one for each thing: a history, a walk through a checklist.
//!
//! Folders and files are the person's alone. A file is named by a digest of what it is about, so that no name from
//! outside becomes a path.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::replace::{self, Access};

/// Largest file that is read back, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// One kind of kept files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    folder: PathBuf,
}

impl Memory {
    /// The kept files of a kind, such as `history`; none where there is no place for them.
    pub fn of(kind: &str) -> Option<Self> {
        super::state_folder().map(|folder| Self::below(&folder, kind))
    }

    /// The same below a folder of one's own.
    pub fn below(folder: &Path, kind: &str) -> Self {
        Self { folder: folder.join(kind) }
    }

    /// The file about something.
    pub fn file(&self, about: &str) -> PathBuf {
        let digest: String =
            Sha256::digest(about.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{digest}.json"))
    }

    /// What is kept about something; none where nothing is.
    ///
    /// # Errors
    /// Whatever the system refuses, and what is no text of a sensible size.
    pub fn read(&self, about: &str) -> io::Result<Option<String>> {
        let path = self.file(about);
        match fs::symlink_metadata(&path) {
            Ok(known) if known.is_file() => {}
            Ok(_) => return Err(io::Error::other("it is no regular file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let mut text = String::new();
        let read = fs::File::open(&path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
        if u64::try_from(read).is_ok_and(|read| read > MAX_BYTES) {
            return Err(io::Error::other("it is too large"));
        }
        Ok(Some(text))
    }

    /// Keeps a text about something, in place of what was kept before.
    ///
    /// # Errors
    /// Whatever the system refuses; what was kept before is untouched then.
    pub fn write(&self, about: &str, text: &str) -> io::Result<()> {
        replace::private_folder(&self.folder)?;
        let path = self.file(about);
        if fs::symlink_metadata(&path).is_ok_and(|known| !known.is_file()) {
            return Err(io::Error::other("something else stands in its place"));
        }
        replace::file(&path, text.as_bytes(), Access::Private)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_and_named_by_no_one_else() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::below(folder.path(), "history");
        assert_eq!(memory.read("o/r").unwrap(), None);
        memory.write("o/r", "one").unwrap();
        memory.write("../../etc/passwd\0", "two").unwrap();
        assert_eq!(memory.read("o/r").unwrap().as_deref(), Some("one"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(fs::read_dir(folder.path().join("history")).unwrap().count(), 2);
        fs::write(memory.file("o/r"), b"\xff").unwrap();
        assert!(memory.read("o/r").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_neither_read_nor_written_through() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::below(folder.path(), "history");
        memory.write("a", "one").unwrap();
        let mode = fs::metadata(memory.file("a")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let other = folder.path().join("other");
        fs::write(&other, "mine").unwrap();
        symlink(&other, memory.file("b")).unwrap();
        assert!(memory.read("b").is_err() && memory.write("b", "x").is_err());
        assert_eq!(fs::read_to_string(other).unwrap(), "mine");
    }
}
