//! Walks: facts stand above answers, answers end when they should, and nothing is rounded up.

use jiff::Timestamp;

use super::*;
use crate::fact::tree::Tree;
use crate::fact::{Fact, Facts, Observation, SurveyEvent};
use crate::fleet::{Fleet, Repo, Rules};
use crate::report::markdown::escape;
use crate::source::replay;
use crate::text::clean;

fn now() -> Timestamp {
    "2026-11-22T16:00:00Z".parse().unwrap()
}

fn later(days: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() + days * 86_400).unwrap()
}

fn subject(commit: &str) -> Subject {
    Subject { target: "demo/x".into(), commit: Some(commit.into()), profile: "spec-8", ..Subject::default() }
}

fn auto(id: &str, verdict: Verdict) -> Step {
    Step::auto(id, Phase::Pipeline, &format!("{id} holds"), verdict, "so it is")
}

fn steps() -> Vec<Step> {
    vec![
        auto("passes", Verdict::Pass),
        auto("unknown", Verdict::Unknown),
        Step::ask("approver", Phase::Process, "Agreed?", ""),
        Step::ask("revoked", Phase::Artifacts, "Revoked?", "").lasting(180),
    ]
}

fn walk(steps: Vec<Step>) -> Walk {
    Walk::new(subject("aaa"), steps, &Answers::default(), now())
}

fn answered() -> Walk {
    let mut walk = walk(steps());
    for id in ["unknown", "approver", "revoked"] {
        walk.answer(id, Said::Yes, "ada", "seen", now()).unwrap();
    }
    walk
}

fn state(walk: &Walk, id: &str) -> State {
    walk.state(walk.step(id).unwrap())
}

#[test]
fn a_walk_is_signed_off_when_nothing_that_is_waited_for_is_open() {
    let mut walk = walk(steps());
    assert_eq!((walk.outcome(), walk.next_open()), (Outcome::Open, Some(1)));
    walk.answer("unknown", Said::Yes, "ada", "", now()).unwrap();
    assert_eq!(state(&walk, "unknown"), State::Attested);
    walk.answer("approver", Said::NotApplicable, "ada", "one person only", now()).unwrap();
    assert_eq!(walk.outcome(), Outcome::Open);
    walk.answer("revoked", Said::Yes, "ada", "", now()).unwrap();
    assert_eq!((walk.outcome(), walk.next_open()), (Outcome::SignedOff, None));
    assert_eq!(walk.ends(), Some(later(180)));
    assert!(walk.retract("revoked") && !walk.retract("revoked"));
    assert_eq!(walk.outcome(), Outcome::Open);
    assert_eq!(Walk::new(subject("a"), Vec::new(), &Answers::default(), now()).outcome(), Outcome::Open);
}

#[test]
fn what_the_facts_prove_no_answer_lifts() {
    let mut before = walk(vec![auto("R07", Verdict::Unknown)]);
    before.answer("R07", Said::Yes, "ada", "", now()).unwrap();
    assert_eq!(before.outcome(), Outcome::SignedOff);
    let mut after = before.again(subject("aaa"), vec![auto("R07", Verdict::Fail)], now());
    assert_eq!((state(&after, "R07"), after.outcome()), (State::Failed, Outcome::Blocked));
    assert!(matches!(after.answer("R07", Said::Yes, "ada", "", now()), Err(Refusal::Decided(_))));
    let recommended = Step { needed: false, ..auto("R09", Verdict::Fail) };
    assert_eq!(walk(vec![recommended, auto("R01", Verdict::Pass)]).outcome(), Outcome::SignedOff);
}

#[test]
fn a_waiver_stays_visible() {
    let waiver = Waiver { reason: "next year".into(), owner: "ada".into(), until: Some("2027-01-01".into()) };
    let walk = walk(vec![Step { waiver: Some(waiver), ..auto("R08", Verdict::Waived) }]);
    assert_eq!((state(&walk, "R08"), walk.outcome()), (State::Waived, Outcome::SignedOff));
    assert!(signoff::markdown(&walk).contains("| R08 | next year | ada | until 2027-01-01 |"));
    assert!(signoff::json(&walk).contains("\"result\": \"waived\""));
}

#[test]
fn no_stops_the_walk() {
    let mut walk = walk(steps());
    walk.answer("approver", Said::No, "ada", "on holiday", now()).unwrap();
    assert_eq!(walk.outcome(), Outcome::Stopped);
}

