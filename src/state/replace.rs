//! Writing a file as a whole: whoever reads it meanwhile sees the old or the new one, never a part.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::Path;

/// Who may read a file that is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever the person's usual settings let.
    Usual,
    /// The person alone.
    Private,
}

/// Puts a file in place of the one that is there. One that was there keeps its permissions; a link is followed; what
/// is no regular file (a pipe, a terminal) is written to as it is.
///
/// # Errors
/// Whatever the system refuses. The file that was there is untouched then, unless it is no regular one.
pub fn file(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let (place, before) = match fs::metadata(path) {
        Ok(known) => (fs::canonicalize(path)?, Some(known)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    if before.as_ref().is_some_and(|known| !known.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = builder(access).tempfile_in(folder)?;
    new.write_all(bytes)?;
    if let Some(known) = before.filter(|_| access == Access::Usual) {
        new.as_file().set_permissions(known.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(&place).map_err(|error| error.error)?;
    Ok(())
}

/// Makes a folder that is the person's alone, with those above it that are missing.
///
/// # Errors
/// Whatever the system refuses.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn builder(access: Access) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".shipworthy-");
    // A temporary file is private by itself.
    if let (Access::Usual, Some(usual)) = (access, usual()) {
        builder.permissions(usual);
    }
    builder
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such permissions")]
fn usual() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual() -> Option<Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        file(&path, b"one", Access::Private).unwrap();
        file(&path, b"two", Access::Private).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(file(&folder.path().join("not/there"), b"x", Access::Usual).is_err());
        assert!(file(folder.path(), b"x", Access::Usual).is_err(), "a folder is no file");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_private_or_kept_and_links_are_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        file(&path, b"one", Access::Private).unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        file(&link, b"two", Access::Usual).unwrap();
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o640, b"two".to_vec()));
        assert!(link.symlink_metadata().unwrap().is_symlink());
        let inner = folder.path().join("x/y");
        private_folder(&inner).unwrap();
        assert_eq!((mode(&inner), mode(&folder.path().join("x"))), (0o700, 0o700));
    }
}
