//! The files of a local folder: which folder is the root, and the texts in it that matter.
//!
//! | part | what it does |
//! |---|---|
//! | `place` | finds what a path leads to, without leaving the root |
//! | `reader` | takes in one file after another, and says what it could not read |
//! | `listing` | walks the folders in which documents are looked for |
//! | `actions` | finds the local actions that workflows name |

mod actions;
mod listing;
mod place;
mod reader;
mod root;

use std::path::Path;

use crate::fact::declared;
use crate::fact::files::FileSet;
use crate::fact::interest;

pub use actions::{named as named_actions, plain_path};
pub use root::{is_marked, none_here, root, shown};

use reader::Reader;

/// The folder whose files are workflows.
const WORKFLOWS: &str = ".github/workflows";

/// What is read whatever else matters: Dependabot's configuration and the project's own declaration.
const ALWAYS: [&str; 3] = [".github/dependabot.yml", ".github/dependabot.yaml", declared::PATH];

/// Which files and folders matter beside workflows and actions, by path from the root.
#[derive(Clone, Copy)]
struct Interest {
    text: fn(&str) -> bool,
    folder: fn(&str) -> bool,
}

/// Reads the texts that matter: workflows, the local actions they use, Dependabot's configuration, the project's own
/// declaration, and what [`interest`] names.
///
/// Never waits, never leaves the root, runs nothing. What matters and could not be read is a problem of the set.
/// Paths are those of the file system: a name may hold any character, so clean it where it is shown.
pub fn read(root: &Path) -> FileSet {
    read_with(root, Interest { text: interest::wants_text, folder: interest::wants_folder })
}

fn read_with(root: &Path, interest: Interest) -> FileSet {
    let mut reader = Reader::new(root);
    if reader.enter(".github") {
        for path in ALWAYS {
            reader.named(path);
        }
        if reader.enter(WORKFLOWS) {
            reader.workflows();
        }
    }
    listing::read(&mut reader, interest);
    actions::read(&mut reader);
    reader.finish()
}

#[cfg(test)]
mod tests;
