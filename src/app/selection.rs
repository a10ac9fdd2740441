//! What is under the cursor, and keeping it on the screen.

use super::content::Contents;
use super::layout::{self, Columns, Pane};
use super::{Model, Place};
use crate::fact::{LogLevel, LogLine, RepoId, SurveyEvent};
use crate::fleet::Repo;
use crate::requirement::{Finding, Meta, Verdict};

impl Model {
    /// Puts the targets in their rows and what was kept of the last time in its place.
    pub(super) fn start(&mut self) {
        for target in self.options.targets.clone() {
            self.fleet.absorb(SurveyEvent::Started(target));
        }
        self.resume();
        self.matrix.arrange(&self.fleet);
        if let Some(words) = self.options.keymap.disarmed() {
            self.note(LogLine { at: self.options.now, level: LogLevel::Warn, text: words.clone() });
            self.say(words);
        }
    }

    /// The repository under the cursor.
    pub fn chosen(&self) -> Option<&Repo> {
        self.fleet.repos.get(self.repo.as_ref()?).map(Box::as_ref)
    }

    /// The requirement under the cursor.
    pub fn meta(&self) -> Option<&'static Meta> {
        self.columns().get(self.requirement).copied()
    }

    /// What is said about the requirement under the cursor.
    pub fn finding(&self) -> Option<&Finding> {
        let meta = self.meta()?;
        self.chosen()?.findings.iter().find(|finding| finding.meta.id == meta.id)
    }

    /// The requirements that the screen of one repository lists, as places in [`Model::columns`].
    pub fn listed(&self) -> Vec<usize> {
        let columns = self.columns();
        let findings = self.chosen().map(|repo| repo.findings.as_slice()).unwrap_or_default();
        let quiet = |meta: &Meta| {
            let verdict = findings.iter().find(|finding| finding.meta.id == meta.id).map(|finding| finding.verdict);
            matches!(verdict, Some(Verdict::Pass | Verdict::NotApplicable))
        };
        let shown = |(_, meta): &(usize, &&Meta)| !self.hide_passing || !quiet(meta);
        columns.iter().enumerate().filter(shown).map(|(at, _)| at).collect()
    }

    /// Moves the cursor to a row of the fleet.
    pub(super) fn go_to_row(&mut self, row: usize) {
        if let Some(id) = self.matrix.order.get(row.min(self.matrix.order.len().saturating_sub(1))) {
            self.choose(Some(id.clone()), self.requirement);
        }
    }

    /// Moves the cursor to a repository and a requirement.
    pub(super) fn choose(&mut self, repo: Option<RepoId>, requirement: usize) {
        let requirement = requirement.min(self.columns().len().saturating_sub(1));
        if self.repo != repo || self.requirement != requirement {
            self.piece = 0;
            self.scroll.clear();
        }
        self.repo = repo;
        self.requirement = requirement;
    }

    /// What a repository is called.
    pub fn name_of(&self, id: &RepoId) -> String {
        self.fleet.repos.get(id).map_or_else(|| id.target.to_string(), |repo| repo.name())
    }

    /// The row of the fleet under the cursor.
    pub fn row(&self) -> usize {
        self.repo.as_ref().and_then(|id| self.matrix.position(id)).unwrap_or_default()
    }

    /// How many rows of repositories the matrix shows.
    pub fn visible_rows(&self) -> usize {
        let layout = self.layout();
        let heads = if layout.wide { 2 } else { 1 };
        usize::from(layout.pane(Pane::Matrix).inner().height).saturating_sub(heads)
    }

    /// Where the columns of the matrix stand.
    pub fn matrix_columns(&self) -> Columns {
        layout::columns(self.layout().pane(Pane::Matrix).inner().width, self.columns().len())
    }

    /// Puts everything in order after a change: the cursor on a row, the row on the screen, the contents of panes.
    pub(super) fn settle(&mut self) {
        let gone = self.repo.as_ref().is_none_or(|id| self.matrix.position(id).is_none());
        if gone && self.place == Place::Fleet {
            let first = self.matrix.order.first().cloned();
            self.choose(first, self.requirement);
        }
        self.keep_in_view();
        self.contents = Contents::of(self);
        self.keep_scroll();
    }

    fn keep_in_view(&mut self) {
        let (row, rows) = (self.row(), self.visible_rows().max(1));
        let last = self.matrix.order.len().saturating_sub(rows);
        self.matrix.top = self.matrix.top.min(row).max((row + 1).saturating_sub(rows)).min(last);
        let (column, columns) = (self.requirement, usize::from(self.matrix_columns().count).max(1));
        let last = self.columns().len().saturating_sub(columns);
        self.matrix.left = self.matrix.left.min(column).max((column + 1).saturating_sub(columns)).min(last);
    }

    /// Keeps panes from being scrolled beyond their end.
    fn keep_scroll(&mut self) {
        let layout = self.layout();
        let contents = &self.contents;
        let moved = self.moved.take();
        for (pane, cursor) in contents.cursors().filter(|(pane, _)| moved == Some(*pane)) {
            let room = usize::from(layout.pane(pane).inner().height).max(1);
            let top = self.scroll.entry(pane).or_default();
            // Two lines below the one under the cursor belong to it.
            *top = (*top).min(cursor).max((cursor + 3).saturating_sub(room).min(cursor));
        }
        for (pane, scrolled) in &mut self.scroll {
            let room = usize::from(layout.pane(*pane).inner().height);
            *scrolled = (*scrolled).min(contents.rows(*pane).len().saturating_sub(room));
        }
        self.scroll.retain(|_, scrolled| *scrolled > 0);
    }

    /// Scrolls a pane by lines; what goes beyond its end is put right by [`Model::settle`].
    pub(super) fn scroll_by(&mut self, pane: Pane, lines: isize) {
        let scrolled = self.scroll.entry(pane).or_default();
        *scrolled = scrolled.saturating_add_signed(lines);
    }

    /// Scrolls a pane to its first line or to its last.
    pub(super) fn scroll_to(&mut self, pane: Pane, end: bool) {
        self.scroll.insert(pane, if end { usize::MAX } else { 0 });
    }

    /// Opens a screen; escape comes back.
    pub(super) fn go(&mut self, place: Place) {
        if self.place != place {
            self.trail.push(self.place);
            self.place = place;
        }
    }

    /// Goes back to the screen before; answers whether there was one.
    pub(super) fn go_back(&mut self) -> bool {
        let Some(place) = self.trail.pop() else { return false };
        self.place = place;
        self.preview = self.preview.take().filter(|_| place == Place::Fix);
        true
    }

    /// How many rows half a page has here.
    pub(super) fn half_page(&self) -> usize {
        (usize::from(self.size.1) / 2).saturating_sub(3).max(1)
    }
}
