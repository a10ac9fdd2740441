//! Every screen of the dashboard as text with a map of its styles, drawn from the demo with a fixed clock.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what serves only tests fails as tests do")]

mod drawn;

use drawn::palette;
use drawn::{Drawn, answer, demo, observations, options, press, some_log, type_in};
use shipworthy::app::layout::too_small;
use shipworthy::app::{Effect, Message, Mode, Model, Outcome, Place};
use shipworthy::checklist::{Answer, Answers, Said};
use shipworthy::config::Theme;
use shipworthy::fact::files::Problem;
use shipworthy::fact::{Observation, SurveyEvent};
use shipworthy::history::{History, Record};
use shipworthy::requirement::Verdict;
use shipworthy::source::replay;

/// Keys that lead from the start of the demo to each screen, at its worst repository.
const SCREENS: &[(&str, &str)] = &[
    ("fleet", "j j j l l l l l l l"),
    ("repository", "j j j l l l l l l l enter"),
    ("evidence-file", "j j j l l l l l l l enter enter n"),
    ("evidence-api", "j l l l l l l enter enter n"),
    ("requirement", "j j j l l l l l l l enter enter 2"),
    ("what-to-do", "j l l l l l l enter enter 3"),
    ("how-sure", "j j j l l l l l enter enter 4"),
    ("log", "@"),
    ("help", "?"),
    ("copy", "j l l l l l l enter y"),
    ("fix", "j j j l l l l l l l enter f"),
    ("fix-all", "j j j enter F j"),
    ("report", "j j j enter w"),
    ("waiver", "j j j l l l l l l l enter x"),
    ("checklist-version", "j j c"),
    ("checklist", "j j c enter"),
];

/// Sizes of the checklist: the floor, both usual ones, and a large one.
const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 36), (200, 50)];

fn screen(keys: &str, columns: u16, rows: u16) -> Model {
    let mut model = demo(columns, rows);
    some_log(&mut model);
    press(&mut model, keys);
    model
}

fn seen(name: &str, model: &Model) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "snapshots/screens" }, {
        insta::assert_snapshot!(name, Drawn::of(model));
    });
}

#[test]
fn every_screen_at_both_sizes() {
    for (name, keys) in SCREENS {
        for (columns, rows) in [(120, 36), (80, 24)] {
            seen(&format!("{name}-{columns}x{rows}"), &screen(keys, columns, rows));
        }
    }
}

#[test]
fn every_screen_at_the_floor_on_a_large_one_and_in_ascii() {
    for (name, keys) in SCREENS {
        seen(&format!("{name}-60x16"), &screen(keys, 60, 16));
        seen(&format!("{name}-200x50"), &screen(keys, 200, 50));
        let mut ascii = screen(keys, 80, 24);
        ascii.options.ascii = true;
        ascii.update(Message::Resized { columns: 80, rows: 24 });
        seen(&format!("{name}-ascii"), &ascii);
        let lines = Drawn::of(&ascii).lines();
        assert!(lines.iter().all(|line| line.is_ascii()), "{name}: {lines:#?}");
    }
}

#[test]
fn themes_change_colours_and_nothing_else() {
    let text = |theme| {
        let mut model = screen(SCREENS[0].1, 120, 36);
        model.options.theme = theme;
        (Drawn::of(&model).lines(), Drawn::of(&model).to_string())
    };
    let (dark, light, mono) = (text(Theme::Dark), text(Theme::Light), text(Theme::Mono));
    assert!(dark.0 == light.0 && light.0 == mono.0);
    assert!(dark.1 != light.1);
    for color in ["red", "green", "yellow", "blue", "magenta", "cyan", "gray", " on "] {
        let styles = mono.1.split("--- styles").nth(1).unwrap();
        assert!(!styles.contains(color), "{color}");
    }
    assert!(!dark.1.split("--- styles").nth(1).unwrap().contains(" on "), "no background is painted");
}

