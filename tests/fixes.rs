//! Fixes on whole repositories: every repository in miniature of this project, and, where they are at hand, copies of
//! real ones (`SHIPWORTHY_CORPUS`). With `SHIPWORTHY_FIXED` the fixed files are written there.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "what serves only tests fails as tests do"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde_yaml::Value;
use shipworthy::fact::artifact::{Pin, Pins};
use shipworthy::fact::files::FileSet;
use shipworthy::fact::workflow::uses::{PinKind, pin_kind};
use shipworthy::fact::{Fact, Facts, Observation, Reason, Topic, Unknown};
use shipworthy::requirement::{
    Case, Check, FileFix, Finding, Fix, Profile, Proposal, Safety, Verdict, assess_all, find,
};
use shipworthy::text::{splice, yaml};

/// A repository whose files alone are known, and every version its actions name.
struct Repository {
    name: String,
    files: BTreeMap<String, Arc<str>>,
    facts: Facts,
    findings: Vec<Finding>,
}

impl Repository {
    fn read(root: &Path) -> Self {
        let name = root.file_name().unwrap().to_string_lossy().into_owned();
        let mut files = BTreeMap::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let (Ok(name), Ok(text)) = (path.strip_prefix(root), fs::read_to_string(&path)) {
                    files.insert(name.to_string_lossy().replace('\\', "/"), text.into());
                }
            }
        }
        for own in ["expect.yaml", "truth.json", "meta.json"] {
            files.remove(own);
        }
        Self::of(&name, files)
    }

    fn of(name: &str, files: BTreeMap<String, Arc<str>>) -> Self {
        let mut facts = Facts::default();
        for topic in Topic::ALL {
            facts.record(Observation::unknown(*topic, Unknown::new(Reason::Offline, "offline")));
        }
        let set = FileSet { texts: files.clone(), ..FileSet::default() };
        facts.record(Observation::Files(Fact::local(set, Timestamp::UNIX_EPOCH)));
        facts.record(Observation::Pins(Fact::local(pins(&files), Timestamp::UNIX_EPOCH)));
        let findings = assess_all(&facts, Profile::Spec8);
        Self { name: name.to_owned(), files, facts, findings }
    }

    fn finding(&self, id: &str) -> &Finding {
        self.findings.iter().find(|finding| finding.meta.id == id).unwrap()
    }

    fn proposal(&self, id: &str, earlier: &[Finding]) -> Proposal {
        let case = Case { facts: &self.facts, earlier, profile: Profile::Spec8 };
        find(id).unwrap().propose(&case)
    }

    /// The repository after a fix; what is YAML must be read by both parsers.
    fn after(&self, fix: &Fix) -> Self {
        let mut files = self.files.clone();
        for change in &fix.files {
            let old = files.get(change.path());
            let new = match change {
                FileFix::Edit { edits, .. } => splice::apply(old.unwrap(), edits).unwrap(),
                FileFix::Create { path, text } => {
                    assert!(old.is_none(), "{}: {path} is there already", self.name);
                    text.clone()
                }
            };
            if is_yaml(change.path()) {
                tree(&new).unwrap_or_else(|why| panic!("{} {}: {why}\n{new}", self.name, change.path()));
            }
            files.insert(change.path().to_owned(), new.into());
        }
        Self::of(&self.name, files)
    }
}

