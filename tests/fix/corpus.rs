//! Every fix of many repositories, made on copies: what a plan says is what happens, and a second one is empty.
//!
//! The project's own fixtures are always there. A folder with clones of real repositories, one folder each, is taken
//! from `SHIPWORTHY_CORPUS` where that is set.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use shipworthy::fact::artifact::{Pin, Pins};
use shipworthy::fact::{Fact, Observation, RepoId, SurveyEvent, Target, Topic};
use shipworthy::fleet::{Fleet, Repo, Rules};
use shipworthy::patch;
use shipworthy::plan::{Plan, Wish};
use shipworthy::requirement::Verdict;
use shipworthy::source::{self, checkout};

use super::place::{files, has, say};

/// A repository in a folder, with the references of its actions resolved.
fn judged(root: &Path, pins: &Pins) -> Repo {
    let id = RepoId { index: 0, target: Arc::from("x") };
    let target = Target { id: id.clone(), repository: Some("owner/name".to_owned()), path: None, whole: None };
    let mut fleet = Fleet::new(Rules::default());
    fleet.absorb(SurveyEvent::Started(target));
    let mut answer = |observation| {
        let observation = Box::new(observation);
        fleet.absorb(SurveyEvent::Answered { repo: id.clone(), observation });
    };
    for topic in Topic::ALL {
        answer(source::offline(*topic));
    }
    let set = checkout::read(root);
    answer(Observation::Pins(Fact::local(pins.clone(), Timestamp::UNIX_EPOCH)));
    answer(Observation::Files(Fact::local(set, Timestamp::UNIX_EPOCH)));
    fleet.catch_up();
    *fleet.repos.into_values().next().unwrap()
}

/// Pins for whatever looks like the reference of an action; the commit is made up from its name.
fn pins<'a>(texts: impl Iterator<Item = &'a str>) -> Pins {
    let mut pins = Pins::new();
    let lines = texts.flat_map(str::lines).filter_map(|line| line.split_once("uses"));
    for (_, rest) in lines {
        let name = rest.trim_start_matches(['"', '\'', ':', ' ', '\t']);
        let name: String = name.chars().take_while(|c| !c.is_whitespace() && !"\"'#,}".contains(*c)).collect();
        let Some((action, git_ref)) = name.split_once('@') else { continue };
        let mut parts = action.split('/');
        let (Some(owner), Some(repo)) = (parts.next(), parts.next()) else { continue };
        let key = format!("{owner}/{repo}@{git_ref}").to_lowercase();
        let sum = key.bytes().fold(7u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let version = git_ref.starts_with('v') && git_ref.len() > 1;
        let tags = if version { vec![format!("{git_ref}.0.1"), git_ref.to_owned()] } else { Vec::new() };
        pins.insert(key, Pin { commit: Some(format!("{sum:040x}")), tag_object: false, tags, reachable: Some(true) });
    }
    pins
}

fn verdicts(repo: &Repo) -> BTreeMap<&'static str, Verdict> {
    repo.findings.iter().map(|finding| (finding.meta.id, finding.verdict)).collect()
}

/// Copies a folder, links left out.
fn copy(from: &Path, to: &Path) {
    for (path, content) in files(from) {
        let place = to.join(&path);
        if !from.join(&path).is_symlink() {
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, content).unwrap();
        }
    }
}

/// What was seen over many repositories.
#[derive(Debug, Default)]
struct Tally {
    repositories: usize,
    fixed: usize,
    files: usize,
    turned: BTreeMap<String, usize>,
    refused: Vec<String>,
    worse: Vec<String>,
}

