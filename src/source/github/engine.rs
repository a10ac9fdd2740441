//! The engine below the client: octocrab on reqwest, with everything off that would act on its own.
//!
//! Redirections, retries and caching are decided in [`client`](super::client), where they can be seen: octocrab would
//! retry at once and keep refusals as answers, and reqwest would follow a redirection to any host. Proxies come from
//! the environment, except on this machine: a proxy would see the token of a plain connection.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode, Uri};
use http_body_util::BodyExt;
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};

use super::answer::Why;
use super::origin::{self, Api};
use super::token::Token;

/// The version of GitHub's REST API that the requests are written for.
const API_VERSION: &str = "2022-11-28";
/// Who asks.
const USER_AGENT: &str = concat!("shipworthy/", env!("CARGO_PKG_VERSION"));

/// Bounds of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest time to connect.
    pub connect: Duration,
    /// Longest time for one try, from the first byte sent to the last one read.
    pub total: Duration,
    /// Most bytes of a body, counted after decompression.
    pub body: u64,
    /// Most requests at one time.
    pub in_flight: usize,
    /// Most retries.
    pub retries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(15),
            body: 10 << 20,
            in_flight: 8,
            retries: 2,
        }
    }
}

/// What came over the wire, whole.
#[derive(Debug)]
pub struct Raw {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// octocrab, bound to one origin.
#[derive(Clone, Debug)]
pub struct Engine {
    octocrab: Octocrab,
    limits: Limits,
    host: String,
    proxy: Option<&'static str>,
}

impl Engine {
    /// An engine for one origin, in a tokio runtime.
    ///
    /// # Errors
    /// A system without usable TLS, in words.
    pub fn new(api: &Api, token: Option<&Token>, limits: Limits, is_forge: bool) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(limits.connect)
            .user_agent(USER_AGENT);
        if api.is_loopback() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| innermost(&error))?;
        let origin: Uri = api.origin().parse().map_err(|_| "the address cannot be used".to_owned())?;
        let header = token.and_then(Token::header);
        let octocrab = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(client))
            .with_layer(&ExtraHeadersLayer::new(Arc::new(extra_headers(is_forge))))
            .with_layer(&BaseUriLayer::new(origin.clone()))
            .with_layer(&AuthHeaderLayer::new(header, origin.clone(), origin))
            .with_auth(AuthState::None)
            .build();
        match octocrab {
            Ok(octocrab) => Ok(Self { octocrab, limits, host: api.host(), proxy: proxy(api) }),
            Err(never) => match never {},
        }
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// Whatever keeps the answer from being whole.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<Raw, Why> {
        match tokio::time::timeout(self.limits.total, self.exchange(request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Why::TimedOut(self.limits.total.as_secs().max(1))),
        }
    }

    async fn exchange(&self, request: http::Request<Bytes>) -> Result<Raw, Why> {
        let response = self.octocrab.execute(request).await.map_err(|error| self.why(&error))?;
        let (parts, mut body) = response.into_parts();
        let too_large = || Why::TooLarge(self.limits.body >> 20);
        let most = usize::try_from(self.limits.body).unwrap_or(usize::MAX);
        let promised = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if promised.is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| self.why(&error))?;
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len().saturating_add(data.len()) > most {
                return Err(too_large());
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Raw { status: parts.status, headers: parts.headers, body: bytes.freeze() })
    }

    fn unreachable(&self, words: String) -> Why {
        let words = match self.proxy {
            Some(name) => format!("{words} ({name} is set)"),
            None => words,
        };
        Why::Unreachable { host: self.host.clone(), words }
    }

    /// What an error of the engine means.
    fn why(&self, error: &octocrab::Error) -> Why {
        let words = origin::shown(&innermost(error));
        let engine = chain(error).find_map(|one| one.downcast_ref::<reqwest::Error>());
        if let Some(tls) = chain(error).find_map(tls_error) {
            return Why::Tls(tls);
        }
        match engine {
            Some(engine) if engine.is_timeout() && engine.is_connect() => {
                self.unreachable(format!("not within {} s", self.limits.connect.as_secs()))
            }
            Some(engine) if engine.is_timeout() => Why::TimedOut(self.limits.total.as_secs().max(1)),
            Some(engine) if engine.is_connect() => self.unreachable(words),
            _ => Why::Cut(words),
        }
    }
}

/// The variable that sends requests through a proxy, where one is set: it may be what keeps them from arriving.
fn proxy(api: &Api) -> Option<&'static str> {
    const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let is_set = |name: &&&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    NAMES.iter().filter(|_| !api.is_loopback()).find(is_set).copied()
}

/// Headers of every request.
fn extra_headers(is_forge: bool) -> Vec<(HeaderName, HeaderValue)> {
    let version = (HeaderName::from_static("x-github-api-version"), HeaderValue::from_static(API_VERSION));
    Some(version).into_iter().filter(|_| is_forge).collect()
}

/// An error and its causes, the outermost first.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// What an error was caused by. What an I/O error wraps is not its source but itself.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// The words of the innermost cause: the others repeat addresses.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

/// What TLS has against a connection, with what to look at where the clock may be wrong.
fn tls_error(error: &(dyn StdError + 'static)) -> Option<String> {
    use rustls::CertificateError as Bad;
    let error = error.downcast_ref::<rustls::Error>()?;
    let by_time = matches!(
        error,
        rustls::Error::InvalidCertificate(
            Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet | Bad::NotValidYetContext { .. }
        )
    );
    let hint = if by_time { " (check the clock of this machine)" } else { "" };
    Some(format!("{}{hint}", origin::shown(&error.to_string())))
}
