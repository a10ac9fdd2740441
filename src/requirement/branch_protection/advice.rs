//! What could be stronger about a protected branch: shown, and without weight in the verdict.

use super::super::release_branches::{Classic, Held, Words, classic};
use super::{Branch, META, protects};
use crate::fact::settings::BranchState;
use crate::fact::{Fact, Reason, Unknown};
use crate::requirement::{Check, Evidence, Verdict};

/// The advice rows, in the order of the report, about the branches that are not known to be bare.
pub(super) fn checks(branches: &[Branch<'_>]) -> Vec<Check> {
    let rows = META.checks.iter().skip(1);
    let protected: Vec<&BranchState> =
        branches.iter().filter(|branch| branch.verdict != Verdict::Fail).filter_map(|branch| branch.state).collect();
    rows.map(|&(id, role)| {
        if protected.is_empty() {
            return Check::new(id, role, Verdict::NotApplicable, "no branch is known to be protected");
        }
        Held::check(protected.iter().map(|state| row(id, state)).collect(), (id, role))
    })
    .collect()
}

fn row(id: &str, state: &BranchState) -> Held {
    match id {
        "force-push" => Held::by(
            state,
            Words { yes: "{} refuses force pushes", no: "no rule keeps force pushes from {}" },
            |rule| rule.kind == "non_fast_forward",
            |classic| !classic.allows_force_pushes,
        ),
        "deletion" => Held::by(
            state,
            Words { yes: "{} cannot be deleted", no: "no rule keeps {} from being deleted" },
            |rule| rule.kind == "deletion",
            |classic| !classic.allows_deletions,
        ),
        "review" => {
            let enough = |approvals: Option<u32>| approvals.is_some_and(|count| count > 0);
            Held::by(
                state,
                Words { yes: "a change of {} needs an approval", no: "a change of {} needs no approval" },
                |rule| rule.kind == "pull_request" && enough(rule.approvals),
                |classic| enough(classic.approvals),
            )
        }
        "admins-included" => admins(state),
        _ => bypass(state),
    }
}

/// Whether administrators are bound too. Rulesets and classic protection add up, so one that binds them suffices;
/// rules that keep no push out bind nobody.
fn admins(state: &BranchState) -> Held {
    let by_rules = match state.rules.value() {
        Some(rules) if !protects(rules) => Held::Moot(format!("no rule keeps a direct push from {}", state.branch)),
        _ => by_rules(state, |actors| actors.iter().any(|who| who.to_lowercase().contains("admin"))),
    };
    let by_classic = match classic(state) {
        Classic::Is(observed, rule) => {
            let evidence = vec![Evidence::answer(observed, "enforce_admins", rule.enforce_admins.to_string())];
            let branch = &state.branch;
            Some(if rule.enforce_admins {
                Held::Yes(format!("administrators are bound by the classic protection of {branch}"), evidence)
            } else {
                Held::No(format!("administrators may ignore the classic protection of {branch}"), evidence)
            })
        }
        Classic::Unseen(why) => Some(Held::Unseen(why.clone())),
        Classic::Awaited => Some(Held::Awaited),
        Classic::Absent => None,
    };
    match (by_rules, by_classic) {
        (yes @ Held::Yes(..), _) | (_, Some(yes @ Held::Yes(..))) => yes,
        (Held::Moot(words), None) => Held::Moot(words),
        // No ruleset, or one that lets administrators pass: only classic protection could still bind them.
        (Held::Moot(_), Some(other)) | (Held::No(..), Some(other @ (Held::Unseen(_) | Held::Awaited))) => other,
        (rules, _) => rules,
    }
}

/// Whether nobody may bypass the rulesets.
fn bypass(state: &BranchState) -> Held {
    by_rules(state, |actors| !actors.is_empty())
}

/// Whether no list of those who may bypass a ruleset is `loose`.
fn by_rules(state: &BranchState, loose: impl Fn(&[String]) -> bool) -> Held {
    let branch = &state.branch;
    let observed = match &state.rules {
        Fact::Known(observed) if observed.value.is_empty() => {
            return Held::Moot(format!("no ruleset is active on {branch}, so there is none to bypass"));
        }
        Fact::Known(observed) => observed,
        Fact::Unknown(why) => return Held::Unseen(why.clone()),
        Fact::Pending => return Held::Awaited,
    };
    let lists: Option<Vec<&Vec<String>>> = observed.value.iter().map(|rule| rule.bypass.as_ref()).collect();
    let loose_list = observed.value.iter().filter_map(|rule| rule.bypass.as_deref()).find(|list| loose(list));
    match (loose_list, lists) {
        (Some(actors), _) => {
            let actors = actors.join(", ");
            let evidence = Evidence::answer(observed, "bypass_actors", &actors);
            Held::No(format!("{actors} may bypass a ruleset of {branch}"), vec![evidence])
        }
        (None, Some(lists)) => {
            let seen = if lists.iter().all(|list| list.is_empty()) { "nobody" } else { "no administrator" };
            let evidence = Evidence::answer(observed, "bypass_actors", seen);
            Held::Yes(format!("{seen} may bypass the rulesets of {branch}"), vec![evidence])
        }
        (None, None) => {
            let words = format!("who may bypass the rulesets of {branch} is shown only to those who may edit them");
            Held::Unseen(Unknown::new(Reason::Permission, words).needing("administration:write"))
        }
    }
}
