//! `cache`: says where answers are kept, and removes them.

use std::io::Write;

use super::{CommandError, DONE};
use crate::cli::Cache;
use crate::source::cache::Store;
use crate::state;
use crate::text::clean;

/// Does what was asked for.
///
/// # Errors
/// A system without a home folder; answers that cannot be removed; an output that cannot be written.
pub fn run(what: Cache, output: &mut dyn Write) -> Result<u8, CommandError> {
    let folder = state::cache_folder().ok_or_else(no_home)?;
    let shown = clean::line(&folder.to_string_lossy()).into_owned();
    match what {
        Cache::Path => writeln!(output, "{shown}")?,
        Cache::Clear => {
            let removed = Store::clear(&folder).map_err(|error| {
                let message = format!("the answers in {shown} cannot be removed: {error}");
                CommandError::usage(message, "remove the folder by hand")
            })?;
            let answers = if removed.files == 1 { "answer" } else { "answers" };
            writeln!(output, "{} {answers} removed ({} KiB)", removed.files, removed.bytes.div_ceil(1024))?;
        }
    }
    Ok(DONE)
}

fn no_home() -> CommandError {
    CommandError::usage("there is no home folder, so nothing is kept", "set XDG_CACHE_HOME to a folder")
}
