//! iTerm2's inline images (<https://iterm2.com/documentation-images.html>): a file in one OSC.
//!
//! An OSC is indivisible on the line, so a picture goes out in bands of cells, each a file of its own, and text may pass
//! between them. JPEG without subsampling: 37.4 dB in 156 KB, median over nine photographs at 1000x560 px in bands of
//! 8 KB (151 KB in bands of 16 KB), where a lossless PNG takes ten times as many.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use jpeg_encoder::{ColorType, Encoder, EncodingError, QuantizationTableType, SamplingFactor};
use ratatui::layout::{Rect, Size};

use super::ladder::Allowed;
use super::payload::{Band, EncodeError};
use super::png;
use super::raster::{PixelRect, Raster};
use super::rung::Rung;

/// Bytes that one OSC may have where the line is fast enough. Each file repeats some 600 bytes of tables: bands of 8 KB
/// cost 4 % more of a picture.
pub(super) const LONGEST: usize = 16_000;
/// px of a JPEG's blocks; a band that ends within one spends bytes on what is not shown.
const BLOCK: u32 = 8;
/// Bands that stand side by side, at most, where rows of cells can be chosen.
const MOST_ACROSS: usize = 5;
/// Qualities to which a budget falls back, best first.
const FALLBACKS: [u8; 6] = [65, 50, 35, 20, 10, 4];

/// `raster`, whole cells of `cell` px, as bands to be drawn with the cursor at their corners, in about `most` bytes in
/// all: the budget is kept as long as JPEG's quality 4 allows it. A band has at most `longest` bytes.
///
/// What is not `opaque` was art or a cut-out, whose edges JPEG would blur: PNG.
pub(super) fn bands(
    raster: &Raster,
    cell: (u32, u32),
    opaque: bool,
    rung: Rung,
    Allowed { most, longest }: Allowed,
) -> Result<Vec<Band>, EncodeError> {
    let size = Size::new(
        (raster.width as u32 / cell.0) as u16,
        (raster.height as u32 / cell.1) as u16,
    );
    if rung == Rung::Exact && most.is_none() {
        let area = Rect::from(size);
        let bytes = draw(&png::exact(raster)?, size);
        return Ok(vec![Band { area, bytes }]);
    }
    let banded = |format| {
        Banded {
            raster,
            cell,
            format,
            longest,
        }
        .of(Rect::from(size))
    };
    let length = |bands: &[Band]| bands.iter().map(|band| band.bytes.len()).sum::<usize>();
    let fits = |bands: &[Band]| most.is_none_or(|most| length(bands) <= most);
    if !opaque {
        // Each band is encoded more than once, in search of its size.
        let rung = match rung {
            Rung::Careful => Rung::Quick,
            rung => rung,
        };
        let bands = banded(Format::Png(rung))?;
        if fits(&bands) {
            return Ok(bands);
        }
    }
    let quality = quality(rung);
    let mut bands = banded(Format::Jpeg(quality))?;
    for lower in FALLBACKS.into_iter().filter(|&lower| lower < quality) {
        if fits(&bands) {
            break;
        }
        bands = banded(Format::Jpeg(lower))?;
    }
    Ok(bands)
}

/// Of 100. 68 is 37.4 dB over photographs.
fn quality(rung: Rung) -> u8 {
    match rung {
        Rung::Glance => 40,
        Rung::Quick | Rung::Careful => 68,
        Rung::Fine | Rung::Exact => 90,
    }
}

/// A first look in at most `most` bytes, as long as a tenth of the scale at quality 20 allows it: a JPEG of `small`, the
/// picture at about a third of its size, which the terminal enlarges to `cells`.
pub(super) fn glance(small: &Raster, cells: Size, most: usize) -> Result<Vec<Band>, EncodeError> {
    // Percents of the scale, and qualities: a scale is given up where blocks begin to show.
    const LADDER: [(usize, u8); 9] = [
        (100, 70),
        (100, 55),
        (100, 42),
        (100, 32),
        (75, 45),
        (75, 32),
        (50, 40),
        (30, 30),
        (10, 20),
    ];
    let mut bytes = Vec::new();
    for (scale, quality) in LADDER {
        bytes = draw(&jpeg(&shrunk(small, scale), quality)?, cells);
        if bytes.len() <= most {
            break;
        }
    }
    let area = Rect::from(cells);
    Ok(vec![Band { area, bytes }])
}

