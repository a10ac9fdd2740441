//! The first round: one document for up to five repositories, halved where the server finds it too much.

use std::rc::Rc;

use super::kept::Kept;
use super::network::Link;
use super::subject::Shared;
use crate::fact::files::FileSet;
use crate::fact::git::{Git, Remote};
use crate::fact::settings::BranchState;
use crate::fact::{Fact, LogLevel, Observation, Reason, Topic, Unknown};
use crate::source::github::document::{self, Subject as Asked};
use crate::source::github::files::Tree;
use crate::source::github::graphql::{Part, Refused, Reply};
use crate::source::github::protection::{self, Sight};
use crate::source::github::{environments, releases, repository, ruleset};

/// Most repositories of one document.
pub const BATCH: usize = 5;

/// Asks about a batch and takes in what it tells.
pub async fn ask(link: Rc<Link>, batch: Vec<Shared>) {
    let mut todo = vec![batch];
    while let Some(mut batch) = todo.pop() {
        let document = written(&batch);
        match link.query(&document).await {
            Ok(reply) => {
                for (index, subject) in batch.iter().enumerate() {
                    take(index, subject, &reply, (&link, None));
                }
            }
            Err(Refused::TooMuch(why)) if batch.len() > 1 => {
                let rest = batch.split_off(batch.len().div_ceil(2));
                if let Some(first) = batch.first() {
                    let words = format!("{}; asking about {} repositories at once instead", why.detail, batch.len());
                    first.borrow().log(LogLevel::Warn, &words);
                }
                todo.extend([rest, batch]);
            }
            Err(refused) => {
                let why = refused.why();
                for subject in &batch {
                    subject.borrow_mut().refuse(Topic::ALL, &why);
                }
            }
        }
    }
}

/// The document for a batch. Of those that were seen before, files are not asked for.
pub fn written(batch: &[Shared]) -> document::Document {
    let subjects: Vec<_> = batch.iter().map(|subject| subject.borrow()).collect();
    let asked: Vec<Asked<'_>> = subjects
        .iter()
        .map(|subject| {
            let (owner, name) = subject.name.split_once('/').unwrap_or((&subject.name, ""));
            Asked {
                owner,
                name,
                branch: subject.branch.as_deref(),
                files: subject.kept.is_none() && (subject.wants(Topic::Files) || subject.is_local),
                settings: subject.wants(Topic::Protection),
                environments: subject.wants(Topic::Environments)
                    && !subject.kept.as_ref().is_some_and(|kept| kept.by_rest),
                sizes: subject.kept.as_ref().map(|kept| kept.sizes).unwrap_or_default(),
                releases: subject.wants(Topic::Tags)
                    || subject.wants(Topic::Release)
                    || subject.wants(Topic::Attestations)
                    || subject.wants(Topic::Progress),
            }
        })
        .collect();
    document::state(&asked)
}

/// Takes in what a reply tells about one repository; its files come with it, or from an earlier look.
pub fn take(index: usize, shared: &Shared, reply: &Reply, (link, kept): (&Link, Option<FileSet>)) {
    let mut subject = shared.borrow_mut();
    let seen = reply.part(&format!("r{index}")).present("the repository").and_then(|part| {
        let (fact, head) = repository::from_part(&part, &subject.name)?;
        Ok((part, fact, head))
    });
    let (part, fact, head) = match seen {
        Ok(seen) => seen,
        Err(why) => {
            let words = match why.reason {
                Reason::NotFound => format!("there is no repository {}, or the token cannot see it", subject.name),
                _ => format!("{} could not be read", subject.name),
            };
            let why = Unknown { detail: format!("{words} ({})", why.detail), ..why };
            subject.log(LogLevel::Warn, &words);
            return subject.refuse(Topic::ALL, &why);
        }
    };
    if let Some(old) = fact.value().and_then(|repository| repository.renamed_from.as_ref()) {
        let words = format!("{old} is called {} now", head.full_name);
        subject.log(LogLevel::Warn, &words);
    }
    subject.tell(Observation::Repository(fact));
    let branch = subject.branch.as_ref().map(|_| part.child("branch"));
    let tip = branch.as_ref().and_then(|branch| branch.child("target").value().get("oid")?.as_str().map(str::to_owned));
    let commit = if branch.is_some() { tip } else { head.commit.clone() };
    subject.revision = commit.clone().unwrap_or_else(|| "HEAD".to_owned());
    let git = Git {
        branch: subject.branch.clone().or_else(|| head.default_branch.clone()),
        commit: commit.clone(),
        remote: remote(link, &head.full_name),
        tags_unknown: Some(Unknown::new(Reason::Unsupported, "the tags are those of the forge")),
        ..Git::default()
    };
    subject.tell(Observation::Git(reply.fact(Some(git))));
    let environments = reply.part(&format!("e{index}"));
    let parts = [part.value(), environments.value()];
    subject.seen = commit.as_ref().map(|commit| Kept::seen(&head.full_name, commit, &parts));
    subject.head = Some(head);
    let absent = branch.is_some() && commit.is_none();
    match kept {
        Some(kept) => same_files(&mut subject, kept),
        None if subject.is_confirmed => {}
        None => files(&mut subject, &part, absent),
    }
    if subject.wants(Topic::Release) || subject.wants(Topic::Attestations) {
        let release = releases::release(&part);
        subject.facts.record(release.clone());
        subject.tell(release);
    }
    if subject.wants(Topic::Tags) || subject.wants(Topic::Progress) {
        match releases::tags(&part) {
            Ok(tags) => subject.facts.record(Observation::Tags(reply.fact(tags))),
            Err(why) => {
                subject.facts.record(Observation::Tags(Fact::Unknown(why.clone())));
                subject.tell(Observation::Tags(Fact::Unknown(why)));
            }
        }
    }
    if subject.wants(Topic::Environments)
        && let Observation::Environments(fact) = environments::from_part(&environments)
    {
        subject.environments = fact;
    }
    if subject.wants(Topic::Protection) {
        branches(&mut subject, &part, &reply.part(&format!("a{index}")), branch.as_ref());
    }
}

