//! What a filter of the fleet says, and which repositories it lets through.
//!
//! A filter is words that all must hold: `R08:fail`, `is:unknown`, `not:is:stale`, and any other word, whose letters
//! must stand in the name in that order.

use super::age::Age;
use super::matrix::requirement_named;
use crate::fleet::{Readiness, Repo, Rules};
use crate::requirement::Verdict;
use crate::text::{clean, typed};

/// A filter of the fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
    mistake: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// Letters of the name, in order.
    Name(String),
    /// A verdict of a requirement.
    Finding(&'static str, &'static [Verdict]),
    /// A verdict of any requirement.
    Any(&'static [Verdict]),
    /// How a repository stands.
    State(State),
    /// The contrary.
    Not(Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    NotReady,
    Undecided,
    Stale,
    Loading,
    Refused,
    Offline,
    Fixable,
    Marked,
}

const STATES: &[(&str, State)] = &[
    ("ready", State::Ready),
    ("not-ready", State::NotReady),
    ("undecided", State::Undecided),
    ("stale", State::Stale),
    ("loading", State::Loading),
    ("refused", State::Refused),
    ("offline", State::Offline),
    ("fixable", State::Fixable),
    ("marked", State::Marked),
];

const VERDICTS: &[(&str, &[Verdict])] = &[
    ("fail", &[Verdict::Fail]),
    ("warn", &[Verdict::Warn]),
    ("pass", &[Verdict::Pass]),
    ("unknown", &[Verdict::Unknown]),
    ("manual", &[Verdict::Manual]),
    ("waived", &[Verdict::Waived]),
    ("not-applicable", &[Verdict::NotApplicable]),
    ("pending", &[Verdict::Pending]),
    ("ask", &[Verdict::Unknown, Verdict::Manual]),
];

/// Other words for the same, as the screens and the reports say them.
const ALSO: &[(&str, &str)] = &[
    ("cannot-tell", "unknown"),
    ("person", "manual"),
    ("needs-a-person", "manual"),
    ("awaited", "pending"),
    ("warning", "warn"),
    ("n/a", "not-applicable"),
];

/// The verdicts of a word, in whichever vocabulary.
fn verdicts_named(word: &str) -> Option<&'static [Verdict]> {
    let word = ALSO.iter().find(|(also, _)| *also == word).map_or(word, |(_, word)| word);
    VERDICTS.iter().find(|(name, _)| *name == word).map(|(_, verdicts)| *verdicts)
}

/// Every word that may stand behind `is:`.
pub fn states() -> impl Iterator<Item = &'static str> + Clone {
    STATES.iter().map(|(name, _)| *name).chain(VERDICTS.iter().map(|(name, _)| *name))
}

/// Every word that may stand behind a requirement and a colon.
pub fn verdicts() -> impl Iterator<Item = &'static str> + Clone {
    VERDICTS.iter().map(|(name, _)| *name)
}

