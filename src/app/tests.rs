//! What happens to the model, message by message and action by action.

use super::action::ACTIONS;
use super::key::{Code, Key, Mouse, MouseKind};
use super::layout::Pane;
use super::*;
use crate::checklist::Answers;
use crate::fact::git::Git;
use crate::fact::tree::Tree;
use crate::fact::{Fact, LogLevel, Observation, Reason, SurveyEvent, Topic, Unknown};
use crate::source::replay::{self, Recording};
use crate::text::splice;

fn recordings() -> Vec<Recording> {
    replay::bundled().unwrap()
}

fn options() -> Options {
    let targets: Vec<Target> = recordings().iter().enumerate().map(|(at, one)| one.target(at)).collect();
    let roots = targets.iter().filter(|target| &*target.id.target == "demo/graphnet");
    let roots = roots.map(|target| (target.id.clone(), PathBuf::from("/r"))).collect();
    let now = "2026-11-20T14:33:00Z".parse().unwrap();
    Options { targets, roots, now, mouse: true, ..Options::default() }
}

fn answer(model: &mut Model, at: usize, round: u32) {
    let recording = &recordings()[at];
    let target = recording.target(at);
    let repo = target.id.clone();
    let answers = recording.observations_in_order().into_iter();
    let answers = answers.map(|one| SurveyEvent::Answered { repo: repo.clone(), observation: Box::new(one) });
    let events = std::iter::once(SurveyEvent::Started(target)).chain(answers);
    for event in events.chain([SurveyEvent::Finished { repo: repo.clone() }]) {
        model.update(Message::Survey { round, event });
    }
    model.update(Message::Quiet);
}

/// The demo with every answer, judged once for all tests.
fn demo() -> Model {
    static DEMO: std::sync::LazyLock<Model> = std::sync::LazyLock::new(judged);
    DEMO.clone()
}

fn judged() -> Model {
    let mut model = Model::new(options());
    model.update(Message::Resized { columns: 120, rows: 36 });
    for at in 0..recordings().len() {
        answer(&mut model, at, 0);
    }
    model
}

fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    keys.split_whitespace().flat_map(|key| model.update(Message::Key(Key::parse(key).unwrap()))).collect()
}

fn type_in(model: &mut Model, text: &str) {
    for c in text.chars() {
        model.update(Message::Key(Key::char(c)));
    }
}

/// Tells the model that a preview was written.
fn wrote(model: &mut Model, repo: &RepoId, files: &[&str]) -> Vec<Effect> {
    let files = files.iter().map(|file| (*file).to_owned()).collect();
    model.update(Message::Done(Outcome::Wrote { repo: repo.clone(), title: "fix R08".to_owned(), files }))
}

/// The files of the repository under the cursor come again, with one more line in one of them.
fn files_changed(model: &mut Model, repo: &RepoId, round: u32, path: &str) {
    let mut files = model.fleet.repos[repo].facts.files.value().unwrap().clone();
    let text = files.texts.get(path).map_or_else(String::new, ToString::to_string);
    files.texts.insert(path.to_owned(), format!("# ours\n{text}").into());
    let observation = Box::new(Observation::Files(Fact::local(files, Timestamp::UNIX_EPOCH)));
    model.update(Message::Survey { round, event: SurveyEvent::Answered { repo: repo.clone(), observation } });
    model.update(Message::Survey { round, event: SurveyEvent::Finished { repo: repo.clone() } });
}

/// The one effect that was asked for.
fn only(effects: Vec<Effect>) -> [Effect; 1] {
    effects.try_into().unwrap()
}

fn toast(model: &Model) -> &str {
    model.toast.as_ref().map_or("", |toast| toast.words.as_str())
}

fn at(model: &Model) -> (&str, &str) {
    (model.repo.as_ref().map_or("", |id| &id.target), model.meta().map_or("", |meta| meta.id))
}

#[test]
fn rows_are_there_before_their_answers() {
    let model = Model::new(options());
    assert_eq!(model.matrix.order.len(), recordings().len());
    assert!(model.wants_ticks());
    assert!(!demo().wants_ticks());
}

#[test]
fn the_cursor_moves_by_letters_and_by_arrows_and_stays_inside() {
    for (down, up, right, left) in [("j", "k", "l", "h"), ("down", "up", "right", "left")] {
        let mut model = demo();
        press(&mut model, &format!("{down} {down} {right}"));
        assert_eq!(at(&model), ("demo/image-tools", "R02"));
        press(&mut model, &format!("{up} {left}"));
        assert_eq!(at(&model), ("demo/solvers", "R01"));
        press(&mut model, left);
        assert_eq!(toast(&model), "this is the first requirement");
    }
    let mut model = demo();
    press(&mut model, "G");
    assert_eq!(at(&model).0, "demo/toolbox");
    press(&mut model, "j ctrl+d pgdn");
    assert_eq!(at(&model).0, "demo/toolbox");
    press(&mut model, "g k ctrl+u home");
    assert_eq!(at(&model).0, "demo/arrays");
}

