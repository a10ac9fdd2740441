//! A text field of one line. What is typed or pasted into it is clean.

use tui_input::{Input, InputRequest};

use super::key::{Code, Key};
use crate::text::clean;

/// Most characters a field takes: a paste by mistake must not fill the memory.
const MOST: usize = 400;

/// A text field of one line.
#[derive(Clone, Debug, Default)]
pub struct Field {
    input: Input,
}

impl Field {
    /// A field that holds a text already, with the cursor behind it.
    pub fn with(text: &str) -> Self {
        Self { input: Input::new(clean::line(text).into_owned()) }
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Where the cursor stands, in columns from the start of the text.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// As much of the text as fits into `room` columns, with its end where the cursor is, and the cursor's column.
    pub fn window(&self, room: usize) -> (String, usize) {
        let (cursor, room) = (self.cursor(), room.max(2));
        let (mut gone, mut skip) = (0, 0);
        for c in self.text().chars() {
            if cursor - gone < room {
                break;
            }
            gone += unicode_width::UnicodeWidthChar::width(c).unwrap_or_default();
            skip += 1;
        }
        (self.text().chars().skip(skip).collect(), cursor - gone)
    }

    /// Takes a key; answers whether it meant something to the field.
    pub fn take(&mut self, key: Key) -> bool {
        let request = match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => {
                self.paste(c.encode_utf8(&mut [0; 4]));
                return true;
            }
            (Code::Backspace, false, false) | (Code::Char('h'), true, false) => InputRequest::DeletePrevChar,
            (Code::Delete, false, false) | (Code::Char('d'), true, false) => InputRequest::DeleteNextChar,
            (Code::Left, false, false) | (Code::Char('b'), true, false) => InputRequest::GoToPrevChar,
            (Code::Right, false, false) | (Code::Char('f'), true, false) => InputRequest::GoToNextChar,
            (Code::Left, true, _) | (Code::Left | Code::Char('b'), _, true) => InputRequest::GoToPrevWord,
            (Code::Right, true, _) | (Code::Right | Code::Char('f'), _, true) => InputRequest::GoToNextWord,
            (Code::Home, ..) | (Code::Char('a'), true, false) => InputRequest::GoToStart,
            (Code::End, ..) | (Code::Char('e'), true, false) => InputRequest::GoToEnd,
            (Code::Char('w'), true, false) | (Code::Backspace, _, true) => InputRequest::DeletePrevWord,
            (Code::Char('u'), true, false) => InputRequest::DeleteLine,
            (Code::Char('k'), true, false) => InputRequest::DeleteTillEnd,
            _ => return false,
        };
        self.input.handle(request);
        true
    }

    /// Takes a pasted text; line ends become blanks.
    pub fn paste(&mut self, text: &str) {
        let room = MOST.saturating_sub(self.text().chars().count());
        for c in clean::line(text).chars().take(room) {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_edit_the_text() {
        let mut field = Field::with("one two");
        assert!(field.take(Key::ctrl('w')));
        assert_eq!(field.text(), "one ");
        field.take(Key::plain(Code::Home));
        field.take(Key::char('漢'));
        assert_eq!((field.text(), field.cursor()), ("漢one ", 2));
        field.take(Key::ctrl('u'));
        assert_eq!(field.text(), "");
        assert!(!field.take(Key::plain(Code::Enter)) && !field.take(Key::ctrl('c')));
    }

    #[test]
    fn what_is_pasted_is_clean_and_not_endless() {
        let mut field = Field::default();
        field.paste("a\nb\u{1b}[31m\u{202e}");
        assert_eq!(field.text(), "a b\u{fffd}[31m\u{fffd}");
        field.paste(&"x".repeat(100_000));
        assert_eq!(field.text().chars().count(), MOST);
    }
}
