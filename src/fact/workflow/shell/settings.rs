//! What `set` and `shopt` change while a script runs.

use super::Options;
use super::tree::Token;

/// Settings of a running shell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// `set -e`.
    pub(super) errexit: bool,
    /// `set -o pipefail`.
    pub(super) pipefail: bool,
    nullglob: bool,
    failglob: bool,
}

impl Settings {
    /// The settings of a shell that was just started.
    pub(super) fn new(options: Options) -> Self {
        Self { errexit: options.errexit, pipefail: options.pipefail, nullglob: false, failglob: false }
    }

    /// Whether a pattern that fits no file is no longer passed on as it is written.
    pub(super) fn guards_empty(self) -> bool {
        self.nullglob || self.failglob
    }

    /// Follows a `set` or `shopt`; where it runs only under a condition, settings that make the shell stricter are
    /// not counted on.
    pub(super) fn follow(&mut self, words: &[Token], certain: bool) {
        let mut words = words.iter().map(|token| token.word.value.as_str());
        match words.next() {
            Some("set") => self.set(words, certain),
            Some("shopt") => self.shopt(words, certain),
            _ => {}
        }
    }

    fn set<'w>(&mut self, mut words: impl Iterator<Item = &'w str>, certain: bool) {
        while let Some(word) = words.next() {
            let on = word.starts_with('-');
            if !on && !word.starts_with('+') || word == "--" || word == "-" {
                return;
            }
            for letter in word.chars().skip(1) {
                match letter {
                    'e' => change(&mut self.errexit, on, certain),
                    'o' => match words.next() {
                        Some("errexit") => change(&mut self.errexit, on, certain),
                        Some("pipefail") => change(&mut self.pipefail, on, certain),
                        _ => {}
                    },
                    _ => {}
                }
            }
        }
    }

    fn shopt<'w>(&mut self, words: impl Iterator<Item = &'w str>, certain: bool) {
        let mut on = None;
        for word in words {
            match word {
                "nullglob" => on.into_iter().for_each(|on| change(&mut self.nullglob, on, certain)),
                "failglob" => on.into_iter().for_each(|on| change(&mut self.failglob, on, certain)),
                _ if word.starts_with('-') && word.contains('s') => on = Some(true),
                _ if word.starts_with('-') && word.contains('u') => on = Some(false),
                _ => {}
            }
        }
    }
}

fn change(setting: &mut bool, on: bool, certain: bool) {
    if certain || !on {
        *setting = on;
    }
}
