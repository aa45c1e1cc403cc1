//! The base64 that was cut out of the text, found again by its marks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode;

use super::Image;
use super::inline::{LENIENT, MAX_URL, NotAnImage};
use crate::endpoint::framing::{Cut, MARK, Shelf, mark_at};
use crate::endpoint::spool::{Blob, Depot, Growing, Lost, MAX_BLOB};

/// Numbers from here on are of blobs that the text joined; those below are of the stream.
const JOINED: usize = 1_000_000_000;
/// Characters that are mapped at a time.
const STEP: usize = 32 * 1024;

/// All blobs of an answer, by number.
#[derive(Debug, Default)]
pub(super) struct Blobs {
    depot: Depot,
    /// As the stream brought them; nothing where the text went on with one.
    cut: Vec<Option<Cut>>,
    joined: Vec<Cut>,
}

impl Shelf for Blobs {
    fn put(&mut self, cut: Cut) -> usize {
        self.joined.push(cut);
        JOINED + self.joined.len() - 1
    }

    fn take(&mut self, number: usize) -> Option<Cut> {
        self.cut.get_mut(number)?.take()
    }

    fn is_json(&self) -> bool {
        false
    }
}

impl Blobs {
    pub(super) fn new(depot: Depot) -> Self {
        Self {
            depot,
            ..Self::default()
        }
    }

    pub(super) fn depot(&self) -> &Depot {
        &self.depot
    }

    pub(super) fn extend(&mut self, more: Vec<Cut>) {
        self.cut.extend(more.into_iter().map(Some));
    }

    /// The picture that `base64` encodes, whose long runs may be marks: without padding, with white space, in either alphabet,
    /// percent-encoded.
    /// One mark alone is the rule; everything else is read anew.
    pub(super) fn decode(&self, base64: &str) -> Result<Image, NotAnImage> {
        let bytes = base64.as_bytes();
        if let Some((number, length)) = mark_at(bytes)
            && length == bytes.len()
        {
            return Ok(Image::Inline(self.get(number)?.clone()));
        }
        let mut growing = Growing::new(&self.depot);
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = memchr::memchr(MARK, rest).unwrap_or(rest.len());
            leniently(&rest[..length], &mut growing)?;
            rest = &rest[length..];
            if rest.is_empty() {
                break;
            }
            let (number, length) = mark_at(rest).ok_or(NotAnImage::Damaged)?;
            if !growing.is_open() {
                return Err(NotAnImage::Damaged);
            }
            growing.take(self.get(number)?, MAX_BLOB);
            rest = &rest[length..];
        }
        ended(growing)
    }

    /// The URL with base64 in place of its marks.
    pub(super) fn written_out(&self, text: &str) -> Result<String, NotAnImage> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(length) = memchr::memchr(MARK, rest.as_bytes()) {
            out.push_str(&rest[..length]);
            let (number, width) = mark_at(&rest.as_bytes()[length..]).ok_or(NotAnImage::Other)?;
            let blob = self.get(number)?;
            if blob.len() > MAX_URL as u64 {
                return Err(NotAnImage::Other);
            }
            let bytes = blob.to_vec().map_err(|_| NotAnImage::Other)?;
            STANDARD.encode_string(bytes, &mut out);
            rest = &rest[length + width..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn get(&self, number: usize) -> Result<&Blob, NotAnImage> {
        let cut = match number.checked_sub(JOINED) {
            Some(number) => self.joined.get(number),
            None => self.cut.get(number).and_then(Option::as_ref),
        };
        cut.ok_or(NotAnImage::Damaged)?
            .as_ref()
            .map_err(|why| NotAnImage::Lost(*why))
    }
}

/// Feeds base64 of either alphabet, white space in it or not, percent-encoded or not.
fn leniently(text: &[u8], growing: &mut Growing) -> Result<(), NotAnImage> {
    let decoded: Vec<u8>;
    let text = if memchr::memchr(b'%', text).is_some() {
        decoded = percent_decode(text).collect();
        &decoded
    } else {
        text
    };
    let mut plain = Vec::with_capacity(text.len().min(STEP));
    for piece in text.chunks(STEP) {
        plain.clear();
        let piece = piece.iter().filter(|b| !b.is_ascii_whitespace());
        plain.extend(piece.map(|b| match b {
            b'-' => b'+',
            b'_' => b'/',
            b => *b,
        }));
        let mut rest = plain.as_slice();
        rest = &rest[growing.feed(rest, MAX_BLOB)..];
        while rest.first() == Some(&b'=') && growing.pad(MAX_BLOB) {
            rest = &rest[1..];
        }
        // Padding that is more than enough says nothing.
        if rest.iter().any(|b| *b != b'=') || (!rest.is_empty() && growing.is_open()) {
            return Err(NotAnImage::Damaged);
        }
    }
    Ok(())
}

/// The picture, with what a missing padding or stray bits left over.
fn ended(mut growing: Growing) -> Result<Image, NotAnImage> {
    let rest = LENIENT.decode(growing.rest());
    growing.keep(&rest.map_err(|_| NotAnImage::Damaged)?, MAX_BLOB);
    let blob = growing.finish().0.map_err(NotAnImage::Lost)?;
    if blob.is_empty() {
        return Err(NotAnImage::Damaged);
    }
    Ok(Image::Inline(blob))
}

impl From<Lost> for NotAnImage {
    fn from(why: Lost) -> Self {
        Self::Lost(why)
    }
}
