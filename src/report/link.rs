//! Addresses of pages on the forge, made only of names that cannot mean anything else.

use crate::fleet::Repo;

/// The web host of the forge.
const HOST: &str = "github.com";

/// The pages of one repository; none where it is not known to be on the forge.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    repository: Option<String>,
    commit: Option<String>,
}

impl Pages {
    /// The pages of a repository.
    pub fn of(repo: &Repo) -> Self {
        let remote = repo.facts.git.value().and_then(Option::as_ref).and_then(|git| git.remote.as_ref());
        let elsewhere = remote.is_some_and(|remote| remote.host != HOST && remote.host != format!("ssh.{HOST}"));
        let repository = repo.repository().filter(|name| is_plain(name) && !elsewhere);
        let commit = repo.commit().filter(|id| is_commit(id)).map(str::to_owned);
        Self { repository, commit }
    }

    /// The page of the repository.
    pub fn home(&self) -> Option<String> {
        Some(format!("https://{HOST}/{}", self.repository.as_ref()?))
    }

    /// The page of the commit that was judged.
    pub fn commit(&self) -> Option<String> {
        Some(format!("{}/commit/{}", self.home()?, self.commit.as_ref()?))
    }

    /// The page of a file at the commit that was judged, at these lines.
    pub fn file(&self, path: &str, lines: Option<(usize, usize)>) -> Option<String> {
        let place = match lines {
            Some((first, last)) if last > first => format!("#L{first}-L{last}"),
            Some((first, _)) => format!("#L{first}"),
            None => String::new(),
        };
        Some(format!("{}/blob/{}/{}{place}", self.home()?, self.commit.as_ref()?, encoded(path)))
    }
}

/// A path as part of an address: every byte that is not plain is written as its number.
pub fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Whether this is `owner/name` in the characters that the forge allows.
fn is_plain(name: &str) -> bool {
    let plain = |part: &str| {
        let sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        !part.is_empty() && !matches!(part, "." | "..") && part.bytes().all(sound)
    };
    name.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
}

/// Whether this is the full id of a commit.
fn is_commit(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn pages_are_made_of_plain_names_only() {
        let fleet = sample::every_verdict();
        let pages = Pages::of(fleet.repos.values().next().unwrap());
        let file = pages.file("a b/é[x](y).yml", Some((3, 5))).unwrap();
        assert!(file.starts_with("https://github.com/demo/solvers/blob/4c1f9e2d"), "{file}");
        assert!(file.ends_with("/a%20b/%C3%A9%5Bx%5D%28y%29.yml#L3-L5"), "{file}");
        let hostile = sample::hostile();
        let pages = Pages::of(hostile.repos.values().next().unwrap());
        assert_eq!((pages.home(), pages.commit(), pages.file("a", None)), (None, None, None));
        for name in ["o", "o/", "../r", "o/r/x", "o/r)", "o/r\u{202e}", "o/r?x"] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
