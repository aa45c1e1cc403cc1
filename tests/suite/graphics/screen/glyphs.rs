//! Block characters as masks over a cell (Unicode 16: Block Elements, Symbols for Legacy Computing and its supplement).

use std::collections::HashMap;
use std::sync::LazyLock;

/// How a character fills its cell with the foreground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Bit `row * columns + column` is set where it is full.
    Mask { columns: u32, rows: u32, mask: u64 },
    /// So many quarters everywhere.
    Shade(u32),
}

pub(super) fn ink(glyph: char) -> Option<Ink> {
    match glyph {
        ' ' => Some(mask(1, 1, 0)),
        // Text is ASCII mostly.
        '\0'..='\u{257f}' => None,
        _ => INKS.get(&glyph).copied(),
    }
}

/// The character whose octants (bit 0 top left, bit 1 top right, and so on down) are `mask`.
pub fn glyph_of_octants(mask: u8) -> char {
    OCTANTS[usize::from(mask)]
}

/// The same of sextants, 6 bits.
pub fn glyph_of_sextants(mask: u8) -> char {
    SEXTANTS[usize::from(mask)]
}

/// The same of quadrants, 4 bits.
pub fn glyph_of_quadrants(mask: u8) -> char {
    QUADRANTS[usize::from(mask)]
}

fn mask(columns: u32, rows: u32, mask: u64) -> Ink {
    Ink::Mask {
        columns,
        rows,
        mask,
    }
}

const QUADRANTS: [char; 16] = [
    ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
];

/// U+1FB00 to U+1FB3B in the order of their masks, without those that were there before.
static SEXTANTS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let older = [
        (0, ' '),
        (0b01_0101, '▌'),
        (0b10_1010, '▐'),
        (0b11_1111, '█'),
    ];
    in_order(64, &older, 0x1fb00)
});

/// U+1CD00 to U+1CDE5 in the order of their masks, without those that were there before or have another place: what
/// quadrants can show, quarters from the top and the bottom, and six quarters of a half.
static OCTANTS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut older = vec![
        (0x03, '\u{1fb82}'),
        (0x3f, '\u{1fb85}'),
        (0xc0, '▂'),
        (0xfc, '▆'),
        (0x14, '\u{1fbe6}'),
        (0x28, '\u{1fbe7}'),
        (0x01, '\u{1cea8}'),
        (0x02, '\u{1ceab}'),
        (0x40, '\u{1cea3}'),
        (0x80, '\u{1cea0}'),
    ];
    for (quadrants, glyph) in QUADRANTS.into_iter().enumerate() {
        let spread = [0x05, 0x0a, 0x50, 0xa0];
        let parts = (0..4).filter(|n| quadrants >> n & 1 == 1);
        older.push((parts.map(|n| spread[n]).sum(), glyph));
    }
    in_order(256, &older, 0x1cd00)
});

fn in_order(count: usize, older: &[(usize, char)], first: u32) -> Vec<char> {
    let mut next = first..;
    let glyph = |mask: usize| {
        let known = older.iter().find(|(m, _)| *m == mask);
        known.map_or_else(|| next.next().and_then(char::from_u32), |(_, c)| Some(*c))
    };
    (0..count).map(glyph).map(Option::unwrap).collect()
}

static INKS: LazyLock<HashMap<char, Ink>> = LazyLock::new(|| {
    let mut inks = HashMap::new();
    for (glyphs, rows) in [(&OCTANTS[..], 4), (&SEXTANTS[..], 3), (&QUADRANTS[..], 2)] {
        let glyphs = glyphs.iter().zip(0..);
        inks.extend(glyphs.map(|(glyph, bits)| (*glyph, mask(2, rows, bits))));
    }
    for n in 1..8u32 {
        // U+2581 to U+2587 from below, U+258F to U+2589 from the left.
        let below = char::from_u32(0x2580 + n).unwrap();
        inks.insert(below, mask(1, 8, 0xff << (8 - n) & 0xff));
        let left = char::from_u32(0x2590 - n).unwrap();
        inks.insert(left, mask(8, 1, (1 << n) - 1));
    }
    inks.insert('▔', mask(1, 8, 1));
    inks.insert('▕', mask(8, 1, 0x80));
    for (glyph, quarters) in [('░', 1), ('▒', 2), ('▓', 3)] {
        inks.insert(glyph, Ink::Shade(quarters));
    }
    inks
});
