//! From status, headers and body to an answer, a redirection, or the reason why there is no answer.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::answer::{Answer, Why};
use super::budget;
use super::engine::Raw;
use super::origin::{self, Api};
use super::request::{Method, Request, Resource};
use crate::text::clean;

/// Deepest nesting of JSON that is read.
const MAX_DEPTH: usize = 128;

/// What a whole exchange amounts to.
#[derive(Debug)]
pub enum Reply {
    /// An answer.
    Answer(Answer),
    /// What is kept is still right (304).
    Unchanged,
    /// The same question is to be asked at another path of the same origin.
    Moved(Request),
}

/// Why there is no reply, and for whom and how long asking makes no sense.
#[derive(Debug)]
pub struct Refused {
    /// What happened.
    pub why: Why,
    /// Set at a limit.
    pub pause: Option<Pause>,
}

/// A time in which nothing is asked.
#[derive(Clone, Copy, Debug)]
pub struct Pause {
    /// Whether nothing at all is to be asked, rather than nothing of this resource.
    pub all: bool,
    /// How long.
    pub wait: Duration,
}

impl From<Why> for Refused {
    fn from(why: Why) -> Self {
        Self { why, pause: None }
    }
}

/// Reads what came back from an address.
///
/// # Errors
/// What is no answer of a server in order.
pub fn read(api: &Api, address: &Url, request: &Request, raw: &Raw) -> Result<Reply, Refused> {
    let now = Timestamp::now();
    let status = raw.status;
    match status.as_u16() {
        304 => return Ok(Reply::Unchanged),
        301 | 302 | 303 | 307 | 308 => return redirection(api, address, request, raw).map_err(Refused::from),
        401 => return Err(Why::Auth(auth_words(raw)).into()),
        403 | 429 if is_limit(raw) => return Err(limit(request.resource, &raw.headers, now)),
        500.. => return Err(Why::Server(server_words(raw)).into()),
        300..=399 => return Err(Why::Nonsense(format!("status {status}")).into()),
        _ => {}
    }
    let json = must_be_json(request, status);
    if json {
        check_json(&raw.body)?;
    }
    if request.resource == Resource::Graphql && status == StatusCode::OK {
        check_graphql(raw, now)?;
    }
    let next = next_page(api, address, request, &raw.headers)?;
    let header = |name: &str| Some(clean::short(raw.headers.get(name)?.to_str().ok()?, 500));
    Ok(Reply::Answer(Answer {
        endpoint: request.endpoint(),
        status: status.as_u16(),
        body: raw.body.clone(),
        next,
        fetched_at: now,
        stale: false,
        kept_because: None,
        moved_to: None,
        accepted_permissions: header("x-accepted-github-permissions"),
        scopes: header("x-oauth-scopes"),
        needs_sso: header("x-github-sso").is_some_and(|value| value.starts_with("required")),
    }))
}

/// Whether the body must be JSON: everything that GitHub says but for the raw bytes of a file; what an index answers
/// where it has the page.
fn must_be_json(request: &Request, status: StatusCode) -> bool {
    let wants_json = request.accept.ends_with("json") && !request.accept.contains(".raw");
    match (status, request.resource) {
        (StatusCode::OK, _) => wants_json,
        (StatusCode::NO_CONTENT, _) | (_, Resource::Index) => false,
        _ => true,
    }
}

fn check_json(body: &[u8]) -> Result<(), Refused> {
    if depth(body) > MAX_DEPTH {
        return Err(Why::NotJson(format!("it is nested more than {MAX_DEPTH} levels deep")).into());
    }
    let Ok(text) = std::str::from_utf8(body) else { return Err(Why::NotJson("it is not UTF-8".to_owned()).into()) };
    let read: Result<IgnoredAny, _> = serde_json::from_str(text);
    read.map(|_| ()).map_err(|error| match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Why::NotJson("it is empty".to_owned()).into(),
        Some(b'<') => Why::NotJson("it is a page of HTML".to_owned()).into(),
        Some(_) => Why::NotJson(format!("it is no JSON: {}", clean::short(&error.to_string(), 100))).into(),
    })
}

/// Deepest nesting, texts left out.
fn depth(body: &[u8]) -> usize {
    let (mut deep, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'[' | b'{') => {
                deep += 1;
                deepest = deepest.max(deep);
            }
            (false, b']' | b'}') => deep = deep.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The errors of a GraphQL answer, as far as their kind matters here.
#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<GraphqlError>,
}

#[derive(Deserialize)]
struct GraphqlError {
    #[serde(rename = "type", default)]
    kind: String,
}

fn graphql_errors(body: &[u8]) -> Vec<GraphqlError> {
    serde_json::from_slice::<Errors>(body).map(|read| read.errors).unwrap_or_default()
}

/// A limit of GraphQL comes with status 200.
fn check_graphql(raw: &Raw, now: Timestamp) -> Result<(), Refused> {
    let limited = graphql_errors(&raw.body).iter().any(|error| error.kind.starts_with("RATE_LIMIT"));
    if limited { Err(limit(Resource::Graphql, &raw.headers, now)) } else { Ok(()) }
}

