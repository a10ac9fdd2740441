//! What a forge still allows, per resource, and when asking makes no sense.
//!
//! Nothing here waits: at a limit a request is refused at once, with the time at which asking makes sense again. What is
//! promised to telling questions is not spent on others: a fleet that does not fit into the hour loses its details first.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};

use super::answer::Why;
use super::request::Resource;
use crate::fact::Quota;

/// The share of an hour's requests that is left to the person's other programs: one in a hundred.
const RESERVE_SHARE: u32 = 100;
/// Most requests that are left.
const MAX_RESERVE: u32 = 50;
/// How long asking makes no sense after a refusal that says nothing about it.
const USUAL_PAUSE: Duration = Duration::from_mins(1);
/// Longest pause that is believed: a day.
const MAX_PAUSE: Duration = Duration::from_hours(24);

/// The accounts of one forge.
#[derive(Debug, Default)]
pub struct Budget {
    accounts: Mutex<BTreeMap<Resource, Account>>,
}

#[derive(Debug, Default)]
struct Account {
    /// What the last answers said.
    window: Option<Window>,
    /// Requests that were let through and are not answered yet.
    open: u32,
    /// Requests that are promised to telling questions.
    promised: u32,
    /// Set after a refusal.
    pause: Option<Pause>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    quota: Quota,
    ends: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    until: Timestamp,
    ends: Instant,
}

/// Whether a number of requests fits into what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Requests, or points, that will be needed.
    pub wanted: u32,
    /// What may be used, the reserve left out; none where the forge has not said.
    pub usable: Option<u32>,
    /// When the count starts anew, where the forge has said.
    pub resets_at: Option<Timestamp>,
}

impl Plan {
    /// Whether it fits, as far as is known.
    pub fn fits(&self) -> bool {
        self.usable.is_none_or(|usable| self.wanted <= usable)
    }
}

/// A request that was let through; it is counted as open until this is dropped.
#[derive(Debug)]
pub struct Admission<'a> {
    budget: &'a Budget,
    resource: Resource,
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        let mut accounts = self.budget.lock();
        let account = accounts.entry(self.resource).or_default();
        account.open = account.open.saturating_sub(1);
    }
}

