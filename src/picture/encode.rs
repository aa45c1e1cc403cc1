//! From pixels to a file's bytes, in the formats that the endpoint's document names.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageResult, RgbImage};

use super::{PictureError, Pixels};
use crate::domain::{OutputFormat, PixelSize};

/// Encodes a picture. `quality` (1..=100) is for jpeg alone: png and webp are written without loss.
///
/// A jpeg has no alpha: transparent pixels are laid over white. An opaque picture is stored without alpha.
///
/// # Errors
/// `TooLarge` where the format cannot hold the size (jpeg 65,535 px a side, webp 16,384 px).
pub fn encode(pixels: &Pixels, format: OutputFormat, quality: u8) -> Result<Vec<u8>, PictureError> {
    encode_with_profile(pixels, format, quality, None)
}

/// As [`encode()`], with the colour profile (ICC) that the pixels are in.
pub(super) fn encode_with_profile(
    pixels: &Pixels,
    format: OutputFormat,
    quality: u8,
    profile: Option<Vec<u8>>,
) -> Result<Vec<u8>, PictureError> {
    let size = pixels.size();
    if format == OutputFormat::Jpeg || pixels.is_opaque() {
        let rgb = pixels.over([u8::MAX; 3]);
        let color = ExtendedColorType::Rgb8;
        return write(rgb.as_raw(), size, color, format, quality, profile);
    }
    let color = ExtendedColorType::Rgba8;
    write(pixels.rgba(), size, color, format, quality, profile)
}

/// As [`encode()`], for a picture that was drawn here and never had an alpha.
///
/// # Errors
/// As [`encode()`].
pub fn encode_rgb(
    rgb: &RgbImage,
    format: OutputFormat,
    quality: u8,
) -> Result<Vec<u8>, PictureError> {
    let size = PixelSize::new(rgb.width(), rgb.height());
    let color = ExtendedColorType::Rgb8;
    write(rgb.as_raw(), size, color, format, quality, None)
}

fn write(
    data: &[u8],
    size: PixelSize,
    color: ExtendedColorType,
    format: OutputFormat,
    quality: u8,
    profile: Option<Vec<u8>>,
) -> Result<Vec<u8>, PictureError> {
    let mut out = Cursor::new(Vec::new());
    match format {
        OutputFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut out, quality.clamp(1, 100));
            write_to(encoder, data, size, color, profile)
        }
        OutputFormat::Png => write_to(PngEncoder::new(&mut out), data, size, color, profile),
        OutputFormat::Webp => {
            let encoder = WebPEncoder::new_lossless(&mut out);
            write_to(encoder, data, size, color, profile)
        }
    }
    .map_err(|_| PictureError::TooLarge { size })?;
    Ok(out.into_inner())
}

fn write_to(
    mut encoder: impl ImageEncoder,
    data: &[u8],
    size: PixelSize,
    color: ExtendedColorType,
    profile: Option<Vec<u8>>,
) -> ImageResult<()> {
    if let Some(profile) = profile {
        // All three formats hold one; a picture without it is still the picture.
        let _ = encoder.set_icc_profile(profile);
    }
    encoder.write_image(data, size.width, size.height, color)
}
