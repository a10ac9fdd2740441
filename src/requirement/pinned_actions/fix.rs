//! The fix of R08: a full commit SHA in the place of a tag, with the version it stands for in a comment.

use std::collections::BTreeMap;

use super::super::amend::{Draft, Written, refusal};
use super::super::{FixOffer, Proposal, Refusal, Safety};
use super::{META, Scope, Used, is_slsa_generator, same_version};
use crate::fact::Facts;
use crate::fact::artifact::Pin;
use crate::fact::workflow::uses::{PinKind, version_in};
use crate::fact::workflow::{Reference, Uses};
use crate::text::splice::Edit;
use crate::text::yaml::edit::EditError;
use crate::text::{Span, clean};

const TAGS: &str = "pin actions to the full commit SHA of the version they name";
const BRANCHES: &str = "pin actions to the commit that the branch they name points to today";

/// Whether there is something to pin, and how safe that is.
pub fn offer(facts: &Facts, uses: &[Used<'_>]) -> Option<FixOffer> {
    let loose = uses.iter().filter(|used| can_be_pinned(used.uses)).map(|used| safety(facts, used.uses));
    match loose.min_by_key(|safety| *safety == Safety::Review)? {
        Safety::Safe => Some(FixOffer::safe(TAGS)),
        Safety::Review => Some(FixOffer::review(BRANCHES)),
    }
}

/// One fix for the tags of each file, and one for its branches.
pub fn propose(facts: &Facts, scope: &Scope) -> Proposal {
    let mut proposal = Proposal::default();
    let mut files: BTreeMap<&str, Vec<Used<'_>>> = BTreeMap::new();
    for used in scope.uses(&facts.workflows).into_iter().filter(|used| super::is_loose(used.uses)) {
        files.entry(used.path).or_default().push(used);
    }
    for (path, mut uses) in files {
        uses.sort_by_key(|used| used.uses.text.span.start);
        uses.dedup_by_key(|used| used.uses.text.span);
        match Written::read(facts, path) {
            Ok(file) => of_file(facts, &file, &uses, &mut proposal),
            Err(why) => proposal.refusals.push(refusal(&META, path, why, "")),
        }
    }
    proposal
}

fn of_file(facts: &Facts, file: &Written, uses: &[Used<'_>], proposal: &mut Proposal) {
    let path = file.path.as_str();
    let mut tags = Draft::new(&META, Safety::Safe, format!("{TAGS} ({path})"));
    let mut branches = Draft::new(&META, Safety::Review, format!("{BRANCHES} ({path})"));
    for used in uses {
        match pin(facts, file, used) {
            Ok((Safety::Safe, edits)) => tags.edit(path, edits),
            Ok((Safety::Review, edits)) => {
                branches.edit(path, edits);
                let shown = clean::short(used.uses.text.trimmed(), 100);
                branches.note(format!("{shown} names a branch: its newest commit was taken, which may be no release"));
            }
            Err(refused) => proposal.refusals.push(refused),
        }
    }
    proposal.fixes.extend([tags.finish(), branches.finish()].into_iter().flatten());
}

/// Whether a `uses:` is a tag or a branch that a commit can stand for.
fn can_be_pinned(uses: &Uses) -> bool {
    matches!(uses.pin(), Some(PinKind::Name | PinKind::Partial)) && !is_slsa_generator(uses)
}

/// A tag of the commit it leads to is pinned without a change; a branch stops moving. Unasked, the name tells.
fn safety(facts: &Facts, uses: &Uses) -> Safety {
    let named = uses.git_ref().unwrap_or_default();
    let is_tag = match resolved(facts, uses) {
        Some(Pin { tags, commit, .. }) => {
            let short = commit.as_ref().is_some_and(|commit| commit.starts_with(&named.to_lowercase()));
            let version = |tag: &String| tag == named || (is_version(named) && same_version(tag, named));
            tags.iter().any(version) || (short && uses.pin() == Some(PinKind::Partial))
        }
        None => is_version(named),
    };
    if is_tag { Safety::Safe } else { Safety::Review }
}

/// Whether a reference is called like a version: `v4`, `1.2.3`, `2024.10`.
fn is_version(named: &str) -> bool {
    named.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit())
}

fn key(uses: &Uses) -> String {
    let named = uses.git_ref().unwrap_or_default().to_lowercase();
    format!("{}@{named}", uses.repository().unwrap_or_default())
}

fn resolved<'a>(facts: &'a Facts, uses: &Uses) -> Option<&'a Pin> {
    facts.pins.value()?.get(&key(uses))
}

