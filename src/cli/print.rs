//! Lines for people: the one place that writes to stdout and stderr.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where the command line speaks"
)]

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::domain::{Clean, Failure};

/// A result, on stdout. A closed pipe ends it in silence.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.write_all(b"\n");
    let _ = out.flush();
}

/// Bytes as they are, on stdout.
pub fn bytes(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes);
    let _ = out.flush();
}

/// One JSON object on a line of its own. Control characters that JSON lets stand raw (DEL, C1) are escaped, since a
/// terminal may act on them.
pub fn json(value: &impl Serialize) {
    let Ok(text) = serde_json::to_string(value) else {
        return;
    };
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\u{7f}'..='\u{9f}') {
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    line(&safe);
}

/// How many cells a line of stdout has; `None` where it is no terminal.
pub fn stdout_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// A word beside the results, on stderr.
pub fn note(text: &Clean) {
    eprintln!("plantain: {text}");
}

/// A failure with its hint, on stderr.
pub fn failure(failure: &Failure) {
    eprintln!("plantain: {failure}");
}

/// Replaces the status line on stderr; an empty text wipes it.
pub fn status(text: &str) {
    eprint!("\r\x1b[K{text}");
    let _ = io::stderr().flush();
}
