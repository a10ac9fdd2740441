//! Asking again: what did not change costs next to nothing, and what did is noticed.

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
use std::sync::atomic::Ordering;

use fakegh::{Asked, Fault};
use serde_json::json;
use shipworthy::fact::{Facts, RepoId, SurveyEvent, Target};
use shipworthy::fleet::{Fleet as Judged, Rules};
use shipworthy::requirement::Verdict;
use shipworthy::source::github::{Api, Token, TokenSource};
use shipworthy::source::network::Network;
use shipworthy::survey::{Ask, Options, Reach, Survey};
use world::{ADMIN, Fleet, Repo};

/// Repositories that are asked about again and again.
struct Look {
    fleet: Fleet,
    survey: Survey,
    asks: Vec<Ask>,
    judged: Judged,
    /// Points of the last refresh.
    spent: usize,
    cache: tempfile::TempDir,
}

impl Look {
    fn new(repos: Vec<Repo>) -> Self {
        let names: Vec<String> = repos.iter().map(Repo::full_name).collect();
        let (fleet, cache) = (Fleet::new(repos), tempfile::tempdir().unwrap());
        let asks: Vec<Ask> = names.iter().enumerate().map(remote).collect();
        let survey = Survey::new(asks.clone(), &options(&fleet, &cache));
        let judged = Judged::new(Rules { today: "2026-11-20".to_owned(), ..Rules::default() });
        let mut look = Self { fleet, survey, asks, judged, spent: 0, cache };
        look.take(look.survey.all());
        look
    }

    fn take(&mut self, mut receiver: tokio::sync::mpsc::UnboundedReceiver<SurveyEvent>) {
        while let Some(event) = receiver.blocking_recv() {
            self.judged.absorb(event);
        }
    }

    /// Asks about everything again, and answers what that took.
    fn again(&mut self) -> Vec<Asked> {
        let (before, points) = (self.fleet.forge.journal().len(), self.fleet.points.load(Ordering::SeqCst));
        self.take(self.survey.about(self.asks.clone(), Reach::Everything));
        self.spent = self.fleet.points.load(Ordering::SeqCst) - points;
        self.fleet.forge.journal().split_off(before)
    }

    fn verdict(&self, id: &str) -> Verdict {
        let repo = self.judged.repos.values().next().unwrap();
        repo.findings.iter().find(|finding| finding.meta.id == id).unwrap().verdict
    }

    fn verdicts(&self) -> BTreeMap<(usize, &'static str), Verdict> {
        let one = |(index, repo): (usize, &shipworthy::fleet::Repo)| {
            repo.findings.iter().map(|finding| ((index, finding.meta.id), finding.verdict)).collect::<Vec<_>>()
        };
        self.judged.repos.values().map(Box::as_ref).enumerate().flat_map(one).collect()
    }
}

fn remote((index, name): (usize, &String)) -> Ask {
    let target = Target {
        id: RepoId { index, target: name.as_str().into() },
        repository: Some(name.clone()),
        path: None,
        whole: None,
    };
    Ask::Remote { target, name: name.clone(), branch: None }
}

fn options(fleet: &Fleet, cache: &tempfile::TempDir) -> Options {
    let network = Network {
        forge: Api::parse(&fleet.forge.url()).unwrap(),
        index: Api::parse(&fleet.index.url()).unwrap(),
        token: Some(Token::new(ADMIN, TokenSource::Variable("GH_TOKEN")).unwrap()),
        cache: Some(cache.path().join("cache")),
        ..Network::usual().unwrap()
    };
    Options { network: Some(network), ..Options::default() }
}

fn good(count: usize) -> Vec<Repo> {
    (0..count).map(|number| Repo::good(&format!("acme/r{number}"))).collect()
}

/// Requests that were neither queries nor answered with "not changed".
fn paid(asked: &[Asked]) -> Vec<String> {
    let rest = asked.iter().filter(|one| one.path != "/graphql" && one.status != 304);
    rest.map(|one| format!("{} {}", one.route(), one.status)).collect()
}

