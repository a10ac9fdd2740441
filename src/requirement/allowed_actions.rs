//! R06 allowed-actions: only chosen actions may run.

mod patterns;

use serde_json::json;

use self::patterns::{Need, Reach, needs};
use super::settings_page::{SettingsPage, needs_guide};
use super::{Case, Check, Evidence, Finding, Guide, Level, Meta, Requirement, Role, Verdict};
use crate::fact::settings::{ActionsPolicy, AllowedActions as Policy, SelectedActions};
use crate::fact::{Fact, Facts, Observed, Topic};

/// R06.
#[derive(Debug)]
pub struct AllowedActions;

/// What R06 is.
pub static META: Meta = Meta {
    id: "R06",
    slug: "allowed-actions",
    title: "Only chosen actions may run",
    level: Level::Recommended,
    spec: "https://scientific-python.org/specs/spec-0008/#restrict-permitted-actions-in-workflows",
    checks: &[(POLICY, Role::Decisive), (SHA_PINNING, Role::Advice)],
    needs: &[Topic::ActionsPolicy, Topic::Files],
};

const POLICY: &str = "actions-policy";
const SHA_PINNING: &str = "sha-pinning-required";

impl Requirement for AllowedActions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn assess(&self, case: &Case<'_>) -> Finding {
        let facts = case.facts;
        let page = SettingsPage::of(facts);
        let needs = needs(&facts.workflows, page.owner());
        let fact = &facts.actions_policy;
        let checks = match fact {
            Fact::Known(observed) => vec![policy(observed, &needs), sha_pinning(observed)],
            _ => Check::all_missing(&META, fact, Topic::ActionsPolicy),
        };
        let finding = Finding::of(&META, checks);
        let stops = selected(facts).is_some_and(|list| needs.iter().any(|need| need.reach(list) != Reach::Allowed));
        let guide = (needs_guide(finding.verdict) || (finding.verdict == Verdict::Pass && stops))
            .then(|| guide(facts, &page, &needs));
        finding.with_guide(guide)
    }
}

/// The list of allowed actions, where one applies and is known.
fn selected(facts: &Facts) -> Option<&SelectedActions> {
    match &facts.actions_policy.value()?.allowed {
        Policy::Selected(list) => list.value(),
        _ => None,
    }
}

fn policy(observed: &Observed<ActionsPolicy>, needs: &[Need]) -> Check {
    let policy = &observed.value;
    let decided = |verdict: Verdict, words: &str| {
        let label = if policy.inherited { " (inherited from the organisation)" } else { "" };
        Check::decisive(POLICY, verdict, format!("{words}{label}"))
    };
    let rule = |value: &str| Evidence::answer(observed, "allowed_actions", value);
    if !policy.enabled {
        let evidence = Evidence::answer(observed, "enabled", "false");
        return decided(Verdict::NotApplicable, "Actions are disabled, so no action can run").with(evidence);
    }
    match &policy.allowed {
        Policy::All if policy.sha_pinning_required == Some(true) => {
            let words = "every action may run, though only pinned to a full commit SHA: choose the ones to allow";
            decided(Verdict::Warn, words).with(rule("all")).with(sha_evidence(observed))
        }
        Policy::All => decided(Verdict::Fail, "every action may run: choose the ones to allow").with(rule("all")),
        Policy::LocalOnly => {
            let foreign: Vec<&Need> = needs.iter().collect();
            let words = format!("only actions of the same owner may run{}", stopped(&foreign, "cannot run"));
            decided(Verdict::Pass, &words).with(rule("local_only")).with_all(places(&foreign))
        }
        Policy::Selected(Fact::Known(list)) => {
            let (verdict, words) = judge(&list.value);
            let missing: Vec<&Need> = needs.iter().filter(|need| need.reach(&list.value) == Reach::Stopped).collect();
            decided(verdict, &format!("{words}{}", stopped(&missing, "is not on the list and cannot run")))
                .with(rule("selected"))
                .with_all(list_evidence(list))
                .with_all(places(&missing))
        }
        Policy::Selected(fact) => {
            Check::missing(POLICY, Role::Decisive, fact, Topic::ActionsPolicy).with(rule("selected"))
        }
    }
}

/// What a list of allowed actions is worth.
fn judge(list: &SelectedActions) -> (Verdict, String) {
    let open = list.patterns.iter().find(|pattern| patterns::allows_everything(pattern));
    let any_owner = list.patterns.iter().find(|pattern| patterns::allows_any_owner(pattern));
    let allowing = list.patterns.iter().filter(|pattern| !patterns::is_block(pattern)).count();
    if let Some(pattern) = open {
        return (Verdict::Fail, format!("the pattern `{pattern}` lets every action run: name the ones to allow"));
    }
    if let Some(pattern) = any_owner {
        let words = format!("the pattern `{pattern}` lets anybody's action of that name run: name its owner");
        return (Verdict::Warn, words);
    }
    if list.verified && allowing == 0 {
        let words = "actions of every verified creator may run: allow those of GitHub and name the others";
        return (Verdict::Warn, words.to_owned());
    }
    let github = list.github_owned.then(|| "those made by GitHub".to_owned());
    let verified = list.verified.then(|| "those of verified creators".to_owned());
    let named = (allowing > 0).then(|| format!("{allowing} named in the list"));
    let groups: Vec<String> = [github, verified, named].into_iter().flatten().collect();
    let groups = if groups.is_empty() { "none besides the owner's own".to_owned() } else { groups.join(", ") };
    (Verdict::Pass, format!("only chosen actions may run: {groups}"))
}

