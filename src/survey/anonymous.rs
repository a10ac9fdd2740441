//! Without a token: what a public repository tells everybody by REST. GraphQL answers nobody without one.
//!
//! Sixty requests an hour are allowed, so only what decides is asked for: a dozen requests and one for each workflow.

use std::rc::Rc;

use super::network::Link;
use super::subject::Shared;
use super::{common, release, wave};
use crate::fact::artifact::ReleaseTag;
use crate::fact::git::Git;
use crate::fact::{Fact, Observation, Reason, Topic, Unknown};
use crate::source::github::files::Tree;
use crate::source::github::protection;
use crate::source::github::refusal::{Meaning, Route, meaning, refused};
use crate::source::github::{releases, repository};

/// Most texts of one repository: without a token they cost a request each.
const MAX_TEXTS: usize = 25;

/// Asks about some repositories.
pub async fn ask(link: Rc<Link>, subjects: Vec<Shared>) {
    let mut tasks = tokio::task::JoinSet::new();
    for subject in &subjects {
        tasks.spawn_local(one(Rc::clone(&link), Rc::clone(subject)));
    }
    tasks.join_all().await;
    wave::second_look(&link, &subjects).await;
    release::each(&link, &subjects).await;
    for subject in &subjects {
        subject.borrow_mut().finish();
    }
}

async fn one(link: Rc<Link>, subject: Shared) {
    let name = subject.borrow().name.clone();
    let answer = link.route(&name, Route::Repository).await;
    let seen = answer.map_err(Unknown::from).and_then(|answer| {
        if meaning(&Route::Repository, &answer) == Meaning::Seen {
            return repository::from_answer(&answer, &name);
        }
        let why = refused(&answer, Some("metadata:read"));
        let detail = format!("{}; without a token only public repositories can be seen", why.detail);
        Err(Unknown { detail, ..why })
    });
    let (fact, head) = match seen {
        Ok(seen) => seen,
        Err(why) => return subject.borrow_mut().refuse(Topic::ALL, &why),
    };
    let full_name = head.full_name.clone();
    let branch = subject.borrow().branch.clone().or_else(|| head.default_branch.clone());
    {
        let mut subject = subject.borrow_mut();
        let git = Git { branch: branch.clone(), ..Git::default() };
        let git = fact.map_value(Some(git));
        subject.tell(Observation::Repository(fact));
        subject.tell(Observation::Git(git));
        subject.head = Some(head);
        for (topic, what) in [
            (Topic::ActionsPolicy, "the settings of Actions are"),
            (Topic::DefaultToken, "the default token permission is"),
        ] {
            subject.refuse(&[topic], &needs_token(what, Route::Actions.needs()));
        }
        subject.refuse(&[Topic::Pins], &needs_token("what references point to is", "contents:read"));
        subject.refuse(&[Topic::Runs], &needs_token("the last run is", "actions:read"));
    }
    let Some(branch) = branch else {
        let why = Unknown::new(Reason::NotFound, format!("{full_name} is empty"));
        return subject.borrow_mut().refuse(Topic::ALL, &why);
    };
    tokio::join!(
        files(&link, &subject, &full_name, &branch),
        protection_of(&link, &subject, &full_name, &branch),
        released(&link, &subject, &full_name)
    );
}

fn needs_token(what: &str, permission: &str) -> Unknown {
    let words = format!("{what} shown only to those with a token: set GH_TOKEN or use --token-file");
    Unknown::new(Reason::Auth, words).needing(permission)
}

async fn files(link: &Rc<Link>, subject: &Shared, name: &str, branch: &str) {
    if !subject.borrow().wants(Topic::Files) {
        return;
    }
    let (mut tree, blobs) = match Tree::by_rest(link.route(name, Route::Tree(branch)).await) {
        Ok(seen) => seen,
        Err(why) => return subject.borrow_mut().tell(Observation::Files(Fact::Unknown(why))),
    };
    let mut tasks = tokio::task::JoinSet::new();
    for (index, (path, sha)) in blobs.into_iter().enumerate() {
        if index >= MAX_TEXTS {
            tree.hide(&path, "was not read: without a token every text costs one of sixty requests");
            continue;
        }
        let (link, name) = (Rc::clone(link), name.to_owned());
        tasks.spawn_local(async move {
            let blob = link.route(&name, Route::Blob(&sha)).await;
            (path, blob)
        });
    }
    for (path, blob) in tasks.join_all().await {
        tree.take_blob(&path, blob);
    }
    let mut subject = subject.borrow_mut();
    subject.tree = Some(tree);
    common::tell_files(&mut subject);
}

async fn protection_of(link: &Rc<Link>, subject: &Shared, name: &str, branch: &str) {
    if !subject.borrow().wants(Topic::Protection) {
        return;
    }
    let (rules, mark) = tokio::join!(link.route(name, Route::Rules(branch)), link.route(name, Route::Branch(branch)));
    let default = subject.borrow().head.as_ref().and_then(|head| head.default_branch.clone());
    let is_default = default.as_deref() == Some(branch);
    let mut state = protection::unasked(branch, is_default, !is_default);
    let mut subject = subject.borrow_mut();
    state.classic = Fact::Unknown(needs_token("the details of classic protection are", "administration:read"));
    protection::take_rules(&mut state, rules, &subject.rulesets, &subject.bypass);
    protection::take_mark(&mut state, mark);
    let fact = match (&state.rules, &state.protected) {
        (Fact::Unknown(why), Fact::Unknown(_)) => Fact::Unknown(why.clone()),
        (Fact::Known(seen), _) => seen.with(vec![state.clone()]),
        (_, Fact::Known(seen)) => seen.with(vec![state.clone()]),
        _ => Fact::Unknown(Unknown::new(Reason::Failed, "nothing was told about the branch")),
    };
    subject.tell(Observation::Protection(fact));
}

/// The latest release, and the tag it was made from.
async fn released(link: &Rc<Link>, subject: &Shared, name: &str) {
    let wants = |topic| subject.borrow().wants(topic);
    if ![Topic::Release, Topic::Tags, Topic::Attestations, Topic::Progress].into_iter().any(wants) {
        return;
    }
    let release = releases::release_by_rest(link.route(name, Route::LatestRelease).await);
    let Observation::Release(fact) = release.clone() else { return };
    {
        let mut subject = subject.borrow_mut();
        subject.facts.record(release.clone());
        subject.tell(release);
    }
    if !wants(Topic::Tags) {
        return;
    }
    let tags = match &fact {
        Fact::Known(seen) => match &seen.value {
            Some(release) => tag(link, name, &release.tag).await.map_or_else(Fact::Unknown, |tag| seen.with(vec![tag])),
            None => Fact::Unknown(needs_token("tags without a release are", "contents:read")),
        },
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
        Fact::Pending => Fact::Pending,
    };
    subject.borrow_mut().tell(Observation::Tags(tags));
}

async fn tag(link: &Rc<Link>, name: &str, tag: &str) -> Result<ReleaseTag, Unknown> {
    let (sha, is_object) = releases::git_ref(link.route(name, Route::GitRef(&format!("tags/{tag}"))).await)?;
    let (commit, object, tag_signature) = if is_object {
        let (commit, signature) = releases::peeled(link.route(name, Route::TagObject(&sha)).await)?;
        (commit, Some(sha), Some(signature))
    } else {
        (sha, None, None)
    };
    let (commit, signature) = releases::commit(link.route(name, Route::Commit(&commit)).await)?;
    Ok(ReleaseTag { name: tag.to_owned(), commit, object, tag_signature, commit_signature: Some(signature) })
}
