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

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use fakegh::{Fault, Reply};
use serde_json::{Value, json};
use shipworthy::fact::{Fact, Reason, RepoId, SurveyEvent, Target, Topic};
use shipworthy::fleet::{Fleet as Judged, Rules};
use shipworthy::requirement::Verdict;
use shipworthy::source::github::{Api, Limits, Token, TokenSource};
use shipworthy::source::network::Network;
use shipworthy::survey::{self, Ask, Options, Reach, Survey};
use world::{ADMIN, Fleet, NARROW, PLAIN, Repo};

/// A remote repository as the command line would name it.
fn remote(index: usize, name: &str) -> Ask {
    let id = RepoId { index, target: name.into() };
    let (name, branch) = name.split_once('@').map_or((name, None), |(name, branch)| (name, Some(branch.to_owned())));
    let target = Target { id, repository: Some(name.to_owned()), path: None, whole: None };
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
    // As `check` asks: what only a release needs is asked by the checklist.
    let topics = Topic::ALL.iter().copied().filter(|topic| topic.is_judged()).collect();
    judged(asks, &Options { topics: Some(topics), network: Some(network(fleet, token)), ..Options::default() })
}

fn judged(asks: Vec<Ask>, options: &Options) -> (Judged, Vec<SurveyEvent>) {
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
    assert_eq!(judged.asking.as_deref(), Some("with a classic personal token, from GH_TOKEN"));
    let good = verdicts(&judged, 0);
    for id in PASS {
        assert_eq!(good[id], Verdict::Pass, "{id}\n{}", shown(&judged, 0));
    }
    let open = |repo: &shipworthy::fleet::Repo| {
        let checks = repo.findings.iter().flat_map(|finding| &finding.checks);
        checks.filter(|check| check.unknown.is_some()).map(|check| check.id).collect::<Vec<_>>()
    };
    let repo = judged.repos.values().next().unwrap();
    assert!(open(repo).is_empty(), "{:?}\n{}", open(repo), shown(&judged, 0));
    let bad = verdicts(&judged, 1);
    for id in ["R01", "R02", "R04", "R05", "R06", "R07", "R08", "R10", "R11", "R12"] {
        assert_eq!(bad[id], Verdict::Fail, "{id}\n{}", shown(&judged, 1));
    }
}

#[test]
fn a_reader_is_told_what_is_hidden_and_nothing_fails_for_it() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    for token in [PLAIN, NARROW] {
        let (judged, _) = asked(&fleet, Some(token), &["acme/good"]);
        let seen = verdicts(&judged, 0);
        assert_eq!(seen["R06"], Verdict::Unknown, "{}", shown(&judged, 0));
        let repo = judged.repos.values().next().unwrap();
        let finding = repo.findings.iter().find(|finding| finding.meta.id == "R06").unwrap();
        let why = finding.checks[0].unknown.as_ref().unwrap();
        assert_eq!((why.reason, why.needs.as_deref()), (Reason::Permission, Some("administration:read")));
        let environments = if token == NARROW { Verdict::Unknown } else { Verdict::Pass };
        assert_eq!(seen["R07"], environments, "{}", shown(&judged, 0));
        for id in ["R01", "R02", "R03", "R04", "R05", "R08", "R09", "R10", "R11", "R12"] {
            assert_eq!(seen[id], Verdict::Pass, "{token} {id}\n{}", shown(&judged, 0));
        }
    }
    assert_eq!(fleet.forge.count("GET /repos/acme/good/actions/permissions"), 0, "what is hidden is not asked");
}

#[test]
fn without_a_token_public_repositories_are_judged_by_rest() {
    let fleet = Fleet::new(vec![Repo::good("acme/good"), Repo::bad("acme/bad")]);
    let (judged, _) = asked(&fleet, None, &["acme/good"]);
    let seen = verdicts(&judged, 0);
    for id in ["R01", "R02", "R03", "R04", "R05", "R07", "R08", "R09", "R10", "R11", "R12"] {
        assert_eq!(seen[id], Verdict::Pass, "{id}\n{}", shown(&judged, 0));
    }
    assert_eq!(seen["R06"], Verdict::Unknown, "{}", shown(&judged, 0));
    assert_eq!(fleet.forge.count("POST /graphql"), 0);
    let requests = fleet.forge.journal().len();
    assert!(requests <= 18, "{requests} of sixty requests an hour");
    let (judged, _) = asked(&fleet, None, &["acme/bad", "acme/none"]);
    assert_eq!(verdicts(&judged, 0)["R04"], Verdict::Fail, "{}", shown(&judged, 0));
    assert!(verdicts(&judged, 1).values().all(|verdict| *verdict == Verdict::Unknown), "{}", shown(&judged, 1));
}

