//! The command line: its words, their completion and their mistakes.

use super::*;

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
