//! The terminal as a file: opened anew, so that not waiting for it is nobody else's affair.

use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{Mode, OFlags, open};

/// Opens the terminal behind a stream again, for reading or writing without ever waiting.
///
/// Whether a file waits belongs to the open file, and that of standard input is shared with the shell. It is opened by
/// its own name where that is known, because not every system lets `/dev/tty` be waited for.
///
/// # Errors
/// What the system says; there may be no terminal any more.
pub fn open_again(stream: impl AsFd, access: OFlags) -> io::Result<OwnedFd> {
    let flags = access | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let named = rustix::termios::ttyname(stream, Vec::new()).and_then(|name| open(name, flags, Mode::empty()));
    Ok(named.or_else(|_| open("/dev/tty", flags, Mode::empty()))?)
}

/// Whether the terminal has gone: its window was closed.
pub fn is_gone() -> bool {
    !io::stdin().is_terminal() || !io::stdout().is_terminal()
}
