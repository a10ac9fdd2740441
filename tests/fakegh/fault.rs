//! What a server can do wrong.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Asked, Reply};

/// One thing that goes wrong on a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer takes so long.
    Delay(Duration),
    /// The body comes one byte at a time, so far apart.
    Drip(Duration),
    /// The connection is reset before the status line.
    ResetBeforeHeaders,
    /// The connection is reset after the headers and half of the body.
    ResetAfterHeaders,
    /// Half of the body, then the connection is closed in order; the length tells of the whole.
    Truncated,
    /// The length tells of less than the body.
    ShortLength,
    /// A failure of the server, as 500, 502, 503 or 504, with a page of HTML.
    Status(u16),
    /// 401 `Bad credentials`.
    Unauthorized,
    /// 403 with nothing left, and a reset after so many seconds.
    Limited(i64),
    /// 403 of the secondary limit, with `retry-after` of so many seconds.
    Secondary(u64),
    /// 429 with `retry-after` of so many seconds.
    TooMany(u64),
    /// A redirection with this status to this place.
    Redirect(u16, String),
    /// 304 although nothing was kept.
    NotModified,
    /// 200 with a page of HTML.
    Html,
    /// 200 with bytes that are not UTF-8 inside a string.
    InvalidUtf8,
    /// 200 with arrays so deep.
    Deep(usize),
    /// 200 with a null for every value.
    Nulls,
    /// 200 with a number for every value.
    Numbers,
    /// 200 with an empty body.
    Empty,
    /// 200 with so many bytes of well-formed JSON.
    Huge(usize),
    /// 200 with gzip of so many bytes of blanks.
    GzipBomb(usize),
    /// `Link: next` to the next page of the same route, for ever.
    EndlessNext,
    /// `Link: next` to this place.
    NextElsewhere(String),
    /// A `Date` so many years off.
    DateOff(i64),
}

impl Fault {
    /// Every fault that changes the bytes of an answer, but for those that only take time.
    pub fn quick() -> Vec<Self> {
        let mut all = vec![
            Self::EndlessNext,
            Self::NextElsewhere("http://127.0.0.1:9/x".to_owned()),
            Self::DateOff(1),
            Self::DateOff(-1),
        ];
        all.extend(Self::deadly());
        all
    }

    /// Faults that only take time.
    pub fn slow(pause: Duration) -> Vec<Self> {
        vec![Self::Delay(pause), Self::Drip(pause)]
    }

    /// Every fault that leaves a route without a usable answer.
    pub fn deadly() -> Vec<Self> {
        let mut all = vec![
            Self::ResetBeforeHeaders,
            Self::ResetAfterHeaders,
            Self::Truncated,
            Self::ShortLength,
            Self::Unauthorized,
            Self::Limited(3600),
            Self::Secondary(60),
            Self::TooMany(60),
            Self::NotModified,
            Self::Html,
            Self::InvalidUtf8,
            Self::Deep(64),
            Self::Deep(100_000),
            Self::Nulls,
            Self::Numbers,
            Self::Empty,
            Self::Huge(100 << 20),
            Self::GzipBomb(64 << 20),
        ];
        all.extend([500, 502, 503, 504].map(Self::Status));
        all.extend([301, 302, 307].map(|status| Self::Redirect(status, "http://127.0.0.1:9/x".to_owned())));
        all
    }

    /// The reply instead of the usual one; what is done to the bytes on the wire is up to the wire.
    pub fn replaces(&self, asked: &Asked, usual: Reply, now: i64) -> Reply {
        let words = |status, message: &str| Reply::status(status, &json!({"message": message}));
        let raw = |body: Vec<u8>| Reply { body, ..Reply::json(&Value::Null) };
        match self {
            Self::Status(status) => html(*status),
            Self::Html => html(200),
            Self::Unauthorized => words(401, "Bad credentials"),
            Self::Limited(seconds) => words(403, "API rate limit exceeded for user ID 1.")
                .with("x-ratelimit-remaining", "0")
                .with("x-ratelimit-limit", "5000")
                .with("x-ratelimit-reset", &(now + seconds).to_string()),
            Self::Secondary(seconds) => {
                words(403, "You have exceeded a secondary rate limit.").with("retry-after", &seconds.to_string())
            }
            Self::TooMany(seconds) => words(429, "Too many requests").with("retry-after", &seconds.to_string()),
            Self::Redirect(status, to) => words(*status, "Moved").with("location", to),
            Self::NotModified => Reply { status: 304, headers: Vec::new(), body: Vec::new() },
            Self::InvalidUtf8 => raw(b"{\"name\": \"\xff\xfe\"}".to_vec()),
            Self::Deep(levels) => raw([vec![b'['; *levels], vec![b']'; *levels]].concat()),
            Self::Nulls => raw(emptied(&usual.body, &Value::Null)),
            Self::Numbers => raw(emptied(&usual.body, &json!(7))),
            Self::Empty => raw(Vec::new()),
            Self::Huge(size) => raw([b"[".to_vec(), vec![b' '; *size], b"]".to_vec()].concat()),
            Self::GzipBomb(size) => raw(gzip_of_blanks(*size)).with("content-encoding", "gzip"),
            Self::EndlessNext => usual.with("link", &format!("<{}>; rel=\"next\"", next_page(asked))),
            Self::NextElsewhere(to) => usual.with("link", &format!("<{to}>; rel=\"next\"")),
            Self::DateOff(years) => usual.with("date", &http_date(now + years * 31_556_952)),
            Self::Delay(_)
            | Self::Drip(_)
            | Self::ResetBeforeHeaders
            | Self::ResetAfterHeaders
            | Self::Truncated
            | Self::ShortLength => usual,
        }
    }
}

fn html(status: u16) -> Reply {
    let page = "<!DOCTYPE html><html><body><h1>Unicorn!</h1>\u{1b}[31m</body></html>";
    let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
    Reply { status, headers, body: page.as_bytes().to_vec() }
}

/// The same shape with every scalar replaced.
fn emptied(body: &[u8], by: &Value) -> Vec<u8> {
    fn walk(value: Value, by: &Value) -> Value {
        match value {
            Value::Object(map) => map.into_iter().map(|(key, _)| (key, by.clone())).collect(),
            Value::Array(items) => items.into_iter().map(|item| walk(item, by)).collect(),
            _ => by.clone(),
        }
    }
    walk(serde_json::from_slice(body).unwrap_or_default(), by).to_string().into_bytes()
}

fn gzip_of_blanks(size: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..size / blanks.len() {
        encoder.write_all(&blanks).unwrap();
    }
    encoder.finish().unwrap()
}

/// The address of the page after the one that was asked for, on the host that was asked.
fn next_page(asked: &Asked) -> String {
    let page = asked.query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse::<u64>().ok()).unwrap_or(1);
    format!("http://{}{}?page={}", asked.header("host").unwrap_or_default(), asked.path, page + 1)
}

/// A time as HTTP writes it.
pub fn http_date(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap();
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A number for a body, for its `ETag`.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
