//! Repositories made by the real git, without the user's configuration.

#[cfg(unix)]
mod hostile;
mod tree;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::*;
use crate::fact::git::Tag;

/// When everything happened that needs no date of its own.
const DATE: &str = "2026-01-01T00:00:00Z";

/// A repository in the making, with room beside it.
struct Repo {
    outer: tempfile::TempDir,
}

impl Repo {
    fn bare_folder() -> Self {
        let repo = Self { outer: tempfile::tempdir().unwrap() };
        fs::create_dir(repo.root()).unwrap();
        repo
    }

    fn new() -> Self {
        let repo = Self::bare_folder();
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// A repository with one commit of `file`.
    fn with_commit() -> Self {
        let repo = Self::new();
        repo.commit("file", "one");
        repo
    }

    fn root(&self) -> PathBuf {
        self.outer.path().join("repo")
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let place = self.root().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    fn commit(&self, path: &str, text: &str) {
        self.write(path, text);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a change"]);
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.git_at(DATE, arguments)
    }

    fn git_at(&self, date: &str, arguments: &[&str]) -> String {
        let output = self.command(date).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Git as a careless program calls it, but for the user's own configuration.
    fn command(&self, date: &str) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.root()).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date);
        command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]);
        command
    }

    fn observe(&self) -> Git {
        known(&observe(&self.root()))
    }
}

fn known(fact: &Fact<Option<Git>>) -> Git {
    fact.value().unwrap_or_else(|| panic!("not known: {fact:?}")).clone().expect("a repository")
}

fn why(fact: &Fact<Option<Git>>) -> &str {
    let Fact::Unknown(why) = fact else { panic!("known: {fact:?}") };
    assert_eq!(why.reason, Reason::Failed);
    &why.detail
}

fn names(git: &Git) -> Vec<&str> {
    git.tags().unwrap().iter().map(|tag| tag.name.as_str()).collect()
}

#[test]
fn a_folder_without_git_is_none_even_inside_a_repository() {
    let repo = Repo::with_commit();
    repo.write("inner/.github/workflows/a.yml", "x");
    assert_eq!(observe(&repo.root().join("inner")).value(), Some(&None));
    assert_eq!(observe(&repo.root().join("missing")).value(), Some(&None));
    // A bare repository has no files to judge and no `.git`.
    repo.git(&["clone", "-q", "--bare", ".", "../bare"]);
    assert_eq!(observe(&repo.outer.path().join("bare")).value(), Some(&None));
}

#[test]
fn a_broken_git_never_becomes_that_of_a_parent() {
    let repo = Repo::with_commit();
    repo.git(&["tag", "v1"]);
    repo.write("inner/.git/HEAD", "ref: refs/heads/.invalid");
    assert!(why(&observe(&repo.root().join("inner"))).contains("not a git repository"));
    fs::remove_file(repo.root().join("inner/.git/HEAD")).unwrap();
    assert!(why(&observe(&repo.root().join("inner"))).contains("holds no HEAD"));
    assert!(show(&repo.root().join("inner"), "HEAD", "file").unwrap_err().contains("not a git repository"));
}

#[test]
fn before_the_first_commit_there_is_a_branch_only() {
    let git = Repo::new().observe();
    assert_eq!((git.branch.as_deref(), git.commit, git.remote), (Some("main"), None, None));
    assert_eq!((git.tags.len(), git.tags_unknown, git.dirty), (0, None, None));
}

#[test]
fn branch_and_commit_are_read_loose_packed_and_detached() {
    let repo = Repo::with_commit();
    repo.git(&["remote", "add", "origin", "git@github.com:o/r.git"]);
    let commit = Some(repo.git(&["rev-parse", "HEAD"]));
    let loose = repo.observe();
    assert_eq!((loose.branch.as_deref(), &loose.commit), (Some("main"), &commit));
    assert_eq!(loose.remote.as_ref().map(Remote::full_name).as_deref(), Some("o/r"));
    repo.git(&["pack-refs", "--all"]);
    assert_eq!(repo.observe(), loose);
    repo.git(&["checkout", "-q", "-b", "a/b"]);
    assert_eq!(repo.observe(), Git { branch: Some("a/b".into()), ..loose.clone() });
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(repo.observe(), Git { branch: None, ..loose });
}