#[test]
fn nothing_changed_costs_a_point_and_otherwise_only_304s() {
    let mut look = Look::new(good(10));
    let first = look.fleet.forge.journal();
    println!("10 repositories, first: {} requests, {} points", first.len(), look.fleet.points.load(Ordering::SeqCst));
    let verdicts = look.verdicts();
    for round in 1..=3 {
        let asked = look.again();
        println!("10 repositories, refresh {round}: {} requests, {} points", asked.len(), look.spent);
        assert!(look.spent <= 2, "{} points", look.spent);
        assert_eq!(paid(&asked), Vec::<String>::new());
        assert_eq!(look.verdicts(), verdicts);
    }
    assert!(verdicts.iter().all(|((_, id), verdict)| *verdict == Verdict::Pass || *id == "R13"), "{verdicts:?}");
}

#[test]
fn answers_carry_the_time_at_which_they_were_told_or_confirmed() {
    let mut look = Look::new(good(1));
    let times = |look: &Look| {
        let facts = &look.judged.repos.values().next().unwrap().facts;
        let (files, policy) = (facts.repository.observed().unwrap().at, facts.actions_policy.observed().unwrap().at);
        (files, policy, facts.pins.observed().unwrap().at, facts.attestations.observed().unwrap().at)
    };
    let first = times(&look);
    look.again();
    let second = times(&look);
    assert!(second.0 > first.0 && second.1 > first.1, "asked anew, or confirmed");
    assert_eq!((second.2, second.3), (first.2, first.3), "neither asked nor confirmed");
}

/// A change of a repository and the requirement that notices it.
type Change = (&'static str, fn(&mut Repo), &'static str, Verdict);

/// What is seen of the one repository, times left out.
fn facts(look: &Look) -> &Facts {
    &look.judged.repos.values().next().unwrap().facts
}

const CHANGES: &[Change] = &[
    ("rules", |repo| repo.rules.clear(), "R04", Verdict::Fail),
    (
        "a file",
        |repo| {
            repo.head = "beefbeef".repeat(5);
            repo.files.remove(".github/dependabot.yml");
        },
        "R09",
        Verdict::Fail,
    ),
    ("the policy", |repo| repo.permissions = json!({"enabled": true, "allowed_actions": "all"}), "R06", Verdict::Fail),
    ("the list", |repo| repo.selected["patterns_allowed"] = json!(["*"]), "R06", Verdict::Fail),
    ("reviewers", |repo| repo.environments[0]["protection_rules"] = json!([]), "R07", Verdict::Fail),
];

#[test]
fn whatever_changed_is_noticed() {
    for (what, change, id, verdict) in CHANGES {
        let mut look = Look::new(good(1));
        look.again();
        let before = look.verdict(id);
        look.fleet.change("acme/r0", change);
        look.again();
        assert_ne!(before, *verdict, "{what}");
        assert_eq!(look.verdict(id), *verdict, "{what}");
        look.again();
        assert!(look.spent <= 2, "{what}: {} points", look.spent);
        assert_eq!(look.verdict(id), *verdict, "{what}");
        look.fleet.change("acme/r0", |repo| *repo = Repo { head: "f00df00d".repeat(5), ..Repo::good("acme/r0") });
        look.again();
        assert_eq!(look.verdict(id), before, "{what} is undone");
    }
}

#[test]
fn a_setting_without_a_verdict_of_its_own_is_asked_again_too() {
    let mut look = Look::new(good(1));
    look.fleet.change("acme/r0", |repo| repo.token["default_workflow_permissions"] = json!("write"));
    look.again();
    assert!(facts(&look).default_token.value().unwrap().write);
    look.fleet.change("acme/r0", |repo| repo.released = false);
    look.again();
    assert_eq!(facts(&look).release.value(), Some(&None));
    assert_eq!(facts(&look).tags.value().map(Vec::len), Some(0));
    look.fleet.change("acme/r0", |repo| {
        repo.classic = json!({"__typename": "BranchProtectionRule", "pattern": "main", "isAdminEnforced": true,
            "allowsDeletions": false, "allowsForcePushes": false, "requiresApprovingReviews": false,
            "requiredApprovingReviewCount": null, "requiresCommitSignatures": false, "requiresStatusChecks": false});
    });
    look.again();
    assert!(facts(&look).protection.value().unwrap()[0].classic.value().unwrap().is_some());
}

