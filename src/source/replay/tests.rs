//! Recordings come back as they were written, for every topic, and mistakes are named with their place.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::fact::artifact::{
    Approval, ArtifactAttestation, Asset, FileProvenance, PackageProvenance, Pin, PublishRun, Publisher, Release,
    ReleaseTag, Signature, Statement,
};
use crate::fact::files::{FileSet, Problem};
use crate::fact::git::{Git, Remote, Tag};
use crate::fact::progress::{CheckState, CommitCheck, CommitChecks, IndexVersions, Progress, PullRequest, SinceTag};
use crate::fact::settings::{
    ActionsPolicy, AllowedActions, BranchRule, BranchState, ClassicProtection, DefaultToken, Environment, PlanLimit,
    Repository, Reviewer, SelectedActions,
};
use crate::fact::{Fact, Facts};

fn at() -> Timestamp {
    "2026-11-20T14:32:00Z".parse().unwrap()
}

fn api<T>(value: T) -> Fact<T> {
    Fact::api(value, "GET /repos/demo/x", 200, at())
}

fn refused<T>() -> Fact<T> {
    let why = Unknown::new(Reason::Permission, "the token: may not").needing("administration:read");
    Fact::Unknown(why.from_request("GET /repos/demo/x", 403))
}

fn files() -> FileSet {
    let texts = [
        ("README.md", "# x\n"),
        (".github/workflows/a.yml", "on:\n  push:\n\njobs: {}\n"),
        ("crlf", "a\r\nb"),
        ("odd", "\u{feff} # - : é\ttab \n\n"),
        ("empty", ""),
    ];
    let texts = texts.into_iter().map(|(path, text)| (path.to_owned(), text.into())).collect();
    let place = Some(Place { line: 3, column: 1 });
    let problem = Problem::hiding(".github/workflows/b.yml", place, "holds a tab");
    FileSet {
        texts,
        listed: vec!["docs/x.md".into()],
        problems: vec![problem, Problem::note("p", None, "a pipe")],
        ..FileSet::default()
    }
}

fn git() -> Git {
    let remote = Remote { host: "github.com".into(), owner: "demo".into(), name: "x".into() };
    let tag = Tag { name: "v1".into(), commit: "0".repeat(40), annotated: true, signed: false };
    let commit = Some("12345678".repeat(5));
    Git {
        branch: Some("main".into()),
        commit,
        remote: Some(remote),
        tags: vec![tag],
        tags_unknown: None,
        dirty: Some(2),
    }
}

fn branch() -> BranchState {
    let rule = BranchRule {
        kind: "pull_request".into(),
        ruleset: "no".into(),
        inherited_from: Some("demo".into()),
        approvals: Some(1),
        bypass: Some(vec!["release team".into()]),
    };
    let limit = PlanLimit { endpoint: "GET /x".into(), status: 403, message: "Upgrade".into() };
    BranchState {
        branch: "2.10".into(),
        default: true,
        release: true,
        rules: api(vec![rule, BranchRule::default()]),
        protected: Fact::Pending,
        classic: api(Some(ClassicProtection { approvals: Some(2), ..ClassicProtection::default() })),
        plan_limit: Some(limit),
    }
}

fn environment() -> Environment {
    Environment {
        name: "pypi".into(),
        reviewers: vec![Reviewer::User("ada".into()), Reviewer::Team("release".into())],
        prevent_self_review: true,
        wait_minutes: 5,
        admins_can_bypass: Some(false),
        branch_policy: Some("v*".into()),
        custom_apps: vec!["gate".into()],
    }
}

fn release() -> Release {
    let assets = vec![Asset { name: "x.whl".into(), digest: Some("sha256:ab".into()) }, Asset::default()];
    Release { tag: "v1".into(), target: "main".into(), published_at: Some(at()), assets }
}

fn attestation() -> ArtifactAttestation {
    let statement = Statement {
        predicate: "https://slsa.dev/provenance/v1".into(),
        subject: "sha256:ab".into(),
        repository: "demo/x".into(),
        workflow: ".github/workflows/a.yml".into(),
    };
    ArtifactAttestation { file: "x.whl".into(), digest: "sha256:ab".into(), statements: vec![statement] }
}

