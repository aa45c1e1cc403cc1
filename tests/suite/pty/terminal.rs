//! The far side of the pty: an emulator that shows what the binary draws, answers what it asks, and types.
//!
//! Every wait is a blocking read until the screen shows what is waited for. A watchdog kills a binary that says nothing
//! of it for a minute; its pty then ends, and with it the wait.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use plantain::config::builtin_catalog;
use plantain::demo::{Options, Server, start};
use plantain::domain::Generation;
use plantain::library::{Library, Query};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const DEADLINE: Duration = Duration::from_secs(60);

/// The last of the studio's questions, which every terminal answers.
const FENCE: &[u8] = b"\x1b[c";

/// The question behind a slice of pictures, and its answer.
const STATUS: (&[u8], &[u8]) = (b"\x1b[5n", b"\x1b[0n");

/// What kitty 0.26 answers to the questions.
pub(super) const KITTY: &[u8] =
    b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.26.5)\x1b\\\x1b[6;17;8t\x1b[4;680;960t\
    \x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;2$y\x1b[?62;c";
/// What xterm 379 as a VT340 answers.
pub(super) const SIXEL: &[u8] =
    b"\x1bP>|XTerm(379)\x1b\\\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;0$y\
    \x1b[?1;0;256S\x1b[?63;1;2;4;6;9;15;16;22;28c";
/// A terminal that answers, and has no graphics.
pub(super) const PLAIN: &[u8] = b"\x1b[?62;22c";
/// A terminal that says nothing.
pub(super) const MUTE: &[u8] = b"";

/// A home folder, which studios share as they share a library.
pub(super) struct Home {
    folder: TempDir,
}

impl Home {
    /// Pictures are small ones, so that the tests do not wait for a painter.
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let config = folder.path().join(".config/plantain");
        fs::create_dir_all(&config).unwrap();
        let small = "[form]\nmodel = \"NanoBanana2-0.5K\"\nratio = \"16:9\"\n";
        fs::write(config.join("config.toml"), small).unwrap();
        Self { folder }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Adds lines to the settings file.
    pub(super) fn configure(&self, text: &str) {
        let file = self.path().join(".config/plantain/config.toml");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(file, format!("{before}{text}")).unwrap();
    }

    /// Opens the library beside the studio, as another process would.
    pub(super) fn library(&self) -> Library {
        let folder = self.path().join("Pictures/plantain");
        Library::open(&folder, TimeZone::UTC).unwrap()
    }

    /// All generations, newest first.
    pub(super) fn rows(&self) -> Vec<Generation> {
        let all = Query::parse("");
        self.library().page(&all, None, 100).unwrap()
    }

    /// The prompt that the next start shows.
    pub(super) fn draft(&self) -> String {
        let session = self.library().draft("studio").unwrap().unwrap();
        let session: serde_json::Value = serde_json::from_str(&session).unwrap();
        session["draft"].as_str().unwrap().to_owned()
    }
}

/// An endpoint outside of the studio.
pub(super) struct Endpoint {
    server: Server,
    _runtime: Runtime,
}

impl Endpoint {
    /// One whose answers begin at once and end in an hour.
    pub(super) fn endless() -> Self {
        let runtime = Runtime::new().unwrap();
        let options = Options {
            delay: Duration::from_secs(3600),
            ..Options::new(builtin_catalog())
        };
        let server = runtime.block_on(start(options)).unwrap();
        Self {
            server,
            _runtime: runtime,
        }
    }

    pub(super) fn url(&self) -> String {
        self.server.base_url()
    }
}

/// How to start the studio.
pub(super) struct Start<'a> {
    home: &'a Home,
    answers: &'static [u8],
    typed_ahead: &'static [u8],
    env: BTreeMap<&'static str, String>,
    /// A shell line that ends in the program, `"$0"`.
    through: Option<&'static str>,
}

impl<'a> Start<'a> {
    pub(super) fn new(home: &'a Home) -> Self {
        let env = [
            ("HOME", home.path().display().to_string()),
            ("PATH", std::env::var("PATH").unwrap()),
            ("TERM", "xterm-256color".to_owned()),
        ];
        Self {
            home,
            answers: PLAIN,
            typed_ahead: b"",
            env: env.into(),
            through: None,
        }
    }

    pub(super) fn answers(mut self, answers: &'static [u8]) -> Self {
        self.answers = answers;
        self
    }

    pub(super) fn typed_ahead(mut self, keys: &'static [u8]) -> Self {
        self.typed_ahead = keys;
        self
    }

    pub(super) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.insert(name, value.into());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.env.remove(name);
        self
    }

    pub(super) fn through(mut self, line: &'static str) -> Self {
        self.through = Some(line);
        self
    }

    /// The same, and waits until the first frame is there.
    pub(super) fn open(self) -> Terminal {
        let mut terminal = self.run();
        // The end of its last row.
        terminal.wait("F1 help");
        terminal
    }

    /// Starts it on a terminal of 120x40 cells of 8x17 px.
    pub(super) fn run(self) -> Terminal {
        let pair = native_pty_system().openpty(size(120, 40)).unwrap();
        let mut keys = pair.master.take_writer().unwrap();
        keys.write_all(self.typed_ahead).unwrap();
        let binary = env!("CARGO_BIN_EXE_plantain");
        let mut command = match self.through {
            Some(line) => {
                let mut command = CommandBuilder::new("sh");
                command.args(["-c", line, binary]);
                command
            }
            None => CommandBuilder::new(binary),
        };
        command.env_clear();
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command.cwd(self.home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let pid = i32::try_from(child.process_id().unwrap()).unwrap();
        let pid = Pid::from_raw(pid).unwrap();
        Terminal {
            output: pair.master.try_clone_reader().unwrap(),
            name: pair.master.tty_name().unwrap(),
            line: Some((pair.master, keys)),
            child,
            pid,
            watchdog: Some(watch(pid)),
            answers: self.answers,
            emulator: vt100::Parser::new(cells(40), cells(120), 0),
            seen: Vec::new(),
            answered: 0,
            slow: false,
            owed: 0,
        }
    }
}

/// Kills the process when nobody has come by for the deadline; ends with the sender.
fn watch(pid: Pid) -> Sender<()> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        loop {
            match receiver.recv_timeout(DEADLINE) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = kill_process(pid, Signal::KILL);
                    return;
                }
            }
        }
    });
    sender
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: columns * 8,
        pixel_height: rows * 17,
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

