//! Long, hostile and random scripts.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// What hostile scripts repeat, with `¦` between.
const REPEATED: &str = "(¦$(¦`¦\"$(¦${¦$((¦{ ¦if ¦if a; then ¦if a; then b; else ¦case x in a) ¦f() ¦<<E ¦cat <<E\n¦${{ \
    ¦${{ '¦'¦\"¦\\\n¦a && ¦a | ¦a || { ¦! ¦sudo ¦env A=b ¦eval ¦bash -c 'bash -c ¦eval \"eval ¦xargs \
    ¦find -exec ¦find . -exec a \\; ¦x=(¦[[ ¦for x in a b; do ¦while read x; do ¦;;¦& ¦)¦<(¦@(\
    ¦f() { f; }; ¦f() { f; ¦a; exit $? ¦if (¦foreach ($x in ¦@{¦& { ¦^\n¦a\r\n¦x=$? ¦{ a | xargs b; } | \
    ¦\\¦$¦*¦[";

/// What random scripts are made of, with `¦` between.
const PIECES: &str = "a¦twine upload¦ ¦\n¦\r\n¦;¦&&¦||¦|¦&¦(¦)¦{ ¦}¦if ¦then ¦elif ¦else ¦fi¦while ¦until ¦do ¦done\
    ¦for x in ¦case ¦in ¦esac¦;;¦function ¦f()¦f¦!¦[[ ¦]]¦[ ¦((¦))¦$(¦`¦'¦\"¦$'¦\\¦\\\n¦${{¦}}¦${¦$x¦*¦?\
    ¦[¦<¦>¦<<E¦<<-E¦E\n¦<(¦2>&1¦#¦x=¦x=(¦sudo ¦env ¦xargs ¦bash -c ¦eval ¦find ¦-exec ¦exit 1¦exit\
    ¦return¦set -e¦set +e¦true¦false¦read x¦é¦\u{1f600}¦\t¦@'\n¦\n'@¦<#¦#>¦foreach (¦$LASTEXITCODE¦^\n\
    ¦%x%¦rem ¦::¦@";

#[test]
fn long_scripts_take_little_time() {
    let start = Instant::now();
    let many = "gh release upload \"$v\" dist/* || exit 1\n".repeat(20_000);
    assert_eq!(bash(&many).len(), 40_000);
    assert_eq!(bash(&format!("echo {}", "A".repeat(1_000_000))).len(), 1);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn hostile_scripts_take_little_time() {
    for part in REPEATED.split('¦') {
        let script = part.repeat(60_000 / part.len());
        for shell in [Shell::Posix, Shell::PowerShell, Shell::Cmd] {
            let start = Instant::now();
            split(&script, shell, Options::default());
            assert!(start.elapsed() < Duration::from_secs(5), "{part:?} in {shell:?}: {:?}", start.elapsed());
        }
    }
}

#[test]
fn hostile_nesting_takes_little_time() {
    let inner = "a || b\n".repeat(20_000);
    let deep = |open: &str, close: &str| format!("{}{inner}{}", open.repeat(60), close.repeat(60));
    let calls: String = (1..200).map(|at| format!("f{at}() {{ f{0}; f{0}; f{0} || f{0}; }}\n", at - 1)).collect();
    let long_pipe = format!("printf {} | {{ {} }}", "x ".repeat(50_000), "xargs a; ".repeat(10_000));
    let long_loop = format!("for x in {}; do {} done", "x ".repeat(50_000), "a; ".repeat(10_000));
    let long_find = format!("find {} {}", "x ".repeat(50_000), "-exec a {} \\; ".repeat(10_000));
    let backticks = format!("x `\\$ {}`", "bash -c 'a'; ".repeat(10_000));
    let scripts = [
        deep("if a; then\n", "\nelse b; fi\n"),
        deep("{ ", "} || c\n"),
        deep("$( ", ")"),
        deep("if ! { ", "}; then exit 1; fi\n"),
        format!("{calls}f199\n"),
        long_pipe,
        long_loop,
        long_find,
        backticks,
    ];
    for script in scripts {
        let start = Instant::now();
        bash(&script);
        let head: String = script.chars().take(40).collect();
        assert!(start.elapsed() < Duration::from_secs(8), "{head:?}: {:?}", start.elapsed());
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.split('¦').collect::<Vec<_>>());
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Ways to write a script as a YAML scalar, right or wrong.
fn written(script: &str, style: u8) -> (String, Style) {
    match style {
        0 => (format!("|\n  {}", script.replace('\n', "\n  ")), Style::Block),
        1 => (script.replace('\n', "\n\n"), Style::Plain),
        2 => (format!("'{}'", script.replace('\'', "''")), Style::Single),
        3 => (format!("{script:?}"), Style::Double),
        _ => ("something else".to_owned(), Style::Block),
    }
}

proptest! {
    #[test]
    fn any_script_is_read_and_every_place_is_in_the_file(
        script in prop_oneof![pieces(), any::<String>()],
        style in 0..5_u8,
        login in any::<bool>(),
    ) {
        let (scalar, style) = written(&script, style);
        let file = format!("é: {scalar}\n");
        let span = Span::new(4, 4 + scalar.len());
        let text = Text { value: script, span, alias: None, style };
        let options = Options { errexit: login, pipefail: login };
        for shell in [Shell::Posix, Shell::PowerShell, Shell::Cmd] {
            for command in commands_with(&text, shell, options, &file) {
                prop_assert!(span.start <= command.span.start && command.span.start <= command.span.end);
                prop_assert!(command.span.end <= span.end && file.get(command.span.start..command.span.end).is_some());
            }
        }
    }

    #[test]
    fn a_script_in_its_own_file_is_found_where_it_stands(script in pieces()) {
        for command in bash(&script) {
            prop_assert!(command.words.is_empty() || !command.span.slice(&script).trim().is_empty());
        }
    }
}
