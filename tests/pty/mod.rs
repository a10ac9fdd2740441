//! The program in a pseudo terminal: what it shows, what is typed, and what it leaves behind.
//!
//! Everything is waited for, nothing is slept through: a thread reads what the program writes and wakes who waits.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{ChildKiller, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// How long something may take on a busy machine with few cores. Nothing ever waits so long in vain but a test that
/// fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The usual size, in columns and rows.
const SIZE: (u16, u16) = (120, 36);

/// What was written so far.
struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

/// A program in a terminal.
pub struct Pty {
    pub home: TempDir,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// Set to have the reader end at the next thing it reads.
    closing: Arc<AtomicBool>,
    reader: JoinHandle<()>,
    pid: u32,
    _killer: Killer,
    ended: mpsc::Receiver<ExitStatus>,
    /// The settings of the terminal before the program was there.
    before: String,
}

/// Ends a program that a failed test leaves behind.
struct Killer(Box<dyn ChildKiller + Send + Sync>);

impl Drop for Killer {
    fn drop(&mut self) {
        self.0.kill().ok();
    }
}

/// How a program is started.
pub struct Start {
    home: TempDir,
    size: (u16, u16),
    variables: Vec<(String, String)>,
    shell: Option<String>,
}

/// The usual start: a home of its own, and nothing of the surroundings of the tests but where programs are.
pub fn start() -> Start {
    Start { home: tempfile::tempdir().unwrap(), size: SIZE, variables: Vec::new(), shell: None }
}

impl Start {
    pub const fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Below a shell that runs these lines; the program and its arguments are `"$@"`.
    pub fn shell(mut self, lines: &str) -> Self {
        self.shell = Some(lines.to_owned());
        self
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file into the home, which is the current folder as well.
    pub fn file(self, path: &str, text: &str) -> Self {
        let file = self.home().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self
    }

    /// Writes a program into the home.
    pub fn program(self, path: &str, text: &str) -> Self {
        let this = self.file(path, text);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(this.home().join(path), mode).unwrap();
        this
    }

    pub fn run(self, arguments: &[&str]) -> Pty {
        let pair = native_pty_system().openpty(size(self.size)).unwrap();
        let program = env!("CARGO_BIN_EXE_shipworthy");
        let mut command = match &self.shell {
            None => CommandBuilder::new(program),
            Some(lines) => {
                let mut command = CommandBuilder::new("/bin/sh");
                command.args(["-c", lines, "shell", program]);
                command
            }
        };
        command.args(arguments);
        command.env_clear();
        command.cwd(self.home());
        let home = self.home().to_str().unwrap().to_owned();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("HOME", home.as_str())] {
            command.env(name, value);
        }
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        let before = settings(&*pair.master);
        let mut child = pair.slave.spawn_command(command).unwrap();
        // Or the terminal would never end.
        drop(pair.slave);
        let (pid, killer) = (child.process_id().unwrap(), Killer(child.clone_killer()));
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(child.wait().unwrap()).ok());
        let keys = pair.master.take_writer().unwrap();
        let closing = Arc::new(AtomicBool::new(false));
        let (seen, reader) = watch(&*pair.master, self.size, Arc::clone(&closing));
        let Self { home, .. } = self;
        Pty { home, master: pair.master, keys, seen, closing, reader, pid, _killer: killer, ended, before }
    }
}

fn size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn at_least_one(cells: u16) -> NonZero<u16> {
    NonZero::new(cells.max(1)).unwrap()
}

fn settings(master: &dyn MasterPty) -> String {
    format!(
        "{:?}",
        master.get_termios().map(|termios| (termios.local_flags, termios.input_flags, termios.output_flags))
    )
}

/// Reads what is written, on a thread, and shows it on a screen.
fn watch(
    master: &dyn MasterPty,
    (columns, rows): (u16, u16),
    closing: Arc<AtomicBool>,
) -> (Arc<(Mutex<Seen>, Condvar)>, JoinHandle<()>) {
    let screen = vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0);
    let seen = Arc::new((Mutex::new(Seen { screen, bytes: Vec::new() }), Condvar::new()));
    let (mut reader, shared) = (master.try_clone_reader().unwrap(), Arc::clone(&seen));
    let reader = thread::spawn(move || {
        let mut chunk = [0; 8192];
        while let Ok(length @ 1..) = reader.read(&mut chunk) {
            if closing.load(Ordering::SeqCst) {
                return;
            }
            let (seen, changed) = &*shared;
            let mut seen = seen.lock().unwrap();
            seen.screen.process(&chunk[..length]);
            seen.bytes.extend_from_slice(&chunk[..length]);
            changed.notify_all();
        }
    });
    (seen, reader)
}

