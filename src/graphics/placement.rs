//! Placements: which picture stands in which cells. `view` names them, one diff shows and erases them.

use ratatui::layout::Rect;

use crate::domain::{CellSize, PictureId, PixelSize};

/// One visible rectangle of one picture.
///
/// A popup over a picture cuts it: each rectangle that is left is a placement of its own, with the same `area`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Placement {
    /// Which picture.
    pub picture: PictureId,
    /// The cells that the whole fitted picture covers.
    pub area: Rect,
    /// The visible rectangle of it; inside `area`.
    pub part: Rect,
}

/// The cells that a picture of `size` px covers when it is fitted into `room`, centred, its ratio kept, never enlarged
/// beyond `room`. At least one cell, unless `room` is empty.
pub fn fit(size: PixelSize, cell: CellSize, room: Rect) -> Rect {
    if room.is_empty() || size.width == 0 || size.height == 0 {
        return Rect::new(room.x, room.y, 0, 0);
    }
    let (cell_w, cell_h) = (f64::from(cell.width.max(1)), f64::from(cell.height.max(1)));
    let (room_w, room_h) = (
        f64::from(room.width) * cell_w,
        f64::from(room.height) * cell_h,
    );
    let scale = (room_w / f64::from(size.width)).min(room_h / f64::from(size.height));
    let cells = |px: u32, per: f64, most: u16| {
        let cells = (f64::from(px) * scale / per).round();
        (cells as u16).clamp(1, most)
    };
    let width = cells(size.width, cell_w, room.width);
    let height = cells(size.height, cell_h, room.height);
    Rect::new(
        room.x + (room.width - width) / 2,
        room.y + (room.height - height) / 2,
        width,
        height,
    )
}
