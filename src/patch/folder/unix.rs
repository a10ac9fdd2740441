//! A folder by its handle.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{self, Access, AtFlags, FileType, Mode, OFlags, Stat};

use super::{Kind, Rights};

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    handle: File,
}

const OPEN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens a folder that the person named; links on the way to it are theirs.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { handle: fs::open(path, OPEN, Mode::empty())?.into() })
    }

    /// Opens a folder in this one; a link is an error.
    pub fn enter(&self, name: &str) -> io::Result<Self> {
        Ok(Self { handle: fs::openat(&self.handle, name, OPEN.union(OFlags::NOFOLLOW), Mode::empty())?.into() })
    }

    /// What stands under a name; none where nothing does.
    pub fn kind(&self, name: &str) -> io::Result<Option<Kind>> {
        match fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(kind(&stat))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a file to read it, without waiting; a link is an error.
    pub fn read(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(fs::openat(&self.handle, name, flags, Mode::empty())?.into())
    }

    /// Makes a file that is not there yet, for its owner alone.
    pub fn create(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Makes a folder, with the rights that the person's mask leaves.
    pub fn create_folder(&self, name: &str) -> io::Result<()> {
        Ok(fs::mkdirat(&self.handle, name, Mode::from_raw_mode(0o777))?)
    }

    /// Renames a file of this folder over another.
    pub fn replace(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(fs::renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Renames a file of this folder to a name that must be free.
    pub fn place(&self, from: &str, to: &str) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        {
            use rustix::io::Errno;
            let flags = fs::RenameFlags::NOREPLACE;
            match fs::renameat_with(&self.handle, from, &self.handle, to, flags) {
                // Some file systems do not know this; a second name for the file, then, and the first one goes.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                other => return Ok(other?),
            }
        }
        fs::linkat(&self.handle, from, &self.handle, to, AtFlags::empty())?;
        self.remove(from)
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        Ok(fs::unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// Removes an empty folder.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        Ok(fs::unlinkat(&self.handle, name, AtFlags::REMOVEDIR)?)
    }

    /// Waits until the names of this folder are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.handle.sync_all()
    }

    /// The rights of the folder itself.
    pub fn rights(&self) -> io::Result<Rights> {
        rights(&self.handle)
    }

    /// Whether the system lets this process write to something in the folder; `.` is the folder.
    pub fn may_write(&self, name: &str) -> bool {
        fs::accessat(&self.handle, name, Access::WRITE_OK, AtFlags::EACCESS).is_ok()
    }

    /// The names in the folder that are UTF-8.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::Dir::read_from(&self.handle)? {
            if let Ok(name) = entry?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }
}

fn kind(stat: &Stat) -> Kind {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

/// The rights of an open file.
pub fn rights(file: &File) -> io::Result<Rights> {
    let meta = file.metadata()?;
    Ok(Rights { mode: Some(meta.mode() & 0o7777), owner: Some((meta.uid(), meta.gid())) })
}

/// Gives a file the rights of another. The owner is kept where the system allows it; the bits must be.
pub fn set_rights(file: &File, rights: Rights) -> io::Result<()> {
    if let Some((user, group)) =
        rights.owner.filter(|owner| self::rights(file).ok().and_then(|now| now.owner) != Some(*owner))
    {
        let (user, group) = (fs::Uid::from_raw(user), fs::Gid::from_raw(group));
        if fs::fchown(file, Some(user), Some(group)).is_err() {
            fs::fchown(file, None, Some(group)).ok();
        }
    }
    rights.mode.map_or(Ok(()), |mode| file.set_permissions(Permissions::from_mode(mode)))
}
