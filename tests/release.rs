//! What only a release asks for, from end to end: the checklist of the program, and one repository asked again.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "tests fail this way"
)]

mod fakegh;
#[expect(dead_code, reason = "other tests use the rest")]
mod world;

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use shipworthy::fact::progress::CheckState;
use shipworthy::fact::{Facts, Reason, RepoId, SurveyEvent, Target, Topic};
use shipworthy::source::github::{Api, Token, TokenSource};
use shipworthy::source::network::Network;
use shipworthy::survey::{Ask, Options, Reach, Survey};
use tempfile::TempDir;
use world::{ADMIN, Fleet, NARROW, PLAIN, Repo};

/// How the program ended, and what it printed.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

fn program(arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let home = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
    command.args(arguments).current_dir(home.path()).stdin(Stdio::null()).env_clear();
    command.env("HOME", home.path()).env("LANG", "C.UTF-8").env("USER", "someone").envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let run = Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!run.err.contains("panicked at"), "{}", run.err);
    run
}

/// `checklist acme/one` in JSON, for the owner of this token.
fn checklist(fleet: &Fleet, token: &str, more: &[&str]) -> Value {
    let (forge, index) = (fleet.forge.url(), fleet.index.url());
    let variables = [("GITHUB_API_URL", &*forge), ("SHIPWORTHY_INDEX_URL", &*index), ("GH_TOKEN", token)];
    let arguments = ["checklist", "acme/one", "--format", "json", "--release", "1.0"];
    let run = program(&[&arguments, more].concat(), &variables);
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{:?} {} {}", run.code, run.out, run.err))
}

/// Verdict and words of a step.
fn step<'a>(walk: &'a Value, id: &str) -> (&'a str, &'a str) {
    let steps = walk["steps"].as_array().unwrap_or_else(|| panic!("{walk:#}"));
    let step = steps.iter().find(|step| step["id"] == id).unwrap_or_else(|| panic!("no {id} in {walk:#}"));
    (step["result"].as_str().unwrap_or_default(), step["why"].as_str().unwrap_or_default())
}

#[test]
fn the_checklist_asks_what_only_a_release_needs() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    for token in [ADMIN, PLAIN] {
        let walk = checklist(&fleet, token, &[]);
        assert_eq!(step(&walk, "checks-green"), ("pass", "3 checks passed"));
        assert_eq!(step(&walk, "in-step").0, "pass");
        assert_eq!(step(&walk, "unreleased"), ("pass", "4 commits since v1.0"));
        assert_eq!(step(&walk, "version-free").0, "fail");
        let (verdict, why) = step(&walk, "action-updates");
        assert!(verdict == "warn" && why.contains("#12"), "{verdict} {why}");
    }
    assert_eq!(fleet.forge.count("GET /user"), 2, "once for each run");
}

#[test]
fn what_a_narrow_token_may_not_see_is_never_green() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    let walk = checklist(&fleet, NARROW, &[]);
    let (verdict, why) = step(&walk, "checks-green");
    assert!(verdict == "open" && why.contains("checks:read"), "{verdict} {why}");
    let (verdict, why) = step(&walk, "action-updates");
    assert!(verdict == "open" && why.contains("pull_requests:read"), "{verdict} {why}");
}

#[test]
fn the_owner_of_the_token_answers() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("answers.yaml");
    let first = checklist(&fleet, PLAIN, &[]);
    let open =
        first["steps"].as_array().unwrap().iter().find(|step| step["how"] == "person" && step["result"] == "open");
    let id = open.unwrap_or_else(|| panic!("{first:#}"))["id"].as_str().unwrap().to_owned();
    std::fs::write(&file, format!("answers:\n  - step: {id}\n    said: yes\n    note: seen\n")).unwrap();
    let walk = checklist(&fleet, PLAIN, &["--answers", file.to_str().unwrap()]);
    assert!(walk.to_string().contains("\"grace\""), "{walk:#}");
    let named = checklist(&fleet, PLAIN, &["--answers", file.to_str().unwrap(), "--as", "Ada L"]);
    assert!(named.to_string().contains("\"Ada L\"") && !named.to_string().contains("\"grace\""), "{named:#}");
}

