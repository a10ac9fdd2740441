//! The files of a git folder: `HEAD`, refs and config, read as far as they are plain.
//!
//! A `.git` may be a file that names a folder elsewhere (a worktree, a submodule) or a link to one. That is git's own
//! data, so it is followed out of the root, but only names of refs, commit ids and addresses of remotes are taken
//! from there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::source::file;

/// The most bytes of a file that holds one line.
const MOST_LINE: u64 = 4096;
/// The most bytes of a config that is read.
const MOST_CONFIG: u64 = 1024 * 1024;
/// The most bytes of packed refs that are read here (some 200,000 refs); git finds its way through larger ones.
const MOST_PACKED: u64 = 16 * 1024 * 1024;

/// Where the data of a repository lies.
pub struct Store {
    /// What belongs to this worktree: `HEAD`.
    own: PathBuf,
    /// What all worktrees share: refs and config.
    shared: PathBuf,
}

/// What HEAD says.
#[derive(Debug, PartialEq, Eq)]
pub enum Head {
    /// The name of a ref.
    Ref(String),
    /// A commit: HEAD is detached.
    Commit(String),
}

/// What a loose ref says.
#[derive(Debug, PartialEq, Eq)]
pub enum Commit {
    /// The id of a commit.
    Is(String),
    /// There is no such file.
    NotHere,
    /// Something that only git can follow.
    Unclear,
}

/// What the packed refs say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// The commit of the ref that was looked for.
    pub commit: Option<String>,
    /// Whether there are tags.
    pub has_tags: bool,
}