/// `raster` at `percent` of its size, at least one px a side.
fn shrunk(raster: &Raster, percent: usize) -> Cow<'_, Raster> {
    let side = |px: usize| (px * percent / 100).max(1);
    let (width, height) = (side(raster.width), side(raster.height));
    resized(raster, width, height).map_or(Cow::Borrowed(raster), Cow::Owned)
}

/// `None` for the size that it has, or that the resizer does not take.
fn resized(raster: &Raster, width: usize, height: usize) -> Option<Raster> {
    if (width, height) == (raster.width, raster.height) {
        return None;
    }
    let from = ImageRef::new(
        raster.width as u32,
        raster.height as u32,
        raster.samples(),
        PixelType::U8x3,
    );
    let mut to = Image::new(width as u32, height as u32, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    let mut resizer = Resizer::new();
    resizer.resize(&from.ok()?, &mut to, &options).ok()?;
    let (pixels, _) = to.buffer().as_chunks::<3>();
    Some(Raster {
        width,
        height,
        pixels: pixels.to_vec(),
    })
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Png(Rung),
    /// Of 100.
    Jpeg(u8),
}

/// A picture that is cut where its files are short enough.
struct Banded<'a> {
    raster: &'a Raster,
    cell: (u32, u32),
    format: Format,
    /// bytes
    longest: usize,
}

impl Banded<'_> {
    /// `area` in one band, or in as few as it takes: strips of whole rows of cells, each as high as fills its bands best.
    fn of(&self, area: Rect) -> Result<Vec<Band>, EncodeError> {
        let mut bands = Vec::new();
        let mut left = area;
        while left.height > 0 {
            let (strip, parts) = self.strip(left)?;
            let height = strip.area.height;
            self.columns(strip, parts, &mut bands)?;
            left.y += height;
            left.height -= height;
        }
        Ok(bands)
    }

    fn band(&self, area: Rect) -> Result<Band, EncodeError> {
        let tile = self.raster.cut(PixelRect::of_cells(area, self.cell));
        let file = match self.format {
            Format::Png(rung) => png::fitted(&tile, rung, None)?,
            Format::Jpeg(quality) => jpeg(&tile, quality)?,
        };
        let bytes = draw(&file, area.as_size());
        Ok(Band { area, bytes })
    }

    /// The top of `area` that fills the bands that it takes best, and their number.
    fn strip(&self, area: Rect) -> Result<(Band, u16), EncodeError> {
        let mut best: Option<(Band, u16, f32)> = None;
        let rows = blocks(self.cell.1);
        for height in (rows..area.height)
            .step_by(rows.into())
            .chain([area.height])
        {
            let band = self.band(Rect { height, ..area })?;
            // Each cut repeats the tables.
            let parts = band
                .bytes
                .len()
                .div_ceil((self.longest - self.longest / 24).max(1));
            if best.is_some() && parts > MOST_ACROSS {
                break;
            }
            let filled = band.bytes.len() as f32 / (parts * self.longest) as f32;
            if best.as_ref().is_none_or(|(_, _, most)| filled > *most) {
                best = Some((band, parts.min(area.width.into()) as u16, filled));
            }
        }
        match best {
            Some((band, parts, _)) => Ok((band, parts)),
            None => Ok((self.band(area)?, 1)),
        }
    }

    /// `strip` in about `parts` bands side by side, in more where one would be too long.
    fn columns(&self, strip: Band, parts: u16, bands: &mut Vec<Band>) -> Result<(), EncodeError> {
        let (mut left, mut parts) = (strip, usize::from(parts));
        while left.bytes.len() > self.longest && left.area.width > 1 {
            parts = parts.max(2);
            let Rect { x, width, .. } = left.area;
            let wanted = (left.bytes.len() / parts).min(self.longest);
            let mut columns = width / parts as u16;
            let first = loop {
                columns = columns.clamp(1, width - 1);
                let band = self.band(Rect {
                    width: columns,
                    ..left.area
                })?;
                if band.bytes.len() <= self.longest || columns == 1 {
                    break band;
                }
                let fewer = usize::from(columns) * wanted / band.bytes.len();
                columns = (fewer as u16).min(columns - 1);
            };
            let rest = Rect {
                x: x + columns,
                width: width - columns,
                ..left.area
            };
            self.one(first, bands)?;
            left = self.band(rest)?;
            parts -= 1;
        }
        self.one(left, bands)
    }

    /// `band`, or where it is still too long and one column wide, its halves.
    fn one(&self, band: Band, bands: &mut Vec<Band>) -> Result<(), EncodeError> {
        let Band { area, bytes } = &band;
        if bytes.len() <= self.longest || area.height == 1 {
            bands.push(band);
            return Ok(());
        }
        let half = area.height / 2;
        let (y, height) = (area.y + half, area.height - half);
        for part in [
            Rect {
                height: half,
                ..*area
            },
            Rect { y, height, ..*area },
        ] {
            let band = self.band(part)?;
            self.one(band, bands)?;
        }
        Ok(())
    }
}

