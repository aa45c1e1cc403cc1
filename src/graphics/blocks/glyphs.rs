//! The block characters of each set by mask. Bit 0 of a mask is the pixel at the upper left, then row by row, as Unicode
//! numbers sextants and octants; a set bit is foreground.

use crate::domain::Glyphs;

/// The 16 masks of 2 x 2 px: U+2580 to U+259F, and the space.
const QUADRANTS: [char; 16] = [
    ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
];

/// Octants that Unicode 16 did not encode among the octants, for they have another name: quarters of the height.
/// Quadrants, halves, the full block and the space, which are no octants either, are in [`QUADRANTS`].
const QUARTERS: [(u8, char); 10] = [
    (0b0000_0001, '\u{1CEA8}'), // LEFT HALF UPPER ONE QUARTER BLOCK
    (0b0000_0010, '\u{1CEAB}'), // RIGHT HALF UPPER ONE QUARTER BLOCK
    (0b0000_0011, '\u{1FB82}'), // UPPER ONE QUARTER BLOCK
    (0b0001_0100, '\u{1FBE6}'), // MIDDLE LEFT ONE QUARTER BLOCK
    (0b0010_1000, '\u{1FBE7}'), // MIDDLE RIGHT ONE QUARTER BLOCK
    (0b0011_1111, '\u{1FB85}'), // UPPER THREE QUARTERS BLOCK
    (0b0100_0000, '\u{1CEA3}'), // LEFT HALF LOWER ONE QUARTER BLOCK
    (0b1000_0000, '\u{1CEA0}'), // RIGHT HALF LOWER ONE QUARTER BLOCK
    (0b1100_0000, '▂'),         // LOWER ONE QUARTER BLOCK
    (0b1111_1100, '▆'),         // LOWER THREE QUARTERS BLOCK
];

/// Octants that terminals which draw the others leave to the font: kitty 0.41 and foot 1.21 do not draw U+1CEA0 to
/// U+1CEAB, foot not U+1FBE6 and U+1FBE7 either (seen). The same picture is their complement with the colours swapped.
const NOT_DRAWN: [u8; 6] = [
    0b0000_0001,
    0b0000_0010,
    0b0100_0000,
    0b1000_0000,
    0b0001_0100,
    0b0010_1000,
];

/// Whether every terminal that is trusted with `glyphs` draws the character of `mask`.
pub(super) fn is_drawn(glyphs: Glyphs, mask: u8) -> bool {
    glyphs != Glyphs::Octants || !NOT_DRAWN.contains(&mask)
}

/// The characters of a set, by mask: 4, 16, 64 or 256.
pub(super) fn table(glyphs: Glyphs) -> Vec<char> {
    match glyphs {
        Glyphs::Halves => vec![' ', '▀', '▄', '█'],
        Glyphs::Quadrants => QUADRANTS.to_vec(),
        Glyphs::Sextants => encoded_in_order(64, 0x1FB00, |mask| match mask {
            0b00_0000 => Some(' '),
            0b01_0101 => Some('▌'),
            0b10_1010 => Some('▐'),
            0b11_1111 => Some('█'),
            _ => None,
        }),
        Glyphs::Octants => encoded_in_order(256, 0x1CD00, |mask| {
            let quarter = QUARTERS.iter().find(|(quarter, _)| *quarter == mask);
            quarter.map(|(_, glyph)| *glyph).or_else(|| quadrant(mask))
        }),
    }
}

/// The masks that have no `other` character follow one another from `first`, in ascending order: so Unicode lists them.
fn encoded_in_order(masks: u16, first: u32, other: impl Fn(u8) -> Option<char>) -> Vec<char> {
    let mut next = first;
    (0..masks)
        .map(|mask| {
            other(mask as u8).unwrap_or_else(|| {
                next += 1;
                char::from_u32(next - 1).unwrap_or(' ')
            })
        })
        .collect()
}

