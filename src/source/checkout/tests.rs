//! Hostile folders: whatever stands under a name, reading ends at once and says what it could not read.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::text::Place;

/// A repository in the making, in a folder of its own so that there is something outside of it.
struct Tree {
    outer: tempfile::TempDir,
}

impl Tree {
    fn new() -> Self {
        let tree = Self { outer: tempfile::tempdir().unwrap() };
        fs::create_dir(tree.root()).unwrap();
        tree
    }

    fn root(&self) -> PathBuf {
        self.outer.path().join("repo")
    }

    fn at(&self, path: &str) -> PathBuf {
        let place = self.root().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        place
    }

    fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        fs::write(self.at(path), text).unwrap();
        self
    }

    #[cfg(unix)]
    fn link(self, path: &str, target: impl AsRef<Path>) -> Self {
        std::os::unix::fs::symlink(target, self.at(path)).unwrap();
        self
    }

    #[cfg(unix)]
    fn pipe(self, path: &str) -> Self {
        assert!(std::process::Command::new("mkfifo").arg(self.at(path)).status().unwrap().success());
        self
    }

    fn read(&self) -> FileSet {
        let text = |path: &str| path.strip_suffix(".md").is_some() || path.ends_with("action.yml");
        let folder = |path: &str| !path.starts_with("src");
        read_with(&self.root(), Interest { text, folder })
    }
}

fn paths(files: &FileSet) -> Vec<&str> {
    files.texts.keys().map(String::as_str).collect()
}

/// Path, message, and whether it hides, of the only problem.
fn problem(files: &FileSet) -> (&str, &str, bool) {
    let [one] = files.problems.as_slice() else { panic!("not one problem: {:?}", files.problems) };
    (&one.path, &one.message, one.hides)
}

#[test]
fn what_matters_is_read_and_nothing_else() {
    let tree = Tree::new()
        .file(".github/workflows/ci.yml", "on: push")
        .file(".github/workflows/release.yaml", "on: push")
        .file(".github/workflows/.yml", "on: push")
        .file(".github/workflows/notes.YML", "x")
        .file(".github/workflows/old.yml.bak", "x")
        .file(".github/workflows/README.md", "x")
        .file(".github/workflows/sub/inner.yml", "x")
        .file(".github/dependabot.yml", "version: 2")
        .file(".github/shipworthy.yml", "{}")
        .file(".github/other.yml", "x")
        .file("README.md", "# x")
        .file("docs/a/b/c/d/deep.md", "x")
        .file("docs/a/b/c/d/e/deeper.md", "x")
        .file("src/lib.md", "x")
        .file("node_modules/x/README.md", "x")
        .file("docs/vendor/README.md", "x")
        .file(".git/description.md", "x");
    let files = tree.read();
    let wanted = [
        ".github/dependabot.yml",
        ".github/shipworthy.yml",
        ".github/workflows/.yml",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yaml",
        "README.md",
        "docs/a/b/c/d/deep.md",
    ];
    assert_eq!(paths(&files), wanted);
    assert_eq!((files.problems, files.listed), (vec![], vec![]));
}

#[test]
fn an_empty_folder_is_an_empty_set_and_a_missing_one_is_a_problem() {
    assert_eq!(Tree::new().read(), FileSet::default());
    let tree = Tree::new();
    let files = read(&tree.root().join("none"));
    assert_eq!((files.problems[0].path.as_str(), files.problems[0].hides), (".", true));
    assert!(files.hidden(".github/dependabot.yml").is_some(), "nothing can be said about any file");
}

