//! Answers given by a file, for runs without a terminal.
//!
//! ```yaml
//! who: ada
//! answers:
//!   - step: approver
//!     said: yes
//!     note: grace
//! ```

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use crate::checklist::{Said, Walk};
use crate::command::{CommandError, input};
use crate::target;
use crate::text::typed;

/// The answers of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    who: Option<String>,
    answers: Vec<GivenAnswer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenAnswer {
    step: String,
    said: Word,
    #[serde(default)]
    note: String,
    #[serde(default)]
    who: Option<String>,
}

/// An answer as people write it in YAML, where `yes` may be read as a boolean.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged, expecting = "expected yes, no or not-applicable")]
enum Word {
    Boolean(bool),
    Said(Said),
}

/// Reads the answers of a file.
///
/// # Errors
/// A file that cannot be read, or a mistake in it with its place.
pub fn read(path: &Path) -> Result<Given, CommandError> {
    let shown = target::shown(path.as_os_str());
    let hint = "--answers takes a YAML file: `who: NAME`, and `answers:` with `step`, `said` and `note`";
    let text = input::text(path).map_err(|why| CommandError::usage(format!("{shown} {why}"), hint))?;
    typed::from_yaml(&text).map_err(|error| {
        let place = error.place.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        CommandError::usage(format!("{shown}{place}: {}", error.message), error.hint.unwrap_or_else(|| hint.to_owned()))
    })
}

impl Given {
    /// Gives the answers to a walk.
    ///
    /// # Errors
    /// The first answer that is not taken, and why.
    pub fn apply(&self, walk: &mut Walk, name: Option<&str>, now: Timestamp) -> Result<(), CommandError> {
        for answer in &self.answers {
            let said = match answer.said {
                Word::Boolean(true) => Said::Yes,
                Word::Boolean(false) => Said::No,
                Word::Said(said) => said,
            };
            let who = answer.who.as_deref().or(self.who.as_deref()).or(name).unwrap_or_default();
            let id = answer.step.trim();
            walk.answer(id, said, who, &answer.note, now).map_err(|refusal| {
                let ids = walk.steps.iter().map(|step| step.id.as_str());
                let hint = match typed::nearest(id, ids).filter(|_| walk.step(id).is_none()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`shipworthy checklist --format json` lists the steps with their ids".to_owned(),
                };
                CommandError::usage(
                    format!("the answer to `{}` is not taken: {refusal}", target::shown(id.as_ref())),
                    hint,
                )
            })?;
        }
        Ok(())
    }
}