impl Filter {
    /// Reads a filter. A word that means nothing is told by [`Filter::mistake`] and lets everything through.
    pub fn parse(text: &str) -> Self {
        let mut filter = Self { text: text.trim().to_owned(), ..Self::default() };
        for word in text.split_whitespace() {
            match term(word) {
                Ok(term) => filter.terms.push(term),
                Err(mistake) => filter.mistake = filter.mistake.or(Some(mistake)),
            }
        }
        filter
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What in it means nothing, and what was probably meant.
    pub fn mistake(&self) -> Option<&str> {
        self.mistake.as_deref()
    }

    /// What was probably meant by a word that stands for the letters of a name: `is:ready` by `ready`, `R08:fail` by
    /// `R08`.
    pub fn hint(&self) -> Option<String> {
        self.terms.iter().find_map(|term| match term {
            Term::Name(word) if STATES.iter().any(|(name, _)| name == word) || verdicts_named(word).is_some() => {
                Some(format!("did you mean is:{word}?"))
            }
            Term::Name(word) => requirement_named(word).map(|meta| format!("did you mean {}:fail?", meta.id)),
            _ => None,
        })
    }

    /// Whether it looks at more than names, so that an answer can change what it lets through.
    pub fn looks_at_answers(&self) -> bool {
        self.terms.iter().any(|term| !matches!(term, Term::Name(_)))
    }

    /// Whether it lets a repository through.
    pub fn lets_through(&self, repo: &Repo, rules: &Rules, marked: bool) -> bool {
        self.terms.iter().all(|term| term.holds(repo, rules, marked))
    }
}

fn term(word: &str) -> Result<Term, String> {
    let Some((before, after)) = word.split_once(':') else { return Ok(Term::Name(word.to_lowercase())) };
    if before.eq_ignore_ascii_case("not") {
        return term(after).map(|inner| Term::Not(Box::new(inner)));
    }
    let lower = after.to_lowercase();
    let verdict = verdicts_named(&lower);
    if before.eq_ignore_ascii_case("is") {
        let state = STATES.iter().find(|(name, _)| *name == lower).map(|(_, state)| Term::State(*state));
        return state.or(verdict.map(Term::Any)).ok_or_else(|| nearest("is", &lower, states()));
    }
    match requirement_named(before) {
        Some(meta) => {
            verdict.map(|verdicts| Term::Finding(meta.id, verdicts)).ok_or_else(|| nearest(before, &lower, verdicts()))
        }
        None => {
            Err(format!("`{}` is no requirement; write R08:fail, is:unknown or not:R08:fail", clean::short(before, 20)))
        }
    }
}

fn nearest(before: &str, after: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    match typed::nearest(after, known.clone()) {
        Some(near) if !after.is_empty() => format!("did you mean {before}:{near}?"),
        _ => format!("{before}: takes {}", known.collect::<Vec<_>>().join(", ")),
    }
}

impl Term {
    fn holds(&self, repo: &Repo, rules: &Rules, marked: bool) -> bool {
        match self {
            Self::Name(letters) => in_order(letters, &repo.name().to_lowercase()),
            Self::Finding(id, verdicts) => {
                repo.findings.iter().any(|finding| finding.meta.id == *id && verdicts.contains(&finding.verdict))
            }
            Self::Any(verdicts) => repo.findings.iter().any(|finding| verdicts.contains(&finding.verdict)),
            Self::State(state) => state.holds(repo, rules, marked),
            Self::Not(inner) => !inner.holds(repo, rules, marked),
        }
    }
}

impl State {
    fn holds(self, repo: &Repo, rules: &Rules, marked: bool) -> bool {
        match self {
            Self::Ready => repo.finished && repo.readiness(rules) == Readiness::Ready,
            Self::NotReady => repo.readiness(rules) == Readiness::NotReady,
            Self::Undecided => repo.finished && repo.readiness(rules) == Readiness::Undecided,
            Self::Stale => Age::of(&repo.facts).stale.is_some(),
            Self::Loading => !repo.finished,
            Self::Refused => Age::of(&repo.facts).refused > 0,
            Self::Offline => Age::of(&repo.facts).offline > 0,
            Self::Fixable => repo.findings.iter().any(|finding| finding.fix.is_some()),
            Self::Marked => marked,
        }
    }
}

/// Whether letters stand in a text in their order.
fn in_order(letters: &str, text: &str) -> bool {
    let mut rest = text.chars();
    letters.chars().all(|wanted| rest.any(|c| c == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{RepoId, SurveyEvent, Target};
    use crate::fleet::Fleet;
    use crate::requirement::{Check, Finding, pinned_actions, token_permissions};

    fn repo(name: &str, pins: Verdict) -> Repo {
        let mut fleet = Fleet::default();
        let id = RepoId { index: 0, target: name.into() };
        fleet.absorb(SurveyEvent::Started(Target { id: id.clone(), repository: None, path: None, whole: None }));
        let mut repo = fleet.repos.remove(&id).unwrap();
        let of = |meta, verdict| Finding::of(meta, vec![Check::decisive("x", verdict, "")]);
        repo.findings = vec![of(&token_permissions::META, Verdict::Pass), of(&pinned_actions::META, pins)];
        repo.finished = true;
        *repo
    }

    fn lets(filter: &str, repo: &Repo) -> bool {
        Filter::parse(filter).lets_through(repo, &Rules::default(), false)
    }

    #[test]
    fn words_are_letters_verdicts_and_states() {
        let repo = repo("demo/Graphnet", Verdict::Fail);
        for filter in [
            "",
            "gnet",
            "DEMO",
            "R08:fail",
            "pinned-actions:fail",
            "r08:FAIL",
            "is:fail",
            "is:not-ready",
            "not:is:ready",
            "r8:fail",
            "pins:fail",
        ] {
            assert!(lets(filter, &repo), "{filter}");
        }
        for filter in
            ["teng", "R08:pass", "not:R08:fail", "is:unknown", "is:marked", "gnet is:ready", "is:stale", "R01:fail"]
        {
            assert!(!lets(filter, &repo), "{filter}");
        }
    }

    #[test]
    fn the_words_of_screens_and_of_reports_mean_the_same() {
        for (also, word) in ALSO {
            assert_eq!(Filter::parse(&format!("r8:{also}")).terms, Filter::parse(&format!("R08:{word}")).terms);
            assert_eq!(Filter::parse(&format!("is:{also}")).terms, Filter::parse(&format!("is:{word}")).terms);
            assert_eq!(Filter::parse(&format!("is:{also}")).mistake(), None, "{also}");
        }
    }

    #[test]
    fn a_bare_word_that_is_no_name_gets_a_hint() {
        for (filter, hint) in [
            ("ready", Some("did you mean is:ready?")),
            ("marked", Some("did you mean is:marked?")),
            ("person", Some("did you mean is:person?")),
            ("R08", Some("did you mean R08:fail?")),
            ("pins", Some("did you mean R08:fail?")),
            ("numpy", None),
            ("is:ready", None),
        ] {
            assert_eq!(Filter::parse(filter).hint().as_deref(), hint, "{filter}");
        }
    }

    #[test]
    fn every_word_behind_is_can_be_read() {
        for state in states() {
            assert_eq!(Filter::parse(&format!("is:{state}")).mistake(), None, "{state}");
        }
        for verdict in verdicts() {
            assert_eq!(Filter::parse(&format!("not:R05:{verdict}")).mistake(), None, "{verdict}");
        }
    }

    #[test]
    fn what_means_nothing_is_told_and_hides_nothing() {
        let repo = repo("a/b", Verdict::Pass);
        for (filter, words) in [
            ("is:stael", "did you mean is:stale?"),
            ("is:", "is: takes ready, not-ready"),
            ("R08:fial", "did you mean R08:fail?"),
            ("R99:fail", "`R99` is no requirement"),
        ] {
            assert!(Filter::parse(filter).mistake().unwrap().contains(words), "{filter}");
            assert!(lets(filter, &repo), "{filter}");
        }
    }
}
