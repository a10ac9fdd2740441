//! What a forge and an index answer where everything is in order, and answers that must no longer pass.

use shipworthy::fact::artifact::{
    Approval, ArtifactAttestation, FileProvenance, PackageProvenance, Pin, PublishRun, Publisher, Statement,
};
use shipworthy::fact::settings::{DefaultToken, Environment, Repository, Reviewer};
use shipworthy::fact::{Fact, Facts, Observation, Topic};
use shipworthy::requirement::Verdict::{self, Fail, Manual, NotApplicable, Pass, Unknown, Warn};

use crate::judging;
use crate::trap::Files;

/// An answer that must not pass.
pub struct Trap {
    /// What is wrong, in words.
    pub why: &'static str,
    /// The topic whose answer it is.
    pub topic: Topic,
    /// Changes the facts.
    pub change: fn(&mut Facts),
    /// What is said about (`R11`, or a check as `R07:self-review`), and what.
    pub about: &'static str,
    /// The verdict.
    pub want: Verdict,
    /// Topics without which the trap cannot be seen any more, since it is the comparison of two answers.
    pub excused: &'static [Topic],
}

const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// The facts about some files, with every setting and artifact in order.
pub fn settled(files: &Files) -> Facts {
    let mut facts = files.offline();
    facts.record(Observation::Repository(api(repository())));
    facts.record(Observation::DefaultToken(api(DefaultToken { write: false, can_approve_pull_requests: false })));
    facts.record(Observation::Environments(api(vec![environment()])));
    facts.record(Observation::Runs(api(vec![run()])));
    facts.record(Observation::Attestations(api(vec![attested()])));
    facts.record(Observation::Provenance(api(vec![package()])));
    facts.record(Observation::Pins(api(pins())));
    facts
}

fn api<T>(value: T) -> Fact<T> {
    Fact::api(value, "GET /repos/o/r", 200, jiff::Timestamp::UNIX_EPOCH)
}

fn repository() -> Repository {
    Repository { full_name: "o/r".into(), default_branch: "main".into(), ..Repository::default() }
}

fn environment() -> Environment {
    Environment {
        name: "PyPI".into(),
        reviewers: vec![Reviewer::User("ada".into()), Reviewer::User("grace".into())],
        prevent_self_review: true,
        admins_can_bypass: Some(false),
        branch_policy: Some("main".into()),
        ..Environment::default()
    }
}

fn run() -> PublishRun {
    PublishRun {
        workflow: ".github/workflows/release.yml".into(),
        id: 1,
        event: "workflow_dispatch".into(),
        actor: "ada".into(),
        created_at: None,
        approvals: api(vec![approval("grace", "approved", "pypi")]),
    }
}

fn approval(user: &str, state: &str, environment: &str) -> Approval {
    Approval { user: user.into(), state: state.into(), environments: vec![environment.into()] }
}

fn attested() -> ArtifactAttestation {
    let statement = Statement {
        predicate: "https://slsa.dev/provenance/v1".into(),
        subject: DIGEST.into(),
        repository: "o/r".into(),
        workflow: ".github/workflows/release.yml".into(),
    };
    ArtifactAttestation { file: "x-1.0.tar.gz".into(), digest: DIGEST.into(), statements: vec![statement] }
}

fn package() -> PackageProvenance {
    let publisher = Publisher {
        kind: "GitHub".into(),
        repository: "o/r".into(),
        workflow: "release.yml".into(),
        environment: Some("pypi".into()),
    };
    let file = |name: &str| FileProvenance { file: name.into(), publisher: Some(publisher.clone()) };
    PackageProvenance {
        registry: "pypi".into(),
        package: "x".into(),
        version: "1.0".into(),
        files: vec![file("x-1.0.tar.gz"), file("x-1.0-py3-none-any.whl")],
    }
}

const PINS: [(&str, char, &str); 6] = [
    ("actions/checkout", '0', "v4.2.2"),
    ("actions/setup-python", '1', "v5.3.0"),
    ("actions/upload-artifact", '2', "v4.4.3"),
    ("actions/download-artifact", '3', "v4.1.8"),
    ("actions/attest-build-provenance", '4', "v1.4.4"),
    ("pypa/gh-action-pypi-publish", '5', "v1.12.2"),
];

fn sha(first: char) -> String {
    format!("{first}123456789abcdef0123456789abcdef01234567")
}