#[test]
fn a_packed_ref_yields_to_the_loose_one() {
    let repo = Repo::with_commit();
    repo.git(&["pack-refs", "--all"]);
    repo.commit("file", "two");
    assert_eq!(repo.observe().commit, Some(repo.git(&["rev-parse", "HEAD"])));
}

#[test]
fn tags_come_newest_first_with_their_commits() {
    let repo = Repo::with_commit();
    let first = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["tag", "light"]);
    repo.git_at("2026-03-01T00:00:00Z", &["tag", "-a", "v1.9", "-m", "x"]);
    repo.git_at("2026-03-01T00:00:00Z", &["tag", "-a", "v1.10", "-m", "x"]);
    repo.git_at("2026-02-01T00:00:00Z", &["tag", "-a", "signed", "-m", "x\n-----BEGIN SSH SIGNATURE-----\nabc"]);
    repo.git_at("2026-01-15T00:00:00Z", &["tag", "-a", "nested", "-m", "x", "v1.9"]);
    repo.git(&["tag", "tree", "HEAD^{tree}"]);
    let git = repo.observe();
    assert_eq!(names(&git), ["v1.10", "v1.9", "signed", "nested", "light"]);
    assert!(git.tags.iter().all(|tag| tag.commit == first));
    let facts: Vec<_> = git.tags.iter().map(|tag| (tag.annotated, tag.signed)).collect();
    assert_eq!(facts, [(true, false), (true, false), (true, true), (true, false), (false, false)]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["gc", "-q"]);
    assert_eq!(repo.observe(), git);
}

#[test]
fn what_looks_signed_in_a_commit_message_is_no_signature_of_a_tag() {
    let repo = Repo::new();
    repo.write("f", "x");
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "-m", "x\n\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----"]);
    repo.git(&["tag", "light"]);
    let commit = repo.git(&["rev-parse", "HEAD"]);
    assert_eq!(repo.observe().tags, [Tag { name: "light".into(), commit, annotated: false, signed: false }]);
}

#[test]
fn at_most_a_hundred_tags_are_listed() {
    let repo = Repo::with_commit();
    let commit = repo.git(&["rev-parse", "HEAD"]);
    let packed: String = (0..150).map(|n| format!("{commit} refs/tags/v0.{n:03}\n")).collect();
    repo.write(".git/packed-refs", format!("# pack-refs with: peeled fully-peeled sorted \n{packed}"));
    let git = repo.observe();
    assert_eq!((git.tags.len(), names(&git)[0]), (100, "v0.149"));
}

#[test]
fn worktrees_and_folders_elsewhere_are_followed() {
    let repo = Repo::with_commit();
    repo.git(&["remote", "add", "origin", "https://github.com/o/r"]);
    repo.git(&["tag", "v1"]);
    repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]);
    let side = known(&observe(&repo.outer.path().join("side")));
    assert_eq!(side, Git { branch: Some("side".into()), ..repo.observe() });
    assert_eq!(names(&side), ["v1"]);
    repo.git(&["clone", "-q", "--separate-git-dir", "../data", ".", "../apart"]);
    let apart = known(&observe(&repo.outer.path().join("apart")));
    assert_eq!((apart.commit, apart.remote), (side.commit, None), "its origin is a folder");
    fs::remove_dir_all(repo.outer.path().join("data")).unwrap();
    assert!(why(&observe(&repo.outer.path().join("apart"))).contains("does not exist"));
}

#[test]
fn other_formats_are_asked_from_git() {
    for format in ["--ref-format=reftable", "--object-format=sha256"] {
        let repo = Repo::bare_folder();
        if !repo.command(DATE).args(["init", "-q", "-b", "main", format]).output().unwrap().status.success() {
            continue; // this git does not know it yet
        }
        repo.commit("file", "one");
        repo.git(&["tag", "-a", "v1", "-m", "x"]);
        let git = repo.observe();
        assert_eq!((git.branch.as_deref(), git.commit), (Some("main"), Some(repo.git(&["rev-parse", "HEAD"]))));
        assert_eq!(git.tags.len(), 1, "{format}");
        repo.git(&["checkout", "-q", "--detach"]);
        assert_eq!(repo.observe().branch, None, "{format}");
    }
    let repo = Repo::bare_folder();
    if repo.command(DATE).args(["init", "-q", "-b", "main", "--ref-format=reftable"]).status().unwrap().success() {
        let git = repo.observe();
        assert_eq!((git.branch.as_deref(), git.commit), (Some("main"), None), "no commit yet");
    }
}