#[test]
fn a_plain_check_asks_nothing_of_it() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    let (forge, index) = (fleet.forge.url(), fleet.index.url());
    let variables = [("GITHUB_API_URL", &*forge), ("SHIPWORTHY_INDEX_URL", &*index), ("GH_TOKEN", PLAIN)];
    program(&["check", "acme/one"], &variables);
    for asked in fleet.forge.journal() {
        let route = asked.route();
        assert!(
            !["check-runs", "/status", "/compare/", "/pulls", "/user"].iter().any(|part| route.contains(part)),
            "{route}"
        );
    }
}

/// A survey as the dashboard has it, and its one repository.
fn dashboard(fleet: &Fleet, token: Option<&str>) -> (Survey, Ask) {
    let id = RepoId { index: 0, target: "acme/one".into() };
    let target = Target { id, repository: Some("acme/one".to_owned()), path: None, whole: None };
    let ask = Ask::Remote { target, name: "acme/one".to_owned(), branch: None };
    let network = Network {
        forge: Api::parse(&fleet.forge.url()).unwrap(),
        index: Api::parse(&fleet.index.url()).unwrap(),
        token: token.map(|token| Token::new(token, TokenSource::Variable("GH_TOKEN")).unwrap()),
        ..Network::usual().unwrap()
    };
    let topics = Topic::ALL.iter().copied().filter(|topic| !Topic::RELEASE.contains(topic)).collect();
    let options = Options { topics: Some(topics), network: Some(network), ..Options::default() };
    (Survey::new(Vec::new(), &options), ask)
}

/// The topics that a round answers, what is known after it, and the login it told.
fn round(survey: &Survey, ask: &Ask, reach: Reach, facts: &mut Facts) -> (Vec<Topic>, Option<String>) {
    let mut events = survey.about(vec![ask.clone()], reach);
    let (mut topics, mut login, mut finished) = (Vec::new(), None, false);
    while let Some(event) = events.blocking_recv() {
        match event {
            SurveyEvent::Answered { observation, .. } => {
                topics.push(observation.topic());
                facts.record(*observation);
            }
            SurveyEvent::Login(name) => login = Some(name),
            SurveyEvent::Finished { .. } => finished = true,
            _ => {}
        }
    }
    assert!(finished);
    topics.sort();
    (topics, login)
}

#[test]
fn a_round_about_a_release_answers_that_and_nothing_else() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    let (survey, ask) = dashboard(&fleet, Some(PLAIN));
    let mut facts = Facts::default();
    let (_, login) = round(&survey, &ask, Reach::Everything, &mut facts);
    assert!(login.is_none() && facts.checks.value().is_none());
    let (topics, login) = round(&survey, &ask, Reach::Release, &mut facts);
    assert_eq!((topics.as_slice(), login.as_deref()), (Topic::RELEASE, Some("grace")));
    assert!(facts.checks.value().unwrap().checks.iter().all(|check| check.state == CheckState::Passed));
    assert_eq!(facts.progress.value().unwrap().since.as_ref().unwrap().commits, 4);
    assert_eq!(facts.pull_requests.value().unwrap().len(), 1);
    assert_eq!(facts.versions.value().unwrap()[0].versions, ["1.0"]);
    assert!(facts.protection.value().is_some(), "the rest stays");
    round(&survey, &ask, Reach::Everything, &mut facts);
    assert!(facts.checks.value().is_some(), "asking everything again forgets nothing");
    assert_eq!(fleet.forge.count("GET /user"), 1);
}

#[test]
fn a_release_without_a_tag_is_the_first_and_one_without_a_forge_is_unknown() {
    let mut repo = Repo::good("acme/one");
    repo.released = false;
    let fleet = Fleet::new(vec![repo]);
    let (survey, ask) = dashboard(&fleet, Some(ADMIN));
    let mut facts = Facts::default();
    round(&survey, &ask, Reach::Release, &mut facts);
    assert_eq!(facts.progress.value().unwrap().since, None);
    let offline = Survey::new(Vec::new(), &Options::default());
    let (topics, login) = round(&offline, &ask, Reach::Release, &mut facts);
    assert_eq!((topics.as_slice(), login), (Topic::RELEASE, None));
    let shipworthy::fact::Fact::Unknown(why) = &facts.checks else { panic!("{:?}", facts.checks) };
    assert_eq!(why.reason, Reason::Offline);
}

