//! Colours as SGR spells them, and the nearest of each depth.

use crate::domain::ColorDepth;

/// A colour as SGR spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    /// 0-15: 30-37, 90-97 (40-47, 100-107).
    Named(u8),
    /// 16-255: 38;5;n (48;5;n).
    Cube(u8),
    /// 38;2;r;g;b (48;2;r;g;b).
    Rgb([u8; 3]),
}

impl Color {
    /// The nearest that `depth` has.
    pub fn nearest(depth: ColorDepth, pixel: [f32; 3]) -> Self {
        let pixel = pixel.map(|sample| (sample + 0.5) as u8);
        match depth {
            ColorDepth::None | ColorDepth::Ansi16 => nearest_of_16(pixel),
            ColorDepth::Ansi256 => nearest_of_256(pixel),
            ColorDepth::True => Self::Rgb(pixel),
        }
    }

    /// The SGR parameters that select it; `ground` is 30 for the foreground, 40 for the background.
    pub fn sgr(self, ground: u8) -> String {
        match self {
            Self::Named(n @ 0..8) => format!("{}", ground + n),
            Self::Named(n) => format!("{}", ground + 60 + n % 8),
            Self::Cube(n) => format!("{};5;{n}", ground + 8),
            Self::Rgb([r, g, b]) => format!("{};2;{r};{g};{b}", ground + 8),
        }
    }

    /// How many bytes [`Color::sgr`] has.
    pub fn len(self, ground: u8) -> usize {
        match self {
            Self::Named(n) => 2 + usize::from(ground == 40 && n >= 8),
            Self::Cube(n) => 5 + digits(n),
            Self::Rgb(rgb) => 7 + rgb.into_iter().map(digits).sum::<usize>(),
        }
    }

    /// As pixels have it.
    pub fn rgb(self) -> [f32; 3] {
        let rgb = match self {
            Self::Named(n) | Self::Cube(n @ 0..16) => NAMED[usize::from(n % 16)],
            Self::Cube(n @ 232..) => [8 + 10 * (n - 232); 3],
            Self::Cube(n) => [(n - 16) / 36, (n - 16) / 6 % 6, (n - 16) % 6]
                .map(|step| LEVELS[usize::from(step)]),
            Self::Rgb(rgb) => rgb,
        };
        rgb.map(f32::from)
    }
}

fn digits(n: u8) -> usize {
    1 + usize::from(n > 9) + usize::from(n > 99)
}

/// The six levels of the 256-colour cube (xterm's).
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of the cube (16-231) and the grey ramp (232-255). The first 16 belong to the user's theme.
fn nearest_of_256(pixel: [u8; 3]) -> Color {
    let steps = pixel.map(|sample| match sample {
        0..48 => 0,
        48..115 => 1,
        _ => (sample - 35) / 40,
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

    #[test]
    fn a_colour_is_as_long_as_it_is_written() {
        let colors = (0..16)
            .map(Color::Named)
            .chain((16..=255).map(Color::Cube))
            .chain([[0, 10, 100], [9, 99, 255]].map(Color::Rgb));
        for color in colors {
            for ground in [30, 40] {
                assert_eq!(color.len(ground), color.sgr(ground).len(), "{color:?}");
            }
        }
    }

    #[test]
    fn a_colour_of_a_palette_is_the_nearest_to_itself() {
        for (depth, colors) in [
            (ColorDepth::Ansi16, (0..16).map(Color::Named).collect()),
            (ColorDepth::Ansi256, (16..=255).map(Color::Cube).collect()),
            (ColorDepth::True, vec![Color::Rgb([1, 2, 3])]),
        ] {
            let colors: Vec<Color> = colors;
            for color in colors {
                let samples = |color: Color| color.rgb().map(|sample| sample as u8);
                assert_eq!(samples(Color::nearest(depth, color.rgb())), samples(color));
            }
        }
    }

    #[test]
    fn levels_of_the_cube_are_told_apart_at_their_middles() {
        for sample in 0..=255u8 {
            let Color::Cube(n) = nearest_of_256([255, 0, sample]) else {
                panic!()
            };
            let level = LEVELS[usize::from((n - 16) % 6)];
            let least = LEVELS.map(|level| level.abs_diff(sample)).into_iter().min();
            assert_eq!(Some(level.abs_diff(sample)), least, "{sample}");
        }
    }
}
