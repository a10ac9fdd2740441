//! The dashboard without a terminal: a model, what can happen to it, and what it asks for in return.
//!
//! [`Model::update`] is the only thing that changes a [`Model`]. It is pure: no I/O, no clock, no terminal.
//! [`action`] is the table of everything that can be asked for, [`keymap`] its keys, [`layout`] says where everything
//! stands, and [`content`] what panes hold; each screen and each mode has a file of its own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::Theme;
use crate::fact::{LogLine, RepoId, SurveyEvent, Target};
use crate::fleet::{Fleet, Rules};
use crate::history::History;
use crate::requirement::{self, Meta};

pub mod action;
pub mod age;
pub mod answers;
pub mod checklist;
pub mod command;
pub mod content;
pub mod copy;
pub mod field;
pub mod filter;
pub mod footer;
pub mod help;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod matrix;
pub mod message;
pub mod page;
pub mod preview;
pub mod session;
pub mod waiver;

mod act;
mod evidence;
mod fleet;
mod intake;
mod log;
mod mouse;
mod past;
mod repo;
mod selection;
mod writing;

pub use action::{Action, Place};
pub use log::LogView;
pub use message::{Effect, Message, Outcome, Scope};
pub use mouse::list_top;
pub use repo::needs_work;

use content::Contents;
use field::Field;
use intake::Rounds;
use keymap::Keymap;
use layout::{Layout, Pane, Shape};
use matrix::Matrix;

/// What the dashboard is started with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How repositories are judged.
    pub rules: Rules,
    /// Whether it keeps to ASCII characters.
    pub ascii: bool,
    /// Whether the mouse counts.
    pub mouse: bool,
    /// The colours.
    pub theme: Theme,
    /// The keys.
    pub keymap: Keymap,
    /// The repositories that will be surveyed, so that their rows are there before their answers.
    pub targets: Vec<Target>,
    /// The folders of those that have one.
    pub roots: BTreeMap<RepoId, PathBuf>,
    /// Whether the network must not be used.
    pub offline: bool,
    /// Whether nothing may be written.
    pub read_only: bool,
    /// Who sits at the terminal, as the session of the system says.
    pub who: Option<String>,
    /// Files and folders that help names: what each is, and where.
    pub paths: Vec<(String, String)>,
    /// What was kept from the last time.
    pub session: session::Session,
    /// Now.
    pub now: Timestamp,
}

/// What keys mean right now.
#[derive(Clone, Debug, Default)]
pub enum Mode {
    /// They are those of the screen.
    #[default]
    Browse,
    /// They go into the filter; what it was before comes back with escape.
    Filter {
        /// The text so far.
        field: Field,
        /// What it was before.
        before: String,
    },
    /// They go into the command line.
    Command(command::CommandLine),
    /// They move in the help.
    Help(help::Help),
    /// They choose what is copied.
    Copy(copy::Menu),
    /// They go into the form of a waiver.
    Waive(waiver::Form),
    /// They go into the version that is to be released.
    Release(Field),
    /// They go into an answer of the checklist.
    Answer(checklist::Form),
    /// They go into the path that a sign-off is written to.
    Destination(Field),
}

/// Words shown for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// What they say, clean.
    pub words: String,
    /// Whether something went wrong.
    pub failed: bool,
    /// For how many ticks they stay.
    left: u8,
}

/// For how many ticks a toast stays.
const TOAST: u8 = 5;

/// Everything the dashboard shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it was started with.
    pub options: Options,
    /// The judged repositories.
    pub fleet: Fleet,
    /// The last round that was asked for.
    pub round: u32,
    /// Width and height of the terminal in cells.
    pub size: (u16, u16),
    /// The screen that is shown.
    pub place: Place,
    /// What keys mean.
    pub mode: Mode,
    /// The rows of the fleet.
    pub matrix: Matrix,
    /// The repository under the cursor.
    pub repo: Option<RepoId>,
    /// The requirement under the cursor, as a place in [`Model::columns`].
    pub requirement: usize,
    /// Whether requirements that pass are left out of the list.
    pub hide_passing: bool,
    /// The piece of evidence that is shown, from 0.
    pub piece: usize,
    /// The pane of a requirement that has the focus, from 0.
    pub focus: usize,
    /// The lines of the log, oldest first.
    pub log: VecDeque<LogLine>,
    /// What of the log is shown.
    pub log_view: LogView,
    /// What a write would change, while that is looked at.
    pub preview: Option<preview::Preview>,
    /// The walk through a release that is open.
    pub checklist: Option<checklist::Checklist>,
    /// Who answers, where a person said it.
    named: Option<String>,
    /// What earlier surveys said about each repository.
    pub histories: BTreeMap<RepoId, History>,
    /// Marked repositories whose fixes are previewed after this one.
    series: VecDeque<RepoId>,
    /// Commands that were typed, the oldest first.
    commands: Vec<String>,
    /// Words shown for a while.
    pub toast: Option<Toast>,
    /// What panes hold.
    pub contents: Contents,
    /// How far panes are scrolled.
    scroll: BTreeMap<Pane, usize>,
    /// The pane in which a cursor was moved just now, so that it is scrolled to.
    moved: Option<Pane>,
    /// Screens that escape goes back to.
    trail: Vec<Place>,
    /// Which answers count.
    rounds: Rounds,
    /// Rounds in which changed files are no news: we changed them, or a person asked for them.
    quiet: BTreeSet<u32>,
    /// Why repositories were not answered: of each one the reason, and whether nothing of it was.
    unanswered: Vec<(answers::Cause, bool)>,
    /// What answers changed and what is not put in order yet.
    behind: intake::Behind,
}

