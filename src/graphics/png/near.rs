//! Nearly lossless rows: PNG's Average filter, whose residuals are whole steps against what the terminal will have
//! reconstructed. Averages of averages smooth by themselves, so most residuals may be zero, which DEFLATE packs well.
//!
//! Which residuals a row gets is a search: several ways to go on are kept from pixel to pixel, and the one with the
//! least squared error plus price wins at the row's end.

use super::ground::Ground;
use super::price::{Levels, Prices, REACH, Tally, UNIT};
use crate::graphics::raster::Raster;

/// How the error is weighed against the bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quality {
    /// Residuals are multiples of it; 4 at least.
    pub step: i32,
    /// Squared steps of error that one bit is worth.
    pub lambda: f32,
}

impl Quality {
    pub const fn new(step: i32, lambda: f32) -> Self {
        Self { step, lambda }
    }
}

/// PNG's filter types.
const SUB: u8 = 1;
const AVERAGE: u8 = 3;
/// Prices come from every so many rows' first [`SAMPLED`] rows.
const SAMPLE_EVERY: usize = 32;
const SAMPLED: usize = 4;

/// Filtered rows of the picture, each behind its filter type. `WAYS` are kept open from pixel to pixel.
pub(super) fn rows<const WAYS: usize>(raster: &Raster, quality: Quality) -> Vec<u8> {
    let (width, height) = (raster.width, raster.height);
    let step = quality.step;
    let weight = quality.lambda * (step * step) as f32;
    let ground = Ground::of(raster);
    let mut prices = Prices::guess(weight);
    for _ in 0..2 {
        let mut tally = Tally::new();
        for start in (0..height).step_by(SAMPLE_EVERY) {
            let mut search = Search::<1>::new(width, step);
            if start > 0 {
                search.above.copy_from_slice(raster.rows(start - 1, start));
            }
            for y in start..height.min(start + SAMPLED) {
                search.row(raster.rows(y, y + 1), y, &ground, &prices);
                tally.add(&search.levels);
            }
        }
        prices = Prices::of(&tally, weight);
    }
    let mut out = Vec::with_capacity((width * 3 + 1) * height);
    let mut search = Search::<WAYS>::new(width, step);
    for y in 0..height {
        search.row(raster.rows(y, y + 1), y, &ground, &prices);
        out.push(if y == 0 { SUB } else { AVERAGE });
        out.extend_from_slice(search.residuals.as_flattened());
    }
    out
}

/// One way through the row so far.
#[derive(Clone, Copy)]
struct Way {
    cost: i32,
    /// The last pixel's levels, then what it looks like.
    last: Levels,
    shown: [u8; 3],
    repeats: bool,
    /// Which of the ways at the pixel before it came from.
    from: u8,
}

const START: Way = Way {
    cost: 0,
    last: [0; 3],
    shown: [0; 3],
    repeats: false,
    from: 0,
};

struct Search<const WAYS: usize> {
    step: i32,
    /// The nearest level to each difference, from -255.
    nearest: [i8; 511],
    /// The row before, as it will be shown.
    above: Vec<[u8; 3]>,
    /// The row's levels once it is done.
    levels: Vec<Levels>,
    /// The row's filtered bytes once it is done.
    residuals: Vec<[u8; 3]>,
    /// What is added to every pixel besides its levels.
    lift: Vec<[i8; 3]>,
    trace: Vec<[Way; WAYS]>,
}

impl<const WAYS: usize> Search<WAYS> {
    fn new(width: usize, step: i32) -> Self {
        let nearest = std::array::from_fn(|index| {
            let difference = index as i32 - 255;
            ((difference.abs() + step / 2) / step * difference.signum()) as i8
        });
        Self {
            step,
            nearest,
            above: vec![[0; 3]; width],
            levels: vec![[0; 3]; width],
            residuals: vec![[0; 3]; width],
            lift: vec![[0; 3]; width],
            trace: vec![[START; WAYS]; width],
        }
    }

