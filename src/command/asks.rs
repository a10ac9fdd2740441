//! From targets to questions: what each target names, and how it can be looked at.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choices::Choices;
use super::{CommandError, Surroundings, local};
use crate::config::Entry;
use crate::fact::{Reason, RepoId, Target, Unknown};
use crate::source::replay::{self, Recording};
use crate::source::{self, checkout};
use crate::survey::{self, Ask};
use crate::target::{self, Aim, TargetError};
use crate::text::clean;

/// The target that stands for a list on standard input.
const INPUT: &str = "-";

/// Recorded answers, in the order of their files.
type Recordings = Vec<Recording>;

/// One thing to look at, before it is decided how.
struct Wanted {
    typed: OsString,
    /// What it names; why nothing can be asked about it, for an entry of the configuration that names nothing.
    aim: Result<Aim, Unknown>,
    /// The folder of a clone, for a repository that is judged by it.
    clone: Option<PathBuf>,
}

/// The questions for these targets; without any, for every recording, the configured fleet or the current folder.
///
/// # Errors
/// Targets that are not understood, all of them named; recordings that cannot be read.
pub fn read(
    targets: &[OsString],
    choices: &Choices,
    surroundings: &mut Surroundings<'_>,
) -> Result<Vec<Ask>, CommandError> {
    let recordings = choices.replay.as_deref().map(recordings).transpose()?;
    let replayed = recordings.is_some();
    let wanted = if !targets.is_empty() {
        named(targets, surroundings)?
    } else if let Some(recordings) = &recordings {
        return Ok(recorded(recordings));
    } else if choices.fleet.is_empty() {
        all(vec![OsString::from(".")], surroundings)?
    } else {
        configured(choices)
    };
    let wanted = expanded(wanted, replayed, choices, surroundings)?;
    let wanted = with_clones(wanted, choices);
    let asks = wanted.into_iter().enumerate();
    Ok(asks.map(|(index, wanted)| ask(index, wanted, recordings.as_ref(), choices)).collect())
}

fn recordings(folder: &Path) -> Result<Recordings, CommandError> {
    replay::read(folder)
        .map_err(|error| CommandError::usage(error.to_string(), "--replay takes a folder of recorded answers"))
}

/// A question for each recording, answered by it.
pub fn recorded(recordings: &[Recording]) -> Vec<Ask> {
    let ask = |(index, recording): (usize, &Recording)| Ask::Recorded {
        target: recording.target(index),
        observations: recording.observations_in_order(),
    };
    recordings.iter().enumerate().map(ask).collect()
}

/// The targets of the command line, with those on standard input in the place of `-`.
fn named(targets: &[OsString], surroundings: &mut Surroundings<'_>) -> Result<Vec<Wanted>, CommandError> {
    let mut list = Vec::new();
    for target in targets {
        if target == INPUT {
            list.extend(listed(surroundings.input)?);
        } else {
            list.push(target.clone());
        }
    }
    all(list, surroundings)
}

/// One target a line; blank lines and lines that begin with `#` count for nothing.
fn listed(input: &mut dyn BufRead) -> Result<Vec<OsString>, CommandError> {
    let mut list = Vec::new();
    for (number, line) in input.lines().enumerate() {
        let line = line.map_err(|error| {
            let message = format!("line {} of standard input cannot be read: {error}", number + 1);
            CommandError::usage(message, "`-` takes one target a line, in UTF-8")
        })?;
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            list.push(OsString::from(line));
        }
    }
    Ok(list)
}

/// Reads every target, or says what is wrong with each that is not understood.
fn all(names: Vec<OsString>, surroundings: &mut Surroundings<'_>) -> Result<Vec<Wanted>, CommandError> {
    let read = names.into_iter().map(|typed| match target::parse(&typed, target::look) {
        Ok(aim) => Ok(Wanted { typed, aim: Ok(aim), clone: None }),
        Err(error) => Err(error),
    });
    let (understood, refused): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    let mut refused: Vec<TargetError> = refused.into_iter().filter_map(Result::err).collect();
    let Some(last) = refused.pop() else { return Ok(understood.into_iter().flatten().collect()) };
    for error in refused {
        surroundings.say(&error.to_string());
    }
    Err(last.into())
}

