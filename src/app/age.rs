//! How old the answers about a repository are, and which of them were refused.

use jiff::Timestamp;

use crate::fact::{Fact, Facts, Origin, Reason, Unknown};
use crate::fleet::Repo;

/// What there is to say about the answers of one repository as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Age {
    /// When the newest answer was fetched.
    pub newest: Option<Timestamp>,
    /// When the oldest answer was fetched that could not be asked again.
    pub stale: Option<Timestamp>,
    /// Answers that a permission or a token refused.
    pub refused: usize,
    /// Questions that were not asked, because no network may be used.
    pub offline: usize,
    /// Questions that failed.
    pub failed: usize,
    /// What of it a server should have answered, and did not.
    pub missing: Missing,
}

/// Answers of servers that did not come, by reason, and how many came. What a permission hides was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Answers that came.
    pub answered: usize,
    /// No connection could be made.
    pub unreachable: usize,
    /// The token was refused.
    pub refused: usize,
    /// A token is needed, and there is none.
    pub needs_token: usize,
    /// The requests of the hour are used up.
    pub limited: usize,
    /// No answer in time, or none that can be read.
    pub failed: usize,
}

impl Missing {
    fn take(&mut self, why: &Unknown) {
        let status = match &why.origin {
            Some(Origin::Api { status, .. }) => Some(*status),
            _ => None,
        };
        match (why.reason, status) {
            // Without a request nobody meant to ask.
            (Reason::Offline, Some(_)) => self.unreachable += 1,
            (Reason::Auth, Some(_)) => self.refused += 1,
            (Reason::Auth, None) => self.needs_token += 1,
            (Reason::RateLimit, _) => self.limited += 1,
            (Reason::Failed, _) => self.failed += 1,
            _ => {}
        }
    }
}

impl Age {
    /// The age of what is known about a repository.
    pub fn of(facts: &Facts) -> Self {
        let mut age = Self::default();
        age.take(&facts.git);
        // The state of a clone is asked of no server.
        age.missing = Missing::default();
        age.take(&facts.files);
        // Files are read again at every chance. Where there are answers of a server, their age is what counts.
        let local = age.newest.take();
        age.take(&facts.repository);
        age.take(&facts.protection);
        age.take(&facts.actions_policy);
        age.take(&facts.default_token);
        age.take(&facts.environments);
        age.take(&facts.tags);
        age.take(&facts.release);
        age.take(&facts.attestations);
        age.take(&facts.provenance);
        age.take(&facts.runs);
        age.take(&facts.pins);
        age.newest = age.newest.or(local);
        age
    }

    fn take<T>(&mut self, fact: &Fact<T>) {
        match fact {
            Fact::Pending => {}
            Fact::Known(observed) => {
                self.missing.answered += usize::from(matches!(observed.origin, Origin::Api { .. }));
                self.newest = self.newest.max(Some(observed.at));
                if observed.stale {
                    self.stale = Some(self.stale.map_or(observed.at, |known| known.min(observed.at)));
                }
            }
            Fact::Unknown(why) => {
                self.missing.take(why);
                match why.reason {
                    Reason::Offline => self.offline += 1,
                    Reason::Auth | Reason::Permission => self.refused += 1,
                    Reason::Failed | Reason::RateLimit => self.failed += 1,
                    _ => {}
                }
            }
        }
    }
}

/// How long ago something was, short: `42s`, `5m`, `3h`, `6d`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second()).max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A time as rows show it: the time of day, or the day when it was another one. Times are those of UTC.
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    if day(at) == day(now) { at.strftime("%H:%M").to_string() } else { at.strftime("%m-%d").to_string() }
}

/// What the last column of the fleet says: how far it is, or when it was last answered.
pub fn updated(repo: &Repo, age: &Age, now: Timestamp) -> String {
    if !repo.finished {
        return format!("{} of {}", repo.answered, total(repo));
    }
    match age {
        Age { stale: Some(_), .. } | Age { newest: None, offline: 1.., .. } => "offline".to_owned(),
        Age { newest: Some(at), .. } => moment(*at, now),
        _ => "never".to_owned(),
    }
}

/// How many answers are awaited in all.
pub fn total(repo: &Repo) -> usize {
    if repo.asked > 0 {
        repo.asked.max(repo.answered)
    } else {
        crate::fact::Topic::ALL.iter().filter(|topic| topic.is_judged()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short_words() {
        let now: Timestamp = "2026-11-20T14:32:00Z".parse().unwrap();
        let before = |seconds: i64| Timestamp::from_second(now.as_second() - seconds).unwrap();
        for (seconds, words) in [(-5, "0s"), (5, "5s"), (300, "5m"), (7300, "2h"), (6 * 86_400 + 5, "6d")] {
            assert_eq!(ago(before(seconds), now), words);
        }
        assert_eq!(moment(before(60), now), "14:31");
        assert_eq!(moment(before(6 * 86_400), now), "11-14");
    }
}
