//! What scripts are split into: one table for each side of the matter, then hostile and random input.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::text::yaml::Style;

/// A script that stands alone in its file.
fn alone(value: &str) -> Text {
    Text { value: value.to_owned(), span: Span::new(0, value.len()), alias: None, style: Style::Plain }
}

fn split(script: &str, shell: Shell, options: Options) -> Vec<Command> {
    commands_with(&alone(script), shell, options, script)
}

fn bash(script: &str) -> Vec<Command> {
    split(script, Shell::Posix, Options::default())
}

/// A command in short: `=` always, `>` after success, `?` under a test; `~` where its failure is ignored; then
/// assignments and words, with brackets around words that hold blanks.
fn short(command: &Command) -> String {
    let conditional = match command.conditional {
        Conditional::Always => "=",
        Conditional::AfterSuccess => ">",
        Conditional::Test => "?",
    };
    let ignored = if command.failure_ignored { "~" } else { "" };
    let bracketed = |word: &str| {
        if word.contains([' ', '\n', '\t']) || word.is_empty() { format!("[{word}]") } else { word.to_owned() }
    };
    let assignments = command.assignments.iter().map(|(name, value)| format!("{name}:={}", bracketed(value)));
    let words = command.words.iter().map(|word| bracketed(&word.value));
    let all: Vec<String> = assignments.chain(words).collect();
    format!("{conditional}{ignored} {}", all.join(" "))
}

fn check(table: &[(&str, &[&str])], split: impl Fn(&str) -> Vec<Command>) {
    for (script, expected) in table {
        let found: Vec<String> = split(script).iter().map(short).collect();
        assert_eq!(found, *expected, "{script}");
    }
}

#[test]
fn words_are_what_the_shell_makes_of_them() {
    check(
        &[
            ("twine upload dist/*", &["= twine upload dist/*"]),
            ("echo twine upload dist/*", &["= echo twine upload dist/*"]),
            ("twine upload --help", &["= twine upload --help"]),
            ("\"twine\" 'upload' di\"st\"/*", &["= twine upload dist/*"]),
            ("tw\\ine upload", &["= twine upload"]),
            ("twine \\\n  upload \\\r\n  dist/*", &["= twine upload dist/*"]),
            ("twi\\\nne upload", &["= twine upload"]),
            ("twine upload # and more; rm -rf /", &["= twine upload"]),
            ("# twine upload\n  #x\nls", &["= ls"]),
            ("echo a#b '#c' \\#d", &["= echo a#b #c #d"]),
            ("echo \"a \\\" \\$b \\c\" '$x\\' \"it's\"", &["= echo [a \" $b \\c] $x\\ it's"]),
            ("echo $'a\\'b\\tc' $\"d\"", &["= echo [a'b\tc] d"]),
            ("echo ''", &["= echo []"]),
            ("a;b&&c\nd", &["= a", "=~ b", "> c", "= d"]),
            ("a\r\nb\r\n", &["= a", "= b"]),
            ("python -m twine upload dist/*", &["= python -m twine upload dist/*"]),
            ("pipx run twine upload\nuvx twine upload", &["= pipx run twine upload", "= uvx twine upload"]),
            ("/usr/bin/gh release create v1", &["= /usr/bin/gh release create v1"]),
            ("echo ${x:-a b} ${y%%\"}\"*}", &["= echo [${x:-a b}] ${y%%\"}\"*}"]),
            ("echo \"${x:-it's}\" b", &["= echo ${x:-it's} b"]),
            ("echo $((1 + (2 * 3))) b", &["= echo [$((1 + (2 * 3)))] b"]),
            ("echo a{b,c} {d} !", &["= echo a{b,c} {d} !"]),
            (
                "npm i -g npm@^11.5.2 && pnpm run ci-publish \"$TAG\"",
                &["= npm i -g npm@^11.5.2", "> pnpm run ci-publish $TAG"],
            ),
        ],
        bash,
    );
}

#[test]
fn assignments_are_told_from_words() {
    check(
        &[
            ("A=1 B=\"x y\" twine upload", &["= A:=1 B:=[x y] twine upload"]),
            ("A=1", &["= A:=1"]),
            ("export A=1 B", &["= export A=1 B"]),
            ("A+=x B[0]=y C=\n", &["= A:=x B:=y C:=[]"]),
            ("echo A=1", &["= echo A=1"]),
            ("\"A\"=1 2x=3", &["= A=1 2x=3"]),
            ("A=(a 'b c' $(d)) e", &["=~ d", "= A:=[(a 'b c' $(d))] e"]),
            ("declare -a A=(a b)\nls", &["= declare -a [A=(a b)]", "= ls"]),
            ("env -i A=1 -u B C=2 twine upload", &["= A:=1 C:=2 twine upload"]),
        ],
        bash,
    );
}