#[test]
fn one_way_in_and_one_way_out() {
    let mut model = demo();
    press(&mut model, "j j j enter");
    assert_eq!((model.place, at(&model).0), (Place::Repo, "demo/graphnet"));
    press(&mut model, "enter");
    assert_eq!(model.place, Place::Evidence);
    press(&mut model, "@");
    assert_eq!(model.place, Place::Log);
    press(&mut model, "esc h esc");
    assert_eq!(model.place, Place::Fleet);
    press(&mut model, "esc esc esc");
    assert_eq!((model.place, toast(&model)), (Place::Fleet, "this is the first screen; q quits"));
}

#[test]
fn q_leaves_with_zero_and_ctrl_c_at_once_from_every_mode() {
    let mut model = demo();
    let left = press(&mut model, "q");
    assert!(matches!(left.as_slice(), [Effect::Save(_), Effect::Quit(0)]), "{left:?}");
    for keys in ["", "/", ":", "?", "y", "j j j enter x", "j j j enter enter", "j j j enter F"] {
        let mut model = demo();
        press(&mut model, keys);
        let left = press(&mut model, "ctrl+c");
        assert!(matches!(left.as_slice(), [Effect::Save(_), Effect::Quit(130)]), "{keys}: {left:?}");
        assert_eq!(press(&mut model, "ctrl+z"), [Effect::Suspend], "{keys}");
    }
    model.update(Message::Resized { columns: 20, rows: 5 });
    assert_eq!(press(&mut model, "q").len(), 2, "also on a screen that is too small");
    assert_eq!(press(&mut model, "j"), []);
}

#[test]
fn a_key_that_does_nothing_says_why() {
    let mut model = demo();
    press(&mut model, "a");
    assert!(toast(&model).starts_with("a (apply) does nothing on the screen `fleet`; it works on: preview"));
    press(&mut model, "Q");
    assert_eq!(toast(&model), "Q means nothing; ? lists the keys");
    press(&mut model, "j");
    assert_eq!(toast(&model), "", "a key that does something takes the words away");
}

#[test]
fn every_action_can_be_asked_for_wherever_it_lives() {
    for start in ["", "enter", "enter enter", "@", "j j j enter F"] {
        for entry in ACTIONS {
            let mut model = demo();
            press(&mut model, start);
            model.perform(entry.action);
            model.settle();
            assert!(model.requirement < model.columns().len() && model.row() < model.matrix.order.len());
            let mut named = demo();
            press(&mut named, start);
            press(&mut named, ":");
            type_in(&mut named, entry.name);
            press(&mut named, "enter");
            if let Mode::Command(command::CommandLine { mistake: Some(mistake), .. }) = &named.mode {
                assert!(!entry.lives_on(named.place), "{}", entry.name);
                assert!(mistake.contains("does nothing here"), "{}", entry.name);
            }
        }
    }
}

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

#[test]
fn a_toast_goes_by_itself_and_the_clock_with_it() {
    let mut model = demo();
    model.update(Message::Done(Outcome::Did("copied the link".to_owned())));
    assert!(model.wants_ticks());
    for _ in 0..TOAST {
        model.update(Message::Tick(model.options.now));
    }
    assert!(model.toast.is_none() && !model.wants_ticks());
    assert_eq!(model.log.back().map(|line| line.level), Some(LogLevel::Info));
}

#[test]
fn a_fix_is_previewed_chosen_and_written() {
    let mut model = demo();
    press(&mut model, "j j j l l l l l l l");
    let looked = press(&mut model, "f");
    assert!(matches!(looked.as_slice(), [Effect::Look { files, .. }] if files.len() == 1), "{looked:?}");
    assert_eq!(model.place, Place::Fix);
    assert_eq!(press(&mut model, "enter"), [], "enter never writes");
    let [Effect::Write { title, files, .. }] = only(press(&mut model, "a")) else { panic!("no write") };
    assert_eq!(title, "fix R08 pinned-actions");
    assert!(files[0].new.contains("actions/checkout@c60e436a0a35f6ba4fab8056970c2bda28938101 # v4.3.1"));
    assert_eq!(model.place, Place::Fix, "the preview stays until it is written");
    for meanwhile in ["a", "space", "z", "r"] {
        assert_eq!((press(&mut model, meanwhile), toast(&model)), (vec![], "the files are being written"));
    }
    let repo = model.repo.clone().unwrap();
    wrote(&mut model, &repo, &[".github/workflows/deploy.yml"]);
    assert_eq!((model.place, toast(&model)), (Place::Fleet, "wrote 1 file; z puts it back"));
    assert!(matches!(press(&mut model, "z").as_slice(), [Effect::Undo { .. }]));
}

