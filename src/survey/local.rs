//! Reads folders, on a few threads: reading is short, and a terminal over ssh shares its machine with others.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::network::{Door, Job, Wanted};
use super::{Ask, Needs, Reach};
use crate::fact::git::Remote;
use crate::fact::{Fact, Observation, Reason, SurveyEvent, Target, Topic, Unknown};
use crate::source::github::Api;
use crate::source::{self, checkout, git};

/// Most threads that read at once.
const MAX_THREADS: usize = 4;

/// Where folders with a remote go on.
pub struct Link {
    /// The network; none when it must not be asked.
    pub network: Option<Arc<Door>>,
    /// How much is asked.
    pub reach: Reach,
}

struct Work {
    asks: Vec<(Needs, Ask)>,
    next: AtomicUsize,
    left: AtomicUsize,
    joined: Mutex<Vec<Wanted>>,
    link: Link,
}

/// Answers what needs no network, and hands folders with a remote on when all were read.
pub fn read(asks: Vec<(Needs, Ask)>, link: Link, events: &UnboundedSender<SurveyEvent>) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS).min(asks.len());
    let left = AtomicUsize::new(threads);
    let work = Arc::new(Work { asks, next: AtomicUsize::new(0), left, joined: Mutex::default(), link });
    for _ in 0..threads {
        let (work, events) = (Arc::clone(&work), events.clone());
        std::thread::spawn(move || {
            work.run(&events);
            if work.left.fetch_sub(1, Ordering::AcqRel) == 1 {
                work.hand_on(events);
            }
        });
    }
}

impl Work {
    fn run(&self, events: &UnboundedSender<SurveyEvent>) {
        while let Some((needs, ask)) = self.asks.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.survey(ask, needs, events).is_none() {
                return;
            }
        }
    }

    /// Answers what can be told of one repository; none when nobody listens any more.
    fn survey(&self, ask: &Ask, needs: &Needs, events: &UnboundedSender<SurveyEvent>) -> Option<()> {
        let target = ask.target();
        events.send(SurveyEvent::Started(target.clone())).ok()?;
        let known: Vec<Observation> = match ask {
            Ask::Folder { root, .. } => {
                let known = checkout::none_here(root).map_or_else(|| folder(root), |why| every(&why));
                if let Some(wanted) = self.joined_with(target, needs, &known) {
                    let known = known.into_iter().filter(|one| needs.tells(one.topic())).collect();
                    tell(target, known, events)?;
                    self.joined.lock().unwrap_or_else(PoisonError::into_inner).push(wanted);
                    return Some(());
                }
                known
            }
            Ask::Recorded { observations, .. } => observations.clone(),
            Ask::Unreachable { why, .. } => every(why),
            Ask::Remote { .. } => Vec::new(),
        };
        let missing = Topic::ALL.iter().filter(|topic| !known.iter().any(|one| one.topic() == **topic));
        let rest: Vec<Observation> = match self.link.reach {
            Reach::Everything | Reach::Release => missing.map(|topic| self.unasked(*topic, ask, &known)).collect(),
            Reach::Local => Vec::new(),
        };
        let told = rest.into_iter().chain(known).filter(|one| needs.tells(one.topic()));
        tell(target, told.collect(), events)?;
        events.send(SurveyEvent::Finished { repo: target.id.clone() }).ok()
    }

    /// Why a topic was not asked about: no network may be used, or a folder leads to no repository of the forge.
    fn unasked(&self, topic: Topic, ask: &Ask, known: &[Observation]) -> Observation {
        let door = self.link.network.as_ref().filter(|door| !door.is_offline() && matches!(ask, Ask::Folder { .. }));
        let Some(door) = door else { return source::offline(topic) };
        source::no_remote(topic, &door.forge().web_host(), remote(known).map(|remote| remote.host.as_str()))
    }

    /// What to ask the forge about a folder: the repository that its target or its remote names.
    fn joined_with(&self, target: &Target, needs: &Needs, known: &[Observation]) -> Option<Wanted> {
        let forge = self.link.network.as_ref()?.forge();
        let remote = remote(known).filter(|remote| is_on(forge, &remote.host) && !remote.owner.contains('/'));
        let name = target.repository.clone().or_else(|| remote.map(Remote::full_name))?;
        let (target, needs) = (target.clone(), needs.clone());
        Some(Wanted { target, name, branch: None, local: Some(known.to_vec()), needs })
    }

    fn hand_on(&self, events: UnboundedSender<SurveyEvent>) {
        let mut subjects = std::mem::take(&mut *self.joined.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(network) = self.link.network.as_ref().filter(|_| !subjects.is_empty()) else { return };
        subjects.sort_by(|a, b| a.target.id.cmp(&b.target.id));
        network.send(Job { subjects, events });
    }
}

/// Whether the host of a remote is the one whose API is asked. A forge on this machine stands for github.com in tests.
fn is_on(forge: &Api, host: &str) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host);
    host.eq_ignore_ascii_case(&forge.web_host())
        || (forge.is_loopback() || forge.is_github_service()) && matches!(host, "github.com" | "ssh.github.com:443")
}

/// The remote of a clone, among what its folder tells.
fn remote(known: &[Observation]) -> Option<&Remote> {
    known.iter().find_map(|one| match one {
        Observation::Git(git) => git.value()?.as_ref()?.remote.as_ref(),
        _ => None,
    })
}

fn tell(target: &Target, known: Vec<Observation>, events: &UnboundedSender<SurveyEvent>) -> Option<()> {
    for observation in known {
        let repo = target.id.clone();
        events.send(SurveyEvent::Answered { repo, observation: Box::new(observation) }).ok()?;
    }
    Some(())
}

/// The same answer to every topic: it cannot be told.
fn every(why: &Unknown) -> Vec<Observation> {
    Topic::ALL.iter().map(|topic| Observation::unknown(*topic, why.clone())).collect()
}

/// What a local folder tells: its files, and the state of its clone.
fn folder(root: &Path) -> Vec<Observation> {
    let mut files = checkout::read(root);
    files.prepare();
    vec![Observation::Git(git::observe(root)), Observation::Files(Fact::local(files, Timestamp::now()))]
}

/// Answers for a repository that no network leads to.
pub fn unreachable(target: &Target, name: &str, reach: Reach, events: &UnboundedSender<SurveyEvent>) {
    let why = Unknown::new(Reason::Offline, format!("{name} was not looked at: no network may be used"));
    let topics = if reach == Reach::Release { Topic::RELEASE } else { Topic::ALL };
    let all = topics.iter().map(|topic| Observation::unknown(*topic, why.clone())).collect();
    if tell(target, all, events).is_some() {
        events.send(SurveyEvent::Finished { repo: target.id.clone() }).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_remotes_of_the_forge_that_is_asked_are_joined() {
        let api = |address: &str| Api::parse(address).unwrap();
        let service = api("https://api.github.com");
        assert!(is_on(&service, "github.com") && is_on(&service, "ssh.github.com:443"));
        for host in ["github.com.evil.test", "evil.test", "notgithub.com", "gitlab.test"] {
            assert!(!is_on(&service, host), "{host}");
        }
        let own = api("https://ghes.test/api/v3");
        assert!(is_on(&own, "ghes.test") && !is_on(&own, "github.com"));
        assert!(is_on(&api("http://127.0.0.1:9"), "github.com"));
    }
}
