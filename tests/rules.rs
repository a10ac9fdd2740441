//! Repositories in miniature with the verdicts that the requirements must give: one folder is one case.
//!
//! `expect.yaml` of a case says why it is there, the verdict of each requirement, verdicts of single checks, the publish
//! steps that must be found (`file:line job registry kind`), and answers of a forge that are known beside the files.

mod judging;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use judging::{JUDGED, judge, offline, shown};
use serde::Deserialize;
use shipworthy::fact::{Facts, Observation};
use shipworthy::text::span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    why: String,
    verdicts: BTreeMap<String, String>,
    #[serde(default)]
    checks: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    publishes: Option<Vec<String>>,
    #[serde(default)]
    observations: Vec<Observation>,
}

struct Case {
    name: String,
    expected: Expected,
    facts: Facts,
}

/// The files below a folder, by their path from it.
fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Ok(name), Ok(text)) = (path.strip_prefix(root), fs::read_to_string(&path)) {
                found.insert(name.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
    found
}

fn cases() -> Result<Vec<Case>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let mut files = files(&entry.path());
        let text = files.remove("expect.yaml").unwrap_or_default();
        let expected: Expected = serde_yaml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        let mut facts = offline(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        expected.observations.iter().cloned().for_each(|observation| facts.record(observation));
        all.push(Case { name, expected, facts });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// `release.yml:12 publish pypi production` for each publish step.
fn published(facts: &Facts) -> Vec<String> {
    let shown = facts.publishes.iter().filter_map(|publish| {
        let (workflow, job) = (publish.workflow(&facts.workflows)?, publish.job(&facts.workflows)?);
        let line = span::place(facts.text(&workflow.path)?, publish.span.start).line;
        let (file, registry, kind) = (workflow.file_name(), publish.registry.word(), publish.kind.word());
        Some(format!("{file}:{line} {} {registry} {kind}", job.id.value))
    });
    shown.collect()
}

/// What a case says differently than expected.
fn differences(case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    for finding in judge(&case.facts) {
        let id = finding.meta.id;
        let wanted = case.expected.verdicts.get(id);
        if wanted.is_none_or(|wanted| wanted != finding.verdict.word()) {
            wrong.push(format!("{id} should be {wanted:?}:\n    {}", shown(&finding)));
        }
        for (check, wanted) in case.expected.checks.get(id).into_iter().flatten() {
            if finding.check(check).is_none_or(|check| check.verdict.word() != wanted) {
                wrong.push(format!("{id} {check} should be {wanted}:\n    {}", shown(&finding)));
            }
        }
    }
    let found = published(&case.facts);
    if case.expected.publishes.as_ref().is_some_and(|wanted| *wanted != found) {
        let list = |steps: &[String]| steps.join("\n      ");
        let wanted = case.expected.publishes.clone().unwrap_or_default();
        wrong.push(format!("publish steps should be\n      {}\n    and are\n      {}", list(&wanted), list(&found)));
    }
    wrong
}

#[test]
fn every_case_is_judged_as_it_should_be() {
    let mut wrong = Vec::new();
    for case in cases().unwrap() {
        let differences = differences(&case);
        if !differences.is_empty() {
            wrong.push(format!("{} ({})\n  {}", case.name, case.expected.why, differences.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_case_names_every_requirement_and_is_read_without_unexpected_problems() {
    let cases = cases().unwrap();
    assert!(cases.len() >= 30);
    for case in &cases {
        assert_eq!(case.expected.verdicts.keys().collect::<Vec<_>>(), JUDGED, "{}", case.name);
        let unreadable = case.expected.verdicts.values().all(|verdict| verdict == "unknown");
        assert!(unreadable || case.facts.problems.is_empty(), "{}: {:?}", case.name, case.facts.problems);
    }
}

#[test]
fn between_them_the_cases_hold_every_verdict_of_every_requirement() {
    let cases = cases().unwrap();
    for id in JUDGED {
        for verdict in ["pass", "warn", "fail", "unknown", "manual", "not-applicable"] {
            let held = cases.iter().any(|case| case.expected.verdicts.get(id).is_some_and(|held| held == verdict));
            assert!(held, "no case in which {id} is {verdict}");
        }
    }
}

/// A hundred jobs that call the same workflow, which calls itself as often: followed one by one, there would be a hundred
/// million ways through them.
#[test]
fn calls_that_fan_out_and_lead_back_are_judged_once() {
    let calls = |path: &str| (0..100).map(|at| format!("  j{at}: {{uses: ./{path}}}\n")).collect::<String>();
    let (first, called) = (".github/workflows/start.yml", ".github/workflows/called.yml");
    let start = format!("on: push\njobs:\n{}", calls(called));
    let publish =
        "  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n";
    let body = format!("on: workflow_call\njobs:\n{}{publish}", calls(called));
    let action = format!("runs:\n  using: composite\n  steps:\n{}", "    - uses: ./.github/actions/a\n".repeat(100));
    let facts =
        offline([(first, start.as_str()), (called, body.as_str()), (".github/actions/a/action.yml", action.as_str())]);
    let findings = judge(&facts);
    let of = |id: &str| findings.iter().find(|finding| finding.meta.id == id).map(|finding| finding.verdict.word());
    // Nobody grants an identity token, and nothing is attested.
    assert_eq!(
        (of("R10"), of("R12")),
        (Some("fail"), Some("fail")),
        "{}",
        findings.iter().map(shown).collect::<String>()
    );
}
