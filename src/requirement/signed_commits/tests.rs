//! Every row of the table of R03, every reason why it cannot be told, and what a clone adds.

use jiff::Timestamp;

use super::*;
use crate::fact::Observation;
use crate::fact::git::{Git, Tag};
use crate::fact::settings::{BranchRule, BranchState, ClassicProtection};
use crate::requirement::Profile;

fn known<T>(value: T) -> Fact<T> {
    Fact::api(value, "GET /repos/o/r/x", 200, Timestamp::UNIX_EPOCH)
}

fn refused<T>(reason: Reason) -> Fact<T> {
    Fact::Unknown(Unknown::new(reason, "refused").needing("contents:read"))
}

/// A signature by the forge's reason; an empty one means none, `web-flow` one made by the forge.
fn signature(reason: &str) -> Option<Signature> {
    let by_forge = reason == "web-flow";
    let verified = by_forge || reason == "valid";
    let reason = if by_forge { "valid" } else { reason };
    (!reason.is_empty()).then(|| Signature { verified, reason: reason.into(), by_forge })
}

fn tag(name: &str, on_tag: &str, on_commit: &str) -> ReleaseTag {
    let (tag_signature, commit_signature) = (signature(on_tag), signature(on_commit));
    ReleaseTag { name: name.into(), commit: "c".repeat(40), object: None, tag_signature, commit_signature }
}

fn branch(rules: &[&str], classic: Fact<Option<ClassicProtection>>) -> BranchState {
    let rules = rules.iter().map(|kind| BranchRule { kind: (*kind).into(), ..BranchRule::default() }).collect();
    let (rules, protected) = (known(rules), known(true));
    BranchState { branch: "main".into(), default: true, rules, protected, classic, ..BranchState::default() }
}

fn unsigned_branch() -> Fact<Vec<BranchState>> {
    known(vec![branch(&["pull_request"], known(None))])
}

fn facts(protection: Fact<Vec<BranchState>>, tags: Fact<Vec<ReleaseTag>>) -> Facts {
    let mut facts = Facts::default();
    facts.record(Observation::Protection(protection));
    facts.record(Observation::Tags(tags));
    facts
}

fn assess(facts: &Facts) -> Finding {
    let finding = SignedCommits.assess(&Case { facts, earlier: &[], profile: Profile::default() });
    let ids: Vec<_> = finding.checks.iter().map(|check| (check.id, check.role)).collect();
    assert_eq!(ids, META.checks, "every check, in order, in its role");
    assert_ne!(finding.verdict, Verdict::Fail, "R03 is never worse than a warning");
    finding
}

fn verdicts(finding: &Finding) -> [Verdict; 4] {
    let [required, commits, tags] = &finding.checks[..] else { panic!("three checks") };
    [finding.verdict, required.verdict, commits.verdict, tags.verdict]
}

#[test]
fn verified_commits_or_verified_tags_pass_and_set_the_rule_aside() {
    use Verdict::{NotApplicable, Pass, Warn};
    let commits = vec![tag("v2", "", "valid"), tag("v1", "", "valid")];
    assert_eq!(verdicts(&assess(&facts(unsigned_branch(), known(commits)))), [Pass, NotApplicable, Pass, Warn]);
    let tags = vec![tag("v2", "valid", "unsigned"), tag("v1", "valid", "")];
    assert_eq!(verdicts(&assess(&facts(unsigned_branch(), known(tags)))), [Pass, NotApplicable, Pass, Pass]);
    let unseen = facts(refused(Reason::Permission), known(vec![tag("v1", "valid", "")]));
    assert_eq!(verdicts(&assess(&unseen)), [Pass, NotApplicable, Pass, Pass]);
}

#[test]
fn a_rule_that_requires_signatures_passes_and_sets_the_commits_aside() {
    use Verdict::{NotApplicable, Pass, Warn};
    let by_rule = || known(vec![branch(&["required_signatures"], refused(Reason::Permission))]);
    let classic = ClassicProtection { required_signatures: true, ..ClassicProtection::default() };
    let by_classic = known(vec![branch(&[], known(Some(classic)))]);
    let unsigned = || known(vec![tag("v1", "", "")]);
    assert_eq!(verdicts(&assess(&facts(by_rule(), unsigned()))), [Pass, Pass, NotApplicable, Warn]);
    assert_eq!(verdicts(&assess(&facts(by_classic, unsigned()))), [Pass, Pass, NotApplicable, Warn]);
    let offline = facts(by_rule(), refused(Reason::Offline));
    assert_eq!(verdicts(&assess(&offline)), [Pass, Pass, NotApplicable, Verdict::Unknown]);
    let both = facts(by_rule(), known(vec![tag("v1", "", "valid")]));
    assert_eq!(verdicts(&assess(&both)), [Pass, Pass, Pass, Warn]);
    let first = facts(by_rule(), known(Vec::new()));
    assert_eq!(verdicts(&assess(&first)), [Pass, Pass, NotApplicable, NotApplicable]);
}

