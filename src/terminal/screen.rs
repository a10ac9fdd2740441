//! The screen: taken, drawn on, and given back in every way out.
//!
//! A frame is drawn into memory and goes out in one write. A terminal that does not take it is waited for beside
//! everything else, so a stuck connection holds up neither signals nor keys. Nothing is asked of the terminal that it
//! would have to answer.

use std::cell::RefCell;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use tokio::net::unix::pipe::Sender;

use super::tty;
use crate::app::Model;
use crate::state::temporary::Temporary;
use crate::view;

/// Alternate screen, bracketed paste, focus events.
const TAKE: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?1004h";
/// Buttons and wheel of the mouse, with coordinates of any size. Not its movements: they would keep a line busy.
const TAKE_MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
/// The end of a sequence that was cut short, and everything above taken back, with plain colours and the cursor shown.
const GIVE_BACK: &[u8] = b"\x1b\\\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[?1049l\x1b[?25h";
/// Around a frame: it is shown as a whole where the terminal knows how to.
const FRAME: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");
/// What a frame ends with when the cursor is hidden.
const HIDDEN: &[u8] = b"\x1b[?25l";

/// How long a terminal that does not take anything is waited for at the end.
const FAREWELL: Duration = Duration::from_millis(500);

/// The terminal to write to when it is given back; none while it is not taken.
static TAKEN: Mutex<Option<OwnedFd>> = Mutex::new(None);

/// Where a frame is put together.
#[derive(Clone, Default)]
struct Page(Rc<RefCell<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Nothing: the whole frame goes out at its end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The screen.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Page>>,
    page: Page,
    out: Sender,
    /// What the terminal has not taken yet.
    waiting: Vec<u8>,
    /// A frame that changes nothing.
    empty: Vec<u8>,
    cursor_is_hidden: bool,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// What the system says.
    pub fn take(mouse: bool) -> io::Result<Self> {
        let page = Page::default();
        let out = tty::open_again(io::stdout(), OFlags::WRONLY)?;
        let mut terminal = Terminal::new(CrosstermBackend::new(page.clone()))?;
        terminal.backend_mut().draw(std::iter::empty())?;
        terminal.backend_mut().hide_cursor()?;
        let empty = page.0.take();
        let out = Sender::from_owned_fd_unchecked(out)?;
        let mut screen = Self { terminal, page, out, waiting: Vec::new(), empty, cursor_is_hidden: false, mouse };
        screen.enter()?;
        Ok(screen)
    }

    /// Takes the terminal again. Others may have left it in any state, so everything is set and drawn anew.
    ///
    /// # Errors
    /// What the system says.
    pub fn take_again(&mut self) -> io::Result<()> {
        // Or raw mode would be thought to be on still.
        disable_raw_mode()?;
        self.waiting.clear();
        self.page.0.borrow_mut().clear();
        self.enter()?;
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    fn enter(&mut self) -> io::Result<()> {
        let out = tty::open_again(io::stdout(), OFlags::WRONLY)?;
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(out);
        enable_raw_mode()?;
        self.cursor_is_hidden = false;
        let mut page = self.page.0.borrow_mut();
        page.extend_from_slice(TAKE);
        if self.mouse {
            page.extend_from_slice(TAKE_MOUSE);
        }
        Ok(())
    }

    /// Width and height in cells.
    ///
    /// # Errors
    /// What the system says.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Draws, and sends what has changed. Nothing is sent when nothing has.
    ///
    /// # Errors
    /// What the system says.
    pub fn draw(&mut self, model: &Model) -> io::Result<()> {
        self.terminal.draw(|frame| view::draw(model, frame))?;
        let frame = self.page.0.take();
        if frame == self.empty && self.cursor_is_hidden {
            return Ok(());
        }
        self.cursor_is_hidden = frame.ends_with(HIDDEN);
        self.waiting.extend_from_slice(&[FRAME.0, &frame, FRAME.1].concat());
        self.send()
    }

    /// Sends bytes that change nothing of the picture, in front of the next frame.
    pub fn say(&self, bytes: &[u8]) {
        self.page.0.borrow_mut().extend_from_slice(bytes);
    }

    /// Whether the terminal has not taken everything yet.
    pub const fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Waits until the terminal takes more.
    ///
    /// # Errors
    /// What the system says.
    pub async fn ready(&self) -> io::Result<()> {
        self.out.writable().await
    }

    /// Sends as much as the terminal takes. Once a thread that panics has given it back, nothing is sent any more.
    ///
    /// # Errors
    /// What the system says.
    pub fn send(&mut self) -> io::Result<()> {
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.is_none() {
            self.waiting.clear();
        }
        while self.is_waiting() {
            // Directly at first: whoever has only just begun to wait for a terminal thinks that it is not ready.
            let mut written = rustix::io::write(&self.out, &self.waiting).map_err(io::Error::from);
            if would_block(&written) {
                written = self.out.try_write(&self.waiting);
            }
            if would_block(&written) {
                return Ok(());
            }
            self.waiting.drain(..written?);
        }
        Ok(())
    }
}

fn would_block(written: &io::Result<usize>) -> bool {
    written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Gives the terminal back; `true` when it was taken. Can be called at any time, from any thread and any number of
/// times, and takes no lock of standard output, which a thread that panics may hold.
pub fn give_back() -> bool {
    let Some(out) = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).take() else { return false };
    write_all(&out, GIVE_BACK);
    disable_raw_mode().ok();
    true
}

/// Writes, waiting for a slow terminal, but not for ever.
fn write_all(out: &OwnedFd, mut bytes: &[u8]) {
    let end = Instant::now() + FAREWELL;
    while !bytes.is_empty() {
        match rustix::io::write(out, bytes) {
            Ok(length) => bytes = bytes.get(length..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let left = end.saturating_duration_since(Instant::now());
                let Ok(left) = Timespec::try_from(left) else { return };
                let mut writable = [PollFd::new(out, PollFlags::OUT)];
                if matches!(poll(&mut writable, Some(&left)), Ok(0)) {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

/// Makes a panic, wherever it happens, give the terminal back before its report is printed, and end the program with
/// this exit code: a panic of a task or a thread would otherwise leave a dashboard that never changes again. Nothing
/// else is tidied up on that way, so the folder for temporary files goes with it.
pub fn give_back_on_panic(code: u8, temporary: Option<Temporary>) {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let was_taken = give_back();
        report(panic);
        if was_taken {
            temporary.as_ref().map(Temporary::remove);
            std::process::exit(code.into());
        }
    }));
}
