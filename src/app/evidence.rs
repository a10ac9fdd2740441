//! One requirement with its evidence: pieces of evidence, panes, and going where they point.

use super::action::Action;
use super::content::evidence::{Piece, pieces};
use super::layout::Pane;
use super::message::Effect;
use super::{Model, Place};
use crate::requirement::Evidence;
use crate::requirement::settings_page::SettingsPage;
use crate::text::span;

/// The panes of a requirement, in the order of their tabs.
pub const TABS: &[(Pane, &str)] = &[
    (Pane::File, "Evidence"),
    (Pane::Requirement, "Requirement"),
    (Pane::Todo, "What to do"),
    (Pane::Sure, "How sure"),
];

impl Model {
    /// What an action means on the screen of one requirement.
    pub(super) fn on_evidence(&mut self, action: Action) {
        let pane = self.focused();
        let half = isize::try_from(self.half_page()).unwrap_or(1);
        match action {
            Action::Down | Action::ScrollDown => self.scroll_by(pane, 1),
            Action::Up | Action::ScrollUp => self.scroll_by(pane, -1),
            Action::HalfDown => self.scroll_by(pane, half),
            Action::HalfUp => self.scroll_by(pane, -half),
            Action::First => self.scroll_to(pane, false),
            Action::Last => self.scroll_to(pane, true),
            Action::NextPane => self.focus = (self.focus + 1) % TABS.len(),
            Action::PreviousPane => self.focus = (self.focus + TABS.len() - 1) % TABS.len(),
            Action::Pane1 => self.focus = 0,
            Action::Pane2 => self.focus = 1,
            Action::Pane3 => self.focus = 2,
            Action::Pane4 => self.focus = 3,
            Action::NextMatch => self.go_to_piece(1),
            Action::PreviousMatch => self.go_to_piece(-1),
            Action::Left => {
                self.go_back();
            }
            Action::Right => self.say("this is the last screen; o opens the browser, e the editor"),
            _ => {}
        }
    }

    /// The pane that keys scroll.
    pub fn focused(&self) -> Pane {
        let (pane, _) = TABS.get(self.focus).copied().unwrap_or((Pane::File, ""));
        let only_api = self.contents.evidence == (false, true);
        if pane == Pane::File && only_api { Pane::Api } else { pane }
    }

    /// Moves to the next or previous piece of evidence, and around the end.
    fn go_to_piece(&mut self, by: isize) {
        let count = self.finding().map_or(0, |finding| pieces(finding).len());
        match count {
            0 => self.say("there is no evidence"),
            1 => self.say("this is the only piece of evidence"),
            _ => {
                let here = isize::try_from(self.piece).unwrap_or_default();
                let count = isize::try_from(count).unwrap_or(isize::MAX);
                self.piece = usize::try_from((here + by).rem_euclid(count)).unwrap_or_default();
                (self.focus, _) = (0, self.scroll.remove(&Pane::File));
                self.scroll.remove(&Pane::Api);
                self.moved = Some(Pane::Api);
            }
        }
    }

    /// The piece of evidence that is shown, or would be.
    pub fn piece(&self) -> Option<Piece<'_>> {
        pieces(self.finding()?).get(self.piece).copied()
    }

    /// Opens the file that the evidence stands in.
    pub(super) fn edit(&mut self) -> Vec<Effect> {
        let previewed = self.preview.as_ref().filter(|_| self.place == Place::Fix);
        let repo = previewed.map(|preview| preview.repo.clone()).or_else(|| self.repo.clone());
        let Some(repo) = repo else { return self.only_say("there is no repository") };
        let Some(root) = self.options.roots.get(&repo).cloned() else {
            let words = "is not a folder here; name its clone in the configuration (fleet: target, clone)";
            return self.only_say(format!("{} {words}", self.name_of(&repo)));
        };
        let place = match previewed {
            Some(preview) => preview.place(),
            None => self.place_of_evidence(),
        };
        let Some((path, line)) = place else {
            let words =
                if previewed.is_some() { "nothing of a file is previewed" } else { "no file is the evidence here" };
            return self.only_say(format!("{words}, so there is nothing to edit"));
        };
        vec![Effect::Edit { repo, root, path, line }]
    }

    /// The file and line that the evidence shown stands in; else those of the first file among the evidence.
    pub(super) fn place_of_evidence(&self) -> Option<(String, usize)> {
        let repo = self.chosen()?;
        let pieces = pieces(self.finding()?);
        let shown = pieces.get(self.piece).into_iter().chain(&pieces);
        shown.into_iter().find_map(|piece| match piece.evidence {
            Evidence::File { path, span, .. } if path != ".git" => {
                let text = repo.facts.text(path)?;
                let line = span.map_or(1, |span| span::place(text, span.start).line);
                Some((path.clone(), line))
            }
            _ => None,
        })
    }

    /// Opens a page in the browser: where a setting is changed, else what the evidence points to, else the SPEC.
    pub(super) fn browse(&mut self) -> Vec<Effect> {
        let Some(link) = self.link() else {
            return self.only_say("the repository is not known on the forge, so there is no page to open");
        };
        vec![Effect::Open(link)]
    }

    /// The page that belongs to what is under the cursor.
    pub(super) fn link(&self) -> Option<String> {
        let repo = self.chosen()?;
        let page = SettingsPage::of(&repo.facts);
        let known = |url: String| (!url.is_empty()).then_some(url);
        if self.place == Place::Fleet {
            let named = repo.repository().map(|name| format!("https://github.com/{name}"));
            return known(page.url("").trim_end_matches('/').to_owned()).or(named);
        }
        let setting = self.finding().and_then(|finding| finding.guide.as_ref());
        let guide = setting.map(|guide| if guide.url.is_empty() { page.url("settings") } else { guide.url.clone() });
        let spec = self.meta().map(|meta| meta.spec.to_owned());
        guide.and_then(known).or_else(|| self.file_link()).or(spec)
    }

    /// The page of the file that the evidence stands in, at the commit that was judged.
    pub(super) fn file_link(&self) -> Option<String> {
        let repo = self.chosen()?;
        let (path, line) = self.place_of_evidence()?;
        let at = repo.commit().or_else(|| repo.facts.default_branch())?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let url = SettingsPage::of(&repo.facts).url(&format!("blob/{at}/{path}#L{line}"));
        (!url.is_empty() && format!("{at}{path}").chars().all(plain)).then_some(url)
    }
}
