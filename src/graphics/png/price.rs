//! What a pixel's residual costs on the wire, in bits, as far as that can be told before DEFLATE has seen it.

/// Levels on each side of zero: as many as a residual of 255 has at the finest step, 4.
pub(super) const REACH: i32 = 64;
/// Levels that have a price as a triple of their own; what lies beyond is priced byte by byte.
const NEAR: i32 = 4;
const SIDE: usize = 2 * NEAR as usize + 1;
const TRIPLES: usize = SIDE * SIDE * SIDE;
/// Prices are kept in parts of a squared error.
pub(super) const UNIT: i32 = 16;
/// Bits that the first and each further repeat of the last triple cost: DEFLATE writes them as a match.
const REPEAT: (f32, f32) = (6.0, 0.5);

/// The three residuals of a pixel, in steps.
pub(super) type Levels = [i8; 3];

/// Counts of what was chosen.
#[derive(Clone)]
pub(super) struct Tally {
    bytes: [u32; 2 * REACH as usize + 1],
    triples: [u32; TRIPLES + 1],
}

impl Tally {
    pub fn new() -> Self {
        Self {
            bytes: [0; _],
            triples: [0; _],
        }
    }

    /// Adds one row. Repeats do not count: they are no literals.
    pub fn add(&mut self, row: &[Levels]) {
        let mut last = [0; 3];
        for levels in row {
            if *levels != last {
                for level in levels {
                    self.bytes[byte_index(*level)] += 1;
                }
                self.triples[triple_index(*levels)] += 1;
                last = *levels;
            }
        }
    }
}

/// Prices of bytes, triples and repeats, in units of 1 / [`UNIT`] squared error.
pub(super) struct Prices {
    bytes: [i32; 2 * REACH as usize + 1],
    triples: [i32; TRIPLES + 1],
    pub repeat: [i32; 2],
}

impl Prices {
    /// Before anything was counted: levels halve in number with each step from zero.
    /// `weight` is the squared error that one bit is worth.
    pub fn guess(weight: f32) -> Self {
        let mut tally = Tally::new();
        for (index, count) in tally.bytes.iter_mut().enumerate() {
            let level = (index as i32 - REACH).abs();
            *count = 16_384 >> level.min(14);
        }
        let mut prices = Self::of(&tally, weight);
        for (index, price) in prices.triples.iter_mut().take(TRIPLES).enumerate() {
            let level = |index: usize| (index % SIDE) as i32 - NEAR + REACH;
            let levels = [index / SIDE / SIDE, index / SIDE, index].map(level);
            *price = levels
                .map(|level| prices.bytes[level as usize])
                .iter()
                .sum();
        }
        prices.triples[TRIPLES] = 0;
        prices
    }

    pub fn of(tally: &Tally, weight: f32) -> Self {
        let unit = UNIT as f32 * weight;
        let price = |counts: &[u32], least: f32| {
            let total = counts.iter().map(|count| *count as f32 + 0.1).sum::<f32>();
            move |count: u32| {
                (unit * (total / (count as f32 + 0.1)).log2().clamp(least, 20.0)) as i32
            }
        };
        Self {
            bytes: tally.bytes.map(price(&tally.bytes, 1.0)),
            triples: tally.triples.map(price(&tally.triples, 0.3)),
            repeat: [REPEAT.0, REPEAT.1].map(|bits| (unit * bits) as i32),
        }
    }

    pub fn byte(&self, level: i32) -> i32 {
        self.bytes[(level + REACH) as usize]
    }

    pub fn triple(&self, levels: Levels) -> i32 {
        let index = triple_index(levels);
        let price = self.triples[index];
        if index < TRIPLES {
            price
        } else {
            let bytes = levels.map(|level| self.bytes[byte_index(level)]);
            price + bytes.iter().sum::<i32>()
        }
    }
}

fn byte_index(level: i8) -> usize {
    (i32::from(level) + REACH) as usize
}

fn triple_index(levels: Levels) -> usize {
    let [r, g, b] = levels.map(|level| (i32::from(level) + NEAR) as usize);
    if r < SIDE && g < SIDE && b < SIDE {
        (r * SIDE + g) * SIDE + b
    } else {
        TRIPLES
    }
}
