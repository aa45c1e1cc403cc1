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
mod tests {
    use super::*;

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
            (n.wrapping_mul(2_654_435_761).rotate_left(11) ^ n.wrapping_mul(40_503)).to_le_bytes()
                [1..]
                .try_into()
                .unwrap()
        })
    }

    /// The file that a band holds.
    fn file(band: &Band) -> Vec<u8> {
        let text = std::str::from_utf8(&band.bytes).unwrap();
        let (_, base64) = text.strip_suffix('\x07').unwrap().split_once(':').unwrap();
        STANDARD.decode(base64).unwrap()
    }

    fn covers(bands: &[Band], size: Size) {
        let cells: u32 = bands.iter().map(|band| band.area.area()).sum();
        assert_eq!(cells, u32::from(size.width) * u32::from(size.height));
        for (i, band) in bands.iter().enumerate() {
            assert_eq!(band.area, band.area.intersection(Rect::from(size)));
            assert!(bands[..i].iter().all(|b| !b.area.intersects(band.area)));
        }
    }

    fn within(most: usize) -> Allowed {
        Allowed {
            most: Some(most),
            ..Allowed::default()
        }
    }

    #[test]
    fn the_file_stands_behind_its_measures() {
        assert_eq!(
            draw(b"abc", Size::new(8, 4)),
            b"\x1b]1337;File=inline=1;size=3;width=8;height=4;preserveAspectRatio=0;doNotMoveCursor=1:YWJj\x07"
        );
    }

    #[test]
    fn two_decoders_see_the_same_picture() {
        let raster = picture(83, 45, |x, y| [(x * 3) as u8, (y * 5) as u8, (x + y) as u8]);
        let dark = picture(16, 16, |x, y| [(x * y) as u8, 9, 9]);
        for raster in [&raster, &dark, &noise(16, 16)] {
            assert!(read_alike(&jpeg(raster, 75).unwrap()));
        }
        let file = jpeg(&raster, 75).unwrap();
        let one = image::load_from_memory(&file).unwrap().into_rgb8();
        let other = jpeg_decoder::Decoder::new(&file[..]).decode().unwrap();
        for ((one, other), ideal) in one.iter().zip(&other).zip(raster.samples()) {
            assert!(one.abs_diff(*other) < 8);
            assert!(one.abs_diff(*ideal) < 40);
        }
    }

    #[test]
    fn noise_comes_in_bands_of_whole_cells_that_are_short_enough() {
        for (cell, size) in [
            ((10, 20), (30, 20)),
            ((9, 17), (40, 7)),
            ((20, 40), (100, 1)),
        ] {
            let size = Size::new(size.0, size.1);
            let raster = noise(
                usize::from(size.width) * cell.0,
                usize::from(size.height) * cell.1,
            );
            let cell = (cell.0 as u32, cell.1 as u32);
            let slow = Allowed {
                longest: 8_000,
                ..Allowed::default()
            };
            for rung in [Rung::Quick, Rung::Careful, Rung::Fine] {
                let bands = bands(&raster, cell, true, rung, slow).unwrap();
                covers(&bands, size);
                assert!(bands.len() > 1);
                assert!(bands.iter().all(|band| band.bytes.len() <= slow.longest));
            }
        }
    }

    #[test]
    fn a_terminal_on_the_same_machine_gets_every_pixel() {
        let raster = noise(40, 40);
        let bands = bands(&raster, (10, 20), true, Rung::Exact, Allowed::default()).unwrap();
        let back = image::load_from_memory(&file(&bands[0])).unwrap();
        assert_eq!(back.into_rgb8().as_raw(), raster.samples());
        assert_eq!(bands[0].area, Rect::new(0, 0, 4, 2));
    }

    #[test]
    fn what_has_alpha_is_a_png() {
        let raster = picture(60, 60, |x, _| if x < 30 { [0; 3] } else { [255; 3] });
        let bands = bands(&raster, (10, 20), false, Rung::Careful, Allowed::default()).unwrap();
        let back = image::load_from_memory(&file(&bands[0])).unwrap();
        assert_eq!(back.into_rgb8().as_raw(), raster.samples());
    }

    #[test]
    fn what_has_alpha_is_near_lossless_across_a_network() {
        let grain = noise(200, 200);
        let raster = picture(200, 200, |x, y| {
            let grain = grain.pixels[y * 200 + x].map(|sample| sample % 16);
            [x as u8 + grain[0], y as u8 + grain[1], 90 + grain[2]]
        });
        let length = |rung| {
            let allowed = Allowed::default();
            let bands = bands(&raster, (10, 20), false, rung, allowed).unwrap();
            bands.iter().map(|band| band.bytes.len()).sum::<usize>()
        };
        let (far, near) = (length(Rung::Careful), length(Rung::Exact));
        assert!(far * 3 < near * 2, "{far} of {near}");
    }

    #[test]
    fn bands_are_as_full_as_can_be() {
        // As detailed everywhere, so that no band must be short.
        let raster = picture(800, 480, |x, y| {
            let n = ((x * 7919 + y * 104_729) as u32).wrapping_mul(2_654_435_761) >> 27;
            [x as u8 / 3 + n as u8, y as u8 / 2 + n as u8, 90 + n as u8]
        });
        for longest in [5_000, 8_000, 16_000] {
            let allowed = Allowed {
                longest,
                ..Allowed::default()
            };
            let bands = bands(&raster, (10, 20), true, Rung::Careful, allowed).unwrap();
            covers(&bands, Size::new(80, 24));
            assert!(bands.iter().all(|band| band.bytes.len() <= longest));
            let bytes: usize = bands.iter().map(|band| band.bytes.len()).sum();
            let filled = bytes * 100 / (bands.len() * longest);
            assert!(filled >= 80, "{filled} % of {longest}");
        }
    }

    #[test]
    fn a_budget_is_kept() {
        let raster = noise(300, 200);
        for (opaque, most) in [(true, 60_000), (true, 30_000), (false, 30_000)] {
            let bands = bands(&raster, (10, 20), opaque, Rung::Careful, within(most)).unwrap();
            let bytes: usize = bands.iter().map(|band| band.bytes.len()).sum();
            assert!(bytes <= most, "{bytes} of {most}");
        }
    }

    #[test]
    fn a_glance_is_as_good_as_its_bytes_allow() {
        let cells = Size::new(100, 28);
        let smooth = picture(333, 186, |x, y| [(x / 2) as u8, y as u8, 90]);
        let easy = glance(&smooth, cells, 12_000).unwrap();
        let hard = glance(&noise(333, 186), cells, 12_000).unwrap();
        for bands in [&easy, &hard] {
            assert_eq!(bands[0].area, Rect::from(cells));
            assert!(bands[0].bytes.len() <= 12_000);
        }
        let width = |bands: &[Band]| image::load_from_memory(&file(&bands[0])).unwrap().width();
        assert_eq!(width(&easy), 333);
        assert!(width(&hard) < 333);
    }

    #[test]
    fn the_smallest_pictures_are_pictures() {
        let raster = picture(1, 1, |_, _| [1, 2, 3]);
        for rung in [Rung::Glance, Rung::Quick, Rung::Fine, Rung::Exact] {
            let bands = bands(&raster, (1, 1), true, rung, within(1)).unwrap();
            covers(&bands, Size::new(1, 1));
        }
        glance(&raster, Size::new(1, 1), 1).unwrap();
    }
}
