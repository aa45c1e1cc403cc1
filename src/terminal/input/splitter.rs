//! Cuts the bytes of a terminal into whole pieces: a key, an answer, a paste. Knows where a sequence ends, not what it
//! means, and never gives out half of one.
//!
//! Three things make this harder than it sounds. `ESC` begins every sequence and is a key; so do `Alt+[` and its like:
//! only what follows, or silence, tells them apart. An answer may come late, between typed keys: it must not become
//! keys. And an answer may break off: then it must not swallow the keys that are typed after it.

use std::time::Duration;

const ESC: u8 = 0x1B;
const BEL: u8 = 0x07;
const CTRL_C: u8 = 0x03;

/// How long what may be a key of its own (`ESC`, `ESC [`) waits for its next byte.
const DOUBT: Duration = Duration::from_millis(30);
/// How long a paused sequence waits for its rest.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a paste may pause; then what came of it is given out, and what still comes is pasted too, since its line ends
/// would be Enter: a key that can cost money.
const PASTE_PATIENCE: Duration = Duration::from_secs(5);
/// Bytes kept of one answer; the longest that is asked for has about 100.
const MAX_ANSWER: usize = 4096;

const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// A whole piece of input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// One key, mouse report or focus report.
    Key(Vec<u8>),
    /// One answer of the terminal, with its introducer and terminator.
    Answer(Vec<u8>),
    /// A bracketed paste, without its brackets.
    Paste(Vec<u8>),
}

/// The splitter; holds what is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    held: Vec<u8>,
    /// The text of an open paste.
    paste: Option<Vec<u8>>,
    /// A silence fell inside the held sequence.
    paused: bool,
}

impl Splitter {
    /// Takes the next bytes; adds each piece that they complete to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<Piece>) {
        if bytes == [CTRL_C] {
            // The way out of a paste whose end was lost.
            self.end_paste(out);
        }
        // A paused sequence goes on only with bytes that end it; any others are typed keys, and it is given up.
        if std::mem::take(&mut self.paused) && !ends(&self.held, bytes) {
            self.held.clear();
        }
        self.held.extend_from_slice(bytes);
        self.cut(out);
    }

    /// How long to wait for more bytes before [`Self::silence`]; `None` when nothing is held.
    pub(super) fn patience(&self) -> Option<Duration> {
        if let Some(text) = &self.paste {
            let open = !text.is_empty() || !self.held.is_empty();
            open.then_some(PASTE_PATIENCE)
        } else if self.held.is_empty() {
            None
        } else if self.paused {
            Some(PATIENCE)
        } else {
            Some(DOUBT)
        }
    }

    /// Nothing came for as long as [`Self::patience`] said.
    pub(super) fn silence(&mut self, out: &mut Vec<Piece>) {
        if self.paste.is_some() {
            self.end_paste(out);
            self.paste = Some(Vec::new());
        } else if self.paused {
            self.paused = false;
            self.held.clear();
        } else if is_doubtful(&self.held) {
            out.push(Piece::Key(std::mem::take(&mut self.held)));
        } else {
            self.paused = !self.held.is_empty();
        }
    }

    /// Gives out what came of an open paste, and closes it.
    fn end_paste(&mut self, out: &mut Vec<Piece>) {
        if let Some(mut text) = self.paste.take() {
            text.append(&mut self.held);
            if !text.is_empty() {
                out.push(Piece::Paste(text));
            }
        }
    }

    /// Cuts whole pieces off the front of what is held.
    fn cut(&mut self, out: &mut Vec<Piece>) {
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        while !rest.is_empty() {
            if let Some(text) = &mut self.paste {
                let Some(at) = memchr::memmem::find(rest, PASTE_END) else {
                    // The end may lie across two reads.
                    let (whole, begun) = rest.split_at(rest.len() - begins(PASTE_END, rest));
                    text.extend_from_slice(whole);
                    self.held = begun.to_vec();
                    return;
                };
                text.extend_from_slice(&rest[..at]);
                out.extend(self.paste.take().map(Piece::Paste));
                rest = &rest[at + PASTE_END.len()..];
                continue;
            }
            let (kind, length) = measure(rest);
            let (piece, after) = rest.split_at(length);
            match kind {
                Kind::Key => out.push(Piece::Key(piece.to_vec())),
                Kind::Answer => out.push(Piece::Answer(piece.to_vec())),
                Kind::PasteBegins => self.paste = Some(Vec::new()),
                Kind::Noise => {}
                Kind::Unfinished => {
                    self.held = shortened(rest);
                    return;
                }
            }
            rest = after;
        }
    }
}

/// What stands at the front of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Key,
    Answer,
    PasteBegins,
    /// Broken off, or nothing that a terminal sends.
    Noise,
    /// A beginning; its length is not known yet.
    Unfinished,
}

const UNFINISHED: (Kind, usize) = (Kind::Unfinished, 0);

/// The first piece of `bytes` (which is not empty), with its length in bytes.
fn measure(bytes: &[u8]) -> (Kind, usize) {
    if bytes[0] != ESC {
        return character(bytes);
    }
    let Some(&second) = bytes.get(1) else {
        return UNFINISHED;
    };
    // What comes third, if it has come; where it shows that no sequence was begun, the first two are `Alt` and a key.
    let third = bytes.get(2).copied();
    let begun = |begins: fn(u8) -> bool| third.is_none_or(begins);
    match second {
        ESC => (Kind::Key, 1),
        b'[' => csi(bytes),
        b'O' if begun(|b| matches!(b, b'A'..=b'Z' | b'j'..=b'y')) => match third {
            None => UNFINISHED,
            Some(_) => (Kind::Key, 3),
        },
        b']' if begun(|b| b.is_ascii_digit()) => string(bytes),
        b'P' if begun(|b| matches!(b, b'0'..=b'9' | b'>' | b'!' | b'$' | b'+' | b'|')) => {
            string(bytes)
        }
        b'_' if begun(|b| b == b'G') => string(bytes),
        _ => match character(&bytes[1..]) {
            (Kind::Key, length) => (Kind::Key, 1 + length),
            (Kind::Unfinished, _) => UNFINISHED,
            (_, length) => (Kind::Noise, 1 + length),
        },
    }
}

