//! Writing and undoing on a disk: what is refused, what is kept, and what happens when several write at once.

use super::*;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("repo")).unwrap();
        Self { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn set(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn get(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root().join(path)).ok()
    }

    fn write(&self, files: &[FileChange]) -> Result<Written, PatchError> {
        write(&self.root(), &self.state(), "a title", files, Timestamp::UNIX_EPOCH)
    }

    fn undo(&self) -> Result<Undone, PatchError> {
        undo(&self.root(), &self.state())
    }

    /// Every name below the root, with what is in it.
    fn all(&self) -> Vec<(PathBuf, Option<Vec<u8>>)> {
        let (mut found, mut folders) = (Vec::new(), vec![self.root()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                found.push((path.clone(), fs::read(&path).ok()));
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                }
            }
        }
        found.sort();
        found
    }

    fn refused(&self, files: &[FileChange]) -> String {
        let before = self.all();
        let error = self.write(files).unwrap_err();
        assert_eq!(self.all(), before, "{error}");
        assert!(matches!(self.undo(), Err(PatchError::NothingToUndo)));
        error.to_string()
    }
}

fn edit(path: &str, old: &str, new: &str) -> FileChange {
    FileChange::new(path, Some(Arc::from(old)), Arc::from(new))
}

fn make(path: &str, new: &str) -> FileChange {
    FileChange::new(path, None, Arc::from(new))
}

#[test]
fn files_are_written_and_put_back_byte_for_byte() {
    let place = Place::new();
    place.set("a.yml", "old\r\n");
    place.set("b.yml", "\u{feff}b");
    let before = place.all();
    let changes =
        [edit("a.yml", "old\r\n", "new\r\n"), edit("b.yml", "\u{feff}b", "\u{feff}c"), make("x/y/n.md", "n\n")];
    let written = place.write(&changes).unwrap();
    assert_eq!(written.files, ["a.yml", "b.yml", "x/y/n.md"]);
    assert!(written.failed.is_none() && written.already.is_empty());
    assert_eq!((place.get("a.yml").unwrap().as_str(), place.get("x/y/n.md").unwrap().as_str()), ("new\r\n", "n\n"));
    assert_eq!(last(&place.root(), &place.state()).unwrap().files.len(), 3);
    let undone = place.undo().unwrap();
    assert_eq!((undone.title.as_str(), undone.removed, undone.left), ("a title", vec!["x/y/n.md".to_owned()], 0));
    assert_eq!(place.all(), before, "the folders that were made are gone, too");
    assert!(matches!(place.undo(), Err(PatchError::NothingToUndo)));
    assert_eq!(last(&place.root(), &place.state()), None);
}

#[test]
fn several_writes_are_undone_last_first() {
    let place = Place::new();
    place.set("a.yml", "0");
    for number in 0..3 {
        place.write(&[edit("a.yml", &number.to_string(), &(number + 1).to_string())]).unwrap();
    }
    for number in (0..3).rev() {
        assert_eq!(place.undo().unwrap().left, number);
        assert_eq!(place.get("a.yml"), Some(number.to_string()));
    }
}

#[test]
fn what_changed_since_is_never_lost() {
    let place = Place::new();
    place.set("a.yml", "mine");
    place.set("b.yml", "b");
    let said = place.refused(&[edit("b.yml", "b", "c"), edit("a.yml", "old", "new")]);
    assert!(said.contains("a.yml changed since it was read"), "{said}");
    assert!(place.refused(&[make("a.yml", "x")]).contains("a.yml is there already"));
    assert!(place.refused(&[edit("none.yml", "x", "y")]).contains("none.yml is not there any more"));
    assert!(place.refused(&[edit("no/where.yml", "x", "y")]).contains("no/where.yml is not there any more"));
    fs::write(place.root().join("w.yml"), b"\xff\xfea\0").unwrap();
    assert!(place.refused(&[edit("w.yml", "a", "b")]).contains("w.yml is not UTF-8"));
    // And not by undoing either.
    place.write(&[edit("b.yml", "b", "c"), make("n.yml", "n")]).unwrap();
    place.set("b.yml", "mine again");
    let error = place.undo().unwrap_err();
    assert!(error.to_string().contains("b.yml changed since"), "{error}");
    assert_eq!((place.get("b.yml").as_deref(), place.get("n.yml").as_deref()), (Some("mine again"), Some("n")));
    fs::remove_file(place.root().join("b.yml")).unwrap();
    assert!(place.undo().unwrap_err().to_string().contains("b.yml is not there any more"));
    place.set("b.yml", "c");
    assert_eq!(place.undo().unwrap().restored, ["b.yml"]);
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let place = Place::new();
    place.set("a.yml", "new");
    let written = place.write(&[edit("a.yml", "old", "new")]).unwrap();
    assert_eq!((written.files.len(), written.already), (0, vec!["a.yml".to_owned()]));
    assert!(matches!(place.undo(), Err(PatchError::NothingToUndo)), "somebody else wrote it");
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    let place = Place::new();
    place.set("a.yml", "x");
    fs::write(place.folder.path().join("outside"), "x").unwrap();
    for path in ["../outside", "/etc/hostname", "a/../../outside", "", "a//b", "./a.yml", ".git/config", "a\\b", "a\0b"]
    {
        let said = place.refused(&[edit(path, "x", "y"), edit("a.yml", "x", "y")]);
        assert!(said.contains("is not a path inside the repository"), "{path:?}: {said}");
    }
    assert_eq!(fs::read_to_string(place.folder.path().join("outside")).unwrap(), "x");
}