#[test]
fn answers_that_cannot_hold_are_not_taken() {
    let mut all = steps();
    all.push(Step { kind: Kind::Later, ..Step::ask("after", Phase::After, "Out?", "") });
    let mut walk = walk(all);
    for (id, said, who, note, refusal) in [
        ("none", Said::Yes, "ada", "", Refusal::NoSuchStep("none".into())),
        ("passes", Said::Yes, "ada", "", Refusal::Decided("it needs no answer")),
        ("unknown", Said::NotApplicable, "ada", "x", Refusal::NeedsWaiver),
        ("approver", Said::NotApplicable, "ada", " ", Refusal::NoReason),
        ("approver", Said::Yes, " ", "", Refusal::NoName),
        ("after", Said::Yes, "ada", "", Refusal::Later),
    ] {
        assert_eq!(walk.answer(id, said, who, note, now()), Err(refusal), "{id}");
    }
    assert_eq!(walk.kept(), Answers::default(), "nothing was taken");
    let nowhere = Subject { commit: None, ..subject("") };
    let mut walk = Walk::new(nowhere, steps(), &Answers::default(), now());
    assert_eq!(walk.answer("approver", Said::Yes, "ada", "", now()), Err(Refusal::NoCommit));
    assert_eq!(walk.answer("revoked", Said::Yes, "ada", "", now()), Ok(()), "the process needs no commit");
}

#[test]
fn another_commit_voids_what_is_not_about_the_process() {
    let before = answered();
    let after = before.again(subject("bbb"), steps(), now());
    assert_eq!((state(&after, "approver"), state(&after, "revoked")), (State::Open, State::Attested));
    let voided: Vec<_> = after.voided().iter().map(|(answer, why)| (answer.step.as_str(), why.as_str())).collect();
    assert_eq!(voided, [("unknown", "the commit changed"), ("approver", "the commit changed")]);
    assert_eq!(after.kept().all.len(), 3, "what does not hold is kept and shown");
    let back = after.again(subject("aaa"), steps(), now());
    assert_eq!(back.outcome(), Outcome::SignedOff, "the commit that was looked at is there again");
}

#[test]
fn answers_about_the_process_end_and_those_to_other_questions_do_not_count() {
    let before = answered();
    assert_eq!(before.again(subject("aaa"), steps(), later(180)).outcome(), Outcome::SignedOff);
    let late = before.again(subject("aaa"), steps(), later(181));
    assert_eq!(late.voided()[0].1, "it is older than 180 days");
    let mut other = steps();
    other[2].title = "Agreed by two?".into();
    let asked = before.again(subject("aaa"), other, now());
    assert_eq!(asked.voided()[0].1, "the question is another one now");
    let early = before.again(subject("aaa"), steps(), later(-3));
    assert_eq!(early.voided().len(), 3, "a clock that steps back proves nothing");
    let gone = before.again(subject("aaa"), vec![auto("passes", Verdict::Pass)], now());
    assert_eq!(gone.voided()[0].1, "the step is gone");
}

#[test]
fn a_walk_is_resumed_from_what_was_kept() {
    let before = answered();
    let text = before.kept().text();
    let kept = Answers::parse(&text).unwrap();
    let after = Walk::new(subject("aaa"), steps(), &kept, now());
    assert_eq!(signoff::json(&after), signoff::json(&before), "byte for byte");
    assert_eq!(signoff::markdown(&after), signoff::markdown(&before));
    for broken in ["", "{}", "{\"schema\": \"x\", \"answers\": []}"] {
        assert!(Answers::parse(broken).is_err(), "{broken}");
    }
}

#[test]
fn the_cursor_goes_to_what_is_open_and_stays_at_its_step() {
    let mut walk = walk(steps());
    assert_eq!(walk.cursor(), 1);
    walk.select(99);
    assert_eq!(walk.current().unwrap().id, "revoked");
    let mut more = steps();
    more.insert(0, auto("new", Verdict::Pass));
    assert_eq!(walk.again(subject("aaa"), more, now()).current().unwrap().id, "revoked");
    walk.answer("revoked", Said::Yes, "ada", "", now()).unwrap();
    assert_eq!(walk.next_open(), Some(1), "from the top again");
}

