//! The last line: keys that work here, the least used dropped first where there is no room.

use unicode_width::UnicodeWidthStr;

use super::action::{Action, entry};
use super::{Mode, Model, Place};
use crate::checklist::Said;

/// A key and its word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The key, for reading.
    pub key: String,
    /// What it does.
    pub word: String,
}

impl Hint {
    fn new(key: impl Into<String>, word: impl Into<String>) -> Self {
        Self { key: key.into(), word: word.into() }
    }

    /// How many columns it takes.
    pub fn width(&self) -> usize {
        self.key.width() + 1 + self.word.width()
    }
}

/// Blanks between hints.
pub const GAP: usize = 2;

/// From how many columns on quitting always has its hint.
const ROOMY: usize = 99;

/// The actions whose hints a screen shows, the most used first.
const fn hints(place: Place) -> &'static [Action] {
    use Action::{
        Apply, Browse, Checklist, Copy, Edit, Filter, Fix, FixAll, Mark, NextMatch, NextPane, Open, Passing, Refresh,
        Report, ScrollDown, Sort, Undo, Waive,
    };
    match place {
        Place::Fleet => &[Open, Filter, Sort, NextMatch, Refresh, Fix, Checklist, Mark, Report, Browse, Copy],
        Place::Repo => {
            &[Open, Fix, FixAll, NextMatch, Refresh, Checklist, Passing, Browse, Edit, Copy, ScrollDown, Waive]
        }
        Place::Evidence => &[NextMatch, Fix, NextPane, Browse, Edit, Copy, Refresh, Waive],
        Place::Fix => &[Mark, Report, Open, Apply, NextMatch],
        Place::Checklist => &[Open, Report, Refresh, Undo, Checklist, NextPane, ScrollDown],
        Place::Log => &[Filter, NextMatch, Passing, Copy],
    }
}

/// What a preview names behind moving sideways.
const PREVIEW: &[Action] = &[Action::ScrollDown, Action::Undo, Action::Refresh, Action::Copy, Action::Edit];

impl Model {
    /// The hints of what keys mean now, as many as fit.
    pub fn hints(&self, width: usize) -> Vec<Hint> {
        let fixed = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, word)| Hint::new(*key, *word)).collect();
        let all: Vec<Hint> = match &self.mode {
            Mode::Browse => return self.screen_hints(width),
            Mode::Filter { .. } => fixed(&[("enter", "keep"), ("esc", "as before"), ("^u", "empty")]),
            Mode::Command(_) => {
                fixed(&[("enter", "do it"), ("tab", "complete"), ("up/down", "earlier ones"), ("esc", "close")])
            }
            Mode::Help(help) if help.typing => fixed(&[("enter", "keep"), ("esc", "all keys")]),
            Mode::Help(_) => fixed(&[("/", "filter keys"), ("j/k", "scroll"), ("esc", "close")]),
            Mode::Copy(_) => fixed(&[("enter", "copy"), ("j/k", "choose"), ("1-9", "copy that"), ("esc", "close")]),
            Mode::Release(_) => fixed(&[("enter", "begin"), ("^u", "empty"), ("esc", "leave")]),
            Mode::Answer(_) => fixed(&[("enter", "keep the answer"), ("tab", "note or name"), ("esc", "no answer")]),
            Mode::Destination(_) => fixed(&[("enter", "write"), ("esc", "not yet")]),
            Mode::Waive(_) => fixed(&[("enter", "next"), ("tab", "next field"), ("esc", "leave without writing")]),
        };
        fit(all, width, 0)
    }

    fn screen_hints(&self, width: usize) -> Vec<Hint> {
        let keys = &self.options.keymap;
        let pair = |first, second, word: &str| {
            let (first, second) = (keys.short(first), keys.short(second));
            (!first.is_empty() && !second.is_empty()).then(|| Hint::new(format!("{first}/{second}"), word))
        };
        let rows = match self.place {
            Place::Fleet => "row",
            Place::Fix if self.preview.as_ref().is_some_and(|preview| preview.choices() > 0) => "choice",
            Place::Evidence | Place::Fix => "scroll",
            Place::Log => "line",
            Place::Repo => "move",
            Place::Checklist => "step",
        };
        let sides = |place, word| (self.place == place).then(|| pair(Action::Left, Action::Right, word)).flatten();
        let columns = sides(Place::Fix, "sideways");
        let moves = pair(Action::Down, Action::Up, rows).into_iter().chain(sides(Place::Fleet, "column"));
        let single = |action: &Action| {
            let key = keys.short(*action);
            let word = self.word(*action)?;
            (!key.is_empty()).then(|| Hint::new(key, word))
        };
        let back = (self.place != Place::Fleet).then_some(Action::Back);
        let always = back.into_iter().chain([Action::Help]).filter_map(|action| single(&action)).collect::<Vec<_>>();
        let answers = self.answers().into_iter().map(|(key, word)| Hint::new(key, word));
        let own = hints(self.place).iter().filter_map(single);
        // What is chosen and written goes before looking around.
        let around = columns.into_iter().chain(PREVIEW.iter().filter(|_| self.place == Place::Fix).filter_map(single));
        let some = moves.chain(answers).chain(own).chain(around).collect::<Vec<_>>();
        let count = always.len();
        // Where there is much room, the way out has some of it; elsewhere only what is left over.
        let quit = single(&Action::Quit);
        let needed = quit.as_ref().map_or(0, |quit| quit.width() + GAP);
        let kept = if width >= ROOMY { needed } else { 0 };
        let mut hints = fit(some.into_iter().chain(always).collect(), width.saturating_sub(kept), count);
        hints.extend(quit.filter(|_| taken(&hints) + needed <= width));
        hints
    }

    /// The word of an action here; none where it would do nothing.
    fn word(&self, action: Action) -> Option<&'static str> {
        let known = entry(action).filter(|entry| entry.lives_on(self.place))?;
        match (action, self.place) {
            (Action::Apply | Action::Undo | Action::Refresh, Place::Fix) if !self.can_write() => None,
            (Action::Apply | Action::Undo | Action::Edit | Action::Refresh, Place::Fix) if self.previews_report() => {
                None
            }
            (Action::NextMatch, Place::Fix) => (!self.series.is_empty()).then_some("skip"),
            (Action::Refresh, Place::Fix) => Some("read again"),
            (Action::Edit, Place::Fix) => {
                let preview = self.preview.as_ref()?;
                self.options.roots.contains_key(&preview.repo).then_some(known.hint)
            }
            (Action::Report, Place::Fix) => self.previews_report().then_some("write"),
            (Action::Open, Place::Fix) => self.previews_signoff().then_some("write elsewhere"),
            (Action::Back, Place::Checklist) => Some("pause"),
            (Action::Undo, Place::Checklist) => self.can_retract().then_some("take back"),
            (Action::Refresh, Place::Checklist) => Some("again"),
            (Action::Checklist, Place::Checklist) => Some("version"),
            (Action::Open, Place::Checklist) => self.opens(),
            (Action::Fix, _) if self.finding().is_none_or(|finding| finding.fix.is_none()) => None,
            (Action::FixAll, _) if !self.can_fix() => None,
            (Action::Mark, Place::Fix) if self.preview.as_ref().is_none_or(|preview| preview.choices() == 0) => None,
            (Action::Mark, Place::Fix) => Some("take/leave"),
            (Action::Waive, _) if super::waiver::Form::open(self).is_err() => None,
            (Action::NextMatch, Place::Evidence) => Some("evidence"),
            (Action::NextMatch, Place::Log) => Some("next warning"),
            (Action::NextMatch, _) => Some("next problem"),
            (Action::Passing, Place::Log) => Some("warnings only"),
            (Action::Passing, _) if self.hide_passing => Some("show passing"),
            (Action::Passing, _) => Some("hide passing"),
            (Action::Edit, _) if self.place_of_evidence().is_none() => None,
            (Action::Edit, _) if !self.repo.as_ref().is_some_and(|id| self.options.roots.contains_key(id)) => None,
            _ => Some(known.hint),
        }
    }
}

