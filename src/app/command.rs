//! The command line: every action by its name, and a few words that take an argument, with completion.

use super::action::{ACTIONS, named};
use super::field::Field;
use super::filter::{self, Filter};
use super::key::{Code, Key};
use super::matrix::{Sort, requirement_named};
use super::message::Effect;
use super::{Mode, Model, Place};
use crate::config::{Glyphs, Theme};
use crate::text::{clean, typed};

/// Words that take an argument: name, what it takes, and what it does.
pub const WORDS: &[(&str, &str, &str)] = &[
    ("filter", "TEXT", "filter the fleet: letters of a name, R08:fail, is:unknown, not:is:stale"),
    ("sort", "COLUMN", "sort the fleet: listed, verdict, name, updated, or a requirement"),
    ("open", "NAME", "go to a repository or a requirement"),
    ("theme", "NAME", "colours: dark, light or mono"),
    ("glyphs", "NAME", "marks and lines: unicode or ascii"),
    ("release", "VERSION", "walk through the release of another version"),
    ("name", "NAME", "who answers the checklist"),
];

/// Short forms that people type out of habit, and the action each stands for.
const SHORT: &[(&str, &str)] = &[("q", "quit"), ("q!", "quit"), ("qa", "quit"), ("exit", "quit"), ("h", "help")];

/// Forms that would write and leave elsewhere; here nothing is open that could be written.
const WRITE_AND_LEAVE: &[&str] = &["wq", "wq!", "x", "wqa"];

/// How many commands are remembered.
const MOST_REMEMBERED: usize = 50;

/// A command that is being typed.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// What was typed.
    pub field: Field,
    /// Why it was not done, until something else is typed.
    pub mistake: Option<String>,
    /// Which of the completions was taken last.
    taken: Option<usize>,
    /// What was typed before completions were taken, or an earlier command.
    stem: String,
    /// Which of the earlier commands is shown, counted from the last one.
    earlier: Option<usize>,
}

impl CommandLine {
    /// Takes a pasted text.
    pub fn paste(&mut self, text: &str) {
        self.field.paste(text);
        self.typed();
    }

    /// What the text could become: whole lines, without those that do not work here.
    pub fn completions(&self, model: &Model) -> Vec<String> {
        let stem = if self.taken.is_some() { self.stem.as_str() } else { self.field.text() };
        completions(stem, model)
    }

    /// The word whose argument is being typed, with what it takes and what it does.
    pub fn word(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let (word, _) = self.field.text().split_once(' ')?;
        WORDS.iter().find(|(name, _, _)| *name == word).copied()
    }

    /// Something else stands there now.
    fn typed(&mut self) {
        (self.taken, self.earlier, self.mistake) = (None, None, None);
    }

    fn complete(&mut self, model: &Model, forward: bool) {
        if self.taken.is_none() {
            self.stem = self.field.text().to_owned();
        }
        let found = completions(&self.stem, model);
        let Some(last) = found.len().checked_sub(1) else { return };
        let next = match (self.taken, forward) {
            (None, true) => 0,
            (None | Some(0), false) => last,
            (Some(at), true) => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            (Some(at), false) => at - 1,
        };
        self.typed();
        self.taken = Some(next);
        self.field = Field::with(found.get(next).map_or("", String::as_str));
    }

    /// Brings an earlier command, or a later one, and at the end what was typed.
    fn recall(&mut self, commands: &[String], back: bool) {
        let next = match (self.earlier, back) {
            (None, true) => Some(0),
            (None, false) => return,
            (Some(at), true) => Some((at + 1).min(commands.len().saturating_sub(1))),
            (Some(at), false) => at.checked_sub(1),
        };
        if self.earlier.is_none() {
            self.stem = self.field.text().to_owned();
        }
        let shown = next.map_or(Some(&self.stem), |next| commands.iter().rev().nth(next));
        let Some(text) = shown.cloned() else { return };
        self.typed();
        self.earlier = next;
        self.field = Field::with(&text);
    }

    /// The completion taken last.
    pub const fn taken(&self) -> Option<usize> {
        self.taken
    }
}

