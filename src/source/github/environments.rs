//! Environments: who must approve, who may bypass, and what may deploy.

use serde::Deserialize;

use super::actions::Asked;
use super::answer::{Answer, NoAnswer, Pages};
use super::graphql::Part;
use super::refusal::{Meaning, Route, goes_on, meaning, refused};
use super::shape::{Account, Connection, Word};
use crate::fact::settings::{Environment, Reviewer};
use crate::fact::{Fact, Observation, Reason, Unknown};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    name: Word,
    protection_rules: Connection<NodeRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeRule {
    #[serde(rename = "type")]
    kind: Word,
    timeout: u32,
    prevent_self_review: Option<bool>,
    reviewers: Connection<NodeReviewer>,
}

#[derive(Deserialize)]
struct NodeReviewer {
    #[serde(rename = "__typename")]
    kind: Word,
    #[serde(default)]
    login: Option<Word>,
    #[serde(default)]
    slug: Option<Word>,
}

/// The environments in a reply of GraphQL, which tells neither administrators' bypass nor custom rules.
pub fn from_part(part: &Part<'_>) -> Observation {
    Observation::Environments(read_part(part).map_or_else(
        |why| Fact::Unknown(if why.reason == Reason::Permission { why.needing("actions:read") } else { why }),
        |all| part.reply().fact(all),
    ))
}

fn read_part(part: &Part<'_>) -> Result<Vec<Environment>, Unknown> {
    let list: Connection<Node> = part.field("environments")?;
    if !list.is_complete() || !list.nodes.iter().all(|node| node.protection_rules.is_complete()) {
        return Err(Unknown::new(Reason::Failed, "there are more environments than are read at once"));
    }
    Ok(list.nodes.into_iter().map(from_node).collect())
}

fn from_node(node: Node) -> Environment {
    let mut environment = Environment { name: node.name.0, ..Environment::default() };
    for rule in node.protection_rules.nodes {
        match &*rule.kind {
            "REQUIRED_REVIEWERS" => {
                environment.prevent_self_review |= rule.prevent_self_review.unwrap_or_default();
                environment.reviewers.extend(rule.reviewers.nodes.into_iter().filter_map(|one| {
                    let is_team = &*one.kind == "Team";
                    let name = if is_team { one.slug } else { one.login };
                    name.map(|name| if is_team { Reviewer::Team(name.0) } else { Reviewer::User(name.0) })
                }));
            }
            // Minutes in REST, and seconds nowhere: GitHub gives minutes here too.
            "WAIT_TIMER" => environment.wait_minutes = rule.timeout,
            "BRANCH_POLICY" => environment.branch_policy = Some("a branch policy".to_owned()),
            _ => {}
        }
    }
    environment
}

#[derive(Deserialize)]
struct List {
    total_count: usize,
    environments: Vec<Rest>,
}

#[derive(Deserialize)]
struct Rest {
    name: Word,
    // Without them it is not told what protects it, which is not the same as nothing.
    protection_rules: Vec<RestRule>,
    deployment_branch_policy: Option<Policy>,
    #[serde(default)]
    can_admins_bypass: Option<bool>,
}

#[derive(Deserialize)]
struct RestRule {
    #[serde(rename = "type")]
    kind: Word,
    #[serde(default)]
    wait_timer: Option<u32>,
    #[serde(default)]
    prevent_self_review: Option<bool>,
    #[serde(default)]
    reviewers: Option<Vec<RestReviewer>>,
}

