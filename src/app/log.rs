//! The log: which of its lines are shown, and moving among them.

use super::Model;
use super::action::Action;
use super::layout::Pane;
use crate::fact::{LogLevel, LogLine};

/// What of the log is shown.
#[derive(Clone, Debug, Default)]
pub struct LogView {
    /// The line under the cursor, among those that are shown.
    pub row: usize,
    /// The first line on the screen.
    pub top: usize,
    /// Letters that must stand in a line.
    pub filter: String,
    /// Whether only warnings and errors are shown.
    pub only_loud: bool,
    /// Whether the cursor was moved off the last line.
    away: bool,
}

impl Model {
    /// The lines of the log that are shown, oldest first.
    pub fn log_lines(&self) -> impl Iterator<Item = &LogLine> {
        let view = &self.log_view;
        self.log.iter().filter(|line| {
            let loud = !view.only_loud || line.level >= LogLevel::Warn;
            loud && (view.filter.is_empty() || line.text.to_lowercase().contains(&view.filter))
        })
    }

    /// The line of the log under the cursor.
    pub fn log_line(&self) -> Option<&LogLine> {
        self.log_lines().nth(self.log_view.row)
    }

    /// What an action means on the log.
    pub(super) fn on_log(&mut self, action: Action) {
        let row = self.log_view.row;
        match action {
            Action::Down => self.go_to_line(row + 1),
            Action::Up => self.go_to_line(row.saturating_sub(1)),
            Action::HalfDown => self.go_to_line(row + self.half_page()),
            Action::HalfUp => self.go_to_line(row.saturating_sub(self.half_page())),
            Action::First => self.go_to_line(0),
            Action::Last => self.go_to_line(usize::MAX),
            Action::NextMatch => self.go_to_loud(true),
            Action::PreviousMatch => self.go_to_loud(false),
            Action::Filter => self.start_filter(),
            Action::Passing => {
                self.log_view.only_loud = !self.log_view.only_loud;
                self.say(if self.log_view.only_loud { "warnings and errors only" } else { "every line" });
                self.go_to_line(usize::MAX);
            }
            Action::Open | Action::Right => match self.log_line().map(|line| line.text.clone()) {
                Some(text) => self.say(text),
                None => self.say("the log is empty"),
            },
            Action::Left => {
                self.go_back();
            }
            _ => {}
        }
    }

    fn go_to_line(&mut self, row: usize) {
        let last = self.log_lines().count().saturating_sub(1);
        self.log_view.row = row.min(last);
        self.log_view.away = self.log_view.row < last;
        self.keep_line_in_view();
    }

    /// Keeps the cursor on the last line, unless it was moved away.
    pub(super) fn follow_log(&mut self) {
        let row = if self.log_view.away { self.log_view.row } else { usize::MAX };
        self.go_to_line(row);
    }

    fn go_to_loud(&mut self, forward: bool) {
        let here = self.log_view.row;
        let found = {
            let lines = self.log_lines().enumerate();
            let mut loud = lines.filter(|(_, line)| line.level >= LogLevel::Warn).map(|(at, _)| at);
            if forward { loud.find(|at| *at > here) } else { loud.take_while(|at| *at < here).last() }
        };
        match found {
            Some(at) => self.go_to_line(at),
            None => self.say("no further warning or error that way"),
        }
    }

    fn keep_line_in_view(&mut self) {
        let shape = super::layout::Shape {
            place: super::Place::Log,
            size: self.size,
            repositories: 0,
            requirements: 0,
            focus: 0,
            evidence: (false, false),
        };
        let rows = usize::from(super::layout::layout(&shape).pane(Pane::Log).inner().height).max(1);
        let count = self.log_lines().count();
        let view = &mut self.log_view;
        view.top = view.top.min(view.row).max((view.row + 1).saturating_sub(rows)).min(count.saturating_sub(rows));
    }
}
