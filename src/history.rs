//! What earlier surveys said about a repository: compact, capped, and pure; where it is kept is not known here.
//!
//! A survey that says the same as the one before only moves the time until which that was seen. What could not be told
//! is kept as such, and does not count as a change of what was told before and after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fleet::{Readiness, Repo, Rules};
use crate::requirement::{self, Level, Verdict};

/// The format and its version.
const SCHEMA: &str = "shipworthy.history/1";

/// How many records are kept; older ones are dropped.
pub const MOST: usize = 200;

/// The letter of each verdict.
const LETTERS: [(Verdict, char); 7] = [
    (Verdict::Pass, 'p'),
    (Verdict::Warn, 'w'),
    (Verdict::Fail, 'f'),
    (Verdict::Unknown, 'u'),
    (Verdict::Manual, 'm'),
    (Verdict::NotApplicable, 'n'),
    (Verdict::Waived, 'o'),
];

/// What surveys said about one repository, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The repository or folder it is about.
    pub name: String,
    /// What was said.
    pub records: Vec<Record>,
}

/// What surveys in a row said alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When it was said first.
    pub first: Timestamp,
    /// When it was said last.
    pub last: Timestamp,
    /// The commit that was judged, where it is known.
    pub commit: Option<String>,
    /// The verdict of each requirement, by id.
    pub verdicts: BTreeMap<String, Verdict>,
}

/// When a requirement came to stand as it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChange {
    /// When it was first seen so.
    pub at: Timestamp,
    /// The verdict before; none where it was never seen otherwise.
    pub before: Option<Verdict>,
    /// The verdict now.
    pub after: Verdict,
}

/// The required requirements at one time, for a small picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trend {
    /// When.
    pub at: Timestamp,
    /// How many fail.
    pub failing: usize,
    /// How many cannot be told or need a person.
    pub undecided: usize,
    /// How many do neither.
    pub fine: usize,
    /// Whether it was safe to ship.
    pub readiness: Readiness,
}

/// The history as it is written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: String,
    name: String,
    records: Vec<WrittenRecord>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenRecord {
    first: Timestamp,
    last: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// `R01p R02f …`: each id with the letter of its verdict.
    verdicts: String,
}

impl History {
    /// The history that a text holds.
    ///
    /// # Errors
    /// What keeps the text from being one, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if written.schema != SCHEMA {
            return Err(format!("it is not of the form {SCHEMA}"));
        }
        let records = written.records.into_iter().map(Record::read).collect::<Result<Vec<_>, String>>()?;
        if !records.is_sorted_by_key(|record| record.last) {
            return Err("its records are out of order".to_owned());
        }
        Ok(Self { name: written.name, records })
    }

    /// The history as a text, a record a line.
    pub fn text(&self) -> String {
        let record = |record: &Record| WrittenRecord {
            first: record.first,
            last: record.last,
            commit: record.commit.clone(),
            verdicts: record.letters(),
        };
        let lines = self.records.iter().filter_map(|one| serde_json::to_string(&record(one)).ok());
        let lines = lines.map(|line| format!("\n{line}")).collect::<Vec<_>>().join(",");
        let name = serde_json::Value::from(self.name.as_str());
        format!("{{\"schema\":\"{SCHEMA}\",\"name\":{name},\"records\":[{lines}\n]}}\n")
    }

    /// Takes in what a survey said. One that is older than the last is left out: clocks may step back.
    pub fn add(&mut self, record: Record) {
        match self.records.last_mut() {
            Some(last) if record.last < last.last => return,
            Some(last) if last.commit == record.commit && last.verdicts == record.verdicts => last.last = record.last,
            _ => self.records.push(record),
        }
        let surplus = self.records.len().saturating_sub(MOST);
        self.records.drain(..surplus);
    }

    /// When a requirement came to stand as it does; none where it was never judged.
    pub fn last_change(&self, id: &str) -> Option<LastChange> {
        let mut seen = self.records.iter().rev().filter_map(|record| Some((record.first, *record.verdicts.get(id)?)));
        let (mut at, after) = seen.next()?;
        for (first, verdict) in seen {
            if verdict == after {
                at = first;
            } else if is_undecided(after) || !is_undecided(verdict) {
                return Some(LastChange { at, before: Some(verdict), after });
            }
        }
        Some(LastChange { at, before: None, after })
    }

    /// The last few records as numbers, oldest first.
    pub fn trend(&self, most: usize) -> Vec<Trend> {
        self.records.iter().skip(self.records.len().saturating_sub(most)).map(Record::trend).collect()
    }
}

impl Record {
    /// What a survey said about a repository that was judged in full; none for one that was not, or that was not seen.
    pub fn of(repo: &Repo, rules: &Rules, at: Timestamp) -> Option<Self> {
        let settled = repo.finished && repo.findings.iter().all(|finding| finding.verdict != Verdict::Pending);
        let told = repo.findings.iter().any(|finding| !is_undecided(finding.verdict));
        if !rules.only.is_empty() || !settled || !told {
            return None;
        }
        let verdicts = repo.findings.iter().map(|finding| (finding.meta.id.to_owned(), finding.verdict)).collect();
        Some(Self { first: at, last: at, commit: repo.commit().map(str::to_owned), verdicts })
    }