#[test]
fn local_actions_are_followed_wherever_they_stand() {
    let tree = Tree::new()
        .file(
            ".github/workflows/ci.yml",
            "- uses: ./.github/actions/one\n- uses: $/tools/two/\n- uses: ./\n- uses: ./gone",
        )
        .file(".github/actions/one/action.yaml", "runs: {steps: [{uses: './three'}]}")
        .file("tools/two/action.yml", "- uses: ./ci/called.yml")
        .file("three/action.yml", "- uses: ./.github/actions/one")
        .file("ci/called.yml", "- uses: ./src/five")
        .file("src/five/action.yml", "x")
        .file("src/six/action.yml", "x")
        .file("action.yml", "- uses: ./../repo/three\n- uses: ./../outside");
    fs::create_dir(tree.outer.path().join("outside")).unwrap();
    fs::write(tree.outer.path().join("outside/action.yml"), "secret").unwrap();
    let files = tree.read();
    let wanted = [
        ".github/actions/one/action.yaml",
        ".github/workflows/ci.yml",
        "action.yml",
        "ci/called.yml",
        "src/five/action.yml",
        "three/action.yml",
        "tools/two/action.yml",
    ];
    assert_eq!(paths(&files), wanted);
    assert_eq!(files.problems, vec![]);
}

#[test]
fn too_many_actions_are_said() {
    let uses: String = (0..600).map(|n| format!("- uses: ./src/a{n}\n")).collect();
    let mut tree = Tree::new().file(".github/workflows/ci.yml", uses);
    for n in 0..600 {
        tree = tree.file(&format!("src/a{n}/action.yml"), "x");
    }
    let files = tree.read();
    assert_eq!(files.texts.len(), 501);
    assert_eq!(problem(&files), (".", "uses more than 500 local actions: the others were not read", false));
}

#[test]
fn broken_texts_are_named_with_their_place() {
    let tree = Tree::new()
        .file(".github/workflows/a.yml", b"ok\nna\xefve")
        .file(".github/workflows/b.yml", "a\0")
        .file(".github/workflows/c.yml", vec![b'#'; 2 * 1024 * 1024 + 1])
        .file(".github/workflows/d.yml", vec![b'#'; 2 * 1024 * 1024])
        .file(".github/workflows/e.yml", b"\xff\xfea\0");
    let files = tree.read();
    assert_eq!(paths(&files), [".github/workflows/d.yml", ".github/workflows/e.yml"]);
    assert_eq!(files.problems.len(), 3);
    assert!(files.problems.iter().all(|problem| problem.hides));
    assert_eq!(files.problems[0].place, Some(Place { line: 2, column: 3 }));
    assert!(files.problems[1].message.contains("NUL"));
    assert_eq!(files.problems[2].message, "is larger than 2 MiB and was not read");
}

#[test]
fn github_as_a_file_is_noted_and_nothing_else() {
    let files = Tree::new().file(".github", "oops").file("README.md", "x").read();
    assert_eq!(paths(&files), ["README.md"]);
    assert_eq!(problem(&files), (".github", "is not a folder, so it holds no workflows", false));
    let files = Tree::new().file(".github/workflows", "oops").file(".github/dependabot.yml", "x").read();
    assert_eq!(paths(&files), [".github/dependabot.yml"]);
    assert_eq!(problem(&files).0, ".github/workflows");
}

#[test]
fn ten_thousand_workflows_are_read_in_linear_time() {
    let time = |count: usize| {
        let tree = Tree::new().file(".github/workflows/a.yml", "on: push");
        for n in 0..count {
            fs::write(tree.root().join(format!(".github/workflows/w{n}.yml")), "on: push # 0123456789").unwrap();
        }
        let start = std::time::Instant::now();
        let files = tree.read();
        assert_eq!((files.texts.len(), files.problems.len()), (count + 1, 0));
        start.elapsed()
    };
    let (thousand, all) = (time(1_000), time(10_000));
    assert!(all < thousand * 40 + std::time::Duration::from_millis(500), "{thousand:?} became {all:?}");
}

#[test]
fn workflows_that_would_fill_the_memory_are_left_out_and_said() {
    let mut tree = Tree::new().file("README.md", "x");
    for n in 10..45 {
        tree = tree.file(&format!(".github/workflows/{n}.yml"), vec![b'#'; 2 * 1024 * 1024]);
    }
    let files = tree.read();
    assert_eq!(files.texts.len(), 33);
    assert_eq!(files.problems.len(), 3);
    assert!(files.hidden(".github/workflows/44.yml").unwrap().message.contains("64 MiB"));
    assert!(files.text("README.md").is_some(), "documents have room of their own");
}

