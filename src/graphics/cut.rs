//! Rectangles minus rectangles.

use ratatui::layout::Rect;

/// What is left of `rect` without `hole`: at most four rectangles (above, left, right, below) that do not overlap.
pub fn minus(rect: Rect, hole: Rect) -> Vec<Rect> {
    let hole = rect.intersection(hole);
    if hole.is_empty() {
        return vec![rect];
    }
    let strip = |x, y, right: u16, bottom: u16| Rect::new(x, y, right - x, bottom - y);
    [
        strip(rect.left(), rect.top(), rect.right(), hole.top()),
        strip(rect.left(), hole.top(), hole.left(), hole.bottom()),
        strip(hole.right(), hole.top(), rect.right(), hole.bottom()),
        strip(rect.left(), hole.bottom(), rect.right(), rect.bottom()),
    ]
    .into_iter()
    .filter(|left| !left.is_empty())
    .collect()
}

/// What is left of `rect` without all `holes`.
pub fn minus_all(rect: Rect, holes: impl IntoIterator<Item = Rect>) -> Vec<Rect> {
    let mut left = vec![rect];
    for hole in holes {
        left = left
            .into_iter()
            .flat_map(|rect| minus(rect, hole))
            .collect();
    }
    left.retain(|rect| !rect.is_empty());
    left
}