impl Pty {
    pub fn send(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).unwrap();
        self.keys.flush().unwrap();
    }

    /// What is on the screen.
    pub fn text(&self) -> String {
        self.seen.0.lock().unwrap().screen.screen().contents()
    }

    /// Everything that was written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().bytes.clone()
    }

    /// Waits until something is there, and every frame that was begun is whole.
    fn wait(&self, what: &str, is_there: impl Fn(&Seen) -> bool) {
        let (seen, changed) = &*self.seen;
        let end = Instant::now() + PATIENCE;
        let mut seen = seen.lock().unwrap();
        while !is_off(&seen.bytes, "2026") || !is_there(&seen) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} on the screen:\n{}", seen.screen.screen().contents());
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until something is on the screen.
    pub fn wait_for(&self, text: &str) {
        self.wait(&format!("{text:?}"), |seen| seen.screen.screen().contents().contains(text));
    }

    /// Waits until the screen is as it was once.
    pub fn wait_for_picture(&self, picture: &str) {
        self.wait("same picture", |seen| seen.screen.screen().contents() == picture);
    }

    /// Waits until something is not on the screen any more.
    pub fn wait_without(&self, text: &str) {
        self.wait(&format!("screen without {text:?}"), |seen| !seen.screen.screen().contents().contains(text));
    }

    /// Waits until something was written, whether it is shown or not.
    pub fn wait_for_bytes(&self, bytes: &[u8]) {
        let shown = String::from_utf8_lossy(bytes).into_owned();
        self.wait(&format!("{shown:?}"), |seen| last(&seen.bytes, bytes).is_some());
    }

    /// Waits until a line that is drawn in reverse holds a text: the cursor is there.
    pub fn wait_for_cursor_on(&self, text: &str) {
        self.wait(&format!("cursor on {text:?}"), |seen| {
            let screen = seen.screen.screen();
            let (rows, columns) = screen.size();
            (0..rows.get()).any(|row| {
                let reversed =
                    (0..columns.get()).any(|column| screen.cell(row, column).is_some_and(vt100::Cell::inverse));
                reversed && screen.contents_between(row, 0, row, columns.get()).contains(text)
            })
        });
    }

    /// Has the terminal take nothing more for as long as the answer is kept.
    pub fn stuck(&self) -> impl Drop + '_ {
        self.seen.0.lock().unwrap()
    }

    /// Closes the window; a key that is answered makes the reader notice. Answers the home.
    pub fn close(self, key: &[u8]) -> TempDir {
        let Self { home, master, mut keys, closing, reader, .. } = self;
        closing.store(true, Ordering::SeqCst);
        keys.write_all(key).unwrap();
        reader.join().unwrap();
        drop((keys, master));
        home
    }

    /// Another start in the same home.
    pub fn again(self) -> Start {
        Start { home: self.home, size: SIZE, variables: Vec::new(), shell: None }
    }

    pub fn signal(&self, number: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid).unwrap()).unwrap();
        rustix::process::kill_process(pid, number).unwrap();
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen.0.lock().unwrap().screen.set_size(at_least_one(rows), at_least_one(columns));
        self.master.resize(size((columns, rows))).unwrap();
    }

    /// Waits until the terminal is as it was before the program took it.
    pub fn assert_given_back(&self) {
        self.wait("terminal given back", |seen| {
            let screen = seen.screen.screen();
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && !screen.application_cursor()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
                && is_off(&seen.bytes, "1004")
        });
        assert_eq!(settings(&*self.master), self.before, "the settings of the terminal");
    }

    /// Whether the terminal is in raw mode.
    pub fn is_raw(&self) -> bool {
        settings(&*self.master) != self.before
    }

    /// Has more drawn than a terminal keeps for a reader that reads nothing.
    pub fn fill(&self) {
        for step in 0..20 {
            self.master.resize(size((400 + step, 100))).unwrap();
        }
    }

    /// Waits until the program has ended; answers the exit code.
    pub fn code(&self) -> u32 {
        let ended = self.ended.recv_timeout(PATIENCE);
        assert!(ended.is_ok(), "it runs on");
        ended.unwrap().exit_code()
    }

    /// Waits until the program has ended, with the terminal as it was before; answers the exit code.
    pub fn end(&self) -> u32 {
        let code = self.code();
        self.assert_given_back();
        code
    }
}

/// Where something was written last.
fn last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

/// Whether a mode of the terminal was switched off after it was switched on.
fn is_off(bytes: &[u8], mode: &str) -> bool {
    let at = |end| last(bytes, format!("\x1b[?{mode}{end}").as_bytes());
    at('h') <= at('l')
}
