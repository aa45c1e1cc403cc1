//! Rectangles minus rectangles, and put together again.

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

/// The same cells in fewer rectangles: neighbours that share a whole side become one.
pub(super) fn join(mut rects: Vec<Rect>) -> Vec<Rect> {
    let mut joined: Vec<Rect> = Vec::new();
    while let Some(rect) = rects.pop() {
        match joined.iter().position(|other| share_a_side(rect, *other)) {
            // The larger one may have new neighbours among those already seen.
            Some(at) => rects.push(joined.swap_remove(at).union(rect)),
            None => joined.push(rect),
        }
    }
    joined
}

fn share_a_side(a: Rect, b: Rect) -> bool {
    let stacked = (a.left(), a.right()) == (b.left(), b.right())
        && (a.bottom() == b.top() || b.bottom() == a.top());
    let abreast = (a.top(), a.bottom()) == (b.top(), b.bottom())
        && (a.right() == b.left() || b.right() == a.left());
    stacked || abreast
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_become_their_picture_again() {
        let whole = Rect::new(3, 2, 10, 12);
        let bands = (0..4)
            .flat_map(|y| [Rect::new(3, 2 + y * 3, 6, 3), Rect::new(9, 2 + y * 3, 4, 3)])
            .collect();
        assert_eq!(join(bands), [whole]);
        let apart = vec![Rect::new(0, 0, 2, 2), Rect::new(2, 1, 2, 2)];
        assert_eq!(join(apart).len(), 2);
    }
}
