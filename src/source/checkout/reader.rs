//! Takes in one file after another, keeps count, and says what could not be read.

use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::WORKFLOWS;
use super::place::{self, Astray, Kind};
use crate::fact::files::{FileSet, Problem};
use crate::source::file::{self, Refusal};
use crate::text::decode::{self, MAX_BYTES};

/// The most bytes of workflows and actions, and of documents, that are kept (each 64 MiB): ten thousand workflows of
/// the usual size are a third of it, while ten thousand of the largest size would fill the memory.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The most names of the workflow folder that are looked at.
const MOST_WORKFLOWS: usize = 50_000;

const TOO_LARGE: &str = "is larger than 2 MiB and was not read";
const NOT_UTF8: &str = "has a name that is not UTF-8 and was not read; rename it";

/// A file set in the making.
pub struct Reader<'a> {
    /// The root of the repository.
    pub root: &'a Path,
    /// What was read so far.
    pub files: FileSet,
    /// Bytes of workflows and actions that may still be read.
    deciding: u64,
    /// Bytes of other texts that may still be read.
    documents: u64,
}

/// What a text is read for; each has its own share of memory, so that documents cannot crowd out workflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A workflow, an action, a configuration: verdicts rest on it.
    Deciding,
    /// A document; one too many is listed only.
    Document,
}

impl<'a> Reader<'a> {
    /// Begins with an empty set.
    pub fn new(root: &'a Path) -> Self {
        Self { root, files: FileSet::default(), deciding: MOST_BYTES, documents: MOST_BYTES }
    }

    /// The set, in an order that does not depend on the file system.
    pub fn finish(mut self) -> FileSet {
        let FileSet { listed, problems, .. } = &mut self.files;
        listed.sort();
        problems.sort_by(|a, b| (&a.path, a.place, &a.message).cmp(&(&b.path, b.place, &b.message)));
        problems.dedup();
        self.files
    }

    /// Whether a fixed folder is a real one; anything else in its place is a problem.
    pub fn enter(&mut self, path: &str) -> bool {
        match place::find(self.root, path) {
            Ok(found) if found.kind != Kind::Folder => self.note(path, "is not a folder, so it holds no workflows"),
            Ok(found) if found.linked => {
                self.hide(path, "is a link to a folder and was not followed; make it a folder");
            }
            Ok(_) => return true,
            Err(Astray::Absent) => {}
            Err(astray) => self.hide(path, &astray.to_string()),
        }
        false
    }

    /// Reads every workflow: each `.yml` or `.yaml` directly in the folder, as GitHub does.
    pub fn workflows(&mut self) {
        let entries = match self.entries(WORKFLOWS, MOST_WORKFLOWS) {
            Ok(entries) => entries,
            Err(error) => return self.hide(WORKFLOWS, &cannot_list(&error)),
        };
        if entries.len() >= MOST_WORKFLOWS {
            self.hide(WORKFLOWS, "holds more than 50,000 files; the rest was not looked at");
        }
        for entry in entries {
            let path = format!("{WORKFLOWS}/{}", entry.shown);
            if is_yaml(&path) {
                self.take(&path, &entry, Purpose::Deciding);
            }
        }
    }

    /// The entries of a real folder in order of name, at most `most` of them.
    pub fn entries(&self, folder: &str, most: usize) -> io::Result<Vec<Entry>> {
        let listing = fs::read_dir(self.root.join(folder))?.take(most);
        let mut entries = listing.map(|entry| entry.map(|entry| Entry::new(&entry))).collect::<io::Result<Vec<_>>>()?;
        entries.sort_by(|a, b| a.shown.cmp(&b.shown));
        Ok(entries)
    }

