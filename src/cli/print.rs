//! Lines for people: the one place that writes to stdout and stderr.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where the command line speaks"
)]

use std::io::{self, Write};

use crate::domain::{Clean, Failure};

/// A result, on stdout. A closed pipe ends it in silence.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.write_all(b"\n");
    let _ = out.flush();
}

/// A word beside the results, on stderr.
pub fn note(text: &Clean) {
    eprintln!("plantain: {text}");
}

/// A failure with its hint, on stderr.
pub fn failure(failure: &Failure) {
    eprintln!("plantain: {failure}");
}