#[test]
fn a_list_that_has_grown_is_read_to_its_end() {
    let mut look = Look::new(good(1));
    look.again();
    look.fleet.change("acme/r0", |repo| {
        repo.rulesets = 3;
        repo.bypass = vec![json!({"__typename": "RepositoryRulesetBypassActor", "deployKey": true,
            "organizationAdmin": false, "enterpriseOwner": false, "repositoryRoleName": null, "actor": null})];
    });
    look.again();
    let bypass = |look: &Look| {
        let states = look.judged.repos.values().next().unwrap().facts.protection.value().unwrap().clone();
        states[0].rules.value().unwrap()[0].bypass.clone()
    };
    assert_eq!(bypass(&look).map(|all| all.len()), Some(1));
    let settled = look.again();
    assert_eq!(
        (settled.iter().filter(|one| one.path == "/graphql").count(), bypass(&look).map(|all| all.len())),
        (1, Some(1))
    );
}

#[test]
fn an_attestation_that_was_missing_is_asked_for_until_it_is_there() {
    let mut look = Look::new(vec![Repo { attested: false, ..Repo::good("acme/r0") }]);
    let list = "POST /orgs/acme/attestations/bulk-list";
    let seen = |look: &Look| {
        let listed: usize = facts(look).attestations.value().unwrap().iter().map(|file| file.statements.len()).sum();
        (listed, look.fleet.forge.count(list))
    };
    assert_eq!(seen(&look), (0, 1));
    look.again();
    assert_eq!(seen(&look), (0, 2));
    look.fleet.change("acme/r0", |repo| repo.attested = true);
    look.again();
    assert_eq!(seen(&look), (1, 3));
    look.again();
    assert_eq!(seen(&look), (1, 3));
}

#[test]
fn what_was_kept_never_stands_in_for_a_refused_answer() {
    let mut look = Look::new(good(1));
    look.again();
    look.fleet.forge.fault("POST /graphql", Fault::Status(500));
    look.again();
    assert!(look.verdicts().values().all(|verdict| *verdict == Verdict::Unknown), "{:?}", look.verdicts());
    look.fleet.forge.heal();
    look.again();
    assert_eq!(look.verdict("R04"), Verdict::Pass);
}

#[test]
fn another_survey_finds_what_is_kept_and_asks_what_it_needs() {
    let look = Look::new(vec![Repo::good("acme/r0"), Repo { attested: true, ..Repo::bad("acme/r1") }]);
    let verdicts = look.verdicts();
    let survey = Survey::new(look.asks.clone(), &options(&look.fleet, &look.cache));
    let (before, points) = (look.fleet.forge.journal().len(), look.fleet.points.load(Ordering::SeqCst));
    let mut next =
        Look { survey, judged: Judged::new(Rules { today: "2026-11-20".to_owned(), ..Rules::default() }), ..look };
    next.take(next.survey.all());
    let asked = next.fleet.forge.journal().split_off(before);
    assert_eq!((next.fleet.points.load(Ordering::SeqCst) - points, paid(&asked)), (1, Vec::new()));
    assert_eq!(next.verdicts(), verdicts);
}

#[test]
fn a_repository_that_was_renamed_is_looked_at_anew() {
    let mut look = Look::new(good(1));
    look.fleet.change("acme/r0", |repo| repo.name = "new".to_owned());
    look.fleet.rename("acme/r0", "acme/new");
    look.again();
    assert_eq!(facts(&look).repository.value().unwrap().renamed_from.as_deref(), Some("acme/r0"));
    assert!(facts(&look).files.value().unwrap().text("pyproject.toml").unwrap().contains("r0"));
}
