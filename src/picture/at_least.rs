//! Decoding no more px than are wanted: large pictures are made smaller while they are decoded, which takes less time and a
//! tenth of the memory.

use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder};

use super::decode::{self, guarded, open, orientation_of};
use super::reduce::Reducer;
use super::watch::Watched;
use super::{Limits, PictureError, Pixels, jpeg};
use crate::domain::{FileFormat, PixelSize};

/// A way to make a picture smaller: the divisor, and how many times the wanted size must be left at least, so that the
/// Lanczos filter behind it still has something to work on. With these, the worst of eleven pictures keeps 45 dB to the
/// fit of the whole picture, the median 50.
type Way = (u32, f64);
/// Scaled inverse transforms of JPEG. An eighth takes the same time as a quarter, since most of it is spent on the Huffman codes.
const SCALED: [Way; 2] = [(4, 1.75), (2, 1.4)];
/// Means of squares.
const SQUARES: [Way; 2] = [(4, 2.25), (2, 2.0)];
/// px of the wanted size by which a picture that the divisor does not divide may be out of place at its far edge.
const OUT_OF_PLACE: f64 = 0.1;

/// The px of a picture that is read from its beginning, where `reader` stands: at least `least` px in both directions, or
/// all that it has. Upright, and the first frame of an animation, as [`decode`](super::decode()) gives it.
///
/// [`fit`](super::fit) makes `least` of it. Once `given_up` is true, the work ends within some rows of a PNG, some blocks
/// of a JPEG; only the whole decode of a JPEG goes on to its end. It takes 35-130 ms for 5504x3072, so it never runs on an
/// event loop.
///
/// # Errors
/// All of [`PictureError`]; an error of the reader, or a panic inside a decoder, is `Damaged`.
pub fn decode_at_least(
    reader: impl BufRead + Seek,
    least: PixelSize,
    limits: Limits,
    given_up: &AtomicBool,
) -> Result<Pixels, PictureError> {
    let mut reader = Watched::new(reader, given_up);
    let done = guarded(|| match decode::format_of(&mut reader)? {
        FileFormat::Jpeg => {
            let mut bytes = Vec::new();
            let read = reader.read_to_end(&mut bytes);
            read.map_err(|_| PictureError::Damaged)?;
            of_jpeg(&bytes, least, limits, given_up)
        }
        FileFormat::Png => of_png(reader, least, limits),
        _ => of_any(open(reader, limits)?, least),
    });
    if given_up.load(Ordering::Relaxed) {
        return Err(PictureError::GivenUp);
    }
    done
}

fn of_jpeg(
    bytes: &[u8],
    least: PixelSize,
    limits: Limits,
    given_up: &AtomicBool,
) -> Result<Pixels, PictureError> {
    let mut decoder = open(Cursor::new(bytes), limits)?;
    let orientation = orientation_of(&mut decoder);
    let divisor = divisor(size_of(&decoder), as_stored(least, orientation), &SCALED);
    if let Some(header) = jpeg::Header::read(bytes)
        && (divisor > 1 && header.is_usual() || header.is_garbled_elsewhere())
    {
        match jpeg::decode(bytes, &header, divisor as u16, limits, given_up) {
            Ok(picture) => return decode::upright(picture, orientation),
            Err(error) if given_up.load(Ordering::Relaxed) => return Err(error),
            // Half a picture, perhaps, of which the other decoder gives what is there.
            Err(_) => {}
        }
    }
    of_any(decoder, least)
}

