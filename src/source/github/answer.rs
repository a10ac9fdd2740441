//! What came back, and why nothing did.
//!
//! Whatever status the server meant as an answer is an [`Answer`]: 200, but 403 for a missing permission, 404, 409, 422
//! and 451 too, because what they mean differs from route to route. Everything else is a [`NoAnswer`], which becomes a
//! [`fact::Unknown`](crate::fact::Unknown) by itself.

use bytes::Bytes;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::fact::{Fact, Observed, Origin, Reason, Unknown};
use crate::text::clean;

use super::request::Request;

/// Most characters of a server's message that are shown.
const MAX_MESSAGE: usize = 200;

/// What a server answered.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// What was asked, as `GET /repos/o/r/environments`.
    pub endpoint: String,
    /// HTTP status. A 304 never shows: the kept answer that it confirms does.
    pub status: u16,
    /// The body, whole.
    pub body: Bytes,
    /// The next page of the same list (`Link: rel="next"`), when there is one on the same origin.
    pub next: Option<Request>,
    /// When the body was fetched, or confirmed by a 304.
    pub fetched_at: Timestamp,
    /// Whether it is older than an hour and could not be asked again.
    pub stale: bool,
    /// Why a kept answer stands in for a new one; none for a new one.
    pub kept_because: Option<Box<NoAnswer>>,
    /// Path below the API's root that the request was redirected to, as for a renamed repository.
    pub moved_to: Option<String>,
    /// The permissions that would have sufficed (`x-accepted-github-permissions`), as `administration=read`.
    pub accepted_permissions: Option<String>,
    /// The scopes of a classic token (`x-oauth-scopes`), as `repo, read:org`; none for other tokens.
    pub scopes: Option<String>,
    /// Whether the organisation asks for a token that is authorised for its single sign-on (`x-github-sso: required`).
    pub needs_sso: bool,
}

impl Answer {
    /// Whether the status is 200.
    pub const fn is_ok(&self) -> bool {
        self.status == 200
    }

    /// The body as `T`.
    ///
    /// # Errors
    /// A body that is not JSON, or not of this shape, as [`Why::NotJson`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, NoAnswer> {
        serde_json::from_slice(&self.body).map_err(|error| NoAnswer {
            endpoint: self.endpoint.clone(),
            status: self.status,
            why: Why::NotJson(clean::short(&error.to_string(), MAX_MESSAGE)),
        })
    }

    /// The `message` of an error, cleaned and cut; empty where there is none.
    pub fn message(&self) -> String {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let message = body.get("message").and_then(serde_json::Value::as_str).unwrap_or_default();
        clean::short(message, MAX_MESSAGE)
    }

    /// A fact that this answer tells.
    pub fn fact<T>(&self, value: T) -> Fact<T> {
        Fact::Known(Observed { value, origin: self.origin(), at: self.fetched_at, stale: self.stale })
    }

    /// Route and status.
    pub fn origin(&self) -> Origin {
        Origin::Api { endpoint: self.endpoint.clone(), status: self.status }
    }

    /// Route, status and the server's message, in a sentence.
    pub fn words(&self) -> String {
        let message = self.message();
        let words = if message.is_empty() { String::new() } else { format!(": {message}") };
        format!("{} was answered with {}{words}", self.endpoint, self.status)
    }

    /// An unknown because of this answer, naming route, status and the server's message.
    pub fn unknown(&self, reason: Reason) -> Unknown {
        Unknown::new(reason, self.words()).from_request(self.endpoint.clone(), self.status)
    }
}

/// All pages of a list.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The answers in order: at least one. Where the first is no 200, it is the only one.
    pub answers: Vec<Answer>,
    /// Whether the last page was reached; otherwise the list goes on, and nothing may be said of what is not in it.
    pub complete: bool,
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}: {why}")]
pub struct NoAnswer {
    /// What was asked, as `GET /repos/o/r/environments`.
    pub endpoint: String,
    /// HTTP status; 0 when there was none.
    pub status: u16,
    /// What happened.
    pub why: Why,
}

/// What happened instead of an answer. Texts are clean and hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The network must not be used, and no answer is kept.
    #[error("not asked, because no network may be used")]
    Offline,
    /// The token was refused (401), or there is none where one is needed.
    #[error("{0}")]
    Auth(String),
    /// The requests of this hour, or of this minute, are used up.
    #[error("the forge's limit is reached ({resource}); it starts anew at {}", moment(*until, Timestamp::now()))]
    Limited {
        /// The budget.
        resource: &'static str,
        /// When asking makes sense again.
        until: Timestamp,
    },
    /// No answer came in time.
    #[error("no answer within {0} s")]
    TimedOut(u64),
    /// No connection could be made: refused, no route, or no such host.
    #[error("no connection to {host}: {words}")]
    Unreachable {
        /// The host that was to be asked.
        host: String,
        /// What happened.
        words: String,
    },
    /// The server's certificate was not accepted.
    #[error("the server's certificate was not accepted: {0}")]
    Tls(String),
    /// The server pointed to another place, to which nothing is sent.
    #[error("redirected to {0}, which is not followed")]
    RedirectedElsewhere(String),
    /// The body exceeds the limit.
    #[error("the answer is larger than {0} MiB")]
    TooLarge(u64),
    /// The connection ended before the answer did.
    #[error("the answer was cut off: {0}")]
    Cut(String),
    /// The body is not JSON, or not of the expected shape.
    #[error("the answer cannot be read: {0}")]
    NotJson(String),
    /// The server failed (5xx) at every try.
    #[error("the server failed: {0}")]
    Server(String),
    /// An answer that makes no sense, such as a 304 for something that was never fetched.
    #[error("the answer makes no sense: {0}")]
    Nonsense(String),
}

/// A time for people: to the minute, with its day where that is another one.
fn moment(at: Timestamp, now: Timestamp) -> String {
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let format = if day(at) == day(now) { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
    at.strftime(format).to_string()
}

impl NoAnswer {
    /// The reason as facts name it.
    pub const fn reason(&self) -> Reason {
        match self.why {
            Why::Offline | Why::Unreachable { .. } => Reason::Offline,
            Why::Auth(_) => Reason::Auth,
            Why::Limited { .. } => Reason::RateLimit,
            _ => Reason::Failed,
        }
    }
}

impl From<NoAnswer> for Unknown {
    fn from(no: NoAnswer) -> Self {
        let status = if no.status == 0 { String::new() } else { format!(" (status {})", no.status) };
        let unknown = Self::new(no.reason(), format!("{no}{status}"));
        let unknown = match &no.why {
            Why::Unreachable { host, .. } => unknown.settled_by(format!("a connection to {host}")),
            _ => unknown,
        };
        unknown.from_request(no.endpoint, no.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_the_minute_with_the_day_where_it_is_another_one() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let reset = at("2026-11-24T19:20:00.496527715Z");
        assert_eq!(moment(reset, at("2026-11-24T18:59:59Z")), "19:20 UTC");
        assert_eq!(moment(reset, at("2026-11-23T23:59:59Z")), "2026-11-24 19:20 UTC");
    }
}