/// The configured fleet. Folders are counted from the folder of the configuration.
fn configured(choices: &Choices) -> Vec<Wanted> {
    entries(&choices.fleet, "fleet", choices)
}

/// Entries of the configuration, which stand under a key. One that names nothing keeps nobody from judging the others.
fn entries(entries: &[Entry], key: &str, choices: &Choices) -> Vec<Wanted> {
    let read = |entry: &Entry| {
        wanted(entry, choices).unwrap_or_else(|error| {
            let why =
                Unknown::new(Reason::NotFound, format!("{error} (it stands under `{key}:` in the configuration)"));
            let why = why.settled_by(format!("a folder or a repository in its place under `{key}:`"));
            Wanted { typed: OsString::from(entry.target()), aim: Err(why), clone: None }
        })
    };
    entries.iter().map(read).collect()
}

/// Puts the repositories of groups and owners in the place of those that name them.
fn expanded(
    all: Vec<Wanted>,
    replayed: bool,
    choices: &Choices,
    surroundings: &mut Surroundings<'_>,
) -> Result<Vec<Wanted>, CommandError> {
    let mut list = Vec::new();
    for wanted in all {
        match &wanted.aim {
            Ok(Aim::Group(name)) => list.extend(expanded(group(name, choices)?, replayed, choices, surroundings)?),
            Ok(Aim::Owner(owner)) if !replayed => match owned(owner, choices, surroundings) {
                Some(repositories) => list.extend(repositories),
                None => list.push(wanted),
            },
            _ => list.push(wanted),
        }
    }
    Ok(list)
}

/// The repositories of a group. A group cannot name a group.
fn group(name: &str, choices: &Choices) -> Result<Vec<Wanted>, CommandError> {
    let Some(members) = choices.groups.get(name) else {
        let names = choices.groups.keys().map(String::as_str);
        let hint = match crate::text::typed::nearest(name, names) {
            Some(near) => format!("did you mean `@{near}`?"),
            None => "write it under `groups:` in the configuration".to_owned(),
        };
        return Err(CommandError::usage(format!("there is no group `{name}` in the configuration"), hint));
    };
    let all = entries(members, &format!("groups: {name}"), choices);
    match all.iter().find(|wanted| matches!(wanted.aim, Ok(Aim::Group(_)))) {
        Some(inner) => {
            let message = format!("the group `{name}` names the group {}", target::shown(&inner.typed));
            Err(CommandError::usage(message, "name the repositories themselves"))
        }
        None => Ok(all),
    }
}

/// The repositories of an owner that publish something; none where they cannot be listed, which is said.
fn owned(owner: &str, choices: &Choices, surroundings: &mut Surroundings<'_>) -> Option<Vec<Wanted>> {
    let network = choices.network.as_ref().filter(|_| !choices.offline)?;
    let listing = match survey::list_owner(network, owner, choices.forks_and_archived) {
        Ok(listing) => listing,
        Err(why) => {
            surroundings.say(&format!("{owner}/* cannot be listed: {}", why.detail));
            return None;
        }
    };
    let count = listing.publish.len();
    let left = |left: Option<u32>| left.map(|left| format!(" of {left} left")).unwrap_or_default();
    surroundings.say(&format!(
        "{owner}/*: {count} repositories publish something ({} do not, {} forks and archived ones are left out); they \
         need about {} points{} and {} requests{}",
        listing.silent,
        listing.aside,
        count * 2,
        left(listing.left.0),
        count * 7,
        left(listing.left.1)
    ));
    let one = |name: String| Wanted {
        typed: OsString::from(&name),
        aim: Ok(Aim::Repository { name, branch: None }),
        clone: None,
    };
    Some(listing.publish.into_iter().map(one).collect())
}

