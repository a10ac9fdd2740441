//! What is said of events, put together: the events of which the same is true of one job share a sentence, so that a
//! summary names all of them and counts jobs, not events.

use super::super::publishing::Tally;
use super::super::{Evidence, Verdict};
use crate::fact::{Reason, Unknown};

/// The sentences, in the order in which they were begun.
#[derive(Default)]
pub struct Sentences(Vec<Sentence>);

struct Sentence {
    verdict: Verdict,
    unknown: Option<Unknown>,
    before: String,
    events: Vec<String>,
    after: String,
    evidence: Vec<Evidence>,
}

/// A sentence around the events it is about.
pub struct Around {
    /// What stands before them.
    pub before: String,
    /// What stands after them.
    pub after: String,
}

impl Around {
    /// A sentence around its events.
    pub fn new(before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { before: before.into(), after: after.into() }
    }
}

impl Sentences {
    /// Says something of an event.
    pub fn add(&mut self, verdict: Verdict, around: Around, event: &str, evidence: Vec<Evidence>) {
        self.join(verdict, None, around, event, evidence);
    }

    /// Says that something cannot be told of an event, for a reason whose words the sentence gives.
    pub fn add_unknown(&mut self, why: Unknown, around: Around, event: &str, evidence: Vec<Evidence>) {
        self.join(Verdict::Unknown, Some(why), around, event, evidence);
    }

    fn join(
        &mut self,
        verdict: Verdict,
        unknown: Option<Unknown>,
        Around { before, after }: Around,
        event: &str,
        evidence: Vec<Evidence>,
    ) {
        let reason = |unknown: &Option<Unknown>| unknown.as_ref().map(|why| why.reason);
        let same = self.0.iter_mut().find(|known| {
            known.verdict == verdict
                && reason(&known.unknown) == reason(&unknown)
                && (known.before.as_str(), known.after.as_str()) == (before.as_str(), after.as_str())
        });
        let Some(same) = same else {
            let events = vec![event.to_owned()];
            return self.0.push(Sentence { verdict, unknown, before, events, after, evidence });
        };
        if !same.events.iter().any(|known| known == event) {
            same.events.push(event.to_owned());
        }
        same.evidence.extend(evidence);
    }

    /// Adds every sentence to what is said of the whole.
    pub fn tell(self, tally: &mut Tally) {
        for sentence in self.0 {
            let text = format!("{}{}{}", sentence.before, listed(&sentence.events), sentence.after);
            match sentence.unknown {
                Some(why) => tally.add_unknown(Unknown { detail: text, ..why }, sentence.evidence),
                None => tally.add(sentence.verdict, text, sentence.evidence),
            }
        }
    }
}

/// A reason whose words are still to come.
pub fn because(reason: Reason) -> Unknown {
    Unknown::new(reason, "")
}

/// `a, b or c`.
fn listed(events: &[String]) -> String {
    match events {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Role;
    use super::*;

    fn told(said: &[(Verdict, &str, &str)]) -> String {
        let mut sentences = Sentences::default();
        for (verdict, event, job) in said {
            sentences.add(*verdict, Around::new("only ", format!(" publishes in `{job}`")), event, Vec::new());
        }
        let mut tally = Tally::default();
        sentences.tell(&mut tally);
        tally.check("trigger", Role::Decisive, "").summary
    }

    #[test]
    fn events_of_one_job_share_a_sentence_and_jobs_are_counted() {
        use Verdict::{Pass, Warn};
        assert_eq!(told(&[(Pass, "a tag", "x")]), "only a tag publishes in `x`");
        let twice = [(Pass, "a tag", "x"), (Pass, "a start by hand", "x"), (Pass, "a tag", "x")];
        assert_eq!(told(&twice), "only a tag or a start by hand publishes in `x`");
        let three = [(Pass, "a", "x"), (Pass, "b", "y"), (Pass, "b", "x"), (Pass, "c", "x"), (Pass, "a", "z")];
        assert_eq!(told(&three), "only a, b or c publishes in `x` (and 2 more)");
        assert_eq!(told(&[(Pass, "a", "x"), (Warn, "b", "x")]), "only b publishes in `x`");
    }

    #[test]
    fn what_cannot_be_told_keeps_its_reason() {
        let mut sentences = Sentences::default();
        for event in ["a push", "a schedule"] {
            let around = Around::new("whether ", " publishes is open");
            sentences.add_unknown(because(Reason::RunTime), around, event, Vec::new());
        }
        let mut tally = Tally::default();
        sentences.tell(&mut tally);
        let unknown = tally.check("trigger", Role::Decisive, "").unknown.unwrap();
        assert_eq!(unknown, Unknown::new(Reason::RunTime, "whether a push or a schedule publishes is open"));
    }
}