#[test]
fn a_long_listing_is_cut_and_surplus_documents_are_only_listed() {
    let mut tree = Tree::new().file("README.md", "x");
    for n in 0..500 {
        tree = tree.file(&format!("docs/{n:03}.md"), "x");
    }
    for n in 0..5_000 {
        fs::write(tree.at(&format!("texts/{n}.bin")), "").unwrap();
    }
    let files = tree.read();
    assert_eq!((files.texts.len(), files.listed.len()), (400, 101));
    assert!(files.text("README.md").is_some() && files.exists("docs/499.md"));
    let (path, message, hides) = problem(&files);
    assert_eq!((path, hides), (".", false));
    assert!(message.contains("5,000"), "{message}");
}

#[test]
fn a_listing_of_just_the_limit_is_whole() {
    let tree = Tree::new();
    for n in 0..5_000 {
        fs::write(tree.at(&format!("{n}.bin")), "").unwrap();
    }
    assert_eq!(tree.read().problems, vec![]);
    fs::write(tree.at("one-more.bin"), "").unwrap();
    assert_eq!(tree.read().problems.len(), 1);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;

    const SECRET: &str = "root:x:0:0";

    /// No text and no problem holds what stands outside the root.
    fn assert_kept_out(files: &FileSet) {
        assert!(!format!("{files:?}").contains(SECRET), "{files:?}");
    }

    fn with_secret(tree: Tree) -> Tree {
        fs::create_dir_all(tree.outer.path().join("outside/workflows")).unwrap();
        fs::write(tree.outer.path().join("outside/workflows/x.yml"), SECRET).unwrap();
        fs::write(tree.outer.path().join("outside/action.yml"), SECRET).unwrap();
        tree
    }

    #[test]
    fn pipes_sockets_and_folders_called_yml_hide_nothing() {
        let tree = Tree::new()
            .file(".github/workflows/release.yml", "on: push")
            .file(".github/workflows/x.yml/inner.yml", "x")
            .pipe(".github/workflows/pipe.yml")
            .pipe("README.md");
        let _socket = std::os::unix::net::UnixListener::bind(tree.at(".github/workflows/socket.yml")).unwrap();
        let files = tree.read();
        assert_eq!(paths(&files), [".github/workflows/release.yml"]);
        let said: Vec<_> = files.problems.iter().map(|p| (p.path.as_str(), p.message.as_str(), p.hides)).collect();
        let kind = "is not a regular file";
        let wanted = [
            (".github/workflows/pipe.yml", kind, false),
            (".github/workflows/socket.yml", kind, false),
            ("README.md", kind, false),
        ];
        assert_eq!(said, wanted);
    }

    #[test]
    fn pipes_under_fixed_names_do_not_block() {
        let tree = Tree::new()
            .pipe(".github/dependabot.yml")
            .file(".github/workflows/ci.yml", "- uses: ./a\n- uses: ./.github/workflows/pipe.yml")
            .pipe(".github/workflows/pipe.yml")
            .pipe("a/action.yml");
        let files = tree.read();
        assert_eq!(paths(&files), [".github/workflows/ci.yml"]);
        assert_eq!(files.problems.len(), 3, "each is said once: {:?}", files.problems);
        let files = Tree::new().pipe(".github").read();
        assert_eq!(problem(&files).0, ".github");
    }

    #[test]
    fn links_inside_the_root_are_read() {
        let tree = Tree::new()
            .file("docs/contributing.md", "steps")
            .file("ci/release.yml", "on: push")
            .file("tools/act/action.yml", "x")
            .link("CONTRIBUTING.md", "docs/contributing.md")
            .link(".github/workflows/release.yml", "../../ci/release.yml")
            .link(".github/actions/act", "../../tools/act")
            .file(".github/workflows/ci.yml", "- uses: ./.github/actions/act");
        let files = tree.read();
        assert_eq!(files.text("CONTRIBUTING.md").map(AsRef::as_ref), Some("steps"));
        assert!(files.text(".github/workflows/release.yml").is_some());
        assert!(files.text(".github/actions/act/action.yml").is_some());
        assert_eq!(files.problems, vec![]);
    }

    #[test]
    fn folder_links_are_not_walked() {
        let tree = Tree::new().file("docs/a.md", "x").link("docs/again", "..").link("more", "docs").link("self", ".");
        let files = tree.read();
        assert_eq!((paths(&files), files.problems.len()), (vec!["docs/a.md"], 0));
    }

    #[test]
    fn links_out_of_the_root_are_said_and_never_read() {
        let tree = with_secret(Tree::new())
            .link(".github/workflows/a.yml", "../../../outside/workflows/x.yml")
            .link(".github/workflows/b.yml", "/dev/zero")
            .link(".github/workflows/c.yml", "c.yml")
            .link(".github/workflows/d.yml", "nowhere.yml")
            .link(".github/dependabot.yml", "/etc/passwd")
            .link("README.md", "../outside/action.yml")
            .link("act", "../outside")
            .file(".github/workflows/ok.yml", "- uses: ./act\n- uses: ./../outside");
        let files = tree.read();
        assert_eq!(paths(&files), [".github/workflows/ok.yml"]);
        assert_kept_out(&files);
        let out = "is a link that leads out of the repository and was not followed";
        for (path, message) in [
            (".github/workflows/a.yml", out),
            (".github/workflows/b.yml", out),
            (".github/workflows/c.yml", "is a link that leads back to itself"),
            (".github/workflows/d.yml", "is a link whose target does not exist"),
            (".github/dependabot.yml", out),
            ("README.md", out),
            ("act/action.yml", out),
        ] {
            assert_eq!(files.hidden(path).map(|problem| problem.message.as_str()), Some(message), "{path}");
        }
    }

    #[test]
    fn a_link_in_place_of_github_or_workflows_hides_them() {
        let out = "is a link that leads out of the repository and was not followed";
        let files = with_secret(Tree::new()).link(".github", "../outside").read();
        assert_eq!(problem(&files), (".github", out, true));
        assert_kept_out(&files);
        let files = with_secret(Tree::new()).link(".github/workflows", "../../outside/workflows").read();
        assert_eq!(problem(&files), (".github/workflows", out, true));
        assert_kept_out(&files);
        let files = Tree::new().link(".github", ".github").read();
        assert_eq!(problem(&files), (".github", "is a link that leads back to itself", true));
        let files = Tree::new().file("ci/workflows/x.yml", "x").link(".github", "ci").read();
        assert_eq!(problem(&files), (".github", "is a link to a folder and was not followed; make it a folder", true));
        assert!(files.hidden(".github/workflows/x.yml").is_some());
    }

    #[test]
    fn names_that_are_not_utf8_are_said() {
        let tree = Tree::new().file(".github/workflows/ok.yml", "x");
        let name = OsStr::from_bytes(b".github/workflows/b\xffd\n.yml");
        fs::write(tree.root().join(name), "on: push").unwrap();
        fs::write(tree.root().join(OsStr::from_bytes(b"x\xff.bin")), "x").unwrap();
        let files = tree.read();
        assert_eq!(paths(&files), [".github/workflows/ok.yml"]);
        let (path, message, hides) = problem(&files);
        assert_eq!((path, hides), (".github/workflows/b\u{fffd}d .yml", true));
        assert!(message.contains("not UTF-8") && message.contains("rename"), "{message}");
    }

    #[test]
    fn what_may_not_be_read_is_said_and_the_rest_is_read() {
        let tree = Tree::new()
            .file(".github/workflows/secret.yml", "x")
            .file(".github/workflows/open.yml", "x")
            .file("docs/a.md", "x");
        let set = |path: &str, mode| fs::set_permissions(tree.at(path), fs::Permissions::from_mode(mode)).unwrap();
        set(".github/workflows/secret.yml", 0o000);
        set("docs", 0o000);
        let root_reads_all = fs::read(tree.at(".github/workflows/secret.yml")).is_ok();
        let files = tree.read();
        set("docs", 0o755);
        assert!(files.text(".github/workflows/open.yml").is_some());
        if !root_reads_all {
            let secret = files.hidden(".github/workflows/secret.yml").unwrap();
            assert!(secret.message.starts_with("cannot be read (Permission denied"), "{secret:?}");
            assert!(files.hidden("docs/a.md").unwrap().message.starts_with("cannot be listed"));
        }
    }
}
