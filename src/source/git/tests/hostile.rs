//! Repositories that try to run something, to block, or to be taken for another.

use super::*;
use std::time::Instant;

/// A repository in which everything that git can be made to run leaves a mark.
struct Trap {
    repo: Repo,
}

impl Trap {
    fn new() -> Self {
        let repo = Repo::with_commit();
        fs::create_dir(repo.outer.path().join("marks")).unwrap();
        let trap = Self { repo };
        trap.repo.write(".gitattributes", "* filter=f diff=d merge=m\n");
        trap.repo.commit("file", "two");
        trap.repo.git(&["tag", "-a", "v1", "-m", "x"]);
        trap.repo.git(&["tag", "light"]);
        trap
    }

    /// A command that leaves a mark, as configuration holds it.
    fn mark(&self, name: &str) -> String {
        format!("touch {}/marks/{name}; true", self.repo.outer.path().display())
    }

    fn marks(&self) -> Vec<String> {
        let entries = fs::read_dir(self.repo.outer.path().join("marks")).unwrap();
        let mut marks: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        marks.sort();
        marks
    }

    /// Everything a configuration can make git run, as its text.
    fn settings(&self, prefix: &str) -> String {
        let line = |section: &str, key: &str| {
            let mark = self.mark(&format!("{prefix}{}", key.to_lowercase()));
            format!("[{section}]\n\t{key} = \"{}\"\n", mark.replace('"', "\\\""))
        };
        let alias = |name: &str| format!("[alias]\n\t{name} = \"!{}\"\n", self.mark(&format!("{prefix}alias-{name}")));
        let commands = ["for-each-ref", "ls-tree", "cat-file", "rev-parse", "symbolic-ref", "status"];
        let pager = |name: &str| line("pager", name);
        let mut text: String = [
            ("core", "fsmonitor"),
            ("core", "pager"),
            ("core", "sshCommand"),
            ("core", "askPass"),
            ("core", "editor"),
            ("core", "gitProxy"),
            ("core", "alternateRefsCommand"),
            ("credential", "helper"),
            ("diff", "external"),
            ("diff \"d\"", "textconv"),
            ("diff \"d\"", "command"),
            ("filter \"f\"", "clean"),
            ("filter \"f\"", "smudge"),
            ("filter \"f\"", "process"),
            ("merge \"m\"", "driver"),
            ("gpg", "program"),
            ("gpg \"ssh\"", "program"),
            ("interactive", "diffFilter"),
            ("sequence", "editor"),
            ("uploadpack", "packObjectsHook"),
            ("remote \"origin\"", "uploadpack"),
            ("remote \"origin\"", "receivepack"),
        ]
        .map(|(section, key)| line(section, key))
        .concat();
        text += &commands.map(|name| alias(name) + &pager(name)).concat();
        text + &format!(
            "[core]\n\thooksPath = {}/hooks\n[protocol]\n\tallow = always\n[protocol \"ext\"]\n\tallow = always\n\
             [protocol \"file\"]\n\tallow = always\n[log]\n\tshowSignature = true\n[submodule]\n\trecurse = true\n",
            self.repo.outer.path().display()
        )
    }

    /// Sets every trap: in the config, in a file it includes, and as hooks in both places git looks for them.
    fn set(&self) {
        let outer = self.repo.outer.path();
        fs::write(outer.join("included"), self.settings("included-")).unwrap();
        let include = format!("[include]\n\tpath = {}/included\n", outer.display());
        let config = fs::read_to_string(self.repo.root().join(".git/config")).unwrap();
        let remote = format!("[remote \"origin\"]\n\turl = ext::sh -c {}\n", self.mark("ext").replace(' ', "% "));
        self.repo.write(".git/config", format!("{config}{include}{}{remote}", self.settings("")));
        for folder in [outer.join("hooks"), self.repo.root().join(".git/hooks")] {
            fs::create_dir_all(&folder).unwrap();
            for hook in ["post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"] {
                script(&folder.join(hook), &self.mark(hook));
            }
        }
        // Content that differs from the index at an unchanged size makes git look into the file.
        self.repo.write("file", "TWO");
    }
}