fn demo(name: &str) -> Fleet {
    let mut fleet = Fleet::new(Rules { today: "2026-11-22".into(), ..Rules::default() });
    let recording = replay::bundled().unwrap().into_iter().find(|one| one.target == name).unwrap();
    let target = recording.target(0);
    let repo = target.id.clone();
    fleet.absorb(SurveyEvent::Started(target));
    for observation in recording.observations_in_order() {
        fleet.absorb(SurveyEvent::Answered { repo: repo.clone(), observation: Box::new(observation) });
    }
    fleet.absorb(SurveyEvent::Finished { repo });
    fleet
}

fn of(fleet: &Fleet, tree: Option<&Fact<Tree>>, release: Option<&str>, after: Option<&str>) -> Walk {
    let repo = fleet.repos.values().next().unwrap();
    let subject = steps::subject(repo, &fleet.rules, release, after);
    let steps = steps::of(repo, tree, &subject);
    Walk::new(subject, steps, &Answers::default(), now())
}

#[test]
fn the_steps_of_the_ready_one_come_in_the_order_of_a_release() {
    let walk = of(&demo("demo/image-tools"), None, Some("4.3.0"), None);
    assert!(walk.steps.is_sorted_by_key(|step| step.phase));
    let open: Vec<&str> =
        walk.steps.iter().filter(|step| walk.state(step) == State::Open).map(|step| step.id.as_str()).collect();
    assert_eq!(open, ["docs-read", "approver", "tokens-revoked", "owners-known", "release-notes"]);
    assert_eq!((state(&walk, "checks-green"), state(&walk, "action-updates")), (State::Passed, State::Warned));
    assert_eq!(state(&walk, "after-attested"), State::Later);
    let text = signoff::markdown(&walk).replace(crate::report::VERSION, "[version]");
    insta::with_settings!({snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("signoff", text);
    });
}

#[test]
fn a_version_that_is_taken_blocks() {
    let fleet = demo("demo/image-tools");
    for (version, wanted) in
        [("4.2.0", State::Failed), ("v4.2.0", State::Failed), ("4.1.1", State::Failed), ("5.0", State::Passed)]
    {
        assert_eq!(state(&of(&fleet, None, Some(version), None), "version-free"), wanted, "{version}");
    }
    assert_eq!(state(&of(&fleet, None, None, None), "version-free"), State::Open, "none was named");
}

#[test]
fn after_the_release_its_files_are_looked_at() {
    let walk = of(&demo("demo/image-tools"), None, None, Some("v4.2.0"));
    assert!(walk.step("version-free").is_none());
    for id in ["after-released", "after-attested", "after-provenance"] {
        assert_eq!(state(&walk, id), State::Passed, "{id}: {:?}", walk.step(id));
    }
    let other = of(&demo("demo/image-tools"), None, None, Some("v4.3.0"));
    assert_eq!((state(&other, "after-released"), state(&other, "after-attested")), (State::Open, State::Open));
}

#[test]
fn nothing_asked_is_nothing_passed() {
    for name in ["demo/frames", "demo/solvers", "demo/arrays"] {
        let fleet = demo(name);
        let walk = of(&fleet, Some(&Fact::Pending), None, None);
        for id in ["tree-clean", "in-step", "checks-green", "version-free", "action-updates"] {
            assert_eq!(state(&walk, id), State::Open, "{name} {id}");
        }
        assert_ne!(walk.outcome(), Outcome::SignedOff);
    }
}

#[test]
fn a_tree_is_clean_only_where_that_was_seen() {
    let fleet = demo("demo/image-tools");
    let at = |tree: Tree| {
        let fact = Fact::local(tree, now());
        state(&of(&fleet, Some(&fact), None, None), "tree-clean")
    };
    let some = || vec!["a".to_owned()];
    assert_eq!(at(Tree::default()), State::Passed);
    assert_eq!(at(Tree { untracked: some(), ..Tree::default() }), State::Warned);
    assert_eq!(at(Tree { doubtful: some(), ..Tree::default() }), State::Open);
    assert_eq!(at(Tree { staged: some(), ..Tree::default() }), State::Failed);
    assert_eq!(at(Tree { changed: some(), doubtful: some(), ..Tree::default() }), State::Failed);
}

fn with_files(files: &[(&str, &str)]) -> Fleet {
    let mut fleet = demo("demo/image-tools");
    let repo = fleet.repos.values_mut().next().unwrap();
    let mut set = repo.facts.files.value().unwrap().clone();
    for (path, text) in files {
        set.texts.insert((*path).to_owned(), (*text).into());
    }
    let id = repo.target.id.clone();
    let observation = Box::new(Observation::Files(Fact::local(set, now())));
    fleet.absorb(SurveyEvent::Answered { repo: id, observation });
    fleet
}

