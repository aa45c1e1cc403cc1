//! What waiting costs, and how fast a cancel is. Run by `cargo bench --bench waiting`; takes two minutes.
//!
//! 50 generations at once wait for a gateway that is silent, or pings every 10 s: CPU of the release binary over 20 s, without
//! and with the studio drawing. Then 200 cancels in each place where one can be met: from the order to the closed connection and
//! the committed row, whichever comes later. It prints tables and judges nothing.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends where something is not as it should be"
)]

#[path = "waiting/cancel.rs"]
mod cancel;
#[path = "waiting/gateway.rs"]
mod gateway;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use gateway::{Gateway, Manner};

const AT_ONCE: usize = 50;
const WATCHED: Duration = Duration::from_secs(20);
/// Between two prompts: a held Enter is one generation.
const BETWEEN: Duration = Duration::from_secs(1);
/// What a client does at first is not waiting.
const SETTLED: Duration = Duration::from_secs(2);
/// The last question of the studio, and the answer of a terminal without graphics.
const QUESTION: &[u8] = b"\x1b[c";
const ANSWER: &[u8] = b"\x1b[?62;22c";

fn main() {
    let runtime = Runtime::new().unwrap();
    println!(
        "{AT_ONCE} generations at once wait for {} s\n{:<34}{:>12}{:>12}{:>12}{:>12}",
        WATCHED.as_secs(),
        "",
        "CPU",
        "of a core",
        "bytes",
        "writes"
    );
    for manner in [Manner::Silence, Manner::Pings] {
        let gateway = runtime.block_on(Gateway::start(manner));
        generate(manner, &gateway);
        let gateway = runtime.block_on(Gateway::start(manner));
        studio(manner, &gateway);
    }
    println!();
    runtime.block_on(cancel::table());
}

fn row(name: &str, cpu: Duration, output: Option<(usize, usize)>) {
    let share = cpu.as_secs_f64() / WATCHED.as_secs_f64() * 100.0;
    let (bytes, writes) = output.map_or((String::new(), String::new()), |(bytes, writes)| {
        (bytes.to_string(), writes.to_string())
    });
    let cpu = format!("{} ms", cpu.as_millis());
    println!("{name:<34}{cpu:>12}{share:>10.2} %{bytes:>12}{writes:>12}");
}

/// A home whose settings let all of them run at once.
fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    let folder = home.path().join(".config/plantain");
    fs::create_dir_all(&folder).unwrap();
    let settings = format!("[endpoint]\nparallel = {AT_ONCE}\n[form]\ncount = 8\n");
    fs::write(folder.join("config.toml"), settings).unwrap();
    home
}

fn generate(manner: Manner, gateway: &Gateway) {
    let home = home();
    let mut child = Command::new(env!("CARGO_BIN_EXE_plantain"))
        .args(["generate", "-n", &AT_ONCE.to_string(), "a red fox"])
        .env_clear()
        .env("HOME", home.path())
        .env("PLANTAIN_BASE_URL", gateway.url())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    gateway.wait_for_calls(AT_ONCE);
    thread::sleep(SETTLED);
    let before = cpu(child.id());
    thread::sleep(WATCHED);
    row(
        &format!("generate, {}", manner.name()),
        cpu(child.id()).saturating_sub(before),
        None,
    );
    end(child.id());
    child.wait().unwrap();
}

/// The history shows a dozen of them, each with its seconds.
fn studio(manner: Manner, gateway: &Gateway) {
    let home = home();
    let size = PtySize {
        rows: 40,
        cols: 120,
        pixel_width: 960,
        pixel_height: 680,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_plantain"));
    command.env_clear();
    command.env("HOME", home.path());
    command.env("TERM", "xterm-256color");
    command.env("PLANTAIN_BASE_URL", gateway.url());
    command.cwd(home.path());
    let mut keys = pair.master.take_writer().unwrap();
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let pid = child.process_id().unwrap();
    let counted = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let counts = Arc::clone(&counted);
    let (asked, question) = std::sync::mpsc::channel();
    let reading = thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            counts[0].fetch_add(length, Ordering::Relaxed);
            counts[1].fetch_add(1, Ordering::Relaxed);
            if memchr::memmem::find(&buffer[..length], QUESTION).is_some() {
                let _ = asked.send(());
            }
        }
    });
    question.recv().unwrap();
    keys.write_all(ANSWER).unwrap();
    thread::sleep(SETTLED);
    keys.write_all(b"a red fox").unwrap();
    for _ in 0..AT_ONCE.div_ceil(8) {
        keys.write_all(b"\r").unwrap();
        keys.flush().unwrap();
        thread::sleep(BETWEEN);
    }
    gateway.wait_for_calls(AT_ONCE);
    thread::sleep(SETTLED);
    let now = || [0, 1].map(|n| counted[n].load(Ordering::Relaxed));
    let (before, [bytes, writes]) = (cpu(pid), now());
    thread::sleep(WATCHED);
    let (after, [more, later]) = (cpu(pid), now());
    row(
        &format!("studio, {}", manner.name()),
        after.saturating_sub(before),
        Some((more - bytes, later - writes)),
    );
    end(pid);
    child.wait().unwrap();
    reading.join().unwrap();
}

fn end(pid: u32) {
    let pid = Pid::from_raw(pid.cast_signed()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
}

/// User and system time so far; Linux counts it in 10 ms.
fn cpu(pid: u32) -> Duration {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    let ticks = fields.skip(11).take(2).map(|t| t.parse::<u64>().unwrap());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// The figures of a column: median, 99 of 100, worst.
fn spread(mut times: Vec<Duration>) -> [String; 3] {
    times.sort();
    let last = times.len() - 1;
    [last / 2, last * 99 / 100, last].map(|at| format!("{:.1} ms", times[at].as_secs_f64() * 1e3))
}

/// Since when something is waited for, so that a bench that hangs says where.
fn patience() -> Instant {
    Instant::now() + Duration::from_secs(60)
}
