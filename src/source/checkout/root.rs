//! Which folder is the root of what a target names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::file;
use crate::text::clean;

/// The root of what a folder belongs to: the folder itself when it holds `.github` or `.git`, else the nearest parent
/// that holds `.git`, else the folder itself.
///
/// # Errors
/// A path that does not exist, is no folder or may not be read; the message says so and what to do.
pub fn root(folder: &Path) -> io::Result<PathBuf> {
    let shown = clean::line(&folder.to_string_lossy()).into_owned();
    let metadata = fs::metadata(folder).map_err(|error| explained(&error, &shown))?;
    if !metadata.is_dir() {
        let message = format!("{shown} is not a folder; give the folder that holds the repository");
        return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
    }
    for name in [".github", ".git"] {
        if holds(folder, name).map_err(|error| explained(&error, &shown))? {
            return Ok(folder.to_path_buf());
        }
    }
    // The parents of the real folder: those of `x/..` or of a link are not the ones its letters name.
    let real = fs::canonicalize(folder).map_err(|error| explained(&error, &shown))?;
    let parent = real.ancestors().skip(1).find(|parent| holds(parent, ".git").unwrap_or(false));
    Ok(parent.unwrap_or(folder).to_path_buf())
}

/// Whether something of that name is in the folder, whatever it is.
fn holds(folder: &Path, name: &str) -> io::Result<bool> {
    match fs::symlink_metadata(folder.join(name)) {
        Ok(_) => Ok(true),
        Err(error) if file::is_absent(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn explained(error: &io::Error, shown: &str) -> io::Error {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("{shown} does not exist; check the path, or give owner/name"),
        io::ErrorKind::NotADirectory => format!("{shown} does not exist: a part of the path is a file"),
        io::ErrorKind::PermissionDenied => format!("{shown} may not be read; run as a user who may read it"),
        _ => format!("{shown} cannot be read ({error})"),
    };
    io::Error::new(error.kind(), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_that_holds_github_or_git_is_the_root() {
        let outer = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(outer.path()).unwrap();
        fs::create_dir_all(top.join(".git")).unwrap();
        fs::create_dir_all(top.join("a/b/.github")).unwrap();
        fs::create_dir_all(top.join("a/b/c")).unwrap();
        fs::create_dir_all(top.join("w")).unwrap();
        fs::write(top.join("w/.git"), "gitdir: x").unwrap();
        assert_eq!(root(&top).unwrap(), top);
        assert_eq!(root(&top.join("a/b")).unwrap(), top.join("a/b"), "it holds .github itself");
        assert_eq!(root(&top.join("a/b/c")).unwrap(), top, "a parent counts by its .git only");
        assert_eq!(root(&top.join("a/b/../../w")).unwrap(), top.join("a/b/../../w"), "as it was given");
        assert_eq!(root(&top.join("w/../a")).unwrap(), top, "the parents are those of the real folder");
    }

    #[test]
    fn a_folder_without_any_of_it_is_its_own_root() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("x/y");
        fs::create_dir_all(&inner).unwrap();
        let inside_a_repository = outer.path().ancestors().any(|parent| parent.join(".git").exists());
        if !inside_a_repository {
            assert_eq!(root(&inner).unwrap(), inner);
        }
    }

    #[test]
    fn what_is_no_folder_is_refused_in_words() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("fi\u{1b}[2Jle");
        let missing = root(&path).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert!(missing.to_string().contains("does not exist; check the path"), "{missing}");
        assert!(!missing.to_string().contains('\u{1b}'), "{missing}");
        fs::write(&path, "").unwrap();
        let plain = root(&path).unwrap_err();
        assert!(plain.to_string().contains("is not a folder; give the folder"), "{plain}");
        assert!(root(&path.join("below")).unwrap_err().to_string().contains("a part of the path is a file"));
    }
}
