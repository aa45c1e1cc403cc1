//! The sheet that is painted on: anti-aliased shapes through `tiny_skia`, and passes over every pixel.
//!
//! Lengths are px. [`Canvas::unit`] is the length that everything scales by, so that a picture keeps its
//! composition at every size.

use tiny_skia::{
    BlendMode, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Pixmap, Point,
    RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

use super::color::Rgb;
use super::noise::lattice;
use super::shape::Shape;

/// A picture being painted; always opaque once the sky is in.
pub struct Canvas {
    pixels: Pixmap,
    /// px
    pub width: f32,
    /// px
    pub height: f32,
    /// The height of a wide picture, somewhat more than the width of a tall one, in px.
    pub unit: f32,
}

impl Canvas {
    /// `None` when a side is 0 or beyond what `tiny_skia` can hold.
    pub fn new(width: u32, height: u32) -> Option<Self> {
        let pixels = Pixmap::new(width, height)?;
        let (width, height) = (width as f32, height as f32);
        Some(Self {
            pixels,
            width,
            height,
            unit: height.min(width * 1.15),
        })
    }

    /// Fills with one colour; `alpha` from 0 to 1.
    pub fn fill(&mut self, shape: Shape, color: Rgb, alpha: f32) {
        self.fill_with(
            shape,
            Shader::SolidColor(color.skia(alpha)),
            BlendMode::SourceOver,
        );
    }

    /// Fills with a straight run from one colour to another, each with its own opacity.
    pub fn fill_run(
        &mut self,
        shape: Shape,
        from: ((f32, f32), Rgb, f32),
        to: ((f32, f32), Rgb, f32),
    ) {
        let stops = vec![
            GradientStop::new(0.0, from.1.skia(from.2)),
            GradientStop::new(1.0, to.1.skia(to.2)),
        ];
        let (start, end) = (
            Point::from_xy(from.0.0, from.0.1),
            Point::from_xy(to.0.0, to.0.1),
        );
        let shader = LinearGradient::new(start, end, stops, SpreadMode::Pad, Transform::identity())
            .unwrap_or(Shader::SolidColor(from.1.skia(from.2)));
        self.fill_with(shape, shader, BlendMode::SourceOver);
    }

    /// Light around a point: full at the centre, nothing at `radius`.
    pub fn glow(&mut self, center: (f32, f32), radius: f32, color: Rgb, strength: f32) {
        let stops = [
            (0.0, 1.0),
            (0.25, 0.52),
            (0.5, 0.2),
            (0.75, 0.05),
            (1.0, 0.0),
        ]
        .map(|(at, k): (f32, f32)| GradientStop::new(at, color.skia(k * strength)))
        .to_vec();
        let middle = Point::from_xy(center.0, center.1);
        let Some(shader) = RadialGradient::new(
            middle,
            0.0,
            middle,
            radius.max(0.5),
            stops,
            SpreadMode::Pad,
            Transform::identity(),
        ) else {
            return;
        };
        let disc = Shape::new().circle(center.0, center.1, radius);
        self.fill_with(disc, shader, BlendMode::Screen);
    }

    /// Strokes the outlines with round ends, `width` px wide.
    pub fn stroke(&mut self, shape: Shape, width: f32, color: Rgb, alpha: f32) {
        let Some(path) = shape.path() else { return };
        let paint = Paint {
            shader: Shader::SolidColor(color.skia(alpha)),
            ..Paint::default()
        };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.pixels
            .stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }

    fn fill_with(&mut self, shape: Shape, shader: Shader<'_>, blend_mode: BlendMode) {
        let Some(path) = shape.path() else { return };
        let paint = Paint {
            shader,
            blend_mode,
            ..Paint::default()
        };
        self.pixels.fill_path(
            &path,
            &paint,
            FillRule::Winding,
            Transform::identity(),
            None,
        );
    }

    /// Runs `f(x, y, old)` over the rows from `top` to `bottom` (px, clipped) and stores what it gives.
    ///
    /// The result is dithered: a sky of 256 steps would show bands.
    pub fn shade(&mut self, top: f32, bottom: f32, mut f: impl FnMut(f32, f32, Rgb) -> Rgb) {
        self.shade_rows(top, bottom, |_| (), |(), x, y, old| f(x, y, old));
    }

    /// Like [`Self::shade`], with what `row(y)` works out once for each row.
    pub fn shade_rows<R>(
        &mut self,
        top: f32,
        bottom: f32,
        row: impl Fn(f32) -> R,
        mut f: impl FnMut(&R, f32, f32, Rgb) -> Rgb,
    ) {
        let width = self.pixels.width() as usize;
        let (first, last) = (
            top.clamp(0.0, self.height) as usize,
            bottom.clamp(0.0, self.height) as usize,
        );
        if first >= last {
            return;
        }
        let lines = &mut self.pixels.data_mut()[first * width * 4..last * width * 4];
        for (n, line) in lines.chunks_exact_mut(width * 4).enumerate() {
            let y = n + first;
            let prepared = row(y as f32);
            for (x, pixel) in line.chunks_exact_mut(4).enumerate() {
                let old = read(pixel);
                let new = f(&prepared, x as f32, y as f32, old);
                if new != old {
                    write(pixel, new, dither(x, y));
                }
            }
        }
    }

    /// The rows `0..end` as they are now, for mirrors.
    pub fn copy_rows(&self, end: f32) -> Rows {
        let width = self.pixels.width() as usize;
        let end = end.clamp(0.0, self.height) as usize;
        Rows {
            width,
            bytes: self.pixels.data()[..end * width * 4].to_vec(),
        }
    }

    /// Draws `layer` with its own transparency, its corner at `x`, `y` (px, may be outside).
    pub fn place(&mut self, layer: &Canvas, x: i32, y: i32) {
        self.pixels.draw_pixmap(
            x,
            y,
            layer.pixels.as_ref(),
            &tiny_skia::PixmapPaint::default(),
            Transform::identity(),
            None,
        );
    }

    /// Premultiplied RGBA bytes, row by row.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.pixels.data_mut()
    }

    /// RGB bytes, row by row.
    pub fn into_rgb(self) -> Vec<u8> {
        let bytes = self.pixels.take();
        let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
        for pixel in bytes.chunks_exact(4) {
            out.extend_from_slice(&pixel[..3]);
        }
        out
    }

    /// Covers the sheet with RGB bytes of the same size.
    pub fn cover(&mut self, rgb: &[u8]) {
        let pixels = self.pixels.data_mut().chunks_exact_mut(4);
        for (pixel, from) in pixels.zip(rgb.chunks_exact(3)) {
            pixel[..3].copy_from_slice(from);
            pixel[3] = 255;
        }
    }
}

