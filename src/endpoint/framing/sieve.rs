//! Cuts long base64 out of the bytes of an answer before anything else reads them, and decodes it as it arrives.
//!
//! A 4K picture is over 40 MB of base64 in one line. Behind the sieve that line is a few hundred bytes, with a mark where the
//! picture stood: so JSON, text and screen never see it, and each of its bytes is looked at once. The sieve knows neither
//! events nor JSON. What it cuts is a multiple of four characters of the standard alphabet, so that a mark can always be
//! turned back into what stood there; rests, padding and other alphabets stay in the text.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memchr2;

/// Stands on both sides of a blob's number in the text: valid inside a JSON string, and in no base64, URL or clean text.
pub(in crate::endpoint) const MARK: u8 = 0x7F;
/// Shorter base64 stays in the text.
const LEAST: usize = 1024;
/// The largest blob, bytes (RELIABILITY N4: 64 MB a picture).
pub(in crate::endpoint) const MAX_BLOB: usize = 64 * 1024 * 1024;
/// The most bytes of all blobs of one answer.
const MAX_TOTAL: usize = 256 * 1024 * 1024;

/// Decoded base64 that was cut out; `None` when it was over the cap and was not kept.
pub type Blob = Option<Arc<Vec<u8>>>;

#[derive(Debug, Default)]
enum State {
    /// In text; base64 begins behind a comma (of a data URI) or a quote.
    #[default]
    Text,
    /// Behind that, with this much base64 at the end of the output. Shorter than [`LEAST`].
    Run(usize),
    /// In a blob.
    Blob(Growing),
}

/// A blob that is arriving.
#[derive(Debug, Default)]
struct Growing {
    bytes: Vec<u8>,
    /// The last 0..=3 characters, which make no whole group yet.
    rest: Vec<u8>,
    /// Over the cap: only counted on.
    lost: bool,
}

/// The state between two pieces of an answer.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    state: State,
    count: usize,
    total: usize,
}

impl Sieve {
    /// Appends `bytes` to `out`, and what was cut from them to `blobs`. May take back base64 that it wrote before at the end of
    /// `out`; gives the length up to which `out` is as it was.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>, blobs: &mut Vec<Blob>) -> usize {
        let mut kept = out.len();
        let mut rest = bytes;
        while !rest.is_empty() {
            if matches!(self.state, State::Text) {
                let length = memchr2(b',', b'"', rest).map_or(rest.len(), |n| n + 1);
                if matches!(rest[length - 1], b',' | b'"') {
                    self.state = State::Run(0);
                }
                out.extend_from_slice(&rest[..length]);
                rest = &rest[length..];
                continue;
            }
            let length = rest.iter().position(|b| !is_standard(*b));
            let (run, behind) = rest.split_at(length.unwrap_or(rest.len()));
            rest = behind;
            match &mut self.state {
                State::Blob(blob) => blob.feed(run, MAX_TOTAL - self.total),
                State::Run(so_far) => {
                    out.extend_from_slice(run);
                    *so_far += run.len();
                    if *so_far >= LEAST {
                        let cut = out.split_off(out.len() - *so_far);
                        kept = kept.min(out.len());
                        let mut blob = Growing::default();
                        blob.feed(&cut, MAX_TOTAL - self.total);
                        self.state = State::Blob(blob);
                    }
                }
                State::Text => {}
            }
            if length.is_some() {
                self.end(out, blobs);
            }
        }
        kept
    }

    /// Ends the open run: writes the mark of a blob and the characters that it left over.
    pub(super) fn end(&mut self, out: &mut Vec<u8>, blobs: &mut Vec<Blob>) {
        if let State::Blob(blob) = std::mem::take(&mut self.state) {
            out.push(MARK);
            out.extend_from_slice(self.count.to_string().as_bytes());
            out.push(MARK);
            out.extend_from_slice(&blob.rest);
            self.count += 1;
            self.total += blob.bytes.len();
            blobs.push((!blob.lost).then(|| Arc::new(blob.bytes)));
        }
    }
}

impl Growing {
    fn feed(&mut self, mut run: &[u8], room: usize) {
        if !self.rest.is_empty() {
            let missing = (4 - self.rest.len()).min(run.len());
            self.rest.extend_from_slice(&run[..missing]);
            run = &run[missing..];
            if self.rest.len() < 4 {
                return;
            }
            let group = std::mem::take(&mut self.rest);
            self.decode(&group, room);
        }
        let (groups, rest) = run.split_at(run.len() / 4 * 4);
        self.decode(groups, room);
        self.rest.extend_from_slice(rest);
    }

    /// Groups of four characters of the alphabet always decode.
    fn decode(&mut self, groups: &[u8], room: usize) {
        self.lost |= self.bytes.len() + groups.len() / 4 * 3 > MAX_BLOB.min(room)
            || STANDARD.decode_vec(groups, &mut self.bytes).is_err();
        if self.lost {
            self.bytes = Vec::new();
        }
    }
}

const fn is_standard(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/')
}