impl Model {
    fn previews_report(&self) -> bool {
        self.preview.as_ref().is_some_and(|preview| preview.report().is_some())
    }

    fn previews_signoff(&self) -> bool {
        self.preview.as_ref().is_some_and(|preview| preview.signoff_texts().is_some())
    }

    /// The answers that the step under the cursor takes.
    fn answers(&self) -> Vec<(&'static str, &'static str)> {
        let open = self.checklist.as_ref().filter(|_| self.place == Place::Checklist);
        let Some((open, step)) = open.and_then(|open| Some((open, open.step()?))) else { return Vec::new() };
        let all = [("y", "yes", Said::Yes), ("n", "no", Said::No), ("s", "does not apply", Said::NotApplicable)];
        let fits = all.into_iter().filter(|(_, _, said)| open.walk.may_answer(step, *said).is_ok());
        fits.map(|(key, word, _)| (key, word)).collect()
    }

    /// Whether there is an answer to take back.
    fn can_retract(&self) -> bool {
        let open = self.checklist.as_ref();
        open.and_then(|open| open.walk.answer_to(open.step()?)).is_some()
    }

    /// What enter opens on the checklist.
    fn opens(&self) -> Option<&'static str> {
        let open = self.checklist.as_ref()?;
        match open.step() {
            Some(step) => self.columns().iter().any(|meta| meta.id == step.id).then_some("evidence"),
            None if open.queue.is_empty() => None,
            None => Some("next repository"),
        }
    }

    /// Whether anything of the repository under the cursor can be fixed in files.
    fn can_fix(&self) -> bool {
        self.chosen().is_some_and(|repo| repo.findings.iter().any(|finding| finding.fix.is_some()))
    }
}

/// How many columns hints take.
fn taken(hints: &[Hint]) -> usize {
    hints.iter().map(|hint| hint.width() + GAP).sum()
}

/// Drops hints from the middle, the last before the ones that always stay, until all fit.
fn fit(mut hints: Vec<Hint>, width: usize, stay: usize) -> Vec<Hint> {
    while taken(&hints) > width && hints.len() > stay.max(1) {
        hints.remove(hints.len() - stay - 1);
    }
    hints
}
