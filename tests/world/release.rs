//! What a release asks of the world: checks, statuses, progress, pull requests, versions, and who asks.

use serde_json::{Value, json};

use super::super::fakegh::{FakeGh, Reply};
use super::complete::{self, LINK, filled};
use super::{HEAD, Repo, Viewer, viewer};

/// Sets up the routes of a repository: two pages of checks, one failed and repeated, and one update that waits.
pub fn routes(forge: &FakeGh, repo: &Repo) {
    let base = format!("GET /repos/{}", repo.full_name());
    let source = complete::repository(json!({"full_name": repo.full_name()}));
    let (next, first) = (format!("/repos/{}/commits/{HEAD}/check-runs?page=2", repo.full_name()), forge.url());
    let run = |id: u64, name: &str, conclusion: &str| {
        let app = json!({"slug": "github-actions", "owner": complete::user("acme", "Organization"), "permissions": {}});
        let output = filled(json!({}), "title? summary? text? annotations_count# annotations_url");
        let run = json!({"id": id, "name": name, "status": "completed", "conclusion": conclusion,
            "app": filled(app, complete::APP), "check_suite": {"id": 7}, "output": output});
        filled(run, complete::CHECK_RUN)
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
        "statuses": [filled(json!({"context": "docs", "state": "success"}), complete::STATUS)], "repository": source});
    forge.json(&format!("{base}/commits/{HEAD}/status"), &filled(statuses, "commit_url url"));
    let commit = complete::commit(json!({"sha": HEAD}));
    let comparison = json!({"status": "ahead", "ahead_by": 4, "behind_by": 0, "total_commits": 4, "commits": [],
        "base_commit": commit, "merge_base_commit": commit});
    let comparison = filled(comparison, "url html_url permalink_url diff_url patch_url");
    forge.json(&format!("{base}/compare/v1.0...main"), &comparison);
    let bot = complete::user("dependabot[bot]", "Bot");
    let end = |name: &str| json!({"ref": name, "sha": HEAD, "label": name, "user": bot, "repo": source});
    let links = ["comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self"];
    let links: Value = links.iter().map(|name| ((*name).to_owned(), json!({"href": LINK}))).collect();
    let pull = json!({"number": 12, "title": "Bump the actions group", "user": bot, "state": "open",
        "head": end("dependabot/github_actions/actions-4f1c"), "base": end("main"), "_links": links,
        "author_association": "CONTRIBUTOR"});
    let pulls = json!([filled(pull, complete::PULL)]);
    forge.on(&format!("{base}/pulls"), move |asked| match viewer(asked) {
        Viewer::Narrow => Reply::forbidden("pull_requests=read"),
        _ => Reply::json(&pulls),
    });
}

/// Who asks.
pub fn user(forge: &FakeGh) {
    let told = |login| Reply::json(&filled(complete::user(login, "User"), complete::PROFILE));
    forge.on("GET /user", move |asked| match viewer(asked) {
        Viewer::Admin => told("ada"),
        Viewer::Plain => told("grace"),
        Viewer::Narrow => Reply::forbidden("metadata=read"),
        Viewer::Nobody => Reply::status(401, &json!({"message": "Requires authentication"})),
    });
}
