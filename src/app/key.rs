//! Keys and the mouse, as the dashboard knows them: no terminal library is named above the loop.

use std::fmt;

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character, as the keyboard's layout gives it (`J` is shift and j).
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tabulator; with shift it is [`Code::BackTab`].
    Tab,
    /// Shift and tabulator.
    BackTab,
    /// Deletes to the left.
    Backspace,
    /// Deletes to the right.
    Delete,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// An arrow.
    Left,
    /// An arrow.
    Right,
    /// First.
    Home,
    /// Last.
    End,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// A function key, from 1.
    F(u8),
}

/// A key with its modifiers. Shift is part of the character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which.
    pub code: Code,
    /// Whether ctrl is held.
    pub ctrl: bool,
    /// Whether alt is held.
    pub alt: bool,
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character without modifiers.
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character with ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }

    /// Reads a key as the configuration writes it and as it is displayed: `j`, `ctrl+d`, `shift+tab`, `space`.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut rest, mut ctrl, mut alt) = (text.trim(), false, false);
        loop {
            rest = match (rest.strip_prefix("ctrl+"), rest.strip_prefix("alt+")) {
                (Some(after), _) if !ctrl => {
                    ctrl = true;
                    after
                }
                (_, Some(after)) if !alt => {
                    alt = true;
                    after
                }
                _ => break,
            };
        }
        Some(Self { code: code(rest)?, ctrl, alt })
    }
}

/// The key of a name.
fn code(name: &str) -> Option<Code> {
    let mut characters = name.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        return (!c.is_control() && !c.is_whitespace()).then_some(Code::Char(c));
    }
    if let Some((_, code)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(*code);
    }
    let number = name.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(Code::F(number))
}

/// Keys that have a name.
const NAMED: &[(&str, Code)] = &[
    ("space", Code::Char(' ')),
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("shift+tab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("del", Code::Delete),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pgup", Code::PageUp),
    ("pgdn", Code::PageDown),
];

/// What was done with the mouse, in cells from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub kind: MouseKind,
    /// From the left.
    pub column: u16,
    /// From the top.
    pub row: u16,
}

/// What can be done with a mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button was pressed.
    Click,
    /// The wheel was turned away.
    WheelUp,
    /// The wheel was turned near.
    WheelDown,
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            formatter.write_str("ctrl+")?;
        }
        if self.alt {
            formatter.write_str("alt+")?;
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, code)| *code == self.code) {
            return formatter.write_str(name);
        }
        match self.code {
            Code::Char(c) => write!(formatter, "{c}"),
            Code::F(number) => write!(formatter, "f{number}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_they_are_written() {
        let ctrl_pgdn = Key { code: Code::PageDown, ctrl: true, alt: false };
        for key in [Key::char('j'), Key::char('J'), Key::char('+'), Key::char(' '), Key::ctrl('d'), ctrl_pgdn] {
            assert_eq!(Key::parse(&key.to_string()), Some(key), "{key}");
        }
        for (name, code) in NAMED {
            assert_eq!(Key::parse(name), Some(Key::plain(*code)));
            assert_eq!(Key::plain(*code).to_string(), *name);
        }
        assert_eq!(Key::parse("ctrl+alt+f12").map(|key| key.to_string()).as_deref(), Some("ctrl+alt+f12"));
        for wrong in ["", "  ", "jj", "ctrl+", "f0", "f99", "strg+c", "\u{1b}"] {
            assert_eq!(Key::parse(wrong), None, "{wrong:?}");
        }
    }
}
