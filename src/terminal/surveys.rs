//! Surveys that run: the first one, and those that ask again.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::path::PathBuf;
use std::task::{Context, Poll};
use std::time::SystemTime;

use tokio::sync::mpsc::UnboundedReceiver;

use super::log;
use crate::app::{Message, Scope};
use crate::fact::{RepoId, SurveyEvent, Topic};
use crate::survey::Ask;

/// How a survey is started: about whom, and how much is asked.
pub type Start = Box<dyn Fn(Vec<Ask>, Scope) -> UnboundedReceiver<SurveyEvent>>;

/// Surveys that run, and what they ask.
pub struct Surveys {
    asks: BTreeMap<RepoId, Ask>,
    start: Start,
    running: Vec<Running>,
    /// When files were begun to be read.
    read_at: BTreeMap<RepoId, SystemTime>,
}

struct Running {
    round: u32,
    scope: Scope,
    /// Those that no later round asks about.
    repos: Vec<RepoId>,
    events: UnboundedReceiver<SurveyEvent>,
}

impl Surveys {
    /// Surveys of these questions; none runs yet.
    pub fn new(asks: Vec<Ask>, start: Start) -> Self {
        let asks = asks.into_iter().map(|ask| (ask.target().id.clone(), ask)).collect();
        Self { asks, start, running: Vec::new(), read_at: BTreeMap::new() }
    }

    /// Everybody who can be asked about.
    pub fn everybody(&self) -> Vec<RepoId> {
        self.asks.keys().cloned().collect()
    }

    /// Asks about repositories. Earlier surveys go on for as long as somebody needs their answers.
    pub fn begin(&mut self, round: u32, repos: Vec<RepoId>, scope: Scope) {
        let asks: Vec<Ask> = repos.iter().filter_map(|id| self.asks.get(id).cloned()).collect();
        if asks.is_empty() {
            return;
        }
        log::note(&format!("round {round}: {} repositories are asked about ({scope:?})", asks.len()));
        if scope == Scope::Everything {
            for running in &mut self.running {
                running.repos.retain(|id| !repos.contains(id));
            }
            self.running.retain(|running| !running.repos.is_empty());
        }
        if scope != Scope::Release {
            let now = SystemTime::now();
            self.read_at.extend(repos.iter().map(|id| (id.clone(), now)));
        }
        let events = (self.start)(asks, scope);
        self.running.push(Running { round, scope, repos, events });
    }

    /// The folders of repositories, and when their files were read last.
    pub fn folders(&self, repos: &[RepoId]) -> Vec<(RepoId, PathBuf, SystemTime)> {
        let folder = |id: &RepoId| match self.asks.get(id)? {
            Ask::Folder { root, .. } => Some((id.clone(), root.clone(), *self.read_at.get(id)?)),
            _ => None,
        };
        repos.iter().filter_map(folder).collect()
    }

    /// Waits for the next thing that a survey says; for ever while none runs.
    pub async fn next(&mut self) -> Message {
        poll_fn(|context| self.poll(context)).await
    }

    /// What a survey has said already.
    pub fn try_next(&mut self) -> Option<Message> {
        for running in &mut self.running {
            while let Ok(event) = running.events.try_recv() {
                if running.counts(&event) {
                    return Some(running.message(event));
                }
            }
        }
        None
    }

