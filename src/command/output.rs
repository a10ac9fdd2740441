//! Files that a report is written to besides the standard output.

use std::io;
use std::path::Path;

use super::CommandError;
use crate::report::{Destination, Look, Report, Style};
use crate::state::replace::{self, Access};
use crate::target;

/// Refuses what could not be written in the end, before anything is asked.
///
/// # Errors
/// Two reports for one file, or a folder that is not there.
pub fn check(all: &[Destination]) -> Result<(), CommandError> {
    for (number, one) in all.iter().enumerate() {
        let shown = target::shown(one.path.as_os_str());
        if all.iter().take(number).any(|other| other.path == one.path) {
            return Err(CommandError::usage(format!("`{shown}` is named twice"), "give each report a file of its own"));
        }
        let folder = one.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            let message = format!("`{shown}` cannot be written: its folder is not there");
            return Err(CommandError::usage(message, "make the folder first"));
        }
    }
    Ok(())
}

/// Writes a report to a file.
///
/// # Errors
/// Whatever the system refuses, with the file named.
pub fn write(destination: &Destination, report: &Report<'_>, look: &Look<'_>) -> Result<(), CommandError> {
    let mut bytes = Vec::new();
    // A file has no width and no colours of its own.
    let style = Style { width: None, color: false, ..look.style };
    destination.format.write(report, &Look { style, ..*look }, &mut bytes)?;
    put(&destination.path, &bytes)
}

/// Puts bytes into a file that a person named.
///
/// # Errors
/// Whatever the system refuses, with the file named.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let named = |error: io::Error| io::Error::other(format!("{}: {error}", target::shown(path.as_os_str())));
    replace::file(path, bytes, Access::Usual).map_err(|error| CommandError::Output(named(error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;

    #[test]
    fn what_cannot_be_written_is_refused_before_anything_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let one = |name: &str| Destination { format: Format::Json, path: folder.path().join(name) };
        assert!(check(&[one("a.json"), one("b.json")]).is_ok());
        assert!(check(&[one("a.json"), one("a.json")]).is_err());
        assert!(check(&[one("not/there.json")]).is_err());
    }
}
