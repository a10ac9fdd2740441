//! Words of a text or a name, for judging by vocabulary instead of by layout.

use std::collections::HashSet;
use std::sync::OnceLock;

/// A constant list of words, divided when it is first asked: texts are long, and each of their words is looked up.
#[derive(Debug)]
pub struct Vocabulary {
    list: &'static str,
    words: OnceLock<HashSet<&'static str>>,
}

impl Vocabulary {
    /// The words of a list separated by blanks.
    pub const fn new(list: &'static str) -> Self {
        Self { list, words: OnceLock::new() }
    }

    /// Whether a word is one of them.
    pub fn has(&self, word: &str) -> bool {
        self.words.get_or_init(|| self.list.split_ascii_whitespace().collect()).contains(word)
    }

    /// Whether one of these words is.
    pub fn has_any(&self, words: &[String]) -> bool {
        words.iter().any(|word| self.has(word))
    }
}

/// Whether a word stands in a list of words separated by blanks.
pub fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// The words of a text in lower case. Letters and digits make a word; `.`, `-`, `'`, `/` and `_` join words only
/// where a letter or digit stands on both sides, so `crates.io` and `non-maintainer` are one word each.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut joint = None;
    for c in text.chars() {
        if c.is_alphanumeric() {
            word.extend(joint.take());
            word.extend(c.to_lowercase());
        } else if !word.is_empty() && joint.is_none() && matches!(c, '.' | '-' | '\'' | '/' | '_') {
            joint = Some(c);
        } else {
            joint = None;
            finish(&mut word, &mut found);
        }
    }
    finish(&mut word, &mut found);
    found
}

/// The words of a file name: also divided at `-`, `_`, `.`, blanks and where a capital follows a small letter.
pub fn name_words(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            finish(&mut word, &mut found);
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    finish(&mut word, &mut found);
    found
}

/// The sentences of a paragraph. A full stop ends one only where a blank follows, so names of files stay whole.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let ends = rest.match_indices(['.', '!', '?', ';', '\n']);
        let end = ends.map(|(at, mark)| at + mark.len()).find(|end| {
            rest.get(*end..).is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
        });
        let (sentence, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, ""));
        rest = after;
        Some(sentence.trim())
    })
    .filter(|sentence| !sentence.is_empty())
}

fn finish(word: &mut String, found: &mut Vec<String>) {
    if !word.is_empty() {
        found.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_names_whole_and_lose_marks() {
        assert_eq!(
            words("Push to `crates.io`, **then** don't stop."),
            ["push", "to", "crates.io", "then", "don't", "stop"]
        );
        assert_eq!(words("read/write -- non-maintainer…"), ["read/write", "non-maintainer"]);
        assert_eq!(words("  "), Vec::<String>::new());
        assert_eq!(words("Über-Release"), ["über-release"]);
    }

    #[test]
    fn names_fall_apart_at_marks_and_capitals() {
        assert_eq!(name_words("HOWTO_RELEASE"), ["howto", "release"]);
        assert_eq!(name_words("ReleaseProcess-v2.1"), ["release", "process", "v2", "1"]);
    }

    #[test]
    fn sentences_end_at_a_mark_before_a_blank() {
        let text = "Edit pkg/a.py first. Then tag!  Is it v1.2? Yes";
        assert_eq!(sentences(text).collect::<Vec<_>>(), ["Edit pkg/a.py first.", "Then tag!", "Is it v1.2?", "Yes"]);
        assert_eq!(sentences(" \n ").count(), 0);
    }

    #[test]
    fn a_word_is_in_a_list_only_whole() {
        assert!(among("tag push\n merge", "push"));
        assert!(!among("tag push", "pus"));
        assert!(!among("tag push", ""));
        let list = Vocabulary::new("tag push\n merge");
        assert!(list.has("merge") && !list.has("pus") && !list.has(""));
        assert!(list.has_any(&["x".to_owned(), "tag".to_owned()]) && !list.has_any(&[]));
    }
}
