//! One requirement: what is copied, pasted and opened.

use super::*;

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
