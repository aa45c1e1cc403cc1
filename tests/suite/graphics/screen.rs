//! A terminal that plays what we write back into pixels, and fails on what a real one would mind.
//!
//! A strict one, as the tests use it, panics: on sequences that it does not know, on commands that a terminal would take
//! wrongly, on pictures that scroll the screen or stand over text or over each other. A lenient one (the bench's, for
//! programs of others) passes over all that.

// Tests and bench use different parts of it.
#![allow(dead_code, unused_imports)]

#[path = "screen/answers.rs"]
mod answers;
#[path = "screen/cells.rs"]
mod cells;
#[path = "screen/glyphs.rs"]
mod glyphs;
#[path = "screen/iterm2.rs"]
mod iterm2;
#[path = "screen/kitty.rs"]
mod kitty;
#[path = "screen/pen.rs"]
mod pen;
#[path = "screen/placeholder.rs"]
mod placeholder;
#[path = "screen/sequence.rs"]
mod sequence;
#[path = "screen/sixel.rs"]
mod sixel;

use image::{Rgb as Pixel, RgbImage};
use ratatui::layout::{Position, Rect};

pub use answers::Profile;
pub use glyphs::{glyph_of_octants, glyph_of_quadrants, glyph_of_sextants};
pub use placeholder::diacritics;

use cells::Cell;
use kitty::Kitty;
use pen::Pen;

type Rgb = [u8; 3];

/// Cells of `cell` px, with what is painted in them and placed over them.
pub struct Screen {
    pub columns: u16,
    pub rows: u16,
    cell: (u32, u32),
    cells: Vec<Cell>,
    /// px; `None` where no picture is painted.
    painted: Vec<Option<Rgb>>,
    pub cursor: Position,
    saved: Position,
    pub cursor_shown: bool,
    /// After a sixel or an iTerm2 picture each terminal has the cursor somewhere else.
    cursor_lost: bool,
    pen: Pen,
    kitty: Kitty,
    /// A multipart file of iTerm2 that is still coming.
    multipart: Option<(String, String)>,
    profile: Profile,
    /// How many tmux stand between, one inside the other.
    tmux: u8,
    strict: bool,
    /// What the terminal has said and nobody has read.
    answers: Vec<u8>,
    /// The start of a sequence whose end has not come.
    rest: Vec<u8>,
    /// Bytes of pictures that came, base64 and sixels.
    pub picture_bytes: usize,
    /// Rows that went off the top.
    pub scrolled: u16,
    /// The alternate screen is shown.
    pub alternate: bool,
}

impl Screen {
    /// One that draws everything.
    pub fn new(columns: u16, rows: u16, cell: (u32, u32)) -> Self {
        let pixels = u32::from(columns) * cell.0 * u32::from(rows) * cell.1;
        Self {
            columns,
            rows,
            cell,
            cells: vec![Cell::default(); usize::from(columns) * usize::from(rows)],
            painted: vec![None; pixels as usize],
            cursor: Position::ORIGIN,
            saved: Position::ORIGIN,
            cursor_shown: true,
            cursor_lost: false,
            pen: Pen::default(),
            kitty: Kitty::default(),
            multipart: None,
            profile: Profile::All,
            tmux: 0,
            strict: true,
            answers: Vec::new(),
            rest: Vec::new(),
            picture_bytes: 0,
            scrolled: 0,
            alternate: false,
        }
    }

    /// The same, answering and drawing as `profile` does.
    pub fn like(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// The same, behind `levels` tmux: graphics commands must be wrapped as often, text must not be.
    pub fn behind_tmux(mut self, levels: u8) -> Self {
        self.tmux = levels;
        self
    }

    /// The same, passing over what it does not know.
    pub fn lenient(mut self) -> Self {
        self.strict = false;
        self
    }

    /// Takes whole sequences, and looks at what they led to.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.stream(bytes);
        if !self.rest.is_empty() {
            self.fault(&format!("the output ends within {:?}", head(&self.rest)));
        }
        self.check();
    }

    /// Takes bytes as a line delivers them, cut anywhere.
    pub fn stream(&mut self, bytes: &[u8]) {
        let mut pending = std::mem::take(&mut self.rest);
        pending.extend_from_slice(bytes);
        let mut at = 0;
        while let Some(length) = sequence::length(&pending[at..]) {
            self.sequence(&pending[at..at + length], 0);
            at += length;
        }
        self.rest = pending.split_off(at);
    }

