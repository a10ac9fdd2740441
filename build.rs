//! Tells the program which commit it is built from, by reading `.git` or the note that a published package carries.
//! Nothing is run, and a build without either simply has no commit.

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    watch(&root.join("build.rs"));
    let commit = head(&root).or_else(|| packaged(&root)).filter(|id| is_commit(id));
    if let Some(short) = commit.as_deref().and_then(|id| id.get(..9)) {
        tell(&format!("rustc-env=SHIPWORTHY_VERSION={version} ({short})"));
    }
}

/// The commit that is checked out, where the package is the root of a clone.
fn head(root: &Path) -> Option<String> {
    let git = git_folder(root)?;
    let head = read(&git.join("HEAD"))?;
    let Some(name) = head.strip_prefix("ref:").map(str::trim).filter(|name| name.starts_with("refs/")) else {
        return Some(head);
    };
    // A linked worktree keeps its branches in the folder of the main one.
    let shared = read(&git.join("commondir")).map_or(git.clone(), |path| git.join(path));
    read(&shared.join(name)).or_else(|| {
        let packed = read(&shared.join("packed-refs"))?;
        let line = packed.lines().find(|line| line.split_once(' ').is_some_and(|(_, known)| known == name))?;
        line.split_once(' ').map(|(id, _)| id.to_owned())
    })
}

/// The folder of git's data: `.git`, or what a file of that name points to.
fn git_folder(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    read(&git)?.strip_prefix("gitdir:").map(|path| root.join(path.trim()))
}

/// The commit that `cargo package` noted.
fn packaged(root: &Path) -> Option<String> {
    let note = read(&root.join(".cargo_vcs_info.json"))?;
    let (_, rest) = note.split_once("\"sha1\"")?;
    rest.split('"').nth(1).map(str::to_owned)
}

fn is_commit(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.chars().all(|c| c.is_ascii_hexdigit())
}

/// Reads a small text file, and has cargo watch it.
fn read(path: &Path) -> Option<String> {
    let meta = fs::metadata(path).ok().filter(|meta| meta.is_file() && meta.len() < 16 * 1024 * 1024)?;
    let text = (meta.len() > 0).then(|| fs::read_to_string(path).ok())??;
    watch(path);
    Some(text.trim().to_owned())
}

fn watch(path: &Path) {
    tell(&format!("rerun-if-changed={}", path.display()));
}

/// Cargo listens on standard output.
fn tell(words: &str) {
    println!("cargo::{words}");
}
