//! Rulesets of a repository and of its owner: which are in force on a branch, what they ask, and who may pass by.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::answer::Answer;
use super::graphql::Part;
use super::shape::{Connection, Word};
use crate::fact::settings::BranchRule;
use crate::fact::{Reason, Unknown};

/// Who may pass by rulesets, by the number of the ruleset; none where the token cannot see that.
pub type Bypass = BTreeMap<u64, Option<Vec<String>>>;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(rename = "type")]
    kind: Word,
    #[serde(default)]
    parameters: Option<Parameters>,
    #[serde(default)]
    repository_ruleset: Option<Owner>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    #[serde(default)]
    required_approving_review_count: Option<u32>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    database_id: Option<u64>,
    name: Word,
    enforcement: Word,
    source: Source,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    #[serde(rename = "__typename")]
    kind: Word,
    #[serde(default)]
    login: Option<Word>,
    #[serde(default)]
    slug: Option<Word>,
}

impl Source {
    /// The organisation or enterprise; none for the repository itself.
    fn above(&self) -> Option<String> {
        let name = self.login.as_ref().or(self.slug.as_ref()).map(|name| name.0.clone());
        (&*self.kind != "Repository").then(|| name.unwrap_or_else(|| self.kind.to_lowercase()))
    }
}

/// One ruleset with its conditions.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ruleset {
    database_id: Option<u64>,
    name: Word,
    enforcement: Word,
    target: Option<Word>,
    source: Source,
    conditions: Conditions,
    rules: Connection<Rule>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Conditions {
    ref_name: Option<RefName>,
}

#[derive(Clone, Deserialize)]
struct RefName {
    include: Vec<Word>,
    exclude: Vec<Word>,
}

/// Rules that the forge says are in force on a branch (`rules` of a `Ref`).
///
/// # Errors
/// A refusal, another shape, or a list that was not read to its end.
pub fn in_force(branch: &Part<'_>, bypass: &Bypass) -> Result<Vec<BranchRule>, Unknown> {
    let rules: Connection<Rule> = branch.field("rules")?;
    if !rules.is_complete() {
        return Err(Unknown::new(Reason::Failed, "the branch has more rules than are read at once"));
    }
    let active = rules.nodes.into_iter().filter(|rule| rule.repository_ruleset.as_ref().is_none_or(is_active));
    Ok(active.map(|rule| lowered(&rule, rule.repository_ruleset.as_ref(), bypass)).collect())
}

fn is_active(ruleset: &Owner) -> bool {
    &*ruleset.enforcement == "ACTIVE"
}

fn lowered(rule: &Rule, ruleset: Option<&Owner>, bypass: &Bypass) -> BranchRule {
    BranchRule {
        kind: rule.kind.to_lowercase(),
        ruleset: ruleset.map(|own| own.name.0.clone()).unwrap_or_default(),
        inherited_from: ruleset.and_then(|own| own.source.above()),
        approvals: rule.parameters.as_ref().and_then(|given| given.required_approving_review_count),
        bypass: ruleset.and_then(|own| bypass.get(&own.database_id?)?.clone()),
    }
}

/// The rules that rulesets put on a branch, by their conditions: for servers that do not tell the rules of a branch.
/// Rulesets on trial count for nothing.
///
/// # Errors
/// A refusal, another shape, or lists that were not read to their end.
pub fn by_conditions(
    repository: &Part<'_>,
    branch: &str,
    is_default: bool,
    bypass: &Bypass,
) -> Result<Vec<BranchRule>, Unknown> {
    let rulesets: Connection<Ruleset> = repository.field("rulesets")?;
    let whole = rulesets.is_complete() && rulesets.nodes.iter().all(|ruleset| ruleset.rules.is_complete());
    if !whole {
        return Err(Unknown::new(Reason::Failed, "the repository has more rulesets than are read at once"));
    }
    let applying = rulesets.nodes.iter().filter(|ruleset| ruleset.applies(branch, is_default));
    Ok(applying
        .flat_map(|ruleset| {
            let owner = Owner {
                database_id: ruleset.database_id,
                name: ruleset.name.clone(),
                enforcement: ruleset.enforcement.clone(),
                source: ruleset.source.clone(),
            };
            ruleset.rules.nodes.iter().map(move |rule| lowered(rule, Some(&owner), bypass))
        })
        .collect())
}

impl Ruleset {
    /// Whether it is in force on a branch.
    fn applies(&self, branch: &str, is_default: bool) -> bool {
        let on_branches = self.target.as_deref().is_none_or(|target| target == "BRANCH");
        let named = |patterns: &[Word]| patterns.iter().any(|pattern| covers(pattern, branch, is_default));
        // Without a condition on names it is one that holds on all of them.
        let by_name =
            self.conditions.ref_name.as_ref().is_none_or(|names| named(&names.include) && !named(&names.exclude));
        on_branches && &*self.enforcement == "ACTIVE" && by_name
    }
}