/// A made-up commit for every reference of a `uses:`: a version is a tag of it, anything else a branch.
fn pins(files: &BTreeMap<String, Arc<str>>) -> Pins {
    let words = files.values().flat_map(|text| text.split(|c: char| c.is_whitespace() || "'\",{}".contains(c)));
    let references = words.filter_map(|word| word.rsplit_once('@')).filter(|(action, _)| action.contains('/'));
    // What is pinned already is left alone: whether its comment is true is another matter.
    let loose = references.filter(|(_, named)| pin_kind(named) != PinKind::Full);
    loose
        .map(|(action, named)| {
            let repository: Vec<&str> = action.splitn(3, '/').take(2).collect();
            let commit = match pin_kind(named) {
                PinKind::Full | PinKind::Partial => format!("{named:0<40}"),
                PinKind::Name => format!(
                    "{:0>40x}",
                    named.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
                ),
            };
            let version = named.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
            let tag = if version { named } else { "v9.9.9" };
            let pin = Pin { commit: Some(commit), tags: vec![tag.to_owned()], ..Pin::default() };
            (format!("{}@{named}", repository.join("/")).to_lowercase(), pin)
        })
        .collect()
}

fn is_yaml(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == "yml" || end == "yaml")
}

/// What both parsers read.
fn tree(text: &str) -> Result<Value, String> {
    yaml::parse(&text.into()).map_err(|error| error.to_string())?;
    serde_yaml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| error.to_string())
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

fn miniatures() -> Vec<Repository> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules");
    let all: Vec<Repository> = folders(&root).iter().map(|path| Repository::read(path)).collect();
    assert!(all.len() > 30);
    all
}

/// Copies of real repositories, where they are at hand.
fn corpus() -> Option<Vec<Repository>> {
    let Some(root) = std::env::var_os("SHIPWORTHY_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: SHIPWORTHY_CORPUS names no real repositories");
        return None;
    };
    let all: Vec<Repository> = folders(&root).iter().map(|path| Repository::read(path)).collect();
    assert!(!all.is_empty(), "SHIPWORTHY_CORPUS holds no repositories");
    Some(all)
}

/// Keys whose values a requirement may change.
fn own_keys(id: &str) -> &'static [&'static str] {
    match id {
        "R02" => &["if", "on"],
        "R05" | "R10" => &["permissions"],
        "R07" => &["environment"],
        "R12" => &["permissions", "password", "user"],
        _ => &[],
    }
}

/// Whether a requirement may add or take away an item of a list.
fn is_own_item(id: &str, item: &Value) -> bool {
    let is = |key: &str, value: &str| item.get(key).and_then(Value::as_str) == Some(value);
    match id {
        "R09" => is("package-ecosystem", "github-actions"),
        "R10" => is("name", "Attest the built files"),
        "R11" => is("name", "Verify the attestations"),
        "R12" => is("name", "Ask the registry for a token"),
        _ => false,
    }
}

/// A value without what a requirement may change in it.
fn stripped(id: &str, value: &Value) -> Value {
    let tokens =
        ["TWINE_", "UV_PUBLISH_", "NODE_AUTH_TOKEN", "NPM_TOKEN", "CARGO_REGISTRY_TOKEN", "MATURIN_", "HATCH_INDEX"];
    match value {
        Value::Mapping(map) => {
            let own = |key: &str| {
                own_keys(id).contains(&key) || (id == "R12" && tokens.iter().any(|token| key.starts_with(token)))
            };
            let strip = |key: &Value, inner: &Value| match (id, key.as_str(), inner.as_str()) {
                ("R08", Some("uses"), Some(uses)) if uses.contains('/') && !uses.starts_with("docker:") => {
                    Value::String(uses.rsplit_once('@').map_or(uses, |(action, _)| action).to_owned())
                }
                _ => stripped(id, inner),
            };
            let kept = map.iter().filter(|(key, _)| !key.as_str().is_some_and(own));
            let kept = kept.map(|(key, inner)| (key.clone(), strip(key, inner)));
            let emptied = |key: &Value, inner: &Value| {
                let goes = matches!(key.as_str(), Some("with" | "env")) && id == "R12";
                goes && inner.as_mapping().is_some_and(serde_yaml::Mapping::is_empty)
            };
            Value::Mapping(kept.filter(|(key, inner)| !emptied(key, inner)).collect())
        }
        Value::Sequence(items) => {
            Value::Sequence(items.iter().filter(|item| !is_own_item(id, item)).map(|item| stripped(id, item)).collect())
        }
        other => other.clone(),
    }
}

