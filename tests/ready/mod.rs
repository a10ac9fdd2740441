//! A repository that is ready as far as its files can show it.

/// A release workflow and what else the files can show.
pub const WORKFLOW: &str = include_str!("release.yml");

/// A release page with boxes of its own.
pub const RELEASING: &str = "\
# Releasing

Only members of the release team may approve the environment `pypi`.

- [ ] Update the changelog
- [ ] Set the version

1. Update the changelog.
2. Set the version.
3. Start the release workflow and ask another maintainer to approve it.
";
