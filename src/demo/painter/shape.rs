//! Outlines: straight and smooth, gathered into one path so that a forest is one fill.

use tiny_skia::{Path, PathBuilder, Rect};

/// Closed outlines and open lines, in px.
#[derive(Default)]
pub struct Shape(PathBuilder);

impl Shape {
    /// An empty shape.
    pub fn new() -> Self {
        Self::default()
    }

    /// `None` when nothing was drawn.
    pub fn path(self) -> Option<Path> {
        self.0.finish()
    }

    /// With a circle.
    pub fn circle(mut self, x: f32, y: f32, r: f32) -> Self {
        self.add_ellipse(x, y, r, r);
        self
    }

    /// With an ellipse.
    pub fn ellipse(mut self, x: f32, y: f32, rx: f32, ry: f32) -> Self {
        self.add_ellipse(x, y, rx, ry);
        self
    }

    /// With a rectangle from its upper left corner.
    pub fn rect(mut self, x: f32, y: f32, w: f32, h: f32) -> Self {
        self.add_rect(x, y, w, h);
        self
    }

    /// With a closed outline of straight lines.
    pub fn polygon(mut self, points: &[(f32, f32)]) -> Self {
        self.add_polygon(points);
        self
    }

    /// With a closed curve through every point.
    pub fn smooth(mut self, points: &[(f32, f32)]) -> Self {
        self.add_smooth(points);
        self
    }

    /// With an open curve through every point.
    pub fn curve(mut self, points: &[(f32, f32)]) -> Self {
        self.add_curve(points);
        self
    }

    /// Adds an ellipse; `rx` and `ry` are its radii.
    pub fn add_ellipse(&mut self, x: f32, y: f32, rx: f32, ry: f32) {
        if let Some(rect) = Rect::from_xywh(x - rx, y - ry, rx * 2.0, ry * 2.0) {
            self.0.push_oval(rect);
        }
    }

    /// Adds a rectangle from its upper left corner.
    pub fn add_rect(&mut self, x: f32, y: f32, w: f32, h: f32) {
        if let Some(rect) = Rect::from_xywh(x, y, w, h) {
            self.0.push_rect(rect);
        }
    }

    /// Adds a closed outline of straight lines.
    pub fn add_polygon(&mut self, points: &[(f32, f32)]) {
        let Some((first, rest)) = points.split_first() else {
            return;
        };
        self.0.move_to(first.0, first.1);
        for p in rest {
            self.0.line_to(p.0, p.1);
        }
        self.0.close();
    }

    /// Adds a closed curve through every point.
    pub fn add_smooth(&mut self, points: &[(f32, f32)]) {
        let knots: Vec<Knot> = points
            .iter()
            .map(|p| Knot {
                at: *p,
                corner: false,
            })
            .collect();
        self.add_knots(&knots);
    }

    /// Adds a closed curve through every knot, with an angle at the corners.
    pub fn add_knots(&mut self, knots: &[Knot]) {
        let n = knots.len();
        if n < 3 {
            return;
        }
        self.0.move_to(knots[0].at.0, knots[0].at.1);
        for i in 0..n {
            let (before, from) = (&knots[(i + n - 1) % n], &knots[i]);
            let (to, after) = (&knots[(i + 1) % n], &knots[(i + 2) % n]);
            self.segment(
                if from.corner { from.at } else { before.at },
                from.at,
                to.at,
                if to.corner { to.at } else { after.at },
            );
        }
        self.0.close();
    }

    /// Adds an open curve through every point, for strokes.
    pub fn add_curve(&mut self, points: &[(f32, f32)]) {
        let Some(first) = points.first() else { return };
        self.0.move_to(first.0, first.1);
        for i in 0..points.len().saturating_sub(1) {
            let before = points[i.saturating_sub(1)];
            let after = points[(i + 2).min(points.len() - 1)];
            self.segment(before, points[i], points[i + 1], after);
        }
    }

    /// One Catmull-Rom span as a cubic.
    fn segment(&mut self, before: (f32, f32), a: (f32, f32), b: (f32, f32), after: (f32, f32)) {
        const K: f32 = 1.0 / 6.0;
        self.0.cubic_to(
            a.0 + (b.0 - before.0) * K,
            a.1 + (b.1 - before.1) * K,
            b.0 - (after.0 - a.0) * K,
            b.1 - (after.1 - a.1) * K,
            b.0,
            b.1,
        );
    }
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knot {
    pub at: (f32, f32),
    /// The curve turns here at once.
    pub corner: bool,
}

/// Reads `x,y` pairs between spaces; `!` after a pair marks a corner. A pair that is no pair is left out.
pub fn knots(text: &str) -> Vec<Knot> {
    text.split_whitespace()
        .filter_map(|word| {
            let (pair, corner) = match word.strip_suffix('!') {
                Some(pair) => (pair, true),
                None => (word, false),
            };
            let (x, y) = pair.split_once(',')?;
            Some(Knot {
                at: (x.parse().ok()?, y.parse().ok()?),
                corner,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knots_are_read_with_their_corners() {
        assert_eq!(
            knots("1,2 -3.5,4! nonsense 5,x"),
            [
                Knot {
                    at: (1.0, 2.0),
                    corner: false
                },
                Knot {
                    at: (-3.5, 4.0),
                    corner: true
                }
            ]
        );
    }

    #[test]
    fn empty_shapes_have_no_path() {
        assert!(Shape::new().path().is_none());
        assert!(Shape::new().polygon(&[]).path().is_none());
        assert!(Shape::new().circle(1.0, 1.0, 1.0).path().is_some());
    }
}
