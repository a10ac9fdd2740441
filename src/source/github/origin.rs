//! The one place that requests and the token go to: scheme, host and port of an API, and the path of its root.

use std::net::IpAddr;

use url::{Host, Url};

use super::request::{Method, Request};
use crate::text::clean;

/// The API of github.com.
pub const GITHUB_API: &str = "https://api.github.com";

/// The root of an API. Every address that is asked is made from it, so nothing leaves its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    root: Url,
}

/// Why an address is no root of an API.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` {reason}")]
pub struct ApiError {
    /// What was typed, cleaned, without a password.
    pub typed: String,
    /// What is wrong with it.
    pub reason: &'static str,
    /// What to write instead.
    pub hint: &'static str,
}

/// What to write where nothing better is known.
const FORMS: &str = "write https://HOST/api/v3 for GitHub Enterprise Server, or leave it out for github.com";

impl Api {
    /// Reads the root of an API: https, or http on this machine alone; without user, query and fragment.
    ///
    /// # Errors
    /// Any other address.
    pub fn parse(typed: &str) -> Result<Self, ApiError> {
        let refuse = |reason, hint| Err(ApiError { typed: shown(typed), reason, hint });
        if typed.contains(clean::is_unwanted) || typed.contains([' ', '\\', '\t']) {
            return refuse("holds characters that no address has", FORMS);
        }
        let Ok(root) = Url::parse(typed) else { return refuse("is no address", FORMS) };
        if !root.username().is_empty() || root.password().is_some() {
            return refuse("carries a user name or a password", "hand over a token with --token-file or GH_TOKEN");
        }
        if root.query().is_some() || root.fragment().is_some() {
            return refuse("carries a query or a fragment", FORMS);
        }
        let api = Self { root };
        match (api.root.scheme(), api.root.host_str()) {
            (_, None | Some("")) => refuse("names no host", FORMS),
            (_, Some("github.com" | "www.github.com")) => {
                refuse("is the web site, not the API", "leave it out, or write https://api.github.com")
            }
            ("https", _) => Ok(api),
            ("http", _) if api.is_loopback() => Ok(api),
            ("http", _) => refuse("would send the token unencrypted", "write https://; http is for this machine alone"),
            _ => refuse("is neither https nor http", FORMS),
        }
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        match self.root.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }

    /// Whether it is GitHub's own service: github.com, or a company's place at ghe.com.
    pub fn is_github_service(&self) -> bool {
        let host = self.root.host_str().unwrap_or_default();
        let usual = self.root.scheme() == "https" && self.root.port().is_none();
        usual && (host == "api.github.com" || host.strip_suffix(".ghe.com").is_some_and(|label| !label.is_empty()))
    }

    /// The host that people visit, with a port when it is not the usual one: `github.com` for `api.github.com`.
    pub fn web_host(&self) -> String {
        let host = self.root.host_str().unwrap_or_default();
        let host = if self.is_github_service() { host.strip_prefix("api.").unwrap_or(host) } else { host };
        self.root.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The host that is asked, with a port when it is not the usual one.
    pub fn host(&self) -> String {
        let host = self.root.host_str().unwrap_or_default();
        self.root.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Scheme, host and port: `https://api.github.com`.
    pub fn origin(&self) -> String {
        self.root.origin().ascii_serialization()
    }

    /// The root as it is shown: `https://api.github.com`, `https://HOST/api/v3`.
    pub fn shown(&self) -> &str {
        self.root.as_str().trim_end_matches('/')
    }

    /// The full address of a request; none for a path that would not arrive as it is written.
    pub fn address(&self, request: &Request) -> Option<Url> {
        let root = self.root.path().trim_end_matches('/');
        // A GHES answers REST below /api/v3 and GraphQL at /api/graphql.
        let root = if is_graphql(request) { root.strip_suffix("/v3").unwrap_or(root) } else { root };
        let path = format!("{root}{}", request.path);
        let mut address = self.root.clone();
        address.set_path(&path);
        address.set_query(Some(request.query.as_str()).filter(|query| !query.is_empty()));
        // `..` as a segment, however written, would be resolved on the way.
        (address.path() == path && self.is_origin_of(&address)).then_some(address)
    }

    /// Whether an address has this scheme, host and port, and carries no user.
    pub fn is_origin_of(&self, address: &Url) -> bool {
        address.origin() == self.root.origin() && address.username().is_empty() && address.password().is_none()
    }

    /// The request for an address that this API pointed to, such as the next page; none when it is elsewhere.
    pub fn request_for(&self, address: &Url, like: &Request) -> Option<Request> {
        let root = self.root.path().trim_end_matches('/');
        let root = if is_graphql(like) { root.strip_suffix("/v3").unwrap_or(root) } else { root };
        let path = address.path().strip_prefix(root).filter(|path| path.starts_with('/'))?;
        let query = address.query().unwrap_or_default().to_owned();
        self.is_origin_of(address).then(|| Request { path: path.to_owned(), query, ..like.clone() })
    }
}

fn is_graphql(request: &Request) -> bool {
    request.method == Method::Post && request.path == "/graphql"
}

/// An address as errors show it: cleaned, cut, and without user and password.
pub fn shown(address: &str) -> String {
    let hidden = address.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (_, host) = authority.rsplit_once('@')?;
        Some(format!("{scheme}://***@{host}{path}"))
    });
    clean::short(&hidden.unwrap_or_else(|| address.to_owned()), 200)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn api(typed: &str) -> Api {
        Api::parse(typed).unwrap()
    }