#[test]
fn workflow_expressions_stay_as_they_are() {
    check(
        &[
            ("gh x --repo ${{ github.repository }} || true", &["=~ gh x --repo [${{ github.repository }}]", "? true"]),
            ("echo ${{ a && 'b | c' || \"d\" }}>f; ls", &["= echo [${{ a && 'b | c' || \"d\" }}]", "= ls"]),
            ("echo '${{ x == 'a' }}' b", &["= echo [${{ x == 'a' }}] b"]),
            ("echo \"${{ format('}}', x) }}\" b", &["= echo [${{ format('}}', x) }}] b"]),
            ("${{ matrix.cmd }} upload", &["= [${{ matrix.cmd }}] upload"]),
            ("echo ${{ x\nls", &["= echo [${{ x\nls]"]),
            ("# ${{ x }} y\nls", &["= ls"]),
        ],
        bash,
    );
    let word = &bash("gh '${{ x }}' \"$y\" '$z' `w` $(v) \\$u ${t} $1 $ $'s'").remove(2).words;
    let expands: Vec<bool> = word.iter().map(|word| word.expands).collect();
    assert_eq!(expands, [false, true, true, false, true, true, false, true, true, false, false]);
}

#[test]
fn patterns_count_only_where_the_shell_expands_them() {
    let words = bash("x dist/* 'dist/*' \"dist/*\" dist/\\* a? [ab] [ a] $? ${x#*/} @(a|b)").remove(0).words;
    let glob: Vec<bool> = words.iter().map(|word| word.glob).collect();
    assert_eq!(glob, [false, true, false, false, false, true, true, false, false, false, false, true]);
}

#[test]
fn redirections_and_here_documents_are_no_words() {
    check(
        &[
            ("a >f 2>&1 <g b >>h", &["= a b"]),
            ("a &>f; b >&2 c", &["= a", "= b c"]),
            ("a > \"$(b)\" c", &["=~ b", "= a c"]),
            ("a {fd}>f 3<>g 10>h", &["= a"]),
            ("cat <<EOF\ntwine upload\nEOF\nls", &["= cat", "= ls"]),
            ("cat <<'E O' >f\n$(twine upload)\nE O\nls", &["= cat", "= ls"]),
            ("cat <<-EOF\n\ttwine upload\n\tEOF\nls", &["= cat", "= ls"]),
            ("cat <<A <<B; ls\na\nA\nb\nB\nend", &["= cat", "= ls", "= end"]),
            ("cat <<EOF | tee f && b\ntwine upload\nEOF\nls", &["=~ cat", "=~ tee f", "> b", "= ls"]),
            ("x=$(cat <<EOF\na ) ' \"\nEOF\n)\nls", &["= cat", "= x:=[$(cat <<EOF\na ) ' \"\nEOF\n)]", "= ls"]),
            ("cat <<EOF\r\ntwine\r\nEOF\r\nls", &["= cat", "= ls"]),
            ("cat <<EOF\ntwine upload", &["= cat"]),
            ("a <<<\"b c\" d", &["= a d"]),
            ("if a; then cat <<E\nx\nE\nfi\nb", &["=~ a", "? cat", "= b"]),
        ],
        bash,
    );
}

#[test]
fn commands_inside_words_run_too() {
    check(
        &[
            ("echo $(twine upload)", &["=~ twine upload", "= echo [$(twine upload)]"]),
            ("echo \"a $(b \"c\" '$(d)') e\"", &["=~ b c $(d)", "= echo [a $(b \"c\" '$(d)') e]"]),
            ("echo `a \\`b\\``", &["=~ b", "=~ a `b`", "= echo [`a \\`b\\``]"]),
            ("diff <(a) >(b)", &["=~ a", "=~ b", "= diff <(a) >(b)"]),
            ("echo ${x:-$(a)} $((1 + $(b)))", &["=~ a", "=~ b", "= echo ${x:-$(a)} [$((1 + $(b)))]"]),
            ("echo $(case x in x) a;; esac; b)", &["?~ a", "=~ b", "= echo [$(case x in x) a;; esac; b)]"]),
            ("echo $(a # )\n)", &["=~ a", "= echo [$(a # )\n)]"]),
            ("x=$(a)", &["= a", "= x:=$(a)"]),
            ("x=$(a; b)", &["=~ a", "= b", "= x:=[$(a; b)]"]),
            ("x=$(a) y=$(b)", &["=~ a", "= b", "= x:=$(a) y:=$(b)"]),
            ("local x=$(a)\nexport y=$(b)", &["=~ a", "= local x=$(a)", "=~ b", "= export y=$(b)"]),
            ("x=$(a) b", &["=~ a", "= x:=$(a) b"]),
        ],
        bash,
    );
}