impl Model {
    /// A dashboard that knows nothing but its targets yet.
    pub fn new(options: Options) -> Self {
        let mut model = Self {
            fleet: Fleet::new(options.rules.clone()),
            round: 0,
            size: (80, 24),
            place: Place::Fleet,
            mode: Mode::Browse,
            matrix: Matrix::default(),
            repo: None,
            requirement: 0,
            hide_passing: false,
            piece: 0,
            focus: 0,
            log: VecDeque::new(),
            series: VecDeque::new(),
            log_view: LogView::default(),
            preview: None,
            checklist: None,
            named: None,
            histories: BTreeMap::new(),
            commands: Vec::new(),
            toast: None,
            contents: Contents::default(),
            scroll: BTreeMap::new(),
            moved: None,
            trail: Vec::new(),
            rounds: Rounds::default(),
            quiet: BTreeSet::new(),
            unanswered: Vec::new(),
            behind: intake::Behind::default(),
            options,
        };
        model.start();
        model.settle();
        model
    }

    /// Takes in what happened, and answers what is to be done.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        if let Message::Survey { round, event } = message {
            return self.hear(round, event);
        }
        // Keys act on what is known, and a picture shows it.
        self.catch_up();
        let effects = match message {
            Message::Survey { .. } | Message::Quiet => return Vec::new(),
            Message::Key(key) => self.key(key),
            Message::Paste(text) => {
                self.paste(&text);
                Vec::new()
            }
            Message::Mouse(mouse) if self.options.mouse => self.mouse(mouse),
            Message::Mouse(_) => Vec::new(),
            Message::Resized { columns, rows } => {
                self.size = (columns, rows);
                Vec::new()
            }
            Message::Focused => self.look_again(),
            Message::Tick(now) => {
                self.tick(now);
                Vec::new()
            }
            Message::Due => self.ask_by_the_clock(),
            Message::Done(outcome) => self.done(outcome),
        };
        self.settle();
        effects
    }

    /// Takes in what a survey said.
    fn hear(&mut self, round: u32, event: SurveyEvent) -> Vec<Effect> {
        let ended = match &event {
            SurveyEvent::Finished { repo } => Some(repo.clone()),
            _ => None,
        };
        let counts = self.rounds.counts(round, &event) && self.quiet.contains(&round);
        let read = ended.clone().filter(|_| counts);
        self.absorb(round, event);
        self.behind.panes |= read.is_some();
        let ended = ended.filter(|repo| self.fleet.repos.get(repo).is_some_and(|repo| repo.finished));
        let renewed = read.map(|repo| self.renew_preview(&repo)).unwrap_or_default();
        let mut effects = ended.map(|repo| self.finished(&repo)).unwrap_or_default();
        effects.extend(renewed);
        effects
    }

    /// Whether the clock is wanted: while something is awaited, or shown for a while only.
    pub fn wants_ticks(&self) -> bool {
        self.toast.is_some() || self.fleet.repos.values().any(|repo| !repo.finished)
    }

    /// The requirements that are judged, in the order of their ids.
    pub fn columns(&self) -> Vec<&'static Meta> {
        columns(&self.fleet.rules)
    }

    /// Where everything stands.
    pub fn layout(&self) -> Layout {
        layout::layout(&Shape {
            place: self.place,
            size: self.size,
            repositories: self.fleet.repos.len(),
            requirements: self.listed().len(),
            focus: self.focus,
            evidence: self.contents.evidence,
        })
    }

    /// By how many lines a pane is scrolled.
    pub fn scrolled(&self, pane: Pane) -> usize {
        self.scroll.get(&pane).copied().unwrap_or_default()
    }

    /// Whether the screen is too small to be drawn.
    pub const fn too_small(&self) -> bool {
        layout::too_small(self.size)
    }

    fn tick(&mut self, now: Timestamp) {
        self.options.now = now;
        self.toast = self.toast.take().and_then(|toast| {
            let left = toast.left.checked_sub(1)?;
            (left > 0).then_some(Toast { left, ..toast })
        });
        if self.matrix.looks_at_answers() {
            self.matrix.arrange(&self.fleet);
        }
    }

    /// Shows words for a while.
    fn say(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast { words: words.into(), failed: false, left: TOAST });
    }

    /// Shows words for a while, and asks for nothing.
    fn only_say(&mut self, words: impl Into<String>) -> Vec<Effect> {
        self.say(words);
        Vec::new()
    }

    /// Shows for a while what did not work.
    fn refuse(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast { words: words.into(), failed: true, left: TOAST });
    }
}

/// The names of the panes of one requirement, in the order of their tabs.
pub fn tabs() -> impl Iterator<Item = &'static str> {
    evidence::TABS.iter().map(|(_, name)| *name)
}

/// The requirements that rules name, in the order of their ids.
fn columns(rules: &Rules) -> Vec<&'static Meta> {
    let metas = requirement::ALL.iter().map(|known| known.meta());
    let mut metas: Vec<_> = metas.filter(|meta| rules.only.is_empty() || rules.only.contains(&meta.id)).collect();
    metas.sort_by_key(|meta| meta.id);
    metas
}

#[cfg(test)]
mod tests;
