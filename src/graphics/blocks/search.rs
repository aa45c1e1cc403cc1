//! Which two colours and which character a cell gets: those that cost least, when each byte on the wire has a price in
//! squared error. A row is searched as a whole, for the colours of one cell are cheap in the next.

use crate::domain::{ColorDepth, Glyphs};

use super::color::Color;
use super::glyphs;

/// Pixels that share two colours, at most: masks are bytes.
pub(super) const MOST: usize = 8;
/// Pens that are followed along a row.
const BEAM: usize = 1;
/// Bytes of an SGR sequence besides its parameters.
const FRAME: f32 = 3.0;

/// The colours that the terminal draws with; `None` is its default, which no picture wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pen {
    pub fg: Option<Color>,
    pub bg: Option<Color>,
}

impl Pen {
    /// Writes what makes this pen the pen `to`.
    pub fn turn(&mut self, out: &mut String, to: Self) {
        let new = |before: Option<Color>, after: Option<Color>, ground| {
            let after = after.filter(|_| before != after);
            after.map(|color| color.sgr(ground))
        };
        match (new(self.fg, to.fg, 30), new(self.bg, to.bg, 40)) {
            (None, None) => {}
            (Some(one), None) | (None, Some(one)) => out.extend(["\x1b[", &one, "m"]),
            (Some(fg), Some(bg)) => out.extend(["\x1b[", &fg, ";", &bg, "m"]),
        }
        *self = to;
    }
}

/// What to write for one group of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// The pen for it.
    pub pen: Pen,
    /// Set where a pixel is foreground.
    pub mask: u8,
}

/// How groups are searched.
pub(super) struct Search {
    depth: ColorDepth,
    /// px of a group.
    pixels: usize,
    /// Squared error, summed over a group, that one byte is worth.
    price: f32,
    /// What the characters of each mask cost.
    characters: Vec<f32>,
}

/// The best masks of one group for one pen are sums of these, by mask: the squared error of the pixels set, but for the
/// sum of their squares.
type Errors = [f32; 1 << MOST];

impl Search {
    /// Groups of `cells` cells of `glyphs`, each character written `times` times.
    pub fn new(glyphs: Glyphs, cells: usize, times: usize, depth: ColorDepth, price: f32) -> Self {
        let table = glyphs::table(glyphs);
        let (width, height) = glyphs.pixels();
        let per_cell = (width * height) as usize;
        let pixels = cells * per_cell;
        let characters = (0..1usize << pixels)
            .map(|mask| {
                let of_cell = |cell| mask >> (cell * per_cell) & (table.len() - 1);
                // Half-blocks are the font's, and xterm's full block leaves a line of the background (seen); the space has
                // none. Two cells with one pair of colours cannot do without.
                let gap = glyphs == Glyphs::Halves && cells == 1 && mask == 0b11;
                if gap || (0..cells).any(|cell| !glyphs::is_drawn(glyphs, of_cell(cell) as u8)) {
                    return f32::INFINITY;
                }
                let bytes = (0..cells).map(|cell| table[of_cell(cell)].len_utf8());
                price * (bytes.sum::<usize>() * times) as f32
            })
            .collect();
        Self {
            depth,
            pixels,
            price,
            characters,
        }
    }

    /// The steps of a row. `groups` has the pixels of each group, those of a cell together.
    pub fn row<'a>(&self, groups: impl Iterator<Item = &'a [[f32; 3]]>) -> Vec<Step> {
        let mut trail: Vec<(usize, Step)> = Vec::new();
        let mut beam = vec![Path {
            cost: 0.0,
            pen: Pen::default(),
            last: usize::MAX,
        }];
        for group in groups {
            let group = Group::new(self, group);
            let mut next: Vec<(f32, usize, Step)> = Vec::new();
            for path in &beam {
                group.steps(path.pen, |cost, step| {
                    next.push((path.cost + cost, path.last, step));
                });
            }
            next.sort_by(|a, b| a.0.total_cmp(&b.0));
            beam.clear();
            for (cost, last, step) in next {
                if beam.len() == BEAM {
                    break;
                }
                if beam.iter().all(|path| path.pen != step.pen) {
                    trail.push((last, step));
                    beam.push(Path {
                        cost,
                        pen: step.pen,
                        last: trail.len() - 1,
                    });
                }
            }
        }
        let mut steps = Vec::new();
        let mut at = beam.first().map_or(usize::MAX, |best| best.last);
        while let Some((before, step)) = trail.get(at) {
            steps.push(*step);
            at = *before;
        }
        steps.reverse();
        steps
    }
}

/// A way along the row so far.
struct Path {
    cost: f32,
    pen: Pen,
    /// Where its last step is in the trail.
    last: usize,
}

