//! The working tree: what differs is told, and what cannot be told is not called clean.

use std::time::SystemTime;

use super::*;
use crate::fact::tree::Tree;

impl Repo {
    fn tree(&self) -> Tree {
        let fact = tree(&self.root());
        fact.value().unwrap_or_else(|| panic!("not known: {fact:?}")).clone()
    }
}

#[test]
fn a_tree_as_it_was_committed_is_clean() {
    let repo = Repo::with_commit();
    repo.commit("folder/é 漢", "text");
    assert_eq!(repo.tree(), Tree::default());
    // A file that was only touched has the same bytes.
    let file = fs::File::options().write(true).open(repo.root().join("file")).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
    assert_eq!(repo.tree(), Tree::default());
}

#[test]
fn every_kind_of_change_is_told() {
    let repo = Repo::with_commit();
    repo.commit("gone", "x");
    repo.commit("staged", "x");
    repo.commit("kind", "x");
    repo.write("file", "two");
    repo.write("staged", "y");
    repo.git(&["add", "staged"]);
    fs::remove_file(repo.root().join("gone")).unwrap();
    fs::remove_file(repo.root().join("kind")).unwrap();
    fs::create_dir(repo.root().join("kind")).unwrap();
    repo.write("new/file", "x");
    repo.write(".gitignore", "ignored\n");
    repo.write("ignored", "x");
    let tree = repo.tree();
    assert_eq!(tree.staged, ["staged"]);
    assert_eq!(tree.changed, ["file", "gone", "kind"]);
    assert_eq!(tree.untracked, [".gitignore", "new/"]);
    assert!(tree.is_dirty() && tree.doubtful.is_empty());
}

#[test]
fn a_change_of_the_same_size_in_the_same_moment_is_seen() {
    let repo = Repo::with_commit();
    let index = fs::metadata(repo.root().join(".git/index")).unwrap().modified().unwrap();
    repo.write("file", "two");
    fs::File::options().write(true).open(repo.root().join("file")).unwrap().set_modified(index).unwrap();
    assert_eq!(repo.tree().changed, ["file"]);
}

#[test]
fn where_files_are_converted_other_bytes_prove_nothing() {
    let repo = Repo::with_commit();
    repo.commit(".gitattributes", "* text=auto\n");
    repo.write("file", "other");
    let tree = repo.tree();
    assert_eq!((tree.doubtful.as_slice(), tree.is_dirty()), (["file".to_owned()].as_slice(), false));
}

#[test]
fn a_linked_working_tree_has_an_index_of_its_own() {
    let repo = Repo::with_commit();
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = repo.outer.path().join("linked");
    assert_eq!(tree(&linked).value(), Some(&Tree::default()));
    fs::write(linked.join("file"), "longer").unwrap();
    assert_eq!(tree(&linked).value().unwrap().changed, ["file"]);
}

#[test]
fn what_has_no_commit_or_no_repository_is_unknown() {
    let repo = Repo::new();
    assert!(matches!(tree(&repo.root()), Fact::Unknown(_)));
    assert!(matches!(tree(&Repo::bare_folder().root()), Fact::Unknown(_)));
}
