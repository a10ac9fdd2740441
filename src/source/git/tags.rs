//! The newest tags of a repository.

use super::program::{Failure, Program};
use super::store::is_id;
use crate::fact::git::Tag;

/// One line for each tag; NUL between its parts, which no name can hold. The last part is empty or a mark.
const FORMAT: &str = "--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00\
                      %(if)%(contents:signature)%(then)signed%(end)";

/// Lists at most a hundred tags that lead to a commit, newest first; of one moment, the higher version first.
pub fn list(program: &Program<'_>) -> Result<Vec<Tag>, Failure> {
    let sorted = ["--sort=-version:refname", "--sort=-creatordate", "--count=100"];
    let [by_name, by_date, most] = sorted;
    let answer = program.ask(&["for-each-ref", by_name, by_date, most, FORMAT, "refs/tags"])?;
    Ok(String::from_utf8_lossy(&answer).lines().filter_map(tag).collect())
}

/// Reads one line; none for a tag of a file or folder.
fn tag(line: &str) -> Option<Tag> {
    let mut parts = line.split('\0');
    let (name, kind, id) = (parts.next()?, parts.next()?, parts.next()?);
    let (inner_kind, inner_id, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let annotated = kind == "tag";
    let (kind, id) = if annotated { (inner_kind, inner_id) } else { (kind, id) };
    // A commit message may hold what looks like a signature: only a tag object's own counts.
    let signed = annotated && !signature.is_empty();
    (kind == "commit" && is_id(id)).then(|| Tag { name: name.to_owned(), commit: id.to_owned(), annotated, signed })
}
