//! The rows of the fleet: which are shown, in what order, and which are marked.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::age::Age;
use super::filter::Filter;
use crate::fact::RepoId;
use crate::fleet::{Fleet, Readiness, Repo, Rules};
use crate::requirement::{Level, Meta, Verdict};

/// Short names of the requirements, as they stand at the heads of wide columns.
pub const SHORT: &[(&str, &str)] = &[
    ("R01", "docs"),
    ("R02", "trig"),
    ("R03", "sign"),
    ("R04", "brch"),
    ("R05", "perm"),
    ("R06", "acts"),
    ("R07", "envs"),
    ("R08", "pins"),
    ("R09", "depb"),
    ("R10", "att+"),
    ("R11", "att?"),
    ("R12", "oidc"),
    ("R13", "badg"),
];

/// The requirement of that name: an id with or without its nought, a slug, or the name at the head of its column.
pub fn requirement_named(name: &str) -> Option<&'static Meta> {
    let known = |name: &str| crate::requirement::find(name).map(crate::requirement::Requirement::meta);
    let short = || SHORT.iter().find(|(_, short)| short.eq_ignore_ascii_case(name)).map(|(id, _)| *id);
    let number = || name.strip_prefix(['r', 'R'])?.parse::<u8>().ok().map(|number| format!("R{number:02}"));
    known(name).or_else(|| known(short()?)).or_else(|| known(&number()?))
}

/// By what the fleet is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// As the targets were named.
    #[default]
    Listed,
    /// The worst first.
    Verdict,
    /// The worst verdict of one requirement first.
    Requirement(&'static str),
    /// By name.
    Name,
    /// The longest not updated first.
    Updated,
}

impl Sort {
    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Listed => "as listed",
            Self::Verdict => "worst first",
            Self::Requirement(id) => id,
            Self::Name => "name",
            Self::Updated => "oldest first",
        }
    }

    /// How the session and the command line write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Verdict => "verdict",
            Self::Requirement(id) => id,
            Self::Name => "name",
            Self::Updated => "updated",
        }
    }

    /// The sorting of that name.
    pub fn named(name: &str) -> Option<Self> {
        let fixed = [Self::Listed, Self::Verdict, Self::Name, Self::Updated];
        let known = fixed.into_iter().find(|sort| sort.name().eq_ignore_ascii_case(name));
        known.or_else(|| requirement_named(name).map(|meta| Self::Requirement(meta.id)))
    }

    /// The sorting after this one; `column` is the requirement under the cursor.
    #[must_use]
    pub const fn next(self, column: &'static str) -> Self {
        match self {
            Self::Listed => Self::Verdict,
            Self::Verdict => Self::Requirement(column),
            Self::Requirement(_) => Self::Name,
            Self::Name => Self::Updated,
            Self::Updated => Self::Listed,
        }
    }
}

/// The rows of the fleet.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The repositories that are shown, in order.
    pub order: Vec<RepoId>,
    /// The first row on the screen.
    pub top: usize,
    /// The first requirement on the screen.
    pub left: usize,
    /// Marked repositories.
    pub marks: BTreeSet<RepoId>,
    /// By what they are sorted.
    pub sort: Sort,
    /// Whether the order is turned around.
    pub reverse: bool,
    /// Which are shown.
    pub filter: Filter,
}

impl Matrix {
    /// Filters and sorts anew.
    pub fn arrange(&mut self, fleet: &Fleet) {
        let rules = &fleet.rules;
        let shown =
            fleet.repos.iter().filter(|(id, repo)| self.filter.lets_through(repo, rules, self.marks.contains(id)));
        let mut rows: Vec<(Rank, &RepoId)> = shown.map(|(id, repo)| (self.rank(repo, rules), id)).collect();
        rows.sort();
        if self.reverse {
            rows.reverse();
        }
        self.order = rows.into_iter().map(|(_, id)| id.clone()).collect();
    }

    /// Whether an answer can change which rows are shown, or their order.
    pub fn looks_at_answers(&self) -> bool {
        self.filter.looks_at_answers() || !matches!(self.sort, Sort::Listed | Sort::Name)
    }

    /// Where a repository stands among the rows.
    pub fn position(&self, repo: &RepoId) -> Option<usize> {
        self.order.iter().position(|id| id == repo)
    }

