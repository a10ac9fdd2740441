//! The walk through a release.

use super::*;

/// The walk of a repository of the demo, with the kept answers known.
fn walk(at: usize) -> Model {
    let mut model = demo();
    model.options.who = Some("ada".to_owned());
    press(&mut model, &"j ".repeat(at));
    press(&mut model, "c enter");
    let repo = model.repo.clone().unwrap();
    let release = model.checklist.as_ref().unwrap().release().map(str::to_owned);
    let answers = Ok(Answers::default());
    model.update(Message::Done(Outcome::Recalled { repo, release, answers }));
    model
}

fn open(model: &Model) -> &checklist::Checklist {
    model.checklist.as_ref().unwrap()
}

#[test]
fn the_version_is_asked_before_anything_else_and_kept() {
    let mut model = demo();
    let effects = press(&mut model, "j j c");
    assert!(matches!(&effects[..], [Effect::Survey { scope: Scope::Release, .. }]), "{effects:?}");
    assert!(matches!(&model.mode, Mode::Release(field) if field.text() == "4.2.1"));
    let effects = press(&mut model, "ctrl+u 5 enter");
    assert!(matches!(&effects[..], [Effect::Recall { release: Some(five), .. }, Effect::Save(session)]
        if five == "5" && session.releases["demo/image-tools"] == "5"));
    press(&mut model, "esc");
    assert_eq!((model.place, toast(&model)), (Place::Fleet, "paused; c goes on"));
    press(&mut model, "c");
    assert_eq!((model.place, open(&model).release()), (Place::Checklist, Some("5")));
    press(&mut model, ":");
    type_in(&mut model, "release 6");
    assert!(matches!(&press(&mut model, "enter")[..], [Effect::Recall { release: Some(six), .. }, ..] if six == "6"));
    let mut left = demo();
    press(&mut left, "j j c esc");
    assert!(left.place == Place::Fleet && left.checklist.is_none());
}

#[test]
fn a_version_can_be_put_right_and_must_be_one() {
    let mut model = walk(2);
    press(&mut model, "c");
    assert!(matches!(&model.mode, Mode::Release(field) if field.text() == "4.2.1"));
    press(&mut model, "esc");
    assert_eq!((model.place, open(&model).release()), (Place::Checklist, Some("4.2.1")), "nothing is lost");
    press(&mut model, "c ctrl+u . . / x enter");
    assert!(matches!(&model.mode, Mode::Release(field) if field.text() == "../x"));
    let effects = press(&mut model, "ctrl+u 5 enter");
    assert!(matches!(&effects[..], [Effect::Recall { release: Some(five), .. }, ..] if five == "5"), "{effects:?}");
    let command = |model: &mut Model, line: &str| {
        press(model, ":");
        type_in(model, line);
        press(model, "enter")
    };
    let effects = command(&mut model, "checklist 3.6.0");
    assert!(matches!(&effects[..], [Effect::Recall { release: Some(six), .. }, ..] if six == "3.6.0"), "{effects:?}");
    for line in ["checklist ../../x y", "release ../../x y"] {
        assert_eq!(command(&mut model, line), []);
        assert_eq!(toast(&model), "`/` is in no version: letters, digits and . + - _ ! are");
    }
    let mut fleet = demo();
    press(&mut fleet, "j j");
    let effects = command(&mut fleet, "checklist 3.6.0");
    assert!(matches!(&effects[..], [Effect::Survey { .. }, Effect::Recall { .. }, ..]), "{effects:?}");
    assert!(fleet.place == Place::Checklist && matches!(fleet.mode, Mode::Browse));
}

#[test]
fn an_answer_is_kept_taken_back_and_never_given_unseen() {
    let mut model = walk(2);
    let first = open(&model).row;
    assert!(press(&mut model, "y").is_empty());
    type_in(&mut model, "jq linus");
    let [Effect::Remember { keeping, .. }] = only(press(&mut model, "enter")) else { panic!("not kept") };
    let given = keeping.process.all.iter().chain(&keeping.release.all).next().unwrap();
    assert_eq!((given.who.as_str(), given.note.as_str()), ("ada", "jq linus"));
    assert!(open(&model).row > first, "the next one is asked");
    press(&mut model, "k z");
    assert_eq!(toast(&model), "the answer was taken back");
    assert!(press(&mut model, "z").is_empty());
    press(&mut model, "s enter");
    assert!(matches!(&model.mode, Mode::Answer(form) if form.mistake.as_deref() == Some("say why it does not apply")));
    press(&mut model, "esc");
    assert!(open(&model).walk.kept().all.is_empty());
}

#[test]
fn without_a_name_one_is_asked_for() {
    let mut model = walk(2);
    model.options.who = None;
    press(&mut model, "y enter");
    assert!(matches!(&model.mode, Mode::Answer(form) if form.on_name));
    type_in(&mut model, "grace");
    assert_eq!(press(&mut model, "enter").len(), 1);
    assert_eq!(model.who(), Some("grace"));
}

