//! Colours for terminals that have fewer of them: 24 bits to the 256-colour palette.
//!
//! The 16 named colours are never mapped to: a user's terminal may show them as anything.

use ratatui::style::Color;

/// The six levels of the colour cube, as xterm has them.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The entry of the cube (16..=231) or of the grey ramp (232..=255) nearest to a 24-bit colour; others stay.
pub fn to_256(color: Color) -> Color {
    let Color::Rgb(r, g, b) = color else {
        return color;
    };
    let level = |v: u8| {
        (0..6u8)
            .min_by_key(|i| CUBE[usize::from(*i)].abs_diff(v))
            .unwrap_or(0)
    };
    let (cr, cg, cb) = (level(r), level(g), level(b));
    let cube = (
        CUBE[usize::from(cr)],
        CUBE[usize::from(cg)],
        CUBE[usize::from(cb)],
    );
    // The ramp: 8, 18, .. 238.
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let step = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + 10 * step;
    let distance = |(x, y, z): (u8, u8, u8)| {
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(x, r) + square(y, g) + square(z, b)
    };
    if distance((grey, grey, grey)) < distance(cube) {
        Color::Indexed(232 + step)
    } else {
        Color::Indexed(16 + 36 * cr + 6 * cg + cb)
    }
}

/// Whether it is beyond the 16 named colours.
pub fn needs_palette(color: Color) -> bool {
    matches!(color, Color::Rgb(..)) || matches!(color, Color::Indexed(n) if n >= 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_find_their_nearest_entry() {
        let cases = [
            ((0, 0, 0), 16),
            ((255, 255, 255), 231),
            ((255, 0, 0), 196),
            ((0x5f, 0x87, 0xaf), 67),
            ((0x16, 0x18, 0x1d), 234),
            ((128, 128, 128), 244),
        ];
        for ((r, g, b), index) in cases {
            assert_eq!(
                to_256(Color::Rgb(r, g, b)),
                Color::Indexed(index),
                "{r},{g},{b}"
            );
        }
        assert_eq!(to_256(Color::Red), Color::Red);
    }
}
