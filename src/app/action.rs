//! Everything a person can ask the dashboard for: one table.
//!
//! [`ACTIONS`] feeds the help overlay, the footer, the command line with its completion, `shipworthy help keys`, the
//! key table of the README and the `keys` section of the default configuration; `tests/screens.rs` holds them equal.

use super::key::Key;
use super::keymap::Keymap;

/// One thing that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table says what each of them does")]
pub enum Action {
    Down,
    Up,
    Left,
    Right,
    First,
    Last,
    HalfDown,
    HalfUp,
    ScrollDown,
    ScrollUp,
    NextPane,
    PreviousPane,
    Pane1,
    Pane2,
    Pane3,
    Pane4,
    Open,
    Back,
    Filter,
    NextMatch,
    PreviousMatch,
    Sort,
    Reverse,
    Passing,
    Mark,
    Log,
    Command,
    Help,
    Refresh,
    RefreshAll,
    Fix,
    FixAll,
    Apply,
    Undo,
    Edit,
    Browse,
    Copy,
    Waive,
    Checklist,
    Report,
    Suspend,
    Quit,
    QuitAtOnce,
}

/// A screen on which actions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The matrix of the fleet.
    Fleet,
    /// The requirements of one repository.
    Repo,
    /// One requirement with its evidence.
    Evidence,
    /// The preview of a fix or a waiver.
    Fix,
    /// The release checklist.
    Checklist,
    /// The log.
    Log,
}

impl Place {
    /// Every screen.
    pub const ALL: &[Self] = &[Self::Fleet, Self::Repo, Self::Evidence, Self::Fix, Self::Checklist, Self::Log];

    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Repo => "repository",
            Self::Evidence => "requirement",
            Self::Fix => "preview",
            Self::Checklist => "checklist",
            Self::Log => "log",
        }
    }
}

/// What an action is about, for the order of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Going about.
    Move,
    /// Seeing more or less.
    Look,
    /// Doing something.
    Act,
}

impl Group {
    /// Every group, in the order of help.
    pub const ALL: &[Self] = &[Self::Move, Self::Look, Self::Act];

    /// Its heading.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Look => "Look",
            Self::Act => "Act",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub struct Entry {
    /// Which action.
    pub action: Action,
    /// Its name on the command line and in the configuration.
    pub name: &'static str,
    /// Its keys, as the configuration writes them.
    pub keys: &'static [&'static str],
    /// What it does, in a few words.
    pub help: &'static str,
    /// The word of the footer; empty for one that the footer leaves to help.
    pub hint: &'static str,
    /// Where it lives.
    pub places: &'static [Place],
    /// What it is about.
    pub group: Group,
}

impl Entry {
    /// Its keys as they are set without a configuration.
    pub fn default_keys(&self) -> impl Iterator<Item = Key> {
        self.keys.iter().filter_map(|text| Key::parse(text))
    }

    /// Whether it does something on a screen.
    pub fn lives_on(&self, place: Place) -> bool {
        self.places.contains(&place)
    }
}

use Place::{Checklist, Evidence, Fix, Fleet, Log, Repo};

const EVERYWHERE: &[Place] = Place::ALL;
const LISTS: &[Place] = &[Fleet, Repo, Evidence, Checklist, Log, Fix];
const PANES: &[Place] = &[Fleet, Repo, Evidence, Fix, Checklist];
const RELEASES: &[Place] = &[Fleet, Repo, Evidence, Checklist];
const FINDINGS: &[Place] = &[Fleet, Repo, Evidence];

const fn row(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    (hint, help): (&'static str, &'static str),
    places: &'static [Place],
    group: Group,
) -> Entry {
    Entry { action, name, keys, help, hint, places, group }
}

