//! Decoded pictures in memory, and fitting them to a size. It knows no files and no formats.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use crate::domain::PixelSize;

/// A decoded picture: rows from the top, 4 bytes a pixel (red, green, blue, straight alpha), sRGB as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    size: PixelSize,
    rgba: Vec<u8>,
    opaque: bool,
}

impl Pixels {
    /// `None` unless `rgba` holds exactly `size` (at least 1x1 px) at 4 bytes a pixel.
    pub fn new(size: PixelSize, rgba: Vec<u8>) -> Option<Self> {
        Self::build(size, rgba, true)
    }

    /// As [`new`](Self::new); without `alpha` every pixel is known to be opaque and none is looked at.
    pub(super) fn build(size: PixelSize, rgba: Vec<u8>, alpha: bool) -> Option<Self> {
        let expected = u64::from(size.width) * u64::from(size.height) * 4;
        if expected == 0 || rgba.len() as u64 != expected {
            return None;
        }
        let opaque = !alpha || rgba.iter().skip(3).step_by(4).all(|a| *a == u8::MAX);
        Some(Self { size, rgba, opaque })
    }

    /// px
    pub fn size(&self) -> PixelSize {
        self.size
    }

    /// Rows from the top, 4 bytes a pixel, straight alpha.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// Whether every pixel is opaque.
    pub fn is_opaque(&self) -> bool {
        self.opaque
    }

    /// The picture laid over one colour, 3 bytes a pixel.
    pub fn over(&self, background: [u8; 3]) -> RgbImage {
        let mut rgb = Vec::with_capacity(self.rgba.len() / 4 * 3);
        for px in self.rgba.as_chunks::<4>().0 {
            let [r, g, b, a] = *px;
            if a == u8::MAX {
                rgb.extend([r, g, b]);
            } else {
                let a = u32::from(a);
                let mix = |top: u8, under: u8| {
                    ((u32::from(top) * a + u32::from(under) * (255 - a) + 127) / 255) as u8
                };
                rgb.extend([
                    mix(r, background[0]),
                    mix(g, background[1]),
                    mix(b, background[2]),
                ]);
            }
        }
        // The length always fits; an empty picture would stand for a fault of ours.
        RgbImage::from_raw(self.size.width, self.size.height, rgb).unwrap_or_default()
    }
}

impl From<&RgbImage> for Pixels {
    /// An empty picture becomes one black px.
    fn from(rgb: &RgbImage) -> Self {
        let mut rgba = Vec::with_capacity(rgb.as_raw().len() / 3 * 4);
        for [r, g, b] in rgb.as_raw().as_chunks::<3>().0 {
            rgba.extend([*r, *g, *b, u8::MAX]);
        }
        let size = PixelSize::new(rgb.width(), rgb.height());
        Self::build(size, rgba, false).unwrap_or_else(|| Self {
            size: PixelSize::new(1, 1),
            rgba: vec![0, 0, 0, u8::MAX],
            opaque: true,
        })
    }
}

/// The picture at exactly `size` px (at least 1x1), by Lanczos3; the caller keeps the ratio.
///
/// Colours are weighted by their alpha, so that what hides under transparent pixels does not bleed into edges.
pub fn fit(pixels: &Pixels, size: PixelSize) -> Pixels {
    if pixels.size == size {
        return pixels.clone();
    }
    let size = PixelSize::new(size.width.max(1), size.height.max(1));
    let mut out = Image::new(size.width, size.height, PixelType::U8x4);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(!pixels.opaque);
    // Both buffers hold what their sizes say and no crop is asked for: the two ways in which this can fail.
    let done = ImageRef::new(
        pixels.size.width,
        pixels.size.height,
        &pixels.rgba,
        PixelType::U8x4,
    )
    .is_ok_and(|source| Resizer::new().resize(&source, &mut out, &options).is_ok());
    debug_assert!(done, "a resize between two valid buffers");
    Pixels {
        size,
        rgba: out.into_vec(),
        opaque: pixels.opaque,
    }
}