    /// Chooses the levels of row `y`, and moves `above` on to it. The first row has nothing above: it is told from its
    /// left alone.
    fn row(&mut self, row: &[[u8; 3]], y: usize, ground: &Ground, prices: &Prices) {
        let first = y == 0;
        ground.lift(y, row, &self.above, &mut self.lift);
        let mut ways = [START; WAYS];
        let mut open = 1;
        for (x, wanted) in row.iter().enumerate() {
            let mut next = Best::<WAYS> {
                ways: [START; WAYS],
                count: 0,
            };
            for (from, way) in ways[..open].iter().enumerate() {
                let above = if first { way.shown } else { self.above[x] };
                let guess = guess(way.shown, above, self.lift[x]);
                self.candidates(*way, from as u8, guess, *wanted, prices, &mut next);
            }
            (ways, open) = (next.ways, next.count);
            let least = ways[0].cost;
            for way in &mut ways[..open] {
                way.cost -= least;
            }
            self.trace[x] = ways;
        }
        let mut at = 0;
        for x in (0..row.len()).rev() {
            let way = self.trace[x][at];
            self.levels[x] = way.last;
            at = usize::from(way.from);
            let left = if x > 0 {
                self.trace[x - 1][at].shown
            } else {
                [0; 3]
            };
            let above = if first { left } else { self.above[x] };
            let bare = guess(left, above, [0; 3]);
            self.residuals[x] = std::array::from_fn(|c| way.shown[c].wrapping_sub(bare[c] as u8));
            self.above[x] = way.shown;
        }
    }

    /// Ways to go on from `way`: what it did last, the cheapest level of each channel alone, nothing, and one level
    /// for all channels.
    #[inline]
    fn candidates(
        &self,
        way: Way,
        from: u8,
        guess: [i32; 3],
        wanted: [u8; 3],
        prices: &Prices,
        next: &mut Best<WAYS>,
    ) {
        let gap: [i32; 3] = std::array::from_fn(|c| i32::from(wanted[c]) - guess[c]);
        let mut add = |levels: Levels, price: i32| {
            let mut cost = 0;
            let mut shown = [0; 3];
            for c in 0..3 {
                let residual = i32::from(levels[c]) * self.step;
                let Ok(value) = u8::try_from(guess[c] + residual) else {
                    return;
                };
                shown[c] = value;
                let error = gap[c] - residual;
                cost += error * error;
            }
            next.add(Way {
                cost: way.cost + cost * UNIT + price,
                last: levels,
                shown,
                repeats: levels == way.last,
                from,
            });
        };

        let repeat = prices.repeat[usize::from(way.repeats)];
        add(way.last, repeat.min(prices.triple(way.last)));

        let each: Levels = std::array::from_fn(|c| {
            let near = i32::from(self.nearest[(gap[c] + 255) as usize]);
            let mut best = (i32::MAX, 0);
            for level in [near, near - near.signum(), 0] {
                let error = gap[c] - level * self.step;
                let cost = error * error * UNIT + prices.byte(level);
                if cost < best.0 && (0..=255).contains(&(guess[c] + level * self.step)) {
                    best = (cost, level as i8);
                }
            }
            best.1
        });
        if each != way.last {
            add(each, prices.triple(each));
        }
        if way.last != [0; 3] && each != [0; 3] {
            add([0; 3], prices.triple([0; 3]));
        }
        let mean = self.nearest[((gap[0] + gap[1] + gap[2]) / 3 + 255) as usize];
        for level in [mean, mean - mean.signum()] {
            let all = [level; 3];
            if level != 0 && all != way.last && all != each {
                add(all, prices.triple(all));
            }
        }
    }
}

/// What a pixel shows without a residual, and with `lift`.
#[inline]
fn guess(left: [u8; 3], above: [u8; 3], lift: [i8; 3]) -> [i32; 3] {
    std::array::from_fn(|c| {
        let mean = (i32::from(left[c]) + i32::from(above[c])) >> 1;
        (mean + i32::from(lift[c])).clamp(0, 255)
    })
}

/// The cheapest ways, cheapest first.
struct Best<const WAYS: usize> {
    ways: [Way; WAYS],
    count: usize,
}

impl<const WAYS: usize> Best<WAYS> {
    #[inline]
    fn add(&mut self, way: Way) {
        if self.count == WAYS && way.cost >= self.ways[WAYS - 1].cost {
            return;
        }
        // Two ways to the same pixel and levels differ in nothing that comes after.
        let same = |other: &Way| other.shown == way.shown && other.last == way.last;
        let mut at = match self.ways[..self.count].iter().position(same) {
            Some(index) if self.ways[index].cost <= way.cost => return,
            Some(index) => index,
            None if self.count < WAYS => {
                self.count += 1;
                self.count - 1
            }
            None => WAYS - 1,
        };
        while at > 0 && self.ways[at - 1].cost > way.cost {
            self.ways[at] = self.ways[at - 1];
            at -= 1;
        }
        self.ways[at] = way;
    }
}

// Every level that `nearest` can give has a place in the price table.
const _: () = assert!(255 / 4 < REACH);
