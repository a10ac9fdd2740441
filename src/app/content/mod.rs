//! What the panes hold: made anew when something changed, never while drawing.

use std::collections::BTreeMap;

use super::layout::Pane;
use super::page::{Page, Row};
use super::{Model, Place};
use crate::report::Style;
use crate::requirement::{Finding, Verdict};

pub mod cell;
pub mod checklist;
pub mod detail;
pub mod evidence;
pub mod past;
pub mod preview;
pub mod requirement;
pub mod sure;
pub mod todo;

/// What the panes hold.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    panes: BTreeMap<Pane, Content>,
    /// Whether there is evidence of a file, and of a server.
    pub evidence: (bool, bool),
    /// The column of the text cursor in the line under the cursor, where an answer is written.
    pub caret: u16,
}

/// What one pane holds.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// What stands at the left of its frame.
    pub title: String,
    /// What stands at the right of its frame.
    pub corner: String,
    /// Its lines.
    pub rows: Vec<Row>,
    /// The line under the cursor, which is kept on the screen.
    pub cursor: Option<usize>,
}

impl Contents {
    /// What the panes of the screen that is shown hold.
    pub fn of(model: &Model) -> Self {
        let mut contents = Self::default();
        if model.too_small() {
            return contents;
        }
        contents.evidence = model.finding().map(evidence::kinds).unwrap_or_default();
        // Which panes there are depends on the evidence, so that comes first.
        let layout = super::layout::layout(&super::layout::Shape {
            place: model.place,
            size: model.size,
            repositories: model.fleet.repos.len(),
            requirements: model.listed().len(),
            focus: model.focus,
            evidence: contents.evidence,
        });
        for (pane, area) in &layout.panes {
            let inner = area.inner();
            let page = Page::new(usize::from(inner.width).saturating_sub(2), model.look());
            let content = match (model.place, pane) {
                (_, Pane::Cell) => cell::content(model, page, usize::from(inner.height)),
                (_, Pane::Detail) => detail::content(model, page, layout.wide),
                (_, Pane::File) => evidence::file(model, page, usize::from(inner.height)),
                (_, Pane::Api) => evidence::api(model, page),
                (_, Pane::Requirement) => requirement::content(model, page),
                (_, Pane::Todo) => todo::content(model, page),
                (_, Pane::Sure) => sure::content(model, page),
                (Place::Fix, Pane::Preview) => preview::content(model, page),
                (Place::Fix, Pane::Plan) => preview::plan(model, page, layout.wide),
                (Place::Fix, Pane::Effect) => preview::effect(model, page),
                (_, Pane::Step) => {
                    let (content, caret) = checklist::step(model, page, usize::from(inner.height));
                    contents.caret = caret;
                    content
                }
                (_, Pane::Signoff) => checklist::report(model, page),
                _ => continue,
            };
            contents.panes.insert(*pane, content);
        }
        contents
    }

    /// What a pane holds.
    pub fn pane(&self, pane: Pane) -> Option<&Content> {
        self.panes.get(&pane)
    }

    /// The panes that have a line under the cursor.
    pub fn cursors(&self) -> impl Iterator<Item = (Pane, usize)> {
        self.panes.iter().filter_map(|(pane, content)| Some((*pane, content.cursor?)))
    }

    /// The lines of a pane.
    pub fn rows(&self, pane: Pane) -> &[Row] {
        self.panes.get(&pane).map(|content| content.rows.as_slice()).unwrap_or_default()
    }
}

impl Model {
    /// How texts look: their glyphs, without colours.
    pub const fn look(&self) -> Style {
        Style { ascii: self.options.ascii, color: false, width: None }
    }
}

/// What a verdict is called on the screen.
pub const fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Fail => "FAIL",
        Verdict::Unknown => "cannot tell",
        Verdict::Manual => "needs a person",
        Verdict::NotApplicable => "not applicable",
        Verdict::Waived => "waived",
        Verdict::Pending => "awaited",
    }
}

/// The path of a file, without the folder that all workflows share.
pub fn short_path(path: &str) -> &str {
    path.strip_prefix(".github/workflows/").unwrap_or(path)
}

/// What can be done about a finding, in one line.
pub fn remedy(finding: &Finding) -> Option<String> {
    if let Some(fix) = &finding.fix {
        return Some(format!("Fix: {} ({})", fix.title, fix.safety.word()));
    }
    if let Some(step) = finding.guide.as_ref().and_then(|guide| guide.steps.first()) {
        return Some(format!("Do: {step}"));
    }
    finding.unknown().map(|why| format!("Settled by {}", crate::report::text::settled_by(why)))
}
