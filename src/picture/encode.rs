//! From pixels to a file's bytes, in the formats that the endpoint's document names.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage};

use super::{PictureError, Pixels};
use crate::domain::{OutputFormat, PixelSize};

/// Encodes a picture. `quality` (1..=100) is for jpeg alone: png and webp are written without loss.
///
/// A jpeg has no alpha: transparent pixels are laid over white. An opaque picture is stored without alpha.
///
/// # Errors
/// `TooLarge` where the format cannot hold the size (jpeg 65,535 px a side, webp 16,384 px).
pub fn encode(pixels: &Pixels, format: OutputFormat, quality: u8) -> Result<Vec<u8>, PictureError> {
    if format == OutputFormat::Jpeg || pixels.is_opaque() {
        return encode_rgb(&pixels.over([u8::MAX; 3]), format, quality);
    }
    let rgba = ExtendedColorType::Rgba8;
    write(pixels.rgba(), pixels.size(), rgba, format, quality)
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
    write(rgb.as_raw(), size, ExtendedColorType::Rgb8, format, quality)
}

fn write(
    data: &[u8],
    size: PixelSize,
    color: ExtendedColorType,
    format: OutputFormat,
    quality: u8,
) -> Result<Vec<u8>, PictureError> {
    let (width, height) = (size.width, size.height);
    let mut out = Cursor::new(Vec::new());
    match format {
        OutputFormat::Jpeg => JpegEncoder::new_with_quality(&mut out, quality.clamp(1, 100))
            .write_image(data, width, height, color),
        OutputFormat::Png => PngEncoder::new(&mut out).write_image(data, width, height, color),
        OutputFormat::Webp => {
            WebPEncoder::new_lossless(&mut out).write_image(data, width, height, color)
        }
    }
    .map_err(|_| PictureError::TooLarge { size })?;
    Ok(out.into_inner())
}
