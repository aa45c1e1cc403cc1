//! The sheet of one frame: what every part of the drawing reads from and writes to.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::domain::PictureId;
use crate::studio::{Action, Layout, State};

use super::{Scene, Theme, text};

/// One frame while it is drawn.
pub struct Sheet<'a> {
    /// What is drawn.
    pub state: &'a State,
    /// How it looks.
    pub theme: &'a Theme,
    /// Where it stands.
    pub layout: Layout,
    /// The cells.
    pub buf: &'a mut Buffer,
    /// Cursor and pictures so far.
    pub scene: Scene,
}

impl Sheet<'_> {
    /// Writes `words` into the first row of `area`; gives the cells that they took.
    pub fn put(&mut self, area: Rect, words: &str, style: Style) -> u16 {
        text::put(self.buf, area, words, style)
    }

    /// Writes `words` in the middle of the first row of `area`.
    pub fn put_centred(&mut self, area: Rect, words: &str, style: Style) {
        let air = area.width.saturating_sub(text::width(words)) / 2;
        self.put(skip(area, air), words, style);
    }

    /// Places a picture on the screen's background.
    pub fn place(&mut self, picture: PictureId, area: Rect) {
        self.scene.place(picture, area, self.theme.base, self.buf);
    }

    /// Makes room for what lies over the panes: takes pictures and cursor away there, and fills the cells with `ground`.
    pub fn clear(&mut self, area: Rect, ground: Style) {
        self.scene.cover(area);
        Clear.render(area, self.buf);
        self.buf.set_style(area, ground);
        // A wide character whose right half is covered would cover the edge in its turn.
        let Some(left) = area.x.checked_sub(1) else {
            return;
        };
        for y in area.y..area.bottom() {
            if let Some(cell) = self.buf.cell_mut((left, y))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
        }
    }

    /// Lets the real cursor rest there.
    pub fn rest_cursor(&mut self, x: u16, y: u16) {
        self.scene.cursor = Some(Position::new(x, y));
    }

    /// A key and what it does, as hints show it: `r again`. `None` for an action without a key.
    pub fn hint(&self, action: Action, word: &'static str) -> Option<Line<'static>> {
        let keys = self.state.keymap.keys_of(action)?;
        Some(Line::from(vec![
            Span::styled(keys, self.theme.key),
            Span::styled(format!(" {word}"), self.theme.dim),
        ]))
    }

    /// The keys of an action for a sentence; its name where it has none.
    pub fn keys(&self, action: Action) -> String {
        let keys = self.state.keymap.keys_of(action);
        keys.unwrap_or_else(|| action.name().to_owned())
    }
}

/// `area` without its first `cells` columns.
pub fn skip(area: Rect, cells: u16) -> Rect {
    let cells = cells.min(area.width);
    Rect {
        x: area.x + cells,
        width: area.width - cells,
        ..area
    }
}

/// `area` without its first `rows` rows.
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    }
}