#[test]
fn programs_that_run_programs_are_seen_through() {
    check(
        &[
            ("sudo -E -u root twine upload", &["= twine upload"]),
            ("sudo -i", &["= sudo -i"]),
            ("env", &["= env"]),
            ("time -p twine upload", &["= twine upload"]),
            ("/usr/bin/time -f %e twine upload", &["= twine upload"]),
            ("command twine upload\ncommand -v twine", &["= twine upload", "= command -v twine"]),
            ("timeout --signal=KILL 5m twine upload", &["= twine upload"]),
            ("timeout -k 5 10 nice -n 5 nohup twine upload", &["= twine upload"]),
            ("bash -c \"twine upload\"", &["= twine upload"]),
            ("bash -lc 'a; b'", &["=~ a", "= b"]),
            ("bash -euo pipefail -c 'a; b | c'", &["= a", "= b", "= c"]),
            ("A=1 sh -c 'twine upload' x", &["= A:=1", "= twine upload"]),
            ("bash script.sh -c", &["= bash script.sh -c"]),
            ("bash -c \"$CMD\"; eval $CMD", &["= bash -c $CMD", "= eval $CMD"]),
            ("eval \"twine upload; ls\"", &["= twine upload", "= ls"]),
            ("eval \"a $(b)\"", &["=~ b", "= a $(b)"]),
            ("bash -c 'a $(b)'", &["=~ b", "= a $(b)"]),
            ("eval eval eval 'eval eval a'", &["= eval a"]),
            ("exec twine upload\nls", &["= twine upload"]),
            ("exec >log 2>&1\nls", &["= exec", "= ls"]),
            ("xargs -n 1 -I{} -P4 a {}", &["= a {}"]),
        ],
        bash,
    );
}

#[test]
fn loops_tell_what_they_run_over() {
    let over = |script: &str| -> Vec<(String, String, bool)> {
        let found = bash(script).into_iter().filter(|command| command.program() == "gh");
        let over = found.filter_map(|command| command.loop_over);
        over.map(|over| {
            let words: Vec<&str> = over.words.iter().map(|word| word.value.as_str()).collect();
            (over.variable.clone(), words.join(" "), over.guards_empty)
        })
        .collect()
    };
    let one = |variable: &str, words: &str, guards| vec![(variable.to_owned(), words.to_owned(), guards)];
    assert_eq!(over("for f in dist/*; do gh x $f; done"), one("f", "dist/*", false));
    assert_eq!(over("shopt -s nullglob\nfor f in a b\ndo\n gh x $f\ndone"), one("f", "a b", true));
    assert_eq!(over("shopt -s failglob; shopt -u failglob; for f in *; do gh; done"), one("f", "*", false));
    assert_eq!(over("for a in 1; do for b in 2; do gh; done; done"), one("b", "2", false));
    assert_eq!(over("for a; do gh; done"), one("a", "$@", false));
    assert_eq!(over("for ((i = 0; i < 3; i++)); do gh; done"), []);
    assert_eq!(over("find dist -name x -exec gh v {} \\;"), one("", "find dist -name x", false));
    assert_eq!(over("find dist -print0 | xargs -0 -n1 gh v"), one("", "find dist -print0", false));
    assert_eq!(over("ls dist | while read -r f; do gh \"$f\"; done"), one("f", "ls dist", false));
    assert_eq!(over("while IFS= read -r f; do gh; done < <(find dist)"), one("f", "find dist", false));
    assert_eq!(over("while read f; do gh; done <list"), one("f", "list", false));
    assert_eq!(over("while true; do gh; break; done"), []);
    assert_eq!(over("gh x; for f in a; do b; done; gh y"), []);
}

