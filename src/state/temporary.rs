//! A folder for temporary files that can be removed while a thread still writes to it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The folder; clones are the same folder. It stays until [`Temporary::remove`], which every way out must call.
#[derive(Clone, Debug)]
pub struct Temporary {
    folder: PathBuf,
    /// Whether it is removed; locked while somebody writes.
    is_gone: Arc<Mutex<bool>>,
}

impl Temporary {
    /// Makes a folder that is the person's alone.
    ///
    /// # Errors
    /// A system without a folder for temporary files.
    pub fn begin(prefix: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir()?.keep();
        Ok(Self { folder, is_gone: Arc::default() })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file below it, with the folders on the way.
    ///
    /// # Errors
    /// Whatever the system refuses; and every file once the folder is removed.
    pub fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        let is_gone = self.is_gone.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_gone {
            return Err(io::ErrorKind::NotFound.into());
        }
        let file = self.folder.join(path);
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, text)
    }

    /// Removes it with all that is in it; nothing is written to it any more. What the system refuses stays.
    pub fn remove(&self) {
        let mut is_gone = self.is_gone.lock().unwrap_or_else(PoisonError::into_inner);
        *is_gone = true;
        fs::remove_dir_all(&self.folder).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_does_not_come_back() {
        let temporary = Temporary::begin("shipworthy-test-").unwrap();
        let writer = temporary.clone();
        let thread = std::thread::spawn(move || {
            let write = |number: usize| writer.write(Path::new(&format!("{number}/a/b")), "text");
            (0..usize::MAX).find(|number| write(*number).is_err())
        });
        while !temporary.folder().join("3/a/b").exists() {
            std::thread::yield_now();
        }
        temporary.remove();
        assert!(thread.join().unwrap() > Some(3));
        assert!(!temporary.folder().exists());
    }
}