/// The fewest cells of `px` that are whole blocks: 1, 2, 4 or 8.
fn blocks(px: u32) -> u16 {
    let whole = (1..BLOCK).find(|cells| (cells * px).is_multiple_of(BLOCK));
    whole.unwrap_or(BLOCK) as u16
}

/// The pixels as a JPEG of `quality` (of 100) without subsampling, in the shortest form that decoders read alike.
fn jpeg(raster: &Raster, quality: u8) -> Result<Vec<u8>, EncodeError> {
    let short = encoded(raster, quality, true)?;
    if read_alike(&short) {
        return Ok(short);
    }
    Ok(encoded(raster, quality, false)?)
}

fn encoded(raster: &Raster, quality: u8, optimised: bool) -> Result<Vec<u8>, EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality);
    let luma = QuantizationTableType::Custom(Box::new(luma(quality)));
    encoder.set_quantization_tables(luma, QuantizationTableType::Default);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.set_optimized_huffman_tables(optimised);
    // What is wider than 65,535 px is an error of the encoder's, not a cut.
    let side = |px: usize| u16::try_from(px).unwrap_or(0);
    let (width, height) = (side(raster.width), side(raster.height));
    encoder.encode(raster.samples(), width, height, ColorType::Rgb)?;
    Ok(file)
}

/// Steps of brightness at `quality`, by frequency. Flatter than those of the standard (T.81 K.1), whose coarse steps for
/// fine detail were chosen for larger pixels: at 37.4 dB a photograph is 12 % shorter and looks as good (SSIMULACRA2).
fn luma(quality: u8) -> [u16; 64] {
    /// At quality 50, by row and column of a block together; the last is for all beyond.
    const STEPS: [u16; 6] = [12, 12, 14, 17, 20, 25];
    let quality = u16::from(quality.clamp(1, 100));
    let percent = match quality {
        ..50 => 5000 / quality,
        _ => 200 - 2 * quality,
    };
    std::array::from_fn(|i| {
        let step = STEPS[(i / 8 + i % 8).min(STEPS.len() - 1)];
        ((step * percent + 50) / 100).clamp(1, 255)
    })
}

/// Whether zune-jpeg (of `image`, and so of WezTerm) sees what jpeg-decoder sees. Optimised tables come in one scan a
/// component, and zune-jpeg 0.5 garbles some whose scans are short: skies, and pictures of a few pixels.
fn read_alike(file: &[u8]) -> bool {
    let one = image::load_from_memory_with_format(file, image::ImageFormat::Jpeg);
    let other = jpeg_decoder::Decoder::new(file).decode();
    let (Ok(one), Ok(other)) = (one, other) else {
        return false;
    };
    let pairs = one.as_bytes().iter().zip(&other);
    one.as_bytes().len() == other.len() && pairs.map(|(a, b)| a.abs_diff(*b)).max() < Some(16)
}

/// Draws `file` (JPEG or PNG) over `cells` with its corner at the cursor.
///
/// `doNotMoveCursor` is WezTerm's; iTerm2 itself leaves the cursor behind the picture, and scrolls for no more rows
/// than `cells` has.
fn draw(file: &[u8], cells: Size) -> Vec<u8> {
    let head = format!(
        "\x1b]1337;File=inline=1;size={};width={};height={};preserveAspectRatio=0;doNotMoveCursor=1:",
        file.len(),
        cells.width,
        cells.height
    );
    let mut out = head.into_bytes();
    out.extend_from_slice(STANDARD.encode(file).as_bytes());
    out.push(b'\x07');
    out
}

#[cfg(test)]
mod tests;