/// A studio on its terminal.
pub(super) struct Terminal {
    output: Box<dyn Read + Send>,
    name: PathBuf,
    line: Option<(Box<dyn MasterPty + Send>, Box<dyn Write + Send>)>,
    child: Box<dyn Child + Send + Sync>,
    pid: Pid,
    watchdog: Option<Sender<()>>,
    answers: &'static [u8],
    emulator: vt100::Parser,
    /// Every byte since the start.
    seen: Vec<u8>,
    /// Up to here questions were answered.
    answered: usize,
    /// Slices of pictures are not answered yet, and how many were not.
    slow: bool,
    owed: usize,
}

impl Terminal {
    /// What is on the screen.
    pub(super) fn screen(&self) -> &vt100::Screen {
        self.emulator.screen()
    }

    /// The screen's text.
    pub(super) fn text(&self) -> String {
        self.screen().contents()
    }

    /// Every byte since the start, as text.
    pub(super) fn seen(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    /// How often `bytes` came since the start.
    pub(super) fn count(&self, bytes: &str) -> usize {
        memchr::memmem::find_iter(&self.seen, bytes).count()
    }

    /// How many cells show half-blocks.
    pub(super) fn half_blocks(&self) -> usize {
        let picture = |c: &char| matches!(c, '▀' | '▄');
        self.text().chars().filter(picture).count()
    }

    /// Types.
    pub(super) fn keys(&mut self, keys: &str) {
        self.bytes(keys.as_bytes());
    }

    /// Sends bytes as the terminal does.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let (_, keys) = self.line.as_mut().unwrap();
        keys.write_all(bytes).unwrap();
        keys.flush().unwrap();
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        let (master, _) = self.line.as_ref().unwrap();
        master.resize(size(columns, rows)).unwrap();
        self.emulator.set_size(cells(rows), cells(columns));
    }

    /// Reads until the screen shows `text`.
    pub(super) fn wait(&mut self, text: &str) {
        self.wait_for(text, |terminal| terminal.text().contains(text));
    }

    /// Reads until `holds`, which `what` names in a failure.
    pub(super) fn wait_for(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        self.pat();
        while !holds(self) {
            assert!(self.read(), "ended before {what:?}:\n{}", self.dump());
        }
    }

    /// Gives what is waited for next its full time.
    fn pat(&self) {
        let _ = self.watchdog.as_ref().unwrap().send(());
    }

