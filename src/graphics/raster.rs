//! Pixels as the encoders take them: borrowed RGBA from outside, opaque RGB inside.

use ratatui::layout::{Rect, Size};

use crate::domain::PixelSize;

/// A borrowed picture: 8-bit RGBA, not premultiplied, rows from the top without gaps.
#[derive(Debug, Clone, Copy)]
pub struct Bitmap<'a> {
    size: PixelSize,
    rgba: &'a [u8],
}

impl<'a> Bitmap<'a> {
    /// `rgba` holds 4 x width x height bytes; `None` when it does not, or when there is no pixel.
    pub fn new(size: PixelSize, rgba: &'a [u8]) -> Option<Self> {
        let bytes = u64::from(size.width) * u64::from(size.height) * 4;
        (bytes != 0 && bytes == rgba.len() as u64).then_some(Self { size, rgba })
    }

    /// Width and height in px.
    pub fn size(&self) -> PixelSize {
        self.size
    }

    /// Whether every pixel is opaque.
    pub(super) fn is_opaque(&self) -> bool {
        self.rgba.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX)
    }

    /// The pixels inside `crop` (px, inside the picture) laid over `backdrop`.
    pub(super) fn flatten(&self, crop: PixelRect, backdrop: [u8; 3]) -> Raster {
        let (width, height) = (crop.width as usize, crop.height as usize);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = (crop.y as usize + y) * self.size.width as usize + crop.x as usize;
            let row = &self.rgba[row * 4..(row + width) * 4];
            pixels.extend(row.chunks_exact(4).map(|pixel| over(pixel, backdrop)));
        }
        Raster {
            width,
            height,
            pixels,
        }
    }
}

/// One RGBA pixel over an opaque colour.
fn over(pixel: &[u8], backdrop: [u8; 3]) -> [u8; 3] {
    let alpha = u16::from(pixel[3]);
    std::array::from_fn(|i| {
        let mixed = u16::from(pixel[i]) * alpha + u16::from(backdrop[i]) * (255 - alpha);
        ((mixed + 127) / 255) as u8
    })
}

/// A rectangle of a picture in px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PixelRect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl PixelRect {
    /// The px of `part`, a rectangle in cells of `cell` px.
    pub fn of_cells(part: Rect, (cell_width, cell_height): (u32, u32)) -> Self {
        Self {
            x: u32::from(part.x) * cell_width,
            y: u32::from(part.y) * cell_height,
            width: u32::from(part.width) * cell_width,
            height: u32::from(part.height) * cell_height,
        }
    }

    /// The px of `part` (in cells) of a picture of `px` that covers `area` cells, whole px each or not.
    pub fn of_share(part: Rect, area: Size, px: PixelSize) -> Self {
        let edge = |at: u16, cells: u16, px: u32| {
            let (cells, px) = (u64::from(cells.max(1)), u64::from(px));
            ((2 * u64::from(at) * px + cells) / (2 * cells)) as u32
        };
        let x = edge(part.x, area.width, px.width);
        let y = edge(part.y, area.height, px.height);
        Self {
            x,
            y,
            width: edge(part.right(), area.width, px.width) - x,
            height: edge(part.bottom(), area.height, px.height) - y,
        }
    }

    /// Whether it lies inside a picture of `size` and is not empty.
    pub fn fits(&self, size: PixelSize) -> bool {
        self.width > 0
            && self.height > 0
            && u64::from(self.x) + u64::from(self.width) <= u64::from(size.width)
            && u64::from(self.y) + u64::from(self.height) <= u64::from(size.height)
    }
}

/// Width and height of a picture of `sides` px at `scale` (1 at most), or up to a quarter smaller where its ratio is kept
/// better: at best, shown `times` as large as `sides`, it is off by less than half a px. A px a side at least.
pub(super) fn scaled(sides: (usize, usize), scale: f32, times: usize) -> (usize, usize) {
    let (whole_width, whole_height) = sides;
    let most = ((whole_width as f32 * scale).round() as usize).clamp(1, whole_width.max(1));
    let beside = |width: usize| {
        let height = (2 * width * whole_height + whole_width) / (2 * whole_width.max(1));
        (width, height.clamp(1, whole_height.max(1)))
    };
    let off = |(width, height): (usize, usize)| {
        let off = (width * whole_height).abs_diff(height * whole_width);
        off as f32 * 2.0 * times as f32 / width.min(height) as f32
    };
    let near = (most - most / 4..=most).rev().map(beside);
    let mut best = beside(most);
    for sides in near {
        if off(best) < 1.0 {
            break;
        }
        if off(sides) < off(best) {
            best = sides;
        }
    }
    best
}

/// Opaque pixels, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raster {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Raster {
    /// The rows `from..to`, as pixels.
    pub fn rows(&self, from: usize, to: usize) -> &[[u8; 3]] {
        &self.pixels[from * self.width..to * self.width]
    }

    /// The pixels inside `part` (px, inside the picture).
    pub fn cut(&self, part: PixelRect) -> Self {
        let (x, width) = (part.x as usize, part.width as usize);
        let (y, height) = (part.y as usize, part.height as usize);
        let rows = self.rows(y, y + height).chunks_exact(self.width);
        Self {
            width,
            height,
            pixels: rows.flat_map(|row| &row[x..x + width]).copied().collect(),
        }
    }

    /// The samples in a row: red, green, blue.
    pub fn samples(&self) -> &[u8] {
        self.pixels.as_flattened()
    }
}
