//! `demo`: the report of a bundled fleet of recorded answers.

use super::choices::Choices;
use super::{CommandError, Surroundings, asks, check};
use crate::cli::{Check, Everywhere};
use crate::source::replay;

/// Judges the bundled fleet. Nothing of the user's is read but the configuration, and nothing is asked.
///
/// # Errors
/// A configuration that does not count; an output that cannot be written.
pub fn run(everywhere: &Everywhere, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    let choices = Choices::of(everywhere, &Check::default(), surroundings)?;
    let fleet = replay::bundled().map_err(|error| CommandError::Internal(error.to_string()))?;
    check::conclude(asks::recorded(&fleet), &choices, surroundings)
}