#[test]
fn what_the_facts_prove_takes_no_answer_and_kept_answers_that_cannot_be_read_are_not_written_over() {
    let mut model = walk(3);
    let at = open(&model).walk.steps.iter().position(|step| step.id == "R08").unwrap();
    press(&mut model, "g");
    press(&mut model, &"j ".repeat(at));
    for key in ["y", "n", "s"] {
        assert!(press(&mut model, key).is_empty());
        assert!(toast(&model).starts_with("not taken: the facts decide this step"), "{}", toast(&model));
    }
    press(&mut model, "enter");
    assert_eq!((model.place, at_requirement(&model)), (Place::Evidence, "R08"));
    let mut model = walk(2);
    let (repo, release) = (model.repo.clone().unwrap(), Some("4.2.1".to_owned()));
    let why = "the answers kept in x cannot be read".to_owned();
    model.update(Message::Done(Outcome::Recalled { repo, release, answers: Err(why.clone()) }));
    assert!(press(&mut model, "y enter").is_empty());
    assert_eq!(open(&model).trouble, Some(why));
}

#[test]
fn a_cursor_that_nobody_moved_leaves_a_step_that_facts_have_settled() {
    let clean = |model: &mut Model, tree: Fact<Tree>| {
        let repo = model.repo.clone().unwrap();
        model.update(Message::Done(Outcome::SawTree { repo, tree: Box::new(tree) }));
    };
    for (keys, stays) in [("", false), ("j k", true)] {
        let mut model = walk(3);
        let repo = model.repo.clone().unwrap();
        let git = Git { commit: Some("0f".repeat(20)), ..Git::default() };
        let observation = Box::new(Observation::Git(Fact::local(Some(git), Timestamp::UNIX_EPOCH)));
        model.update(Message::Survey { round: model.round, event: SurveyEvent::Answered { repo, observation } });
        clean(&mut model, Fact::Unknown(Unknown::new(Reason::Failed, "it cannot be read")));
        press(&mut model, "g");
        let (repo, release) = (model.repo.clone().unwrap(), open(&model).release().map(str::to_owned));
        model.update(Message::Done(Outcome::Recalled { repo, release, answers: Ok(Answers::default()) }));
        assert_eq!(open(&model).row, 0, "the tree waits for an answer");
        press(&mut model, keys);
        clean(&mut model, Fact::local(Tree::default(), Timestamp::UNIX_EPOCH));
        assert_eq!(open(&model).row == 0, stays, "{keys}");
    }
}

#[test]
fn an_answer_is_about_the_commit_that_was_looked_at() {
    let mut model = walk(2);
    let approver = open(&model).walk.steps.iter().position(|step| step.id == "approver").unwrap();
    press(&mut model, "g");
    press(&mut model, &"j ".repeat(approver));
    press(&mut model, "y enter g");
    press(&mut model, &"j ".repeat(approver));
    press(&mut model, "y");
    let repo = model.repo.clone().unwrap();
    let progress = model.fleet.repos[&repo].facts.progress.clone();
    let Fact::Known(mut seen) = progress else { panic!("not recorded") };
    seen.value.head = "0f".repeat(20);
    let observation = Box::new(Observation::Progress(Fact::Known(seen)));
    model.update(Message::Survey { round: model.round, event: SurveyEvent::Answered { repo, observation } });
    model.update(Message::Quiet);
    assert_eq!(toast(&model), "the commit changed: 1 answer is void");
    assert_eq!(open(&model).walk.voided().len(), 1);
    assert!(press(&mut model, "enter").is_empty(), "the commit is another one than was looked at");
    assert!(matches!(&model.mode, Mode::Answer(form) if form.mistake.is_some()));
    assert_eq!(press(&mut model, "enter").len(), 1);
    assert!(open(&model).walk.voided().is_empty());
}

#[test]
fn a_sign_off_goes_where_a_person_says() {
    let mut model = walk(2);
    press(&mut model, "w");
    assert_eq!(model.place, Place::Fix);
    let [Effect::Deliver { path: None, name, texts, .. }] = only(press(&mut model, "w")) else { panic!("not written") };
    assert_eq!((model.place, name.as_str()), (Place::Checklist, "release-signoff-demo--image-tools--4.2.1"));
    assert!(texts.0.contains("Not signed off") && texts.1.contains("\"open\""));
    press(&mut model, "w enter");
    type_in(&mut model, "~/out");
    assert!(matches!(&press(&mut model, "enter")[..], [Effect::Deliver { path: Some(path), .. }] if path == "~/out"));
}

fn at_requirement(model: &Model) -> &str {
    at(model).1
}
