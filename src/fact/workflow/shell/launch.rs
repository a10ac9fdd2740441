//! Which shell the runner starts for a script, and with which options.

use super::{Shell, program_name};

/// What a shell is started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// `-e`: a failed command ends the script.
    pub errexit: bool,
    /// `-o pipefail`: a pipe fails with any of its commands.
    pub pipefail: bool,
}

impl Default for Options {
    /// What the runner does where no shell is named: `bash -e {0}`.
    fn default() -> Self {
        Self { errexit: true, pipefail: false }
    }
}

/// The shell a value of `shell:` names; `windows` tells the default of the runner.
///
/// A template is told by the last shell named in it (`nix develop -c bash {0}`). An expression that names none is
/// taken for the default, so that a script is not overlooked.
pub fn shell_of(shell: Option<&str>, windows: bool) -> Shell {
    let default = if windows { Shell::PowerShell } else { Shell::Posix };
    let Some(shell) = shell.map(str::trim).filter(|shell| !shell.is_empty()) else { return default };
    let last = words(shell).rev().find_map(known);
    last.unwrap_or(if shell.contains("${{") { default } else { Shell::Other })
}

/// The options a POSIX shell is started with by a value of `shell:`. Only the plain names `bash` and `sh` come with
/// options of the runner's; a template has exactly those it says.
pub fn options_of(shell: Option<&str>) -> Options {
    match shell.map(str::trim) {
        None | Some("" | "sh") => Options::default(),
        Some("bash") => Options { errexit: true, pipefail: true },
        Some(template) => template_options(template),
    }
}

fn template_options(template: &str) -> Options {
    let all: Vec<&str> = words(template).collect();
    let named = all.iter().rposition(|word| known(word) == Some(Shell::Posix));
    match named {
        Some(at) => flags(all.iter().copied().skip(at + 1)).0,
        None => Options::default(),
    }
}

/// The words of a value, whatever quotes and parentheses stand around them.
fn words(value: &str) -> impl DoubleEndedIterator<Item = &str> {
    let ends = |part: char| part.is_whitespace() || matches!(part, '"' | '\'' | '(' | ')' | ',');
    value.split(ends).filter(|word| !word.is_empty())
}

fn known(word: &str) -> Option<Shell> {
    match program_name(word).to_ascii_lowercase().as_str() {
        // The last four are wrappers that well-known set-up actions install to run a script in bash or sh.
        "bash" | "sh" | "dash" | "zsh" | "ksh" | "ash" | "micromamba-shell" | "wsl-bash" | "msys2" | "alpine.sh" => {
            Some(Shell::Posix)
        }
        "pwsh" | "powershell" => Some(Shell::PowerShell),
        "cmd" => Some(Shell::Cmd),
        _ => None,
    }
}

/// The options among the words after the name of a shell, and how many words they are.
pub(super) fn flags<'w>(words: impl Iterator<Item = &'w str>) -> (Options, usize) {
    let mut options = Options { errexit: false, pipefail: false };
    let mut words = words;
    let mut count = 0;
    while let Some(word) = words.next() {
        let on = word.starts_with('-');
        if !on && !word.starts_with('+') {
            break;
        }
        count += 1;
        if matches!(word, "--rcfile" | "--init-file") {
            count += usize::from(words.next().is_some());
        }
        if word.starts_with("--") {
            continue;
        }
        for letter in word.chars().skip(1) {
            match letter {
                'e' => options.errexit = on,
                'o' | 'O' => {
                    let name = words.next();
                    count += usize::from(name.is_some());
                    options.errexit = if name == Some("errexit") { on } else { options.errexit };
                    options.pipefail = if name == Some("pipefail") { on } else { options.pipefail };
                }
                _ => {}
            }
        }
    }
    (options, count)
}