    fn rank(&self, repo: &Repo, rules: &Rules) -> Rank {
        match self.sort {
            Sort::Listed => Rank::None,
            Sort::Verdict => {
                let tally = Tally::of(repo, rules);
                Rank::Worst(Reverse((tally.readiness, tally.fails.decide, tally.unknown + tally.manual)))
            }
            Sort::Requirement(id) => {
                let finding = repo.findings.iter().find(|finding| finding.meta.id == id);
                Rank::Of(finding.map_or(u8::MAX, |finding| weight(finding.verdict)))
            }
            Sort::Name => Rank::Named(repo.name().to_lowercase()),
            Sort::Updated => Rank::Seen(Age::of(&repo.facts).newest.map(jiff::Timestamp::as_second)),
        }
    }
}

/// What rows are compared by, before their place in the list of targets.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    None,
    Worst(Reverse<(Readiness, usize, usize)>),
    Of(u8),
    Named(String),
    Seen(Option<i64>),
}

/// The order of verdicts, worst first.
pub const fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Unknown => 1,
        Verdict::Manual => 2,
        Verdict::Warn => 3,
        Verdict::Pending => 4,
        Verdict::Waived => 5,
        Verdict::Pass => 6,
        Verdict::NotApplicable => 7,
    }
}

/// How many findings have a verdict: those that decide whether a repository is ready, and the others beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Requirements that decide.
    pub decide: usize,
    /// Requirements beside them, which are recommended or informational.
    pub beside: usize,
}

impl Count {
    /// The findings of a verdict. Where requirements were named, all of them decide.
    pub fn of(repo: &Repo, rules: &Rules, verdict: Verdict) -> Self {
        let named = !rules.only.is_empty();
        let mut count = Self::default();
        for finding in repo.findings.iter().filter(|finding| finding.verdict == verdict) {
            if named || finding.meta.level == Level::Required {
                count.decide += 1;
            } else {
                count.beside += 1;
            }
        }
        count
    }

    /// As it is shown everywhere, in front of its word: `5 fail +1`, and `+1 fail` where none decides; empty where
    /// there are none at all.
    pub fn before(self, word: &str) -> String {
        match (self.decide, self.beside) {
            (0, 0) => String::new(),
            (0, beside) => format!("+{beside} {word}"),
            (decide, 0) => format!("{decide} {word}"),
            (decide, beside) => format!("{decide} {word} +{beside}"),
        }
    }

    /// The same behind the mark of its verdict: `? 5 +1`.
    pub fn behind(self, glyph: &str) -> String {
        match (self.decide, self.beside) {
            (0, 0) => String::new(),
            (0, beside) => format!("{glyph} +{beside}"),
            (decide, 0) => format!("{glyph} {decide}"),
            (decide, beside) => format!("{glyph} {decide} +{beside}"),
        }
    }
}

/// What keeps a repository from being ready, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Whether it is safe to ship.
    pub readiness: Readiness,
    /// Requirements that fail.
    pub fails: Count,
    /// Requirements that decide and cannot be told.
    pub unknown: usize,
    /// Requirements that decide and need a person.
    pub manual: usize,
}

impl Tally {
    /// Counts the findings.
    pub fn of(repo: &Repo, rules: &Rules) -> Self {
        let count = |verdict| Count::of(repo, rules, verdict);
        Self {
            readiness: repo.readiness(rules),
            fails: count(Verdict::Fail),
            unknown: count(Verdict::Unknown).decide,
            manual: count(Verdict::Manual).decide,
        }
    }