impl Budget {
    /// Lets a request through, or says until when there is no sense in asking. One that yields does not get what is
    /// promised to others.
    ///
    /// # Errors
    /// [`Why::Limited`].
    pub fn admit(&self, resource: Resource, yields: bool) -> Result<Admission<'_>, Why> {
        let mut accounts = self.lock();
        let account = accounts.entry(resource).or_default();
        account.forget_the_past();
        if let Some(pause) = account.pause {
            return Err(Why::Limited { resource: resource.word(), until: pause.until });
        }
        let promised = if yields { account.promised } else { 0 };
        if let Some(window) = account.window
            && window.quota.left <= reserve(window.quota.limit).saturating_add(account.open).saturating_add(promised)
        {
            return Err(Why::Limited { resource: resource.word(), until: window.quota.resets_at });
        }
        account.open = account.open.saturating_add(1);
        Ok(Admission { budget: self, resource })
    }

    /// Holds back so many requests of a resource for telling questions, until [`redeem`](Self::redeem).
    pub fn promise(&self, resource: Resource, count: u32) {
        let mut accounts = self.lock();
        let promised = &mut accounts.entry(resource).or_default().promised;
        *promised = promised.saturating_add(count);
    }

    /// Ends a promise: its questions are asked.
    pub fn redeem(&self, resource: Resource, count: u32) {
        let mut accounts = self.lock();
        let promised = &mut accounts.entry(resource).or_default().promised;
        *promised = promised.saturating_sub(count);
    }

    /// Takes in what the headers of an answer say (`x-ratelimit-limit`, `-remaining`, `-reset`).
    pub fn read(&self, resource: Resource, headers: &HeaderMap, now: Timestamp) {
        let number = |name| headers.get(name)?.to_str().ok()?.parse::<u32>().ok();
        let (Some(limit), Some(left)) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining")) else { return };
        let Some(wait) = until_reset(headers, now) else { return };
        let resets_at = later(now, wait);
        let mut accounts = self.lock();
        let account = accounts.entry(resource).or_default();
        account.forget_the_past();
        // Answers overtake each other: within one window the lowest number is the newest.
        let left = match account.window {
            Some(known) if is_same_window(known.quota.resets_at, resets_at) => left.min(known.quota.left),
            _ => left,
        };
        let quota = Quota { left, limit, resets_at };
        account.window = Some(Window { quota, ends: Instant::now() + wait });
    }

    /// Stops asking: for one resource after its own limit, for all after a secondary one. Answers until when.
    pub fn stop(&self, resource: Resource, all: bool, wait: Duration, now: Timestamp) -> Timestamp {
        let pause = Pause { until: later(now, wait), ends: Instant::now() + wait };
        let mut accounts = self.lock();
        let others = [Resource::Core, Resource::Graphql, Resource::Search].into_iter().filter(|_| all);
        for one in others.chain([resource]) {
            let known = &mut accounts.entry(one).or_default().pause;
            if known.is_none_or(|known| known.ends < pause.ends) {
                *known = Some(pause);
            }
        }
        pause.until
    }

    /// What is left of a resource; none where nothing was said yet.
    pub fn quota(&self, resource: Resource) -> Option<Quota> {
        let mut accounts = self.lock();
        let account = accounts.entry(resource).or_default();
        account.forget_the_past();
        account.window.map(|window| window.quota)
    }

    /// The resource that is nearest to its limit.
    pub fn tightest(&self) -> Option<Quota> {
        let share = |quota: &Quota| u64::from(quota.left) * 10_000 / u64::from(quota.limit.max(1));
        [Resource::Core, Resource::Graphql].into_iter().filter_map(|one| self.quota(one)).min_by_key(share)
    }

    /// Whether so many requests, or points, fit into what is left of a resource.
    pub fn plan(&self, resource: Resource, wanted: u32) -> Plan {
        let quota = self.quota(resource);
        let open = self.lock().get(&resource).map_or(0, |account| account.open);
        let usable = quota.map(|quota| quota.left.saturating_sub(reserve(quota.limit)).saturating_sub(open));
        Plan { wanted, usable, resets_at: quota.map(|quota| quota.resets_at) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Resource, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    /// Windows and pauses end by the steady clock: one that a person sets does not lengthen them.
    fn forget_the_past(&mut self) {
        let now = Instant::now();
        self.window = self.window.filter(|window| window.ends > now);
        self.pause = self.pause.filter(|pause| pause.ends > now);
    }
}

/// How long to wait after a refusal: `retry-after`, else the reset of a spent quota, else a minute.
pub fn pause_after(headers: &HeaderMap, now: Timestamp) -> Duration {
    let seconds = |name| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let wait = match seconds("retry-after") {
        Some(seconds) => Duration::from_secs(seconds),
        None if seconds("x-ratelimit-remaining") == Some(0) => until_reset(headers, now).unwrap_or(USUAL_PAUSE),
        None => USUAL_PAUSE,
    };
    wait.clamp(Duration::from_secs(1), MAX_PAUSE)
}

/// The time until `x-ratelimit-reset`, by the server's own clock: that of this machine may be off.
fn until_reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let reset: i64 = headers.get("x-ratelimit-reset")?.to_str().ok()?.parse().ok()?;
    let date = headers.get("date").and_then(|date| date.to_str().ok()).and_then(read_date).unwrap_or(now);
    let seconds = u64::try_from(reset.saturating_sub(date.as_second())).unwrap_or_default();
    Some(Duration::from_secs(seconds).clamp(Duration::from_secs(1), MAX_PAUSE))
}

/// A time as HTTP writes it: `Tue, 24 Nov 2026 15:00:00 GMT`.
fn read_date(text: &str) -> Option<Timestamp> {
    let time = jiff::civil::DateTime::strptime("%a, %d %b %Y %H:%M:%S GMT", text).ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp())
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::ZERO);
    now.checked_add(wait).unwrap_or(now)
}

fn is_same_window(one: Timestamp, other: Timestamp) -> bool {
    one.as_second().abs_diff(other.as_second()) <= 5
}

