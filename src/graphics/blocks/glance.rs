//! A first look in few bytes, for the line and not for the eye: what it can do is done with plain half-blocks.

use crate::domain::{ColorDepth, Glyphs};
use crate::graphics::raster::Raster;

use super::search::{Pen, Search, Step};
use super::{Threshold, cheapest, dither, glyphs, price};

/// Bytes of a glance, at most.
const GLANCE: usize = 12_000;
/// Squared RGB distance to begin with: a glance is not sharper than that, however small it is.
const SHARPEST: Threshold = 300.0;
/// Cells up to which a pair of colours is for two of them, in 24 bits. On larger areas it is for four and in 256 colours,
/// whose names are half as long.
const FINE: usize = 6_000;
/// Spaces from which on REP is shorter.
const RUN: usize = 6;

/// The rows of `columns` x `rows` cells that show `raster`, whatever its size, in at most [`GLANCE`] bytes (without
/// colours: 3 bytes a cell). Two colours are for two cells or more side by side, and each of their halves takes one.
///
/// Long runs of spaces are one space and REP (`CSI b`), as in terminfo of xterm. Seen in xterm, foot, konsole, mlterm, kitty
/// and tmux 3.3, which repeats nothing but ASCII.
pub(in crate::graphics) fn glance(
    raster: &Raster,
    columns: usize,
    rows: usize,
    depth: ColorDepth,
    light_backdrop: bool,
) -> Vec<Vec<u8>> {
    if depth == ColorDepth::None {
        let small = shrink(raster, columns, columns, 1, 2 * rows);
        return super::rows(&small, Glyphs::Halves, depth, 0, light_backdrop);
    }
    let (times, depth) = if columns * rows > FINE {
        (2, depth.min(ColorDepth::Ansi256))
    } else {
        (1, depth)
    };
    let groups = columns.div_ceil(2 * times);
    let small = shrink(raster, columns, 2 * groups, times, 2 * rows);
    let small = match depth {
        ColorDepth::Ansi16 => dither::dithered(&small, depth),
        _ => small,
    };
    let pixels = super::by_cell(&small, (1, 2));
    cheapest(SHARPEST, GLANCE, |threshold| {
        let price = price(threshold, Glyphs::Halves) / times as f32;
        let search = Search::new(Glyphs::Halves, 2, times, depth, price);
        pixels
            .chunks_exact(4 * groups)
            .map(|row| written(&search.row(row.chunks_exact(4)), times, columns))
            .collect()
    })
}

/// A row of `columns` cells; each of the two characters of a step stands `times` times.
fn written(steps: &[Step], times: usize, columns: usize) -> Vec<u8> {
    let table = glyphs::table(Glyphs::Halves);
    let mut pen = Pen::default();
    let mut out = String::new();
    let mut spaces = 0;
    let mut cells = steps
        .iter()
        .flat_map(|step| [step.mask & 3, step.mask >> 2].map(|mask| (step.pen, mask)))
        .flat_map(|cell| std::iter::repeat_n(cell, times))
        .take(columns)
        .peekable();
    while let Some((to, mask)) = cells.next() {
        pen.turn(&mut out, to);
        if mask != 0 {
            out.push(table[usize::from(mask)]);
            continue;
        }
        spaces += 1;
        if cells.peek().is_none_or(|next| *next != (to, 0)) {
            if spaces < RUN {
                out.extend(std::iter::repeat_n(' ', spaces));
            } else {
                out.extend([" \x1b[", &(spaces - 1).to_string(), "b"]);
            }
            spaces = 0;
        }
    }
    super::plain(out)
}

/// The mean pixels of `raster`, laid over `columns` cells: `width` across, each `times` cells wide, and `height` down.
pub(super) fn shrink(
    raster: &Raster,
    columns: usize,
    width: usize,
    times: usize,
    height: usize,
) -> Raster {
    // Never empty, and what reaches beyond the last column repeats it.
    let part = |from: usize, to: usize, all: usize, px: usize| {
        let start = from.min(all - 1) * px / all;
        start..(to.min(all) * px / all).max(start + 1).min(px)
    };
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        let lines = part(y, y + 1, height, raster.height);
        for x in 0..width {
            let across = part(x * times, (x + 1) * times, columns, raster.width);
            let count = (lines.len() * across.len()).max(1) as u32;
            let mut sums = [0; 3];
            for line in lines.clone() {
                let from = line * raster.width;
                for pixel in &raster.pixels[from + across.start..from + across.end] {
                    for (sum, sample) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(*sample);
                    }
                }
            }
            pixels.push(sums.map(|sum| ((sum + count / 2) / count) as u8));
        }
    }
    Raster {
        width,
        height,
        pixels,
    }
}