/// A fix must change nothing but what its requirement is about.
fn only_the_intended(id: &str, before: &Repository, after: &Repository, fix: &Fix) {
    for path in fix.files.iter().map(FileFix::path).filter(|path| is_yaml(path)) {
        let (Some(old), new) = (before.files.get(path), &after.files[path]) else { continue };
        let name = &before.name;
        let (old_tree, new_tree) = (tree(old).unwrap_or(Value::Null), tree(new).unwrap());
        if id == "R09" && old_tree.get("updates").is_none_or(|updates| updates.as_sequence().is_none()) {
            continue;
        }
        assert_eq!(stripped(id, &old_tree), stripped(id, &new_tree), "{name} {path}");
        let added: Vec<&str> = new.lines().filter(|line| !old.lines().any(|known| known == *line)).collect();
        let gone: Vec<&str> = old.lines().filter(|line| !new.lines().any(|known| known == *line)).collect();
        if id == "R08" {
            assert_eq!(old.lines().count(), new.lines().count(), "{name} {path}");
            assert!(added.iter().chain(&gone).all(|line| line.contains("uses")), "{name} {path} {added:?} {gone:?}");
        }
        if id == "R09" {
            assert!(gone.len() <= 1, "{name} {path} {gone:?}");
        }
        assert_eq!(old.contains("\r\n"), new.contains("\r\n"));
    }
}

/// What the fixes of a requirement came to.
#[derive(Debug, Default)]
struct Figures {
    repositories: usize,
    fixes: usize,
    files: usize,
    edits: usize,
    refusals: usize,
    verdicts: BTreeMap<String, usize>,
}

/// Makes every fix of a requirement, one after the other, and proves each of them.
fn all_fixed(id: &str, repository: &Repository, earlier: Option<&[Finding]>, figures: &mut Figures) -> Repository {
    let of = |repository: &Repository| repository.proposal(id, earlier.unwrap_or(&repository.findings));
    let first = of(repository);
    figures.refusals += first.refusals.len();
    figures.repositories += usize::from(!first.fixes.is_empty());
    let mut now = Repository::of(&repository.name, repository.files.clone());
    for round in 0.. {
        assert!(round < 60, "{} {id}: fixes without end", repository.name);
        let Some(fix) = of(&now).fixes.into_iter().next() else { break };
        let after = now.after(&fix);
        assert_ne!(after.files, now.files, "{} {id} changes nothing: {fix:#?}", repository.name);
        only_the_intended(id, &now, &after, &fix);
        figures.fixes += 1;
        figures.files += fix.files.len();
        figures.edits += fix
            .files
            .iter()
            .map(|file| if let FileFix::Edit { edits, .. } = file { edits.len() } else { 1 })
            .sum::<usize>();
        now = after;
    }
    if !first.fixes.is_empty() && id != "R13" {
        let (before, after) = (repository.finding(id), now.finding(id));
        let change = format!("{} to {}", before.verdict.word(), after.verdict.word());
        *figures.verdicts.entry(change).or_default() += 1;
        let left = of(&now).refusals;
        // Whether anybody reviews stands in the settings, which are not known here.
        let check = if id == "R07" { after.check("environment-named").unwrap().verdict } else { after.verdict };
        let good = matches!(check, Verdict::Pass | Verdict::Warn);
        assert!(good || !left.is_empty() || check == Verdict::Unknown, "{} {id}: {}", repository.name, after.summary);
    }
    now
}

/// Findings in which all that the badge claims holds.
fn claimed() -> Vec<Finding> {
    let passed = |id: &&str| {
        let meta = find(id).unwrap().meta();
        Finding::of(meta, vec![Check::decisive("x", Verdict::Pass, "")])
    };
    ["R02", "R05", "R07", "R08", "R12"].iter().map(passed).collect()
}