/// Whether a pattern of a ruleset covers a branch.
fn covers(pattern: &str, branch: &str, is_default: bool) -> bool {
    match pattern {
        "~ALL" => true,
        "~DEFAULT_BRANCH" => is_default,
        pattern => matches(pattern.strip_prefix("refs/heads/").unwrap_or(pattern), branch),
    }
}

/// Whether a pattern covers a name, as GitHub matches branches: `*` stops at `/`, `**` does not.
pub fn matches(pattern: &str, name: &str) -> bool {
    let glob = globset::GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    glob.is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Passers {
    database_id: Option<u64>,
    bypass_actors: Option<Connection<Passer>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Passer {
    deploy_key: bool,
    organization_admin: bool,
    enterprise_owner: bool,
    repository_role_name: Option<Word>,
    actor: Option<Actor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Actor {
    #[serde(default)]
    combined_slug: Option<Word>,
    #[serde(default)]
    slug: Option<Word>,
    #[serde(default)]
    login: Option<Word>,
}

impl Passer {
    fn words(&self) -> String {
        let actor = self.actor.as_ref().and_then(|actor| {
            [&actor.combined_slug, &actor.slug, &actor.login].into_iter().flatten().next().map(|name| name.0.clone())
        });
        let role = self.repository_role_name.as_ref().map(|role| format!("role {}", role.0));
        let kind = if self.organization_admin {
            "organization admins"
        } else if self.enterprise_owner {
            "enterprise owners"
        } else if self.deploy_key {
            "deploy keys"
        } else {
            "somebody who is not named"
        };
        actor.or(role).unwrap_or_else(|| kind.to_owned())
    }
}

/// Who may pass by rulesets, as far as the token sees it.
pub fn bypass(admin: &Part<'_>) -> Bypass {
    let seen: Result<Connection<Passers>, Unknown> = admin.field("bypass");
    let all = seen.map(|list| list.nodes).unwrap_or_default().into_iter();
    let words = |one: Passers| {
        let actors = one.bypass_actors.filter(Connection::is_complete);
        Some((one.database_id?, actors.map(|list| list.nodes.iter().map(Passer::words).collect())))
    };
    all.filter_map(words).collect()
}

/// The names of rulesets by their numbers, for answers that give only the number.
pub fn names(repository: &Part<'_>) -> BTreeMap<u64, String> {
    let seen: Result<Connection<Ruleset>, Unknown> = repository.field("rulesets");
    let all = seen.map(|list| list.nodes).unwrap_or_default().into_iter();
    all.filter_map(|ruleset| Some((ruleset.database_id?, ruleset.name.0))).collect()
}

#[derive(Deserialize)]
struct RestRule {
    #[serde(rename = "type")]
    kind: Word,
    #[serde(default)]
    ruleset_source_type: Option<Word>,
    #[serde(default)]
    ruleset_source: Option<Word>,
    #[serde(default)]
    ruleset_id: Option<u64>,
    #[serde(default)]
    parameters: Value,
}

/// Rules in force on a branch as REST tells them (GET /repos/{owner}/{repo}/rules/branches/{branch}).
///
/// # Errors
/// A body of another shape.
pub fn from_answer(
    answer: &Answer,
    names: &BTreeMap<u64, String>,
    bypass: &Bypass,
) -> Result<Vec<BranchRule>, Unknown> {
    let rules: Vec<RestRule> = answer.json()?;
    let lower = |rule: RestRule| {
        let from_above = rule.ruleset_source_type.as_deref().is_some_and(|kind| kind != "Repository");
        let count = rule.parameters.get("required_approving_review_count").and_then(Value::as_u64);
        BranchRule {
            kind: rule.kind.0,
            ruleset: rule.ruleset_id.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            inherited_from: rule.ruleset_source.filter(|_| from_above).map(String::from),
            approvals: count.and_then(|count| u32::try_from(count).ok()),
            bypass: rule.ruleset_id.and_then(|id| bypass.get(&id)?.clone()),
        }
    };
    Ok(rules.into_iter().map(lower).collect())
}

#[cfg(test)]
mod tests {
    use super::super::graphql::tests::reply;
    use super::super::refusal::tests::answer;
    use super::*;
    use serde_json::json;

    fn ruleset(name: &str, enforcement: &str, include: &[&str], exclude: &[&str]) -> Value {
        json!({
            "databaseId": 7, "name": name, "enforcement": enforcement, "target": "BRANCH",
            "source": {"__typename": "Organization", "login": "my-org"},
            "conditions": {"refName": {"include": include, "exclude": exclude}},
            "rules": {"totalCount": 1, "nodes": [
                {"type": "PULL_REQUEST", "parameters": {"requiredApprovingReviewCount": 2}}
            ]}
        })
    }

    fn rules(rulesets: &[Value], branch: &str) -> Vec<BranchRule> {
        let body = json!({"data": {"r0": {"rulesets": {"totalCount": rulesets.len(), "nodes": rulesets}}}});
        let bypass = Bypass::from([(7, Some(vec!["my-org/admins".to_owned()]))]);
        by_conditions(&reply(&body).part("r0"), branch, branch == "main", &bypass).unwrap()
    }

    #[test]
    fn conditions_decide_where_a_ruleset_holds() {
        for (include, exclude, branch, wanted) in [
            (&["~DEFAULT_BRANCH"][..], &[][..], "main", true),
            (&["~DEFAULT_BRANCH"], &[], "rel/1", false),
            (&["~ALL"], &[], "rel/1", true),
            (&["~ALL"], &["refs/heads/rel/*"], "rel/1", false),
            (&["refs/heads/rel/*"], &[], "rel/1", true),
            (&["refs/heads/*"], &[], "rel/1", false),
            (&["refs/heads/**/*"], &[], "rel/1", true),
            (&["refs/heads/main"], &["~DEFAULT_BRANCH"], "main", false),
            (&[], &[], "main", false),
        ] {
            let found = rules(&[ruleset("a", "ACTIVE", include, exclude)], branch);
            assert_eq!(!found.is_empty(), wanted, "{include:?} {exclude:?} {branch}");
        }
    }

    #[test]
    fn rulesets_on_trial_or_for_tags_protect_no_branch() {
        let mut tags = ruleset("tags", "ACTIVE", &["~ALL"], &[]);
        tags["target"] = json!("TAG");
        let trial = ruleset("trial", "EVALUATE", &["~ALL"], &[]);
        assert!(rules(&[trial, ruleset("off", "DISABLED", &["~ALL"], &[]), tags], "main").is_empty());
    }

    #[test]
    fn what_comes_from_above_says_so_with_those_who_may_pass() {
        let found = rules(&[ruleset("base", "ACTIVE", &["~ALL"], &[])], "main");
        let wanted = BranchRule {
            kind: "pull_request".into(),
            ruleset: "base".into(),
            inherited_from: Some("my-org".into()),
            approvals: Some(2),
            bypass: Some(vec!["my-org/admins".into()]),
        };
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn rules_in_force_are_read_and_an_endless_list_is_not() {
        let rule = json!({"type": "DELETION", "parameters": null, "repositoryRuleset": {
            "databaseId": 1, "name": "a", "enforcement": "ACTIVE", "source": {"__typename": "Repository", "nameWithOwner": "o/r"}}});
        let mut trial = rule.clone();
        trial["repositoryRuleset"]["enforcement"] = json!("EVALUATE");
        let part = |total: u32| json!({"data": {"b": {"rules": {"totalCount": total, "nodes": [rule, trial]}}}});
        let found = in_force(&reply(&part(2)).part("b"), &Bypass::new()).unwrap();
        assert_eq!((found.len(), found[0].kind.as_str(), &found[0].inherited_from), (1, "deletion", &None));
        assert!(in_force(&reply(&part(3)).part("b"), &Bypass::new()).is_err());
        assert!(in_force(&reply(&json!({"data": {"b": {"rules": null}}})).part("b"), &Bypass::new()).is_err());
    }

    #[test]
    fn rules_by_rest_name_their_owner() {
        let body = r#"[{"type": "commit_message_pattern", "ruleset_source_type": "Repository", "ruleset_source":
            "monalisa/my-repo", "ruleset_id": 42, "parameters": {"operator": "starts_with", "pattern": "issue"}},
            {"type": "pull_request", "ruleset_source_type": "Organization", "ruleset_source": "my-org",
            "ruleset_id": 73, "parameters": {"required_approving_review_count": 1}}]"#;
        let names = BTreeMap::from([(42, "words".to_owned())]);
        let found = from_answer(&answer("GET /x", 200, body), &names, &Bypass::new()).unwrap();
        assert_eq!((found[0].ruleset.as_str(), found[0].inherited_from.as_deref()), ("words", None));
        assert_eq!((found[1].approvals, found[1].inherited_from.as_deref()), (Some(1), Some("my-org")));
        for body in ["{}", "null", "[null]", r#"[{"type": 3}]"#] {
            assert!(from_answer(&answer("GET /x", 200, body), &names, &Bypass::new()).is_err(), "{body}");
        }
    }

    #[test]
    fn those_who_may_pass_are_named_or_not_seen() {
        let body = json!({"data": {"a0": {"bypass": {"totalCount": 2, "nodes": [
            {"databaseId": 1, "bypassActors": null},
            {"databaseId": 2, "bypassActors": {"totalCount": 3, "nodes": [
                {"deployKey": false, "organizationAdmin": true, "enterpriseOwner": false, "repositoryRoleName": null, "actor": null},
                {"deployKey": false, "organizationAdmin": false, "enterpriseOwner": false, "repositoryRoleName": "admin", "actor": null},
                {"deployKey": false, "organizationAdmin": false, "enterpriseOwner": false, "repositoryRoleName": null, "actor": {"combinedSlug": "o/t"}}
            ]}}
        ]}}}});
        let seen = bypass(&reply(&body).part("a0"));
        assert_eq!(seen[&1], None);
        assert_eq!(seen[&2].as_ref().unwrap(), &["organization admins", "role admin", "o/t"]);
    }
}
