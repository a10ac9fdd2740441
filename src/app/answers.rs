//! Whether every answer came, in words for the first line: `up to date` is said only where nothing is missing.

use super::Model;
use super::age::{Age, Missing, moment};
use crate::fleet::Repo;

/// Why a repository was not answered, the plainest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// No connection could be made.
    Unreachable,
    /// The token was refused.
    Refused,
    /// The requests of the hour are used up.
    Limited,
    /// There is no token, and something is shown only to those with one.
    NoToken,
    /// The questions failed, or old answers stand in.
    Failed,
}

impl Model {
    /// Looks at what is missing in the answers: at all repositories, so once after they came and not for each picture.
    pub(super) fn look_at_answers(&mut self) {
        let anonymous = self.fleet.asking.as_deref() == Some("without a token");
        let ages = self.fleet.repos.values().map(|repo| (repo, Age::of(&repo.facts)));
        self.unanswered =
            ages.filter_map(|(repo, age)| Some((cause(repo, &age, anonymous)?, age.missing.answered == 0))).collect();
    }

    /// What there is to say about the answers as a whole, once all that will come have come; shorter where there is
    /// little room.
    pub fn how_answered(&self, wide: bool) -> String {
        if self.options.offline {
            return "offline".to_owned();
        }
        let Some((first, _)) = self.unanswered.first() else { return "up to date".to_owned() };
        let (missing, all) = (self.unanswered.len(), self.fleet.repos.len());
        let fully = if self.unanswered.iter().all(|(_, at_all)| *at_all) { "" } else { "fully " };
        let count = format!("{missing} of {all} not {fully}answered");
        let one = self.unanswered.iter().all(|(cause, _)| cause == first);
        let words = self.cause_in_words(*first).filter(|_| one);
        match words {
            None => count,
            Some(words) if missing == all || !wide => words,
            Some(words) => format!("{count}: {words}"),
        }
    }

    fn cause_in_words(&self, cause: Cause) -> Option<String> {
        let now = self.options.now;
        // What is left says when the limit ends only where it is what stopped us.
        let spent = self.fleet.quota.filter(|quota| quota.left <= quota.limit / 10).map(|quota| quota.resets_at);
        let words = match cause {
            Cause::Unreachable => "no connection".to_owned(),
            Cause::Refused => "token refused".to_owned(),
            Cause::NoToken => "no token".to_owned(),
            Cause::Limited => match spent.filter(|until| *until > now) {
                Some(until) => format!("limit until {}", moment(until, now)),
                None => "limit reached".to_owned(),
            },
            Cause::Failed => return None,
        };
        Some(words)
    }
}

/// Why answers about a repository are missing; none where they all came. A folder that belongs to no repository of a
/// forge is not asked about, so nothing of it is missing.
fn cause(repo: &Repo, age: &Age, anonymous: bool) -> Option<Cause> {
    let Missing { unreachable, refused, needs_token, limited, failed, .. } = age.missing;
    let never = age.newest.is_none() && age.offline > 0;
    let found = [
        (Cause::Unreachable, unreachable > 0),
        (Cause::Refused, refused > 0 && !anonymous),
        (Cause::Limited, limited > 0),
        (Cause::NoToken, needs_token > 0 || (refused > 0 && anonymous)),
        (Cause::Failed, failed > 0 || never || age.stale.is_some()),
    ];
    found.into_iter().find(|(_, holds)| *holds && repo.finished).map(|(cause, _)| cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Message, Options};
    use crate::fact::{Fact, Observation, Quota, Reason, RepoId, SurveyEvent, Target, Topic, Unknown};

    /// A dashboard with two repositories; answers are those of the topics, all others come.
    fn model(missing: &[(usize, Topic, Unknown)]) -> Model {
        let ids: Vec<RepoId> =
            ["o/a", "o/b"].iter().zip(0..).map(|(name, index)| RepoId { index, target: (*name).into() }).collect();
        let target =
            |id: &RepoId| Target { id: id.clone(), repository: Some(id.target.to_string()), path: None, whole: None };
        let now = "2026-11-20T14:33:00Z".parse().unwrap();
        let mut model = Model::new(Options { targets: ids.iter().map(target).collect(), now, ..Options::default() });
        for id in ids {
            let mut say = |event| model.update(Message::Survey { round: 0, event });
            let came = Observation::Runs(Fact::api(Vec::new(), "GET /repos/o/a/actions/runs", 200, now));
            say(SurveyEvent::Answered { repo: id.clone(), observation: Box::new(came) });
            for (_, topic, why) in missing.iter().filter(|(index, ..)| *index == id.index) {
                let observation = Box::new(Observation::unknown(*topic, why.clone()));
                say(SurveyEvent::Answered { repo: id.clone(), observation });
            }
            say(SurveyEvent::Finished { repo: id });
        }
        model.update(Message::Quiet);
        model
    }

    fn refusal(reason: Reason, status: u16, detail: &str) -> Unknown {
        Unknown::new(reason, detail).from_request("GET /repos/o/a", status)
    }

    #[test]
    fn up_to_date_means_that_every_answer_came() {
        assert_eq!(model(&[]).how_answered(true), "up to date");
        let refused = refusal(Reason::Permission, 403, "needs administration:read");
        let nobody =
            Unknown::new(Reason::Offline, "the environments was not asked for: no selected requirement needs it");
        let known = [(0, Topic::ActionsPolicy, refused), (1, Topic::Environments, nobody)];
        assert_eq!(
            model(&known).how_answered(true),
            "up to date",
            "a refusal is an answer, and nobody asked for the rest"
        );
    }

    #[test]
    fn what_is_missing_is_said_with_its_reason() {
        for (why, words) in [
            (refusal(Reason::Offline, 0, "GET /repos/o/a: no connection: refused"), "no connection"),
            (refusal(Reason::Auth, 401, "GET /repos/o/a: Bad credentials"), "token refused"),
            (Unknown::new(Reason::Auth, "the last run is shown only to those with a token"), "no token"),
            (refusal(Reason::RateLimit, 403, "RATE_LIMITED"), "limit reached"),
            (refusal(Reason::Failed, 0, "no answer within 15 s"), "2 of 2 not fully answered"),
        ] {
            let both = [(0, Topic::Repository, why.clone()), (1, Topic::Tags, why.clone())];
            assert_eq!(model(&both).how_answered(true), words);
            let one = model(&both[..1]);
            let count = "1 of 2 not fully answered";
            let wide = if words.starts_with("2 of 2") { count.to_owned() } else { format!("{count}: {words}") };
            assert_eq!(one.how_answered(true), wide);
        }
    }

    #[test]
    fn a_spent_quota_says_until_when() {
        let limited = refusal(Reason::RateLimit, 200, "RATE_LIMITED");
        let mut model = model(&[(0, Topic::Tags, limited.clone()), (1, Topic::Tags, limited)]);
        let resets_at = "2026-11-20T15:00:00Z".parse().unwrap();
        model.update(Message::Survey { round: 0, event: SurveyEvent::Quota(Quota { left: 0, limit: 60, resets_at }) });
        assert_eq!(model.how_answered(true), "limit until 15:00");
        model.options.offline = true;
        assert_eq!(model.how_answered(true), "offline");
    }
}