fn reserve(limit: u32) -> u32 {
    (limit / RESERVE_SHARE).min(MAX_RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn said(limit: u32, left: u32, reset: i64) -> HeaderMap {
        headers(&[
            ("x-ratelimit-limit", &limit.to_string()),
            ("x-ratelimit-remaining", &left.to_string()),
            ("x-ratelimit-reset", &reset.to_string()),
        ])
    }

    #[test]
    fn open_requests_and_the_reserve_count() {
        let (budget, now) = (Budget::default(), Timestamp::now());
        drop(budget.admit(Resource::Core, false).unwrap());
        budget.read(Resource::Core, &said(5000, 52, now.as_second() + 600), now);
        let first = budget.admit(Resource::Core, false).unwrap();
        let second = budget.admit(Resource::Core, false).unwrap();
        let Err(Why::Limited { resource: "core", until }) = budget.admit(Resource::Core, false) else { panic!() };
        assert_eq!(until.as_second(), now.as_second() + 600);
        assert!(budget.admit(Resource::Graphql, false).is_ok());
        drop((first, second));
        assert!(budget.admit(Resource::Core, false).is_ok());
        assert_eq!(budget.plan(Resource::Core, 3).usable, Some(2));
        assert!(!budget.plan(Resource::Core, 3).fits() && budget.plan(Resource::Core, 2).fits());
        assert!(budget.plan(Resource::Graphql, 9000).fits());
    }

    #[test]
    fn what_is_promised_is_not_spent_on_what_yields() {
        let (budget, now) = (Budget::default(), Timestamp::now());
        budget.promise(Resource::Core, 10);
        assert!(budget.admit(Resource::Core, true).is_ok(), "nothing is known of the quota");
        budget.read(Resource::Core, &said(5000, 60, now.as_second() + 600), now);
        let Err(Why::Limited { until, .. }) = budget.admit(Resource::Core, true) else { panic!() };
        assert_eq!(until.as_second(), now.as_second() + 600);
        assert!(budget.admit(Resource::Core, false).is_ok());
        budget.redeem(Resource::Core, 4);
        assert!(budget.admit(Resource::Core, true).is_ok());
        budget.redeem(Resource::Core, 99);
        budget.read(Resource::Core, &said(5000, 50, now.as_second() + 600), now);
        assert!(budget.admit(Resource::Core, true).is_err(), "the reserve is nobody's");
    }

    #[test]
    fn without_a_token_there_is_no_reserve() {
        let (budget, now) = (Budget::default(), Timestamp::now());
        budget.read(Resource::Core, &said(60, 1, now.as_second() + 600), now);
        drop(budget.admit(Resource::Core, false).unwrap());
        budget.read(Resource::Core, &said(60, 0, now.as_second() + 600), now);
        assert!(budget.admit(Resource::Core, false).is_err());
    }

    #[test]
    fn the_lowest_number_of_a_window_is_the_newest() {
        let (budget, now) = (Budget::default(), Timestamp::now());
        let reset = now.as_second() + 600;
        budget.read(Resource::Core, &said(5000, 99, reset), now);
        budget.read(Resource::Core, &said(5000, 100, reset + 1), now);
        assert_eq!(budget.quota(Resource::Core).unwrap().left, 99);
        budget.read(Resource::Core, &said(5000, 4999, reset + 3600), now);
        assert_eq!(budget.quota(Resource::Core).unwrap().left, 4999);
        budget.read(Resource::Graphql, &said(5000, 10, reset), now);
        assert_eq!(budget.tightest().unwrap().left, 10);
        budget.read(Resource::Core, &headers(&[("x-ratelimit-limit", "nonsense")]), now);
        assert_eq!(budget.quota(Resource::Core).unwrap().left, 4999);
    }

    #[test]
    fn a_refusal_stops_what_it_is_about() {
        let (budget, now) = (Budget::default(), Timestamp::now());
        let until = budget.stop(Resource::Graphql, false, Duration::from_mins(1), now);
        assert_eq!(until.as_second(), now.as_second() + 60);
        assert!(budget.admit(Resource::Graphql, false).is_err() && budget.admit(Resource::Core, false).is_ok());
        budget.stop(Resource::Graphql, true, Duration::from_secs(5), now);
        assert!(budget.admit(Resource::Core, false).is_err() && budget.admit(Resource::Search, false).is_err());
        let Err(Why::Limited { until, .. }) = budget.admit(Resource::Graphql, false) else { panic!() };
        assert_eq!(until.as_second(), now.as_second() + 60, "the longer pause stays");
    }

    #[test]
    fn pauses_follow_the_server_and_stay_in_bounds() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let pause = |pairs: &[(&'static str, &str)]| pause_after(&headers(pairs), now).as_secs();
        assert_eq!(pause(&[("retry-after", "7")]), 7);
        assert_eq!(pause(&[("retry-after", "99999999999")]), 86_400);
        assert_eq!(pause(&[("retry-after", "soon")]), 60);
        assert_eq!(pause(&[]), 60);
        assert_eq!(pause(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000100")]), 100);
        assert_eq!(pause(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1600000000")]), 1);
        // A clock that is a year off changes nothing: the server's own date counts.
        let skewed = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1731536100"),
            ("date", "Wed, 13 Nov 2024 22:13:20 GMT"),
        ];
        assert_eq!(pause(&skewed), 100);
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let mut account = Account::default();
        let now = Timestamp::now();
        account.pause = Some(Pause { until: now, ends: Instant::now() });
        let quota = Quota { left: 0, limit: 60, resets_at: now };
        account.window = Some(Window { quota, ends: Instant::now() });
        account.forget_the_past();
        assert!(account.pause.is_none() && account.window.is_none());
    }
}
