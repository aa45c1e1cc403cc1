//! A picture printed once, at the cursor, between the lines of a shell.

use ratatui::layout::{Rect, Size};

use crate::domain::{GraphicsKind, PixelSize};

use super::capabilities::Capabilities;
use super::payload::{Encoder, Payload, pixels_of_a_cell};
use super::placement::fit;
use super::raster::Bitmap;
use super::rung::Rung;
use super::{EncodeError, kitty};

/// A picture to be printed: its cells are fixed, its pixels are still to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Print {
    cells: Size,
    encoder: Encoder,
}

impl Print {
    /// A picture of `picture` px in at most `room` cells, and not larger than its own pixels. `None` on a terminal
    /// without pictures, or when there is no room.
    ///
    /// `room` is lower than the window, else the picture's top scrolls away.
    pub fn new(picture: PixelSize, caps: &Capabilities, room: Size) -> Option<Self> {
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
            encoder: Encoder::new(
                caps,
                caps.backdrop(),
                cells,
                Rect::from(cells),
                Rung::Exact,
                None,
            ),
        })
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
        match self.encoder.encode(bitmap)? {
            Payload::Image(base64) => {
                kitty::transmit_and_place(&mut out, base64.as_bytes(), self.cells);
            }
            Payload::Bands(bands) => {
                for band in bands {
                    out.extend_from_slice(b"\x1b8");
                    out.extend_from_slice(&step(band.area.y, 'B'));
                    out.extend_from_slice(&step(band.area.x, 'C'));
                    out.extend_from_slice(&band.bytes);
                }
            }
        }
        out.extend_from_slice(format!("\x1b8\x1b[{rows}B\r").as_bytes());
        Ok(out)
    }
}

/// CUD or CUF by `cells`; nothing for 0, which would mean 1.
fn step(cells: u16, direction: char) -> Vec<u8> {
    match cells {
        0 => Vec::new(),
        _ => format!("\x1b[{cells}{direction}").into_bytes(),
    }
}
