//! The log: a file for the user alone, of bounded size. It never reaches the screen.
//!
//! Only what the program itself says is written. What libraries say is left out: it may hold what was sent.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::app::{Model, Outcome};
use crate::fact::{LogLevel, LogLine};
use crate::state;

/// The size from which on a new file is begun; one old file is kept beside it.
const MOST_BYTES: u64 = 1024 * 1024;

/// Writes the log into a file from now on.
///
/// # Errors
/// A file that cannot be written; the dashboard works without.
pub fn start(file: &Path) -> io::Result<()> {
    let layer = tracing_subscriber::fmt::layer().with_writer(Mutex::new(Log::open(file)?)).with_ansi(false);
    let ours = Targets::new().with_target(env!("CARGO_PKG_NAME"), Level::INFO);
    // A second one in the same process changes nothing: the first goes on.
    tracing_subscriber::registry().with(layer.with_filter(ours)).try_init().ok();
    Ok(())
}

/// Writes what is good to know afterwards.
pub fn note(words: &str) {
    tracing::info!("{words}");
}

/// Writes a line of a survey.
pub fn line(line: &LogLine) {
    let words = &line.text;
    match line.level {
        LogLevel::Info => tracing::info!("{words}"),
        LogLevel::Warn => tracing::warn!("{words}"),
        LogLevel::Error => tracing::error!("{words}"),
    }
}

/// Writes how an effect ended.
pub fn outcome(outcome: &Outcome, model: &Model) {
    match outcome.line(|repo| model.name_of(repo)) {
        Some((LogLevel::Error, words)) => tracing::error!("{words}"),
        Some((LogLevel::Warn, words)) => tracing::warn!("{words}"),
        Some((LogLevel::Info, words)) => tracing::info!("{words}"),
        None => {}
    }
}

/// A file that never grows beyond its size.
struct Log {
    path: PathBuf,
    file: File,
    size: u64,
}

impl Log {
    fn open(path: &Path) -> io::Result<Self> {
        path.parent().map_or(Ok(()), state::replace::private_folder)?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size })
    }

    fn begin_anew(&mut self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension("log.old"))?;
        *self = Self::open(&self.path)?;
        Ok(())
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.size + bytes.len() as u64 > MOST_BYTES && self.size > 0 {
            self.begin_anew()?;
        }
        let written = self.file.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_private_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/shipworthy.log");
        let mut log = Log::open(&path).unwrap();
        let line = [b'x'; 1000];
        for _ in 0..3 * MOST_BYTES / 1000 {
            log.write_all(&line).unwrap();
        }
        let sizes: Vec<u64> = fs::read_dir(path.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), 2);
        assert!(sizes.iter().all(|size| *size > 0 && *size <= MOST_BYTES), "{sizes:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(Log::open(&path).unwrap().size <= MOST_BYTES);
    }
}
