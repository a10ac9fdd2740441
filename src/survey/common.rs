//! The second round about many repositories: texts by name, what references point to, attestations of an owner.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::SignedDuration;

use super::network::{Link, is_younger};
use super::subject::{Shared, Subject};
use crate::fact::artifact::Pins;
use crate::fact::{Fact, Observation, Observed, Topic, Unknown};
use crate::source::github::attestations::{self, Listed, MAX_DIGESTS};
use crate::source::github::document::{self, Missing};
use crate::source::github::files::Wanted;
use crate::source::github::graphql::Refused;
use crate::source::github::pins;
use crate::source::github::refusal::Route;
use crate::source::question::{PinQuestion, Question};

/// Most rounds of texts: listings lead to texts, those to actions, and links to what they name.
const TEXT_ROUNDS: usize = 4;
/// Most texts of one document.
const TEXTS: usize = 60;
/// Most pages of attestations for one owner.
const MAX_PAGES: usize = 10;
/// How long it counts what a reference pointed to: tags of versions seldom move.
const PINS_HOLD: SignedDuration = SignedDuration::from_hours(1);
/// How long attestations count that were listed for a file: they stay with its digest unless somebody deletes them.
const ATTESTATIONS_HOLD: SignedDuration = SignedDuration::from_hours(24);

