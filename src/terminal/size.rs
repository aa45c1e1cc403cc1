//! The terminal's size as the kernel knows it; the terminal itself is not asked.

use ratatui::layout::Size;

use crate::domain::CellSize;

/// Cells, and px where the terminal tells the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TtySize {
    /// Columns and rows, each at least 1.
    pub cells: Size,
    /// Width and height of the text area in px.
    pub pixels: Option<Size>,
}

impl TtySize {
    /// Assumed where the size is not known: what terminals had.
    pub const ASSUMED: Self = Self {
        cells: Size::new(80, 24),
        pixels: None,
    };

    /// The size of one cell in px; rounded down, since konsole adds a border to its width.
    pub fn cell(self) -> Option<CellSize> {
        let pixels = self.pixels?;
        Some(CellSize {
            width: pixels.width / self.cells.width,
            height: pixels.height / self.cells.height,
        })
        .filter(|cell| cell.width > 0 && cell.height > 0)
    }

    pub(super) fn from_kernel(size: rustix::termios::Winsize) -> Self {
        if size.ws_col == 0 || size.ws_row == 0 {
            return Self::ASSUMED;
        }
        Self {
            cells: Size::new(size.ws_col, size.ws_row),
            pixels: (size.ws_xpixel > 0 && size.ws_ypixel > 0)
                .then(|| Size::new(size.ws_xpixel, size.ws_ypixel)),
        }
    }
}