fn completions(stem: &str, model: &Model) -> Vec<String> {
    if let Some((word, rest)) = stem.split_once(' ') {
        let rest = rest.trim_start();
        // A filter is several words, of which the last one is being typed.
        let (before, last) = match word {
            "filter" => rest.rfind(' ').map_or(("", rest), |at| rest.split_at(at + 1)),
            _ => ("", rest),
        };
        let fits = |argument: &String| starts(argument, last) || (word == "open" && holds(argument, last));
        let fitting = arguments(word, last, model).into_iter().filter(fits);
        return fitting.take(40).map(|argument| format!("{word} {before}{argument}")).collect();
    }
    let words = WORDS.iter().map(|(name, _, _)| (*name).to_owned());
    let here = ACTIONS.iter().filter(|entry| entry.lives_on(model.place)).map(|entry| entry.name.to_owned());
    let mut all: Vec<String> = words.chain(here).filter(|name| starts(name, stem)).collect();
    all.sort();
    all.dedup();
    all
}

/// What may stand behind a word, whose argument begins so.
fn arguments(word: &str, begun: &str, model: &Model) -> Vec<String> {
    let ids = model.columns().into_iter().map(|meta| meta.id.to_owned());
    match word {
        "sort" => ["listed", "verdict", "name", "updated"].map(str::to_owned).into_iter().chain(ids).collect(),
        "theme" => Theme::ALL.iter().map(|theme| theme.word().to_owned()).collect(),
        "glyphs" => Glyphs::ALL.iter().map(|glyphs| glyphs.word().to_owned()).collect(),
        "open" => model.fleet.repos.keys().map(|id| id.target.to_string()).chain(ids).collect(),
        "filter" => match begun.split_once(':').filter(|(before, _)| requirement_named(before).is_some()) {
            Some((before, _)) => filter::verdicts().map(|verdict| format!("{before}:{verdict}")).collect(),
            None => {
                filter::states().map(|state| format!("is:{state}")).chain(ids.map(|id| format!("{id}:fail"))).collect()
            }
        },
        _ => Vec::new(),
    }
}

fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn starts(text: &str, stem: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    stem.chars().flat_map(char::to_lowercase).all(|c| text.next() == Some(c))
}

impl Model {
    pub(super) fn type_command(&mut self, key: Key, mut line: CommandLine) -> Vec<Effect> {
        match key.code {
            Code::Esc => return Vec::new(),
            Code::Backspace if line.field.text().is_empty() => return Vec::new(),
            Code::Enter => {
                let text = line.field.text().trim().to_owned();
                self.remember(&text);
                match self.command(&text) {
                    Ok(effects) => return effects,
                    // The line stays, so that it can be put right.
                    Err(mistake) => line.mistake = Some(mistake),
                }
            }
            Code::Tab => line.complete(self, true),
            Code::BackTab => line.complete(self, false),
            Code::Up => line.recall(&self.commands, true),
            Code::Down => line.recall(&self.commands, false),
            _ => {
                line.field.take(key);
                line.typed();
            }
        }
        self.mode = Mode::Command(line);
        Vec::new()
    }

    /// Keeps a command, to be brought back.
    fn remember(&mut self, text: &str) {
        if text.is_empty() || self.commands.last().is_some_and(|last| last == text) {
            return;
        }
        self.commands.push(text.to_owned());
        let over = self.commands.len().saturating_sub(MOST_REMEMBERED);
        self.commands.drain(..over);
    }

