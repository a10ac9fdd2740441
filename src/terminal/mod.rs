//! The loop of the dashboard: keys, signals and survey events in, effects out, one drawing when the queue is empty.
//!
//! One thread sleeps until something happens: no ticks while nothing is awaited, no lock, no state that is shared.
//!
//! | part | what it does |
//! |---|---|
//! | [`input`], [`sequence`] | the keyboard: bytes, and what they mean |
//! | [`screen`], [`tty`] | the terminal: taken, drawn on, given back in every way out |
//! | [`signal`] | signals, each through the ordinary way out or back |
//! | [`surveys`], [`touched`] | surveys that run, and whether asking again is worth it |
//! | [`effect`] | what the model asks for: [`clipboard`], [`link`], [`editor`], [`fixing`], [`keeping`] |
//! | [`log`] | the log file |

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::sleep_until;

use crate::app::key::Key;
use crate::app::{Message, Model, Scope};
use crate::config::Theme;
use crate::state::temporary::Temporary;
use crate::survey::Ask;

mod clipboard;
mod editor;
mod effect;
mod fault;
mod fixing;
mod input;
mod keeping;
mod link;
pub mod log;
mod screen;
mod sequence;
mod signal;
mod surveys;
mod touched;
mod tty;

pub use surveys::Start;

use effect::{News, Next};
use input::Input;
use screen::Screen;
use signal::{Request, Signals};
use surveys::Surveys;

/// How long messages are taken in before keys have their turn.
const SLICE: Duration = Duration::from_millis(4);
/// How long a picture may be out of date while messages keep coming.
const STALE: Duration = Duration::from_millis(50);
/// How often the clock is told to a model that wants to know.
const TICK: Duration = Duration::from_secs(1);

/// What the dashboard is run with.
pub struct Run {
    /// Where it begins.
    pub model: Model,
    /// What is asked at once, and again on request.
    pub asks: Vec<Ask>,
    /// How asking is begun.
    pub start: Start,
    /// How long after one survey of everything the next is due; none for only when a key asks.
    pub refresh: Option<Duration>,
    /// Where to keep what is worth keeping; none to keep nothing.
    pub session: Option<PathBuf>,
    /// Where the journal for undo is kept; none to write nothing.
    pub state: Option<PathBuf>,
    /// Whether what surveys say is added to the histories there.
    pub remembers: bool,
    /// The host of the forge, whose pages may be opened.
    pub forge: String,
    /// The folder of temporary files, if there is one; a panic removes it.
    pub temporary: Option<Temporary>,
    /// The exit code of a panic.
    pub internal: u8,
}

/// Why there is no dashboard any more.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// It could not be begun.
    #[error("the terminal cannot be used: {0}")]
    Unusable(io::Error),
    /// The terminal failed while it was there.
    #[error("the terminal failed: {0}")]
    Failed(io::Error),
}

/// Runs the dashboard until it is left, and answers the exit code. The terminal is as it was before, whatever happens.
///
/// # Errors
/// A terminal that cannot be used, or that fails while it is there. One that has gone is no error but a hang-up.
pub fn run(run: Run) -> Result<u8, TerminalError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(TerminalError::Unusable)?;
    screen::give_back_on_panic(run.internal, run.temporary.clone());
    let ended = runtime.block_on(async {
        let dashboard = Loop::begin(run).map_err(TerminalError::Unusable)?;
        dashboard.go().await.map_err(TerminalError::Failed)
    });
    screen::give_back();
    // Threads that wait for a disk or a network end with the program.
    runtime.shutdown_background();
    match ended {
        Err(_) if tty::is_gone() => Ok(signal::HANG_UP),
        ended => ended,
    }
}

/// Whose turn it is when both messages and keys may be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Messages go before keys: keys act on what is known.
    Messages,
    /// Messages have had their time; keys go before the rest of them.
    Keys,
}

struct Loop {
    model: Model,
    screen: Screen,
    input: Input,
    signals: Signals,
    surveys: Surveys,
    news: UnboundedReceiver<News>,
    desk: effect::Desk,
    turn: Turn,
    /// Whether the picture is out of date.
    dirty: bool,
    /// Whether somebody waits for the picture: a key was pressed.
    urgent: bool,
    drawn_at: Instant,
    tick_at: Option<tokio::time::Instant>,
    refresh: Option<Duration>,
    refresh_at: Option<tokio::time::Instant>,
}

impl Loop {
    /// Takes the terminal and begins to ask. The first picture is drawn before any answer comes.
    fn begin(run: Run) -> io::Result<Self> {
        let signals = Signals::listen()?;
        let input = Input::open()?;
        let options = &run.model.options;
        // The choice is made by now, with the environment in mind.
        crossterm::style::force_color_output(options.theme != Theme::Mono);
        let screen = Screen::take(options.mouse)?;
        let (sender, news) = mpsc::unbounded_channel();
        Ok(Self {
            model: run.model,
            screen,
            input,
            signals,
            surveys: Surveys::new(run.asks, run.start),
            news,
            desk: effect::Desk {
                archive: keeping::Archive::open(sender.clone(), run.state.clone().filter(|_| run.remembers)),
                news: sender,
                session: run.session,
                state: run.state,
                forge: run.forge,
            },
            turn: Turn::Messages,
            dirty: true,
            urgent: true,
            drawn_at: Instant::now(),
            tick_at: None,
            refresh: run.refresh,
            refresh_at: run.refresh.map(|after| tokio::time::Instant::now() + after),
        })
    }