fn provenance() -> PackageProvenance {
    let publisher = Publisher {
        kind: "GitHub".into(),
        repository: "demo/x".into(),
        workflow: "a.yml".into(),
        environment: Some("pypi".into()),
    };
    let files = vec![
        FileProvenance { file: "x.whl".into(), publisher: Some(publisher) },
        FileProvenance { file: "x.tar.gz".into(), publisher: None },
    ];
    PackageProvenance { registry: "pypi".into(), package: "x".into(), version: "3.10".into(), files }
}

fn run() -> PublishRun {
    let approval = Approval { user: "ada".into(), state: "approved".into(), environments: vec!["pypi".into()] };
    PublishRun {
        workflow: ".github/workflows/a.yml".into(),
        id: 12_345_678_901,
        event: "workflow_dispatch".into(),
        actor: "grace".into(),
        created_at: Some(at()),
        approvals: api(vec![approval]),
    }
}

fn tag() -> ReleaseTag {
    let signature = Signature { verified: true, reason: "valid".into(), by_forge: true };
    ReleaseTag {
        name: "v1.0".into(),
        commit: "1e10".repeat(10),
        object: Some("0b1e".repeat(10)),
        tag_signature: Some(signature),
        commit_signature: None,
    }
}

fn policy(allowed: AllowedActions) -> ActionsPolicy {
    ActionsPolicy { enabled: true, allowed, inherited: true, sha_pinning_required: Some(false) }
}

/// One rich answer to every topic.
fn every_topic() -> Vec<Observation> {
    let repository = Repository {
        full_name: "demo/x".into(),
        default_branch: "main".into(),
        renamed_from: Some("demo/y".into()),
        ..Repository::default()
    };
    let chosen = SelectedActions { github_owned: true, verified: false, patterns: vec!["*".into(), "!a/b@*".into()] };
    let pin = Pin { commit: Some("a".repeat(40)), tag_object: true, tags: vec!["v4".into()], reachable: Some(true) };
    let pins = [("actions/checkout@v4".to_owned(), pin), ("x/y@1".to_owned(), Pin::default())];
    vec![
        Observation::Files(Fact::local(files(), at())),
        Observation::Git(Fact::local(Some(git()), at())),
        Observation::Repository(api(repository)),
        Observation::Protection(api(vec![branch()])),
        Observation::ActionsPolicy(api(policy(AllowedActions::Selected(api(chosen))))),
        Observation::DefaultToken(api(DefaultToken { write: true, can_approve_pull_requests: false })),
        Observation::Environments(api(vec![environment(), Environment::default()])),
        Observation::Tags(api(vec![tag()])),
        Observation::Release(api(Some(release()))),
        Observation::Attestations(api(vec![attestation()])),
        Observation::Provenance(api(vec![provenance()])),
        Observation::Runs(api(vec![run()])),
        Observation::Pins(api(BTreeMap::from(pins))),
        Observation::Checks(api(checks())),
        Observation::Progress(api(progress())),
        Observation::PullRequests(api(vec![pull_request()])),
        Observation::Versions(api(vec![versions()])),
    ]
}

fn checks() -> CommitChecks {
    let check = |name: &str, state| CommitCheck { name: name.to_owned(), state };
    let states = [CheckState::Passed, CheckState::Failed, CheckState::Running];
    CommitChecks { commit: "a".repeat(40), checks: states.map(|state| check("tests: all", state)).to_vec() }
}

fn progress() -> Progress {
    let since = Some(SinceTag { tag: "v1".to_owned(), commits: 7 });
    Progress { branch: "main".to_owned(), head: "a".repeat(40), since }
}

fn pull_request() -> PullRequest {
    let branch = "dependabot/github_actions/x".to_owned();
    PullRequest { number: 7, title: "Bump: x".to_owned(), author: "dependabot[bot]".to_owned(), branch }
}

fn versions() -> IndexVersions {
    IndexVersions { registry: "pypi".to_owned(), package: "x".to_owned(), versions: vec!["1.0".to_owned()] }
}

