//! The command line: every action by its name, and a few words that take an argument, with completion.

use super::action::{ACTIONS, named};
use super::field::Field;
use super::filter;
use super::key::{Code, Key};
use super::matrix::Sort;
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

/// A command that is being typed.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// What was typed.
    pub field: Field,
    /// Which of the completions was taken last.
    taken: Option<usize>,
    /// What was typed before completions were taken.
    stem: String,
}

impl CommandLine {
    /// Takes a pasted text.
    pub fn paste(&mut self, text: &str) {
        self.field.paste(text);
        self.taken = None;
    }

    /// What the text could become: whole lines, without those that do not work here.
    pub fn completions(&self, model: &Model) -> Vec<String> {
        let stem = if self.taken.is_some() { self.stem.as_str() } else { self.field.text() };
        completions(stem, model)
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
        self.taken = Some(next);
        self.field = Field::with(found.get(next).map_or("", String::as_str));
    }

    /// The completion taken last.
    pub const fn taken(&self) -> Option<usize> {
        self.taken
    }
}

fn completions(stem: &str, model: &Model) -> Vec<String> {
    if let Some((word, rest)) = stem.split_once(' ') {
        let fitting = arguments(word, model).into_iter().filter(|argument| starts(argument, rest.trim_start()));
        return fitting.take(40).map(|argument| format!("{word} {argument}")).collect();
    }
    let words = WORDS.iter().map(|(name, _, _)| (*name).to_owned());
    let here = ACTIONS.iter().filter(|entry| entry.lives_on(model.place)).map(|entry| entry.name.to_owned());
    let mut all: Vec<String> = words.chain(here).filter(|name| starts(name, stem)).collect();
    all.sort();
    all.dedup();
    all
}

/// What may stand behind a word.
fn arguments(word: &str, model: &Model) -> Vec<String> {
    let ids = model.columns().into_iter().map(|meta| meta.id.to_owned());
    match word {
        "sort" => ["listed", "verdict", "name", "updated"].map(str::to_owned).into_iter().chain(ids).collect(),
        "theme" => Theme::ALL.iter().map(|theme| theme.word().to_owned()).collect(),
        "glyphs" => Glyphs::ALL.iter().map(|glyphs| glyphs.word().to_owned()).collect(),
        "open" => model.fleet.repos.keys().map(|id| id.target.to_string()).chain(ids).collect(),
        "filter" => filter::states().map(|state| format!("is:{state}")).collect(),
        _ => Vec::new(),
    }
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
            Code::Enter => return self.command(line.field.text()),
            Code::Tab | Code::Down => line.complete(self, true),
            Code::BackTab | Code::Up => line.complete(self, false),
            _ => {
                line.field.take(key);
                line.taken = None;
            }
        }
        self.mode = Mode::Command(line);
        Vec::new()
    }

    /// Does what a command line says.
    fn command(&mut self, text: &str) -> Vec<Effect> {
        let text = text.trim();
        let (word, argument) = text.split_once(' ').unwrap_or((text, ""));
        let argument = argument.trim();
        match word {
            "" => return Vec::new(),
            "filter" if !argument.is_empty() => {
                self.return_to_fleet();
                self.set_filter(argument);
                if let Some(mistake) = self.matrix.filter.mistake() {
                    self.refuse(mistake.to_owned());
                }
            }
            "sort" if !argument.is_empty() => match Sort::named(argument) {
                Some(sort) => {
                    self.return_to_fleet();
                    self.sort_by(sort);
                }
                None => self.refuse("sort takes listed, verdict, name, updated, or a requirement such as R08"),
            },
            "open" if !argument.is_empty() => self.open_named(argument),
            "theme" => match Theme::ALL.iter().find(|theme| theme.word() == argument) {
                Some(theme) => self.options.theme = *theme,
                None => self.refuse("theme takes dark, light or mono"),
            },
            "glyphs" => match Glyphs::ALL.iter().find(|glyphs| glyphs.word() == argument) {
                Some(glyphs) => self.options.ascii = *glyphs == Glyphs::Ascii,
                None => self.refuse("glyphs takes unicode or ascii"),
            },
            "release" if !argument.is_empty() => return self.set_release(argument),
            "checklist" if !argument.is_empty() && self.place != Place::Log && self.place != Place::Fix => {
                return self.open_checklist_of(argument);
            }
            "name" if !argument.is_empty() => self.named = Some(argument.to_owned()),
            _ => return self.named_action(word),
        }
        Vec::new()
    }

    fn named_action(&mut self, word: &str) -> Vec<Effect> {
        match named(word) {
            Some(entry) if entry.lives_on(self.place) => return self.perform(entry.action),
            Some(entry) => {
                let places: Vec<&str> = entry.places.iter().map(|place| place.word()).collect();
                self.refuse(format!("{word} does nothing here; it works on: {}", places.join(", ")));
            }
            None => {
                let names = ACTIONS.iter().map(|entry| entry.name).chain(WORDS.iter().map(|(name, _, _)| *name));
                let near = typed::nearest(word, names).map(|near| format!(", did you mean `{near}`?"));
                self.refuse(format!("`{}` is no command{}", clean::short(word, 30), near.unwrap_or_default()));
            }
        }
        Vec::new()
    }

    fn return_to_fleet(&mut self) {
        while self.go_back() {}
        self.place = Place::Fleet;
    }

    /// Goes to a requirement, or to the first repository whose name holds the words.
    fn open_named(&mut self, name: &str) {
        let known = crate::requirement::find(name).map(|known| known.meta().id);
        if let Some(column) = known.and_then(|id| self.columns().iter().position(|meta| meta.id == id)) {
            self.choose(self.repo.clone(), column);
            if self.place == Place::Fleet && self.repo.is_some() {
                self.go(Place::Repo);
            }
            return;
        }
        let lower = name.to_lowercase();
        let mut names = self.fleet.repos.keys();
        let exact = names.clone().find(|id| id.target.to_lowercase() == lower);
        match exact.or_else(|| names.find(|id| id.target.to_lowercase().contains(&lower))).cloned() {
            Some(repo) => {
                self.return_to_fleet();
                self.choose(Some(repo), self.requirement);
                self.go(Place::Repo);
            }
            None => self.refuse(format!("no repository or requirement is called `{}`", clean::short(name, 40))),
        }
    }
}
