//! The surface: two buffers of cells and the bytes that turn one into the other. Pure: bytes out, no descriptor.
//!
//! It stands where ratatui's `Terminal` would, which asks the tty for its size and cursor; here the size is told, and
//! the cells that a frame writes are told back, so that pictures under them can be sent again.

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Position, Rect, Size};

const SYNC: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");

/// The cells that the terminal shows, and the next ones.
#[derive(Debug)]
pub struct Surface {
    shown: Buffer,
    next: Buffer,
    /// What turns the one into the other; kept for its capacity.
    cells: Vec<u8>,
    damage: Vec<Rect>,
    /// Where the cursor is shown, if it is.
    cursor: Option<Position>,
    /// The terminal's screen is to be cleared first.
    clear: bool,
    synchronized: bool,
}

impl Surface {
    /// A surface of `size` cells over a screen of unknown content, whose cursor is hidden.
    pub fn new(size: Size) -> Self {
        let area = Rect::from((Position::ORIGIN, size));
        Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            cells: Vec::new(),
            damage: Vec::new(),
            cursor: None,
            clear: true,
            synchronized: false,
        }
    }

    /// Whether frames are wrapped in synchronized output (mode 2026), so that none is seen half drawn.
    pub fn set_synchronized(&mut self, synchronized: bool) {
        self.synchronized = synchronized;
    }

    /// The whole of it, in cells.
    pub fn area(&self) -> Rect {
        self.next.area
    }

    /// Takes the size and draws all anew with the next frame, after clearing the screen: on a resize, and with the same
    /// size after an editor, a suspend or Ctrl+L. Pictures are cleared too, and the cursor is taken to be hidden.
    pub fn reset(&mut self, size: Size) {
        *self = Self {
            synchronized: self.synchronized,
            cells: std::mem::take(&mut self.cells),
            ..Self::new(size)
        };
    }

    /// Lets `view` fill the blank next cells, and works out what changes. [`Self::finish`] must follow.
    pub fn draw<R>(&mut self, view: impl FnOnce(Rect, &mut Buffer) -> R) -> R {
        self.next.reset();
        let result = view(self.next.area, &mut self.next);
        self.cells.clear();
        self.damage.clear();
        let changes = self.shown.diff(&self.next);
        for (x, y, cell) in &changes {
            let width = cell.cell_width().max(1);
            match self.damage.last_mut() {
                Some(run) if run.y == *y && run.right() == *x => run.width += width,
                _ => self.damage.push(Rect::new(*x, *y, width, 1)),
            }
        }
        if !changes.is_empty() {
            // Writing to a `Vec` cannot fail.
            let _ = CrosstermBackend::new(&mut self.cells).draw(changes.into_iter());
        }
        std::mem::swap(&mut self.shown, &mut self.next);
        result
    }

    /// The cells that the last [`Self::draw`] writes, in runs of one row: pictures that stand there are drawn over.
    pub fn damage(&self) -> &[Rect] {
        &self.damage
    }

    /// Whether the last [`Self::draw`] clears the screen first, and all pictures with it.
    pub fn clears(&self) -> bool {
        self.clear
    }

    /// The bytes of the frame: `before` (what takes old pictures away), then the cells, then the cursor, shown at
    /// `cursor` or hidden. Empty when the terminal shows all of it already.
    pub fn finish(&mut self, before: &[u8], cursor: Option<Position>) -> Vec<u8> {
        let clear = std::mem::take(&mut self.clear);
        let drawn = clear || !self.cells.is_empty() || !before.is_empty();
        if !drawn && self.cursor == cursor {
            return Vec::new();
        }
        let mut frame = Vec::with_capacity(self.cells.len() + before.len() + 64);
        if self.synchronized {
            frame.extend_from_slice(SYNC.0);
        }
        // The cursor does not run along with what is drawn.
        if self.cursor.is_some() && (drawn || cursor.is_none()) {
            frame.extend_from_slice(b"\x1b[?25l");
        }
        if clear {
            frame.extend_from_slice(b"\x1b[0m\x1b[2J");
        }
        frame.extend_from_slice(before);
        frame.extend_from_slice(&self.cells);
        if let Some(Position { x, y }) = cursor {
            let place = format!("\x1b[{};{}H", y.saturating_add(1), x.saturating_add(1));
            frame.extend_from_slice(place.as_bytes());
            if drawn || self.cursor.is_none() {
                frame.extend_from_slice(b"\x1b[?25h");
            }
        }
        if self.synchronized {
            frame.extend_from_slice(SYNC.1);
        }
        self.cells.clear();
        self.cursor = cursor;
        frame
    }
}
