//! What can be known about a repository: plain data, no I/O, no judgement.
//!
//! A source answers a [`Topic`] with an [`Observation`]; [`Facts::record`] takes it in. What could not be learnt is
//! [`Fact::Unknown`] with the reason and what would settle it, never an empty value.

pub mod artifact;
pub mod declared;
pub mod dependabot;
pub mod event;
pub mod files;
pub mod git;
pub mod interest;
pub mod meaning;
pub mod progress;
pub mod prose;
pub mod release;
pub mod renovate;
pub mod settings;
pub mod tree;
pub mod workflow;

mod facts;
mod topic;
mod written;

pub use event::{LogLevel, LogLine, Quota, RepoId, SurveyEvent, Target};
pub use facts::{Facts, Observation};
pub use topic::Topic;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The state of one question. In recordings and caches it is one flat map: `known: …`, `unknown: …` or
/// `pending: true`, with where and when it was seen beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fact<T> {
    /// Not answered yet.
    #[default]
    Pending,
    /// Answered.
    Known(Observed<T>),
    /// Cannot be told, and why.
    Unknown(Unknown),
}

/// An answer with where and when it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed<T> {
    /// What was seen.
    pub value: T,
    /// Where it was seen.
    pub origin: Origin,
    /// When it was fetched (for a cached answer: when it was fetched first).
    pub at: Timestamp,
    /// Whether the answer is older than an hour and could not be asked again.
    pub stale: bool,
}

impl<T> Observed<T> {
    /// Another value, seen where and when this one was.
    pub fn with<U>(&self, value: U) -> Fact<U> {
        Fact::Known(Observed { value, origin: self.origin.clone(), at: self.at, stale: self.stale })
    }
}

/// Where an answer came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The files or the git data of a local folder.
    Checkout,
    /// A request, as `GET /repos/o/r/environments`, and the status it was answered with.
    Api {
        /// Method and path.
        endpoint: String,
        /// HTTP status; 0 when there was no answer.
        status: u16,
    },
}

/// Why something cannot be told, as the report names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nothing was asked, because no network may be used; or nobody could be reached.
    Offline,
    /// The token was refused, or there is none.
    Auth,
    /// The token lacks a permission.
    Permission,
    /// The repository or page is missing, or the token cannot see it.
    NotFound,
    /// The hour's requests are used up.
    RateLimit,
    /// This server, or this version of it, cannot answer.
    Unsupported,
    /// The request or the reading failed.
    Failed,
    /// A file that this depends on could not be read or parsed.
    NotParsed,
    /// The value exists only while the workflow runs.
    RunTime,
}

impl Reason {
    /// The reason as the report writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Auth => "auth",
            Self::Permission => "permission",
            Self::NotFound => "not-found",
            Self::RateLimit => "rate-limit",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
            Self::NotParsed => "not-parsed",
            Self::RunTime => "run-time",
        }
    }
}

/// What would settle something that is unknown. It stands in a box, since few have one and all would grow by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settle(String);

/// Why something is unknown and what would settle it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The kind of reason.
    pub reason: Reason,
    /// The permission that would show it, as `administration:read`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// The reason in words, naming route and status, file and line, or step.
    pub detail: String,
    /// What would settle it, where that is more than the kind of reason tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settle: Option<Box<Settle>>,
    /// The request that was refused or failed, if there was one. A fact that is unknown as a whole writes it beside.
    #[serde(skip)]
    pub origin: Option<Origin>,
}

impl Unknown {
    /// An unknown with a reason and words for it.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, needs: None, detail: detail.into(), settle: None, origin: None }
    }

    /// The same, naming the permission that would show it.
    #[must_use]
    pub fn needing(mut self, permission: impl Into<String>) -> Self {
        self.needs = Some(permission.into());
        self
    }

    /// The same, naming what would settle it.
    #[must_use]
    pub fn settled_by(mut self, way: impl Into<String>) -> Self {
        self.settle = Some(Box::new(Settle(way.into())));
        self
    }

    /// What would settle it, where that is more than the kind of reason tells.
    pub fn settle(&self) -> Option<&str> {
        self.settle.as_ref().map(|way| way.0.as_str())
    }

    /// The same, naming the request that was answered with no.
    #[must_use]
    pub fn from_request(mut self, endpoint: impl Into<String>, status: u16) -> Self {
        self.origin = Some(Origin::Api { endpoint: endpoint.into(), status });
        self
    }
}

impl<T> Fact<T> {
    /// A fact seen in a local folder, now.
    pub fn local(value: T, at: Timestamp) -> Self {
        Self::Known(Observed { value, origin: Origin::Checkout, at, stale: false })
    }

    /// A fact answered by a request.
    pub fn api(value: T, endpoint: impl Into<String>, status: u16, at: Timestamp) -> Self {
        Self::Known(Observed { value, origin: Origin::Api { endpoint: endpoint.into(), status }, at, stale: false })
    }

    /// The value, when it is known.
    pub fn value(&self) -> Option<&T> {
        self.observed().map(|observed| &observed.value)
    }

    /// The whole answer, when there is one.
    pub fn observed(&self) -> Option<&Observed<T>> {
        match self {
            Self::Known(observed) => Some(observed),
            _ => None,
        }
    }

    /// Another value, seen where and when this one was.
    pub fn map_value<U>(&self, value: U) -> Fact<U> {
        match self {
            Self::Pending => Fact::Pending,
            Self::Unknown(why) => Fact::Unknown(why.clone()),
            Self::Known(seen) => seen.with(value),
        }
    }

    /// Whether the question still waits for its answer.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending)
    }
}
