//! A picture once more in another format. Metadata stays behind (EXIF, XMP, C2PA), the colour profile comes along.

use super::decode::{self, Limits};
use super::encode;
use super::{PictureError, Pixels};
use crate::domain::OutputFormat;

/// For jpeg; png and webp are written without loss.
const QUALITY: u8 = 92;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The new file.
    pub bytes: Vec<u8>,
    /// Whether transparency was laid over white, since a jpeg has none.
    pub flattened: bool,
}

/// Encodes a picture anew, upright and within the default [`Limits`]; of an animation, its first frame. Pixels of more
/// than 8 bits a channel become 8 bits.
///
/// It takes up to seconds for 5504x3072, so it never runs on an event loop.
///
/// # Errors
/// All of [`PictureError`]; a panic inside a codec is `Damaged`.
pub fn convert(bytes: &[u8], to: OutputFormat) -> Result<Converted, PictureError> {
    decode::guarded(|| {
        let (pixels, profile) = decode::decode_with_profile(bytes, Limits::default())?;
        let bytes = encode::encode_with_profile(&pixels, to, QUALITY, profile)?;
        let flattened = to == OutputFormat::Jpeg && !Pixels::is_opaque(&pixels);
        Ok(Converted { bytes, flattened })
    })
}