/// The table, in the order of help.
pub const ACTIONS: &[Entry] = &[
    row(Action::Down, "down", &["j", "down"], ("", "next row"), LISTS, Group::Move),
    row(Action::Up, "up", &["k", "up"], ("", "previous row"), LISTS, Group::Move),
    row(Action::Left, "left", &["h", "left"], ("", "left, elsewhere back"), EVERYWHERE, Group::Move),
    row(Action::Right, "right", &["l", "right"], ("", "right, elsewhere open"), EVERYWHERE, Group::Move),
    row(Action::First, "first", &["g", "home"], ("", "first row"), LISTS, Group::Move),
    row(Action::Last, "last", &["G", "end"], ("", "last row"), LISTS, Group::Move),
    row(Action::HalfDown, "half-down", &["ctrl+d", "pgdn"], ("", "half a page down"), LISTS, Group::Move),
    row(Action::HalfUp, "half-up", &["ctrl+u", "pgup"], ("", "half a page up"), LISTS, Group::Move),
    row(Action::ScrollDown, "scroll-down", &["J"], ("scroll", "scroll the detail down"), PANES, Group::Move),
    row(Action::ScrollUp, "scroll-up", &["K"], ("", "scroll the detail up"), PANES, Group::Move),
    row(Action::NextPane, "next-pane", &["tab"], ("pane", "next pane"), &[Evidence, Checklist], Group::Move),
    row(
        Action::PreviousPane,
        "previous-pane",
        &["shift+tab"],
        ("", "previous pane"),
        &[Evidence, Checklist],
        Group::Move,
    ),
    row(Action::Pane1, "evidence", &["1"], ("", "go to the evidence"), &[Evidence], Group::Move),
    row(Action::Pane2, "requirement", &["2"], ("", "go to the requirement"), &[Evidence], Group::Move),
    row(Action::Pane3, "what-to-do", &["3"], ("", "go to what to do"), &[Evidence], Group::Move),
    row(Action::Pane4, "how-sure", &["4"], ("", "go to how sure it is"), &[Evidence], Group::Move),
    row(
        Action::Open,
        "open",
        &["enter"],
        ("open", "open, never write"),
        &[Fleet, Repo, Fix, Checklist, Log],
        Group::Move,
    ),
    row(Action::Back, "back", &["esc"], ("back", "back, close, never quit"), EVERYWHERE, Group::Move),
    row(Action::Filter, "filter", &["/"], ("filter", "filter"), &[Fleet, Log], Group::Look),
    row(
        Action::NextMatch,
        "next",
        &["n"],
        ("next", "next problem or evidence"),
        &[Fleet, Repo, Evidence, Fix, Log],
        Group::Look,
    ),
    row(Action::PreviousMatch, "previous", &["N"], ("", "the one before"), &[Fleet, Repo, Evidence, Log], Group::Look),
    row(Action::Sort, "sort", &["s"], ("sort", "sort by the next column"), &[Fleet], Group::Look),
    row(Action::Reverse, "reverse", &["S"], ("", "reverse the order"), &[Fleet], Group::Look),
    row(Action::Passing, "passing", &["t"], ("passing", "show or hide what passes"), &[Repo, Log], Group::Look),
    row(Action::Mark, "mark", &["space"], ("mark", "mark a row"), &[Fleet, Fix], Group::Look),
    row(Action::Log, "log", &["@"], ("log", "log"), EVERYWHERE, Group::Look),
    row(Action::Command, "command", &[":"], ("", "command by its name"), EVERYWHERE, Group::Look),
    row(Action::Help, "help", &["?"], ("help", "keys of this screen"), EVERYWHERE, Group::Look),
    row(
        Action::Refresh,
        "refresh",
        &["r"],
        ("refresh", "ask again, this or marked"),
        &[Fleet, Repo, Evidence, Fix, Checklist],
        Group::Act,
    ),
    row(Action::RefreshAll, "refresh-all", &["R"], ("", "ask again about all"), &[Fleet, Repo, Evidence], Group::Act),
    row(Action::Fix, "fix", &["f"], ("fix", "fix this, with a preview"), FINDINGS, Group::Act),
    row(Action::FixAll, "fix-all", &["F"], ("fix all", "fix all, with a preview"), FINDINGS, Group::Act),
    row(Action::Apply, "apply", &["a"], ("apply", "write what is previewed"), &[Fix], Group::Act),
    row(
        Action::Undo,
        "undo",
        &["z"],
        ("undo", "undo a write or an answer"),
        &[Fleet, Repo, Evidence, Fix, Checklist],
        Group::Act,
    ),
    row(Action::Edit, "edit", &["e"], ("edit", "edit the file at the line"), &[Fleet, Repo, Evidence, Fix], Group::Act),
    row(Action::Browse, "browse", &["o"], ("browser", "open in the browser"), FINDINGS, Group::Act),
    row(
        Action::Copy,
        "copy",
        &["y"],
        ("copy", "copy a value, link, row"),
        &[Fleet, Repo, Evidence, Fix, Log],
        Group::Act,
    ),
    row(Action::Waive, "waive", &["x"], ("waive", "set aside, with a preview"), &[Repo, Evidence], Group::Act),
    row(Action::Checklist, "checklist", &["c"], ("checklist", "release checklist"), RELEASES, Group::Act),
    row(
        Action::Report,
        "report",
        &["w"],
        ("report", "report, then write it"),
        &[Fleet, Repo, Fix, Checklist],
        Group::Act,
    ),
    row(Action::Suspend, "suspend", &["ctrl+z"], ("", "suspend"), EVERYWHERE, Group::Act),
    row(Action::Quit, "quit", &["q"], ("quit", "quit, keeping the state"), EVERYWHERE, Group::Act),
    row(Action::QuitAtOnce, "quit-at-once", &["ctrl+c"], ("", "quit at once"), EVERYWHERE, Group::Act),
];

/// The row of an action; every action has one, which a test rules.
pub fn entry(action: Action) -> Option<&'static Entry> {
    ACTIONS.iter().find(|entry| entry.action == action)
}

/// The row of that name.
pub fn named(name: &str) -> Option<&'static Entry> {
    ACTIONS.iter().find(|entry| entry.name == name)
}

