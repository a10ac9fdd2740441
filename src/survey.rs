//! Asks sources about many repositories and yields what they answer.
//!
//! | part | what it does |
//! |---|---|
//! | `local` | reads folders, on a few threads |
//! | `network` | one thread with an event loop of its own, which asks forge and index |
//! | `subject` | one repository while it is asked about |
//! | `wave` | some repositories at a time, round by round |
//! | `kept` | the first round of those that were seen before: whether anything changed |
//! | `state` | the first round: one document for up to five repositories |
//! | `details` | the second round, one repository: settings, environments, tags, runs, packages |
//! | `release` | what only a release asks for, when files and tags are known |
//! | `common` | the second round, many repositories: texts, pins, attestations |
//! | `anonymous` | the same without a token: public repositories by REST |
//! | `owner` | the repositories of an owner that publish something |
//!
//! Whoever takes the events never waits for a disk or a network. Events of one repository come in order; those of
//! different repositories may mix.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::fact::{Observation, RepoId, SurveyEvent, Target, Topic, Unknown};
use crate::source::network::Network;

mod anonymous;
mod common;
mod details;
mod kept;
mod local;
mod network;
mod owner;
mod release;
mod state;
mod subject;
mod wave;

pub use owner::{Listing, list_owner};

/// What to look at and how.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A folder of this machine. Its files win over those of its remote; settings come from the remote.
    Folder {
        /// Its key and how it is shown.
        target: Target,
        /// The root of the repository.
        root: PathBuf,
    },
    /// A repository of the forge, `repository` of its target being its name.
    Remote {
        /// Its key and how it is shown.
        target: Target,
        /// `owner/name`.
        name: String,
        /// The branch whose files are judged; none for the default branch.
        branch: Option<String>,
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
            Self::Folder { target, .. }
            | Self::Remote { target, .. }
            | Self::Recorded { target, .. }
            | Self::Unreachable { target, .. } => target,
        }
    }
}

/// How to ask.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The topics that are needed; none for all of them.
    pub topics: Option<BTreeSet<Topic>>,
    /// How the network is used; without it, folders are all there is.
    pub network: Option<Network>,
    /// Whether kept answers are shown first, before what is asked anew.
    pub kept_first: bool,
}

impl Options {
    /// Whether a topic is needed.
    fn wants(&self, topic: Topic) -> bool {
        self.topics.as_ref().is_none_or(|topics| topics.contains(&topic))
    }
}

/// How much a refresh asks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Files and the state of clones only: nothing of the network.
    Local,
    /// What only a release asks for ([`Topic::RELEASE`]). Nothing is said of other topics, though the files are read
    /// where the answers follow from them.
    Release,
    /// Everything; what only a release asks for too, once that was asked of the repository.
    Everything,
}

/// What is asked about a repository.
#[derive(Clone, Debug)]
struct Needs {
    /// The topics that are asked for.
    asked: Arc<BTreeSet<Topic>>,
    /// Whether it is a round of its own about a release: of other topics, those that were answered stay as they are.
    release_only: bool,
}

impl Needs {
    /// The topics that are asked for and passed on.
    fn told(&self) -> impl Iterator<Item = Topic> {
        self.asked.iter().copied().filter(|topic| self.tells(*topic))
    }

    /// Whether answers about a topic are passed on.
    fn tells(&self, topic: Topic) -> bool {
        !self.release_only || Topic::RELEASE.contains(&topic)
    }
}

/// Repositories that can be asked about again and again. What is under way when it is dropped comes to its end.
#[derive(Debug)]
pub struct Survey {
    asks: Arc<Vec<Ask>>,
    topics: Arc<BTreeSet<Topic>>,
    /// Those whose release was asked about, so that asking everything again forgets nothing.
    releasing: Mutex<BTreeSet<RepoId>>,
    network: Option<Arc<network::Door>>,
}

impl Survey {
    /// A survey of these repositories; nothing is asked yet.
    pub fn new(asks: Vec<Ask>, options: &Options) -> Self {
        let topics = Topic::ALL.iter().copied().filter(|topic| options.wants(*topic)).collect();
        // Without a network, kept answers are all there could be.
        let has_answers =
            |network: &Network| !network.offline || network.cache.as_ref().is_some_and(|folder| folder.is_dir());
        let network = options.network.clone().filter(has_answers);
        let network = network.map(|network| Arc::new(network::Door::new(network, options.kept_first)));
        Self { asks: Arc::new(asks), topics: Arc::new(topics), releasing: Mutex::default(), network }
    }

