//! Cells of text: writing, erasing, scrolling, and what is seen of pictures in them.

use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthChar;

use super::glyphs::{self, Ink};
use super::kitty::View;
use super::pen::Pen;
use super::placeholder::{self, PLACEHOLDER};
use super::{Rgb, Screen};

#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// `None` for a blank; `\0` right of a wide one.
    glyph: Option<char>,
    pub marks: Vec<char>,
    pub pen: Pen,
}

impl Cell {
    /// What is written there, a space where nothing is.
    pub(super) fn character(&self) -> char {
        self.glyph.unwrap_or(' ')
    }

    /// For the screen's text.
    pub fn letter(&self) -> Option<char> {
        match self.glyph {
            Some('\0') => None,
            glyph => Some(glyph.unwrap_or(' ')),
        }
    }

    pub fn is_placeholder(&self) -> bool {
        self.glyph == Some(PLACEHOLDER)
    }

    /// Letters, but no blanks and no parts of pictures.
    pub fn has_text(&self) -> bool {
        self.glyph
            .is_some_and(|glyph| glyph != PLACEHOLDER && glyphs::ink(glyph).is_none())
    }
}

/// What a viewer sees in a cell.
pub(super) enum Look<'a> {
    Painted,
    Placed(View<'a>),
}

impl Look<'_> {
    /// `x` and `y` from the corner of the cell `at`.
    pub fn pixel(&self, screen: &Screen, at: Position, x: u32, y: u32) -> Option<Rgb> {
        match self {
            Self::Painted => {
                let (left, top) = (
                    u32::from(at.x) * screen.cell.0,
                    u32::from(at.y) * screen.cell.1,
                );
                screen.painted[screen.at(left + x, top + y)]
            }
            Self::Placed(view) => view.pixel(x, y),
        }
    }
}

impl Screen {
    pub(super) fn look(&self, at: Position) -> Look<'_> {
        if let Some(view) = self.kitty.placed(at, self.cell) {
            return Look::Placed(view);
        }
        if !self.cells[self.index(at)].is_placeholder() {
            return Look::Painted;
        }
        let start = self.index(Position::new(0, at.y));
        let row = &self.cells[start..=start + usize::from(at.x)];
        let seen = placeholder::resolve(row).and_then(|part| self.kitty.part(part, self.cell));
        seen.map_or(Look::Painted, Look::Placed)
    }

    /// One character at the cursor: it takes the place of what is painted in its cell.
    pub(super) fn glyph(&mut self, glyph: char) {
        self.needs_cursor();
        let width = match glyph {
            PLACEHOLDER => 1,
            // Older tables of widths do not know them.
            _ if glyphs::ink(glyph).is_some() => 1,
            _ => glyph.width().unwrap_or(0),
        };
        if width == 0 {
            self.mark(glyph);
            return;
        }
        if self.cursor.x >= self.columns {
            self.fault("written past the last column");
            self.cursor.x = 0;
            self.line_feed();
        }
        self.write_cell(self.cursor, glyph, self.pen);
        self.cursor.x += 1;
        if width > 1 && self.cursor.x < self.columns {
            self.write_cell(self.cursor, '\0', self.pen);
            self.cursor.x += 1;
        }
    }

    /// A combining mark belongs to the character before it.
    fn mark(&mut self, mark: char) {
        let Some(x) = self.cursor.x.checked_sub(1) else {
            return;
        };
        let at = self.index(Position::new(x, self.cursor.y));
        self.cells[at].marks.push(mark);
    }

    pub(super) fn write_cell(&mut self, at: Position, glyph: char, pen: Pen) {
        let index = self.index(at);
        self.cells[index] = Cell {
            glyph: (glyph != ' ').then_some(glyph),
            marks: Vec::new(),
            pen,
        };
        let (fg, bg) = pen.colors();
        let ink = glyphs::ink(glyph);
        for y in 0..self.cell.1 {
            for x in 0..self.cell.0 {
                let color = match ink {
                    None => None,
                    Some(Ink::Mask {
                        columns,
                        rows,
                        mask,
                    }) => {
                        let (column, row) = (x * columns / self.cell.0, y * rows / self.cell.1);
                        let full = mask >> (row * columns + column) & 1 == 1;
                        if full { Some(fg) } else { bg }
                    }
                    Some(Ink::Shade(quarters)) => {
                        let bg = bg.unwrap_or_default();
                        let mix = |i: usize| {
                            (u32::from(fg[i]) * quarters + u32::from(bg[i]) * (4 - quarters)) / 4
                        };
                        Some([0, 1, 2].map(|i| mix(i) as u8))
                    }
                };
                let pixel = self.at(
                    u32::from(at.x) * self.cell.0 + x,
                    u32::from(at.y) * self.cell.1 + y,
                );
                self.painted[pixel] = color;
            }
        }
    }

    pub(super) fn line_feed(&mut self) {
        if self.cursor.y + 1 < self.rows {
            self.cursor.y += 1;
            return;
        }
        self.scrolled += 1;
        let columns = usize::from(self.columns);
        self.cells.drain(..columns);
        self.cells
            .resize(self.cells.len() + columns, Cell::default());
        let row = columns * (self.cell.0 * self.cell.1) as usize;
        self.painted.drain(..row);
        self.painted.resize(self.painted.len() + row, None);
        self.kitty.scroll();
    }

    /// ED, EL and ECH.
    pub(super) fn erase(&mut self, parameters: &str, command: u8) {
        let Position { x, y } = self.cursor;
        let (columns, rows) = (self.columns, self.rows);
        let rest_of_row = Rect::new(x, y, columns - x.min(columns), 1);
        let rest = Rect::new(0, y + 1, columns, rows - y - 1);
        let before = Rect::new(0, 0, columns, y);
        let row_before = Rect::new(0, y, (x + 1).min(columns), 1);
        let areas = match (command, parameters) {
            (b'X', number) => {
                let width = number.parse().unwrap_or(1).min(rest_of_row.width);
                vec![Rect {
                    width,
                    ..rest_of_row
                }]
            }
            (b'K', "" | "0") => vec![rest_of_row],
            (b'K', "1") => vec![row_before],
            (b'K', _) => vec![Rect::new(0, y, columns, 1)],
            (_, "" | "0") => vec![rest_of_row, rest],
            (_, "1") => vec![before, row_before],
            _ => {
                self.kitty.unplace_all();
                vec![Rect::new(0, 0, columns, rows)]
            }
        };
        let pen = Pen {
            inverse: false,
            ..self.pen
        };
        for area in areas {
            for at in area.positions() {
                self.write_cell(at, ' ', pen);
            }
        }
    }
}
