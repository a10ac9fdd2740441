//! Previews of fixes, reports and waivers, and how a write ends.

use super::*;

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
