//! DEC sixel: pictures as columns of six pixels in colour registers (VT330/340 Programmer Reference, ch. 14).
//!
//! A picture goes out in tiles of cells, each a DCS with registers of its own: text may pass between them, and 32 colours
//! chosen for a tile are better than 256 chosen for the picture, and shorter to name. Within a tile pixels take colours
//! that are cheap to write ([`map`]), and bits that a later colour covers are left to what repeats best ([`paint`]).
//!
//! Medians over nine photographs at 1000x560 px: 36.3 dB in 364 KB, 34.9 dB in 285 KB. With 256 colours for the whole
//! picture, 36.3 dB took 483 KB.

mod map;
mod paint;
mod tmux;

use ratatui::layout::{Rect, Size};

use super::ladder::Allowed;
use super::palette;
use super::payload::Band;
use super::raster::{PixelRect, Raster};
use super::rung::Rung;
use map::Mapped;

/// px of a tile, about: smaller ones spend more on registers, larger ones need more of them.
const TILE: (u32, u32) = (80, 60);
/// px that one DCS may be wide: what xterm draws unless its `maxGraphicSize` is raised.
const WIDEST: u32 = 1000;
/// DCSs of a picture for a terminal on the same machine, at most: xterm remembers 16 graphics and forgets the oldest when
/// it must paint the screen anew.
const FEW: u16 = 14;
/// Tries to keep a budget.
const TRIES: usize = 5;

/// `raster`, whole cells of `cell` px, in at most `colors` registers a DCS and about `most` bytes in all: the budget is
/// kept as long as 8 colours a tile and any error allow it. Each band has at most `longest` bytes, but where bytes cost
/// nothing, and is to be drawn with the cursor at its corner, in their order: `in_tmux` they are longer and may overlap.
///
/// Sixel scrolling must be on (DECSDM reset, the default everywhere), else all lands in the corner of the screen.
pub(super) fn bands(
    raster: &Raster,
    cell: (u32, u32),
    colors: u16,
    rung: Rung,
    Allowed { most, longest }: Allowed,
    in_tmux: bool,
) -> Vec<Band> {
    let size = Size::new(
        (raster.width as u32 / cell.0) as u16,
        (raster.height as u32 / cell.1) as u16,
    );
    if in_tmux {
        return tmux::bands(raster, cell, size, colors, rung, most);
    }
    if rung == Rung::Exact && most.is_none() {
        return whole(raster, cell, size, colors);
    }
    let mut quality = Quality::of(rung, colors, longest);
    let mut bands = tiled(raster, cell, size, quality);
    let Some(most) = most else { return bands };
    for left in (0..TRIES).rev() {
        let bytes: usize = bands.iter().map(|band| band.bytes.len()).sum();
        if bytes <= most {
            break;
        }
        quality = quality.worse(bytes as f32 / most as f32, left == 0);
        bands = tiled(raster, cell, size, quality);
    }
    bands
}

/// How well a tile is coded.
#[derive(Debug, Clone, Copy)]
struct Quality {
    colors: u16,
    /// Squared error (of three samples) that one byte is worth.
    lambda: f32,
    /// Bytes that one DCS may have.
    longest: usize,
}

impl Quality {
    fn of(rung: Rung, colors: u16, longest: usize) -> Self {
        let (most, lambda) = match rung {
            Rung::Glance => (16, 200.0),
            Rung::Quick | Rung::Careful => (32, 60.0),
            Rung::Fine | Rung::Exact => (96, 6.0),
        };
        Self {
            colors: colors.clamp(1, most),
            lambda,
            longest,
        }
    }

    /// For tiles as large as half a screen.
    fn of_large(rung: Rung, colors: u16) -> Self {
        let Self { lambda, .. } = Self::of(rung, colors, usize::MAX);
        let most = match rung {
            Rung::Glance => 32,
            Rung::Quick | Rung::Careful => 64,
            Rung::Fine | Rung::Exact => 256,
        };
        Self {
            colors: colors.clamp(1, most),
            lambda,
            // tmux has its own way to cut them.
            longest: usize::MAX,
        }
    }

    /// For `ratio` times fewer bytes, about; `last` for as few as can be.
    fn worse(self, ratio: f32, last: bool) -> Self {
        if last {
            return Self {
                colors: self.colors.min(8),
                lambda: 1e6,
                ..self
            };
        }
        // Over photographs bytes fall with the square root of lambda, faster towards the end.
        let lambda = self.lambda * (ratio * 1.02).powf(1.7);
        let most = match lambda {
            ..100.0 => 32,
            ..200.0 => 24,
            _ => 16,
        };
        Self {
            colors: self.colors.min(most),
            lambda,
            ..self
        }
    }
}

