//! Smaller versions of a picture, for what does not fit its bytes at full size.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use png::EncodingError;

use crate::graphics::raster::{Raster, scaled};

/// Encodings that are made in search of the largest scale.
const TRIES: usize = 4;
/// What is near enough below the bytes that were given.
const ENOUGH: f32 = 0.93;

/// `encode` of the picture at the largest scale (of both sides, 1 at most) whose file has at most `most` bytes, found
/// from `scale` on; the smallest that was tried if none has.
pub(super) fn largest(
    raster: &Raster,
    scale: f32,
    most: usize,
    encode: impl Fn(&Raster) -> Result<Vec<u8>, EncodingError>,
) -> Result<Vec<u8>, EncodingError> {
    let mut scale = scale.clamp(0.0, 1.0);
    let mut best: Option<Vec<u8>> = None;
    // Scales between which the answer lies.
    let (mut fits, mut fails) = (0.0, f32::INFINITY);
    let mut smallest = None;
    for _ in 0..TRIES {
        let file = encode(&at(raster, scale))?;
        let filled = file.len() as f32 / most.max(1) as f32;
        if file.len() <= most {
            fits = scale;
            best = Some(file);
            if filled >= ENOUGH || scale >= 1.0 {
                break;
            }
        } else {
            fails = scale;
            smallest = Some(file);
        }
        // Bytes grow a little slower than pixels do; aimed at the middle of what is enough.
        let aimed = scale * (f32::midpoint(ENOUGH, 1.0) / filled).powf(0.55);
        let inside = fits < aimed && aimed < fails;
        scale = if inside {
            aimed
        } else {
            f32::midpoint(fits, fails)
        }
        .min(1.0);
    }
    // Nothing has fitted yet: by quarters, until one pixel is left.
    let mut tiny = scale;
    while best.is_none() && tiny > 0.001 {
        tiny /= 2.0;
        let file = encode(&at(raster, tiny))?;
        if file.len() <= most {
            best = Some(file);
        } else {
            smallest = Some(file);
        }
    }
    best.or(smallest)
        .map_or_else(|| encode(&at(raster, 0.0)), Ok)
}

/// `raster` scaled by `scale`, a pixel at least; its ratio is kept, also at the three times that a glance is shown at.
fn at(raster: &Raster, scale: f32) -> Raster {
    let (width, height) = scaled((raster.width, raster.height), scale, 3);
    resize(raster, width, height).unwrap_or_else(|| {
        // The sizes always fit their buffers; the picture unchanged would stand for a fault of ours.
        raster.clone()
    })
}

fn resize(raster: &Raster, width: usize, height: usize) -> Option<Raster> {
    let size = (raster.width as u32, raster.height as u32);
    let from = ImageRef::new(size.0, size.1, raster.samples(), PixelType::U8x3).ok()?;
    let mut to = Image::new(width as u32, height as u32, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&from, &mut to, &options).ok()?;
    Some(Raster {
        width,
        height,
        pixels: to.into_vec().as_chunks::<3>().0.to_vec(),
    })
}

/// About `most` of the pixels, taken evenly: single ones, not mixed.
pub(super) fn sample(raster: &Raster, most: usize) -> Raster {
    let apart = (raster.pixels.len() as f32 / most as f32)
        .sqrt()
        .ceil()
        .max(1.0) as usize;
    let mut pixels = Vec::new();
    for y in (0..raster.height).step_by(apart) {
        pixels.extend(raster.rows(y, y + 1).iter().step_by(apart));
    }
    Raster {
        width: raster.width.div_ceil(apart),
        height: raster.height.div_ceil(apart),
        pixels,
    }
}
