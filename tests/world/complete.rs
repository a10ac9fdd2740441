//! What GitHub always tells and nothing here reads: addresses, numbers of nodes, counts. A fixture names what matters,
//! and the rest is put beside it, so that it is an answer as GitHub describes it.

use serde_json::{Value, json};

/// An address, and a time, where any will do.
pub const LINK: &str = "https://api.github.test/x";
pub const TIME: &str = "2026-01-02T03:04:05Z";

/// What a user has, beside a login.
const USER: &str = "id# node_id avatar_url gravatar_id? url html_url followers_url following_url gists_url starred_url \
    subscriptions_url organizations_url repos_url events_url received_events_url site_admin!";

/// What the owner of a token is told beside what everybody is told of a user.
pub const PROFILE: &str = "name? company? blog? location? email? hireable? bio? public_repos# public_gists# followers# \
    following# created_at updated_at";

const REPOSITORY: &str = "id# node_id private! html_url description? fork! url archive_url assignees_url blobs_url \
    branches_url collaborators_url comments_url commits_url compare_url contents_url contributors_url deployments_url \
    downloads_url events_url forks_url git_commits_url git_refs_url git_tags_url git_url issue_comment_url \
    issue_events_url issues_url keys_url labels_url languages_url merges_url milestones_url notifications_url pulls_url \
    releases_url ssh_url stargazers_url statuses_url subscribers_url subscription_url tags_url teams_url trees_url \
    clone_url mirror_url? hooks_url svn_url homepage? language? forks_count# stargazers_count# watchers_count# size# \
    default_branch open_issues_count# has_issues! has_projects! has_wiki! has_pages! has_downloads! has_discussions! \
    archived! disabled! pushed_at created_at updated_at license? forks# open_issues# watchers#";

pub const TEAM: &str = "description? permission url html_url members_url repositories_url parent?";

pub const ENVIRONMENT: &str = "url html_url created_at updated_at";

pub const RELEASE: &str = "url html_url assets_url upload_url tarball_url? zipball_url? id# node_id name? draft! \
    prerelease! created_at";

pub const ASSET: &str = "url browser_download_url id# node_id label? content_type size# download_count# created_at \
    updated_at uploader?";

pub const RUN: &str = "node_id head_branch head_sha run_number# status? conclusion? workflow_id# url html_url \
    pull_requests[] updated_at jobs_url logs_url check_suite_url artifacts_url cancel_url rerun_url workflow_url \
    head_commit? display_title";

pub const CHECK_RUN: &str = "head_sha node_id external_id? url html_url? details_url? started_at completed_at \
    pull_requests[]";

pub const APP: &str = "id# node_id name description? external_url html_url created_at updated_at events[]";

pub const STATUS: &str = "description? id# node_id target_url? avatar_url? url created_at updated_at";

pub const PULL: &str = "url id# node_id html_url diff_url patch_url issue_url commits_url review_comments_url \
    review_comment_url comments_url statuses_url locked! body? labels[] milestone? created_at updated_at closed_at? \
    merged_at? merge_commit_sha? assignee? auto_merge?";

/// The same with the members of a list where it has not got them. In the list a `?` follows the name of what may be
/// null, a `#` that of a number, a `!` that of a switch and a `[]` that of a list; others are addresses, times or texts.
pub fn filled(mut value: Value, names: &str) -> Value {
    for name in names.split_whitespace() {
        let bare = name.trim_end_matches(['?', '#', '!', '[', ']']);
        let usual = match &name[bare.len()..] {
            "?" => Value::Null,
            "#" => json!(0),
            "!" => json!(false),
            "[]" => json!([]),
            _ if bare.ends_with("url") => json!(LINK),
            _ if bare.ends_with("_at") => json!(TIME),
            _ => json!("x"),
        };
        if value.get(bare).is_none() {
            value[bare] = usual;
        }
    }
    value
}

/// A user, or an organisation as the owner of something.
pub fn user(login: &str, kind: &str) -> Value {
    filled(json!({"login": login, "type": kind}), USER)
}

/// A repository with its full name.
pub fn repository(mut value: Value) -> Value {
    let full_name = value["full_name"].as_str().unwrap().to_owned();
    let (owner, name) = full_name.split_once('/').unwrap();
    (value["name"], value["owner"]) = (json!(name), user(owner, "Organization"));
    filled(value, REPOSITORY)
}

/// A commit with its SHA.
pub fn commit(mut value: Value) -> Value {
    value["commit"]["tree"] = json!({"sha": value["sha"], "url": LINK});
    value["commit"] = filled(value["commit"].take(), "url author? committer? message comment_count#");
    filled(value, "url node_id html_url comments_url author? committer? parents[]")
}
