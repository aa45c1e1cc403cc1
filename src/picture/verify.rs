//! Whether a picture can be opened: decodes all of it and keeps no pixel. It trusts no file.

use std::io::{BufRead, Seek};

use image::ImageDecoder;

use super::decode::{format_of, guarded, open};
use super::{Limits, PictureError};
use crate::domain::FileFormat;

/// Larger ones are not decoded for this alone, bytes of pixels: twice the largest picture that the endpoint makes.
const MOST: u64 = 128 * 1024 * 1024;

/// Decodes a picture that is read from its beginning, where `reader` stands: a PNG row by row in little memory, the others
/// at once in that of the file and its pixels, so that a caller does well to take those one after the other. Of one whose
/// pixels are over 128 MB, a PNG excepted, only the header is read.
///
/// It takes 40-130 ms for 5504x3072, so it never runs on an event loop. That all of the file came is for
/// [`is_whole`](super::is_whole) to say.
///
/// # Errors
/// All of [`PictureError`]; an error of the reader, or a panic inside a decoder, is `Damaged`.
pub fn verify(mut reader: impl BufRead + Seek, limits: Limits) -> Result<(), PictureError> {
    guarded(|| {
        let format = format_of(&mut reader)?;
        let decoder = open(&mut reader, limits)?;
        if format == FileFormat::Png {
            drop(decoder);
            reader.rewind().map_err(|_| PictureError::Damaged)?;
            return rows(reader, limits).map_err(|_| PictureError::Damaged);
        }
        let bytes = decoder.total_bytes();
        if bytes > MOST {
            return Ok(());
        }
        let mut pixels = vec![0; usize::try_from(bytes).unwrap_or_default()];
        let read = decoder.read_image(&mut pixels);
        read.map_err(|_| PictureError::Damaged)
    })
}

/// Every row of a PNG; of an animation, those of its first frame.
fn rows(reader: impl BufRead + Seek, limits: Limits) -> Result<(), png::DecodingError> {
    let bytes = usize::try_from(limits.bytes).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(reader, png::Limits { bytes });
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info()?;
    while reader.next_row()?.is_some() {}
    Ok(())
}
