//! Lines and columns of evidence, with each file's lines counted once.

use std::collections::HashMap;

use crate::fact::Facts;
use crate::text::{Lines, Region, Span};

/// The texts of one repository, with their lines.
#[derive(Debug)]
pub struct Places<'a> {
    facts: &'a Facts,
    lines: HashMap<&'a str, Lines<'a>>,
}

impl<'a> Places<'a> {
    /// The texts of a repository.
    pub fn new(facts: &'a Facts) -> Self {
        Self { facts, lines: HashMap::new() }
    }

    /// The lines of a file; none where its text was not read.
    pub fn lines(&mut self, path: &str) -> Option<&Lines<'a>> {
        let (path, text) = self.facts.files.value()?.texts.get_key_value(path)?;
        Some(self.lines.entry(path.as_str()).or_insert_with(|| Lines::new(text)))
    }

    /// The lines and columns of a span; none where the text was not read.
    pub fn region(&mut self, path: &str, span: Span) -> Option<Region> {
        Some(self.lines(path)?.region(span))
    }
}
