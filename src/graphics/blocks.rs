//! Half-blocks: two pixels a cell, one in the foreground of `▀` or `▄`, one in the background. Works everywhere.

use crate::domain::ColorDepth;

use super::ansi;
use super::raster::Raster;

/// From no ink to full, for terminals without colours.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// The rows of cells of `raster`, two pixel rows each, without line ends. Each ends in plain colours.
pub(super) fn rows(raster: &Raster, depth: ColorDepth, light_backdrop: bool) -> Vec<Vec<u8>> {
    let dithered = spread(depth).map(|levels| dither(raster, levels));
    let raster = dithered.as_ref().unwrap_or(raster);
    (0..raster.height / 2)
        .map(|y| {
            let upper = raster.rows(2 * y, 2 * y + 1);
            let lower = raster.rows(2 * y + 1, 2 * y + 2);
            let pixels = upper.iter().zip(lower);
            match depth {
                ColorDepth::None => shaded_row(pixels, light_backdrop),
                ColorDepth::Ansi16 => row(pixels, nearest_of_16),
                ColorDepth::Ansi256 => row(pixels, nearest_of_256),
                ColorDepth::True => row(pixels, Color::Rgb),
            }
        })
        .collect()
}

/// How far apart the colours of a palette are, in levels of 255. `None` where nothing has to be mixed.
fn spread(depth: ColorDepth) -> Option<i16> {
    match depth {
        ColorDepth::None => Some(51),
        ColorDepth::Ansi16 => Some(110),
        ColorDepth::Ansi256 => Some(36),
        ColorDepth::True => None,
    }
}

/// Bayer's 4 x 4 thresholds.
const BAYER: [[i16; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];

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

/// A colour as SGR spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Color {
    /// 0-15: 30-37, 90-97 (40-47, 100-107).
    Named(u8),
    /// 16-255: 38;5;n (48;5;n).
    Cube(u8),
    /// 38;2;r;g;b (48;2;r;g;b).
    Rgb([u8; 3]),
}

impl Color {
    /// The SGR parameters that select it; `ground` is 30 for the foreground, 40 for the background.
    fn sgr(self, ground: u8) -> String {
        match self {
            Self::Named(n @ 0..8) => format!("{}", ground + n),
            Self::Named(n) => format!("{}", ground + 60 + n % 8),
            Self::Cube(n) => format!("{};5;{n}", ground + 8),
            Self::Rgb([r, g, b]) => format!("{};2;{r};{g};{b}", ground + 8),
        }
    }
}

fn row<'a>(
    pixels: impl Iterator<Item = (&'a [u8; 3], &'a [u8; 3])>,
    color: impl Fn([u8; 3]) -> Color,
) -> Vec<u8> {
    let mut pen = Pen::default();
    let mut out = String::new();
    for (&upper, &lower) in pixels {
        let (upper, lower) = (color(upper), color(lower));
        // A cell in one colour needs no foreground; else whichever half-block changes less.
        let (glyph, fg, bg) = if upper == lower {
            (' ', None, upper)
        } else if pen.changes(upper, lower) <= pen.changes(lower, upper) {
            ('▀', Some(upper), lower)
        } else {
            ('▄', Some(lower), upper)
        };
        pen.select(&mut out, fg, bg);
        out.push(glyph);
    }
    let mut out = out.into_bytes();
    out.extend_from_slice(ansi::PLAIN);
    out
}

/// The colours that the terminal draws with.
#[derive(Default)]
struct Pen {
    fg: Option<Color>,
    bg: Option<Color>,
}

impl Pen {
    fn changes(&self, fg: Color, bg: Color) -> u8 {
        u8::from(self.fg != Some(fg)) + u8::from(self.bg != Some(bg))
    }

    fn select(&mut self, out: &mut String, fg: Option<Color>, bg: Color) {
        let new_fg = fg.filter(|_| self.fg != fg);
        let new_bg = Some(bg).filter(|_| self.bg != Some(bg));
        let parameters: Vec<String> = [new_fg.map(|c| c.sgr(30)), new_bg.map(|c| c.sgr(40))]
            .into_iter()
            .flatten()
            .collect();
        if !parameters.is_empty() {
            out.push_str("\x1b[");
            out.push_str(&parameters.join(";"));
            out.push('m');
        }
        self.fg = fg.or(self.fg);
        self.bg = Some(bg);
    }
}

fn shaded_row<'a>(
    pixels: impl Iterator<Item = (&'a [u8; 3], &'a [u8; 3])>,
    light_backdrop: bool,
) -> Vec<u8> {
    let shade = |pixel: &[u8; 3]| {
        let [r, g, b] = pixel.map(u32::from);
        (r * 299 + g * 587 + b * 114) / 1000
    };
    let row: String = pixels
        .map(|(upper, lower)| {
            let light = u32::midpoint(shade(upper), shade(lower));
            let ink = if light_backdrop { 255 - light } else { light };
            SHADES[(ink as usize * SHADES.len() / 256).min(SHADES.len() - 1)]
        })
        .collect();
    row.into_bytes()
}

/// The six levels of the 256-colour cube (xterm's).
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of the cube (16-231) and the grey ramp (232-255). The first 16 belong to the user's theme.
fn nearest_of_256(pixel: [u8; 3]) -> Color {
    let steps = pixel.map(|sample| {
        (0..6u8)
            .min_by_key(|&step| LEVELS[usize::from(step)].abs_diff(sample))
            .unwrap_or(0)
    });
    let cube = steps.map(|step| LEVELS[usize::from(step)]);
    let mean = pixel.iter().map(|&sample| u16::from(sample)).sum::<u16>() / 3;
    let grey_step = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = [8 + 10 * grey_step; 3];
    if distance(grey, pixel) < distance(cube, pixel) {
        Color::Cube(232 + grey_step)
    } else {
        Color::Cube(16 + 36 * steps[0] + 6 * steps[1] + steps[2])
    }
}

/// xterm's defaults for the 16 named colours; a theme may have others.
const NAMED: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

fn nearest_of_16(pixel: [u8; 3]) -> Color {
    let nearest = (0..16u8).min_by_key(|&n| distance(NAMED[usize::from(n)], pixel));
    Color::Named(nearest.unwrap_or(0))
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter()
        .zip(b)
        .map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(depth: ColorDepth, width: usize, pixels: &[[u8; 3]]) -> String {
        let raster = Raster {
            width,
            height: 2,
            pixels: pixels.to_vec(),
        };
        String::from_utf8(rows(&raster, depth, false).remove(0)).unwrap()
    }

    const RED: [u8; 3] = [255, 0, 0];
    const BLUE: [u8; 3] = [0, 0, 255];

    #[test]
    fn colours_are_named_only_when_they_change() {
        assert_eq!(
            row_of(
                ColorDepth::True,
                4,
                &[RED, RED, BLUE, BLUE, BLUE, BLUE, RED, BLUE]
            ),
            "\x1b[38;2;255;0;0;48;2;0;0;255m▀▀▄ \x1b[m"
        );
    }

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

    #[test]
    fn few_colours_have_short_names() {
        let pixels = [RED, [95, 95, 95]];
        assert_eq!(
            row_of(ColorDepth::Ansi256, 1, &pixels),
            "\x1b[38;5;196;48;5;242m▀\x1b[m"
        );
        assert_eq!(
            row_of(ColorDepth::Ansi16, 1, &pixels),
            "\x1b[31;100m▀\x1b[m"
        );
        assert_eq!(row_of(ColorDepth::None, 1, &[[255; 3], [250; 3]]), "█");
    }
}
