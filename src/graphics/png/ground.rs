//! Plain areas: where they are, and what keeps them from drifting.
//!
//! PNG's Average filter rounds down, so a sky that is left to itself darkens from pixel to pixel until one large
//! residual lifts it: a speck. Here each stretch of a plain row gets one small residual for all its pixels instead,
//! chosen so that the stretch stays as bright as it should be. DEFLATE packs it as well as a stretch of zeros.

use crate::graphics::raster::Raster;

/// px of a stretch and rows of a block of them.
const STRETCH: usize = 32;
const BLOCK_ROWS: usize = 8;
/// px between the pixels that are compared.
const APART: usize = 3;
/// Mean squared difference per sample of such pixels up to which a block is plain: noise and a slope, no detail.
const PLAIN: f32 = 24.0;
/// The largest residual for a stretch.
const MOST: f32 = 3.0;

/// Which stretches of a picture are plain.
pub(super) struct Ground {
    stretches: usize,
    plain: Vec<bool>,
}

impl Ground {
    pub fn of(raster: &Raster) -> Self {
        let stretches = raster.width.div_ceil(STRETCH);
        let mut plain = Vec::new();
        for top in (0..raster.height).step_by(BLOCK_ROWS) {
            let bottom = raster.height.min(top + BLOCK_ROWS);
            plain.extend((0..stretches).map(|stretch| {
                let left = stretch * STRETCH;
                let right = raster.width.min(left + STRETCH);
                is_plain(raster, left..right, top..bottom)
            }));
        }
        Self { stretches, plain }
    }

    /// What every residual of row `y` starts from, given what the row above shows.
    pub fn lift(&self, y: usize, row: &[[u8; 3]], above: &[[u8; 3]], lift: &mut [[i8; 3]]) {
        let plain = &self.plain[y / BLOCK_ROWS * self.stretches..];
        let stretches = row.chunks(STRETCH).zip(above.chunks(STRETCH));
        for ((lift, (row, above)), plain) in lift.chunks_mut(STRETCH).zip(stretches).zip(plain) {
            let even = if *plain && y > 0 {
                level(row, above)
            } else {
                [0; 3]
            };
            lift.fill(even);
        }
    }
}

fn is_plain(
    raster: &Raster,
    columns: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
) -> bool {
    let (mut squares, mut count) = (0, 0);
    for y in rows.clone() {
        let row = raster.rows(y, y + 1);
        let below = (y + APART < rows.end).then(|| raster.rows(y + APART, y + APART + 1));
        for x in columns.clone() {
            let right = (x + APART < columns.end).then(|| row[x + APART]);
            for other in [right, below.map(|below| below[x])].into_iter().flatten() {
                for (a, b) in row[x].into_iter().zip(other) {
                    squares += u32::from(a.abs_diff(b)).pow(2);
                }
                count += 3;
            }
        }
    }
    count > 0 && squares as f32 <= PLAIN * count as f32
}

/// The residual that brings a stretch from what is above it to what is wanted. Half of what is put in is passed on to
/// the right, so that a steady residual moves the row by twice as much; rounding down takes a half of that away again.
fn level(row: &[[u8; 3]], above: &[[u8; 3]]) -> [i8; 3] {
    std::array::from_fn(|c| {
        let gap =
            |(wanted, above): (&[u8; 3], &[u8; 3])| i32::from(wanted[c]) - i32::from(above[c]);
        let gap = row.iter().zip(above).map(gap).sum::<i32>() as f32 / row.len() as f32;
        f32::midpoint(gap, 0.5).round().clamp(-MOST, MOST) as i8
    })
}
