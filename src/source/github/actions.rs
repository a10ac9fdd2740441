//! The settings of Actions: which actions may run, and what the token of a workflow may do by default.

use serde::Deserialize;

use super::answer::{Answer, NoAnswer};
use super::refusal::{Meaning, Route, meaning, refused};
use super::shape::Word;
use crate::fact::settings::{ActionsPolicy, AllowedActions, DefaultToken, SelectedActions};
use crate::fact::{Fact, Observation, Reason, Unknown};

#[derive(Deserialize)]
struct Permissions {
    enabled: bool,
    #[serde(default)]
    allowed_actions: Option<Word>,
    #[serde(default)]
    sha_pinning_required: Option<bool>,
}

#[derive(Deserialize)]
struct Selected {
    #[serde(rename = "github_owned_allowed")]
    github_owned: bool,
    #[serde(default, rename = "verified_allowed")]
    verified: Option<bool>,
    #[serde(rename = "patterns_allowed")]
    patterns: Vec<Word>,
}

#[derive(Deserialize)]
struct Token {
    default_workflow_permissions: Word,
    can_approve_pull_request_reviews: bool,
}

/// An answer, or why there is none.
pub type Asked = Result<Answer, NoAnswer>;

/// Which actions may run, from both answers (GET …/actions/permissions and …/actions/permissions/selected-actions).
pub fn policy(permissions: Asked, selected: Asked) -> Observation {
    Observation::ActionsPolicy(policy_fact(permissions, selected).unwrap_or_else(Fact::Unknown))
}

fn policy_fact(permissions: Asked, selected: Asked) -> Result<Fact<ActionsPolicy>, Unknown> {
    let (permissions, answer) = super::refusal::read::<Permissions>(&Route::Actions, permissions)?;
    let allowed = match (permissions.allowed_actions.as_deref(), permissions.enabled) {
        (Some("all"), _) | (None, false) => AllowedActions::All,
        (Some("local_only"), _) => AllowedActions::LocalOnly,
        (Some("selected"), _) => AllowedActions::Selected(selected_fact(selected)),
        (other, _) => {
            let rule = other.unwrap_or("nothing");
            let detail = format!("{} names the rule {rule}, which is not known", answer.endpoint);
            return Err(Unknown::new(Reason::Failed, detail).from_request(answer.endpoint.clone(), answer.status));
        }
    };
    let policy = ActionsPolicy {
        enabled: permissions.enabled,
        allowed,
        inherited: false,
        sha_pinning_required: permissions.sha_pinning_required,
    };
    Ok(answer.fact(policy))
}

fn selected_fact(asked: Asked) -> Fact<SelectedActions> {
    let answer = match asked {
        Ok(answer) => answer,
        Err(no) => return Fact::Unknown(no.into()),
    };
    match meaning(&Route::SelectedActions, &answer) {
        Meaning::Seen => answer.json::<Selected>().map_or_else(
            |no| Fact::Unknown(no.into()),
            |selected| {
                answer.fact(SelectedActions {
                    github_owned: selected.github_owned,
                    verified: selected.verified.unwrap_or_default(),
                    patterns: selected.patterns.into_iter().map(String::from).collect(),
                })
            },
        ),
        Meaning::Refused(why) => Fact::Unknown(why),
        // The rule changed between the two answers.
        Meaning::Absent | Meaning::Plan(_) => Fact::Unknown(refused(&answer, Some(Route::SelectedActions.needs()))),
    }
}

/// Whether an answer names the rule that a list belongs to (GET …/actions/permissions).
pub fn names_a_list(answer: &Answer) -> bool {
    answer.json::<Permissions>().is_ok_and(|read| read.allowed_actions.as_deref() == Some("selected"))
}

/// What the token of a workflow may do by default (GET …/actions/permissions/workflow).
pub fn default_token(asked: Asked) -> Observation {
    let read = super::refusal::read::<Token>(&Route::DefaultToken, asked).and_then(|(token, answer)| {
        let write = match &*token.default_workflow_permissions {
            "read" => false,
            "write" => true,
            other => {
                let detail = format!("{} names `{other}`, which is not known", answer.endpoint);
                return Err(Unknown::new(Reason::Failed, detail).from_request(answer.endpoint.clone(), answer.status));
            }
        };
        Ok(answer.fact(DefaultToken { write, can_approve_pull_requests: token.can_approve_pull_request_reviews }))
    });
    Observation::DefaultToken(read.unwrap_or_else(Fact::Unknown))
}