    /// Takes in an entry that was met in a real folder.
    pub fn take(&mut self, path: &str, entry: &Entry, purpose: Purpose) {
        match &entry.kind {
            Err(error) => self.hide(path, &format!("cannot be read ({error})")),
            Ok(kind) if kind.is_dir() => {}
            Ok(_) if !entry.is_utf8 => self.hide(path, NOT_UTF8),
            Ok(kind) if kind.is_symlink() => self.follow(path, purpose),
            Ok(kind) if kind.is_file() => self.load(path, &self.root.join(path), purpose),
            Ok(_) => self.note(path, &Refusal::NotRegular.to_string()),
        }
    }

    /// Takes in a file by its path from the root, if it exists; says whether it does.
    pub fn named(&mut self, path: &str) -> bool {
        match place::find(self.root, path) {
            Ok(found) if found.kind == Kind::File => self.load(path, &found.path, Purpose::Deciding),
            Ok(found) if found.kind == Kind::Other => self.note(path, &Refusal::NotRegular.to_string()),
            Ok(_) | Err(Astray::Absent) => return false,
            Err(astray) => self.hide(path, &astray.to_string()),
        }
        true
    }

    /// Takes in what a link leads to.
    fn follow(&mut self, path: &str, purpose: Purpose) {
        match place::find(self.root, path) {
            Ok(found) if found.kind == Kind::File => self.load(path, &found.path, purpose),
            Ok(found) if found.kind == Kind::Other => self.note(path, &Refusal::NotRegular.to_string()),
            Ok(_) => {}
            Err(astray) => self.hide(path, &astray.to_string()),
        }
    }

    /// Reads a regular file into the set, under its path in the repository.
    fn load(&mut self, path: &str, place: &Path, purpose: Purpose) {
        let left = match purpose {
            Purpose::Deciding => &mut self.deciding,
            Purpose::Document => &mut self.documents,
        };
        if *left == 0 {
            return self.crowded_out(path, purpose);
        }
        let bytes = match file::read_seen(place, MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(Refusal::TooLarge) => return self.hide(path, TOO_LARGE),
            Err(refusal) => return self.hide(path, &refusal.to_string()),
        };
        *left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        match decode::decode(bytes) {
            Ok(text) => drop(self.files.texts.insert(path.to_owned(), Arc::from(text))),
            Err(error) => self.files.problems.push(Problem::hiding(path, error.place, &error.message)),
        }
    }

    /// Leaves out what memory has no room for.
    fn crowded_out(&mut self, path: &str, purpose: Purpose) {
        match purpose {
            Purpose::Deciding => self.hide(path, "was not read: workflows and actions exceed 64 MiB together"),
            Purpose::Document => self.files.listed.push(path.to_owned()),
        }
    }

    /// A problem that leaves all meaning alone.
    pub fn note(&mut self, path: &str, message: &str) {
        self.files.problems.push(Problem::note(path, None, message));
    }

    /// A problem that hides what a file or folder says.
    pub fn hide(&mut self, path: &str, message: &str) {
        self.files.problems.push(Problem::hiding(path, None, message));
    }
}

/// One entry of a folder.
pub struct Entry {
    /// Its name, with a mark for what is not UTF-8.
    pub shown: String,
    /// Whether the name is UTF-8, so that `shown` opens it.
    pub is_utf8: bool,
    /// What it is, a link being a link.
    pub kind: io::Result<FileType>,
}

impl Entry {
    fn new(entry: &fs::DirEntry) -> Self {
        let name = entry.file_name();
        let is_utf8 = OsStr::to_str(&name).is_some();
        Self { shown: name.to_string_lossy().into_owned(), is_utf8, kind: entry.file_type() }
    }
}

/// Whether GitHub takes a file of this name in the folder for a workflow: the ending counts, in lower case.
pub fn is_yaml(path: &str) -> bool {
    // Not `Path::extension`: to that, a file called `.yml` has none.
    [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending))
}

/// That a folder cannot be listed, in words that follow its path.
pub fn cannot_list(error: &io::Error) -> String {
    format!("cannot be listed ({error})")
}