    async fn go(mut self) -> io::Result<u8> {
        if let Next::Leave(code) = self.measure().await? {
            return Ok(code);
        }
        self.draw()?;
        self.surveys.begin(self.model.round, self.surveys.everybody(), Scope::Everything);
        fault::strike("loop");
        fault::strike("task");
        fault::strike("thread");
        loop {
            if let Next::Leave(code) = self.turn().await? {
                // Giving back the memory of a large fleet piece by piece would only delay the end.
                std::mem::forget(self);
                return Ok(code);
            }
        }
    }

    /// Waits for one thing and does it. The order is that of precedence; the last arms are ready at once, so they have
    /// their turn when nothing else has.
    async fn turn(&mut self) -> io::Result<Next> {
        self.wind();
        let draws = self.is_due();
        tokio::select! {
            biased;
            request = self.signals.next() => self.obey(request).await,
            Some(news) = self.news.recv() => self.hear(news).await,
            message = self.surveys.next(), if self.turn == Turn::Messages => self.take_in_all(message).await,
            typed = self.input.next() => {
                self.turn = Turn::Messages;
                self.answer(typed?).await
            }
            ready = self.screen.ready(), if self.screen.is_waiting() => {
                ready?;
                self.screen.send()?;
                Ok(Next::Go)
            }
            () = at(self.tick_at), if self.tick_at.is_some() => {
                self.tick_at = None;
                self.take_in(Message::Tick(Timestamp::now())).await
            }
            () = at(self.refresh_at), if self.refresh_at.is_some() => {
                self.refresh_at = self.refresh.map(|after| tokio::time::Instant::now() + after);
                self.take_in(Message::Due).await
            }
            () = async {}, if draws => {
                self.draw()?;
                Ok(Next::Go)
            }
            // Lets the system say what has come meanwhile, before messages go on.
            () = tokio::task::yield_now(), if self.turn == Turn::Keys => {
                self.turn = Turn::Messages;
                Ok(Next::Go)
            }
        }
    }

    /// Sets the clock while the model wants it, and only then.
    fn wind(&mut self) {
        self.tick_at = match self.tick_at {
            _ if !self.model.wants_ticks() => None,
            None => Some(tokio::time::Instant::now() + TICK),
            set => set,
        };
    }

    /// Whether it is time to draw: when the queue is empty, when a key waits for its answer, and now and then while
    /// messages keep coming. Never before the terminal has taken the last picture.
    fn is_due(&self) -> bool {
        let due = self.urgent || self.surveys.is_quiet() || self.drawn_at.elapsed() >= STALE;
        self.dirty && due && !self.screen.is_waiting()
    }

    fn draw(&mut self) -> io::Result<()> {
        fault::strike("draw");
        self.model.update(Message::Quiet);
        self.screen.draw(&self.model)?;
        (self.dirty, self.urgent, self.drawn_at) = (false, false, Instant::now());
        Ok(())
    }

    async fn obey(&mut self, request: Request) -> io::Result<Next> {
        match request {
            Request::Leave(code) => {
                self.save(&self.model.session());
                return Ok(Next::Leave(code));
            }
            Request::Stop if !signal::can_stop() => {}
            Request::Stop => {
                screen::give_back();
                self.signals.stop().await?;
                return self.come_back().await;
            }
            Request::Continued => return self.come_back().await,
            Request::Resized => return self.measure().await,
        }
        Ok(Next::Go)
    }

    /// Takes the terminal again after another program had it.
    async fn come_back(&mut self) -> io::Result<Next> {
        self.screen.take_again()?;
        self.measure().await
    }

    /// Tells the model the size of the window.
    async fn measure(&mut self) -> io::Result<Next> {
        let (columns, rows) = self.screen.size()?;
        self.urgent = true;
        self.take_in(Message::Resized { columns, rows }).await
    }

    /// Takes in what surveys have said, for as long as a slice lasts.
    async fn take_in_all(&mut self, first: Message) -> io::Result<Next> {
        let end = Instant::now() + SLICE;
        let mut message = Some(first);
        while let Some(next) = message {
            if let Next::Leave(code) = self.take_in(next).await? {
                return Ok(Next::Leave(code));
            }
            if Instant::now() >= end {
                self.turn = Turn::Keys;
                break;
            }
            message = self.surveys.try_next();
        }
        Ok(Next::Go)
    }

    /// Answers what was typed.
    async fn answer(&mut self, typed: Vec<Message>) -> io::Result<Next> {
        self.urgent = true;
        for message in typed {
            if matches!(message, Message::Key(key) if key == Key::ctrl('\\')) {
                return Ok(Next::Leave(signal::QUIT));
            }
            if let Next::Leave(code) = self.take_in(message).await? {
                return Ok(Next::Leave(code));
            }
        }
        Ok(Next::Go)
    }

    /// Hears from a thread that did something.
    async fn hear(&mut self, news: News) -> io::Result<Next> {
        match news {
            News::Done(outcome) => {
                log::outcome(&outcome, &self.model);
                self.take_in(Message::Done(outcome)).await
            }
            News::Touched { round, repos } => {
                self.surveys.begin(round, repos, Scope::Local);
                Ok(Next::Go)
            }
        }
    }
}

/// A moment, or never.
async fn at(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
