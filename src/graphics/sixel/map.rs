//! Which colour each pixel takes: near enough to its own, and cheap to write.
//!
//! A column of six pixels costs a byte a colour, and a colour that the columns before and behind do not have costs some
//! more to take up and to leave. So each column takes the colours that make squared error + lambda x bytes least, as far
//! as a greedy choice finds them: once from the left, once more when both neighbours are known. After the first time
//! each colour moves to the mean of the pixels that took it.

use super::super::palette::{self, Indexed};
use super::super::raster::Raster;

/// Pixels of a column, top to bottom.
pub(super) const SIXEL: usize = 6;
/// Lanes of an error: six pixels, and two that stay 0 so that the sums are done four at a time.
const LANES: usize = 8;
type Lanes = [f32; LANES];
/// Columns from which on the way to a colour's last use does not matter.
const FAR: usize = 10;
/// Bytes for a colour that the column before has, when the one behind is not known: it may end there.
const STAY: f32 = 0.3;
/// Bytes for a colour that is written anyway: `#12` and the way to its first column.
const NEW: f32 = 4.5;

/// Change from pixel to pixel (of 255) in a tile from which on all of lambda counts; noise alone makes 1 to 2.
const BUSY: f32 = 5.0;
/// The least part of lambda that counts.
const CALM: f32 = 0.3;

/// A rectangle in registers.
#[derive(Debug, Clone)]
pub(super) struct Mapped {
    /// By register, in percents.
    pub colors: Vec<[u8; 3]>,
    /// px
    pub width: usize,
    /// One a pixel, rows from the top.
    pub registers: Vec<u8>,
}

impl Mapped {
    /// A picture `width` px wide as it is, but for the rounding to percents.
    pub fn of(picture: Indexed, width: usize) -> Self {
        Self {
            colors: picture.colors.into_iter().map(percents).collect(),
            width,
            registers: picture.indices,
        }
    }

    /// px
    pub fn height(&self) -> usize {
        self.registers.len() / self.width
    }
}

fn percents(color: [u8; 3]) -> [u8; 3] {
    color.map(|sample| ((u16::from(sample) * 100 + 127) / 255) as u8)
}

/// What a terminal makes of a percent.
fn sample(percent: u8) -> f32 {
    f32::from((u16::from(percent) * 255 + 50) / 100)
}

/// `tile` in at most `colors` (1 to 256) colours; a byte is worth a squared error of `lambda`, the sum over three
/// samples. `None` when there is no pixel.
pub(super) fn map(tile: &Raster, colors: u16, lambda: f32) -> Option<Mapped> {
    let colors = match palette::few(&tile.pixels, colors) {
        Some(all) => all,
        None => palette::wu(&tile.pixels, colors)?,
    };
    let mut mapped = Mapped {
        colors: colors.into_iter().map(percents).collect(),
        width: tile.width,
        registers: vec![0; tile.pixels.len()],
    };
    let mut row = Row::new(tile.width, mapped.colors.len(), lambda * calm(tile));
    row.map(tile, &mut mapped, false);
    refit(tile, &mut mapped);
    row.map(tile, &mut mapped, true);
    Some(mapped)
}

/// Each colour becomes the mean of the pixels that took it.
fn refit(tile: &Raster, mapped: &mut Mapped) {
    let mut sums = vec![[0u32; 4]; mapped.colors.len()];
    for (&register, &[r, g, b]) in mapped.registers.iter().zip(&tile.pixels) {
        let sum = &mut sums[usize::from(register)];
        for (sum, sample) in sum.iter_mut().zip([r, g, b, 1]) {
            *sum += u32::from(sample);
        }
    }
    for (color, [r, g, b, pixels]) in mapped.colors.iter_mut().zip(sums) {
        if pixels > 0 {
            *color = percents([r, g, b].map(|sum| ((sum + pixels / 2) / pixels) as u8));
        }
    }
}

/// How much of lambda is for a tile: less where little happens and the eye sees each step.
fn calm(tile: &Raster) -> f32 {
    let mut sum = 0u32;
    for row in tile.pixels.chunks_exact(tile.width) {
        for pair in row.windows(2) {
            sum += u32::from(pair[0][1].abs_diff(pair[1][1]));
        }
    }
    let activity = sum as f32 / tile.pixels.len() as f32;
    (activity / BUSY).clamp(CALM, 1.0)
}

/// The colours of one column.
#[derive(Debug, Clone, Copy, Default)]
struct Few {
    items: [u8; SIXEL],
    len: u8,
}

impl Few {
    fn as_slice(&self) -> &[u8] {
        &self.items[..usize::from(self.len)]
    }

    fn push(&mut self, item: u8) {
        self.items[usize::from(self.len)] = item;
        self.len += 1;
    }

