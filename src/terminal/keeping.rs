//! What the checklist and the histories keep: answers, sign-offs, and what surveys said.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::thread;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::effect::{Desk, News};
use crate::app::Outcome;
use crate::checklist::{Answers, Keeping};
use crate::fact::RepoId;
use crate::fleet::Identity;
use crate::history::Record;
use crate::kept::answers::{HINT, Kept};
use crate::kept::{histories, key_of, signoffs};
use crate::source::git;
use crate::state;
use crate::state::replace::{self, Access};
use crate::text::clean;

/// Brings the answers kept about a release.
pub fn recall(desk: &Desk, repo: RepoId, identity: Identity, release: Option<String>) {
    let folder = desk.state.clone();
    desk.spawn(move || {
        let read = |folder: PathBuf| Kept::below(&folder, &identity, release.as_deref()).read();
        let answers = folder.map_or_else(|| Ok(Answers::default()), read);
        let answers = answers.map_err(|error| format!("{}; {HINT}", clean::line(&error.to_string())));
        Some(News::Done(Outcome::Recalled { repo, release, answers }))
    });
}

/// Keeps answers at once.
pub fn remember(desk: &Desk, identity: &Identity, release: Option<&str>, keeping: &Keeping) -> Outcome {
    let Some(folder) = &desk.state else {
        return Outcome::Failed("the answers are not kept: there is no home folder".to_owned());
    };
    match Kept::below(folder, identity, release).write(keeping) {
        Ok(()) => Outcome::Kept(Timestamp::now()),
        Err(error) => Outcome::Failed(format!("the answers are not kept: {error}")),
    }
}

/// Looks at the working tree of a clone.
pub fn look_at_tree(desk: &Desk, repo: RepoId, root: PathBuf) {
    desk.spawn(move || Some(News::Done(Outcome::SawTree { repo, tree: Box::new(git::tree(&root)) })));
}

/// Writes a sign-off as Markdown and as JSON.
pub fn deliver(desk: &Desk, path: Option<String>, name: String, texts: (String, String), root: Option<PathBuf>) {
    let folder = desk.state.clone();
    desk.spawn(move || {
        let (markdown, json) = texts;
        let private = path.is_none();
        let place = match (path, folder) {
            (Some(path), _) => named(&state::expand(&path), &name),
            (None, Some(folder)) => folder.join("signoffs").join(&name),
            (None, None) => {
                let words = "no sign-off was written: there is no state folder; enter asks for a place";
                return Some(News::Done(Outcome::Failed(words.to_owned())));
            }
        };
        let file = |ending: &str| {
            let mut file = place.clone().into_os_string();
            file.push(ending);
            PathBuf::from(file)
        };
        let refused = [".md", ".json"].iter().find_map(|ending| signoffs::may_replace(&file(ending), |_| false).err());
        if let Some(why) = refused.filter(|_| !private) {
            return Some(News::Done(Outcome::Failed(format!("NOT written: {why}"))));
        }
        let mut written = Vec::new();
        for (ending, text) in [(".md", markdown), (".json", json)] {
            let file = file(ending);
            let done = if private {
                state::write_private(&file, text.as_bytes())
            } else {
                replace::file(&file, text.as_bytes(), Access::Usual)
            };
            let shown = clean::line(&file.to_string_lossy()).into_owned();
            if let Err(error) = done {
                return Some(News::Done(Outcome::Failed(format!("{shown} could not be written: {error}"))));
            }
            written.push(shown);
        }
        let inside = root.is_some_and(|root| !private && lies_in(&place, &root));
        let inside = if inside { "; that is inside the repository, whose tree differs now" } else { "" };
        Some(News::Done(Outcome::Did(format!("wrote {}{inside}", written.join(" and ")))))
    });
}

/// The file without its ending that a person means by a path: one in a folder that is there, else that very one.
fn named(path: &Path, name: &str) -> PathBuf {
    if path.is_dir() {
        return path.join(name);
    }
    let ending = path.extension().and_then(std::ffi::OsStr::to_str).map(str::to_lowercase);
    if matches!(ending.as_deref(), Some("md" | "json")) { path.with_extension("") } else { path.to_owned() }
}

/// Whether a file lies in a folder.
fn lies_in(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    matches!((fs::canonicalize(parent), fs::canonicalize(folder)), (Ok(parent), Ok(folder)) if parent.starts_with(&folder))
}

/// One thread that reads and writes histories, one after another.
pub struct Archive {
    orders: Option<Sender<(RepoId, Identity, Option<Record>)>>,
}

impl Archive {
    /// Opens the histories below a state folder; without one, nothing is kept or brought.
    pub fn open(news: UnboundedSender<News>, folder: Option<PathBuf>) -> Self {
        let Some(folder) = folder else { return Self { orders: None } };
        let (orders, received) = mpsc::channel::<(RepoId, Identity, Option<Record>)>();
        thread::spawn(move || {
            for (repo, identity, record) in received {
                let Some(key) = key_of(&identity) else { continue };
                let done = recount(&folder, &key, repo, record);
                if done.is_some_and(|outcome| news.send(News::Done(outcome)).is_err()) {
                    return;
                }
            }
        });
        Self { orders: Some(orders) }
    }

    /// Adds what a survey said about a repository, and brings what was said before.
    pub fn add(&self, repo: RepoId, identity: Identity, record: Option<Record>) {
        if let Some(orders) = &self.orders {
            // It is gone only when the program ends.
            orders.send((repo, identity, record)).ok();
        }
    }
}

fn recount(folder: &Path, key: &str, repo: RepoId, record: Option<Record>) -> Option<Outcome> {
    let history = match record {
        Some(record) => histories::add(folder, key, record).map_err(|error| error.to_string()),
        None => histories::recall(folder, key).map(|history| (history, None)),
    };
    match history {
        Ok((history, None)) => Some(Outcome::Recounted { repo, history }),
        Ok((_, Some(why))) => {
            let name = clean::line(key).into_owned();
            Some(Outcome::Failed(format!("the history of {name} cannot be read and begins anew: {why}")))
        }
        // A home that cannot be written costs the history and nothing else.
        Err(why) => {
            super::log::note(&format!("no history is kept: {why}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(named(folder.path(), "n"), folder.path().join("n"));
        for file in ["a/b.md", "a/b.json", "a/b"] {
            assert_eq!(named(&folder.path().join(file), "n"), folder.path().join("a/b"), "{file}");
        }
        assert!(lies_in(&folder.path().join("x"), folder.path()));
        assert!(!lies_in(folder.path(), &folder.path().join("x")));
    }
}
