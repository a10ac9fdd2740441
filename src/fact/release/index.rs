//! Which package index an address or a name means.

use super::{PublishKind, Registry};

/// What an index is for, by its upload address; an empty address is the default index.
pub fn by_url(url: &str) -> PublishKind {
    let url = url.trim();
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    // The hosts follow from the name of the registry; both are fixed by its documentation.
    let domain = format!("{}.org", Registry::Pypi.word());
    match host.to_ascii_lowercase() {
        host if host.is_empty() || host == domain || host == format!("upload.{domain}") => PublishKind::Production,
        host if host == format!("test.{domain}") => PublishKind::Test,
        _ if url.contains("${{") || url.starts_with('$') => PublishKind::Production,
        _ => PublishKind::OtherIndex,
    }
}

/// What an index is for, by the name that `twine`, `uv`, `poetry` and others know it under.
pub fn by_name(name: &str) -> PublishKind {
    let name = name.trim().to_ascii_lowercase();
    match name.as_str() {
        "" | "pypi" | "main" => PublishKind::Production,
        _ if name.contains("://") => by_url(&name),
        _ if name.contains("test") => PublishKind::Test,
        // A name that only the run knows is taken for the real thing.
        _ if name.contains('$') => PublishKind::Production,
        _ => PublishKind::OtherIndex,
    }
}

/// Whether the name of an environment speaks of a rehearsal.
pub fn is_test_environment(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("testpypi") || name.contains("test-pypi") || name.contains("test_pypi") || name == "test"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_the_kind_of_index() {
        let domain = format!("{}.org", "pypi");
        assert_eq!(by_url(""), PublishKind::Production);
        assert_eq!(by_url(&format!("https://upload.{domain}/legacy/")), PublishKind::Production);
        assert_eq!(by_url(&format!("https://test.{domain}/legacy/")), PublishKind::Test);
        assert_eq!(by_url(&format!("https://test.{domain}.evil.example/legacy/")), PublishKind::OtherIndex);
        assert_eq!(by_url("https://pkgs.example/simple"), PublishKind::OtherIndex);
        assert_eq!(by_url("${{ vars.URL }}"), PublishKind::Production);
    }

    #[test]
    fn names_tell_the_kind_of_index() {
        assert_eq!(by_name("testpypi"), PublishKind::Test);
        assert_eq!(by_name("pypi"), PublishKind::Production);
        assert_eq!(by_name("internal"), PublishKind::OtherIndex);
        assert_eq!(by_name("$REPO"), PublishKind::Production);
    }
}
