//! What a local clone says about itself.

use serde::{Deserialize, Serialize};

use super::Unknown;
use crate::text::clean;

/// Branch, commit, remote, tags and state of a clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// The branch that is checked out; none when HEAD is detached.
    pub branch: Option<String>,
    /// The commit of HEAD, 40 hexadecimal digits (64 in a SHA-256 repository); none before the first commit.
    pub commit: Option<String>,
    /// `owner/name` of the remote, and its host.
    pub remote: Option<Remote>,
    /// Tags that lead to a commit, newest first, at most a hundred. Empty proves nothing where `tags_unknown` says
    /// why they could not be listed: ask [`Git::tags`].
    pub tags: Vec<Tag>,
    /// Why the tags could not be listed, when they could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags_unknown: Option<Unknown>,
    /// Number of files that differ from HEAD; none when that was not asked.
    pub dirty: Option<usize>,
}

impl Git {
    /// The tags, newest first, or why they are not known.
    ///
    /// # Errors
    /// Why they could not be listed.
    pub fn tags(&self) -> Result<&[Tag], &Unknown> {
        self.tags_unknown.as_ref().map_or(Ok(self.tags.as_slice()), Err)
    }
}

/// The forge a clone came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Host name as written, ASCII letters in lower case, with port when it is not the usual one.
    pub host: String,
    /// Owner or organisation; several names joined by `/` where the forge nests groups.
    pub owner: String,
    /// Repository, without `.git`.
    pub name: String,
}

impl Remote {
    /// Reads the address of a remote as git writes it: `https://`, `http://`, `git://`, `ssh://`, or `user@host:path`.
    ///
    /// None for a local path, and for an address that programs read differently (a backslash, a blank, a `?` or a
    /// `#`): a host that is not beyond doubt must not be taken for a forge. User and password are dropped. A host that
    /// only looks like another stays what it is; nothing is decoded, looked up or rewritten.
    pub fn parse(address: &str) -> Option<Self> {
        let address = address.trim();
        if address.contains(|c: char| c.is_whitespace() || clean::is_unwanted(c) || matches!(c, '\\' | '?' | '#')) {
            return None;
        }
        let (host, path) = match address.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.split_once('/')?;
                (host(authority, usual_port(scheme)?)?, path)
            }
            None => short_form(address)?,
        };
        let (owner, name) = owner_and_name(path)?;
        Some(Self { host, owner, name })
    }

    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// The port that goes without saying; none for schemes that lead to no forge (`file`, `ext`).
fn usual_port(scheme: &str) -> Option<u16> {
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some(443),
        "http" => Some(80),
        "ssh" | "git+ssh" | "ssh+git" => Some(22),
        "git" => Some(9418),
        _ => None,
    }
}

/// `user@host:path`: what git takes for ssh when a colon stands before the first slash.
fn short_form(address: &str) -> Option<(String, &str)> {
    let (authority, path) = address.split_once(':')?;
    // `C:/folder` is a path on a drive; `ext::command` names a program.
    if authority.contains(['/', '[', ']']) || authority.len() < 2 || path.starts_with(':') {
        return None;
    }
    Some((host(authority, 22)?, path))
}

/// The host of `user:password@host:port`. The last `@` ends the user, as in every client that git uses.
fn host(authority: &str, usual: u16) -> Option<String> {
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (name, port) = if place.starts_with('[') { numeric_host(place)? } else { named_host(place)? };
    let name = name.to_ascii_lowercase();
    if port.is_empty() {
        return Some(name);
    }
    let number: u16 = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok())??;
    Some(if number == usual { name } else { format!("{name}:{number}") })
}

/// Name and port of `host:port`.
fn named_host(place: &str) -> Option<(&str, &str)> {
    let (name, port) = place.split_once(':').unwrap_or((place, ""));
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!name.is_empty() && name.chars().all(plain)).then_some((name, port))
}

/// Name (with its brackets) and port of `[2001:db8::1]:port`.
fn numeric_host(place: &str) -> Option<(&str, &str)> {
    let (name, port) = place.split_at_checked(place.find(']')? + 1)?;
    let plain = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    let inner = name.strip_prefix('[')?.strip_suffix(']')?;
    let port = if port.is_empty() { port } else { port.strip_prefix(':')? };
    (inner.contains(':') && inner.chars().all(plain)).then_some((name, port))
}

/// Owner and repository of a path; none unless it has both, or with empty or relative parts.
fn owner_and_name(path: &str) -> Option<(String, String)> {
    let path = path.trim_matches('/');
    let (owner, name) = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/').rsplit_once('/')?;
    let sound = |part: &str| !matches!(part, "" | "." | "..");
    (sound(name) && owner.split('/').all(sound)).then(|| (owner.to_owned(), name.to_owned()))
}

