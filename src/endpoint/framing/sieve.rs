//! Cuts long base64 out of the bytes of an answer before anything else reads them, and decodes it as it arrives.
//!
//! A 4K picture is over 40 MB of base64 in one line. Behind the sieve that line is a few hundred bytes, with a mark where the
//! picture stood: so JSON, text and screen never see it, and each of its bytes is looked at once. The sieve knows neither
//! events nor JSON. What it cuts is whole groups of four characters of the standard alphabet, the last one padded or not, so
//! that a mark can always be turned back into what stood there once JSON's escapes are undone; rests and other alphabets stay
//! in the text.
//!
//! It is used twice: on the bytes of the stream, and on the text that JSON gave out (see `reply::voice`), where pieces of one
//! picture that came in many deltas meet again.

use memchr::memchr2;

use crate::endpoint::spool::{Blob, Depot, Growing, Lost, is_standard};

/// Stands on both sides of a blob's number in the text: valid inside a JSON string, and in no base64, URL or clean text.
pub(in crate::endpoint) const MARK: u8 = 0x7F;
/// Shorter base64 stays in the text.
const LEAST: usize = 1024;
/// The most bytes of all blobs of one answer.
const MAX_TOTAL: u64 = 256 * 1024 * 1024;

/// Decoded base64 that was cut out, or why it was not kept.
pub type Cut = Result<Blob, Lost>;

/// Where cut blobs are put, and looked up.
pub(in crate::endpoint) trait Shelf {
    /// Puts a blob there and gives the number for its mark.
    fn put(&mut self, cut: Cut) -> usize;

    /// Takes away the blob of a mark that was met in the text, to go on with it. Nothing where marks are not known.
    fn take(&mut self, number: usize) -> Option<Cut>;

    /// Whether the text is JSON still, in which some encoders escape characters of base64.
    fn is_json(&self) -> bool;
}

/// What begins with a backslash.
enum Escape {
    /// A character that base64 may hold, and the length of its escape.
    Of(u8, usize),
    /// The text ends inside of one, perhaps.
    Open,
    Other,
}

#[derive(Debug, Default)]
enum State {
    /// In text; base64 begins behind a comma (of a data URI) or a quote.
    #[default]
    Text,
    /// Behind that, with this much base64 at the end of the output. Shorter than [`LEAST`].
    Run(usize),
    /// In a blob.
    Blob(Box<Growing>),
}

/// The state between two pieces of an answer.
#[derive(Debug, Default)]
pub(in crate::endpoint) struct Sieve {
    state: State,
    depot: Depot,
    total: u64,
    /// The beginning of an escape, which the next piece may complete.
    held: Vec<u8>,
}

impl Sieve {
    pub(in crate::endpoint) fn new(depot: Depot) -> Self {
        Self {
            depot,
            ..Self::default()
        }
    }

    /// Where its blobs go.
    pub(in crate::endpoint) fn depot(&self) -> &Depot {
        &self.depot
    }

    /// Appends `bytes` to `out`, and puts what was cut from them on the shelf. May take back base64 that it wrote before at the
    /// end of `out`; gives the length up to which `out` is as it was.
    pub(in crate::endpoint) fn push(
        &mut self,
        bytes: &[u8],
        out: &mut Vec<u8>,
        shelf: &mut impl Shelf,
    ) -> usize {
        let mut kept = out.len();
        let joined: Vec<u8>;
        let mut rest = bytes;
        if !self.held.is_empty() {
            joined = [std::mem::take(&mut self.held).as_slice(), bytes].concat();
            rest = &joined;
        }
        while !rest.is_empty() {
            let room = self.room();
            match &mut self.state {
                State::Text => {
                    let length = memchr2(b',', b'"', rest).map_or(rest.len(), |n| n + 1);
                    if matches!(rest[length - 1], b',' | b'"') {
                        self.state = State::Run(0);
                    }
                    out.extend_from_slice(&rest[..length]);
                    rest = &rest[length..];
                    continue;
                }
                State::Run(so_far) => {
                    let missing = rest.iter().take(LEAST - *so_far);
                    let length = missing.take_while(|b| is_standard(**b)).count();
                    out.extend_from_slice(&rest[..length]);
                    *so_far += length;
                    rest = &rest[length..];
                    if *so_far == LEAST {
                        kept = kept.min(self.cut(out));
                        continue;
                    }
                }
                State::Blob(blob) => {
                    rest = &rest[blob.feed(rest, room)..];
                    while rest.first() == Some(&b'=') && blob.pad(room) {
                        rest = &rest[1..];
                    }
                }
            }
            if rest.is_empty() {
                break;
            }
            // What is no base64 ends the run, unless it stands for some.
            if rest[0] == b'\\' && shelf.is_json() {
                match escape(rest) {
                    Escape::Of(byte, length) if self.unescaped(byte, &rest[..length], out) => {
                        kept = kept.min(out.len());
                        rest = &rest[length..];
                        continue;
                    }
                    Escape::Open => {
                        self.held = rest.to_vec();
                        break;
                    }
                    _ => {}
                }
            }
            match self.joined(rest, shelf) {
                Some((cut, length)) => {
                    kept = kept.min(self.join(cut, out));
                    rest = &rest[length..];
                }
                None => self.end(out, shelf),
            }
        }
        kept
    }

