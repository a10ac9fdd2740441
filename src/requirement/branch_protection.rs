//! R04 branch-protection: the branch that releases are made from is protected.
//!
//! Rules of rulesets come first, since everybody may read them; then classic protection, where it can be seen; the
//! `protected` mark stands in where it cannot.

mod advice;

use serde_json::json;

use super::release_branches::{Classic, classic, kinds, not_asked, releasing, ruleset_words};
use super::settings_page::{SettingsPage, needs_guide};
use super::{Case, Check, Evidence, Finding, Guide, Level, Meta, Requirement, Role, Verdict};
use crate::fact::settings::{BranchRule, BranchState};
use crate::fact::{Fact, Facts, Observed, Origin, Reason, Topic, Unknown};
use crate::text::clean;

/// R04.
#[derive(Debug)]
pub struct BranchProtection;

/// What R04 is.
pub static META: Meta = Meta {
    id: "R04",
    slug: "branch-protection",
    title: "The branch that releases are made from is protected",
    level: Level::Required,
    spec: "https://scientific-python.org/specs/spec-0008/#hardening-workflow-environment-permissions",
    checks: &[
        (RELEASE_BRANCH, Role::Decisive),
        ("force-push", Role::Advice),
        ("deletion", Role::Advice),
        ("review", Role::Advice),
        ("admins-included", Role::Advice),
        ("bypass-actors", Role::Advice),
    ],
    needs: &[Topic::Protection, Topic::Repository, Topic::Git],
};

const RELEASE_BRANCH: &str = "release-branch";

/// Rules that alone keep a direct push out: a change must come through a pull request, a queue, green checks or a
/// person who may bypass the rule.
const GATES: [&str; 4] = ["pull_request", "required_status_checks", "merge_queue", "update"];

impl Requirement for BranchProtection {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let fact = &case.facts.protection;
        let Fact::Known(observed) = fact else {
            return finding(case.facts, Check::all_missing(&META, fact, Topic::Protection));
        };
        let mut branches: Vec<Branch<'_>> = observed.value.iter().map(judge).collect();
        branches.extend(not_asked(case.facts, &observed.value).into_iter().map(Branch::not_asked));
        let mut checks = vec![release_branch(observed, &branches)];
        checks.extend(advice::checks(&branches));
        finding(case.facts, checks)
    }
}

fn finding(facts: &Facts, checks: Vec<Check>) -> Finding {
    let finding = Finding::of(&META, checks);
    let guide = needs_guide(finding.verdict).then(|| guide(facts));
    finding.with_guide(guide)
}

/// What is said about one branch.
struct Branch<'a> {
    name: &'a str,
    state: Option<&'a BranchState>,
    verdict: Verdict,
    words: String,
    why: Option<Unknown>,
    evidence: Vec<Evidence>,
}

impl<'a> Branch<'a> {
    fn of(state: &'a BranchState, verdict: Verdict, words: String) -> Self {
        Self { name: &state.branch, state: Some(state), verdict, words, why: None, evidence: Vec::new() }
    }

    fn unseen(state: &'a BranchState, why: &Unknown) -> Self {
        Self { why: Some(why.clone()), ..Self::of(state, Verdict::Unknown, why.detail.clone()) }
    }

    fn not_asked(name: &'a str) -> Self {
        let words = format!("the project names {name} as a release branch, but there is no answer about its rules");
        let why = Unknown::new(Reason::Failed, &words).needing("metadata:read");
        Self { name, state: None, verdict: Verdict::Unknown, words, why: Some(why), evidence: Vec::new() }
    }