    fn read(written: WrittenRecord) -> Result<Self, String> {
        let verdict = |word: &str| {
            let letter = word.chars().last()?;
            let (verdict, _) = LETTERS.iter().find(|(_, known)| *known == letter)?;
            Some((word.strip_suffix(letter)?.to_owned(), *verdict))
        };
        let verdicts = written.verdicts.split_whitespace().map(verdict).collect::<Option<BTreeMap<_, _>>>();
        let verdicts = verdicts.ok_or("it holds a verdict that does not exist")?;
        Ok(Self { first: written.first, last: written.last, commit: written.commit, verdicts })
    }

    fn letters(&self) -> String {
        let letter = |verdict| LETTERS.iter().find(|(known, _)| *known == verdict).map_or('u', |(_, letter)| *letter);
        self.verdicts.iter().map(|(id, verdict)| format!("{id}{}", letter(*verdict))).collect::<Vec<_>>().join(" ")
    }

    /// The required requirements as numbers.
    pub fn trend(&self) -> Trend {
        let required = |id: &str| requirement::find(id).is_some_and(|known| known.meta().level == Level::Required);
        let counted: Vec<Verdict> =
            self.verdicts.iter().filter(|(id, _)| required(id)).map(|(_, verdict)| *verdict).collect();
        let failing = counted.iter().filter(|verdict| **verdict == Verdict::Fail).count();
        let undecided = counted.iter().filter(|verdict| is_undecided(**verdict)).count();
        let readiness = match (failing, undecided) {
            (0, 0) if !counted.is_empty() => Readiness::Ready,
            (0, _) => Readiness::Undecided,
            _ => Readiness::NotReady,
        };
        Trend { at: self.last, failing, undecided, fine: counted.len() - failing - undecided, readiness }
    }
}

const fn is_undecided(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Unknown | Verdict::Manual | Verdict::Pending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
    }

    fn record(day: i64, commit: &str, verdicts: &[(&str, Verdict)]) -> Record {
        let verdicts = verdicts.iter().map(|(id, verdict)| ((*id).to_owned(), *verdict)).collect();
        Record { first: at(day), last: at(day), commit: Some(commit.to_owned()), verdicts }
    }

    fn history(verdicts: &[Verdict]) -> History {
        let mut history = History::default();
        for (day, verdict) in (0..).zip(verdicts) {
            history.add(record(day, "c", &[("R05", *verdict)]));
        }
        history
    }

    #[test]
    fn what_is_said_again_only_moves_the_time() {
        let mut history = History::default();
        for (day, commit) in [(0, "a"), (1, "a"), (2, "b"), (1, "a")] {
            history.add(record(day, commit, &[("R05", Verdict::Pass)]));
        }
        let times: Vec<_> = history.records.iter().map(|record| (record.first, record.last)).collect();
        assert_eq!(times, [(at(0), at(1)), (at(2), at(2))]);
    }

    #[test]
    fn a_change_is_dated_and_gaps_in_knowledge_are_none() {
        use Verdict::{Fail, Pass, Unknown};
        let change = |verdicts: &[Verdict]| {
            history(verdicts).last_change("R05").map(|change| (change.at, change.before, change.after))
        };
        assert_eq!(change(&[Fail, Pass, Pass]), Some((at(1), Some(Fail), Pass)));
        assert_eq!(change(&[Fail, Pass, Unknown, Pass]), Some((at(1), Some(Fail), Pass)));
        assert_eq!(change(&[Pass, Unknown, Unknown]), Some((at(1), Some(Pass), Unknown)));
        assert_eq!(change(&[Pass]), Some((at(0), None, Pass)));
        assert_eq!(change(&[]), None);
        assert_eq!(history(&[Pass]).last_change("R01"), None);
    }

    #[test]
    fn the_oldest_records_are_dropped() {
        use Verdict::{Fail, Pass};
        let many: Vec<Verdict> = (0..MOST + 50).map(|n| if n.is_multiple_of(2) { Pass } else { Fail }).collect();
        let history = history(&many);
        assert_eq!(history.records.len(), MOST);
        assert!(history.text().len() < 40_000, "{}", history.text().len());
        assert_eq!(history.trend(3).len(), 3);
    }

    #[test]
    fn only_what_is_required_makes_the_trend() {
        use Verdict::{Fail, Manual, Pass, Waived};
        let all = record(0, "c", &[("R03", Fail), ("R05", Pass), ("R07", Manual), ("R08", Waived)]);
        let trend = all.trend();
        assert_eq!((trend.failing, trend.undecided, trend.fine), (0, 1, 2));
        assert_eq!(trend.readiness, Readiness::Undecided);
        assert_eq!(record(0, "c", &[]).trend().readiness, Readiness::Undecided);
    }

    #[test]
    fn what_is_no_history_is_refused() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"schema":"x","name":"","records":[]}"#,
            r#"{"schema":"shipworthy.history/1","name":"","records":[{"first":"2026-01-01T00:00:00Z","last":"2026-01-01T00:00:00Z","verdicts":"R01z"}]}"#,
        ] {
            assert!(History::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            name in any::<String>(),
            picks in proptest::collection::vec((0_usize..7, 0_usize..13, any::<Option<String>>()), 0..20),
        ) {
            let mut history = History { name, records: Vec::new() };
            for (day, (letter, id, commit)) in (0..).zip(picks) {
                let verdicts = [(format!("R{:02}", id + 1), LETTERS[letter].0)].into();
                history.add(Record { first: at(day), last: at(day), commit, verdicts });
            }
            prop_assert_eq!(History::parse(&history.text()).unwrap(), history);
        }

        #[test]
        fn no_text_is_too_odd_to_be_refused(text in any::<String>()) {
            prop_assert!(History::parse(&text).is_err());
        }
    }
}