/// Rows that were copied off a canvas.
pub struct Rows {
    width: usize,
    bytes: Vec<u8>,
}

impl Rows {
    /// The nearest pixel to `x`, `y`; black when nothing was copied.
    pub fn at(&self, x: f32, y: f32) -> Rgb {
        let rows = self.bytes.len() / (self.width * 4);
        if rows == 0 {
            return Rgb::BLACK;
        }
        let x = (x.max(0.0) as usize).min(self.width - 1);
        let y = (y.max(0.0) as usize).min(rows - 1);
        let at = (y * self.width + x) * 4;
        read(&self.bytes[at..at + 4])
    }
}

fn read(pixel: &[u8]) -> Rgb {
    const K: f32 = 1.0 / 255.0;
    Rgb {
        r: f32::from(pixel[0]) * K,
        g: f32::from(pixel[1]) * K,
        b: f32::from(pixel[2]) * K,
    }
}

fn write(pixel: &mut [u8], color: Rgb, dither: f32) {
    // `as u8` saturates at both ends.
    pixel[0] = (color.r * 255.0 + dither) as u8;
    pixel[1] = (color.g * 255.0 + dither) as u8;
    pixel[2] = (color.b * 255.0 + dither) as u8;
    pixel[3] = 255;
}

fn dither(x: usize, y: usize) -> f32 {
    lattice(x as i32, y as i32, 0x51)
}
