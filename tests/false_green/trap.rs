//! A trap, and the files it is sprung in.

use std::collections::BTreeMap;

use shipworthy::fact::Facts;
use shipworthy::fact::release::Registry;
use shipworthy::requirement::Verdict;

use crate::judging;

/// Where the base workflow stands.
pub const RELEASE: &str = ".github/workflows/release.yml";
const BASE: &str = include_str!("base.yml");

/// One small change after which something must no longer pass.
pub struct Trap {
    /// What is wrong, in words.
    pub why: &'static str,
    /// Texts of the base, each of which occurs once, and what stands there instead; `{index}` is the host of the index.
    pub edits: &'static [(&'static str, &'static str)],
    /// Further files.
    pub files: &'static [(&'static str, &'static str)],
    /// What is said by the files alone: about a requirement (`R11`) or one of its checks (`R07:environment-named`).
    pub want: &'static [(&'static str, Verdict)],
}

/// Whether a line of a file comes from a trap, and not from the base.
pub fn is_added(path: &str, line: &str) -> bool {
    path != RELEASE || !BASE.lines().any(|own| own == line)
}

/// Texts by path.
#[derive(Clone)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// The repository in which everything is in order.
    pub fn base() -> Self {
        Self([(RELEASE.to_owned(), BASE.to_owned())].into())
    }

    /// The repository with a trap in it.
    pub fn sprung(trap: &Trap) -> Self {
        let index = format!("{}.org", Registry::Pypi.word());
        let mut text = BASE.to_owned();
        for (from, to) in trap.edits {
            assert_eq!(text.matches(from).count(), 1, "{}: `{from}` does not occur once in\n{text}", trap.why);
            text = text.replace(from, &to.replace("{index}", &index));
        }
        let mut files = Self([(RELEASE.to_owned(), text)].into());
        for (path, text) in trap.files {
            files.add(path, text);
        }
        files
    }

    /// Adds a file.
    pub fn add(&mut self, path: &str, text: &str) {
        self.0.insert(path.to_owned(), text.to_owned());
    }

    /// Every line with its file and its number from 1.
    pub fn lines(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        self.0.iter().flat_map(|(path, text)| numbered(path, text))
    }

    /// The same without one line.
    pub fn without_line(&self, path: &str, number: usize) -> Self {
        let mut files = self.clone();
        let text = files.0.get_mut(path).expect(path);
        let kept = text.split_inclusive('\n').enumerate().filter(|(at, _)| at + 1 != number).map(|(_, line)| line);
        *text = kept.collect();
        files
    }

    /// The facts of a repository with these files, of which nothing else is known.
    pub fn offline(&self) -> Facts {
        judging::offline(self.0.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }
}

fn numbered<'a>(path: &'a str, text: &'a str) -> impl Iterator<Item = (&'a str, usize, &'a str)> {
    text.lines().enumerate().map(move |(at, line)| (path, at + 1, line))
}
