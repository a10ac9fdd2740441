//! The git program, called so that nothing of the inspected repository runs.
//!
//! - It is looked for on `PATH` here, in absolute folders outside of the repository only: a `git` in the current
//!   folder is never found. What git itself starts, it looks for in the same folders.
//! - Its environment is empty but for what is set below. The user's and the system's configuration are left out; the
//!   repository's own configuration cannot be, so what it could make git start is overridden (`OVERRIDES`), and only
//!   commands are called that know no filters, textconv, hooks or pager (`for-each-ref`, `ls-tree`, `cat-file`,
//!   `rev-parse`, `symbolic-ref`).
//! - Objects that a partial clone lacks are not fetched: that would start the programs which the remote's
//!   configuration names.
//! - It finds its repository by the current folder, not by `--git-dir`, because only then it refuses a repository of
//!   another user (`safe.directory`). It may not look into parent folders.
//! - It gets no input, its output is bounded, and it is ended when it does not answer in time.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::text::clean;

/// How long one command may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// The most bytes of an answer.
const MOST_OUTPUT: usize = 4 * 1024 * 1024;
/// The most bytes of a complaint.
const MOST_WORDS: usize = 16 * 1024;

/// Settings of a repository by which git would start a program, read a file elsewhere or use the network.
const OVERRIDES: [&str; 14] = [
    "core.alternateRefsCommand=false",
    "core.askPass=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
];

/// The whole environment of git, beside `PATH` and the folder it may not look above.
const ENVIRONMENT: [(&str, &str); 8] = [
    // `protocol.allow` yields to `protocol.<name>.allow` of the repository; this yields to nothing.
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_PAGER", "cat"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// Leaves out the configuration of the user and of the system.
const NO_OTHER_CONFIG: [(&str, &str); 3] =
    [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")];

/// Where git finds the configuration of the user and of the system, and who the user is below `sudo`.
const OTHER_CONFIG: [&str; 7] = [
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "HOME",
    "SUDO_UID",
    "USERPROFILE",
    "XDG_CONFIG_HOME",
];

/// The words by which git refuses a repository of another user.
const DUBIOUS: &str = "dubious ownership";

/// Why git gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no git.
    #[error("the git program was not found on PATH; install git")]
    Missing,
    /// The repository belongs to another user, and this one has not said to trust it.
    #[error(
        "git does not trust this folder because another user owns it; if you do, run: git config --global --add safe.directory {0}"
    )]
    Untrusted(String),
    /// The path of the root cannot be handed to git.
    #[error("the path of the folder holds a character that git's environment cannot carry; move the folder")]
    Path,
    /// It took too long.
    #[error("git did not answer within {0} s")]
    Slow(u64),
    /// It said too much.
    #[error("git answered with more than {0} bytes")]
    TooMuch(usize),
    /// It said no.
    #[error("git ended with {status}: {words}")]
    Refused {
        /// How it ended.
        status: ExitStatus,
        /// What it complained of, one line.
        words: String,
    },
    /// It could not be started or listened to.
    #[error("git cannot be run ({0})")]
    Failed(#[from] io::Error),
}

/// Git for one repository.
pub struct Program<'a> {
    /// The folder that holds `.git`.
    pub root: &'a Path,
    /// Folders in which the program is looked for.
    pub search: OsString,
    /// Where the user's own configuration is; it counts only for whether the repository may be trusted.
    pub user: Vec<(&'static str, OsString)>,
    /// How long one command may take.
    pub deadline: Duration,
}

/// Whose configuration counts beside the repository's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    Nobody,
    User,
}

impl<'a> Program<'a> {
    /// Git as found on `PATH`.
    pub fn new(root: &'a Path) -> Self {
        let user = OTHER_CONFIG.iter().filter_map(|name| Some((*name, env::var_os(name)?))).collect();
        Self { root, search: env::var_os("PATH").unwrap_or_default(), user, deadline: DEADLINE }
    }

