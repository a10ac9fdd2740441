//! The mouse: what lies under it is told by the same layout that is drawn.

use super::action::Action;
use super::evidence::TABS;
use super::key::{Mouse, MouseKind};
use super::layout::{MARGIN, Pane};
use super::message::Effect;
use super::{Mode, Model, Place};

/// How many lines one turn of the wheel moves.
const TURN: usize = 3;

impl Model {
    /// Takes a click or a turn of the wheel.
    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        if self.too_small() {
            return Vec::new();
        }
        match (&mut self.mode, mouse.kind) {
            (Mode::Help(help), MouseKind::WheelDown) => help.scroll(TURN, true),
            (Mode::Help(help), MouseKind::WheelUp) => help.scroll(TURN, false),
            (Mode::Help(_) | Mode::Copy(_), MouseKind::Click) => self.mode = Mode::Browse,
            (Mode::Browse, MouseKind::Click) => return self.click(mouse.column, mouse.row),
            (Mode::Browse, MouseKind::WheelDown) => self.wheel(mouse, true),
            (Mode::Browse, MouseKind::WheelUp) => self.wheel(mouse, false),
            _ => {}
        }
        Vec::new()
    }

    fn wheel(&mut self, mouse: Mouse, down: bool) {
        let Some(pane) = self.layout().at(mouse.column, mouse.row) else { return };
        let action = if down { Action::Down } else { Action::Up };
        match pane {
            Pane::Matrix | Pane::Requirements | Pane::Log | Pane::Steps => {
                for _ in 0..TURN {
                    self.perform(action);
                }
                self.toast = None;
            }
            pane => self.scroll_by(pane, if down { 3 } else { -3 }),
        }
    }

    fn click(&mut self, column: u16, row: u16) -> Vec<Effect> {
        let layout = self.layout();
        if layout.tabs.is_some_and(|tabs| tabs.holds(column, row)) {
            if let Some(tab) = tab_at(column) {
                self.focus = tab;
            }
            return Vec::new();
        }
        let Some(pane) = layout.at(column, row) else { return Vec::new() };
        let inner = layout.pane(pane).inner();
        let line = usize::from(row.saturating_sub(inner.y));
        match pane {
            _ if !inner.holds(column, row) => {}
            Pane::Matrix => return self.click_matrix(column - inner.x, line, usize::from(inner.height)),
            Pane::Requirements => {
                let top = list_top(self.listed_row(), usize::from(inner.height));
                if let Some(at) = self.listed().get(top + line).copied() {
                    return self.click_on(at == self.requirement, |model| model.choose(model.repo.clone(), at));
                }
            }
            Pane::Steps => return self.click_step(line, usize::from(inner.height)),
            Pane::Log => self.log_view.row = (self.log_view.top + line).min(self.log_lines().count().saturating_sub(1)),
            pane if self.place == Place::Evidence => {
                if let Some(tab) = TABS.iter().position(|(known, _)| *known == pane) {
                    self.focus = tab;
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// A click on a repository, on one of its cells, or on the head of a column.
    fn click_matrix(&mut self, column: u16, line: usize, height: usize) -> Vec<Effect> {
        let columns = self.matrix_columns();
        let cell =
            column.checked_sub(columns.cells).map(|from| from / columns.cell).filter(|cell| *cell < columns.count);
        let requirement = cell.map(|cell| self.matrix.left + usize::from(cell));
        let heads = height - self.visible_rows().min(height);
        let Some(row) = line.checked_sub(heads).map(|row| self.matrix.top + row) else {
            if let Some(requirement) = requirement {
                self.choose(self.repo.clone(), requirement);
            }
            return Vec::new();
        };
        let Some(repo) = self.matrix.order.get(row).cloned() else { return Vec::new() };
        if column < MARGIN {
            self.choose(Some(repo), self.requirement);
            return self.perform(Action::Mark);
        }
        let requirement = requirement.unwrap_or(self.requirement);
        let again = self.repo.as_ref() == Some(&repo) && self.requirement == requirement;
        self.click_on(again, |model| model.choose(Some(repo), requirement))
    }

    /// The first click goes there, a second one on the same place opens it.
    fn click_on(&mut self, again: bool, go: impl FnOnce(&mut Self)) -> Vec<Effect> {
        if again {
            return self.perform(Action::Open);
        }
        go(self);
        Vec::new()
    }

    /// The row of the list of requirements under the cursor.
    pub fn listed_row(&self) -> usize {
        self.listed().iter().position(|at| *at == self.requirement).unwrap_or_default()
    }
}

/// The tab at a column of the line of tabs.
fn tab_at(column: u16) -> Option<usize> {
    let mut from = 1;
    for (at, (_, name)) in TABS.iter().enumerate() {
        let width = tab_width(name);
        if (from..from + width).contains(&usize::from(column)) {
            return Some(at);
        }
        from += width;
    }
    None
}

/// How wide a tab is: brackets or blanks, its number, its name and a blank behind.
fn tab_width(name: &str) -> usize {
    name.len() + 5
}

/// The first line of a list that is shown, so that the row under the cursor is among them.
pub fn list_top(row: usize, height: usize) -> usize {
    (row + 1).saturating_sub(height)
}