    /// The verdict in at most `room` columns: what decides first, and what fails beside it where there is room. Marks
    /// stand for what cannot be told and what needs a person, which are two things.
    pub fn words(&self, unknown: &str, manual: &str, room: usize) -> String {
        let marked = |gap: &str| {
            let both = [(unknown, self.unknown), (manual, self.manual)].into_iter().filter(|(_, count)| *count > 0);
            both.map(|(glyph, count)| format!("{glyph}{gap}{count}")).collect::<Vec<_>>()
        };
        let (fails, beside) = (self.fails, Count { decide: 0, ..self.fails });
        let (first, more) = match self.readiness {
            Readiness::Ready => ("READY".to_owned(), beside.before("fail")),
            Readiness::Undecided => (String::new(), beside.before("fail")),
            Readiness::NotReady => (format!("{} fail", fails.decide), fails.before("fail")),
        };
        let joined = |parts: Vec<String>, gap: &str| {
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(gap)
        };
        let full = |gap: &str, between: &str| match self.readiness {
            Readiness::NotReady => joined([vec![more.clone()], marked(gap)].concat(), between),
            _ => joined([vec![first.clone()], marked(gap), vec![more.clone()]].concat(), between),
        };
        let short = |gap: &str, between: &str| joined([vec![first.clone()], marked(gap)].concat(), between);
        let choices =
            [full(" ", "  "), full("", " "), short(" ", "  "), short("", " "), joined(vec![first.clone()], "")];
        let last = short("", " ");
        choices.into_iter().find(|words| !words.is_empty() && words.width() <= room).unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{SurveyEvent, Target};
    use crate::requirement::{Check, Finding, pinned_actions, token_permissions};

    fn fleet(rows: &[(&str, Verdict, Verdict)]) -> Fleet {
        let mut fleet = Fleet::default();
        for (index, (name, token, pins)) in rows.iter().enumerate() {
            let id = RepoId { index, target: (*name).into() };
            fleet.absorb(SurveyEvent::Started(Target { id: id.clone(), repository: None, path: None, whole: None }));
            let of = |meta, verdict| Finding::of(meta, vec![Check::decisive("x", verdict, "")]);
            let findings = vec![of(&token_permissions::META, *token), of(&pinned_actions::META, *pins)];
            fleet.repos.get_mut(&id).unwrap().findings = findings;
        }
        fleet
    }

    fn names(matrix: &Matrix) -> Vec<&str> {
        matrix.order.iter().map(|id| &*id.target).collect()
    }

    #[test]
    fn rows_are_sorted_worst_first_and_back_to_the_list() {
        use Verdict::{Fail, Pass, Unknown};
        let fleet = fleet(&[("c", Pass, Pass), ("a", Fail, Fail), ("d", Unknown, Pass), ("b", Fail, Pass)]);
        let mut matrix = Matrix::default();
        let mut seen = Vec::new();
        for _ in 0..5 {
            matrix.arrange(&fleet);
            seen.push((matrix.sort.word(), names(&matrix).join("")));
            matrix.sort = matrix.sort.next("R08");
        }
        let wanted = [("as listed", "cadb"), ("worst first", "abdc"), ("R08", "acdb"), ("name", "abcd")];
        assert!(seen.iter().map(|(word, names)| (*word, names.as_str())).take(4).eq(wanted), "{seen:?}");
        assert_eq!(matrix.sort, Sort::Listed);
        matrix.reverse = true;
        matrix.arrange(&fleet);
        assert_eq!(names(&matrix).join(""), "bdac");
    }

    #[test]
    fn every_sorting_has_a_name() {
        for sort in [Sort::Listed, Sort::Verdict, Sort::Requirement("R08"), Sort::Name, Sort::Updated] {
            assert_eq!(Sort::named(sort.name()), Some(sort));
        }
        for name in ["pinned-actions", "r8", "R08", "R8", "pins"] {
            assert_eq!(Sort::named(name), Some(Sort::Requirement("R08")), "{name}");
        }
        assert_eq!((Sort::named("r0"), Sort::named("r14")), (None, None));
        assert_eq!(Sort::named("size"), None);
    }

    #[test]
    fn kinds_of_not_green_are_counted_apart_and_what_decides_comes_first() {
        let tally = |fails, unknown, manual| {
            let (decide, beside) = fails;
            let readiness = match (decide, unknown + manual) {
                (0, 0) => Readiness::Ready,
                (0, _) => Readiness::Undecided,
                _ => Readiness::NotReady,
            };
            Tally { readiness, fails: Count { decide, beside }, unknown, manual }
        };
        for (fails, unknown, manual, wide, narrow) in [
            ((0, 0), 0, 0, "READY", "READY"),
            ((0, 2), 0, 0, "READY  +2 fail", "READY"),
            ((5, 1), 0, 0, "5 fail +1", "5 fail +1"),
            ((10, 3), 0, 0, "10 fail +3", "10 fail"),
            ((2, 1), 6, 0, "2 fail +1  ? 6", "2 fail ?6"),
            ((1, 1), 2, 4, "1 fail ?2 !4", "1 fail"),
            ((0, 2), 0, 1, "! 1  +2 fail", "! 1"),
            ((0, 0), 8, 1, "? 8  ! 1", "? 8  ! 1"),
        ] {
            let tally = tally(fails, unknown, manual);
            assert_eq!((&*tally.words("?", "!", 14), &*tally.words("?", "!", 9)), (wide, narrow), "{tally:?}");
        }
    }

    #[test]
    fn a_filter_hides_rows() {
        use Verdict::{Fail, Pass};
        let fleet = fleet(&[("a", Fail, Pass), ("b", Pass, Fail)]);
        let mut matrix = Matrix { filter: Filter::parse("R08:fail"), ..Matrix::default() };
        matrix.arrange(&fleet);
        assert_eq!(names(&matrix), ["b"]);
        assert!(matrix.looks_at_answers());
    }
}
