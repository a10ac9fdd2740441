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
}

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
        match self.code {
            Code::Char(' ') => formatter.write_str("space"),
            Code::Char(c) => write!(formatter, "{c}"),
            Code::Enter => formatter.write_str("enter"),
            Code::Esc => formatter.write_str("esc"),
            Code::Tab => formatter.write_str("tab"),
            Code::BackTab => formatter.write_str("shift+tab"),
            Code::Backspace => formatter.write_str("backspace"),
            Code::Delete => formatter.write_str("del"),
            Code::Up => formatter.write_str("up"),
            Code::Down => formatter.write_str("down"),
            Code::Left => formatter.write_str("left"),
            Code::Right => formatter.write_str("right"),
            Code::Home => formatter.write_str("home"),
            Code::End => formatter.write_str("end"),
            Code::PageUp => formatter.write_str("pgup"),
            Code::PageDown => formatter.write_str("pgdn"),
            Code::F(number) => write!(formatter, "f{number}"),
        }
    }
}
