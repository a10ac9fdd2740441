//! The open pull requests.

use serde::Deserialize;

use super::answer::{NoAnswer, Pages};
use super::environments::login;
use super::refusal::{Route, read_all};
use super::shape::{Account, Word};
use crate::fact::Fact;
use crate::fact::progress::PullRequest;

#[derive(Deserialize)]
struct Pull {
    number: u64,
    title: Word,
    #[serde(default)]
    user: Option<Account>,
    head: Head,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "ref")]
    branch: Word,
}

/// The open pull requests (GET …/pulls?state=open), all pages.
pub fn open(pages: Result<Pages, NoAnswer>) -> Fact<Vec<PullRequest>> {
    match read_all::<Vec<Pull>>(&Route::Pulls, pages) {
        Ok((pages, answer)) => answer.fact(pages.into_iter().flatten().map(lowered).collect()),
        Err(why) => Fact::Unknown(why),
    }
}

fn lowered(pull: Pull) -> PullRequest {
    let author = login(pull.user);
    PullRequest { number: pull.number, title: pull.title.0, author, branch: pull.head.branch.0 }
}

#[cfg(test)]
mod tests {
    use super::super::refusal::tests::{answer, pages};
    use super::*;
    use crate::fact::Reason;

    fn said(status: u16, bodies: &[&str]) -> Fact<Vec<PullRequest>> {
        let page = |body: &&str| answer("GET /repos/o/r/pulls", status, body);
        open(Ok(pages(bodies.iter().map(page).collect())))
    }

    const UPDATE: &str = r#"[{"number": 7, "title": "Bump actions", "state": "open", "user": {"login": "dependabot[bot]"},
        "head": {"ref": "dependabot/github_actions/actions-4f1c", "sha": "ab"}}]"#;

    #[test]
    fn every_page_of_open_pull_requests_is_read() {
        let other = r#"[{"number": 8, "title": "Fix\u001b[2J it", "user": null, "head": {"ref": "fix"}}]"#;
        let fact = said(200, &[UPDATE, other]);
        let all = fact.value().unwrap();
        assert_eq!(
            all.iter().map(|pull| (pull.number, pull.updates_actions())).collect::<Vec<_>>(),
            [(7, true), (8, false)]
        );
        assert!(!all[1].title.contains('\u{1b}'));
        assert_eq!(said(200, &["[]"]).value(), Some(&Vec::new()));
    }

    #[test]
    fn what_is_refused_or_of_another_shape_is_unknown() {
        let Fact::Unknown(why) = said(403, &[r#"{"message": "Resource not accessible by integration"}"#]) else {
            panic!()
        };
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::Permission, Some("pull-requests:read")));
        let Fact::Unknown(why) = said(404, &[r#"{"message": "Not Found"}"#]) else { panic!() };
        assert_eq!(why.reason, Reason::NotFound);
        for wrong in ["{}", "null", "[null]", r#"[{"number": "7"}]"#, r#"[{"number": 7, "title": "x", "head": null}]"#]
        {
            assert!(said(200, &[wrong]).value().is_none(), "{wrong}");
        }
    }
}