#[test]
fn a_pipe_is_read_once() {
    let script = "printf '%s' a | { xargs gh; xargs gh; }";
    let words = |command: &Command| command.loop_over.as_ref().map(|over| over.words.len());
    assert_eq!(bash(script).iter().map(words).collect::<Vec<_>>(), [None, Some(3), Some(0)]);
}

#[test]
fn conditions_make_what_they_guard_conditional() {
    check(
        &[
            (
                "if [[ $GITHUB_REF == refs/tags/* ]]; then twine upload dist/*; fi",
                &["=~ [[ $GITHUB_REF == refs/tags/* ]]", "? twine upload dist/*"],
            ),
            ("if a\nthen b\nelif c; then d\nelse e\nfi\nf", &["=~ a", "? b", "?~ c", "? d", "? e", "= f"]),
            ("[ -n \"$x\" ] && twine upload\nls", &["=~ [ -n $x ]", "? twine upload", "= ls"]),
            ("[[ a && b || (c) ]] && d", &["= [[ a && b || ( c ) ]]", "? d"]),
            ("test -f x && a && b\nls", &["=~ test -f x", "?~ a", "? b", "= ls"]),
            ("grep -q x y && a\nls", &["=~ grep -q x y", "? a", "= ls"]),
            ("command -v x && a\nls", &["=~ command -v x", "? a", "= ls"]),
            ("! a && b\nls", &["=~ a", "? b", "= ls"]),
            ("(( x > 1 )) && a\nls", &["=~ ((", "? a", "= ls"]),
            ("a || b\nls", &["=~ a", "? b", "= ls"]),
            ("a && b || c && d\nls", &["=~ a", ">~ b", "?~ c", "? d", "= ls"]),
            ("a && { b; c; }\nls", &["=~ a", "> b", "> c", "= ls"]),
            ("while a; do b; done", &["=~ a", "? b"]),
            ("until a; do b; done", &["=~ a", "? b"]),
            ("case $x in a|b) c ;; (d) e;& *) f; esac; g", &["? c", "? e", "? f", "= g"]),
            ("case x in esac; a", &["= a"]),
            ("select x in a; do b; done", &["= b"]),
            ("for x in a; do b; done", &["= b"]),
            ("(a; b)\n{ c; d; }", &["= a", "= b", "= c", "= d"]),
            ("if false; then a; else b; fi", &["=~ false", "? b"]),
            ("if true; then a; else b; fi", &["=~ true", "? a"]),
            ("false && a || b\ntrue || c", &["=~ false", "? b", "=~ true"]),
            ("a || true && b\nls", &["=~ a", "?~ true", "? b", "= ls"]),
            ("while false; do a; done", &["=~ false"]),
        ],
        bash,
    );
}

#[test]
fn nothing_runs_after_the_script_has_ended() {
    check(
        &[
            ("a\nexit 0\nb", &["= a", "= exit 0"]),
            ("a; { b; exit; c; }; d", &["= a", "= b", "= exit"]),
            ("(exit 1; a)\nb", &["= exit 1", "= b"]),
            ("if x; then exit; a; fi; b", &["=~ x", "? exit", "= b"]),
            ("if x; then exit 0; else exit 1; fi; b", &["= x", "? exit 0", "? exit 1"]),
            ("[ x ] && exit\nb", &["=~ [ x ]", "? exit", "= b"]),
            ("exit 0 | a\nb", &["=~ exit 0", "= a", "= b"]),
            ("for x in a; do continue; b; done; c", &["= continue", "= c"]),
            ("f() { return; a; }\nf\nb", &["= f", "= return", "= b"]),
            ("f() { exit 1; }\nf\nb", &["= f", "= exit 1"]),
        ],
        bash,
    );
}

#[test]
fn functions_run_where_they_are_called() {
    check(
        &[
            ("f() { twine upload; }", &["? twine upload"]),
            ("f() { b; }\na\nf x\nc", &["= a", "= f x", "= b", "= c"]),
            ("function f { b; }\nif x; then f; fi", &["=~ x", "? f", "? b"]),
            ("function f() (\n b\n)\nf || true", &["=~ f", "=~ b", "? true"]),
            ("f() { g; }\ng() { a; }\nf", &["= f", "= g", "= a"]),
            ("f() { f; a; }\nf", &["= f", "= f", "= a"]),
            ("f() { a; }; f; f", &["= f", "= a", "= f"]),
        ],
        bash,
    );
}

