//! `undo`: puts back what the last fix of a folder wrote.

use std::ffi::OsStr;

use super::choices::Choices;
use super::{CommandError, DONE, NOT_READY, Surroundings, UNDECIDED, local};
use crate::cli::{Check, Everywhere};
use crate::patch::{self, PatchError, Undone};
use crate::state;
use crate::text::clean;

/// Puts back what the last fix wrote, and answers the exit code.
///
/// # Errors
/// A target or configuration that is not understood; an output that cannot be written.
pub fn run(
    target: Option<&OsStr>,
    everywhere: &Everywhere,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    let choices = Choices::of(everywhere, &Check::default(), surroundings)?;
    let local = local::find(target, &choices)?;
    if everywhere.read_only {
        surroundings.say("nothing was put back: --read-only");
        return Ok(NOT_READY);
    }
    let undone =
        state::state_folder().ok_or(PatchError::NothingToUndo).and_then(|state| patch::undo(&local.root, &state));
    match undone {
        Ok(undone) => tell(&undone, surroundings),
        Err(error) => {
            surroundings.say(&error.to_string());
            surroundings.hint(&error.hint());
            Ok(if matches!(error, PatchError::NothingToUndo) { UNDECIDED } else { NOT_READY })
        }
    }
}

fn tell(undone: &Undone, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    let Undone { title, at, restored, removed, already, left } = undone;
    let at = at.strftime("%Y-%m-%d %H:%M UTC");
    writeln!(surroundings.output, "Undone: {} of {at}", clean::line(title))?;
    for (paths, what) in [(restored, "restored"), (removed, "removed"), (already, "as before already")] {
        for path in paths {
            writeln!(surroundings.output, "  {what}: {}", clean::line(path))?;
        }
    }
    if *left > 0 {
        writeln!(surroundings.output, "{left} earlier can be undone, too.")?;
    }
    Ok(DONE)
}