fn stopped(needs: &[&Need], what: &str) -> String {
    if needs.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = needs.iter().map(|need| need.action.as_str()).collect();
    format!("; used, but {what}: {}", names.join(", "))
}

fn places(needs: &[&Need]) -> Vec<Evidence> {
    let place = |need: &&Need| Evidence::at(&need.path, need.span, format!("{} may not run", need.action));
    needs.iter().map(place).collect()
}

fn list_evidence(list: &Observed<SelectedActions>) -> Vec<Evidence> {
    let patterns = if list.value.patterns.is_empty() { "none".to_owned() } else { list.value.patterns.join(", ") };
    vec![
        Evidence::answer(list, "github_owned_allowed", list.value.github_owned.to_string()),
        Evidence::answer(list, "verified_allowed", list.value.verified.to_string()),
        Evidence::answer(list, "patterns_allowed", patterns),
    ]
}

fn sha_evidence(observed: &Observed<ActionsPolicy>) -> Evidence {
    let value = observed.value.sha_pinning_required.map_or_else(|| "absent".to_owned(), |value| value.to_string());
    Evidence::answer(observed, "sha_pinning_required", value)
}

fn sha_pinning(observed: &Observed<ActionsPolicy>) -> Check {
    let policy = &observed.value;
    let (verdict, words) = match policy.sha_pinning_required {
        _ if !policy.enabled => (Verdict::NotApplicable, "Actions are disabled, so nothing needs a pin"),
        Some(true) => (Verdict::Pass, "actions run only when they are pinned to a full commit SHA"),
        Some(false) => (Verdict::Warn, "the setting that lets only pinned actions run is off"),
        None => (Verdict::NotApplicable, "this server has no setting that lets only pinned actions run"),
    };
    Check::advice(SHA_PINNING, verdict, words).with(sha_evidence(observed))
}

/// How to let only the chosen actions run, without stopping one that is used.
fn guide(facts: &Facts, page: &SettingsPage, needs: &[Need]) -> Guide {
    let known = facts.actions_policy.value();
    let list = selected(facts).cloned().unwrap_or_default();
    let owner = page.owner().unwrap_or("OWNER");
    let mut steps = vec![
        format!(
            "Open the Actions settings and choose \"Allow {owner}, and select non-{owner}, actions and reusable workflows\""
        ),
        "Tick \"Allow actions created by GitHub\", and list the patterns of the command under \"Allow specified actions\""
            .to_owned(),
    ];
    steps.extend(doubts(facts, needs, selected(facts)));
    let pinning = known.and_then(|policy| policy.sha_pinning_required).unwrap_or(false);
    let keep = if pinning { " -F sha_pinning_required=true" } else { "" };
    let choose =
        page.command(&format!("-X PUT -F enabled=true -f allowed_actions=selected{keep}"), "actions/permissions");
    let body = json!({
        "github_owned_allowed": true,
        "verified_allowed": list.verified && judge(&list).0 == Verdict::Pass,
        "patterns_allowed": patterns::merged(&list, needs),
    });
    let name = page.command_with("-X PUT", "actions/permissions/selected-actions", &body);
    Guide { url: page.url("settings/actions"), steps, command: format!("{choose}\n{name}") }
}

/// What the list of the guide cannot be sure of.
fn doubts(facts: &Facts, needs: &[Need], list: Option<&SelectedActions>) -> Vec<String> {
    let mut doubts = Vec::new();
    let named = |reach: Reach| {
        let found = needs.iter().filter(|need| list.is_some_and(|list| need.reach(list) == reach));
        found.map(|need| need.action.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (stopped, doubtful) = (named(Reach::Stopped), named(Reach::Doubtful));
    if !stopped.is_empty() {
        doubts.push(format!("Today's list stops actions that workflows use: {stopped}"));
    }
    if !doubtful.is_empty() {
        doubts.push(format!(
            "Today's list allows these only if their creator is verified, or if `*` reaches past a `/`: {doubtful}"
        ));
    }
    if list.is_none() && !facts.actions_policy.value().is_some_and(has_no_list) {
        doubts.push("Look before you run the command: it replaces today's list, which could not be seen".to_owned());
    }
    if facts.files.value().is_none() {
        doubts.push("The workflows were not read, so add the actions they use to the patterns".to_owned());
    } else if facts.problems.iter().any(|problem| problem.hides && problem.path.starts_with(".github/")) {
        doubts.push("A workflow could not be read: add the actions it uses to the patterns".to_owned());
    }
    if patterns::uses_images(&facts.workflows) {
        doubts.push("Steps that use `docker://` images are not in the list: try them after the change".to_owned());
    }
    if facts.repository.value().is_some_and(|repository| repository.private) {
        doubts.push("Patterns hold in a private repository only on GitHub Enterprise".to_owned());
    }
    doubts.push("Actions that others' actions use must be on the list too; watch the first run".to_owned());
    doubts
}

/// Whether the policy is known to be none that has a list.
const fn has_no_list(policy: &ActionsPolicy) -> bool {
    matches!(policy.allowed, Policy::All | Policy::LocalOnly)
}

#[cfg(test)]
mod tests;
