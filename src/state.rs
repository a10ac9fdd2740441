//! The folders that belong to the program. No other file knows where they are.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

pub mod memory;
pub mod replace;
pub mod temporary;

/// Name of the user's configuration in its folder.
const CONFIG_FILE: &str = "config.yaml";

/// Name of the log in the state folder.
const LOG_FILE: &str = "shipworthy.log";

/// Name of what the dashboard keeps from one start to the next, in the state folder.
const SESSION_FILE: &str = "session.json";

/// Where the user's configuration is kept; none where there is no home folder. `XDG_CONFIG_HOME` counts on every
/// system when it is set, as it does on Linux.
pub fn config_file() -> Option<PathBuf> {
    let folder = match chosen("XDG_CONFIG_HOME") {
        Some(folder) => folder,
        None => ProjectDirs::from("", "", "shipworthy")?.config_dir().to_owned(),
    };
    Some(folder.join(CONFIG_FILE))
}

/// Where the program keeps what it writes for itself and what must survive a restart, such as the journal for undo;
/// none where there is no home folder. `XDG_STATE_HOME` counts on every system when it is set, as it does on Linux.
/// Nothing is made here.
pub fn state_folder() -> Option<PathBuf> {
    chosen("XDG_STATE_HOME").or_else(|| {
        let folders = ProjectDirs::from("", "", "shipworthy")?;
        Some(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_owned())
    })
}

/// Where answers are kept that can be had again; none where there is no home folder. `XDG_CACHE_HOME` counts on every
/// system when it is set, as it does on Linux. Nothing is made here.
pub fn cache_folder() -> Option<PathBuf> {
    chosen("XDG_CACHE_HOME").or_else(|| Some(ProjectDirs::from("", "", "shipworthy")?.cache_dir().to_owned()))
}

/// The log of the dashboard.
pub fn log_file() -> Option<PathBuf> {
    Some(state_folder()?.join(LOG_FILE))
}

/// What the dashboard keeps from one start to the next.
pub fn session_file() -> Option<PathBuf> {
    Some(state_folder()?.join(SESSION_FILE))
}

/// The program's own folder below one that an environment variable names; only absolute paths count.
fn chosen(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_absolute());
    Some(folder?.join("shipworthy"))
}

/// Writes a file that only the user may read: the whole of it, or nothing at all.
///
/// # Errors
/// What the system says.
pub fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    replace::private_folder(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file).map(|_| ()).map_err(|error| error.error)
}

/// A path as a person wrote it in a configuration, with a leading `~/` put in full.
pub fn expand(path: &str) -> PathBuf {
    let home = path.strip_prefix("~/").and_then(|rest| Some(BaseDirs::new()?.home_dir().join(rest)));
    home.unwrap_or_else(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_a_leading_home_is_put_in_full() {
        assert_eq!(expand("a/~/b"), PathBuf::from("a/~/b"));
        assert_eq!(expand("~other/b"), PathBuf::from("~other/b"));
        assert!(!expand("~/b").starts_with("~") || BaseDirs::new().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_kept_is_private_and_replaced_as_a_whole() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("new/folder/kept.json");
        write_private(&file, b"first").unwrap();
        write_private(&file, b"second").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"second");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&home.path().join("new/folder"))), (0o600, 0o700));
        assert_eq!(fs::read_dir(home.path().join("new/folder")).unwrap().count(), 1);
    }
}