#[test]
fn a_fleet_of_ten_needs_few_requests_and_little_time() {
    let names: Vec<String> = (0..10).map(|number| format!("acme/r{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let fleet = Fleet::new(names.iter().map(|name| Repo::good(name)).collect());
    fleet.forge.set_latency(Duration::from_millis(100));
    let begun = Instant::now();
    let (judged, _) = asked(&fleet, Some(ADMIN), &names);
    let took = begun.elapsed();
    let journal = fleet.forge.journal();
    let queries = journal.iter().filter(|asked| asked.path == "/graphql").count();
    let points = fleet.points.load(std::sync::atomic::Ordering::SeqCst);
    println!("10 repositories: {} requests, {queries} of them queries ({points} points), {took:?}", journal.len());
    assert_eq!(queries, 3, "two batches and one question about pins");
    assert!(journal.len() <= 80, "{} requests", journal.len());
    assert!(fleet.forge.most_in_flight() <= 8);
    for index in 0..10 {
        for id in PASS {
            assert_eq!(verdicts(&judged, index)[id], Verdict::Pass, "{id}\n{}", shown(&judged, index));
        }
    }
    let one = Fleet::new(vec![Repo::good("acme/one")]);
    asked(&one, Some(ADMIN), &["acme/one"]);
    println!("1 repository: {} requests", one.forge.journal().len());
    let runs = one.forge.journal().iter().filter(|asked| asked.path.contains("/runs")).count();
    assert_eq!(one.forge.journal().len() - runs, 8);
}

#[test]
fn only_what_a_requirement_needs_is_asked() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    let topics = BTreeSet::from([Topic::Files, Topic::Git, Topic::Repository, Topic::Pins]);
    let options = Options { topics: Some(topics), network: Some(network(&fleet, Some(ADMIN))), ..Options::default() };
    let (judged, _) = judged(vec![remote(0, "acme/good")], &options);
    assert_eq!(verdicts(&judged, 0)["R08"], Verdict::Pass, "{}", shown(&judged, 0));
    let journal = fleet.forge.journal();
    assert_eq!(journal.len(), 2, "{:?}", journal.iter().map(fakegh::Asked::route).collect::<Vec<_>>());
    assert!(!journal[0].text().contains("rulesets") && !journal[0].text().contains("environments"));
    assert_eq!(fleet.index.journal().len(), 0);
}

#[test]
fn a_renamed_repository_is_followed_and_named() {
    let fleet = Fleet::new(vec![Repo::good("acme/new")]);
    fleet.rename("acme/old", "acme/new");
    let (judged, events) = asked(&fleet, Some(ADMIN), &["acme/old"]);
    assert_eq!(verdicts(&judged, 0)["R06"], Verdict::Pass, "{}", shown(&judged, 0));
    let repo = judged.repos.values().next().unwrap();
    let seen = repo.facts.repository.value().unwrap();
    assert_eq!((seen.full_name.as_str(), seen.renamed_from.as_deref()), ("acme/new", Some("acme/old")));
    let said = |event: &SurveyEvent| matches!(event, SurveyEvent::Logged(line) if line.text.contains("acme/new now"));
    assert!(events.iter().any(said));
    assert!(fleet.forge.journal().iter().all(|asked| !asked.path.contains("acme/old")));
}

#[test]
fn a_branch_is_judged_by_its_own_files_and_rules() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good@rel/1", "acme/good@none"]);
    let repo = judged.repos.values().next().unwrap();
    let states = repo.facts.protection.value().unwrap();
    let release: Vec<(&str, bool)> = states.iter().map(|state| (state.branch.as_str(), state.release)).collect();
    assert_eq!(release, [("main", false), ("rel/1", true)]);
    assert_eq!(repo.branch(), Some("rel/1"));
    assert!(fleet.forge.journal()[0].text().contains("refs/heads/rel/1:README.md"));
    assert_eq!(verdicts(&judged, 1)["R08"], Verdict::Unknown, "{}", shown(&judged, 1));
}

