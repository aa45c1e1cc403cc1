//! Pictures in few colours: Wu's cuts, then rounds of Lloyd's algorithm, both in sRGB (the space in which the error is
//! reported); no dither, which costs bytes and 2 dB.

use std::collections::BTreeSet;

use quantette::PaletteSize;
use quantette::deps::palette::Srgb;
use quantette::deps::palette::cast::ComponentsAs;
use quantette::wu::{BinnerU8x3, WuU8x3};

use super::raster::Raster;

/// Rounds of Lloyd's algorithm; a fifth would gain less than 0.05 dB over photographs.
const ROUNDS: usize = 4;
/// Bits of red, green and blue that name a bin: the pixels of one are one sample to Lloyd's algorithm.
const FINE: [u32; 3] = [5, 6, 5];
/// The same for the boxes that share a list of the colours that can be nearest.
const COARSE: [u32; 3] = [4, 5, 4];

/// A picture as indices into its colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indexed {
    /// sRGB, at most 256.
    pub colors: Vec<[u8; 3]>,
    /// One a pixel, rows from the top.
    pub indices: Vec<u8>,
}

/// `raster` in at most `colors` (1 to 256) colours, each pixel in the nearest; `None` when there is no pixel.
pub(super) fn quantize(raster: &Raster, colors: u16) -> Option<Indexed> {
    let colors = match few(&raster.pixels, colors) {
        Some(all) => all,
        None => lloyd(wu(&raster.pixels, colors)?, &bins(&raster.pixels)),
    };
    let mut nearest = Nearest::new(&colors);
    // Neighbours are often the same.
    let first = *raster.pixels.first()?;
    let mut last = (first, nearest.of(first));
    let indices = raster.pixels.iter().map(|&pixel| {
        if pixel != last.0 {
            last = (pixel, nearest.of(pixel));
        }
        last.1
    });
    let indices = indices.collect();
    Some(Indexed { colors, indices })
}

/// All colours of `pixels`, if they are not more than `most`: their bins would merge some.
pub(super) fn few(pixels: &[[u8; 3]], most: u16) -> Option<Vec<[u8; 3]>> {
    let mut colors = BTreeSet::new();
    for same in pixels.chunk_by(|a, b| a == b) {
        colors.insert(same[0]);
        if colors.len() > usize::from(most) {
            return None;
        }
    }
    Some(colors.into_iter().collect())
}

/// Wu's palette of at most `colors` (1 to 256) colours for `pixels`; `None` when there is no pixel.
pub(super) fn wu(pixels: &[[u8; 3]], colors: u16) -> Option<Vec<[u8; 3]>> {
    let pixels: &[Srgb<u8>] = pixels.as_flattened().components_as();
    let cuts = WuU8x3::run_slice(pixels, BinnerU8x3::rgb()).ok()?;
    let palette = cuts.palette(PaletteSize::from_u16_clamped(colors));
    let mut colors: Vec<[u8; 3]> = palette.iter().map(|&color| color.into()).collect();
    colors.sort_unstable();
    colors.dedup();
    Some(colors)
}

/// The sums of some pixels' red, green and blue, and their number.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    samples: [u64; 3],
    pixels: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        for (sum, sample) in self.samples.iter_mut().zip(other.samples) {
            *sum += sample;
        }
        self.pixels += other.pixels;
    }

    /// Rounded; there must be a pixel.
    fn mean(self) -> [u8; 3] {
        self.samples
            .map(|sum| ((sum + self.pixels / 2) / self.pixels) as u8)
    }
}

fn bins(pixels: &[[u8; 3]]) -> Vec<Sum> {
    let mut bins = vec![Sum::default(); 1 << FINE.iter().sum::<u32>()];
    for &pixel in pixels {
        bins[bin(pixel, FINE)].add(Sum {
            samples: pixel.map(u64::from),
            pixels: 1,
        });
    }
    bins.retain(|bin| bin.pixels > 0);
    bins
}

fn bin(color: [u8; 3], bits: [u32; 3]) -> usize {
    (0..3).fold(0, |bin, i| {
        bin << bits[i] | usize::from(color[i] >> (8 - bits[i]))
    })
}

fn lloyd(mut colors: Vec<[u8; 3]>, samples: &[Sum]) -> Vec<[u8; 3]> {
    for _ in 0..ROUNDS {
        if !round(&mut colors, samples) {
            break;
        }
    }
    colors
}