#[cfg(unix)]
#[test]
fn links_pipes_and_folders_are_never_written() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let outside = place.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("a.yml"), "x").unwrap();
    symlink(outside.join("a.yml"), place.root().join("link.yml")).unwrap();
    symlink(&outside, place.root().join("folder")).unwrap();
    place.set("real.yml", "x");
    symlink("real.yml", place.root().join("inside.yml")).unwrap();
    fs::create_dir(place.root().join("d.yml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(place.root().join("pipe")).status().unwrap().success());
    for (path, why) in [
        ("link.yml", "link.yml is a link"),
        ("inside.yml", "inside.yml is a link"),
        ("folder/a.yml", "lies below `folder`, which is a link"),
        ("real.yml/a.yml", "lies below `real.yml`"),
        ("d.yml", "d.yml is not a regular file"),
        ("pipe", "pipe is not a regular file"),
    ] {
        for change in [edit(path, "x", "y"), make(path, "y")] {
            let said = match place.write(std::slice::from_ref(&change)) {
                Err(error) => error.to_string(),
                Ok(written) => panic!("{path}: {written:?}"),
            };
            assert!(said.contains(why), "{path}: {said}");
        }
        assert_eq!(look(&place.root(), &[edit(path, "x", "y")]).len(), 1);
    }
    assert_eq!(fs::read_to_string(outside.join("a.yml")).unwrap(), "x");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    assert!(look(&place.root(), &[edit("real.yml", "x", "y")]).is_empty());
}

#[cfg(unix)]
#[test]
fn modes_are_kept_and_read_only_ones_respected() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let mode = |path: &str| fs::metadata(place.root().join(path)).unwrap().permissions().mode() & 0o7777;
    let set =
        |path: &str, mode| fs::set_permissions(place.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
    place.set("x.sh", "a");
    set("x.sh", 0o750);
    place.write(&[edit("x.sh", "a", "b")]).unwrap();
    assert_eq!(mode("x.sh"), 0o750);
    place.undo().unwrap();
    assert_eq!(mode("x.sh"), 0o750);
    set("x.sh", 0o444);
    assert!(place.refused(&[edit("x.sh", "a", "b")]).contains("x.sh is read-only"));
    set("x.sh", 0o644);
    place.set("d/a.yml", "a");
    set("d", 0o555);
    let said = place.refused(&[edit("d/a.yml", "a", "b")]);
    let new = place.refused(&[make("d/new.yml", "a")]);
    let deep = place.refused(&[make("d/e/new.yml", "a")]);
    set("d", 0o755);
    for said in [said, new, deep] {
        assert!(said.contains("lies in a folder that is read-only"), "{said}");
    }
    let written = place.write(&[make("new/n.md", "n")]).unwrap();
    assert_eq!((written.files.len(), mode("new/n.md") & 0o111), (1, 0));
    // What undo needs to write is looked at as well.
    set("new/n.md", 0o444);
    assert!(place.undo().unwrap_err().to_string().contains("new/n.md is read-only"));
}

#[test]
fn leftovers_of_a_run_that_was_killed_do_no_harm() {
    let place = Place::new();
    place.set("w/a.yml", "a");
    place.set("w/.shipworthy-0123456789abcdef.tmp", "half");
    place.set("w/.shipworthy-mine.tmp", "not ours");
    let written = place.write(&[edit("w/a.yml", "a", "b")]).unwrap();
    assert_eq!(written.leftovers, 1);
    assert_eq!(place.get("w/.shipworthy-0123456789abcdef.tmp"), None);
    assert!(place.get("w/.shipworthy-mine.tmp").is_some());
}

#[test]
fn a_write_that_never_began_is_undone_by_doing_nothing() {
    let place = Place::new();
    place.set("a.yml", "a");
    place.write(&[edit("a.yml", "a", "b")]).unwrap();
    place.set("a.yml", "a");
    let undone = place.undo().unwrap();
    assert_eq!((undone.restored.len(), undone.already), (0, vec!["a.yml".to_owned()]));
}

#[cfg(unix)]
#[test]
fn the_journal_is_private_and_a_damaged_one_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.set("a.yml", "a");
    place.write(&[edit("a.yml", "a", "b")]).unwrap();
    let journal = fs::read_dir(place.state().join("undo")).unwrap().next().unwrap().unwrap().path();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let entry = journal.join("00000001.json");
    assert_eq!((mode(&place.state()), mode(&journal), mode(&entry)), (0o700, 0o700, 0o600));
    let whole = fs::read(&entry).unwrap();
    for damaged in [&b"{"[..], b"", b"\xff", &whole[..whole.len() / 2], br#"{"version":2}"#] {
        fs::write(&entry, damaged).unwrap();
        let error = place.undo().unwrap_err();
        assert!(matches!(error, PatchError::Journal { .. }) && error.to_string().contains("00000001.json"), "{error}");
        assert_eq!(place.get("a.yml").as_deref(), Some("b"));
    }
    fs::write(&entry, whole).unwrap();
    assert_eq!(place.undo().unwrap().restored, ["a.yml"]);
}

