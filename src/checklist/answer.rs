//! What people answered: who, when, about which commit, and for how long it holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Lasting, Step};
use crate::text::clean;

/// The format and its version.
const SCHEMA: &str = "shipworthy.answers/1";

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// It does not apply to this release, for the reason in the note.
    NotApplicable,
}

impl Said {
    /// The word of the sign-off.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// One answer. Its texts are clean.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Id of the step.
    pub step: String,
    /// What was asked; an answer to other words is void.
    pub asked: String,
    /// What was answered.
    pub said: Said,
    /// Who answered.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// The commit that was looked at.
    #[serde(default)]
    pub commit: Option<String>,
    /// What was noted.
    #[serde(default)]
    pub note: String,
}

impl Answer {
    /// When an answer ends that holds for some days.
    pub fn ends(&self, lasting: Lasting) -> Option<Timestamp> {
        let Lasting::Days(days) = lasting else { return None };
        Timestamp::from_second(self.at.as_second().saturating_add(i64::from(days) * DAY)).ok()
    }

    /// Why the answer does not hold; none where it does.
    pub fn void(&self, step: &Step, commit: Option<&str>, now: Timestamp) -> Option<String> {
        if self.asked != step.title {
            return Some("the question is another one now".to_owned());
        }
        // A clock may be a little ahead of another.
        if self.at.as_second() > now.as_second() + DAY {
            return Some("it was given in the future".to_owned());
        }
        match step.lasting {
            Lasting::Commit => match (self.commit.as_deref(), commit) {
                (Some(then), Some(now)) if then == now => None,
                (Some(_), Some(_)) => Some("the commit changed".to_owned()),
                _ => Some("the commit is not known".to_owned()),
            },
            Lasting::Days(days) => {
                let ended = self.ends(step.lasting).is_none_or(|end| end < now);
                ended.then(|| format!("it is older than {days} days"))
            }
        }
    }
}

/// The answers about one release, or about the process of one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The answers, one for each step.
    pub all: Vec<Answer>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: String,
    answers: Vec<Answer>,
}

impl Answers {
    /// The answers that a text holds.
    ///
    /// # Errors
    /// What keeps the text from holding answers, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if written.schema != SCHEMA {
            return Err(format!("it is not of the form {SCHEMA}"));
        }
        let mut answers = Self::default();
        for answer in written.answers {
            answers.put(cleaned(answer));
        }
        Ok(answers)
    }

    /// The answers as a text.
    pub fn text(&self) -> String {
        let written = Written { schema: SCHEMA.to_owned(), answers: self.all.clone() };
        serde_json::to_string_pretty(&written).map(|text| text + "\n").unwrap_or_default()
    }

    /// Takes in an answer, in place of an earlier one to the same step.
    pub fn put(&mut self, answer: Answer) {
        self.take(&answer.step.clone());
        self.all.push(answer);
    }

    /// Takes an answer back.
    pub fn take(&mut self, step: &str) -> Option<Answer> {
        let at = self.all.iter().position(|answer| answer.step == step)?;
        Some(self.all.remove(at))
    }

    /// The answer to a step.
    pub fn of(&self, step: &str) -> Option<&Answer> {
        self.all.iter().find(|answer| answer.step == step)
    }
}

/// The same answer, with texts that can do nothing.
pub fn cleaned(answer: Answer) -> Answer {
    let line = |text: &str| clean::line(text.trim()).into_owned();
    Answer {
        step: line(&answer.step),
        asked: line(&answer.asked),
        who: line(&answer.who),
        note: line(&answer.note),
        commit: answer.commit.map(|id| line(&id)),
        ..answer
    }
}
