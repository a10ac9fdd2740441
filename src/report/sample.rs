//! Fleets made by hand that hold every verdict and every kind of evidence, for the tests of the reports.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::fact::files::{FileSet, Problem};
use crate::fact::git::Git;
use crate::fact::release::{Publish, PublishKind, Registry};
use crate::fact::{Fact, Observation, Reason, RepoId, SurveyEvent, Target, Unknown};
use crate::fleet::{Fleet, Rules};
use crate::requirement::{
    self, Check, Evidence, Finding, FixOffer, Guide, Meta, Role, Verdict, Waiver, allowed_actions, attest_provenance,
    attest_verify, branch_protection, dependabot_actions, environment_review, pinned_actions, release_docs,
    release_trigger, signed_commits, spec_badge, token_permissions, trusted_publishing,
};
use crate::text::{Place, Span};

/// The workflow of the sample.
pub const WORKFLOW: &str = "\
name: release
on:
  push:
    branches: [main]
permissions: write-all
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
      - uses: actions/cache@v1
      - run: python -m build
      - uses: pypa/gh-action-pypi-publish@release/v1
";

/// Where the workflow stands.
pub const PATH: &str = ".github/workflows/release.yml";

/// When every report of the sample is made.
pub fn now() -> Timestamp {
    "2026-11-22T16:00:00.5Z".parse().unwrap()
}

fn at(needle: &str) -> Span {
    let start = WORKFLOW.find(needle).unwrap();
    Span::new(start, start + needle.len())
}

fn seen(needle: &str, note: &str) -> Evidence {
    Evidence::at(PATH, at(needle), note)
}

/// A finding with these checks first, and the rest of its checks not applicable.
pub fn finding(meta: &'static Meta, checks: Vec<Check>) -> Finding {
    let mut checks = checks;
    for (id, role) in meta.checks {
        if !checks.iter().any(|check| check.id == *id) {
            checks.push(Check::new(id, *role, Verdict::NotApplicable, "nothing to judge here"));
        }
    }
    Finding::of(meta, checks)
}

fn passing() -> Vec<Finding> {
    let metas = requirement::ALL.iter().map(|known| known.meta());
    let pass = |meta: &'static Meta| {
        finding(meta, meta.checks.iter().map(|(id, role)| Check::new(id, *role, Verdict::Pass, "in order")).collect())
    };
    let mut all: Vec<Finding> = metas.map(pass).collect();
    all.sort_by_key(|finding| finding.meta.id);
    all
}

/// A fleet of repositories without facts, with these findings instead of what passes.
pub fn fleet_of(repos: Vec<(&str, Vec<Finding>)>) -> Fleet {
    let mut fleet = Fleet::new(Rules { today: "2026-11-22".to_owned(), ..Rules::default() });
    for (index, (name, findings)) in repos.into_iter().enumerate() {
        let id = RepoId { index, target: Arc::from(name) };
        let repository = name.contains('/').then(|| name.to_owned());
        fleet.absorb(SurveyEvent::Started(Target { id: id.clone(), repository, path: None, whole: None }));
        let repo = fleet.repos.get_mut(&id).unwrap();
        repo.findings = passing();
        for finding in findings {
            let place = repo.findings.iter().position(|known| known.meta.id == finding.meta.id).unwrap();
            repo.findings[place] = finding;
        }
    }
    fleet
}

/// One repository with every verdict and every kind of evidence, and files with problems.
pub fn every_verdict() -> Fleet {
    let mut fleet = fleet_of(vec![("src/solvers", findings())]);
    let repo = fleet.repos.values_mut().next().unwrap();
    repo.target.path = Some("/home/ada/src/solvers".to_owned());
    repo.target.repository = Some("demo/solvers".to_owned());
    let texts = BTreeMap::from([(PATH.to_owned(), Arc::from(WORKFLOW))]);
    let git = Git {
        branch: Some("main".to_owned()),
        commit: Some("4c1f9e2d0a8b7c6d5e4f30211203f4e5d6c7b8a9".to_owned()),
        ..Git::default()
    };
    repo.facts.record(Observation::Files(Fact::local(FileSet { texts, ..FileSet::default() }, now())));
    repo.facts.record(Observation::Git(Fact::local(Some(git), now())));
    // By hand, whatever the readers of workflows make of the text.
    repo.facts.workflows = Arc::default();
    repo.facts.publishes = Arc::new(vec![Publish {
        workflow: 0,
        job: 0,
        step: Some(5),
        order: 4,
        span: at("pypa/gh-action-pypi-publish@release/v1"),
        file: PATH.to_owned(),
        file_span: at("pypa/gh-action-pypi-publish@release/v1"),
        acting: None,
        command: None,
        registry: Registry::Pypi,
        kind: PublishKind::Production,
        found_by: "pypa/gh-action-pypi-publish".to_owned(),
        script: Arc::from([]),
        held: Arc::from([]),
        credential: false,
        asks: Vec::new(),
        inner: Vec::new(),
        routes: crate::fact::workflow::reach::Routes::default(),
    }]);
    repo.facts.problems = vec![
        Problem::hiding(".github/workflows/broken.yml", Some(Place { line: 2, column: 1 }), "a tab cannot indent YAML"),
        Problem::note(".github/workflows/pipe.yml", None, "is a pipe and was not read"),
    ];
    fleet
}

