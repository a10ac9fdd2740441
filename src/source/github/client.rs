//! Asks: one function does a request, in the order budget, kept answer, tries, meter.
//!
//! A request that the budget does not allow is not made. One whose answer is kept asks whether that has changed. What
//! may succeed at a second try is tried again, a little later. Every try is told to whoever listens. Where no network
//! is, and at a limit, the kept answer stands in, with its own time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use super::answer::{Answer, NoAnswer, Pages, Why};
use super::budget::{Budget, Plan};
use super::engine::{Engine, Limits, Raw};
use super::origin::Api;
use super::reply::{self, Refused, Reply};
use super::request::{Method, Request, Resource};
use super::token::Token;
use crate::fact::{LogLevel, LogLine, Quota, SurveyEvent};
use crate::source::cache::{Kept, Key, Store};

/// Most redirections in a row.
const MAX_HOPS: usize = 3;
/// Longest pause that is waited out inside a request.
const MAX_WAIT: Duration = Duration::from_millis(1200);
/// Age from which a kept answer that could not be asked again is stale.
const STALE_AFTER: Duration = Duration::from_hours(1);
/// Age from which the time of a confirmed answer is written down anew.
const CONFIRM_AFTER: Duration = Duration::from_mins(5);

/// How a client asks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The root of the API.
    pub api: Api,
    /// The token, for that origin alone.
    pub token: Option<Token>,
    /// Whether the API is a forge's; otherwise it is a package index, which has headers and limits of its own.
    pub is_forge: bool,
    /// Whether the network must not be used: kept answers are all there is.
    pub offline: bool,
    /// Where answers are kept; nowhere without it.
    pub store: Option<Store>,
    /// Bounds of a request.
    pub limits: Limits,
    /// Who is told about every request ([`SurveyEvent::Logged`]) and what is left ([`SurveyEvent::Quota`]).
    pub events: Option<UnboundedSender<SurveyEvent>>,
}

impl Settings {
    /// Asks a forge without a token, keeps nothing and tells nobody.
    pub fn new(api: Api) -> Self {
        Self { api, token: None, is_forge: true, offline: false, store: None, limits: Limits::default(), events: None }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The engine below could not be made.
    #[error("the network cannot be used: {0}")]
    Engine(String),
}

/// Asks one forge or index. Copies share connections, budget and store.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    /// None where the network must not be used.
    engine: Option<Engine>,
    budget: Budget,
    places: Semaphore,
    fingerprint: [u8; 32],
    told: Mutex<Option<Quota>>,
}

impl Client {
    /// A client. Call it inside a tokio runtime, unless it is to be offline.
    ///
    /// # Errors
    /// A system without usable TLS.
    pub fn new(settings: Settings) -> Result<Self, ClientError> {
        let Settings { api, token, is_forge, limits, .. } = &settings;
        let engine = if settings.offline {
            None
        } else {
            Some(Engine::new(api, token.as_ref(), *limits, *is_forge).map_err(ClientError::Engine)?)
        };
        let fingerprint = token.as_ref().map(|token| token.fingerprint(api)).unwrap_or_default();
        let places = Semaphore::new(limits.in_flight);
        let (budget, told) = (Budget::default(), Mutex::default());
        Ok(Self { shared: Arc::new(Shared { settings, engine, budget, places, fingerprint, told }) })
    }

    /// Asks, waiting for a place among those in flight; retries what may succeed; keeps what is whole.
    ///
    /// # Errors
    /// Whatever is not an answer of the server, see [`Why`].
    pub async fn fetch(&self, request: &Request) -> Result<Answer, NoAnswer> {
        self.shared.fetch(request).await
    }

