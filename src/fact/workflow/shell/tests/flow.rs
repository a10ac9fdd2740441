//! Which commands of a POSIX script run, in what order, under which conditions and loops.

use super::*;

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
            ("(( x > 1 )) && a\nls", &["=~ (( [x > 1] ))", "? a", "= ls"]),
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
