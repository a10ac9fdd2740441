//! What only a release asks for, one repository: checks, progress, pull requests, and the versions on the index.

use std::rc::Rc;

use super::network::Link;
use super::subject::Shared;
use crate::fact::{Fact, Observation, Observed, Reason, Topic, Unknown};
use crate::source::github::refusal::Route;
use crate::source::github::{Answer, checks, progress, pulls};
use crate::source::{package, versions};

/// The head of a branch with the answer that told it.
type Head = Result<(String, Answer), Unknown>;

/// Asks about each of these repositories, as far as somebody needs it. What the files and the tags are is known by now.
pub async fn each(link: &Rc<Link>, subjects: &[Shared]) {
    let mut tasks = tokio::task::JoinSet::new();
    for subject in subjects.iter().filter(|subject| Topic::RELEASE.iter().any(|topic| subject.borrow().wants(*topic))) {
        tasks.spawn_local(one(Rc::clone(link), Rc::clone(subject)));
    }
    tasks.join_all().await;
}

async fn one(link: Rc<Link>, subject: Shared) {
    tokio::join!(standing(&link, &subject), pull_requests(&link, &subject), on_index(&link, &subject));
}

/// Where the branch stands, and what the checks say.
async fn standing(link: &Link, subject: &Shared) {
    let (name, branch) = {
        let subject = subject.borrow();
        if !subject.wants(Topic::Progress) && !subject.wants(Topic::Checks) {
            return;
        }
        (subject.full_name(), judged_branch(&subject))
    };
    let Some(branch) = branch else {
        let why = Unknown::new(Reason::NotFound, format!("{name} has no branch that could be asked about"));
        return subject.borrow_mut().refuse(&[Topic::Progress, Topic::Checks], &why);
    };
    let head = progress::head(link.route(&name, Route::Branch(&branch)).await);
    tokio::join!(since(link, subject, (&name, &branch), head.clone()), on_commit(link, subject, &name, head));
}

/// The branch of the clone, else the one that was named, else the default branch.
fn judged_branch(subject: &super::subject::Subject) -> Option<String> {
    let clone = subject.facts.git.value().and_then(Option::as_ref).filter(|_| subject.is_local);
    let of_clone = clone.and_then(|git| git.branch.clone());
    let default = || subject.head.as_ref()?.default_branch.clone();
    of_clone.or_else(|| subject.branch.clone()).or_else(default)
}

/// How far the branch is beyond the newest tag.
async fn since(link: &Link, subject: &Shared, (name, branch): (&str, &str), head: Head) {
    if !subject.borrow().wants(Topic::Progress) {
        return;
    }
    let tag = progress::newest_tag(&subject.borrow().facts);
    let since = match (&head, tag) {
        (Err(_), _) | (_, Ok(None)) => None,
        (_, Err(why)) => Some(Err(why)),
        (_, Ok(Some(tag))) => Some(progress::ahead(&tag, link.route(name, Route::Compare(&tag, branch)).await)),
    };
    subject.borrow_mut().tell(Observation::Progress(progress::standing(branch, head, since)));
}

/// What the checks say about the commit of the clone, where the forge has it, else about the head of the branch.
async fn on_commit(link: &Link, subject: &Shared, name: &str, head: Head) {
    if !subject.borrow().wants(Topic::Checks) {
        return;
    }
    let own = {
        let subject = subject.borrow();
        let git = subject.facts.git.value().and_then(Option::as_ref).filter(|_| subject.is_local);
        git.and_then(|git| git.commit.clone())
    };
    for commit in own.map(Ok).into_iter().chain([head.map(|(sha, _)| sha)]) {
        let commit = match commit {
            Ok(commit) => commit,
            Err(why) => return subject.borrow_mut().tell(Observation::Checks(Fact::Unknown(why))),
        };
        let (runs, statuses) = (Route::CheckRuns(&commit).request(name), Route::Statuses(&commit).request(name));
        let (runs, statuses) = tokio::join!(link.forge.fetch_all_pages(&runs), link.forge.fetch_all_pages(&statuses));
        if !checks::is_elsewhere(&runs) {
            return subject.borrow_mut().tell(Observation::Checks(checks::of_commit(&commit, runs, statuses)));
        }
    }
    let why = Unknown::new(Reason::NotFound, format!("{name} has none of the commits that could be meant"));
    subject.borrow_mut().tell(Observation::Checks(Fact::Unknown(why)));
}

async fn pull_requests(link: &Link, subject: &Shared) {
    if !subject.borrow().wants(Topic::PullRequests) {
        return;
    }
    let name = subject.borrow().full_name();
    let pages = link.forge.fetch_all_pages(&Route::Pulls.request(&name)).await;
    subject.borrow_mut().tell(Observation::PullRequests(pulls::open(pages)));
}

/// The versions of each package on the index.
async fn on_index(link: &Link, subject: &Shared) {
    let (names, nameless, files) = {
        let subject = subject.borrow();
        if !subject.wants(Topic::Versions) {
            return;
        }
        let facts = &subject.facts;
        (package::names(facts), versions::nameless(facts), facts.files.map_value(Vec::new()))
    };
    let (Some(index), false) = (&link.index, names.is_empty()) else {
        let fact = match files {
            Fact::Known(_) => nameless.map_or(files, Fact::Unknown),
            Fact::Unknown(_) => files,
            Fact::Pending => Fact::Unknown(Unknown::new(Reason::Failed, "the files were not told")),
        };
        return subject.borrow_mut().tell(Observation::Versions(fact));
    };
    let mut all: Option<Observed<Vec<_>>> = None;
    for name in names {
        match versions::of_project(&name, index.files(&name).await) {
            Ok((versions, answer)) => {
                if let Fact::Known(seen) = answer.fact(Vec::new()) {
                    let known = all.get_or_insert(seen);
                    known.at = known.at.min(answer.fetched_at);
                    known.stale |= answer.stale;
                    known.value.push(versions);
                }
            }
            Err(why) => return subject.borrow_mut().tell(Observation::Versions(Fact::Unknown(why))),
        }
    }
    if let Some(known) = all {
        subject.borrow_mut().tell(Observation::Versions(Fact::Known(known)));
    }
}
