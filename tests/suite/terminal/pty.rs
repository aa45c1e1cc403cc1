//! A real pty, seen from both ends, and the input stream on it.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;

use crossterm::event::{Event, KeyCode, KeyEvent};
use plantain::terminal::{Input, InputStream, Tty, TtySize, is_terminal};
use portable_pty::{MasterPty, PtySize, native_pty_system};
use ratatui::layout::Size;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::sync::mpsc::UnboundedReceiver;

/// The terminal emulator's end.
pub(super) struct Far {
    pub(super) master: Box<dyn MasterPty + Send>,
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) writer: Box<dyn Write + Send>,
}

impl Far {
    /// Reads until `end` has come; gives all of it.
    pub(super) fn read_until(&mut self, end: &str) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let length = self.reader.read(&mut buffer).unwrap();
            assert_ne!(length, 0, "ended before {end:?}");
            let seen = all.len().saturating_sub(end.len());
            all.extend_from_slice(&buffer[..length]);
            let news = &all[seen..];
            if news.windows(end.len()).any(|w| w == end.as_bytes()) {
                return all;
            }
        }
    }

    /// Types at the terminal.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).unwrap();
        self.writer.flush().unwrap();
    }
}

/// An emulator's idea of the screen.
pub(super) fn emulator(rows: u16, columns: u16) -> vt100::Parser {
    let size = |n| NonZeroU16::new(n).unwrap();
    vt100::Parser::new(size(rows), size(columns), 0)
}

/// Both ends of a pty of 80x24 cells of 8x17 px: the emulator's, and the program's.
pub(super) fn open() -> (Far, File) {
    let pair = native_pty_system()
        .openpty(PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 640,
            pixel_height: 408,
        })
        .unwrap();
    let path = pair.master.tty_name().unwrap();
    let near = File::options().read(true).write(true).open(path).unwrap();
    let far = Far {
        reader: pair.master.try_clone_reader().unwrap(),
        writer: pair.master.take_writer().unwrap(),
        master: pair.master,
    };
    (far, near)
}

/// The same with the program's end in raw mode.
fn open_raw() -> (Far, File) {
    let (far, near) = open();
    let mut termios = tcgetattr(&near).unwrap();
    termios.make_raw();
    tcsetattr(&near, OptionalActions::Now, &termios).unwrap();
    (far, near)
}

fn typed(input: &mut UnboundedReceiver<Input>, count: usize) -> String {
    (0..count)
        .map(|_| match input.blocking_recv() {
            Some(Input::Event(Event::Key(KeyEvent {
                code: KeyCode::Char(c),
                ..
            }))) => c,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn the_size_is_the_kernels() {
    let (far, near) = open();
    let tty = Tty::from_fd(&near).unwrap();
    assert!(is_terminal(&near));
    assert!(!is_terminal(File::open("/dev/null").unwrap()));
    let size = tty.size();
    assert_eq!(size.cells, Size::new(80, 24));
    let cell = size.cell().unwrap();
    assert_eq!((cell.width, cell.height), (8, 17));

    far.master
        .resize(PtySize {
            rows: 3,
            cols: 10,
            pixel_width: 0,
            pixel_height: 0,
        })
        .unwrap();
    assert_eq!(tty.size().cells, Size::new(10, 3));
    assert_eq!(tty.size().cell(), None);
    far.master
        .resize(PtySize {
            rows: 0,
            cols: 0,
            ..PtySize::default()
        })
        .unwrap();
    assert_eq!(tty.size(), TtySize::ASSUMED);
}

#[test]
fn a_stopped_stream_leaves_what_is_typed_next_to_others() {
    let (mut far, near) = open_raw();
    let tty = Tty::from_fd(&near).unwrap();
    let (stream, mut input) = InputStream::start(&tty).unwrap();
    far.send(b"one");
    assert_eq!(typed(&mut input, 3), "one");
    // Also in the middle of a sequence.
    far.send(b"!\x1b[");
    assert_eq!(typed(&mut input, 1), "!");
    stream.stop();
    assert_eq!(input.blocking_recv(), None, "no hang-up, only the end");

    far.send(b"two");
    let (_stream, mut input) = InputStream::start(&tty).unwrap();
    assert_eq!(typed(&mut input, 3), "two");
}

#[test]
fn a_lone_escape_comes_without_another_key() {
    let (mut far, near) = open_raw();
    let (_stream, mut input) = InputStream::start(&Tty::from_fd(&near).unwrap()).unwrap();
    far.send(b"\x1b");
    let escape = Input::Event(Event::Key(KeyCode::Esc.into()));
    assert_eq!(input.blocking_recv(), Some(escape));
}

#[test]
fn a_terminal_that_goes_away_is_told_once_and_the_reader_ends() {
    let (far, near) = open_raw();
    let (stream, mut input) = InputStream::start(&Tty::from_fd(&near).unwrap()).unwrap();
    drop(far);
    let mut last = None;
    while let Some(next) = input.blocking_recv() {
        last = Some(next);
    }
    assert_eq!(last, Some(Input::Hangup));
    stream.stop();
}

#[test]
fn the_shells_own_descriptor_stays_blocking() {
    let (_far, near) = open();
    let _tty = Tty::from_fd(&near).unwrap();
    let flags = rustix::fs::fcntl_getfl(&near).unwrap();
    assert!(!flags.contains(rustix::fs::OFlags::NONBLOCK));
}