#[test]
fn everybody_sees_the_release_of_a_public_repository() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    let (survey, ask) = dashboard(&fleet, None);
    let mut facts = Facts::default();
    let (topics, login) = round(&survey, &ask, Reach::Release, &mut facts);
    assert_eq!((topics.as_slice(), login), (Topic::RELEASE, None));
    assert!(facts.checks.value().is_some() && facts.pull_requests.value().is_some(), "{facts:?}");
    assert_eq!(facts.progress.value().unwrap().since.as_ref().unwrap().tag, "v1.0");
}

#[test]
fn a_clone_with_a_commit_of_its_own_is_told_about_the_head_of_its_branch() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    let folder = TempDir::new().unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]).args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["remote", "add", "origin", "https://github.com/acme/one.git"]);
    git(&["commit", "-q", "--allow-empty", "-m", "Own"]);
    let own = git(&["rev-parse", "HEAD"]);
    let words = json!({"message": format!("No commit found for SHA: {own}")});
    fleet
        .forge
        .on(&format!("GET /repos/acme/one/commits/{own}/check-runs"), move |_| fakegh::Reply::status(422, &words));
    let id = RepoId { index: 0, target: "acme/one".into() };
    let target = Target { id, repository: None, path: None, whole: None };
    let ask = Ask::Folder { target, root: folder.path().to_owned() };
    let network = Network {
        forge: Api::parse(&fleet.forge.url()).unwrap(),
        index: Api::parse(&fleet.index.url()).unwrap(),
        token: Some(Token::new(PLAIN, TokenSource::Variable("GH_TOKEN")).unwrap()),
        ..Network::usual().unwrap()
    };
    let survey = Survey::new(Vec::new(), &Options { network: Some(network), ..Options::default() });
    let mut facts = Facts::default();
    let (topics, _) = round(&survey, &ask, Reach::Release, &mut facts);
    assert_eq!(topics, Topic::RELEASE);
    let checks = facts.checks.value().unwrap_or_else(|| panic!("{:?}", facts.checks));
    assert!(checks.commit != own && checks.commit == facts.progress.value().unwrap().head);
    assert_eq!(fleet.forge.count(&format!("GET /repos/acme/one/commits/{own}/check-runs")), 1);
}

#[test]
fn a_token_that_cannot_be_used_is_in_the_way_only_of_the_network() {
    let (bad, missing) = ([("GH_TOKEN", "two words")], [("SHIPWORTHY_TOKEN_FILE", "/none/such")]);
    for variables in [&bad[..], &missing[..]] {
        for arguments in [&["check", "--offline", "."][..], &["fix", "--offline", "--dry-run", "."], &["demo"]] {
            let run = program(arguments, variables);
            assert!(!run.err.contains("token"), "{arguments:?} {}", run.err);
            // Nothing is written into an empty folder.
            let is_done = !run.out.is_empty() || run.err.contains("refused, since no repository is here");
            assert!(is_done, "{arguments:?} {}", run.err);
        }
    }
    let run = program(&["check", "acme/one"], &bad);
    assert!(run.code == Some(2) && run.err.contains("GH_TOKEN holds no token"), "{:?} {}", run.code, run.err);
    let run = program(&["check", "acme/one"], &missing);
    assert!(run.code == Some(2) && run.err.contains("/none/such cannot be read"), "{:?} {}", run.code, run.err);
}

#[test]
fn doctor_reports_a_token_that_cannot_be_used_and_whether_the_index_answers() {
    let fleet = Fleet::new(vec![Repo::good("acme/one")]);
    let (forge, index) = (fleet.forge.url(), fleet.index.url());
    let base = [("GITHUB_API_URL", &*forge), ("SHIPWORTHY_INDEX_URL", &*index)];
    let run = program(&["doctor", "acme/one"], &[&base[..], &[("GH_TOKEN", "two words")]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("none that can be used: GH_TOKEN holds no token"), "{}", run.out);
    assert!(run.out.contains(&format!("{index}, which answers")), "{}", run.out);
    let dead = [("GITHUB_API_URL", &*forge), ("SHIPWORTHY_INDEX_URL", "http://127.0.0.1:9"), ("GH_TOKEN", PLAIN)];
    let run = program(&["doctor", "acme/one"], &dead);
    assert!(run.code == Some(0) && run.out.contains("which does not answer: "), "{}", run.out);
    assert!(program(&["doctor", "--offline"], &dead).out.contains("index          http://127.0.0.1:9\n"));
}
