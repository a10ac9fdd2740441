//! What protects a branch: rules of rulesets, classic protection, and the `protected` mark, merged into one state.

use serde::Deserialize;

use super::actions::Asked;
use super::graphql::Part;
use super::refusal::{ADMINISTRATION, Meaning, Route, goes_on, meaning};
use super::ruleset::{self, Bypass};
use super::shape::{Switch, Word};
use crate::fact::settings::{BranchState, ClassicProtection};
use crate::fact::{Fact, Origin, Reason, Unknown};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    is_admin_enforced: bool,
    allows_deletions: bool,
    allows_force_pushes: bool,
    requires_approving_reviews: bool,
    required_approving_review_count: Option<u32>,
    requires_commit_signatures: bool,
    requires_status_checks: bool,
}

impl From<Rule> for ClassicProtection {
    fn from(rule: Rule) -> Self {
        Self {
            allows_force_pushes: rule.allows_force_pushes,
            allows_deletions: rule.allows_deletions,
            approvals: rule
                .requires_approving_reviews
                .then(|| rule.required_approving_review_count.unwrap_or_default()),
            enforce_admins: rule.is_admin_enforced,
            required_signatures: rule.requires_commit_signatures,
            status_checks: rule.requires_status_checks,
        }
    }
}

/// A branch in a reply of GraphQL.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// The branch.
    pub branch: &'a str,
    /// Whether it is the default branch.
    pub default: bool,
    /// Whether the project or the user names it as one that releases are made from.
    pub release: bool,
    /// The `Ref` as every reader sees it.
    pub reference: &'a Part<'a>,
    /// The repository as every reader sees it, with its rulesets; none where that was not asked.
    pub repository: Option<&'a Part<'a>>,
    /// The `Ref` as administrators see it, with its classic rule.
    pub admin: &'a Part<'a>,
    /// Whether the token administers the repository: for others the classic rule is null whatever it is.
    pub is_admin: bool,
    /// Who may pass by rulesets.
    pub bypass: &'a Bypass,
}

/// The state of a branch by GraphQL. What it does not tell may be asked by REST, see [`open()`].
pub fn state(sight: &Sight<'_>) -> BranchState {
    let reply = sight.reference.reply();
    let rules = ruleset::in_force(sight.reference, sight.bypass).or_else(|why| {
        let by_conditions =
            |part| ruleset::by_conditions(part, sight.branch, sight.default, sight.bypass).map_err(|_| why.clone());
        sight.repository.map_or_else(|| Err(why.clone()), by_conditions)
    });
    let rules = rules.map_or_else(Fact::Unknown, |rules| reply.fact(rules));
    let classic = classic(sight);
    let protected = match (&rules, &classic) {
        (Fact::Known(rules), _) if !rules.value.is_empty() => reply.fact(true),
        (Fact::Known(_), Fact::Known(classic)) => reply.fact(classic.value.is_some()),
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why.clone()),
        _ => Fact::Pending,
    };
    BranchState {
        branch: sight.branch.to_owned(),
        default: sight.default,
        release: sight.release,
        rules,
        protected,
        classic,
        plan_limit: None,
    }
}

fn classic(sight: &Sight<'_>) -> Fact<Option<ClassicProtection>> {
    match sight.admin.field::<Option<Rule>>("branchProtectionRule") {
        // For those who do not administer it, null says nothing.
        Ok(None) if !sight.is_admin => {
            let words = "classic branch protection is shown only to administrators of the repository";
            let why = Unknown::new(Reason::Permission, words).needing(ADMINISTRATION);
            Fact::Unknown(Unknown {
                origin: Some(Origin::Api { endpoint: "POST /graphql".into(), status: 200 }),
                ..why
            })
        }
        Ok(rule) => sight.admin.reply().fact(rule.map(ClassicProtection::from)),
        Err(why) if why.reason == Reason::Permission => Fact::Unknown(why.needing(ADMINISTRATION)),
        Err(why) => Fact::Unknown(why),
    }
}

/// A state that nothing is known of, for branches that are asked by REST alone.
pub fn unasked(branch: &str, default: bool, release: bool) -> BranchState {
    BranchState { branch: branch.to_owned(), default, release, ..BranchState::default() }
}

/// Whether rules that are known keep somebody out: then neither mark nor details are needed.
fn has_rules(state: &BranchState) -> bool {
    state.rules.value().is_some_and(|rules| !rules.is_empty())
}

/// What REST should be asked about a branch that GraphQL left open.
pub fn open(state: &BranchState) -> Open {
    let rules = state.rules.value().is_none();
    let counts = rules || !has_rules(state);
    let failed = matches!(&state.classic, Fact::Unknown(why) if why.reason == Reason::Failed);
    Open { rules, mark: counts && state.protected.value().is_none(), classic: counts && failed }
}

