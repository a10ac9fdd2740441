//! What the checks say about a commit: check runs of apps, and statuses of everything else.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::answer::{NoAnswer, Pages};
use super::refusal::{Meaning, Route, meaning, read_all};
use super::shape::Word;
use crate::fact::progress::{CheckState, CommitCheck, CommitChecks};
use crate::fact::{Fact, Reason, Unknown};

#[derive(Deserialize)]
struct Runs {
    total_count: usize,
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    name: Word,
    status: Word,
    conclusion: Option<Word>,
    #[serde(default)]
    app: Option<App>,
    #[serde(default)]
    check_suite: Option<Suite>,
}

#[derive(Deserialize)]
struct App {
    #[serde(default)]
    slug: Option<Word>,
}

#[derive(Deserialize)]
struct Suite {
    id: u64,
}

#[derive(Deserialize)]
struct Combined {
    total_count: usize,
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    context: Word,
    state: Word,
}

/// Whether the forge says that it has no such commit.
pub fn is_elsewhere(runs: &Result<Pages, NoAnswer>) -> bool {
    let first = runs.as_ref().ok().and_then(|pages| pages.answers.first());
    first.is_some_and(|answer| meaning(&Route::CheckRuns(""), answer) == Meaning::Absent)
}

/// The checks of a commit (GET …/commits/{sha}/check-runs and GET …/commits/{sha}/status), all pages of both: the newest
/// run of each. A half would not tell whether the commit is green.
pub fn of_commit(sha: &str, runs: Result<Pages, NoAnswer>, statuses: Result<Pages, NoAnswer>) -> Fact<CommitChecks> {
    read(sha, runs, statuses).unwrap_or_else(Fact::Unknown)
}

fn read(
    sha: &str,
    runs: Result<Pages, NoAnswer>,
    statuses: Result<Pages, NoAnswer>,
) -> Result<Fact<CommitChecks>, Unknown> {
    let (pages, answer) = read_all::<Runs>(&Route::CheckRuns(sha), runs)?;
    let (further, beside) = read_all::<Combined>(&Route::Statuses(sha), statuses)?;
    let odd = |what: String| Unknown::new(Reason::Failed, what).from_request(answer.endpoint.clone(), answer.status);
    let total = pages.iter().map(|page| page.total_count).max().unwrap_or_default();
    let runs: Vec<Run> = pages.into_iter().flat_map(|page| page.check_runs).collect();
    if runs.len() < total {
        return Err(odd(format!("{} tells {} of {total} checks", answer.endpoint, runs.len())));
    }
    let mut checks: Vec<CommitCheck> = newest(runs).map(lowered).collect::<Result<_, _>>().map_err(odd)?;
    let total = further.iter().map(|page| page.total_count).max().unwrap_or_default();
    let statuses: Vec<Status> = further.into_iter().flat_map(|page| page.statuses).collect();
    if statuses.len() < total {
        return Err(odd(format!("{} tells {} of {total} statuses", beside.endpoint, statuses.len())));
    }
    let contexts: Vec<CommitCheck> = statuses.into_iter().map(context).collect::<Result<_, _>>().map_err(odd)?;
    checks.extend(contexts);
    checks.sort_by(|a, b| a.name.cmp(&b.name));
    let answer = super::Answer {
        fetched_at: answer.fetched_at.min(beside.fetched_at),
        stale: answer.stale || beside.stale,
        ..answer
    };
    Ok(answer.fact(CommitChecks { commit: sha.to_owned(), checks }))
}

/// The newest run of each check. Workflows may have jobs of the same name, so a run replaces only those of its own
/// suite: whatever else has this name may have failed.
fn newest(runs: Vec<Run>) -> impl Iterator<Item = Run> {
    let mut newest: BTreeMap<_, Run> = BTreeMap::new();
    for run in runs {
        let app = run.app.as_ref().and_then(|app| app.slug.clone());
        let key = (run.name.clone(), app, run.check_suite.as_ref().map(|suite| suite.id));
        if newest.get(&key).is_none_or(|known| known.id < run.id) {
            newest.insert(key, run);
        }
    }
    newest.into_values()
}

/// How a run ended; words that nobody knows end nothing.
fn lowered(run: Run) -> Result<CommitCheck, String> {
    let state = match (&*run.status, run.conclusion.as_deref()) {
        ("completed", Some("success" | "neutral" | "skipped")) => CheckState::Passed,
        (
            "completed",
            Some("failure" | "cancelled" | "timed_out" | "action_required" | "startup_failure" | "stale"),
        ) => CheckState::Failed,
        ("queued" | "in_progress" | "waiting" | "requested" | "pending", _) => CheckState::Running,
        (status, conclusion) => {
            let ended = conclusion.unwrap_or("no conclusion");
            return Err(format!("the check {} is `{status}` with `{ended}`, which is not known", run.name.0));
        }
    };
    Ok(CommitCheck { name: run.name.0, state })
}

fn context(status: Status) -> Result<CommitCheck, String> {
    let state = match &*status.state {
        "success" => CheckState::Passed,
        "failure" | "error" => CheckState::Failed,
        "pending" => CheckState::Running,
        other => return Err(format!("the status {} is `{other}`, which is not known", status.context.0)),
    };
    Ok(CommitCheck { name: status.context.0, state })
}