    /// Asks for a list and follows `Link: rel="next"` on the same origin, up to [`Request::max_pages`].
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), for any page.
    pub async fn fetch_all_pages(&self, request: &Request) -> Result<Pages, NoAnswer> {
        let first = self.fetch(request).await?;
        let mut next = first.next.clone();
        let mut answers = vec![first];
        let mut seen = vec![request.clone()];
        for _ in 1..request.max_pages {
            let Some(page) = next.take() else { break };
            if seen.contains(&page) {
                let why = Why::Nonsense("a list whose next page is an earlier one".to_owned());
                return Err(NoAnswer { endpoint: request.endpoint(), status: 200, why });
            }
            let answer = self.fetch(&page).await?;
            seen.push(page);
            next.clone_from(&answer.next);
            answers.push(answer);
        }
        let complete = next.is_none() && answers.iter().all(Answer::is_ok);
        Ok(Pages { answers, complete })
    }

    /// The kept answer to a question, with its own time. Nothing is asked.
    pub fn recall(&self, request: &Request) -> Option<Answer> {
        let address = self.shared.settings.api.address(request)?;
        let kept = self.shared.kept(request, &address)?;
        Some(kept_answer(request, &kept))
    }

    /// Keeps a body under a question, as if it had been answered now.
    pub fn remember(&self, request: &Request, body: Bytes) {
        let Some(address) = self.shared.settings.api.address(request) else { return };
        let (etag, next, moved_to) = (None, None, None);
        self.shared.write(request, &address, &Kept { etag, fetched_at: Timestamp::now(), next, moved_to, body });
    }

    /// What is left of a budget, as the last answer said; none where nothing was said yet.
    pub fn quota(&self, resource: Resource) -> Option<Quota> {
        self.shared.budget.quota(resource)
    }

    /// Whether so many requests, or points, fit into what is left of a budget, a reserve kept.
    pub fn plan(&self, resource: Resource, wanted: u32) -> Plan {
        self.shared.budget.plan(resource, wanted)
    }

    /// Holds back so many requests of a budget for telling questions, until the promise is dropped: requests that
    /// [yield](Request::yielding) are not made from them.
    pub fn promise(&self, resource: Resource, count: u32) -> Promise {
        self.shared.budget.promise(resource, count);
        Promise { shared: Arc::clone(&self.shared), resource, count }
    }

    /// The root of the API.
    pub fn api(&self) -> &Api {
        &self.shared.settings.api
    }

    /// The token, for what may be said about it.
    pub fn token(&self) -> Option<&Token> {
        self.shared.settings.token.as_ref()
    }

    /// Whether the network must not be used.
    pub fn is_offline(&self) -> bool {
        self.shared.settings.offline
    }
}

/// Requests that are held back for telling questions; they are free again when this is dropped.
#[derive(Debug)]
pub struct Promise {
    shared: Arc<Shared>,
    resource: Resource,
    count: u32,
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.shared.budget.redeem(self.resource, self.count);
    }
}

/// A failed try: what happened, and the status if there was one.
struct Failure {
    why: Why,
    status: u16,
}

impl Shared {
    async fn fetch(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let failed = |status, why| NoAnswer { endpoint: request.endpoint(), status, why };
        let Some(address) = self.settings.api.address(request) else {
            return Err(failed(0, Why::Nonsense("the path would not arrive as it is written".to_owned())));
        };
        let kept = self.kept(request, &address);
        let outcome = match &self.engine {
            None => Err(failed(0, Why::Offline)),
            Some(engine) => {
                let outcome = self.tries(engine, request, &address, kept.as_ref()).await;
                outcome.map_err(|failure| failed(failure.status, failure.why))
            }
        };
        match (outcome, kept) {
            (Err(no), Some(kept)) if no.why.lets_kept_answers_stand_in() => Ok(self.stand_in(request, &kept, no)),
            (outcome, _) => outcome,
        }
    }

    /// Tries until there is an answer, or no sense in trying.
    async fn tries(
        &self,
        engine: &Engine,
        request: &Request,
        address: &Url,
        kept: Option<&Kept>,
    ) -> Result<Answer, Failure> {
        let (begun, limits) = (Instant::now(), self.settings.limits);
        // One that timed out is tried once more; a server that hangs is not waited for longer than that.
        let longest = limits.total.saturating_mul(3) / 2;
        let mut retries = 0;
        loop {
            let failure = match self.follow(engine, request, address, kept).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let pause = pause_before_retry(request, &failure, retries);
            let Some(pause) = pause.filter(|_| retries < limits.retries && begun.elapsed() < longest) else {
                return Err(failure);
            };
            retries += 1;
            let words = format!("{request}: {}; asked again in {} ms", failure.why, pause.as_millis());
            self.log(LogLevel::Warn, &words);
            tokio::time::sleep(pause).await;
        }
    }

