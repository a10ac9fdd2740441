//! Which key asks for what: the table of actions with what the configuration changes.

use std::collections::BTreeMap;

use super::action::{ACTIONS, Action, Entry, named};
use super::key::{Code, Key};
use crate::config::{Config, ConfigError, KeyLine};
use crate::text::{clean, typed};

/// Keys and what they ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    keys: BTreeMap<Key, Action>,
    /// Actions that lost all their keys to others without being named themselves, in words.
    disarmed: Vec<String>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = ACTIONS.iter().flat_map(|entry| entry.default_keys().map(|key| (key, entry.action)));
        Self { keys: keys.collect(), disarmed: Vec::new() }
    }
}

impl Keymap {
    /// The keys of a configuration.
    ///
    /// # Errors
    /// Names of no action, texts that are no key, and keys that would mean two things: all of them in one error, a
    /// line each.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let mut mistakes = Vec::new();
        let mut chosen: BTreeMap<Action, (usize, Vec<Key>)> = BTreeMap::new();
        for line in &config.keys.lines {
            match read(line) {
                Ok((entry, keys)) => {
                    chosen.insert(entry.action, (line.line, keys));
                }
                Err(mistake) => mistakes.extend(mistake),
            }
        }
        let keys = assign(&chosen, &mut mistakes);
        if mistakes.is_empty() {
            let disarmed = disarmed(&chosen, &keys);
            return Ok(Self { keys, disarmed });
        }
        let file = &config.keys.file;
        let place = |line: &usize| format!("{file}:{line}");
        let others = mistakes.iter().skip(1).map(|(line, words)| format!("; {}: {words}", place(line)));
        let (line, words) = mistakes.first().cloned().unwrap_or_default();
        Err(ConfigError {
            place: place(&line),
            message: format!("{words}{}", others.collect::<String>()),
            hint: Some("`shipworthy config default` lists the actions with their keys".to_owned()),
        })
    }

    /// What a person should hear about actions that have no key any more because others were given theirs: one line.
    pub fn disarmed(&self) -> Option<String> {
        (!self.disarmed.is_empty()).then(|| self.disarmed.join("; "))
    }

    /// What a key asks for.
    pub fn action(&self, key: Key) -> Option<Action> {
        self.keys.get(&key).copied()
    }

    /// The keys of an action, the shortest to say first.
    pub fn keys(&self, action: Action) -> Vec<Key> {
        let mut keys: Vec<Key> = self.keys.iter().filter(|(_, known)| **known == action).map(|(key, _)| *key).collect();
        keys.sort_by_key(|key| (!matches!(key.code, Code::Char(_)), key.ctrl || key.alt, *key));
        keys
    }

    /// The shortest key of an action, for hints; empty where it has none.
    pub fn short(&self, action: Action) -> String {
        self.keys(action).first().map(short).unwrap_or_default()
    }
}

/// A key as hints show it: `^d` for ctrl and d.
pub fn short(key: &Key) -> String {
    match key {
        Key { code: Code::Char(c), ctrl: true, alt: false } => format!("^{c}"),
        other => other.to_string(),
    }
}

type Mistake = (usize, String);

/// One line of the configuration.
fn read(line: &KeyLine) -> Result<(&'static Entry, Vec<Key>), Vec<Mistake>> {
    let Some(entry) = named(&line.action) else {
        let near = typed::nearest(&line.action, ACTIONS.iter().map(|entry| entry.name));
        let near = near.map(|name| format!(", did you mean `{name}`?")).unwrap_or_default();
        return Err(vec![(line.line, format!("`{}` is no action{near}", clean::short(&line.action, 40)))]);
    };
    let read: Vec<(usize, &str, Option<Key>)> =
        line.keys.iter().map(|(at, text)| (*at, text.as_str(), Key::parse(text))).collect();
    let wrong: Vec<Mistake> = read
        .iter()
        .filter(|(_, _, key)| key.is_none())
        .map(|(at, text, _)| (*at, format!("`{}` of {} is no key", clean::short(text, 40), entry.name)))
        .collect();
    if wrong.is_empty() { Ok((entry, read.into_iter().filter_map(|(_, _, key)| key).collect())) } else { Err(wrong) }
}

