//! Walks the folders in which documents are looked for: nearest folders first, in order of name, within limits.

use std::collections::VecDeque;

use super::reader::{Entry, Purpose, Reader, cannot_list};
use super::{ALWAYS, Interest, WORKFLOWS};

/// How many folders deep the walk goes; the root is at depth 0.
const DEEPEST: usize = 5;
/// How many entries the walk looks at, of all folders together.
const MOST_ENTRIES: usize = 5_000;
/// How many documents are read; the others are listed.
const MOST_TEXTS: usize = 400;
const CUT: &str = "was listed in part: documents beyond the first 5,000 entries were not looked for";
/// Folders that hold other people's files, or none that were written by hand.
const SKIPPED: [&str; 7] = [".git", "node_modules", "target", "vendor", "third_party", ".venv", "venv"];

/// Reads the documents that matter.
pub fn read(reader: &mut Reader<'_>, interest: Interest) {
    let mut walk = Walk { reader, interest, queue: VecDeque::from([(String::new(), 0)]), entries: 0, texts: 0 };
    while let Some((folder, depth)) = walk.queue.pop_front() {
        if !walk.list(&folder, depth) {
            return walk.reader.note(".", CUT);
        }
    }
}

struct Walk<'a, 'b> {
    reader: &'a mut Reader<'b>,
    interest: Interest,
    queue: VecDeque<(String, usize)>,
    entries: usize,
    texts: usize,
}

impl Walk<'_, '_> {
    /// Looks through one folder; false when that was the last that may be looked at.
    fn list(&mut self, folder: &str, depth: usize) -> bool {
        let left = MOST_ENTRIES.saturating_sub(self.entries);
        // One more than allowed shows whether something is left out.
        let entries = match self.reader.entries(folder, left + 1) {
            Ok(entries) => entries,
            Err(error) => {
                self.reader.hide(if folder.is_empty() { "." } else { folder }, &cannot_list(&error));
                return true;
            }
        };
        let all = entries.len() <= left;
        self.entries += entries.len().min(left);
        for entry in entries.into_iter().take(left) {
            let path = if folder.is_empty() { entry.shown.clone() } else { format!("{folder}/{}", entry.shown) };
            if entry.kind.as_ref().is_ok_and(std::fs::FileType::is_dir) {
                self.consider(path, &entry, depth + 1);
            } else if (self.interest.text)(&path) {
                self.document(&path, &entry);
            }
        }
        all
    }

    /// Queues a folder that is worth listing.
    fn consider(&mut self, path: String, entry: &Entry, depth: usize) {
        let skipped = SKIPPED.contains(&entry.shown.as_str()) || path == WORKFLOWS || !entry.is_utf8;
        if !skipped && depth <= DEEPEST && (self.interest.folder)(&path) {
            self.queue.push_back((path, depth));
        }
    }

    fn document(&mut self, path: &str, entry: &Entry) {
        if ALWAYS.contains(&path) {
            return;
        }
        if self.texts >= MOST_TEXTS {
            return self.reader.files.listed.push(path.to_owned());
        }
        self.texts += 1;
        self.reader.take(path, entry, Purpose::Document);
    }
}
