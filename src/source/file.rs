//! One regular file, read without ever waiting for it and never past a limit.
//!
//! A repository may hold pipes, devices and links under any name. Nothing is opened before its kind is known, the
//! kind is asked again of what was opened (it may have been swapped), a pipe is opened without waiting for a writer,
//! and the limit counts what is read as well as what the size promises (a file may grow).

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A folder, pipe, socket or device.
    #[error("is not a regular file")]
    NotRegular,
    /// Larger than the limit.
    #[error("is too large")]
    TooLarge,
    /// The system said no.
    #[error("cannot be read ({0})")]
    Failed(#[from] io::Error),
}

impl Refusal {
    /// Whether there is no such file at all.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Failed(error) if is_absent(error))
    }
}

/// Whether an error says that there is nothing of that name.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Reads a file that was seen to be a regular one, up to `most` bytes. A link in its place is not followed.
pub fn read_seen(path: &Path, most: u64) -> Result<Vec<u8>, Refusal> {
    bounded(open(path, false)?, most)
}

/// Reads a file of any kind, links followed, up to `most` bytes.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, Refusal> {
    bounded(regular(path)?, most)
}

/// Opens a file of any kind, links followed, when it turns out to be a regular one.
///
/// The kind is asked before opening too, since opening a device can already do something.
pub fn regular(path: &Path) -> Result<File, Refusal> {
    if !fs::metadata(path)?.is_file() {
        return Err(Refusal::NotRegular);
    }
    let file = open(path, true)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(Refusal::NotRegular) }
}

fn bounded(file: File, most: u64) -> Result<Vec<u8>, Refusal> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Refusal::NotRegular);
    }
    if metadata.len() > most {
        return Err(Refusal::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) { Ok(bytes) } else { Err(Refusal::TooLarge) }
}

#[cfg(unix)]
fn open(path: &Path, follow: bool) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let links = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | links;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open(path: &Path, follow: bool) -> io::Result<File> {
    if !follow && fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("it is a link"));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_what_is_there_and_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_seen(&path, 5).unwrap(), b"12345");
        assert!(matches!(read_seen(&path, 4), Err(Refusal::TooLarge)));
        assert!(matches!(read(&path, 4), Err(Refusal::TooLarge)));
        assert!(read(&folder.path().join("none"), 4).unwrap_err().is_absent());
        assert!(read(&path.join("below"), 4).unwrap_err().is_absent());
        assert!(matches!(read(folder.path(), 4), Err(Refusal::NotRegular)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_promises_no_size_is_cut_off_all_the_same() {
        // Files of /proc say they are empty and are not.
        assert!(matches!(read(Path::new("/proc/self/status"), 10), Err(Refusal::TooLarge)));
        assert!(matches!(read(Path::new("/dev/zero"), 10), Err(Refusal::NotRegular)));
        assert!(matches!(read_seen(Path::new("/dev/zero"), 10), Err(Refusal::NotRegular)));
    }

    #[cfg(unix)]
    #[test]
    fn pipes_do_not_block_and_links_are_followed_on_request_only() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, file, link) = (folder.path().join("p"), folder.path().join("f"), folder.path().join("l"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::write(&file, "x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(matches!(read(&pipe, 10), Err(Refusal::NotRegular)));
        assert!(matches!(read_seen(&pipe, 10), Err(Refusal::NotRegular)));
        assert_eq!(read(&link, 10).unwrap(), b"x");
        assert!(matches!(read_seen(&link, 10), Err(Refusal::Failed(_))));
    }
}
