//! Where a branch stands, and how far it is beyond the last release.

use serde::Deserialize;

use super::actions::Asked;
use super::answer::Answer;
use super::refusal::{Route, read};
use super::shape::Word;
use crate::fact::progress::{Progress, SinceTag};
use crate::fact::{Fact, Facts, Reason, Unknown};

#[derive(Deserialize)]
struct Branch {
    commit: Commit,
}

#[derive(Deserialize)]
struct Commit {
    sha: Word,
}

/// The newest commit of a branch (GET …/branches/{branch}).
///
/// # Errors
/// Why it cannot be told: a branch that was never pushed is one that the forge does not show.
pub fn head(asked: Asked) -> Result<(String, Answer), Unknown> {
    let (branch, answer) = read::<Branch>(&Route::Branch(""), asked)?;
    let sha = branch.commit.sha.0;
    if !matches!(sha.len(), 40 | 64) || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let why = Unknown::new(Reason::Failed, format!("{} names no commit", answer.endpoint));
        return Err(why.from_request(answer.endpoint, answer.status));
    }
    Ok((sha, answer))
}

/// The tag of the newest release as the forge tells it: the newest tag that could be a version, else the newest, else
/// that of the latest release; none where there is no tag.
///
/// # Errors
/// Why the tags are not known.
pub fn newest_tag(facts: &Facts) -> Result<Option<String>, Unknown> {
    let released = facts.release.value().and_then(Option::as_ref).map(|release| release.tag.clone());
    match &facts.tags {
        Fact::Known(tags) => {
            let versions = |name: &str| name.contains(|c: char| c.is_ascii_digit());
            let tag = tags.value.iter().find(|tag| versions(&tag.name)).or_else(|| tags.value.first());
            Ok(tag.map(|tag| tag.name.clone()).or(released))
        }
        _ if released.is_some() => Ok(released),
        Fact::Unknown(why) => Err(why.clone()),
        Fact::Pending => Err(Unknown::new(Reason::Failed, "the tags were not told")),
    }
}

#[derive(Deserialize)]
struct Comparison {
    ahead_by: u64,
}

/// How many commits a branch has beyond a tag (GET …/compare/{tag}...{branch}).
///
/// # Errors
/// Why it cannot be told.
pub fn ahead(tag: &str, asked: Asked) -> Result<(SinceTag, Answer), Unknown> {
    let (comparison, answer) = read::<Comparison>(&Route::Compare("", ""), asked)?;
    Ok((SinceTag { tag: tag.to_owned(), commits: comparison.ahead_by }, answer))
}

/// Puts together where a branch stands; where there is a tag, both answers are needed.
pub fn standing(
    branch: &str,
    head: Result<(String, Answer), Unknown>,
    since: Option<Result<(SinceTag, Answer), Unknown>>,
) -> Fact<Progress> {
    let put = || {
        let (head, first) = head?;
        let branch = branch.to_owned();
        Ok(match since.transpose()? {
            Some((since, answer)) => {
                let (fetched_at, stale) = (answer.fetched_at.min(first.fetched_at), answer.stale || first.stale);
                Answer { fetched_at, stale, ..answer }.fact(Progress { branch, head, since: Some(since) })
            }
            None => first.fact(Progress { branch, head, since: None }),
        })
    };
    put().unwrap_or_else(Fact::Unknown)
}

#[cfg(test)]
mod tests {
    use super::super::refusal::tests::answer;
    use super::*;
    use crate::fact::Observation;
    use crate::fact::artifact::{Release, ReleaseTag};
    use jiff::Timestamp;

    const SHA: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what is asked, which may have no answer")]
    fn said(status: u16, body: &str) -> Asked {
        Ok(answer("GET /repos/o/r/branches/main", status, body))
    }

    fn branch() -> Result<(String, Answer), Unknown> {
        head(said(200, &format!(r#"{{"name": "main", "commit": {{"sha": "{SHA}"}}, "protected": true}}"#)))
    }

    #[test]
    fn a_branch_stands_so_far_beyond_its_last_tag() {
        let since = ahead("v1.0", said(200, r#"{"status": "ahead", "ahead_by": 7, "behind_by": 0, "commits": []}"#));
        let fact = standing("main", branch(), Some(since));
        let since = Some(SinceTag { tag: "v1.0".into(), commits: 7 });
        assert_eq!(fact.value(), Some(&Progress { branch: "main".into(), head: SHA.into(), since }));
        assert_eq!(standing("main", branch(), None).value().unwrap().since, None);
    }

    #[test]
    fn what_is_refused_or_of_another_shape_is_unknown() {
        let missing = head(said(404, r#"{"message": "Branch not found"}"#));
        let Fact::Unknown(why) = standing("main", missing, None) else { panic!() };
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::NotFound, Some("contents:read")));
        let refused = ahead("v1", said(403, r#"{"message": "Resource not accessible by personal access token"}"#));
        let Fact::Unknown(why) = standing("main", branch(), Some(refused)) else { panic!() };
        assert_eq!(why.reason, Reason::Permission);
        for wrong in ["{}", "[]", r#"{"ahead_by": null}"#, r#"{"ahead_by": "7"}"#, r#"{"ahead_by": -1}"#] {
            assert!(ahead("v1", said(200, wrong)).is_err(), "{wrong}");
        }
        for wrong in ["{}", r#"{"commit": null}"#, r#"{"commit": {"sha": 3}}"#, r#"{"commit": {"sha": "../x"}}"#] {
            assert!(head(said(200, wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_newest_tag_that_could_be_a_version_is_the_last_release() {
        let tag = |name: &str| ReleaseTag { name: name.into(), ..ReleaseTag::default() };
        let with = |names: &[&str]| {
            let mut facts = Facts::default();
            let tags = names.iter().map(|name| tag(name)).collect();
            facts.record(Observation::Tags(Fact::local(tags, Timestamp::UNIX_EPOCH)));
            facts
        };
        assert_eq!(newest_tag(&with(&["nightly", "v2.0", "v1.0"])), Ok(Some("v2.0".into())));
        assert_eq!(newest_tag(&with(&["nightly"])), Ok(Some("nightly".into())));
        assert_eq!(newest_tag(&with(&[])), Ok(None));
        assert!(newest_tag(&Facts::default()).is_err());
        let mut released = Facts::default();
        let release = Release { tag: "v3".into(), ..Release::default() };
        released.record(Observation::Release(Fact::local(Some(release), Timestamp::UNIX_EPOCH)));
        assert_eq!(newest_tag(&released), Ok(Some("v3".into())));
    }
}
