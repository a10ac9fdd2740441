//! The matrix of the fleet: moving in it, marking, sorting.

use super::action::Action;
use super::layout::Pane;
use super::{Model, Place};
use crate::requirement::Verdict;

impl Model {
    /// What an action means on the matrix.
    pub(super) fn on_fleet(&mut self, action: Action) {
        let row = self.row();
        match action {
            Action::Down => self.go_to_row(row + 1),
            Action::Up => self.go_to_row(row.saturating_sub(1)),
            Action::HalfDown => self.go_to_row(row + self.half_page()),
            Action::HalfUp => self.go_to_row(row.saturating_sub(self.half_page())),
            Action::First => self.go_to_row(0),
            Action::Last => self.go_to_row(usize::MAX),
            Action::Left => self.go_to_column(self.requirement.checked_sub(1)),
            Action::Right => self.go_to_column(Some(self.requirement + 1)),
            Action::ScrollDown => self.scroll_by(Pane::Cell, 1),
            Action::ScrollUp => self.scroll_by(Pane::Cell, -1),
            Action::Open if self.chosen().is_some() => self.go(Place::Repo),
            Action::Open => self.say("there is no repository to open"),
            Action::Filter => self.start_filter(),
            Action::NextMatch => self.go_to_problem(true),
            Action::PreviousMatch => self.go_to_problem(false),
            Action::Mark => self.mark(),
            Action::Sort => self.sort_next(),
            Action::Reverse => {
                self.matrix.reverse = !self.matrix.reverse;
                self.matrix.arrange(&self.fleet);
            }
            _ => {}
        }
    }

    fn go_to_column(&mut self, column: Option<usize>) {
        match column {
            Some(column) if column < self.columns().len() => self.choose(self.repo.clone(), column),
            Some(_) => self.say("this is the last requirement"),
            None => self.say("this is the first requirement"),
        }
    }

    fn mark(&mut self) {
        let Some(repo) = self.repo.clone() else { return };
        if !self.matrix.marks.remove(&repo) {
            self.matrix.marks.insert(repo);
        }
        self.go_to_row(self.row() + 1);
    }

    /// Sorts by the next column. The cursor stays on its repository and its requirement, so that this one can be
    /// sorted by.
    fn sort_next(&mut self) {
        let column = self.meta().map_or("R01", |meta| meta.id);
        self.sort_by(self.matrix.sort.next(column));
    }

    pub(super) fn sort_by(&mut self, sort: super::matrix::Sort) {
        self.matrix.sort = sort;
        self.matrix.arrange(&self.fleet);
    }

    /// Moves to the next or previous cell that fails or asks, in reading order, and around the end.
    fn go_to_problem(&mut self, forward: bool) {
        let (rows, width) = (self.matrix.order.len(), self.columns().len());
        let cells = rows * width;
        let here = self.row() * width + self.requirement;
        let found = (1..=cells).find_map(|step| {
            let cell = if forward { (here + step) % cells } else { (here + cells - step) % cells };
            self.is_problem(cell / width, cell % width).then_some((cell / width, cell % width))
        });
        match found {
            Some((row, column)) => {
                self.go_to_row(row);
                self.choose(self.repo.clone(), column);
            }
            None => self.say("nothing that is shown fails or asks"),
        }
    }

    fn is_problem(&self, row: usize, column: usize) -> bool {
        let repo = self.matrix.order.get(row).and_then(|id| self.fleet.repos.get(id));
        let verdict = repo.and_then(|repo| repo.findings.get(column)).map(|finding| finding.verdict);
        matches!(verdict, Some(Verdict::Fail | Verdict::Unknown | Verdict::Manual))
    }
}
