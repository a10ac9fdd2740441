//! Every row of the table of R04, every reason why it cannot be told, and every advice row.

use jiff::Timestamp;

use super::*;
use crate::fact::Observation;
use crate::fact::settings::{ClassicProtection, PlanLimit, Repository};
use crate::requirement::Profile;

fn known<T>(value: T) -> Fact<T> {
    Fact::api(value, "GET /repos/o/r/x", 200, Timestamp::UNIX_EPOCH)
}

fn refused<T>(reason: Reason) -> Fact<T> {
    Fact::Unknown(Unknown::new(reason, "refused").needing("administration:read").from_request("GET /repos/o/r/x", 403))
}

fn rule(kind: &str) -> BranchRule {
    BranchRule { kind: kind.into(), ruleset: "Protect main".into(), bypass: Some(Vec::new()), ..BranchRule::default() }
}

fn rules(kinds: &[&str]) -> Fact<Vec<BranchRule>> {
    known(kinds.iter().map(|kind| rule(kind)).collect())
}

fn state(rules: Fact<Vec<BranchRule>>, mark: Fact<bool>, classic: Fact<Option<ClassicProtection>>) -> BranchState {
    let (branch, default) = ("main".to_owned(), true);
    BranchState { branch, default, rules, protected: mark, classic, ..BranchState::default() }
}

fn strong() -> BranchState {
    state(rules(&["pull_request"]), known(true), refused(Reason::Permission))
}

fn hidden<T>() -> Fact<T> {
    refused(Reason::Permission)
}

fn bare() -> BranchState {
    state(rules(&[]), known(false), refused(Reason::Permission))
}

fn facts(states: Vec<BranchState>) -> Facts {
    let mut facts = Facts::default();
    facts.record(Observation::Protection(known(states)));
    facts
}

fn assess(facts: &Facts) -> Finding {
    let finding = BranchProtection.assess(&Case { facts, earlier: &[], profile: Profile::default() });
    let ids: Vec<_> = finding.checks.iter().map(|check| (check.id, check.role)).collect();
    assert_eq!(ids, META.checks, "every check, in order, in its role");
    finding
}

fn judged(states: Vec<BranchState>) -> Check {
    assess(&facts(states)).checks.remove(0)
}

fn advice(state: BranchState, id: &str) -> Check {
    assess(&facts(vec![state])).check(id).unwrap().clone()
}

#[test]
fn active_rules_decide_first() {
    use Verdict::{Pass, Warn};
    for (kinds, verdict) in [
        (&["non_fast_forward", "deletion"][..], Pass),
        (&["pull_request"], Pass),
        (&["required_status_checks"], Pass),
        (&["merge_queue"], Pass),
        (&["update"], Pass),
        (&["creation", "pull_request"], Pass),
        (&["creation"], Warn),
        (&["branch_name_pattern", "commit_message_pattern"], Warn),
        (&["required_signatures"], Warn),
        (&["non_fast_forward"], Warn),
        (&["deletion"], Warn),
        (&["deletion", "required_linear_history"], Warn),
    ] {
        // The mark is set by any ruleset, so it must not lift weak rules.
        let check = judged(vec![state(rules(kinds), known(true), refused(Reason::Permission))]);
        assert_eq!(check.verdict, verdict, "{kinds:?}: {}", check.summary);
        assert!(check.summary.contains(kinds[0]), "{}", check.summary);
    }
}

#[test]
fn weak_rules_yield_to_classic_protection_and_wait_for_it() {
    let weak = |classic| judged(vec![state(rules(&["creation"]), known(true), classic)]);
    assert_eq!(weak(known(Some(ClassicProtection::default()))).verdict, Verdict::Pass);
    assert_eq!(weak(known(None)).verdict, Verdict::Warn);
    assert_eq!(weak(Fact::Pending).verdict, Verdict::Pending);
    assert!(weak(refused(Reason::Permission)).summary.contains("cannot be seen"));
}

