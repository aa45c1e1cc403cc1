//! From a file's bytes to pixels, within limits that are read off the header first. It trusts no file.

use std::cell::Cell;
use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::{PictureError, Pixels, container, jpeg, sniff};
use crate::domain::{FileFormat, PixelSize};

/// How much a picture may ask of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// px, width and height each.
    pub side: u32,
    /// bytes of decoded pixels.
    pub bytes: u64,
}

impl Default for Limits {
    /// 8192 px and 320 MB: one and a half times the side of the largest picture that the endpoint makes (5504x3072),
    /// while a 20000x20000 bomb of 389 KB is refused in microseconds.
    fn default() -> Self {
        Self {
            side: 8192,
            bytes: 320_000_000,
        }
    }
}

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread, now, would be a decoder's and be caught: the panic hook, which gives the terminal
/// back, asks this and keeps still.
pub fn panic_is_caught() -> bool {
    CAUGHT.get() || jpeg::is_worker()
}

/// The size in px that [`decode()`] would give, read from the header alone and after the EXIF orientation.
///
/// # Errors
/// All of [`PictureError`]; `TooLarge` beyond `limits`.
pub fn measure(bytes: &[u8], limits: Limits) -> Result<PixelSize, PictureError> {
    measure_in(Cursor::new(bytes), limits)
}

/// As [`measure`], for a file that is read from its beginning, where `reader` stands. A JPEG is read into memory.
///
/// # Errors
/// As [`measure`]; an error of the reader is `Damaged`.
pub fn measure_in(reader: impl BufRead + Seek, limits: Limits) -> Result<PixelSize, PictureError> {
    guarded(|| {
        let mut decoder = open(reader, limits)?;
        let (width, height) = decoder.dimensions();
        Ok(if turns(orientation_of(&mut decoder)) {
            PixelSize::new(height, width)
        } else {
            PixelSize::new(width, height)
        })
    })
}

/// The pixels of a picture, its EXIF orientation applied; of an animation, its first frame.
///
/// It takes 40-130 ms for 5504x3072, so it never runs on an event loop. Half a JPEG decodes without an error: see
/// [`is_whole`](super::is_whole).
///
/// # Errors
/// All of [`PictureError`]; a panic inside a decoder is `Damaged`.
pub fn decode(bytes: &[u8], limits: Limits) -> Result<Pixels, PictureError> {
    guarded(|| pixels(open(Cursor::new(bytes), limits)?, bytes, limits))
}

/// As [`decode`], with the colour profile (ICC) that the pixels are in. One that is not for RGB does not belong to
/// them: they were turned into RGB.
pub(super) fn decode_with_profile(
    bytes: &[u8],
    limits: Limits,
) -> Result<(Pixels, Option<Vec<u8>>), PictureError> {
    guarded(|| {
        let mut decoder = open(Cursor::new(bytes), limits)?;
        let profile = decoder.icc_profile().ok().flatten();
        // The header's field "data colour space" (ICC.1, 7.2.6).
        let profile = profile.filter(|p| p.get(16..20) == Some(b"RGB ".as_slice()));
        Ok((pixels(decoder, bytes, limits)?, profile))
    })
}

/// The px of the picture in `bytes`, which `decoder` was opened on.
fn pixels(
    mut decoder: impl ImageDecoder,
    bytes: &[u8],
    limits: Limits,
) -> Result<Pixels, PictureError> {
    let orientation = orientation_of(&mut decoder);
    if bytes.starts_with(&container::SOI)
        && let Some(header) = jpeg::Header::read(bytes)
        && header.is_garbled_elsewhere()
        && let Ok(picture) = jpeg::decode(bytes, &header, 1, limits, &AtomicBool::new(false))
    {
        return upright(picture, orientation);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| PictureError::Damaged)?;
    upright(picture, orientation)
}

/// Turned as the EXIF orientation says, 4 bytes a px.
pub(super) fn upright(
    mut picture: DynamicImage,
    orientation: Orientation,
) -> Result<Pixels, PictureError> {
    picture.apply_orientation(orientation);
    let alpha = picture.color().has_alpha();
    let rgba = picture.into_rgba8();
    let size = PixelSize::new(rgba.width(), rgba.height());
    Pixels::build(size, rgba.into_raw(), alpha).ok_or(PictureError::Damaged)
}

/// The EXIF orientation, 1 to 8; 1 also where there is none or it cannot be read.
pub(super) fn orientation(bytes: &[u8]) -> u8 {
    guarded(|| {
        let mut decoder = open(Cursor::new(bytes), Limits::default())?;
        Ok(orientation_of(&mut decoder).to_exif())
    })
    .unwrap_or(1)
}

/// What the first bytes declare; `reader` stands where it stood.
pub(super) fn format_of(reader: &mut (impl BufRead + Seek)) -> Result<FileFormat, PictureError> {
    let start = reader
        .stream_position()
        .map_err(|_| PictureError::Damaged)?;
    let mut head = Vec::with_capacity(16);
    let read = reader.by_ref().take(16).read_to_end(&mut head);
    let back = reader.seek(SeekFrom::Start(start));
    read.and(back).map_err(|_| PictureError::Damaged)?;
    sniff(&head).ok_or(PictureError::NotAPicture)
}

/// A decoder that has read the header and found it within `limits`.
pub(super) fn open<'r>(
    mut reader: impl BufRead + Seek + 'r,
    limits: Limits,
) -> Result<impl ImageDecoder + 'r, PictureError> {
    let format = format_of(&mut reader)?;
    let known = match format {
        FileFormat::Jpeg => ImageFormat::Jpeg,
        FileFormat::Png => ImageFormat::Png,
        FileFormat::Webp => ImageFormat::WebP,
        FileFormat::Gif => ImageFormat::Gif,
        FileFormat::Avif | FileFormat::Heic => return Err(PictureError::Unsupported(format)),
    };
    let mut reader = ImageReader::with_format(reader, known);
    let mut allowed = image::Limits::no_limits();
    allowed.max_alloc = Some(limits.bytes);
    reader.limits(allowed);
    let decoder = reader.into_decoder().map_err(|error| match error {
        ImageError::Unsupported(_) => PictureError::Unsupported(format),
        _ => PictureError::Damaged,
    })?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged);
    }
    let rgba = u64::from(width) * u64::from(height) * 4;
    if width.max(height) > limits.side || rgba.max(decoder.total_bytes()) > limits.bytes {
        let size = PixelSize::new(width, height);
        return Err(PictureError::TooLarge { size });
    }
    Ok(decoder)
}

pub(super) fn orientation_of(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

/// Whether it exchanges width and height.
pub(super) fn turns(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Runs a codec; its panic becomes `Damaged`.
pub(super) fn guarded<T>(
    work: impl FnOnce() -> Result<T, PictureError>,
) -> Result<T, PictureError> {
    let outer = CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(outer);
    done.unwrap_or(Err(PictureError::Damaged))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_decoder_is_a_damaged_picture() {
        let got = guarded::<()>(|| {
            assert!(panic_is_caught());
            panic!("as a decoder might");
        });
        assert_eq!(got, Err(PictureError::Damaged));
        assert!(!panic_is_caught());
    }
}