/// What a token that administers nothing is told without asking: the settings are hidden from it.
pub fn hidden(full_name: &str, route: Route<'_>) -> Unknown {
    let endpoint = route.request(full_name).endpoint();
    let detail = format!("{endpoint} was not asked: the token does not administer {full_name}");
    let why = Unknown::new(Reason::Permission, detail).needing(route.needs());
    why.from_request(endpoint, 0)
}

#[cfg(test)]
mod tests {
    use super::super::refusal::tests::answer;
    use super::*;

    const PERMISSIONS: &str = r#"{"enabled": true, "allowed_actions": "selected",
        "selected_actions_url": "https://api.github.com/x", "sha_pinning_required": true}"#;
    const SELECTED: &str = r#"{"github_owned_allowed": true, "verified_allowed": false,
        "patterns_allowed": ["monalisa/octocat@*", "docker/*"]}"#;

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what is asked, which may have no answer")]
    fn said(status: u16, body: &str) -> Asked {
        Ok(answer("GET /repos/o/r/actions/permissions", status, body))
    }

    fn read(permissions: Asked, selected: Asked) -> Fact<ActionsPolicy> {
        let Observation::ActionsPolicy(fact) = policy(permissions, selected) else { panic!() };
        fact
    }

    #[test]
    fn a_list_is_read_with_its_patterns() {
        let fact = read(said(200, PERMISSIONS), said(200, SELECTED));
        let policy = fact.value().unwrap();
        assert_eq!(policy.sha_pinning_required, Some(true));
        let AllowedActions::Selected(list) = &policy.allowed else { panic!() };
        assert_eq!(list.value().unwrap().patterns, ["monalisa/octocat@*", "docker/*"]);
    }

    #[test]
    fn a_hidden_list_leaves_the_rule_known() {
        for (status, reason) in [(403, Reason::Permission), (404, Reason::Permission), (500, Reason::Failed)] {
            let fact = read(said(200, PERMISSIONS), said(status, "{}"));
            let AllowedActions::Selected(Fact::Unknown(why)) = &fact.value().unwrap().allowed else { panic!() };
            assert_eq!(why.reason, reason, "{status}");
        }
        let all = r#"{"enabled": true, "allowed_actions": "all"}"#;
        assert_eq!(read(said(200, all), said(409, "{}")).value().unwrap().allowed, AllowedActions::All);
        assert!(!read(said(200, r#"{"enabled": false}"#), said(409, "{}")).value().unwrap().enabled);
    }

    #[test]
    fn refusals_and_other_types_are_unknown() {
        for body in ["{}", "[]", "null", "<html>", r#"{"enabled": null}"#, r#"{"enabled": true, "allowed_actions": 3}"#]
        {
            assert!(matches!(read(said(200, body), said(200, SELECTED)), Fact::Unknown(_)), "{body}");
        }
        for body in
            ["{}", r#"{"github_owned_allowed": true}"#, r#"{"github_owned_allowed": true, "patterns_allowed": [null]}"#]
        {
            let fact = read(said(200, PERMISSIONS), said(200, body));
            assert!(matches!(&fact.value().unwrap().allowed, AllowedActions::Selected(Fact::Unknown(_))), "{body}");
        }
        let Fact::Unknown(why) =
            read(said(403, r#"{"message": "Must have admin rights to Repository."}"#), said(403, ""))
        else {
            panic!()
        };
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::Permission, Some("administration:read")));
    }

    #[test]
    fn the_default_token_is_read_or_not_known() {
        let token = |status, body| match default_token(said(status, body)) {
            Observation::DefaultToken(fact) => fact,
            _ => panic!(),
        };
        let body = r#"{"default_workflow_permissions": "read", "can_approve_pull_request_reviews": true}"#;
        assert_eq!(token(200, body).value(), Some(&DefaultToken { write: false, can_approve_pull_requests: true }));
        for (status, body) in [
            (200, r#"{"default_workflow_permissions": "admin", "can_approve_pull_request_reviews": true}"#),
            (200, r#"{"default_workflow_permissions": "read"}"#),
            (403, "{}"),
            (404, "{}"),
        ] {
            assert!(token(status, body).value().is_none(), "{status} {body}");
        }
    }
}
