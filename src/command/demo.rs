//! `demo`: the dashboard on a bundled fleet of recorded answers.

use std::cell::Cell;
use std::collections::VecDeque;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::choices::Choices;
use super::dashboard::{self, Keeping, Opening};
use super::{CommandError, Surroundings, asks, check};
use crate::cli::{Check, Everywhere};
use crate::fact::SurveyEvent;
use crate::source::replay;
use crate::survey::{self, Ask};

mod copies;

use copies::{Copies, Written};

/// How long an answer is behind the one before: the whole fleet is there within a few seconds.
const PACE: Duration = Duration::from_millis(25);

/// Shows the bundled fleet; without a terminal, prints its report and says so. Nothing of the user's is read but the
/// configuration, nothing is written but a temporary copy to try fixes on, and nothing is asked.
///
/// # Errors
/// A configuration that does not count; an output that cannot be written; a terminal that cannot be used.
pub fn run(instant: bool, everywhere: &Everywhere, surroundings: &mut Surroundings<'_>) -> Result<u8, CommandError> {
    // Nothing is asked, so neither a token nor the network can be in the way.
    let unasked = Everywhere { offline: true, ..everywhere.clone() };
    let offline = everywhere.offline;
    let choices = Choices { network: None, offline, ..Choices::of(&unasked, &Check::default(), surroundings)? };
    let fleet = replay::bundled().map_err(|error| CommandError::Internal(error.to_string()))?;
    let asks = asks::recorded(&fleet);
    if let Some(why) = surroundings.environment.why_no_dashboard() {
        surroundings.say(&format!("{why}; this is the report of the demo"));
        return check::conclude(asks, &choices, surroundings);
    }
    // Without a place for the copy, the demo can be looked at all the same.
    let (copies, written) = Copies::begin(&asks).ok().unzip();
    let roots = copies.as_ref().map(|copies| copies.roots.clone()).unwrap_or_default();
    let keeping = Keeping {
        state: copies.as_ref().map(|copies| copies.temporary().folder().join("state")),
        temporary: copies.as_ref().map(|copies| copies.temporary().clone()),
        ..Keeping::default()
    };
    let (known, first) = (roots.clone(), Cell::new(Some(written)));
    let start = move |asks: Vec<Ask>, _| {
        let options = survey::Options::default();
        if let Some(written) = first.take() {
            return delivered(survey::start(asks, &options), written, !instant);
        }
        survey::start(asks.into_iter().map(|ask| copies::as_they_are(ask, &known)).collect(), &options)
    };
    dashboard::open(Opening { asks, roots, start, keeping }, &choices, surroundings)
}

/// The same events, once the copies are written; where that is wanted, as a network would bring them: one after another,
/// from here and there.
fn delivered(
    mut events: UnboundedReceiver<SurveyEvent>,
    written: Option<Written>,
    is_paced: bool,
) -> UnboundedReceiver<SurveyEvent> {
    let (sender, receiver) = mpsc::unbounded_channel();
    thread::spawn(move || {
        // A fix may be tried as soon as its finding is seen, so its file must be there by then.
        written.map(|written| written.recv());
        // Recordings are read at once, so waiting for the last event takes no time.
        let mut rest = VecDeque::new();
        while let Some(event) = events.blocking_recv() {
            rest.push_back(event);
        }
        for event in if is_paced { shuffled(rest) } else { rest.into() } {
            if is_paced && matches!(event, SurveyEvent::Answered { .. }) {
                thread::sleep(PACE);
            }
            if sender.send(event).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The events in an order that mixes repositories, the same each time. Those of one repository keep theirs.
fn shuffled(events: VecDeque<SurveyEvent>) -> Vec<SurveyEvent> {
    let mut queues: Vec<(crate::fact::RepoId, VecDeque<SurveyEvent>)> = Vec::new();
    let mut mixed = Vec::new();
    for event in events {
        let repo = match &event {
            SurveyEvent::Started(target) => target.id.clone(),
            SurveyEvent::Asked { repo, .. } | SurveyEvent::Answered { repo, .. } | SurveyEvent::Finished { repo } => {
                repo.clone()
            }
            SurveyEvent::Logged(_) | SurveyEvent::Quota(_) | SurveyEvent::Asking(_) | SurveyEvent::Login(_) => {
                mixed.push(event);
                continue;
            }
        };
        match queues.iter_mut().find(|(known, _)| *known == repo) {
            Some((_, queue)) => queue.push_back(event),
            None => queues.push((repo, VecDeque::from([event]))),
        }
    }
    queues.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut step = 0;
    while !queues.is_empty() {
        // Seven steps on and one in between: no repository waits for long, and none is filled in one go.
        step = (step + 7 + mixed.len() % 2) % queues.len();
        let next = queues.get_mut(step).and_then(|(_, queue)| queue.pop_front());
        mixed.extend(next);
        queues.retain(|(_, queue)| !queue.is_empty());
    }
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::RepoId;
    use crate::fleet::{Fleet, Rules};

    fn all(mut events: UnboundedReceiver<SurveyEvent>) -> VecDeque<SurveyEvent> {
        std::iter::from_fn(|| events.blocking_recv()).collect()
    }

    fn fleet(events: impl IntoIterator<Item = SurveyEvent>) -> Vec<(RepoId, String)> {
        let mut fleet = Fleet::new(Rules::default());
        events.into_iter().for_each(|event| fleet.absorb(event));
        assert!(fleet.repos.values().all(|repo| repo.finished));
        fleet.repos.into_iter().map(|(id, repo)| (id, format!("{:?}", repo.findings))).collect()
    }

    #[test]
    fn the_order_of_answers_changes_no_verdict_and_mixes_repositories() {
        let asks = asks::recorded(&replay::bundled().unwrap());
        let straight = all(survey::start(asks, &survey::Options::default()));
        let mixed = shuffled(straight.clone());
        assert_eq!(mixed.len(), straight.len());
        let repos: Vec<&RepoId> = mixed
            .iter()
            .filter_map(|event| match event {
                SurveyEvent::Answered { repo, .. } => Some(repo),
                _ => None,
            })
            .collect();
        assert!(repos.windows(2).filter(|pair| pair[0] != pair[1]).count() > repos.len() / 2);
        assert_eq!(fleet(mixed), fleet(straight));
    }
}
