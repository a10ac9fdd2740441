//! Which shell a step names, and the scripts of PowerShell and `cmd`.

use super::*;

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