    /// One try, redirections on the same origin included.
    async fn follow(
        &self,
        engine: &Engine,
        request: &Request,
        address: &Url,
        kept: Option<&Kept>,
    ) -> Result<Answer, Failure> {
        let (mut here, mut target) = (address.clone(), request.clone());
        let mut moved_to = None;
        for _ in 0..=MAX_HOPS {
            // A kept answer belongs to the place where it was found in the end.
            let etag = kept.filter(|kept| kept.moved_to == moved_to).and_then(|kept| kept.etag.as_deref());
            match self.exchange(engine, &target, &here, etag).await? {
                (Reply::Answer(answer), raw) => {
                    let answer = Answer { moved_to, endpoint: request.endpoint(), ..answer };
                    self.keep(request, address, &answer, &raw);
                    return Ok(answer);
                }
                (Reply::Unchanged, raw) => {
                    let kept = kept.filter(|_| etag.is_some());
                    return self.confirmed(request, address, kept, &raw);
                }
                (Reply::Moved(next), _) => {
                    let elsewhere = || Failure { why: Why::Nonsense("a redirection to nowhere".to_owned()), status: 0 };
                    here = self.settings.api.address(&next).ok_or_else(elsewhere)?;
                    moved_to = Some(next.path.clone());
                    target = next;
                }
            }
        }
        Err(Failure { why: Why::Nonsense("too many redirections".to_owned()), status: 301 })
    }

    /// One request over the wire.
    async fn exchange(
        &self,
        engine: &Engine,
        request: &Request,
        address: &Url,
        etag: Option<&str>,
    ) -> Result<(Reply, Raw), Failure> {
        let nothing = |why| Failure { why, status: 0 };
        let wire = wire(request, address, etag).map_err(nothing)?;
        // Asked before and after the wait: a limit that was reached meanwhile counts.
        self.budget.admit(request.resource, request.yields).map(drop).map_err(nothing)?;
        let place = self.places.acquire().await;
        let admission = self.budget.admit(request.resource, request.yields).map_err(nothing)?;
        let begun = Instant::now();
        let outcome = engine.send(wire).await;
        drop((place, admission));
        let raw = outcome.map_err(|why| {
            self.log(LogLevel::Error, &format!("{request}: {why}"));
            nothing(why)
        })?;
        self.budget.read(request.resource, &raw.headers, Timestamp::now());
        self.meter(request, &raw, begun.elapsed());
        let status = raw.status.as_u16();
        let reply = reply::read(&self.settings.api, address, request, &raw);
        match reply {
            Ok(reply) => Ok((reply, raw)),
            Err(refused) => Err(Failure { why: self.refused(request, refused), status }),
        }
    }

    /// Takes a limit to heart.
    fn refused(&self, request: &Request, refused: Refused) -> Why {
        match (refused.why, refused.pause) {
            (Why::Limited { resource, .. }, Some(pause)) => {
                let until = self.budget.stop(request.resource, pause.all, pause.wait, Timestamp::now());
                Why::Limited { resource, until }
            }
            (why, _) => why,
        }
    }

    /// The kept answer that a 304 confirms, as of now.
    fn confirmed(&self, request: &Request, address: &Url, kept: Option<&Kept>, raw: &Raw) -> Result<Answer, Failure> {
        let Some(kept) = kept else {
            return Err(Failure { why: Why::Nonsense("304 for what is not kept".to_owned()), status: 304 });
        };
        let now = Timestamp::now();
        if age(kept.fetched_at, now).is_none_or(|age| age > CONFIRM_AFTER) {
            self.write(request, address, &Kept { fetched_at: now, ..kept.clone() });
        }
        let scopes = raw.headers.get("x-oauth-scopes").and_then(|scopes| scopes.to_str().ok()).map(str::to_owned);
        Ok(Answer { fetched_at: now, scopes, ..kept_answer(request, kept) })
    }

    /// The kept answer in place of one that cannot be had.
    fn stand_in(&self, request: &Request, kept: &Kept, no: NoAnswer) -> Answer {
        self.log(LogLevel::Warn, &format!("{no}; the answer of {} stands in", kept.fetched_at));
        let stale = age(kept.fetched_at, Timestamp::now()).is_none_or(|age| age > STALE_AFTER);
        Answer { stale, kept_because: Some(Box::new(no)), ..kept_answer(request, kept) }
    }

    fn kept(&self, request: &Request, address: &Url) -> Option<Kept> {
        self.settings.store.as_ref()?.get(&self.key(request, address))
    }

    /// Keeps a 200 that is whole.
    fn keep(&self, request: &Request, address: &Url, answer: &Answer, raw: &Raw) {
        let whole = request.resource != Resource::Graphql || reply::is_whole_graphql(&answer.body);
        if answer.status != 200 || !whole {
            return;
        }
        let etag = raw.headers.get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let next = answer.next.clone().map(|next| (next.path, next.query));
        let (moved_to, body) = (answer.moved_to.clone(), answer.body.clone());
        self.write(request, address, &Kept { etag, fetched_at: answer.fetched_at, next, moved_to, body });
    }

