//! Few colours mixed to more: ordered dither for palettes, shades where there are no colours at all.

use crate::domain::ColorDepth;

use crate::graphics::raster::Raster;

/// From no ink to full, for terminals without colours.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// Bayer's 4 x 4 thresholds.
const BAYER: [[i16; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];

/// How far apart the colours of a palette are, in levels of 255. `None` where nothing has to be mixed.
fn spread(depth: ColorDepth) -> Option<i16> {
    match depth {
        ColorDepth::None => Some(51),
        ColorDepth::Ansi16 => Some(110),
        // Half of the mean step: the masks mix too. All of it makes a fifth more bytes and half a dB less.
        ColorDepth::Ansi256 => Some(18),
        ColorDepth::True => None,
    }
}

/// `raster` as it is to be drawn with the colours of `depth`.
pub(super) fn dithered(raster: &Raster, depth: ColorDepth) -> Raster {
    spread(depth).map_or_else(|| raster.clone(), |spread| dither(raster, spread))
}

/// Brightens and darkens neighbours by up to half of `spread`, so that few colours mix to more.
fn dither(raster: &Raster, spread: i16) -> Raster {
    let mut out = raster.clone();
    for (y, row) in out.pixels.chunks_exact_mut(raster.width).enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            let shift = (2 * BAYER[y % 4][x % 4] - 15) * spread / 32;
            *pixel = pixel.map(|sample| (i16::from(sample) + shift).clamp(0, 255) as u8);
        }
    }
    out
}

/// One row of shades for each row of cells of `cell` px. Ink is dark on a light backdrop.
pub(super) fn shaded(raster: &Raster, cell: (usize, usize), light_backdrop: bool) -> Vec<Vec<u8>> {
    let of_cell = cell.0 * cell.1;
    let light = |[r, g, b]: [f32; 3]| (r * 0.299 + g * 0.587 + b * 0.114) / of_cell as f32;
    let shade = |pixels: &[[f32; 3]]| {
        let light: f32 = pixels.iter().map(|&pixel| light(pixel)).sum();
        let ink = if light_backdrop { 255.0 - light } else { light };
        SHADES[(ink as usize * SHADES.len() / 256).min(SHADES.len() - 1)]
    };
    super::by_cell(raster, cell)
        .chunks_exact((raster.width / cell.0 * of_cell).max(1))
        .map(|row| {
            row.chunks_exact(of_cell)
                .map(shade)
                .collect::<String>()
                .into_bytes()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dither_spreads_and_keeps_the_mean() {
        let flat = Raster {
            width: 4,
            height: 4,
            pixels: vec![[103; 3]; 16],
        };
        let levels: Vec<i32> = dither(&flat, 36)
            .pixels
            .iter()
            .map(|p| i32::from(p[0]))
            .collect();
        assert_eq!(levels.iter().sum::<i32>(), 16 * 103);
        assert_eq!(
            (levels.iter().min(), levels.iter().max()),
            (Some(&87), Some(&119))
        );
    }
}