/// The key table of the README, as Markdown.
pub fn markdown() -> String {
    let mut table = "| Keys | Name | Does | Where |\n|---|---|---|---|\n".to_owned();
    for entry in ACTIONS {
        let keys: Vec<String> = entry.keys.iter().map(|key| format!("`{key}`")).collect();
        table.push_str(&format!("| {} | {} | {} | {} |\n", keys.join(" "), entry.name, entry.help, places(entry)));
    }
    table
}

/// The key table as plain text, for `shipworthy help keys`: with these keys.
pub fn text(keymap: &Keymap) -> String {
    let mut table = String::new();
    for group in Group::ALL {
        table.push_str(&format!("{}\n", group.word()));
        for entry in ACTIONS.iter().filter(|entry| entry.group == *group) {
            let keys = own_keys(entry, keymap);
            table.push_str(&format!("  {keys:14} {:14} {:30} {}\n", entry.name, entry.help, places(entry)));
        }
        table.push('\n');
    }
    table.push_str("Set other keys under `keys` in the configuration: `shipworthy config default` shows how.\n");
    table
}

/// The keys of a row: the usual ones first and as the table spells them, then those that were chosen.
fn own_keys(entry: &Entry, keymap: &Keymap) -> String {
    let known = keymap.keys(entry.action);
    let usual = entry.keys.iter().filter_map(|name| Some((Key::parse(name)?, *name)));
    let usual: Vec<(Key, &str)> = usual.filter(|(key, _)| known.contains(key)).collect();
    let chosen = known.iter().filter(|key| !usual.iter().any(|(other, _)| other == *key));
    let names = usual.iter().map(|(_, name)| (*name).to_owned()).chain(chosen.map(ToString::to_string));
    let names: Vec<String> = names.collect();
    if names.is_empty() { "(no key)".to_owned() } else { names.join(" ") }
}

/// The `keys` section of the default configuration.
pub fn yaml() -> String {
    let rows = ACTIONS.iter().map(|entry| {
        let keys: Vec<String> = entry.keys.iter().map(|key| format!("\"{key}\"")).collect();
        format!("#   {}: [{}]{}# {}\n", entry.name, keys.join(", "), blanks(entry, &keys), entry.help)
    });
    rows.collect()
}

/// What stands between keys and remarks, so that the remarks stand below each other.
fn blanks(entry: &Entry, keys: &[String]) -> String {
    let used = entry.name.len() + keys.join(", ").len() + 4;
    " ".repeat(34_usize.saturating_sub(used).max(1))
}

fn places(entry: &Entry) -> String {
    if entry.places.len() == Place::ALL.len() {
        return "everywhere".to_owned();
    }
    entry.places.iter().map(|place| place.word()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_actions_are_distinct_and_every_key_can_be_read() {
        let names: BTreeSet<_> = ACTIONS.iter().map(|entry| entry.name).collect();
        let actions: BTreeSet<_> = ACTIONS.iter().map(|entry| entry.action).collect();
        assert_eq!((names.len(), actions.len()), (ACTIONS.len(), ACTIONS.len()));
        for entry in ACTIONS {
            assert_eq!(entry.default_keys().count(), entry.keys.len(), "{}", entry.name);
            assert!(entry.help.len() <= 26, "{}: the help has no room for it", entry.name);
            assert!(!entry.keys.is_empty() && !entry.help.is_empty() && !entry.places.is_empty(), "{}", entry.name);
        }
    }

    #[test]
    fn no_key_means_two_things() {
        let mut seen = BTreeSet::new();
        for entry in ACTIONS {
            for key in entry.default_keys() {
                assert!(seen.insert(key), "{key} of {}", entry.name);
            }
        }
    }

    #[test]
    fn tables_name_every_action_and_key() {
        for table in [markdown(), text(&Keymap::default()), yaml()] {
            for entry in ACTIONS {
                assert!(table.contains(entry.name) && table.contains(entry.help), "{}", entry.name);
                assert!(entry.keys.iter().all(|key| table.contains(key)), "{}", entry.name);
            }
        }
    }

    #[test]
    fn the_documented_configuration_and_its_schema_list_the_table() {
        assert!(crate::config::DEFAULT.contains(&yaml()), "assets/config.yaml should say:\n{}", yaml());
        let schema: serde_json::Value = serde_json::from_str(crate::config::SCHEMA).unwrap();
        let described = schema["properties"]["keys"]["properties"].as_object().unwrap();
        assert_eq!(described.len(), ACTIONS.len());
        for entry in ACTIONS {
            assert_eq!(described[entry.name]["description"], entry.help, "{}", entry.name);
        }
    }

    #[test]
    fn no_key_needs_a_third_level_of_the_keyboard() {
        for entry in ACTIONS {
            for key in entry.keys {
                assert!(!key.chars().any(|c| "[]{}\\|~".contains(c)), "{key} of {}", entry.name);
            }
        }
    }
}
