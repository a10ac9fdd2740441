//! What the git data in the root of a folder says, without running anything that the repository configures.
//!
//! | what | how | why |
//! |---|---|---|
//! | branch, commit | `HEAD` and the refs, read here (`store`) | four small files in a documented format; no process, and nothing in them runs |
//! | remote | the `[remote]` sections of the config, read here (`config`) | `git config` would follow `include.path` to any file, and apply `insteadOf` |
//! | tags | one `git for-each-ref`, only where there are tags | dates, peeled commits and signatures are in packed objects |
//! | a file at a revision | `git ls-tree`, then `git cat-file blob` (`show`) | the same; and neither knows filters or textconv |
//! | what differs from the commit | only where it is asked for (`tree`): sizes and times, then `git hash-object --no-filters` | `git status` runs `filter.*.clean` and `core.fsmonitor`; the first cannot be switched off without changing the answer |
//!
//! Refs in another format (reftable, a linked `HEAD`, packed refs of enormous size) are asked from git too. Every call
//! of git goes through `program`, which says what is switched off. A parent's `.git` is never used.

mod config;
mod program;
mod show;
mod store;
mod tags;
mod tree;

use std::path::Path;

use jiff::Timestamp;

use crate::fact::git::{Git, Remote};
use crate::fact::{Fact, Reason, Unknown};

pub use show::{show, uncommitted};
pub use tree::tree;

use program::{Failure, Program};
use store::{Commit, Head, Store};

/// Reads branch, commit, remote and tags of the repository whose `.git` is in this folder.
///
/// The value is none where the folder holds no `.git`. A `.git` that cannot be understood is unknown; tags that cannot
/// be listed (no git program, a folder of another user, no answer within five seconds) leave the rest known.
pub fn observe(root: &Path) -> Fact<Option<Git>> {
    observe_by(&Program::new(root))
}

/// The remote of the repository whose `.git` is in this folder; none without one. Quick: nothing is run.
pub fn remote(root: &Path) -> Option<Remote> {
    let store = Store::open(root).ok()??;
    Remote::parse(&config::remote_address(&store.config()?)?)
}

fn observe_by(program: &Program<'_>) -> Fact<Option<Git>> {
    let read = Store::open(program.root).and_then(|store| store.map(|store| read(&store, program)).transpose());
    match read {
        Ok(git) => Fact::local(git, Timestamp::now()),
        Err(words) => Fact::Unknown(Unknown::new(Reason::Failed, words)),
    }
}

fn read(store: &Store, program: &Program<'_>) -> Result<Git, String> {
    let state = match plain_state(store) {
        Some(state) => state,
        None => asked_state(program).map_err(|failure| failure.to_string())?,
    };
    let tags = if state.has_tags { tags::list(program) } else { Ok(Vec::new()) };
    let (tags, tags_unknown) = match tags {
        Ok(tags) => (tags, None),
        Err(failure) => (Vec::new(), Some(Unknown::new(Reason::Failed, format!("the tags are not known: {failure}")))),
    };
    let address = store.config().and_then(|text| config::remote_address(&text));
    let remote = address.and_then(|address| Remote::parse(&address));
    Ok(Git { branch: state.branch, commit: state.commit, remote, tags, tags_unknown, dirty: None })
}

/// Where HEAD is, and whether it is worth asking for tags.
struct State {
    branch: Option<String>,
    commit: Option<String>,
    has_tags: bool,
}

/// The state by the files alone; none when they hold something that only git can tell.
fn plain_state(store: &Store) -> Option<State> {
    let (branch, commit, packed) = match store.head()? {
        Head::Commit(commit) => (None, Some(commit), store.packed(None)?),
        Head::Ref(name) => {
            let packed = store.packed(Some(&name))?;
            let commit = match store.loose(&name) {
                Commit::Is(commit) => Some(commit),
                Commit::NotHere => packed.commit.clone(),
                Commit::Unclear => return None,
            };
            // Refs that are no branches can belong to one worktree alone; git knows where.
            (Some(branch(&name)?), commit, packed)
        }
    };
    Some(State { branch, commit, has_tags: packed.has_tags || store.has_loose_tags() })
}

/// The state as git tells it.
fn asked_state(program: &Program<'_>) -> Result<State, Failure> {
    let name = program.ask_maybe(&["symbolic-ref", "--quiet", "HEAD"])?;
    let commit = program.ask_maybe(&["rev-parse", "--verify", "--quiet", "HEAD"])?;
    Ok(State { branch: name.as_deref().and_then(branch), commit, has_tags: true })
}

/// The branch that a ref is.
fn branch(name: &str) -> Option<String> {
    name.strip_prefix("refs/heads/").map(str::to_owned)
}

#[cfg(test)]
mod tests;