fn tiled(raster: &Raster, cell: (u32, u32), size: Size, quality: Quality) -> Vec<Band> {
    let rows = rows_of_a_tile(cell.1);
    let height = u32::from(rows) * cell.1;
    // As many px as TILE has.
    let width = (TILE.0 * TILE.1 / height).min(WIDEST);
    let columns = (width / cell.0).max(1) as u16;
    let mut bands = Vec::new();
    for area in tiles(size, columns, rows) {
        let tile = raster.cut(PixelRect::of_cells(area, cell));
        if let Some(mapped) = map::map(&tile, quality.colors, quality.lambda) {
            emit(&tile, mapped, area, cell.0 as usize, quality, &mut bands);
        }
    }
    bands
}

/// The tile as one band, or as two when it is too long, and so on.
fn emit(
    tile: &Raster,
    mapped: Mapped,
    area: Rect,
    cell: usize,
    quality: Quality,
    bands: &mut Vec<Band>,
) {
    let mut open = vec![(0, area.width)];
    let mut mapped = mapped;
    let mut lambda = quality.lambda.max(1.0);
    while let Some((from, to)) = open.pop() {
        let bytes = paint::draw(&mapped, usize::from(from) * cell, usize::from(to) * cell);
        if bytes.len() <= quality.longest {
            bands.push(Band {
                area: Rect::new(area.x + from, area.y, to - from, area.height),
                bytes,
            });
        } else if to - from > 1 {
            let half = from.midpoint(to);
            open.extend([(half, to), (from, half)]);
        } else {
            // One column of large cells: coarser until it fits, one colour at worst.
            lambda *= 4.0;
            let colors = if lambda > 1e6 { 1 } else { quality.colors };
            if let Some(coarser) = map::map(tile, colors, lambda) {
                mapped = coarser;
            }
            open.push((from, to));
        }
    }
}

/// Few bands, in the most colours: for a terminal to which bytes cost nothing.
fn whole(raster: &Raster, cell: (u32, u32), size: Size, colors: u16) -> Vec<Band> {
    let columns = (WIDEST / cell.0).clamp(1, u32::from(u16::MAX)) as u16;
    let strips = size.width.div_ceil(columns);
    let unit = whole_sixels(cell.1);
    let rows = size
        .height
        .div_ceil((FEW / strips).max(1))
        .next_multiple_of(unit);
    let mut bands = Vec::new();
    for area in tiles(size, columns, rows) {
        let tile = raster.cut(PixelRect::of_cells(area, cell));
        if let Some(picture) = palette::quantize(&tile, colors.min(256)) {
            let mapped = Mapped::of(picture, tile.width);
            bands.push(Band {
                area,
                bytes: paint::draw(&mapped, 0, tile.width),
            });
        }
    }
    bands
}

/// Rows of cells that are whole sixels, about as many as [`TILE`] is high.
fn rows_of_a_tile(cell_height: u32) -> u16 {
    let unit = whole_sixels(cell_height);
    let units = TILE.1 / (u32::from(unit) * cell_height);
    unit * units.max(1) as u16
}

/// The fewest rows of cells that are whole sixels: 1, 2, 3 or 6.
fn whole_sixels(cell_height: u32) -> u16 {
    [1, 2, 3]
        .into_iter()
        .find(|rows| (u32::from(*rows) * cell_height).is_multiple_of(map::SIXEL as u32))
        .unwrap_or(map::SIXEL as u16)
}

