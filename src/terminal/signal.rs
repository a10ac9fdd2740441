//! Signals: each goes through the ordinary way out or back.

use std::io;

use rustix::process::{Signal as Number, getpgrp, getpid, getsid, kill_current_process_group, kill_process};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Leave with this exit code: 128 and the number of the signal.
    Leave(u8),
    /// Stop until the shell continues the program.
    Stop,
    /// The program was continued after a stop it did not see; the terminal may be in any state.
    Continued,
    /// The window has another size.
    Resized,
}

/// Signals that leave the program.
const FATAL: [Number; 4] = [Number::HUP, Number::INT, Number::QUIT, Number::TERM];

/// The exit code of a program that a signal ended.
const fn code(number: Number) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "signals are numbered from 1 to 64")]
    let number = number.as_raw() as u8;
    128 + number
}

/// The exit code of a window that was closed.
pub const HANG_UP: u8 = code(Number::HUP);
/// The exit code of ctrl-\.
pub const QUIT: u8 = code(Number::QUIT);

/// The signals that the program listens to.
pub struct Signals {
    fatal: [Stream; 4],
    stop: Stream,
    continued: Stream,
    resized: Stream,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// What the system says.
    pub fn listen() -> io::Result<Self> {
        let [hang_up, interrupt, quit, terminate] = FATAL.map(listen);
        Ok(Self {
            fatal: [hang_up?, interrupt?, quit?, terminate?],
            stop: listen(Number::TSTP)?,
            continued: listen(Number::CONT)?,
            resized: signal(SignalKind::window_change())?,
        })
    }

    /// Waits for the next request.
    pub async fn next(&mut self) -> Request {
        let [hang_up, interrupt, quit, terminate] = &mut self.fatal;
        tokio::select! {
            biased;
            _ = hang_up.recv() => Request::Leave(HANG_UP),
            _ = terminate.recv() => Request::Leave(code(Number::TERM)),
            _ = interrupt.recv() => Request::Leave(code(Number::INT)),
            _ = quit.recv() => Request::Leave(QUIT),
            _ = self.stop.recv() => Request::Stop,
            _ = self.continued.recv() => Request::Continued,
            _ = self.resized.recv() => Request::Resized,
        }
    }

    /// Waits for a request that counts while another program has the terminal: its ctrl-c is not ours.
    pub async fn next_beside(&mut self) -> Request {
        let [hang_up, _, _, terminate] = &mut self.fatal;
        tokio::select! {
            biased;
            _ = hang_up.recv() => Request::Leave(HANG_UP),
            _ = terminate.recv() => Request::Leave(code(Number::TERM)),
            _ = self.stop.recv() => Request::Stop,
        }
    }

    /// Stops the program until it is continued. The terminal must have been given back.
    ///
    /// # Errors
    /// What the system says.
    pub async fn stop(&mut self) -> io::Result<()> {
        // The handler of SIGTSTP took its effect away; this one has it, and no handler.
        kill_process(getpid(), Number::STOP)?;
        self.continued.recv().await;
        Ok(())
    }

    /// Forgets what came while another program had the terminal and was meant for it.
    pub fn forget(&mut self) -> io::Result<()> {
        let [_, interrupt, quit, _] = &mut self.fatal;
        *interrupt = listen(Number::INT)?;
        *quit = listen(Number::QUIT)?;
        Ok(())
    }
}

fn listen(number: Number) -> io::Result<Stream> {
    signal(SignalKind::from_raw(number.as_raw()))
}

/// Whether somebody could continue the program after a stop. In the group of the session's leader nobody could, and
/// the system ignores SIGTSTP there, too.
pub fn can_stop() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Asks the whole group to stop, as the terminal does on ctrl-z: raw mode makes a key of it.
///
/// # Errors
/// What the system says.
pub fn ask_to_stop() -> io::Result<()> {
    Ok(kill_current_process_group(Number::TSTP)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_shells() {
        assert_eq!(FATAL.map(code), [129, 130, 131, 143]);
    }
}
