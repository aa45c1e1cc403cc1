//! Value noise: smooth randomness for clouds, ridges, ripples and grain.
//!
//! [`Tile`] is computed once for a picture and only sampled afterwards: a pass over every pixel must be cheap.

const SIDE: usize = 256;

/// An even hash of a lattice point, from 0 to 1.
pub fn lattice(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = seed ^ (x as u32).wrapping_mul(0x8da6_b343) ^ (y as u32).wrapping_mul(0xd816_3841);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    (h ^ (h >> 15)) as f32 / u32::MAX as f32
}

/// Smooth noise along a line, one swing per unit of `x`, from 0 to 1.
pub fn line(x: f32, seed: u32) -> f32 {
    let cell = x.floor();
    let t = x - cell;
    let t = t * t * (3.0 - 2.0 * t);
    let (a, b) = (
        lattice(cell as i32, 0, seed),
        lattice(cell as i32 + 1, 0, seed),
    );
    a + (b - a) * t
}

/// `octaves` of [`line`], each twice as fast and `gain` times as strong as the one before; from 0 to 1.
pub fn fractal(x: f32, seed: u32, octaves: u32, gain: f32) -> f32 {
    let (mut sum, mut weight, mut frequency, mut total) = (0.0, 1.0, 1.0, 0.0);
    for octave in 0..octaves {
        sum += line(x * frequency, seed.wrapping_add(octave * 101)) * weight;
        total += weight;
        weight *= gain;
        frequency *= 2.03;
    }
    sum / total
}

/// A square of fractal noise that repeats without a seam.
pub struct Tile {
    cells: Vec<f32>,
}

impl Tile {
    /// Computes the tile, 256 x 256 cells.
    pub fn new(seed: u32) -> Self {
        let mut cells = vec![0.0; SIDE * SIDE];
        // Lattices of 16, 32, 64 and 128 points across the tile.
        for (octave, (points, weight)) in [(16, 0.5), (32, 0.27), (64, 0.15), (128, 0.08)]
            .into_iter()
            .enumerate()
        {
            let seed = seed.wrapping_add(octave as u32 * 7919);
            let step = points as f32 / SIDE as f32;
            for (y, row) in cells.chunks_exact_mut(SIDE).enumerate() {
                let (cy, ty) = cell(y as f32 * step);
                for (x, out) in row.iter_mut().enumerate() {
                    let (cx, tx) = cell(x as f32 * step);
                    let at =
                        |dx: i32, dy: i32| lattice((cx + dx) % points, (cy + dy) % points, seed);
                    let top = at(0, 0) + (at(1, 0) - at(0, 0)) * tx;
                    let low = at(0, 1) + (at(1, 1) - at(0, 1)) * tx;
                    *out += (top + (low - top) * ty) * weight;
                }
            }
        }
        Self { cells }
    }

    /// The noise at a point, from 0 to 1 and mostly near 0.5; the largest swings are 16 units long.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (floor(x), floor(y));
        let (tx, ty) = (x - fx as f32, y - fy as f32);
        let (x0, y0) = (fx as usize % SIDE, fy as usize % SIDE);
        let (x1, y1) = ((x0 + 1) % SIDE, (y0 + 1) % SIDE);
        let (a, b) = (self.cells[y0 * SIDE + x0], self.cells[y0 * SIDE + x1]);
        let (c, d) = (self.cells[y1 * SIDE + x0], self.cells[y1 * SIDE + x1]);
        let top = a + (b - a) * tx;
        top + (c + (d - c) * tx - top) * ty
    }

    /// Noise with its detail: three samples at growing scale, from 0 to 1.
    pub fn deep(&self, x: f32, y: f32) -> f32 {
        self.at(x, y) * 0.58
            + self.at(x * 2.7 + 31.0, y * 2.7 + 17.0) * 0.28
            + self.at(x * 7.3 + 5.0, y * 7.3 + 71.0) * 0.14
    }
}

/// The whole number at or below `x`. `f32::floor` is a call where the processor's baseline has no instruction for it.
fn floor(x: f32) -> i32 {
    let whole = x as i32;
    whole - i32::from(x < whole as f32)
}

fn cell(x: f32) -> (i32, f32) {
    let whole = x.floor();
    let t = x - whole;
    (whole as i32, t * t * (3.0 - 2.0 * t))
}