    fn write(&self, request: &Request, address: &Url, kept: &Kept) {
        let Some(store) = &self.settings.store else { return };
        if let Err(error) = store.put(&self.key(request, address), kept) {
            self.log(LogLevel::Warn, &format!("{request}: the answer is not kept: {error}"));
        }
    }

    fn key<'a>(&self, request: &'a Request, address: &'a Url) -> Key<'a> {
        Key {
            method: request.method.word(),
            address: address.as_str(),
            accept: request.accept,
            body: request.body.as_deref().unwrap_or_default(),
            fingerprint: self.fingerprint,
        }
    }

    /// Tells about an exchange, and about the quota when it changed.
    fn meter(&self, request: &Request, raw: &Raw, took: Duration) {
        let status = raw.status.as_u16();
        let level = if status < 400 { LogLevel::Info } else { LogLevel::Warn };
        let left = self.budget.quota(request.resource).map(|quota| format!(", {} left", quota.left));
        let words = format!("{request} {status} in {} ms{}", took.as_millis(), left.unwrap_or_default());
        self.log(level, &words);
        let quota = self.budget.tightest();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(quota), Some(events)) = (quota.filter(|_| quota != *told), &self.settings.events) {
            events.send(SurveyEvent::Quota(quota)).ok();
        }
        *told = quota;
    }

    /// Says a line to whoever listens. The token cannot be in it; should it be, it is hidden.
    fn log(&self, level: LogLevel, text: &str) {
        let Some(events) = &self.settings.events else { return };
        let text = self.settings.token.as_ref().map_or_else(|| text.to_owned(), |token| token.hide_in(text));
        events.send(SurveyEvent::Logged(LogLine { at: Timestamp::now(), level, text })).ok();
    }
}

/// A kept answer as it was.
fn kept_answer(request: &Request, kept: &Kept) -> Answer {
    let next = kept.next.clone().map(|(path, query)| Request { path, query, ..request.clone() });
    Answer {
        endpoint: request.endpoint(),
        status: 200,
        body: kept.body.clone(),
        next,
        fetched_at: kept.fetched_at,
        stale: false,
        kept_because: None,
        moved_to: kept.moved_to.clone(),
        accepted_permissions: None,
        scopes: None,
        needs_sso: false,
    }
}

/// The request as HTTP has it.
fn wire(request: &Request, address: &Url, etag: Option<&str>) -> Result<http::Request<Bytes>, Why> {
    let body = request.body.clone().unwrap_or_default();
    let mut builder =
        http::Request::builder().method(request.method.word()).uri(address.as_str()).header(ACCEPT, request.accept);
    if request.method == Method::Post {
        builder = builder.header(CONTENT_TYPE, "application/json").header(CONTENT_LENGTH, body.len());
    }
    if let Some(etag) = etag.filter(|_| request.method == Method::Get) {
        builder = builder.header(IF_NONE_MATCH, etag);
    }
    builder.body(body).map_err(|error| Why::Nonsense(format!("it cannot be asked: {error}")))
}

/// How long to wait before asking again; none where asking again makes no sense.
fn pause_before_retry(request: &Request, failure: &Failure, retries: u32) -> Option<Duration> {
    match failure.why {
        Why::Limited { until, .. } => {
            let wait = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
            (wait <= MAX_WAIT).then_some(wait + Duration::from_millis(20))
        }
        Why::Server(_) | Why::TimedOut(_) if request.divides && matches!(failure.status, 0 | 502 | 504) => None,
        Why::Server(_) | Why::Cut(_) | Why::TimedOut(_) => {
            let most = 200_u64 << retries.min(3);
            Some(Duration::from_millis(most / 2 + random() % (most / 2)))
        }
        _ => None,
    }
}

/// A number that nobody can guess; every hasher of the standard library begins with one.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}

/// The age of an answer; none where it comes from the future, because a clock was wrong.
fn age(fetched_at: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(now.duration_since(fetched_at)).ok()
}

impl Why {
    /// Whether the last answer may be shown in its place: where nothing could be asked, not where something is wrong.
    const fn lets_kept_answers_stand_in(&self) -> bool {
        matches!(self, Self::Offline | Self::Unreachable { .. } | Self::TimedOut(_) | Self::Limited { .. })
    }
}
