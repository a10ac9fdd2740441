//! Some repositories at a time, round by round: what everybody may see, then what follows from it.

use std::cell::RefCell;
use std::rc::Rc;

use super::network::{Job, Link, Wanted, line};
use super::subject::{Shared, Subject};
use super::{anonymous, common, details, kept, release, state};
use crate::fact::{LogLevel, SurveyEvent, Topic};
use crate::source::github::refusal::Route;
use crate::source::github::{Promise, Resource};
use crate::source::question::Question;

/// Repositories that go through the rounds together: enough to share documents, and few enough to fit into memory.
const WAVE: usize = 50;
/// Waves at the same time.
const WAVES: usize = 2;
/// Repositories from which on the quota is planned before the start.
const LARGE: usize = 20;
/// Points of the first round for one repository, by GitHub's formula, rounded up.
const POINTS: usize = 2;
/// Requests for the telling topics of one repository: settings, list, token, environments, and what one of these adds.
const TELLING: usize = 5;
/// Requests for its details: tag, run and approvals.
const DETAILS: usize = 3;

/// Asks about all repositories of a job.
pub async fn run(link: Rc<Link>, job: Job) {
    if let Some(kept) = link.kept() {
        pass(Rc::new(kept), &job, true).await;
    }
    let token = link.forge.token();
    let asking = token.map_or_else(|| "without a token".to_owned(), |token| format!("with {}", token.told()));
    job.events.send(SurveyEvent::Asking(asking)).ok();
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
    // Those whose turn comes late must not be without an answer because the first ones were asked for their details.
    let held: Vec<Promise> = job.subjects.chunks(WAVE).map(|chunk| promise(&link, chunk.len() * TELLING)).collect();
    let mut held = held.into_iter();
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
        tasks.spawn_local(wave(Rc::clone(&link), subjects, held.next()));
    }
    while tasks.join_next().await.is_some() {}
}

fn promise(link: &Link, requests: usize) -> Promise {
    link.forge.promise(Resource::Core, u32::try_from(requests).unwrap_or(u32::MAX))
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
    // One that was seen before is asked whether that has changed, which costs next to nothing.
    let is_new = |wanted: &&Wanted| link.forge.recall(&Route::Environments.request(&wanted.name)).is_none();
    let new = job.subjects.iter().filter(is_new).count();
    let (points, requests) = (new * POINTS, new * (TELLING + DETAILS));
    let shown = |left: Option<u64>| left.map_or_else(|| "an unknown number".to_owned(), |left| left.to_string());
    let words = format!(
        "{count} repositories{} need about {points} points of {} and {requests} requests of {}",
        if new < count { format!(", {} of them seen before,", count - new) } else { String::new() },
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
        (LogLevel::Warn, format!("{words}: details, and then the last ones, will have to wait for the next hour"))
    };
    job.events.send(line(level, &words)).ok();
}

/// All rounds for some repositories.
async fn wave(link: Rc<Link>, subjects: Vec<Shared>, promise: Option<Promise>) {
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
    tokio::join!(texts, each(&link, questions, promise), pins, attested);
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
        follow.spawn_local(details::protections(Rc::clone(link), Rc::clone(&subject), questions.clone()));
        follow.spawn_local(details::history(Rc::clone(link), subject, questions));
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

/// What is asked about each repository by itself, topic by topic, the most telling first: requests queue in this order.
async fn each(link: &Rc<Link>, questions: Asking, promise: Option<Promise>) {
    let (mut telling, mut rest) = (tokio::task::JoinSet::new(), tokio::task::JoinSet::new());
    for (subject, _) in &questions {
        telling.spawn_local(details::open_branches(Rc::clone(link), Rc::clone(subject)));
        telling.spawn_local(details::settings(Rc::clone(link), Rc::clone(subject)));
    }
    for (subject, questions) in &questions {
        telling.spawn_local(details::protections(Rc::clone(link), Rc::clone(subject), questions.clone()));
    }
    for (subject, questions) in questions {
        rest.spawn_local(details::history(Rc::clone(link), subject, questions));
    }
    let telling = async {
        telling.join_all().await;
        drop(promise);
    };
    tokio::join!(telling, rest.join_all());
}