/// Makes all fixes of one repository on a copy, and holds them against what the plan said.
fn hold(folder: &Path, review: bool, tally: &mut Tally) {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let place = tempfile::tempdir().unwrap();
    let (root, state) = (place.path().join("repo"), place.path().join("state"));
    copy(folder, &root);
    let before = files(&root);
    let pins = pins(checkout::read(&root).texts.values().map(|text| &**text));
    let repo = judged(&root, &pins);
    let plan = Plan::new(&repo, &Rules::default(), Wish { review, ..Wish::default() });
    tally.repositories += 1;
    let refused = plan
        .choices()
        .iter()
        .filter_map(|choice| Some(format!("{name}: {} {}", choice.requirement, choice.refused.as_ref()?)));
    tally.refused.extend(refused);
    if plan.is_empty() {
        return;
    }
    tally.fixed += 1;
    tally.files += plan.files().len();
    patch_applies(&plan, &root, place.path(), &name);
    let written = patch::write(&root, &state, "all", plan.files(), Timestamp::UNIX_EPOCH).unwrap();
    assert!(written.failed.is_none() && written.files.len() == plan.files().len(), "{name}: {written:?}");
    let after = judged(&root, &pins);
    let (old, new) = (verdicts(&repo), verdicts(&after));
    for effect in plan.effects() {
        let id = effect.requirement;
        assert_eq!((old[id], new[id]), (effect.before, effect.after), "{name}: {}", effect.line());
        assert!(review || !effect.is_worse(), "{name}: {}", effect.line());
        *tally.turned.entry(effect.line()).or_default() += 1;
        tally.worse.extend(effect.is_worse().then(|| format!("{name}: {}", effect.line())));
    }
    for (id, verdict) in &new {
        let told = plan.effects().iter().any(|effect| effect.requirement == *id);
        assert!(told || old[id] == *verdict, "{name}: {id} changed and no effect line says so");
    }
    assert!(after.facts.problems.len() <= repo.facts.problems.len(), "{name}: {:?}", after.facts.problems);
    let second = Plan::new(&after, &Rules::default(), Wish { review, ..Wish::default() });
    assert!(second.is_empty(), "{name}: a second run would change\n{}", second.patch());
    patch::undo(&root, &state).unwrap();
    assert_eq!(files(&root), before, "{name}: undo restores every byte");
}

/// Whether `git apply` makes the same of the patch, and takes it back.
fn patch_applies(plan: &Plan, root: &Path, place: &Path, name: &str) {
    if !has("git", "git apply") {
        return;
    }
    let applied = place.join("applied");
    copy(root, &applied);
    fs::write(place.join("fix.patch"), plan.patch()).unwrap();
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        let output = git.args(arguments).arg("../fix.patch").current_dir(&applied).output().unwrap();
        assert!(output.status.success(), "{name}: {}\n{}", String::from_utf8_lossy(&output.stderr), plan.patch());
    };
    git(&["apply", "--whitespace=nowarn"]);
    for file in plan.files() {
        assert_eq!(fs::read(applied.join(&file.path)).unwrap(), file.new.as_bytes(), "{name}: {}", file.path);
    }
    git(&["apply", "--whitespace=nowarn", "--reverse"]);
    assert_eq!(files(&applied), files(root), "{name}");
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(of).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn hold_all(of: &Path) -> Tally {
    let mut all = Tally::default();
    for folder in folders(of) {
        for review in [false, true] {
            hold(&folder, review, &mut all);
        }
    }
    assert!(all.refused.is_empty(), "the engine refuses what a requirement offered: {:#?}", all.refused);
    all
}

#[test]
fn every_fix_of_the_fixtures_does_what_its_plan_said() {
    let tally = hold_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules"));
    assert!(tally.repositories >= 60 && tally.fixed >= 20, "{tally:?}");
}

#[test]
fn every_fix_of_the_corpus_does_what_its_plan_said() {
    let Some(corpus) = std::env::var_os("SHIPWORTHY_CORPUS").map(PathBuf::from) else {
        say("SKIPPED the corpus: SHIPWORTHY_CORPUS names none");
        return;
    };
    assert!(!folders(&corpus).is_empty(), "SHIPWORTHY_CORPUS holds no repositories");
    let tally = hold_all(&corpus);
    assert!(tally.fixed > 0, "{tally:?}");
    say(&format!("the corpus: {tally:#?}"));
}