/// Most folders that are looked at for clones.
const MAX_FOLDERS: usize = 2000;

/// Gives each repository of the forge the clone that is found for it in the configured folders.
fn with_clones(mut all: Vec<Wanted>, choices: &Choices) -> Vec<Wanted> {
    let alone =
        |wanted: &Wanted| wanted.clone.is_none() && matches!(wanted.aim, Ok(Aim::Repository { branch: None, .. }));
    if choices.clones.is_empty() || !all.iter().any(alone) {
        return all;
    }
    let found = clones(choices);
    for wanted in all.iter_mut().filter(|wanted| alone(wanted)) {
        if let Ok(Aim::Repository { name, .. }) = &wanted.aim {
            wanted.clone = found.get(&name.to_lowercase()).cloned();
        }
    }
    all
}

/// The clone that is found for a repository in the configured folders.
pub fn found_clone(name: &str, choices: &Choices) -> Option<PathBuf> {
    clones(choices).remove(&name.to_lowercase())
}

/// Clones by the name of their remote in lower case: those directly in a folder first.
fn clones(choices: &Choices) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let roots = choices.clones.iter().map(|folder| choices.fleet_base.join(crate::state::expand(folder)));
    let mut level: Vec<PathBuf> = roots.collect();
    let mut looked = 0;
    for _ in 0..2 {
        let mut below = Vec::new();
        for folder in level {
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
            paths.sort();
            for path in paths.into_iter().filter(|path| target::look(path) == target::Kind::Folder) {
                looked += 1;
                if looked > MAX_FOLDERS {
                    return found;
                }
                match source::git::remote(&path) {
                    Some(remote) => drop(found.entry(remote.full_name().to_lowercase()).or_insert(path)),
                    None => below.push(path),
                }
            }
        }
        level = below;
    }
    found
}

fn wanted(entry: &Entry, choices: &Choices) -> Result<Wanted, TargetError> {
    let expand = |path: &str| choices.fleet_base.join(crate::state::expand(path));
    let typed = OsString::from(entry.target());
    let place = expand(entry.target());
    let aim = match target::look(&place) {
        target::Kind::Folder => Aim::Folder(place),
        _ => target::parse(&typed, |path| target::look(&choices.fleet_base.join(path)))?,
    };
    let clone = entry.clone_folder().map(expand);
    if let Some(folder) = clone.as_deref().filter(|folder| target::look(folder) != target::Kind::Folder) {
        let reason = "is no folder that can be seen, and is named as a clone".to_owned();
        return Err(TargetError {
            typed: target::shown(folder.as_os_str()),
            reason,
            hint: "clone the repository there",
        });
    }
    Ok(Wanted { typed, aim: Ok(aim), clone })
}

fn ask(index: usize, wanted: Wanted, recordings: Option<&Recordings>, choices: &Choices) -> Ask {
    let Wanted { typed, aim, clone } = wanted;
    let shown = target::shown(&typed);
    let id = RepoId { index, target: Arc::from(shown.as_str()) };
    let aim = match aim {
        Ok(aim) => aim,
        Err(why) => return Ask::Unreachable { target: Target { id, repository: None, path: None, whole: None }, why },
    };
    match (aim, clone) {
        (Aim::Folder(folder), _) => from_folder(id, None, &folder),
        (Aim::Repository { name, .. }, Some(folder)) => from_folder(id, Some(name), &folder),
        (Aim::Repository { name, branch }, None) => {
            let named = |recording: &&Recording| recording.repository.as_deref().unwrap_or(&recording.target) == name;
            let recorded = recordings.and_then(|all| all.iter().find(named)).filter(|_| branch.is_none());
            let target = Target { id, repository: Some(name.clone()), path: None, whole: None };
            match recorded {
                Some(recording) => Ask::Recorded { target, observations: recording.observations_in_order() },
                None if recordings.is_none() && can_ask(choices) => Ask::Remote { target, name, branch },
                None => Ask::Unreachable { target, why: unreachable(&name, recordings.is_some(), choices) },
            }
        }
        (Aim::Owner(_) | Aim::Group(_), _) => {
            let why = unreachable(&shown, recordings.is_some(), choices);
            Ask::Unreachable { target: Target { id, repository: None, path: None, whole: None }, why }
        }
    }
}

