//! What a release asks of the world: checks, statuses, progress, pull requests, versions, and who asks.

use serde_json::{Value, json};

use super::super::fakegh::{FakeGh, Reply};
use super::{HEAD, Repo, Viewer, viewer};

/// Sets up the routes of a repository: two pages of checks, one failed and repeated, and one update that waits.
pub fn routes(forge: &FakeGh, repo: &Repo) {
    let base = format!("GET /repos/{}", repo.full_name());
    let (next, first) = (format!("/repos/{}/commits/{HEAD}/check-runs?page=2", repo.full_name()), forge.url());
    let run = |id: u64, name: &str, conclusion: &str| {
        json!({"id": id, "name": name, "status": "completed", "conclusion": conclusion,
            "app": {"slug": "github-actions"}, "check_suite": {"id": 7}})
    };
    let pages = [vec![run(1, "test", "failure"), run(2, "lint", "skipped")], vec![run(3, "test", "success")]];
    forge.on(&format!("{base}/commits/{HEAD}/check-runs"), move |asked| {
        if viewer(asked) == Viewer::Narrow {
            return Reply::forbidden("checks=read");
        }
        let is_second = asked.query.contains("page=2") && !asked.query.contains("per_page=100");
        let page = Reply::json(&json!({"total_count": 3, "check_runs": pages[usize::from(is_second)]}));
        if is_second { page } else { page.with("link", &format!("<{first}{next}>; rel=\"next\"")) }
    });
    let statuses = json!({"state": "success", "sha": HEAD, "total_count": 1,
        "statuses": [{"context": "docs", "state": "success"}]});
    forge.json(&format!("{base}/commits/{HEAD}/status"), &statuses);
    forge.json(
        &format!("{base}/compare/v1.0...main"),
        &json!({"status": "ahead", "ahead_by": 4, "behind_by": 0, "total_commits": 4, "commits": []}),
    );
    let pulls = json!([{"number": 12, "title": "Bump the actions group", "user": {"login": "dependabot[bot]"},
        "head": {"ref": "dependabot/github_actions/actions-4f1c", "sha": HEAD}}]);
    forge.on(&format!("{base}/pulls"), move |asked| match viewer(asked) {
        Viewer::Narrow => Reply::forbidden("pull_requests=read"),
        _ => Reply::json(&pulls),
    });
}

/// Who asks.
pub fn user(forge: &FakeGh) {
    forge.on("GET /user", |asked| match viewer(asked) {
        Viewer::Admin => Reply::json(&json!({"login": "ada"})),
        Viewer::Plain => Reply::json(&json!({"login": "grace"})),
        Viewer::Narrow => Reply::forbidden("metadata=read"),
        Viewer::Nobody => Reply::status(401, &json!({"message": "Requires authentication", "x": Value::Null})),
    });
}