fn pins() -> std::collections::BTreeMap<String, Pin> {
    let pin = |(action, first, tag): (&str, char, &str)| {
        let pin =
            Pin { commit: Some(sha(first)), tag_object: false, tags: vec![tag.to_owned()], reachable: Some(true) };
        (format!("{action}@{}", sha(first)), pin)
    };
    PINS.into_iter().map(pin).collect()
}

fn environments(facts: &mut Facts, change: impl Fn(&mut Environment)) {
    let mut environment = environment();
    change(&mut environment);
    facts.record(Observation::Environments(api(vec![environment])));
}

fn runs(facts: &mut Facts, change: impl Fn(&mut PublishRun)) {
    let mut run = run();
    change(&mut run);
    facts.record(Observation::Runs(api(vec![run])));
}

fn statements(facts: &mut Facts, change: impl Fn(&mut ArtifactAttestation)) {
    let mut attested = attested();
    change(&mut attested);
    facts.record(Observation::Attestations(api(vec![attested])));
}

fn publishers(facts: &mut Facts, change: impl Fn(&mut Publisher)) {
    let mut package = package();
    package.files.iter_mut().filter_map(|file| file.publisher.as_mut()).for_each(change);
    facts.record(Observation::Provenance(api(vec![package])));
}

fn checkout_pin(facts: &mut Facts, change: impl Fn(&mut Pin)) {
    let mut pins = pins();
    pins.values_mut().take(1).for_each(change);
    facts.record(Observation::Pins(api(pins)));
}

macro_rules! trap {
    ($topic:ident, $about:literal, $want:ident, $why:literal, $change:expr) => {
        Trap { why: $why, topic: Topic::$topic, change: $change, about: $about, want: $want, excused: &[] }
    };
    ($topic:ident, $about:literal, $want:ident, $why:literal, $change:expr, $excused:expr) => {
        Trap { why: $why, topic: Topic::$topic, change: $change, about: $about, want: $want, excused: $excused }
    };
}

