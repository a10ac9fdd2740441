//! The keyboard: what is typed, as messages, without a thread of its own.

use std::future::pending;
use std::io;

use rustix::fs::OFlags;
use tokio::net::unix::pipe::Receiver;
use tokio::time::{Instant, sleep_until};

use super::sequence::Sequence;
use super::tty;
use crate::app::Message;

/// How many bytes are read at once.
const CHUNK: usize = 4096;

/// What is typed. Nothing is read while nobody waits for [`Input::next`], so another program may have the keyboard
/// meanwhile.
pub struct Input {
    /// Documented for pipes; a terminal can be waited for in the same way.
    tty: Receiver,
    sequence: Sequence,
    /// When the rest of a sequence is given up.
    deadline: Option<Instant>,
}

impl Input {
    /// Opens the keyboard.
    ///
    /// # Errors
    /// What the system says.
    pub fn open() -> io::Result<Self> {
        let tty = tty::open_again(io::stdin(), OFlags::RDONLY)?;
        Ok(Self { tty: Receiver::from_owned_fd_unchecked(tty)?, sequence: Sequence::default(), deadline: None })
    }

    /// Waits for something typed. Nothing is lost when the wait is given up.
    ///
    /// # Errors
    /// The end of the input, which is what a closed window looks like, and what else the system says.
    pub async fn next(&mut self) -> io::Result<Vec<Message>> {
        loop {
            tokio::select! {
                biased;
                ready = self.tty.readable() => ready?,
                () = at(self.deadline) => {
                    self.deadline = None;
                    return Ok(self.sequence.give_up());
                }
            }
            let messages = self.read()?;
            if !messages.is_empty() {
                return Ok(messages);
            }
        }
    }

    /// Reads what has come. Only an answer of "nothing more" makes the next wait a real one, so no byte stays behind.
    fn read(&mut self) -> io::Result<Vec<Message>> {
        let mut chunk = [0; CHUNK];
        let length = match self.tty.try_read(&mut chunk) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let bytes = chunk.iter().take(length);
        let messages = bytes.filter_map(|byte| self.sequence.take(*byte)).collect();
        self.deadline = self.sequence.patience().map(|patience| Instant::now() + patience);
        Ok(messages)
    }
}

/// A moment, or never.
async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}