/// One character of UTF-8, or one control.
fn character(bytes: &[u8]) -> (Kind, usize) {
    let length = match bytes[0] {
        0x00..=0x7F => return (Kind::Key, 1),
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return (Kind::Noise, 1),
    };
    let whole = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(whole) {
        Ok(_) => (Kind::Key, length),
        Err(error) if error.error_len().is_none() => UNFINISHED,
        Err(error) => (Kind::Noise, error.error_len().unwrap_or(1)),
    }
}

/// `CSI`, parameters (`0x30-0x3F`), intermediates (`0x20-0x2F`), one final byte (`0x40-0x7E`); ECMA-48, 5.4.
fn csi(bytes: &[u8]) -> (Kind, usize) {
    match bytes.get(2) {
        // The Linux console's F1 to F5.
        Some(b'[') if bytes.len() == 3 => return UNFINISHED,
        Some(b'[') => return (Kind::Key, 4),
        // The mouse report of old terminals: three bytes behind the final one.
        Some(b'M') => {
            return match bytes[3..].iter().take(3).position(|b| *b < b' ') {
                Some(at) => (Kind::Noise, 3 + at),
                None if bytes.len() < 6 => UNFINISHED,
                None => (Kind::Key, 6),
            };
        }
        _ => {}
    }
    let Some(at) = bytes[2..].iter().position(|b| !matches!(b, 0x20..=0x3F)) else {
        return UNFINISHED;
    };
    let (body, last) = (&bytes[2..2 + at], bytes[2 + at]);
    let length = at + 3;
    if !matches!(last, 0x40..=0x7E) {
        return (Kind::Noise, length - 1);
    }
    let kind = match (body.first(), last) {
        _ if bytes[..length] == *PASTE_BEGIN => Kind::PasteBegins,
        _ if bytes[..length] == *PASTE_END => Kind::Noise,
        (_, b'R') if is_f3(body) => Kind::Key,
        (Some(b'?' | b'>' | b'='), _) | (_, b'c' | b'n' | b'R' | b't' | b'x' | b'y') => {
            Kind::Answer
        }
        (None | Some(b'0'..=b'9' | b'<'), _) => Kind::Key,
        _ => Kind::Noise,
    };
    (kind, length)
}

/// Whether `CSI body R` is F3, as kitty's protocol first had it and xterm has it with modifiers (2 to 16), and not a cursor
/// in the first row, which nobody here asks for.
fn is_f3(body: &[u8]) -> bool {
    let modifiers = body.strip_prefix(b"1;");
    let number = modifiers.and_then(|m| std::str::from_utf8(m).ok()?.parse().ok());
    body.is_empty() || number.is_some_and(|n: u8| (2..=16).contains(&n))
}

/// APC, OSC and DCS: anything up to `ST`, or `BEL` as xterm has it.
fn string(bytes: &[u8]) -> (Kind, usize) {
    let Some(at) = bytes[1..].iter().position(|b| *b < b' ') else {
        return UNFINISHED;
    };
    let at = at + 1;
    match (bytes[at], bytes.get(at + 1)) {
        (BEL, _) => (Kind::Answer, at + 1),
        (ESC, None) => UNFINISHED,
        (ESC, Some(b'\\')) => (Kind::Answer, at + 2),
        // A control cannot stand in an answer: it broke off, and this is a key or the next sequence.
        _ => (Kind::Noise, at),
    }
}

/// Whether `held` may be a key of its own, or the beginning of a sequence.
fn is_doubtful(held: &[u8]) -> bool {
    matches!(held, [ESC] | [ESC, b'[' | b']' | b'O' | b'P' | b'_'])
}

/// Whether `more` is the rest of the paused sequence `held`, up to its end.
fn ends(held: &[u8], more: &[u8]) -> bool {
    let whole = [held, more].concat();
    match measure(&whole) {
        (Kind::Unfinished, _) => whole.ends_with(&[ESC]) && !is_csi(held),
        (Kind::Noise, _) => false,
        (_, length) => !is_csi(held) || is_known_final(whole[2], whole[length - 1]),
    }
}

fn is_csi(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1b[")
}

/// The final bytes of the reports and keys there are, by the byte behind `CSI`.
fn is_known_final(marker: u8, last: u8) -> bool {
    let known: &[u8] = match marker {
        b'?' => b"cnuyRS",
        b'>' => b"cmqu",
        b'=' => b"cu",
        b'<' => b"Mm",
        _ => b"~ABCDEFHMPQRSZcntuxy",
    };
    known.contains(&last)
}

/// How many bytes at the end of `bytes` are a beginning of `sequence`.
fn begins(sequence: &[u8], bytes: &[u8]) -> usize {
    (1..sequence.len().min(bytes.len() + 1))
        .rev()
        .find(|n| bytes.ends_with(&sequence[..*n]))
        .unwrap_or(0)
}

/// What is kept of an unfinished sequence: all of it, or of one without end the introducer and the last byte, so that its
/// end is still seen.
fn shortened(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() <= MAX_ANSWER {
        return bytes.to_vec();
    }
    [&bytes[..3], &bytes[bytes.len() - 1..]].concat()
}
