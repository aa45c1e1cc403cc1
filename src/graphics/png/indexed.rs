//! PNGs with a palette: no filter, no dither, as few bits an index as the colours need.

use png::EncodingError;

use super::file::{Layout, write};
use crate::graphics::palette::Indexed;
use crate::graphics::raster::Raster;

/// `picture`, `width` px wide, as a file; `effort` is libdeflate's level.
pub(super) fn encode(
    picture: &Indexed,
    width: usize,
    effort: i32,
) -> Result<Vec<u8>, EncodingError> {
    let bits = match picture.colors.len() {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    let height = picture.indices.len() / width;
    let mut rows = Vec::with_capacity((width * usize::from(bits) / 8 + 2) * height);
    for row in picture.indices.chunks(width) {
        rows.push(0);
        rows.extend(row.chunks(8 / usize::from(bits)).map(|indices| {
            indices.iter().zip(1..).fold(0, |byte, (index, place)| {
                byte | index.wrapping_shl(8 - u32::from(bits) * place)
            })
        }));
    }
    write(
        (width, height),
        Layout::Palette(&picture.colors, bits),
        &rows,
        effort,
    )
}

/// The picture as it is when it has at most `most` (1 to 256) colours, in the order of their first pixels.
pub(super) fn whole(raster: &Raster, most: usize) -> Option<Indexed> {
    /// Places of the hash table, a power of two well above the 256 colours.
    const PLACES: usize = 1024;
    let mut table = [(0u32, 0u8); PLACES];
    let mut colors: Vec<[u8; 3]> = Vec::new();
    let mut indices = Vec::with_capacity(raster.pixels.len());
    let mut last = None;
    for pixel in &raster.pixels {
        if let Some((color, index)) = last
            && color == *pixel
        {
            indices.push(index);
            continue;
        }
        // The top bit marks a place as taken.
        let key = u32::from_be_bytes([0x80, pixel[0], pixel[1], pixel[2]]);
        let mut place = key.wrapping_mul(0x9e37_79b1) as usize >> 22;
        while table[place].0 != 0 && table[place].0 != key {
            place = (place + 1) % PLACES;
        }
        if table[place].0 == 0 {
            if colors.len() == most.min(256) {
                return None;
            }
            table[place] = (key, colors.len() as u8);
            colors.push(*pixel);
        }
        indices.push(table[place].1);
        last = Some((*pixel, table[place].1));
    }
    Some(Indexed { colors, indices })
}
