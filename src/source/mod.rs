//! Where facts come from: all I/O that reads.
//!
//! A source answers a [`Topic`] with an [`Observation`]. What cannot be read or asked is an answer too: it says why.

pub mod cache;
pub mod checkout;
pub mod file;
pub mod git;
pub mod github;
pub mod network;
pub mod package;
pub mod pins;
pub mod provenance;
pub mod pypi;
pub mod question;
pub mod replay;
pub mod versions;

use crate::fact::{Observation, Reason, Topic, Unknown};

/// The answer to a topic that only a forge or a package index can tell, where no network may be used.
pub fn offline(topic: Topic) -> Observation {
    let why = Unknown::new(Reason::Offline, format!("{} cannot be seen offline", topic.words()));
    Observation::unknown(topic, Unknown { needs: topic.needs().map(str::to_owned), ..why })
}

/// The answer to a topic that only a forge or a package index can tell, about a folder that leads to no repository of
/// the forge; `host` is that of the forge, `elsewhere` that of the remote, where it has one.
pub fn no_remote(topic: Topic, host: &str, elsewhere: Option<&str>) -> Observation {
    let other = elsewhere.map(|other| format!(" (its remote is at {other})")).unwrap_or_default();
    let words = format!("{} cannot be seen: this folder has no remote on {host}{other}", topic.words());
    let why = Unknown::new(Reason::NotFound, words);
    Observation::unknown(topic, why.settled_by(format!("a remote on {host}, or owner/repo as the target")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;

    #[test]
    fn offline_says_what_cannot_be_seen_and_what_would_show_it() {
        let Observation::ActionsPolicy(Fact::Unknown(why)) = offline(Topic::ActionsPolicy) else {
            panic!("the answer is of another topic");
        };
        assert_eq!(why.reason, Reason::Offline);
        assert_eq!(why.detail, "the list of allowed actions cannot be seen offline");
        assert_eq!(why.needs.as_deref(), Some("administration:read"));
    }

    #[test]
    fn every_topic_is_answered_as_itself() {
        for topic in Topic::ALL {
            assert_eq!(offline(*topic).topic(), *topic);
            assert_eq!(no_remote(*topic, "forge.test", None).topic(), *topic);
        }
    }
}
