//! Commands whose doings the files do not show: scripts and tasks, code in other languages, text that only the run
//! knows, containers, and programs that are not known.

use std::path::Path;

use super::commands::{self, program_words};
use super::credential::Credential;
use super::{Aim, Registry, Scope, opaque, plain};
use crate::fact::workflow::Text;
use crate::fact::workflow::shell::{self, Command, Shell};

/// Something that runs out of sight.
pub struct Work {
    /// What is called.
    pub called: String,
    /// What sort it is.
    pub sort: Sort,
}

/// What sort of work runs out of sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A script, a module or a task of the project; its name tells something.
    Script,
    /// Code whose text is not read or not there.
    Code,
    /// A program that is not known. It counts only where the step itself holds a credential.
    Program,
}

/// What a command that is no known publisher runs out of sight, given the credentials it could be handed.
pub fn work(command: &Command, scope: &Scope<'_>, credentials: &[Credential]) -> Option<Work> {
    let words = program_words(command);
    let (program, rest) = words.split_first()?;
    let named = |called: String, sort: Sort| Some(Work { called, sort });
    if shell_of(scope) != Shell::Posix {
        let script = script_name(&words, command).map(|called| Work { called, sort: Sort::Script });
        return script
            .or_else(|| starts_text(program).then(|| Work { called: (*program).to_owned(), sort: Sort::Code }));
    }
    if let Some(code) = inline_code(program, rest) {
        return named((*program).to_owned(), sort_of_code(code));
    }
    if let Some(called) = script_name(&words, command) {
        return named(called, Sort::Script);
    }
    let typed = command.words.first()?.value.as_str();
    if *program == typed.rsplit('/').next().unwrap_or(typed) && is_open(typed) {
        return is_open_work(rest).and_then(|sort| named(typed.to_owned(), sort));
    }
    let mentions = || credentials.iter().any(|held| words.iter().any(|word| word.contains(&held.name.value)));
    match *program {
        "" => None,
        "eval" => named("eval".to_owned(), Sort::Code),
        interpreter if plain::is_interpreter(interpreter) && reads_input(rest) => {
            named(interpreter.to_owned(), Sort::Code)
        }
        "docker" | "podman" | "nerdctl" => {
            let verb = rest.iter().find(|word| matches!(**word, "run" | "exec" | "compose"))?;
            let handed = mentions() || *verb == "compose" || rest.iter().any(|word| word.starts_with("--env-file"));
            handed.then(|| Work { called: format!("{program} {verb}"), sort: Sort::Code })
        }
        "curl" | "wget" | "http" | "https" | "xh" => {
            sends(rest).then(|| Work { called: (*program).to_owned(), sort: Sort::Program })
        }
        tool if plain::is_tool(tool) => None,
        other => named(other.to_owned(), Sort::Program),
    }
}

/// A step whose script is in a language that is not read.
pub fn language(scope: &Scope<'_>) -> Option<Work> {
    let run = scope.step.run.as_ref().filter(|_| shell_of(scope) == Shell::Other)?;
    let name = scope.step.shell_name(scope.workflow, scope.job)?;
    let called = name.split_whitespace().next().and_then(file_name)?;
    Some(Work { called, sort: sort_of_code(&run.value) })
}

fn shell_of(scope: &Scope<'_>) -> Shell {
    shell::shell_of(scope.step.shell_name(scope.workflow, scope.job), scope.job.runs_on_windows())
}

/// What a program that runs others publishes by them: `retry 3 twine upload dist/*`, `nix-shell --run "twine upload x"`.
/// A text about publishing is none, so the step must be handed something to prove itself by.
pub fn wrapped(command: &Command, scope: &Scope<'_>, held: &[Credential]) -> Option<(Registry, Aim, String)> {
    let words = program_words(command);
    let (program, rest) = words.split_first()?;
    let runs = match *program {
        "docker" | "podman" | "nerdctl" => rest.iter().any(|word| matches!(*word, "run" | "exec" | "compose")),
        program => !plain::is_tool(program) && !commands::is_publisher(program),
    };
    if !runs || shell_of(scope) == Shell::Cmd {
        return None;
    }
    let inner = |words: &[&str]| {
        let words = commands::without_launchers(words.to_vec());
        words.len().ge(&2).then(|| commands::recognise_words(&words, command, scope)).flatten()
    };
    let plainly = || (0..rest.len().min(MAX_WORDS)).find_map(|at| inner(rest.get(at..)?));
    let (registry, aim, by) = plainly().or_else(|| texts(program, rest).find_map(|text| in_text(text, scope)))?;
    let proves = opaque::may_prove(scope) || held.iter().any(|held| held.registry == registry);
    (proves || registry == Registry::GithubRelease).then_some((registry, aim, by))
}

