//! Places of commands in their file.

use std::sync::Arc;

use super::*;

/// The texts in the file of the commands of the `run:` of a workflow, as its YAML is read.
fn places(file: &str) -> Vec<String> {
    let source: Arc<str> = Arc::from(file);
    let Ok(crate::text::yaml::Parsed::Doc(doc)) = crate::text::yaml::parse(&source) else { panic!("{file}") };
    let run = doc.root().get("run").unwrap();
    let value = run.as_str().unwrap().to_owned();
    let script = Text { value, span: run.span(), alias: None, style: run.style().unwrap() };
    commands(&script, Shell::Posix, file).iter().map(|command| command.span.slice(file).to_owned()).collect()
}

#[test]
fn commands_are_found_in_the_file_whatever_the_style() {
    let cases: &[(&str, &[&str])] = &[
        ("run: twine upload dist/*\n", &["twine upload dist/*"]),
        ("run: |\n  a b\n\n  # c\n  d \\\n    e  # f\n", &["a b", "d \\\n    e"]),
        ("run: |-  # why\n    a\n      b 'c\n    d'\n", &["a", "b 'c\n    d'"]),
        ("run: >\n  a\n  b && c\n\n  d\n", &["a\n  b", "c", "d"]),
        ("run: >-\n  > f\n  | g\n", &["> f", "g"][1..]),
        ("run: 'echo ''a'' && b'\n", &["echo ''a''", "b"]),
        ("run: \"a \\\"x\\\"\\nb \\x41\\n\\\n  c\"\n", &["a \\\"x\\\"", "b \\x41", "c"]),
        ("run: a\n  b; c\n", &["a\n  b", "c"]),
        ("run: |\r\n  a\r\n  b\r\n", &["a", "b"]),
        ("run: |2\n    é 'ü'; b\n", &["é 'ü'", "b"]),
        ("run: |\n  a $(b\n  c) d\n", &["b", "c", "a $(b\n  c) d"]),
        ("run: |\n  bash -c 'a\n  b'\n", &["a", "b"]),
        ("run: |\n  bash -c \"a \\$b\"\n", &["\"a \\$b\""]),
        ("run: |\n  x `a` `b \\$c`\n", &["a", "b \\$c", "x `a` `b \\$c`"]),
    ];
    for (file, expected) in cases {
        assert_eq!(places(file), *expected, "{file}");
    }
}

#[test]
fn a_script_that_does_not_fit_its_file_is_placed_as_a_whole() {
    let script = Text { value: "a\nb".into(), span: Span::new(5, 8), alias: None, style: Style::Block };
    for source in ["run: xyz", "", "run: a", "run: \u{e9}\u{e9}"] {
        for command in commands(&script, Shell::Posix, source) {
            assert!(command.span == script.span || command.span.slice(source) == "a", "{source:?}");
        }
    }
}
