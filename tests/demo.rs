//! The demo fleet shows what the head of each recording says it shows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use shipworthy::fact::{Fact, Observation, SurveyEvent, Topic};
use shipworthy::fleet::{Fleet, Repo, Rules};
use shipworthy::requirement::{self, Evidence};
use shipworthy::source::replay::{self, Recording};

/// Requirements that these recordings are judged by here.
const JUDGED: [&str; 3] = ["R03", "R04", "R06"];

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
    fleet.repos.remove(&repo)
}

/// The verdicts that the comment at the head of a recording names, by requirement.
fn announced(text: &str) -> Vec<(String, String)> {
    let head = text.lines().take_while(|line| line.starts_with('#'));
    let rows = head.filter_map(|line| line.strip_prefix("#   R")).map(|row| format!("R{row}"));
    rows.filter_map(|row| {
        let mut words = row.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.next()?))
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
fn settings_are_judged_as_each_recording_announces() {
    for (text, recording) in recordings() {
        let announced = announced(&text);
        assert_eq!(announced.len(), requirement::ALL.len(), "{}", recording.target);
        let repo = replayed(&recording).unwrap();
        for finding in repo.findings.iter().filter(|finding| JUDGED.contains(&finding.meta.id)) {
            let expected = announced.iter().find(|(id, _)| id == finding.meta.id).map(|(_, verdict)| verdict.as_str());
            assert_eq!(Some(finding.verdict.word()), expected, "{} {}", recording.target, finding.summary);
        }
    }
}

#[test]
fn between_them_they_announce_every_verdict_that_stays() {
    let all: Vec<(String, String)> = recordings().iter().flat_map(|(text, _)| announced(text)).collect();
    let shown: BTreeSet<&str> = all.iter().map(|(_, verdict)| verdict.as_str()).collect();
    let every = ["fail", "manual", "not-applicable", "pass", "unknown", "waived", "warn"];
    assert_eq!(shown, BTreeSet::from(every));
}

#[test]
fn they_hold_fresh_stale_refused_and_local_answers() {
    let recordings = replay::bundled().unwrap();
    assert!(recordings.len() >= 9);
    let answers: Vec<Observation> = recordings.iter().flat_map(Recording::observations_in_order).collect();
    let reasons: BTreeSet<&str> = answers.iter().filter_map(reason).collect();
    assert_eq!(reasons, BTreeSet::from(["failed", "offline", "permission", "rate-limit"]));
    let evidence: Vec<Evidence> = recordings
        .iter()
        .filter_map(replayed)
        .flat_map(|repo| repo.findings)
        .flat_map(|finding| finding.checks)
        .flat_map(|check| check.evidence)
        .collect();
    assert!(evidence.iter().any(|one| matches!(one, Evidence::Api { stale: true, .. })));
    assert!(evidence.iter().any(|one| matches!(one, Evidence::Api { stale: false, fetched_at: Some(_), .. })));
    assert!(evidence.iter().any(|one| matches!(one, Evidence::Api { fetched_at: None, status: 403, .. })));
    let ready = recordings.iter().find(|one| one.target == "demo/image-tools").unwrap();
    assert_eq!(ready.observations.len(), Topic::ALL.len(), "the ready one answers everything");
}

/// Why an observation is unknown, when it is.
fn reason(observation: &Observation) -> Option<&'static str> {
    fn of<T>(fact: &Fact<T>) -> Option<&'static str> {
        match fact {
            Fact::Unknown(why) => Some(why.reason.word()),
            _ => None,
        }
    }
    match observation {
        Observation::Files(fact) => of(fact),
        Observation::Git(fact) => of(fact),
        Observation::Repository(fact) => of(fact),
        Observation::Protection(fact) => of(fact),
        Observation::ActionsPolicy(fact) => of(fact),
        Observation::DefaultToken(fact) => of(fact),
        Observation::Environments(fact) => of(fact),
        Observation::Tags(fact) => of(fact),
        Observation::Release(fact) => of(fact),
        Observation::Attestations(fact) => of(fact),
        Observation::Provenance(fact) => of(fact),
        Observation::Runs(fact) => of(fact),
        Observation::Pins(fact) => of(fact),
    }
}