/// The same topics with the smallest answers.
fn small_answers() -> Vec<Observation> {
    let why = Unknown::new(Reason::Failed, "git is too old").needing("git");
    let repository = Repository { full_name: "demo/x".into(), ..Repository::default() };
    vec![
        Observation::Files(Fact::local(FileSet::default(), at())),
        Observation::Git(Fact::local(Some(Git { tags_unknown: Some(why), ..Git::default() }), at())),
        Observation::Repository(api(repository)),
        Observation::Protection(api(Vec::new())),
        Observation::ActionsPolicy(api(policy(AllowedActions::LocalOnly))),
        Observation::Environments(api(Vec::new())),
        Observation::Tags(api(vec![ReleaseTag::default()])),
        Observation::Release(api(None)),
        Observation::Runs(api(vec![PublishRun { approvals: refused(), ..PublishRun::default() }])),
        Observation::Pins(api(BTreeMap::new())),
        Observation::Checks(api(CommitChecks::default())),
        Observation::Progress(api(Progress::default())),
        Observation::PullRequests(api(Vec::new())),
        Observation::Versions(api(Vec::new())),
    ]
}

fn recording(observations: Vec<Observation>) -> Recording {
    let target = "demo/x".to_owned();
    Recording { repository: Some(target.clone()), target, observations, ..Recording::default() }
}

fn parse(text: &str) -> Result<Recording, String> {
    Recording::parse(Path::new("x.yaml"), text).map_err(|error| error.to_string())
}

#[test]
fn every_topic_comes_back_from_yaml_and_json() {
    let unknown = Topic::ALL.iter().map(|topic| Observation::unknown(*topic, Unknown::new(Reason::Failed, "x: y\nz")));
    let all = policy(AllowedActions::All);
    let hidden = policy(AllowedActions::Selected(refused()));
    let policies = [all, hidden].map(|one| vec![Observation::ActionsPolicy(api(one))]);
    let no_clone = vec![vec![Observation::Git(Fact::local(None, at()))]];
    assert_eq!(every_topic().iter().map(Observation::topic).collect::<Vec<_>>(), Topic::ALL);
    for observations in [vec![every_topic(), small_answers(), unknown.collect()], policies.into(), no_clone].concat() {
        let written = recording(observations);
        let yaml = serde_yaml::to_string(&written).unwrap();
        assert_eq!(parse(&yaml).unwrap(), written, "{yaml}");
        assert!(!yaml.contains(" !"), "no tags: {yaml}");
        let json = serde_json::to_string(&written).unwrap();
        assert_eq!(Recording::parse(Path::new("x.JSON"), &json).unwrap(), written, "{json}");
    }
}

#[test]
fn a_recording_is_pleasant_to_write_by_hand() {
    let recording = parse(
        "# a comment\n\
         target: demo/x\n\
         observations:\n\
         - topic: actions-policy\n  \
           known:\n    enabled: true\n    allowed:\n      rule: selected\n      known: {github-owned: true, patterns: [a/b@*]}\n      at: 2026-11-20T14:32:00Z\n  \
           from: GET /repos/demo/x/actions/permissions\n  at: 2026-11-20T14:32:00Z\n  stale: true\n\
         - topic: environments\n  \
           known:\n  - name: pypi\n    reviewers: [{kind: team, name: release}]\n    prevent-self-review: true\n  at: 2026-11-20T14:32:00Z\n\
         - topic: tags\n  unknown: rate-limit\n  detail: used up\n",
    )
    .unwrap();
    let mut facts = Facts::default();
    for observation in recording.observations_in_order() {
        facts.record(observation);
    }
    assert!(facts.actions_policy.observed().unwrap().stale);
    let AllowedActions::Selected(list) = &facts.actions_policy.value().unwrap().allowed else { panic!("selected") };
    assert_eq!(list.value().unwrap().patterns, ["a/b@*"]);
    assert_eq!(facts.environments.value().unwrap()[0].reviewers, [Reviewer::Team("release".into())]);
    assert!(matches!(&facts.tags, Fact::Unknown(why) if why.reason == Reason::RateLimit));
}