#[test]
fn declared_branches_are_asked_about() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    fleet.change("acme/good", |repo| {
        repo.files.insert(".github/shipworthy.yml".into(), "release-branches: ['rel/*', main]\n".into());
    });
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    let repo = judged.repos.values().next().unwrap();
    let states = repo.facts.protection.value().unwrap();
    let release: Vec<(&str, bool)> = states.iter().map(|state| (state.branch.as_str(), state.release)).collect();
    assert_eq!(release, [("main", true), ("rel/1", true)]);
    assert_eq!(verdicts(&judged, 0)["R04"], Verdict::Pass, "{}", shown(&judged, 0));
}

#[test]
fn classic_protection_that_graphql_fails_to_tell_is_asked_by_rest() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    fleet.change("acme/good", |repo| {
        repo.rules.clear();
        repo.classic = json!({"pattern": "main"});
    });
    let usual = fleet.answer_of_graphql();
    fleet.forge.on("POST /graphql", move |asked| {
        let reply = usual(asked);
        let mut body: Value = serde_json::from_slice(&reply.body).unwrap();
        if let Some(rule) = body.pointer_mut("/data/a0/defaultBranchRef/branchProtectionRule") {
            *rule = Value::Null;
            let path = json!(["a0", "defaultBranchRef", "branchProtectionRule"]);
            body["errors"] = json!([{"type": "INTERNAL", "path": path, "message": "Internal error"}]);
        }
        Reply::json(&body)
    });
    let route = "GET /repos/acme/good/branches/main/protection";
    let on = json!({"enabled": true});
    let off = json!({"enabled": false});
    let details = json!({"enforce_admins": on, "allow_force_pushes": off, "allow_deletions": off,
        "required_pull_request_reviews": {"required_approving_review_count": 1}});
    fleet.forge.json(route, &details);
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    assert_eq!(verdicts(&judged, 0)["R04"], Verdict::Pass, "{}", shown(&judged, 0));
    fleet.change("acme/good", |repo| repo.classic = Value::Null);
    fleet.forge.reply(route, Reply::status(404, &json!({"message": "Branch not protected"})));
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    assert_eq!(verdicts(&judged, 0)["R04"], Verdict::Fail, "{}", shown(&judged, 0));
}

#[test]
fn what_is_missing_in_the_world_is_a_no_and_not_unknown() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    fleet.change("acme/good", |repo| {
        repo.rules.clear();
        repo.environments.clear();
        repo.released = false;
    });
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    let seen = verdicts(&judged, 0);
    assert_eq!((seen["R04"], seen["R07"]), (Verdict::Fail, Verdict::Fail), "{}", shown(&judged, 0));
    assert_eq!(seen["R03"], Verdict::NotApplicable, "{}", shown(&judged, 0));
}

#[test]
fn a_custom_rule_is_seen_before_an_environment_is_called_empty() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    fleet.change("acme/good", |repo| repo.environments[0]["protection_rules"] = json!([]));
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    assert_eq!(verdicts(&judged, 0)["R07"], Verdict::Fail, "{}", shown(&judged, 0));
    let route = "GET /repos/acme/good/environments/pypi/deployment_protection_rules";
    fleet.change("acme/good", |repo| repo.apps.push("gate"));
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    assert_eq!(verdicts(&judged, 0)["R07"], Verdict::Manual, "{}", shown(&judged, 0));
    fleet.forge.fault(route, Fault::Status(500));
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    assert_eq!(verdicts(&judged, 0)["R07"], Verdict::Unknown, "{}", shown(&judged, 0));
}

