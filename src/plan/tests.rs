//! Plans of requirements made for the tests: one edits, one makes a file, and some do harm.

use super::*;
use crate::fact::files::FileSet;
use crate::fact::{Fact, Observation};
use crate::requirement::{Case, FileFix, Finding, Fix, Meta, Proposal};
use crate::text::Span;
use crate::text::splice::Edit;

const WORKFLOW: &str = "on: push\njobs:\n  a:\n    steps:\n      - uses: x/y@v1\n      - run: twine upload dist/*\n";
const PATH: &str = ".github/workflows/release.yml";

/// A requirement that does with a text what a test says.
struct Made {
    meta: &'static Meta,
    propose: fn(&str) -> Vec<Fix>,
}

impl Requirement for Made {
    fn meta(&self) -> &'static Meta {
        self.meta
    }

    fn assess(&self, _: &Case<'_>) -> Finding {
        Finding::of(self.meta, Vec::new())
    }

    fn propose(&self, case: &Case<'_>) -> Proposal {
        let fixes = case.facts.text(PATH).map(|text| (self.propose)(text)).unwrap_or_default();
        Proposal { fixes, refusals: Vec::new() }
    }
}

fn fix(requirement: &'static str, safety: Safety, files: Vec<FileFix>) -> Fix {
    Fix { requirement, safety, title: format!("do {requirement}"), files, notes: vec!["a\nnote".to_owned()] }
}

/// Replaces the first place where something stands.
fn swap(text: &str, from: &str, to: &str) -> Option<FileFix> {
    let start = text.find(from)?;
    let edit = Edit { span: Span::new(start, start + from.len()), text: to.to_owned() };
    Some(FileFix::Edit { path: PATH.to_owned(), edits: vec![edit] })
}

fn pins(text: &str) -> Vec<Fix> {
    swap(text, "@v1", "@0123456789012345678901234567890123456789 # v1")
        .into_iter()
        .map(|file| fix("R08", Safety::Safe, vec![file]))
        .collect()
}

fn adds_a_step(text: &str) -> Vec<Fix> {
    if text.contains("new/step") {
        return Vec::new();
    }
    let new = swap(text, "      - run: twine", "      - uses: new/step@v1\n      - run: twine");
    new.into_iter().map(|file| fix("R10", Safety::Review, vec![file])).collect()
}

fn worsens(text: &str, safety: Safety) -> Vec<Fix> {
    let file = swap(text, "permissions:\n  contents: read\n", "permissions: write-all\n");
    file.into_iter().map(|file| fix("R08", safety, vec![file])).collect()
}

static PINS: Made = Made { meta: &requirement::pinned_actions::META, propose: pins };
static ATTEST: Made = Made { meta: &requirement::attest_provenance::META, propose: adds_a_step };

fn facts() -> Arc<Facts> {
    let mut facts = Facts::default();
    let texts = [(PATH.to_owned(), WORKFLOW.into()), ("README.md".to_owned(), "# x\n".into())].into();
    let files = FileSet { texts, ..FileSet::default() };
    facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
    Arc::new(facts)
}