#[test]
fn without_rules_the_mark_and_classic_protection_decide() {
    use Verdict::{Fail, Pass, Pending, Unknown};
    let classic = || known(Some(ClassicProtection::default()));
    for (mark, details, verdict, words) in [
        (known(true), hidden(), Pass, "cannot be seen without administration:read"),
        (known(true), refused(Reason::Failed), Pass, "cannot be seen: refused"),
        (known(true), refused(Reason::RateLimit), Pass, "cannot be seen: refused"),
        (known(true), classic(), Pass, "classic"),
        (known(false), classic(), Pass, "classic"),
        (hidden(), classic(), Pass, "classic"),
        (known(false), hidden(), Fail, "not protected"),
        (known(false), known(None), Fail, "not protected"),
        (hidden(), known(None), Fail, "not protected"),
        (known(true), known(None), Fail, "only evaluated"),
        (hidden(), hidden(), Unknown, "refused"),
        (Fact::Pending, hidden(), Pending, "waiting"),
        (known(true), Fact::Pending, Pending, "waiting"),
    ] {
        let check = judged(vec![state(rules(&[]), mark.clone(), details.clone())]);
        assert_eq!(check.verdict, verdict, "{mark:?} {details:?}: {}", check.summary);
        assert!(check.summary.contains(words), "{}", check.summary);
    }
}

#[test]
fn unread_rules_are_never_a_failure() {
    use Verdict::{Pass, Pending, Unknown};
    let hidden = || refused(Reason::NotFound);
    for (mark, details, verdict) in [
        (known(true), refused(Reason::Permission), Pass),
        (known(false), refused(Reason::Permission), Unknown),
        (known(false), known(None), Unknown),
        (refused(Reason::NotFound), refused(Reason::NotFound), Unknown),
        (refused(Reason::NotFound), known(Some(ClassicProtection::default())), Pass),
        (Fact::Pending, known(None), Pending),
    ] {
        let check = judged(vec![state(hidden(), mark.clone(), details)]);
        assert_eq!(check.verdict, verdict, "{mark:?}: {}", check.summary);
        let reason = check.unknown.map(|why| why.reason);
        assert_eq!(reason, (verdict == Unknown).then_some(Reason::NotFound));
    }
    assert_eq!(judged(vec![state(Fact::Pending, known(true), known(None))]).verdict, Pending);
}

#[test]
fn a_plan_without_protection_fails_and_says_which_plan_has_it() {
    let mut limited = state(hidden(), hidden(), hidden());
    let message = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
    limited.plan_limit = Some(PlanLimit {
        endpoint: "GET /repos/o/r/branches/main/protection".into(),
        status: 403,
        message: message.into(),
    });
    let finding = assess(&facts(vec![limited.clone()]));
    assert_eq!(finding.verdict, Verdict::Fail);
    assert!(finding.summary.contains("GitHub Pro, Team and Enterprise"), "{}", finding.summary);
    assert!(matches!(&finding.checks[0].evidence[..], [Evidence::Api { status: 403, value, .. }] if value == message));
    assert!(finding.checks[1..].iter().all(|check| check.verdict == Verdict::NotApplicable));
    assert!(finding.guide.unwrap().steps[0].contains("plan"));
    // Rules that hold all the same, kept by the organisation, outweigh the plan.
    limited.rules = rules(&["pull_request"]);
    assert_eq!(judged(vec![limited]).verdict, Verdict::Pass);
}

#[test]
fn rules_of_the_organisation_are_labelled() {
    let mut inherited = rule("pull_request");
    inherited.inherited_from = Some("demo".into());
    let check = judged(vec![state(known(vec![inherited]), known(true), known(None))]);
    assert_eq!(check.verdict, Verdict::Pass);
    assert!(check.summary.contains("inherited from demo"), "{}", check.summary);
}

#[test]
fn several_branches_fold_as_the_table_says() {
    use Verdict::{Fail, Pass, Pending, Unknown, Warn};
    let named = |state: BranchState, name: &str| BranchState { branch: name.into(), default: false, ..state };
    let unseen = || state(refused(Reason::RateLimit), refused(Reason::RateLimit), refused(Reason::RateLimit));
    let weak = || state(rules(&["creation"]), known(true), known(None));
    let awaited = || state(Fact::Pending, Fact::Pending, Fact::Pending);
    for (one, other, verdict) in [
        (strong(), strong(), Pass),
        (strong(), bare(), Warn),
        (bare(), strong(), Warn),
        (bare(), bare(), Fail),
        (bare(), unseen(), Fail),
        (strong(), unseen(), Unknown),
        (weak(), strong(), Warn),
        (weak(), bare(), Fail),
        (weak(), unseen(), Unknown),
        (bare(), awaited(), Pending),
        (strong(), awaited(), Pending),
    ] {
        let check = judged(vec![one, BranchState { release: true, ..named(other, "2.x") }]);
        assert_eq!(check.verdict, verdict, "{}", check.summary);
    }
    let mixed = judged(vec![strong(), named(bare(), "2.x"), named(unseen(), "1.x")]);
    assert_eq!(mixed.verdict, Warn, "whatever 1.x is, the branches differ");
    assert!(mixed.summary.contains("2.x is not"), "{}", mixed.summary);
    let unknown = judged(vec![strong(), named(unseen(), "2.x")]);
    assert!(unknown.summary.starts_with("2.x: "), "{}", unknown.summary);
}