#[cfg(unix)]
#[test]
fn a_linked_head_is_asked_from_git() {
    let repo = Repo::with_commit();
    fs::remove_file(repo.root().join(".git/HEAD")).unwrap();
    std::os::unix::fs::symlink("refs/heads/main", repo.root().join(".git/HEAD")).unwrap();
    let git = repo.observe();
    assert_eq!((git.branch.as_deref(), git.commit.is_some()), (Some("main"), true));
}

#[test]
fn without_git_only_the_tags_are_unknown() {
    let repo = Repo::with_commit();
    repo.git(&["tag", "v1"]);
    let root = repo.root();
    let program = Program { search: "".into(), ..Program::new(&root) };
    let git = known(&observe_by(&program));
    assert_eq!((git.branch.as_deref(), git.commit.is_some()), (Some("main"), true));
    let why = git.tags().unwrap_err();
    assert_eq!(why.detail, "the tags are not known: the git program was not found on PATH; install git");
    repo.git(&["tag", "-d", "v1"]);
    assert_eq!(known(&observe_by(&program)).tags(), Ok([].as_slice()), "no tags, nothing to ask");
}

#[test]
fn a_tag_without_its_object_makes_the_tags_unknown() {
    let repo = Repo::with_commit();
    repo.git(&["tag", "-a", "v1", "-m", "x"]);
    repo.write(".git/refs/tags/v2", "0123456789abcdef0123456789abcdef01234567\n");
    let git = repo.observe();
    assert!(git.tags().unwrap_err().detail.contains("missing object"), "{git:?}");
}

#[test]
fn a_file_is_shown_as_it_was() {
    let repo = Repo::with_commit();
    repo.commit(".github/shipworthy.yml", "waivers: [] # é");
    repo.write(".github/shipworthy.yml", "changed");
    let root = repo.root();
    let path = ".github/shipworthy.yml";
    assert_eq!(show(&root, "HEAD", path), Ok(Some("waivers: [] # é".into())));
    assert_eq!(show(&root, "main", path), show(&root, "HEAD", path));
    assert_eq!(show(&root, &repo.git(&["rev-parse", "HEAD"]), path), show(&root, "HEAD", path));
    assert_eq!(show(&root, "HEAD~1", path), Ok(None));
    assert_eq!(show(&root, "HEAD", "*.yml"), Ok(None), "a path is no pattern");
    assert!(show(&root, "HEAD", ".github").unwrap_err().contains("is not a file"));
    let unknown = show(&root, "no\u{1b}[2Jne", path).unwrap_err();
    assert!(!unknown.contains('\u{1b}'), "{unknown}");
    assert!(show(&root, "none", path).unwrap_err().contains("Not a valid object name"));
    for option in ["--help", "-p", "", ":/a change", "HEAD:.github", "a\nb", "a\0b"] {
        assert!(show(&root, option, path).unwrap_err().contains("is not the name of a branch"), "{option}");
    }
    for outside in ["", "/etc/passwd", "../file", "a/../../file", "file/", "./file"] {
        assert!(show(&root, "HEAD", outside).unwrap_err().contains("not a path inside"), "{outside}");
    }
    assert!(show(repo.outer.path(), "HEAD", path).unwrap_err().contains("not a git repository"));
}

#[test]
fn what_is_no_text_is_not_shown() {
    let repo = Repo::with_commit();
    repo.write("latin", b"na\xefve");
    repo.write("large", vec![b'#'; 2 * 1024 * 1024 + 1]);
    repo.write("fits", vec![b'#'; 2 * 1024 * 1024]);
    repo.commit("-dash", "x");
    assert!(show(&repo.root(), "HEAD", "latin").unwrap_err().contains("is not UTF-8"));
    assert!(show(&repo.root(), "HEAD", "large").unwrap_err().ends_with("large at HEAD is larger than 2 MiB"));
    assert_eq!(show(&repo.root(), "HEAD", "fits").unwrap().unwrap().len(), 2 * 1024 * 1024);
    assert_eq!(show(&repo.root(), "HEAD", "-dash"), Ok(Some("x".into())));
}

#[cfg(unix)]
#[test]
fn a_link_is_not_shown_as_a_text() {
    let repo = Repo::with_commit();
    std::os::unix::fs::symlink("/etc/passwd", repo.root().join("link")).unwrap();
    repo.commit("other", "x");
    assert!(show(&repo.root(), "HEAD", "link").unwrap_err().contains("is a link"));
}
