//! Lines for people: the one place that writes to stdout and stderr. A closed pipe is met with silence, never a panic.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::domain::{Clean, Failure};

/// A result, on stdout.
pub fn line(text: &Clean) {
    bytes(format!("{text}\n").as_bytes());
}

/// A path, on stdout: on a pipe to the byte, on a terminal without what would act on it.
pub fn path(path: &Path) {
    if io::stdout().is_terminal() {
        line(&Clean::line(&path.to_string_lossy()));
    } else {
        bytes(&[path.as_os_str().as_bytes(), b"\n"].concat());
    }
}

/// Bytes as they are, on stdout.
pub fn bytes(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes);
    let _ = out.flush();
}

/// One JSON object on a line of its own. What JSON lets stand raw and a terminal may act on or hide (DEL, C1, bidi,
/// zero-width, private use) is escaped; it reads back the same.
pub fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        bytes(format!("{}\n", escaped(&text)).as_bytes());
    }
}

fn escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        // A letter before it, since a mark alone would be dropped.
        let pair = format!("a{c}");
        if c < '\u{7f}' || Clean::line(&pair).as_str() == pair {
            safe.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}

/// How many cells a line of stdout has; `None` where it is no terminal.
pub fn stdout_width() -> Option<usize> {
    width_of(&io::stdout())
}

/// How many cells a line of stderr has; `None` where it is no terminal.
pub fn stderr_width() -> Option<usize> {
    width_of(&io::stderr())
}

fn width_of(stream: &impl AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// A word beside the results, on stderr.
pub fn note(text: &Clean) {
    aside(format_args!("plantain: {text}\n"));
}

/// A question, on stderr; what is answered stands behind it.
pub fn ask(question: &Clean) {
    aside(format_args!("plantain: {question} "));
}

/// Ends a line on stderr that somebody else began.
pub fn end_line() {
    aside(format_args!("\n"));
}

/// A failure with its hint, on stderr.
pub fn failure(failure: &Failure) {
    aside(format_args!("plantain: {failure}\n"));
}

/// What clap says of the command line: help and version on stdout, errors on stderr. It repeats what was typed, which may
/// act on the terminal; then it is said without colours.
pub fn usage(error: &clap::Error) {
    let said = error.render().to_string();
    let clean = Clean::text(&said);
    if clean.as_str() == said {
        let _ = error.print();
    } else if error.use_stderr() {
        aside(format_args!("{clean}"));
    } else {
        bytes(clean.as_str().as_bytes());
    }
}

/// Replaces the status line on stderr; an empty text wipes it.
pub fn status(text: &Clean) {
    aside(format_args!("\r\x1b[K{text}"));
}

fn aside(text: fmt::Arguments<'_>) {
    // One write, so that the lines of two processes do not mix.
    let _ = io::stderr().write_all(text.to_string().as_bytes());
}

/// At most `width` cells of a line, with an ellipsis where something is left out.
pub fn cut(line: Clean, width: usize) -> Clean {
    if line.as_str().width() <= width {
        return line;
    }
    let mut used = 0;
    let mut out: String = line
        .as_str()
        .chars()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used < width
        })
        .collect();
    out.push('…');
    Clean::line(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_hides_nothing_and_reads_back_the_same() {
        let text = "a\u{7f}\u{9b}\u{85}\u{2028}\u{202e}\u{200b}\u{10eeee}\u{e0041}\u{f8ff}";
        let json = escaped(&serde_json::to_string(text).unwrap());
        assert!(json.is_ascii(), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        let plain = "\"狐 é e\u{301} हिन्दी 🦊\"";
        assert_eq!(escaped(plain), plain);
    }

    #[test]
    fn a_row_is_cut_by_cells_and_not_by_letters() {
        let cut = |line: &str| cut(Clean::line(line), 6).to_string();
        assert_eq!(cut("abcdef"), "abcdef");
        assert_eq!(cut("abcdefg"), "abcde…");
        assert_eq!(cut("狐狐狐狐"), "狐狐…");
    }
}
