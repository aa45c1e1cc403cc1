//! kitty's Unicode placeholders: cells of text that show parts of a picture.

use std::sync::LazyLock;

use super::cells::Cell;
use super::pen::Color;

/// U+10EEEE.
pub(super) const PLACEHOLDER: char = '\u{10eeee}';

/// The marks that stand for the numbers 0 to 296, as ranges: of class 230, without a decomposition, in Unicode 6.0
/// (the protocol's `rowcolumn-diacritics.txt`).
#[rustfmt::skip]
const MARKS: [(u32, u32); 86] = [
    (0x305, 0x305), (0x30d, 0x30e), (0x310, 0x310), (0x312, 0x312), (0x33d, 0x33f), (0x346, 0x346),
    (0x34a, 0x34c), (0x350, 0x352), (0x357, 0x357), (0x35b, 0x35b), (0x363, 0x36f), (0x483, 0x487),
    (0x592, 0x595), (0x597, 0x599), (0x59c, 0x5a1), (0x5a8, 0x5a9), (0x5ab, 0x5ac), (0x5af, 0x5af),
    (0x5c4, 0x5c4), (0x610, 0x617), (0x657, 0x65b), (0x65d, 0x65e), (0x6d6, 0x6dc), (0x6df, 0x6e2),
    (0x6e4, 0x6e4), (0x6e7, 0x6e8), (0x6eb, 0x6ec), (0x730, 0x730), (0x732, 0x733), (0x735, 0x736),
    (0x73a, 0x73a), (0x73d, 0x73d), (0x73f, 0x741), (0x743, 0x743), (0x745, 0x745), (0x747, 0x747),
    (0x749, 0x74a), (0x7eb, 0x7f1), (0x7f3, 0x7f3), (0x816, 0x819), (0x81b, 0x823), (0x825, 0x827),
    (0x829, 0x82d), (0x951, 0x951), (0x953, 0x954), (0xf82, 0xf83), (0xf86, 0xf87), (0x135d, 0x135f),
    (0x17dd, 0x17dd), (0x193a, 0x193a), (0x1a17, 0x1a17), (0x1a75, 0x1a7c), (0x1b6b, 0x1b6b),
    (0x1b6d, 0x1b73), (0x1cd0, 0x1cd2), (0x1cda, 0x1cdb), (0x1ce0, 0x1ce0), (0x1dc0, 0x1dc1),
    (0x1dc3, 0x1dc9), (0x1dcb, 0x1dcc), (0x1dd1, 0x1de6), (0x1dfe, 0x1dfe), (0x20d0, 0x20d1),
    (0x20d4, 0x20d7), (0x20db, 0x20dc), (0x20e1, 0x20e1), (0x20e7, 0x20e7), (0x20e9, 0x20e9),
    (0x20f0, 0x20f0), (0x2cef, 0x2cf1), (0x2de0, 0x2dff), (0xa66f, 0xa66f), (0xa67c, 0xa67d),
    (0xa6f0, 0xa6f1), (0xa8e0, 0xa8f1), (0xaab0, 0xaab0), (0xaab2, 0xaab3), (0xaab7, 0xaab8),
    (0xaabe, 0xaabf), (0xaac1, 0xaac1), (0xfe20, 0xfe26), (0x10a0f, 0x10a0f), (0x10a38, 0x10a38),
    (0x1d185, 0x1d189), (0x1d1aa, 0x1d1ad), (0x1d242, 0x1d244),
];

static DIACRITICS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let all = MARKS.iter().flat_map(|(from, to)| *from..=*to);
    all.filter_map(char::from_u32).collect()
});

/// The mark of each number.
pub fn diacritics() -> &'static [char] {
    &DIACRITICS
}

/// Which part of which picture a placeholder shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub id: u32,
    /// 0 for any.
    pub placement: u32,
    pub row: u32,
    pub column: u32,
}

/// The part that the last cell of `row`, the cells from the left edge up to it, shows. What a placeholder does not say it
/// takes from the one left of it, if that has the same colours: the next column of the same row.
pub(super) fn resolve(row: &[Cell]) -> Option<Part> {
    let last = row.last()?;
    let start = row
        .iter()
        .rposition(|cell| !cell.is_placeholder())
        .map_or(0, |at| at + 1);
    let mut before: Option<(Part, u32, (Color, Color))> = None;
    for cell in row.get(start..)? {
        let colors = (cell.pen.fg, cell.pen.underline);
        let mut said = cell.marks.iter();
        let mut next = || said.next().copied().map(number).transpose();
        // A mark that stands for no number: nothing is shown.
        let Ok(said) = next().and_then(|row| Ok((row, next()?, next()?))) else {
            before = None;
            continue;
        };
        let left = before.filter(|(_, _, of)| *of == colors);
        let (row, column, high) = match (said, left) {
            ((None, ..), Some((part, high, _))) => (part.row, part.column + 1, high),
            ((Some(row), None, _), Some((part, high, _))) if part.row == row => {
                (row, part.column + 1, high)
            }
            ((Some(row), Some(column), None), Some((part, high, _)))
                if part.row == row && part.column + 1 == column =>
            {
                (row, column, high)
            }
            ((row, column, high), _) => (row.unwrap_or(0), column.unwrap_or(0), high.unwrap_or(0)),
        };
        let part = Part {
            id: high << 24 | colors.0.number(),
            placement: colors.1.number(),
            row,
            column,
        };
        before = Some((part, high, colors));
    }
    before
        .filter(|_| last.is_placeholder())
        .map(|(part, ..)| part)
}

fn number(mark: char) -> Result<u32, ()> {
    let at = DIACRITICS.iter().position(|known| *known == mark);
    at.map(|at| at as u32).ok_or(())
}
