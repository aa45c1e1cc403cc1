//! The far end of a pty for the verbs: what they write is kept to the byte, what is answered is what the test sends.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::termios::LocalModes;

use super::home::{BINARY, Home};

pub const ROWS: u16 = 24;
pub const COLUMNS: u16 = 80;

/// The far end of a pty with the binary at the near one.
pub struct Terminal {
    pub child: Box<dyn Child + Send + Sync>,
    pub master: Box<dyn MasterPty + Send>,
    pub reader: Box<dyn Read + Send>,
    pub writer: Box<dyn Write + Send>,
    /// Every byte that came.
    pub seen: Vec<u8>,
}

impl Terminal {
    pub fn start(home: &Home, term: &str, arguments: &[&str]) -> Self {
        Self::run(home, term, BINARY, arguments)
    }

    pub fn run(home: &Home, term: &str, program: &str, arguments: &[&str]) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: ROWS,
                cols: COLUMNS,
                pixel_width: 8 * COLUMNS,
                pixel_height: 17 * ROWS,
            })
            .unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        command.env("TERM", term);
        command.cwd(home.work());
        Self {
            child: pair.slave.spawn_command(command).unwrap(),
            reader: pair.master.try_clone_reader().unwrap(),
            writer: pair.master.take_writer().unwrap(),
            master: pair.master,
            seen: Vec::new(),
        }
    }

    /// Reads until `end` has come.
    pub fn until(&mut self, end: &str) -> &mut Self {
        let mut buffer = [0; 4096];
        while memchr::memmem::find(&self.seen, end.as_bytes()).is_none() {
            let length = self.reader.read(&mut buffer).unwrap();
            assert_ne!(length, 0, "ended before {end:?}: {:?}", self.text());
            self.seen.extend_from_slice(&buffer[..length]);
        }
        self
    }

    pub fn send(&mut self, bytes: &[u8]) -> &mut Self {
        self.writer.write_all(bytes).unwrap();
        self.writer.flush().unwrap();
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    /// Reads to the end; gives the exit code. The terminal has its echo back then.
    pub fn end(&mut self) -> u32 {
        let mut buffer = [0; 4096];
        // Linux tells the end of the last writer as an error.
        while let Ok(length @ 1..) = self.reader.read(&mut buffer) {
            self.seen.extend_from_slice(&buffer[..length]);
        }
        let code = self.child.wait().unwrap().exit_code();
        assert!(self.echoes(), "echo is off");
        code
    }

    pub fn echoes(&self) -> bool {
        let path = self.master.tty_name().unwrap();
        let near = fs::File::options()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        let modes = rustix::termios::tcgetattr(near).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// The screen that an emulator makes of it, as lines.
    pub fn screen(&self) -> Vec<String> {
        let size = |n| NonZeroU16::new(n).unwrap();
        let mut emulator = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        emulator.process(&self.seen);
        let contents = emulator.screen().contents();
        contents.lines().map(|l| l.trim_end().to_owned()).collect()
    }
}