#[test]
fn failures_that_are_let_pass() {
    check(
        &[
            ("a || true\nls", &["=~ a", "? true", "= ls"]),
            ("a || :\nls", &["=~ a", "? :", "= ls"]),
            ("a || echo x\nls", &["=~ a", "? echo x", "= ls"]),
            ("a || exit 0\nls", &["=~ a", "? exit 0", "= ls"]),
            ("a | b\nls", &["=~ a", "= b", "= ls"]),
            ("set -o pipefail; a | b", &["= set -o pipefail", "= a", "= b"]),
            ("set -euo pipefail\na | b", &["= set -euo pipefail", "= a", "= b"]),
            ("! a\nls", &["=~ a", "= ls"]),
            ("a &\nls", &["=~ a", "= ls"]),
            ("set +e\na\nset -e\nb", &["= set +e", "=~ a", "=~ set -e", "= b"]),
            ("(set +e; a; b)\nc; d", &["= set +e", "=~ a", "= b", "= c", "= d"]),
            ("if x; then set -e; fi; set +e; a; b", &["=~ x", "? set -e", "= set +e", "=~ a", "= b"]),
            ("set +e\nif x; then set -e; fi; a; b", &["= set +e", "=~ x", "?~ set -e", "=~ a", "= b"]),
            ("a && echo ok\nls", &["=~ a", "> echo ok", "= ls"]),
            ("a && echo ok", &["= a", "> echo ok"]),
            ("for f in x; do a && b; done", &["=~ a", "> b"]),
            ("for f in x; do a; done", &["= a"]),
            ("a; exit 0", &["= a", "= exit 0"]),
            ("{ a; b; } || true\nls", &["=~ a", "=~ b", "? true", "= ls"]),
            ("find . -exec a {} \\;\nls", &["= find . -exec a {} ;", "=~ a {}", "= ls"]),
            ("find . -exec a {} +", &["= find . -exec a {} +", "= a {}"]),
            ("find . | xargs a || true", &["=~ find .", "=~ a", "? true"]),
            ("a || b\nls", &["=~ a", "? b", "= ls"]),
            ("a || { if x; then exit 0; fi; exit 1; }", &["=~ a", "?~ x", "? exit 0", "? exit 1"]),
            ("a || { echo; exit $?; }\nls", &["=~ a", "? echo", "? exit $?", "= ls"]),
        ],
        bash,
    );
}

#[test]
fn failures_that_are_seen_to() {
    check(
        &[
            ("a || exit 1\nls", &["= a", "? exit 1", "= ls"]),
            ("a || exit\nls", &["= a", "? exit", "= ls"]),
            ("a || false\nls", &["= a", "? false", "= ls"]),
            ("a || return 1\nls", &["= a", "? return 1", "= ls"]),
            ("a || { echo x; exit 1; }\nls", &["= a", "? echo x", "? exit 1", "= ls"]),
            ("a || (echo x && exit 2)\nls", &["= a", "? echo x", "? exit 2", "= ls"]),
            ("a || { rc=$?; echo x; exit \"$rc\"; }\nls", &["= a", "? rc:=$?", "? echo x", "? exit $rc", "= ls"]),
            ("a && b || exit 1\nls", &["= a", "> b", "? exit 1", "= ls"]),
            ("die() { echo x; exit 1; }\na || die\nls", &["= a", "? die", "? echo x", "? exit 1", "= ls"]),
            ("set +e\na || exit 1\nls", &["= set +e", "= a", "? exit 1", "= ls"]),
            ("set +e\na\nexit $?", &["= set +e", "= a", "= exit $?"]),
            ("if ! a; then echo x; exit 1; fi", &["= a", "? echo x", "? exit 1"]),
            ("if a; then b; else exit 1; fi", &["= a", "? b", "? exit 1"]),
            ("if ! a || ! b; then exit 1; fi", &["= a", "? b", "? exit 1"]),
            (
                "if a && b; then c; else false; fi
d",
                &["= a", "> b", "? c", "? false", "= d"],
            ),
        ],
        bash,
    );
}

#[test]
fn a_shell_without_errexit_notices_only_the_end() {
    let login = options_of(Some("bash -l {0}"));
    check(
        &[
            ("a\nb", &["=~ a", "= b"]),
            ("a; exit 0", &["=~ a", "= exit 0"]),
            ("a && b", &["= a", "> b"]),
            ("set -e\na\nb", &["=~ set -e", "= a", "= b"]),
            ("for f in x; do a; done", &["=~ a"]),
            ("a; if x; then b; else c; fi", &["=~ a", "=~ x", "? b", "? c"]),
        ],
        |script| split(script, Shell::Posix, login),
    );
    let strict = options_of(Some("bash"));
    check(&[("a | b\nls", &["= a", "= b", "= ls"])], |script| split(script, Shell::Posix, strict));
}

