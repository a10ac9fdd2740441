//! The demo fleet shows what the head of each recording says it shows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use shipworthy::fact::release::PublishKind;
use shipworthy::fact::{SurveyEvent, Topic};
use shipworthy::fleet::{Fleet, Readiness, Repo, Rules};
use shipworthy::requirement::{self, Evidence, Verdict};
use shipworthy::source::replay::{self, Recording};

/// Requirements whose announced verdicts are compared.
const JUDGED: [&str; 13] = ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R12", "R13"];

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo"))
}

/// The repository as it stands after all its answers.
fn replayed(recording: &Recording) -> Option<Repo> {
    let mut fleet = Fleet::new(Rules { today: "2026-11-20".into(), ..Rules::default() });
    let target = recording.target(0);
    let repo = target.id.clone();
    fleet.absorb(SurveyEvent::Started(target));
    for observation in recording.observations_in_order() {
        fleet.absorb(SurveyEvent::Answered { repo: repo.clone(), observation: Box::new(observation) });
    }
    fleet.absorb(SurveyEvent::Finished { repo: repo.clone() });
    fleet.repos.remove(&repo).map(|repo| *repo)
}

/// One line of the comment at the head of a recording.
struct Announced {
    id: String,
    verdict: String,
    /// The first word of the remark, which for an unknown verdict is its reason.
    remark: String,
}

/// The verdicts that the head of a recording names.
fn announced(text: &str) -> Vec<Announced> {
    let head = text.lines().take_while(|line| line.starts_with('#'));
    let rows = head.filter_map(|line| line.strip_prefix("#   R")).map(|row| format!("R{row}"));
    rows.filter_map(|row| {
        let mut words = row.split_whitespace().map(|word| word.trim_end_matches(':').to_owned());
        Some(Announced { id: words.next()?, verdict: words.next()?, remark: words.next()? })
    })
    .collect()
}

/// The bundled recordings with their texts.
fn recordings() -> Vec<(String, Recording)> {
    let entries = std::fs::read_dir(folder()).into_iter().flatten().flatten();
    let paths: BTreeSet<PathBuf> = entries.map(|entry| entry.path()).collect();
    let texts = paths.iter().map(|path| std::fs::read_to_string(path).unwrap_or_default());
    texts.zip(replay::bundled().unwrap_or_default()).collect()
}

#[test]
fn the_bundled_recordings_are_the_files_of_the_folder_in_their_order() {
    assert_eq!(replay::bundled().unwrap(), replay::read(folder()).unwrap());
}

#[test]
fn each_recording_shows_what_its_head_announces() {
    for (text, recording) in recordings() {
        let announced = announced(&text);
        assert_eq!(announced.len(), requirement::ALL.len(), "{}", recording.target);
        let repo = replayed(&recording).unwrap();
        for finding in repo.findings.iter().filter(|finding| JUDGED.contains(&finding.meta.id)) {
            let shown = format!("{} {}: {}", recording.target, finding.meta.id, finding.summary);
            let row = announced.iter().find(|row| row.id == finding.meta.id).unwrap();
            assert_eq!(finding.verdict.word(), row.verdict, "{shown}");
            if finding.verdict == Verdict::Unknown {
                assert_eq!(finding.unknown().map(|why| why.reason.word()), Some(row.remark.as_str()), "{shown}");
            }
        }
    }
}

#[test]
fn between_them_they_show_every_verdict_every_evidence_and_one_that_is_ready() {
    let repos: Vec<Repo> = replay::bundled().unwrap().iter().filter_map(replayed).collect();
    let ready: Vec<&str> = repos
        .iter()
        .filter(|repo| repo.readiness(&Rules::default()) == Readiness::Ready)
        .map(|repo| &*repo.target.id.target)
        .collect();
    assert_eq!(ready, ["demo/image-tools"]);
    let findings = || repos.iter().flat_map(|repo| &repo.findings);
    let verdicts: BTreeSet<&str> = findings().map(|finding| finding.verdict.word()).collect();
    let every = ["fail", "manual", "not-applicable", "pass", "unknown", "waived", "warn"];
    assert_eq!(verdicts, BTreeSet::from(every));
    let reasons: BTreeSet<&str> = findings().filter_map(|finding| Some(finding.unknown()?.reason.word())).collect();
    let several = ["failed", "not-parsed", "offline", "permission", "rate-limit", "run-time"];
    assert_eq!(reasons, BTreeSet::from(several));
    let evidence: Vec<&Evidence> =
        findings().flat_map(|finding| &finding.checks).flat_map(|check| &check.evidence).collect();
    let shows = |kind: fn(&Evidence) -> bool| evidence.iter().any(|one| kind(one));
    assert!(shows(|one| matches!(one, Evidence::File { span: Some(_), .. })));
    assert!(shows(|one| matches!(one, Evidence::Absence { .. })));
    assert!(shows(|one| matches!(one, Evidence::Api { stale: true, .. })));
    assert!(shows(|one| matches!(one, Evidence::Api { stale: false, fetched_at: Some(_), .. })));
    assert!(shows(|one| matches!(one, Evidence::Api { fetched_at: None, status: 403, .. })));
    assert!(repos.iter().any(|repo| !repo.facts.problems.is_empty()), "one holds a broken workflow");
    let kinds: BTreeSet<&str> =
        repos.iter().flat_map(|repo| repo.facts.publishes.iter()).map(|one| one.registry.word()).collect();
    assert!(kinds.is_superset(&BTreeSet::from(["crates", "npm", "pypi"])), "{kinds:?}");
    let test = repos.iter().flat_map(|repo| repo.facts.publishes.iter()).any(|one| one.kind == PublishKind::Test);
    assert!(test, "one rehearses on a test index");
}

#[test]
fn the_ready_one_answers_every_topic() {
    let recordings = replay::bundled().unwrap();
    assert!(recordings.len() >= 9);
    let ready = recordings.iter().find(|one| one.target == "demo/image-tools").unwrap();
    assert_eq!(ready.observations.len(), Topic::ALL.len());
}
