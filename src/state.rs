//! The folders that belong to the program. No other file knows where they are.

use std::path::PathBuf;

use directories::{BaseDirs, ProjectDirs};

pub mod memory;
pub mod replace;

/// Name of the user's configuration in its folder.
const CONFIG_FILE: &str = "config.yaml";

/// Where the user's configuration is kept; none where there is no home folder. `XDG_CONFIG_HOME` counts on every
/// system when it is set, as it does on Linux.
pub fn config_file() -> Option<PathBuf> {
    let chosen = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = match chosen {
        Some(folder) => folder.join("shipworthy"),
        None => ProjectDirs::from("", "", "shipworthy")?.config_dir().to_owned(),
    };
    Some(folder.join(CONFIG_FILE))
}

/// Where the program keeps what it remembers; none where there is no home folder. `XDG_STATE_HOME` counts on every
/// system when it is set, as it does on Linux.
pub fn state_folder() -> Option<PathBuf> {
    let chosen = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    if let Some(folder) = chosen {
        return Some(folder.join("shipworthy"));
    }
    let project = ProjectDirs::from("", "", "shipworthy")?;
    Some(project.state_dir().unwrap_or_else(|| project.data_local_dir()).to_owned())
}

/// A path as a person wrote it in a configuration, with a leading `~/` put in full.
pub fn expand(path: &str) -> PathBuf {
    let home = path.strip_prefix("~/").and_then(|rest| Some(BaseDirs::new()?.home_dir().join(rest)));
    home.unwrap_or_else(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_leading_home_is_put_in_full() {
        assert_eq!(expand("a/~/b"), PathBuf::from("a/~/b"));
        assert_eq!(expand("~other/b"), PathBuf::from("~other/b"));
        assert!(!expand("~/b").starts_with("~") || BaseDirs::new().is_none());
    }
}
