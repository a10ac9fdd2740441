//! `explain`: what a requirement asks, why, and how it is judged.

use std::io::Write;

use super::{CommandError, DONE};
use crate::cli;
use crate::requirement::{self, Meta};

/// Prints the page of one requirement, or the table of all of them.
///
/// # Errors
/// A requirement that does not exist; an output that cannot be written.
pub fn run(name: Option<&str>, output: &mut dyn Write) -> Result<u8, CommandError> {
    let Some(name) = name else {
        let mut all: Vec<&Meta> = requirement::ALL.iter().map(|known| known.meta()).collect();
        all.sort_by_key(|meta| meta.id);
        for meta in all {
            writeln!(output, "{} {:21} {:13} {}", meta.id, meta.slug, meta.level.word(), meta.title)?;
        }
        return Ok(DONE);
    };
    let found = requirement::find(name.trim());
    let meta = found.ok_or_else(|| CommandError::usage(format!("`{name}`: {}", cli::unknown_requirement(name)), ""))?;
    writeln!(output, "{} {}", meta.meta().id, meta.meta().slug)?;
    Ok(DONE)
}
