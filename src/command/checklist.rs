//! `checklist`: the walk through a release, asked in plain lines on a terminal or answered by a file.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::choices::Choices;
use super::gather::{self, Ending};
use super::{CommandError, DONE, INTERRUPTED, NOT_READY, Surroundings, UNDECIDED, asks, check, output};
use crate::checklist::{Outcome, Walk, signoff, steps, version};
use crate::cli::{Check, Checklist, Everywhere};
use crate::fact::{Fact, RepoId};
use crate::fleet::{Fleet, Repo};
use crate::kept::signoffs;
use crate::source::git;
use crate::survey::{Ask, Options};
use crate::target;

mod file;
pub mod kept;
mod prompt;
mod show;

/// A form in which a walk is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Markdown,
    Json,
    Comment,
}

impl Form {
    fn of_word(word: &str) -> Option<Self> {
        match word {
            "text" => Some(Self::Text),
            "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            "comment" => Some(Self::Comment),
            _ => None,
        }
    }

    /// The form and the file of `FILE` or `FORM=FILE`.
    fn of_file(typed: &str) -> Option<(Self, &str)> {
        if let Some((form, file)) = typed.split_once('=').and_then(|(word, file)| Some((Self::of_word(word)?, file))) {
            return Some((form, file));
        }
        let ending = Path::new(typed).extension().and_then(OsStr::to_str).map(str::to_lowercase);
        match ending.as_deref() {
            Some("md" | "markdown") => Some((Self::Markdown, typed)),
            Some("json") => Some((Self::Json, typed)),
            _ => None,
        }
    }
}

/// Walks through the release of each target and answers the exit code: the worst of them.
///
/// # Errors
/// Targets, answers and kept files that are not understood; an output that cannot be written.
pub fn run(
    arguments: &Checklist,
    everywhere: &Everywhere,
    surroundings: &mut Surroundings<'_>,
) -> Result<u8, CommandError> {
    let outputs = outputs(&arguments.outputs)?;
    for (_, path) in outputs.iter().filter(|(form, _)| *form != Form::Text) {
        replaceable(path, |_| false)?;
    }
    if let Some(mistake) = arguments.release.as_deref().and_then(version::mistake) {
        let typed = target::shown(OsStr::new(arguments.release.as_deref().unwrap_or_default()));
        return Err(CommandError::usage(format!("`{typed}` is no version: {mistake}"), "write it as the index has it"));
    }
    let given = arguments.answers.as_deref().map(file::read).transpose()?;
    let choices = Choices::of(everywhere, &Check::default(), surroundings)?;
    let asks = asks::read(&arguments.targets, &choices, surroundings)?;
    for remark in asks.iter().filter_map(asks::remark) {
        surroundings.say(&remark);
    }
    let roots = roots(&asks);
    let waivers = check::waivers(&asks, &choices, surroundings)?;
    let options = Options { topics: None, ..choices.survey() };
    let (mut fleet, ending) = gather::gather(asks, &options, choices.rules.clone(), gather::Watch::default())?;
    for (repo, declared) in waivers {
        fleet.set_waivers(&repo, declared);
    }
    if ending != Ending::Complete {
        surroundings.say("interrupted: nothing was asked and nothing changed");
        return Ok(INTERRUPTED);
    }
    if fleet.repos.len() > 1 && !outputs.is_empty() {
        let message = "--output takes the sign-off of one repository, and several were named";
        return Err(CommandError::usage(message, "name one target, or leave --output out"));
    }
    let mut worst = if fleet.repos.is_empty() { Outcome::Open } else { Outcome::SignedOff };
    let mut session =
        Session { arguments, choices: &choices, who: name(arguments, fleet.login.as_deref()), given: given.as_ref() };
    for repo in fleet.repos.values() {
        let (walk, paused) = session.walk(repo, &fleet, roots.get(&repo.target.id), surroundings)?;
        write(&walk, arguments, &choices, &outputs, surroundings)?;
        worst = worst.max(walk.outcome());
        if paused {
            break;
        }
    }
    Ok(match worst {
        Outcome::SignedOff => DONE,
        Outcome::Open => UNDECIDED,
        Outcome::Stopped | Outcome::Blocked => NOT_READY,
    })
}

/// Where the working trees are.
fn roots(asks: &[Ask]) -> HashMap<RepoId, PathBuf> {
    let root = |ask: &Ask| match ask {
        Ask::Folder { target, root, .. } => Some((target.id.clone(), root.clone())),
        _ => None,
    };
    asks.iter().filter_map(root).collect()
}

