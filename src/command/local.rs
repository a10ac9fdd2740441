//! The one local folder that a command works on: only files of this machine can be changed.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choices::Choices;
use super::{CommandError, asks};
use crate::config::Entry;
use crate::fact::{RepoId, Target};
use crate::source::checkout;
use crate::state;
use crate::target::{self, Aim};
use crate::text::clean;

/// A local folder, and what it is.
#[derive(Clone, Debug)]
pub struct Local {
    /// What it is, as reports name it.
    pub target: Target,
    /// The root of the repository.
    pub root: PathBuf,
}

/// The folder that a target names; the current one without a target. A repository of the configured fleet stands for
/// its clone.
///
/// # Errors
/// A target that is not understood, or that has no folder here.
pub fn find(typed: Option<&OsStr>, choices: &Choices) -> Result<Local, CommandError> {
    let typed = typed.map_or_else(|| OsString::from("."), OsStr::to_owned);
    let shown = target::shown(&typed);
    let (folder, repository) = match target::parse(&typed, target::look)? {
        Aim::Folder(folder) => (folder, None),
        Aim::Repository { name, branch: None } => {
            let clone =
                clone_of(&name, choices).or_else(|| asks::found_clone(&name, choices)).ok_or_else(|| remote(&shown))?;
            (clone, Some(name))
        }
        Aim::Repository { .. } | Aim::Owner(_) | Aim::Group(_) => return Err(remote(&shown)),
    };
    let root = checkout::root(&folder).map_err(|error| CommandError::usage(error.to_string(), "name a folder"))?;
    let path = Some(clean::line(&root.to_string_lossy()).into_owned());
    let id = RepoId { index: 0, target: Arc::from(shown.as_str()) };
    let whole = whole(&root);
    Ok(Local { target: Target { id, repository, path, whole }, root })
}

fn remote(shown: &str) -> CommandError {
    let message = format!("{shown} has no folder on this machine, and only files of this machine can be changed");
    CommandError::usage(message, "clone it and name the folder, or name the clone in the configuration")
}

/// The folder of the clone that the configuration names for a repository.
fn clone_of(name: &str, choices: &Choices) -> Option<PathBuf> {
    let nothing = |_: &Path| target::Kind::Nothing;
    let is_it = |entry: &&Entry| {
        let aim = target::parse(OsStr::new(entry.target()), nothing);
        matches!(aim, Ok(Aim::Repository { name: known, .. }) if known.eq_ignore_ascii_case(name))
    };
    let mut clones = choices.fleet.iter().filter(is_it).filter_map(Entry::clone_folder);
    clones.next().map(|folder| choices.fleet_base.join(state::expand(folder)))
}

/// The whole path of a folder, where the system tells it; clean.
pub fn whole(root: &Path) -> Option<String> {
    let whole = root.canonicalize().ok()?;
    Some(clean::line(&whole.to_string_lossy()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cloned;

    #[test]
    fn folders_and_repositories_with_a_clone_are_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("here/.git")).unwrap();
        let cloned = Cloned { target: "Owner/name".to_owned(), clone: Some("here".to_owned()) };
        let fleet = vec![Entry::Target("o/r".to_owned()), Entry::Cloned(cloned)];
        let choices = Choices { fleet, fleet_base: folder.path().to_owned(), ..Choices::default() };
        let find = |typed: &str| find(Some(OsStr::new(typed)), &choices);
        let local = find("owner/name").unwrap();
        assert_eq!((local.root, local.target.repository.as_deref()), (folder.path().join("here"), Some("owner/name")));
        assert_eq!(find(folder.path().join("here").to_str().unwrap()).unwrap().root, folder.path().join("here"));
        for refused in ["o/r", "o/*", "owner/name@main", "not there/at all/x"] {
            assert!(matches!(find(refused), Err(CommandError::Usage { .. })), "{refused}");
        }
        assert!(super::find(None, &choices).is_ok());
    }
}
