//! From pixels to a file's bytes, in the formats that the endpoint's document names.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};

use super::{PictureError, Pixels};
use crate::domain::OutputFormat;

/// Encodes a picture. `quality` (1..=100) is for jpeg alone: png and webp are written without loss.
///
/// A jpeg has no alpha: transparent pixels are laid over white. An opaque picture is stored without alpha.
///
/// # Errors
/// `TooLarge` where the format cannot hold the size (jpeg 65,535 px a side, webp 16,384 px).
pub fn encode(pixels: &Pixels, format: OutputFormat, quality: u8) -> Result<Vec<u8>, PictureError> {
    let size = pixels.size();
    let (width, height) = (size.width, size.height);
    let rgb;
    let (data, color) = if format == OutputFormat::Jpeg || pixels.is_opaque() {
        rgb = pixels.over([u8::MAX; 3]);
        (rgb.as_raw().as_slice(), ExtendedColorType::Rgb8)
    } else {
        (pixels.rgba(), ExtendedColorType::Rgba8)
    };
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