fn findings() -> Vec<Finding> {
    let mut all = vec![
        finding(
            &release_docs::META,
            vec![
                Check::decisive("document", Verdict::Pass, "RELEASING.md has 6 steps"),
                Check::decisive("permissions-described", Verdict::Pass, "it names who may release"),
            ],
        ),
        trigger(),
        signed(),
        finding(
            &branch_protection::META,
            vec![Check::missing::<()>(
                "release-branch",
                Role::Decisive,
                &Fact::Unknown(Unknown::new(Reason::Offline, "the rules on the release branch cannot be seen offline")),
                crate::fact::Topic::Protection,
            )],
        ),
        permissions(),
        allowed(),
        environment(),
        pinned(),
        finding(&dependabot_actions::META, vec![Check::decisive("updates", Verdict::Pass, "monthly, grouped")]),
        provenance(),
        finding(
            &attest_verify::META,
            vec![Check::decisive("verify-step", Verdict::NotApplicable, "nothing to verify")],
        ),
        finding(
            &trusted_publishing::META,
            vec![Check::decisive("no-long-lived-token", Verdict::Pass, "no stored token is used").with(
                Evidence::Person {
                    who: "ada".to_owned(),
                    at: "2026-10-01".to_owned(),
                    note: "the old token is revoked".to_owned(),
                },
            )],
        ),
        finding(&spec_badge::META, vec![Check::decisive("badge", Verdict::NotApplicable, "no badge")]),
    ];
    all.sort_by_key(|finding| finding.meta.id);
    all
}

fn trigger() -> Finding {
    let trigger = Check::decisive("trigger", Verdict::Fail, "every push to main publishes")
        .with(seen("push:\n    branches: [main]", "this starts the publish step"));
    let run = Check::supporting("last-run-event", Verdict::Warn, "the last run was started by push");
    finding(&release_trigger::META, vec![trigger, run])
        .with_fix(Some(FixOffer::review("start by workflow_dispatch only")))
}

fn signed() -> Finding {
    let checks = vec![
        Check::decisive("signatures-required", Verdict::Manual, "no one can tell but you"),
        Check::advice("release-tag-signed", Verdict::Warn, "the tag v1.2 is not signed"),
    ];
    finding(&signed_commits::META, checks).with_guide(Some(Guide {
        url: "https://github.com/demo/solvers/settings/rules".to_owned(),
        steps: vec!["Open the rules of the branch.".to_owned(), "Require signed commits.".to_owned()],
        command: "gh api -X POST repos/demo/solvers/rulesets --input - <<'JSON'\n{\"name\": \"signed\"}\nJSON"
            .to_owned(),
    }))
}

fn permissions() -> Finding {
    let check = Check::decisive("workflow-permissions", Verdict::Fail, "the workflow token may write everything")
        .with(seen("permissions: write-all", "write-all"))
        .with(Evidence::file("README.md", "says nothing about it"));
    finding(&token_permissions::META, vec![check]).with_fix(Some(FixOffer::safe("write `permissions: contents: read`")))
}

fn allowed() -> Finding {
    let why = Unknown::new(Reason::Permission, "the token may not read the settings of Actions")
        .needing("administration:read")
        .from_request("GET /repos/demo/solvers/actions/permissions", 403);
    finding(&allowed_actions::META, vec![Check::unknown("actions-policy", Role::Decisive, &why)])
}

fn environment() -> Finding {
    let api = |field: &str, value: &str, stale| Evidence::Api {
        endpoint: "GET /repos/demo/solvers/environments".to_owned(),
        status: 200,
        field: field.to_owned(),
        value: value.to_owned(),
        fetched_at: Some(now()),
        stale,
    };
    let checks = vec![
        Check::decisive("environment-named", Verdict::Pass, "the environment is pypi"),
        Check::decisive("self-review", Verdict::Warn, "who starts a release may approve it")
            .with(api("prevent_self_review", "false", false))
            .with(api("reviewers", &"ada, ".repeat(80), true)),
    ];
    finding(&environment_review::META, checks)
}