#[test]
fn releases_without_a_good_signature_are_a_warning_that_lists_them_with_the_reason() {
    let tags = vec![
        tag("v5", "", "valid"),
        tag("v4", "", "unknown_key"),
        tag("v3", "", "bad_email"),
        tag("v2", "", ""),
        tag("v1", "expired_key", "unsigned"),
    ];
    let finding = assess(&facts(unsigned_branch(), known(tags)));
    assert_eq!(verdicts(&finding), [Verdict::Warn; 4]);
    let summary = &finding.check(COMMITS).unwrap().summary;
    let listed = "v4 (unknown_key), v3 (bad_email), v2 (unsigned), v1 (expired_key)";
    assert!(summary.starts_with("4 of the last 5 releases") && summary.ends_with(listed), "{summary}");
    assert!(finding.check(TAGS).unwrap().summary.contains("v5 (not annotated)"));
}

#[test]
fn only_the_last_five_count() {
    let mut tags: Vec<_> = (1..=5).map(|number| tag(&format!("v{number}"), "", "valid")).collect();
    tags.push(tag("v0", "", ""));
    let finding = assess(&facts(unsigned_branch(), known(tags)));
    assert_eq!(finding.verdict, Verdict::Pass);
    assert_eq!(finding.check(COMMITS).unwrap().evidence.len(), 5);
}

#[test]
fn merges_signed_by_the_forge_count_and_are_labelled() {
    let finding =
        assess(&facts(unsigned_branch(), known(vec![tag("v2", "", "web-flow"), tag("v1", "valid", "web-flow")])));
    assert_eq!(finding.verdict, Verdict::Pass);
    let check = finding.check(COMMITS).unwrap();
    assert!(check.summary.contains("(v2 signed by GitHub: web-flow)"), "{}", check.summary);
    assert!(matches!(&check.evidence[0], Evidence::Api { value, .. } if value == "valid (web-flow)"));
    assert!(
        matches!(&check.evidence[1], Evidence::Api { value, field, .. } if value == "valid" && field.starts_with("tag v1"))
    );
}

#[test]
fn nothing_released_is_not_applicable() {
    use Verdict::{NotApplicable, Pending};
    let none = || known(Vec::new());
    assert_eq!(verdicts(&assess(&facts(unsigned_branch(), none()))), [NotApplicable; 4]);
    assert_eq!(verdicts(&assess(&facts(refused(Reason::Permission), none()))), [NotApplicable; 4]);
    let awaited = assess(&facts(Fact::Pending, none()));
    assert_eq!(verdicts(&awaited), [Pending, Pending, NotApplicable, NotApplicable]);
}

#[test]
fn an_alternative_that_cannot_be_seen_keeps_a_warning_open() {
    use Verdict::{Unknown, Warn};
    let hidden = known(vec![branch(&["pull_request"], refused(Reason::Permission))]);
    let finding = assess(&facts(hidden, known(vec![tag("v1", "", "")])));
    assert_eq!(verdicts(&finding), [Unknown, Unknown, Warn, Warn]);
    let finding = assess(&facts(unsigned_branch(), refused(Reason::RateLimit)));
    assert_eq!(verdicts(&finding), [Unknown, Warn, Unknown, Unknown]);
    assert_eq!(finding.unknown().unwrap().reason, Reason::RateLimit);
    let nowhere = assess(&facts(known(Vec::new()), known(vec![tag("v1", "", "")])));
    assert_eq!(verdicts(&nowhere), [Unknown, Unknown, Warn, Warn]);
}