#[test]
fn no_branch_at_all_proves_nothing() {
    let check = judged(Vec::new());
    assert_eq!(check.verdict, Verdict::Unknown);
    assert_eq!(check.unknown.unwrap().needs.as_deref(), Some("metadata:read"));
}

#[test]
fn a_declared_release_branch_without_an_answer_is_not_passed_over() {
    let mut facts = facts(vec![strong()]);
    facts.declared.release_branches = vec!["main".into(), "maintenance/*".into()];
    assert_eq!(assess(&facts).verdict, Verdict::Pass, "the source resolves patterns");
    facts.declared.release_branches.push("2.x".into());
    let finding = assess(&facts);
    assert_eq!(finding.verdict, Verdict::Unknown);
    assert!(finding.summary.contains("2.x"), "{}", finding.summary);
}

#[test]
fn what_was_not_asked_or_refused_makes_every_check_unknown_for_that_reason() {
    use Reason::{Auth, Failed, NotFound, NotParsed, Offline, Permission, RateLimit, RunTime, Unsupported};
    for reason in [Offline, Auth, Permission, NotFound, RateLimit, Unsupported, Failed, NotParsed, RunTime] {
        let mut facts = Facts::default();
        let why = Unknown::new(reason, "not asked").needing("metadata:read");
        facts.record(Observation::Protection(Fact::Unknown(why)));
        let finding = assess(&facts);
        assert_eq!(finding.verdict, Verdict::Unknown);
        for check in &finding.checks {
            let why = check.unknown.as_ref().unwrap();
            assert_eq!(
                (check.verdict, why.reason, why.needs.as_deref()),
                (Verdict::Unknown, reason, Some("metadata:read"))
            );
        }
        assert!(finding.guide.is_some());
    }
    let pending = assess(&Facts::default());
    assert!(pending.checks.iter().all(|check| check.verdict == Verdict::Pending));
    assert!(pending.guide.is_none());
}

#[test]
fn advice_is_silent_on_a_bare_branch_and_skips_it_beside_a_protected_one() {
    let finding = assess(&facts(vec![bare()]));
    assert_eq!(finding.verdict, Verdict::Fail);
    assert!(finding.checks[1..].iter().all(|check| check.verdict == Verdict::NotApplicable));
    let beside = BranchState { branch: "2.x".into(), ..bare() };
    let finding = assess(&facts(vec![state(rules(&["pull_request", "deletion"]), known(true), known(None)), beside]));
    assert_eq!(finding.check("deletion").unwrap().verdict, Verdict::Pass);
}

#[test]
fn force_push_and_deletion_need_both_answers_for_a_no() {
    use Verdict::{Pass, Pending, Unknown, Warn};
    let open = ClassicProtection { allows_force_pushes: true, allows_deletions: true, ..ClassicProtection::default() };
    let closed = ClassicProtection::default;
    for (kinds, classic, verdict) in [
        (&["pull_request", "non_fast_forward", "deletion"][..], refused(Reason::Permission), Pass),
        (&["pull_request"], known(Some(closed())), Pass),
        (&["pull_request"], known(Some(open)), Warn),
        (&["pull_request"], known(None), Warn),
        (&["pull_request"], refused(Reason::Permission), Unknown),
        (&["pull_request"], Fact::Pending, Pending),
    ] {
        for id in ["force-push", "deletion"] {
            let check = advice(state(rules(kinds), known(true), classic.clone()), id);
            assert_eq!(check.verdict, verdict, "{id} {kinds:?} {classic:?}: {}", check.summary);
        }
    }
    // Without the mark there is no classic protection to look for.
    let unmarked = state(rules(&["pull_request"]), known(false), refused(Reason::Permission));
    assert_eq!(advice(unmarked, "deletion").verdict, Warn);
    let marked = state(rules(&[]), known(true), refused(Reason::Permission));
    assert_eq!(advice(marked, "force-push").unknown.unwrap().needs.as_deref(), Some("administration:read"));
}

#[test]
fn review_counts_approvals() {
    use Verdict::{Pass, Warn};
    let asks = |approvals| BranchRule { approvals, ..rule("pull_request") };
    for (approvals, verdict) in [(Some(2), Pass), (Some(0), Warn), (None, Warn)] {
        let by_rule = state(known(vec![asks(approvals)]), known(true), known(None));
        assert_eq!(advice(by_rule, "review").verdict, verdict);
        let classic = ClassicProtection { approvals, ..ClassicProtection::default() };
        let by_classic = state(rules(&[]), known(true), known(Some(classic)));
        assert_eq!(advice(by_classic, "review").verdict, verdict);
    }
}

