//! A program on a pty, a line, and the model terminal at its far end.
//!
//! What the program writes waits in a bounded buffer for the line, which takes its bytes one after the other and delivers
//! each half a round trip later; keys and answers travel as long the other way. The terminal is played by the bench's own
//! thread, which sleeps until something arrives.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::screen::{Profile, Screen};
use crate::{CELL, WINDOW};

/// How fast and how long.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// bytes/s; `None` for no limit.
    pub rate: Option<f64>,
    /// One way.
    pub delay: Duration,
}

impl Shape {
    /// A pty on the same machine.
    pub const LOCAL: Self = Self {
        rate: None,
        delay: Duration::ZERO,
    };
    /// 60 KB/s, and 100 ms there and back.
    pub const SLOW: Self = Self {
        rate: Some(60_000.0),
        delay: Duration::from_millis(50),
    };
}

/// Bytes that wait for the line at most: the buffers of sshd, of the kernel and of routers.
const BUFFER: usize = 256 * 1024;
/// Bytes that the line takes at once.
const PIECE: usize = 256;

pub struct Session {
    pub screen: Screen,
    pub started: Instant,
    /// Bytes that arrived.
    pub bytes: usize,
    /// When the last of them did.
    pub last: Instant,
    delay: Duration,
    arrivals: Receiver<(Instant, Vec<u8>)>,
    keys: Sender<(Instant, Vec<u8>)>,
    child: Box<dyn Child + Send + Sync>,
    _pty: Box<dyn MasterPty + Send>,
}

/// Why a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// What was waited for is there.
    Met,
    Late,
    /// The program has ended, and everything has arrived.
    Ended,
}

/// A program and its environment.
pub fn command(
    program: impl AsRef<Path>,
    arguments: &[&str],
    env: &[(&str, &str)],
) -> CommandBuilder {
    let mut command = CommandBuilder::new(program.as_ref());
    command.args(arguments);
    command.env_clear();
    for name in ["PATH", "HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    for (name, value) in env {
        command.env(name, value);
    }
    command
}

/// The variables that cross SSH from a terminal like that.
pub fn environment(profile: Profile) -> Vec<(&'static str, &'static str)> {
    let mut env = match profile {
        Profile::Kitty | Profile::All => vec![("TERM", "xterm-kitty")],
        Profile::Iterm2 => vec![("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")],
        Profile::Sixel | Profile::Plain => vec![("TERM", "xterm-256color")],
    };
    env.push(("SSH_CONNECTION", "192.0.2.1 50022 192.0.2.2 22"));
    env
}

impl Session {
    pub fn start(command: CommandBuilder, profile: Profile, shape: Shape) -> Self {
        let size = PtySize {
            cols: WINDOW.0,
            rows: WINDOW.1,
            pixel_width: WINDOW.0 * CELL.0 as u16,
            pixel_height: WINDOW.1 * CELL.1 as u16,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (arriving, arrivals) = channel();
        carry(reader, shape, arriving);
        let (keys, typed) = channel();
        thread::spawn(move || deliver(writer, &typed));
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        Self {
            screen: Screen::new(WINDOW.0, WINDOW.1, CELL)
                .like(profile)
                .lenient(),
            started,
            bytes: 0,
            last: started,
            delay: shape.delay,
            arrivals,
            keys,
            child,
            _pty: pair.master,
        }
    }

    /// Presses keys at the terminal, now.
    pub fn press(&mut self, keys: &str) {
        self.send(Instant::now(), keys.as_bytes().to_vec());
    }

    fn send(&mut self, at: Instant, bytes: Vec<u8>) {
        // Nobody reads them any more when the program has ended.
        let _ = self.keys.send((at + self.delay, bytes));
    }

    /// Plays what arrives until `met`, which is asked after each piece, or until `deadline`.
    pub fn play(&mut self, deadline: Instant, mut met: impl FnMut(&mut Self) -> bool) -> Over {
        loop {
            let patience = deadline.saturating_duration_since(Instant::now());
            let (due, bytes) = match self.arrivals.recv_timeout(patience) {
                Ok(arrival) => arrival,
                Err(RecvTimeoutError::Timeout) => return Over::Late,
                Err(RecvTimeoutError::Disconnected) => return Over::Ended,
            };
            thread::sleep(due.saturating_duration_since(Instant::now()));
            self.bytes += bytes.len();
            self.last = due;
            self.screen.stream(&bytes);
            let answers = self.screen.take_answers();
            if !answers.is_empty() {
                self.send(due, answers);
            }
            if met(self) {
                return Over::Met;
            }
        }
    }

    /// Plays until nothing has come for `quiet`, at most for `patience`.
    pub fn settle(&mut self, quiet: Duration, patience: Duration) -> Over {
        let end = Instant::now() + patience;
        loop {
            let until = (Instant::now() + quiet).min(end);
            match self.play(until, |_| true) {
                Over::Met => {}
                Over::Late if self.screen.is_at_rest() || Instant::now() >= end => {
                    return Over::Late;
                }
                Over::Late => {}
                Over::Ended => return Over::Ended,
            }
        }
    }

    pub fn end(mut self) {
        if let Some(pid) = self.child.process_id() {
            let _ = kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// From the pty through the buffer onto the line.
fn carry(mut reader: Box<dyn Read + Send>, shape: Shape, arriving: Sender<(Instant, Vec<u8>)>) {
    let piece = shape.rate.map_or(64 * 1024, |_| PIECE);
    let (buffer, line) = sync_channel::<Vec<u8>>(BUFFER / piece);
    thread::spawn(move || {
        let mut bytes = vec![0; piece];
        while let Ok(length @ 1..) = reader.read(&mut bytes) {
            if buffer.send(bytes[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        let mut free = Instant::now();
        while let Ok(bytes) = line.recv() {
            let takes = shape.rate.map_or(0.0, |rate| bytes.len() as f64 / rate);
            free = free.max(Instant::now()) + Duration::from_secs_f64(takes);
            thread::sleep(free.saturating_duration_since(Instant::now()));
            if arriving.send((free + shape.delay, bytes)).is_err() {
                return;
            }
        }
    });
}

/// Keys and answers to the pty, each when it is due.
fn deliver(mut writer: Box<dyn Write + Send>, typed: &Receiver<(Instant, Vec<u8>)>) {
    let mut waiting = VecDeque::new();
    while let Ok(first) = typed.recv() {
        waiting.push_back(first);
        while let Some((due, bytes)) = waiting.pop_front() {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if writer
                .write_all(&bytes)
                .and_then(|()| writer.flush())
                .is_err()
            {
                return;
            }
        }
    }
}