#[test]
fn the_boxes_of_the_project_become_questions_and_are_ticked() {
    let page = "# Release\n\n- [ ] Update *the* docs\n- [ ] Tell @team | <b>\n- [ ] Tell @team | <b>\n\n## After the release\n\n- [ ] Announce\n";
    let fleet = with_files(&[(".github/ISSUE_TEMPLATE/release.md", page)]);
    let mut walk = of(&fleet, None, Some("5"), None);
    let own: Vec<_> = walk.steps.iter().filter(|step| step.place.is_some()).cloned().collect();
    let lines: Vec<_> = own.iter().map(|step| step.place.clone().unwrap().1).collect();
    assert_eq!(lines, [3, 4, 5, 9]);
    assert_eq!(own.iter().map(|step| step.needed).collect::<Vec<_>>(), [true, true, true, false]);
    walk.answer(&own[0].id, Said::Yes, "ada", "done", now()).unwrap();
    walk.answer(&own[1].id, Said::NotApplicable, "@grace", "no team", now()).unwrap();
    let boxes = signoff::boxes(&walk).unwrap();
    assert!(
        boxes.contains("- [x] Update the docs (ada, yes: done (2026-11-22 16:00 UTC at 6b1f0c2d9))")
            || boxes.contains("- [x] Update the docs (ada, "),
        "{boxes}"
    );
    assert!(
        boxes.contains(&format!(
            "- [ ] {} ({}, not-applicable",
            escape::prose("Tell @team |"),
            escape::prose("@grace")
        )),
        "{boxes}"
    );
    assert!(boxes.contains("- [ ] Announce (open)"), "{boxes}");
    assert!(signoff::boxes(&of(&demo("demo/graphnet"), None, None, None)).is_none());
}

