//! Bytes of an answer -> chunks. Decides gzip, JSON, event stream or web page from the bytes, never from a header.
//!
//! Event streams follow the WHATWG rules (LF, CRLF, CR, BOM, comments, several data lines), with one leniency that money
//! asks for: an event that the end of the stream left open is given out as well. The rules are written here over `memchr`
//! and not taken from a crate, because the usual one reads the open line anew with each piece that arrives: 20 MB of
//! picture in one line would cost its square. Base64 is cut out on the way (see `sieve`). Reads no JSON beyond its brackets.

mod event;
mod json;
mod sieve;
mod unpack;

use std::sync::Arc;

use memchr::memchr2;

use self::event::Event;
use self::json::Scan;
use self::unpack::Unpack;
use super::spool::{Depot, Spool};

pub use self::sieve::Cut;
pub(super) use self::sieve::{MARK, Shelf, Sieve, mark_at};

/// The largest payload and the longest line, bytes, pictures included (RELIABILITY N4).
const MAX_PAYLOAD: usize = 256 * 1024 * 1024;
/// The largest answer, bytes, unpacked: what ends a stream that never does (RELIABILITY N4).
const MAX_ANSWER: u64 = 2 * 1024 * 1024 * 1024;
/// What is kept of a web page, bytes; enough for its title.
const MAX_PAGE: usize = 16 * 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One payload of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// JSON, not read yet.
    Payload(Payload),
    /// `[DONE]`: nothing more will come.
    Done,
    /// The beginning of a web page or an XML document.
    Page(Vec<u8>),
    /// At the end, where something came and none of it was any of these; with what it is packed, if it looks like that.
    Noise(Option<&'static str>),
}

/// The JSON text of one event, or of a whole body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The event's name, where the stream gave one.
    pub event: Option<String>,
    /// UTF-8, unless the gateway erred. Long base64 stands in it as a number between two DEL characters (0x7F).
    pub json: Vec<u8>,
    /// What was cut out since the last payload. Blobs are numbered through the whole answer, from 0.
    pub blobs: Vec<Cut>,
    /// Whether it came as an event; otherwise it was a JSON document of its own.
    pub framed: bool,
    /// Whether its end was seen; `false` for what the end of the stream left open.
    pub finished: bool,
}

/// A line or a document over 256 MB, or an answer over 2 GB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is too long: over 256 MB in one piece, or over 2 GB in all")]
pub struct TooLong;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// At the very beginning, where a BOM may stand.
    Begin,
    /// At the start of a line, or behind a JSON document.
    Start,
    /// Inside a line of an event stream.
    Line,
    /// Inside a JSON document.
    Json(Scan),
    /// A page; it takes everything that follows.
    Page,
}

/// The state between two pieces of an answer. Each byte is looked at once, however the pieces are cut.
#[derive(Debug)]
pub struct Framing {
    unpack: Unpack,
    total: u64,
    mode: Mode,
    buffer: Vec<u8>,
    /// First byte of `buffer` that was not given out yet.
    start: usize,
    /// First byte of `buffer` that was not looked at yet.
    at: usize,
    /// A CR ended the last line: an LF right behind it belongs to it.
    skip_lf: bool,
    event: Event,
    sieve: Sieve,
    cuts: Cuts,
    /// bytes since the last line or document ended
    since: usize,
    /// A line came that is no line of an event stream; a chunk was given out.
    noise: bool,
    fruitful: bool,
    cap: usize,
}

/// What was cut and belongs to no payload yet.
#[derive(Debug, Default)]
struct Cuts {
    blobs: Vec<Cut>,
    count: usize,
}

impl Shelf for Cuts {
    fn put(&mut self, cut: Cut) -> usize {
        self.blobs.push(cut);
        self.count += 1;
        self.count - 1
    }

    fn take(&mut self, _: usize) -> Option<Cut> {
        None
    }

    fn is_json(&self) -> bool {
        true
    }
}

impl Default for Framing {
    fn default() -> Self {
        Self::new()
    }
}

