//! What a terminal sends when something is typed: bytes, taken apart into keys, pastes and clicks.
//!
//! Bytes are taken one by one, so a sequence may arrive in any number of pieces. Where a sequence ends is decided here,
//! what it means by `terminput`. What a terminal answers to questions of others (device attributes, colours) is
//! swallowed whole: taken for keys, it would press some.

use std::time::Duration;

use terminput::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind, ScrollDirection};

use crate::app::Message;
use crate::app::key::{Code, Key, Mouse, MouseKind};
use crate::text::clean;

const ESC: u8 = 0x1b;
const PASTE: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// The most bytes of a paste that are kept; no field of the dashboard takes as much.
const MOST_PASTED: usize = 64 * 1024;
/// The most bytes of any other sequence.
const MOST_BYTES: usize = 4096;

/// How long the rest of a sequence is waited for: after that, a lone escape is the key.
const PATIENCE: Duration = Duration::from_millis(30);
/// The same for a paste, which may come slowly.
const PASTE_PATIENCE: Duration = Duration::from_millis(250);

/// Whether a sequence ends with the bytes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// More must come, or the clock decides.
    Open,
    /// It is complete.
    Whole,
    /// It is complete and means nothing here.
    Foreign,
    /// The last byte does not belong to it: what came before it is broken.
    Broken,
}

/// The sequence that is being received.
#[derive(Debug, Default)]
pub struct Sequence {
    bytes: Vec<u8>,
}

impl Sequence {
    /// How long the rest may take; none when nothing is begun.
    pub fn patience(&self) -> Option<Duration> {
        (!self.bytes.is_empty()).then(|| if self.is_paste() { PASTE_PATIENCE } else { PATIENCE })
    }

    /// Takes one byte; answers what it completes.
    pub fn take(&mut self, byte: u8) -> Option<Message> {
        self.bytes.push(byte);
        match self.extent() {
            Extent::Open => return self.keep_short(),
            Extent::Broken => {
                self.bytes.clear();
                return self.take(byte);
            }
            Extent::Whole => {}
            Extent::Foreign => self.bytes.clear(),
        }
        let bytes = std::mem::take(&mut self.bytes);
        if let Some(text) = bytes.strip_prefix(PASTE) {
            return Some(pasted(text.strip_suffix(PASTE_END).unwrap_or(text)));
        }
        meaning(&bytes)
    }

    /// The rest did not come: an escape is the key, and an unfinished paste is what was pasted.
    pub fn give_up(&mut self) -> Vec<Message> {
        let bytes = std::mem::take(&mut self.bytes);
        if let Some(text) = bytes.strip_prefix(PASTE) {
            return vec![pasted(text)];
        }
        match bytes.as_slice() {
            [ESC] => vec![Message::Key(Key::plain(Code::Esc))],
            [ESC, ESC] => vec![Message::Key(Key::plain(Code::Esc)); 2],
            [ESC, c] => vec![Message::Key(Key { alt: true, ..Key::char(char::from(*c)) })],
            _ => Vec::new(),
        }
    }

    fn is_paste(&self) -> bool {
        self.bytes.starts_with(PASTE)
    }

    fn extent(&self) -> Extent {
        match self.bytes.as_slice() {
            [ESC] | [ESC, ESC | b'[' | b'O' | b']' | b'P'] => Extent::Open,
            _ if self.is_paste() => {
                if self.bytes.ends_with(PASTE_END) {
                    Extent::Whole
                } else {
                    Extent::Open
                }
            }
            // Some terminals put an escape before an arrow to say alt.
            [ESC, ESC, b'[', rest @ ..] | [ESC, b'[', rest @ ..] => control(rest),
            [ESC, ESC, ..] => Extent::Broken,
            [ESC, b']' | b'P', rest @ ..] => answer(rest),
            [ESC, b'O', _] => Extent::Whole,
            [first, ..] if *first != ESC && *first < 0x80 => Extent::Whole,
            [ESC, rest @ ..] | rest => character(rest),
        }
    }

    /// Bounds what is kept of a sequence that does not end.
    fn keep_short(&mut self) -> Option<Message> {
        if self.is_paste() && self.bytes.len() > MOST_PASTED {
            // The beginning is kept, and as much of the end as tells that it has come.
            self.bytes.remove(self.bytes.len() - PASTE_END.len() - 1);
        } else if !self.is_paste() && self.bytes.len() > MOST_BYTES {
            self.bytes.clear();
        }
        None
    }
}

