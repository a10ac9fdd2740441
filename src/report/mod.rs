//! What is said about a fleet, written for people and for machines.
//!
//! A format is one file here and one line in [`Format`]. Every text from outside is cleaned on its way out.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::fleet::Fleet;

mod excerpt;
pub mod json;
mod places;
#[cfg(test)]
mod sample;
mod style;
mod summary;
pub mod text;

pub use places::Places;
pub use style::{Color, Style};

/// The version of the program, as reports name it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// JSON Schema of the JSON document.
pub const SCHEMA: &str = include_str!("../../assets/report.schema.json");

/// Everything a report needs.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The judged repositories.
    pub fleet: &'a Fleet,
    /// When the report is made.
    pub at: Timestamp,
    /// Whether it was interrupted, so that answers are missing.
    pub partial: bool,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON document.
    Json,
}

impl Format {
    /// Every form.
    pub const ALL: &[Self] = &[Self::Text, Self::Json];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

/// How much of a text report is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Amount {
    /// Every requirement, and the details of those that do not pass.
    #[default]
    Usual,
    /// Every check of every requirement.
    Verbose,
    /// Only the lines of requirements that fail.
    Quiet,
    /// One line for each repository.
    Summary,
}

/// Writes the JSON document.
///
/// # Errors
/// Whatever the output refuses.
pub fn write_json(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &json::Document::of(report)).map_err(io::Error::from)?;
    out.write_all(b"\n")
}