/// The walk of a repository of the demo, with answers that were kept before.
fn walk(keys: &str, (columns, rows): (u16, u16), kept: &[Answer]) -> Model {
    let mut model = screen(&format!("{keys} c"), columns, rows);
    model.options.who = Some("ada".to_owned());
    let effects = press(&mut model, "enter");
    let recall = effects.into_iter().find_map(|effect| match effect {
        Effect::Recall { repo, release, .. } => Some((repo, release)),
        _ => None,
    });
    let (repo, release) = recall.expect("the kept answers are asked for");
    let answers = Ok(Answers { all: kept.to_vec() });
    model.update(Message::Done(Outcome::Recalled { repo, release, answers }));
    model
}

/// An answer that was given to another commit.
fn old_answer(model: &Model, id: &str) -> Answer {
    let step = model.checklist.as_ref().unwrap().walk.step(id).unwrap();
    Answer {
        step: id.to_owned(),
        asked: step.title.clone(),
        said: Said::Yes,
        who: "grace".to_owned(),
        at: "2026-11-12T09:30:00Z".parse().unwrap(),
        commit: Some("0f".repeat(20)),
        note: "by phone".to_owned(),
    }
}

#[test]
fn every_state_of_the_checklist() {
    for (columns, rows) in SIZES {
        let name = |state: &str| format!("checklist-{state}-{columns}x{rows}");
        let mut open = walk("j j", (columns, rows), &[]);
        seen(&name("open"), &open);
        press(&mut open, "y");
        type_in(&mut open, "linus, in the release channel");
        seen(&name("text-field"), &open);
        press(&mut open, "enter");
        seen(&name("answered"), &open);
        press(&mut open, "G");
        seen(&name("last"), &open);
        press(&mut open, "w");
        seen(&name("preview"), &open);
        press(&mut open, "w");
        open.update(Message::Done(Outcome::Did("wrote release-signoff-image-tools-4.2.1.md and .json".to_owned())));
        seen(&name("written"), &open);
        let mut blocked = walk("j j j", (columns, rows), &[]);
        press(&mut blocked, "g");
        let failing = |model: &Model| {
            model.checklist.as_ref().unwrap().walk.mark(model.checklist.as_ref().unwrap().step().unwrap())
        };
        for _ in 0..40 {
            if failing(&blocked) == Verdict::Fail {
                break;
            }
            press(&mut blocked, "j");
        }
        press(&mut blocked, "y");
        seen(&name("blocked"), &blocked);
        let void = [old_answer(&open, "approver"), old_answer(&open, "release-notes")];
        let mut void = walk("j j", (columns, rows), &void);
        seen(&name("void"), &void);
        press(&mut void, "s enter");
        seen(&name("mistake"), &void);
        void.options.ascii = true;
        void.update(Message::Resized { columns, rows });
        seen(&name("ascii"), &void);
        assert!(Drawn::of(&void).lines().iter().all(|line| line.is_ascii()));
    }
}

#[test]
fn a_whole_walk_is_signed_off_and_several_follow_each_other() {
    let mut model = screen("j j space space c", 120, 36);
    model.options.who = Some("ada".to_owned());
    let open = |model: &Model| model.checklist.clone().unwrap();
    let effects = press(&mut model, "enter");
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Recall { release: Some(release), .. } if release == "4.2.1"))
    );
    let repo = open(&model).repo;
    let release = Some("4.2.1".to_owned());
    press(&mut model, "y");
    assert!(matches!(model.mode, Mode::Browse), "no answer is taken before the kept ones are known");
    model.update(Message::Done(Outcome::Recalled { repo, release, answers: Ok(Answers::default()) }));
    let mut kept = None;
    for _ in 0..40 {
        if open(&model).step().is_none() {
            break;
        }
        for effect in press(&mut model, "y enter") {
            if let Effect::Remember { keeping, .. } = effect {
                kept = keeping.signoff.clone();
            }
        }
    }
    assert_eq!(open(&model).walk.outcome(), shipworthy::checklist::Outcome::SignedOff);
    assert!(kept.unwrap().contains("\"signed-off\""));
    seen("checklist-signed-off", &model);
    let next = open(&model).queue[0].clone();
    press(&mut model, "enter");
    assert!(open(&model).repo == next && open(&model).queue.is_empty());
    assert!(matches!(model.mode, Mode::Release(_)));
}

