//! Which package index an address or a name means.

use super::{Aim, PublishKind, Registry};
use crate::fact::workflow::Text;

/// What an index is for, by its upload address; an empty address is the default index.
pub fn by_address(text: &Text) -> Aim {
    // What stands before an expression may name the host already.
    let written = text.value.split("${{").next().unwrap_or_default();
    if written.split_once("://").is_some_and(|(_, rest)| rest.contains('/')) {
        return by_url(written).into();
    }
    released(text, |url| Some(by_url(url)))
}

/// What an index is for, by the name that `twine`, `uv`, `poetry` and others know it under, or by its address.
pub fn by_name(text: &Text) -> Aim {
    released(text, |name| Some(by_known_name(name)))
}

/// What an npm registry is for.
pub fn npm(text: Option<&Text>) -> Aim {
    text.map_or(PublishKind::Production.into(), |text| released(text, |url| Some(npm_registry(url))))
}

/// What a registry of crates or gems is for, by its name or address.
pub fn host(text: Option<&Text>) -> Aim {
    text.map_or(PublishKind::Production.into(), |text| released(text, |host| Some(other_host(host))))
}

/// What a gallery of .NET packages is for.
pub fn gallery(text: Option<&Text>) -> Aim {
    text.map_or(PublishKind::Production.into(), |text| released(text, |source| Some(nuget_source(source))))
}

fn released(text: &Text, reading: super::aim::Reading) -> Aim {
    Aim::read(text, PublishKind::Production, reading).unwrap_or(PublishKind::Production.into())
}

/// What the index of a registry is for, by its address alone.
pub fn by_registry(registry: Registry, address: &str) -> PublishKind {
    match registry {
        Registry::Pypi => by_known_name(address),
        Registry::Npm => npm_registry(address),
        Registry::Nuget => nuget_source(address),
        _ => other_host(address),
    }
}

fn by_url(url: &str) -> PublishKind {
    let url = url.trim();
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    // The hosts follow from the name of the registry; both are fixed by its documentation.
    let domain = format!("{}.org", Registry::Pypi.word());
    match host.to_ascii_lowercase() {
        host if host.is_empty() || host == domain || host == format!("upload.{domain}") => PublishKind::Production,
        host if host == format!("test.{domain}") => PublishKind::Test,
        // A host that only the run knows is taken for the real thing.
        host if host.contains('$') => PublishKind::Production,
        _ => PublishKind::OtherIndex,
    }
}

fn by_known_name(name: &str) -> PublishKind {
    let name = name.trim().to_ascii_lowercase();
    match name.as_str() {
        "" | "pypi" | "main" => PublishKind::Production,
        _ if name.contains("://") => by_url(&name),
        // So is a name.
        _ if name.contains('$') => PublishKind::Production,
        _ if name.contains("test") => PublishKind::Test,
        _ => PublishKind::OtherIndex,
    }
}

fn npm_registry(url: &str) -> PublishKind {
    real(url.is_empty() || url.contains("npmjs.") || url.contains('$'))
}

fn other_host(host: &str) -> PublishKind {
    let gems = host.contains("rubygems.") && !host.contains("rubygems.pkg.");
    real(matches!(host, "" | "crates-io") || host.contains("index.crates.") || gems || host.contains('$'))
}

fn nuget_source(source: &str) -> PublishKind {
    let packages = source.contains("nuget.") && !source.contains("nuget.pkg.");
    real(source.is_empty() || packages || source.contains('$'))
}

fn real(known: bool) -> PublishKind {
    if known { PublishKind::Production } else { PublishKind::OtherIndex }
}

