//! Which folder is the root of what a target names.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::fact::{Reason, Unknown, interest};
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

/// Files of projects that are not read, in lower case.
const MANIFESTS: &[&str] = &[
    "go.mod",
    "gemfile",
    "composer.json",
    "cmakelists.txt",
    "meson.build",
    "makefile",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "deno.json",
    "mix.exs",
    "description",
    "project.toml",
];

/// Extensions of files of projects.
const MANIFEST_ENDS: &[&str] = &[".gemspec", ".csproj", ".sln", ".cabal"];

/// Whether a root is marked as that of a repository: it holds `.git` or `.github`. Nothing is written into others.
pub fn is_marked(root: &Path) -> bool {
    [".github", ".git"].iter().any(|name| holds(root, name).unwrap_or(true))
}

/// Why there is nothing to judge in a folder: it is not marked as a repository, and nothing in it is of a project.
/// None where there is something, or where the folder cannot be read.
pub fn none_here(root: &Path) -> Option<Unknown> {
    if is_marked(root) {
        return None;
    }
    let mut names = fs::read_dir(root).ok()?.map(|entry| entry.map(|entry| entry.file_name()));
    let is_other = |name: io::Result<OsString>| name.is_ok_and(|name| !is_of_a_project(&name.to_string_lossy()));
    names.all(is_other).then(|| {
        let words = format!("no repository here: {} holds no .git, no .github and no file of a project", shown(root));
        let why = Unknown::new(Reason::NotFound, words);
        why.settled_by("the folder of a repository, or owner/repo as the target")
    })
}

/// A folder as it is shown, whole: `.` may be anywhere.
pub fn shown(root: &Path) -> String {
    let whole = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
    clean::line(&whole.to_string_lossy()).into_owned()
}

fn is_of_a_project(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    interest::wants_text(name)
        || MANIFESTS.contains(&lower.as_str())
        || MANIFEST_ENDS.iter().any(|end| lower.ends_with(end))
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
    fn a_folder_without_anything_of_a_project_holds_no_repository() {
        let folder = tempfile::tempdir().unwrap();
        let why = || none_here(folder.path());
        fs::write(folder.path().join("letter.odt"), "").unwrap();
        assert!(why().unwrap().detail.starts_with("no repository here: ") && !is_marked(folder.path()));
        for name in ["README.md", "pyproject.toml", "Cargo.toml", "go.mod", "x.gemspec", ".git"] {
            fs::write(folder.path().join(name), "").unwrap();
            assert_eq!(why(), None, "{name}");
            fs::remove_file(folder.path().join(name)).unwrap();
        }
        fs::create_dir(folder.path().join(".github")).unwrap();
        assert!(why().is_none() && is_marked(folder.path()));
        assert_eq!(none_here(&folder.path().join("not there")), None, "reading it says why");
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
