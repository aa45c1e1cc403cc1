//! The base64 that framing cut out of the text, found again by its marks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Image;
use super::inline::{LENIENT, NotAnImage};
use crate::endpoint::framing::{Blob, MARK};

/// All blobs of an answer, by number.
#[derive(Debug, Default)]
pub(super) struct Blobs(Vec<Blob>);

impl Blobs {
    pub(super) fn extend(&mut self, more: Vec<Blob>) {
        self.0.extend(more);
    }

    /// The picture that `base64` encodes, whose long runs may be marks. One mark with a few characters behind it is the
    /// rule; only base64 that came in several pieces has to be written out and read anew.
    pub(super) fn decode(&self, base64: &str) -> Result<Image, NotAnImage> {
        let Some((before, number, behind)) = first_mark(base64) else {
            return super::inline::decode(base64);
        };
        if before.is_empty() && first_mark(behind).is_none() {
            let blob = self.get(number)?;
            if behind.is_empty() {
                return Ok(Image::Inline(blob.clone()));
            }
            if let Ok(rest) = LENIENT.decode(behind) {
                return Ok(Image::Inline([blob.as_slice(), &rest].concat().into()));
            }
        }
        super::inline::decode(&self.written_out(base64)?)
    }

    /// The text with base64 in place of its marks.
    pub(super) fn written_out(&self, text: &str) -> Result<String, NotAnImage> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, number, behind)) = first_mark(rest) {
            out.push_str(before);
            STANDARD.encode_string(self.get(number)?.as_slice(), &mut out);
            rest = behind;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn get(&self, number: usize) -> Result<&std::sync::Arc<Vec<u8>>, NotAnImage> {
        let blob = self.0.get(number).ok_or(NotAnImage::Damaged)?;
        blob.as_ref().ok_or(NotAnImage::TooLarge)
    }
}

/// The text before the first mark, its number, and the text behind it.
fn first_mark(text: &str) -> Option<(&str, usize, &str)> {
    let (before, rest) = text.split_once(char::from(MARK))?;
    let (number, behind) = rest.split_once(char::from(MARK))?;
    Some((before, number.parse().ok()?, behind))
}