/// Whether a GraphQL answer tells all it can: refusals are answers, failures of the server are not.
pub fn is_whole_graphql(body: &[u8]) -> bool {
    graphql_errors(body).iter().all(|error| matches!(error.kind.as_str(), "NOT_FOUND" | "FORBIDDEN"))
}

/// Whether a 403 or 429 speaks of a limit rather than of a permission.
fn is_limit(raw: &Raw) -> bool {
    let spent = raw.headers.get("x-ratelimit-remaining").is_some_and(|left| left.as_bytes() == b"0");
    let message = message(&raw.body).to_ascii_lowercase();
    raw.status == StatusCode::TOO_MANY_REQUESTS
        || spent
        || raw.headers.contains_key("retry-after")
        || ["rate limit", "abuse detection"].iter().any(|words| message.contains(words))
}

fn limit(resource: Resource, headers: &HeaderMap, now: Timestamp) -> Refused {
    let wait = budget::pause_after(headers, now);
    // A spent quota is that of one resource; whatever else was refused is meant for all.
    let all = headers.get("x-ratelimit-remaining").is_none_or(|left| left.as_bytes() != b"0");
    let until = now.checked_add(jiff::SignedDuration::try_from(wait).unwrap_or_default()).unwrap_or(now);
    Refused { why: Why::Limited { resource: resource.word(), until }, pause: Some(Pause { all, wait }) }
}

fn message(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Words {
        #[serde(default)]
        message: String,
    }
    serde_json::from_slice::<Words>(body).map(|words| clean::short(&words.message, 200)).unwrap_or_default()
}

fn auth_words(raw: &Raw) -> String {
    match message(&raw.body) {
        words if words.is_empty() => "the token was refused".to_owned(),
        words => format!("the token was refused: {words}"),
    }
}

fn server_words(raw: &Raw) -> String {
    match message(&raw.body) {
        words if words.is_empty() => format!("status {}", raw.status.as_u16()),
        words => format!("status {}, {words}", raw.status.as_u16()),
    }
}

/// Where a redirection leads, when that is the same origin and the question stays the same.
fn redirection(api: &Api, address: &Url, request: &Request, raw: &Raw) -> Result<Reply, Why> {
    let location = raw.headers.get("location").and_then(|location| location.to_str().ok());
    let Some(location) = location else { return Err(Why::Nonsense("a redirection to nowhere".to_owned())) };
    let elsewhere = || Why::RedirectedElsewhere(origin::shown(location));
    let keeps_body = matches!(raw.status.as_u16(), 307 | 308);
    if request.method == Method::Post && !keeps_body {
        return Err(elsewhere());
    }
    let target = address.join(location).map_err(|_| elsewhere())?;
    api.request_for(&target, request).map(Reply::Moved).ok_or_else(elsewhere)
}

/// The next page of a list. One that is elsewhere makes the list incomplete, so it is an error.
fn next_page(api: &Api, address: &Url, request: &Request, headers: &HeaderMap) -> Result<Option<Request>, Why> {
    let mut links = headers.get_all("link").iter().filter_map(|link| link.to_str().ok());
    let Some(next) = links.find_map(find_next) else { return Ok(None) };
    let elsewhere = || Why::RedirectedElsewhere(format!("{} for the next page", origin::shown(next)));
    let target = address.join(next).map_err(|_| elsewhere())?;
    api.request_for(&target, request).map(Some).ok_or_else(elsewhere)
}

