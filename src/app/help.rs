//! The help: the keys of this screen first, then the others, made from the table of actions.

use super::action::{ACTIONS, Action, Entry, Group};
use super::field::Field;
use super::key::{Code, Key};
use super::keymap::{self, Keymap};
use super::{Mode, Model};

/// The keys of a question, which are its own: they are no actions of other screens.
const ANSWERS: [(&str, &str); 3] = [("y", "yes, it is so"), ("n", "no, stop here"), ("s", "it does not apply")];

/// The help while it is shown.
#[derive(Clone, Debug, Default)]
pub struct Help {
    /// Letters that must stand in a line.
    pub filter: Field,
    /// Whether keys go into the filter.
    pub typing: bool,
    /// How many lines are scrolled away.
    pub top: usize,
}

/// One line of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// The keys, for reading.
    pub keys: String,
    /// What they do.
    pub help: &'static str,
    /// Whether they do something on this screen.
    pub here: bool,
}

impl Help {
    /// Takes a pasted text.
    pub fn paste(&mut self, text: &str) {
        self.filter.paste(text);
        self.typing = true;
        self.top = 0;
    }

    /// Scrolls.
    pub const fn scroll(&mut self, lines: usize, down: bool) {
        self.top = if down { self.top.saturating_add(lines) } else { self.top.saturating_sub(lines) };
    }
}

impl Model {
    /// The lines of one group, those of this screen first.
    pub fn help_lines(&self, help: &Help, group: Group) -> Vec<HelpLine> {
        let words = help.filter.text().to_lowercase();
        let fits = |line: &HelpLine, entry: &Entry| {
            let all = format!("{} {} {}", line.keys, entry.name, line.help).to_lowercase();
            words.split_whitespace().all(|word| all.contains(word))
        };
        let rows = ACTIONS.iter().filter(|entry| entry.group == group);
        let mut lines: Vec<HelpLine> = rows
            .map(|entry| (line(entry, &self.options.keymap, entry.lives_on(self.place)), entry))
            .filter(|(line, entry)| fits(line, entry))
            .map(|(line, _)| line)
            .collect();
        let asked = self.place == super::Place::Checklist && group == Group::Act;
        for (keys, text) in ANSWERS.iter().filter(|_| asked) {
            let all = format!("{keys} {text}").to_lowercase();
            if words.split_whitespace().all(|word| all.contains(word)) {
                lines.push(HelpLine { keys: (*keys).to_owned(), help: text, here: true });
            }
        }
        lines.sort_by_key(|line| !line.here);
        lines
    }

    /// How many lines the help has in all, headings and blanks between groups included.
    pub fn help_height(&self, help: &Help) -> usize {
        Group::ALL
            .iter()
            .map(|group| self.help_lines(help, *group).len())
            .filter(|lines| *lines > 0)
            .map(|n| n + 2)
            .sum()
    }

    pub(super) fn read_help(&mut self, key: Key, action: Option<Action>, mut help: Help) {
        if help.typing {
            match key.code {
                Code::Esc => help = Help::default(),
                Code::Enter => help.typing = false,
                _ => {
                    help.filter.take(key);
                    help.top = 0;
                }
            }
            self.mode = Mode::Help(help);
            return;
        }
        let half = self.half_page();
        match action {
            Some(Action::Back) if !help.filter.text().is_empty() => help.filter = Field::default(),
            Some(Action::Help | Action::Back | Action::Quit | Action::Open) => return,
            Some(Action::Filter) => help.typing = true,
            Some(Action::Down | Action::ScrollDown) => help.scroll(1, true),
            Some(Action::Up | Action::ScrollUp) => help.scroll(1, false),
            Some(Action::HalfDown) => help.scroll(half, true),
            Some(Action::HalfUp) => help.scroll(half, false),
            Some(Action::First) => help.top = 0,
            Some(Action::Last) => help.top = usize::MAX,
            _ => {}
        }
        help.top = help.top.min(self.help_height(&help));
        self.mode = Mode::Help(help);
    }
}

fn line(entry: &Entry, keymap: &Keymap, here: bool) -> HelpLine {
    let keys: Vec<String> = keymap.keys(entry.action).iter().map(keymap::short).collect();
    let keys = if keys.is_empty() { "no key".to_owned() } else { keys.join(" ") };
    HelpLine { keys, help: entry.help, here }
}
