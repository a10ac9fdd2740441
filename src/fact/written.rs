//! How a [`Fact`] is written in recordings and caches: one flat map that a person can write by hand.
//!
//! ```yaml
//! known: [...]
//! from: GET /repos/o/r/environments    # left out for what was seen in a local folder
//! status: 200                          # left out for 200
//! at: 2026-11-20T14:32:00Z
//! stale: true                          # left out for a fresh answer
//! ```
//!
//! ```yaml
//! unknown: permission
//! needs: administration:read
//! detail: the token may not read the settings of Actions
//! from: GET /repos/o/r/actions/permissions
//! status: 403
//! settle: a connection to HOST         # left out where the kind of reason says it
//! ```
//!
//! What is still awaited is `pending: true`. An [`Observation`] has `topic: environments` before these keys.

use std::fmt;

use jiff::Timestamp;
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Fact, Observation, Observed, Origin, Reason, Settle, Topic, Unknown};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
struct Written<T> {
    #[serde(default, skip_serializing_if = "is_false")]
    pending: bool,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    known: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unknown: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    needs: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settle: Option<Box<Settle>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "is_false")]
    stale: bool,
}

impl<T: Serialize> Serialize for Fact<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Pending => Written::<&T> { pending: true, ..Written::empty() },
            Self::Known(observed) => Written {
                known: Some(&observed.value),
                at: Some(observed.at),
                stale: observed.stale,
                ..Written::coming_from(Some(&observed.origin))
            },
            Self::Unknown(why) => Written {
                unknown: Some(why.reason),
                needs: why.needs.clone(),
                detail: Some(why.detail.clone()),
                settle: why.settle.clone(),
                ..Written::coming_from(why.origin.as_ref())
            },
        }
        .serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Fact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        written.read().map_err(de::Error::custom)
    }
}

impl<T> Written<T> {
    const fn empty() -> Self {
        Self {
            pending: false,
            known: None,
            unknown: None,
            needs: None,
            detail: None,
            settle: None,
            from: None,
            status: None,
            at: None,
            stale: false,
        }
    }

    fn coming_from(origin: Option<&Origin>) -> Self {
        match origin {
            Some(Origin::Api { endpoint, status }) => {
                Self { from: Some(endpoint.clone()), status: Some(*status), ..Self::empty() }
            }
            Some(Origin::Checkout) | None => Self::empty(),
        }
    }

    /// The fact that was written; the error says what contradicts or is missing.
    fn read(self) -> Result<Fact<T>, &'static str> {
        let status_without_request = self.from.is_none() && self.status.is_some();
        match (self.pending, self.known, self.unknown) {
            _ if status_without_request => Err("`status` needs `from`, the request that was answered"),
            (true, None, None) => Ok(Fact::Pending),
            (false, Some(value), None) => {
                let at = self.at.ok_or("`known` needs `at`, the time of the answer")?;
                let status = self.status.unwrap_or(200);
                let origin = self.from.map_or(Origin::Checkout, |endpoint| Origin::Api { endpoint, status });
                Ok(Fact::Known(Observed { value, origin, at, stale: self.stale }))
            }
            (false, None, Some(reason)) => {
                let detail = self.detail.ok_or("`unknown` needs `detail`, the reason in words")?;
                let status = self.status.unwrap_or(0);
                let origin = self.from.map(|endpoint| Origin::Api { endpoint, status });
                Ok(Fact::Unknown(Unknown { reason, needs: self.needs, detail, settle: self.settle, origin }))
            }
            _ => Err("an answer says one of `known`, `unknown` and `pending: true`"),
        }
    }
}

/// Reads the topic first, so that the answer is read straight from the text and a mistake in it has its own line.
impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TopicFirst)
    }
}

struct TopicFirst;