    /// Reads on; false when the other side has ended.
    fn read(&mut self) -> bool {
        // Small, so that what is on the screen for a short time only is seen, too.
        let mut buffer = [0; 512];
        let length = match self.output.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(length) => length,
        };
        self.seen.extend_from_slice(&buffer[..length]);
        self.emulator.process(&buffer[..length]);
        self.answer();
        true
    }

    /// Answers what was asked since, in its order.
    fn answer(&mut self) {
        loop {
            let news = &self.seen[self.answered..];
            let asked = |question| memchr::memmem::find(news, question);
            let first = [(FENCE, self.answers), STATUS]
                .into_iter()
                .filter_map(|(question, answer)| Some((asked(question)? + question.len(), answer)))
                .min_by_key(|(end, _)| *end);
            let Some((end, answer)) = first else { return };
            self.answered += end;
            if answer == STATUS.1 && self.slow {
                self.owed += 1;
            } else if !self.answers.is_empty() {
                self.bytes(answer);
            }
        }
    }

    /// From now on it is another terminal.
    pub(super) fn answer_with(&mut self, answers: &'static [u8]) {
        self.answers = answers;
    }

    /// From now on slices of pictures are on their way until [`Self::arrive`].
    pub(super) fn slow(&mut self) {
        self.slow = true;
    }

    /// All slices that were sent have arrived.
    pub(super) fn arrive(&mut self) {
        for _ in 0..std::mem::take(&mut self.owed) {
            self.bytes(STATUS.1);
        }
    }

    /// The same, and later ones do so at once.
    pub(super) fn fast(&mut self) {
        self.slow = false;
        self.arrive();
    }

    /// What the screen was whenever a slice of pictures had ended.
    pub(super) fn after_slices(&self) -> Vec<vt100::Screen> {
        let (rows, columns) = self.screen().size();
        let mut emulator = vt100::Parser::new(rows, columns, 0);
        let mut screens = Vec::new();
        let mut from = 0;
        for at in memchr::memmem::find_iter(&self.seen, STATUS.0) {
            emulator.process(&self.seen[from..at]);
            screens.push(emulator.screen().clone());
            from = at;
        }
        screens
    }

    /// Bytes of memory that the process has.
    pub(super) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid.as_raw_nonzero()));
        let status = status.unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kb = line.unwrap().trim().trim_end_matches(" kB");
        kb.parse::<u64>().unwrap() * 1024
    }

    fn dump(&self) -> String {
        let mut out = String::new();
        let (rows, columns) = self.screen().size();
        for row in self.screen().rows(0, columns.get()).take(rows.get().into()) {
            let _ = writeln!(out, "|{row}|");
        }
        out
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// The same, for a program that was started through a shell line.
    pub(super) fn signal_child(&self, signal: Signal) {
        let shell = self.pid.as_raw_nonzero();
        let children = format!("/proc/{shell}/task/{shell}/children");
        let children = fs::read_to_string(children).unwrap();
        let child = children.trim().parse().unwrap();
        kill_process(Pid::from_raw(child).unwrap(), signal).unwrap();
    }

    /// How many bytes the program has left unread.
    pub(super) fn unread(&self) -> u64 {
        ioctl_fionread(fs::File::open(&self.name).unwrap()).unwrap()
    }

    /// Takes the terminal away, as closing its window does.
    pub(super) fn close(&mut self) {
        self.line = None;
        self.output = Box::new(std::io::empty());
    }

    /// Waits for the end and gives its exit code.
    pub(super) fn exit(&mut self) -> u32 {
        self.pat();
        while self.read() {}
        let status = self.child.wait().unwrap();
        self.watchdog = None;
        assert_eq!(status.signal(), None, "killed:\n{}", self.dump());
        status.exit_code()
    }

    /// Waits for the end; the terminal must be as a shell wants it, and must not show a trace.
    pub(super) fn exit_clean(&mut self) -> u32 {
        self.exit_showing("")
    }

    /// The same, on a terminal that showed something before.
    pub(super) fn exit_showing(&mut self, before: &str) -> u32 {
        let code = self.exit();
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "the main screen");
        assert_eq!(screen.contents(), before, "as it was");
        assert_eq!(screen.fgcolor(), vt100::Color::Default);
        assert_eq!(screen.bgcolor(), vt100::Color::Default);
        assert!(!screen.bold() && !screen.dim() && !screen.inverse() && !screen.underline());
        assert_eq!(modes_left_on(&self.seen()), (Vec::<u32>::new(), 0));
        let termios = tcgetattr(fs::File::open(&self.name).unwrap()).unwrap();
        let cooked = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        assert!(termios.local_modes.contains(cooked), "{termios:?}");
        code
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.watchdog.take().is_some() {
            let _ = kill_process(self.pid, Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// The private modes that are not as they were at the start, and how deep the stack of keyboard flags is.
fn modes_left_on(bytes: &str) -> (Vec<u32>, i32) {
    let mut on = BTreeMap::new();
    let mut keyboard = 0;
    for sequence in bytes.split("\x1b[").skip(1) {
        let Some(end) = sequence.find(|c: char| c.is_ascii_alphabetic()) else {
            continue;
        };
        let (body, last) = (&sequence[..end], &sequence[end..=end]);
        match (body.chars().next(), last) {
            (Some('>'), "u") => keyboard += 1,
            (Some('<'), "u") => keyboard -= 1,
            (Some('?'), "h" | "l") => {
                let number: u32 = body[1..].parse().unwrap();
                // The cursor is the one mode that is on by itself.
                on.insert(number, (last == "h") != (number == 25));
            }
            _ => {}
        }
    }
    let left = on.into_iter().filter(|(_, on)| *on);
    (left.map(|(number, _)| number).collect(), keyboard)
}
