//! The dashboard without a terminal: a model, what can happen to it, and what it asks for in return.
//!
//! [`Model::update`] is the only thing that changes a [`Model`]. It is pure: no I/O, no clock, no terminal.

use jiff::Timestamp;

use crate::fleet::{Fleet, Rules};

pub mod key;
pub mod message;
pub mod session;

pub use message::{Effect, Message, Outcome, Scope};

use key::{Code, Key};

/// What the dashboard is started with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How repositories are judged.
    pub rules: Rules,
    /// Whether it keeps to ASCII characters.
    pub ascii: bool,
    /// Whether the mouse counts.
    pub mouse: bool,
    /// What was kept from the last time.
    pub session: session::Session,
    /// Now.
    pub now: Timestamp,
}

/// Everything the dashboard shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it was started with.
    pub options: Options,
    /// The judged repositories.
    pub fleet: Fleet,
    /// The round that counts.
    pub round: u32,
}

impl Model {
    /// A dashboard that knows nothing yet.
    pub fn new(options: Options) -> Self {
        Self { fleet: Fleet::new(options.rules.clone()), options, round: 0 }
    }

    /// Takes in what happened, and answers what is to be done.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Survey { round, event } if round == self.round => self.fleet.absorb(event),
            Message::Tick(now) => self.options.now = now,
            Message::Key(key) if key == Key::plain(Code::Char('q')) => return vec![Effect::Quit(0)],
            Message::Key(key) if key == Key::ctrl('c') => return vec![Effect::Quit(130)],
            _ => {}
        }
        Vec::new()
    }

    /// Whether the clock is wanted: while something is awaited, or shown for a while only.
    pub fn wants_ticks(&self) -> bool {
        self.fleet.repos.values().any(|repo| !repo.finished)
    }
}