/// The target of `rel="next"` in a `Link` header (RFC 8288).
fn find_next(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, parameters) = after.split_once('>')?;
        let end = parameters.find('<').unwrap_or(parameters.len());
        let (parameters, others) = parameters.split_at_checked(end)?;
        let is_next = |parameter: &str| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim().trim_end_matches(',').trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel") && value.split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
        };
        if parameters.split(';').any(is_next) {
            return Some(target);
        }
        rest = others;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use serde_json::json;

    fn raw(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> Raw {
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        Raw { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::from_static(body.as_bytes()) }
    }

    fn read_as(request: &Request, raw: &Raw) -> Result<Reply, Refused> {
        let api = Api::parse("https://ghes.test/api/v3").unwrap();
        let address = api.address(request).unwrap();
        read(&api, &address, request, raw)
    }

    fn got(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> Result<Reply, Refused> {
        read_as(&Request::get(&["x"]), &raw(status, headers, body))
    }

    fn why(outcome: Result<Reply, Refused>) -> Why {
        outcome.unwrap_err().why
    }

    #[test]
    fn refusals_for_a_permission_are_answers_and_limits_are_not() {
        let permission = [("x-accepted-github-permissions", "administration=read"), ("x-ratelimit-remaining", "12")];
        let Reply::Answer(answer) = got(403, &permission, r#"{"message":"Resource not accessible"}"#).unwrap() else {
            panic!()
        };
        assert_eq!((answer.status, answer.message().as_str()), (403, "Resource not accessible"));
        assert_eq!(answer.accepted_permissions.as_deref(), Some("administration=read"));
        for (headers, body, all) in [
            (&[("x-ratelimit-remaining", "0")][..], "{}", false),
            (&[("retry-after", "9")], "{}", true),
            (&[], r#"{"message":"You have exceeded a secondary rate limit"}"#, true),
        ] {
            let refused = got(403, headers, body).unwrap_err();
            assert!(matches!(refused.why, Why::Limited { .. }), "{refused:?}");
            assert_eq!(refused.pause.unwrap().all, all);
        }
        assert!(matches!(why(got(429, &[], "")), Why::Limited { .. }));
    }

    #[test]
    fn a_limit_of_graphql_comes_with_status_200() {
        let query = Request::graphql("{x}", &json!({}));
        let limited = raw(200, &[], r#"{"errors":[{"type":"RATE_LIMITED","message":"x"}]}"#);
        assert!(matches!(why(read_as(&query, &limited)), Why::Limited { resource: "graphql", .. }));
        let partial = raw(200, &[], r#"{"data":{"r0":null},"errors":[{"type":"NOT_FOUND"}]}"#);
        assert!(read_as(&query, &partial).is_ok() && is_whole_graphql(&partial.body));
        assert!(!is_whole_graphql(br#"{"data":null,"errors":[{"message":"timeout"}]}"#));
    }

    #[test]
    fn what_is_no_json_is_no_answer() {
        for (body, words) in [
            ("", "it is empty"),
            (" <html>", "it is a page of HTML"),
            ("{\"a\":1", "it is no JSON: EOF while parsing an object at line 1 column 6"),
        ] {
            assert_eq!(why(got(200, &[], body)), Why::NotJson(words.to_owned()));
            assert!(matches!(why(got(404, &[], body)), Why::NotJson(_)), "{body}");
        }
        let raw_text = Request::get(&["x"]).accepting(crate::source::github::request::GITHUB_RAW);
        assert!(read_as(&raw_text, &raw(200, &[], "not json")).is_ok());
        assert!(read_as(&raw_text, &raw(404, &[], "not json")).is_err());
        assert!(got(204, &[], "").is_ok());
    }

    #[test]
    fn nesting_is_counted_outside_of_texts() {
        assert_eq!(depth(br#"{"a": [[1], "[[[[\"[["]}"#), 3);
        assert_eq!(depth(b"]]]][["), 2);
        assert_eq!(depth(&vec![b'['; 100_000]), 100_000);
    }

    #[test]
    fn redirections_stay_on_the_origin() {
        let moved = |status, to: &str| got(status, &[("location", to)], "{}");
        let Reply::Moved(request) = moved(301, "https://ghes.test/api/v3/repositories/7/x?y=1").unwrap() else {
            panic!()
        };
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/repositories/7/x", "y=1"));
        assert!(matches!(moved(302, "/api/v3/y"), Ok(Reply::Moved(_))));
        for elsewhere in ["https://evil.test/api/v3/x", "http://ghes.test/api/v3/x", "//evil.test/x", "/login"] {
            assert!(matches!(why(moved(307, elsewhere)), Why::RedirectedElsewhere(_)), "{elsewhere}");
        }
        assert!(matches!(why(got(302, &[], "{}")), Why::Nonsense(_)));
        let query = Request::graphql("{x}", &json!({}));
        let post = |status| read_as(&query, &raw(status, &[("location", "/api/graphql")], "{}"));
        assert!(post(302).is_err() && matches!(post(308), Ok(Reply::Moved(_))));
    }

    #[test]
    fn next_pages_are_found_and_must_be_here() {
        let next = |link: &str| match got(200, &[("link", link)], "[]") {
            Ok(Reply::Answer(answer)) => Ok(answer.next.map(|next| next.query)),
            other => Err(why(other)),
        };
        let here = "https://ghes.test/api/v3/x";
        let usual =
            format!("<{here}?page=1>; rel=\"prev\", <{here}?page=3>; rel=\"next\", <{here}?page=9>; rel=\"last\"");
        assert_eq!(next(&usual), Ok(Some("page=3".to_owned())));
        assert_eq!(next(&format!("<{here}?a=1,2>; title=x; rel=next")), Ok(Some("a=1,2".to_owned())));
        assert_eq!(next(&format!("<{here}?page=9>; rel=\"last\"")), Ok(None));
        assert_eq!(next("nonsense; rel=\"next\""), Ok(None));
        assert!(matches!(next("<https://evil.test/x>; rel=\"next\""), Err(Why::RedirectedElsewhere(_))));
    }

    #[test]
    fn failures_keep_the_words_of_the_server_in_bounds() {
        assert_eq!(why(got(502, &[], "<html>\u{1b}[31m")), Why::Server("status 502".into()));
        assert_eq!(why(got(500, &[], r#"{"message":"a\u001b[b"}"#)), Why::Server("status 500, a\u{fffd}[b".into()));
        assert_eq!(
            why(got(401, &[], r#"{"message":"Bad credentials"}"#)),
            Why::Auth("the token was refused: Bad credentials".into())
        );
        assert!(matches!(got(304, &[], ""), Ok(Reply::Unchanged)));
    }
}
