//! Whether files were changed since they were read, by their times alone: nothing is read.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::fact::interest;

/// How many folders deep it is looked.
const DEEPEST: usize = 5;
/// At how many entries it is looked, of all folders together.
const MOST_ENTRIES: usize = 5_000;
/// The times of files are coarser than the clock.
const SLACK: Duration = Duration::from_secs(1);
/// What a change of branch, commit or remote changes.
const GIT: [&str; 4] = [".git/HEAD", ".git/config", ".git/packed-refs", ".git/logs/HEAD"];

/// Whether anything that matters in a folder was changed since a moment. A folder that cannot be looked through counts
/// as changed, and so does one that holds too much.
pub fn since(root: &Path, moment: SystemTime) -> bool {
    let Some(moment) = moment.checked_sub(SLACK) else { return true };
    let newer = |meta: &Metadata| changed_at(meta).is_none_or(|changed| changed >= moment);
    if GIT.iter().filter_map(|path| fs::symlink_metadata(root.join(path)).ok()).any(|meta| newer(&meta)) {
        return true;
    }
    let mut folders = vec![(String::new(), 0)];
    let mut entries = 0;
    while let Some((folder, depth)) = folders.pop() {
        let place = root.join(&folder);
        let (Ok(meta), Ok(list)) = (fs::metadata(&place), fs::read_dir(&place)) else { return true };
        if newer(&meta) {
            return true;
        }
        for entry in list.flatten() {
            entries += 1;
            let name = entry.file_name();
            let path = PathBuf::from(&folder).join(&name).to_string_lossy().into_owned();
            let Ok(meta) = entry.metadata() else { return true };
            if meta.is_dir() {
                if depth < DEEPEST && matters(&path, interest::wants_folder) {
                    folders.push((path, depth + 1));
                }
            } else if matters(&path, interest::wants_text) && newer(&meta) {
                return true;
            }
        }
        if entries > MOST_ENTRIES {
            return true;
        }
    }
    false
}

/// Whether something is of interest, belongs to the forge, or is an action.
fn matters(path: &str, interest: fn(&str) -> bool) -> bool {
    let action = path.ends_with("action.yml") || path.ends_with("action.yaml");
    path.starts_with(".github") || action || (path != ".git" && interest(path))
}

/// When a file was changed, in content, name or mode: unlike the time of its content, nobody can set this one.
#[cfg(unix)]
fn changed_at(meta: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let seconds = Duration::from_secs(meta.ctime().try_into().ok()?);
    Some(SystemTime::UNIX_EPOCH + seconds + Duration::from_nanos(meta.ctime_nsec().try_into().ok()?))
}

/// When the content of a file was changed.
#[cfg(not(unix))]
fn changed_at(meta: &Metadata) -> Option<SystemTime> {
    meta.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_later_changes_of_what_matters_count() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "x").unwrap();
        };
        write(".github/workflows/ci.yml");
        write("src/deep/code.py");
        let newest = |path: &str| changed_at(&fs::metadata(root.path().join(path)).unwrap()).unwrap();
        let later = newest(".github/workflows/ci.yml") + 10 * SLACK;
        assert!(since(root.path(), newest(".github/workflows/ci.yml")));
        assert!(!since(root.path(), later));
        assert!(since(&root.path().join("gone"), later));
        assert!(since(root.path(), SystemTime::UNIX_EPOCH));
    }
}