#[test]
fn what_needs_review_is_written_only_after_it_was_taken() {
    let mut model = demo();
    press(&mut model, "j j j l f");
    assert_eq!(model.place, Place::Fix);
    assert_eq!(press(&mut model, "a"), []);
    assert!(toast(&model).contains("nothing to write"), "{}", toast(&model));
    press(&mut model, "space");
    let [Effect::Write { title, .. }] = only(press(&mut model, "a")) else { panic!("no write") };
    assert!(title.starts_with("fix R02"), "{title}");
}

#[test]
fn fixes_of_marked_repositories_are_previewed_one_after_another() {
    let mut model = demo();
    press(&mut model, "j j j space j j j j space F");
    let first = model.preview.as_ref().unwrap().repo.clone();
    assert!(toast(&model).contains("then 1 more"), "{}", toast(&model));
    let effects = press(&mut model, "a");
    assert!(matches!(effects.first(), Some(Effect::Write { repo, .. }) if *repo == first), "{effects:?}");
    wrote(&mut model, &first, &["a.yml", "b.yml"]);
    assert_eq!(toast(&model), "wrote 2 files of demo/graphnet; now old-org/retired, the last of those marked");
    let second = model.preview.as_ref().unwrap().repo.clone();
    assert_ne!(first, second);
    press(&mut model, "n");
    assert_eq!(toast(&model), "no other of those marked is left; esc goes back");
    press(&mut model, "esc");
    assert_eq!((model.place, model.preview.is_none()), (Place::Fleet, true));
    press(&mut model, "F esc");
    assert!(toast(&model).contains("1 more of those marked stay as they are"), "{}", toast(&model));
}

#[test]
fn what_was_written_is_told_and_its_own_change_is_no_news() {
    let mut model = demo();
    press(&mut model, "j j j l l l l l l l f a");
    let repo = model.repo.clone().unwrap();
    let asked = wrote(&mut model, &repo, &[".github/workflows/deploy.yml"]);
    assert!(matches!(&asked[..], [Effect::Survey { round: 1, scope: Scope::Local, .. }]), "{asked:?}");
    files_changed(&mut model, &repo, 1, ".github/workflows/deploy.yml");
    assert_eq!(toast(&model), "wrote 1 file; z puts it back");
    let log = model.log.back().unwrap().text.clone();
    assert_eq!(log, "demo/graphnet: fix R08: wrote .github/workflows/deploy.yml");
    press(&mut model, "z");
    let files = vec![".github/workflows/deploy.yml".to_owned()];
    let title = "fix R08".to_owned();
    model.update(Message::Done(Outcome::PutBack { repo: repo.clone(), title, files, left: 1 }));
    files_changed(&mut model, &repo, 2, ".github/workflows/deploy.yml");
    assert_eq!(toast(&model), "put back deploy.yml; 1 earlier can be undone, too");
}

#[test]
fn what_was_not_written_is_told_and_the_preview_stays_with_its_choices() {
    let mut model = demo();
    press(&mut model, "j j j F k k k k k space a");
    let repo = model.repo.clone().unwrap();
    let chosen = |model: &Model| -> Vec<bool> {
        model.preview.as_ref().unwrap().plan().unwrap().choices().iter().map(|choice| choice.taken).collect()
    };
    let (before, path) = (chosen(&model), ".github/workflows/deploy.yml".to_owned());
    assert!(before.contains(&true) && before.contains(&false), "{before:?}");
    let refused = Outcome::NotWritten {
        repo: repo.clone(),
        title: "fix R08".to_owned(),
        files: vec![(path.clone(), "changed since it was read".to_owned())],
        why: format!("{path} changed since it was read"),
        outdated: true,
        written: Vec::new(),
    };
    assert_eq!(model.update(Message::Done(refused)), []);
    assert_eq!(toast(&model), "NOT written: deploy.yml changed since it was read; r reads it again");
    assert!(model.toast.as_ref().unwrap().failed);
    assert_eq!((model.place, chosen(&model)), (Place::Fix, before.clone()));
    let blocked = vec![(path.clone(), "changed since it was read".to_owned())];
    model.update(Message::Done(Outcome::Looked { repo: repo.clone(), blocked, uncommitted: Vec::new() }));
    press(&mut model, "space");
    let words = "cannot be taken: .github/workflows/deploy.yml changed since it was read; r reads the files again";
    assert!(toast(&model).ends_with(words), "{}", toast(&model));
    let asked = press(&mut model, "r");
    assert!(matches!(&asked[..], [Effect::Survey { scope: Scope::Local, .. }]), "{asked:?}");
    let round = model.round;
    files_changed(&mut model, &repo, round, &path);
    assert_eq!(toast(&model), "read again; this is the preview for the files as they are now");
    assert_eq!(chosen(&model), before);
    let [Effect::Write { files, .. }] = only(press(&mut model, "a")) else { panic!("no write") };
    assert!(files.iter().any(|file| file.new.starts_with("# ours")));
}

