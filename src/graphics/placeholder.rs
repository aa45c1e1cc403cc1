//! kitty's Unicode placeholders: cells of text that a picture shines through
//! (<https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders>).
//!
//! A picture whose placement is virtual (`U=1`) is seen wherever U+10EEEE stands in the colour of its id. tmux moves,
//! scrolls and erases such cells like any others.

use ratatui::layout::Rect;
use ratatui::style::Color;

use crate::domain::ColorDepth;

use super::ansi;
use super::payload::Band;

/// The placeholder.
const CELL: &str = "\u{10EEEE}";

/// The diacritics that stand for 0, 1, 2 and so on, as ranges: `rowcolumn-diacritics.txt` of the protocol's document,
/// that is the marks of class 230 in Unicode 6.0 that normalization leaves alone.
const DIACRITICS: [(u32, u32); 86] = [
    (0x0305, 0x0305),
    (0x030D, 0x030E),
    (0x0310, 0x0310),
    (0x0312, 0x0312),
    (0x033D, 0x033F),
    (0x0346, 0x0346),
    (0x034A, 0x034C),
    (0x0350, 0x0352),
    (0x0357, 0x0357),
    (0x035B, 0x035B),
    (0x0363, 0x036F),
    (0x0483, 0x0487),
    (0x0592, 0x0595),
    (0x0597, 0x0599),
    (0x059C, 0x05A1),
    (0x05A8, 0x05A9),
    (0x05AB, 0x05AC),
    (0x05AF, 0x05AF),
    (0x05C4, 0x05C4),
    (0x0610, 0x0617),
    (0x0657, 0x065B),
    (0x065D, 0x065E),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E2),
    (0x06E4, 0x06E4),
    (0x06E7, 0x06E8),
    (0x06EB, 0x06EC),
    (0x0730, 0x0730),
    (0x0732, 0x0733),
    (0x0735, 0x0736),
    (0x073A, 0x073A),
    (0x073D, 0x073D),
    (0x073F, 0x0741),
    (0x0743, 0x0743),
    (0x0745, 0x0745),
    (0x0747, 0x0747),
    (0x0749, 0x074A),
    (0x07EB, 0x07F1),
    (0x07F3, 0x07F3),
    (0x0816, 0x0819),
    (0x081B, 0x0823),
    (0x0825, 0x0827),
    (0x0829, 0x082D),
    (0x0951, 0x0951),
    (0x0953, 0x0954),
    (0x0F82, 0x0F83),
    (0x0F86, 0x0F87),
    (0x135D, 0x135F),
    (0x17DD, 0x17DD),
    (0x193A, 0x193A),
    (0x1A17, 0x1A17),
    (0x1A75, 0x1A7C),
    (0x1B6B, 0x1B6B),
    (0x1B6D, 0x1B73),
    (0x1CD0, 0x1CD2),
    (0x1CDA, 0x1CDB),
    (0x1CE0, 0x1CE0),
    (0x1DC0, 0x1DC1),
    (0x1DC3, 0x1DC9),
    (0x1DCB, 0x1DCC),
    (0x1DD1, 0x1DE6),
    (0x1DFE, 0x1DFE),
    (0x20D0, 0x20D1),
    (0x20D4, 0x20D7),
    (0x20DB, 0x20DC),
    (0x20E1, 0x20E1),
    (0x20E7, 0x20E7),
    (0x20E9, 0x20E9),
    (0x20F0, 0x20F0),
    (0x2CEF, 0x2CF1),
    (0x2DE0, 0x2DFF),
    (0xA66F, 0xA66F),
    (0xA67C, 0xA67D),
    (0xA6F0, 0xA6F1),
    (0xA8E0, 0xA8F1),
    (0xAAB0, 0xAAB0),
    (0xAAB2, 0xAAB3),
    (0xAAB7, 0xAAB8),
    (0xAABE, 0xAABF),
    (0xAAC1, 0xAAC1),
    (0xFE20, 0xFE26),
    (0x10A0F, 0x10A0F),
    (0x10A38, 0x10A38),
    (0x1D185, 0x1D189),
    (0x1D1AA, 0x1D1AD),
    (0x1D242, 0x1D244),
];

/// The mark for a number. Past the 297 there are, the last: no screen has so many rows, and a run that starts so far
/// right shows the wrong column rather than nothing.
fn diacritic(number: u32) -> char {
    let mut left = number;
    for (first, last) in DIACRITICS {
        let count = last - first + 1;
        if left < count {
            return char::from_u32(first + left).unwrap_or('\u{305}');
        }
        left -= count;
    }
    '\u{1D244}'
}

/// The cells of `part` (of a picture, from its corner) that show the picture `id`, one band a row. The first of a row
/// says which it is; the others follow it by the protocol's rule, a column further each. `ground` is seen where the
/// picture does not reach the edge of its cells: the terminal keeps its ratio.
pub(super) fn bands(id: u32, part: Rect, colors: ColorDepth, ground: Color) -> Vec<Band> {
    let rows = part.top()..part.bottom();
    rows.zip(0..)
        .map(|(row, y)| Band {
            area: Rect::new(0, y, part.width, 1),
            bytes: line(id, row, (part.x, part.width), colors, ground),
        })
        .collect()
}

fn line(
    id: u32,
    row: u16,
    (column, width): (u16, u16),
    colors: ColorDepth,
    ground: Color,
) -> Vec<u8> {
    let [high, red, green, blue] = id.to_be_bytes();
    let mut out = match colors {
        ColorDepth::True => format!("\x1b[38;2;{red};{green};{blue}m"),
        // tmux brings 24 bits down to 256 colours where it takes the terminal for one of those.
        _ => format!("\x1b[38;5;{blue}m"),
    };
    out.push_str(&ansi::background(ground));
    for n in 0..width {
        out.push_str(CELL);
        if n == 0 {
            out.push(diacritic(u32::from(row)));
            out.push(diacritic(u32::from(column)));
            if high > 0 {
                out.push(diacritic(u32::from(high)));
            }
        }
    }
    let mut out = out.into_bytes();
    out.extend_from_slice(ansi::PLAIN);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_marks_of_the_document() {
        let marks: Vec<char> = (0..297).map(diacritic).collect();
        assert_eq!(marks[..4], ['\u{305}', '\u{30D}', '\u{30E}', '\u{310}']);
        assert_eq!(marks[29..31], ['\u{36F}', '\u{483}']);
        assert_eq!(marks[296], '\u{1D244}');
        assert!(marks.is_sorted_by(|a, b| a < b), "each once, in order");
        assert_eq!(diacritic(400), '\u{1D244}');
    }

    #[test]
    fn the_first_cell_of_a_row_says_where_it_is() {
        let text = |id, colors, ground| {
            let band = bands(id, Rect::new(3, 1, 3, 2), colors, ground).remove(1);
            assert_eq!(band.area, Rect::new(0, 1, 3, 1));
            String::from_utf8(band.bytes).unwrap()
        };
        assert_eq!(
            text(0x01_02_03, ColorDepth::True, Color::Reset),
            "\x1b[38;2;1;2;3m\u{10EEEE}\u{30E}\u{310}\u{10EEEE}\u{10EEEE}\x1b[m"
        );
        assert_eq!(
            text(0x0100_0007, ColorDepth::Ansi256, Color::Black),
            "\x1b[38;5;7m\x1b[48;5;0m\u{10EEEE}\u{30E}\u{310}\u{30D}\u{10EEEE}\u{10EEEE}\x1b[m"
        );
    }
}