/// What is still open about a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// The rules in force.
    pub rules: bool,
    /// The `protected` mark.
    pub mark: bool,
    /// The details of classic protection, where GraphQL failed to tell them; who may not see them is not told by REST.
    pub classic: bool,
}

/// Takes in the rules in force as REST tells them.
pub fn take_rules(
    state: &mut BranchState,
    asked: Asked,
    names: &std::collections::BTreeMap<u64, String>,
    bypass: &Bypass,
) {
    let route = Route::Rules("");
    state.rules = match asked {
        Err(no) => Fact::Unknown(no.into()),
        Ok(answer) => match meaning(&route, &answer) {
            Meaning::Seen if answer.next.is_some() => Fact::Unknown(goes_on(&answer)),
            Meaning::Seen => {
                ruleset::from_answer(&answer, names, bypass).map_or_else(Fact::Unknown, |rules| answer.fact(rules))
            }
            Meaning::Plan(limit) => {
                let why = answer.unknown(Reason::Unsupported);
                state.plan_limit = Some(limit);
                Fact::Unknown(why)
            }
            Meaning::Refused(why) => Fact::Unknown(why),
            Meaning::Absent => Fact::Unknown(answer.unknown(Reason::NotFound)),
        },
    };
}

#[derive(Deserialize)]
struct Branch {
    protected: bool,
    #[serde(default)]
    protection: Option<Mark>,
}

#[derive(Deserialize)]
struct Mark {
    #[serde(default)]
    enabled: Option<bool>,
}

/// Takes in the `protected` mark (GET …/branches/{branch}). A branch without it has no classic protection; one whose
/// classic mark is off has none either, even where details are hidden.
pub fn take_mark(state: &mut BranchState, asked: Asked) {
    let read = super::refusal::read::<Branch>(&Route::Branch(""), asked);
    state.protected = match read {
        Err(why) => Fact::Unknown(why),
        Ok((branch, answer)) => {
            let off = branch.protection.and_then(|mark| mark.enabled) == Some(false);
            if !branch.protected && off && state.classic.value().is_none() {
                state.classic = answer.fact(None);
            }
            answer.fact(branch.protected)
        }
    };
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    required_pull_request_reviews: Option<Reviews>,
    #[serde(default)]
    required_status_checks: Option<serde_json::Map<String, serde_json::Value>>,
    enforce_admins: Switch,
    allow_force_pushes: Switch,
    allow_deletions: Switch,
    #[serde(default)]
    required_signatures: Option<Switch>,
}

#[derive(Deserialize)]
struct Reviews {
    #[serde(default)]
    required_approving_review_count: Option<u32>,
}

impl From<Details> for ClassicProtection {
    fn from(details: Details) -> Self {
        let reviews = details.required_pull_request_reviews;
        Self {
            allows_force_pushes: details.allow_force_pushes.enabled,
            allows_deletions: details.allow_deletions.enabled,
            approvals: reviews.map(|reviews| reviews.required_approving_review_count.unwrap_or_default()),
            enforce_admins: details.enforce_admins.enabled,
            required_signatures: details.required_signatures.is_some_and(|switch| switch.enabled),
            status_checks: details.required_status_checks.is_some(),
        }
    }
}

/// Takes in the details of classic protection (GET …/branches/{branch}/protection).
pub fn take_classic(state: &mut BranchState, asked: Asked) {
    state.classic = match asked {
        Err(no) => Fact::Unknown(no.into()),
        Ok(answer) => match meaning(&Route::Protection(""), &answer) {
            Meaning::Seen => answer
                .json::<Details>()
                .map_or_else(|no| Fact::Unknown(no.into()), |details| answer.fact(Some(details.into()))),
            Meaning::Absent => answer.fact(None),
            Meaning::Plan(limit) => {
                let why = answer.unknown(Reason::Unsupported);
                state.plan_limit = Some(limit);
                Fact::Unknown(why)
            }
            Meaning::Refused(why) => Fact::Unknown(why),
        },
    };
}