/// Who answers: as named, else as the forge calls the token's owner, else as the session of the system is.
fn name(arguments: &Checklist, login: Option<&str>) -> Option<String> {
    let named = arguments.name.clone().or_else(|| login.map(str::to_owned));
    named.or_else(super::dashboard::name)
}

fn outputs(typed: &[String]) -> Result<Vec<(Form, PathBuf)>, CommandError> {
    let read = |typed: &String| {
        Form::of_file(typed)
            .filter(|(_, file)| !file.is_empty())
            .map(|(form, file)| (form, PathBuf::from(file)))
            .ok_or_else(|| {
                let message = format!("the ending of `{}` tells no form", target::shown(OsStr::new(typed)));
                CommandError::usage(message, "write FORM=FILE with one of text, markdown, json, comment")
            })
    };
    typed.iter().map(read).collect()
}

/// What stays the same from one repository to the next.
struct Session<'a> {
    arguments: &'a Checklist,
    choices: &'a Choices,
    who: Option<String>,
    given: Option<&'a file::Given>,
}

impl Session<'_> {
    /// Walks through one repository; says whether the person wants to pause.
    fn walk(
        &mut self,
        repo: &Repo,
        fleet: &Fleet,
        root: Option<&PathBuf>,
        surroundings: &mut Surroundings<'_>,
    ) -> Result<(Walk, bool), CommandError> {
        let (release, after) = (self.arguments.release.as_deref(), self.arguments.after.as_deref());
        let has_clone = repo.facts.git.value().is_some_and(Option::is_some);
        let tree: Option<Fact<_>> = root.filter(|_| has_clone).map(|root| git::tree(root));
        let subject = steps::subject(repo, &fleet.rules, release, after);
        let all = steps::of(repo, tree.as_ref(), &subject);
        let kept = kept::Kept::of(repo, subject.release.as_deref());
        let mut walk = Walk::new(subject, all, &kept.read()?, surroundings.now);
        for id in &self.arguments.retract {
            if !walk.retract(id) {
                return Err(CommandError::usage(
                    format!("there is no answer to `{}`", target::shown(OsStr::new(id))),
                    "`--format json` lists the steps",
                ));
            }
        }
        if let Some(given) = self.given {
            given.apply(&mut walk, self.who.as_deref(), surroundings.now)?;
        }
        kept.write(&walk, surroundings);
        let asks = self.given.is_none() && surroundings.environment.interactive && !self.arguments.no_questions;
        let paused = asks && prompt::run(&mut walk, &mut self.who, &kept, &self.choices.style, surroundings)?;
        kept.write(&walk, surroundings);
        Ok((walk, paused))
    }
}

fn write(
    walk: &Walk,
    arguments: &Checklist,
    choices: &Choices,
    outputs: &[(Form, PathBuf)],
    surroundings: &mut Surroundings<'_>,
) -> Result<(), CommandError> {
    for (form, path) in outputs {
        // As a text it has no mark of its own: its first line tells the name and how the walk stands.
        let heading = |text: &str| {
            let first = text.lines().next().unwrap_or_default();
            let ends = [Outcome::SignedOff, Outcome::Open, Outcome::Stopped, Outcome::Blocked];
            first.contains(walk.subject.called()) && ends.iter().any(|end| first.contains(&format!("  {}", end.word())))
        };
        replaceable(path, |text| *form == Form::Text && heading(text))?;
        output::put(path, written(walk, *form, choices)?.as_bytes())?;
    }
    let form = Form::of_word(&arguments.format).unwrap_or(Form::Text);
    surroundings.output.write_all(written(walk, form, choices)?.as_bytes())?;
    Ok(())
}

/// Refuses a file that holds anything but a sign-off.
fn replaceable(path: &Path, known: impl Fn(&str) -> bool) -> Result<(), CommandError> {
    signoffs::may_replace(path, known)
        .map_err(|why| CommandError::usage(why, "only a sign-off is replaced by a newer one"))
}

fn written(walk: &Walk, form: Form, choices: &Choices) -> Result<String, CommandError> {
    match form {
        Form::Text => Ok(show::text(walk, &choices.style)?),
        Form::Markdown => Ok(signoff::markdown(walk)),
        Form::Json => Ok(signoff::json(walk)),
        Form::Comment => signoff::boxes(walk).ok_or_else(|| {
            let message = format!("{} keeps no list with boxes", walk.subject.called());
            CommandError::usage(message, "boxes are read from release templates and release pages: `- [ ] text`")
        }),
    }
}