/// One tag of a clone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Name without `refs/tags/`.
    pub name: String,
    /// The commit it points to, peeled.
    pub commit: String,
    /// Whether it is an object of its own (annotated).
    pub annotated: bool,
    /// Whether the tag object carries a signature (which is not checked here).
    pub signed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Option<String> {
        Remote::parse(address).map(|remote| format!("{} {} {}", remote.host, remote.owner, remote.name))
    }

    #[test]
    fn every_form_of_an_address_is_read() {
        for (address, wanted) in [
            ("https://github.com/o/r", "github.com o r"),
            ("https://github.com/o/r.git", "github.com o r"),
            ("https://GitHub.com/O/R.git/", "github.com O R"),
            ("https://github.com/o/r/", "github.com o r"),
            ("  https://github.com/o/r.js.git\n", "github.com o r.js"),
            ("https://github.com:443/o/r", "github.com o r"),
            ("https://github.com:/o/r", "github.com o r"),
            ("https://ghes.test:8443/o/r", "ghes.test:8443 o r"),
            ("https://user:secret@github.com/o/r", "github.com o r"),
            ("http://ghes.test/o/r", "ghes.test o r"),
            ("git://github.com/o/r.git", "github.com o r"),
            ("ssh://git@github.com/o/r.git", "github.com o r"),
            ("ssh://git@github.com:22/o/r.git", "github.com o r"),
            ("ssh://git@ssh.github.com:443/o/r.git", "ssh.github.com:443 o r"),
            ("git+ssh://git@github.com/o/r", "github.com o r"),
            ("git@github.com:o/r.git", "github.com o r"),
            ("git@github.com:/o/r.git", "github.com o r"),
            ("github.com:o/r", "github.com o r"),
            ("https://gitlab.test/group/sub/r.git", "gitlab.test group/sub r"),
            ("https://[2001:db8::1]:8080/o/r", "[2001:db8::1]:8080 o r"),
            ("https://github.com/o/.github.git", "github.com o .github"),
        ] {
            assert_eq!(read(address).as_deref(), Some(wanted), "{address}");
        }
    }

    #[test]
    fn look_alikes_stay_what_they_are() {
        for (address, wanted) in [
            ("https://github.com.evil.test/o/r", "github.com.evil.test o r"),
            ("https://evil.test/github.com/o/r", "evil.test github.com/o r"),
            ("https://github.com@evil.test/o/r", "evil.test o r"),
            ("https://github.com:x@evil.test/o/r", "evil.test o r"),
            ("https://a@github.com@evil.test/o/r", "evil.test o r"),
            ("git@evil.test:github.com/o/r", "evil.test github.com/o r"),
            ("github.com@evil.test:o/r", "evil.test o r"),
            ("https://g\u{456}thub.com/o/r", "g\u{456}thub.com o r"),
            ("https://xn--gthub-n4a.com/o/r", "xn--gthub-n4a.com o r"),
            ("https://github.com./o/r", "github.com. o r"),
            ("https://notgithub.com/o/r", "notgithub.com o r"),
        ] {
            assert_eq!(read(address).as_deref(), Some(wanted), "{address}");
        }
    }

    #[test]
    fn what_is_no_forge_or_can_be_read_two_ways_is_none() {
        for address in [
            "",
            "/srv/git/r.git",
            "../o/r",
            "o/r",
            "./a:b/c",
            "C:/src/o/r",
            "c:o/r",
            "file:///srv/o/r",
            "file://github.com/o/r",
            "ext::sh -c x",
            "ext::sh://github.com/o/r",
            "https://github.com/o",
            "https://github.com//r",
            "https://github.com/o/.git",
            "https://github.com/o/..",
            "https://github.com/../o/r",
            "https://github.com",
            "https:///o/r",
            "https://evil.test\\@github.com/o/r",
            "https://evil.test#@github.com/o/r",
            "https://evil.test?@github.com/o/r",
            "https://github.com/o/r?x=y",
            "https://github%2ecom/o/r",
            "https://github.com:99999/o/r",
            "https://github.com:+22/o/r",
            "https://github.com/o/r\u{202e}",
            "https://git\u{200b}hub.com/o/r",
            "https://git hub.com/o/r",
            "ssh://git@[evil/o/r",
            "[git@github.com:22]:o/r",
        ] {
            assert_eq!(read(address), None, "{address}");
        }
    }

    #[test]
    fn tags_that_could_not_be_listed_are_not_an_empty_list() {
        assert_eq!(Git::default().tags(), Ok([].as_slice()));
        let why = Unknown::new(super::super::Reason::Failed, "git did not answer");
        let git = Git { tags_unknown: Some(why.clone()), ..Git::default() };
        assert_eq!(git.tags(), Err(&why));
    }
}
