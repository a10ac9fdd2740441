//! What a person may name as a target: a folder, a repository on the forge, all repositories of an owner.
//!
//! [`parse`] decides by the text alone, but for one question that it is handed: what stands at a path.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::text::clean;

/// The one forge whose repositories can be named.
const HOST: &str = "github.com";

/// What a target names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A repository of the forge, at a branch where one is named.
    Repository {
        /// `owner/name`.
        name: String,
        /// The branch.
        branch: Option<String>,
    },
    /// Every repository of an owner that publishes something.
    Owner(String),
    /// The repositories of a group of the configuration.
    Group(String),
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// Something that is no folder.
    File,
    /// Nothing that can be seen.
    Nothing,
}

/// Why a target was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the target `{typed}` {reason}")]
pub struct TargetError {
    /// What was typed, cleaned.
    pub typed: String,
    /// What is wrong with it.
    pub reason: String,
    /// What to write instead.
    pub hint: &'static str,
}

/// What to write when nothing better is known.
const FORMS: &str = "name a folder, `owner/repo`, `owner/repo@branch`, `owner/*`, or a repository URL of github.com";

/// What stands at a path of this machine.
pub fn look(path: &Path) -> Kind {
    match path.metadata() {
        Ok(meta) if meta.is_dir() => Kind::Folder,
        Ok(_) => Kind::File,
        Err(_) => Kind::Nothing,
    }
}

/// The target as it is shown to people: what was typed, cleaned.
pub fn shown(typed: &OsStr) -> String {
    clean::line(&typed.to_string_lossy()).into_owned()
}

/// Reads one target. An existing folder wins over everything else that a text could mean; `look` says what exists.
///
/// # Errors
/// A text that names neither a folder nor a repository, with what to write instead.
pub fn parse(typed: &OsStr, look: impl Fn(&Path) -> Kind) -> Result<Aim, TargetError> {
    let refuse = |reason: &str, hint| {
        let typed = clean::short(&without_password(&typed.to_string_lossy()), 200);
        Err(TargetError { typed, reason: reason.to_owned(), hint })
    };
    match (typed.is_empty(), look(Path::new(typed))) {
        (true, _) => return refuse("is empty", FORMS),
        (false, Kind::Folder) => return Ok(Aim::Folder(PathBuf::from(typed))),
        (false, Kind::File) => return refuse("is a file", "name the folder of the repository that holds it"),
        (false, Kind::Nothing) => {}
    }
    let Some(text) = typed.to_str().filter(|text| !text.contains(clean::is_unwanted)) else {
        return refuse("holds characters that no repository has, and no such folder exists", FORMS);
    };
    if let Some(group) = text.strip_prefix('@').filter(|name| is_repository(name)) {
        return Ok(Aim::Group(group.to_owned()));
    }
    if is_path(text) {
        return refuse("is no folder that can be seen", "check the spelling, and that you may read its parent folder");
    }
    if is_address(text) {
        return address(text).or_else(|(reason, hint)| refuse(&reason, hint));
    }
    // A folder that is misspelt must not become a name that is asked for on the forge.
    if let Some((first, _)) = text.split_once('/')
        && look(Path::new(first)) == Kind::Folder
    {
        let reason = format!("is no folder here, though `{first}` is one");
        return refuse(&reason, "check the spelling; owner/repo would be asked as https://github.com/owner/repo");
    }
    name(text).or_else(|(reason, hint)| refuse(&reason, hint))
}

/// An address without the user name and password that it may carry, so that no error message repeats them.
fn without_password(text: &str) -> String {
    let hidden = text.split_once("://").and_then(|(scheme, rest)| {
        let (user, host) = split_host(rest).0.rsplit_once('@')?;
        Some(format!("{scheme}://***@{host}{}", rest.get(user.len() + 1 + host.len()..).unwrap_or_default()))
    });
    hidden.unwrap_or_else(|| text.to_owned())
}

