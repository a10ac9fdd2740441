//! `config`: shows the documented defaults, the place of the file, or its schema.

use std::io::Write;

use super::{CommandError, DONE};
use crate::cli::{Config as Show, Everywhere};
use crate::config;
use crate::state;

/// Prints what was asked for.
///
/// # Errors
/// A system without a home folder, for the path; an output that cannot be written.
pub fn run(what: Show, everywhere: &Everywhere, output: &mut dyn Write) -> Result<u8, CommandError> {
    match what {
        Show::Default => output.write_all(config::DEFAULT.as_bytes())?,
        Show::Schema => output.write_all(config::SCHEMA.as_bytes())?,
        Show::Path => {
            let file = everywhere.config.clone().or_else(state::config_file).ok_or_else(no_home)?;
            writeln!(output, "{}", crate::text::clean::line(&file.to_string_lossy()))?;
        }
    }
    Ok(DONE)
}

/// What to say where the configuration has no place.
pub fn no_home() -> CommandError {
    CommandError::usage("there is no home folder, so the configuration has no place", "name a file with --config FILE")
}