/// Whether the name of an environment speaks of a rehearsal.
pub fn is_test_environment(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("testpypi") || name.contains("test-pypi") || name.contains("test_pypi") || name == "test"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn text(value: impl Into<String>) -> Text {
        Text::within(value, Span::default())
    }

    fn domain() -> String {
        format!("{}.org", "pypi")
    }

    #[test]
    fn addresses_tell_the_kind_of_index() {
        let domain = domain();
        let kind = |url: &str| by_address(&text(url)).kind;
        assert_eq!(kind(""), PublishKind::Production);
        assert_eq!(kind(&format!("https://upload.{domain}/legacy/")), PublishKind::Production);
        assert_eq!(kind(&format!("https://test.{domain}/legacy/")), PublishKind::Test);
        assert_eq!(kind(&format!("https://test.{domain}/${{{{ vars.PATH }}}}/")), PublishKind::Test);
        assert_eq!(kind(&format!("https://test.{domain}.evil.example/legacy/")), PublishKind::OtherIndex);
        assert_eq!(kind("https://pkgs.example/simple"), PublishKind::OtherIndex);
        assert_eq!(kind("${{ vars.URL }}"), PublishKind::Production);
        assert_eq!(kind("$URL"), PublishKind::Production);
        assert_eq!(kind("https://$HOST/legacy/"), PublishKind::Production);
    }

    #[test]
    fn an_address_that_is_a_rehearsal_for_some_events_is_a_release_for_others() {
        let domain = domain();
        let (test, real) = (format!("'https://test.{domain}/legacy/'"), format!("'https://upload.{domain}/legacy/'"));
        for mixed in [
            format!("${{{{ inputs.x == 'testpypi' && {test} || {real} }}}}"),
            format!("${{{{ inputs.x && {test} || '' }}}}"),
            format!("${{{{ inputs.x && {real} || {test} }}}}"),
            format!("https://${{{{ inputs.x && 'test' || 'upload' }}}}.{domain}/legacy/"),
        ] {
            let aim = by_address(&text(mixed.as_str()));
            assert_eq!((aim.kind, aim.asks.len()), (PublishKind::Production, 1), "{mixed}");
        }
        let aim = by_address(&text(format!("${{{{ inputs.x && {test} || {test} }}}}")));
        assert_eq!((aim.kind, aim.asks.len()), (PublishKind::Test, 0));
    }

    #[test]
    fn names_tell_the_kind_of_index() {
        let kind = |name: &str| by_name(&text(name)).kind;
        assert_eq!(kind("testpypi"), PublishKind::Test);
        assert_eq!(kind("pypi"), PublishKind::Production);
        assert_eq!(kind("internal"), PublishKind::OtherIndex);
        assert_eq!(kind("$REPO"), PublishKind::Production);
        assert_eq!(kind("$TESTED_REPO"), PublishKind::Production);
        assert_eq!(kind("${{ inputs.x && 'testpypi' || 'pypi' }}"), PublishKind::Production);
        assert_eq!(kind("${{ inputs.testpypi }}"), PublishKind::Production);
        assert_eq!(kind("${{ inputs.x && 'testpypi' || 'testpypi' }}"), PublishKind::Test);
    }

    #[test]
    fn registries_of_other_languages_are_told_from_indexes_of_one_s_own() {
        use PublishKind::{OtherIndex, Production};
        let text = |value: &str| Some(text(value));
        for (url, kind) in [
            ("https://registry.npmjs.example/", Production),
            ("https://npm.example/", OtherIndex),
            ("${{ inputs.x && 'https://npm.example/' || 'https://registry.npmjs.example/' }}", Production),
            ("${{ inputs.x && 'https://npm.example/' || 'https://npm2.example/' }}", OtherIndex),
        ] {
            assert_eq!(npm(text(url).as_ref()).kind, kind, "{url}");
        }
        for (name, kind) in [
            ("crates-io", Production),
            ("internal", OtherIndex),
            ("$REGISTRY", Production),
            ("${{ inputs.x && 'internal' || 'crates-io' }}", Production),
            ("https://rubygems.example", Production),
            ("https://rubygems.pkg.github.example/o", OtherIndex),
        ] {
            assert_eq!(host(text(name).as_ref()).kind, kind, "{name}");
        }
        assert_eq!(gallery(text("https://api.nuget.example/v3/index.json").as_ref()).kind, Production);
        assert_eq!(gallery(text("https://nuget.pkg.github.example/o").as_ref()).kind, OtherIndex);
        assert_eq!([npm(None).kind, host(None).kind, gallery(None).kind], [Production; 3]);
    }
}
