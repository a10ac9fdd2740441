//! Which package index an address or a name means.

use super::{Aim, PublishKind, Registry};
use crate::fact::workflow::Text;

/// What an index is for, by its upload address; an empty address is the default index.
pub fn by_address(text: &Text) -> Aim {
    // What stands before an expression may name the host already; who signs in there does not matter for that.
    let bare = without_user(&text.value);
    let written = bare.split("${{").next().unwrap_or_default();
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
    let host = host_of(url);
    // The hosts follow from the name of the registry; they are fixed by its documentation.
    let name = Registry::Pypi.word();
    let (domain, old) = (format!("{name}.org"), format!("{name}.python.org"));
    match host.strip_suffix(&domain) {
        Some("test.") => PublishKind::Test,
        // All other names of that domain are taken for the real thing.
        Some(rest) if rest.is_empty() || rest.ends_with('.') => PublishKind::Production,
        _ if host == format!("test{old}") => PublishKind::Test,
        // So is a host that only the run knows.
        _ => real(host.is_empty() || host == old || is_left_open(&host)),
    }
}

/// The host of an address, without user, port and the dot that may end it.
fn host_of(url: &str) -> String {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// An address without who signs in, and what signs in: the text before the last `@` of its authority, which may hold
/// expressions.
pub fn split_user(url: &str) -> (String, Option<&str>) {
    let whole = || (url.to_owned(), None);
    let Some((scheme, rest)) = url.split_once("://").filter(|(scheme, _)| !scheme.contains("${{")) else {
        return whole();
    };
    let (mut at, mut open, mut user) = (0, false, None);
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        open = if tail.starts_with("${{") { true } else { open && !tail.starts_with("}}") };
        match tail.chars().next() {
            Some('/' | '?' | '#' | '\\') if !open => break,
            Some('@') if !open => user = Some(at),
            _ => {}
        }
        at += tail.chars().next().map_or(1, char::len_utf8);
    }
    let Some(user) = user else { return whole() };
    let host = rest.get(user + 1..).unwrap_or_default();
    (format!("{scheme}://{host}"), rest.get(..user))
}

fn without_user(url: &str) -> String {
    split_user(url).0
}

/// Whether a shell fills a text in: `$X`, `` `x` `` and `%X%`.
fn is_left_open(text: &str) -> bool {
    text.contains(['$', '`', '%'])
}

fn by_known_name(name: &str) -> PublishKind {
    let name = name.trim().to_ascii_lowercase();
    match name.as_str() {
        _ if is_left_open(&name) && !name.contains("://") => PublishKind::Production,
        _ if name.contains("://") => by_url(&name),
        _ if parts(&name).any(|part| matches!(part, "test" | "testing" | "testpypi" | "pypitest")) => PublishKind::Test,
        _ => real(!is_own_index(&name)),
    }
}

/// The words that a name is made of: `latest` is no `test`.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric())
}

/// Whether a name in lower case is known to be that of an index of one's own. Where the address of a name cannot be seen, any other
/// name may be that of the real thing.
fn is_own_index(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "artifactory",
        "azure",
        "cloudsmith",
        "codeartifact",
        "devpi",
        "gemfury",
        "gitea",
        "github",
        "gitlab",
        "gpr",
        "internal",
        "jfrog",
        "local",
        "nexus",
        "private",
    ];
    parts(name).any(|part| KNOWN.contains(&part))
}

/// Whether a name or a host is known to be that of an index of one's own.
pub fn names_own_index(name: &str) -> bool {
    is_own_index(&name.to_ascii_lowercase())
}

/// Whether a registry named so, by its address or in words, is not known to be the real one.
fn is_elsewhere(registry: &str) -> bool {
    registry.contains(['/', '\\', '.']) || is_own_index(registry)
}

fn npm_registry(url: &str) -> PublishKind {
    let url = url.trim().to_ascii_lowercase();
    let known = url.contains("npmjs.") || url.contains("yarnpkg.") || is_left_open(&url);
    real(known || !is_elsewhere(&url))
}

fn other_host(host: &str) -> PublishKind {
    let host = host.trim().to_ascii_lowercase();
    let gems = host.contains("rubygems.") && !host.contains("rubygems.pkg.");
    let crates = host.contains("index.crates.") || host.contains(&format!("{}.io", Registry::Crates.word()));
    real(gems || crates || is_left_open(&host) || !is_elsewhere(&host))
}

fn nuget_source(source: &str) -> PublishKind {
    let source = source.trim().to_ascii_lowercase();
    let gallery = source.contains("nuget.") && !source.contains("nuget.pkg.");
    real(gallery || is_left_open(&source) || !is_elsewhere(&source))
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
        for host in ["user@upload.D", "u:p@upload.D:443", "a:$P@upload.D", "www.D", "upload.D.", "D.", "UPLOAD.D"] {
            let url = format!("https://{}/legacy/", host.replace('D', &domain));
            assert_eq!(kind(&url), PublishKind::Production, "{url}");
        }
        assert_eq!(kind(&format!("https://upload.{domain}@pkgs.example/")), PublishKind::OtherIndex);
        let signed = |host: &str| kind(&format!("https://__token__:${{{{ secrets.A || 'a/@' }}}}@{host}/legacy/"));
        assert_eq!(signed(&format!("upload.{domain}")), PublishKind::Production);
        assert_eq!(signed(&format!("test.{domain}")), PublishKind::Test);
        assert_eq!(signed("pkgs.example"), PublishKind::OtherIndex);
        assert_eq!(kind(&format!("https://not{domain}/")), PublishKind::OtherIndex);
        assert_eq!(kind(&format!("https://a:$P@test.{domain}./legacy/")), PublishKind::Test);
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
        assert_eq!(kind("my_test-index"), PublishKind::Test);
        for real in ["", "main", "prod", "latest", "contest", "${REPO:-testpypi}", "`cat test`", "%TEST%"] {
            assert_eq!(kind(real), PublishKind::Production, "{real}");
        }
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
            ("prod", Production),
            ("https://example/rust-lang/crates.io-index", Production),
            ("https://crates.example/index", OtherIndex),
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
