//! The scene: what a drawing leaves beside the cells, namely where the cursor rests and where pictures stand.
//!
//! It cuts pictures under popups, in this one place; it never decides what is shown.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::domain::PictureId;
use crate::graphics::{Placement, minus};

/// The cursor and the pictures of one frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scene {
    /// Where the real cursor rests; `None` hides it.
    pub cursor: Option<Position>,
    /// Visible rectangles of pictures, disjoint, in the order they were drawn.
    pub placements: Vec<Placement>,
}

impl Scene {
    /// Places `picture` over the cells of `area`, cut to `buf`.
    ///
    /// The cells become empty ones of the style `ground`, so the text diff wipes what stood there, once, and writes
    /// nothing more while the picture stays. (Cells that the diff skips would keep the old text until the picture is
    /// there, and show it through a transparent one for ever.)
    pub fn place(&mut self, picture: PictureId, area: Rect, ground: Style, buf: &mut Buffer) {
        let part = area.intersection(buf.area);
        if part.is_empty() {
            return;
        }
        for position in part.positions() {
            if let Some(cell) = buf.cell_mut(position) {
                cell.reset();
                cell.set_style(ground);
            }
        }
        self.placements.push(Placement {
            picture,
            area,
            part,
        });
    }

    /// Takes `cover` away from every picture and from the cursor: each picture under it becomes the up to four
    /// rectangles that are left around it. Who covers also draws the cells, each of them.
    pub fn cover(&mut self, cover: Rect) {
        self.placements = self
            .placements
            .iter()
            .flat_map(|placement| {
                minus(placement.part, cover)
                    .into_iter()
                    .map(|part| Placement { part, ..*placement })
            })
            .collect();
        self.cursor = self.cursor.filter(|cursor| !cover.contains(*cursor));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::GenerationId;

    fn picture(n: u16) -> PictureId {
        PictureId {
            generation: GenerationId::from_number(7),
            n,
        }
    }

    fn rect() -> impl Strategy<Value = Rect> {
        (0u16..40, 0u16..20, 0u16..40, 0u16..20).prop_map(|(x, y, w, h)| Rect::new(x, y, w, h))
    }

    proptest! {
        /// However many popups open, each cell that no popup covers is shown exactly once, and no other is.
        #[test]
        fn parts_are_exactly_what_no_cover_hides(area in rect(), covers in prop::collection::vec(rect(), 0..4)) {
            let screen = Rect::new(0, 0, 60, 30);
            let mut buf = Buffer::empty(screen);
            let mut scene = Scene::default();
            scene.place(picture(1), area, Style::new(), &mut buf);
            for cover in &covers {
                scene.cover(*cover);
            }
            for position in screen.positions() {
                let shown = scene.placements.iter().filter(|p| p.part.contains(position)).count();
                let wanted = area.contains(position) && !covers.iter().any(|c| c.contains(position));
                prop_assert_eq!(shown, usize::from(wanted), "at {}", position);
            }
            prop_assert!(scene.placements.iter().all(|p| p.area == area));
        }
    }

    #[test]
    fn a_popup_in_the_middle_leaves_four_strips_and_takes_the_cursor() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 10));
        let mut scene = Scene {
            cursor: Some(Position::new(8, 4)),
            ..Scene::default()
        };
        scene.place(picture(1), Rect::new(0, 0, 20, 10), Style::new(), &mut buf);
        scene.cover(Rect::new(5, 3, 10, 4));
        let parts: Vec<_> = scene.placements.iter().map(|p| p.part).collect();
        assert_eq!(
            parts,
            [
                Rect::new(0, 0, 20, 3),
                Rect::new(0, 3, 5, 4),
                Rect::new(15, 3, 5, 4),
                Rect::new(0, 7, 20, 3),
            ]
        );
        assert_eq!(scene.cursor, None);
    }
}