/// A PNG is made smaller row by row, unless its rows come in another order or are of 16 bits.
fn of_png(
    mut reader: impl BufRead + Seek,
    least: PixelSize,
    limits: Limits,
) -> Result<Pixels, PictureError> {
    let damaged = |_| PictureError::Damaged;
    let start = reader.stream_position().map_err(damaged)?;
    let mut decoder = open(&mut reader, limits)?;
    let orientation = orientation_of(&mut decoder);
    let size = size_of(&decoder);
    let color = decoder.color_type();
    let channels = usize::from(color.channel_count());
    let divisor = divisor(size, as_stored(least, orientation), &SQUARES);
    if divisor == 1 || usize::from(color.bytes_per_pixel()) != channels {
        return of_any(decoder, least);
    }
    drop(decoder);
    reader.seek(SeekFrom::Start(start)).map_err(damaged)?;
    let bytes = usize::try_from(limits.bytes).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(&mut reader, png::Limits { bytes });
    decoder.set_transformations(png::Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let mut rows = decoder.read_info().map_err(|_| PictureError::Damaged)?;
    if rows.info().interlaced
        || rows.output_line_size(size.width) != Some(channels * size.width as usize)
    {
        drop(rows);
        reader.seek(SeekFrom::Start(start)).map_err(damaged)?;
        return of_any(open(reader, limits)?, least);
    }
    let mut reducer = Reducer::new(size, channels, divisor as usize);
    for _ in 0..size.height {
        match rows.read_row(reducer.row()) {
            Ok(Some(_)) => reducer.taken(),
            Ok(None) | Err(_) => return Err(PictureError::Damaged),
        }
    }
    reduced(reducer, orientation)
}

/// Decodes all of it; a large one is made smaller before it takes 4 bytes a px.
fn of_any(mut decoder: impl ImageDecoder, least: PixelSize) -> Result<Pixels, PictureError> {
    let orientation = orientation_of(&mut decoder);
    let size = size_of(&decoder);
    let color = decoder.color_type();
    let channels = usize::from(color.channel_count());
    let divisor = divisor(size, as_stored(least, orientation), &SQUARES);
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| PictureError::Damaged)?;
    if divisor == 1 || usize::from(color.bytes_per_pixel()) != channels {
        return decode::upright(picture, orientation);
    }
    let mut reducer = Reducer::new(size, channels, divisor as usize);
    for row in picture
        .as_bytes()
        .chunks_exact(size.width as usize * channels)
    {
        reducer.row().copy_from_slice(row);
        reducer.taken();
    }
    reduced(reducer, orientation)
}

fn reduced(reducer: Reducer, orientation: Orientation) -> Result<Pixels, PictureError> {
    let (picture, opaque) = reducer.finish().ok_or(PictureError::Damaged)?;
    let mut picture = DynamicImage::ImageRgba8(picture);
    picture.apply_orientation(orientation);
    let size = PixelSize::new(picture.width(), picture.height());
    Pixels::build(size, picture.into_rgba8().into_raw(), !opaque).ok_or(PictureError::Damaged)
}

fn size_of(decoder: &impl ImageDecoder) -> PixelSize {
    let (width, height) = decoder.dimensions();
    PixelSize::new(width, height)
}

/// `size` of the upright picture, before it is turned.
fn as_stored(size: PixelSize, orientation: Orientation) -> PixelSize {
    if decode::turns(orientation) {
        PixelSize::new(size.height, size.width)
    } else {
        size
    }
}

/// The largest divisor among `ways` that leaves enough of a picture of `own` px for `least`; 1 where none does.
fn divisor(own: PixelSize, least: PixelSize, ways: &[Way]) -> u32 {
    let leaves_enough = |own: u32, least: u32, (by, times): Way| {
        let (own, least, by) = (f64::from(own), f64::from(least.max(1)), f64::from(by));
        let left_over = (own / by).ceil() * by - own;
        own >= least * times * by && left_over * least <= OUT_OF_PLACE * own
    };
    ways.iter()
        .find(|way| {
            leaves_enough(own.width, least.width, **way)
                && leaves_enough(own.height, least.height, **way)
        })
        .map_or(1, |(by, _)| *by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_divisor_leaves_enough_to_filter_and_shifts_nothing() {
        let large = PixelSize::new(5504, 3072);
        for (width, height, by) in [
            (1000, 558, 2),
            (786, 438, 4),
            (330, 184, 4),
            (275, 153, 4),
            (1965, 1097, 2),
            (1966, 1097, 1),
            (5504, 3072, 1),
            (0, 0, 4),
            // The narrower direction decides.
            (100, 1500, 1),
        ] {
            assert_eq!(divisor(large, PixelSize::new(width, height), &SCALED), by);
        }
        // 1 px of 4001 is left over: a quarter px of 1000, a twelfth of 330.
        let odd = PixelSize::new(4001, 4000);
        assert_eq!(divisor(odd, PixelSize::new(1000, 1000), &SQUARES), 1);
        assert_eq!(divisor(odd, PixelSize::new(330, 330), &SQUARES), 2);
    }
}
