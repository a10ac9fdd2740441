//! What is kept of a repository from one look to the next: its files, which a commit holds for ever, and how long its
//! lists were.
//!
//! A repository that was seen before is asked for its settings, tags and release alone: about one point for ten of them,
//! since no list is asked for beyond what it held. Where commit and name are the same and no list has grown, its files
//! are those that are kept. Otherwise it is asked about as if it had never been seen. Nothing but files is taken from
//! what is kept: whatever may change without a commit is asked for each time.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::network::Link;
use super::state;
use super::subject::{Shared, Subject};
use crate::fact::Topic;
use crate::fact::files::FileSet;
use crate::source::github::Request;
use crate::source::github::document::Sizes;
use crate::source::github::graphql::Reply;

/// Most repositories of one document.
const BATCH: usize = 20;
/// What makes the question under which a repository is kept another one than any that is sent.
const MEDIA_TYPE: &str = "application/vnd.shipworthy.repository+json";

/// A repository as it was seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// `owner/name`.
    pub full_name: String,
    /// The commit whose files were read.
    pub commit: String,
    /// How long its lists were.
    pub sizes: Sizes,
    /// Whether its environments were asked for by REST, so that GraphQL need not tell them.
    pub by_rest: bool,
    /// Its files; none where nobody needed them.
    pub files: Option<FileSet>,
}

impl Kept {
    /// What a first look at a repository tells of it; its files come later.
    pub fn seen(full_name: &str, commit: &str, parts: &[&Value; 2]) -> Self {
        let most = Sizes::default();
        let size = |count: Option<usize>, most: usize| count.map_or(most, |count| count.clamp(1, most));
        let [repository, environments] = *parts;
        let sizes = Sizes {
            rulesets: size(total(repository, "rulesets"), most.rulesets),
            environments: size(total(environments, "environments"), most.environments),
        };
        Self { full_name: full_name.to_owned(), commit: commit.to_owned(), sizes, by_rest: false, files: None }
    }

    /// Whether a reply shows the same commit under the same name, with lists that were read to their end.
    fn still_holds(&self, subject: &Subject, reply: &Reply, index: usize) -> bool {
        let part = |alias: &str| reply.part(&format!("{alias}{index}")).value().clone();
        let (repository, admin, environments) = (part("r"), part("a"), part("e"));
        let tip = if subject.branch.is_some() { "/branch/target/oid" } else { "/defaultBranchRef/target/oid" };
        let word = |pointer: &str| repository.pointer(pointer).and_then(Value::as_str);
        let fits = |count: Option<usize>, size: usize| count.is_none_or(|count| count <= size);
        word("/nameWithOwner") == Some(&self.full_name)
            && word(tip) == Some(&self.commit)
            && fits(total(&repository, "rulesets"), self.sizes.rulesets)
            && fits(total(&admin, "bypass"), self.sizes.rulesets)
            && fits(total(&environments, "environments"), self.sizes.environments)
    }
}

fn total(part: &Value, list: &str) -> Option<usize> {
    usize::try_from(part.get(list)?.get("totalCount")?.as_u64()?).ok()
}

/// The question under which a repository is kept: what a first look asks, by this version of the program.
fn question(subject: &Shared) -> Request {
    let document = state::written(std::slice::from_ref(subject));
    let parts = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "is_local": subject.borrow().is_local,
        "query": document.text,
        "variables": document.variables,
    });
    Request::post(&["graphql"], &parts).accepting(MEDIA_TYPE)
}

/// Asks about the repositories that were seen before, and answers which of them are still to be asked about, with those
/// that were not.
pub async fn ask(link: &Rc<Link>, subjects: &[Shared]) -> Vec<Shared> {
    let mut known = Vec::new();
    for subject in subjects {
        let question = question(subject);
        let kept = link.forge.recall(&question).and_then(|answer| answer.json::<Kept>().ok());
        let mut own = subject.borrow_mut();
        own.question = Some(question);
        if let Some(kept) = kept.filter(|kept| kept.files.is_some() || !own.needs_files()) {
            own.kept = Some(kept);
            known.push(Rc::clone(subject));
        }
    }
    let mut tasks = tokio::task::JoinSet::new();
    for batch in known.chunks(BATCH) {
        tasks.spawn_local(one_batch(Rc::clone(link), batch.to_vec()));
    }
    tasks.join_all().await;
    subjects.iter().filter(|subject| !subject.borrow().is_confirmed).cloned().collect()
}

async fn one_batch(link: Rc<Link>, batch: Vec<Shared>) {
    let document = state::written(&batch);
    // Why it is not answered is said by the look that follows.
    let reply = link.query(&document).await.ok();
    for (index, subject) in batch.iter().enumerate() {
        let Some(kept) = subject.borrow_mut().kept.take() else { continue };
        let Some(reply) = &reply else { continue };
        let holds = kept.still_holds(&subject.borrow(), reply, index);
        if holds {
            subject.borrow_mut().is_confirmed = true;
            state::take(index, subject, reply, (&link, kept.files));
        }
    }
}

/// Keeps what was seen of a repository, when it was looked at anew and all of it was told.
pub fn remember(link: &Link, subject: &Subject) {
    let (Some(question), Some(seen)) = (&subject.question, &subject.seen) else { return };
    if subject.is_confirmed || !subject.may_keep() || (seen.files.is_none() && subject.needs_files()) {
        return;
    }
    let by_rest = subject.asked_environments();
    let Ok(body) = serde_json::to_vec(&Kept { by_rest, ..seen.clone() }) else { return };
    link.forge.remember(question, body.into());
}

impl Subject {
    /// Whether its files are needed: to be judged, or to be compared with those of its folder.
    fn needs_files(&self) -> bool {
        self.is_local || self.wants_at_all(Topic::Files)
    }

    /// Keeps files that are all there, to be taken again while the commit stays the same.
    pub fn keep_files(&mut self, files: &FileSet, are_whole: bool) {
        let (texts, listed, problems) = (files.texts.clone(), files.listed.clone(), files.problems.clone());
        if let Some(seen) = &mut self.seen {
            let plain = FileSet { texts, listed, problems, ..FileSet::default() };
            seen.files = are_whole.then_some(plain);
        }
    }
}
