//! Which failures of a POSIX script are noticed. It is judged as bash judges it: random scripts were run
//! with each command failing in turn.

use super::*;

#[test]
fn failures_that_are_let_pass() {
    check(
        &[
            (
                "gh attestation verify \"$f\" --repo ${{ github.repository }} || true",
                &["=~ gh attestation verify $f --repo [${{ github.repository }}]", "? true"],
            ),
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
            (
                "for f in dist/*; do gh attestation verify \"$f\" -R ${{ github.repository }}; done\nls",
                &["= gh attestation verify $f -R [${{ github.repository }}]", "= ls"],
            ),
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
fn failures_that_are_kept_for_later() {
    check(
        &[
            ("for f in x; do a || failed=1; done\nexit $failed", &["= a", "? failed:=1", "= exit $failed"]),
            ("a || ok=false\n[ \"$ok\" = true ] || exit 1", &["= a", "? ok:=false", "= [ $ok = true ]", "? exit 1"]),
            (
                "a || { echo; (( n++ )); }\nif (( n > 0 )); then exit 1; fi\nb",
                &["= a", "? echo", "? (( n++ ))", "=~ (( [n > 0] ))", "? exit 1", "= b"],
            ),
            (
                "if ! a; then failed=1; fi\nif [ $failed ]; then exit 1; fi\nb",
                &["= a", "? failed:=1", "=~ [ $failed ]", "? exit 1", "= b"],
            ),
            ("set +e\na\nrc=$?\nb\nexit ${rc}", &["= set +e", "= a", "=~ rc:=$?", "=~ b", "= exit ${rc}"]),
            (
                "set +e\na\nif [ $? -ne 0 ]; then exit 1; fi\nb",
                &["= set +e", "= a", "=~ [ $? -ne 0 ]", "? exit 1", "= b"],
            ),
            ("set +e\na\n[ $? -eq 0 ] || exit 1\nb", &["= set +e", "= a", "= [ $? -eq 0 ]", "? exit 1", "= b"]),
            // Decided before, not at all, or kept in a shell of its own.
            ("[ \"$x\" ] || exit 1\na || x=1\nb", &["= [ $x ]", "? exit 1", "=~ a", "? x:=1", "= b"]),
            ("a || failed=1\necho $failed", &["=~ a", "? failed:=1", "= echo $failed"]),
            ("(a || failed=1)\nexit $failed", &["=~ a", "? failed:=1", "= exit $failed"]),
            ("ls | while read f; do a || x=1; done\nexit $x", &["=~ ls", "=~ read f", "=~ a", "? x:=1", "= exit $x"]),
            (
                "set +e\na\nb\n[ $? -eq 0 ] && exit 1\nc",
                &["= set +e", "=~ a", "=~ b", "=~ [ $? -eq 0 ]", "? exit 1", "= c"],
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
