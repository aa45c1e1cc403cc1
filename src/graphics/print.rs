//! A picture printed once, at the cursor, between the lines of a shell.

use ratatui::layout::{Rect, Size};
use ratatui::style::Color;

use crate::domain::{ColorDepth, GraphicsKind, PixelSize};

use super::capabilities::Capabilities;
use super::kitty::Answer;
use super::ladder::Allowed;
use super::payload::{Band, Encoder, Payload, pixels_of_a_cell};
use super::placement::fit;
use super::raster::Bitmap;
use super::route::Route;
use super::rung::Rung;
use super::{EncodeError, kitty, placeholder};

/// A picture to be printed: its cells are fixed, its pixels are still to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Print {
    cells: Size,
    encoder: Encoder,
    route: Route,
    /// Whether a kitty picture stands in cells of text, and how many colours those can have.
    as_text: Option<ColorDepth>,
}

impl Print {
    /// A picture of `picture` px in at most `room` cells, and not larger than its own pixels, as good as `rung` says.
    /// `None` on a terminal without pictures, or when there is no room.
    ///
    /// `room` is lower than the window, else the picture's top scrolls away.
    pub fn new(picture: PixelSize, caps: &Capabilities, room: Size, rung: Rung) -> Option<Self> {
        if caps.kind == GraphicsKind::Off {
            return None;
        }
        let (cell_width, cell_height) = pixels_of_a_cell(GraphicsKind::Kitty, caps);
        let own = |px: u32, per: u32| u16::try_from(px.div_ceil(per)).unwrap_or(u16::MAX);
        let room = Rect::new(
            0,
            0,
            room.width.min(own(picture.width, cell_width)),
            room.height.min(own(picture.height, cell_height)),
        );
        let cells = fit(picture, caps.cell, room).as_size();
        (cells.width > 0 && cells.height > 0).then(|| Self {
            cells,
            route: caps.route,
            // What stands between moves text, and no pictures.
            as_text: (caps.placeholders && caps.route != Route::Direct).then_some(caps.colors),
            encoder: Encoder::new(
                caps,
                caps.backdrop(),
                cells,
                Rect::from(cells),
                rung,
                Allowed::default(),
            ),
        })
    }

    /// The same in at most `budget` bytes, if it goes over a network; `None`: as many as it needs.
    #[must_use]
    pub fn within(mut self, budget: Option<usize>, caps: &Capabilities) -> Self {
        let most = budget.filter(|_| caps.remote);
        let (whole, rung) = (Rect::from(self.cells), self.encoder.rung);
        let allowed = Allowed {
            most,
            ..Allowed::default()
        };
        self.encoder = Encoder::new(caps, caps.backdrop(), self.cells, whole, rung, allowed);
        self
    }

    /// The cells that it will cover.
    pub fn cells(&self) -> Size {
        self.cells
    }

    /// The size to which the whole picture is to be resized first.
    pub fn px(&self) -> PixelSize {
        self.encoder.px
    }

    /// Encodes `bitmap`, the whole picture at [`Print::px`]. The bytes leave the cursor at the start of the line below
    /// the picture.
    pub fn run(&self, bitmap: &Bitmap<'_>) -> Result<Vec<u8>, EncodeError> {
        let rows = self.cells.height;
        let mut out = Vec::new();
        // Scroll first, so that the picture itself never does; then draw from the saved corner.
        for _ in 0..rows {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(format!("\x1b[{rows}A\x1b7").as_bytes());
        match (self.encoder.encode(bitmap)?, self.as_text) {
            (Payload::Image(base64), Some(colors)) => {
                let id = id(base64.as_bytes(), colors);
                for from in (0..base64.len()).step_by(kitty::CHUNK) {
                    kitty::transmit(&mut out, self.route, id, base64.as_bytes(), from);
                }
                kitty::place_virtual(&mut out, self.route, id, self.cells, Answer::Silent);
                let whole = Rect::from(self.cells);
                draw(
                    &mut out,
                    &placeholder::bands(id, whole, colors, Color::Reset),
                );
            }
            (Payload::Image(base64), None) => {
                kitty::transmit_and_place(&mut out, self.route, base64.as_bytes(), self.cells);
            }
            (Payload::Bands(bands), _) => draw(&mut out, &bands),
        }
        out.extend_from_slice(format!("\x1b8\x1b[{rows}B\r").as_bytes());
        Ok(out)
    }
}

/// The bands, from the saved corner.
fn draw(out: &mut Vec<u8>, bands: &[Band]) {
    for band in bands {
        out.extend_from_slice(b"\x1b8");
        out.extend_from_slice(&step(band.area.y, 'B'));
        out.extend_from_slice(&step(band.area.x, 'C'));
        out.extend_from_slice(&band.bytes);
    }
}

/// An id for a picture that stays in the terminal's memory of lines when we are gone, so that no other may take its place:
/// made of the picture itself (FNV-1a), of as many bits as a placeholder's colour and diacritics carry.
fn id(base64: &[u8], colors: ColorDepth) -> u32 {
    let hash = base64.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    match colors {
        ColorDepth::True => hash % 0xff_ffff + 1,
        _ => (hash >> 8 & 0xff) << 24 | (hash % 255 + 1),
    }
}

/// CUD or CUF by `cells`; nothing for 0, which would mean 1.
fn step(cells: u16, direction: char) -> Vec<u8> {
    match cells {
        0 => Vec::new(),
        _ => format!("\x1b[{cells}{direction}").into_bytes(),
    }
}