/// Most words among which a program is looked for.
const MAX_WORDS: usize = 64;

/// Arguments that are commands in one piece.
fn texts<'w>(program: &str, rest: &'w [&'w str]) -> impl Iterator<Item = &'w str> {
    let all = starts_text(program) || program == "ssh";
    rest.iter().enumerate().filter_map(move |(at, word)| {
        let before = at.checked_sub(1).and_then(|at| rest.get(at)).copied().unwrap_or_default();
        let asks = before.starts_with('-') && ["run", "command", "exec", "c"].iter().any(|end| before.ends_with(end));
        (word.contains(' ') && (all || asks)).then_some(*word)
    })
}

fn in_text(text: &str, scope: &Scope<'_>) -> Option<(Registry, Aim, String)> {
    let text = Text::within(text, crate::text::Span::default());
    shell::commands(&text, Shell::Posix, "").iter().find_map(|command| commands::recognise(command, scope))
}

/// Commands of PowerShell that run a text or a program they are given.
fn starts_text(program: &str) -> bool {
    ["iex", "invoke-expression", "start-process", "saps", "invoke-command"]
        .iter()
        .any(|name| program.eq_ignore_ascii_case(name))
}

/// Code given on the command line.
fn inline_code<'w>(program: &str, rest: &[&'w str]) -> Option<&'w str> {
    if !plain::is_interpreter(program) {
        return None;
    }
    // What follows a script is for that script.
    let mut options = rest.iter().take_while(|word| word.starts_with('-'));
    let at = options.position(|word| is_code_flag(word))?;
    rest.get(at + 1).copied()
}

/// `-c`, `-e`, and flags that stand together with them (`-Ic`).
fn is_code_flag(word: &str) -> bool {
    let short = !word.starts_with("--") && word.ends_with(['c', 'e', 'p']);
    short || matches!(word, "--eval" | "--print")
}

/// Code that may start programs or send something is told from code that seems to look at something only.
fn sort_of_code(code: &str) -> Sort {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "subprocess", "system", "exec", "spawn", "popen", "upload", "publish", "release", "request", "http", "urllib",
        "fetch(", "twine", "runpy", "socket", "eval", "post(", "put(", "call(",
    ];
    let code = code.trim_start().to_ascii_lowercase();
    let acts = code.starts_with(['$', '`']) || WORDS.iter().any(|word| code.contains(word));
    if acts { Sort::Code } else { Sort::Program }
}

/// Whether an interpreter is told no file, so that it runs what it reads.
fn reads_input(rest: &[&str]) -> bool {
    let asks = rest.iter().any(|word| matches!(*word, "--version" | "-V" | "-v" | "--help" | "-h"));
    !asks && rest.iter().all(|word| word.starts_with('-') || word.starts_with('$') || matches!(*word, "pipefail"))
}

/// Whether only the run knows what a word is.
fn is_open(word: &str) -> bool {
    word.starts_with(['$', '`']) || word.contains("${{")
}

/// What a program that only the run knows may be, by its arguments.
fn is_open_work(rest: &[&str]) -> Option<Sort> {
    let module = commands::option(rest, &["-m"]);
    let plain_module = module.is_some_and(|module| TOOLS.contains(&module.as_str()) && module != "twine");
    let asks = rest.iter().any(|word| matches!(*word, "--version" | "--help"));
    if plain_module || asks {
        return None;
    }
    let publishes = rest.is_empty() || rest.iter().any(|word| commands::PUBLISHES.contains(word));
    Some(if publishes { Sort::Code } else { Sort::Program })
}

/// Whether a program that speaks HTTP sends something, or asks an address that only the run knows.
fn sends(rest: &[&str]) -> bool {
    let short = |word: &&str| {
        let flags = word.strip_prefix('-').filter(|flags| !flags.starts_with('-')).unwrap_or_default();
        flags.starts_with(['F', 'T', 'd']) || flags.starts_with('X') && !flags.ends_with("GET")
    };
    let long = |word: &&str| {
        ["--form", "--upload-file", "--data", "--json", "--post-", "--body-", "--method"]
            .iter()
            .any(|o| word.starts_with(o))
            || matches!(*word, "POST" | "PUT" | "PATCH")
    };
    rest.iter().any(|word| short(word) || long(word))
}