#[test]
fn what_is_no_valid_script_is_read_as_far_as_it_goes() {
    check(
        &[
            ("if a; then b\nc", &["=~ a", "? b", "? c"]),
            ("fi; a\ndone\n}", &["= fi", "= a", "= done", "= }"]),
            ("a ) b; ;; c", &["= a", "= b", "= c"]),
            ("&& a | | b", &["=~ a", "= b"]),
            ("echo 'a\ntwine upload", &["= echo [a\ntwine upload]"]),
            ("echo \"a\ntwine upload", &["= echo [a\ntwine upload]"]),
            ("echo $(a", &["=~ a", "= echo $(a"]),
            ("echo `a", &["=~ a", "= echo `a"]),
            ("echo ${a", &["= echo ${a"]),
            ("for; do a; done\nb", &["= a", "= b"]),
            ("case a in b c) d;; e\nesac\nf", &["? d", "= f"]),
            ("f() g() h() a", &["? a"]),
            ("\\", &["= \\"]),
            ("a \\", &["= a \\"]),
            ("", &[]),
        ],
        bash,
    );
}

#[test]
fn the_shell_of_a_step() {
    let posix = ["bash", "sh", "bash -l {0}", "/bin/bash -e {0}", "nix develop -c bash {0}", "micromamba-shell {0}"];
    for shell in posix {
        assert_eq!(shell_of(Some(shell), true), Shell::Posix, "{shell}");
    }
    let cygwin = "C:\\tools\\cygwin\\bin\\bash.exe -o igncr -eo pipefail {0}";
    assert_eq!(shell_of(Some(cygwin), true), Shell::Posix);
    assert_eq!(shell_of(Some("script -q -e -c \"bash --noprofile --norc -eo pipefail {0}\""), false), Shell::Posix);
    assert_eq!(shell_of(Some(" pwsh "), false), Shell::PowerShell);
    assert_eq!(shell_of(Some("powershell -command \". '{0}'\""), true), Shell::PowerShell);
    assert_eq!(shell_of(Some("cmd"), true), Shell::Cmd);
    for shell in ["python", "python3 {0}", "uvx python {0}", "perl {0}", "./run.sh {0}", "bashful {0}"] {
        assert_eq!(shell_of(Some(shell), false), Shell::Other, "{shell}");
    }
    assert_eq!(shell_of(None, false), Shell::Posix);
    assert_eq!(shell_of(None, true), Shell::PowerShell);
    assert_eq!(shell_of(Some(""), true), Shell::PowerShell);
    assert_eq!(shell_of(Some("${{ matrix.shell }}"), false), Shell::Posix);
    assert_eq!(shell_of(Some("${{ runner.os == 'Windows' && 'cmd' || 'bash' }}"), true), Shell::Posix);
}

#[test]
fn the_options_of_a_step() {
    let options = |shell| {
        let options = options_of(shell);
        (options.errexit, options.pipefail)
    };
    assert_eq!(options(None), (true, false));
    assert_eq!(options(Some("sh")), (true, false));
    assert_eq!(options(Some("bash")), (true, true));
    assert_eq!(options(Some("bash -l {0}")), (false, false));
    assert_eq!(options(Some("bash -e -l {0}")), (true, false));
    assert_eq!(options(Some("bash -euo pipefail {0}")), (true, true));
    assert_eq!(options(Some("bash --noprofile --norc -eo pipefail {0}")), (true, true));
    assert_eq!(options(Some("/bin/bash -o errexit +e {0} -e")), (false, false));
    assert_eq!(options(Some("script -q -e -c \"bash -l {0}\"")), (false, false));
    assert_eq!(options(Some("C:\\bin\\bash.exe -o igncr -eo pipefail {0}")), (true, true));
    assert_eq!(split("twine upload", Shell::Other, Options::default()), []);
}

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

fn pwsh(script: &str) -> Vec<Command> {
    split(script, Shell::PowerShell, Options::default())
}