#[test]
fn declared_steps_stand_where_they_belong() {
    let declared = "checklist:\n  process-days: 30\n  steps:\n    - {id: docs, ask: Docs built?, before: release-notes}\n    \
        - {id: verified, requirement: R11, check: verify-step, why: we promise it}\n    \
        - {id: wrong, requirement: R99}\n    - {id: major, ask: Announced?, when: {release: '*.0.0'}}\n    \
        - {id: crates, ask: Crates?, when: {publishes: crates}}\n    - {id: lost, ask: Lost?, after: nowhere, days: 7}\n";
    let fleet = with_files(&[(crate::fact::declared::PATH, declared)]);
    let walk = of(&fleet, None, Some("4.3.0"), None);
    let ids: Vec<&str> = walk.steps.iter().map(|step| step.id.as_str()).collect();
    let at = |id: &str| ids.iter().position(|known| *known == id);
    assert_eq!(at("own:docs").map(|place| place + 1), at("release-notes"));
    assert_eq!((at("own:major"), at("own:crates")), (None, None));
    assert_eq!((state(&walk, "own:verified"), state(&walk, "own:wrong")), (State::Passed, State::Open));
    assert!(walk.step("own:wrong").unwrap().why.contains("does not exist"));
    let lost = walk.step("own:lost").unwrap();
    assert!(lost.why.contains("nowhere") && lost.lasting == Lasting::Days(7), "{lost:?}");
    assert_eq!(walk.step("tokens-revoked").unwrap().lasting, Lasting::Days(30));
    let major = of(&fleet, None, Some("5.0.0"), None);
    assert!(major.step("own:major").is_some());
    let unnamed = of(&fleet, None, None, None);
    assert!(unnamed.step("own:major").is_some(), "a condition that cannot be told leaves nothing out");
    let schema: serde_json::Value = serde_json::from_str(crate::fact::declared::SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    assert!(validator.is_valid(&serde_yaml::from_str(declared).unwrap()));
    for wrong in [
        "{checklist: {steps: [{id: a}]}}",
        "{checklist: {steps: [{id: a, ask: x, run: make}]}}",
        "{waivers: [{requirement: R01}]}",
    ] {
        assert!(!validator.is_valid(&serde_yaml::from_str(wrong).unwrap()), "{wrong}");
    }
}

fn hostile() -> Walk {
    let evil = "| <img src=x> @ada ](https://evil.test) ##[error] \u{1b}[2J\u{202e} `x` \n::error::y";
    let line = clean::line(evil).into_owned();
    let mut steps = steps();
    for step in &mut steps {
        step.title = format!("{} {line}", step.id);
        step.why.clone_from(&line);
        step.proof = vec![Proof::text(line.clone())];
        step.place = Some((line.clone(), 3));
        step.waiver = Some(Waiver { reason: line.clone(), owner: line.clone(), until: Some(line.clone()) });
    }
    let subject = Subject {
        target: line.clone(),
        repository: Some(line.clone()),
        release: Some(line.clone()),
        branch: Some(line.clone()),
        ..subject(&line)
    };
    let mut walk = Walk::new(subject, steps, &Answers::default(), now());
    walk.answer("approver", Said::Yes, evil, evil, now()).unwrap();
    walk
}

#[test]
fn every_sign_off_fits_its_schema_and_runs_nothing() {
    let validator = jsonschema::draft202012::new(&serde_json::from_str(signoff::SCHEMA).unwrap()).unwrap();
    let mut walks: Vec<Walk> =
        replay::bundled().unwrap().iter().map(|one| of(&demo(&one.target), None, None, None)).collect();
    walks.extend([answered(), answered().again(subject("bbb"), steps(), now()), hostile()]);
    for walk in &walks {
        let json = signoff::json(walk);
        let document = serde_json::from_str(&json).unwrap();
        validator.validate(&document).map_err(|error| format!("{error} at {}", error.instance_path())).unwrap();
        let texts = [json, signoff::markdown(walk), signoff::boxes(walk).unwrap_or_default()];
        for text in &texts {
            assert!(!text.contains(|c: char| c != '\n' && clean::is_unwanted(c)), "{text:?}");
            assert!(crate::report::runner::commands(text).is_empty(), "{text}");
        }
        for markdown in &texts[1..] {
            assert_eq!(live(markdown), Vec::<String>::new());
        }
    }
}

/// Whatever of a Markdown text is more than text, tables and links to the forge.
fn live(markdown: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    let is_live = |event: &Event<'_>| match event {
        Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. } | Tag::HtmlBlock) => true,
        Event::Start(Tag::Link { dest_url, .. }) => !dest_url.starts_with("https://github.com/"),
        Event::Text(text) => text.split(' ').any(|word| word.starts_with('@') || word.contains("://")),
        _ => false,
    };
    Parser::new_ext(markdown, options).filter(is_live).map(|event| format!("{event:?}")).collect()
}

#[test]
fn only_a_sign_off_of_this_commit_that_holds_is_one() {
    let json = signoff::json(&answered());
    let verify = |text: &str, repository, commit, at| signoff::verify(text, repository, commit, at);
    assert_eq!(verify(&json, Some("o/r"), Some("aaa"), now()), Ok(()));
    for (text, commit, at, why) in [
        (json.as_str(), Some("bbb"), now(), "about the commit aaa"),
        (&json, None, now(), "is not known"),
        (&json, Some("aaa"), later(181), "ended on"),
        (&signoff::json(&walk(steps())), Some("aaa"), now(), "it is open"),
        ("", Some("aaa"), now(), "cannot be read"),
        ("{}", Some("aaa"), now(), "cannot be read"),
        (&json.replace("signoff/1", "signoff/2"), Some("aaa"), now(), "not of the form"),
    ] {
        let error = verify(text, Some("o/r"), commit, at).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    let named = json.replace("\"repository\": null", "\"repository\": \"o/other\"");
    assert!(verify(&named, Some("o/r"), Some("aaa"), now()).unwrap_err().contains("about o/other"));
}

/// A repository without any fact, for the look of an empty walk.
#[test]
fn a_repository_that_was_not_seen_has_every_needed_step_open() {
    let mut fleet = demo("demo/graphnet");
    let repo: &mut Repo = fleet.repos.values_mut().next().unwrap();
    repo.facts = Facts::default();
    repo.findings.clear();
    let walk = of(&fleet, None, Some("1"), None);
    let states: Vec<State> = walk.steps.iter().filter(|step| step.needed).map(|step| walk.state(step)).collect();
    assert!(
        states.iter().all(|state| matches!(state, State::Open | State::Later | State::NotApplicable)),
        "{states:?}"
    );
    assert_eq!(walk.outcome(), Outcome::Open);
}
