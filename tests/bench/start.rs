//! How long the studio takes to be there, and what it costs while nothing happens. Run by `cargo bench --bench start`.
//!
//! The release binary runs on a pty of 120x40 cells whose other side answers as a terminal without graphics does. It
//! prints a table and judges nothing: times depend on the machine, and on what else it does.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends where something is not as it should be"
)]

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use plantain::domain::{
    AspectRatio, FileFormat, Generation, GenerationId, OutputFormat, PixelSize, Prompt, Request,
    Step,
};
use plantain::library::Library;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

const STARTS: usize = 20;
const ROWS: u128 = 1000;
const IDLE: Duration = Duration::from_secs(10);
/// Silence after which a frame is taken to be whole.
const QUIET: Duration = Duration::from_millis(300);
const KEYS: &[u8] = b"a red fox in the snow";
/// The last question of the studio, and the answer of a terminal without graphics.
const QUESTION: &[u8] = b"\x1b[c";
const ANSWER: &[u8] = b"\x1b[?62;22c";
/// The end of the last row of a whole frame.
const LAST: &[u8] = b"help";

fn main() {
    println!("{:<34}{:>10}{:>10}{:>10}", "", "best", "median", "worst");
    let empty = TempDir::new().unwrap();
    measure("empty library", empty.path());
    let full = TempDir::new().unwrap();
    fill(&full.path().join("Pictures/plantain"));
    measure("1,000 generations", full.path());
}

fn measure(name: &str, home: &Path) {
    let mut first_byte = Vec::new();
    let mut first_frame = Vec::new();
    for _ in 0..STARTS {
        let mut studio = Studio::start(home);
        let (byte, frame) = studio.first_frame();
        first_byte.push(byte);
        first_frame.push(frame);
        studio.quit();
    }
    row(&format!("{name}: first byte"), first_byte);
    row(&format!("{name}: first frame"), first_frame);

    let mut studio = Studio::start(home);
    studio.first_frame();
    studio.settle();
    row(&format!("{name}: echo of a key"), studio.echoes());
    studio.settle();
    let (bytes, cpu) = studio.idle();
    println!(
        "{:<34}{bytes:>10} bytes, {cpu} ms of CPU",
        format!("{name}: {} s idle", IDLE.as_secs())
    );
    studio.quit();
}

fn row(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |at: usize| format!("{:.1} ms", times[at].as_secs_f64() * 1e3);
    let (best, median, worst) = (ms(0), ms(times.len() / 2), ms(times.len() - 1));
    println!("{name:<34}{best:>10}{median:>10}{worst:>10}");
}

/// A studio on a pty, with its output read as it comes.
struct Studio {
    started: Instant,
    output: Receiver<(Instant, Vec<u8>)>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _line: Box<dyn MasterPty + Send>,
}

impl Studio {
    fn start(home: &Path) -> Self {
        let size = PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 960,
            pixel_height: 680,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_plantain"));
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.cwd(home);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender
                    .send((Instant::now(), buffer[..length].to_vec()))
                    .is_err()
                {
                    return;
                }
            }
        });
        let input = pair.master.take_writer().unwrap();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        Self {
            started,
            output,
            input,
            child,
            _line: pair.master,
        }
    }

    /// From the start to the first byte, and to the end of the first whole frame.
    fn first_frame(&mut self) -> (Duration, Duration) {
        let mut first = None;
        let mut seen = Vec::new();
        let mut answered = false;
        loop {
            let (at, bytes) = self.output.recv().unwrap();
            let since = at - self.started;
            let byte = *first.get_or_insert(since);
            seen.extend(bytes);
            if !answered && contains(&seen, QUESTION) {
                answered = true;
                self.type_keys(ANSWER);
            }
            if contains(&seen, LAST) {
                return (byte, since);
            }
        }
    }

    /// Reads until nothing has come for a while.
    fn settle(&mut self) {
        while self.output.recv_timeout(QUIET).is_ok() {}
    }

    /// From each key to the first byte that answers it.
    fn echoes(&mut self) -> Vec<Duration> {
        let mut times = Vec::new();
        for key in KEYS {
            let typed = Instant::now();
            self.type_keys(&[*key]);
            times.push(self.output.recv().unwrap().0 - typed);
            self.settle();
        }
        times
    }

    /// What it writes and works while nothing happens: bytes, and ms of CPU where the system tells.
    fn idle(&mut self) -> (usize, u64) {
        let before = self.cpu();
        let end = Instant::now() + IDLE;
        let mut count = 0;
        loop {
            match self
                .output
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok((_, bytes)) => count += bytes.len(),
                Err(RecvTimeoutError::Timeout) => return (count, self.cpu() - before),
                Err(RecvTimeoutError::Disconnected) => unreachable!("it ended by itself"),
            }
        }
    }

    /// User and system time so far, in ms; Linux counts it in 10 ms.
    fn cpu(&self) -> u64 {
        let Some(pid) = self.child.process_id() else {
            return 0;
        };
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace();
        fields
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum::<u64>()
            * 10
    }

    fn type_keys(&mut self, keys: &[u8]) {
        self.input.write_all(keys).unwrap();
        self.input.flush().unwrap();
    }

    fn quit(mut self) {
        // Ctrl+Q; the draft is dropped first, so that each start is the same.
        self.type_keys(b"\x15\x11");
        while self.output.recv().is_ok() {}
        self.child.wait().unwrap();
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// A library of finished generations, each with a picture of 8x8 px.
fn fill(folder: &Path) {
    let library = Library::open(folder, TimeZone::UTC).unwrap();
    let mut png = Vec::new();
    let pixels = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 80, 40]));
    let format = image::ImageFormat::Png;
    pixels
        .write_to(&mut std::io::Cursor::new(&mut png), format)
        .unwrap();
    for n in 1..=ROWS {
        let id = GenerationId::from_number(n);
        let request = Request {
            model: "NanoBananaPro-1K".to_owned(),
            ratio: AspectRatio::new(16, 9).unwrap(),
            format: OutputFormat::Png,
            prompt: Prompt::new(format!("fox {n} of a thousand, in the snow, at dawn")).unwrap(),
            references: Vec::new(),
            parent: None,
        };
        let mut generation = Generation::new(id, id, 1_795_528_953_000, request, true);
        library.prepare(&mut generation).unwrap();
        library.step(&mut generation, Step::Send).unwrap();
        let size = Some(PixelSize::new(8, 8));
        let picture = library
            .save_picture(&generation, 1, &png, FileFormat::Png, size, None)
            .unwrap();
        generation.pictures.push(picture);
        library.step(&mut generation, Step::Save).unwrap();
    }
}
