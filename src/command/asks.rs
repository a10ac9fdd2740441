//! From targets to questions: what each target names, and how it can be looked at.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use super::choices::Choices;
use super::{CommandError, Surroundings};
use crate::config::Entry;
use crate::fact::{Observation, Reason, RepoId, Target, Unknown};
use crate::survey::{self, Ask};
use crate::target::{self, Aim, TargetError};
use crate::text::clean;

/// The target that stands for a list on standard input.
const INPUT: &str = "-";

/// Recorded answers by repository.
type Recordings = BTreeMap<String, Vec<Observation>>;

/// One thing to look at, before it is decided how.
struct Wanted {
    typed: OsString,
    aim: Aim,
    /// The folder of a clone, for a repository that is judged by it.
    clone: Option<std::path::PathBuf>,
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
    let wanted = if !targets.is_empty() {
        named(targets, surroundings)?
    } else if let Some(recordings) = &recordings {
        all(recordings.keys().map(OsString::from).collect(), surroundings)?
    } else if choices.fleet.is_empty() {
        all(vec![OsString::from(".")], surroundings)?
    } else {
        configured(choices)?
    };
    let asks = wanted.into_iter().enumerate();
    Ok(asks.map(|(index, wanted)| ask(index, wanted, recordings.as_ref(), choices)).collect())
}

fn recordings(folder: &Path) -> Result<Recordings, CommandError> {
    survey::recorded(folder)
        .map_err(|message| CommandError::usage(message, "--replay takes a folder of recorded answers"))
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
        Ok(aim) => Ok(Wanted { typed, aim, clone: None }),
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
fn configured(choices: &Choices) -> Result<Vec<Wanted>, CommandError> {
    let read = choices.fleet.iter().map(|entry| {
        wanted(entry, choices).map_err(|error| {
            let hint = format!("it stands under `fleet:` in the configuration; {}", error.hint);
            CommandError::usage(error.to_string(), hint)
        })
    });
    read.collect()
}

fn wanted(entry: &Entry, choices: &Choices) -> Result<Wanted, TargetError> {
    let expand = |path: &str| choices.fleet_base.join(crate::state::expand(path));
    let typed = OsString::from(entry.target());
    let place = expand(entry.target());
    let aim = match target::look(&place) {
        target::Kind::Folder => Aim::Folder(place),
        _ => target::parse(&typed, |_| target::Kind::Nothing)?,
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
    Ok(Wanted { typed, aim, clone })
}

fn ask(index: usize, wanted: Wanted, recordings: Option<&Recordings>, choices: &Choices) -> Ask {
    let Wanted { typed, aim, clone } = wanted;
    let shown = target::shown(&typed);
    let id = RepoId { index, target: Arc::from(shown.as_str()) };
    match (aim, clone) {
        (Aim::Folder(folder), _) => from_folder(id, None, &folder),
        (Aim::Repository { name, .. }, Some(folder)) => from_folder(id, Some(name), &folder),
        (Aim::Repository { name, branch }, None) => {
            let recorded = recordings.and_then(|all| all.get(&name)).filter(|_| branch.is_none()).cloned();
            let target = Target { id, repository: Some(name.clone()), path: None };
            match recorded {
                Some(observations) => Ask::Recorded { target, observations },
                None => Ask::Unreachable { target, why: unreachable(&name, recordings.is_some(), choices) },
            }
        }
        (Aim::Owner(_), _) => {
            let why = unreachable(&shown, recordings.is_some(), choices);
            Ask::Unreachable { target: Target { id, repository: None, path: None }, why }
        }
    }
}

fn from_folder(id: RepoId, repository: Option<String>, folder: &Path) -> Ask {
    let root = target::root_of(folder);
    let path = Some(clean::line(&root.to_string_lossy()).into_owned());
    Ask::Folder { target: Target { id, repository, path }, root }
}

/// Why nothing can be asked about a repository of the forge.
fn unreachable(name: &str, replayed: bool, choices: &Choices) -> Unknown {
    let reason = if replayed {
        "there is no recording of it"
    } else if choices.offline {
        "--offline asks nothing"
    } else {
        "this version judges folders and asks no forge"
    };
    Unknown::new(Reason::Offline, format!("{name} was not looked at: {reason}"))
}

/// What a person should hear about a question before its answer: that nothing will be asked.
pub fn remark(ask: &Ask) -> Option<String> {
    let Ask::Unreachable { why, .. } = ask else { return None };
    Some(format!("{}; clone it and name the folder", why.detail))
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
        let asks: Vec<_> = configured(&choices).unwrap().into_iter().map(|w| ask(0, w, None, &choices)).collect();
        assert!(
            matches!(&asks[0], Ask::Folder { root, target } if root.ends_with("clone") && target.repository.is_none())
        );
        assert!(matches!(&asks[1], Ask::Folder { target, .. } if target.repository.as_deref() == Some("o/r")));
        assert!(matches!(&asks[2], Ask::Unreachable { .. }));
        choices.fleet = vec![Entry::Target("not there".to_owned())];
        let CommandError::Usage { hint, .. } = configured(&choices).err().unwrap() else { panic!("not usage") };
        assert!(hint.unwrap().contains("fleet:"));
    }
}