fn plan(requirements: &[&'static Made], wish: Wish) -> Plan {
    let requirements = requirements.iter().map(|one| *one as &dyn Requirement).collect();
    Plan::of(facts(), Profile::Spec8, wish, requirements)
}

fn refused(propose: fn(&str) -> Vec<Fix>) -> String {
    let made: &'static Made = Box::leak(Box::new(Made { meta: &requirement::pinned_actions::META, propose }));
    let plan = plan(&[made], Wish::default());
    assert!(plan.is_empty(), "{}", plan.patch());
    plan.choices()[0].refused.clone().unwrap()
}

#[test]
fn a_fix_is_computed_shown_and_judged() {
    let plan = plan(&[&PINS], Wish::default());
    let [file] = plan.files() else { panic!("{plan:?}") };
    assert_eq!((file.path.as_str(), plan.counts()), (PATH, (1, 1)));
    assert!(file.new.contains("uses: x/y@0123456789012345678901234567890123456789 # v1\n"));
    let lines: Vec<String> = plan.effects().iter().map(Effect::line).collect();
    assert_eq!(lines, ["R08 fail -> pass"]);
    let choice = &plan.choices()[0];
    assert_eq!((choice.files.as_slice(), choice.is_made()), ([(PATH.to_owned(), 1)].as_slice(), true));
    assert_eq!((choice.notes[0].as_str(), plan.title().as_str()), ("a note", "R08 pinned-actions"));
    assert!(plan.patch().starts_with("diff --git a/.github/workflows/release.yml"));
}

#[test]
fn fixes_that_need_review_are_offered_and_can_be_taken() {
    let mut plan = plan(&[&PINS, &ATTEST], Wish::default());
    let taken = |plan: &Plan| plan.choices().iter().map(Choice::is_made).collect::<Vec<_>>();
    assert_eq!(taken(&plan), [true, false]);
    plan.toggle(1);
    assert_eq!(taken(&plan), [true, true]);
    // The step that was added is pinned too, since every requirement is asked again.
    assert_eq!(plan.files()[0].new.matches("@0123456789").count(), 2);
    plan.toggle(0);
    assert_eq!(taken(&plan), [false, true]);
    assert!(plan.files()[0].new.contains("new/step@v1"));
    plan.toggle(1);
    assert!(plan.is_empty() && plan.effects().is_empty() && plan.patch().is_empty());
    plan.toggle(9);
    assert!(plan.is_empty());
}

#[test]
fn a_second_plan_of_the_changed_texts_is_empty() {
    let all = Wish { review: true, ..Wish::default() };
    let first = plan(&[&PINS, &ATTEST], all.clone());
    let mut facts = (*facts()).clone();
    let mut files = facts.files.value().unwrap().clone();
    files.texts.extend(first.files().iter().map(|file| (file.path.clone(), Arc::clone(&file.new))));
    facts.record(Observation::Files(Fact::local(files, jiff::Timestamp::UNIX_EPOCH)));
    let second = Plan::of(Arc::new(facts), Profile::Spec8, all, vec![&PINS, &ATTEST]);
    assert!(second.is_empty() && second.choices().is_empty(), "{second:?}");
}

#[test]
fn what_cannot_be_made_cleanly_is_refused_with_its_reason() {
    assert!(
        refused(|text| vec![fix("R08", Safety::Safe, swap(text, "jobs:", "jobs: {}\nother:").into_iter().collect())])
            .contains("release.yml cannot be edited cleanly: ")
    );
    let overlap = refused(|_| {
        let edit = |start, end| Edit { span: Span::new(start, end), text: "x".to_owned() };
        let edits = vec![edit(4, 8), edit(5, 8)];
        vec![fix("R08", Safety::Safe, vec![FileFix::Edit { path: PATH.to_owned(), edits }])]
    });
    assert!(overlap.contains("two edits change the same place"), "{overlap}");
    assert!(
        refused(|_| {
            vec![fix("R08", Safety::Safe, vec![FileFix::Create { path: PATH.to_owned(), text: String::new() }])]
        })
        .contains("is there already")
    );
    assert!(
        refused(|_| {
            let file = FileFix::Create { path: ".github/dependabot.yml".to_owned(), text: "a: [\n".to_owned() };
            vec![fix("R08", Safety::Safe, vec![file])]
        })
        .contains("dependabot.yml cannot be made: ")
    );
    assert!(
        refused(|text| vec![fix("R08", Safety::Safe, swap(text, "v1", "v1").into_iter().collect())])
            .contains("nothing would change")
    );
}

#[test]
fn a_safe_fix_that_makes_a_verdict_worse_is_refused_and_one_to_review_says_so() {
    let texts = |start: &str| FileSet { texts: [(PATH.to_owned(), start.into())].into(), ..FileSet::default() };
    let mut facts = Facts::default();
    let before = WORKFLOW.replace("jobs:", "permissions:\n  contents: read\njobs:");
    facts.record(Observation::Files(Fact::local(texts(&before), jiff::Timestamp::UNIX_EPOCH)));
    let plan = |propose: fn(&str) -> Vec<Fix>| {
        let made: &'static Made = Box::leak(Box::new(Made { meta: &requirement::pinned_actions::META, propose }));
        Plan::of(Arc::new(facts.clone()), Profile::Spec8, Wish { review: true, ..Wish::default() }, vec![made])
    };
    let safe = plan(|text| worsens(text, Safety::Safe));
    assert!(safe.is_empty(), "{safe:?}");
    assert_eq!(safe.choices()[0].refused.as_deref(), Some("a verdict would get worse: R05 pass -> fail"));
    let review = plan(|text| worsens(text, Safety::Review));
    assert!(review.effects().iter().any(|effect| effect.is_worse() && effect.line() == "R05 pass -> fail"));
}

#[test]
fn fixes_that_never_settle_are_given_up() {
    let why = refused(|text| {
        let file = swap(text, "jobs:\n", "# more\njobs:\n");
        vec![fix("R08", Safety::Safe, file.into_iter().collect())]
    });
    assert!(why.contains("undo each other"), "{why}");
}

#[test]
fn a_fix_of_several_files_is_made_as_a_whole_or_not_at_all() {
    let made: &'static Made = Box::leak(Box::new(Made {
        meta: &requirement::pinned_actions::META,
        propose: |text| {
            let create = FileFix::Create { path: "NEW.md".to_owned(), text: "x\n".to_owned() };
            swap(text, "@v1", "@v2")
                .into_iter()
                .map(|file| fix("R08", Safety::Safe, vec![file, create.clone()]))
                .collect()
        },
    }));
    let mut plan = plan(&[made], Wish::default());
    assert_eq!(plan.files().iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), [PATH, "NEW.md"]);
    assert!(plan.files()[1].old.is_none() && plan.files()[1].old_hash.is_none());
    plan.block([("NEW.md".to_owned(), "is a link".to_owned())]);
    assert!(plan.is_empty());
    assert_eq!(plan.choices()[0].refused.as_deref(), Some("NEW.md is a link"));
}

#[test]
fn nothing_is_planned_where_the_files_are_unknown() {
    let requirements: Vec<&'static dyn Requirement> = vec![&PINS];
    let plan = Plan::of(Arc::new(Facts::default()), Profile::Spec8, Wish::default(), requirements);
    assert!(plan.is_empty() && plan.choices().is_empty());
}

#[test]
fn one_choice_alone_is_shown_whatever_else_is_taken() {
    let mut plan = plan(&[&PINS, &ATTEST], Wish::default());
    let attest = plan.choices().iter().position(|choice| choice.requirement == "R10").unwrap();
    let alone = plan.alone(attest);
    assert!(alone[0].new.contains("new/step") && alone[0].new.contains("x/y@v1"), "{}", alone[0].new);
    assert_eq!(alone[0].old.as_deref(), Some(WORKFLOW));
    assert!(!plan.files()[0].new.contains("new/step"), "looking takes nothing");
    plan.block([(PATH.to_owned(), "is a link".to_owned())]);
    assert!(plan.alone(attest).is_empty(), "what cannot be made changes nothing");
    assert!(plan.alone(9).is_empty());
}