/// Whether a file only sets up the shell it is read into.
fn sets_up_shell(name: &str) -> bool {
    name.starts_with("activate") || name.ends_with("rc") || name.ends_with("profile") || name.contains("env")
}

/// The script that a command calls: a file of the repository, a module of it, or a target of a task runner; none for
/// plain programs and for code given on the command line.
fn script_name(words: &[&str], command: &Command) -> Option<String> {
    let (program, rest) = words.split_first()?;
    let typed_words = command.args();
    let launched = typed_words.len() - words.len().min(typed_words.len());
    let typed = typed_words.get(launched).copied().unwrap_or_default();
    let first = rest.iter().find(|word| !word.starts_with('-')).copied().unwrap_or_default();
    let task = |target: &str| (!target.is_empty()).then(|| format!("{program} {target}"));
    let inline = rest.iter().any(|word| matches!(*word, "-e" | "-c" | "--eval" | "-p" | "-"))
        || first.contains(char::is_whitespace);
    match *program {
        "make" | "just" | "task" | "invoke" | "inv" | "doit" | "rake" | "mage" | "earthly" | "gradle" | "mvn"
        | "poe" | "poethepoet" | "duty" | "grunt" | "gulp" | "bazel" | "ant" | "sbt" | "mix" => task(first),
        "cargo" | "go" | "dotnet" | "nix" | "deno" | "swift" | "mise" if matches!(first, "run" | "xtask") => {
            task(first)
        }
        "source" | "." => file_name(first).filter(|name| !sets_up_shell(name)),
        "java" => commands::option(rest, &["-jar"]).and_then(|jar| file_name(&jar)),
        "pwsh" | "powershell" if !inline => {
            let file = commands::option(rest, &["-File", "-f", "-file"]);
            file_name(file.as_deref().unwrap_or(first))
        }
        "bash" | "sh" | "zsh" | "node" | "deno" | "ruby" | "tsx" | "ts-node" | "perl" | "php" if !inline => {
            file_name(first)
        }
        _ if commands::is_python(program) && !inline => file_name(first),
        "nox" | "tox" => task(&commands::option(rest, &["-s", "-e", "--session", "--sessions", "--env"])?),
        "npm" | "pnpm" | "yarn" | "bun" => package_script(program, rest),
        _ if is_file(typed) => file_name(typed),
        // What a project runner starts may be a script of the project.
        _ if launched > 0
            && RUNNERS.contains(&command.program())
            && !TOOLS.contains(program)
            && !plain::is_tool(program) =>
        {
            Some(format!("{} run {typed}", command.program()))
        }
        // A module of the project (`python -m release deploy`); tools of others are known by their names.
        module if launched > 0 && commands::is_python(command.program()) && !TOOLS.contains(&module) => {
            Some(format!("{module} {first}").trim_end().to_owned())
        }
        _ => None,
    }
}

/// The last part of a path: its folders say where a script lies, not what it does.
fn file_name(path: &str) -> Option<String> {
    path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Programs that run the scripts a project declares.
const RUNNERS: &[&str] = &["hatch", "pdm", "poetry", "uv", "rye", "pixi", "pipenv"];

/// Well-known modules that are run by `python -m` and publish nothing in the ways looked for here.
const TOOLS: &[&str] =
    &["build", "pip", "twine", "venv", "pytest", "tox", "nox", "zipfile", "http.server", "json.tool", "flit"];

/// A script of `package.json`.
fn package_script(program: &str, rest: &[&str]) -> Option<String> {
    let mut names = rest.iter().filter(|word| !word.starts_with('-'));
    let first = names.next()?;
    let name = if commands::runs_script(program, rest) { names.next()? } else { first };
    let builtin =
        ["install", "i", "ci", "add", "test", "version", "config", "pack", "login", "whoami", "dist-tag", "view"];
    (!builtin.contains(name)).then(|| format!("{program} run {name}"))
}

/// Whether a program as typed is a file of the repository: below a folder of it, or with the ending of a script.
fn is_file(typed: &str) -> bool {
    let script = Path::new(typed).extension().and_then(|end| end.to_str());
    let ending = script.is_some_and(|end| matches!(end, "sh" | "py" | "js" | "ts" | "ps1" | "bat" | "cmd"));
    let below = typed.contains('/') && !typed.starts_with('/') && !typed.starts_with('~') && !typed.contains('$');
    ending || below
}