/// One group while it is searched.
struct Group<'a> {
    search: &'a Search,
    /// All pixels are foreground.
    full: usize,
    sums: [[f32; 3]; 1 << MOST],
    squares: f32,
    free: Errors,
}

impl<'a> Group<'a> {
    fn new(search: &'a Search, pixels: &[[f32; 3]]) -> Self {
        let mut group = Self {
            search,
            full: (1 << search.pixels) - 1,
            sums: [[0.0; 3]; 1 << MOST],
            squares: pixels.iter().flatten().map(|sample| sample * sample).sum(),
            free: [0.0; 1 << MOST],
        };
        for mask in 1..=group.full {
            let first = mask.trailing_zeros() as usize;
            let rest = group.sums[mask & (mask - 1)];
            let pixel = pixels.get(first).copied().unwrap_or_default();
            group.sums[mask] = std::array::from_fn(|i| rest[i] + pixel[i]);
            group.free[mask] = if search.depth == ColorDepth::True {
                -dot(group.sums[mask], group.sums[mask]) / count(mask)
            } else {
                group.error(mask, group.color(mask))
            };
        }
        group
    }

    /// The best colour for the pixels of `mask`.
    fn color(&self, mask: usize) -> Color {
        let mean = self.sums[mask].map(|sum| sum / count(mask));
        Color::nearest(self.search.depth, mean)
    }

    /// The squared error of the pixels of `mask` in `color`, but for the sum of their squares.
    fn error(&self, mask: usize, color: Color) -> f32 {
        let rgb = color.rgb();
        count(mask) * dot(rgb, rgb) - 2.0 * dot(rgb, self.sums[mask])
    }

    fn errors(&self, color: Color) -> Errors {
        let rgb = color.rgb();
        let square = dot(rgb, rgb);
        let mut errors = [0.0; 1 << MOST];
        for (mask, (error, sum)) in errors.iter_mut().zip(&self.sums).enumerate() {
            *error = count(mask) * square - 2.0 * dot(rgb, *sum);
        }
        errors
    }

    /// Every way to draw it that may be the best, with its cost.
    fn steps(&self, pen: Pen, mut found: impl FnMut(f32, Step)) {
        let fg = pen.fg.map(|fg| self.errors(fg));
        let bg = pen.bg.map(|bg| self.errors(bg));
        let mut consider = |mask: usize, fg: bool, bg: bool| {
            // A colour that no pixel has stays as it is.
            let new_fg = (mask != 0 && fg).then(|| self.color(mask));
            let new_bg = (mask != self.full && bg).then(|| self.color(self.full ^ mask));
            let step = Step {
                pen: Pen {
                    fg: new_fg.or(pen.fg),
                    bg: new_bg.or(pen.bg),
                },
                mask: mask as u8,
            };
            found(self.cost(pen, step), step);
        };
        consider(0, false, true);
        consider(self.full, true, false);
        consider(self.best(&self.free, &self.free), true, true);
        if let Some(fg) = &fg {
            consider(self.full, false, false);
            consider(self.best(fg, &self.free), false, true);
        }
        if let Some(bg) = &bg {
            consider(0, false, false);
            consider(self.best(&self.free, bg), true, false);
        }
        if let (Some(fg), Some(bg)) = (&fg, &bg) {
            consider(self.best(fg, bg), false, false);
        }
    }

    /// The mask of two colours that costs least.
    fn best(&self, fg: &Errors, bg: &Errors) -> usize {
        let mut best = (f32::INFINITY, 1);
        for mask in 1..self.full {
            let cost = fg[mask] + bg[self.full ^ mask] + self.search.characters[mask];
            if cost < best.0 {
                best = (cost, mask);
            }
        }
        best.1
    }

    fn cost(&self, before: Pen, step: Step) -> f32 {
        let mask = usize::from(step.mask);
        let error = |mask: usize, color: Option<Color>| match color {
            Some(color) if mask != 0 => self.error(mask, color),
            _ => 0.0,
        };
        let error = self.squares + error(mask, step.pen.fg) + error(self.full ^ mask, step.pen.bg);
        error + self.search.price * sgr_bytes(before, step.pen) + self.search.characters[mask]
    }
}

fn sgr_bytes(before: Pen, after: Pen) -> f32 {
    let len = |before: Option<Color>, after: Option<Color>, ground| {
        after
            .filter(|_| before != after)
            .map_or(0, |color| 1 + color.len(ground))
    };
    let bytes = len(before.fg, after.fg, 30) + len(before.bg, after.bg, 40);
    if bytes == 0 {
        0.0
    } else {
        bytes as f32 + FRAME - 1.0
    }
}

fn count(mask: usize) -> f32 {
    mask.count_ones() as f32
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
