//! Commits of well-known actions, for steps that a fix adds: a bundled table, then what is known of versions.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::fact::Facts;
use crate::fact::workflow::uses::{PinKind, pin_kind, version_in};

/// A release of an action.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Release {
    version: String,
    commit: String,
}

static TABLE: LazyLock<BTreeMap<String, Release>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("../../assets/pins.yaml")).unwrap_or_default());

/// `owner/repo@commit # version` of an action; none where no commit of it is known.
pub fn pinned(facts: &Facts, action: &str) -> Option<String> {
    let release = TABLE.get(action).cloned().or_else(|| resolved(facts, action))?;
    Some(format!("{action}@{} # {}", release.commit, release.version))
}

/// What was resolved for this repository: the longest version of any reference to the action.
fn resolved(facts: &Facts, action: &str) -> Option<Release> {
    let pins = facts.pins.value()?.iter();
    let ours = pins.filter(|(key, _)| key.rsplit_once('@').is_some_and(|(name, _)| name == action));
    let releases = ours.filter_map(|(_, pin)| {
        let commit = pin.commit.clone().filter(|commit| pin_kind(commit) == PinKind::Full)?;
        let versions = pin.tags.iter().filter(|tag| version_in(tag).as_ref() == Some(tag));
        Some(Release { version: versions.max_by_key(|tag| tag.len())?.clone(), commit })
    });
    releases.max_by_key(|release| release.version.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_every_row_is_a_commit_of_a_full_version() {
        assert!(TABLE.len() >= 7);
        for (action, release) in TABLE.iter() {
            assert_eq!(pin_kind(&release.commit), PinKind::Full, "{action}");
            assert_eq!(version_in(&release.version).as_ref(), Some(&release.version), "{action}");
            assert_eq!(release.version.split('.').count(), 3, "{action}");
        }
        assert_eq!(pinned(&Facts::default(), "rust-lang/crates-io-auth-action"), None);
        assert!(pinned(&Facts::default(), "actions/attest").unwrap().starts_with("actions/attest@1e69f48a"));
    }
}
