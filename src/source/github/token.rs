//! The token: where it comes from, and that nobody sees it.
//!
//! It is looked for in this order: a file that was named, environment variables, and `gh auth token`. The variables of
//! github.com count for github.com and for this machine; those of GitHub Enterprise Server count for every other host.
//! So a token is never sent to a host that it was not made for.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::origin::Api;
use crate::text::clean;

/// Variables that count for github.com, the first that is set.
const SERVICE_VARIABLES: &[&str] = &["GH_TOKEN", "GITHUB_TOKEN"];
/// Variables that count for a GitHub Enterprise Server, the first that is set.
const SERVER_VARIABLES: &[&str] = &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
/// Most bytes of a token file.
const MAX_FILE: u64 = 64 << 10;
/// Longest token.
const MAX_TOKEN: usize = 4096;
/// Longest that `gh` may take.
const GH_TIME: Duration = Duration::from_secs(5);

/// Where a token came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// The file named by `--token-file`.
    File(PathBuf),
    /// An environment variable.
    Variable(&'static str),
    /// `gh auth token`.
    Gh,
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", clean::line(&path.to_string_lossy())),
            Self::Variable(name) => f.write_str(name),
            Self::Gh => f.write_str("gh auth token"),
        }
    }
}

/// A token. Nothing but [`header`](Self::header) shows it.
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    source: TokenSource,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("source", &self.source).finish_non_exhaustive()
    }
}

/// Why a token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read.
    #[error("the token file {path} cannot be read: {source}")]
    Unreadable {
        /// Which, cleaned.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// What was found is no token.
    #[error("{from} holds no token: {reason}")]
    NotAToken {
        /// Where it was found.
        from: TokenSource,
        /// What is wrong, without a word of what was found.
        reason: &'static str,
    },
}

impl Token {
    /// Takes a text for a token; blanks around it do not count.
    ///
    /// # Errors
    /// A text that is empty or could not stand in a header.
    pub fn new(text: &str, source: TokenSource) -> Result<Self, TokenError> {
        let text = text.trim();
        let refuse = |reason| Err(TokenError::NotAToken { from: source.clone(), reason });
        if text.is_empty() {
            return refuse("it is empty");
        }
        if text.len() > MAX_TOKEN {
            return refuse("it is too long");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse("a token is one word of ASCII letters, digits and marks");
        }
        Ok(Self { secret: SecretString::from(text), source })
    }

    /// Where it came from.
    pub const fn source(&self) -> &TokenSource {
        &self.source
    }

    /// What kind of token it is, by its beginning, as GitHub documents it.
    pub fn kind(&self) -> TokenKind {
        let secret = self.secret.expose_secret();
        let kind = TokenKind::BY_START.iter().find(|(start, _)| secret.starts_with(start));
        kind.map_or(TokenKind::Other, |(_, kind)| *kind)
    }

    /// What may be said of it: its kind and where it was found.
    pub fn told(&self) -> String {
        format!("{}, from {}", self.kind().words(), self.source)
    }

    /// The header that carries it, marked as sensitive so that no log prints it.
    pub fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.secret.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// A number that tells this token from others at this origin, and from which it cannot be found.
    pub fn fingerprint(&self, api: &Api) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(b"shipworthy answers\0");
        digest.update(api.origin());
        digest.update(b"\0");
        digest.update(self.secret.expose_secret());
        digest.finalize().into()
    }

    /// A text in which this token, should it occur, is hidden.
    pub fn hide_in(&self, text: &str) -> String {
        text.replace(self.secret.expose_secret(), "***")
    }
}

/// What kind of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A personal token with scopes.
    Classic,
    /// A personal token with permissions, made for chosen repositories.
    FineGrained,
    /// A token of `gh` or another OAuth application.
    OAuth,
    /// A token of a GitHub App or of a workflow run.
    App,
    /// Something else.
    Other,
}

impl TokenKind {
    const BY_START: &[(&str, Self)] = &[
        ("github_pat_", Self::FineGrained),
        ("ghp_", Self::Classic),
        ("gho_", Self::OAuth),
        ("ghu_", Self::App),
        ("ghs_", Self::App),
    ];

    /// The kind in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Classic => "a classic personal token",
            Self::FineGrained => "a fine-grained personal token",
            Self::OAuth => "an OAuth token",
            Self::App => "a token of an app or of a workflow run",
            Self::Other => "a token of an unknown kind",
        }
    }
}

/// The token that was handed over for an API, in a file or in the environment, which `variable` reads; none where
/// there is none.
///
/// # Errors
/// A file that was named and cannot be used; a variable that holds no token.
pub fn handed_over(
    api: &Api,
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Token>, TokenError> {
    if let Some(file) = file {
        return from_file(file).map(Some);
    }
    let names = if api.is_github_service() {
        SERVICE_VARIABLES.to_vec()
    } else if api.is_loopback() {
        [SERVICE_VARIABLES, SERVER_VARIABLES].concat()
    } else {
        SERVER_VARIABLES.to_vec()
    };
    let set = |name: &'static str| variable(name).filter(|value| !value.trim().is_empty()).map(|value| (name, value));
    let found = names.into_iter().find_map(set);
    found.map(|(name, value)| Token::new(&value, TokenSource::Variable(name))).transpose()
}

/// The token that `gh` has for an API, if it is in a folder of this `PATH` and answers in time.
pub fn from_programs(api: &Api, path: &OsStr) -> Option<Token> {
    from_gh(&gh_program(path)?, &api.web_host(), GH_TIME)
}

/// Reads a token from a file. A pipe is read too, since that is how shells hand over a secret.
fn from_file(path: &Path) -> Result<Token, TokenError> {
    let shown = || clean::line(&path.to_string_lossy()).into_owned();
    let unreadable = |source| TokenError::Unreadable { path: shown(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(MAX_FILE).read_to_string(&mut text).map_err(unreadable)?;
    Token::new(&text, TokenSource::File(path.to_owned()))
}

/// `gh`, by its full path, in a folder of `PATH` that is no relative one: never from the current folder.
fn gh_program(path: &OsStr) -> Option<PathBuf> {
    let name = if cfg!(windows) { "gh.exe" } else { "gh" };
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(name)).find(|program| is_program(program))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Asks `gh`. Whatever goes wrong means that it has no token: the person may not use it at all.
fn from_gh(program: &Path, host: &str, most: Duration) -> Option<Token> {
    let mut command = Command::new(program);
    command.args(["auth", "token", "--hostname", host]).stdin(Stdio::null()).stdout(Stdio::piped());
    // The variables were looked at already, by host; here they would answer for the wrong one.
    for name in SERVICE_VARIABLES.iter().chain(SERVER_VARIABLES) {
        command.env_remove(name);
    }
    command.stderr(Stdio::null()).current_dir(program.ancestors().last()?);
    let mut child = command.spawn().ok()?;
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if begun.elapsed() < most => std::thread::sleep(Duration::from_millis(5)),
            _ => break None,
        }
    };
    if !status.is_some_and(|status| status.success()) {
        child.kill().ok();
        child.wait().ok();
        return None;
    }
    let mut text = String::new();
    child.stdout.take()?.take(MAX_FILE).read_to_string(&mut text).ok()?;
    Token::new(&text, TokenSource::Gh).ok()
}

#[cfg(test)]
mod tests;