/// A name of a branch in a list.
#[derive(Deserialize)]
pub struct Named {
    /// The name.
    pub name: Word,
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "values are written where they are used")]
mod tests {
    use super::super::graphql::tests::reply;
    use super::super::refusal::tests::answer;
    use super::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    const RULE: &str = r#"{"pattern": "main", "isAdminEnforced": false, "allowsDeletions": false,
        "allowsForcePushes": true, "requiresApprovingReviews": true, "requiredApprovingReviewCount": 2,
        "requiresCommitSignatures": true, "requiresStatusChecks": false}"#;

    fn seen(reference: Value, admin: Value, is_admin: bool, errors: &Value) -> BranchState {
        let reply = reply(&json!({"data": {"r": reference, "a": admin}, "errors": errors}));
        let (reference, admin, bypass) = (reply.part("r"), reply.part("a"), Bypass::new());
        let sight = Sight {
            branch: "main",
            default: true,
            release: false,
            reference: &reference,
            repository: None,
            admin: &admin,
            is_admin,
            bypass: &bypass,
        };
        state(&sight)
    }

    fn no_rules() -> Value {
        json!({"rules": {"totalCount": 0, "nodes": []}})
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what is asked, which may have no answer")]
    fn said(status: u16, body: &str) -> Asked {
        Ok(answer("GET /repos/o/r/branches/main", status, body))
    }

    #[test]
    fn an_administrator_sees_classic_protection_and_its_absence() {
        let rule: Value = serde_json::from_str(RULE).unwrap();
        let state = seen(no_rules(), json!({"branchProtectionRule": rule}), true, &json!([]));
        let classic = state.classic.value().unwrap().as_ref().unwrap();
        assert_eq!((classic.approvals, classic.allows_force_pushes, classic.enforce_admins), (Some(2), true, false));
        assert_eq!(state.protected.value(), Some(&true));
        let state = seen(no_rules(), json!({"branchProtectionRule": null}), true, &json!([]));
        assert_eq!((state.classic.value(), state.protected.value()), (Some(&None), Some(&false)));
        assert_eq!(open(&state), Open { rules: false, mark: false, classic: false });
    }

    #[test]
    fn for_others_null_says_nothing() {
        let state = seen(no_rules(), json!({"branchProtectionRule": null}), false, &json!([]));
        let Fact::Unknown(why) = &state.classic else { panic!() };
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::Permission, Some(ADMINISTRATION)));
        assert_eq!(open(&state), Open { rules: false, mark: true, classic: false });
        let errors = json!([{"type": "FORBIDDEN", "path": ["a"], "message": "Resource not accessible by integration"}]);
        let state = seen(no_rules(), Value::Null, true, &errors);
        let Fact::Unknown(why) = &state.classic else { panic!() };
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::Permission, Some(ADMINISTRATION)));
    }

    #[test]
    fn rules_that_are_not_told_stay_open() {
        for reference in
            [json!({"rules": null}), json!({}), json!({"rules": {"totalCount": 2, "nodes": []}}), Value::Null]
        {
            let state = seen(reference.clone(), json!({"branchProtectionRule": null}), true, &json!([]));
            assert!(matches!(state.rules, Fact::Unknown(_)), "{reference}");
            assert!(open(&state).rules && open(&state).mark);
        }
    }

    #[test]
    fn the_mark_is_read_and_settles_what_it_can() {
        let mut state = seen(no_rules(), json!({"branchProtectionRule": null}), false, &json!([]));
        take_mark(&mut state, said(200, r#"{"name": "main", "protected": false, "protection": {"enabled": false}}"#));
        assert_eq!((state.protected.value(), state.classic.value()), (Some(&false), Some(&None)));
        let mut state = unasked("main", true, false);
        take_mark(&mut state, said(200, r#"{"name": "main", "protected": true}"#));
        assert_eq!((state.protected.value(), state.classic.is_pending()), (Some(&true), true));
        for (status, body) in [(200, "{}"), (200, r#"{"protected": null}"#), (404, "{}"), (500, "")] {
            take_mark(&mut state, said(status, body));
            assert!(matches!(state.protected, Fact::Unknown(_)), "{status} {body}");
        }
    }

    #[test]
    fn details_by_rest_are_read_refused_or_known_to_be_none() {
        let mut state = unasked("main", true, false);
        let body = r#"{"required_status_checks": {"contexts": []}, "enforce_admins": {"enabled": true},
            "required_pull_request_reviews": {"required_approving_review_count": 1},
            "allow_force_pushes": {"enabled": false}, "allow_deletions": {"enabled": false}}"#;
        take_classic(&mut state, said(200, body));
        let classic = state.classic.value().unwrap().as_ref().unwrap();
        assert_eq!((classic.approvals, classic.enforce_admins, classic.status_checks), (Some(1), true, true));
        take_classic(&mut state, said(404, r#"{"message": "Branch not protected"}"#));
        assert_eq!(state.classic.value(), Some(&None));
        take_classic(&mut state, said(404, r#"{"message": "Not Found"}"#));
        assert!(matches!(&state.classic, Fact::Unknown(why) if why.reason == Reason::Permission));
        take_classic(&mut state, said(403, r#"{"message": "Upgrade to GitHub Pro or make this repository public"}"#));
        assert_eq!(state.plan_limit.as_ref().map(|limit| limit.status), Some(403));
    }

    #[test]
    fn rules_by_rest_of_another_shape_are_unknown() {
        let mut state = unasked("main", true, false);
        take_rules(&mut state, said(200, "[]"), &BTreeMap::default(), &Bypass::new());
        assert_eq!(state.rules.value().map(Vec::len), Some(0));
        for (status, body) in [(200, "{}"), (404, "{}"), (403, "{}"), (200, "[3]")] {
            take_rules(&mut state, said(status, body), &BTreeMap::default(), &Bypass::new());
            assert!(matches!(state.rules, Fact::Unknown(_)), "{status} {body}");
        }
    }
}