/// The quadrant character of a mask of 2 x 4 px whose rows are alike in pairs.
fn quadrant(mask: u8) -> Option<char> {
    let row = |n: u8| mask >> (2 * n) & 0b11;
    let alike = row(0) == row(1) && row(2) == row(3);
    alike.then(|| QUADRANTS[usize::from(row(0) | row(2) << 2)])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_mask_has_its_own_character() {
        for (glyphs, masks) in [
            (Glyphs::Halves, 4),
            (Glyphs::Quadrants, 16),
            (Glyphs::Sextants, 64),
            (Glyphs::Octants, 256),
        ] {
            let table = table(glyphs);
            assert_eq!(table.len(), masks);
            assert_eq!(table.iter().collect::<HashSet<_>>().len(), masks);
            assert_eq!((table[0], table[masks - 1]), (' ', '█'));
            let (width, height) = glyphs.pixels();
            assert_eq!(1 << (width * height), masks);
        }
    }

    #[test]
    fn what_is_not_drawn_is_drawn_the_other_way_round() {
        for mask in 0..=255 {
            assert!(is_drawn(Glyphs::Octants, mask) || is_drawn(Glyphs::Octants, !mask));
            assert!(is_drawn(Glyphs::Sextants, mask));
        }
        let left_out = (0..=255).filter(|&mask| !is_drawn(Glyphs::Octants, mask));
        let glyphs: Vec<char> = left_out
            .map(|mask| table(Glyphs::Octants)[usize::from(mask)])
            .collect();
        assert_eq!(
            glyphs,
            [
                '\u{1CEA8}',
                '\u{1CEAB}',
                '\u{1FBE6}',
                '\u{1FBE7}',
                '\u{1CEA3}',
                '\u{1CEA0}'
            ]
        );
    }

    /// Both blocks end where their charts end, so none is left out and none is there that should not be.
    #[test]
    fn the_charts_are_used_up() {
        let within = |glyphs, chart: std::ops::RangeInclusive<char>| {
            let table = table(glyphs);
            table.iter().filter(|glyph| chart.contains(*glyph)).count()
        };
        assert_eq!(within(Glyphs::Sextants, '\u{1FB00}'..='\u{1FB3B}'), 60);
        assert_eq!(within(Glyphs::Octants, '\u{1CD00}'..='\u{1CDE5}'), 230);
    }

    /// The mask that a name of the charts spells: BLOCK OCTANT-1235 has the pixels 1, 2, 3 and 5.
    fn spelt(digits: &str) -> usize {
        let pixel = |digit: char| digit.to_digit(10).unwrap() - 1;
        digits.chars().map(|digit| 1 << pixel(digit)).sum()
    }

    /// From the lists of names of Unicode 13 and 16.
    #[test]
    fn names_of_the_charts_are_drawn_as_they_say() {
        for (digits, glyph) in [
            ("1", '\u{1FB00}'),
            ("12", '\u{1FB02}'),
            ("235", '\u{1FB14}'),
            ("46", '\u{1FB26}'),
            ("1246", '\u{1FB28}'),
            ("23456", '\u{1FB3B}'),
        ] {
            assert_eq!(table(Glyphs::Sextants)[spelt(digits)], glyph, "{digits}");
        }
        for (digits, glyph) in [
            ("3", '\u{1CD00}'),
            ("4", '\u{1CD03}'),
            ("25", '\u{1CD0B}'),
            ("135", '\u{1CD0D}'),
            ("1235", '\u{1CD0F}'),
            ("146", '\u{1CD20}'),
            ("17", '\u{1CD36}'),
            ("2357", '\u{1CD49}'),
            ("67", '\u{1CD51}'),
            ("1234567", '\u{1CD70}'),
            ("18", '\u{1CD71}'),
            ("568", '\u{1CD9C}'),
            ("178", '\u{1CDAC}'),
            ("15678", '\u{1CDDB}'),
            ("2345678", '\u{1CDE5}'),
            ("1", '\u{1CEA8}'),
            ("35", '\u{1FBE6}'),
            ("1357", '▌'),
            ("2457", '▞'),
            ("5678", '▄'),
        ] {
            assert_eq!(table(Glyphs::Octants)[spelt(digits)], glyph, "{digits}");
        }
    }
}