#[test]
fn the_branches_that_may_deploy_are_named() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    fleet.change("acme/good", |repo| {
        let environment = &mut repo.environments[0];
        environment["deployment_branch_policy"] = json!({"protected_branches": false, "custom_branch_policies": true});
        let rules = environment["protection_rules"].as_array_mut().unwrap();
        rules.push(json!({"id": 3, "node_id": "x", "type": "branch_policy"}));
    });
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    let environments = judged.repos.values().next().unwrap().facts.environments.value().unwrap();
    assert_eq!(environments[0].branch_policy.as_deref(), Some("rel/*, tag v*"));
}

#[test]
fn a_batch_that_is_too_much_is_halved_and_a_missing_repository_spoils_no_other() {
    let names = ["acme/a", "acme/none", "acme/b", "acme/c", "acme/d"];
    let repos = names.iter().filter(|name| **name != "acme/none").map(|name| Repo::good(name)).collect();
    let fleet = Fleet::new(repos);
    let usual = fleet.answer_of_graphql();
    fleet.forge.on("POST /graphql", move |asked| {
        let repositories = asked.json()["query"].as_str().unwrap().matches("...Repo\n").count();
        if repositories > 2 { Reply::status(502, &json!({"message": "Server Error"})) } else { usual(asked) }
    });
    let (judged, _) = asked(&fleet, Some(ADMIN), &names);
    for index in [0, 2, 3, 4] {
        assert_eq!(verdicts(&judged, index)["R04"], Verdict::Pass, "{}", shown(&judged, index));
    }
    assert!(verdicts(&judged, 1).values().all(|verdict| *verdict == Verdict::Unknown), "{}", shown(&judged, 1));
}

#[test]
fn a_query_about_one_repository_is_tried_again() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    let (usual, tries) = (fleet.answer_of_graphql(), std::sync::atomic::AtomicUsize::new(0));
    fleet.forge.on("POST /graphql", move |asked| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Reply::status(502, &json!({"message": "Server Error"})),
        _ => usual(asked),
    });
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    assert_eq!(verdicts(&judged, 0)["R04"], Verdict::Pass, "{}", shown(&judged, 0));
}

#[test]
fn fields_that_a_server_lacks_are_left_out() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    let usual = fleet.answer_of_graphql();
    fleet.forge.on("POST /graphql", move |asked| {
        let query = asked.json()["query"].as_str().unwrap().to_owned();
        let lacking =
            ["digest", "rulesets"].into_iter().find(|field| query.lines().any(|line| line.starts_with(field)));
        match lacking {
            Some(field) => {
                Reply::json(&json!({"errors": [{"message": format!("Field '{field}' doesn't exist on type 'X'"),
                "extensions": {"code": "undefinedField", "typeName": "X", "fieldName": field}}]}))
            }
            None => usual(asked),
        }
    });
    let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
    for id in ["R01", "R04", "R06", "R08"] {
        assert_eq!(verdicts(&judged, 0)[id], Verdict::Pass, "{id}\n{}", shown(&judged, 0));
    }
}

/// A route, the requirements that rest on it, and the check that names it.
const ROUTES: &[(&str, &[&str], &str)] = &[
    ("GET /repos/acme/good/actions/permissions", &["R06"], "actions-policy"),
    ("GET /repos/acme/good/actions/permissions/selected-actions", &["R06"], "actions-policy"),
    ("GET /repos/acme/good/actions/permissions/workflow", &[], ""),
    ("GET /repos/acme/good/environments", &["R07"], "required-reviewers"),
    ("GET /repos/acme/good/git/tags/0b1ec70b1ec70b1ec70b1ec70b1ec70b1ec70b1e", &[], ""),
    ("GET /repos/acme/good/actions/workflows/release.yml/runs", &[], "last-run-event"),
    ("GET /repos/acme/good/actions/runs/30433642/approvals", &[], "last-run-approved"),
    ("POST /orgs/acme/attestations/bulk-list", &[], "released-artifacts"),
    ("GET /simple/good/", &[], "index-provenance"),
    ("GET /integrity/good/1.0/good-1.0.tar.gz/provenance", &[], "index-provenance"),
];

