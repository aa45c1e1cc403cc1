//! Pixels and bytes of pictures that a terminal holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::layout::{Rect, Size};

use crate::domain::{GraphicsKind, PixelSize};
use crate::graphics::capabilities::Capabilities;
use crate::graphics::payload::{PayloadKey, pixels_of_a_cell};
use crate::graphics::placement::Placement;
use crate::graphics::raster::PixelRect;

/// The part of a placement from the picture's corner.
pub(super) fn within(placement: &Placement) -> Rect {
    let Placement { area, part, .. } = *placement;
    Rect {
        x: part.x - area.x,
        y: part.y - area.y,
        ..part
    }
}

/// The px that `part` (cells) has of a picture of `px` over `area` cells; at least one.
pub(super) fn crop(px: PixelSize, area: Size, part: Rect) -> PixelRect {
    let scaled = |cells: u16, of: u16, px: u32| {
        let px = u64::from(px) * u64::from(cells) / u64::from(of.max(1));
        px as u32
    };
    let (left, right) = (
        scaled(part.left(), area.width, px.width),
        scaled(part.right(), area.width, px.width),
    );
    let (top, bottom) = (
        scaled(part.top(), area.height, px.height),
        scaled(part.bottom(), area.height, px.height),
    );
    PixelRect {
        x: left.min(px.width.saturating_sub(1)),
        y: top.min(px.height.saturating_sub(1)),
        width: (right - left).max(1),
        height: (bottom - top).max(1),
    }
}

/// The size that a PNG says it has (its header, PNG 11.2.2); else that of the cells.
pub(super) fn size_of(base64: &str, key: &PayloadKey, caps: &Capabilities) -> PixelSize {
    let head = base64
        .get(..32)
        .and_then(|head| STANDARD.decode(head).ok())
        .unwrap_or_default();
    let number = |at: usize| -> Option<u32> {
        let bytes = head.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes)).filter(|px| *px > 0)
    };
    let is_png = head.get(12..16) == Some(b"IHDR");
    match (number(16), number(20)) {
        (Some(width), Some(height)) if is_png => PixelSize::new(width, height),
        _ => {
            let (width, height) = pixels_of_a_cell(GraphicsKind::Kitty, caps);
            PixelSize::new(
                u32::from(key.area.width) * width,
                u32::from(key.area.height) * height,
            )
        }
    }
}

/// What the terminal needs for the decoded picture: RGBA.
pub(super) fn bytes_of(base64: &str, key: &PayloadKey, caps: &Capabilities) -> u64 {
    let px = size_of(base64, key, caps);
    4 * u64::from(px.width) * u64::from(px.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_in_cells_is_a_part_in_px_whatever_the_scale() {
        let px = PixelSize::new(334, 186);
        let area = Size::new(100, 38);
        let whole = crop(px, area, Rect::from(area));
        assert_eq!((whole.x, whole.y), (0, 0));
        assert_eq!((whole.width, whole.height), (334, 186));
        let part = crop(px, area, Rect::new(50, 19, 25, 19));
        assert_eq!((part.x, part.y), (167, 93));
        assert_eq!((part.width, part.height), (83, 93));
        // Less than a pixel is one.
        let tiny = crop(PixelSize::new(3, 1), area, Rect::new(99, 37, 1, 1));
        assert_eq!((tiny.x, tiny.y, tiny.width, tiny.height), (2, 0, 1, 1));
    }
}