#[test]
fn the_history_of_a_requirement_is_told_beside_it() {
    let mut model = screen("j j j l l l l l l l enter", 120, 36);
    let repo = model.repo.clone().unwrap();
    let record = Record::of(&model.fleet.repos[&repo], &model.fleet.rules, drawn::now()).unwrap();
    let mut history = History { name: "demo/graphnet".to_owned(), records: Vec::new() };
    for (day, verdict) in [(1, Verdict::Unknown), (4, Verdict::Pass), (9, Verdict::Fail), (16, Verdict::Fail)] {
        let at = format!("2026-11-{day:02}T08:00:00Z").parse().unwrap();
        let mut record = Record { first: at, last: at, commit: Some(format!("{day:040}")), ..record.clone() };
        record.verdicts.insert("R08".to_owned(), verdict);
        history.add(record);
    }
    model.update(Message::Done(Outcome::Recounted { repo, history }));
    press(&mut model, "J J J J J J J J J J J J J J J J J J J J J J J J J J");
    seen("state-history", &model);
    let lines = Drawn::of(&model).lines().join("\n");
    assert!(lines.contains("fail since 2026-11-09, pass before"), "{lines}");
    model.update(Message::Resized { columns: 80, rows: 24 });
    seen("state-history-80x24", &model);
}

