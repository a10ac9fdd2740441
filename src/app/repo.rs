//! The requirements of one repository: moving among them.

use super::action::Action;
use super::layout::Pane;
use super::{Model, Place};
use crate::requirement::Verdict;

impl Model {
    /// What an action means on the screen of one repository.
    pub(super) fn on_repo(&mut self, action: Action) {
        match action {
            Action::Down => self.go_to_listed(1),
            Action::Up => self.go_to_listed(-1),
            Action::HalfDown => self.go_to_listed(5),
            Action::HalfUp => self.go_to_listed(-5),
            Action::First => self.go_to_listed(isize::MIN),
            Action::Last => self.go_to_listed(isize::MAX),
            Action::ScrollDown => self.scroll_by(Pane::Detail, 1),
            Action::ScrollUp => self.scroll_by(Pane::Detail, -1),
            Action::Left => {
                self.go_back();
            }
            Action::Open | Action::Right => self.open_finding(),
            Action::NextMatch => self.go_to_open(true),
            Action::PreviousMatch => self.go_to_open(false),
            Action::Passing => {
                self.hide_passing = !self.hide_passing;
                self.say(if self.hide_passing { "what passes is hidden" } else { "everything is shown" });
                self.go_to_listed(0);
            }
            _ => {}
        }
    }

    fn open_finding(&mut self) {
        match self.finding() {
            Some(_) => {
                (self.piece, self.focus) = (0, 0);
                self.go(Place::Evidence);
            }
            None => self.say("nothing is judged yet; answers are awaited"),
        }
    }

    /// Moves by rows of the list, and stays in it.
    fn go_to_listed(&mut self, by: isize) {
        let listed = self.listed();
        let here = listed.iter().position(|at| *at >= self.requirement).unwrap_or_default();
        let wanted = here.saturating_add_signed(by).min(listed.len().saturating_sub(1));
        if let Some(at) = listed.get(wanted) {
            self.choose(self.repo.clone(), *at);
        }
    }

    /// Moves to the next or previous requirement that does not pass, and around the end.
    fn go_to_open(&mut self, forward: bool) {
        let columns = self.columns();
        let count = columns.len();
        let needs_work = |at: &usize| {
            let finding = self.chosen().and_then(|repo| repo.findings.get(*at));
            finding.is_some_and(|finding| needs_work(finding.verdict))
        };
        let steps = 1..=count;
        let found = steps.map(|step| (self.requirement + if forward { step } else { count - step }) % count);
        match found.clone().find(needs_work) {
            Some(at) => self.choose(self.repo.clone(), at),
            None => self.say("every requirement passes"),
        }
    }
}

/// Whether a verdict asks for something to be done.
pub const fn needs_work(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Fail | Verdict::Warn | Verdict::Unknown | Verdict::Manual)
}
