//! What the model asks for, done: each effect in its place, and how it ended told to the model.
//!
//! What may take its time runs on a thread and reports through the queue of [`News`]; files are written there, too.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::keeping::Archive;
use super::signal::Request;
use super::{Loop, clipboard, editor, fixing, keeping, link, log, screen, signal, touched};
use crate::app::session::Session;
use crate::app::{Effect, Message, Outcome, Scope};
use crate::fact::RepoId;
use crate::state;
use crate::text::clean;

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The loop goes on.
    Go,
    /// The program is left with this exit code.
    Leave(u8),
}

/// What threads report.
#[derive(Debug)]
pub enum News {
    /// An effect came to its end.
    Done(Outcome),
    /// These repositories' files were changed by others, and are to be read again.
    Touched {
        /// The round in which they are.
        round: u32,
        /// Which.
        repos: Vec<RepoId>,
    },
}

/// What effects need.
pub struct Desk {
    /// Where threads report.
    pub news: UnboundedSender<News>,
    /// Where the session is kept.
    pub session: Option<PathBuf>,
    /// Where the journal for undo is kept.
    pub state: Option<PathBuf>,
    /// The host of the forge.
    pub forge: String,
    /// Where histories are kept.
    pub archive: Archive,
}

impl Desk {
    /// Does something on a thread of its own and reports how it ended.
    pub fn spawn(&self, work: impl FnOnce() -> Option<News> + Send + 'static) {
        let news = self.news.clone();
        thread::spawn(move || work().map(|done| news.send(done).is_ok()));
    }
}

/// What an effect came to.
pub enum Done {
    /// Nothing to tell, or not yet.
    Quietly,
    /// It ended, and the model is told how.
    Ended(Outcome),
    /// The program is left with this exit code.
    Leaving(u8),
}

impl Loop {
    /// Tells the model what happened, and does what it asks for in return.
    pub async fn take_in(&mut self, message: Message) -> io::Result<Next> {
        self.dirty = true;
        // Focus alone says nothing about files; their times do.
        let by_chance = matches!(message, Message::Focused);
        // The model has no clock; what it notes and compares is of this moment.
        self.model.options.now = Timestamp::now();
        let mut effects: VecDeque<Effect> = self.model.update(message).into();
        while let Some(effect) = effects.pop_front() {
            match self.perform(effect, by_chance).await? {
                Done::Quietly => {}
                Done::Leaving(code) => return Ok(Next::Leave(code)),
                Done::Ended(outcome) => {
                    log::outcome(&outcome, &self.model);
                    effects.extend(self.model.update(Message::Done(outcome)));
                }
            }
        }
        Ok(Next::Go)
    }

    async fn perform(&mut self, effect: Effect, by_chance: bool) -> io::Result<Done> {
        match effect {
            Effect::Survey { round, repos, scope } if by_chance && scope == Scope::Local => {
                self.look_whether_touched(round, &repos);
            }
            Effect::Survey { round, repos, scope } => self.surveys.begin(round, repos, scope),
            Effect::Open(address) => match link::permitted(&address, &self.desk.forge) {
                Some(url) => self.desk.spawn(move || Some(News::Done(link::open(&url, is_set)))),
                None => return Ok(Done::Ended(link::refused(&address))),
            },
            Effect::Copy { what, text } => {
                let (request, outcome) = clipboard::copy(what, &text, is_set("TMUX"));
                self.screen.say(&request);
                return Ok(Done::Ended(outcome));
            }
            Effect::Look { repo, root, files } => fixing::look(&self.desk, repo, root, files),
            Effect::Write { repo, root, title, files } => fixing::write(&self.desk, repo, root, title, files),
            Effect::Keep { name, text } => fixing::keep(&self.desk, name, text),
            Effect::Undo { repo, root } => fixing::undo(&self.desk, repo, root),
            Effect::Recall { repo, identity, release } => keeping::recall(&self.desk, repo, identity, release),
            // An answer is kept before anything else happens, so that leaving loses none.
            Effect::Remember { identity, release, keeping } => {
                return Ok(Done::Ended(keeping::remember(&self.desk, &identity, release.as_deref(), &keeping)));
            }
            Effect::LookAtTree { repo, root } => keeping::look_at_tree(&self.desk, repo, root),
            Effect::Deliver { path, name, texts, root } => keeping::deliver(&self.desk, path, name, texts, root),
            Effect::Chronicle { repo, identity, record } => self.desk.archive.add(repo, identity, record),
            Effect::Edit { repo, root, path, line } => return self.edit(repo, &root, &path, line).await,
            Effect::Save(session) => return Ok(self.save(&session)),
            Effect::Suspend if signal::can_stop() => signal::ask_to_stop()?,
            Effect::Suspend => {
                let words = "there is no shell to go back to: this program was started in its place";
                return Ok(Done::Ended(Outcome::Failed(words.to_owned())));
            }
            Effect::Quit(code) => return Ok(Done::Leaving(code)),
        }
        Ok(Done::Quietly)
    }

