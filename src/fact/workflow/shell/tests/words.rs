//! Words of POSIX scripts, and what runs inside and behind them.

use super::*;

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
            ("eval eval eval 'eval eval a'", &["?~ \0", "= eval a"]),
            ("exec twine upload\nls", &["= twine upload"]),
            ("exec >log 2>&1\nls", &["= exec", "= ls"]),
            ("xargs -n 1 -I{} -P4 a {}", &["= a {}"]),
        ],
        bash,
    );
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