fn pin(facts: &Facts, file: &Written, used: &Used<'_>) -> Result<(Safety, Vec<Edit>), Refusal> {
    let shown = clean::short(used.uses.text.trimmed(), 100);
    let refuse = |why: &str, snippet: &str| refusal(&META, &file.path, format!("`{shown}` {why}"), snippet);
    if is_slsa_generator(used.uses) {
        return Err(refuse("cannot be pinned to a SHA: it checks the tag it is called by", ""));
    }
    let Reference::Remote { git_ref, .. } = &used.uses.reference else {
        let why = match used.uses.reference {
            Reference::Docker(_) => "needs the digest of the image, which only its registry knows",
            _ => "is nothing that GitHub would run",
        };
        return Err(refuse(why, ""));
    };
    let Some(pin) = resolved(facts, used.uses) else {
        let why =
            format!("was not resolved: name the commit of {} with `--pins FILE`, or allow the network", key(used.uses));
        return Err(refuse(&why, ""));
    };
    let Some(commit) = pin.commit.as_deref().filter(|commit| is_sha(commit)) else {
        return Err(refuse("names no tag, branch or commit of that repository", ""));
    };
    if pin.reachable == Some(false) {
        return Err(refuse("leads to a commit that no branch or tag of that repository reaches", ""));
    }
    let version = version_of(pin, git_ref);
    let action = used.uses.text.trimmed().rsplit_once('@').map_or("", |(action, _)| action);
    let snippet = format!("uses: {action}@{commit} # {version}");
    let edits = edits(file, used, &format!("{action}@{commit}"), &version);
    edits.map(|edits| (safety(facts, used.uses), edits)).map_err(|why| refuse(&why, &snippet))
}

fn edits(file: &Written, used: &Used<'_>, value: &str, version: &str) -> Result<Vec<Edit>, String> {
    let scalar = file.doc.scalar_at(used.uses.text.span).ok_or("is not where it was read")?;
    if used.uses.text.alias.is_some() {
        return Err("is reached through an alias, and other places would change with it".to_owned());
    }
    let new = file.doc.replace(scalar, value).map_err(|error| error.to_string())?;
    let comment = match file.doc.comment_behind(scalar) {
        Some(place) => Some(commented(file.doc.text(), place, version)),
        None => file.doc.append_comment(scalar, version),
    };
    // In one line of braces or brackets no comment can follow, and a bare SHA names no version that can be checked.
    let comment = comment.ok_or_else(|| format!("{}: give it lines of its own", EditError::Flow))?;
    Ok(vec![new, comment])
}

/// A comment with the version in it: in the place of the version it names first, else before its words.
fn commented(text: &str, place: Span, version: &str) -> Edit {
    let comment = place.slice(text).trim_end();
    let first = comment.trim_start_matches('#').split_whitespace().next().unwrap_or_default();
    let named = version_in(first).filter(|named| !named.is_empty());
    match named.and_then(|named| Some((comment.find(named.as_str())?, named))) {
        Some((at, named)) => {
            let start = place.start + at;
            Edit { span: Span::new(start, start + named.len()), text: version.to_owned() }
        }
        None => Edit { span: Span::new(place.start, place.start), text: format!("# {version} ") },
    }
}

/// The longest version among the tags of a commit that agrees with the reference; without tags the reference itself.
fn version_of(pin: &Pin, named: &str) -> String {
    let plain = |tag: &&String| {
        !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || "._-+/".contains(c)) && tag.len() <= 60
    };
    let fits = |tag: &&String| !is_version(named) || same_version(tag, named);
    let versions = || pin.tags.iter().filter(plain).filter(|tag| is_version(tag));
    let longest =
        versions().filter(fits).max_by_key(|tag| tag.len()).or_else(|| versions().max_by_key(|tag| tag.len()));
    longest.cloned().unwrap_or_else(|| clean::short(named, 60))
}

fn is_sha(commit: &str) -> bool {
    crate::fact::workflow::uses::pin_kind(commit) == PinKind::Full
}

#[cfg(test)]
mod tests;
