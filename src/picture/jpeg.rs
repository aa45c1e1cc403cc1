//! JPEGs that are decoded by `jpeg-decoder`: at a half or a quarter of their size, and those that the usual decoder
//! gets wrong. It knows which; everything else is `image`'s.

use std::sync::atomic::AtomicBool;

use image::{DynamicImage, GrayImage, RgbImage};
use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};

use super::container::{SOI, next_marker};
use super::watch::Watched;
use super::{Limits, PictureError};

/// What a JPEG says of itself up to its first scan (ITU T.81, annex B).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The marker of the frame: C0 and C1 are sequential, C2 is progressive, all with Huffman codes.
    frame: u8,
    /// bits a sample
    precision: u8,
    /// px
    width: u16,
    /// px
    height: u16,
    components: Vec<Component>,
    /// How many of them the first scan has.
    in_first_scan: u8,
    /// The colour transform of Adobe's APP14 segment.
    adobe: Option<u8>,
}

#[derive(Debug, PartialEq, Eq)]
struct Component {
    id: u8,
    /// Rows of blocks in one unit: 1 to 4.
    vertical: u8,
}

impl Header {
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut header = None;
        let mut adobe = None;
        let (mut at, mut marker) = next_marker(bytes, SOI.len())?;
        loop {
            let length = usize::from(u16::from_be_bytes(*bytes.get(at + 2..)?.first_chunk()?));
            let end = at + 2 + length;
            let payload = bytes.get(at + 4..end)?;
            match marker {
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                    header = Some(Self::of_frame(marker, payload)?);
                }
                0xEE => adobe = adobe.or(transform_of(payload)),
                // SOS
                0xDA => {
                    return Some(Self {
                        in_first_scan: *payload.first()?,
                        adobe,
                        ..header?
                    });
                }
                _ => {}
            }
            (at, marker) = next_marker(bytes, end)?;
        }
    }

    fn of_frame(frame: u8, payload: &[u8]) -> Option<Self> {
        let [precision, h0, h1, w0, w1, count] = *payload.first_chunk()?;
        let listed = payload.get(6..6 + usize::from(count) * 3)?;
        Some(Self {
            frame,
            precision,
            width: u16::from_be_bytes([w0, w1]),
            height: u16::from_be_bytes([h0, h1]),
            components: listed
                .as_chunks::<3>()
                .0
                .iter()
                .map(|[id, sampling, _]| Component {
                    id: *id,
                    vertical: sampling & 15,
                })
                .collect(),
            in_first_scan: 0,
            adobe: None,
        })
    }

    /// Whether both decoders see the same colours in it: grey, or the usual YCbCr, of 8 bits. CMYK, YCCK, RGB and what is
    /// coded arithmetically or without loss are left to the other.
    pub fn is_usual(&self) -> bool {
        let ids: Vec<u8> = self.components.iter().map(|c| c.id).collect();
        let ycbcr = ids.len() == 3
            && self.adobe != Some(0)
            && !matches!(*ids, [b'R', b'G', b'B'] | [b'r', b'g', b'b']);
        matches!(self.frame, 0xC0..=0xC2) && self.precision == 8 && (ids.len() == 1 || ycbcr)
    }

    /// zune-jpeg 0.5.15 (behind `image` 0.25) mixes up the rows of a sequential picture whose components come in scans of
    /// their own and are not equally high, such as 4:2:0 by an encoder that optimises its Huffman codes: measured, 6 dB are left of 35.
    pub fn is_garbled_elsewhere(&self) -> bool {
        matches!(self.frame, 0xC0 | 0xC1)
            && usize::from(self.in_first_scan) < self.components.len()
            && self.components.iter().any(|c| c.vertical > 1)
            && self.is_usual()
    }
}

/// The transform in Adobe's segment: 0 none, 1 YCbCr, 2 YCCK (Adobe TN 5116).
fn transform_of(payload: &[u8]) -> Option<u8> {
    payload.strip_prefix(b"Adobe")?.get(6).copied()
}

/// Decodes a JPEG that [is usual](Header::is_usual) at 1 / `divisor` of its size (1, 2, 4, 8), rounded up; as stored, not
/// turned upright.
///
/// # Errors
/// `Damaged`; also when it ends early, where the other decoder gives what is there.
pub(super) fn decode(
    bytes: &[u8],
    header: &Header,
    divisor: u16,
    limits: Limits,
    given_up: &AtomicBool,
) -> Result<DynamicImage, PictureError> {
    let mut decoder = Decoder::new(Watched::new(bytes, given_up));
    decoder.set_max_decoding_buffer_size(usize::try_from(limits.bytes).unwrap_or(usize::MAX));
    decoder.set_color_transform(if header.components.len() == 1 {
        ColorTransform::Grayscale
    } else {
        ColorTransform::YCbCr
    });
    let wanted = (
        header.width.div_ceil(divisor),
        header.height.div_ceil(divisor),
    );
    let scaled = decoder.scale(wanted.0, wanted.1);
    if scaled.map_err(|_| PictureError::Damaged)? != wanted {
        return Err(PictureError::Damaged);
    }
    let samples = decoder.decode().map_err(|_| PictureError::Damaged)?;
    let (width, height) = (u32::from(wanted.0), u32::from(wanted.1));
    let picture = match decoder.info().map(|info| info.pixel_format) {
        Some(PixelFormat::L8) => {
            GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8)
        }
        Some(PixelFormat::RGB24) => {
            RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8)
        }
        _ => None,
    };
    picture.ok_or(PictureError::Damaged)
}

/// Whether this is one of the threads on which `jpeg-decoder` turns coefficients into samples: a panic there ends in an
/// error of [`decode`].
pub(super) fn is_worker() -> bool {
    std::thread::current()
        .name()
        .is_some_and(|name| name.starts_with("worker thread for component "))
}
