//! Lossless RGB PNGs, for the protocols that take PNG. Not for saving: no metadata is written.

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

use super::raster::Raster;

/// The pixels as a PNG of colour type 2.
pub(super) fn encode(raster: &Raster) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, raster.width as u32, raster.height as u32);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(raster.samples())?;
    writer.finish()?;
    Ok(out)
}