/// Relative luminance, as WCAG 2 defines it.
fn luminance((red, green, blue): palette::Rgb) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn contrast(one: palette::Rgb, other: palette::Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_style_can_be_read_on_its_background() {
    for (theme, palette) in [(Theme::Dark, &palette::DARK), (Theme::Light, &palette::LIGHT)] {
        for (_, keys) in SCREENS {
            let mut model = screen(keys, 120, 36);
            model.options.theme = theme;
            for cell in &Drawn::of(&model).buffer.content {
                let color = palette.rgb(Some(cell.fg)).unwrap_or(palette.foreground);
                let contrast = contrast(color, palette.background);
                assert!(contrast >= 4.5, "{theme:?} {:?} has {contrast:.1}", cell.fg);
                assert_eq!(palette.rgb(Some(cell.bg)), None, "a background is painted");
            }
        }
    }
}

#[test]
fn answers_fill_in_row_by_row() {
    let recordings = replay::bundled().unwrap();
    let mut model = Model::new(options(&recordings));
    model.update(Message::Resized { columns: 120, rows: 36 });
    seen("state-awaited", &model);
    for (at, recording) in recordings.iter().enumerate().take(4) {
        answer(&mut model, at, recording, 3 + 5 * at);
    }
    press(&mut model, "j j");
    seen("state-loading", &model);
    press(&mut model, "enter");
    seen("state-loading-repository", &model);
}

#[test]
fn old_and_refused_answers_do_not_look_like_failures() {
    let mut model = screen("G k", 120, 36);
    seen("state-stale", &model);
    press(&mut model, "enter enter");
    seen("state-stale-evidence", &model);
    seen("state-refused", &screen("j j j l l l l l enter enter", 120, 36));
}

#[test]
fn fleet_and_repository_count_alike_and_keep_three_kinds_apart() {
    let header = |keys: &str, columns| Drawn::of(&screen(keys, columns, 36)).lines()[0].clone();
    let row = |name: &str| {
        let lines = Drawn::of(&screen("", 120, 36)).lines();
        lines.into_iter().find(|line| line.contains(name)).unwrap()
    };
    assert!(row("demo/graphnet").contains("5 fail +1 "), "{}", row("demo/graphnet"));
    assert!(header("j j j enter", 120).contains("  5 fail +1  +1 warn  +2 cannot tell  "));
    assert!(row("demo/plots").contains("! 1  +2 fail "), "{}", row("demo/plots"));
    assert!(header("j j j j j enter", 120).contains("  +2 fail  1 needs a person  "));
    assert!(row("demo/toolbox").contains("1 fail +1  ! 6 "), "{}", row("demo/toolbox"));
    let person = header("G enter", 120);
    assert!(person.contains("6 needs a person +1") && !person.contains("cannot tell"), "{person}");
    assert!(header("G enter", 80).contains("1 fail +1  ! 6 +1  "), "{}", header("G enter", 80));
}

#[test]
fn the_argument_of_a_command_is_explained_while_it_is_typed() {
    let typed = |text: &str, columns| {
        let mut model = screen(":", columns, 24);
        type_in(&mut model, text);
        Drawn::of(&model).lines().join("\n")
    };
    assert!(typed("theme pink", 80).contains("colours: dark, light or mono"));
    assert!(typed("theme ", 80).contains("theme mono"));
    assert!(typed("filter", 120).contains("R08:fail, is:unknown, not:is:stale"), "{}", typed("filter", 120));
    let mut model = screen(":", 120, 36);
    type_in(&mut model, "theme pink");
    press(&mut model, "enter");
    seen("state-command-mistake", &model);
}

#[test]
fn help_explains_every_mark_at_every_size() {
    for (columns, rows) in SIZES {
        let mut model = screen("?", columns, rows);
        let mut shown = Drawn::of(&model).lines().join(" ");
        for word in ["pass", "warn", "FAIL", "cannot tell", "needs a person", "not applicable", "waived", "awaited"] {
            assert!(shown.contains(word), "{columns}x{rows}: {word} is not in\n{shown}");
        }
        press(&mut model, "G");
        shown.push_str(&Drawn::of(&model).lines().join(" "));
        assert!(shown.contains("Verdict counts"), "{columns}x{rows}: {shown}");
    }
}

#[test]
fn the_way_to_the_checklist_and_the_way_out_are_shown_where_there_is_room() {
    for keys in ["", "j j j enter"] {
        let last = Drawn::of(&screen(keys, 120, 36)).lines()[35].clone();
        assert!(last.contains("c checklist") && last.contains("q quit"), "{last}");
    }
    let narrow = Drawn::of(&screen("", 60, 16)).lines()[15].clone();
    assert!(narrow.contains("? help"), "{narrow}");
}

#[test]
fn a_large_screen_shows_the_reasons_beside_the_requirements() {
    let lines = Drawn::of(&screen("j j j enter", 200, 50)).lines();
    let row = lines.iter().find(|line| line.contains("R02 release-trigger")).unwrap();
    assert!(row.contains("FAIL") && row.contains("a push to a branch publishes in"), "{row}");
}

#[test]
fn a_folder_is_marked_with_a_stroke_only_among_others() {
    let row = |model: &Model| {
        let lines = Drawn::of(model).lines();
        lines.into_iter().find(|line| line.contains("~/src/mylib")).unwrap()
    };
    let model = screen("", 80, 24);
    assert!(row(&model).contains("~/src/mylib/ "), "{}", row(&model));
    let mut alone = model.clone();
    alone.fleet.repos.retain(|id, _| &*id.target == "~/src/mylib");
    alone.matrix.order.retain(|id| &*id.target == "~/src/mylib");
    press(&mut alone, "g");
    assert!(row(&alone).contains("~/src/mylib "), "{}", row(&alone));
}

#[test]
fn evidence_loses_nothing_where_it_is_long() {
    let mut model = screen("j j j l l l enter", 120, 36);
    press(&mut model, "J");
    let text: String = Drawn::of(&model).lines().iter().map(|line| line.trim_end_matches([' ', '│', '┃'])).collect();
    assert!(!text.contains('…'), "{text}");
    assert!(text.contains("message = "), "{text}");
}

#[test]
fn nothing_to_show_is_said() {
    let mut empty = Model::new(options(&[]));
    empty.update(Message::Resized { columns: 80, rows: 24 });
    seen("state-empty", &empty);
    let mut nothing_fits = screen("/", 80, 24);
    type_in(&mut nothing_fits, "R08:fail is:ready");
    seen("state-filter-nothing", &nothing_fits);
    press(&mut nothing_fits, "ctrl+u");
    type_in(&mut nothing_fits, "is:stael");
    seen("state-filter-mistake", &nothing_fits);
    press(&mut nothing_fits, "ctrl+u");
    type_in(&mut nothing_fits, "R08:fail");
    seen("state-filter", &nothing_fits);
    let mut command = screen(":", 80, 24);
    type_in(&mut command, "re");
    press(&mut command, "tab");
    seen("state-command", &command);
    let mut help = screen("? /", 80, 24);
    type_in(&mut help, "fix");
    seen("state-help-filter", &help);
}

#[test]
fn what_went_wrong_is_said_and_kept_in_the_log() {
    let mut model = screen("", 80, 24);
    let words = "the browser could not be started; the page is https://github.com/demo/arrays";
    model.update(Message::Done(Outcome::Failed(words.to_owned())));
    seen("state-error", &model);
    press(&mut model, "@");
    assert!(Drawn::of(&model).lines().iter().any(|line| line.contains("error") && line.contains("the browser could")));
}

#[test]
fn a_waiver_is_previewed_before_it_is_written() {
    let mut model = screen("j j j l l l l l l l enter x", 80, 24);
    type_in(&mut model, "the pins wait for our bot");
    press(&mut model, "enter");
    type_in(&mut model, "ada");
    press(&mut model, "enter enter");
    assert_eq!(model.place, Place::Fix);
    seen("state-waiver-preview", &model);
}

#[test]
fn a_preview_names_the_files_that_are_not_read() {
    for (columns, rows) in [(120, 36), (80, 24)] {
        let mut model = demo(columns, rows);
        let repo = model.fleet.repos.keys().find(|id| &*id.target == "demo/graphnet").unwrap().clone();
        let problem = Problem::hiding(".github/workflows/nightly.yml", None, "line 3: a tab stands where blanks must");
        model.fleet.repos.get_mut(&repo).unwrap().facts.problems.push(problem);
        press(&mut model, "j j j l l l l l l l enter f");
        seen(&format!("state-preview-unread-{columns}x{rows}"), &model);
        press(&mut model, "space");
        let lines = Drawn::of(&model).lines();
        assert!(lines.iter().any(|line| line.contains("nightly.yml")), "{}", lines.join("\n"));
    }
}

#[test]
fn below_the_floor_one_line_says_what_is_needed() {
    for (columns, rows) in [(59, 30), (100, 15), (1, 1), (60, 1)] {
        let model = demo(columns, rows);
        assert!(too_small(model.size));
        let first = Drawn::of(&model).lines()[0].clone();
        let words = format!("shipworthy needs 60x16, this is {columns}x{rows}");
        assert!(words.starts_with(first.trim_end().trim_end_matches('…')), "{first:?}");
    }
}

/// The demo with hostile texts wherever a text of others can stand.
fn hostile() -> Vec<replay::Recording> {
    let nasty = "\u{1b}[31m\u{202e}漢字e\u{301}\u{301}\u{200b}👩‍👩‍👧‍👦\t";
    let long = "x漢".repeat(3000);
    let mut recordings = replay::bundled().unwrap();
    for (at, recording) in recordings.iter_mut().enumerate() {
        recording.target =
            if at % 2 == 0 { format!("{nasty}{}", recording.target) } else { format!("{}{long}", recording.target) };
        let (one, two) = if at % 2 == 0 { (nasty, long.as_str()) } else { (long.as_str(), nasty) };
        recording.observations = observations(recording)
            .into_iter()
            .map(|observation| {
                let mut written = serde_json::to_value(&observation).unwrap();
                spoil(&mut written, one, two);
                serde_json::from_value::<Observation>(written).unwrap_or(observation)
            })
            .collect();
    }
    recordings
}

/// Puts hostile texts behind the words of a recording that are free.
fn spoil(value: &mut serde_json::Value, one: &str, two: &str) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match (key.as_str(), &mut *value) {
                    ("detail" | "branch" | "default-branch" | "actor", serde_json::Value::String(text)) => {
                        text.push_str(one);
                    }
                    ("texts", serde_json::Value::Object(texts)) => {
                        for text in texts.values_mut() {
                            let spoilt = text
                                .as_str()
                                .unwrap_or_default()
                                .replace("name: ", &format!("name: \"{}\" #", two.trim()));
                            *text = serde_json::Value::String(spoilt);
                        }
                    }
                    (_, value) => spoil(value, one, two),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, one, two)),
        _ => {}
    }
}