fn from_folder(id: RepoId, repository: Option<String>, folder: &Path) -> Ask {
    // The folder was seen when the target was read; if it is gone since, reading it says so.
    let root = checkout::root(folder).unwrap_or_else(|_| folder.to_owned());
    let path = Some(clean::line(&root.to_string_lossy()).into_owned());
    let whole = local::whole(&root);
    Ask::Folder { target: Target { id, repository, path, whole }, root }
}

/// Whether the forge can be asked, or answers of it are kept.
fn can_ask(choices: &Choices) -> bool {
    let kept = |folder: &PathBuf| folder.is_dir();
    choices.network.as_ref().is_some_and(|network| !choices.offline || network.cache.as_ref().is_some_and(kept))
}

/// Why nothing can be asked about a repository of the forge.
fn unreachable(name: &str, replayed: bool, choices: &Choices) -> Unknown {
    let reason = if replayed {
        "there is no recording of it"
    } else if choices.offline {
        "--offline asks nothing"
    } else {
        "it could not be listed"
    };
    Unknown::new(Reason::Offline, format!("{name} was not looked at: {reason}"))
}

/// What a person should hear about a question before its answer: that nothing will be asked.
pub fn remark(ask: &Ask) -> Option<String> {
    match ask {
        Ask::Unreachable { why, .. } if why.settle.is_some() => Some(why.detail.clone()),
        Ask::Unreachable { why, .. } => Some(format!("{}; clone it and name the folder", why.detail)),
        Ask::Folder { root, .. } => checkout::none_here(root).map(|why| why.detail),
        Ask::Remote { .. } | Ask::Recorded { .. } => None,
    }
}

/// Whether a target was probably meant as a command.
pub fn meant_command<'a>(typed: &OsStr, commands: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_str().filter(|text| text.chars().all(|c| c.is_ascii_lowercase()))?;
    crate::text::typed::nearest(typed, commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_skip_blanks_and_comments() {
        let mut input = "# fleet\n\n  o/r \r\n./a b\n-\n".as_bytes();
        assert_eq!(listed(&mut input).unwrap(), ["o/r", "./a b", "-"]);
        let error = listed(&mut &b"o/r\n\xff\n"[..]).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn mistyped_commands_are_told_from_targets() {
        let commands = || ["check", "explain"].into_iter();
        assert_eq!(meant_command(OsStr::new("chekc"), commands()), Some("check"));
        assert_eq!(meant_command(OsStr::new("o/check"), commands()), None);
        assert_eq!(meant_command(OsStr::new("something"), commands()), None);
    }

    #[test]
    fn folders_of_the_configuration_count_from_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("clone/.git")).unwrap();
        let cloned = |target: &str| {
            Entry::Cloned(crate::config::Cloned { target: target.to_owned(), clone: Some("clone".to_owned()) })
        };
        let mut choices = Choices { fleet_base: folder.path().to_owned(), ..Choices::default() };
        choices.fleet = vec![Entry::Target("clone".to_owned()), cloned("o/r"), Entry::Target("o/s".to_owned())];
        let asks: Vec<_> = configured(&choices).into_iter().map(|w| ask(0, w, None, &choices)).collect();
        assert!(
            matches!(&asks[0], Ask::Folder { root, target } if root.ends_with("clone") && target.repository.is_none())
        );
        assert!(matches!(&asks[1], Ask::Folder { target, .. } if target.repository.as_deref() == Some("o/r")));
        assert!(matches!(&asks[2], Ask::Unreachable { .. }));
        choices.fleet = vec![Entry::Target("not there".to_owned())];
        let bad = configured(&choices).remove(0).aim.unwrap_err();
        assert!(bad.detail.contains("not there") && bad.detail.contains("`fleet:`"), "{bad:?}");
    }
}
