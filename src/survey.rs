//! Asks sources about many repositories and yields what they answer.
//!
//! Reading happens on a few threads of its own, so that whoever takes the events never waits for a disk or a network.
//! Events of one repository come in order; those of different repositories may mix.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::fact::{Fact, Observation, SurveyEvent, Target, Topic, Unknown};
use crate::source::{self, checkout, git};

/// Most threads that read at once: reading is short, and a terminal over ssh shares its machine with others.
const MAX_THREADS: usize = 4;

/// What to look at and how.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A folder of this machine.
    Folder {
        /// Its key and how it is shown.
        target: Target,
        /// The root of the repository.
        root: PathBuf,
    },
    /// Answers that were recorded earlier.
    Recorded {
        /// Its key and how it is shown.
        target: Target,
        /// The answers.
        observations: Vec<Observation>,
    },
    /// A repository about which nothing can be asked.
    Unreachable {
        /// Its key and how it is shown.
        target: Target,
        /// Why not.
        why: Unknown,
    },
}

impl Ask {
    /// Its key and how it is shown.
    pub const fn target(&self) -> &Target {
        match self {
            Self::Folder { target, .. } | Self::Recorded { target, .. } | Self::Unreachable { target, .. } => target,
        }
    }
}

/// How to ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether the network must not be used.
    pub offline: bool,
}

/// Starts work in the background and yields events, in order for each repository.
pub fn start(asks: Vec<Ask>, options: &Options) -> UnboundedReceiver<SurveyEvent> {
    let (events, receiver) = mpsc::unbounded_channel();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS).min(asks.len());
    let work = Arc::new((asks, AtomicUsize::new(0)));
    let options = *options;
    for _ in 0..threads {
        let (work, events) = (Arc::clone(&work), events.clone());
        std::thread::spawn(move || {
            let (asks, next) = &*work;
            while let Some(ask) = asks.get(next.fetch_add(1, Ordering::Relaxed)) {
                if survey(ask, options, &events).is_none() {
                    return;
                }
            }
        });
    }
    receiver
}

/// Answers every topic of one repository; none when nobody listens any more.
fn survey(ask: &Ask, options: Options, events: &UnboundedSender<SurveyEvent>) -> Option<()> {
    let target = ask.target();
    events.send(SurveyEvent::Started(target.clone())).ok()?;
    let known: Vec<Observation> = match ask {
        Ask::Folder { root, .. } => folder(root, options),
        Ask::Recorded { observations, .. } => observations.clone(),
        Ask::Unreachable { why, .. } => {
            Topic::ALL.iter().map(|topic| Observation::unknown(*topic, why.clone())).collect()
        }
    };
    let missing = Topic::ALL.iter().filter(|topic| !known.iter().any(|one| one.topic() == **topic));
    let rest: Vec<Observation> = missing.map(|topic| source::offline(*topic)).collect();
    for observation in rest.into_iter().chain(known) {
        let repo = target.id.clone();
        events.send(SurveyEvent::Answered { repo, observation: Box::new(observation) }).ok()?;
    }
    events.send(SurveyEvent::Finished { repo: target.id.clone() }).ok()
}

/// What a local folder tells: its files, and the state of its clone.
fn folder(root: &Path, _options: Options) -> Vec<Observation> {
    let mut files = checkout::read(root);
    files.prepare();
    vec![Observation::Git(git::observe(root)), Observation::Files(Fact::local(files, Timestamp::now()))]
}