#[test]
fn administrators_are_bound_by_either_kind_of_rule() {
    use Verdict::{NotApplicable, Pass, Unknown, Warn};
    let classic = |enforce_admins| known(Some(ClassicProtection { enforce_admins, ..ClassicProtection::default() }));
    let bypass = |who: Option<&[&str]>| {
        let bypass = who.map(|who| who.iter().map(|one| (*one).to_owned()).collect());
        known(vec![BranchRule { bypass, ..rule("pull_request") }])
    };
    for (rules, classic, verdict) in [
        (rules(&[]), classic(true), Pass),
        (rules(&[]), classic(false), Warn),
        (bypass(Some(&[])), known(None), Pass),
        (bypass(Some(&["release team"])), known(None), Pass),
        (bypass(Some(&["OrganizationAdmin"])), known(None), Warn),
        (bypass(Some(&["Repository admin"])), classic(true), Pass),
        (bypass(Some(&["Repository admin"])), refused(Reason::Permission), Unknown),
        (bypass(None), known(None), Unknown),
        (bypass(None), classic(true), Pass),
        (rules(&[]), refused(Reason::Permission), Unknown),
        (rules(&["creation"]), classic(false), Warn),
        (rules(&["creation"]), known(None), NotApplicable),
    ] {
        let check = advice(state(rules.clone(), known(true), classic.clone()), "admins-included");
        assert_eq!(check.verdict, verdict, "{rules:?} {classic:?}: {}", check.summary);
    }
    for (rules, verdict) in [
        (bypass(Some(&[])), Pass),
        (bypass(Some(&["release team", "bot"])), Warn),
        (bypass(None), Unknown),
        (rules(&[]), NotApplicable),
        (refused(Reason::NotFound), Unknown),
    ] {
        let check = advice(state(rules.clone(), known(true), classic(true)), "bypass-actors");
        assert_eq!(check.verdict, verdict, "{rules:?}: {}", check.summary);
    }
    let hidden = advice(state(bypass(None), known(true), known(None)), "bypass-actors");
    assert_eq!(hidden.unknown.unwrap().needs.as_deref(), Some("administration:write"));
}

#[test]
fn advice_never_changes_the_verdict_and_a_seen_weakness_is_not_hidden() {
    let open = state(rules(&["required_status_checks"]), known(true), known(None));
    let unseen = BranchState { branch: "2.x".into(), ..strong() };
    let finding = assess(&facts(vec![open, unseen]));
    assert_eq!(finding.verdict, Verdict::Pass);
    let review = finding.check("review").unwrap();
    assert_eq!(review.verdict, Verdict::Warn);
    assert!(review.summary.contains("main") && !review.summary.contains("2.x"), "{}", review.summary);
}

#[test]
fn evidence_shows_the_answers_and_stays_marked_when_stale() {
    let mut old = bare();
    let Fact::Known(seen) = &mut old.rules else { panic!("known above") };
    seen.stale = true;
    let check = judged(vec![old]);
    assert!(matches!(&check.evidence[..], [
        Evidence::Api { field, value, stale: true, .. },
        Evidence::Api { field: mark, value: set, stale: false, .. },
    ] if field == "type" && value == "none" && mark == "protected" && set == "false"));
}

#[test]
fn the_guide_protects_the_branches_that_releases_come_from() {
    let mut facts =
        facts(vec![bare(), BranchState { branch: "2.x\"".into(), default: false, release: true, ..bare() }]);
    facts.declared.release_branches = vec!["maintenance/*".into()];
    let repository = Repository { full_name: "demo/arrays".into(), ..Repository::default() };
    facts.record(Observation::Repository(known(repository)));
    let guide = assess(&facts).guide.unwrap();
    assert_eq!(guide.url, "https://github.com/demo/arrays/settings/rules");
    assert!(guide.command.starts_with("gh api -X POST repos/demo/arrays/rulesets --input - <<'JSON'\n{"));
    let body: serde_json::Value =
        serde_json::from_str(guide.command.split_once('\n').unwrap().1.strip_suffix("\nJSON").unwrap()).unwrap();
    let include = &body["conditions"]["ref_name"]["include"];
    assert_eq!(*include, json!(["~DEFAULT_BRANCH", "refs/heads/2.x\"", "refs/heads/maintenance/*"]));
}
