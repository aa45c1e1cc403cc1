//! Rows in, a picture of a half or a quarter of their size out: each px is the mean of a square, made while the rows come, so
//! that a large picture is never in memory whole.

use image::RgbaImage;

use crate::domain::PixelSize;

/// Takes rows of 8-bit samples (1 grey, 2 grey and alpha, 3 RGB, 4 RGBA), from the top.
pub(super) struct Reducer {
    /// px
    width: usize,
    channels: usize,
    factor: usize,
    /// The rows of the squares that are being made, `factor` of them.
    band: Vec<u8>,
    /// How many of them are there.
    rows: usize,
    sums: Vec<u16>,
    rgba: Vec<u8>,
    out: PixelSize,
    opaque: bool,
}

impl Reducer {
    /// For a picture of `size` px; `factor` is at most 16. What is left over at the right and the bottom makes px of its
    /// own, from less than a square.
    pub fn new(size: PixelSize, channels: usize, factor: usize) -> Self {
        let width = size.width as usize;
        let out = PixelSize::new(
            size.width.div_ceil(factor as u32),
            size.height.div_ceil(factor as u32),
        );
        Self {
            width,
            channels,
            factor,
            band: vec![0; width * channels * factor],
            rows: 0,
            sums: vec![0; width * channels],
            rgba: Vec::with_capacity(out.width as usize * out.height as usize * 4),
            out,
            opaque: true,
        }
    }

    /// Where the next row is to be written, all of it; [`taken`](Self::taken) follows.
    pub fn row(&mut self) -> &mut [u8] {
        let length = self.width * self.channels;
        &mut self.band[self.rows * length..][..length]
    }

    /// The row is there.
    pub fn taken(&mut self) {
        self.rows += 1;
        if self.rows == self.factor {
            self.flush();
        }
    }

    /// The reduced picture, and whether every px is opaque. `None` unless every row came.
    pub fn finish(mut self) -> Option<(RgbaImage, bool)> {
        if self.rows > 0 {
            self.flush();
        }
        let picture = RgbaImage::from_raw(self.out.width, self.out.height, self.rgba)?;
        Some((picture, self.opaque))
    }

    fn flush(&mut self) {
        let band = &self.band[..self.rows * self.width * self.channels];
        let has_alpha = self.channels.is_multiple_of(2);
        let opaque = !has_alpha
            || band
                .iter()
                .skip(self.channels - 1)
                .step_by(self.channels)
                .all(|alpha| *alpha == u8::MAX);
        if opaque {
            self.mean();
        } else {
            self.opaque = false;
            self.weighted_mean();
        }
        self.rows = 0;
    }

    fn mean(&mut self) {
        let length = self.width * self.channels;
        self.sums.fill(0);
        for row in self.band[..self.rows * length].chunks_exact(length) {
            for (sum, sample) in self.sums.iter_mut().zip(row) {
                *sum += u16::from(*sample);
            }
        }
        // The common case has constants that the compiler can unroll.
        match (self.channels, self.factor, self.rows) {
            (3, 2, 2) => squares::<3>(&self.sums, 2, 2, &mut self.rgba),
            (3, factor, rows) => squares::<3>(&self.sums, factor, rows, &mut self.rgba),
            (4, factor, rows) => squares::<4>(&self.sums, factor, rows, &mut self.rgba),
            (2, factor, rows) => squares::<2>(&self.sums, factor, rows, &mut self.rgba),
            (_, factor, rows) => squares::<1>(&self.sums, factor, rows, &mut self.rgba),
        }
    }

    /// Colours count by their alpha, as in `fit`: what hides under transparent px must not show.
    fn weighted_mean(&mut self) {
        let length = self.width * self.channels;
        let band = &self.band[..self.rows * length];
        for left in (0..self.width).step_by(self.factor) {
            let columns = self.factor.min(self.width - left);
            let (mut color, mut alpha) = ([0u32; 3], 0u32);
            for row in band.chunks_exact(length) {
                for px in row[left * self.channels..][..columns * self.channels]
                    .chunks_exact(self.channels)
                {
                    let rgb = if self.channels == 2 {
                        [px[0]; 3]
                    } else {
                        [px[0], px[1], px[2]]
                    };
                    let a = u32::from(px[self.channels - 1]);
                    alpha += a;
                    for (sum, sample) in color.iter_mut().zip(rgb) {
                        *sum += a * u32::from(sample);
                    }
                }
            }
            let count = (columns * self.rows) as u32;
            let [r, g, b] = color.map(|sum| ((sum + alpha / 2) / alpha.max(1)) as u8);
            let a = (alpha + count / 2) / count;
            self.rgba.extend([r, g, b, a as u8]);
        }
    }
}

/// The means of squares whose columns are summed already; an alpha is all opaque.
#[inline]
fn squares<const CHANNELS: usize>(sums: &[u16], factor: usize, rows: usize, rgba: &mut Vec<u8>) {
    for square in sums.chunks(factor * CHANNELS) {
        let mut total = [0u32; CHANNELS];
        for px in square.as_chunks::<CHANNELS>().0 {
            for (sum, sample) in total.iter_mut().zip(px) {
                *sum += u32::from(*sample);
            }
        }
        let count = (square.len() / CHANNELS * rows) as u32;
        let mean = total.map(|sum| ((sum + count / 2) / count) as u8);
        let [r, g, b] = match mean.len() {
            1 | 2 => [mean[0]; 3],
            _ => [mean[0], mean[1], mean[2]],
        };
        rgba.extend([r, g, b, u8::MAX]);
    }
}