impl Store {
    /// Finds the data behind `.git` of a folder; none where there is no `.git`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn open(root: &Path) -> Result<Option<Self>, String> {
        let path = root.join(".git");
        match fs::symlink_metadata(&path) {
            Err(error) if file::is_absent(&error) => return Ok(None),
            Err(error) => return Err(format!(".git cannot be read ({error})")),
            Ok(_) => {}
        }
        let own = if path.is_dir() { path } else { named_folder(root, &path)? };
        let shared = match line(&own.join("commondir")) {
            Some(shared) => own.join(shared),
            None => own.clone(),
        };
        if own.join("HEAD").symlink_metadata().is_err() {
            return Err(".git holds no HEAD, so it is no git repository; clone it again".to_owned());
        }
        Ok(Some(Self { own, shared }))
    }

    /// What HEAD says; none when only git can tell.
    pub fn head(&self) -> Option<Head> {
        let path = self.own.join("HEAD");
        if path.is_symlink() {
            return None;
        }
        let line = line(&path)?;
        match line.strip_prefix("ref:") {
            Some(name) => is_ref_name(name.trim()).then(|| Head::Ref(name.trim().to_owned())),
            None => is_id(&line).then_some(Head::Commit(line)),
        }
    }

    /// The commit in the file of a ref.
    pub fn loose(&self, name: &str) -> Commit {
        match file::read(&self.shared.join(name), MOST_LINE) {
            Err(refusal) if refusal.is_absent() => Commit::NotHere,
            // A folder of that name holds other refs (`a/b`, where `a` is looked for).
            Err(file::Refusal::NotRegular) if self.shared.join(name).is_dir() => Commit::NotHere,
            Err(_) => Commit::Unclear,
            Ok(bytes) => match first_line(&bytes) {
                Some(line) if is_id(&line) => Commit::Is(line),
                _ => Commit::Unclear,
            },
        }
    }

    /// What the packed refs say of a ref and of tags; none when only git can tell.
    pub fn packed(&self, name: Option<&str>) -> Option<Packed> {
        let bytes = match file::read(&self.shared.join("packed-refs"), MOST_PACKED) {
            Ok(bytes) => bytes,
            Err(refusal) if refusal.is_absent() => return Some(Packed::default()),
            Err(_) => return None,
        };
        let mut packed = Packed::default();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#") && !line.starts_with(b"^"))
        {
            let Some(blank) = line.iter().position(|byte| *byte == b' ') else { continue };
            let (id, rest) = line.split_at(blank);
            let known = rest.get(1..).unwrap_or_default();
            packed.has_tags |= known.starts_with(b"refs/tags/");
            if name.is_some_and(|name| known == name.as_bytes()) {
                packed.commit = Some(first_line(id).filter(|id| is_id(id))?);
            }
        }
        Some(packed)
    }

    /// Whether the folder of loose tags holds anything.
    pub fn has_loose_tags(&self) -> bool {
        fs::read_dir(self.shared.join("refs/tags")).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// The text of the config; none when it cannot be read.
    pub fn config(&self) -> Option<String> {
        let bytes = file::read(&self.shared.join("config"), MOST_CONFIG).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The folder that a `.git` file names.
fn named_folder(root: &Path, path: &Path) -> Result<PathBuf, String> {
    let line = line(path).ok_or(".git is neither a folder nor a file that names one; clone the repository again")?;
    let named =
        line.strip_prefix("gitdir:").ok_or(".git is a file, but names no folder; clone the repository again")?;
    let folder = root.join(named.trim());
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err("the folder that .git names does not exist; run `git worktree repair` in the main worktree".to_owned())
    }
}

/// The one line of a small file.
fn line(path: &Path) -> Option<String> {
    first_line(&file::read(path, MOST_LINE).ok()?)
}

fn first_line(bytes: &[u8]) -> Option<String> {
    str::from_utf8(bytes).ok().map(|text| text.trim_end().to_owned()).filter(|text| !text.contains('\n'))
}

/// Whether a text is the id of an object: 40 hexadecimal digits, or 64 in a SHA-256 repository.
pub fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a name is one git would give a ref, so that it names a file below the git folder and no other.
fn is_ref_name(name: &str) -> bool {
    let sound = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.strip_suffix(".lock").is_none()
            && !part.contains("..")
    };
    let plain = |c: char| !c.is_control() && !matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    name.starts_with("refs/") && name.split('/').all(sound) && name.chars().all(plain) && !name.contains("@{")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn store(files: &[(&str, &str)]) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("HEAD", "ref: refs/heads/main\n")].iter().chain(files) {
            let path = folder.path().join(".git").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let store = Store::open(folder.path()).unwrap().unwrap();
        (folder, store)
    }

    #[test]
    fn head_is_a_ref_or_a_commit_or_unclear() {
        let head = |text: &str| store(&[("HEAD", text)]).1.head();
        assert_eq!(head("ref: refs/heads/a/b\n"), Some(Head::Ref("refs/heads/a/b".into())));
        assert_eq!(head(&format!("{ID}\n")), Some(Head::Commit(ID.into())));
        assert_eq!(head(&ID.repeat(2)), None, "80 digits");
        for hostile in [
            "ref: refs/heads/.invalid",
            "ref: refs/heads/../../../../etc/passwd",
            "ref: ../../etc/passwd",
            "ref: /etc/passwd",
            "ref: refs/heads/a\\b",
            "ref: refs/heads/a\u{1b}b",
            "ref: refs/heads/a.lock",
            "ref: refs//heads",
            "ref: refs/heads/a\nref: refs/heads/b",
            "",
            "main",
        ] {
            assert_eq!(head(hostile), None, "{hostile}");
        }
        assert_eq!(head(&"x".repeat(5_000)), None, "too long to be a HEAD");
    }

    #[test]
    fn refs_are_found_loose_or_packed() {
        let packed = format!("# pack-refs with: peeled\n{ID} refs/heads/main\n{ID} refs/tags/v1\n^{ID}\n");
        let (_folder, found) = store(&[("refs/heads/side", ID), ("refs/heads/a/b", ID), ("packed-refs", &packed)]);
        assert_eq!(found.loose("refs/heads/side"), Commit::Is(ID.into()));
        assert_eq!(found.loose("refs/heads/main"), Commit::NotHere);
        assert_eq!(found.loose("refs/heads/a"), Commit::NotHere, "a folder");
        let main = Packed { commit: Some(ID.into()), has_tags: true };
        assert_eq!(found.packed(Some("refs/heads/main")), Some(main));
        assert_eq!(found.packed(Some("refs/heads/mai")), Some(Packed { commit: None, has_tags: true }));
        assert!(!found.has_loose_tags());
        let (_folder, bare) = store(&[("refs/heads/main", "ref: refs/heads/other")]);
        assert_eq!(bare.loose("refs/heads/main"), Commit::Unclear);
        assert_eq!(bare.packed(Some("refs/heads/main")), Some(Packed::default()));
    }

    #[test]
    fn packed_refs_of_a_gigabyte_are_left_to_git() {
        let (folder, store) = store(&[]);
        let file = fs::File::create(folder.path().join(".git/packed-refs")).unwrap();
        file.set_len(1024 * 1024 * 1024).unwrap();
        assert_eq!(store.packed(Some("refs/heads/main")), None);
    }

    #[test]
    fn a_git_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        assert!(Store::open(folder.path()).unwrap().is_none());
        for (text, wanted) in [("x", "names no folder"), ("gitdir: nowhere", "does not exist"), ("a\nb", "neither")] {
            fs::write(&git, text).unwrap();
            let words = Store::open(folder.path()).err().unwrap();
            assert!(words.contains(wanted), "{words}");
        }
        fs::remove_file(&git).unwrap();
        fs::create_dir(&git).unwrap();
        assert!(Store::open(folder.path()).err().unwrap().contains("holds no HEAD"));
    }
}
