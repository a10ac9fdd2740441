//! Files that the dashboard previewed: looked at, written and put back on threads of their own.

use std::path::PathBuf;

use jiff::Timestamp;

use super::effect::{Desk, News};
use crate::app::Outcome;
use crate::fact::RepoId;
use crate::patch::{self, Failure, PatchError, Undone, Written};
use crate::plan::FileChange;
use crate::source::git;
use crate::state;
use crate::text::clean;

/// Looks whether files could be written as they are previewed.
pub fn look(desk: &Desk, repo: RepoId, root: PathBuf, files: Vec<FileChange>) {
    desk.spawn(move || {
        let blocked = patch::look(&root, &files);
        let existing = files.iter().filter_map(|file| Some((file.path.as_str(), file.old.as_deref()?)));
        let uncommitted = git::uncommitted(&root, existing);
        Some(News::Done(Outcome::Looked { repo, blocked, uncommitted }))
    });
}

/// Writes files that were previewed.
pub fn write(desk: &Desk, repo: RepoId, root: PathBuf, title: String, files: Vec<FileChange>) {
    let state = desk.state.clone();
    desk.spawn(move || {
        let not = |why: String| Outcome::NotWritten {
            repo: repo.clone(),
            title: title.clone(),
            files: Vec::new(),
            why,
            outdated: false,
            written: Vec::new(),
        };
        let Some(state) = state else {
            return Some(News::Done(not("there is no state folder to keep the old text in for undo".to_owned())));
        };
        Some(News::Done(match patch::write(&root, &state, &title, &files, Timestamp::now()) {
            Ok(Written { failed: Some(failure), files, .. }) => Outcome::NotWritten {
                repo,
                title,
                files: vec![told(&failure)],
                why: failure.to_string(),
                outdated: failure.reason.is_outdated(),
                written: shown(&files),
            },
            Ok(written) => Outcome::Wrote { repo, title, files: shown(&written.files) },
            Err(error @ PatchError::Refused(_)) => Outcome::NotWritten {
                repo,
                title,
                files: error.failures().iter().map(told).collect(),
                why: error.why(),
                outdated: error.failures().iter().any(|failure| failure.reason.is_outdated()),
                written: Vec::new(),
            },
            Err(error) => not(format!("{error}; {}", error.hint())),
        }))
    });
}

/// A file that was not written, and why.
fn told(failure: &Failure) -> (String, String) {
    (clean::line(&failure.path).into_owned(), failure.reason.to_string())
}

/// Paths as they are shown.
fn shown(paths: &[String]) -> Vec<String> {
    paths.iter().map(|path| clean::line(path).into_owned()).collect()
}

/// Puts back what the last write replaced.
pub fn undo(desk: &Desk, repo: RepoId, root: PathBuf) {
    let state = desk.state.clone();
    desk.spawn(move || {
        let undone = state.ok_or(PatchError::NothingToUndo).and_then(|state| patch::undo(&root, &state));
        Some(News::Done(match undone {
            Ok(Undone { title, restored, removed, already, left, .. }) => {
                let files = [shown(&restored), shown(&removed), shown(&already)].concat();
                Outcome::PutBack { repo, title: clean::line(&title).into_owned(), files, left }
            }
            Err(error) => Outcome::NotPutBack { repo, why: format!("{error}; {}", error.hint()) },
        }))
    });
}

/// Keeps a report in the state folder.
pub fn keep(desk: &Desk, name: String, text: String) {
    let folder = desk.state.clone();
    desk.spawn(move || {
        let Some(folder) = folder else {
            let words = "no report was written: there is no state folder; y copies it";
            return Some(News::Done(Outcome::Failed(words.to_owned())));
        };
        let file = folder.join("reports").join(name);
        let shown = clean::line(&file.to_string_lossy()).into_owned();
        Some(News::Done(match state::write_private(&file, text.as_bytes()) {
            Ok(()) => Outcome::Did(format!("wrote {shown}")),
            Err(error) => Outcome::Failed(format!("{shown} could not be written: {error}")),
        }))
    });
}
