//! What a command runs in: streams, terminal, environment and clock. Tests hand in their own.

use std::io::{self, BufRead, IsTerminal, Write};

use jiff::Timestamp;

use crate::text::clean;

/// Streams, environment and clock of one run.
pub struct Surroundings<'a> {
    /// Standard input.
    pub input: &'a mut dyn BufRead,
    /// Standard output: what was asked for, and nothing else.
    pub output: &'a mut dyn Write,
    /// Standard error: remarks, progress and errors.
    pub errors: &'a mut dyn Write,
    /// Terminals and environment variables.
    pub environment: Environment,
    /// Now.
    pub now: Timestamp,
}

impl Surroundings<'_> {
    /// Says one line on the error stream. When that stream is gone, nobody listens, and the command goes on.
    pub fn say(&mut self, words: &str) {
        writeln!(self.errors, "shipworthy: {}", clean::line(words)).ok();
    }

    /// Says what to do about the line before.
    pub fn hint(&mut self, words: &str) {
        writeln!(self.errors, "  hint: {}", clean::line(words)).ok();
    }

    /// Says several lines that are clean already.
    pub fn say_block(&mut self, words: &str) {
        self.errors.write_all(words.as_bytes()).ok();
    }

    /// The day, in UTC, as `YYYY-MM-DD`.
    pub fn today(&self) -> String {
        self.now.strftime("%Y-%m-%d").to_string()
    }
}

/// What the terminals are, and what the environment variables ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Whether standard input and output are a terminal.
    pub interactive: bool,
    /// Whether standard output is a terminal.
    pub output_terminal: bool,
    /// Whether standard error is a terminal.
    pub error_terminal: bool,
    /// Whether the terminal is one that can show a full screen: `TERM` is set, and not to `dumb`.
    pub full_screen: bool,
    /// Whether `NO_COLOR` is set and not empty, or the terminal is a dumb one.
    pub plain: bool,
    /// Whether the locale is one of UTF-8.
    pub utf8: bool,
    /// The width of the terminal that is written to.
    pub width: Option<usize>,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn read() -> Self {
        let output_terminal = io::stdout().is_terminal();
        let size = if output_terminal { terminal_size::terminal_size_of(io::stdout()) } else { None };
        Self {
            interactive: output_terminal && io::stdin().is_terminal(),
            output_terminal,
            error_terminal: io::stderr().is_terminal(),
            width: size.map(|(width, _)| usize::from(width.0)),
            ..Self::of(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
        }
    }

    /// Reads environment variables alone.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let plain = set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = locale.map_or(cfg!(windows), |locale| {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        let full_screen = set("TERM").is_some_and(|term| term != "dumb");
        Self { full_screen, plain, utf8, ..Self::default() }
    }

    /// Why the dashboard cannot be shown, in words; none when it can.
    pub const fn why_no_dashboard(&self) -> Option<&'static str> {
        if !self.interactive {
            Some("the dashboard needs a terminal on standard input and output")
        } else if !self.full_screen {
            Some("TERM is dumb or not set, and the dashboard needs a terminal that shows a full screen")
        } else {
            None
        }
    }

    /// Whether colours are wanted where nothing else decides.
    pub const fn wants_color(&self) -> bool {
        self.output_terminal && !self.plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Environment {
        Environment::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_first_locale_that_is_set_counts() {
        assert!(of(&[("LANG", "en_US.UTF-8")]).utf8);
        assert!(of(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]).utf8);
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]).utf8);
        assert!(!of(&[("LC_CTYPE", "de_DE.ISO-8859-1"), ("LANG", "C.UTF-8")]).utf8);
        assert_eq!(of(&[]).utf8, cfg!(windows));
    }

    #[test]
    fn the_dashboard_needs_a_terminal_that_shows_a_full_screen() {
        let on = |interactive, variables| Environment { interactive, ..of(variables) }.why_no_dashboard();
        assert!(on(false, &[("TERM", "xterm")]).is_some_and(|why| why.contains("needs a terminal")));
        assert!(on(true, &[("TERM", "dumb")]).is_some_and(|why| why.contains("TERM is dumb")));
        assert!(on(true, &[("TERM", "")]).is_some() && on(true, &[]).is_some());
        assert_eq!(on(true, &[("TERM", "xterm")]), None);
    }

    #[test]
    fn an_empty_no_color_asks_for_nothing() {
        assert!(!of(&[("NO_COLOR", "")]).plain);
        assert!(of(&[("NO_COLOR", "1")]).plain);
        assert!(of(&[("TERM", "dumb")]).plain);
        assert!(!Environment { plain: true, output_terminal: true, ..Environment::default() }.wants_color());
        assert!(Environment { output_terminal: true, ..Environment::default() }.wants_color());
    }
}