/// One round of Lloyd's algorithm: each colour becomes the mean of what is nearest to it. Whether one changed.
fn round(colors: &mut [[u8; 3]], samples: &[Sum]) -> bool {
    let mut nearest = Nearest::new(colors);
    let mut sums = vec![Sum::default(); colors.len()];
    for &sample in samples {
        sums[usize::from(nearest.of(sample.mean()))].add(sample);
    }
    let mut changed = false;
    for (color, sum) in colors.iter_mut().zip(sums) {
        if sum.pixels > 0 && *color != sum.mean() {
            *color = sum.mean();
            changed = true;
        }
    }
    changed
}

/// Finds the nearest of some colours: for each box of the colour space that occurs, the few that can be.
struct Nearest {
    colors: Vec<[u8; 3]>,
    /// Start and end of a box's candidates; empty until the box is asked for.
    boxes: Vec<(u32, u32)>,
    candidates: Vec<u8>,
}

impl Nearest {
    fn new(colors: &[[u8; 3]]) -> Self {
        Self {
            colors: colors.to_vec(),
            boxes: vec![(0, 0); 1 << COARSE.iter().sum::<u32>()],
            candidates: Vec::new(),
        }
    }

    /// The first index of the nearest colour.
    fn of(&mut self, color: [u8; 3]) -> u8 {
        let bin = bin(color, COARSE);
        if self.boxes[bin].1 == 0 {
            self.fill(color, bin);
        }
        let (start, end) = self.boxes[bin];
        let mut best = (u32::MAX, 0);
        for &index in &self.candidates[start as usize..end as usize] {
            let other = self.colors[usize::from(index)];
            let distance: u32 = (0..3)
                .map(|i| u32::from(color[i].abs_diff(other[i])).pow(2))
                .sum();
            if distance < best.0 {
                best = (distance, index);
            }
        }
        best.1
    }

    /// A colour can be nearest within a box unless another's farthest point of it is nearer than its own nearest.
    fn fill(&mut self, color: [u8; 3], bin: usize) {
        let low: [u8; 3] = std::array::from_fn(|i| color[i] & (0xff << (8 - COARSE[i])) as u8);
        let high: [u8; 3] = std::array::from_fn(|i| low[i] | (0xff >> COARSE[i]) as u8);
        let ends = |other: &[u8; 3]| {
            (0..3).fold((0, 0), |(near, far), i| {
                let (below, above) = (
                    i32::from(low[i]) - i32::from(other[i]),
                    i32::from(other[i]) - i32::from(high[i]),
                );
                let outside = below.max(above).max(0);
                let across = (-below).max(-above);
                (near + outside * outside, far + across * across)
            })
        };
        let reach = self.colors.iter().map(|other| ends(other).1).min();
        let start = self.candidates.len() as u32;
        for (other, index) in self.colors.iter().zip(0..=u8::MAX) {
            if reach.is_none_or(|reach| ends(other).0 <= reach) {
                self.candidates.push(index);
            }
        }
        self.boxes[bin] = (start, self.candidates.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: usize, height: usize) -> Raster {
        let mut seed = 1u32;
        let pixels = (0..width * height).map(|_| {
            std::array::from_fn(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
        });
        Raster {
            width,
            height,
            pixels: pixels.collect(),
        }
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let colors = [[0, 0, 0], [1, 200, 3], [255, 254, 253], [255, 255, 255]];
        let raster = Raster {
            width: 4,
            height: 3,
            pixels: colors.repeat(3),
        };
        let indexed = quantize(&raster, 256).unwrap();
        let back: Vec<[u8; 3]> = indexed
            .indices
            .iter()
            .map(|&index| indexed.colors[usize::from(index)])
            .collect();
        assert_eq!(back, raster.pixels);
    }

    #[test]
    fn each_pixel_takes_the_nearest_colour() {
        let raster = noise(64, 64);
        let indexed = quantize(&raster, 100).unwrap();
        let distance = |a: [u8; 3], b: [u8; 3]| {
            (0..3)
                .map(|i| u32::from(a[i].abs_diff(b[i])).pow(2))
                .sum::<u32>()
        };
        for (&pixel, &index) in raster.pixels.iter().zip(&indexed.indices) {
            let taken = distance(pixel, indexed.colors[usize::from(index)]);
            let least = indexed.colors.iter().map(|&color| distance(pixel, color));
            assert_eq!(Some(taken), least.min());
        }
    }

    #[test]
    fn no_more_colours_than_asked_for() {
        for most in [1, 2, 16, 256] {
            let indexed = quantize(&noise(40, 40), most).unwrap();
            assert!(indexed.colors.len() <= usize::from(most));
            assert!(indexed.indices.iter().all(|&i| u16::from(i) < most));
        }
    }
}