#[cfg(test)]
mod tests {
    use super::super::refusal::tests::{answer, pages};
    use super::*;
    use serde_json::{Value, json};

    const SHA: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what is asked, which may have no answer")]
    fn said(status: u16, bodies: &[Value]) -> Result<Pages, NoAnswer> {
        let page = |body: &Value| answer("GET /repos/o/r/commits/c0ffee/check-runs", status, &body.to_string());
        Ok(pages(bodies.iter().map(page).collect()))
    }

    fn run(id: u64, suite: u64, name: &str, status: &str, conclusion: Option<&str>) -> Value {
        json!({"id": id, "name": name, "status": status, "conclusion": conclusion, "check_suite": {"id": suite},
            "app": {"slug": "github-actions"}})
    }

    fn listed(runs: &[Value]) -> Value {
        json!({"total_count": runs.len(), "check_runs": runs})
    }

    fn states(runs: &[Value], statuses: &[Value]) -> Vec<(String, CheckState)> {
        let statuses = json!({"state": "pending", "sha": SHA, "total_count": statuses.len(), "statuses": statuses});
        let fact = of_commit(SHA, said(200, &[listed(runs)]), said(200, &[statuses]));
        let checks = fact.value().unwrap_or_else(|| panic!("{fact:?}"));
        assert_eq!(checks.commit, SHA);
        checks.checks.iter().map(|check| (check.name.clone(), check.state)).collect()
    }

    #[test]
    fn the_newest_run_of_each_check_counts_beside_the_statuses() {
        use CheckState::{Failed, Passed, Running};
        let runs = [
            run(1, 7, "test", "completed", Some("failure")),
            run(2, 7, "test", "completed", Some("success")),
            run(3, 7, "lint", "in_progress", None),
        ];
        let statuses = [json!({"context": "docs", "state": "success"}), json!({"context": "fuzz", "state": "error"})];
        let wanted = [("docs", Passed), ("fuzz", Failed), ("lint", Running), ("test", Passed)];
        assert_eq!(states(&runs, &statuses), wanted.map(|(name, state)| (name.to_owned(), state)));
        assert!(states(&[], &[]).is_empty());
    }

    #[test]
    fn a_check_of_the_same_name_in_another_suite_hides_no_failure() {
        let runs = [run(1, 7, "test", "completed", Some("failure")), run(2, 8, "test", "completed", Some("success"))];
        assert!(states(&runs, &[]).iter().any(|(_, state)| *state == CheckState::Failed));
    }

    #[test]
    fn every_page_counts() {
        let page = |id| json!({"total_count": 2, "check_runs": [run(id, 7, &format!("c{id}"), "queued", None)]});
        let none = || said(200, &[json!({"total_count": 0, "statuses": []})]);
        let all = of_commit(SHA, said(200, &[page(1), page(2)]), none());
        assert_eq!(all.value().unwrap().checks.len(), 2);
        assert!(of_commit(SHA, said(200, &[page(1)]), none()).value().is_none());
        let some = said(200, &[json!({"total_count": 2, "statuses": [{"context": "x", "state": "success"}]})]);
        assert!(of_commit(SHA, said(200, &[listed(&[])]), some).value().is_none());
    }

    #[test]
    fn what_is_refused_or_of_another_shape_is_never_green() {
        let none = || said(200, &[json!({"total_count": 0, "statuses": []})]);
        let forbidden = said(403, &[json!({"message": "Resource not accessible by personal access token"})]);
        let Fact::Unknown(why) = of_commit(SHA, forbidden, none()) else { panic!() };
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::Permission, Some("checks:read")));
        let Fact::Unknown(why) = of_commit(SHA, said(200, &[listed(&[])]), said(403, &[json!({})])) else { panic!() };
        assert_eq!(why.needs.as_deref(), Some("statuses:read"));
        for wrong in [
            json!(null),
            json!([]),
            json!({"total_count": 0}),
            json!({"total_count": 0, "check_runs": null}),
            json!({"total_count": "1", "check_runs": []}),
            listed(&[json!(null)]),
            listed(&[json!({"id": 1, "name": 3, "status": "completed", "conclusion": "success"})]),
            listed(&[run(1, 7, "test", "completed", None)]),
            listed(&[run(1, 7, "test", "completed", Some("splendid"))]),
            listed(&[run(1, 7, "test", "gone", Some("success"))]),
        ] {
            assert!(of_commit(SHA, said(200, std::slice::from_ref(&wrong)), none()).value().is_none(), "{wrong}");
        }
        let odd = said(200, &[json!({"total_count": 1, "statuses": [{"context": "x", "state": "fine"}]})]);
        assert!(of_commit(SHA, said(200, &[listed(&[])]), odd).value().is_none());
    }

    #[test]
    fn only_the_forge_can_say_that_it_lacks_a_commit() {
        assert!(is_elsewhere(&said(422, &[json!({"message": "No commit found for SHA: c0ffee"})])));
        assert!(!is_elsewhere(&said(404, &[json!({"message": "Not Found"})])));
        assert!(!is_elsewhere(&said(200, &[listed(&[])])));
    }
}
