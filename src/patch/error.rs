//! Why a file was not written, in words for people.

use std::borrow::Cow;
use std::io;

use crate::text::clean;

/// One file that was not written, and why.
#[derive(Debug, thiserror::Error)]
#[error("{} {reason}", clean::line(path))]
pub struct Failure {
    /// Path from the root, with `/`.
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// Why a file was not written; the words follow its path.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// The path has parts that lead elsewhere.
    #[error("is not a path inside the repository")]
    Outside,
    /// A link stands where the file should be.
    #[error("is a link, and links are not written through")]
    Link,
    /// A folder on the way is a link or no folder.
    #[error("lies below `{0}`, which is a link or no folder")]
    Parent(String),
    /// A folder, pipe or device.
    #[error("is not a regular file")]
    NotRegular,
    /// The file is gone.
    #[error("is not there any more")]
    Missing,
    /// A file to be made is there.
    #[error("is there already")]
    Exists,
    /// The content is not the one that was shown.
    #[error("changed since it was read")]
    Changed,
    /// The content is not the one that a fix wrote.
    #[error("changed since the fix")]
    Edited,
    /// The file is written in an encoding that a fix would not keep.
    #[error("is not UTF-8, and a fix would not keep that")]
    Encoding,
    /// The file is read-only, by its permission bits or for this user.
    #[error("is read-only")]
    ReadOnlyFile,
    /// The folder of the file is read-only, by its permission bits or for this user.
    #[error("lies in a folder that is read-only")]
    ReadOnlyFolder,
    /// The system said no.
    #[error("cannot be written: {}", words(_0))]
    System(#[from] io::Error),
}

impl Reason {
    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Outside => "this is a bug of the fix; please report it",
            Self::Link | Self::Parent(_) => "make the change in the file that the link leads to",
            Self::NotRegular => "a fix changes regular files only",
            Self::Missing | Self::Changed | Self::Exists => "run it again to see the fix for the file as it is now",
            Self::Edited => "take your change out and run it again",
            Self::Encoding => "save the file as UTF-8",
            Self::ReadOnlyFile => "make the file writable first (chmod u+w)",
            Self::ReadOnlyFolder => "make the folder writable first (chmod u+w)",
            Self::System(_) => "the file is as it was; put it right and run it again",
        }
    }
}

impl Reason {
    /// Whether the file is not any more as it was read, so that reading it again helps.
    pub const fn is_outdated(&self) -> bool {
        matches!(self, Self::Missing | Self::Changed | Self::Exists)
    }
}

/// The words of the system without its error number.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// Why nothing was written or put back.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// Files that cannot be written; none was.
    #[error("nothing was written: {}", list(_0))]
    Refused(Vec<Failure>),
    /// Files that cannot be put back; none was.
    #[error("nothing was put back: {}", list(failures))]
    NotUndone {
        /// The files.
        failures: Vec<Failure>,
        /// The file of the journal that holds the old texts.
        journal: String,
    },
    /// There is no earlier write.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// The root cannot be opened.
    #[error("the folder cannot be opened: {0}")]
    Root(io::Error),
    /// Another instance is writing to the repository.
    #[error("another shipworthy is writing to this repository")]
    Busy,
    /// The undo journal cannot be kept, and without it nothing is written.
    #[error("the undo journal {path} {what}; nothing was written")]
    Journal {
        /// Its file or folder.
        path: String,
        /// What is wrong with it.
        what: String,
    },
}

impl PatchError {
    /// The files that kept it from being done.
    pub fn failures(&self) -> &[Failure] {
        match self {
            Self::Refused(failures) | Self::NotUndone { failures, .. } => failures,
            _ => &[],
        }
    }

    /// Why, without saying that nothing was done.
    pub fn why(&self) -> String {
        match self.failures() {
            [] => self.to_string(),
            failures => list(failures),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Cow<'static, str> {
        let hint = match self {
            Self::Refused(failures) => failures.first().map_or("run it again", |failure| failure.reason.hint()),
            Self::NotUndone { failures, journal } => {
                let first = match failures.first().map(|failure| &failure.reason) {
                    // Hints about fixes speak of files as they are now.
                    Some(Reason::Missing | Reason::Changed) | None => Reason::Edited.hint(),
                    Some(reason) => reason.hint(),
                };
                return format!("{first}; the old text stands in {journal}, as `old` of the file").into();
            }
            Self::NothingToUndo => "only what `shipworthy fix` or the dashboard wrote can be undone",
            Self::Root(_) => "check the path",
            Self::Busy => "wait until it is done and run it again",
            Self::Journal { .. } => "set XDG_STATE_HOME to a folder that can be written",
        };
        hint.into()
    }
}

fn list(failures: &[Failure]) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<String> = failures.iter().take(SHOWN).map(ToString::to_string).collect();
    if failures.len() > SHOWN {
        words.push(format!("and {} more", failures.len() - SHOWN));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_file_and_the_reason() {
        let full = Failure { path: "a\u{1b}.yml".to_owned(), reason: io::Error::from_raw_os_error(28).into() };
        #[cfg(target_os = "linux")]
        assert_eq!(full.to_string(), "a\u{fffd}.yml cannot be written: No space left on device");
        let changed = (0..7).map(|n| Failure { path: format!("{n}.yml"), reason: Reason::Changed }).collect();
        let all = PatchError::Refused(changed);
        assert!(all.to_string().starts_with("nothing was written: 0.yml changed since it was read; 1.yml"), "{all}");
        assert!(all.to_string().ends_with("and 2 more") && all.hint().contains("again"));
        assert!(!full.reason.hint().is_empty());
    }
}