#[test]
fn every_screen_is_drawn_at_every_size_with_hostile_text() {
    let recordings = hostile();
    let mut start = Model::new(options(&recordings));
    for (at, recording) in recordings.iter().enumerate() {
        answer(&mut start, at, recording, usize::MAX);
    }
    some_log(&mut start);
    let nasty = "\u{1b}]52;c;\u{7}\u{202e}漢字e\u{301}".repeat(9);
    for (name, keys) in SCREENS {
        let mut model = start.clone();
        model.update(Message::Resized { columns: 120, rows: 36 });
        press(&mut model, keys);
        for typed in ["", "/", ":", "?", "y"] {
            let mut model = model.clone();
            if !typed.is_empty() {
                press(&mut model, typed);
                model.update(Message::Paste(nasty.clone()));
            }
            let sizes = (0..=60).flat_map(|columns| (0..=20).map(move |rows| (columns, rows)));
            // Every size below the floor is one line; those above it are drawn for every screen and mode.
            let sizes = sizes.filter(|size| typed.is_empty() || !too_small(*size));
            for (columns, rows) in sizes.chain([(61, 17), (80, 24), (99, 29), (100, 28), (109, 30), (200, 50)]) {
                model.update(Message::Resized { columns, rows });
                let drawn = Drawn::of(&model);
                for line in drawn.lines() {
                    let unclean = |c| shipworthy::text::clean::is_unwanted(c) && c != '\u{200d}';
                    assert!(!line.contains(unclean), "{name} {typed} {columns}x{rows}: {line:?}");
                }
            }
            // The terminal may change between the message and the drawing.
            for size in [(0, 0), (3, 40), (70, 16), (61, 90)] {
                Drawn::at(&model, size);
            }
        }
    }
}

