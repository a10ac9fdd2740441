//! What is said about a fleet, written for people and for machines.
//!
//! A format is one file here and one line in [`Format`]. Every text from outside is cleaned on its way out.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::fleet::Fleet;

pub mod badge;
pub mod baseline;
mod destination;
mod excerpt;
mod github;
pub mod json;
mod junit;
pub mod link;
pub mod markdown;
pub mod open;
mod places;
pub mod runner;
#[cfg(test)]
mod sample;
mod sarif;
mod style;
mod summary;
pub mod text;

pub use baseline::{Baseline, Comparison};
pub use destination::Destination;
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

/// How a report is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// How a text report looks.
    pub style: Style,
    /// How much of a text report is printed.
    pub amount: Amount,
    /// What changed since an earlier report, where that was asked for.
    pub comparison: Option<&'a Comparison>,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON document.
    Json,
    /// For a comment on a pull request or the summary of a job.
    Markdown,
    /// For code scanning.
    Sarif,
    /// For services that read results of tests.
    Junit,
    /// For a runner of GitHub Actions, which shows it at the lines of a pull request.
    Github,
}

/// What makes a format: its word, the endings of its files, and its writer.
struct Form {
    format: Format,
    word: &'static str,
    endings: &'static [&'static str],
    write: fn(&Report<'_>, &Look<'_>, &mut dyn Write) -> io::Result<()>,
}

/// Every format: the one table.
static FORMS: [Form; 6] = [
    Form { format: Format::Text, word: "text", endings: &[".txt"], write: text::write_look },
    Form { format: Format::Json, word: "json", endings: &[".json"], write: json::write },
    Form { format: Format::Markdown, word: "markdown", endings: &[".md", ".markdown"], write: markdown::write },
    Form {
        format: Format::Sarif,
        word: "sarif",
        endings: &[".sarif", ".sarif.json"],
        write: |r, _, out| sarif::write(r, out),
    },
    Form { format: Format::Junit, word: "junit", endings: &[".xml"], write: |r, _, out| junit::write(r, out) },
    Form { format: Format::Github, word: "github", endings: &[], write: |r, _, out| github::write(r, out) },
];

impl Format {
    /// Every form.
    pub const ALL: &[Self] = &[Self::Text, Self::Json, Self::Markdown, Self::Sarif, Self::Junit, Self::Github];

    fn form(self) -> Option<&'static Form> {
        FORMS.iter().find(|form| form.format == self)
    }

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        self.form().map_or("text", |form| form.word)
    }

    /// The form of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        FORMS.iter().find(|form| form.word == word).map(|form| form.format)
    }

    /// The form that a file of this name holds, by the longest ending that fits.
    pub fn of_file(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        let fits = FORMS.iter().flat_map(|form| form.endings.iter().map(move |ending| (*ending, form.format)));
        let fits = fits.filter(|(ending, _)| lower.ends_with(ending));
        fits.max_by_key(|(ending, _)| ending.len()).map(|(_, format)| format)
    }

    /// Writes a report in this form.
    ///
    /// # Errors
    /// Whatever the output refuses.
    pub fn write(self, report: &Report<'_>, look: &Look<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.form().map_or(Ok(()), |form| (form.write)(report, look, out))
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
    json::write(report, &Look::default(), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_in_the_table_once() {
        for format in Format::ALL {
            assert_eq!(Format::of_word(format.word()), Some(*format));
            assert_eq!(FORMS.iter().filter(|form| form.format == *format).count(), 1);
        }
        assert_eq!(FORMS.len(), Format::ALL.len());
    }

    #[test]
    fn files_tell_their_form_by_their_ending() {
        let of = |name: &str| Format::of_file(name).map(Format::word);
        assert_eq!((of("a.SARIF"), of("a.sarif.json"), of("a.json")), (Some("sarif"), Some("sarif"), Some("json")));
        assert_eq!((of("summary.md"), of("junit.xml"), of("a.txt")), (Some("markdown"), Some("junit"), Some("text")));
        assert_eq!((of("a"), of("sarif"), of("a.yaml")), (None, None, None));
    }
}
