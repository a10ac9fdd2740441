//! What can happen to the dashboard, and what it asks of the world: its only two ways in and out.

use std::path::PathBuf;

use jiff::Timestamp;

use super::key::{Key, Mouse};
use super::session::Session;
use crate::checklist::{Answers, Keeping};
use crate::fact::tree::Tree;
use crate::fact::{Fact, LogLevel, RepoId, SurveyEvent};
use crate::fleet::Identity;
use crate::history::{History, Record};
use crate::plan::FileChange;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// A survey said something. What a round says of a repository that was asked about again since is dropped.
    Survey {
        /// Which survey: it counts up with each refresh, from 0.
        round: u32,
        /// What it said.
        event: SurveyEvent,
    },
    /// Nothing more waits to be taken in: what was answered is judged and put in order, since it is shown next.
    Quiet,
    /// A key was pressed.
    Key(Key),
    /// A text was pasted.
    Paste(String),
    /// The mouse was used.
    Mouse(Mouse),
    /// The terminal has another size.
    Resized {
        /// Its width in cells.
        columns: u16,
        /// Its height in cells.
        rows: u16,
    },
    /// The window has the focus again: files may have been changed by others meanwhile.
    Focused,
    /// The clock, once a second, only while something is awaited or shown for a while.
    Tick(Timestamp),
    /// The time has come at which the configuration wants everything asked about again.
    Due,
    /// An effect came to its end.
    Done(Outcome),
}

/// How an effect ended. Texts are clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something was done, in words for a toast.
    Did(String),
    /// Something could not be done, in words that say why and what else to do.
    Failed(String),
    /// What a look at the files of a preview found: that there is nothing is told, too.
    Looked {
        /// Whose files.
        repo: RepoId,
        /// The files that cannot be written as previewed: each path with the reason.
        blocked: Vec<(String, String)>,
        /// The files that hold what is not committed yet.
        uncommitted: Vec<String>,
    },
    /// Files were written as they were previewed; none where all held the new text already.
    Wrote {
        /// Whose files.
        repo: RepoId,
        /// What it was for.
        title: String,
        /// The files.
        files: Vec<String>,
    },
    /// Nothing was written, or not all of it.
    NotWritten {
        /// Whose files.
        repo: RepoId,
        /// What it was for.
        title: String,
        /// The files that kept it from being written, each with the reason; none where it was something else.
        files: Vec<(String, String)>,
        /// Why, in words.
        why: String,
        /// Whether a file is not any more as it was read, so that reading it again helps.
        outdated: bool,
        /// The files that were written before it failed.
        written: Vec<String>,
    },
    /// What the last write replaced was put back.
    PutBack {
        /// Whose files.
        repo: RepoId,
        /// What the write was for.
        title: String,
        /// The files.
        files: Vec<String>,
        /// How many earlier writes can be undone, too.
        left: usize,
    },
    /// It was not put back, or not all of it.
    NotPutBack {
        /// Whose files.
        repo: RepoId,
        /// Why, and what to do.
        why: String,
    },
    /// An editor was left: these repositories' files may have changed.
    Edited(Vec<RepoId>),
    /// The kept answers to a checklist, or why they cannot be read.
    Recalled {
        /// Whose release.
        repo: RepoId,
        /// The version.
        release: Option<String>,
        /// The answers.
        answers: Result<Answers, String>,
    },
    /// The answers were kept.
    Kept(Timestamp),
    /// What was seen of a working tree.
    SawTree {
        /// Whose.
        repo: RepoId,
        /// What.
        tree: Box<Fact<Tree>>,
    },
    /// What earlier surveys said about a repository, this one among them.
    Recounted {
        /// Which.
        repo: RepoId,
        /// What they said.
        history: History,
    },
}

impl Outcome {
    /// What the log keeps of it: how much it matters, and the words, which name the repository.
    pub fn line(&self, name: impl Fn(&RepoId) -> String) -> Option<(LogLevel, String)> {
        let info = |words: String| Some((LogLevel::Info, words));
        let error = |words: String| Some((LogLevel::Error, words));
        match self {
            Self::Did(words) => info(words.clone()),
            Self::Failed(words) => error(words.clone()),
            Self::Recalled { answers: Err(why), .. } => error(why.clone()),
            Self::Edited(_) => info("the editor was left".to_owned()),
            Self::Wrote { repo, title, files } if files.is_empty() => {
                info(format!("{}: {title}: it is so already", name(repo)))
            }
            Self::Wrote { repo, title, files } => info(format!("{}: {title}: wrote {}", name(repo), files.join(", "))),
            Self::NotWritten { repo, title, why, written, .. } if written.is_empty() => {
                error(format!("{}: {title}: nothing was written: {why}", name(repo)))
            }
            Self::NotWritten { repo, title, why, written, .. } => {
                error(format!("{}: {title}: only {} was written: {why}", name(repo), written.join(", ")))
            }
            Self::PutBack { repo, title, files, .. } => {
                info(format!("{}: undone: {title} ({})", name(repo), files.join(", ")))
            }
            Self::NotPutBack { repo, why } => error(format!("{}: {why}", name(repo))),
            Self::Looked { .. }
            | Self::Recalled { .. }
            | Self::Kept(_)
            | Self::SawTree { .. }
            | Self::Recounted { .. } => None,
        }
    }
}