#[derive(Deserialize)]
struct RestReviewer {
    #[serde(rename = "type")]
    kind: Word,
    reviewer: ReviewerName,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ReviewerName {
    User { login: Word },
    Team { slug: Word },
}

#[derive(Deserialize)]
struct Policy {
    protected_branches: bool,
    custom_branch_policies: bool,
}

impl Rest {
    /// The environment; none where the reviewers of a rule are not told.
    fn lower(self) -> Option<Environment> {
        let policy = self.deployment_branch_policy.map(|policy| {
            let words = match (policy.protected_branches, policy.custom_branch_policies) {
                (true, _) => "protected branches",
                (_, true) => NAMED_BRANCHES,
                _ => "a branch policy",
            };
            words.to_owned()
        });
        let mut environment = Environment {
            name: self.name.0,
            admins_can_bypass: self.can_admins_bypass,
            branch_policy: policy,
            ..Environment::default()
        };
        for rule in self.protection_rules {
            environment.wait_minutes = environment.wait_minutes.max(rule.wait_timer.unwrap_or_default());
            if &*rule.kind == "required_reviewers" {
                environment.prevent_self_review |= rule.prevent_self_review.unwrap_or_default();
                environment.reviewers.extend(rule.reviewers?.into_iter().map(|one| match one.reviewer {
                    ReviewerName::Team { slug } => Reviewer::Team(slug.0),
                    ReviewerName::User { login } if &*one.kind == "Team" => Reviewer::Team(login.0),
                    ReviewerName::User { login } => Reviewer::User(login.0),
                }));
            }
        }
        Some(environment)
    }
}

/// What a policy with patterns of its own is called until the patterns are read.
pub const NAMED_BRANCHES: &str = "named branches and tags";

/// The environments as REST tells them (GET /repos/{owner}/{repo}/environments).
///
/// # Errors
/// Why they cannot be told; a list that was not read to its end is not told either.
pub fn from_pages(pages: Result<Pages, NoAnswer>) -> Result<(Vec<Environment>, Answer), Unknown> {
    let pages = pages?;
    let mut all = Vec::new();
    let mut total = 0;
    for answer in &pages.answers {
        match meaning(&Route::Environments, answer) {
            Meaning::Seen => {
                let list: List = answer.json()?;
                total = list.total_count;
                let lowered: Option<Vec<_>> = list.environments.into_iter().map(Rest::lower).collect();
                all.extend(lowered.ok_or_else(|| {
                    let words = format!("{} does not tell the reviewers of a rule", answer.endpoint);
                    Unknown::new(Reason::Failed, words).from_request(answer.endpoint.clone(), answer.status)
                })?);
            }
            Meaning::Refused(why) => return Err(why),
            Meaning::Absent | Meaning::Plan(_) => return Err(refused(answer, Some(Route::Environments.needs()))),
        }
    }
    let answer = pages.answers.into_iter().next();
    let Some(answer) = answer else { return Err(Unknown::new(Reason::Failed, "no page of environments came")) };
    if !pages.complete || all.len() < total {
        return Err(goes_on(&answer));
    }
    Ok((all, answer))
}

#[derive(Deserialize)]
struct Policies {
    branch_policies: Vec<Pattern>,
}

#[derive(Deserialize)]
struct Pattern {
    name: Word,
    #[serde(default, rename = "type")]
    kind: Option<Word>,
}

/// Takes in the patterns of a branch policy. Where they cannot be read, it is still known that there are some.
pub fn take_policies(environment: &mut Environment, asked: Asked) {
    let read = super::refusal::read::<Policies>(&Route::BranchPolicies(""), asked);
    if let Ok((policies, _)) = read {
        let words = |pattern: &Pattern| match pattern.kind.as_deref() {
            Some("tag") => format!("tag {}", pattern.name.0),
            _ => pattern.name.0.clone(),
        };
        let all: Vec<String> = policies.branch_policies.iter().map(words).collect();
        environment.branch_policy = Some(if all.is_empty() { "nothing".to_owned() } else { all.join(", ") });
    }
}

#[derive(Deserialize)]
struct Customs {
    custom_deployment_protection_rules: Vec<Custom>,
}

#[derive(Deserialize)]
struct Custom {
    enabled: bool,
    app: App,
}

#[derive(Deserialize)]
struct App {
    slug: Word,
}

/// The apps that protect an environment (GET …/environments/{name}/`deployment_protection_rules`).
///
/// # Errors
/// Why they cannot be told.
pub fn custom_apps(asked: Asked) -> Result<Vec<String>, Unknown> {
    let (customs, _) = super::refusal::read::<Customs>(&Route::CustomRules(""), asked)?;
    let enabled = customs.custom_deployment_protection_rules.into_iter().filter(|rule| rule.enabled);
    Ok(enabled.map(|rule| rule.app.slug.0).collect())
}

/// The login of somebody who approved or started something.
pub fn login(account: Option<Account>) -> String {
    account.map(|account| account.login.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::graphql::tests::reply;
    use super::super::refusal::tests::answer;
    use super::*;
    use serde_json::json;

    const LIST: &str = r#"{"total_count": 1, "environments": [{"id": 161088068, "name": "staging",
        "protection_rules": [{"id": 3736, "type": "wait_timer", "wait_timer": 30},
        {"id": 3755, "prevent_self_review": true, "type": "required_reviewers", "reviewers": [
        {"type": "User", "reviewer": {"login": "octocat", "id": 1, "type": "User"}},
        {"type": "Team", "reviewer": {"id": 1, "name": "Justice League", "slug": "justice-league"}}]},
        {"id": 3756, "type": "branch_policy"}],
        "deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}}]}"#;

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what is asked, which may have no answer")]
    fn pages(status: u16, body: &str) -> Result<Pages, NoAnswer> {
        let answers = vec![answer("GET /repos/o/r/environments", status, body)];
        Ok(Pages { answers, complete: true })
    }

    #[test]
    fn reviewers_timers_and_policies_are_read() {
        let (all, _) = from_pages(pages(200, LIST)).unwrap();
        let environment = &all[0];
        assert_eq!(environment.reviewers, [Reviewer::User("octocat".into()), Reviewer::Team("justice-league".into())]);
        assert_eq!((environment.wait_minutes, environment.prevent_self_review), (30, true));
        assert_eq!(environment.branch_policy.as_deref(), Some(NAMED_BRANCHES));
        assert_eq!(environment.admins_can_bypass, None);
    }

    #[test]
    fn an_empty_list_is_known_and_a_cut_or_refused_one_is_not() {
        assert_eq!(from_pages(pages(200, r#"{"total_count": 0, "environments": []}"#)).unwrap().0.len(), 0);
        for (status, body) in [
            (200, r#"{"total_count": 2, "environments": []}"#),
            (200, r#"{"environments": []}"#),
            (200, r#"{"total_count": 1, "environments": [{"name": null}]}"#),
            (200, r#"{"total_count": 1, "environments": [{"name": "a", "protection_rules": 3}]}"#),
            (200, r#"{"total_count": 1, "environments": [{"name": "a", "protection_rules": null}]}"#),
            (200, r#"{"total_count": 1, "environments": [{"name": "a"}]}"#),
            (
                200,
                r#"{"total_count": 1, "environments": [{"name": "a", "protection_rules": [{"type": "required_reviewers"}]}]}"#,
            ),
            (403, "{}"),
            (404, "{}"),
        ] {
            assert!(from_pages(pages(status, body)).is_err(), "{status} {body}");
        }
        let Ok(mut cut) = pages(200, LIST) else { panic!() };
        cut.complete = false;
        assert!(from_pages(Ok(cut)).is_err());
    }

    #[test]
    fn apps_and_patterns_are_named() {
        let body = r#"{"total_count": 2, "custom_deployment_protection_rules": [
            {"id": 3, "enabled": true, "app": {"id": 1, "slug": "a-custom-app"}},
            {"id": 4, "enabled": false, "app": {"id": 1, "slug": "another-custom-app"}}]}"#;
        assert_eq!(custom_apps(Ok(answer("GET /x", 200, body))).unwrap(), ["a-custom-app"]);
        assert!(custom_apps(Ok(answer("GET /x", 404, "{}"))).is_err());
        let mut environment = Environment::default();
        let body = r#"{"total_count": 2, "branch_policies": [{"id": 1, "name": "release/*"},
            {"id": 2, "name": "v*", "type": "tag"}]}"#;
        take_policies(&mut environment, Ok(answer("GET /x", 200, body)));
        assert_eq!(environment.branch_policy.as_deref(), Some("release/*, tag v*"));
        take_policies(&mut environment, Ok(answer("GET /x", 500, "")));
        assert_eq!(environment.branch_policy.as_deref(), Some("release/*, tag v*"));
    }

    #[test]
    fn by_graphql_the_same_is_read() {
        let body = json!({"data": {"e0": {"environments": {"totalCount": 1, "nodes": [{
        "name": "pypi", "protectionRules": {"totalCount": 2, "nodes": [
            {"type": "REQUIRED_REVIEWERS", "timeout": 0, "preventSelfReview": true, "reviewers": {"totalCount": 2,
             "nodes": [{"__typename": "User", "login": "ada"}, {"__typename": "Team", "slug": "t"}]}},
            {"type": "WAIT_TIMER", "timeout": 30, "preventSelfReview": null, "reviewers": {"totalCount": 0, "nodes": []}}
        ]}}]}}}});
        let Observation::Environments(fact) = from_part(&reply(&body).part("e0")) else { panic!() };
        let all = fact.value().unwrap();
        assert_eq!(all[0].reviewers, [Reviewer::User("ada".into()), Reviewer::Team("t".into())]);
        assert_eq!((all[0].wait_minutes, all[0].prevent_self_review), (30, true));
        let refused = json!({"data": {"e0": null}, "errors": [
            {"type": "FORBIDDEN", "path": ["e0", "environments"], "message": "Resource not accessible by integration"}]});
        let Observation::Environments(Fact::Unknown(why)) = from_part(&reply(&refused).part("e0")) else { panic!() };
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::Permission, Some("actions:read")));
    }
}
