//! Rounds of answers: what still counts, and what others changed meanwhile.

use super::*;

#[test]
fn only_what_was_asked_again_loses_its_old_answers() {
    let mut model = demo();
    let repo = model.repo.clone().unwrap();
    press(&mut model, "r");
    let offline =
        |topic| SurveyEvent::Answered { repo: repo.clone(), observation: Box::new(crate::source::offline(topic)) };
    model.update(Message::Survey { round: 0, event: offline(Topic::Environments) });
    assert!(model.chosen().unwrap().facts.environments.value().is_some(), "round 0 counts no more for this one");
    model.update(Message::Survey { round: 1, event: offline(Topic::Environments) });
    assert!(model.chosen().unwrap().facts.environments.value().is_none());
    let others = model.fleet.repos.keys().nth(1).cloned().unwrap();
    let event = SurveyEvent::Answered {
        repo: others.clone(),
        observation: Box::new(crate::source::offline(Topic::Environments)),
    };
    model.update(Message::Survey { round: 0, event });
    assert!(model.fleet.repos[&others].facts.environments.value().is_none(), "it counts for the others");
}

#[test]
fn reading_files_again_leaves_answers_of_the_forge_on_their_way() {
    let mut model = demo();
    let repo = model.options.roots.keys().next().cloned().unwrap();
    let effects = model.update(Message::Done(Outcome::Edited(vec![repo.clone()])));
    assert_eq!(effects, [Effect::Survey { round: 1, repos: vec![repo.clone()], scope: Scope::Local }]);
    let answered =
        |topic| SurveyEvent::Answered { repo: repo.clone(), observation: Box::new(crate::source::offline(topic)) };
    model.update(Message::Survey { round: 0, event: answered(Topic::Files) });
    assert!(model.fleet.repos[&repo].facts.files.value().is_some(), "files of round 0 are old");
    model.update(Message::Survey { round: 0, event: answered(Topic::Environments) });
    assert!(model.fleet.repos[&repo].facts.environments.value().is_none(), "settings of round 0 are still news");
    assert_eq!(model.update(Message::Focused).len(), 1);
}

#[test]
fn the_clock_asks_about_everything_but_never_twice_at_once() {
    let mut model = demo();
    let everybody: Vec<RepoId> = model.fleet.repos.keys().cloned().collect();
    let asked = Effect::Survey { round: 1, repos: everybody.clone(), scope: Scope::Everything };
    assert_eq!(model.update(Message::Due), [asked]);
    let target = model.fleet.repos[&everybody[0]].target.clone();
    model.update(Message::Survey { round: 1, event: SurveyEvent::Started(target) });
    assert_eq!(model.update(Message::Due), [], "answers are still awaited");
}

#[test]
fn changed_files_are_told() {
    let mut model = demo();
    press(&mut model, "j j j");
    let repo = model.repo.clone().unwrap();
    model.update(Message::Done(Outcome::Edited(vec![repo.clone()])));
    let mut files = model.chosen().unwrap().facts.files.value().unwrap().clone();
    let again = |files: &crate::fact::files::FileSet| SurveyEvent::Answered {
        repo: repo.clone(),
        observation: Box::new(Observation::Files(Fact::local(files.clone(), Timestamp::UNIX_EPOCH))),
    };
    model.update(Message::Survey { round: 1, event: again(&files) });
    assert_eq!(toast(&model), "");
    files.texts.insert("RELEASING.md".to_owned(), "nothing".into());
    model.update(Message::Survey { round: 1, event: again(&files) });
    assert_eq!(toast(&model), "files of demo/graphnet were changed: judged again");
}