    /// Ends the open run: writes the mark of a blob and the characters that it left over.
    pub(in crate::endpoint) fn end(&mut self, out: &mut Vec<u8>, shelf: &mut impl Shelf) {
        if let State::Blob(blob) = std::mem::take(&mut self.state) {
            let (cut, left) = blob.finish();
            self.total += cut.as_ref().map_or(0, Blob::len);
            out.push(MARK);
            out.extend_from_slice(shelf.put(cut).to_string().as_bytes());
            out.push(MARK);
            out.extend_from_slice(&left);
        }
        out.append(&mut self.held);
    }

    /// What the answer may still bring, bytes.
    fn room(&self) -> u64 {
        MAX_TOTAL.saturating_sub(self.total)
    }

    /// How much base64 at the end of the output may still be cut.
    pub(in crate::endpoint) fn open(&self) -> usize {
        match self.state {
            State::Run(so_far) => so_far,
            State::Text | State::Blob(_) => 0,
        }
    }

    /// Whether the next bytes may belong to a blob.
    pub(in crate::endpoint) fn is_cutting(&self) -> bool {
        matches!(self.state, State::Blob(_))
    }

    /// Takes a character that came escaped as `raw`; `false` where it ends the run.
    fn unescaped(&mut self, byte: u8, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let room = self.room();
        match &mut self.state {
            State::Run(so_far) if byte != b'=' => {
                out.extend_from_slice(raw);
                *so_far += raw.len();
                if *so_far >= LEAST {
                    self.cut(out);
                }
                true
            }
            State::Blob(blob) if byte == b'=' => blob.pad(room),
            State::Blob(blob) => blob.feed(&[byte], room) == 1,
            State::Run(_) | State::Text => false,
        }
    }

    /// Turns the run at the end of `out` into a blob; gives what is left of `out`.
    fn cut(&mut self, out: &mut Vec<u8>) -> usize {
        let cut = out.split_off(out.len() - self.open());
        let mut blob = Growing::new(&self.depot);
        let mut rest = cut.as_slice();
        loop {
            rest = &rest[blob.feed(rest, self.room())..];
            let Escape::Of(byte, length) = escape(rest) else {
                break;
            };
            blob.feed(&[byte], self.room());
            rest = &rest[length..];
        }
        self.state = State::Blob(Box::new(blob));
        out.len()
    }

    /// The blob whose mark is at the start of `text`, if the open run can go on with it; and the mark's length.
    fn joined(&self, text: &[u8], shelf: &mut impl Shelf) -> Option<(Cut, usize)> {
        if matches!(&self.state, State::Blob(blob) if !blob.is_open()) {
            return None;
        }
        let (number, length) = mark_at(text)?;
        Some((shelf.take(number)?, length))
    }

    /// Goes on with a blob that was cut before.
    fn join(&mut self, cut: Cut, out: &mut Vec<u8>) -> usize {
        let room = self.room();
        let mut kept = out.len();
        if matches!(self.state, State::Run(1..)) {
            kept = self.cut(out);
        }
        match (&mut self.state, cut) {
            (State::Blob(blob), Ok(more)) => blob.take(&more, room),
            (State::Blob(blob), Err(why)) => blob.lose(why),
            (_, Ok(first)) => {
                self.state = State::Blob(Box::new(Growing::resume(&self.depot, first, room)));
            }
            (_, Err(why)) => self.state = State::Blob(Box::new(Growing::lost(&self.depot, why))),
        }
        kept
    }
}

/// Some encoders escape the slash, others whatever could end a script.
fn escape(text: &[u8]) -> Escape {
    const FORMS: [(&[u8], u8); 7] = [
        (br"\/", b'/'),
        (br"\u002f", b'/'),
        (br"\u002F", b'/'),
        (br"\u002b", b'+'),
        (br"\u002B", b'+'),
        (br"\u003d", b'='),
        (br"\u003D", b'='),
    ];
    if let Some((form, byte)) = FORMS.iter().find(|(form, _)| text.starts_with(form)) {
        return Escape::Of(*byte, form.len());
    }
    if FORMS.iter().any(|(form, _)| form.starts_with(text)) {
        Escape::Open
    } else {
        Escape::Other
    }
}

/// The number of the mark at the start of `text`, and the mark's length.
pub(in crate::endpoint) fn mark_at(text: &[u8]) -> Option<(usize, usize)> {
    let rest = text.strip_prefix(&[MARK])?;
    let end = memchr::memchr(MARK, &rest[..rest.len().min(20)])?;
    let number = std::str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
    Some((number, end + 2))
}
