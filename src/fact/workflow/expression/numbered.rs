//! Strings around a number that is not known, as `refs/pull/12/merge`.

use super::value::{Truth, can, lower};

/// A string that is this, some digits, and that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// What stands before the number.
    pub before: String,
    /// What stands after it.
    pub after: String,
}

impl Numbered {
    /// A string around a number.
    pub fn new(before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { before: before.into(), after: after.into() }
    }

    /// Whether it contains a text, without regard to case as in all that follows.
    pub(super) fn contains(&self, part: &str) -> Truth {
        let (before, after, part) = self.folded(part);
        if before.contains(&part) || after.contains(&part) {
            return Truth::Yes;
        }
        // What stands in neither end takes some of the number.
        can(runs(&part).any(|(head, tail)| before.ends_with(head) && after.starts_with(tail)))
    }

    /// Whether it starts with a text.
    pub(super) fn begins(&self, start: &str) -> Truth {
        let (before, after, start) = self.folded(start);
        let Some(rest) = start.strip_prefix(&before) else { return Truth::of(before.starts_with(&start)) };
        let tail = rest.trim_start_matches(is_digit);
        match rest {
            "" => Truth::Yes,
            rest => can(tail.len() < rest.len() && after.starts_with(tail)),
        }
    }

    /// Whether it ends with a text.
    pub(super) fn ends(&self, end: &str) -> Truth {
        let (before, after, end) = self.folded(end);
        let Some(rest) = end.strip_suffix(&after) else { return Truth::of(after.ends_with(&end)) };
        let head = rest.trim_end_matches(is_digit);
        match rest {
            "" => Truth::Yes,
            rest => can(head.len() < rest.len() && before.ends_with(head)),
        }
    }

    /// Whether it is a text.
    pub(super) fn equals(&self, text: &str) -> Truth {
        let (before, after, text) = self.folded(text);
        let number = text.strip_prefix(&before).and_then(|rest| rest.strip_suffix(&after));
        can(number.is_some_and(|number| !number.is_empty() && number.chars().all(is_digit)))
    }

    fn folded(&self, other: &str) -> (String, String, String) {
        (lower(&self.before), lower(&self.after), lower(other))
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// What stands before and after each run of digits in a text.
fn runs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(is_digit)?;
        let tail = text.get(start..)?.trim_start_matches(is_digit);
        at = text.len() - tail.len();
        Some((text.get(..start)?, tail))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull() -> Numbered {
        Numbered::new("refs/pull/", "/merge")
    }

    /// The texts of each list, told `Yes`, `Can` and `No`.
    fn told(ask: impl Fn(&str) -> Truth, yes: &[&str], possible: &[&str], no: &[&str]) {
        for (texts, expected) in [(yes, Truth::Yes), (possible, Truth::Can), (no, Truth::No)] {
            for text in texts {
                assert_eq!(ask(text), expected, "{text}");
            }
        }
    }

    #[test]
    fn what_it_contains_takes_at_most_the_number() {
        told(
            |part| pull().contains(part),
            &["", "refs/pull", "PULL/", "merge", "/"],
            &["12", "pull/3", "7/merge", "refs/pull/42/merge", "5/"],
            &["tags", "refs/tags/", "/tags/v", "pull//merge", "pull/v1", "1/2", "v1", "3/head"],
        );
        assert_eq!(Numbered::new("a1/", "/b").contains("1/23/"), Truth::Can, "the second run is the number");
    }

    #[test]
    fn how_it_starts_and_ends() {
        told(
            |start| pull().begins(start),
            &["", "refs/", "Refs/Pull/"],
            &["refs/pull/1", "refs/pull/12/", "refs/pull/12/merge"],
            &["refs/tags/", "refs/heads/", "v", "refs/pull/v", "refs/pull//", "refs/pull/1/head"],
        );
        told(
            |end| pull().ends(end),
            &["", "merge", "/MERGE"],
            &["1/merge", "/12/merge", "refs/pull/12/merge"],
            &["main", ".dev", "x/merge", "heads/1/merge"],
        );
        told(|start| Numbered::new("", "/merge").begins(start), &[""], &["1", "12/m"], &["v", "/", "main"]);
    }

    #[test]
    fn it_equals_only_itself_with_a_number() {
        told(
            |text| pull().equals(text),
            &[],
            &["refs/pull/1/merge", "REFS/pull/99/merge"],
            &["", "refs/pull//merge", "refs/pull/x/merge", "refs/heads/main", "refs/pull/1/merge/2"],
        );
        assert_eq!(Numbered::new("ab", "b").equals("ab"), Truth::No, "the ends do not overlap");
    }
}