#[test]
fn an_absent_topic_is_unknown_never_empty() {
    let some = vec![Observation::Tags(api(vec![tag()])), Observation::Release(api(None))];
    for offline in [false, true] {
        let answers = Recording { offline, ..recording(some.clone()) }.observations_in_order();
        assert_eq!(answers.get(..2), Some(&some[..]), "recorded answers first, in their order");
        let topics: BTreeSet<Topic> = answers.iter().map(Observation::topic).collect();
        assert_eq!((answers.len(), topics.len()), (Topic::ALL.len(), Topic::ALL.len()));
        let mut facts = Facts::default();
        for observation in answers {
            facts.record(observation);
        }
        let Fact::Unknown(why) = &facts.actions_policy else { panic!("not in the recording") };
        assert_eq!(why.reason, if offline { Reason::Offline } else { Reason::Failed });
        assert_eq!(why.needs.as_deref(), offline.then_some("administration:read"));
    }
}

#[test]
fn a_target_keeps_its_place_and_is_cleaned() {
    let target = Recording { target: "demo/\u{1b}x".into(), ..recording(Vec::new()) }.target(3);
    assert_eq!((target.id.index, &*target.id.target), (3, "demo/\u{fffd}x"));
    assert_eq!(target.repository.as_deref(), Some("demo/x"));
}

#[test]
fn mistakes_are_named_with_file_and_line() {
    for (text, words) in [
        ("target: x\nobservation: []\n", "x.yaml:2:1: unknown field `observation`"),
        ("target: x\nobservation: []\n", "did you mean `observations`?"),
        ("observations: []\n", "names no `target`"),
        ("", "names no `target`"),
        ("target: x\nobservations:\n- topic: tag\n  unknown: failed\n  detail: x\n", "unknown variant `tag`"),
        ("target: x\nobservations:\n- topic: tags\n  unknown: broken\n  detail: x\n", "x.yaml:4:12: "),
        ("target: x\nobservations:\n- {topic: git, pending: true}\n- topic: tags\n  known: []\n", "x.yaml:4:3: "),
        ("target: x\nobservations:\n- pending: true\n  topic: tags\n", "an answer begins with `topic`"),
        ("target: x\nobservations:\n- tags\n", "the text `tags` stands where a map that begins with `topic` belongs"),
        ("target: x\nobservations:\n- topic: tags\n  known: []\n", "needs `at`"),
        (
            "target: x\nobservations:\n- {topic: tags, pending: true}\n- {topic: tags, pending: true}\n",
            "answers the signatures of the last releases twice",
        ),
        ("target: [\n", "x.yaml:"),
        ("target: x\ntarget: y\n", "duplicate"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(words), "{text}: {error}");
    }
    let json = Recording::parse(Path::new("x.json"), "{\n \"target\": 1}").unwrap_err().to_string();
    assert!(json.starts_with("x.json:2:"), "{json}");
}

#[test]
fn a_folder_is_read_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let empty = read(folder.path()).unwrap_err();
    assert!(matches!(empty, ReplayError::Empty { .. }), "{empty}");
    write("b.yml", "\u{feff}target: second\n");
    write("c.JSON", "\u{feff}{\"target\": \"third\"}");
    write("a.yaml", "target: first\r\n");
    write("notes.txt", "no recording");
    let targets: Vec<String> = read(folder.path()).unwrap().into_iter().map(|one| one.target).collect();
    assert_eq!(targets, ["first", "second", "third"]);
    write("d.yaml", "target: x\nzzz: 1\n");
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("d.yaml:2:1: ") && error.contains("zzz"), "{error}");
    fs::write(folder.path().join("d.yaml"), b"target: \xff").unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().contains("UTF-8"));
    assert!(matches!(read(&folder.path().join("none")), Err(ReplayError::Unreadable { .. })));
}

#[test]
fn a_name_of_a_file_is_cleaned_in_errors() {
    let error = Recording::parse(Path::new("a\u{1b}[2J.yaml"), "zzz: 1").unwrap_err().to_string();
    assert!(!error.contains('\u{1b}'), "{error}");
}