#[test]
fn one_of_those_marked_is_skipped() {
    let mut model = demo();
    press(&mut model, "j j j space j j j j space F");
    assert!(model.hints(200).iter().any(|hint| (hint.key.as_str(), hint.word.as_str()) == ("n", "skip")));
    let first = model.preview.as_ref().unwrap().repo.clone();
    press(&mut model, "@ esc");
    press(&mut model, "n");
    assert_ne!(model.preview.as_ref().unwrap().repo, first, "the log was only looked at");
    assert_eq!(toast(&model), "demo/graphnet stays as it is; now old-org/retired, the last of those marked");
}

#[test]
fn the_editor_opens_what_the_preview_is_about() {
    let mut model = demo();
    press(&mut model, "j j j space g F");
    let preview = model.preview.as_ref().unwrap();
    let (choice, repo) = (preview.choice().unwrap().clone(), preview.repo.clone());
    assert!(choice.requirement == "R08" && Some(&repo) != model.repo.as_ref());
    let [Effect::Edit { path, line, repo: edited, .. }] = only(press(&mut model, "e")) else { panic!("no editor") };
    assert_eq!((&edited, path.as_str()), (&repo, ".github/workflows/deploy.yml"));
    let text = model.fleet.repos[&repo].facts.text(&path).unwrap();
    assert_eq!(text.lines().nth(line - 1), Some("      - uses: actions/checkout@v4"));
}

#[test]
fn what_needs_review_is_read_before_it_is_taken() {
    let mut model = demo();
    let looked = press(&mut model, "j j j l f");
    assert!(matches!(&looked[..], [Effect::Look { files, .. }] if files.len() == 1), "{looked:?}");
    let lines = |model: &Model| -> Vec<String> { model.contents.rows(Pane::Preview).iter().map(page::text).collect() };
    let shown = lines(&model);
    assert_eq!(shown[0], "R02 not chosen: space takes it");
    assert!(shown.iter().any(|line| line.starts_with('+')), "{shown:?}");
    assert!(model.preview.as_ref().unwrap().files().is_empty());
    press(&mut model, "space");
    assert_eq!(lines(&model), shown[1..], "the same is written");
}

#[test]
fn the_smallest_footer_of_a_preview_keeps_what_chooses_and_writes() {
    let mut model = demo();
    model.update(Message::Resized { columns: 60, rows: 16 });
    press(&mut model, "j j j F");
    let hints = model.hints(59);
    let keys: Vec<&str> = hints.iter().map(|hint| hint.key.as_str()).collect();
    for key in ["space", "a", "esc", "?"] {
        assert!(keys.contains(&key), "{keys:?}");
    }
}

