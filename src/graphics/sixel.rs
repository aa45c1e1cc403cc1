//! DEC sixel: pictures as columns of six pixels, in at most 256 colour registers (VT330/340 Programmer Reference, ch. 14).
//!
//! Two things make it short: registers are numbered by frequency, so that most numbers have few digits, and colours
//! whose runs do not overlap share one pass over the row.

use super::palette::Indexed;

/// Rows of cells in one band, one DCS of its own: six rows are a whole number of sixels whatever a cell's height.
pub(super) const BAND_ROWS: u16 = 6;
/// Columns without a colour that end its run: about what it costs to take it up again.
const GAP: usize = 8;
/// Runs from this length are written as a repetition, `!4A` instead of `AAAA`.
const REPEAT: usize = 4;

/// A rectangle of a picture in palette indices: `width` indices a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tile<'a> {
    pub picture: &'a Indexed,
    pub picture_width: usize,
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

impl Tile<'_> {
    fn row(&self, y: usize) -> &[u8] {
        let start = (self.y + y) * self.picture_width + self.x;
        &self.picture.indices[start..start + self.width]
    }
}

/// The tile as one DCS, drawn with its corner at the cursor. Pixels below its last row stay as they are (`P2 = 1`).
///
/// The terminal's sixel scrolling must be on (DECSDM reset, the default everywhere), else the tile lands in the
/// corner of the screen.
pub(super) fn draw(tile: Tile<'_>) -> Vec<u8> {
    let registers = Registers::by_frequency(tile);
    let (width, height) = (tile.width, tile.height);
    let mut out = format!("\x1bP0;1q\"1;1;{width};{height}").into_bytes();
    for (register, &index) in registers.used.iter().enumerate() {
        let [r, g, b] = tile.picture.colors[usize::from(index)].map(percent);
        out.extend_from_slice(format!("#{register};2;{r};{g};{b}").as_bytes());
    }
    let mut painter = Painter {
        masks: vec![0; registers.used.len() * width],
        width,
        selected: None,
        out,
    };
    for top in (0..height).step_by(6) {
        if top > 0 {
            painter.out.push(b'-');
        }
        for y in top..(top + 6).min(height) {
            let bit = 1 << (y - top);
            for (x, &index) in tile.row(y).iter().enumerate() {
                painter.masks[registers.number(index) * width + x] |= bit;
            }
        }
        painter.row();
    }
    painter.out.extend_from_slice(b"\x1b\\");
    painter.out
}

/// Sixel colours are percents.
fn percent(sample: u8) -> u16 {
    (u16::from(sample) * 100 + 127) / 255
}

/// Which palette index has which register.
struct Registers {
    /// Palette indices by register.
    used: Vec<u8>,
    /// Registers by palette index.
    of: [u8; 256],
}

impl Registers {
    fn by_frequency(tile: Tile<'_>) -> Self {
        let mut counts = [0u32; 256];
        for y in 0..tile.height {
            for &index in tile.row(y) {
                counts[usize::from(index)] += 1;
            }
        }
        let mut used: Vec<u8> = (0..=u8::MAX)
            .filter(|&index| counts[usize::from(index)] > 0)
            .collect();
        used.sort_by_key(|&index| std::cmp::Reverse(counts[usize::from(index)]));
        let mut of = [0; 256];
        for (register, &index) in used.iter().enumerate() {
            of[usize::from(index)] = register as u8;
        }
        Self { used, of }
    }

    fn number(&self, index: u8) -> usize {
        usize::from(self.of[usize::from(index)])
    }
}

/// Columns `start..end` in one colour, holes shorter than [`GAP`] included.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    register: usize,
}

struct Painter {
    /// The six bits of each column, by register and column.
    masks: Vec<u8>,
    width: usize,
    /// The register that the terminal paints with; it outlives `$` and `-`.
    selected: Option<usize>,
    out: Vec<u8>,
}

impl Painter {
    /// Writes the six rows that stand in the masks, and empties them.
    fn row(&mut self) {
        let mut runs = self.runs();
        runs.sort_by_key(|run| run.start);
        let mut first = true;
        while !runs.is_empty() {
            if !first {
                self.out.push(b'$');
            }
            first = false;
            let mut column = 0;
            // Each pass takes every run that starts behind the last one taken: the fewest passes possible.
            runs.retain(|&run| {
                let taken = run.start >= column;
                if taken {
                    self.paint(run, run.start - column);
                    column = run.end;
                }
                !taken
            });
        }
        self.masks.fill(0);
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for (register, mask) in self.masks.chunks_exact(self.width).enumerate() {
            let mut open: Option<Run> = None;
            for x in (0..self.width).filter(|&x| mask[x] != 0) {
                match &mut open {
                    Some(run) if x - run.end < GAP => run.end = x + 1,
                    _ => {
                        runs.extend(open.take());
                        open = Some(Run {
                            start: x,
                            end: x + 1,
                            register,
                        });
                    }
                }
            }
            runs.extend(open);
        }
        runs
    }

    fn paint(&mut self, run: Run, gap: usize) {
        repeat(&mut self.out, b'?', gap);
        if self.selected != Some(run.register) {
            self.selected = Some(run.register);
            self.out
                .extend_from_slice(format!("#{}", run.register).as_bytes());
        }
        let mask = &self.masks[run.register * self.width..][run.start..run.end];
        for same in mask.chunk_by(|a, b| a == b) {
            repeat(&mut self.out, b'?' + same[0], same.len());
        }
    }
}

fn repeat(out: &mut Vec<u8>, sixel: u8, times: usize) {
    if times >= REPEAT {
        out.extend_from_slice(format!("!{times}").as_bytes());
        out.push(sixel);
    } else {
        out.resize(out.len() + times, sixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(colors: &[[u8; 3]], width: usize, indices: &[u8]) -> String {
        let picture = Indexed {
            colors: colors.to_vec(),
            indices: indices.to_vec(),
        };
        let tile = Tile {
            picture: &picture,
            picture_width: width,
            x: 0,
            y: 0,
            width,
            height: indices.len() / width,
        };
        String::from_utf8(draw(tile)).unwrap()
    }

    #[test]
    fn registers_are_numbered_by_frequency_and_unused_ones_left_out() {
        let colors = [[255, 0, 0], [9, 9, 9], [0, 0, 255]];
        assert_eq!(
            drawn(&colors, 3, &[0, 2, 2, 0, 2, 2]),
            "\x1bP0;1q\"1;1;3;2#0;2;0;0;100#1;2;100;0;0#1B#0BB\x1b\\"
        );
    }

    #[test]
    fn long_runs_are_repetitions_and_rows_of_six_end_in_a_dash() {
        assert_eq!(
            drawn(&[[0, 0, 0]], 5, &[0; 35]),
            "\x1bP0;1q\"1;1;5;7#0;2;0;0;0#0!5~-!5@\x1b\\"
        );
    }

    #[test]
    fn colours_that_overlap_take_another_pass() {
        let colors = [[255, 255, 255], [0, 0, 0]];
        // Two rows: white over black, one column.
        assert_eq!(
            drawn(&colors, 1, &[0, 1]),
            "\x1bP0;1q\"1;1;1;2#0;2;100;100;100#1;2;0;0;0#0@$#1A\x1b\\"
        );
    }
}