/// Where a control sequence ends, from what follows `ESC [`.
fn control(rest: &[u8]) -> Extent {
    match rest {
        // Clicks of terminals that know no better way: three bytes of any kind.
        [b'M', clicked @ ..] if clicked.len() == 3 => Extent::Whole,
        // A second bracket begins a function key of the Linux console.
        [] | [b'[' | b'M'] | [b'M', ..] | [.., 0x20..=0x3f] => Extent::Open,
        // Private sequences are answers, but for those of the mouse.
        [b'[', _] | [b'<', .., b'M' | b'm'] => Extent::Whole,
        [b'<'..=b'?', .., 0x40..=0x7e] => Extent::Foreign,
        [.., 0x40..=0x7e] => Extent::Whole,
        _ => Extent::Broken,
    }
}

/// Where a string that a terminal sends ends, from what follows its introduction. Only answers begin with these
/// characters; anything else is a key held with alt.
fn answer(rest: &[u8]) -> Extent {
    match rest {
        [b'0'..=b'9' | b'>' | b'!' | b'+' | b'$', inside @ ..] => {
            if matches!(inside, [.., 0x07] | [.., ESC, b'\\']) {
                Extent::Foreign
            } else {
                Extent::Open
            }
        }
        _ => Extent::Broken,
    }
}

/// Whether a character in UTF-8 is complete.
fn character(bytes: &[u8]) -> Extent {
    match std::str::from_utf8(bytes) {
        Ok(_) => Extent::Whole,
        Err(error) if error.error_len().is_none() && bytes.len() < 4 => Extent::Open,
        Err(_) => Extent::Foreign,
    }
}

fn pasted(bytes: &[u8]) -> Message {
    // In raw mode a line ends with a carriage return.
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
    Message::Paste(clean::block(&text).into_owned())
}

