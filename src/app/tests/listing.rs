//! The matrix: the filter, the order, marks, and what the rows are called.

use super::*;

#[test]
fn a_filter_counts_while_it_is_typed_and_escape_brings_the_old_one_back() {
    let mut model = demo();
    press(&mut model, "/");
    type_in(&mut model, "R08:fail");
    let names: Vec<&str> = model.matrix.order.iter().map(|id| &*id.target).collect();
    assert_eq!(names, ["demo/graphnet", "~/src/mylib"]);
    press(&mut model, "enter");
    assert_eq!(at(&model).0, "demo/graphnet");
    press(&mut model, "/ space x y");
    assert!(model.matrix.order.is_empty());
    press(&mut model, "esc");
    assert_eq!(model.matrix.filter.text(), "R08:fail");
    press(&mut model, "esc");
    assert_eq!((model.matrix.order.len(), toast(&model)), (10, "filter cleared"));
    press(&mut model, "/");
    type_in(&mut model, "is:stael");
    press(&mut model, "enter");
    assert_eq!(toast(&model), "did you mean is:stale?");
}

#[test]
fn sorting_keeps_the_repository_and_the_column_under_the_cursor() {
    let mut model = demo();
    press(&mut model, "j l s");
    assert_eq!((at(&model), &*model.matrix.order[0].target), (("demo/solvers", "R02"), "~/src/mylib"));
    press(&mut model, "S");
    assert_eq!((at(&model), &*model.matrix.order[0].target), (("demo/solvers", "R02"), "demo/image-tools"));
    press(&mut model, "s");
    assert_eq!((at(&model), model.matrix.sort.word()), (("demo/solvers", "R02"), "R02"));
    press(&mut model, ":");
    type_in(&mut model, "sort name");
    press(&mut model, "enter");
    assert_eq!(at(&model), ("demo/solvers", "R02"));
}

#[test]
fn n_goes_from_problem_to_problem() {
    let mut model = demo();
    press(&mut model, "n");
    assert_eq!(at(&model), ("demo/arrays", "R03"));
    press(&mut model, "N N");
    assert_eq!(at(&model).0, "demo/toolbox", "around the start");
    press(&mut model, "n n enter n");
    assert_eq!((model.place, at(&model)), (Place::Repo, ("demo/arrays", "R06")));
    press(&mut model, "enter n");
    assert_eq!(toast(&model), "this is the only piece of evidence");
}

#[test]
fn marks_are_what_refresh_acts_on() {
    let mut model = demo();
    press(&mut model, "space space");
    let Effect::Survey { round, repos, scope } = press(&mut model, "r").remove(0) else { panic!("no survey") };
    assert_eq!((round, scope), (1, Scope::Everything));
    assert_eq!(repos.iter().map(|id| &*id.target).collect::<Vec<_>>(), ["demo/arrays", "demo/solvers"]);
    let Effect::Survey { round, repos, .. } = press(&mut model, "R").remove(0) else { panic!("no survey") };
    assert_eq!((round, repos.len()), (2, 10));
    press(&mut model, "esc");
    assert!(model.matrix.marks.is_empty());
}

#[test]
fn a_bare_word_in_the_filter_gets_a_hint() {
    let mut model = demo();
    press(&mut model, "/");
    type_in(&mut model, "ready");
    press(&mut model, "enter");
    assert_eq!(toast(&model), "did you mean is:ready?");
}

/// A dashboard on one folder that was typed as `.`.
fn here(path: &str, remote: Option<&str>) -> Model {
    let id = RepoId { index: 0, target: ".".into() };
    let target = Target { id: id.clone(), repository: None, path: Some(".".to_owned()), whole: Some(path.to_owned()) };
    let mut model = Model::new(Options { targets: vec![target.clone()], now: options().now, ..Options::default() });
    let remote = remote.and_then(crate::fact::git::Remote::parse);
    let git = Git { remote, commit: Some("0f".repeat(20)), ..Git::default() };
    let observation = Box::new(Observation::Git(Fact::local(Some(git), Timestamp::UNIX_EPOCH)));
    for event in [
        SurveyEvent::Started(target),
        SurveyEvent::Answered { repo: id.clone(), observation },
        SurveyEvent::Finished { repo: id },
    ] {
        model.update(Message::Survey { round: 0, event });
    }
    model
}

#[test]
fn a_folder_typed_as_a_dot_has_a_name_and_files_of_its_own() {
    let signed = |path: &str, remote| {
        let mut model = here(path, remote);
        let name = model.name_of(model.repo.as_ref().unwrap());
        press(&mut model, "c 1 . 0 enter w");
        let [Effect::Deliver { name: file, texts, .. }] = only(press(&mut model, "w")) else { panic!("not written") };
        assert!(texts.0.starts_with(&format!("# Release sign-off: {name} 1.0\n")), "{}", texts.0);
        assert!(texts.1.contains("\"target\": \".\""), "what was typed stays in the JSON");
        (name, file, model.options.session.releases)
    };
    let (name, file, _) = signed("/a/tool", Some("https://github.com/lin/tool.git"));
    assert_eq!((name.as_str(), file.as_str()), ("lin/tool", "release-signoff-lin--tool--1.0"));
    let (one, other) = (signed("/a/tool", None), signed("/b/tool", None));
    assert_eq!((one.0.as_str(), other.0.as_str()), ("tool", "tool"));
    assert!(one.1.starts_with("release-signoff-tool-") && one.1.ends_with("--1.0"), "{}", one.1);
    assert_ne!(one.1, other.1, "one would take the place of the other");
    assert_ne!(one.2, other.2, "nor is the version shared");
    assert_ne!(signed("/a/tool", Some("git@github.com:ada/tool")).1, file);
}

#[test]
fn an_age_is_that_of_the_settings() {
    let mut model = demo();
    press(&mut model, "j j j");
    let age = |model: &Model| age::Age::of(&model.chosen().unwrap().facts).newest.unwrap();
    let before = age(&model);
    let repo = model.repo.clone().unwrap();
    let files = model.chosen().unwrap().facts.files.value().unwrap().clone();
    model.update(Message::Done(Outcome::Edited(vec![repo.clone()])));
    let later = "2026-12-24T18:00:00Z".parse().unwrap();
    let observation = Box::new(Observation::Files(Fact::local(files, later)));
    model.update(Message::Survey { round: 1, event: SurveyEvent::Answered { repo, observation } });
    assert_eq!(age(&model), before);
}

#[test]
fn a_digit_that_chooses_nothing_says_so() {
    let mut model = demo();
    press(&mut model, "y 9");
    assert!(toast(&model).starts_with("there is no 9; 1 to "), "{}", toast(&model));
    press(&mut model, "esc w enter");
    assert_eq!(toast(&model), "enter never writes; w writes what the preview shows");
}