/// The traps.
pub const TRAPS: &[Trap] = &[
    trap!(Environments, "R07", Fail, "a list of environments without the name", |facts| {
        environments(facts, |environment| environment.name = "pypi-2".into());
    }),
    trap!(Environments, "R07", Fail, "an empty list of environments", |facts| {
        facts.record(Observation::Environments(api(Vec::new())));
    }),
    trap!(Environments, "R07", Fail, "nobody has to approve", |facts| {
        environments(facts, |environment| environment.reviewers.clear());
    }),
    trap!(Environments, "R07", Fail, "only a wait and a limit of branches", |facts| {
        environments(facts, |environment| {
            environment.reviewers.clear();
            environment.wait_minutes = 30;
        });
    }),
    trap!(Environments, "R07", Manual, "only an app decides", |facts| {
        environments(facts, |environment| {
            environment.reviewers.clear();
            environment.custom_apps = vec!["gate".into()];
        });
    }),
    trap!(Environments, "R07", Warn, "a reviewer may approve their own run", |facts| {
        environments(facts, |environment| environment.prevent_self_review = false);
    }),
    trap!(Environments, "R07", Warn, "the one reviewer may approve their own run", |facts| {
        environments(facts, |environment| {
            environment.reviewers.truncate(1);
            environment.prevent_self_review = false;
        });
    }),
    trap!(Environments, "R07", Warn, "only one reviewer, and not for their own run", |facts| {
        environments(facts, |environment| environment.reviewers.truncate(1));
    }),
    trap!(Environments, "R07", Unknown, "the environments cannot be seen", |facts| {
        judging::hide(facts, Topic::Environments);
    }),
    trap!(Environments, "R07:admin-bypass", Warn, "administrators may bypass the review", |facts| {
        environments(facts, |environment| environment.admins_can_bypass = Some(true));
    }),
    trap!(Environments, "R07:branch-policy", Warn, "every branch may deploy", |facts| {
        environments(facts, |environment| environment.branch_policy = None);
    }),
    trap!(Runs, "R07", Warn, "the last run was approved by who started it", |facts| {
        runs(facts, |run| run.approvals = api(vec![approval("Ada", "approved", "pypi")]));
    }),
    trap!(Runs, "R07", Warn, "the last run needed no approval", |facts| {
        runs(facts, |run| run.approvals = api(Vec::new()));
    }),
    trap!(Runs, "R07", Warn, "somebody else only rejected it", |facts| {
        let approvals = vec![approval("grace", "rejected", "pypi"), approval("ada", "approved", "pypi")];
        runs(facts, |run| run.approvals = api(approvals.clone()));
    }),
    trap!(Runs, "R07", Warn, "somebody else approved another environment", |facts| {
        runs(facts, |run| run.approvals = api(vec![approval("grace", "approved", "docs")]));
    }),
    trap!(Runs, "R07", Warn, "the run of a second publish workflow needed no approval", |facts| {
        let second = PublishRun { approvals: api(Vec::new()), ..run() };
        facts.record(Observation::Runs(api(vec![run(), second])));
    }),
    trap!(Runs, "R02", Warn, "the last run was started by a schedule", |facts| {
        runs(facts, |run| run.event = "schedule".into());
    }),
    trap!(Runs, "R02", Warn, "the last run of a second publish workflow was started by a pull request", |facts| {
        let second = PublishRun { event: "pull_request".into(), ..run() };
        facts.record(Observation::Runs(api(vec![run(), second])));
    }),
    trap!(Runs, "R02:last-run-event", NotApplicable, "no publish workflow ever ran", |facts| {
        facts.record(Observation::Runs(api(Vec::new())));
    }),
    trap!(Attestations, "R10", Warn, "a file without attestations", |facts| {
        statements(facts, |attested| attested.statements.clear());
    }),
    trap!(Attestations, "R10:released-artifacts", NotApplicable, "no file at all", |facts| {
        facts.record(Observation::Attestations(api(Vec::new())));
    }),
    trap!(Attestations, "R10", Warn, "the attestation of another file", |facts| {
        statements(facts, |attested| attested.statements.first_mut().unwrap().subject = DIGEST.replace('a', "b"));
    }),
    trap!(
        Attestations,
        "R10",
        Warn,
        "an attestation of another repository",
        |facts| {
            statements(facts, |attested| attested.statements.first_mut().unwrap().repository = "evil/r".into());
        },
        &[Topic::Repository]
    ),
    trap!(
        Attestations,
        "R10",
        Warn,
        "an attestation of a repository whose name begins alike",
        |facts| {
            statements(facts, |attested| attested.statements.first_mut().unwrap().repository = "o/r2".into());
        },
        &[Topic::Repository]
    ),
    trap!(Attestations, "R10", Warn, "the attestation is a bill of materials", |facts| {
        statements(facts, |attested| {
            attested.statements.first_mut().unwrap().predicate = "https://spdx.dev/Document/v2.3".into();
        });
    }),
    trap!(Attestations, "R10", Warn, "the attestation only says that it was published", |facts| {
        statements(facts, |attested| {
            attested.statements.first_mut().unwrap().predicate = "https://docs.pypi.org/attestations/publish/v1".into();
        });
    }),
    trap!(Attestations, "R10", Warn, "no digest on either side", |facts| {
        statements(facts, |attested| {
            attested.digest.clear();
            attested.statements.first_mut().unwrap().subject.clear();
        });
    }),
    trap!(Attestations, "R10", Warn, "one of two files is attested", |facts| {
        let bare = ArtifactAttestation { statements: Vec::new(), ..attested() };
        facts.record(Observation::Attestations(api(vec![attested(), bare])));
    }),
    trap!(Repository, "R10:released-artifacts", Unknown, "whose attestations they are cannot be told", |facts| {
        judging::hide(facts, Topic::Repository);
    }),
    trap!(Repository, "R10", Unknown, "a private repository, whose plan may offer no attestations", |facts| {
        facts.record(Observation::Repository(api(Repository { private: true, ..repository() })));
    }),
    trap!(
        Provenance,
        "R12",
        Fail,
        "published by another repository",
        |facts| {
            publishers(facts, |publisher| publisher.repository = "evil/r".into());
        },
        &[Topic::Repository]
    ),
    trap!(Provenance, "R12", Fail, "published by another workflow", |facts| {
        publishers(facts, |publisher| publisher.workflow = "ci.yml".into());
    }),
    trap!(Provenance, "R12", Fail, "published from another forge", |facts| {
        publishers(facts, |publisher| publisher.kind = "GitLab".into());
    }),
    trap!(Provenance, "R12:index-provenance", Unknown, "the publisher names no repository", |facts| {
        publishers(facts, |publisher| publisher.repository = String::new());
    }),
    trap!(Provenance, "R12:index-provenance", Unknown, "the publisher of one file names no workflow", |facts| {
        let mut package = package();
        package.files[1].publisher.as_mut().unwrap().workflow = String::new();
        facts.record(Observation::Provenance(api(vec![package])));
    }),
    trap!(Provenance, "R12", Warn, "the publisher is bound to no environment", |facts| {
        publishers(facts, |publisher| publisher.environment = None);
    }),
    trap!(Provenance, "R12", Warn, "the publisher is bound to an empty environment", |facts| {
        publishers(facts, |publisher| publisher.environment = Some(String::new()));
    }),
    trap!(Provenance, "R12", Warn, "the publisher is bound to another environment", |facts| {
        publishers(facts, |publisher| publisher.environment = Some("docs".into()));
    }),
    trap!(Provenance, "R12", Warn, "no file has provenance", |facts| {
        let mut package = package();
        package.files.iter_mut().for_each(|file| file.publisher = None);
        facts.record(Observation::Provenance(api(vec![package])));
    }),
    trap!(Provenance, "R12", Warn, "one of two files has provenance", |facts| {
        let mut package = package();
        package.files[1].publisher = None;
        facts.record(Observation::Provenance(api(vec![package])));
    }),
    trap!(
        Provenance,
        "R12",
        Fail,
        "one of two files is published by another repository",
        |facts| {
            let mut package = package();
            package.files[1].publisher.as_mut().unwrap().repository = "evil/r".into();
            facts.record(Observation::Provenance(api(vec![package])));
        },
        &[Topic::Repository]
    ),
    trap!(Provenance, "R12:index-provenance", NotApplicable, "the index knows no package", |facts| {
        facts.record(Observation::Provenance(api(Vec::new())));
    }),
    trap!(Provenance, "R12:index-provenance", NotApplicable, "the index knows no file", |facts| {
        facts.record(Observation::Provenance(api(vec![PackageProvenance { files: Vec::new(), ..package() }])));
    }),
    trap!(Repository, "R12:index-provenance", Unknown, "whose provenance it is cannot be told", |facts| {
        judging::hide(facts, Topic::Repository);
    }),
    trap!(Pins, "R08", Fail, "a pin that does not exist", |facts| checkout_pin(facts, |pin| pin.commit = None)),
    trap!(Pins, "R08", Fail, "a pin that only a fork holds", |facts| {
        checkout_pin(facts, |pin| pin.reachable = Some(false));
    }),
    trap!(Pins, "R08", Fail, "a branch that is named like a SHA", |facts| {
        checkout_pin(facts, |pin| pin.commit = Some(sha('f')));
    }),
    trap!(Pins, "R08", Fail, "a comment that names another version", |facts| {
        checkout_pin(facts, |pin| pin.tags = vec!["v3.0.0".into()]);
    }),
    trap!(Pins, "R08", Fail, "a comment that names a version whose digits begin alike", |facts| {
        checkout_pin(facts, |pin| pin.tags = vec!["v4.2.20".into()]);
    }),
    trap!(Pins, "R08", Fail, "a comment that names a version, but the commit is none", |facts| {
        checkout_pin(facts, |pin| pin.tags.clear());
    }),
    trap!(Pins, "R08", Warn, "the SHA of a tag, not of a commit", |facts| {
        checkout_pin(facts, |pin| {
            pin.tag_object = true;
            pin.commit = Some(sha('f'));
        });
    }),
    trap!(Pins, "R08:pin-is-release", Unknown, "a pin that was not looked up", |facts| {
        let mut pins = pins();
        pins.pop_first();
        facts.record(Observation::Pins(api(pins)));
    }),
    trap!(
        DefaultToken,
        "R05:default-token",
        Pass,
        "the default token writes, and every workflow says what it needs",
        |facts| {
            facts.record(Observation::DefaultToken(api(DefaultToken { write: true, can_approve_pull_requests: true })));
        }
    ),
    trap!(DefaultToken, "R05:approve-pull-requests", Warn, "workflows may approve pull requests", |facts| {
        facts.record(Observation::DefaultToken(api(DefaultToken { write: true, can_approve_pull_requests: true })));
    }),
];