#[test]
fn powershell_has_rules_of_its_own() {
    check(
        &[
            ("twine upload dist/*\nls", &["= twine upload dist/*", "= ls"]),
            ("twine `\n  upload `\r\n dist/*", &["= twine upload dist/*"]),
            ("a; b | c\r\nd # e; f", &["=~ a", "=~ b", "=~ c", "= d"]),
            ("a && b || c", &["=~ a", ">~ b", "? c"]),
            ("a || exit 1\nb", &["= a", "? exit 1", "= b"]),
            ("a || throw 'x'\nb", &["= a", "? throw x", "= b"]),
            ("<# twine\nupload #>\na", &["= a"]),
            ("& 'C:\\x y\\twine.exe' upload", &["= [C:\\x y\\twine.exe] upload"]),
            ("& \"$env:X\\gh.exe\" a; . ./b.ps1", &["=~ $env:X\\gh.exe a", "= ./b.ps1"]),
            (
                "echo \"a `\"b`\" \"\"c\"\" $(twine upload) $x\" 'it''s'",
                &["= twine upload", "= echo [a \"b\" \"c\" $(twine upload) $x] it's"],
            ),
            ("$x = @\"\ntwine upload\n\"@\na", &["= a"]),
            ("Write-Output @'\ntwine upload\n'@ b", &["= Write-Output [twine upload] b"]),
            ("if ($x -eq 'a') { twine upload } else { b }\nc", &["?~ twine upload", "?~ b", "= c"]),
            ("if (Test-Path dist) {\n a\n} elseif (b) { c }", &["=~ Test-Path dist", "?~ a", "=~ b", "? c"]),
            ("twine upload\nif ($LASTEXITCODE -ne 0) { exit 1 }\nb", &["= twine upload", "? exit 1", "= b"]),
            ("twine upload\nif (-not $?) { throw \"x\" }\nb", &["= twine upload", "? throw x", "= b"]),
            ("twine upload\nif ($LASTEXITCODE -eq 0) { exit 1 }\nb", &["=~ twine upload", "? exit 1", "= b"]),
            ("twine upload\nif ($LASTEXITCODE -ne 0) { echo no }\nb", &["=~ twine upload", "? echo no", "= b"]),
            ("$PSNativeCommandUseErrorActionPreference = $true\na\nb", &["= a", "= b"]),
            ("$env:TWINE_PASSWORD = 'x'; twine upload", &["= TWINE_PASSWORD:=x", "= twine upload"]),
            ("$out = gh attestation verify x\n$y = \"z\"", &["= gh attestation verify x"]),
            ("$files.ForEach({ a })\n[X]::Y()\n@{ a = 1 }", &["= a"]),
            ("try { a } catch { b } finally { c }", &["=~ a", "?~ b", "= c"]),
            ("function f($x) { a }\nwhile ($true) { b }", &["?~ a", "? b"]),
            ("a\nexit 0\nb", &["=~ a", "= exit 0"]),
            ("a\nexit $LASTEXITCODE", &["= a", "= exit $LASTEXITCODE"]),
            ("7z a x; gh a > b 2>&1 c", &["=~ 7z a x", "= gh a c"]),
            ("gh x --repo ${{ github.repository }}", &["= gh x --repo [${{ github.repository }}]"]),
            (
                "Get-ChildItem | Where-Object { Test-X } | Out-File y",
                &["= Get-ChildItem", "?~ Test-X", "= Where-Object [{ Test-X }]", "= Out-File y"],
            ),
            ("} ) a\n\"x", &["= a"]),
        ],
        pwsh,
    );
    let over = |script: &str| {
        let command = pwsh(script).into_iter().find(|command| command.program() == "gh").unwrap();
        let over = command.loop_over.unwrap();
        (over.variable.clone(), over.words.iter().map(|word| word.value.clone()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(over("foreach ($f in Get-ChildItem dist) { gh $f }"), ("f".into(), "Get-ChildItem dist".into()));
    assert_eq!(over("Get-ChildItem dist | ForEach-Object { gh $_ }"), ("_".into(), "Get-ChildItem dist".into()));
    let looped = pwsh("foreach ($f in 1) { gh $f }").remove(0);
    assert!(looped.failure_ignored, "only the last round's exit code is left");
}

#[test]
fn cmd_has_rules_of_its_own() {
    check(
        &[
            ("twine upload dist\\*\r\ndir", &["=~ twine upload dist\\*", "= dir"]),
            (
                "@echo off\nrem twine upload\n:: twine upload\n:label\ntwine ^\n upload",
                &["=~ echo off", "= twine upload"],
            ),
            ("a && b & c || d | e", &["=~ a", ">~ b", "=~ c", "?~ d", "? e"]),
            ("\"C:\\x y\\twine.exe\" \"a & b\" ^& c", &["= [C:\\x y\\twine.exe] [a & b] & c"]),
            ("a || exit /b 1\nb", &["= a", "? exit /b 1", "= b"]),
            ("a\nif errorlevel 1 exit /b 1\nb", &["= a", "? exit /b 1", "= b"]),
            ("a\nif %errorlevel% neq 0 (\n echo x\n exit /b 1\n)\nb", &["= a", "?~ echo x", "? exit /b 1", "= b"]),
            ("a\nif errorlevel 1 exit /b 0\nb", &["=~ a", "? exit /b 0", "= b"]),
            (
                "if exist dist twine upload\nif /i not \"%X%\"==\"y\" (a) else b\nc",
                &["?~ twine upload", "?~ a", "?~ b", "= c"],
            ),
            ("if %X% equ 1 a\nif defined X b", &["?~ a", "? b"]),
            ("call a.bat x\nexit /b %ERRORLEVEL%\nb", &["= a.bat x", "= exit /b %ERRORLEVEL%"]),
            ("a\nexit /b 0\nb", &["=~ a", "= exit /b 0"]),
            ("a >x 2>&1 b", &["= a b"]),
            ("gh x ${{ a && b }}", &["= gh x [${{ a && b }}]"]),
            ("( a ) & b (c", &["=~ a", "= b (c"]),
        ],
        |script| split(script, Shell::Cmd, Options::default()),
    );
    let looped = split("for %%f in (dist\\*) do gh v %%f\ndir", Shell::Cmd, Options::default()).remove(0);
    let over = looped.loop_over.unwrap();
    assert_eq!((over.variable.as_str(), over.words.len(), looped.failure_ignored), ("f", 1, true));
}

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
    let parts = [
        "(",
        "$(",
        "`",
        "\"$(",
        "${",
        "$((",
        "{ ",
        "if ",
        "if a; then ",
        "if a; then b; else ",
        "case x in a) ",
        "f() ",
        "<<E ",
        "cat <<E\n",
        "${{ ",
        "${{ '",
        "'",
        "\"",
        "\\\n",
        "a && ",
        "a | ",
        "a || { ",
        "! ",
        "sudo ",
        "env A=b ",
        "eval ",
        "bash -c 'bash -c ",
        "eval \"eval ",
        "xargs ",
        "find -exec ",
        "find . -exec a \\; ",
        "x=(",
        "[[ ",
        "for x in a b; do ",
        "while read x; do ",
        ";;",
        "& ",
        ")",
        "<(",
        "@(",
        "f() { f; }; ",
        "f() { f; ",
        "a; exit $? ",
        "if (",
        "foreach ($x in ",
        "@{",
        "& { ",
        "^\n",
        "a\r\n",
        "x=$? ",
        "{ a | xargs b; } | ",
        "\\",
        "$",
        "*",
        "[",
    ];
    for part in parts {
        let script = part.repeat(300_000 / part.len());
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
    let piece = prop::sample::select(vec![
        "a",
        "twine upload",
        " ",
        "\n",
        "\r\n",
        ";",
        "&&",
        "||",
        "|",
        "&",
        "(",
        ")",
        "{ ",
        "}",
        "if ",
        "then ",
        "elif ",
        "else ",
        "fi",
        "while ",
        "until ",
        "do ",
        "done",
        "for x in ",
        "case ",
        "in ",
        "esac",
        ";;",
        "function ",
        "f()",
        "f",
        "!",
        "[[ ",
        "]]",
        "[ ",
        "((",
        "))",
        "$(",
        "`",
        "'",
        "\"",
        "$'",
        "\\",
        "\\\n",
        "${{",
        "}}",
        "${",
        "$x",
        "*",
        "?",
        "[",
        "<",
        ">",
        "<<E",
        "<<-E",
        "E\n",
        "<(",
        "2>&1",
        "#",
        "x=",
        "x=(",
        "sudo ",
        "env ",
        "xargs ",
        "bash -c ",
        "eval ",
        "find ",
        "-exec ",
        "exit 1",
        "exit",
        "return",
        "set -e",
        "set +e",
        "true",
        "false",
        "read x",
        "é",
        "\u{1f600}",
        "\t",
        "@'\n",
        "\n'@",
        "<#",
        "#>",
        "foreach (",
        "$LASTEXITCODE",
        "^\n",
        "%x%",
        "rem ",
        "::",
        "@",
    ]);
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
