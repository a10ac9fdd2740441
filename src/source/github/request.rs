//! What is asked: a method that reads, a path below the API's root, and perhaps a body.

use std::fmt;

use bytes::Bytes;
use serde_json::{Value, json};

/// Media type of GitHub's REST answers.
pub const GITHUB_JSON: &str = "application/vnd.github+json";
/// Media type that answers with the bytes of a file instead of JSON about it.
pub const GITHUB_RAW: &str = "application/vnd.github.raw+json";
/// Most pages of one list that are read, unless a request says otherwise.
const MAX_PAGES: u32 = 10;

/// The budget that a request draws on; GitHub counts each on its own (`x-ratelimit-resource`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// REST requests.
    Core,
    /// Points of GraphQL queries.
    Graphql,
    /// Requests of search.
    Search,
    /// Anything at a package index, which has no published limit.
    Index,
}

impl Resource {
    /// The name in `x-ratelimit-resource`; for an index, its name in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
            Self::Search => "search",
            Self::Index => "index",
        }
    }
}

/// How it is asked. Both read: GraphQL and the bulk list of attestations are reads that are spelled POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// POST that changes nothing.
    Post,
}

impl Method {
    /// The method as HTTP writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One question. It is the same whoever asks it; the client adds host, token and headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// How it is asked.
    pub method: Method,
    /// Percent-encoded path below the API's root, with its leading `/`.
    pub path: String,
    /// Percent-encoded query without `?`; empty without one.
    pub query: String,
    /// The body of a POST: JSON.
    pub body: Option<Bytes>,
    /// Media type that is asked for.
    pub accept: &'static str,
    /// The budget it draws on.
    pub resource: Resource,
    /// Most pages that [`fetch_all_pages`](super::Client::fetch_all_pages) reads.
    pub max_pages: u32,
    /// Whether less can be asked for at once; see [`dividing`](Self::dividing).
    pub divides: bool,
    /// Whether it leaves what was promised to more telling questions; see [`yielding`](Self::yielding).
    pub yields: bool,
}

impl Request {
    /// A GET of the path that the segments make: `["repos", owner, name, "environments"]`. Each segment is
    /// percent-encoded, so that the `/` of an environment or branch stays part of its name.
    pub fn get(segments: &[&str]) -> Self {
        Self {
            method: Method::Get,
            path: path(segments),
            query: String::new(),
            body: None,
            accept: GITHUB_JSON,
            resource: Resource::Core,
            max_pages: MAX_PAGES,
            divides: false,
            yields: false,
        }
    }

    /// A GET below a repository: `Request::repo("o/r", &["environments"])` is `GET /repos/o/r/environments`.
    pub fn repo(full_name: &str, segments: &[&str]) -> Self {
        let (owner, name) = full_name.split_once('/').unwrap_or((full_name, ""));
        let all: Vec<&str> = ["repos", owner, name].into_iter().chain(segments.iter().copied()).collect();
        Self::get(&all)
    }

    /// A POST that reads, such as `POST /orgs/{org}/attestations/bulk-list`.
    pub fn post(segments: &[&str], body: &Value) -> Self {
        Self { method: Method::Post, body: Some(body.to_string().into()), ..Self::get(segments) }
    }

    /// A GraphQL query with its variables (POST /graphql).
    pub fn graphql(document: &str, variables: &Value) -> Self {
        let body = json!({"query": document, "variables": variables});
        Self { resource: Resource::Graphql, ..Self::post(&["graphql"], &body) }
    }

    /// The same with one more pair in its query.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&format!("{}={}", encode(key), encode(value)));
        self
    }

    /// The same, asking for another media type.
    #[must_use]
    pub const fn accepting(mut self, media_type: &'static str) -> Self {
        self.accept = media_type;
        self
    }

    /// The same, reading at most so many pages.
    #[must_use]
    pub const fn at_most_pages(mut self, pages: u32) -> Self {
        self.max_pages = pages;
        self
    }

    /// The same; whoever asks can ask for less at once. What the server finds too heavy (502, 504, no answer in time) is
    /// then not tried again, which would cost further points each time.
    #[must_use]
    pub const fn dividing(mut self, divides: bool) -> Self {
        self.divides = divides;
        self
    }

    /// The same, not made where the quota is short of what [`Client::promise`](super::Client::promise) holds back.
    #[must_use]
    pub const fn yielding(mut self) -> Self {
        self.yields = true;
        self
    }

    /// Method and path, as evidence and errors name them: `GET /repos/o/r/environments`.
    pub fn endpoint(&self) -> String {
        format!("{} {}", self.method.word(), self.path)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.endpoint())
    }
}

fn path(segments: &[&str]) -> String {
    segments.iter().map(|segment| format!("/{}", encode(segment))).collect()
}

/// Percent-encodes everything but letters, digits and `-._~` (RFC 3986, unreserved).
fn encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_segment_each() {
        let request = Request::repo("o/r", &["environments", "prod/eu 1"]).with("per_page", "100").with("q", "a&b");
        assert_eq!(request.endpoint(), "GET /repos/o/r/environments/prod%2Feu%201");
        assert_eq!(request.query, "per_page=100&q=a%26b");
        assert_eq!(Request::get(&["branches", "../../user"]).path, "/branches/..%2F..%2Fuser");
    }

    #[test]
    fn a_query_is_a_read_that_is_spelled_post() {
        let request = Request::graphql("query { viewer { login } }", &json!({}));
        assert_eq!((request.endpoint().as_str(), request.resource), ("POST /graphql", Resource::Graphql));
        assert_eq!(&request.body.unwrap()[..], br#"{"query":"query { viewer { login } }","variables":{}}"#);
    }
}