#[test]
fn a_fleet_of_many_is_drawn_in_the_time_of_its_visible_rows() {
    let recordings = replay::bundled().unwrap();
    let many: Vec<replay::Recording> =
        (0..1000).map(|at| replay::Recording { target: format!("many/r{at}"), ..recordings[3].clone() }).collect();
    let mut model = Model::new(options(&many));
    for (at, recording) in many.iter().enumerate().take(30) {
        answer(&mut model, at, recording, usize::MAX);
    }
    press(&mut model, "G");
    let lines = Drawn::of(&model).lines();
    assert!(lines.iter().any(|line| line.starts_with("│>") && line.contains("many/r999")), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("many/r0 ")));
}

#[test]
fn the_worst_evidence_is_few_keys_away() {
    let mut model = demo(120, 36);
    let shown = |model: &Model| Drawn::of(model).lines().join("\n");
    press(&mut model, "s g enter enter");
    assert_eq!(model.place, Place::Evidence);
    assert!(shown(&model).contains("~/src/mylib > R01"), "{}", shown(&model));
    press(&mut model, "esc esc");
    assert_eq!(model.place, Place::Fleet);
}

#[test]
fn the_readme_shows_the_keys_of_the_table() {
    let table = shipworthy::app::action::markdown();
    assert!(include_str!("../README.md").contains(&table), "the README should say:\n{table}");
}

#[test]
fn events_of_an_older_round_are_dropped() {
    let recordings = replay::bundled().unwrap();
    let mut model = demo(120, 36);
    let before = Drawn::of(&model).lines();
    let effects = press(&mut model, "r");
    assert_eq!(effects.len(), 1);
    let target = recordings[0].target(0);
    model.update(Message::Survey { round: 0, event: SurveyEvent::Started(target.clone()) });
    press(&mut model, "esc");
    assert_eq!(Drawn::of(&model).lines()[..20], before[..20], "round 0 counts no more");
    model.update(Message::Survey { round: 1, event: SurveyEvent::Started(target) });
    model.update(Message::Quiet);
    assert!(Drawn::of(&model).lines().iter().any(|line| line.contains("demo/arrays") && line.contains("0 of 13")));
}