/// Faults after which a client asks nothing more of the kind, whatever the route.
fn stops_all(fault: &Fault) -> bool {
    matches!(fault, Fault::Limited(_) | Fault::Secondary(_) | Fault::TooMany(_) | Fault::Unauthorized)
}

/// Faults that a route may well survive.
fn may_be_harmless(fault: &Fault) -> bool {
    matches!(fault, Fault::DateOff(_) | Fault::EndlessNext | Fault::NextElsewhere(_))
}

fn matrix_of(route: &'static str, affected: &[&str], check: &str) {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    let hurried = || {
        let limits = Limits { retries: 0, total: Duration::from_secs(5), ..Limits::default() };
        let network = Network { limits, ..network(&fleet, Some(ADMIN)) };
        judged(vec![remote(0, "acme/good")], &Options { network: Some(network), ..Options::default() }).0
    };
    let usual = verdicts(&hurried(), 0);
    // Bodies of a hundred megabytes are the client's own tests.
    let faults = Fault::quick().into_iter().filter(|fault| !matches!(fault, Fault::Huge(_) | Fault::GzipBomb(_)));
    for fault in faults {
        let server =
            if route.contains("/simple/") || route.contains("/integrity/") { &fleet.index } else { &fleet.forge };
        server.fault(route, fault.clone());
        let begun = Instant::now();
        let judged = hurried();
        server.heal();
        assert!(begun.elapsed() < Duration::from_secs(30), "{route} {fault:?}");
        let seen = verdicts(&judged, 0);
        for (id, verdict) in &seen {
            let rests_on_it = affected.contains(id);
            let fine = *verdict == usual[id] && (!rests_on_it || may_be_harmless(&fault))
                || *verdict == Verdict::Unknown && (rests_on_it || stops_all(&fault));
            assert!(fine, "{route} {fault:?} {id}: {verdict:?} was {:?}\n{}", usual[id], shown(&judged, 0));
        }
        if may_be_harmless(&fault) || check.is_empty() || stops_all(&fault) {
            continue;
        }
        let repo = judged.repos.values().next().unwrap();
        let named = repo.findings.iter().flat_map(|finding| &finding.checks).find(|one| one.id == check).unwrap();
        let why = named.unknown.as_ref().unwrap_or_else(|| panic!("{route} {fault:?}: {named:?}"));
        assert!(why.detail.contains(route), "{route} {fault:?}: {}", why.detail);
    }
}

#[test]
fn a_fault_on_a_route_touches_only_what_rests_on_it() {
    std::thread::scope(|scope| {
        for (route, affected, check) in ROUTES {
            scope.spawn(move || matrix_of(route, affected, check));
        }
    });
}

#[test]
fn without_graphql_nothing_is_decided() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    let faults = Fault::deadly().into_iter().filter(|fault| !matches!(fault, Fault::Huge(_) | Fault::GzipBomb(_)));
    for fault in faults {
        fleet.forge.fault("POST /graphql", fault.clone());
        let (judged, _) = asked(&fleet, Some(ADMIN), &["acme/good"]);
        fleet.forge.heal();
        let seen = verdicts(&judged, 0);
        assert!(seen.values().all(|verdict| *verdict == Verdict::Unknown), "{fault:?}\n{}", shown(&judged, 0));
        let text = shown(&judged, 0);
        assert!(text.contains("POST /graphql"), "{fault:?}\n{text}");
    }
}