#[test]
fn every_release_branch_must_require_signatures() {
    let release = |rules: &[&str], name: &str| BranchState {
        branch: name.into(),
        default: false,
        release: true,
        ..branch(rules, known(None))
    };
    let tags = || known(vec![tag("v1", "", "")]);
    let one_of_two = known(vec![release(&["required_signatures"], "2.x"), release(&[], "1.x")]);
    let finding = assess(&facts(one_of_two, tags()));
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(finding.check(REQUIRED).unwrap().summary.starts_with("no rule of 1.x"));
    // The default branch does not count where releases are made from another one.
    let other = known(vec![branch(&[], known(None)), release(&["required_signatures"], "2.x")]);
    assert_eq!(assess(&facts(other, tags())).verdict, Verdict::Pass);
}

#[test]
fn every_reason_and_waiting_are_passed_on() {
    use Reason::{Auth, Failed, NotFound, NotParsed, Offline, Permission, RateLimit, RunTime, Unsupported};
    for reason in [Offline, Auth, Permission, NotFound, RateLimit, Unsupported, Failed, NotParsed, RunTime] {
        let finding = assess(&facts(refused(reason), refused(reason)));
        assert_eq!(verdicts(&finding), [Verdict::Unknown; 4]);
        for check in &finding.checks {
            let why = check.unknown.as_ref().unwrap();
            assert_eq!((why.reason, why.needs.as_deref()), (reason, Some("contents:read")));
        }
    }
    let pending = assess(&Facts::default());
    assert_eq!(verdicts(&pending), [Verdict::Pending; 4]);
    assert!(pending.guide.is_none());
}

#[test]
fn a_clone_tells_that_signatures_exist_never_that_they_are_good() {
    let local = |signed| Tag { name: "v1".into(), commit: "c".repeat(40), annotated: true, signed };
    let offline = |tags: Vec<Tag>| {
        let mut facts = facts(refused(Reason::Offline), refused(Reason::Offline));
        let git = Git { tags, ..Git::default() };
        facts.record(Observation::Git(Fact::local(Some(git), Timestamp::UNIX_EPOCH)));
        assess(&facts)
    };
    let signed = offline(vec![local(true); 7]);
    assert_eq!(signed.verdict, Verdict::Unknown);
    let check = signed.check(COMMITS).unwrap();
    assert_eq!(check.unknown.as_ref().unwrap().reason, Reason::Offline);
    assert!(check.summary.contains("5 of the last 5 tags"), "{}", check.summary);
    let unsigned = offline(vec![local(false), local(true)]);
    assert!(unsigned.check(TAGS).unwrap().summary.contains("1 of the last 2 tags"));
    let shallow = offline(Vec::new());
    assert_eq!(verdicts(&shallow), [Verdict::Unknown; 4], "a shallow clone has no tags");
    assert!(shallow.check(COMMITS).unwrap().summary.contains("proves nothing"));
    let mut facts = facts(refused(Reason::Offline), refused(Reason::Offline));
    let git = Git { tags_unknown: Some(Unknown::new(Reason::Failed, "git is too old")), ..Git::default() };
    facts.record(Observation::Git(Fact::local(Some(git), Timestamp::UNIX_EPOCH)));
    let unlisted = assess(&facts);
    assert_eq!(unlisted.check(COMMITS).unwrap().unknown.as_ref().unwrap().reason, Reason::Offline);
    assert!(unlisted.check(COMMITS).unwrap().summary.ends_with("could not be listed: git is too old"));
}

#[test]
fn a_refusal_other_than_offline_is_not_mixed_with_the_clone() {
    let mut facts = facts(unsigned_branch(), refused(Reason::Permission));
    facts.record(Observation::Git(Fact::local(Some(Git::default()), Timestamp::UNIX_EPOCH)));
    assert_eq!(assess(&facts).check(COMMITS).unwrap().summary, "refused");
}

#[test]
fn names_of_tags_are_cleaned() {
    let finding = assess(&facts(unsigned_branch(), known(vec![tag("v1\u{1b}[2J\u{202e}", "", "")])));
    assert!(!finding.check(COMMITS).unwrap().summary.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn the_guide_starts_with_the_release_managers() {
    let guide = assess(&facts(unsigned_branch(), known(vec![tag("v1", "", "")]))).guide.unwrap();
    assert!(guide.url.is_empty(), "no name is known");
    assert!(guide.steps[0].contains("signing key"));
    assert!(guide.command.contains("repos/OWNER/REPO/rulesets") && guide.command.contains("\"required_signatures\""));
    assert!(assess(&facts(unsigned_branch(), known(vec![tag("v1", "valid", "")]))).guide.is_none());
}