    fn swap_remove(&mut self, at: usize) {
        self.len -= 1;
        self.items[at] = self.items[usize::from(self.len)];
    }
}

/// One row of sixels at a time.
struct Row {
    width: usize,
    /// How many colours there are.
    colors: usize,
    lambda: f32,
    /// Squared errors, by column and colour.
    errors: Vec<Lanes>,
    /// The colours nearest to each column's pixels.
    nearest: Vec<[u8; SIXEL]>,
    /// The colours that each column has.
    chosen: Vec<Few>,
    /// Columns to the next use, by column and colour.
    next: Vec<u8>,
    /// Columns from the last use, by colour.
    last: Vec<u8>,
    /// What a colour costs in the column at hand.
    costs: Vec<f32>,
    /// Bytes of the way from one use to the next, by columns.
    gaps: [f32; 2 * FAR + 1],
}

impl Row {
    fn new(width: usize, colors: usize, lambda: f32) -> Self {
        Self {
            width,
            colors,
            lambda,
            errors: vec![[0.0; LANES]; width * colors],
            nearest: vec![[0; SIXEL]; width],
            chosen: vec![Few::default(); width],
            next: vec![0; width * colors],
            last: vec![0; colors],
            costs: vec![0.0; colors],
            gaps: std::array::from_fn(|columns| match columns {
                0 | 1 => 0.0,
                2..=4 => columns as f32 - 1.0,
                5..=8 => 3.0,
                _ => NEW,
            }),
        }
    }

    /// Chooses the registers of `mapped`; `twice` for the better choice.
    fn map(&mut self, tile: &Raster, mapped: &mut Mapped, twice: bool) {
        let samples: Vec<[f32; 3]> = mapped
            .colors
            .iter()
            .map(|color| color.map(sample))
            .collect();
        let pixels = tile.pixels.chunks(SIXEL * tile.width);
        let registers = mapped.registers.chunks_mut(SIXEL * tile.width);
        for (pixels, registers) in pixels.zip(registers) {
            self.measure(pixels, &samples);
            self.forward();
            if twice {
                self.between_neighbours();
            }
            self.assign(registers);
        }
    }

    fn measure(&mut self, pixels: &[[u8; 3]], samples: &[[f32; 3]]) {
        let height = pixels.len() / self.width;
        for x in 0..self.width {
            let mut column = [[0.0; LANES]; 3];
            // Rows below the picture cost nothing whatever they take.
            let mut there = [0.0; LANES];
            for y in 0..height {
                for (lanes, sample) in column.iter_mut().zip(pixels[y * self.width + x]) {
                    lanes[y] = f32::from(sample);
                }
                there[y] = 1.0;
            }
            let errors = &mut self.errors[x * self.colors..][..self.colors];
            let (mut least, mut nearest) = ([f32::MAX; LANES], [0u32; LANES]);
            for (color, (error, sample)) in (0..).zip(errors.iter_mut().zip(samples)) {
                for lane in 0..LANES {
                    let [r, g, b]: [f32; 3] = std::array::from_fn(|i| column[i][lane] - sample[i]);
                    error[lane] = (r * r + g * g + b * b) * there[lane];
                    let better = error[lane] < least[lane];
                    least[lane] = if better { error[lane] } else { least[lane] };
                    nearest[lane] = if better { color } else { nearest[lane] };
                }
            }
            self.nearest[x] = std::array::from_fn(|y| nearest[y] as u8);
        }
    }

    fn forward(&mut self) {
        self.last.fill(FAR as u8);
        self.chosen.fill(Few::default());
        for x in 0..self.width {
            for (cost, &last) in self.costs.iter_mut().zip(&self.last) {
                *cost = if last == 1 {
                    STAY
                } else {
                    1.0 + self.gaps[usize::from(last)]
                };
            }
            self.choose(x);
            self.pass(x);
        }
    }

    fn between_neighbours(&mut self) {
        self.last.fill(FAR as u8);
        for x in (0..self.width).rev() {
            self.next[x * self.colors..][..self.colors].copy_from_slice(&self.last);
            self.pass(x);
        }
        let lowest = self.lowest();
        self.last.fill(FAR as u8);
        for (x, lowest) in lowest.into_iter().enumerate() {
            let next = &self.next[x * self.colors..][..self.colors];
            for ((cost, &last), &next) in self.costs.iter_mut().zip(&self.last).zip(next) {
                let (last, next) = (usize::from(last), usize::from(next));
                // One way becomes two.
                *cost = 1.0 + self.gaps[last] + self.gaps[next] - self.gaps[last + next];
            }
            self.costs[usize::from(lowest)] = 0.0;
            self.choose(x);
            self.pass(x);
        }
    }