/// Asks for the texts that are still missing, until none is, and tells the files.
pub async fn texts(link: Rc<Link>, subjects: Vec<Shared>) {
    for _ in 0..TEXT_ROUNDS {
        let mut batches: Vec<Vec<(Shared, Wanted)>> = Vec::new();
        let mut size = TEXTS;
        for subject in &subjects {
            let wanted = subject.borrow_mut().tree.as_mut().map(crate::source::github::files::Tree::wanted);
            let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { continue };
            subject.borrow_mut().ahead = None;
            let weight = wanted.texts.len() + wanted.folders.len();
            if size + weight > TEXTS || batches.is_empty() {
                batches.push(Vec::new());
                size = 0;
            }
            size += weight;
            if let Some(batch) = batches.last_mut() {
                batch.push((Rc::clone(subject), wanted));
            }
        }
        if batches.is_empty() {
            break;
        }
        let mut tasks = tokio::task::JoinSet::new();
        for batch in batches {
            tasks.spawn_local(text_batch(Rc::clone(&link), batch));
        }
        tasks.join_all().await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for subject in subjects {
        tasks.spawn_local(blobs(Rc::clone(&link), subject));
    }
    tasks.join_all().await;
}

async fn text_batch(link: Rc<Link>, batch: Vec<(Shared, Wanted)>) {
    let mut todo = vec![batch];
    while let Some(mut batch) = todo.pop() {
        let names: Vec<(String, String)> = batch
            .iter()
            .map(|(subject, _)| (subject.borrow().full_name(), subject.borrow().revision.clone()))
            .collect();
        let missing: Vec<Missing<'_>> = batch
            .iter()
            .zip(&names)
            .map(|((_, wanted), (name, revision))| {
                let (owner, name) = name.split_once('/').unwrap_or((name, ""));
                Missing { owner, name, revision, texts: &wanted.texts, folders: &wanted.folders }
            })
            .collect();
        match link.query(&document::texts(&missing)).await {
            Ok(reply) => {
                for (index, (subject, wanted)) in batch.iter().enumerate() {
                    let part = reply.part(&format!("r{index}")).present("its files");
                    if let Some(tree) = &mut subject.borrow_mut().tree {
                        tree.take(wanted, part.as_ref().map_err(|why| why.detail.as_str()));
                    }
                }
            }
            Err(Refused::TooMuch(_)) if batch.len() > 1 => {
                let rest = batch.split_off(batch.len().div_ceil(2));
                todo.extend([rest, batch]);
            }
            Err(refused) => {
                let why = refused.why().detail;
                for (subject, wanted) in &batch {
                    if let Some(tree) = &mut subject.borrow_mut().tree {
                        tree.take(wanted, Err(&why));
                    }
                }
            }
        }
    }
}

/// Asks for texts that came cut, and tells the files.
async fn blobs(link: Rc<Link>, subject: Shared) {
    let (name, cut) = {
        let mut subject = subject.borrow_mut();
        let name = subject.full_name();
        let Some(tree) = &mut subject.tree else { return };
        (name, tree.take_cut())
    };
    if !cut.is_empty() {
        subject.borrow_mut().ahead = None;
    }
    for (path, sha) in cut {
        let blob = link.route(&name, Route::Blob(&sha)).await;
        if let Some(tree) = &mut subject.borrow_mut().tree {
            tree.take_blob(&path, blob);
        }
    }
    tell_files(&mut subject.borrow_mut());
}

/// Tells the files, once they are all there: seen where and when the repository was.
pub fn tell_files(subject: &mut Subject) {
    let Some(tree) = subject.tree.take() else { return };
    let is_whole = tree.is_whole();
    let files = subject.ahead.take().unwrap_or_else(|| {
        let mut files = tree.finish();
        files.prepare();
        files
    });
    subject.keep_files(&files, is_whole);
    let fact = match subject.facts.repository.observed() {
        Some(seen) => seen.with(files),
        None => Fact::local(files, jiff::Timestamp::now()),
    };
    subject.tell(Observation::Files(fact));
}

/// Resolves references, each once for all repositories, and gives each repository what concerns it.
pub async fn resolve(link: Rc<Link>, wanted: Vec<(Shared, Vec<Question>)>) {
    let _turn = link.turn.lock().await;
    let asked: Vec<(Shared, Vec<PinQuestion>)> =
        wanted.into_iter().map(|(subject, all)| (subject, only_pins(all))).collect();
    let is_open = |question: &&PinQuestion| {
        let pins = link.pins.borrow();
        pins.get(&question.key()).is_none_or(|(_, seen)| !is_younger(seen.at, PINS_HOLD))
    };
    let open: BTreeSet<PinQuestion> = asked.iter().flat_map(|(_, all)| all).filter(is_open).cloned().collect();
    let confirmed = asked.iter().all(|(subject, _)| subject.borrow().is_confirmed);
    let mut failed: BTreeMap<String, Unknown> = BTreeMap::new();
    let mut seen: Option<Observed<()>> = None;
    let mut tasks = tokio::task::JoinSet::new();
    for batch in pins::batches(&open) {
        let link = Rc::clone(&link);
        tasks.spawn_local(async move {
            let document = pins::document(&batch);
            let reply = match confirmed.then(|| link.recall(&document, PINS_HOLD)).flatten() {
                Some(reply) => Ok(reply),
                None => link.query(&document).await,
            };
            (batch, reply)
        });
    }
    for (batch, reply) in tasks.join_all().await {
        match reply {
            Ok(reply) => {
                let Fact::Known(observed) = reply.fact(()) else { continue };
                let all = pins::read(&reply, &batch).into_iter();
                link.pins.borrow_mut().extend(all.map(|(key, pin)| (key, (pin, observed.clone()))));
                seen = Some(observed);
            }
            Err(refused) => {
                let why = refused.why();
                failed.extend(pins::keys(&batch).map(|key| (key, why.clone())));
            }
        }
    }
    for (subject, questions) in asked.iter().filter(|(_, questions)| !questions.is_empty()) {
        hand_out(&link, &mut subject.borrow_mut(), questions, &failed, seen.as_ref());
    }
}

fn only_pins(questions: Vec<Question>) -> Vec<PinQuestion> {
    questions
        .into_iter()
        .filter_map(|question| match question {
            Question::Pin(pin) => Some(pin),
            _ => None,
        })
        .collect()
}

/// Gives a repository the answers to its questions, beside those that it has.
fn hand_out(
    link: &Link,
    subject: &mut Subject,
    questions: &[PinQuestion],
    failed: &BTreeMap<String, Unknown>,
    seen: Option<&Observed<()>>,
) {
    if let Some(why) = questions.iter().find_map(|question| failed.get(&question.key())) {
        subject.pins_failed = Some(why.clone());
        return;
    }
    let mut pins: Pins = subject.facts.pins.value().cloned().unwrap_or_default();
    let known = link.pins.borrow();
    let own: Vec<_> = questions.iter().filter_map(|question| known.get_key_value(&question.key())).collect();
    // Several answers are as old as the oldest.
    let before = subject.facts.pins.observed().map(|seen| seen.at);
    let oldest = own.iter().map(|(_, (_, seen))| seen).chain(seen).min_by_key(|seen| seen.at).cloned();
    pins.extend(own.into_iter().map(|(key, (pin, _))| (key.clone(), pin.clone())));
    drop(known);
    let Some(Observed { origin, at, stale, .. }) = oldest else { return };
    let at = before.map_or(at, |before| before.min(at));
    subject.facts.record(Observation::Pins(Fact::Known(Observed { value: pins, origin, at, stale })));
}

/// A repository with its released files: name and digest of each.
type Released = (Shared, Vec<(String, String)>);

/// Asks for the attestations of all released files of each owner, and tells them.
pub async fn attested(link: Rc<Link>, wanted: Vec<(Shared, Vec<Question>)>) {
    let mut owners: BTreeMap<(String, bool), Vec<Released>> = BTreeMap::new();
    for (subject, questions) in wanted {
        let files: Vec<(String, String)> = questions
            .into_iter()
            .filter_map(|question| match question {
                Question::Attestation { file, digest } => Some((file, digest)),
                _ => None,
            })
            .collect();
        let owner = subject.borrow().head.as_ref().map(|head| {
            let owner = head.full_name.split('/').next().unwrap_or_default().to_owned();
            (owner, head.by_organisation)
        });
        let Some(owner) = owner.filter(|_| !files.is_empty() && subject.borrow().wants(Topic::Attestations)) else {
            continue;
        };
        owners.entry(owner).or_default().push((subject, files));
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (owner, subjects) in owners {
        tasks.spawn_local(of_owner(Rc::clone(&link), owner, subjects));
    }
    tasks.join_all().await;
}

async fn of_owner(link: Rc<Link>, owner: (String, bool), subjects: Vec<Released>) {
    let digests: BTreeSet<String> =
        subjects.iter().flat_map(|(_, files)| files).map(|(_, digest)| digest.clone()).collect();
    let digests: Vec<String> = digests.into_iter().collect();
    let confirmed = subjects.iter().all(|(subject, _)| subject.borrow().is_confirmed);
    let mut listed: Result<(Listed, Option<Observed<()>>), Unknown> = Ok((Listed::new(), None));
    for chunk in digests.chunks(MAX_DIGESTS) {
        if let Ok((all, seen)) = &mut listed {
            let kept = confirmed.then(|| recalled(&link, &owner, chunk)).flatten();
            let told = match kept {
                Some(kept) => Ok(kept),
                None => pages(&link, &owner, chunk).await,
            };
            match told {
                Ok((more, observed)) => {
                    for (digest, statements) in more {
                        all.entry(digest).or_default().extend(statements);
                    }
                    *seen = Some(observed);
                }
                Err(why) => listed = Err(why),
            }
        }
    }
    for (subject, files) in subjects {
        let fact = match &listed {
            Err(why) => Fact::Unknown(why.clone()),
            Ok((_, None)) => continue,
            Ok((listed, Some(seen))) => seen.with(attestations::of_files(&files, listed)),
        };
        subject.borrow_mut().tell(Observation::Attestations(fact));
    }
}

/// What was listed before, when that is not long ago and no digest was without attestation: one may have come since.
fn recalled(link: &Link, owner: &(String, bool), digests: &[String]) -> Option<(Listed, Observed<()>)> {
    let answer = link.forge.recall(&attestations::request(&owner.0, owner.1, digests))?;
    let seen = answer.fact(()).observed().cloned().filter(|seen| is_younger(seen.at, ATTESTATIONS_HOLD))?;
    let (listed, next) = attestations::read(Ok(answer)).ok()?;
    let whole = next.is_none() && digests.iter().all(|digest| listed.get(digest).is_some_and(|all| !all.is_empty()));
    whole.then_some((listed, seen))
}

/// Every page of what is listed for some digests.
async fn pages(link: &Link, owner: &(String, bool), digests: &[String]) -> Result<(Listed, Observed<()>), Unknown> {
    let mut listed = Listed::new();
    let mut after: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let request = attestations::request(&owner.0, owner.1, digests);
        let request = match &after {
            Some(cursor) => request.with("after", cursor),
            None => request,
        };
        let answer = link.forge.fetch(&request).await?;
        let seen = answer.fact(()).observed().cloned();
        let (more, next) = attestations::read(Ok(answer.clone()))?;
        for (digest, statements) in more {
            listed.entry(digest).or_default().extend(statements);
        }
        match (next, seen) {
            (Some(cursor), _) => after = Some(cursor),
            (None, Some(seen)) => return Ok((listed, seen)),
            (None, None) => break,
        }
    }
    let endpoint = attestations::request(&owner.0, owner.1, digests).endpoint();
    let words = format!("{endpoint} lists more attestations than are read");
    Err(Unknown::new(crate::fact::Reason::Failed, words).from_request(endpoint, 200))
}
