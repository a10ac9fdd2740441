//! The last run of a publish workflow, and who approved it.

use jiff::Timestamp;
use serde::Deserialize;

use super::actions::Asked;
use super::refusal::{Meaning, Route, meaning, read};
use super::shape::{Account, Word, listed};
use crate::fact::artifact::{Approval, PublishRun};
use crate::fact::{Fact, Reason, Unknown};

#[derive(Deserialize)]
struct Runs {
    workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    event: Word,
    #[serde(default)]
    actor: Option<Account>,
    #[serde(default)]
    created_at: Option<Timestamp>,
}

/// The last run of the workflow at a path, without its approvals; none when it never ran
/// (GET …/actions/workflows/{file}/runs).
///
/// # Errors
/// Why it cannot be told.
pub fn last(workflow: &str, asked: Asked) -> Result<Fact<Option<PublishRun>>, Unknown> {
    let (runs, answer) = read::<Runs>(&Route::Runs(""), asked)?;
    let run = runs.workflow_runs.into_iter().next().map(|run| PublishRun {
        workflow: workflow.to_owned(),
        id: run.id,
        event: run.event.0,
        actor: super::environments::login(run.actor),
        created_at: run.created_at,
        approvals: Fact::Pending,
    });
    Ok(answer.fact(run))
}

#[derive(Deserialize)]
struct Review {
    state: Word,
    #[serde(default)]
    user: Option<Account>,
    #[serde(default, deserialize_with = "listed")]
    environments: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: Word,
}

/// Who approved a run (GET …/actions/runs/{run}/approvals); an empty list says that nobody had to.
pub fn approvals(asked: Asked) -> Fact<Vec<Approval>> {
    let answer = match asked {
        Ok(answer) => answer,
        Err(no) => return Fact::Unknown(no.into()),
    };
    match meaning(&Route::Approvals(0), &answer) {
        Meaning::Refused(why) => Fact::Unknown(why),
        Meaning::Absent | Meaning::Plan(_) => Fact::Unknown(answer.unknown(Reason::NotFound)),
        Meaning::Seen => answer.json::<Vec<Review>>().map_or_else(
            |no| Fact::Unknown(no.into()),
            |reviews| answer.fact(reviews.into_iter().map(lowered).collect()),
        ),
    }
}

fn lowered(review: Review) -> Approval {
    Approval {
        user: super::environments::login(review.user),
        state: review.state.0,
        environments: review.environments.into_iter().map(|environment| environment.name.0).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::refusal::tests::answer;
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what is asked, which may have no answer")]
    fn said(status: u16, body: &str) -> Asked {
        Ok(answer("GET /repos/o/r/actions/workflows/release.yml/runs", status, body))
    }

    #[test]
    fn the_last_run_and_its_approvals_are_read() {
        let body = r#"{"total_count": 1, "workflow_runs": [{"id": 30433642, "event": "push", "status": "completed",
            "actor": {"login": "octocat"}, "created_at": "2020-01-22T19:33:08Z"}]}"#;
        let run = last(".github/workflows/release.yml", said(200, body)).unwrap();
        let run = run.value().unwrap().clone().unwrap();
        assert_eq!((run.id, run.event.as_str(), run.actor.as_str()), (30_433_642, "push", "octocat"));
        let body = r#"[{"state": "approved", "comment": "Ship it!", "user": {"login": "octocat"},
            "environments": [{"id": 161088068, "name": "staging"}]}]"#;
        let seen = approvals(said(200, body));
        assert_eq!(seen.value().unwrap()[0].environments, ["staging"]);
        assert_eq!(approvals(said(200, "[]")).value().map(Vec::len), Some(0));
    }

    #[test]
    fn a_workflow_that_never_ran_is_known_and_a_refusal_is_not() {
        let none = last("x", said(200, r#"{"total_count": 0, "workflow_runs": []}"#)).unwrap();
        assert_eq!(none.value(), Some(&None));
        for (status, body) in [(404, "{}"), (403, "{}"), (200, "[]"), (200, r#"{"workflow_runs": [{"id": "1"}]}"#)] {
            assert!(last("x", said(status, body)).is_err(), "{status} {body}");
        }
        for (status, body) in [(404, "{}"), (200, "{}"), (200, "[null]"), (200, r#"[{"state": 3}]"#)] {
            assert!(matches!(approvals(said(status, body)), Fact::Unknown(_)), "{status} {body}");
        }
    }
}