    /// Reads files again, on a thread, where their times say that it is worth it.
    fn look_whether_touched(&self, round: u32, repos: &[RepoId]) {
        let folders = self.surveys.folders(repos);
        self.desk.spawn(move || {
            let changed = folders.into_iter().filter(|(_, root, read_at)| touched::since(root, *read_at));
            let repos: Vec<RepoId> = changed.map(|(id, _, _)| id).collect();
            (!repos.is_empty()).then_some(News::Touched { round, repos })
        });
    }

    pub fn save(&self, session: &Session) -> Done {
        let Some(file) = &self.desk.session else { return Done::Quietly };
        let written = serde_json::to_vec(session).map_err(io::Error::from);
        match written.and_then(|bytes| state::write_private(file, &bytes)) {
            Ok(()) => Done::Quietly,
            Err(error) => {
                let file = clean::line(&file.to_string_lossy()).into_owned();
                Done::Ended(Outcome::Failed(format!("{file} could not be written: {error}")))
            }
        }
    }

    /// Gives the terminal to an editor, and takes it again.
    async fn edit(&mut self, repo: RepoId, root: &Path, path: &str, line: usize) -> io::Result<Done> {
        let command = match editor::command(|name| std::env::var(name).ok(), (root, path), line) {
            Ok(command) => command,
            Err(words) => return Ok(Done::Ended(Outcome::Failed(words))),
        };
        let program = clean::short(&command.get_program().to_string_lossy(), 60);
        screen::give_back();
        let ended = self.wait_for(command).await;
        if let Ok(Next::Leave(code)) = ended {
            return Ok(Done::Leaving(code));
        }
        self.signals.forget()?;
        if let Next::Leave(code) = Box::pin(self.come_back()).await? {
            return Ok(Done::Leaving(code));
        }
        Ok(Done::Ended(match ended {
            Ok(_) => Outcome::Edited(vec![repo]),
            Err(error) => Outcome::Failed(format!(
                "`{program}` could not be started ({error}): set VISUAL or EDITOR, or look at {}:{line} yourself",
                clean::line(path)
            )),
        }))
    }

    /// Waits for a program that has the terminal. Nothing is read from it and drawn on it meanwhile.
    async fn wait_for(&mut self, mut command: Command) -> io::Result<Next> {
        let mut child = command.spawn()?;
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let (sender, mut ended) = oneshot::channel();
        thread::spawn(move || sender.send(child.wait()).ok());
        loop {
            tokio::select! {
                biased;
                request = self.signals.next_beside() => match request {
                    Request::Leave(code) => {
                        // Left alone, it would go on beside the shell.
                        id.map(|id| kill_process(id, Signal::TERM));
                        return Ok(Next::Leave(code));
                    }
                    Request::Stop if signal::can_stop() => self.signals.stop().await?,
                    _ => {}
                },
                _ = &mut ended => return Ok(Next::Go),
            }
        }
    }
}

/// Whether an environment variable is set and not empty.
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}
