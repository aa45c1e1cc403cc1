//! Answers that come packed without saying so (a proxy took the header off): gzip is known by its first bytes and unpacked as
//! it arrives, piece by piece. What nothing here unpacks is at least named.

use std::io::Write;

use flate2::write::MultiGzDecoder;

/// gzip's first bytes (RFC 1952).
const GZIP: [u8; 2] = [0x1F, 0x8B];
/// A Zstandard frame's (RFC 8878).
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
/// How much is unpacked at once, bytes: it grows to a thousand times this at most.
const PIECE: usize = 1024;
/// How much of the beginning is looked at to tell text from other bytes, bytes.
const MAX_HEAD: usize = 64;
/// As many letters that are none make no text; fewer are damage.
const LEAST_STRANGE: usize = 3;

#[derive(Debug, Default)]
enum State {
    /// The first byte of gzip's two came, or none yet.
    #[default]
    Begin,
    Plain,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    /// Damaged: the rest is not read.
    Broken,
}

/// The state between two pieces of an answer.
#[derive(Debug, Default)]
pub(super) struct Unpack {
    state: State,
    /// The first bytes as they came.
    head: Vec<u8>,
    /// Something was unpacked.
    unpacked: bool,
}

impl Unpack {
    /// Takes the next bytes and gives them on plain.
    pub(super) fn push<E>(
        &mut self,
        bytes: &[u8],
        mut plain: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let before = self.head.len();
        let room = MAX_HEAD - before;
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if matches!(self.state, State::Begin) {
            if GZIP.starts_with(&self.head) && self.head.len() < GZIP.len() {
                return Ok(());
            }
            if self.head.starts_with(&GZIP) {
                self.state = State::Gzip(Box::new(MultiGzDecoder::new(Vec::new())));
                if before == 1 {
                    self.unpack(&GZIP[..1], &mut plain)?;
                }
            } else {
                self.state = State::Plain;
                if before == 1 {
                    plain(&GZIP[..1])?;
                }
            }
        }
        match self.state {
            State::Gzip(_) => bytes
                .chunks(PIECE)
                .try_for_each(|piece| self.unpack(piece, &mut plain)),
            State::Broken => Ok(()),
            State::Begin | State::Plain => plain(bytes),
        }
    }

    fn unpack<E>(
        &mut self,
        piece: &[u8],
        plain: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let State::Gzip(decoder) = &mut self.state else {
            return Ok(());
        };
        let whole = decoder.write_all(piece).and_then(|()| decoder.flush());
        let out = std::mem::take(decoder.get_mut());
        self.unpacked |= !out.is_empty();
        if whole.is_err() {
            self.state = State::Broken;
        }
        if out.is_empty() { Ok(()) } else { plain(&out) }
    }

    /// What the answer is packed with, if it begins like no text.
    pub(super) fn packed_with(&self) -> Option<&'static str> {
        if self.head.starts_with(&GZIP) {
            let damaged = matches!(self.state, State::Broken) || !self.unpacked;
            return damaged.then_some("damaged gzip");
        }
        if self.head.starts_with(ZSTD) {
            return Some("zstd");
        }
        let text = String::from_utf8_lossy(&self.head);
        let strange = |c: &char| {
            *c == char::REPLACEMENT_CHARACTER
                || (c.is_ascii_control() && !c.is_ascii_whitespace() && *c != '\x1B')
        };
        let strange = text.chars().filter(strange).count();
        (strange >= LEAST_STRANGE).then_some("brotli or another compression")
    }
}