/// What a complete sequence means to the dashboard.
fn meaning(bytes: &[u8]) -> Option<Message> {
    let doubled = bytes.strip_prefix(&[ESC]).filter(|rest| rest.starts_with(&[ESC]));
    let alt = doubled.is_some();
    match Event::parse_from(doubled.unwrap_or(bytes)).ok()?? {
        Event::Key(event) if event.kind != KeyEventKind::Release => {
            let key = key(event)?;
            Some(Message::Key(Key { alt: alt || key.alt, ..key }))
        }
        Event::Mouse(event) => {
            let kind = match event.kind {
                MouseEventKind::Down(MouseButton::Left) => MouseKind::Click,
                MouseEventKind::Scroll(ScrollDirection::Up) => MouseKind::WheelUp,
                MouseEventKind::Scroll(ScrollDirection::Down) => MouseKind::WheelDown,
                _ => return None,
            };
            Some(Message::Mouse(Mouse { kind, column: event.column, row: event.row }))
        }
        Event::FocusGained => Some(Message::Focused),
        _ => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let held = |modifier| event.modifiers.contains(modifier);
    let ctrl = held(KeyModifiers::CTRL);
    let code = match event.code {
        // The four bytes after ctrl-z, by the characters that keyboards have them on.
        KeyCode::Char('4') if ctrl => Code::Char('\\'),
        KeyCode::Char('5') if ctrl => Code::Char(']'),
        KeyCode::Char('6') if ctrl => Code::Char('^'),
        KeyCode::Char('7') if ctrl => Code::Char('_'),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Tab if held(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(number) => Code::F(number),
        _ => return None,
    };
    Some(Key { code, ctrl, alt: held(KeyModifiers::ALT) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What bytes come to, with the rest given up at the end.
    fn typed(bytes: &[u8]) -> Vec<String> {
        let mut sequence = Sequence::default();
        let mut messages: Vec<Message> = bytes.iter().filter_map(|byte| sequence.take(*byte)).collect();
        messages.extend(sequence.give_up());
        assert_eq!(sequence.patience(), None);
        messages.iter().map(shown).collect()
    }

    fn shown(message: &Message) -> String {
        match message {
            Message::Key(key) => key.to_string(),
            Message::Paste(text) => format!("paste {text:?}"),
            Message::Mouse(mouse) => format!("{:?} {},{}", mouse.kind, mouse.column, mouse.row),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn keys_are_told_apart() {
        for (bytes, keys) in [
            (&b"jG\x1b[A\x1bOB\x1b[1;5C"[..], &["j", "G", "up", "down", "ctrl+right"][..]),
            (b"\r\n\t\x1b[Z\x7f\x08", &["enter", "ctrl+j", "tab", "shift+tab", "backspace", "ctrl+h"]),
            (b"\x03\x1a\x1c\x00", &["ctrl+c", "ctrl+z", "ctrl+\\", "ctrl+space"]),
            (b"\x1b[5~\x1b[6~\x1b[H\x1b[4~\x1b[3~", &["pgup", "pgdn", "home", "end", "del"]),
            (b"\x1bOP\x1b[15~\x1b[[A\x1b[24~", &["f1", "f5", "f1", "f12"]),
            (b"\x1b", &["esc"]),
            (b"\x1b\x1b", &["esc", "esc"]),
            (b"\x1bq\x1b[", &["alt+q", "alt+["]),
            (b"\x1b]", &["alt+]"]),
            (b"\x1bPx", &["x"]),
            (b"\x1b\x1b[A", &["alt+up"]),
            ("ü漢\u{1f600}".as_bytes(), &["ü", "漢", "\u{1f600}"]),
            (b"a\xffb\xc3", &["a", "b"]),
        ] {
            assert_eq!(typed(bytes), keys, "{bytes:?}");
        }
    }

    #[test]
    fn the_mouse_and_the_focus_are_noticed() {
        assert_eq!(typed(b"\x1b[<0;3;4M\x1b[<0;3;4m"), ["Click 2,3"]);
        assert_eq!(typed(b"\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<35;9;9M"), ["WheelUp 0,0", "WheelDown 0,0"]);
        assert_eq!(typed(b"\x1b[M !!"), ["Click 0,0"]);
        assert_eq!(typed(b"\x1b[I\x1b[O"), ["Focused"]);
    }

    #[test]
    fn answers_to_questions_of_others_press_no_key() {
        for answer in [
            &b"\x1b[?62;22c"[..],
            b"\x1b[>1;10;0c",
            b"\x1b[?2026;2$y",
            b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
            b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
            b"\x1bP>|XTerm(390)\x1b\\",
            b"\x1bP1+r544e=787465726d\x1b\\",
            b"\x1b[?1u",
        ] {
            assert_eq!(typed(&[answer, b"q"].concat()), ["q"], "{answer:?}");
        }
    }

    #[test]
    fn a_broken_sequence_costs_only_itself() {
        assert_eq!(typed(b"\x1b[1;\x1b[Bq"), ["down", "q"]);
        assert_eq!(typed(b"\x1b[12\x03"), ["ctrl+c"]);
        assert_eq!(typed(b"\x1b]11;rgb"), [""; 0]);
        assert_eq!(typed(&[&b"\x1b["[..], &[b'1'; 2 * MOST_BYTES]].concat()).last().map(String::as_str), Some("1"));
    }

    #[test]
    fn pastes_are_text_however_they_arrive() {
        assert_eq!(typed(b"\x1b[200~a\rb\r\nc\x1b[201~q"), ["paste \"a\\nb\\nc\"", "q"]);
        assert_eq!(typed(b"\x1b[200~q\x03"), ["paste \"q\u{fffd}\""]);
        let long = [PASTE, &vec![b'x'; 3 * MOST_PASTED], PASTE_END, b"q"].concat();
        let keys = typed(&long);
        assert_eq!((keys.len(), keys[1].as_str()), (2, "q"));
        assert!(keys[0].len() < MOST_PASTED + 10);
    }

    #[test]
    fn a_paste_is_waited_for_longer() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.patience(), None);
        sequence.take(ESC);
        assert_eq!(sequence.patience(), Some(PATIENCE));
        for byte in &PASTE[1..] {
            assert!(sequence.take(*byte).is_none());
        }
        assert_eq!(sequence.patience(), Some(PASTE_PATIENCE));
    }

    proptest! {
        #[test]
        fn whatever_arrives_does_no_harm(
            pieces in prop::collection::vec(
                prop_oneof![
                    any::<u8>().prop_map(|byte| vec![byte]),
                    Just(b"\x1b[".to_vec()),
                    Just(b"\x1b[<".to_vec()),
                    Just(PASTE.to_vec()),
                    Just(PASTE_END.to_vec()),
                    Just(b"\x1b]".to_vec()),
                ],
                0..60,
            )
        ) {
            typed(&pieces.concat());
        }

        #[test]
        fn pieces_make_no_difference(text in "[a-z\u{e9}\u{6f22}]{0,20}") {
            let whole = [PASTE, text.as_bytes(), PASTE_END].concat();
            prop_assert_eq!(typed(&whole), [format!("paste {text:?}")]);
            let keys: Vec<String> = text.chars().map(String::from).collect();
            prop_assert_eq!(typed(text.as_bytes()), keys);
        }
    }
}