    /// Whether nothing more has been said by now.
    pub fn is_quiet(&self) -> bool {
        self.running.iter().all(|running| running.events.is_empty())
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Message> {
        let mut ended = Vec::new();
        let mut said = None;
        for (index, running) in self.running.iter_mut().enumerate() {
            match running.poll(context) {
                Poll::Ready(Some(message)) => {
                    said = Some(message);
                    break;
                }
                Poll::Ready(None) => ended.push(index),
                Poll::Pending => {}
            }
        }
        for index in ended.into_iter().rev() {
            self.running.remove(index);
        }
        said.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Running {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Message>> {
        loop {
            match self.events.poll_recv(context) {
                Poll::Ready(Some(event)) if !self.counts(&event) => {}
                Poll::Ready(event) => return Poll::Ready(event.map(|event| self.message(event))),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Whether an event belongs to what was asked: a survey of files says nothing of what only the network knows, and
    /// one for a release nothing of the rest.
    fn counts(&self, event: &SurveyEvent) -> bool {
        let topic = match event {
            SurveyEvent::Answered { observation, .. } => observation.topic(),
            SurveyEvent::Asked { topic, .. } => *topic,
            _ => return true,
        };
        match self.scope {
            Scope::Local => matches!(topic, Topic::Files | Topic::Git),
            Scope::Release => Topic::RELEASE.contains(&topic),
            Scope::Everything => true,
        }
    }

    fn message(&self, event: SurveyEvent) -> Message {
        if let SurveyEvent::Logged(line) = &event {
            log::line(line);
        }
        Message::Survey { round: self.round, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Observation, Reason, Target, Unknown};
    use std::cell::RefCell;
    use std::rc::Rc;
    use tokio::sync::mpsc::{self, UnboundedSender};

    fn id(index: usize) -> RepoId {
        RepoId { index, target: format!("o/r{index}").into() }
    }

    fn ask(index: usize) -> Ask {
        let target = Target { id: id(index), repository: None, path: None, whole: None };
        Ask::Unreachable { target, why: Unknown::new(Reason::Offline, "off") }
    }

    /// Surveys of three repositories whose events are sent by the test.
    fn surveys() -> (Surveys, Rc<RefCell<Vec<UnboundedSender<SurveyEvent>>>>) {
        let senders = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::clone(&senders);
        let start = move |_, _| {
            let (sender, receiver) = mpsc::unbounded_channel();
            kept.borrow_mut().push(sender);
            receiver
        };
        (Surveys::new((0..3).map(ask).collect(), Box::new(start)), senders)
    }

    fn answered(index: usize, topic: Topic) -> SurveyEvent {
        let observation = Observation::unknown(topic, Unknown::new(Reason::Failed, "x"));
        SurveyEvent::Answered { repo: id(index), observation: Box::new(observation) }
    }

    fn rounds(surveys: &mut Surveys) -> Vec<u32> {
        std::iter::from_fn(|| surveys.try_next())
            .map(|message| match message {
                Message::Survey { round, .. } => round,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_survey_whose_repositories_are_all_asked_again_is_dropped() {
        let (mut surveys, senders) = surveys();
        surveys.begin(0, surveys.everybody(), Scope::Everything);
        surveys.begin(1, vec![id(1)], Scope::Everything);
        for sender in senders.borrow().iter() {
            sender.send(SurveyEvent::Finished { repo: id(0) }).unwrap();
        }
        assert!(!surveys.is_quiet());
        assert_eq!(rounds(&mut surveys), [0, 1], "others still need the first");
        surveys.begin(2, vec![id(0), id(2)], Scope::Everything);
        let closed: Vec<bool> = senders.borrow().iter().map(UnboundedSender::is_closed).collect();
        assert_eq!(closed, [true, false, false]);
        surveys.begin(3, vec![id(7)], Scope::Everything);
        assert_eq!(senders.borrow().len(), 3, "nobody is asked about what is no target");
    }

    #[test]
    fn reading_files_again_changes_no_other_answer() {
        let (mut surveys, senders) = surveys();
        surveys.begin(0, surveys.everybody(), Scope::Everything);
        surveys.begin(1, vec![id(1)], Scope::Local);
        for sender in senders.borrow().iter() {
            sender.send(answered(1, Topic::ActionsPolicy)).unwrap();
            sender.send(answered(1, Topic::Files)).unwrap();
        }
        assert_eq!(rounds(&mut surveys), [0, 0, 1]);
    }

    #[test]
    fn asking_about_a_release_changes_no_other_answer() {
        let (mut surveys, senders) = surveys();
        surveys.begin(0, surveys.everybody(), Scope::Everything);
        surveys.begin(1, vec![id(1)], Scope::Release);
        let sender = senders.borrow()[1].clone();
        for topic in [Topic::Files, Topic::Protection, Topic::Checks, Topic::Versions] {
            sender.send(answered(1, topic)).unwrap();
        }
        assert_eq!(rounds(&mut surveys), [1, 1]);
        assert_eq!(senders.borrow().len(), 2, "the first one goes on");
    }

    #[test]
    fn the_end_of_a_survey_is_waited_out() {
        let (mut surveys, senders) = surveys();
        surveys.begin(0, surveys.everybody(), Scope::Everything);
        surveys.begin(1, vec![id(1)], Scope::Local);
        senders.borrow_mut().remove(0);
        senders.borrow()[0].send(SurveyEvent::Finished { repo: id(1) }).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let message = runtime.block_on(surveys.next());
        assert!(matches!(message, Message::Survey { round: 1, .. }));
        assert_eq!(surveys.running.len(), 1);
    }
}