    /// What it has answered since the last time.
    pub fn take_answers(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }

    /// Whether every sequence and every transmission that began has ended.
    pub fn is_at_rest(&self) -> bool {
        self.rest.is_empty() && !self.kitty.is_open() && self.multipart.is_none()
    }

    /// Fails where two pictures stand on one cell, or one over text.
    pub fn check(&mut self) {
        let fault = self.kitty.overlap().or_else(|| {
            let covered = self.kitty.covered();
            let visible = |at: &Position| {
                let cell = self.inside(*at).then(|| &self.cells[self.index(*at)]);
                cell.is_some_and(|cell| cell.has_text() || cell.is_placeholder())
            };
            let at = covered.into_iter().find(visible)?;
            Some(format!("a picture stands over what is written at {at}"))
        });
        if let Some(fault) = fault {
            self.fault(&fault);
        }
    }

    /// `CSI 2 J`, as kitty does it: pictures that are not placed any more are forgotten.
    pub fn clear(&mut self) {
        self.painted.fill(None);
        self.cells.fill(Cell::default());
        self.kitty.forget();
    }

    /// Another terminal took its place: what was transmitted is gone, the text is drawn again.
    pub fn lose_pictures(&mut self) {
        self.kitty.forget();
    }

    /// Blanks in every cell of `area`.
    pub fn type_over(&mut self, area: Rect) {
        for position in area.positions() {
            self.write_cell(position, ' ', Pen::default());
        }
    }

    /// Letters in every cell of `area`, over which no picture may stand.
    pub fn popup(&mut self, area: Rect) {
        for position in area.positions() {
            self.write_cell(position, 'x', Pen::default());
        }
    }

    /// What a viewer sees of pictures at a pixel.
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgb> {
        let at = Position::new((x / self.cell.0) as u16, (y / self.cell.1) as u16);
        self.look(at)
            .pixel(self, at, x % self.cell.0, y % self.cell.1)
    }

    /// The same for all pixels of `area` (cells); where nothing is, it is black.
    pub fn picture(&self, area: Rect) -> RgbImage {
        let (width, height) = self.cell;
        let mut out = RgbImage::new(
            u32::from(area.width) * width,
            u32::from(area.height) * height,
        );
        for at in area.positions() {
            let look = self.look(at);
            for y in 0..height {
                for x in 0..width {
                    let seen = look.pixel(self, at, x, y).unwrap_or_default();
                    let (left, top) = (u32::from(at.x - area.x), u32::from(at.y - area.y));
                    out.put_pixel(left * width + x, top * height + y, Pixel(seen));
                }
            }
        }
        out
    }

    /// The smallest rectangle of px with all that is painted or placed: x, y, width, height.
    pub fn extent(&self) -> Option<[u32; 4]> {
        let mut edges: Option<[u32; 4]> = None;
        for at in Rect::new(0, 0, self.columns, self.rows).positions() {
            let look = self.look(at);
            for y in 0..self.cell.1 {
                for x in 0..self.cell.0 {
                    if look.pixel(self, at, x, y).is_none() {
                        continue;
                    }
                    let x = u32::from(at.x) * self.cell.0 + x;
                    let y = u32::from(at.y) * self.cell.1 + y;
                    let [left, top, right, bottom] = edges.unwrap_or([x, y, x, y]);
                    edges = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
                }
            }
        }
        let [left, top, right, bottom] = edges?;
        Some([left, top, right - left + 1, bottom - top + 1])
    }

    /// How many pictures a kitty terminal holds, placed or not.
    pub fn images(&self) -> usize {
        self.kitty.images()
    }

    /// What is written on the screen, row by row.
    pub fn text(&self) -> String {
        let rows = self.cells.chunks(usize::from(self.columns));
        let rows = rows.map(|row| row.iter().filter_map(Cell::letter).collect::<String>());
        rows.collect::<Vec<_>>().join("\n")
    }

    fn inside(&self, at: Position) -> bool {
        at.x < self.columns && at.y < self.rows
    }

    fn index(&self, at: Position) -> usize {
        usize::from(at.y) * usize::from(self.columns) + usize::from(at.x)
    }

    fn at(&self, x: u32, y: u32) -> usize {
        (y * u32::from(self.columns) * self.cell.0 + x) as usize
    }

    fn fault(&self, what: &str) {
        assert!(!self.strict, "{what}");
    }
}

/// The start of a sequence, to be shown.
fn head(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned()
}
