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

mod answering;
mod commanding;
mod listing;
mod looking;
mod previewing;
mod walking;

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