    fn with(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

/// Judges one branch.
fn judge(state: &BranchState) -> Branch<'_> {
    let name = &state.branch;
    if let Some(seen) = state.rules.observed().filter(|seen| protects(&seen.value)) {
        return Branch::of(state, Verdict::Pass, format!("{name} is protected by {}", rules_words(&seen.value)))
            .with(answers(state));
    }
    if matches!(classic(state), Classic::Is(..)) {
        return Branch::of(state, Verdict::Pass, format!("{name} has classic branch protection")).with(answers(state));
    }
    if let Some(limit) = &state.plan_limit {
        let words = format!(
            "{name} cannot be protected: the owner's plan offers no branch protection for a private repository; \
             GitHub Pro, Team and Enterprise do, and every plan does for public ones"
        );
        let refusal =
            Evidence::refusal(&Origin::Api { endpoint: limit.endpoint.clone(), status: limit.status }, &limit.message);
        return Branch::of(state, Verdict::Fail, words).with(refusal);
    }
    match &state.rules {
        Fact::Pending => Branch::of(state, Verdict::Pending, format!("waiting for the rules on {name}")),
        Fact::Unknown(why) => without_rules(state, why),
        Fact::Known(seen) if seen.value.is_empty() => by_mark(state),
        Fact::Known(seen) => weak(state, &seen.value),
    }
}

/// Rules are active, but none of them keeps a direct push or a rewritten history out.
fn weak<'a>(state: &'a BranchState, rules: &[BranchRule]) -> Branch<'a> {
    let unseen = match classic(state) {
        Classic::Awaited => {
            return Branch::of(state, Verdict::Pending, format!("waiting for the protection of {}", state.branch));
        }
        Classic::Unseen(_) => "; whether classic protection adds more cannot be seen",
        Classic::Absent | Classic::Is(..) => "",
    };
    let words = format!(
        "{} has rules ({}), but anybody who may push can push to it directly or rewrite or delete it{unseen}",
        state.branch,
        kinds(rules)
    );
    Branch::of(state, Verdict::Warn, words).with(answers(state))
}

/// The rules could not be read: the mark may prove protection, but without the rules nothing proves its absence.
fn without_rules<'a>(state: &'a BranchState, why: &Unknown) -> Branch<'a> {
    match &state.protected {
        Fact::Known(mark) if mark.value => marked(state),
        Fact::Pending => Branch::of(state, Verdict::Pending, format!("waiting for the mark of {}", state.branch)),
        _ => Branch::unseen(state, why),
    }
}

/// No rule is active.
fn by_mark(state: &BranchState) -> Branch<'_> {
    let name = &state.branch;
    let fail = |words: String| Branch::of(state, Verdict::Fail, words).with(answers(state));
    match (&state.classic, &state.protected) {
        // The forge's own details weigh more than its mark: rulesets on trial may set the mark and enforce nothing.
        (Fact::Known(_), Fact::Known(mark)) if mark.value => fail(format!(
            "{name} is marked as protected, but no rule is active and there is no classic protection: a ruleset that \
             is only evaluated protects nothing"
        )),
        (Fact::Known(_), _) | (_, Fact::Known(Observed { value: false, .. })) => {
            fail(format!("{name} is not protected: no active rule and no classic protection"))
        }
        (Fact::Pending, _) | (_, Fact::Pending) => {
            Branch::of(state, Verdict::Pending, format!("waiting for the protection of {name}"))
        }
        (_, Fact::Known(_)) => marked(state),
        (_, Fact::Unknown(why)) => Branch::unseen(state, why),
    }
}

/// Only the mark is known.
fn marked(state: &BranchState) -> Branch<'_> {
    let why = match &state.classic {
        Fact::Unknown(why) if !matches!(why.reason, Reason::Permission | Reason::NotFound | Reason::Auth) => {
            format!(": {}", why.detail)
        }
        Fact::Unknown(why) => format!(" without {}", why.needs.as_deref().unwrap_or("administration:read")),
        _ => " without administration:read".to_owned(),
    };
    let words = format!("{} is protected; what its protection asks for cannot be seen{why}", state.branch);
    Branch::of(state, Verdict::Pass, words).with(answers(state))
}

fn protects(rules: &[BranchRule]) -> bool {
    let has = |kind: &str| rules.iter().any(|rule| rule.kind == kind);
    GATES.into_iter().any(has) || (has("non_fast_forward") && has("deletion"))
}

/// Rules by the ruleset they belong to.
fn rules_words(rules: &[BranchRule]) -> String {
    let mut sets: Vec<(String, Vec<&str>)> = Vec::new();
    for rule in rules {
        let set = ruleset_words(rule);
        match sets.iter_mut().find(|(known, _)| *known == set) {
            Some((_, kinds)) => kinds.push(&rule.kind),
            None => sets.push((set, vec![&rule.kind])),
        }
    }
    sets.iter().map(|(set, kinds)| format!("{set}: {}", kinds.join(", "))).collect::<Vec<_>>().join("; ")
}

/// The answers a verdict about a branch rests on.
fn answers(state: &BranchState) -> Vec<Evidence> {
    let rules = state.rules.observed().map(|seen| Evidence::answer(seen, "type", kinds(&seen.value)));
    let mark = state.protected.observed().map(|seen| Evidence::answer(seen, "protected", seen.value.to_string()));
    let classic = state.classic.observed().map(|seen| {
        let value = if seen.value.is_some() { "present" } else { "Branch not protected" };
        Evidence::answer(seen, "protection", value)
    });
    [rules, mark, classic].into_iter().flatten().collect()
}