#[test]
fn a_fleet_beyond_the_quota_ends_with_the_time_when_it_starts_anew() {
    let names: Vec<String> = (0..20).map(|number| format!("acme/r{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let fleet = Fleet::new(names.iter().map(|name| Repo::good(name)).collect());
    fleet.forge.set_left(140);
    let (judged, _) = asked(&fleet, Some(ADMIN), &names);
    assert!(fleet.forge.journal().len() <= 140);
    let limited: Vec<String> = judged
        .repos
        .values()
        .flat_map(|repo| &repo.findings)
        .flat_map(|finding| &finding.checks)
        .filter_map(|check| check.unknown.as_ref())
        .filter(|why| why.reason == Reason::RateLimit)
        .map(|why| why.detail.clone())
        .collect();
    assert!(!limited.is_empty());
    assert!(limited.iter().all(|detail| detail.contains("starts anew")), "{limited:?}");
    let failed = judged.repos.values().flat_map(|repo| &repo.findings).filter(|f| f.verdict == Verdict::Fail).count();
    assert_eq!(failed, 0, "what was not asked fails nothing");
}

#[test]
fn a_short_quota_is_spent_on_what_tells_most() {
    let names: Vec<String> = (0..120).map(|number| format!("acme/r{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let fleet = Fleet::new(names.iter().map(|name| Repo::good(name)).collect());
    // Enough for the settings and environments of all, with the reserve, and for the details of a few.
    fleet.forge.set_left(700);
    let (judged, _) = asked(&fleet, Some(ADMIN), &names);
    for index in 0..names.len() {
        let seen = verdicts(&judged, index);
        assert_eq!((seen["R06"], seen["R07"]), (Verdict::Pass, Verdict::Pass), "{index} {}", shown(&judged, index));
    }
    let limited = |repo: &&shipworthy::fleet::Repo| matches!(&repo.facts.runs, Fact::Unknown(why) if why.reason == Reason::RateLimit && why.detail.contains("/runs"));
    let without_details = judged.repos.values().map(AsRef::as_ref).filter(limited).count();
    assert!((1..120).contains(&without_details), "{without_details} were not asked for their last run");
    let journal = fleet.forge.journal();
    let place = |part: &str| journal.iter().position(|asked| asked.path.ends_with(part)).unwrap();
    assert!(place("/actions/permissions") < place("/environments") && place("/environments") < place("/runs"));
}

#[test]
fn a_thousand_repositories_keep_to_few_connections() {
    let names: Vec<String> = (0..1000).map(|number| format!("acme/r{number}")).collect();
    let fleet = Fleet::new(names.iter().map(|name| Repo::good(name)).collect());
    fleet.forge.set_left(50_000);
    let topics = BTreeSet::from([Topic::Files, Topic::Git, Topic::Repository, Topic::Protection, Topic::ActionsPolicy]);
    let options = Options { topics: Some(topics), network: Some(network(&fleet, Some(ADMIN))), ..Options::default() };
    let asks = names.iter().enumerate().map(|(index, name)| remote(index, name)).collect();
    let begun = Instant::now();
    let (judged, _) = judged(asks, &options);
    println!("1000 repositories: {} requests, {:?}", fleet.forge.journal().len(), begun.elapsed());
    assert_eq!(judged.repos.len(), 1000);
    assert!(
        judged
            .repos
            .values()
            .all(|repo| repo.findings.iter().any(|f| f.meta.id == "R06" && f.verdict == Verdict::Pass))
    );
    assert!(fleet.forge.most_in_flight() <= 8 && fleet.forge.connections() <= 32, "{}", fleet.forge.connections());
}

#[test]
fn some_repositories_can_be_asked_again() {
    let fleet = Fleet::new(vec![Repo::good("acme/a"), Repo::good("acme/b")]);
    let options = Options { network: Some(network(&fleet, Some(ADMIN))), ..Options::default() };
    let survey = Survey::new(vec![remote(0, "acme/a"), remote(1, "acme/b")], &options);
    let mut judged = Judged::new(Rules::default());
    let take = |mut receiver: tokio::sync::mpsc::UnboundedReceiver<SurveyEvent>, judged: &mut Judged| {
        let mut count = 0;
        while let Some(event) = receiver.blocking_recv() {
            count += usize::from(matches!(event, SurveyEvent::Answered { .. }));
            judged.absorb(event);
        }
        count
    };
    assert_eq!(take(survey.all(), &mut judged), 2 * Topic::ALL.len());
    assert_eq!(verdicts(&judged, 1)["R04"], Verdict::Pass);
    fleet.change("acme/b", |repo| repo.rules.clear());
    let again = vec![remote(1, "acme/b")];
    assert_eq!(take(survey.about(again.clone(), Reach::Local), &mut judged), 0);
    assert_eq!(verdicts(&judged, 1)["R04"], Verdict::Pass, "a local refresh asks no forge");
    assert_eq!(take(survey.about(again, Reach::Everything), &mut judged), Topic::ALL.len());
    assert_eq!((verdicts(&judged, 0)["R04"], verdicts(&judged, 1)["R04"]), (Verdict::Pass, Verdict::Fail));
}

#[test]
fn kept_answers_come_first_and_stand_in_without_a_network() {
    let fleet = Fleet::new(vec![Repo::good("acme/good")]);
    let folder = tempfile::tempdir().unwrap();
    let cached = Network { cache: Some(folder.path().join("cache")), ..network(&fleet, Some(ADMIN)) };
    let ask = |network: Network, kept_first: bool| {
        judged(vec![remote(0, "acme/good")], &Options { network: Some(network), kept_first, ..Options::default() })
    };
    let first = verdicts(&ask(cached.clone(), true).0, 0);
    let count = fleet.forge.journal().len();
    let (judged, events) = ask(Network { offline: true, ..cached.clone() }, false);
    assert_eq!(verdicts(&judged, 0), first, "{}", shown(&judged, 0));
    assert_eq!(fleet.forge.journal().len(), count, "nothing was asked");
    let (_, again) = ask(cached, true);
    let answers = |events: &[SurveyEvent]| {
        let topic = |event: &SurveyEvent| match event {
            SurveyEvent::Answered { observation, .. } => Some(observation.topic()),
            _ => None,
        };
        let mut all: Vec<Topic> = events.iter().filter_map(topic).collect();
        all.sort();
        all
    };
    assert_eq!(answers(&events), Topic::ALL);
    let twice: Vec<Topic> = Topic::ALL.iter().flat_map(|topic| [*topic, *topic]).collect();
    assert_eq!(answers(&again), twice);
    let unchanged =
        fleet.forge.journal()[count..].iter().filter(|asked| asked.method == "GET").all(|asked| asked.status == 304);
    assert!(unchanged, "what did not change costs nothing");
}

/// The program, with a home of its own, asking this fleet.
struct Program<'a> {
    fleet: &'a Fleet,
    home: tempfile::TempDir,
}

impl<'a> Program<'a> {
    fn new(fleet: &'a Fleet) -> Self {
        Self { fleet, home: tempfile::tempdir().unwrap() }
    }

    fn run(&self, token: Option<&str>, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
        command.args(arguments).current_dir(self.home.path()).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.home.path()).env("LANG", "C.UTF-8").env("PATH", "/usr/bin:/bin");
        command.env("GITHUB_API_URL", self.fleet.forge.url()).env("SHIPWORTHY_INDEX_URL", self.fleet.index.url());
        if let Some(token) = token {
            command.env("GH_TOKEN", token);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(!said.contains("panicked at") && !said.contains(ADMIN), "{said}");
        output
    }

    fn report(&self, token: Option<&str>, arguments: &[&str]) -> Value {
        let output = self.run(token, &[&["check", "--format", "json"], arguments].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }
}

fn verdict_in(report: &Value, index: usize, id: &str) -> String {
    let requirements = report["repositories"][index]["requirements"].as_array().unwrap();
    requirements.iter().find(|one| one["id"] == id).unwrap()["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn the_program_judges_remote_repositories_and_replays_what_it_recorded() {
    let fleet = Fleet::new(vec![Repo::good("acme/good"), Repo::bad("acme/bad")]);
    let program = Program::new(&fleet);
    let report = program.report(Some(ADMIN), &["acme/good", "https://github.com/acme/bad", "--record", "records"]);
    assert_eq!(report["summary"]["ready"], 1, "{report:#}");
    assert_eq!(report["repositories"][0]["branch"], "main");
    assert_eq!((verdict_in(&report, 0, "R06"), verdict_in(&report, 1, "R06")), ("pass".into(), "fail".into()));
    let count = fleet.forge.journal().len();
    let replayed = program.report(None, &["--replay", "records"]);
    assert_eq!(fleet.forge.journal().len(), count, "a replay asks nothing");
    assert_eq!(replayed["repositories"][1]["requirements"], report["repositories"][1]["requirements"]);
    for entry in std::fs::read_dir(program.home.path().join("records")).unwrap() {
        assert!(!std::fs::read_to_string(entry.unwrap().path()).unwrap().contains("ghp_"));
    }
}

#[test]
fn the_program_lists_owners_groups_and_pins() {
    let fleet = Fleet::new(vec![Repo::good("acme/good"), Repo::bad("acme/fork"), Repo::good("acme/quiet")]);
    fleet.change("acme/fork", |repo| repo.fork = true);
    fleet.change("acme/quiet", |repo| drop(repo.files.remove(".github/workflows/release.yml")));
    let program = Program::new(&fleet);
    let names = |report: &Value| {
        let all = report["repositories"].as_array().unwrap().iter();
        all.map(|one| one["target"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&program.report(Some(ADMIN), &["acme/*"])), ["acme/good"]);
    assert_eq!(names(&program.report(Some(ADMIN), &["acme/*", "--forks-and-archived"])), ["acme/fork", "acme/good"]);
    let listed = program.run(Some(ADMIN), &["check", "acme/*", "--only", "R09"]);
    let said = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert!(said.contains("1 repositories publish something (1 do not, 1 forks") && said.contains("points"), "{said}");
    std::fs::write(program.home.path().join("c.yaml"), "groups: {core: [acme/good]}\n").unwrap();
    assert_eq!(names(&program.report(Some(ADMIN), &["@core", "--config", "c.yaml"])), ["acme/good"]);
    let refused = program.run(Some(ADMIN), &["check", "@cor", "--config", "c.yaml"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("did you mean `@core`?"));
    let pins = program.run(Some(ADMIN), &["pins", "acme/fork", "acme/good"]);
    let printed = String::from_utf8_lossy(&pins.stdout).into_owned();
    assert!(
        printed.contains(
            "\"actions/checkout@v4\": {sha: \"11bd71901bbe5b1630ceea73d27597364c9af683\", version: \"v4.2.2\"}"
        ),
        "{printed}{}",
        String::from_utf8_lossy(&pins.stderr)
    );
    assert_eq!(pins.status.code(), Some(0), "{}", String::from_utf8_lossy(&pins.stderr));
}

#[test]
fn a_folder_is_judged_by_its_files_and_by_the_settings_of_its_remote() {
    let fleet = Fleet::new(vec![Repo::bad("acme/good")]);
    fleet.change("acme/good", |repo| repo.permissions = Repo::good("acme/good").permissions);
    fleet.change("acme/good", |repo| repo.selected = Repo::good("acme/good").selected);
    let program = Program::new(&fleet);
    let clone = program.home.path().join("src/clone");
    for (path, text) in &Repo::good("acme/good").files {
        std::fs::create_dir_all(clone.join(path).parent().unwrap()).unwrap();
        std::fs::write(clone.join(path), text).unwrap();
    }
    std::fs::create_dir_all(clone.join(".git/refs/heads")).unwrap();
    std::fs::create_dir_all(clone.join(".git/objects")).unwrap();
    std::fs::write(clone.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let config = "[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = git@github.com:acme/good.git\n";
    std::fs::write(clone.join(".git/config"), config).unwrap();
    let report = program.report(Some(ADMIN), &["src/clone"]);
    let seen: Vec<String> = ["R01", "R08", "R04", "R06"].map(|id| verdict_in(&report, 0, id)).to_vec();
    assert_eq!(seen, ["pass", "pass", "fail", "pass"], "files are the folder's, settings the remote's: {report:#}");
    let count = fleet.forge.journal().len();
    let offline = program.report(Some(ADMIN), &["src/clone", "--offline", "--no-cache"]);
    assert_eq!((verdict_in(&offline, 0, "R06"), verdict_in(&offline, 0, "R08")), ("unknown".into(), "pass".into()));
    assert_eq!(fleet.forge.journal().len(), count, "offline asks nothing");
    std::fs::write(program.home.path().join("c.yaml"), "fleet: [acme/good]\nclones: [src]\n").unwrap();
    let found = program.report(Some(ADMIN), &["--config", "c.yaml"]);
    assert!(found["repositories"][0]["path"].as_str().unwrap().ends_with("src/clone"), "{found:#}");
    assert_eq!(verdict_in(&found, 0, "R08"), "pass");
}