impl Framing {
    /// At the beginning of an answer.
    pub fn new() -> Self {
        Self {
            unpack: Unpack::default(),
            total: 0,
            mode: Mode::Begin,
            buffer: Vec::new(),
            start: 0,
            at: 0,
            skip_lf: false,
            event: Event::default(),
            sieve: Sieve::default(),
            cuts: Cuts::default(),
            since: 0,
            noise: false,
            fruitful: false,
            cap: MAX_PAYLOAD,
        }
    }

    /// At the beginning of an answer whose large pictures go to `spool`.
    pub fn spooling(spool: Arc<dyn Spool>) -> Self {
        Self {
            sieve: Sieve::new(Depot::new(spool)),
            ..Self::new()
        }
    }

    /// Where its large pictures go.
    pub(super) fn depot(&self) -> &Depot {
        self.sieve.depot()
    }

    /// Whether the next bytes may belong to a large picture, so that taking them may block on a disk.
    pub fn is_cutting(&self) -> bool {
        self.sieve.is_cutting()
    }

    /// Takes the next bytes and gives the chunks that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Chunk>, TooLong> {
        let mut out = Vec::new();
        let mut unpack = std::mem::take(&mut self.unpack);
        let pushed = unpack.push(bytes, |plain| self.push_plain(plain, &mut out));
        self.unpack = unpack;
        pushed.map(|()| out)
    }

    fn push_plain(&mut self, bytes: &[u8], out: &mut Vec<Chunk>) -> Result<(), TooLong> {
        self.total += bytes.len() as u64;
        if self.total > MAX_ANSWER {
            return Err(TooLong);
        }
        if self.mode == Mode::Page {
            self.keep_page(bytes);
            return Ok(());
        }
        let kept = self.sieve.push(bytes, &mut self.buffer, &mut self.cuts);
        // What the sieve took back was base64, in which no line, string or document ends.
        self.at = self.at.min(kept);
        while self.step(out) {}
        self.since = if self.start > 0 {
            self.buffer.len() - self.start
        } else {
            self.since + bytes.len()
        };
        self.buffer.drain(..self.start);
        self.at -= self.start;
        self.start = 0;
        if self.since.max(self.buffer.len() + self.event.len()) > self.cap {
            return Err(TooLong);
        }
        Ok(())
    }

    /// At the end of the stream: what was left open, marked as unfinished.
    pub fn finish(mut self) -> Vec<Chunk> {
        let mut out = Vec::new();
        let packed = self.unpack.packed_with();
        if packed.is_some() && !self.fruitful {
            return vec![Chunk::Noise(packed)];
        }
        self.sieve.end(&mut self.buffer, &mut self.cuts);
        let rest = std::mem::take(&mut self.buffer);
        match self.mode {
            Mode::Page => out.push(Chunk::Page(rest)),
            Mode::Json(_) => out.push(document(rest, self.cuts.blobs, false)),
            Mode::Begin | Mode::Start | Mode::Line => {
                if !rest.is_empty() {
                    self.noise |= !self.event.line(&rest);
                }
                self.dispatch(false, &mut out);
                if self.noise && !self.fruitful {
                    out.push(Chunk::Noise(None));
                }
            }
        }
        out
    }

    /// Takes one step; `false` when more bytes are needed.
    fn step(&mut self, out: &mut Vec<Chunk>) -> bool {
        match self.mode {
            Mode::Begin => self.begin(),
            Mode::Start => self.decide(),
            Mode::Line => self.read_line(out),
            Mode::Json(scan) => self.read_json(scan, out),
            Mode::Page => false,
        }
    }

    fn begin(&mut self) -> bool {
        if self.buffer.len() < BOM.len() && BOM.starts_with(&self.buffer) {
            return false;
        }
        if self.buffer.starts_with(BOM) {
            self.consume(BOM.len());
        }
        self.mode = Mode::Start;
        true
    }

    /// What the next line or document is. Asked anew at each line start outside an event, since gateways answer JSON
    /// behind comments, and terminators behind JSON.
    fn decide(&mut self) -> bool {
        let Some(&byte) = self.buffer.get(self.start) else {
            return false;
        };
        if std::mem::take(&mut self.skip_lf) && byte == b'\n' {
            self.consume(1);
            return true;
        }
        match byte {
            _ if self.event.is_open() => self.mode = Mode::Line,
            b' ' | b'\t' | b'\r' | b'\n' => self.consume(1),
            b'{' | b'[' => self.mode = Mode::Json(Scan::default()),
            b'<' if !self.fruitful => {
                let rest = self.buffer.split_off(self.start);
                self.buffer.clear();
                self.start = 0;
                self.at = 0;
                self.mode = Mode::Page;
                self.sieve = Sieve::default();
                self.keep_page(&rest);
            }
            _ => self.mode = Mode::Line,
        }
        true
    }

    fn read_line(&mut self, out: &mut Vec<Chunk>) -> bool {
        let Some(length) = memchr2(b'\n', b'\r', &self.buffer[self.at..]) else {
            self.at = self.buffer.len();
            return false;
        };
        let end = self.at + length;
        self.skip_lf = self.buffer[end] == b'\r';
        if end == self.start {
            self.dispatch(true, out);
        } else {
            self.noise |= !self.event.line(&self.buffer[self.start..end]);
        }
        self.start = end + 1;
        self.at = self.start;
        self.mode = Mode::Start;
        true
    }

    /// The end of an event: gives its data out, if it has any.
    fn dispatch(&mut self, finished: bool, out: &mut Vec<Chunk>) {
        let event = std::mem::take(&mut self.event);
        let Some(json) = event.data else { return };
        let trimmed = json.trim_ascii();
        self.fruitful |= !trimmed.is_empty();
        if trimmed == b"[DONE]" {
            out.push(Chunk::Done);
        } else if !trimmed.is_empty() {
            out.push(Chunk::Payload(Payload {
                event: event.name,
                json,
                blobs: std::mem::take(&mut self.cuts.blobs),
                framed: true,
                finished,
            }));
        }
    }

    fn read_json(&mut self, mut scan: Scan, out: &mut Vec<Chunk>) -> bool {
        let Some(length) = scan.end(&self.buffer[self.at..]) else {
            self.at = self.buffer.len();
            self.mode = Mode::Json(scan);
            return false;
        };
        let end = self.at + length;
        let json = self.buffer[self.start..end].to_vec();
        self.consume(json.len());
        self.mode = Mode::Start;
        self.fruitful = true;
        out.push(if json == b"[DONE]" {
            Chunk::Done
        } else {
            document(json, std::mem::take(&mut self.cuts.blobs), true)
        });
        true
    }

    fn keep_page(&mut self, bytes: &[u8]) {
        let room = MAX_PAGE.saturating_sub(self.buffer.len());
        self.buffer
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn consume(&mut self, bytes: usize) {
        self.start += bytes;
        self.at = self.start;
    }
}

