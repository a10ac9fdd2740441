//! `init`: puts a commented configuration in its place.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::{CommandError, DONE, config::no_home};
use crate::cli::Everywhere;
use crate::config;
use crate::state;
use crate::text::clean;

/// Writes the documented defaults to the place of the configuration. A file that is there stays as it is.
///
/// # Errors
/// A file that exists, or cannot be written.
pub fn run(everywhere: &Everywhere, output: &mut dyn Write) -> Result<u8, CommandError> {
    let file = everywhere.config.clone().or_else(state::config_file).ok_or_else(no_home)?;
    let shown = clean::line(&file.to_string_lossy()).into_owned();
    create(&file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CommandError::usage(
            format!("{shown} exists and is left as it is"),
            "edit it, or name another with --config",
        ),
        _ => CommandError::usage(format!("{shown} cannot be written: {error}"), "name another file with --config"),
    })?;
    writeln!(output, "wrote {shown}")?;
    Ok(DONE)
}

/// Creates the file with its folders; never follows or replaces what is there.
fn create(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut created = File::create_new(file)?;
    let written = created.write_all(config::DEFAULT.as_bytes()).and_then(|()| created.sync_all());
    if written.is_err() {
        // Half a configuration would be refused by the next run.
        fs::remove_file(file).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/config.yaml");
        create(&file).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), config::DEFAULT);
        fs::write(&file, "mine").unwrap();
        assert_eq!(create(&file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    }
}
