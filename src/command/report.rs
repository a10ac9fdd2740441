//! `report`: makes something of a report, such as a badge.

use std::path::Path;

use super::choices::Choices;
use super::gather::{self, Ending, Watch};
use super::{CommandError, DONE, INTERRUPTED, Surroundings, asks, output};
use crate::checklist::signoff;
use crate::cli::{Check, Everywhere, Made};
use crate::fact::declared;
use crate::report::SCHEMA;
use crate::report::badge::Badge;

/// Makes what was asked for. The exit code says whether it could be made, not what it shows.
///
/// # Errors
/// Targets and configurations that are not understood; an output that cannot be written.
pub fn run(what: &Made, everywhere: &Everywhere, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    match what {
        Made::Schema { of } => {
            let schema = match of.as_str() {
                "signoff" => signoff::SCHEMA,
                "project" => declared::SCHEMA,
                _ => SCHEMA,
            };
            write!(surroundings.output, "{schema}")?;
        }
        Made::Badge { targets, format, image, output } => {
            let choices = Choices::of(everywhere, &Check::default(), surroundings)?;
            let asks = asks::read(targets, &choices, surroundings)?;
            let (fleet, ending) = gather::gather(asks, &choices.survey(), choices.rules.clone(), Watch::default())?;
            if ending != Ending::Complete {
                surroundings.say("interrupted: no badge was made");
                return Ok(INTERRUPTED);
            }
            let mut drawn = Vec::new();
            let badge = Badge::of(&fleet);
            match format.as_str() {
                "markdown" => badge.write_markdown(image, &mut drawn)?,
                _ => badge.write_svg(&mut drawn)?,
            }
            deliver(&drawn, output.as_deref(), surroundings)?;
        }
    }
    Ok(DONE)
}

fn deliver(bytes: &[u8], file: Option<&Path>, surroundings: &mut Surroundings<'_>) -> Result<(), CommandError> {
    match file {
        Some(file) => output::put(file, bytes),
        None => surroundings.output.write_all(bytes).map_err(CommandError::from),
    }
}