fn remote(link: &Link, full_name: &str) -> Option<Remote> {
    let (owner, name) = full_name.split_once('/')?;
    Some(Remote { host: link.forge.api().web_host(), owner: owner.to_owned(), name: name.to_owned() })
}

/// Takes in the files, or compares them with those of the folder.
fn files(subject: &mut super::subject::Subject, part: &Part<'_>, branch_is_absent: bool) {
    if branch_is_absent {
        let name = subject.branch.clone().unwrap_or_default();
        let words = format!("{} has no branch {name}", subject.full_name());
        return subject.tell(Observation::Files(Fact::Unknown(Unknown::new(Reason::NotFound, words))));
    }
    if !subject.is_local && !subject.wants(Topic::Files) {
        return;
    }
    match Tree::first(part) {
        Ok(tree) if subject.is_local => {
            let is_whole = tree.is_whole();
            let theirs = tree.finish();
            subject.keep_files(&theirs, is_whole);
            compare(subject, &theirs);
        }
        Ok(tree) => {
            subject.tree = Some(tree);
            subject.look_ahead();
        }
        Err(why) if subject.is_local => drop(why),
        Err(why) => subject.tell(Observation::Files(Fact::Unknown(why))),
    }
}

/// Takes in the files of an earlier look at the same commit.
fn same_files(subject: &mut super::subject::Subject, mut files: FileSet) {
    if subject.is_local {
        return compare(subject, &files);
    }
    files.prepare();
    let seen = subject.facts.repository.observed().map(|seen| seen.with(files));
    if let Some(files) = seen {
        subject.tell(Observation::Files(files));
    }
}

/// Says which files of the folder differ from those of the forge: the folder's are judged.
fn compare(subject: &super::subject::Subject, theirs: &FileSet) {
    let Some(local) = subject.facts.files.value() else { return };
    let differ: Vec<&str> = theirs
        .texts
        .iter()
        .filter(|(path, text)| local.text(path).is_none_or(|own| own.trim_end() != text.trim_end()))
        .map(|(path, _)| path.as_str())
        .chain(
            local
                .below(".github/workflows/")
                .map(|(path, _)| path)
                .filter(|path| theirs.text(path).is_none() && theirs.hidden(path).is_none()),
        )
        .collect();
    if !differ.is_empty() {
        let shown = differ.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if differ.len() > 5 { ", …" } else { "" };
        let words = format!(
            "{} of the folder's files differ from {} ({shown}{more}): the folder's are judged",
            differ.len(),
            subject.full_name()
        );
        subject.log(LogLevel::Info, &words);
    }
}

/// Takes in what protects the default branch and the branch that was named.
fn branches(subject: &mut super::subject::Subject, part: &Part<'_>, admin: &Part<'_>, named: Option<&Part<'_>>) {
    let Some(head) = subject.head.clone() else { return };
    subject.bypass = ruleset::bypass(admin);
    subject.rulesets = ruleset::names(part);
    let Some(default) = head.default_branch.clone() else {
        let words = format!("{} is empty: it has no branch that could be protected", head.full_name);
        return subject.tell(Observation::Protection(Fact::Unknown(Unknown::new(Reason::NotFound, words))));
    };
    let mut states: Vec<BranchState> = Vec::new();
    let (reference, rule) = (part.child("head"), admin.child("defaultBranchRef"));
    let sight = Sight {
        branch: &default,
        default: true,
        release: false,
        reference: &reference,
        repository: Some(part),
        admin: &rule,
        is_admin: head.is_admin,
        bypass: &subject.bypass,
    };
    states.push(protection::state(&sight));
    let own = subject.branch.as_deref().filter(|branch| *branch != default);
    if let (Some(branch), Some(reference)) = (own, named) {
        let rule = admin.child("branch");
        let sight = Sight { branch, default: false, release: true, reference, admin: &rule, ..sight };
        states.push(protection::state(&sight));
    }
    subject.protection = part.reply().fact(states);
}