    /// What git answers.
    pub fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        self.ask_at_most(arguments, MOST_OUTPUT)
    }

    /// The line git answers; none when it says "there is none" (status 1, no words).
    pub fn ask_maybe(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        match self.ask(arguments) {
            Ok(answer) => Ok(Some(String::from_utf8_lossy(&answer).trim_end().to_owned())),
            Err(Failure::Refused { status, words }) if status.code() == Some(1) && words.is_empty() => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// What git answers, up to a number of bytes.
    ///
    /// A repository of another user is asked a second time with the user's own configuration, which may name it in
    /// `safe.directory`; the repository's settings stay overridden.
    pub fn ask_at_most(&self, arguments: &[&str], most: usize) -> Result<Vec<u8>, Failure> {
        let refused = |failure: &Failure| matches!(failure, Failure::Refused { words, .. } if words.contains(DUBIOUS));
        match self.run(arguments, most, Trust::Nobody) {
            Err(failure) if refused(&failure) => self.run(arguments, most, Trust::User).map_err(|failure| {
                let root = fs::canonicalize(self.root).unwrap_or_else(|_| self.root.to_path_buf());
                let shown = clean::line(&root.to_string_lossy()).into_owned();
                if refused(&failure) { Failure::Untrusted(shown) } else { failure }
            }),
            answer => answer,
        }
    }

    fn run(&self, arguments: &[&str], most: usize, trust: Trust) -> Result<Vec<u8>, Failure> {
        let end = Instant::now() + self.deadline;
        let mut running = Running(self.command(arguments, trust)?.spawn()?);
        let output = listen(running.0.stdout.take(), most)?;
        let complaint = listen(running.0.stderr.take(), MOST_WORDS)?;
        let output = self.wait_for(&output, end)??;
        if output.len() > most {
            return Err(Failure::TooMuch(most));
        }
        let words = self.wait_for(&complaint, end)??;
        let status = self.end_of(&mut running, end)?;
        if status.success() {
            return Ok(output);
        }
        Err(Failure::Refused { status, words: clean::short(&String::from_utf8_lossy(&words), 300) })
    }

    fn wait_for<T>(&self, receiver: &Receiver<T>, end: Instant) -> Result<T, Failure> {
        receiver.recv_timeout(end.saturating_duration_since(Instant::now())).map_err(|_| self.slow())
    }

    /// How it ended. It has said what it had to say, so this is a matter of a moment.
    fn end_of(&self, running: &mut Running, end: Instant) -> Result<ExitStatus, Failure> {
        loop {
            if let Some(status) = running.0.try_wait()? {
                return Ok(status);
            }
            if Instant::now() >= end {
                return Err(self.slow());
            }
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn slow(&self) -> Failure {
        Failure::Slow(self.deadline.as_secs())
    }

    fn command(&self, arguments: &[&str], trust: Trust) -> Result<Command, Failure> {
        let root = fs::canonicalize(self.root)?;
        let folders = program_folders(&self.search, &root);
        let program = find(&folders, &root).ok_or(Failure::Missing)?;
        let mut command = Command::new(program);
        command.env_clear().envs(ENVIRONMENT).env("PATH", joined(&folders)?);
        command.env("GIT_CEILING_DIRECTORIES", joined(root.parent().as_slice())?);
        match trust {
            Trust::Nobody => command.envs(NO_OTHER_CONFIG),
            Trust::User => command.envs(self.user.iter().map(|(name, value)| (name, value))),
        };
        if cfg!(windows) {
            command.envs(env::var_os("SYSTEMROOT").map(|value| ("SYSTEMROOT", value)));
        }
        command.args(OVERRIDES.iter().flat_map(|setting| ["-c", setting])).args(arguments);
        command.current_dir(&root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }
}

/// A child that does not outlive the question.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads a stream to its end, or one byte past the limit, on a thread of its own so that it can be waited for.
fn listen(stream: Option<impl Read + Send + 'static>, most: usize) -> io::Result<Receiver<io::Result<Vec<u8>>>> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let Some(mut stream) = stream else { return };
        let mut bytes = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let read = stream.by_ref().take(limit).read_to_end(&mut bytes);
        // Nobody listens any more when the time was up.
        let _ = sender.send(read.map(|_| bytes));
        // A pipe closed early would end git in the middle of its warnings.
        let _ = io::copy(&mut stream, &mut io::sink());
    })?;
    Ok(receiver)
}

/// Folders as a variable of the environment holds them.
fn joined(folders: &[impl AsRef<OsStr>]) -> Result<OsString, Failure> {
    env::join_paths(folders).map_err(|_| Failure::Path)
}

/// The folders of a search path that are absolute, exist and do not lie inside the root.
fn program_folders(search: &OsStr, root: &Path) -> Vec<PathBuf> {
    let sound = |folder: &PathBuf| folder.is_absolute() && is_outside(folder, root);
    env::split_paths(search).filter(sound).collect()
}

/// The first `git` in these folders that does not lead into the root.
fn find(folders: &[PathBuf], root: &Path) -> Option<PathBuf> {
    let name = format!("git{}", env::consts::EXE_SUFFIX);
    let mut programs = folders.iter().map(|folder| folder.join(&name));
    programs.find(|program| is_program(program) && is_outside(program, root))
}

/// Whether something exists and, with links followed, does not lie inside the root.
fn is_outside(path: &Path, root: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|real| !real.starts_with(root))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}
