//! `demo`: the report of a bundled fleet of recorded answers.

use super::choices::Choices;
use super::{CommandError, Surroundings, check};
use crate::cli::{Check, Everywhere};
use crate::survey;

/// Judges the bundled fleet. Nothing of the user's is read but the configuration, and nothing is asked.
///
/// # Errors
/// A configuration that does not count; an output that cannot be written.
pub fn run(everywhere: &Everywhere, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    let choices = Choices::of(everywhere, &Check::default(), surroundings)?;
    check::conclude(survey::demo(), &choices, surroundings)
}
