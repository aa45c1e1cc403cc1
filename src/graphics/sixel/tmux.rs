//! Sixels for a tmux, which decodes them and writes its own.
//!
//! Seen in tmux 3.5a: it keeps the last nine pictures of all windows and draws no others anew, as it does whenever text
//! is written over one; it writes whole sixels only, and a sixel that reaches into a row of cells fills that row.

use ratatui::layout::{Rect, Size};

use super::map::{self, Mapped, SIXEL};
use super::{Quality, TRIES, WIDEST, paint, whole_sixels};
use crate::graphics::palette;
use crate::graphics::payload::Band;
use crate::graphics::raster::{PixelRect, Raster};
use crate::graphics::rung::Rung;

/// DCSs of a picture for a terminal on the same machine, at most, unless it is wider than [`WIDEST`]: around a popup it
/// has four parts.
const FEW: u16 = 2;
/// The same over a network, where keys wait for each.
const FEW_FAR: u16 = 6;
/// Bytes that tmux takes in one DCS: its buffer has 1 MiB.
const LONGEST: usize = 1_000_000;

/// As [`super::bands`], but few, and none ends within a sixel. A last one may begin within the one above it. A picture
/// lower than whole sixels of cells loses up to 5 px at its lower edge.
pub(super) fn bands(
    raster: &Raster,
    cell: (u32, u32),
    size: Size,
    colors: u16,
    rung: Rung,
    most: Option<usize>,
) -> Vec<Band> {
    if rung == Rung::Exact && most.is_none() {
        return exact(raster, cell, size, colors);
    }
    let mut quality = Quality::of_large(rung, colors);
    let with = |quality: Quality| {
        drawn(raster, cell, size, FEW_FAR, |tile| {
            map::map(tile, quality.colors, quality.lambda)
        })
    };
    let mut bands = with(quality);
    let Some(most) = most else { return bands };
    for left in (0..TRIES).rev() {
        let bytes: usize = bands.iter().map(|band| band.bytes.len()).sum();
        if bytes <= most {
            break;
        }
        quality = quality.worse(bytes as f32 / most as f32, left == 0);
        bands = with(quality);
    }
    bands
}

fn exact(raster: &Raster, cell: (u32, u32), size: Size, colors: u16) -> Vec<Band> {
    let mut few = FEW;
    loop {
        let bands = drawn(raster, cell, size, few, |tile| {
            let picture = palette::quantize(tile, colors.min(256))?;
            Some(Mapped::of(picture, tile.width))
        });
        if few >= size.height || bands.iter().all(|band| band.bytes.len() <= LONGEST) {
            return bands;
        }
        few *= 2;
    }
}

fn drawn(
    raster: &Raster,
    cell: (u32, u32),
    size: Size,
    few: u16,
    map: impl Fn(&Raster) -> Option<Mapped>,
) -> Vec<Band> {
    let mut bands = Vec::new();
    for area in areas(size, cell, few) {
        let mut px = PixelRect::of_cells(area, cell);
        px.height -= px.height % SIXEL as u32;
        if px.height == 0 {
            continue;
        }
        if let Some(mapped) = map(&raster.cut(px)) {
            let bytes = paint::draw(&mapped, 0, px.width as usize);
            bands.push(Band { area, bytes });
        }
    }
    bands
}

/// About `few` rectangles that cover `size`, each whole sixels high if `size` is high enough for that.
fn areas(size: Size, cell: (u32, u32), few: u16) -> Vec<Rect> {
    let columns = (WIDEST / cell.0).clamp(1, u32::from(u16::MAX)) as u16;
    let across = size.width.div_ceil(columns);
    let unit = whole_sixels(cell.1);
    let rows = size
        .height
        .div_ceil((few / across.max(1)).max(1))
        .next_multiple_of(unit)
        .min(size.height / unit * unit);
    if rows == 0 {
        return super::tiles(size, columns, size.height).collect();
    }
    super::tiles(size, columns, rows)
        .map(|area| {
            let height = area.height.next_multiple_of(unit);
            Rect {
                y: area.y - (height - area.height),
                height,
                ..area
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(cell: (u32, u32), size: Size) -> Raster {
        let (width, height) = (
            usize::from(size.width) * cell.0 as usize,
            usize::from(size.height) * cell.1 as usize,
        );
        let pixels = (0..width * height).map(|i| [(i % width) as u8, (i / width) as u8, 99]);
        Raster {
            width,
            height,
            pixels: pixels.collect(),
        }
    }

    #[test]
    fn no_sixel_reaches_beyond_its_cells() {
        for cell in [(8, 15), (8, 17), (10, 20), (9, 18)] {
            for rows in [1, 2, 5, 6, 7, 17] {
                let size = Size::new(2, rows);
                for rung in [Rung::Careful, Rung::Exact] {
                    let raster = picture(cell, size);
                    for band in bands(&raster, cell, size, 256, rung, None) {
                        let text = String::from_utf8(band.bytes).unwrap();
                        let height = 6 * (1 + text.matches('-').count() as u32);
                        let cells = u32::from(band.area.height) * cell.1;
                        assert!(height <= cells && height + 6 > cells, "{cell:?} {rows}");
                        // Only what is lower than whole sixels loses its edge.
                        assert!(height == cells || rows < whole_sixels(cell.1));
                    }
                }
            }
        }
    }

    #[test]
    fn a_picture_is_covered_by_few_bands() {
        for (columns, rows) in [(120, 38), (75, 20), (250, 70), (8, 2), (60, 7), (1, 1)] {
            let size = Size::new(columns, rows);
            let areas = areas(size, (8, 17), FEW);
            let most = FEW * (columns * 8).div_ceil(WIDEST as u16);
            assert!(areas.len() <= usize::from(most), "{areas:?}");
            assert!(areas.iter().all(|area| u32::from(area.width) * 8 <= WIDEST));
            for cell in Rect::from(size).positions() {
                assert!(areas.iter().any(|area| area.contains(cell)), "{cell}");
            }
            let inside = |area: &Rect| *area == area.intersection(Rect::from(size));
            assert!(areas.iter().all(inside));
        }
    }

    #[test]
    fn a_budget_is_kept() {
        let size = Size::new(20, 8);
        let raster = picture((8, 17), size);
        let length = |most| -> usize {
            let bands = bands(&raster, (8, 17), size, 256, Rung::Careful, most);
            bands.iter().map(|band| band.bytes.len()).sum()
        };
        let full = length(None);
        assert!(length(Some(full / 2)) <= full / 2);
    }
}