impl<'de> Visitor<'de> for TopicFirst {
    type Value = Observation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map that begins with `topic`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Observation, A::Error> {
        let first: Option<String> = map.next_key()?;
        if first.as_deref() != Some("topic") {
            return Err(de::Error::custom("an answer begins with `topic`"));
        }
        let topic: Topic = map.next_value()?;
        let answer = MapAccessDeserializer::new(map);
        Ok(match topic {
            Topic::Files => Observation::Files(Fact::deserialize(answer)?),
            Topic::Git => Observation::Git(Fact::deserialize(answer)?),
            Topic::Repository => Observation::Repository(Fact::deserialize(answer)?),
            Topic::Protection => Observation::Protection(Fact::deserialize(answer)?),
            Topic::ActionsPolicy => Observation::ActionsPolicy(Fact::deserialize(answer)?),
            Topic::DefaultToken => Observation::DefaultToken(Fact::deserialize(answer)?),
            Topic::Environments => Observation::Environments(Fact::deserialize(answer)?),
            Topic::Tags => Observation::Tags(Fact::deserialize(answer)?),
            Topic::Release => Observation::Release(Fact::deserialize(answer)?),
            Topic::Attestations => Observation::Attestations(Fact::deserialize(answer)?),
            Topic::Provenance => Observation::Provenance(Fact::deserialize(answer)?),
            Topic::Runs => Observation::Runs(Fact::deserialize(answer)?),
            Topic::Pins => Observation::Pins(Fact::deserialize(answer)?),
            Topic::Checks => Observation::Checks(Fact::deserialize(answer)?),
            Topic::Progress => Observation::Progress(Fact::deserialize(answer)?),
            Topic::PullRequests => Observation::PullRequests(Fact::deserialize(answer)?),
            Topic::Versions => Observation::Versions(Fact::deserialize(answer)?),
        })
    }
}

/// A key that is there counts as there, even when its value is `null`: "no release" is an answer.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Fact<Option<u8>>, String> {
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_null_that_is_known_is_not_a_missing_answer() {
        let fact = read("{known: null, at: 2026-11-20T14:32:00Z}").unwrap();
        assert_eq!(fact.value(), Some(&None));
        assert!(read("{at: 2026-11-20T14:32:00Z}").is_err());
    }

    #[test]
    fn what_is_left_out_has_its_usual_meaning() {
        let local = read("{known: 1, at: 2026-11-20T14:32:00Z}").unwrap();
        assert_eq!(local.observed().unwrap().origin, Origin::Checkout);
        let asked = read("{known: 1, from: GET /x, at: 2026-11-20T14:32:00Z}").unwrap();
        assert_eq!(asked.observed().unwrap().origin, Origin::Api { endpoint: "GET /x".into(), status: 200 });
        assert!(!asked.observed().unwrap().stale);
        assert_eq!(read("pending: true").unwrap(), Fact::Pending);
        let failed = read("{unknown: failed, detail: no answer, from: GET /x}").unwrap();
        assert_eq!(failed, Fact::Unknown(Unknown::new(Reason::Failed, "no answer").from_request("GET /x", 0)));
    }

    #[test]
    fn contradictions_and_gaps_are_refused_with_words() {
        for (text, words) in [
            ("{known: 1}", "needs `at`"),
            ("{unknown: failed}", "needs `detail`"),
            ("{known: 1, unknown: failed, detail: x, at: 2026-11-20T14:32:00Z}", "says one of"),
            ("{pending: true, known: 1, at: 2026-11-20T14:32:00Z}", "says one of"),
            ("{pending: false}", "says one of"),
            ("{}", "says one of"),
            ("{known: 1, at: 2026-11-20T14:32:00Z, status: 200}", "needs `from`"),
            ("{know: 1}", "unknown field `know`"),
            ("{unknown: rate-limited, detail: x}", "unknown variant `rate-limited`"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn every_state_comes_back_from_yaml_and_json_as_it_was() {
        let at: Timestamp = "2026-11-20T14:32:00Z".parse().unwrap();
        let stale = Observed { value: Some(7), origin: Origin::Checkout, at, stale: true };
        let facts: [Fact<Option<u8>>; 7] = [
            Fact::Pending,
            Fact::local(None, at),
            Fact::api(Some(3), "GET /x", 203, at),
            Fact::Known(stale),
            Fact::Unknown(Unknown::new(Reason::Offline, "no network")),
            Fact::Unknown(Unknown::new(Reason::Permission, "no").needing("actions:read").from_request("GET /x", 403)),
            Fact::Unknown(Unknown::new(Reason::Offline, "no answer").settled_by("a cable").from_request("GET /x", 0)),
        ];
        for fact in facts {
            let yaml = serde_yaml::to_string(&fact).unwrap();
            assert!(!yaml.contains('!'), "{yaml}");
            assert_eq!(read(&yaml).unwrap(), fact, "{yaml}");
            let json = serde_json::to_string(&fact).unwrap();
            assert_eq!(serde_json::from_str::<Fact<Option<u8>>>(&json).unwrap(), fact, "{json}");
        }
    }
}