/// Gives every action its keys: the chosen ones, else the default ones. A chosen key is taken away from an action
/// that has it by default only.
fn assign(chosen: &BTreeMap<Action, (usize, Vec<Key>)>, mistakes: &mut Vec<Mistake>) -> BTreeMap<Key, Action> {
    let mut keys: BTreeMap<Key, Action> = BTreeMap::new();
    let mut lines: BTreeMap<Key, usize> = BTreeMap::new();
    for entry in ACTIONS {
        let Some((line, wanted)) = chosen.get(&entry.action) else { continue };
        for key in wanted {
            match keys
                .insert(*key, entry.action)
                .and_then(super::action::entry)
                .filter(|other| other.name != entry.name)
            {
                Some(other) => {
                    let above = lines.get(key).copied().unwrap_or_default();
                    let words = format!("`{key}` of {} is the key of {} too (line {above})", entry.name, other.name);
                    mistakes.push((*line, words));
                }
                None => {
                    lines.insert(*key, *line);
                }
            }
        }
    }
    for entry in ACTIONS.iter().filter(|entry| !chosen.contains_key(&entry.action)) {
        for key in entry.default_keys() {
            keys.entry(key).or_insert(entry.action);
        }
    }
    for way_out in [Action::Quit, Action::QuitAtOnce] {
        if !keys.values().any(|action| *action == way_out) {
            let line = chosen.get(&way_out).map_or(1, |(line, _)| *line);
            let name = super::action::entry(way_out).map_or("quit", |entry| entry.name);
            mistakes.push((line, format!("{name} needs a key: nobody could leave")));
        }
    }
    mistakes.sort();
    keys
}

/// The actions that were not named and have no key left, each with what took it.
fn disarmed(chosen: &BTreeMap<Action, (usize, Vec<Key>)>, keys: &BTreeMap<Key, Action>) -> Vec<String> {
    let without =
        |entry: &&Entry| !chosen.contains_key(&entry.action) && !keys.values().any(|action| *action == entry.action);
    let words = |entry: &Entry| {
        let key = entry.default_keys().next()?;
        let taker = keys.get(&key).copied().and_then(super::action::entry)?;
        Some(format!("{} has no key: {} is {} now", entry.name, short(&key), taker.name))
    };
    ACTIONS.iter().filter(without).filter_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn keymap(text: &str) -> Result<Keymap, String> {
        let config = Config::parse(text, Path::new("c.yaml")).unwrap();
        Keymap::of(&config).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_configuration_keys_are_those_of_the_table() {
        let keymap = keymap("fleet: []\n").unwrap();
        assert_eq!(keymap, Keymap::default());
        assert_eq!(keymap.action(Key::char('j')), Some(Action::Down));
        assert_eq!(keymap.short(Action::HalfDown), "^d");
        assert_eq!(keymap.short(Action::Down), "j");
    }

    #[test]
    fn a_chosen_key_takes_the_place_of_a_default_one() {
        let keymap = keymap("keys:\n  refresh: [f5, u]\n  undo: []\n  fix: z\n").unwrap();
        assert_eq!(keymap.action(Key::plain(Code::F(5))), Some(Action::Refresh));
        assert_eq!(keymap.action(Key::char('z')), Some(Action::Fix));
        assert_eq!(keymap.action(Key::char('r')), None);
        assert_eq!(keymap.keys(Action::Undo), []);
    }

    #[test]
    fn an_action_that_lost_its_keys_is_told_unless_that_was_asked_for() {
        assert_eq!(Keymap::default().disarmed(), None);
        let taken = keymap("keys:\n  down: [n]\n").unwrap();
        assert_eq!(taken.disarmed().as_deref(), Some("next has no key: n is down now"));
        assert_eq!(keymap("keys:\n  down: [n]\n  next: []\n").unwrap().disarmed(), None);
        assert_eq!(keymap("keys:\n  down: [n]\n  next: [j]\n").unwrap().disarmed(), None);
        let two = keymap("keys:\n  down: [n]\n  up: [r]\n").unwrap().disarmed().unwrap();
        assert!(two.contains("; refresh has no key: r is up now"), "{two}");
    }

    #[test]
    fn all_mistakes_are_told_at_once_with_their_lines() {
        let text = "keys:\n  refres: r\n  fix: [p, jj]\n  copy: p\n  edit:\n    - p\n    - ctrl+\n";
        let error = keymap(text).unwrap_err();
        for words in [
            "c.yaml:2: `refres` is no action, did you mean `refresh`?",
            "c.yaml:3: `jj` of fix is no key",
            "c.yaml:7: `ctrl+` of edit is no key",
        ] {
            assert!(error.contains(words), "{words} is not in {error}");
        }
        let twice = keymap("keys:\n  fix: p\n  copy: p\n  edit: p\n").unwrap_err();
        assert!(twice.contains("c.yaml:3: `p` of copy is the key of edit too"), "{twice}");
        assert!(twice.contains("c.yaml:4: `p` of edit is the key of fix too"), "{twice}");
    }

    #[test]
    fn nobody_is_locked_in() {
        let error = keymap("keys:\n  quit: []\n").unwrap_err();
        assert!(error.contains("c.yaml:2: quit needs a key"), "{error}");
        let taken = keymap("keys:\n  fix: [q]\n").unwrap_err();
        assert!(taken.contains("quit needs a key"), "{taken}");
        let both = keymap("keys:\n  quit: []\n  quit-at-once: []\n").unwrap_err();
        assert!(both.contains("quit needs a key") && both.contains("quit-at-once needs a key"), "{both}");
        assert_eq!(both.matches("quit needs a key").count(), 1, "{both}");
    }
}
