//! A folder by its path, for systems without folder handles.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{Kind, Rights};

/// A folder that was seen to be one.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens a folder that the person named; links on the way to it are theirs.
    pub fn open(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.is_dir() {
            return Ok(Self { path: path.to_owned() });
        }
        Err(io::ErrorKind::NotADirectory.into())
    }

    /// Opens a folder in this one; a link is an error.
    pub fn enter(&self, name: &str) -> io::Result<Self> {
        match self.kind(name)? {
            Some(Kind::Folder) => Ok(Self { path: self.path.join(name) }),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// What stands under a name; none where nothing does.
    pub fn kind(&self, name: &str) -> io::Result<Option<Kind>> {
        match fs::symlink_metadata(self.path.join(name)) {
            Ok(meta) if meta.is_file() => Ok(Some(Kind::File)),
            Ok(meta) if meta.is_dir() => Ok(Some(Kind::Folder)),
            Ok(meta) if meta.is_symlink() => Ok(Some(Kind::Link)),
            Ok(_) => Ok(Some(Kind::Other)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a file to read it; a link is an error.
    pub fn read(&self, name: &str) -> io::Result<File> {
        match self.kind(name)? {
            Some(Kind::File) => File::open(self.path.join(name)),
            Some(_) => Err(io::Error::other("it is no regular file")),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Makes a file that is not there yet.
    pub fn create(&self, name: &str) -> io::Result<File> {
        File::create_new(self.path.join(name))
    }

    /// Makes a folder.
    pub fn create_folder(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.path.join(name))
    }

    /// Renames a file of this folder over another.
    pub fn replace(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    /// Renames a file of this folder to a name that must be free.
    pub fn place(&self, from: &str, to: &str) -> io::Result<()> {
        fs::hard_link(self.path.join(from), self.path.join(to))?;
        self.remove(from)
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// Removes an empty folder.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        fs::remove_dir(self.path.join(name))
    }

    /// Nothing to do: these systems do not let a folder be waited for.
    pub fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// The rights of the folder itself.
    pub fn rights(&self) -> io::Result<Rights> {
        Ok(Rights::default())
    }

    /// Whether the system lets this process write to something in the folder; `.` is the folder.
    pub fn may_write(&self, name: &str) -> bool {
        name == "." || fs::metadata(self.path.join(name)).is_ok_and(|meta| !meta.permissions().readonly())
    }

    /// The names in the folder that are UTF-8.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let names = fs::read_dir(&self.path)?.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
        Ok(names.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// The rights of an open file.
pub fn rights(_file: &File) -> io::Result<Rights> {
    Ok(Rights::default())
}

/// Gives a file the rights of another.
pub fn set_rights(_file: &File, _rights: Rights) -> io::Result<()> {
    Ok(())
}