    /// Does what a command line says, or answers why not and what was probably meant.
    fn command(&mut self, text: &str) -> Result<Vec<Effect>, String> {
        let (word, argument) = text.split_once(' ').unwrap_or((text, ""));
        let argument = argument.trim();
        match word {
            "" => {}
            "filter" if !argument.is_empty() => {
                if let Some(mistake) = Filter::parse(argument).mistake() {
                    return Err(mistake.to_owned());
                }
                self.return_to_fleet();
                self.set_filter(argument);
                if let Some(words) = self.wrong_filter() {
                    self.refuse(words);
                }
            }
            "sort" if !argument.is_empty() => {
                let takes = "sort takes listed, verdict, name, updated, or a requirement such as R08";
                let sort = Sort::named(argument);
                let sort = sort.ok_or_else(|| meant(takes, argument, &arguments("sort", "", self)))?;
                self.return_to_fleet();
                self.sort_by(sort);
            }
            "open" if !argument.is_empty() => return self.open_named(argument),
            "theme" => match Theme::ALL.iter().find(|theme| theme.word() == argument) {
                Some(theme) => self.options.theme = *theme,
                None => return Err(meant("theme takes dark, light or mono", argument, &arguments("theme", "", self))),
            },
            "glyphs" => match Glyphs::ALL.iter().find(|glyphs| glyphs.word() == argument) {
                Some(glyphs) => self.options.ascii = *glyphs == Glyphs::Ascii,
                None => return Err(meant("glyphs takes unicode or ascii", argument, &arguments("glyphs", "", self))),
            },
            "release" if !argument.is_empty() => return Ok(self.set_release(argument)),
            "checklist" if !argument.is_empty() && self.place != Place::Log && self.place != Place::Fix => {
                return Ok(self.open_checklist_of(argument));
            }
            "name" if !argument.is_empty() => self.named = Some(argument.to_owned()),
            _ => return self.named_action(word),
        }
        Ok(Vec::new())
    }

    fn named_action(&mut self, word: &str) -> Result<Vec<Effect>, String> {
        if WRITE_AND_LEAVE.contains(&word) {
            return Err(format!("`{word}` is no command: nothing waits to be written; did you mean `quit`?"));
        }
        let name = SHORT.iter().find(|(short, _)| *short == word).map_or(word, |(_, name)| name);
        match named(name) {
            Some(entry) if entry.lives_on(self.place) => Ok(self.perform(entry.action)),
            Some(entry) => {
                let places: Vec<&str> = entry.places.iter().map(|place| place.word()).collect();
                Err(format!("{word} does nothing here; it works on: {}", places.join(", ")))
            }
            None => {
                let taking = WORDS.iter().find(|(known, _, _)| *known == word);
                if let Some((_, takes, help)) = taking {
                    return Err(format!("{word} {takes}: {help}"));
                }
                let names = ACTIONS.iter().map(|entry| entry.name).chain(WORDS.iter().map(|(name, _, _)| *name));
                let near = typed::nearest(word, names).map(|near| format!(", did you mean `{near}`?"));
                Err(format!("`{}` is no command{}", clean::short(word, 30), near.unwrap_or_default()))
            }
        }
    }

    fn return_to_fleet(&mut self) {
        while self.go_back() {}
        self.place = Place::Fleet;
    }

    /// Goes to a requirement, or to the first repository whose name holds the words.
    fn open_named(&mut self, name: &str) -> Result<Vec<Effect>, String> {
        let known = crate::requirement::find(name).map(|known| known.meta().id);
        if let Some(column) = known.and_then(|id| self.columns().iter().position(|meta| meta.id == id)) {
            self.choose(self.repo.clone(), column);
            if self.place == Place::Fleet && self.repo.is_some() {
                self.go(Place::Repo);
            }
            return Ok(Vec::new());
        }
        let lower = name.to_lowercase();
        let mut names = self.fleet.repos.keys();
        let exact = names.clone().find(|id| id.target.to_lowercase() == lower);
        let found = exact.or_else(|| names.find(|id| id.target.to_lowercase().contains(&lower))).cloned();
        let repo = found.ok_or_else(|| {
            let words = format!("no repository or requirement is called `{}`", clean::short(name, 40));
            meant(&words, name, &arguments("open", "", self))
        })?;
        self.return_to_fleet();
        self.choose(Some(repo), self.requirement);
        self.go(Place::Repo);
        Ok(Vec::new())
    }
}

/// What is wrong, and the known word that is nearest to what was typed.
fn meant(words: &str, typed: &str, known: &[String]) -> String {
    let near = typed::nearest(&typed.to_lowercase(), known.iter().map(String::as_str)).filter(|_| !typed.is_empty());
    near.map_or_else(|| words.to_owned(), |near| format!("{words}; did you mean `{}`?", clean::short(near, 40)))
}