#[test]
fn what_is_not_committed_is_told_beside_the_choice() {
    for (columns, rows) in [(120, 36), (80, 24)] {
        let mut model = demo();
        model.update(Message::Resized { columns, rows });
        press(&mut model, "j j j l l l l l l l f");
        let repo = model.repo.clone().unwrap();
        let uncommitted = vec![".github/workflows/deploy.yml".to_owned()];
        model.update(Message::Done(Outcome::Looked { repo, blocked: Vec::new(), uncommitted }));
        let text: Vec<String> = model.contents.rows(Pane::Plan).iter().map(page::text).collect();
        let text = text.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        let words = if columns == 120 {
            "not committed yet, and changed by this as well: deploy.yml"
        } else {
            "holds changes that are not committed yet"
        };
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn choices_are_left_and_blocked() {
    let mut model = demo();
    press(&mut model, "j j j F");
    let taken = |model: &Model| {
        model.preview.as_ref().unwrap().plan().unwrap().choices().iter().filter(|choice| choice.is_made()).count()
    };
    let before = taken(&model);
    press(&mut model, "space");
    assert_ne!(taken(&model), before);
    let repo = model.repo.clone().unwrap();
    let paths = vec![(".github/workflows/deploy.yml".to_owned(), "is a link".to_owned())];
    model.update(Message::Done(Outcome::Looked { repo, blocked: paths, uncommitted: Vec::new() }));
    assert_eq!(taken(&model), 0);
    assert_eq!(press(&mut model, "a"), []);
    assert!(toast(&model).contains("nothing to write"), "{}", toast(&model));
}

#[test]
fn nothing_is_written_where_nothing_may_or_can_be() {
    let mut model = demo();
    model.options.read_only = true;
    press(&mut model, "j j j l l l l l l l f");
    assert_eq!((press(&mut model, "a"), toast(&model)), (vec![], "nothing is written: --read-only"));
    let mut elsewhere = demo();
    elsewhere.options.roots.clear();
    press(&mut elsewhere, "j j j l l l l l l l f");
    assert_eq!(press(&mut elsewhere, "a"), []);
    assert!(toast(&elsewhere).contains("is not a folder here"));
    press(&mut elsewhere, "y");
    let copied = press(&mut elsewhere, "enter");
    assert!(matches!(copied.as_slice(), [Effect::Copy { what: "patch", text }] if text.starts_with("diff --git")));
}

#[test]
fn what_cannot_be_fixed_in_files_says_where_to_look() {
    let mut model = demo();
    press(&mut model, "f");
    assert_eq!(toast(&model), "R01 needs no fix");
    press(&mut model, "j l l l l l l f");
    assert_eq!(toast(&model), "R07 is a setting, not a file; enter opens what to do");
    assert_eq!(model.place, Place::Fleet);
}

#[test]
fn a_report_is_previewed_and_w_again_writes_it() {
    let mut model = demo();
    press(&mut model, "space space");
    assert_eq!(press(&mut model, "w"), []);
    assert_eq!(model.place, Place::Fix);
    let [Effect::Keep { name, text }] = only(press(&mut model, "w")) else { panic!("no report") };
    assert_eq!(name, "2026-11-20-143300.md");
    assert!(text.contains("demo/solvers") && !text.contains("demo/image-tools"), "{text}");
    press(&mut model, "esc enter w");
    assert!(model.preview.as_ref().unwrap().report().unwrap().starts_with("# Safe to ship?"));
    assert_eq!(press(&mut model, "esc"), [], "nothing is written");
}

#[test]
fn a_waiver_asks_for_its_reason_first() {
    let mut model = demo();
    press(&mut model, "j j j l l l l l l l enter x enter enter enter");
    let Mode::Waive(form) = &model.mode else { panic!("no form") };
    assert_eq!(form.mistake.as_deref(), Some("a waiver needs a reason and an owner"));
    press(&mut model, "tab");
    type_in(&mut model, "later");
    press(&mut model, "tab");
    type_in(&mut model, "ada");
    press(&mut model, "enter enter");
    let [Effect::Write { files, title, .. }] = only(press(&mut model, "a")) else { panic!("no write") };
    assert_eq!((files[0].path.as_str(), files[0].old.as_deref()), (".github/shipworthy.yml", None));
    assert_eq!(title, "set aside R08 of demo/graphnet");
    assert!(splice::apply(&files[0].new, &[]).unwrap().contains("reason: later"));
}

#[test]
fn a_waiver_that_has_ended_is_refused_and_its_effect_is_judged() {
    let mut model = demo();
    model.fleet.rules.today = "2026-11-20".to_owned();
    press(&mut model, "j j j l l l l l l l enter x");
    type_in(&mut model, "later");
    press(&mut model, "enter");
    type_in(&mut model, "ada");
    press(&mut model, "enter");
    type_in(&mut model, "2026-11-19");
    press(&mut model, "enter");
    let Mode::Waive(form) = &model.mode else { panic!("no form") };
    assert!(form.mistake.as_deref().unwrap().starts_with("2026-11-19 is past"), "{:?}", form.mistake);
    press(&mut model, "backspace backspace 2 0");
    let effects = |model: &Model| match &model.preview.as_ref().unwrap().kind {
        preview::Kind::Waiver { effects, .. } => effects.iter().map(crate::plan::Effect::line).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let mut ignored = model.clone();
    press(&mut model, "enter");
    assert_eq!(effects(&model), ["R08 fail -> waived"]);
    ignored.fleet.rules.waivers = crate::fleet::WaiverSource::Ignore;
    press(&mut ignored, "enter");
    assert_eq!(effects(&ignored), [""; 0], "it would not count, and that is shown");
}

#[test]
fn what_is_copied_and_opened_belongs_to_the_cursor() {
    let mut model = demo();
    assert_eq!(press(&mut model, "o"), [Effect::Open("https://github.com/demo/arrays".to_owned())]);
    press(&mut model, "y");
    let [Effect::Copy { what, text }] = only(press(&mut model, "2")) else { panic!("nothing copied") };
    assert_eq!(what, "row");
    assert!(text.lines().last().unwrap().starts_with("| demo/arrays | pass | pass |"), "{text}");
    press(&mut model, "j l l l l l l enter");
    let [Effect::Open(link)] = only(press(&mut model, "o")) else { panic!("nothing opened") };
    assert_eq!(link, "https://github.com/demo/solvers/settings/environments");
}

#[test]
fn the_editor_opens_at_the_line_of_the_evidence() {
    let mut model = demo();
    press(&mut model, "j j j l l l l l l l enter enter n");
    let [Effect::Edit { path, line, .. }] = only(press(&mut model, "e")) else { panic!("no editor") };
    assert_eq!((path.as_str(), line), (".github/workflows/deploy.yml", 13));
    press(&mut model, "esc esc g e");
    assert!(toast(&model).contains("demo/arrays is not a folder here"), "{}", toast(&model));
}

#[test]
fn commands_are_completed_and_take_arguments() {
    let mut model = demo();
    press(&mut model, ": o p e tab enter");
    assert_eq!(model.place, Place::Repo);
    for (line, repo, place) in [
        ("open plots", "demo/plots", Place::Repo),
        ("open R05", "demo/plots", Place::Repo),
        ("filter graph", "demo/graphnet", Place::Fleet),
        ("sort name", "demo/graphnet", Place::Fleet),
    ] {
        press(&mut model, ":");
        type_in(&mut model, line);
        press(&mut model, "enter");
        assert_eq!((at(&model).0, model.place), (repo, place), "{line}");
    }
    press(&mut model, ":");
    type_in(&mut model, "theme light");
    press(&mut model, "enter");
    assert_eq!(model.options.theme, Theme::Light);
}

/// Types a command and sends it off; answers what keeps the line open.
fn mistake(model: &mut Model, text: &str) -> Option<String> {
    press(model, ":");
    type_in(model, text);
    press(model, "enter");
    match &model.mode {
        Mode::Command(line) => line.mistake.clone(),
        _ => None,
    }
}

#[test]
fn a_wrong_command_stays_to_be_put_right() {
    let mut model = demo();
    for (line, words) in [
        ("opne x", "did you mean `open`?"),
        ("sort size", "sort takes"),
        ("sort nmae", "did you mean `name`?"),
        ("theme pink", "theme takes dark, light or mono"),
        ("theme lihgt", "did you mean `light`?"),
        ("open demo/plotz", "did you mean `demo/plots`?"),
        ("filter is:stael", "did you mean is:stale?"),
        ("apply", "apply does nothing here; it works on: preview"),
        ("release", "release VERSION: walk through"),
        ("wq", "did you mean `quit`?"),
    ] {
        let said = mistake(&mut model, line);
        assert!(said.as_ref().is_some_and(|said| said.contains(words)), "{line}: {said:?}");
        let Mode::Command(open) = &model.mode else { panic!("the line is closed") };
        assert_eq!(open.field.text(), line);
        press(&mut model, "x");
        let Mode::Command(open) = &model.mode else { panic!("the line is closed") };
        assert_eq!(open.mistake, None, "{line}: typing on takes the words away");
        press(&mut model, "esc");
    }
}

#[test]
fn the_short_forms_of_quitting_quit() {
    for short in ["q", "q!", "quit"] {
        let mut model = demo();
        press(&mut model, ":");
        type_in(&mut model, short);
        let left = press(&mut model, "enter");
        assert!(matches!(left.as_slice(), [Effect::Save(_), Effect::Quit(0)]), "{short}: {left:?}");
    }
}

#[test]
fn earlier_commands_come_back() {
    let mut model = demo();
    assert_eq!(mistake(&mut model, "sort name"), None);
    assert_eq!(mistake(&mut model, "theme light"), None);
    press(&mut model, ":");
    type_in(&mut model, "op");
    let line = |model: &Model| match &model.mode {
        Mode::Command(line) => line.field.text().to_owned(),
        _ => String::new(),
    };
    let mut seen = Vec::new();
    for key in ["up", "up", "up", "down", "down", "down"] {
        press(&mut model, key);
        seen.push(line(&model));
    }
    assert_eq!(seen, ["theme light", "sort name", "sort name", "theme light", "op", "op"]);
}

#[test]
fn arguments_are_completed() {
    let model = demo();
    let completions = |text: &str| {
        let mut line = command::CommandLine::default();
        line.paste(text);
        line.completions(&model)
    };
    assert_eq!(completions("theme "), ["theme dark", "theme light", "theme mono"]);
    assert_eq!(completions("open plots"), ["open demo/plots"]);
    assert_eq!(completions("filter graph pins:fa"), ["filter graph pins:fail"]);
    assert!(completions("filter R0").contains(&"filter R08:fail".to_owned()));
    assert_eq!(completions("theme pink"), Vec::<String>::new());
}

#[test]
fn a_key_that_was_taken_from_an_action_is_told_at_the_start() {
    let config = crate::config::Config::parse("keys:\n  down: [n]\n", std::path::Path::new("c.yaml")).unwrap();
    let keymap = Keymap::of(&config).unwrap();
    let model = Model::new(Options { keymap, ..options() });
    assert_eq!(toast(&model), "next has no key: n is down now");
    assert!(model.log.iter().any(|line| line.level == LogLevel::Warn && line.text.contains("next has no key")));
    let lines = model.help_lines(&help::Help::default(), action::Group::Look);
    assert!(lines.iter().any(|line| line.keys == "no key" && line.help == "next problem or evidence"));
}

#[test]
fn a_bare_word_in_the_filter_gets_a_hint() {
    let mut model = demo();
    press(&mut model, "/");
    type_in(&mut model, "ready");
    press(&mut model, "enter");
    assert_eq!(toast(&model), "did you mean is:ready?");
}

#[test]
fn a_text_to_paste_is_shown_as_it_is_and_can_be_copied() {
    let mut model = demo();
    for at in [(120, 36), (80, 24)] {
        model = demo();
        model.update(Message::Resized { columns: at.0, rows: at.1 });
        press(&mut model, ":");
        type_in(&mut model, "open graphnet");
        press(&mut model, "enter");
        press(&mut model, ":");
        type_in(&mut model, "open R11");
        press(&mut model, "enter enter 3");
        let shown: Vec<String> = model.contents.rows(Pane::Todo).iter().map(page::text).collect();
        for line in ["   - env:", "       GH_TOKEN: ${{ github.token }}", "       for file in dist/*; do"] {
            assert!(shown.iter().any(|shown| shown == line), "{at:?} {line}: {shown:#?}");
        }
    }
    press(&mut model, "y");
    let Mode::Copy(menu) = &model.mode else { panic!("no menu") };
    let snippet = menu.choices.iter().find(|choice| choice.what == "snippet").unwrap();
    assert!(snippet.text.starts_with("- env:\n    GH_TOKEN"), "{}", snippet.text);
}

#[test]
fn a_command_to_paste_keeps_its_indentation() {
    let mut model = demo();
    press(&mut model, "j l l l l l l enter enter 3");
    let shown: Vec<String> = model.contents.rows(Pane::Todo).iter().map(page::text).collect();
    let command = model.finding().unwrap().guide.as_ref().unwrap().command.clone();
    let indented = command.lines().find(|line| line.starts_with("  ")).unwrap();
    assert!(shown.iter().any(|shown| shown.starts_with(&format!("   {}", indented.trim_end()))), "{shown:#?}");
}

#[test]
fn what_was_set_aside_says_why_on_the_screen_of_a_repository() {
    for (columns, rows) in [(120, 36), (80, 24)] {
        let mut model = demo();
        model.update(Message::Resized { columns, rows });
        press(&mut model, "j j j j j enter");
        press(&mut model, ":");
        type_in(&mut model, "open R11");
        press(&mut model, "enter");
        let shown: String = model.contents.rows(Pane::Detail).iter().map(page::text).collect();
        assert!(shown.contains("set aside: ") && shown.contains("the runners of our wheels"), "{shown}");
    }
}

#[test]
fn the_mouse_goes_where_it_points() {
    let mut model = demo();
    let click =
        |model: &mut Model, column, row| model.update(Message::Mouse(Mouse { kind: MouseKind::Click, column, row }));
    let matrix = model.layout().pane(Pane::Matrix);
    let columns = model.matrix_columns();
    let cell = matrix.x + 1 + columns.cells + 7 * columns.cell;
    click(&mut model, cell, matrix.y + 3 + 3);
    assert_eq!(at(&model), ("demo/graphnet", "R08"));
    click(&mut model, cell, matrix.y + 3 + 3);
    assert_eq!(model.place, Place::Repo);
    let list = model.layout().pane(Pane::Requirements);
    click(&mut model, list.x + 8, list.y + 1);
    assert_eq!(at(&model).1, "R01");
    let wheel = |model: &mut Model, kind, column, row| model.update(Message::Mouse(Mouse { kind, column, row }));
    wheel(&mut model, MouseKind::WheelDown, list.x + 8, list.y + 1);
    assert_eq!(at(&model).1, "R04");
    wheel(&mut model, MouseKind::WheelUp, list.x + 8, list.y + 1);
    assert_eq!(at(&model).1, "R01");
    model.options.mouse = false;
    click(&mut model, list.x + 8, list.y + 5);
    assert_eq!(at(&model).1, "R01");
    let mut tabs = demo();
    tabs.update(Message::Resized { columns: 80, rows: 24 });
    press(&mut tabs, "enter enter");
    click(&mut tabs, 17, 1);
    assert_eq!(tabs.focus, 1);
}

#[test]
fn what_was_looked_at_is_kept_for_the_next_start() {
    let mut model = demo();
    press(&mut model, "/");
    type_in(&mut model, "demo");
    press(&mut model, "enter s s j l l enter enter @");
    let session = model.session();
    let again = Model::new(Options { session: session.clone(), ..options() });
    assert_eq!(again.session(), session);
    assert_eq!((again.place, at(&again)), (Place::Evidence, at(&model)));
    let written = serde_json::to_string(&session).unwrap();
    assert_eq!(serde_json::from_str::<session::Session>(&written).unwrap(), session);
    let gone = Model::new(Options { session, ..Options::default() });
    assert_eq!(gone.place, Place::Fleet, "a repository that is not there any more");
}

#[test]
fn the_log_follows_its_end_until_somebody_looks_back() {
    let mut model = demo();
    press(&mut model, "@");
    let line = |number: i32, level| {
        SurveyEvent::Logged(LogLine { at: Timestamp::UNIX_EPOCH, level, text: format!("line {number}") })
    };
    for number in 0..100 {
        let level = if number % 10 == 0 { LogLevel::Warn } else { LogLevel::Info };
        model.update(Message::Survey { round: 9, event: line(number, level) });
    }
    assert_eq!(model.log_line().unwrap().text, "line 99");
    press(&mut model, "N");
    assert_eq!(model.log_line().unwrap().text, "line 90");
    model.update(Message::Survey { round: 9, event: line(100, LogLevel::Info) });
    assert_eq!(model.log_line().unwrap().text, "line 90");
    press(&mut model, "t");
    assert_eq!(model.log_lines().count(), 10);
    press(&mut model, "t /");
    type_in(&mut model, "line 7");
    press(&mut model, "enter");
    assert_eq!(model.log_lines().count(), 11);
}

#[test]
fn text_fields_take_letters_that_are_keys_elsewhere() {
    let mut model = demo();
    press(&mut model, "/ q j ?");
    assert!(matches!(&model.mode, Mode::Filter { field, .. } if field.text() == "qj?"));
    model.update(Message::Paste(" is:fail\n".to_owned()));
    assert_eq!(model.matrix.filter.text(), "qj? is:fail");
    press(&mut model, "esc");
    model.update(Message::Paste("q".to_owned()));
    assert!(toast(&model).contains("nothing here takes a text"));
    press(&mut model, "?");
    model.update(Message::Key(Key::plain(Code::Esc)));
    assert!(matches!(model.mode, Mode::Browse));
}

#[test]
fn remapped_keys_are_those_of_help_and_hints() {
    let config = crate::config::Config::parse("keys: {refresh: u, quit: Q}\n", std::path::Path::new("c.yaml")).unwrap();
    let keymap = Keymap::of(&config).unwrap();
    let mut model = Model::new(Options { keymap, ..options() });
    assert!(model.hints(200).iter().any(|hint| hint.key == "u" && hint.word == "refresh"));
    let help = help::Help::default();
    assert!(model.help_lines(&help, action::Group::Act).iter().any(|line| line.keys == "Q"));
    assert_eq!(press(&mut model, "q"), []);
    assert_eq!(press(&mut model, "Q").len(), 2);
}

#[test]
fn hints_fit_and_drop_the_least_used_first() {
    let model = demo();
    let words = |width| model.hints(width).iter().map(|hint| hint.word.clone()).collect::<Vec<_>>();
    let all = words(500);
    for width in 0..160 {
        let some = words(width);
        let used: usize = model.hints(width).iter().map(|hint| hint.width() + 2).sum();
        assert!(used <= width || some.len() == 1, "{width}: {some:?}");
        // Quitting stands behind help, where there is room for it.
        let known: Vec<&String> = some.iter().filter(|word| *word != "quit").collect();
        assert_eq!(known.last().map(|word| word.as_str()), Some("help"), "help stays");
        assert!(known[..known.len() - 1].iter().copied().eq(&all[..known.len() - 1]), "{width}: {some:?}");
        assert!(width < 119 || some.len() > known.len(), "{width}: {some:?}");
    }
}

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

fn at_requirement(model: &Model) -> &str {
    at(model).1
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
