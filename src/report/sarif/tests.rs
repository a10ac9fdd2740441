//! The SARIF log fits its schema, its fingerprints stay when lines move, and undecided is never proved.

use serde_json::Value;

use super::*;
use crate::fact::files::FileSet;
use crate::fact::{Fact, Observation};
use crate::report::sample;
use crate::text::Span;

/// The part of the schema of SARIF 2.1.0 that these logs use, closed: what stands in no log is not allowed.
const SCHEMA: &str = include_str!("../../../tests/schemas/sarif.schema.json");

fn sarif(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    write(&Report { fleet, at: sample::now(), partial: false }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn log(fleet: &Fleet) -> Value {
    serde_json::from_str(&sarif(fleet)).unwrap()
}

#[test]
fn the_log_is_as_documented() {
    let mut log = log(&sample::every_verdict());
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap();
    assert_eq!(rules.len(), 13);
    rules.truncate(1);
    let text = serde_json::to_string_pretty(&log).unwrap().replace(VERSION, "[version]");
    insta::with_settings!({snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("sarif", text);
    });
}

#[test]
fn every_log_fits_the_schema() {
    let validator = jsonschema::draft7::new(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
    for fleet in [sample::every_verdict(), sample::several(), sample::hostile(), Fleet::default()] {
        let log = log(&fleet);
        validator.validate(&log).map_err(|error| format!("{error} at {}", error.instance_path())).unwrap();
    }
    assert!(!validator.is_valid(&serde_json::json!({"version": "2.1.0"})));
    let mut wrong = log(&sample::every_verdict());
    wrong["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn no_unwanted_character_and_no_command_is_written() {
    let text = sarif(&sample::hostile());
    assert!(!text.contains(|c: char| c != '\n' && clean::is_unwanted(c)), "{text:?}");
    assert!(runner::commands(&text).is_empty());
    for result in log(&sample::hostile())["runs"][0]["results"].as_array().unwrap() {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()) && !uri.contains("://"), "{uri}");
    }
}

#[test]
fn what_is_not_proved_has_no_level() {
    let log = log(&sample::every_verdict());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |id: &str| results.iter().filter(|one| one["ruleId"] == id).collect::<Vec<_>>();
    assert!(of("R04").iter().all(|one| one["kind"] == "open" && one["level"] == "none"));
    assert!(of("R03").iter().all(|one| one["kind"] == "review" && one["level"] == "none"));
    assert!(of("R05").iter().all(|one| one["kind"] == "fail" && one["level"] == "error"));
    assert_eq!(of("R08").len(), 4, "a result for each action");
    assert!(
        of("R08").iter().all(|one| one["suppressions"][0]["justification"] == "pinned after the next release (ada)")
    );
    assert!(of("R01").is_empty(), "what passes needs no result");
    for result in results {
        assert!(result["kind"] == "fail" || result["level"] == "none", "{result}");
        assert!(result["message"]["text"].as_str().unwrap().contains("Settled when:"));
    }
}

#[test]
fn fingerprints_follow_the_text_and_not_the_line() {
    let prints = |fleet: &Fleet| -> Vec<String> {
        let log = log(fleet);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|one| one["partialFingerprints"][FINGERPRINT].as_str().unwrap().to_owned()).collect()
    };
    let before = sample::every_verdict();
    let mut after = sample::every_verdict();
    let repo = after.repos.values_mut().next().unwrap();
    let head = "# a line more\n";
    let text = format!("{head}{}", sample::WORKFLOW);
    let texts = std::collections::BTreeMap::from([(sample::PATH.to_owned(), text.into())]);
    repo.facts.record(Observation::Files(Fact::local(FileSet { texts, ..FileSet::default() }, sample::now())));
    // By hand, as in the sample.
    let known = before.repos.values().next().unwrap();
    repo.facts.workflows = known.facts.workflows.clone();
    repo.facts.publishes = known.facts.publishes.clone();
    for evidence in repo.findings.iter_mut().flat_map(|one| &mut one.checks).flat_map(|check| &mut check.evidence) {
        if let Evidence::File { span: Some(span), .. } = evidence {
            *span = Span::new(span.start + head.len(), span.end + head.len());
        }
    }
    assert_eq!(prints(&before), prints(&after));
    let mut unique = prints(&before);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), prints(&before).len(), "each result has its own");
}

#[test]
fn a_check_of_very_many_places_shows_some_and_counts_the_rest() {
    let mut fleet = sample::every_verdict();
    let repo = fleet.repos.values_mut().next().unwrap();
    let long = format!("on: [{}]\n", "push, ".repeat(50_000));
    let texts = std::collections::BTreeMap::from([(sample::PATH.to_owned(), long.into())]);
    repo.facts.record(Observation::Files(Fact::local(FileSet { texts, ..FileSet::default() }, sample::now())));
    let failed = repo.findings.iter_mut().find(|one| one.verdict == Verdict::Fail).unwrap();
    let id = failed.meta.id;
    let check = failed.checks.iter_mut().find(|check| check.verdict == Verdict::Fail).unwrap();
    check.evidence = (0..50_000).map(|at| Evidence::at(sample::PATH, Span::new(5 + at * 6, 9 + at * 6), "")).collect();
    let written = log(&fleet);
    let results = written["runs"][0]["results"].as_array().unwrap();
    let of_check: Vec<&Value> = results.iter().filter(|one| one["ruleId"] == id && one["kind"] == "fail").collect();
    let counted =
        |one: &&&Value| one["message"]["text"].as_str().unwrap().ends_with(" 49900 more places are not shown.");
    assert!(of_check.len() >= MAX_SPOTS && of_check.len() < 2 * MAX_SPOTS, "{}", of_check.len());
    assert_eq!(of_check.iter().filter(counted).count(), 1);
}