/// The decisive check over all branches. One protected and one unprotected branch make a warning (a release may
/// still come from the protected one); otherwise a branch that fails outweighs one that cannot be seen.
fn release_branch(observed: &Observed<Vec<BranchState>>, branches: &[Branch<'_>]) -> Check {
    let has = |verdict: Verdict| branches.iter().any(|branch| branch.verdict == verdict);
    let mixed = has(Verdict::Pass) && has(Verdict::Fail);
    let verdict = match Verdict::fold(branches.iter().map(|branch| branch.verdict)) {
        _ if has(Verdict::Pending) => Verdict::Pending,
        Verdict::Fail if mixed => Verdict::Warn,
        Verdict::NotApplicable => Verdict::Unknown,
        folded => folded,
    };
    if verdict == Verdict::Unknown {
        return unknown(observed, branches);
    }
    let shown = |branch: &&Branch<'_>| mixed || branch.verdict == verdict;
    let words: Vec<&str> = branches.iter().filter(shown).map(|branch| branch.words.as_str()).collect();
    let proof = branches.iter().filter(shown).flat_map(|branch| branch.evidence.iter().cloned());
    let mut words = words.join("; ");
    if mixed {
        let bare = branches.iter().filter(|branch| branch.verdict == Verdict::Fail).map(|branch| branch.name);
        words =
            format!("not every release branch is protected ({} is not): {words}", bare.collect::<Vec<_>>().join(", "));
    }
    Check::decisive(RELEASE_BRANCH, verdict, words).with_all(proof)
}

fn unknown(observed: &Observed<Vec<BranchState>>, branches: &[Branch<'_>]) -> Check {
    let unseen = branches.iter().find_map(|branch| Some((branch, branch.why.as_ref()?)));
    let Some((branch, why)) = unseen else {
        let why = Unknown::new(Reason::Failed, "no branch is known to make releases from, so nothing is proved");
        return Check::unknown(RELEASE_BRANCH, Role::Decisive, &why.needing("metadata:read"))
            .with(Evidence::answer(observed, "branches", "none"));
    };
    let mut why = why.clone();
    if branches.len() > 1 && branch.state.is_some() {
        why.detail = format!("{}: {}", branch.name, why.detail);
    }
    let seen = branches.iter().filter(|branch| branch.why.is_none()).flat_map(|branch| branch.evidence.iter().cloned());
    Check::unknown(RELEASE_BRANCH, Role::Decisive, &why).with_all(seen)
}

fn guide(facts: &Facts) -> Guide {
    let page = SettingsPage::of(facts);
    let states = facts.protection.value().map(Vec::as_slice).unwrap_or_default();
    let mut refs = vec!["~DEFAULT_BRANCH".to_owned()];
    let others = releasing(facts, states).into_iter().filter(|state| !state.default).map(|state| state.branch.as_str());
    let declared = facts.declared.release_branches.iter().map(String::as_str);
    for name in others.chain(declared) {
        let full = format!("refs/heads/{}", clean::line(name));
        if !refs.contains(&full) {
            refs.push(full);
        }
    }
    let body = json!({
        "name": "Protect release branches",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": refs, "exclude": []}},
        "rules": [
            {"type": "deletion"},
            {"type": "non_fast_forward"},
            {"type": "pull_request", "parameters": {
                "required_approving_review_count": 1,
                "dismiss_stale_reviews_on_push": true,
                "require_code_owner_review": false,
                "require_last_push_approval": true,
                "required_review_thread_resolution": false
            }}
        ]
    });
    let limited = states.iter().any(|state| state.plan_limit.is_some());
    let plan = "Make the repository public, or move it to a plan with branch protection (GitHub Pro, Team, Enterprise)";
    let steps = [
        "Open the rules page of the repository and see whether an active ruleset covers the release branches",
        "If none does, add a branch ruleset that is active for them",
        "Block deletion and force pushes, and require a pull request with one approval",
        "Keep the bypass list empty, or as short as the team allows",
    ];
    Guide {
        url: page.url("settings/rules"),
        steps: limited.then_some(plan).into_iter().chain(steps).map(str::to_owned).collect(),
        command: page.command_with("-X POST", "rulesets", &body),
    }
}

#[cfg(test)]
mod tests;
