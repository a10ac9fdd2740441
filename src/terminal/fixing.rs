//! Files that the dashboard previewed: looked at, written and put back on threads of their own.

use std::path::PathBuf;

use jiff::Timestamp;

use super::effect::{Desk, News};
use crate::app::Outcome;
use crate::fact::RepoId;
use crate::patch::{self, Undone, Written};
use crate::plan::FileChange;
use crate::state;
use crate::text::clean;

/// Looks whether files could be written as they are previewed.
pub fn look(desk: &Desk, repo: RepoId, root: PathBuf, files: Vec<FileChange>) {
    desk.spawn(move || {
        let paths = patch::look(&root, &files);
        Some(News::Done(Outcome::Blocked { repo, paths }))
    });
}

/// Writes files that were previewed.
pub fn write(desk: &Desk, repo: RepoId, root: PathBuf, title: String, files: Vec<FileChange>) {
    let news = desk.news.clone();
    let state = desk.state.clone();
    desk.spawn(move || {
        let Some(state) = state else {
            let words = "nothing was written: there is no state folder to keep the old text in for undo";
            return Some(News::Done(Outcome::Failed(words.to_owned())));
        };
        let done = match patch::write(&root, &state, &title, &files, Timestamp::now()) {
            Ok(Written { failed: Some(failure), .. }) => Outcome::Failed(failure.to_string()),
            Ok(written) => Outcome::Did(format!("{title}: {}", told(&written))),
            Err(error) => Outcome::Failed(format!("{error}; {}", error.hint())),
        };
        // First the words, so that what reading again finds comes after them.
        news.send(News::Done(done)).ok();
        Some(News::Done(Outcome::Edited(vec![repo])))
    });
}

/// Puts back what the last write replaced.
pub fn undo(desk: &Desk, repo: RepoId, root: PathBuf) {
    let news = desk.news.clone();
    let state = desk.state.clone();
    desk.spawn(move || {
        let undone = state.ok_or(patch::PatchError::NothingToUndo).and_then(|state| patch::undo(&root, &state));
        let done = match undone {
            Ok(Undone { title, restored, removed, already, left, .. }) => {
                let more = if left > 0 { format!("; {left} earlier can be undone, too") } else { String::new() };
                let paths = restored.iter().chain(&removed).chain(&already);
                let paths: Vec<_> = paths.map(|path| clean::line(path).into_owned()).collect();
                Outcome::Did(format!("undone: {} ({}){more}", clean::line(&title), paths.join(", ")))
            }
            Err(error) => Outcome::Failed(format!("{error}; {}", error.hint())),
        };
        news.send(News::Done(done)).ok();
        Some(News::Done(Outcome::Edited(vec![repo])))
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

/// What was written, in words.
fn told(written: &Written) -> String {
    let files: Vec<_> = written.files.iter().map(|path| clean::line(path).into_owned()).collect();
    if files.is_empty() { "it is so already".to_owned() } else { format!("wrote {}", files.join(", ")) }
}