    /// Makes `last` that of the column after `x`, in either direction.
    fn pass(&mut self, x: usize) {
        for last in &mut self.last {
            *last = (*last + 1).min(FAR as u8);
        }
        for &color in self.chosen[x].as_slice() {
            self.last[usize::from(color)] = 1;
        }
    }

    /// For each column a colour that runs through it below the others, as repetitions: it costs next to nothing. The
    /// path that has the most columns for the fewest changes.
    fn lowest(&self) -> Vec<u8> {
        /// Bytes of a change of colour, and of a column of one's own.
        const CHANGE: f32 = 5.0;
        const COLUMN: f32 = 1.3;
        let mut score = vec![0.0; self.colors];
        let mut from = vec![0; self.width * self.colors];
        let best = |score: &[f32]| {
            let best = (0..self.colors).max_by(|&a, &b| score[a].total_cmp(&score[b]));
            best.unwrap_or(0)
        };
        for (from, column) in from.chunks_exact_mut(self.colors).zip(&self.chosen) {
            let best = best(&score);
            let changed = score[best] - CHANGE;
            for (color, (score, from)) in (0..=u8::MAX).zip(score.iter_mut().zip(from)) {
                *from = if changed > *score { best as u8 } else { color };
                *score = score.max(changed);
            }
            for &color in column.as_slice() {
                score[usize::from(color)] += COLUMN;
            }
        }
        let mut color = best(&score) as u8;
        let mut path = vec![0; self.width];
        for (from, path) in from.chunks_exact(self.colors).zip(&mut path).rev() {
            *path = color;
            color = from[usize::from(color)];
        }
        path
    }

    fn assign(&self, registers: &mut [u8]) {
        for (y, row) in registers.chunks_exact_mut(self.width).enumerate() {
            for (x, register) in row.iter_mut().enumerate() {
                let errors = &self.errors[x * self.colors..];
                let mut least = f32::MAX;
                for &color in self.chosen[x].as_slice() {
                    let error = errors[usize::from(color)][y];
                    if error < least {
                        (least, *register) = (error, color);
                    }
                }
            }
        }
    }

    /// The colours of column `x`: the best one alone, then whatever pays, and without what is needless by then.
    fn choose(&mut self, x: usize) {
        let errors = &self.errors[x * self.colors..][..self.colors];
        let (costs, lambda) = (&self.costs, self.lambda);
        let mut best = (f32::MAX, 0);
        for (color, (error, cost)) in (0..=u8::MAX).zip(errors.iter().zip(costs)) {
            let total = error.iter().sum::<f32>() + lambda * cost;
            if total < best.0 {
                best = (total, color);
            }
        }
        let mut left = errors[usize::from(best.1)];
        let mut candidates = [0; 4 * SIXEL];
        let mut count = 0;
        let neighbours = [x.wrapping_sub(1), x, x + 1];
        let neighbours = neighbours.iter().filter_map(|&x| self.chosen.get(x));
        for &color in neighbours.flat_map(Few::as_slice).chain(&self.nearest[x]) {
            if !candidates[..count].contains(&color) {
                candidates[count] = color;
                count += 1;
            }
        }
        let mut chosen = Few::default();
        chosen.push(best.1);
        while chosen.as_slice().len() < SIXEL {
            let mut best = (0.0, None);
            for &color in &candidates[..count] {
                let error = &errors[usize::from(color)];
                let saved: Lanes = std::array::from_fn(|lane| (left[lane] - error[lane]).max(0.0));
                let gain = saved.iter().sum::<f32>() - lambda * costs[usize::from(color)];
                if gain > best.0 {
                    best = (gain, Some(color));
                }
            }
            let Some(color) = best.1 else { break };
            chosen.push(color);
            for (left, &error) in left.iter_mut().zip(&errors[usize::from(color)]) {
                *left = left.min(error);
            }
        }
        while chosen.as_slice().len() > 2 {
            let mut best = (0.0, None);
            for (at, &color) in chosen.as_slice().iter().enumerate() {
                let mut others = [f32::MAX; LANES];
                for &other in chosen.as_slice().iter().filter(|&&other| other != color) {
                    for (least, &error) in others.iter_mut().zip(&errors[usize::from(other)]) {
                        *least = least.min(error);
                    }
                }
                let mine = &errors[usize::from(color)];
                let added: Lanes = std::array::from_fn(|lane| (others[lane] - mine[lane]).max(0.0));
                let gain = lambda * costs[usize::from(color)] - added.iter().sum::<f32>();
                if gain > best.0 {
                    best = (gain, Some(at));
                }
            }
            let Some(at) = best.1 else { break };
            chosen.swap_remove(at);
        }
        self.chosen[x] = chosen;
    }
}