/// What a survey asks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Files and the state of clones only: nothing of the network.
    Local,
    /// What only a release asks for: checks, progress, pull requests and versions. The rest stays as it is.
    Release,
    /// Everything.
    Everything,
}

/// Something to be done outside of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask about repositories again; its events carry this round.
    Survey {
        /// The number of the round.
        round: u32,
        /// Whom to ask about, in order.
        repos: Vec<RepoId>,
        /// How much to ask.
        scope: Scope,
    },
    /// Open a page in the browser; one that cannot be opened is printed in a toast.
    Open(String),
    /// Put a text into the clipboard.
    Copy {
        /// What it is, for the toast: `link`, `file link`, `value`, `command`, `snippet`, `row`, `line`, `file`.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// Give the terminal to `$VISUAL` or `$EDITOR`.
    Edit {
        /// Whose file.
        repo: RepoId,
        /// The root of the repository.
        root: PathBuf,
        /// Path from the root, with `/`.
        path: String,
        /// Line to show, from 1.
        line: usize,
    },
    /// Look whether files could be written as they are previewed; ends in [`Outcome::Looked`].
    Look {
        /// Whose files.
        repo: RepoId,
        /// The root of the repository.
        root: PathBuf,
        /// The files.
        files: Vec<FileChange>,
    },
    /// Write files that were previewed: inside of the root, each in one go, and only while they are as they were. Ends
    /// in [`Outcome::Wrote`] or [`Outcome::NotWritten`].
    Write {
        /// Whose files.
        repo: RepoId,
        /// The root of the repository.
        root: PathBuf,
        /// What it is for, for the log and for undoing it.
        title: String,
        /// The files.
        files: Vec<FileChange>,
    },
    /// Keep a report that was previewed, in the state folder and never in a repository.
    Keep {
        /// The name of the file.
        name: String,
        /// What it holds.
        text: String,
    },
    /// Bring the answers kept about a release; ends in [`Outcome::Recalled`].
    Recall {
        /// Whose release.
        repo: RepoId,
        /// What it is kept under.
        identity: Identity,
        /// The version.
        release: Option<String>,
    },
    /// Keep the answers about a release at once; ends in [`Outcome::Kept`].
    Remember {
        /// What they are kept under.
        identity: Identity,
        /// The version.
        release: Option<String>,
        /// The answers, and the sign-off.
        keeping: Box<Keeping>,
    },
    /// Look at the working tree of a clone; ends in [`Outcome::SawTree`].
    LookAtTree {
        /// Whose.
        repo: RepoId,
        /// The root of the repository.
        root: PathBuf,
    },
    /// Write a sign-off that was previewed, as Markdown and as JSON.
    Deliver {
        /// Where a person wants it: a folder or a file; none for the state folder.
        path: Option<String>,
        /// The name of the files, without an ending.
        name: String,
        /// The Markdown and the JSON.
        texts: (String, String),
        /// The root of the repository, where it has one: what is written there is told.
        root: Option<PathBuf>,
    },
    /// Keep what a survey said, and bring what was kept before; ends in [`Outcome::Recounted`].
    Chronicle {
        /// Which repository.
        repo: RepoId,
        /// What it is kept under.
        identity: Identity,
        /// What the survey said; none where it did not judge in full.
        record: Option<Record>,
    },
    /// Put back what the last write replaced; ends in [`Outcome::PutBack`] or [`Outcome::NotPutBack`].
    Undo {
        /// Whose files.
        repo: RepoId,
        /// The root of the repository.
        root: PathBuf,
    },
    /// Keep what is worth keeping for the next start.
    Save(Session),
    /// Stop, as the shell's ctrl-z does, and come back.
    Suspend,
    /// Leave with this exit code.
    Quit(u8),
}
