//! A comparison tells better from worse from unknown, and its gate lets only what was there before pass.

use super::*;
use crate::report::{Report, sample, write_json};
use crate::requirement::{Check, pinned_actions, release_docs, spec_badge, token_permissions};

fn fleet(verdicts: &[(&'static crate::requirement::Meta, Verdict)]) -> Fleet {
    let finding = |(meta, verdict): &(&'static crate::requirement::Meta, Verdict)| {
        let (id, _) = meta.checks[0];
        let mut finding = sample::finding(meta, vec![Check::decisive(id, *verdict, "so it is")]);
        finding.verdict = *verdict;
        finding
    };
    sample::fleet_of(vec![("o/r", verdicts.iter().map(finding).collect())])
}

fn written(fleet: &Fleet) -> Baseline {
    let mut json = Vec::new();
    write_json(&Report { fleet, at: sample::now(), partial: false }, &mut json).unwrap();
    Baseline::parse(&String::from_utf8(json).unwrap()).unwrap()
}

fn compare(before: Verdict, after: Verdict) -> Comparison {
    let meta = &token_permissions::META;
    Comparison::of(&written(&fleet(&[(meta, before)])), &fleet(&[(meta, after)]), None)
}

#[test]
fn every_pair_of_verdicts_is_told_apart() {
    use Verdict::{Fail, Manual, NotApplicable, Pass, Unknown, Waived, Warn};
    let table = [
        (Pass, Fail, Some(Kind::Worse), Readiness::NotReady),
        (Unknown, Fail, Some(Kind::Worse), Readiness::NotReady),
        (Waived, Fail, Some(Kind::Worse), Readiness::NotReady),
        (Pass, Warn, Some(Kind::Worse), Readiness::Ready),
        (Pass, Unknown, Some(Kind::NewlyUnknown), Readiness::Undecided),
        (Fail, Unknown, Some(Kind::NewlyUnknown), Readiness::Undecided),
        (Warn, Manual, Some(Kind::NewlyUnknown), Readiness::Undecided),
        (Fail, Waived, Some(Kind::SetAside), Readiness::Ready),
        (Fail, Pass, Some(Kind::Better), Readiness::Ready),
        (Fail, Warn, Some(Kind::Better), Readiness::Ready),
        (Unknown, Pass, Some(Kind::Better), Readiness::Ready),
        (Warn, Pass, Some(Kind::Better), Readiness::Ready),
        (Fail, Fail, None, Readiness::Ready),
        (Unknown, Unknown, None, Readiness::Ready),
        (Unknown, Manual, None, Readiness::Ready),
        (Pass, NotApplicable, None, Readiness::Ready),
    ];
    for (before, after, kind, outcome) in table {
        let comparison = compare(before, after);
        assert_eq!(comparison.changes.first().map(|change| change.kind), kind, "{before:?} {after:?}");
        assert_eq!(comparison.outcome(), outcome, "{before:?} {after:?}");
    }
}

#[test]
fn the_gate_goes_by_level_and_by_what_else_counts() {
    let before = fleet(&[]);
    let after =
        fleet(&[(&spec_badge::META, Verdict::Fail), (&crate::requirement::allowed_actions::META, Verdict::Fail)]);
    let outcome = |fail_on| Comparison::of(&written(&before), &after, fail_on).outcome();
    assert_eq!((outcome(None), outcome(Some(FailOn::Warn))), (Readiness::Ready, Readiness::NotReady));
    let unknown = fleet(&[(&token_permissions::META, Verdict::Unknown)]);
    let outcome = |fail_on| Comparison::of(&written(&before), &unknown, fail_on).outcome();
    assert_eq!((outcome(Some(FailOn::Fail)), outcome(Some(FailOn::Unknown))), (Readiness::Ready, Readiness::NotReady));
}

#[test]
fn what_the_baseline_does_not_know_counts_as_new() {
    let baseline = written(&sample::fleet_of(vec![("o/other", Vec::new())]));
    let after = fleet(&[(&pinned_actions::META, Verdict::Fail), (&release_docs::META, Verdict::Unknown)]);
    let comparison = Comparison::of(&baseline, &after, None);
    assert_eq!(comparison.count(Kind::New), 2);
    assert_eq!(comparison.outcome(), Readiness::NotReady);
    assert!(comparison.remarks.iter().any(|remark| remark.contains("`o/r` is not in the baseline")));
    assert!(comparison.remarks.iter().any(|remark| remark.contains("`o/other` was in the baseline")));
    assert!(comparison.headline().ends_with("2 new"), "{}", comparison.headline());
}

#[test]
fn what_is_no_report_is_refused_in_words() {
    for (text, why) in [
        ("", "EOF"),
        ("[]", "invalid"),
        (
            r#"{"schema": "x\u001b", "generated_at": "", "profile": "", "repositories": []}"#,
            "its schema is `x\u{fffd}`",
        ),
        (
            r#"{"schema": "shipworthy.report/1", "generated_at": "", "profile": "", "repositories": [{"target": "a", "repository": null, "requirements": [{"id": "R01", "verdict": "good"}]}]}"#,
            "`good`",
        ),
    ] {
        let error = Baseline::parse(text).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_report_with_a_comparison_fits_its_schema() {
    let validator = jsonschema::draft202012::new(&serde_json::from_str(crate::report::SCHEMA).unwrap()).unwrap();
    let after = fleet(&[(&pinned_actions::META, Verdict::Fail)]);
    let comparison = Comparison::of(&written(&fleet(&[])), &after, None);
    let look = crate::report::Look { comparison: Some(&comparison), ..crate::report::Look::default() };
    let mut json = Vec::new();
    let report = Report { fleet: &after, at: sample::now(), partial: false };
    crate::report::Format::Json.write(&report, &look, &mut json).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&json).unwrap();
    validator.validate(&document).map_err(|error| format!("{error} at {}", error.instance_path())).unwrap();
    assert_eq!(document["comparison"]["changes"][0]["kind"], "worse");
}
