//! How fixes change workflow files: finding the lines of a job or a step in a file, and gathering the edits of a fix.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FileFix, Fix, Meta, Refusal, Safety};
use crate::fact::Facts;
use crate::fact::workflow::{Job, Step};
use crate::text::clean;
use crate::text::splice::Edit;
use crate::text::yaml::edit::{EditError, Slot};
use crate::text::yaml::{self, Doc, Parsed, View};

thread_local! {
    /// The file read last: the fixes of many jobs of one file are worked out one after another.
    static LAST: RefCell<Option<Arc<Doc>>> = const { RefCell::new(None) };
}

/// A YAML file as it stands, to be changed.
pub struct Written {
    /// Path from the root.
    pub path: String,
    /// What it holds.
    pub doc: Arc<Doc>,
}

impl Written {
    /// Reads a file among the facts once more, with its places.
    ///
    /// # Errors
    /// Why it cannot be read, in words that follow its path.
    pub fn read(facts: &Facts, path: &str) -> Result<Self, String> {
        let text = facts.text(path).ok_or("was not read")?;
        let last = LAST.with_borrow(|last| last.as_ref().filter(|doc| Arc::ptr_eq(doc.text(), text)).cloned());
        if let Some(doc) = last {
            return Ok(Self { path: path.to_owned(), doc });
        }
        match yaml::parse(text).map_err(|error| format!("{} (line {})", error.message, error.place.line))? {
            Parsed::Doc(doc) => {
                let doc = Arc::new(doc);
                LAST.set(Some(Arc::clone(&doc)));
                Ok(Self { path: path.to_owned(), doc })
            }
            Parsed::Empty => Err("is empty".to_owned()),
        }
    }

    /// The mapping of a job.
    ///
    /// # Errors
    /// A job that is not where it was read, or stands behind an alias.
    pub fn job(&self, job: &Job) -> Result<View<'_>, EditError> {
        let jobs = self.doc.root().get("jobs").ok_or(EditError::Unexpected)?;
        let found = jobs.entries().find(|(key, _)| key.span() == job.id.span).ok_or(EditError::Unexpected)?.1;
        if found.alias().is_some() { Err(EditError::Shared) } else { Ok(found) }
    }

    /// The list that a step stands in, and its place there, counted from 0.
    ///
    /// # Errors
    /// A step that is not where it was read, or stands in a `parallel:` group or behind an alias.
    pub fn step(&self, job: &Job, step: &Step) -> Result<(View<'_>, usize), EditError> {
        let steps = self.job(job)?.get("steps").ok_or(EditError::Unexpected)?;
        if steps.alias().is_some() {
            return Err(EditError::Shared);
        }
        let at = steps.items().position(|item| item.used_at() == step.span).ok_or(EditError::Unexpected)?;
        Ok((steps, at))
    }

    /// The mapping of a step.
    ///
    /// # Errors
    /// As [`Written::step`].
    pub fn step_mapping(&self, job: &Job, step: &Step) -> Result<View<'_>, EditError> {
        let (steps, at) = self.step(job, step)?;
        steps.items().nth(at).ok_or(EditError::Unexpected)
    }
}

impl Written {
    /// Puts an entry into a job where a person would: behind the runner, before the steps.
    ///
    /// # Errors
    /// A job that has the entry already, and every shape that cannot take one.
    pub fn insert_into_job(&self, job: View<'_>, key: &str, body: &str) -> Result<Edit, EditError> {
        if job.get(key).is_some() {
            return Err(EditError::Unexpected);
        }
        let after = ["environment", "runs-on", "uses"].into_iter().find(|key| job.get(key).is_some());
        let insert = |slot| self.doc.insert_entry(job, slot, body);
        match after {
            Some(key) => insert(Slot::After(key)),
            None => insert(Slot::Before("steps")).or_else(|_| insert(Slot::Last)),
        }
    }
}

/// A fix while it is put together.
pub struct Draft {
    meta: &'static Meta,
    safety: Safety,
    title: String,
    edits: BTreeMap<String, Vec<Edit>>,
    /// What a person should know or do besides.
    pub notes: Vec<String>,
}

impl Draft {
    /// A fix without a change yet.
    pub fn new(meta: &'static Meta, safety: Safety, title: impl Into<String>) -> Self {
        Self { meta, safety, title: title.into(), edits: BTreeMap::new(), notes: Vec::new() }
    }

    /// Adds changes of a file.
    pub fn edit(&mut self, path: &str, edits: impl IntoIterator<Item = Edit>) {
        self.edits.entry(path.to_owned()).or_default().extend(edits);
    }

    /// Adds something to know, once.
    pub fn note(&mut self, note: impl AsRef<str>) {
        let note = clean::line(note.as_ref()).into_owned();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The fix; none where nothing changes.
    pub fn finish(self) -> Option<Fix> {
        let files: Vec<FileFix> = self
            .edits
            .into_iter()
            .filter(|(_, edits)| !edits.is_empty())
            .map(|(path, edits)| FileFix::Edit { path, edits })
            .collect();
        let title = clean::line(&self.title).into_owned();
        let (requirement, safety, notes) = (self.meta.id, self.safety, self.notes);
        (!files.is_empty()).then_some(Fix { requirement, safety, title, files, notes })
    }
}

/// Why a fix of a file cannot be made, with what a person may paste instead.
pub fn refusal(meta: &'static Meta, path: &str, reason: impl AsRef<str>, snippet: impl AsRef<str>) -> Refusal {
    Refusal {
        requirement: meta.id,
        path: path.to_owned(),
        reason: clean::line(reason.as_ref()).into_owned(),
        snippet: clean::block(snippet.as_ref()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{PATH, Trial};
    use super::*;

    #[test]
    fn a_file_is_read_once_until_it_changes() {
        let read = |trial: &Trial| Written::read(&trial.facts, PATH).unwrap().doc;
        let first = Trial::workflow("on: push\n");
        assert!(Arc::ptr_eq(&read(&first), &read(&first)));
        for text in ["on: release\n", "on: push\n"] {
            let other = read(&Trial::workflow(text));
            assert_eq!(&**other.text(), text);
            assert!(!Arc::ptr_eq(&other, &read(&first)), "another text, however alike");
        }
    }
}