    /// Asks these questions, whether they are among those it began with or not, and yields what is answered until all are
    /// finished.
    pub fn about(&self, asks: Vec<Ask>, reach: Reach) -> UnboundedReceiver<SurveyEvent> {
        let (events, receiver) = mpsc::unbounded_channel();
        self.ask(asks, reach, &events);
        receiver
    }

    /// Asks about every repository.
    pub fn all(&self) -> UnboundedReceiver<SurveyEvent> {
        let (events, receiver) = mpsc::unbounded_channel();
        self.ask(self.asks.to_vec(), Reach::Everything, &events);
        receiver
    }

    fn ask(&self, asks: Vec<Ask>, reach: Reach, events: &UnboundedSender<SurveyEvent>) {
        let (remote, local): (Vec<Ask>, Vec<Ask>) = asks.into_iter().partition(|ask| matches!(ask, Ask::Remote { .. }));
        let network = self.network.clone().filter(|_| reach != Reach::Local);
        let mut subjects = Vec::new();
        for ask in remote {
            let Ask::Remote { target, name, branch } = ask else { continue };
            if events.send(SurveyEvent::Started(target.clone())).is_err() {
                return;
            }
            if reach == Reach::Local {
                events.send(SurveyEvent::Finished { repo: target.id.clone() }).ok();
            } else if self.network.is_none() {
                local::unreachable(&target, &name, reach, events);
            } else {
                let needs = self.needs(&target.id, reach);
                subjects.push(network::Wanted { target, name, branch, local: None, needs });
            }
        }
        if let Some(network) = &network
            && !subjects.is_empty()
        {
            let job = network::Job { subjects, events: events.clone() };
            network.send(job);
        }
        let needs = |ask: Ask| (self.needs(&ask.target().id, reach), ask);
        local::read(local.into_iter().map(needs).collect(), local::Link { network, reach }, events);
    }

    /// What is asked about a repository.
    fn needs(&self, repo: &RepoId, reach: Reach) -> Needs {
        let mut releasing = self.releasing.lock().unwrap_or_else(PoisonError::into_inner);
        if reach == Reach::Release {
            releasing.insert(repo.clone());
            // What the packages are called stands in the files.
            let asked = Topic::RELEASE.iter().copied().chain([Topic::Files]).collect();
            return Needs { asked: Arc::new(asked), release_only: true };
        }
        let asked = if releasing.contains(repo) {
            Arc::new(self.topics.iter().chain(Topic::RELEASE).copied().collect())
        } else {
            Arc::clone(&self.topics)
        };
        Needs { asked, release_only: false }
    }
}

/// Starts work in the background and yields events, in order for each repository.
pub fn start(asks: Vec<Ask>, options: &Options) -> UnboundedReceiver<SurveyEvent> {
    Survey::new(asks, options).all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unreachable(index: usize) -> Ask {
        let id = RepoId { index, target: "o/r".into() };
        let target = Target { id, repository: Some("o/r".into()), path: None, whole: None };
        Ask::Remote { target, name: "o/r".into(), branch: None }
    }

    fn drained(mut receiver: UnboundedReceiver<SurveyEvent>) -> Vec<SurveyEvent> {
        std::iter::from_fn(|| receiver.blocking_recv()).collect()
    }

    #[test]
    fn without_a_network_every_topic_of_a_remote_repository_is_unknown() {
        let survey = Survey::new(vec![unreachable(0), unreachable(1)], &Options::default());
        let events = drained(survey.all());
        let answered = events.iter().filter(|event| matches!(event, SurveyEvent::Answered { .. })).count();
        assert_eq!(answered, 2 * Topic::ALL.len());
        assert!(matches!(events.last(), Some(SurveyEvent::Finished { .. })));
    }

    #[test]
    fn a_local_look_leaves_what_the_forge_said_alone() {
        let survey = Survey::new(Vec::new(), &Options::default());
        assert!(drained(survey.about(Vec::new(), Reach::Everything)).is_empty());
        let answers = |reach| {
            let all = drained(survey.about(vec![unreachable(0)], reach));
            all.into_iter().filter(|event| matches!(event, SurveyEvent::Answered { .. })).count()
        };
        assert_eq!((answers(Reach::Local), answers(Reach::Everything)), (0, Topic::ALL.len()));
    }
}
