//! A file as it was at a revision.

use std::path::{Component, Path};

use super::program::{Failure, Program};
use super::store::is_id;
use crate::text::clean;
use crate::text::decode::{self, MAX_BYTES};

/// The text of a file at a revision; none where the revision holds no such file.
///
/// `path` is counted from the root, with `/`. Filters and textconv are not applied: this is what was committed.
///
/// # Errors
/// In words: a revision git does not know, a path that is no file there, a text that cannot be read, or git that did
/// not answer.
pub fn show(root: &Path, revision: &str, path: &str) -> Result<Option<String>, String> {
    let program = Program::new(root);
    let shown = clean::short(revision, 80);
    let named = format!("{} at {shown}", clean::line(path));
    if !is_revision(revision) {
        return Err(format!("{shown:?} is not the name of a branch, tag or commit"));
    }
    if !is_inside(path) {
        return Err(format!("{named} is not a path inside the repository"));
    }
    let listing = program
        .ask(&["ls-tree", "-z", "--full-tree", "--", revision, path])
        .map_err(|failure| format!("{named} cannot be read: {failure}"))?;
    let Some((kind, id)) =
        entry(&listing, path).map_err(|()| format!("{named} cannot be read: git's answer is odd"))?
    else {
        return Ok(None);
    };
    match kind.as_str() {
        "100644" | "100755" => {}
        "120000" => return Err(format!("{named} is a link; give a revision where it is a file")),
        _ => return Err(format!("{named} is not a file")),
    }
    let most = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX);
    let bytes = program.ask_at_most(&["cat-file", "blob", &id], most).map_err(|failure| match failure {
        Failure::TooMuch(_) => format!("{named} is larger than 2 MiB"),
        failure => format!("{named} cannot be read: {failure}"),
    })?;
    decode::decode(bytes).map(Some).map_err(|error| format!("{named} {}", error.message))
}

/// Whether a text can only be taken for a revision: no option, no path, no search.
fn is_revision(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && !text.contains(|c: char| c.is_control() || c == ':')
}

fn is_inside(path: &str) -> bool {
    let plain = |part| matches!(part, Component::Normal(_));
    !path.is_empty() && !path.ends_with('/') && !path.contains('\0') && Path::new(path).components().all(plain)
}

/// Mode and id of the one entry `mode kind id TAB path NUL` that was asked for.
fn entry(listing: &[u8], path: &str) -> Result<Option<(String, String)>, ()> {
    let Some(line) = listing.split(|byte| *byte == 0).find(|line| !line.is_empty()) else { return Ok(None) };
    let line = str::from_utf8(line).map_err(drop)?;
    let (facts, name) = line.split_once('\t').ok_or(())?;
    let mut facts = facts.split(' ');
    let (mode, id) = (facts.next().ok_or(())?, facts.nth(1).ok_or(())?);
    if name == path && is_id(id) { Ok(Some((mode.to_owned(), id.to_owned()))) } else { Err(()) }
}

/// How many files are compared with the last commit; each takes two calls of git.
const MOST_COMPARED: usize = 20;

/// Which of these files, each with its text, differ from the last commit. They are compared byte for byte, since
/// anything else would run filters of the repository; line ends do not count, which git may have changed. What cannot
/// be compared is left out.
pub fn uncommitted<'a>(root: &Path, files: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let plain = |text: &str| text.replace("\r\n", "\n");
    let differs = |path: &str, text: &str| {
        let committed = show(root, "HEAD", path);
        matches!(committed, Ok(committed) if committed.as_deref().map(plain) != Some(plain(text)))
    };
    let changed = files.take(MOST_COMPARED).filter(|(path, text)| differs(path, text));
    changed.map(|(path, _)| clean::line(path).into_owned()).collect()
}
