//! iTerm2's inline images (<https://iterm2.com/documentation-images.html>): a whole file in one OSC.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageError};
use ratatui::layout::Size;

use super::raster::Raster;

/// 85 of 100: at 37 dB over photographs, where a lossless PNG is eight times as long.
const JPEG_QUALITY: u8 = 85;

/// The pixels as a JPEG.
pub(super) fn jpeg(raster: &Raster) -> Result<Vec<u8>, ImageError> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY).encode(
        raster.samples(),
        raster.width as u32,
        raster.height as u32,
        ExtendedColorType::Rgb8,
    )?;
    Ok(file)
}

/// Draws `file` (JPEG or PNG) over `cells` with its corner at the cursor.
///
/// `doNotMoveCursor` is WezTerm's; iTerm2 itself leaves the cursor behind the picture, and scrolls for no more rows
/// than `cells` has.
pub(super) fn draw(file: &[u8], cells: Size) -> Vec<u8> {
    let head = format!(
        "\x1b]1337;File=inline=1;size={};width={};height={};preserveAspectRatio=0;doNotMoveCursor=1:",
        file.len(),
        cells.width,
        cells.height
    );
    let mut out = head.into_bytes();
    out.extend_from_slice(STANDARD.encode(file).as_bytes());
    out.push(b'\x07');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_stands_behind_its_measures() {
        assert_eq!(
            draw(b"abc", Size::new(8, 4)),
            b"\x1b]1337;File=inline=1;size=3;width=8;height=4;preserveAspectRatio=0;doNotMoveCursor=1:YWJj\x07"
        );
    }

    #[test]
    fn a_jpeg_is_a_jpeg() {
        let raster = Raster {
            width: 16,
            height: 16,
            pixels: vec![[200, 100, 50]; 256],
        };
        let file = jpeg(&raster).unwrap();
        assert_eq!(file[..3], [0xff, 0xd8, 0xff]);
    }
}