fn script(path: &Path, command: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, format!("#!/bin/sh\n{command}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn nothing_that_a_repository_configures_is_run() {
    let trap = Trap::new();
    let untouched = trap.repo.observe();
    trap.set();
    let git = trap.repo.observe();
    assert_eq!(git, untouched, "the answer is the same, and the remote is no address");
    assert_eq!(names(&git), ["v1", "light"]);
    assert_eq!(show(&trap.repo.root(), "HEAD", "file"), Ok(Some("two".into())));
    assert_eq!(show(&trap.repo.root(), "HEAD", "none"), Ok(None));
    assert!(show(&trap.repo.root(), "none", "file").is_err());
    assert_eq!(trap.marks(), [""; 0], "something ran");
    // The traps do work: a careless call of git falls into them.
    let _ = trap.repo.command(DATE).arg("status").output().unwrap();
    let marks = trap.marks();
    assert!(marks.contains(&"fsmonitor".to_owned()) || marks.contains(&"included-fsmonitor".to_owned()), "{marks:?}");
    assert!(marks.iter().any(|mark| mark.ends_with("process") || mark.ends_with("clean")), "{marks:?}");
}

#[test]
fn looking_at_the_working_tree_runs_nothing() {
    let trap = Trap::new();
    trap.set();
    let fact = tree(&trap.repo.root());
    let tree = fact.value().unwrap_or_else(|| panic!("not known: {fact:?}"));
    assert_eq!(tree.doubtful, ["file"], "other bytes, in a repository that converts files");
    assert_eq!(trap.marks(), [""; 0], "something ran");
}

#[test]
fn formats_that_git_is_asked_for_run_nothing_either() {
    let trap = Trap::new();
    trap.set();
    fs::remove_file(trap.repo.root().join(".git/HEAD")).unwrap();
    std::os::unix::fs::symlink("refs/heads/main", trap.repo.root().join(".git/HEAD")).unwrap();
    assert_eq!(trap.repo.observe().branch.as_deref(), Some("main"));
    assert_eq!(trap.marks(), [""; 0], "something ran");
}

#[test]
fn objects_that_a_partial_clone_lacks_are_not_fetched() {
    let trap = Trap::new();
    trap.set();
    let blob = trap.repo.git(&["-c", "core.fsmonitor=false", "rev-parse", "HEAD:file"]);
    let partial = "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n\
                   [remote \"origin\"]\n\tpromisor = true\n";
    let config = fs::read_to_string(trap.repo.root().join(".git/config")).unwrap();
    trap.repo.write(".git/config", format!("{config}{partial}"));
    trap.repo.write(".git/refs/tags/gone", "0123456789abcdef0123456789abcdef01234567\n");
    let (folder, file) = blob.split_at(2);
    fs::remove_file(trap.repo.root().join(".git/objects").join(folder).join(file)).unwrap();
    let shown = show(&trap.repo.root(), "HEAD", "file").unwrap_err();
    assert!(shown.contains("file at HEAD cannot be read"), "{shown}");
    assert!(trap.repo.observe().tags().is_err());
    assert_eq!(trap.marks(), [""; 0], "something ran");
    let _ = trap.repo.command(DATE).args(["cat-file", "blob", &blob]).output().unwrap();
    assert!(trap.marks().contains(&"ext".to_owned()), "the trap works: {:?}", trap.marks());
}

#[test]
fn a_git_inside_the_repository_or_on_a_relative_path_is_never_run() {
    let trap = Trap::new();
    let root = trap.repo.root();
    let outer = fs::canonicalize(trap.repo.outer.path()).unwrap();
    fs::create_dir_all(root.join("bin")).unwrap();
    script(&root.join("git"), &trap.mark("root"));
    script(&root.join("bin/git"), &trap.mark("bin"));
    std::os::unix::fs::symlink(root.join("bin"), outer.join("tools")).unwrap();
    fs::create_dir_all(outer.join("linked")).unwrap();
    std::os::unix::fs::symlink(root.join("bin/git"), outer.join("linked/git")).unwrap();
    fs::create_dir_all(outer.join("plain/git")).unwrap();
    fs::create_dir_all(outer.join("text")).unwrap();
    fs::write(outer.join("text/git"), "not executable").unwrap();
    let refused = ["", ".", "bin", "./bin"].map(PathBuf::from);
    let inside = [root.clone(), root.join("bin"), root.join("bin/..")];
    let linked = ["tools", "linked", "plain", "text"].map(|name| outer.join(name));
    let all: Vec<PathBuf> = refused.into_iter().chain(inside).chain(linked).collect();
    let search = std::env::join_paths(&all).unwrap();
    let program = Program { search: search.clone(), ..Program::new(&root) };
    assert!(matches!(program.ask(&["for-each-ref"]), Err(Failure::Missing)));
    assert!(known(&observe_by(&program)).tags().is_err());
    // A sound one that comes later is found.
    let later = std::env::join_paths(all.into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
    let program = Program { search: later.unwrap(), ..program };
    assert_eq!(names(&known(&observe_by(&program))), ["v1", "light"]);
    assert_eq!(trap.marks(), [""; 0], "something ran");
}

#[test]
fn a_repository_that_makes_git_wait_is_given_up() {
    let repo = Repo::with_commit();
    repo.git(&["tag", "v1"]);
    let pipe = repo.outer.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    repo.git(&["config", "include.path", pipe.to_str().unwrap()]);
    let root = repo.root();
    let program = Program { deadline: Duration::from_secs(1), ..Program::new(&root) };
    let start = Instant::now();
    let git = known(&observe_by(&program));
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(git.tags().unwrap_err().detail, "the tags are not known: git did not answer within 1 s");
    assert_eq!(git.branch.as_deref(), Some("main"));
}

#[test]
fn pipes_in_place_of_refs_do_not_block() {
    let repo = Repo::with_commit();
    let root = repo.root();
    let program = Program { deadline: Duration::from_secs(1), ..Program::new(&root) };
    fs::remove_file(root.join(".git/refs/heads/main")).unwrap();
    assert!(Command::new("mkfifo").arg(root.join(".git/refs/heads/main")).status().unwrap().success());
    let start = Instant::now();
    assert!(why(&observe_by(&program)).contains("git"));
    assert!(start.elapsed() < Duration::from_secs(8));
}

#[test]
fn packed_refs_of_a_gigabyte_neither_fill_the_memory_nor_block() {
    let repo = Repo::with_commit();
    fs::File::create(repo.root().join(".git/packed-refs")).unwrap().set_len(1024 * 1024 * 1024).unwrap();
    let start = Instant::now();
    let fact = observe(&repo.root());
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(matches!(fact, Fact::Unknown(_)) || known(&fact).tags().is_err(), "{fact:?}");
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let repo = Repo::with_commit();
    repo.commit("large", &"x".repeat(100_000));
    let root = repo.root();
    let answer = Program::new(&root).ask_at_most(&["cat-file", "blob", "HEAD:large"], 1_000);
    assert!(matches!(answer, Err(Failure::TooMuch(1_000))), "{answer:?}");
    let answer = Program::new(&root).ask_at_most(&["cat-file", "blob", "HEAD:large"], 100_000);
    assert_eq!(answer.unwrap().len(), 100_000);
}

#[test]
fn a_repository_of_another_user_is_read_but_not_handed_to_git() {
    let repo = Repo::with_commit();
    repo.git(&["tag", "v1"]);
    let chown = Command::new("chown").args(["-R", "12345:12345"]).arg(repo.root()).output().unwrap();
    if !chown.status.success() {
        return; // only root can give files away
    }
    let root = repo.root();
    let program = Program { user: Vec::new(), ..Program::new(&root) };
    let git = known(&observe_by(&program));
    assert_eq!((git.branch.as_deref(), git.commit.is_some()), (Some("main"), true));
    let why = &git.tags().unwrap_err().detail;
    assert!(why.contains("another user") && why.contains("git config --global --add safe.directory"), "{why}");
    // The user's own configuration may trust it; the repository's may not trust itself.
    repo.write(".git/config", "[safe]\n\tdirectory = *\n");
    assert!(known(&observe_by(&program)).tags().is_err());
    let config = repo.outer.path().join("user");
    fs::write(&config, "[safe]\n\tdirectory = *\n").unwrap();
    let program = Program { user: vec![("GIT_CONFIG_GLOBAL", config.into_os_string())], ..program };
    assert_eq!(names(&known(&observe_by(&program))), ["v1"]);
}

#[test]
fn names_from_a_repository_are_kept_and_complaints_are_cleaned() {
    let repo = Repo::with_commit();
    repo.git(&["tag", "v1\u{202e}evil"]);
    repo.write(".git/config", "[core\u{1b}[2J\n");
    let git = repo.observe();
    let why = &git.tags().unwrap_err().detail;
    assert!(why.contains("bad config line 1") && !why.contains('\u{1b}'), "{why}");
}