/// Why a text names no repository, and what to write instead.
type Refusal = (String, &'static str);

/// Whether a text can only be meant as a folder.
fn is_path(text: &str) -> bool {
    matches!(text, "." | "..") || ["./", "../", "/", "~", ".\\", "..\\"].iter().any(|start| text.starts_with(start))
}

/// Whether a text is meant as an address: with a scheme, in the form `git@host:path`, or three parts with a host.
fn is_address(text: &str) -> bool {
    let host_first = || text.split_once('/').is_some_and(|(host, rest)| host.contains('.') && rest.contains('/'));
    text.contains("://") || text.starts_with("git@") || host_first()
}

/// Reads an address. The host must be the forge's own name, whole: look-alikes, ports and passwords are refused.
fn address(text: &str) -> Result<Aim, Refusal> {
    let (host, path) = match text.split_once("://") {
        Some(("https" | "http" | "git", rest)) => split_host(rest),
        Some(("ssh" | "git+ssh", rest)) => split_host(rest.strip_prefix("git@").unwrap_or(rest)),
        Some(_) => return Err(("has a scheme that is not known".to_owned(), FORMS)),
        None => match text.strip_prefix("git@") {
            Some(rest) => rest.split_once(':').unwrap_or((rest, "")),
            None => split_host(text),
        },
    };
    if host.contains('@') {
        return Err(("carries a user name or a password".to_owned(), "write `owner/repo` instead"));
    }
    if !host.eq_ignore_ascii_case(HOST) && !host.eq_ignore_ascii_case("www.github.com") {
        let reason = format!("is on `{}`, and only repositories of github.com can be asked", clean::short(host, 80));
        return Err((reason, "clone it and name the folder"));
    }
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let mut parts = path.splitn(4, '/');
    let name = format!("{}/{}", parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match (parts.next(), parts.next()) {
        (None, _) => repository(&name, None),
        (Some("tree"), Some(branch)) => repository(&name, Some(branch)),
        _ => Err(("is a page inside a repository".to_owned(), "write only https://github.com/owner/repo")),
    }
}

fn split_host(text: &str) -> (&str, &str) {
    text.split_once('/').unwrap_or((text, ""))
}

/// Reads `owner/repo`, `owner/repo@branch` and `owner/*`.
fn name(text: &str) -> Result<Aim, Refusal> {
    if let Some(owner) = text.strip_suffix("/*").filter(|owner| is_owner(owner)) {
        return Ok(Aim::Owner(owner.to_owned()));
    }
    match text.split_once('@') {
        Some((name, branch)) => repository(name, Some(branch)),
        None => repository(text, None),
    }
}

fn repository(name: &str, branch: Option<&str>) -> Result<Aim, Refusal> {
    let good = name.split_once('/').map(|(owner, repo)| (owner, repo.strip_suffix(".git").unwrap_or(repo)));
    let Some((owner, repo)) = good.filter(|(owner, repo)| is_owner(owner) && is_repository(repo)) else {
        if name.starts_with('.') || name.matches('/').count() > 1 {
            let hint = "check the spelling; a repository of the forge is named `owner/repo`";
            return Err(("is no folder that can be seen here".to_owned(), hint));
        }
        return Err(("is neither a folder that can be seen nor the name of a repository".to_owned(), FORMS));
    };
    if !branch.is_none_or(is_branch) {
        return Err(("names a branch that cannot exist".to_owned(), "write `owner/repo@branch` with a branch's name"));
    }
    Ok(Aim::Repository { name: format!("{owner}/{repo}"), branch: branch.map(str::to_owned) })
}

fn is_owner(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    first && text.len() <= 39 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_repository(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=100).contains(&text.len()) && text.chars().all(plain) && !matches!(text, "." | "..")
}

/// Whether git could have a branch of this name (the rules of `git check-ref-format`).
fn is_branch(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.rsplit('.').next() != Some("lock");
    let refused = |c: char| c.is_whitespace() || matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    text.len() <= 255
        && text.split('/').all(part)
        && !text.contains(refused)
        && !text.contains("..")
        && !text.contains("@{")
        && !text.starts_with('-')
        && !text.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Aim, TargetError> {
        parse(OsStr::new(text), |path| match path.to_str() {
            Some("here/there" | "." | "src" | "odd\u{1b}[2J" | "o/r@x") => Kind::Folder,
            Some("README.md") => Kind::File,
            _ => Kind::Nothing,
        })
    }

    fn repo(name: &str, branch: Option<&str>) -> Aim {
        Aim::Repository { name: name.to_owned(), branch: branch.map(str::to_owned) }
    }

    #[test]
    fn repositories_have_many_spellings() {
        for text in [
            "o/r",
            "o/r.git",
            "https://github.com/o/r",
            "http://GitHub.com/o/r/",
            "https://www.github.com/o/r.git?tab=readme#top",
            "git@github.com:o/r.git",
            "ssh://git@github.com/o/r",
            "git://github.com/o/r.git",
            "github.com/o/r",
        ] {
            assert_eq!(read(text), Ok(repo("o/r", None)), "{text}");
        }
        assert_eq!(read("o/r@main"), Ok(repo("o/r", Some("main"))));
        assert_eq!(read("o/r@release/1.x"), Ok(repo("o/r", Some("release/1.x"))));
        assert_eq!(read("https://github.com/o/r/tree/release/1.x"), Ok(repo("o/r", Some("release/1.x"))));
        assert_eq!(read("o_corp/.github"), Ok(repo("o_corp/.github", None)));
        assert_eq!(read("o/*"), Ok(Aim::Owner("o".to_owned())));
        assert_eq!(read("@core"), Ok(Aim::Group("core".to_owned())));
    }

    #[test]
    fn an_existing_folder_wins() {
        for text in ["here/there", ".", "src", "odd\u{1b}[2J", "o/r@x"] {
            assert_eq!(read(text), Ok(Aim::Folder(PathBuf::from(text))), "{text}");
        }
    }

    #[test]
    fn folders_that_are_not_there_are_never_taken_for_repositories() {
        for text in ["./o/r", "../r", "/o/r", "~/r", "..", "nothing", "a/b/c", "README.md"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read("README.md").unwrap_err().reason.contains("file"));
        let misspelt = read("src/nosuch").unwrap_err();
        assert!(misspelt.reason.contains("is no folder here, though `src` is one"), "{misspelt}");
        assert!(misspelt.hint.contains("https://github.com/owner/repo"), "{misspelt:?}");
        assert_eq!(read("https://github.com/src/nosuch"), Ok(repo("src/nosuch", None)));
        for text in ["a/b/c", ".hidden/r"] {
            let error = read(text).unwrap_err();
            assert!(error.reason.contains("is no folder that can be seen here"), "{error}");
        }
    }

    #[test]
    fn hostile_addresses_are_refused() {
        for text in [
            "",
            "github.com.evil.test/o/r",
            "https://github.com.evil.test/o/r",
            "https://evil.test/github.com/o/r",
            "https://github.com@evil.test/o/r",
            "https://user@github.com/o/r",
            "https://user:secret@github.com/o/r",
            "https://github.com:8443/o/r",
            "https://github.com/o",
            "https://github.com/o/r/settings",
            "https://github.com/o/../r",
            "https://github.com//o/r",
            "https://g\u{131}thub.com/o/r",
            "https://github.com%2fevil.test/o/r",
            "git@evil.test:o/r",
            "git@github.com",
            "file:///etc/passwd",
            "ext::sh -c id",
            "javascript://github.com/o/r",
            "o/r\u{1b}[2J",
            "o/r\n",
            "o/\u{202e}r",
            "-o/r",
            "o/..",
            "o/r/",
            "*/r",
            "o/r*",
            "o/r@",
            "o/r@a..b",
            "o/r@-x",
            "o/r@a b",
            "o/r@x@{1}",
            "@",
            "@a b",
            "o/r@.hidden",
            "o/r@x.lock",
        ] {
            let error = read(text).expect_err(text);
            assert!(!error.to_string().contains(clean::is_unwanted), "{error}");
        }
        let masked = read("https://user:secret@github.com/o/r").unwrap_err().to_string();
        assert!(masked.contains("`https://***@github.com/o/r`"), "{masked}");
    }
}