/// A JSON document that stood outside an event stream.
fn document(json: Vec<u8>, blobs: Vec<Cut>, finished: bool) -> Chunk {
    Chunk::Payload(Payload {
        event: None,
        json,
        blobs,
        framed: false,
        finished,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_never_ends_ends_at_the_cap_of_an_answer() {
        let mut framing = Framing {
            total: MAX_ANSWER - 9,
            ..Framing::new()
        };
        assert_eq!(framing.push(b": alive\n\n"), Ok(Vec::new()));
        assert_eq!(framing.push(b":"), Err(TooLong));
    }

    #[test]
    fn a_line_over_the_cap_ends_the_reading() {
        let mut framing = Framing {
            cap: 64,
            ..Framing::new()
        };
        assert_eq!(framing.push(&[b'd'; 60]), Ok(Vec::new()));
        assert_eq!(framing.push(b"ata: x"), Err(TooLong));
        let mut framing = Framing {
            cap: 64,
            ..Framing::new()
        };
        let line = [b"data: ".as_slice(), &[b'x'; 40], b"\n"].concat();
        assert_eq!(framing.push(&line), Ok(Vec::new()));
        assert_eq!(framing.push(&line), Err(TooLong));
        // Also one whose base64 is cut out and not kept in it.
        let mut framing = Framing {
            cap: 4096,
            ..Framing::new()
        };
        assert_eq!(framing.push(b"data: \""), Ok(Vec::new()));
        assert_eq!(framing.push(&[b'A'; 3000]), Ok(Vec::new()));
        assert_eq!(framing.push(&[b'A'; 3000]), Err(TooLong));
    }
}