/// Rectangles of at most `columns` x `rows` that cover `size`, row by row; those of a row are equally wide.
fn tiles(size: Size, columns: u16, rows: u16) -> impl Iterator<Item = Rect> {
    let across = size.width.div_ceil(columns);
    (0..size.height)
        .step_by(usize::from(rows))
        .flat_map(move |y| {
            let edge =
                move |i: u16| (u32::from(i) * u32::from(size.width) / u32::from(across)) as u16;
            (0..across).map(move |i| {
                Rect::new(edge(i), y, edge(i + 1) - edge(i), rows.min(size.height - y))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(
        raster: &Raster,
        cell: (u32, u32),
        colors: u16,
        rung: Rung,
        allowed: Allowed,
    ) -> Vec<Band> {
        super::bands(raster, cell, colors, rung, allowed, false)
    }

    fn picture(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Raster {
        let pixels = (0..width * height).map(|i| pixel(i % width, i / width));
        Raster {
            width,
            height,
            pixels: pixels.collect(),
        }
    }

    fn noise(width: usize, height: usize) -> Raster {
        picture(width, height, |x, y| {
            let n = (y * width + x) as u32;
            let n = n.wrapping_mul(2_654_435_761).rotate_left(11) ^ n.wrapping_mul(40_503);
            [(n >> 8) as u8, (n >> 16) as u8, (n >> 24) as u8]
        })
    }

    fn within(most: usize) -> Allowed {
        Allowed {
            most: Some(most),
            ..Allowed::default()
        }
    }

    fn text(bands: &[Band]) -> Vec<&str> {
        let texts = bands
            .iter()
            .map(|band| std::str::from_utf8(&band.bytes).unwrap());
        texts.collect()
    }

    fn length(bands: &[Band]) -> usize {
        bands.iter().map(|band| band.bytes.len()).sum()
    }

    /// Each cell once.
    fn covers(bands: &[Band], size: Size) {
        let cells: u32 = bands.iter().map(|band| band.area.area()).sum();
        assert_eq!(cells, u32::from(size.width) * u32::from(size.height));
        for (i, band) in bands.iter().enumerate() {
            assert_eq!(band.area, band.area.intersection(Rect::from(size)));
            assert!(bands[..i].iter().all(|b| !b.area.intersects(band.area)));
        }
    }

    #[test]
    fn a_flat_picture_is_a_few_bytes() {
        let flat = picture(5, 7, |_, _| [0, 0, 0]);
        for rung in [Rung::Careful, Rung::Exact] {
            let bands = bands(&flat, (5, 7), 256, rung, Allowed::default());
            assert_eq!(
                text(&bands),
                ["\x1bP0;1q\"1;1;5;7#0;2;0;0;0#0!5~-!5@\x1b\\"]
            );
        }
    }

    #[test]
    fn colours_are_numbered_by_use_and_what_is_covered_later_repeats() {
        // Black all over but for two dots; the dots' colour is named twice, black once.
        let dotted = picture(12, 6, |x, y| {
            if (x, y) == (1, 0) || (x, y) == (11, 5) {
                [255; 3]
            } else {
                [0; 3]
            }
        });
        let bands = bands(&dotted, (12, 6), 256, Rung::Exact, Allowed::default());
        assert_eq!(
            text(&bands),
            ["\x1bP0;1q\"1;1;12;6#0;2;0;0;0#1;2;100;100;100#0!12~$?#1@!9?_\x1b\\"]
        );
    }

    #[test]
    fn noise_comes_in_bands_that_are_short_enough() {
        for (cell, size) in [
            ((10, 20), (16, 6)),
            ((9, 17), (10, 7)),
            ((20, 40), (6, 4)),
            ((40, 85), (2, 6)),
        ] {
            let size = Size::new(size.0, size.1);
            let raster = noise(
                usize::from(size.width) * cell.0,
                usize::from(size.height) * cell.1,
            );
            let cell = (cell.0 as u32, cell.1 as u32);
            for rung in [Rung::Glance, Rung::Careful, Rung::Fine] {
                for longest in [5_000, 7_800] {
                    let allowed = Allowed {
                        most: None,
                        longest,
                    };
                    let bands = bands(&raster, cell, 256, rung, allowed);
                    covers(&bands, size);
                    assert!(bands.iter().all(|band| band.bytes.len() <= longest));
                }
            }
        }
    }

    #[test]
    fn bands_but_the_last_are_whole_sixels() {
        for cell_height in 1..=40 {
            let height = u32::from(rows_of_a_tile(cell_height)) * cell_height;
            assert_eq!(height % 6, 0, "{cell_height}");
        }
    }

    #[test]
    fn a_terminal_on_the_same_machine_gets_few_bands() {
        for (columns, rows) in [(60, 38), (250, 20), (1, 90), (3, 1)] {
            let raster = picture(columns * 8, rows * 15, |x, y| [x as u8, y as u8, 9]);
            let bands = bands(&raster, (8, 15), 256, Rung::Exact, Allowed::default());
            covers(&bands, Size::new(columns as u16, rows as u16));
            assert!(bands.len() <= usize::from(FEW), "{}", bands.len());
            assert!(
                bands
                    .iter()
                    .all(|band| u32::from(band.area.width) * 8 <= WIDEST)
            );
        }
    }

    #[test]
    fn a_budget_is_kept_and_used() {
        let raster = picture(400, 240, |x, y| {
            let n = (x * 7919 + y * 104_729) as u32;
            let n = (n.wrapping_mul(2_654_435_761) >> 27) as u8;
            [(x / 2) as u8 + n, y as u8 / 2 + n, 100 + n]
        });
        let full = length(&bands(
            &raster,
            (10, 20),
            256,
            Rung::Careful,
            Allowed::default(),
        ));
        for share in [2, 3, 5] {
            let most = full / share;
            let used = length(&bands(&raster, (10, 20), 256, Rung::Careful, within(most)));
            assert!(used <= most && used > most / 3, "{used} of {most}");
        }
        let least = length(&bands(&raster, (10, 20), 256, Rung::Careful, within(1)));
        assert!(least < full / 8, "{least} of {full}");
    }

    #[test]
    fn no_more_registers_than_the_terminal_has() {
        for colors in [1, 2, 16] {
            for rung in [Rung::Careful, Rung::Fine, Rung::Exact] {
                for band in bands(&noise(80, 60), (10, 20), colors, rung, Allowed::default()) {
                    let text = String::from_utf8(band.bytes).unwrap();
                    let defined = text.matches(";2;").count();
                    assert!(defined <= usize::from(colors), "{defined}");
                }
            }
        }
    }

    #[test]
    fn the_same_picture_is_the_same_bytes() {
        let encode = || bands(&noise(90, 60), (9, 20), 256, Rung::Careful, within(9_000));
        assert_eq!(encode(), encode());
    }
}
