//! The report as JUnit XML: a suite for each repository, a case for each requirement.
//!
//! A case fails where its requirement keeps the repository from being ready; what cannot be told is an error, so that
//! it is never green. What is only recommended is skipped with its reason: a build that goes by this file ends as
//! `check` ends.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::open;
use super::{Places, Report, runner};
use crate::fleet::{Fleet, Repo};
use crate::requirement::{Finding, Verdict};
use crate::text::clean;

/// How many places of one check are named.
const MOST: usize = 8;

/// Writes the report.
///
/// # Errors
/// Whatever the output refuses.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut all = quick_junit::Report::new("shipworthy");
    let at = report.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    all.add_test_suites(report.fleet.repos.values().map(|repo| suite(repo, report.fleet, &at)));
    let xml = all.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", runner::harmless_xml(xml.trim_end()))
}

fn suite(repo: &Repo, fleet: &Fleet, at: &str) -> TestSuite {
    let mut suite = TestSuite::new(words(&repo.target.id.target));
    let readiness = repo.readiness(&fleet.rules).word();
    let known = [
        ("generated_at", Some(at.to_owned())),
        ("profile", Some(fleet.rules.profile.word().to_owned())),
        ("readiness", Some(readiness.to_owned())),
        ("repository", repo.repository()),
        ("branch", repo.branch().map(str::to_owned)),
        ("commit", repo.commit().map(str::to_owned)),
    ];
    let known = known.into_iter().filter_map(|(name, value)| Some(Property::new(name, words(&value?))));
    suite.add_properties(known);
    let mut places = Places::new(&repo.facts);
    suite.add_test_cases(repo.findings.iter().map(|finding| case(finding, repo, fleet, &mut places)));
    suite
}

fn case(finding: &Finding, repo: &Repo, fleet: &Fleet, places: &mut Places<'_>) -> TestCase {
    let meta = finding.meta;
    let verdict = open::word(finding.verdict);
    let summary = words(&finding.summary);
    let mut status = match finding.verdict {
        Verdict::Pass | Verdict::Warn => TestCaseStatus::success(),
        Verdict::Fail if fleet.is_open(finding) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Unknown | Verdict::Manual | Verdict::Pending if fleet.is_open(finding) => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        _ => TestCaseStatus::skipped(),
    };
    let mut details = details(finding, repo, places);
    if finding.verdict != Verdict::Pass && finding.verdict != Verdict::Warn {
        status
            .set_message(format!("{verdict}: {summary}"))
            .set_type(verdict)
            .set_description(std::mem::take(&mut details));
    }
    let mut case = TestCase::new(format!("{} {}", meta.id, meta.slug), status);
    case.set_classname(format!("shipworthy.{}", meta.level.word()));
    if finding.verdict == Verdict::Warn {
        case.set_system_out(details);
    }
    case
}

/// Reason, place, what to do and how to see it settled, a line each.
fn details(finding: &Finding, repo: &Repo, places: &mut Places<'_>) -> String {
    let mut lines = Vec::new();
    if let Some(waiver) = &finding.waiver {
        lines.push(format!("waived: {} ({})", waiver.reason, waiver.owner));
    }
    if open::is_open(finding.verdict) {
        for check in open::reasons(finding) {
            lines.push(format!("reason: {} {}: {}", open::word(check.verdict), check.id, check.summary));
            let spots = open::spots(check, finding, &repo.facts, places);
            lines.extend(spots.iter().take(MOST).map(|spot| format!("place: {}", open::in_words(spot))));
        }
        lines.extend(open::steps(finding).iter().map(|step| format!("do: {step}")));
        lines.push(format!("settled when: {}", open::settled(finding)));
    }
    lines.iter().map(|line| words(line)).collect::<Vec<_>>().join("\n")
}

/// One clean line without the two characters that XML does not allow beyond the controls.
fn words(text: &str) -> String {
    clean::line(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests;
