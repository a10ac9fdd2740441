//! What a publish step is for where its text leaves that to the run, as in
//! `repository-url: ${{ inputs.rehearse && '…' || '' }}`: any event that may come to a release counts.

use super::PublishKind;
use crate::fact::workflow::Text;
use crate::fact::workflow::expression::{self, Truth, Value};

/// What a text without expressions says is published; none for nothing.
pub type Reading = fn(&str) -> Option<PublishKind>;

/// What a step publishes, and what a run must still say for it to be so.
#[derive(Clone, Debug)]
pub struct Aim {
    /// What for.
    pub kind: PublishKind,
    /// What the run says.
    pub asks: Vec<Ask>,
}

/// A text that a run completes.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The text.
    pub text: Text,
    /// What a completed text says.
    reading: Reading,
    /// What it has to say for the step to publish what it is taken for.
    wanted: PublishKind,
}

impl From<PublishKind> for Aim {
    fn from(kind: PublishKind) -> Self {
        Self { kind, asks: Vec::new() }
    }
}

impl Aim {
    /// What a text says. One that a run completes is taken for `wanted` as long as it may come to that.
    pub fn read(text: &Text, wanted: PublishKind, reading: Reading) -> Option<Self> {
        if !text.has_expression() {
            return reading(text.trimmed()).map(Self::from);
        }
        let values = expression::possible(&text.value).strings().unwrap_or_default();
        let kinds: Vec<Option<PublishKind>> = values.iter().map(|value| reading(value.trim())).collect();
        match kinds.as_slice() {
            [first, rest @ ..] if rest.iter().all(|kind| kind == first) => first.map(Self::from),
            [_, ..] if !kinds.contains(&Some(wanted)) => kinds.into_iter().flatten().next().map(Self::from),
            _ => Some(Self { kind: wanted, asks: vec![Ask { text: text.clone(), reading, wanted }] }),
        }
    }

    /// This kind instead, under the same conditions.
    #[must_use]
    pub fn as_kind(self, kind: PublishKind) -> Self {
        Self { kind, ..self }
    }

    /// The kind of the other, where both are so.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { kind: other.kind, asks: self.asks.into_iter().chain(other.asks).collect() }
    }
}

impl Ask {
    /// Whether a run in which the text has this value publishes what the step is taken for.
    pub fn holds(&self, value: &Value) -> Truth {
        match value {
            Value::RunTime(why) => Truth::RunTime(why.clone()),
            Value::Any(values) => Truth::of_one(values.iter().map(|value| self.holds(value))),
            known => known.strings().map_or(Truth::Can, |texts| {
                let wanted = texts.iter().all(|text| (self.reading)(text.trim()) == Some(self.wanted));
                if wanted { Truth::Yes } else { Truth::No }
            }),
        }
    }

    /// What else a value says is published.
    pub fn otherwise(&self, value: &Value) -> Option<PublishKind> {
        let kinds = value.strings().into_iter().flatten().filter_map(|text| (self.reading)(text.trim()));
        kinds.into_iter().find(|kind| *kind != self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn reading(text: &str) -> Option<PublishKind> {
        match text {
            "" => Some(PublishKind::Production),
            "test" => Some(PublishKind::Test),
            "other" => Some(PublishKind::OtherIndex),
            _ => None,
        }
    }

    fn aim(text: &str) -> Option<(PublishKind, usize)> {
        let aim = Aim::read(&Text::within(text, Span::default()), PublishKind::Production, reading)?;
        Some((aim.kind, aim.asks.len()))
    }

    #[test]
    fn a_mixture_is_the_real_thing_until_the_run_says_otherwise() {
        use PublishKind::{OtherIndex, Production, Test};
        for (text, expected) in [
            ("", Some((Production, 0))),
            (" test ", Some((Test, 0))),
            ("off", None),
            ("${{ inputs.x && 'test' || '' }}", Some((Production, 1))),
            ("${{ inputs.x || '' }}", Some((Production, 1))),
            // What is empty is not true, so it never comes to that.
            ("${{ inputs.x && '' || 'test' }}", Some((Test, 0))),
            ("${{ inputs.x && 'off' || '' }}", Some((Production, 1))),
            ("${{ inputs.x && 'test' || 'test' }}", Some((Test, 0))),
            ("${{ inputs.x && 'other' || 'test' }}", Some((OtherIndex, 0))),
            ("${{ inputs.x && 'off' || 'test' }}", Some((Test, 0))),
            ("${{ inputs.x && 'off' || 'out' }}", None),
            ("${{ inputs.x || 'test' }}", Some((Production, 1))),
            ("${{ vars.X }}", Some((Production, 1))),
            ("${{ not )( }}", Some((Production, 1))),
        ] {
            assert_eq!(aim(text), expected, "{text}");
        }
    }

    #[test]
    fn the_value_of_a_run_decides() {
        let text = Text::within("${{ vars.X }}", Span::default());
        let aim = Aim::read(&text, PublishKind::Production, reading).unwrap();
        let run_time = || Value::RunTime("x".to_owned());
        let holds = |value: Value| aim.asks[0].holds(&value);
        assert_eq!(holds(Value::str("")), Truth::Yes);
        assert_eq!(holds(Value::str("test")), Truth::No);
        assert_eq!(holds(Value::any_str(["test", ""])), Truth::Can);
        assert_eq!(holds(Value::any_str(["test", "off"])), Truth::No);
        assert_eq!(holds(Value::Choice), Truth::Can);
        assert!(matches!(holds(run_time()), Truth::RunTime(_)));
        assert!(matches!(holds(Value::Any(vec![run_time(), Value::str("test")])), Truth::RunTime(_)));
        assert_eq!(aim.asks[0].otherwise(&Value::any_str(["", "off", "test"])), Some(PublishKind::Test));
        assert_eq!(aim.asks[0].otherwise(&Value::str("off")), None);
    }
}
