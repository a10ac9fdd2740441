//! What differs between the working tree and the commit.
//!
//! `git status` compares file contents through the filters that a repository configures, and so runs its programs. Here
//! git is asked only for what it has noted (`diff-index --cached`, `ls-files`) and for digests of bytes as they are
//! (`hash-object --no-filters`); sizes and times are looked at here.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;

use super::program::{Failure, Program};
use super::store::is_id;
use crate::fact::tree::Tree;
use crate::fact::{Fact, Reason, Unknown};
use crate::text::clean;

/// Largest answer of git that is read, in bytes: an entry takes about two hundred.
const MOST_OUTPUT: usize = 64 << 20;

/// Most files whose bytes are compared, and most bytes of them.
const MOST_FILES: usize = 500;
const MOST_BYTES: u64 = 64 << 20;

/// How many files one call of git is asked about.
const BATCH: usize = 100;

/// Looks at the working tree of the repository whose `.git` is in this folder.
pub fn tree(root: &Path) -> Fact<Tree> {
    let program = Program::new(root);
    match look(&program, root) {
        Ok(tree) => Fact::local(tree, Timestamp::now()),
        Err(failure) => {
            Fact::Unknown(Unknown::new(Reason::Failed, format!("the working tree cannot be compared: {failure}")))
        }
    }
}

fn look(program: &Program<'_>, root: &Path) -> Result<Tree, Failure> {
    let staged = program
        .ask_at_most(&["diff-index", "--cached", "--name-only", "--no-renames", "-z", "HEAD", "--"], MOST_OUTPUT)?;
    let noted = program.ask_at_most(&["ls-files", "-z", "--stage", "--debug"], MOST_OUTPUT)?;
    let listing = ["ls-files", "-z", "--others", "--exclude-standard", "--directory", "--no-empty-directory"];
    let untracked = program.ask_at_most(&listing, MOST_OUTPUT)?;
    // The index of a linked working tree lies elsewhere.
    let places = program.ask(&["rev-parse", "--git-path", "index", "--git-path", "info/attributes"])?;
    let places = String::from_utf8_lossy(&places).into_owned();
    let mut places = places.lines().map(|place| root.join(place));
    let written = places.next().and_then(|index| fs::metadata(index).ok()?.modified().ok());
    let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let mut tree = Tree { staged: names(&staged), untracked: names(&untracked), ..Tree::default() };
    let mut suspects = Vec::new();
    let mut converts = places.next().is_some_and(|attributes| attributes.exists());
    for entry in entries(&noted) {
        converts |= entry.path.ends_with(".gitattributes");
        match entry.compare(root, written) {
            Likeness::Same => {}
            Likeness::Submodule => tree.submodules += 1,
            Likeness::Differs => tree.changed.push(clean::line(&entry.path).into_owned()),
            Likeness::Perhaps(size) => suspects.push((entry, size)),
        }
    }
    compare_bytes(program, &suspects, converts, &mut tree)?;
    tree.changed.sort();
    Ok(tree)
}

fn names(answer: &[u8]) -> Vec<String> {
    let names = answer.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| clean::line(&String::from_utf8_lossy(name)).into_owned()).collect()
}

/// One file as git noted it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    mode: String,
    id: String,
    path: String,
    modified: Duration,
    size: u64,
    /// Whether the clone leaves this file out of its working tree.
    left_out: bool,
}

/// How a file compares with what git noted, by size and time.
enum Likeness {
    Same,
    Differs,
    Submodule,
    /// Only the bytes can tell; with their number.
    Perhaps(u64),
}

/// The flag of a file that is left out of a sparse working tree.
const SKIP: u64 = 1 << 30;

impl Entry {
    fn compare(&self, root: &Path, index_written: Option<Duration>) -> Likeness {
        if self.mode == "160000" {
            return Likeness::Submodule;
        }
        if self.left_out {
            return Likeness::Same;
        }
        let Ok(known) = fs::symlink_metadata(root.join(&self.path)) else { return Likeness::Differs };
        if known.is_symlink() != (self.mode == "120000") || known.is_dir() {
            return Likeness::Differs;
        }
        // A file written in the moment in which git took its notes may have changed unseen.
        let noted_in_time = index_written.is_some_and(|written| self.modified < written);
        if self.size == known.len() && noted_in_time && self.is_as_old_as(&known) {
            return Likeness::Same;
        }
        Likeness::Perhaps(known.len())
    }

    fn is_as_old_as(&self, known: &Metadata) -> bool {
        let at = known.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        // Where git noted whole seconds, only those can be compared.
        at.as_secs() == self.modified.as_secs()
            && (self.modified.subsec_nanos() == 0 || at.subsec_nanos() == self.modified.subsec_nanos())
    }
}

/// Compares the bytes of files that size and time do not clear.
fn compare_bytes(
    program: &Program<'_>,
    suspects: &[(Entry, u64)],
    converts: bool,
    tree: &mut Tree,
) -> Result<(), Failure> {
    let mut room = MOST_BYTES;
    let mut comparable = Vec::new();
    for (entry, size) in suspects {
        let fits = comparable.len() < MOST_FILES && *size <= room && entry.mode != "120000" && is_plain(&entry.path);
        if fits {
            room -= size;
            comparable.push(entry);
        } else {
            tree.doubtful.push(clean::line(&entry.path).into_owned());
        }
    }
    for batch in comparable.chunks(BATCH) {
        let paths = batch.iter().map(|entry| entry.path.as_str());
        let arguments: Vec<&str> = ["hash-object", "--no-filters", "--"].into_iter().chain(paths).collect();
        let answer = program.ask(&arguments)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let mut ids = answer.lines();
        for entry in batch {
            let list = if converts { &mut tree.doubtful } else { &mut tree.changed };
            if ids.next() != Some(entry.id.as_str()) {
                list.push(clean::line(&entry.path).into_owned());
            }
        }
    }
    Ok(())
}

/// Whether git reads a path as it stands.
fn is_plain(path: &str) -> bool {
    !path.contains('\u{fffd}') && !path.contains(char::is_control)
}

/// Reads `mode id stage TAB path NUL`, then lines of numbers, again and again.
fn entries(answer: &[u8]) -> Vec<Entry> {
    let text = String::from_utf8_lossy(answer);
    let mut parts = text.split('\0');
    let mut head = parts.next().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for part in parts {
        // The numbers of this file, then the head of the next one.
        let (numbers, next) = match part.rfind("flags: ").and_then(|at| Some((at, part.get(at..)?.find('\n')?))) {
            Some((at, end)) => part.split_at_checked(at + end + 1).unwrap_or((part, "")),
            None => (part, ""),
        };
        all.extend(entry(&head, numbers));
        next.clone_into(&mut head);
    }
    all
}

fn entry(head: &str, numbers: &str) -> Option<Entry> {
    let (facts, path) = head.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, id) = (facts.next()?, facts.next()?);
    let number = |name: &str| {
        let rest = numbers.split_once(name)?.1;
        Some(rest.split(['\n', '\t']).next()?.trim().to_owned())
    };
    let time = number("mtime: ")?;
    let (seconds, nanos) = time.split_once(':')?;
    let modified = Duration::new(seconds.parse().ok()?, nanos.parse().ok()?);
    let flags = u64::from_str_radix(&number("flags: ")?, 16).ok()?;
    let size = number("size: ")?.parse().ok()?;
    let sound = is_id(id) && !path.is_empty();
    sound.then(|| Entry {
        mode: mode.to_owned(),
        id: id.to_owned(),
        path: path.to_owned(),
        modified,
        size,
        left_out: flags & SKIP != 0,
    })
}
