//! The JUnit file is well-formed, ends as `check` ends, and shows nothing undecided as green.

use super::*;
use crate::report::sample;

fn junit(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    write(&Report { fleet, at: sample::now(), partial: false }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read(fleet: &Fleet) -> quick_junit::Report {
    quick_junit::Report::deserialize_from_str(&junit(fleet)).unwrap()
}

#[test]
fn the_file_is_as_documented() {
    insta::with_settings!({snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("junit", junit(&sample::every_verdict()));
    });
}

#[test]
fn every_file_is_read_back_as_it_was_meant() {
    for fleet in [sample::every_verdict(), sample::several(), sample::hostile(), Fleet::default()] {
        let report = read(&fleet);
        assert_eq!(report.test_suites.len(), fleet.repos.len());
        for (suite, repo) in report.test_suites.iter().zip(fleet.repos.values()) {
            assert_eq!(suite.name.as_str(), words(&repo.target.id.target));
            assert_eq!(suite.test_cases.len(), repo.findings.len());
        }
        let text = junit(&fleet);
        assert!(!text.contains(|c: char| c != '\n' && clean::is_unwanted(c)), "{text:?}");
        assert!(runner::commands(&text).is_empty(), "{text}");
    }
    assert_eq!(words("a\u{fffe}b\u{ffff}\u{1b}"), "a\u{fffd}b\u{fffd}\u{fffd}");
}

#[test]
fn a_case_fails_where_the_requirement_decides_and_undecided_is_never_green() {
    let fleet = sample::every_verdict();
    let repo = fleet.repos.values().next().unwrap();
    for (case, finding) in read(&fleet).test_suites[0].test_cases.iter().zip(&repo.findings) {
        let kind = match &case.status {
            TestCaseStatus::Success { .. } => "success",
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => "failure",
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => "error",
            TestCaseStatus::Skipped { .. } => "skipped",
        };
        let wanted = match (finding.verdict, fleet.is_open(finding)) {
            (Verdict::Fail, true) => "failure",
            (_, true) => "error",
            (Verdict::Pass | Verdict::Warn, _) => "success",
            _ => "skipped",
        };
        assert_eq!(kind, wanted, "{}", finding.meta.id);
    }
}
