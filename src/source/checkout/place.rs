//! Where a path of the repository leads, without ever looking outside of it.
//!
//! The system would follow a link to wherever it points, and looking there can already do harm (a network mount that
//! does not answer). So links are followed here, part by part, and the walk ends where it would leave the root.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::source::file;

/// How many links one path may go through; the number that Linux allows.
const MOST_LINKS: usize = 40;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A pipe, socket or device.
    Other,
}

/// A place inside the root.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The path to open, with no link in any part below the root.
    pub path: PathBuf,
    /// What stands there.
    pub kind: Kind,
    /// Whether a link was followed on the way.
    pub linked: bool,
}

/// Why a path leads to no place inside the root.
#[derive(Debug, thiserror::Error)]
pub enum Astray {
    /// Nothing is there, and no link says there should be.
    #[error("does not exist")]
    Absent,
    /// A link, or `..`, leads out of the root.
    #[error("is a link that leads out of the repository and was not followed")]
    Outside,
    /// A link leads to nothing.
    #[error("is a link whose target does not exist")]
    Dangling,
    /// Links lead in a circle.
    #[error("is a link that leads back to itself")]
    Circle,
    /// The system said no.
    #[error("cannot be read ({0})")]
    Failed(io::Error),
}

/// Finds what a path (from the root, with `/`) leads to.
pub fn find(root: &Path, relative: &str) -> Result<Found, Astray> {
    let mut walk = Walk { root, done: PathBuf::new(), kind: Kind::Folder, links: 0 };
    let mut ahead = Vec::new();
    walk.plan(Path::new(relative), &mut ahead)?;
    while let Some(step) = ahead.pop() {
        walk.take(&step, &mut ahead)?;
    }
    Ok(Found { path: root.join(&walk.done), kind: walk.kind, linked: walk.links > 0 })
}

struct Walk<'a> {
    root: &'a Path,
    /// What was walked, from the root, free of links.
    done: PathBuf,
    kind: Kind,
    links: usize,
}

/// One part of a path.
enum Step {
    Up,
    Down(OsString),
}

impl Walk<'_> {
    /// Puts the parts of a path on top of what lies ahead.
    fn plan(&mut self, path: &Path, ahead: &mut Vec<Step>) -> Result<(), Astray> {
        let inside;
        let path = if path.has_root() {
            inside = self.below_root(path).ok_or(Astray::Outside)?;
            self.done.clear();
            inside.as_path()
        } else {
            path
        };
        for part in path.components().rev() {
            match part {
                Component::Normal(name) => ahead.push(Step::Down(name.into())),
                Component::ParentDir => ahead.push(Step::Up),
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => return Err(Astray::Outside),
            }
        }
        Ok(())
    }

    /// An absolute path, seen from the root, when it says by its letters that it lies below.
    fn below_root(&self, path: &Path) -> Option<PathBuf> {
        let root = fs::canonicalize(self.root).ok()?;
        path.strip_prefix(root).ok().map(Path::to_path_buf)
    }

    fn take(&mut self, step: &Step, ahead: &mut Vec<Step>) -> Result<(), Astray> {
        if self.kind != Kind::Folder {
            return Err(self.nothing());
        }
        let Step::Down(name) = step else {
            return if self.done.pop() { Ok(()) } else { Err(Astray::Outside) };
        };
        self.done.push(name);
        let path = self.root.join(&self.done);
        let kind = fs::symlink_metadata(&path).map_err(|error| self.failed(error))?.file_type();
        if kind.is_symlink() {
            self.links += 1;
            if self.links > MOST_LINKS {
                return Err(Astray::Circle);
            }
            let target = fs::read_link(&path).map_err(|error| self.failed(error))?;
            self.done.pop();
            return self.plan(&target, ahead);
        }
        self.kind = match kind {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            _ => Kind::Other,
        };
        Ok(())
    }

    fn nothing(&self) -> Astray {
        if self.links > 0 { Astray::Dangling } else { Astray::Absent }
    }

    fn failed(&self, error: io::Error) -> Astray {
        if file::is_absent(&error) { self.nothing() } else { Astray::Failed(error) }
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repo");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), "x").unwrap();
        fs::write(folder.path().join("secret"), "x").unwrap();
        folder
    }

    #[test]
    fn plain_paths_and_links_inside_are_found() {
        let outer = tree();
        let root = outer.path().join("repo");
        symlink("a/b/file", root.join("direct")).unwrap();
        symlink("../b/../b/file", root.join("a/b/round")).unwrap();
        symlink("a", root.join("folder")).unwrap();
        symlink(fs::canonicalize(&root).unwrap().join("a/b/file"), root.join("absolute")).unwrap();
        symlink("direct", root.join("chain")).unwrap();
        for path in ["a/b/file", "direct", "a/b/round", "folder/b/file", "absolute", "chain", "a/../a//b/./file"] {
            let found = find(&root, path).unwrap();
            assert_eq!((found.path, found.kind), (root.join("a/b/file"), Kind::File), "{path}");
        }
        assert!(!find(&root, "a/b/file").unwrap().linked);
        assert!(find(&root, "folder/b/file").unwrap().linked);
        assert_eq!(find(&root, "").unwrap().kind, Kind::Folder);
    }

    #[test]
    fn what_leads_out_is_never_looked_at() {
        let outer = tree();
        let root = outer.path().join("repo");
        symlink("../secret", root.join("up")).unwrap();
        symlink("/etc/passwd", root.join("etc")).unwrap();
        symlink("../../../../../../../../etc", root.join("a/far")).unwrap();
        symlink("../repo/a/b/file", root.join("out-and-in")).unwrap();
        symlink(fs::canonicalize(&root).unwrap().join("../secret"), root.join("absolute")).unwrap();
        symlink("/", root.join("slash")).unwrap();
        for path in ["up", "etc", "a/far", "a/far/passwd", "out-and-in", "absolute", "slash", "..", "../secret"] {
            assert!(matches!(find(&root, path), Err(Astray::Outside)), "{path}: {:?}", find(&root, path));
        }
        // A folder whose name only begins like the root is outside too.
        fs::create_dir(outer.path().join("repository")).unwrap();
        symlink(fs::canonicalize(outer.path()).unwrap().join("repository"), root.join("begins")).unwrap();
        assert!(matches!(find(&root, "begins"), Err(Astray::Outside)));
    }

    #[test]
    fn circles_and_loose_ends_are_named() {
        let outer = tree();
        let root = outer.path().join("repo");
        symlink("self", root.join("self")).unwrap();
        symlink("two", root.join("one")).unwrap();
        symlink("one", root.join("two")).unwrap();
        symlink("nowhere", root.join("loose")).unwrap();
        symlink("a/b/file/more", root.join("through")).unwrap();
        assert!(matches!(find(&root, "self"), Err(Astray::Circle)));
        assert!(matches!(find(&root, "one"), Err(Astray::Circle)));
        assert!(matches!(find(&root, "loose"), Err(Astray::Dangling)));
        assert!(matches!(find(&root, "through"), Err(Astray::Dangling)));
        assert!(matches!(find(&root, "none"), Err(Astray::Absent)));
        assert!(matches!(find(&root, "a/b/file/more"), Err(Astray::Absent)));
        assert!(matches!(find(&root, "a/b/file/.."), Err(Astray::Absent)));
    }
}
