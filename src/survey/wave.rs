//! Some repositories at a time, round by round: what everybody may see, then what follows from it.

use std::cell::RefCell;
use std::rc::Rc;

use super::network::{Job, Link, Wanted, line};
use super::subject::{Shared, Subject};
use super::{anonymous, common, details, kept, release, state};
use crate::fact::{LogLevel, SurveyEvent, Topic};
use crate::source::github::Resource;
use crate::source::question::Question;

/// Repositories that go through the rounds together: enough to share documents, and few enough to fit into memory.
const WAVE: usize = 50;
/// Waves at the same time.
const WAVES: usize = 2;
/// Repositories from which on the quota is planned before the start.
const LARGE: usize = 20;
/// Points of the first round for one repository, by GitHub's formula, rounded up.
const POINTS: usize = 2;
/// Requests of the other rounds for one repository: settings, list, token, environments, tag, run and approvals.
const REQUESTS: usize = 7;

/// Asks about all repositories of a job.
pub async fn run(link: Rc<Link>, job: Job) {
    if let Some(kept) = link.kept() {
        pass(Rc::new(kept), &job, true).await;
    }
    plan(&link, &job).await;
    tokio::join!(pass(Rc::clone(&link), &job, false), login(&link, &job));
}

/// Says who asks, where answers of people are going to be wanted.
async fn login(link: &Link, job: &Job) {
    let releases = job.subjects.iter().any(|wanted| wanted.needs.asked.contains(&Topic::Checks));
    if releases && let Some(login) = link.login().await {
        job.events.send(SurveyEvent::Login(login.to_owned())).ok();
    }
}

/// One pass over all repositories; `only_known` looks at kept answers and asks nothing.
async fn pass(link: Rc<Link>, job: &Job, only_known: bool) {
    let mut tasks = tokio::task::JoinSet::new();
    for chunk in job.subjects.chunks(WAVE) {
        while tasks.len() >= WAVES {
            tasks.join_next().await;
        }
        if job.events.is_closed() {
            return;
        }
        let subject = |wanted: &Wanted| {
            let how = (link.forge.is_offline(), only_known);
            Rc::new(RefCell::new(Subject::new(wanted, &job.events, how)))
        };
        let subjects: Vec<Shared> = chunk.iter().map(subject).collect();
        for subject in &subjects {
            subject.borrow().announce();
        }
        tasks.spawn_local(wave(Rc::clone(&link), subjects));
    }
    while tasks.join_next().await.is_some() {}
}

/// Says what a large fleet will need, before it is asked about. `rate_limit` itself costs nothing.
async fn plan(link: &Link, job: &Job) {
    let count = job.subjects.len();
    if count < LARGE || link.forge.is_offline() || link.forge.token().is_none() {
        return;
    }
    // The answer's headers say nothing of GraphQL; its body does.
    let limits = link.value(&["rate_limit"]).await.unwrap_or_default();
    let left = |name: &str| limits.pointer(&format!("/resources/{name}/remaining")).and_then(serde_json::Value::as_u64);
    let (points, requests) = (count * POINTS, count * REQUESTS);
    let shown = |left: Option<u64>| left.map_or_else(|| "an unknown number".to_owned(), |left| left.to_string());
    let words = format!(
        "{count} repositories need about {points} points of {} and {requests} requests of {}",
        shown(left("graphql")),
        shown(left("core"))
    );
    let fits = |left: Option<u64>, wanted: usize| {
        left.is_none_or(|left| usize::try_from(left).unwrap_or(usize::MAX) >= wanted)
    };
    let enough = fits(left("graphql"), points)
        && fits(left("core"), requests)
        && link.forge.plan(Resource::Core, u32::try_from(requests).unwrap_or(u32::MAX)).fits();
    let (level, words) = if enough {
        (LogLevel::Info, words)
    } else {
        (LogLevel::Warn, format!("{words}: the last ones will have to wait for the next hour"))
    };
    job.events.send(line(level, &words)).ok();
}

/// All rounds for some repositories.
async fn wave(link: Rc<Link>, subjects: Vec<Shared>) {
    if link.forge.token().is_none() {
        return anonymous::ask(link, subjects).await;
    }
    let new = kept::ask(&link, &subjects).await;
    let mut first = tokio::task::JoinSet::new();
    for batch in new.chunks(state::BATCH) {
        first.spawn_local(state::ask(Rc::clone(&link), batch.to_vec()));
    }
    first.join_all().await;
    let questions = ask_questions(&subjects);
    let texts = common::texts(Rc::clone(&link), subjects.clone());
    let pins = common::resolve(Rc::clone(&link), of_topic(&questions, Topic::Pins));
    let attested = common::attested(Rc::clone(&link), of_topic(&questions, Topic::Attestations));
    tokio::join!(texts, each(&link, questions), pins, attested);
    second_look(&link, &subjects).await;
    release::each(&link, &subjects).await;
    for subject in &subjects {
        kept::remember(&link, &subject.borrow());
        subject.borrow_mut().finish();
    }
}

/// Texts of the second round may raise new questions: a local action with pins of its own, say.
pub async fn second_look(link: &Rc<Link>, subjects: &[Shared]) {
    let questions = ask_questions(subjects);
    let pins = common::resolve(Rc::clone(link), of_topic(&questions, Topic::Pins));
    let attested = common::attested(Rc::clone(link), of_topic(&questions, Topic::Attestations));
    let mut follow = tokio::task::JoinSet::new();
    for (subject, questions) in questions {
        follow.spawn_local(details::follow(Rc::clone(link), subject, questions));
    }
    tokio::join!(pins, attested, async { follow.join_all().await });
}

/// A repository with its questions.
type Asking = Vec<(Shared, Vec<Question>)>;

fn ask_questions(subjects: &[Shared]) -> Asking {
    subjects.iter().map(|subject| (Rc::clone(subject), subject.borrow_mut().follow_ups())).collect()
}

fn of_topic(asking: &Asking, topic: Topic) -> Asking {
    let some = |(subject, questions): &(Shared, Vec<Question>)| {
        let own = questions.iter().filter(|question| question.topic() == topic).cloned().collect();
        (Rc::clone(subject), own)
    };
    asking.iter().map(some).collect()
}

/// What is asked about each repository by itself, the most telling first.
async fn each(link: &Rc<Link>, questions: Asking) {
    let mut tasks = tokio::task::JoinSet::new();
    for (subject, _) in &questions {
        tasks.spawn_local(details::open_branches(Rc::clone(link), Rc::clone(subject)));
        tasks.spawn_local(details::settings(Rc::clone(link), Rc::clone(subject)));
    }
    for (subject, questions) in questions {
        tasks.spawn_local(details::follow(Rc::clone(link), subject, questions));
    }
    tasks.join_all().await;
}
