//! The clipboard, by way of the terminal: it works over ssh, and needs no display.

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

use crate::app::Outcome;

/// The most bytes of a text: terminals drop more.
const MOST_BYTES: usize = 64 * 1024;

/// What to send to the terminal to copy a text, and what to say about it.
///
/// A terminal does not tell whether it did so; that is why the words only say what was sent. Within tmux the request is
/// sent twice: to tmux, which heeds it with `set-clipboard on`, and through it, which `allow-passthrough on` allows.
pub fn copy(what: &str, text: &str, within_tmux: bool) -> (Vec<u8>, Outcome) {
    if text.len() > MOST_BYTES {
        let words = format!("the {what} is too long for the clipboard of a terminal ({} bytes)", text.len());
        return (Vec::new(), Outcome::Failed(words));
    }
    let mut request = String::new();
    if CopyToClipboard::to_clipboard_from(text).write_ansi(&mut request).is_err() {
        return (Vec::new(), Outcome::Failed(format!("the {what} could not be copied")));
    }
    if within_tmux {
        request.push_str(&format!("\x1bPtmux;{}\x1b\\", request.replace('\x1b', "\x1b\x1b")));
    }
    let lines = text.lines().count().max(1);
    let words = format!("copied {lines} line{} to the clipboard: the {what}", if lines == 1 { "" } else { "s" });
    (request.into_bytes(), Outcome::Did(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_sent_as_a_request_that_terminals_know() {
        let (bytes, outcome) = copy("link", "https://example.org/", false);
        assert_eq!(bytes, b"\x1b]52;c;aHR0cHM6Ly9leGFtcGxlLm9yZy8=\x1b\\");
        assert_eq!(outcome, Outcome::Did("copied 1 line to the clipboard: the link".to_owned()));
        let (bytes, outcome) = copy("row", "a\nb\n", false);
        assert_eq!(bytes, b"\x1b]52;c;YQpiCg==\x1b\\");
        assert_eq!(outcome, Outcome::Did("copied 2 lines to the clipboard: the row".to_owned()));
    }

    #[test]
    fn within_tmux_it_is_passed_through_as_well() {
        let (bytes, _) = copy("value", "a", true);
        assert_eq!(bytes, b"\x1b]52;c;YQ==\x1b\\\x1bPtmux;\x1b\x1b]52;c;YQ==\x1b\x1b\\\x1b\\");
    }

    #[test]
    fn nothing_the_terminal_would_drop_is_sent() {
        let (bytes, outcome) = copy("value", &"x".repeat(MOST_BYTES + 1), false);
        assert!(bytes.is_empty() && matches!(outcome, Outcome::Failed(_)));
    }
}