#[test]
fn without_a_journal_nothing_is_written() {
    let place = Place::new();
    place.set("a.yml", "a");
    fs::write(place.state(), "a file where the folder should be").unwrap();
    let error = place.write(&[edit("a.yml", "a", "b")]).unwrap_err();
    assert!(matches!(error, PatchError::Journal { .. }), "{error}");
    assert!(error.to_string().contains("nothing was written") && error.hint().contains("XDG_STATE_HOME"));
    assert_eq!(place.get("a.yml").as_deref(), Some("a"));
}

#[test]
fn many_writers_lose_nothing() {
    const EACH: usize = 25;
    let place = Place::new();
    place.set("shared.yml", "");
    let writer = |name: char| {
        let (root, state) = (place.root(), place.state());
        move || {
            let mut done = 0;
            while done < EACH {
                let old = fs::read_to_string(root.join("shared.yml")).unwrap();
                let change = edit("shared.yml", &old, &format!("{old}{name}"));
                match write(&root, &state, "append", &[change], Timestamp::UNIX_EPOCH) {
                    Ok(written) if written.failed.is_none() => done += 1,
                    Ok(written) => assert!(matches!(written.failed.unwrap().reason, Reason::Changed)),
                    Err(PatchError::Refused(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for name in ['a', 'b', 'c'] {
            scope.spawn(writer(name));
        }
    });
    let text = place.get("shared.yml").unwrap();
    for name in ['a', 'b', 'c'] {
        assert_eq!(text.matches(name).count(), EACH, "{text}");
    }
}

#[cfg(unix)]
#[test]
fn a_parent_that_is_swapped_for_a_link_leads_nowhere() {
    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};
    let place = Place::new();
    let (root, outside) = (place.root(), place.folder.path().join("outside"));
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("a.yml"), "0").unwrap();
    place.set("w/a.yml", "0");
    symlink(&outside, root.join("link")).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                fs::rename(root.join("w"), root.join("kept")).unwrap();
                fs::rename(root.join("link"), root.join("w")).unwrap();
                fs::rename(root.join("w"), root.join("link")).unwrap();
                fs::rename(root.join("kept"), root.join("w")).unwrap();
            }
        });
        let mut number = 0;
        for _ in 0..500 {
            let change = edit("w/a.yml", &number.to_string(), &(number + 1).to_string());
            match place.write(&[change]) {
                Ok(written) if written.files.len() == 1 => number += 1,
                _ => {}
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(fs::read_to_string(outside.join("a.yml")).unwrap(), "0");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "no file was made outside");
}
