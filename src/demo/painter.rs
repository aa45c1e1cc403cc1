//! Pictures from words, without a model: a pure function of prompt and size. It knows no HTTP and no files.

use image::{Rgb, RgbImage};

use crate::domain::PixelSize;

/// A picture of exactly `size` px for a prompt; the same prompt gives the same picture.
pub fn paint(prompt: &str, size: PixelSize) -> RgbImage {
    let [r, g, b] = color(prompt);
    let mut picture = RgbImage::new(size.width, size.height);
    for (y, row) in picture
        .chunks_exact_mut(size.width as usize * 3)
        .enumerate()
    {
        let y = y as u32;
        let light = 255 - 160 * y / size.height.max(1);
        let band = y * 10 / size.height.max(1) == u32::from(r) % 10;
        let shade = |c: u8| {
            let c = if band { 255 - c } else { c };
            (u32::from(c) * light / 255) as u8
        };
        row.as_chunks_mut::<3>()
            .0
            .fill([shade(r), shade(g), shade(b)]);
    }
    picture
}

/// The reference at exactly `size` px, tinted by the prompt.
pub fn edit(prompt: &str, reference: &RgbImage, size: PixelSize) -> RgbImage {
    let tint = color(prompt);
    RgbImage::from_fn(size.width, size.height, |x, y| {
        let at = |n: u32, of: u32, side: u32| n * side.max(1) / of.max(1);
        let px = reference
            .get_pixel_checked(
                at(x, size.width, reference.width()),
                at(y, size.height, reference.height()),
            )
            .map_or([0; 3], |px| px.0);
        let mix = |n: usize| ((u32::from(px[n]) * 2 + u32::from(tint[n])) / 3) as u8;
        Rgb([mix(0), mix(1), mix(2)])
    })
}

/// A colour from the prompt's FNV-1a hash.
fn color(prompt: &str) -> [u8; 3] {
    let hash = prompt
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let [r, g, b, ..] = hash.to_le_bytes();
    [r | 64, g | 64, b | 64]
}
