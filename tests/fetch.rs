//! The forge asked from end to end: a fleet on the loopback interface, its verdicts, its requests, and every fault.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "tests fail this way"
)]

mod fakegh;
mod world;

use std::collections::BTreeMap;

use shipworthy::fact::{Fact, Observation, RepoId, SurveyEvent, Target, Topic};
use shipworthy::fleet::{Fleet as Judged, Rules};
use shipworthy::requirement::Verdict;
use shipworthy::source::github::{Api, Token, TokenSource};
use shipworthy::source::network::Network;
use shipworthy::survey::{self, Ask, Options};
use world::{ADMIN, Fleet, NARROW, PLAIN, Repo};

/// A remote repository as the command line would name it.
fn remote(index: usize, name: &str) -> Ask {
    let id = RepoId { index, target: name.into() };
    let (name, branch) = name.split_once('@').map_or((name, None), |(name, branch)| (name, Some(branch.to_owned())));
    let target = Target { id, repository: Some(name.to_owned()), path: None };
    Ask::Remote { target, name: name.to_owned(), branch }
}

fn network(fleet: &Fleet, token: Option<&str>) -> Network {
    Network {
        forge: Api::parse(&fleet.forge.url()).unwrap(),
        index: Api::parse(&fleet.index.url()).unwrap(),
        token: token.map(|token| Token::new(token, TokenSource::Variable("GH_TOKEN")).unwrap()),
        ..Network::usual().unwrap()
    }
}

/// Asks, and judges what was answered; events are kept beside.
fn asked(fleet: &Fleet, token: Option<&str>, names: &[&str]) -> (Judged, Vec<SurveyEvent>) {
    let asks = names.iter().enumerate().map(|(index, name)| remote(index, name)).collect();
    judged(asks, Options { network: Some(network(fleet, token)), ..Options::default() })
}

fn judged(asks: Vec<Ask>, options: Options) -> (Judged, Vec<SurveyEvent>) {
    let mut fleet = Judged::new(Rules { today: "2026-11-20".to_owned(), ..Rules::default() });
    let mut events = Vec::new();
    let mut receiver = survey::start(asks, options);
    while let Some(event) = receiver.blocking_recv() {
        events.push(event.clone());
        fleet.absorb(event);
    }
    assert!(fleet.repos.values().all(|repo| repo.finished), "somebody was left waiting");
    (fleet, events)
}

/// Verdicts of one repository by the id of the requirement.
fn verdicts(fleet: &Judged, index: usize) -> BTreeMap<&'static str, Verdict> {
    let repo = fleet.repos.values().nth(index).unwrap();
    repo.findings.iter().map(|finding| (finding.meta.id, finding.verdict)).collect()
}

/// Everything that is said about one repository, for people who read a failed test.
fn shown(fleet: &Judged, index: usize) -> String {
    let repo = fleet.repos.values().nth(index).unwrap();
    let finding = |finding: &shipworthy::requirement::Finding| {
        let checks: String = finding
            .checks
            .iter()
            .map(|check| format!("      {} {}: {}\n", check.id, check.verdict.word(), check.summary))
            .collect();
        format!("{} {} {}\n{checks}", finding.meta.id, finding.verdict.word(), finding.summary)
    };
    repo.findings.iter().map(finding).collect()
}

const PASS: [&str; 12] = ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R12"];

#[test]
fn an_administrator_sees_everything() {
    let fleet = Fleet::new(vec![Repo::good("acme/good"), Repo::bad("acme/bad")]);
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good", "acme/bad"]);
    let good = verdicts(&judged, 0);
    for id in PASS {
        assert_eq!(good[id], Verdict::Pass, "{id}\n{}", shown(&judged, 0));
    }
    let bad = verdicts(&judged, 1);
    for id in ["R01", "R02", "R04", "R05", "R06", "R07", "R08", "R10", "R11", "R12"] {
        assert_eq!(bad[id], Verdict::Fail, "{id}\n{}", shown(&judged, 1));
    }
}