fn fix_all(repositories: &[Repository]) -> BTreeMap<&'static str, Figures> {
    let mut figures: BTreeMap<&'static str, Figures> = BTreeMap::new();
    for repository in repositories {
        let mut now = Repository::of(&repository.name, repository.files.clone());
        for id in ["R05", "R08", "R09", "R07", "R10", "R11", "R12", "R02", "R01"] {
            now = all_fixed(id, &now, None, figures.entry(id).or_default());
        }
        now = all_fixed("R13", &now, Some(&claimed()), figures.entry("R13").or_default());
        if let Some(target) = std::env::var_os("SHIPWORTHY_FIXED") {
            for (path, text) in &now.files {
                let path = Path::new(&target).join(&now.name).join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text.as_bytes()).unwrap();
            }
        }
    }
    figures
}

#[test]
fn every_fix_of_every_miniature_changes_what_it_should_and_nothing_else() {
    let figures = fix_all(&miniatures());
    for (id, figures) in &figures {
        eprintln!("{id} {figures:?}");
    }
    assert!(["R05", "R08", "R09"].iter().all(|id| figures[id].fixes > 3), "{figures:#?}");
}

#[test]
fn every_fix_of_every_real_repository_changes_what_it_should_and_nothing_else() {
    let Some(repositories) = corpus() else { return };
    let figures = fix_all(&repositories);
    for (id, figures) in &figures {
        eprintln!("{id} {figures:?}");
    }
    assert!(["R05", "R08"].iter().all(|id| figures[id].fixes > 0), "{figures:#?}");
}

/// Line ends of Windows, a byte-order mark, and no end of the last line change nothing about what is fixed.
#[test]
fn other_line_ends_and_ends_of_file_are_fixed_alike() {
    let told = |figures: BTreeMap<&'static str, Figures>| {
        figures.into_iter().map(|(id, one)| (id, one.fixes, one.edits, one.verdicts)).collect::<Vec<_>>()
    };
    let some: Vec<Repository> = miniatures().into_iter().step_by(3).collect();
    let hostile = |repository: &Repository| {
        let change = |(path, text): (&String, &Arc<str>)| {
            let text = if is_yaml(path) {
                format!("\u{feff}{}", text.trim_end().replace('\n', "\r\n"))
            } else {
                text.to_string()
            };
            (path.clone(), Arc::from(text))
        };
        Repository::of(&repository.name, repository.files.iter().map(change).collect())
    };
    let changed: Vec<Repository> = some.iter().map(hostile).collect();
    assert_eq!(told(fix_all(&some)), told(fix_all(&changed)));
}

#[test]
fn what_is_offered_is_what_is_proposed() {
    let mut repositories = miniatures();
    repositories.extend(corpus().into_iter().flatten());
    let (mut offers, mut refused) = (0, 0);
    for repository in &repositories {
        let findings = &repository.findings;
        for finding in findings {
            let id = finding.meta.id;
            let proposal = repository.proposal(id, findings);
            let safest = proposal.fixes.iter().min_by_key(|fix| fix.safety == Safety::Review);
            let name = &repository.name;
            match (&finding.fix, safest) {
                (Some(offer), Some(fix)) => {
                    assert_eq!(offer.safety, fix.safety, "{name} {id}: {offer:?}, {:?}", fix.title);
                    assert!(fix.title.starts_with(&offer.title), "{name} {id}: {} / {}", offer.title, fix.title);
                    offers += 1;
                }
                (Some(offer), None) => {
                    assert!(!proposal.refusals.is_empty(), "{name} {id} offers {offer:?} and proposes nothing");
                    refused += 1;
                }
                (None, Some(fix)) => panic!("{name} {id} proposes without an offer: {fix:#?}"),
                (None, None) => {}
            }
        }
    }
    eprintln!("{offers} offers with a fix, {refused} with a reason why not");
    assert!(offers > 50 && offers > refused, "{offers} {refused}");
}
