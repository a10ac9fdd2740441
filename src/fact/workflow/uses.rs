//! What a `uses:` names, in all its forms.

use super::Text;

/// A `uses:` value with what it means.
#[derive(Clone, Debug)]
pub struct Uses {
    /// The value as written.
    pub text: Text,
    /// What it names.
    pub reference: Reference,
}

/// What a `uses:` value names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A folder or workflow of the same repository (`./path` or `$/path`), without the prefix.
    Local(String),
    /// A container image (`docker://image`), without the prefix.
    Docker(String),
    /// `owner/repo[/path]@ref`.
    Remote {
        /// Owner.
        owner: String,
        /// Repository.
        repo: String,
        /// Path inside the repository, empty for the root.
        path: String,
        /// What stands after the last `@`.
        git_ref: String,
    },
    /// Nothing GitHub would accept, and why.
    Malformed(&'static str),
}

/// How a remote reference is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinKind {
    /// A full commit SHA: 40 hexadecimal digits (64 in SHA-256 repositories).
    Full,
    /// Hexadecimal digits, but too few or too many for a SHA.
    Partial,
    /// A tag or branch.
    Name,
}

impl Uses {
    /// Reads a `uses:` value.
    pub fn new(text: Text) -> Self {
        let reference = parse(text.trimmed());
        Self { text, reference }
    }

    /// `owner/repo` in lower case, for a remote reference.
    pub fn repository(&self) -> Option<String> {
        match &self.reference {
            Reference::Remote { owner, repo, .. } => Some(format!("{owner}/{repo}").to_lowercase()),
            _ => None,
        }
    }

    /// `owner/repo/path` in lower case without the reference, for a remote reference.
    pub fn action(&self) -> Option<String> {
        match &self.reference {
            Reference::Remote { owner, repo, path, .. } if path.is_empty() => {
                Some(format!("{owner}/{repo}").to_lowercase())
            }
            Reference::Remote { owner, repo, path, .. } => Some(format!("{owner}/{repo}/{path}").to_lowercase()),
            _ => None,
        }
    }

    /// Whether this is the action `owner/repo` (or `owner/repo/path`), whatever its reference.
    pub fn is_action(&self, name: &str) -> bool {
        self.action().is_some_and(|action| action == name)
    }

    /// What stands after the `@` of a remote reference.
    pub fn git_ref(&self) -> Option<&str> {
        match &self.reference {
            Reference::Remote { git_ref, .. } => Some(git_ref),
            _ => None,
        }
    }

    /// How a remote reference is pinned.
    pub fn pin(&self) -> Option<PinKind> {
        self.git_ref().map(pin_kind)
    }
}

/// How a reference is pinned.
pub fn pin_kind(git_ref: &str) -> PinKind {
    let hex = !git_ref.is_empty() && git_ref.bytes().all(|byte| byte.is_ascii_hexdigit());
    match git_ref.len() {
        40 | 64 if hex => PinKind::Full,
        7.. if hex => PinKind::Partial,
        _ => PinKind::Name,
    }
}

/// A path without `.`, `..` and doubled slashes; none when it leaves the root.
fn plain_path(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn parse(value: &str) -> Reference {
    if value.is_empty() {
        return Reference::Malformed("it is empty");
    }
    if value.contains("${{") {
        return Reference::Malformed("GitHub does not evaluate expressions here");
    }
    if let Some(path) = value.strip_prefix("./").or_else(|| value.strip_prefix("$/")) {
        return plain_path(path).map_or(Reference::Malformed("it leaves the repository"), Reference::Local);
    }
    if let Some(image) = value.strip_prefix("docker://") {
        return Reference::Docker(image.to_owned());
    }
    let Some((name, git_ref)) = value.rsplit_once('@') else {
        return Reference::Malformed("it has no `@` and reference");
    };
    let mut parts = name.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(owner), Some(repo), path) if !owner.is_empty() && !repo.is_empty() && !git_ref.is_empty() => {
            Reference::Remote {
                owner: owner.to_owned(),
                repo: repo.to_owned(),
                path: path.unwrap_or_default().trim_end_matches('/').to_owned(),
                git_ref: git_ref.to_owned(),
            }
        }
        _ => Reference::Malformed("it is not `owner/repo@reference`"),
    }
}

/// The version that a comment names: `# v1.2.3`, `#v1`, `# tag=v1.2.3`, `# ratchet:o/r@v1.2.3`, `# pin@v1`.
pub fn version_in(comment: &str) -> Option<String> {
    let words = comment.split_whitespace().map(|word| word.rsplit(['@', '=']).next().unwrap_or(word));
    let mut versions = words.filter(|word| {
        let digits = word.trim_start_matches(['v', 'V']);
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_alphanumeric() || ".-+_".contains(c))
    });
    versions.next().map(|word| word.trim_end_matches(['.', ',']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_told_apart() {
        assert_eq!(parse("./a//./b/"), Reference::Local("a/b".into()));
        assert_eq!(parse("./"), Reference::Local(String::new()));
        assert_eq!(parse("$/.github/actions/x"), Reference::Local(".github/actions/x".into()));
        assert_eq!(parse("./a//./b/../c"), Reference::Local("a/c".into()));
        assert!(matches!(parse("./../a"), Reference::Malformed(_)));
        assert_eq!(parse("docker://alpine:3"), Reference::Docker("alpine:3".into()));
        assert!(
            matches!(parse("a/b/c/d.yml@v1"), Reference::Remote { path, git_ref, .. } if path == "c/d.yml" && git_ref == "v1")
        );
        assert!(
            matches!(parse("a/b@x@y"), Reference::Malformed(_))
                || matches!(parse("a/b@x@y"), Reference::Remote { git_ref, .. } if git_ref == "y")
        );
        for bad in ["", "a/b", "a@v1", "/b@v1", "a/b@", "a/b@${{ x }}"] {
            assert!(matches!(parse(bad), Reference::Malformed(_)), "{bad}");
        }
    }

    #[test]
    fn look_alikes_of_a_sha_are_not_pins() {
        let sha = "3d3c42e5aac5ba805825da76410c181273ba90b1";
        assert_eq!(pin_kind(sha), PinKind::Full);
        assert_eq!(pin_kind(&sha.to_uppercase()), PinKind::Full);
        assert_eq!(pin_kind(&format!("{sha}0")), PinKind::Partial);
        assert_eq!(pin_kind(sha.get(..39).unwrap()), PinKind::Partial);
        assert_eq!(pin_kind(&format!("{sha}{}", sha.get(..24).unwrap())), PinKind::Full);
        assert_eq!(pin_kind("v4"), PinKind::Name);
        assert_eq!(pin_kind(&sha.replace('b', "g")), PinKind::Name);
        assert_eq!(pin_kind("main"), PinKind::Name);
    }
}
