//! Block characters: a few pixels a cell in two colours, one in the foreground and one in the background. Half-blocks
//! work everywhere; the finer sets need a terminal that draws them.

mod color;
mod dither;
mod glance;
mod glyphs;
mod search;
mod trust;

use crate::domain::{ColorDepth, Glyphs};

use super::ansi;
use super::raster::Raster;
use search::{Pen, Search};

pub(super) use glance::glance;
pub(super) use trust::trusted;

/// Squared RGB distance at which a colour is near enough, over a network. The photo set in 100 x 28 cells is 44 KB then
/// in half-blocks and 46 KB in octants.
pub(super) const THRESHOLD: u32 = 150;

/// A squared RGB distance.
type Threshold = f32;

/// Bytes of SGR for one colour, about: what a threshold is the price of.
const BYTES_OF_A_COLOR: f32 = 15.0;
/// What a byte is worth where quality is all: less than the smallest error there is, so that only ties go by bytes.
const LEAST_PRICE: f32 = 0.02;
/// How often a picture is drawn again to come near a limit.
const TRIES: usize = 12;
/// A picture of this part of a limit is near enough: len / most, denominator first.
const NEAR: (usize, usize) = (100, 97);

/// The rows of cells of `raster`, which has [`Glyphs::pixels`] a cell, without line ends. Each ends in plain colours.
///
/// A new colour is sent where it betters one of two pixels by more than `threshold`, a squared RGB distance: 0 is the
/// best that two colours a cell can do, and half-blocks in 24 bits exactly. `light_backdrop` is for terminals without
/// colours: ink is dark there.
pub(super) fn rows(
    raster: &Raster,
    glyphs: Glyphs,
    depth: ColorDepth,
    threshold: u32,
    light_backdrop: bool,
) -> Vec<Vec<u8>> {
    Drawing::new(raster, glyphs, depth, light_backdrop).rows(threshold as Threshold)
}

/// [`rows`] at the lowest threshold from [`THRESHOLD`] on that makes at most `most` bytes; over it only where the
/// coarsest is.
pub(super) fn rows_within(
    raster: &Raster,
    glyphs: Glyphs,
    depth: ColorDepth,
    most: usize,
    light_backdrop: bool,
) -> Vec<Vec<u8>> {
    let drawing = Drawing::new(raster, glyphs, depth, light_backdrop);
    cheapest(THRESHOLD as Threshold, most, |threshold| {
        drawing.rows(threshold)
    })
}

/// A picture and how it is drawn.
struct Drawing {
    columns: usize,
    cell: (usize, usize),
    raster: Raster,
    glyphs: Glyphs,
    depth: ColorDepth,
    light_backdrop: bool,
}

impl Drawing {
    fn new(raster: &Raster, glyphs: Glyphs, depth: ColorDepth, light_backdrop: bool) -> Self {
        let (width, height) = glyphs.pixels();
        let cell = (width as usize, height as usize);
        Self {
            columns: raster.width / cell.0,
            cell,
            raster: dither::dithered(raster, depth),
            glyphs,
            depth,
            light_backdrop,
        }
    }

    fn rows(&self, threshold: Threshold) -> Vec<Vec<u8>> {
        if self.depth == ColorDepth::None {
            return dither::shaded(&self.raster, self.cell, self.light_backdrop);
        }
        let price = price(threshold, self.glyphs);
        let search = Search::new(self.glyphs, 1, 1, self.depth, price);
        let table = glyphs::table(self.glyphs);
        let of_cell = self.cell.0 * self.cell.1;
        by_cell(&self.raster, self.cell)
            .chunks_exact((self.columns * of_cell).max(1))
            .map(|row| {
                let mut pen = Pen::default();
                let mut out = String::new();
                for step in search.row(row.chunks_exact(of_cell)) {
                    pen.turn(&mut out, step.pen);
                    out.push(table[usize::from(step.mask)]);
                }
                plain(out)
            })
            .collect()
    }
}

/// What a byte is worth, as squared error summed over the pixels of a cell of `glyphs`.
fn price(threshold: Threshold, glyphs: Glyphs) -> f32 {
    // Half of a cell is the unit, whatever number of pixels it has.
    let (width, height) = glyphs.pixels();
    (threshold / BYTES_OF_A_COLOR * (width * height) as f32 / 2.0).max(LEAST_PRICE)
}

/// What `draw` makes at the lowest threshold from `least` on that needs at most `most` bytes, about.
fn cheapest(
    least: Threshold,
    most: usize,
    draw: impl Fn(Threshold) -> Vec<Vec<u8>>,
) -> Vec<Vec<u8>> {
    let mut rows = draw(least);
    let mut len = bytes(&rows);
    if len <= most {
        return rows;
    }
    let (mut over, mut under) = (least.max(1.0), Threshold::INFINITY);
    for _ in 0..TRIES {
        let threshold = if under.is_infinite() {
            // Bytes fall with about the cube root of the threshold, and faster when few are left.
            over * (len as f32 / most as f32).powf(2.5).clamp(2.0, 32.0)
        } else {
            (over * under).sqrt()
        };
        let drawn = draw(threshold);
        len = bytes(&drawn);
        if len > most {
            over = threshold;
        } else {
            under = threshold;
        }
        if len <= most || under.is_infinite() {
            rows = drawn;
        }
        if len <= most && NEAR.0 * len >= NEAR.1 * most {
            break;
        }
    }
    rows
}

fn bytes(rows: &[Vec<u8>]) -> usize {
    rows.iter().map(Vec::len).sum()
}

/// The pixels of `raster` cell by cell, those of each from its upper left.
fn by_cell(raster: &Raster, cell: (usize, usize)) -> Vec<[f32; 3]> {
    let mut pixels = Vec::with_capacity(raster.pixels.len());
    for y in 0..raster.height / cell.1 {
        let lines = raster.rows(y * cell.1, (y + 1) * cell.1);
        for x in 0..raster.width / cell.0 {
            for line in lines.chunks_exact(raster.width) {
                let line = &line[x * cell.0..(x + 1) * cell.0];
                pixels.extend(line.iter().map(|pixel| pixel.map(f32::from)));
            }
        }
    }
    pixels
}

fn plain(row: String) -> Vec<u8> {
    let mut row = row.into_bytes();
    row.extend_from_slice(ansi::PLAIN);
    row
}

#[cfg(test)]
mod tests;
