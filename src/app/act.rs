//! What keys do: the mode decides who takes them, the table what they ask for, the screen what that means.

use super::action::{self, Action, Entry, Place};
use super::command::CommandLine;
use super::field::Field;
use super::filter::Filter;
use super::help::Help;
use super::key::{Code, Key};
use super::keymap;
use super::message::{Effect, Scope};
use super::{Mode, Model, checklist, copy, waiver};
use crate::fact::RepoId;

/// Exit code of ctrl-c: 128 and the number of the signal it stands for.
const INTERRUPTED: u8 = 130;

impl Model {
    /// Takes a key.
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        let action = self.options.keymap.action(key);
        match action {
            // Nothing that is typed is made with ctrl, so these work in every mode.
            Some(Action::QuitAtOnce) if key.ctrl => return self.leave(INTERRUPTED),
            Some(Action::Suspend) if key.ctrl => return vec![Effect::Suspend],
            Some(Action::Quit) if self.too_small() => return self.leave(0),
            _ if self.too_small() => return Vec::new(),
            _ => {}
        }
        self.toast = None;
        match std::mem::take(&mut self.mode) {
            Mode::Browse => self.press(key, action),
            Mode::Filter { field, before } => {
                self.type_filter(key, field, before);
                Vec::new()
            }
            Mode::Command(line) => self.type_command(key, line),
            Mode::Help(help) => {
                self.read_help(key, action, help);
                Vec::new()
            }
            Mode::Copy(menu) => self.choose_copy(key, action, menu),
            Mode::Waive(form) => self.fill_in(key, form),
            Mode::Release(field) => self.type_release(key, field),
            Mode::Answer(form) => self.write_answer(key, form),
            Mode::Destination(field) => self.type_destination(key, field),
        }
    }

    /// Takes a pasted text: it goes where keys would be typed.
    pub(super) fn paste(&mut self, text: &str) {
        match &mut self.mode {
            Mode::Filter { field, .. } => {
                field.paste(text);
                let typed = field.text().to_owned();
                self.set_filter(&typed);
            }
            Mode::Command(line) => line.paste(text),
            Mode::Help(help) => help.paste(text),
            Mode::Waive(form) => form.paste(text),
            Mode::Release(field) | Mode::Destination(field) => field.paste(text),
            Mode::Answer(form) => form.paste(text),
            Mode::Browse | Mode::Copy(_) => self.say("nothing here takes a text; / filters, : takes a command"),
        }
    }

    /// A key of the screen.
    fn press(&mut self, key: Key, action: Option<Action>) -> Vec<Effect> {
        // A question takes these keys whatever else they were given to.
        if let Some(said) = checklist::answering::of_key(key).filter(|_| self.place == Place::Checklist) {
            return self.reply(said);
        }
        match action.and_then(action::entry) {
            Some(entry) if entry.lives_on(self.place) => self.perform(entry.action),
            Some(entry) => {
                self.say(elsewhere(&keymap::short(&key), entry, self.place));
                Vec::new()
            }
            None => {
                let help = self.options.keymap.short(Action::Help);
                self.say(format!("{} means nothing; {help} lists the keys", keymap::short(&key)));
                Vec::new()
            }
        }
    }

    /// Does what an action of this screen asks for.
    pub(super) fn perform(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Log => {
                self.go(Place::Log);
                self.follow_log();
            }
            Action::Command => self.mode = Mode::Command(CommandLine::default()),
            Action::Help => self.mode = Mode::Help(Help::default()),
            Action::Back if self.place == Place::Checklist => self.pause(),
            Action::Back => self.back(),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Quit => return self.leave(0),
            Action::QuitAtOnce => return self.leave(INTERRUPTED),
            Action::Refresh if self.place == Place::Fix => return self.read_again(),
            Action::Refresh => return self.refresh(self.acted_on()),
            Action::RefreshAll => return self.refresh(self.fleet.repos.keys().cloned().collect()),
            Action::Fix => return self.fix(),
            Action::FixAll => return self.fix_all(),
            Action::Undo if self.place == Place::Checklist => return self.retract(),
            Action::Undo => return self.undo(),
            Action::Checklist => return self.open_checklist(),
            Action::Report if self.place == Place::Checklist => return self.preview_signoff(),
            Action::Report => return self.report(),
            Action::Edit => return self.edit(),
            Action::Browse => return self.browse(),
            Action::Copy => self.open_copy_menu(),
            Action::Waive => self.waive(),
            other => return self.on_screen(other),
        }
        Vec::new()
    }

    /// What an action means on the screen that is shown.
    fn on_screen(&mut self, action: Action) -> Vec<Effect> {
        match self.place {
            Place::Fleet => self.on_fleet(action),
            Place::Repo => self.on_repo(action),
            Place::Evidence => self.on_evidence(action),
            Place::Fix => return self.on_preview(action),
            Place::Log => self.on_log(action),
            Place::Checklist => return self.on_checklist(action),
        }
        Vec::new()
    }

    /// Leaves the screen, else the filter; it never leaves the program.
    fn back(&mut self) {
        // Only leaving the preview ends a series; a screen above it may be left and come back from.
        let left = if self.place == Place::Fix { std::mem::take(&mut self.series).len() } else { 0 };
        if self.go_back() {
            if left > 0 {
                self.say(format!("this one and {left} more of those marked stay as they are"));
            }
            return;
        }
        if !self.matrix.filter.text().is_empty() {
            self.set_filter("");
            self.say("filter cleared");
        } else if !self.matrix.marks.is_empty() {
            self.matrix.marks.clear();
            self.say("marks cleared");
        } else {
            let quit = self.options.keymap.short(Action::Quit);
            self.say(format!("this is the first screen; {quit} quits"));
        }
    }

    pub(super) fn leave(&mut self, code: u8) -> Vec<Effect> {
        vec![Effect::Save(self.session()), Effect::Quit(code)]
    }

    /// The repositories that an action means: the marked ones in the fleet, else the one under the cursor.
    pub(super) fn acted_on(&self) -> Vec<RepoId> {
        if self.place == Place::Fleet && !self.matrix.marks.is_empty() {
            return self.matrix.marks.iter().cloned().collect();
        }
        self.repo.iter().cloned().collect()
    }

    fn refresh(&mut self, repos: Vec<RepoId>) -> Vec<Effect> {
        match repos.as_slice() {
            [] => self.say("there is no repository to ask about"),
            [one] => self.say(format!("asking about {} again", self.name_of(one))),
            many => self.say(format!("asking about {} repositories again", many.len())),
        }
        self.ask(repos, Scope::Everything)
    }

    fn waive(&mut self) {
        match waiver::Form::open(self) {
            Ok(form) => self.mode = Mode::Waive(form),
            Err(why) => self.say(why),
        }
    }

    fn open_copy_menu(&mut self) {
        match copy::Menu::of(self) {
            Some(menu) => self.mode = Mode::Copy(menu),
            None => self.say("there is nothing here to copy"),
        }
    }

    /// Sets the filter of the fleet.
    pub(super) fn set_filter(&mut self, text: &str) {
        self.matrix.filter = Filter::parse(text);
        self.matrix.arrange(&self.fleet);
    }

    fn type_filter(&mut self, key: Key, mut field: Field, before: String) {
        match key.code {
            Code::Esc => self.end_filter(&before),
            Code::Enter => {
                let text = field.text().to_owned();
                self.end_filter(&text);
                if let Some(words) = self.wrong_filter().filter(|_| self.place == Place::Fleet) {
                    self.refuse(words);
                }
            }
            _ => {
                field.take(key);
                let text = field.text().to_owned();
                self.end_filter(&text);
                self.mode = Mode::Filter { field, before };
            }
        }
    }

    /// What is wrong with the filter: a word that means nothing, or one that no name fits and that means something else.
    pub fn wrong_filter(&self) -> Option<String> {
        let filter = &self.matrix.filter;
        let hint = || filter.hint().filter(|_| self.matrix.order.is_empty());
        filter.mistake().map(str::to_owned).or_else(hint)
    }

    fn end_filter(&mut self, text: &str) {
        if self.place == Place::Log {
            self.log_view.filter = text.to_lowercase();
            self.follow_log();
        } else {
            self.set_filter(text);
        }
    }

    /// Opens the text field of the filter.
    pub(super) fn start_filter(&mut self) {
        let before = match self.place {
            Place::Log => self.log_view.filter.clone(),
            _ => self.matrix.filter.text().to_owned(),
        };
        self.mode = Mode::Filter { field: Field::with(&before), before };
    }
}

/// Why a key does nothing on a screen.
fn elsewhere(key: &str, entry: &Entry, place: Place) -> String {
    let places: Vec<&str> = entry.places.iter().map(|place| place.word()).collect();
    format!("{key} ({}) does nothing on the screen `{}`; it works on: {}", entry.name, place.word(), places.join(", "))
}