    #[test]
    fn only_https_and_this_machine_are_roots() {
        for good in [
            "https://api.github.com",
            "https://api.github.com/",
            "https://ghes.example.org/api/v3/",
            "http://127.0.0.1:8080",
            "http://127.8.9.1:1/api/v3",
            "http://localhost:80/",
            "http://[::1]:9",
        ] {
            assert!(Api::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.github.com",
            "ftp://api.github.com",
            "http://api.github.com",
            "http://127.0.0.1.evil.test",
            "http://localhost.evil.test",
            "http://0.0.0.0:80",
            "https://api.github.com@evil.test",
            "https://user:secret@ghes.example.org/api/v3",
            "https://api.github.com?x",
            "https://api.github.com#x",
            "https:\\\\api.github.com",
            "https://api.github.com\u{202e}.evil.test",
            "https://github.com",
            "file:///etc/passwd",
        ] {
            let error = Api::parse(bad).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn look_alikes_are_other_hosts() {
        for other in [
            "https://api.github.com.evil.test",
            "https://evil.test/api.github.com",
            "https://api.github.com:8443",
            "https://api-github.com",
            "https://api.gıthub.com",
            "https://api.githuḃ.com",
            "https://xn--api-github-9sb.com",
            "https://github.localhost",
            "https://evilghe.com",
            "https://.ghe.com.evil.test",
            "https://api.github.com.",
        ] {
            let other = api(other);
            assert!(!other.is_github_service(), "{}", other.shown());
            assert!(!other.is_origin_of(&Url::parse(GITHUB_API).unwrap()), "{}", other.shown());
            assert_ne!(other.web_host(), "github.com");
        }
        assert!(api("HTTPS://API.GitHub.COM:443/").is_github_service());
        assert_eq!(api("https://api.octo.ghe.com").web_host(), "octo.ghe.com");
        assert_eq!(api(GITHUB_API).web_host(), "github.com");
        assert_eq!(api("https://ghes.example.org:8443/api/v3").web_host(), "ghes.example.org:8443");
    }

    #[test]
    fn addresses_are_made_below_the_root() {
        let rest = Request::repo("o/r", &["environments", "a/b"]).with("per_page", "100");
        let graphql = Request::graphql("{x}", &json!({}));
        let address = |root: &str, request: &Request| api(root).address(request).unwrap().to_string();
        assert_eq!(address(GITHUB_API, &rest), "https://api.github.com/repos/o/r/environments/a%2Fb?per_page=100");
        assert_eq!(address(GITHUB_API, &graphql), "https://api.github.com/graphql");
        assert_eq!(address("https://h.test/api/v3/", &graphql), "https://h.test/api/graphql");
        assert_eq!(
            address("https://h.test/api/v3", &rest),
            "https://h.test/api/v3/repos/o/r/environments/a%2Fb?per_page=100"
        );
        assert_eq!(address("http://127.0.0.1:9", &graphql), "http://127.0.0.1:9/graphql");
        for hostile in ["..", ".", "%2e%2e"] {
            let request = Request { path: format!("/repos/{hostile}/user"), ..rest.clone() };
            assert_eq!(api(GITHUB_API).address(&request), None, "{hostile}");
        }
    }

    #[test]
    fn pages_elsewhere_are_no_requests() {
        let root = api("https://h.test/api/v3");
        let like = Request::get(&["x"]);
        let next = |address: &str| root.request_for(&Url::parse(address).unwrap(), &like);
        assert_eq!(next("https://h.test/api/v3/x?page=2").unwrap().query, "page=2");
        for elsewhere in [
            "https://evil.test/api/v3/x?page=2",
            "http://h.test/api/v3/x",
            "https://h.test:444/api/v3/x",
            "https://u@h.test/api/v3/x",
            "https://h.test/x",
            "https://h.test/api/v33/x",
        ] {
            assert_eq!(next(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn passwords_are_masked() {
        assert_eq!(shown("http://me:secret@proxy.test:3128/x"), "http://***@proxy.test:3128/x");
        assert_eq!(shown("https://h.test/a@b"), "https://h.test/a@b");
    }
}
