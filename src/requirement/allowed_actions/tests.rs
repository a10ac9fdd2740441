//! Every row of the table of R06, every reason why it cannot be told, and the list of the guide.

use std::sync::Arc;

use jiff::Timestamp;

use super::patterns::{allows_any_owner, allows_everything};
use super::*;
use crate::fact::files::{FileSet, Problem};
use crate::fact::git::{Git, Remote};
use crate::fact::settings::Repository;
use crate::fact::workflow::WorkflowSet;
use crate::fact::{Observation, Reason, Unknown};
use crate::requirement::Profile;
use crate::text::Span;

fn known<T>(value: T) -> Fact<T> {
    Fact::api(value, "GET /repos/demo/r/actions/permissions", 200, Timestamp::UNIX_EPOCH)
}

/// A repository whose one workflow uses these actions, calls `calls`, and has a local action that uses `inside`.
fn using(actions: &[&str], calls: &[&str], inside: &[&str]) -> WorkflowSet {
    let steps = |uses: &[&str]| uses.iter().map(|uses| format!("{{uses: '{uses}'}}")).collect::<Vec<_>>().join(", ");
    let calls: String =
        calls.iter().enumerate().map(|(at, uses)| format!("  call{at}: {{uses: '{uses}'}}\n")).collect();
    let workflow = format!("on: push\njobs:\n{calls}  j: {{steps: [{}]}}\n", steps(actions));
    let action = format!("runs: {{using: composite, steps: [{}]}}\n", steps(inside));
    let texts = [(".github/workflows/release.yml", workflow), (".github/actions/x/action.yml", action)];
    let texts = texts.into_iter().map(|(path, text)| (path.to_owned(), text.into())).collect();
    let mut problems = Vec::new();
    let set = WorkflowSet::read(&FileSet { texts, ..FileSet::default() }, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    set
}

fn policy_of(allowed: Policy) -> ActionsPolicy {
    ActionsPolicy { enabled: true, allowed, inherited: false, sha_pinning_required: Some(false) }
}

fn list(github_owned: bool, verified: bool, patterns: &[&str]) -> SelectedActions {
    SelectedActions { github_owned, verified, patterns: patterns.iter().map(|one| (*one).to_owned()).collect() }
}

fn facts(policy: ActionsPolicy) -> Facts {
    let mut facts = Facts::default();
    facts.record(Observation::ActionsPolicy(known(policy)));
    facts.record(Observation::Files(Fact::local(FileSet::default(), Timestamp::UNIX_EPOCH)));
    let remote = Remote { host: "github.com".into(), owner: "demo".into(), name: "r".into() };
    let git = Git { remote: Some(remote), ..Git::default() };
    facts.record(Observation::Git(Fact::local(Some(git), Timestamp::UNIX_EPOCH)));
    facts
}

fn assess(facts: &Facts) -> Finding {
    let finding = AllowedActions.assess(&Case { facts, earlier: &[], profile: Profile::default() });
    let ids: Vec<_> = finding.checks.iter().map(|check| (check.id, check.role)).collect();
    assert_eq!(ids, META.checks, "every check, in order, in its role");
    finding
}

fn judged(allowed: Policy) -> Finding {
    assess(&facts(policy_of(allowed)))
}

fn selected_of(selected: SelectedActions) -> Finding {
    judged(Policy::Selected(known(selected)))
}

#[test]
fn every_row_of_the_table() {
    use Verdict::{Fail, Pass, Warn};
    assert_eq!(judged(Policy::All).verdict, Fail);
    assert_eq!(judged(Policy::LocalOnly).verdict, Pass);
    for (github, verified, patterns, verdict) in [
        (true, false, &["pypa/gh-action-pypi-publish@*"][..], Pass),
        (true, false, &[], Pass),
        (false, false, &["a/b@*"], Pass),
        (false, false, &[], Pass),
        (true, true, &["a/b@*"], Pass),
        (true, true, &[], Warn),
        (false, true, &[], Warn),
        (false, true, &["!evil/action@*"], Warn),
        (true, false, &["*"], Fail),
        (true, false, &["a/b@*", "*/*"], Fail),
        (true, false, &["*/*@*"], Fail),
        (true, false, &["**"], Fail),
        (true, false, &["*/*@v1"], Fail),
        (true, false, &["*", "!evil/action@*"], Fail),
        (true, false, &["*/checkout@*"], Warn),
    ] {
        let finding = selected_of(list(github, verified, patterns));
        assert_eq!(finding.verdict, verdict, "{github} {verified} {patterns:?}: {}", finding.summary);
    }
}

#[test]
fn required_pins_soften_a_policy_that_allows_all() {
    let with = |sha_pinning_required| assess(&facts(ActionsPolicy { sha_pinning_required, ..policy_of(Policy::All) }));
    assert_eq!(with(Some(true)).verdict, Verdict::Warn);
    assert_eq!(with(Some(false)).verdict, Verdict::Fail);
    assert_eq!(with(None).verdict, Verdict::Fail);
    let advice = |value| with(value).check(SHA_PINNING).unwrap().verdict;
    assert_eq!(advice(Some(true)), Verdict::Pass);
    assert_eq!(advice(Some(false)), Verdict::Warn);
    assert_eq!(advice(None), Verdict::NotApplicable);
}

#[test]
fn disabled_actions_leave_nothing_to_judge() {
    let finding = assess(&facts(ActionsPolicy { enabled: false, ..policy_of(Policy::All) }));
    assert_eq!(finding.verdict, Verdict::NotApplicable);
    assert_eq!(finding.check(SHA_PINNING).unwrap().verdict, Verdict::NotApplicable);
    assert!(finding.guide.is_none());
}

#[test]
fn a_policy_of_the_organisation_is_labelled() {
    let finding = assess(&facts(ActionsPolicy { inherited: true, ..policy_of(Policy::LocalOnly) }));
    assert_eq!(finding.verdict, Verdict::Pass);
    assert!(finding.summary.ends_with("(inherited from the organisation)"), "{}", finding.summary);
}

#[test]
fn a_list_that_cannot_be_seen_is_not_a_pass() {
    let why = Unknown::new(Reason::Permission, "refused").needing("administration:read").from_request("GET /x", 403);
    let finding = judged(Policy::Selected(Fact::Unknown(why)));
    assert_eq!(finding.verdict, Verdict::Unknown);
    assert_eq!(finding.unknown().unwrap().needs.as_deref(), Some("administration:read"));
    assert_eq!(finding.check(SHA_PINNING).unwrap().verdict, Verdict::Warn, "that was answered");
    assert_eq!(judged(Policy::Selected(Fact::Pending)).verdict, Verdict::Pending);
}

#[test]
fn every_reason_and_waiting_are_passed_on() {
    use Reason::{Auth, Failed, NotFound, NotParsed, Offline, Permission, RateLimit, RunTime, Unsupported};
    for reason in [Offline, Auth, Permission, NotFound, RateLimit, Unsupported, Failed, NotParsed, RunTime] {
        let mut facts = Facts::default();
        let why = Unknown::new(reason, "not asked").needing("administration:read");
        facts.record(Observation::ActionsPolicy(Fact::Unknown(why)));
        let finding = assess(&facts);
        assert_eq!(finding.verdict, Verdict::Unknown);
        for check in &finding.checks {
            let why = check.unknown.as_ref().unwrap();
            assert_eq!((why.reason, why.needs.as_deref()), (reason, Some("administration:read")));
        }
        let guide = finding.guide.expect("a person can look at the settings");
        assert!(guide.steps.iter().any(|step| step.contains("replaces today's list")));
    }
    let pending = assess(&Facts::default());
    assert!(pending.checks.iter().all(|check| check.verdict == Verdict::Pending));
}

#[test]
fn wide_patterns_are_told_from_narrow_ones() {
    for pattern in ["*", "**", "*/*", "*/*@*", "*@*", " */* "] {
        assert!(allows_everything(pattern), "{pattern}");
    }
    for pattern in ["", "a/*", "*/a", "a*", "!*", "a/b@*"] {
        assert!(!allows_everything(pattern), "{pattern}");
    }
    assert!(allows_any_owner("*/checkout@*") && allows_any_owner("**/checkout"));
    assert!(!allows_any_owner("demo*/x") && !allows_any_owner("*/*") && !allows_any_owner("a/*"));
}

fn reach(action: &str, selected: &SelectedActions) -> Reach {
    let found = needs(&using(&[action], &[], &[]), None);
    found.first().unwrap().reach(selected)
}

#[test]
fn a_list_reaches_what_its_patterns_match() {
    use Reach::{Allowed, Doubtful, Stopped};
    for (action, patterns, expected) in [
        ("o/r@v1", &["o/r@*"][..], Allowed),
        ("O/R@v1", &["o/r@*"], Allowed),
        ("o/r@v1", &["o/*"], Allowed),
        ("o/r@v1", &["o/r@v2"], Stopped),
        ("o/r@v1", &["o/rr@*"], Stopped),
        ("o/r@v1", &["x/o/r@*"], Stopped),
        ("o/r.s@v1", &["o/rxs@*"], Stopped),
        ("o/r@release/v1", &["o/r@*"], Doubtful),
        ("o/r@release/v1", &["o/r@**"], Allowed),
        ("o/r/sub@v1", &["o/r/*@*"], Allowed),
        ("o/r/sub@v1", &["o/*"], Doubtful),
        ("o/r@v1", &["o/*", "!o/r@*"], Stopped),
        ("o/r@v1", &[], Stopped),
        ("actions/checkout@v4", &[], Stopped),
    ] {
        assert_eq!(reach(action, &list(false, false, patterns)), expected, "{action} {patterns:?}");
    }
    assert_eq!(reach("actions/checkout@v4", &list(true, false, &[])), Allowed);
    assert_eq!(reach("GitHub/codeql-action/init@v3", &list(true, false, &[])), Allowed);
    assert_eq!(reach("o/r@v1", &list(true, true, &[])), Doubtful);
    assert_eq!(reach("actions/checkout@v4", &list(true, false, &["!actions/checkout@*"])), Stopped);
}

#[test]
fn a_hostile_pattern_costs_no_time_and_no_panic() {
    let hostile = ["*a".repeat(4_000), "(".repeat(4_000), "[".into(), "\\".into(), "é**\u{0}".into(), "{9999}".into()];
    let action = format!("o/{}@v1", "a".repeat(2_000));
    for pattern in &hostile {
        assert_eq!(reach(&action, &list(false, false, &[pattern.as_str()])), Reach::Stopped);
    }
}

#[test]
fn the_needed_patterns_come_from_every_use() {
    let set = using(
        &[
            "actions/checkout@v4",
            "pypa/gh-action-pypi-publish@release/v1",
            "PyPA/gh-action-pypi-publish@v2",
            "demo/shared@v1",
            "./local",
            "docker://alpine:3",
            "b/c/sub@v1",
            "evil/$(x)@v1",
            "no-reference",
        ],
        &["slsa/generator/.github/workflows/g.yml@v2"],
        &["inner/action@v3"],
    );
    let found = needs(&set, Some("Demo"));
    let actions: Vec<&str> = found.iter().map(|need| need.action.as_str()).collect();
    let used = [
        "actions/checkout@v4",
        "b/c/sub@v1",
        "inner/action@v3",
        "pypa/gh-action-pypi-publish@release/v1",
        "PyPA/gh-action-pypi-publish@v2",
        "slsa/generator/.github/workflows/g.yml@v2",
    ];
    assert_eq!(actions.len(), used.len());
    assert!(used.iter().all(|action| actions.contains(action)), "{actions:?}");
    let listed =
        ["b/c/sub@*", "inner/action@*", "pypa/gh-action-pypi-publish@**", "slsa/generator/.github/workflows/g.yml@*"];
    assert_eq!(patterns::merged(&SelectedActions::default(), &found), listed);
    assert_eq!(
        found.iter().find(|need| need.action == "inner/action@v3").unwrap().path,
        ".github/actions/x/action.yml"
    );
}

#[test]
fn a_list_that_misses_a_used_action_is_named_with_its_place() {
    let mut facts = facts(policy_of(Policy::Selected(known(list(true, false, &["a/b@*"])))));
    facts.workflows = Arc::new(using(&["actions/checkout@v4", "a/b@v1", "c/d@v1", "e/f/g@x/y"], &[], &[]));
    let finding = assess(&facts);
    assert_eq!(finding.verdict, Verdict::Pass, "stopping an action is no weakness");
    assert!(finding.summary.contains("cannot run: c/d@v1, e/f/g@x/y"), "{}", finding.summary);
    let check = finding.check(POLICY).unwrap();
    let place = Evidence::at(".github/workflows/release.yml", Span::new(85, 93), "c/d@v1 may not run");
    assert!(check.evidence.contains(&place), "{:?}", check.evidence);
    let guide = finding.guide.unwrap();
    assert!(guide.steps.iter().any(|step| step.contains("stops actions that workflows use: c/d@v1")));
    facts.workflows = Arc::new(using(&["actions/checkout@v4", "a/b@v1"], &[], &[]));
    assert!(assess(&facts).guide.is_none());
}

#[test]
fn only_the_owner_s_own_actions_stop_all_others() {
    let mut facts = facts(policy_of(Policy::LocalOnly));
    facts.workflows = Arc::new(using(&["actions/checkout@v4", "demo/shared@v1"], &[], &[]));
    let finding = assess(&facts);
    assert_eq!(finding.verdict, Verdict::Pass);
    assert!(finding.summary.ends_with("cannot run: actions/checkout@v4"), "{}", finding.summary);
}

fn body(guide: &Guide) -> serde_json::Value {
    let (_, body) = guide.command.split_once("<<'JSON'\n").unwrap();
    serde_json::from_str(body.strip_suffix("\nJSON").unwrap()).unwrap()
}

#[test]
fn the_guide_names_page_command_and_list() {
    let mut facts = facts(ActionsPolicy { sha_pinning_required: Some(true), ..policy_of(Policy::All) });
    facts.workflows = Arc::new(using(&["actions/checkout@v4", "c/d@v1"], &[], &[]));
    let guide = assess(&facts).guide.unwrap();
    assert_eq!(guide.url, "https://github.com/demo/r/settings/actions");
    let put = "gh api -X PUT -F enabled=true -f allowed_actions=selected -F sha_pinning_required=true \
               repos/demo/r/actions/permissions\n\
               gh api -X PUT repos/demo/r/actions/permissions/selected-actions --input - <<'JSON'\n";
    assert!(guide.command.starts_with(put), "{}", guide.command);
    assert!(guide.steps[0].contains("Allow demo, and select non-demo"), "{}", guide.steps[0]);
    assert!(!guide.steps.iter().any(|step| step.contains("replaces")), "no list was there");
    let expected = json!({"github_owned_allowed": true, "verified_allowed": false, "patterns_allowed": ["c/d@*"]});
    assert_eq!(body(&guide), expected);
}

#[test]
fn the_guide_keeps_a_good_list_and_drops_what_is_too_wide() {
    let chosen = list(false, true, &["*/*", "*/x@*", "a/b@v1", "!evil/x@*"]);
    let mut facts = facts(policy_of(Policy::Selected(known(chosen))));
    facts.workflows = Arc::new(using(&["a/b@v2", "actions/cache@v4", "e/f@r/1"], &[], &[]));
    let guide = assess(&facts).guide.unwrap();
    let expected = ["a/b@v1", "!evil/x@*", "a/b@*", "e/f@**"];
    assert_eq!(body(&guide)["patterns_allowed"], json!(expected));
    assert_eq!(body(&guide)["verified_allowed"], json!(false));
}

#[test]
fn the_guide_says_what_its_list_cannot_know() {
    let mut facts = facts(policy_of(Policy::All));
    facts.workflows = Arc::new(using(&["docker://alpine:3"], &[], &[]));
    facts.problems.push(Problem::hiding(".github/workflows/broken.yml", None, "tabs"));
    let private = Repository { full_name: "demo/r".into(), private: true, ..Repository::default() };
    facts.record(Observation::Repository(known(private)));
    let steps = assess(&facts).guide.unwrap().steps.join("\n");
    for words in ["docker://", "could not be read", "private repository", "watch the first run"] {
        assert!(steps.contains(words), "{words}: {steps}");
    }
    facts.record(Observation::Files(Fact::Unknown(Unknown::new(Reason::Failed, "no answer"))));
    assert!(assess(&facts).guide.unwrap().steps.join("\n").contains("were not read"));
}

#[test]
fn a_pattern_from_a_server_is_cleaned() {
    let finding = selected_of(list(true, false, &["*/x\u{1b}[2J"]));
    assert!(!finding.summary.contains('\u{1b}'), "{}", finding.summary);
}