fn pinned() -> Finding {
    let uses = [
        "actions/checkout@v4",
        "actions/setup-python@v5",
        "actions/cache@v1",
        "pypa/gh-action-pypi-publish@release/v1",
    ];
    let check = Check::decisive("release-workflows", Verdict::Fail, "4 of 4 actions are not pinned to a commit")
        .with_all(uses.map(|name| seen(name, "not a commit")));
    let mut finding = finding(&pinned_actions::META, vec![check]);
    finding.verdict = Verdict::Waived;
    finding.waiver = Some(Waiver {
        reason: "pinned after the next release".to_owned(),
        owner: "ada".to_owned(),
        until: Some("2027-01-31".to_owned()),
    });
    finding
}

fn provenance() -> Finding {
    let places = (1..=9).map(|n| format!(".github/workflows/w{n}.yml"));
    let check = Check::decisive("attest-step", Verdict::Fail, "nothing attests where the files come from")
        .with(Evidence::absence(places));
    finding(&attest_provenance::META, vec![check])
}

/// A finding that fails, with a fix or without.
pub fn failing(meta: &'static Meta, fix: Option<&str>) -> Finding {
    let (id, _) = meta.checks[0];
    finding(meta, vec![Check::decisive(id, Verdict::Fail, "it does not hold")])
        .with_fix(fix.map(|title| FixOffer::safe(title.to_owned())))
}

/// A finding that cannot be told offline.
pub fn offline(meta: &'static Meta) -> Finding {
    let why = Unknown::new(Reason::Offline, "o/remote was not looked at").needing("contents:read");
    let (id, _) = meta.checks[0];
    finding(meta, vec![Check::unknown(id, Role::Decisive, &why)])
}

/// Four repositories, of which one fix frees two.
pub fn several() -> Fleet {
    let all_offline = || requirement::ALL.iter().map(|known| offline(known.meta())).collect();
    fleet_of(vec![
        ("demo/image-tools", Vec::new()),
        ("demo/arrays", vec![failing(&token_permissions::META, Some("add `permissions: contents: read`"))]),
        ("o/remote", all_offline()),
        ("demo/漢字-plots", vec![failing(&token_permissions::META, Some("add `permissions: contents: read`"))]),
        ("demo/graphnet", vec![failing(&token_permissions::META, None), failing(&pinned_actions::META, None)]),
    ])
}

/// Names and values that try to reach the terminal.
pub fn hostile() -> Fleet {
    let evil = "\u{1b}[2J\u{1b}]0;title\u{7}\r\n::error::x\u{202e}\u{9b}31m\u{200b}";
    let mut finding = finding(
        &release_trigger::META,
        vec![
            Check::decisive("trigger", Verdict::Fail, evil)
                .with(Evidence::at(evil, Span::new(0, 5), evil))
                .with(Evidence::file(evil, evil))
                .with(Evidence::Person { who: evil.to_owned(), at: evil.to_owned(), note: evil.to_owned() }),
            Check::supporting("last-run-event", Verdict::Fail, "x").with(Evidence::absence([evil])).with(
                Evidence::Api {
                    endpoint: evil.to_owned(),
                    status: 200,
                    field: evil.to_owned(),
                    value: evil.to_owned(),
                    fetched_at: None,
                    stale: false,
                },
            ),
            Check::unknown("tag-ruleset", Role::Advice, &Unknown::new(Reason::Failed, evil).needing(evil)),
        ],
    );
    finding.summary = evil.to_owned();
    finding.checks[0].summary = evil.to_owned();
    finding.fix = Some(FixOffer::review(evil));
    finding.guide = Some(Guide { url: evil.to_owned(), steps: vec![evil.to_owned()], command: evil.to_owned() });
    finding.waiver = Some(Waiver { reason: evil.to_owned(), owner: evil.to_owned(), until: Some(evil.to_owned()) });
    let mut fleet = fleet_of(vec![(evil, vec![finding.clone()]), ("o/r", vec![finding])]);
    for repo in fleet.repos.values_mut() {
        repo.target.repository = Some(evil.to_owned());
        repo.target.path = Some(evil.to_owned());
        let texts = BTreeMap::from([(evil.to_owned(), Arc::from(evil))]);
        repo.facts.record(Observation::Files(Fact::local(FileSet { texts, ..FileSet::default() }, now())));
        let git = Git { branch: Some(evil.to_owned()), commit: Some(evil.to_owned()), ..Git::default() };
        repo.facts.record(Observation::Git(Fact::local(Some(git), now())));
        let problem = Problem { path: evil.to_owned(), place: None, message: evil.to_owned(), hides: true };
        repo.facts.problems = vec![problem];
    }
    fleet
}
