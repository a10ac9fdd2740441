//! What the fuzz targets do with their input, and what must hold whatever it is. The test suite runs the same on
//! inputs that are made from the seeds in a fixed order.

use std::sync::Arc;

use shipworthy::fact::artifact::{Pin, Pins};
use shipworthy::fact::files::FileSet;
use shipworthy::fact::{Fact, Observation, RepoId, SurveyEvent, Target};
use shipworthy::fleet::{Fleet, Repo, Rules};
use shipworthy::plan::{Choice, Plan, Wish, verify};
use shipworthy::text::splice::{self, Edit};
use shipworthy::text::yaml::{self, Parsed, View};
use shipworthy::text::{Span, decode};

/// Where the input stands in the repository.
const PATH: &str = ".github/workflows/release.yml";

/// The commit of every version of every action.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Reads bytes as a file of a repository, and judges it.
pub fn read(bytes: &[u8]) {
    let Ok(text) = decode::decode(bytes.to_vec()) else { return };
    let text: Arc<str> = Arc::from(text);
    match yaml::parse(&text) {
        Ok(Parsed::Doc(doc)) => {
            let mut left = 10_000;
            places_fit(doc.root(), &text, &mut left);
            assert!(doc.comments().iter().all(|comment| comment.slice(&text).starts_with('#')), "{text:?}");
        }
        Ok(Parsed::Empty) => {}
        Err(error) => assert!(error.place.line >= 1 && error.place.column >= 1 && !error.message.is_empty()),
    }
    let repo = judged(&[(PATH, &text), (".github/dependabot.yml", &text), (".github/shipworthy.yml", &text)]);
    assert_eq!(repo.findings.len(), 13);
}

/// Whether every place of a document lies in its text and cuts no character.
fn places_fit(view: View<'_>, text: &str, left: &mut usize) {
    // Aliases make a small text a large document.
    let Some(rest) = left.checked_sub(1) else { return };
    *left = rest;
    let span = view.span();
    assert!(text.get(span.start..span.end).is_some(), "{span:?} of {text:?}");
    for (key, value) in view.entries() {
        places_fit(key, text, left);
        places_fit(value, text, left);
    }
    view.items().for_each(|item| places_fit(item, text, left));
}

/// Makes every fix of a workflow, and one edit that the first bytes choose.
pub fn fix(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_at_checked(4) else { return };
    let Ok(text) = decode::decode(rest.to_vec()) else { return };
    edit(&text, choice);
    let repo = judged(&[(PATH, &text)]);
    let wish = Wish { review: true, ..Wish::default() };
    let plan = Plan::new(&repo, &Rules::default(), wish.clone());
    let mut texts: Vec<(String, String)> = vec![(PATH.to_owned(), text)];
    for file in plan.files() {
        assert_eq!(verify::created(&file.path, &file.new), Ok(()), "{}", plan.patch());
        texts.retain(|(path, _)| *path != file.path);
        texts.push((file.path.clone(), file.new.to_string()));
    }
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let after = judged(&texts);
    for effect in plan.effects() {
        let now = after.findings.iter().find(|finding| finding.meta.id == effect.requirement);
        let verdict = now.map(|finding| finding.verdict);
        assert_eq!(verdict, Some(effect.after), "{}\n{now:#?}\n{}", effect.line(), plan.patch());
    }
    let second = Plan::new(&after, &Rules::default(), wish);
    assert!(second.is_empty() || !second.choices().iter().any(Choice::is_made), "{}\n{}", plan.patch(), second.patch());
}

/// An edit anywhere, with a text that may mean something: what is not refused can be read by both parsers, and taking
/// the edit back gives the old text.
fn edit(text: &str, choice: &[u8]) {
    const TEXTS: [&str; 12] =
        ["", "x", " ", "\n", "#", ": ", "- ", "  a: b\n", "*a", "&a ", "'", "uses: x/y@v1 # v1\n"];
    let at = |index: usize| choice.get(index).copied().map_or(0, usize::from);
    let place = |part: usize| (0..=text.len() * part / 255).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = place(at(0));
    let end = (start + at(1) % 24).min(text.len());
    let end = (start..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let new = TEXTS.get(at(2) % TEXTS.len()).copied().unwrap_or_default();
    let edits = [Edit { span: Span::new(start, end), text: new.to_owned() }];
    let Ok(changed) = splice::apply(text, &edits) else { unreachable!("the span fits") };
    if verify::edited(PATH, text, &changed, &edits).is_err() {
        return;
    }
    assert_eq!(verify::created(PATH, &changed), Ok(()), "{text:?} {edits:?}");
    let back =
        [Edit { span: Span::new(start, start + new.len()), text: text.get(start..end).unwrap_or("").to_owned() }];
    assert_eq!(splice::apply(&changed, &back).as_deref(), Ok(text));
}

/// A repository of these files, judged, with every version of an action at the same commit. What that commit is a
/// version of is not told: the text may say another one beside each action.
fn judged(texts: &[(&str, &str)]) -> Repo {
    let mut pins = Pins::new();
    for word in texts.iter().flat_map(|(_, text)| text.split_whitespace()) {
        let is_commit = |text: &str| text.len() == COMMIT.len() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let Some((_, version)) = word.split_once('@').filter(|(_, version)| !is_commit(version)) else { continue };
        let (commit, tags) = (Some(COMMIT.to_owned()), vec![version.to_owned()]);
        pins.insert(word.to_lowercase(), Pin { commit, tags, ..Pin::default() });
    }
    let files = FileSet {
        texts: texts.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect(),
        ..FileSet::default()
    };
    let id = RepoId { index: 0, target: Arc::from("x") };
    let mut fleet = Fleet::new(Rules::default());
    fleet.absorb(SurveyEvent::Started(Target { id: id.clone(), repository: None, path: None, whole: None }));
    let now = jiff::Timestamp::UNIX_EPOCH;
    for observation in [Observation::Pins(Fact::local(pins, now)), Observation::Files(Fact::local(files, now))] {
        fleet.absorb(SurveyEvent::Answered { repo: id.clone(), observation: Box::new(observation) });
    }
    fleet.catch_up();
    let Some(repo) = fleet.repos.into_values().next() else { unreachable!("it was started") };
    *repo
}
