//! From questions to a judged fleet: takes in what a survey says until it ends or is interrupted.

use std::future::Future;
use std::io::Write;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;

use super::CommandError;
use super::record::Recorder;
use crate::fact::artifact::Pins;
use crate::fact::{Observation, SurveyEvent, Target};
use crate::fleet::{Fleet, Repo, Rules};
use crate::source::pins;
use crate::survey::{self, Ask, Options};

/// How gathering ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every question was answered.
    Complete,
    /// The person pressed ctrl-c.
    Interrupted,
    /// The survey stopped before its end.
    Broken,
}

/// Who looks on while it lasts.
#[derive(Default)]
pub struct Watch<'a> {
    /// Where counts are shown.
    pub progress: Option<&'a mut dyn Write>,
    /// Who keeps the answers.
    pub recorder: Option<&'a mut Recorder>,
}

/// Asks and judges.
///
/// # Errors
/// A system that does not let the program wait for its answers.
pub fn gather(
    asks: Vec<Ask>,
    options: &Options,
    rules: Rules,
    watch: Watch<'_>,
) -> Result<(Fleet, Ending), CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.map_err(|error| CommandError::Internal(format!("no event loop: {error}")))?;
    let targets: Vec<Target> = asks.iter().map(|ask| ask.target().clone()).collect();
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler the system ends the program by itself.
            std::future::pending::<()>().await;
        }
    };
    Ok(runtime.block_on(async { absorb(survey::start(asks, options), &targets, rules, interrupted, watch).await }))
}

async fn absorb(
    mut events: UnboundedReceiver<SurveyEvent>,
    targets: &[Target],
    rules: Rules,
    interrupted: impl Future<Output = ()>,
    mut watch: Watch<'_>,
) -> (Fleet, Ending) {
    let mut fleet = Fleet::new(rules);
    let mut interrupted = std::pin::pin!(interrupted);
    let mut judged = 0;
    let ending = loop {
        let event = tokio::select! {
            biased;
            () = &mut interrupted => break Ending::Interrupted,
            event = events.recv() => event,
        };
        let Some(event) = event else { break Ending::Complete };
        if let Some(recorder) = watch.recorder.as_mut() {
            recorder.take(&event);
        }
        if matches!(event, SurveyEvent::Finished { .. }) {
            judged += 1;
            if let Some(out) = watch.progress.as_mut() {
                write!(out, "\rjudged {judged} of {}", targets.len()).and_then(|()| out.flush()).ok();
            }
        }
        fleet.absorb(event);
    };
    if let Some(out) = watch.progress {
        write!(out, "\r{:40}\r", "").and_then(|()| out.flush()).ok();
    }
    conclude(&mut fleet, targets, ending)
}

/// Gives every target its place in the fleet, and every question that stayed open its reason.
fn conclude(fleet: &mut Fleet, targets: &[Target], ending: Ending) -> (Fleet, Ending) {
    let mut fleet = std::mem::take(fleet);
    for target in targets {
        if !fleet.repos.contains_key(&target.id) {
            fleet.absorb(SurveyEvent::Started(target.clone()));
        }
    }
    let cut_short = fleet.repos.values().any(|repo| !repo.finished);
    let ending = if ending == Ending::Complete && cut_short { Ending::Broken } else { ending };
    fleet.settle(match ending {
        Ending::Interrupted => "not answered before the interruption",
        Ending::Broken => "not answered before the program failed",
        Ending::Complete => "nobody answered",
    });
    (fleet, ending)
}

/// Puts pins from a file over those that were observed, and judges again.
pub fn hand_over(fleet: &mut Fleet, pins: &Pins, at: Timestamp) {
    let merged = |repo: &Repo| Observation::Pins(pins::merge(&repo.facts.pins, pins, at));
    let answers: Vec<_> = fleet.repos.iter().map(|(id, repo)| (id.clone(), merged(repo))).collect();
    for (repo, observation) in answers {
        fleet.absorb(SurveyEvent::Answered { repo, observation: Box::new(observation) });
    }
    fleet.catch_up();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::RepoId;
    use crate::fleet::Readiness;
    use crate::requirement::Verdict;
    use tokio::sync::mpsc;

    fn target(index: usize) -> Target {
        Target { id: RepoId { index, target: format!("o/r{index}").into() }, repository: None, path: None, whole: None }
    }

    fn run(events: Vec<SurveyEvent>, open: bool, interrupted: bool) -> (Fleet, Ending, String) {
        let (sender, receiver) = mpsc::unbounded_channel();
        for event in events {
            sender.send(event).unwrap();
        }
        let keep = open.then_some(sender);
        let interrupt = async move {
            if !interrupted {
                std::future::pending::<()>().await;
            }
        };
        let mut shown = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let targets = [target(0), target(1)];
        let watch = Watch { progress: Some(&mut shown), recorder: None };
        let done = absorb(receiver, &targets, Rules::default(), interrupt, watch);
        let (fleet, ending) = runtime.block_on(done);
        drop(keep);
        (fleet, ending, String::from_utf8(shown).unwrap())
    }

    fn whole(index: usize) -> [SurveyEvent; 2] {
        [SurveyEvent::Started(target(index)), SurveyEvent::Finished { repo: target(index).id }]
    }

    #[test]
    fn a_whole_survey_is_complete_and_shows_its_progress() {
        let (fleet, ending, shown) = run([whole(1), whole(0)].concat(), false, false);
        assert_eq!((fleet.repos.len(), ending), (2, Ending::Complete));
        assert!(shown.contains("judged 2 of 2") && shown.ends_with('\r'), "{shown:?}");
    }

    #[test]
    fn an_interruption_leaves_no_target_out_and_nothing_awaited() {
        let (fleet, ending, _) = run(Vec::new(), true, true);
        assert_eq!((fleet.repos.len(), ending), (2, Ending::Interrupted));
        for repo in fleet.repos.values() {
            assert!(repo.facts.awaited().is_empty());
            assert!(repo.findings.iter().all(|finding| finding.verdict != Verdict::Pending));
            assert_eq!(repo.readiness(&fleet.rules), Readiness::Undecided);
        }
    }

    #[test]
    fn a_survey_that_dies_is_noticed() {
        let (fleet, ending, _) = run(whole(0).to_vec(), false, false);
        assert_eq!((fleet.repos.len(), ending), (2, Ending::Broken));
    }
}
