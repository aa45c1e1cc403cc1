//! PNGs for the protocols that take them, in as few bytes as the line asks for. Not for saving: no metadata is written.

mod file;
mod ground;
mod indexed;
mod near;
mod price;
mod reduce;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

use self::file::Layout;
use self::near::Quality;
use super::palette;
use super::raster::Raster;
use super::rung::Rung;

/// The pixels as they are, in little time: colour type 2.
pub(super) fn exact(raster: &Raster) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, raster.width as u32, raster.height as u32);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(raster.samples())?;
    writer.finish()?;
    Ok(out)
}

/// The picture as good as `rung` wants it, in at most `most` bytes of the file if that is told. What does not fit is
/// taken in coarser steps, and at last smaller: the terminal enlarges it to its cells.
pub(super) fn fitted(
    raster: &Raster,
    rung: Rung,
    most: Option<usize>,
) -> Result<Vec<u8>, EncodingError> {
    if rung == Rung::Exact && most.is_none() {
        return exact(raster);
    }
    let manner = Manner::of(rung);
    let most = most.unwrap_or(usize::MAX);
    if let Some(picture) = in_few_colors(raster, &manner) {
        let file = indexed::encode(&picture, raster.width, manner.effort)?;
        if file.len() <= most {
            return Ok(file);
        }
    }
    let mut notch = manner.notch;
    let mut file = manner.encode(raster, NOTCHES[notch])?;
    for _ in 0..TRIES {
        if file.len() <= most || notch + 1 == NOTCHES.len() {
            break;
        }
        let times_too_long = file.len() as f32 / most.max(1) as f32;
        let further = (times_too_long.ln() / A_NOTCH.ln()).ceil() as usize;
        notch = (notch + further.max(1)).min(NOTCHES.len() - 1);
        file = manner.encode(raster, NOTCHES[notch])?;
    }
    if file.len() <= most {
        return Ok(file);
    }
    let scale = (most as f32 / file.len() as f32).sqrt();
    reduce::largest(raster, scale, most, |smaller| {
        manner.encode(smaller, NOTCHES[notch])
    })
}

/// A first look in at most `most` bytes of the file, as large as that allows. `small` is the picture at about a third
/// of the size that it will be shown at.
pub(super) fn glance(small: &Raster, most: usize) -> Result<Vec<u8>, EncodingError> {
    reduce::largest(small, 0.7, most, |smaller| {
        match palette::quantize(smaller, GLANCE_COLORS) {
            Some(picture) => indexed::encode(&picture, smaller.width, 10),
            None => Manner::of(Rung::Careful).encode(smaller, NOTCHES[4]),
        }
    })
}

/// From fine to coarse; each is about [`A_NOTCH`] shorter than the one before.
const NOTCHES: [Quality; 9] = [
    Quality::new(6, 0.15),
    Quality::new(8, 0.2),
    Quality::new(10, 0.2),
    Quality::new(10, 0.238),
    Quality::new(12, 0.22),
    Quality::new(14, 0.24),
    Quality::new(18, 0.25),
    Quality::new(22, 0.3),
    Quality::new(28, 0.4),
];
const A_NOTCH: f32 = 1.2;
/// Encodings at coarser notches before the picture is made smaller.
const TRIES: usize = 2;
/// Fewer colours leave bytes for more pixels: over nine photographs 64 are 0.8 dB better than 256.
const GLANCE_COLORS: u16 = 64;

/// How a rung is reached.
struct Manner {
    /// Of [`NOTCHES`].
    notch: usize,
    /// See [`near::rows`]: 1, 2 or 4.
    ways: usize,
    /// libdeflate's level.
    effort: i32,
    /// Mean squared error of a sample that a palette may leave.
    palette_error: f32,
}

impl Manner {
    fn of(rung: Rung) -> Self {
        let (notch, ways, effort, decibels) = match rung {
            Rung::Glance | Rung::Quick => (2, 2, 9, 38.0),
            Rung::Careful => (3, 4, 10, 38.0),
            Rung::Fine | Rung::Exact => (0, 2, 10, 42.0),
        };
        Self {
            notch,
            ways,
            effort,
            palette_error: 255.0 * 255.0 / 10f32.powf(decibels / 10.0),
        }
    }

    fn encode(&self, raster: &Raster, quality: Quality) -> Result<Vec<u8>, EncodingError> {
        let rows = match self.ways {
            ..2 => near::rows::<1>(raster, quality),
            2..4 => near::rows::<2>(raster, quality),
            4.. => near::rows::<4>(raster, quality),
        };
        let size = (raster.width, raster.height);
        file::write(size, Layout::Rgb, &rows, self.effort)
    }
}

/// The picture in a palette, if that is good enough and probably shorter: drawn art, text, screenshots.
fn in_few_colors(raster: &Raster, manner: &Manner) -> Option<palette::Indexed> {
    /// px of the sample that is quantised to see what palettes can do.
    const SAMPLE: usize = 16_384;
    /// Of 100 px, how many are like their left neighbour in a picture that a palette suits.
    const ALIKE: usize = 40;
    if let Some(picture) = indexed::whole(raster, 16) {
        return Some(picture);
    }
    let pixels = &raster.pixels;
    let alike = pixels.windows(2).filter(|pair| pair[0] == pair[1]).count();
    if alike * 100 < pixels.len() * ALIKE {
        return None;
    }
    if let Some(picture) = indexed::whole(raster, 256) {
        return Some(picture);
    }
    let sample = reduce::sample(raster, SAMPLE);
    let fits = |colors: u16| {
        let picture = palette::quantize(&sample, colors)?;
        let squares: u32 = sample
            .pixels
            .iter()
            .zip(&picture.indices)
            .flat_map(|(pixel, index)| pixel.iter().zip(picture.colors[usize::from(*index)]))
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .sum();
        let error = squares as f32 / (sample.pixels.len() * 3) as f32;
        (error <= manner.palette_error).then_some(colors)
    };
    let colors = [16, 256].into_iter().find_map(fits)?;
    palette::quantize(raster, colors)
}

#[cfg(test)]
mod tests;
