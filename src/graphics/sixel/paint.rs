//! Registers become bytes.
//!
//! What is painted later covers what was painted before. So a colour may fill every bit of its run that a later one
//! covers, and where some mask serves several columns, they are one repetition. Long runs go first: they gain most.

use super::map::{Mapped, SIXEL};

/// Columns without a colour that end its run: about what it costs to take it up again.
const GAP: usize = 8;
/// Runs from this length are written as a repetition, `!4A` instead of `AAAA`.
const REPEAT: usize = 4;

/// The columns `from..to` (px) of `mapped` as one DCS, drawn with its corner at the cursor. Pixels below the last row
/// stay as they are (`P2 = 1`).
pub(super) fn draw(mapped: &Mapped, from: usize, to: usize) -> Vec<u8> {
    let mut body = Body::default();
    let mut row = Row::new(mapped.colors.len(), to - from);
    for (n, registers) in mapped.registers.chunks(SIXEL * mapped.width).enumerate() {
        if n > 0 {
            body.bytes.push(b'-');
        }
        row.fill(registers, mapped.width, from);
        row.paint(&mut body);
    }
    let head = format!("\x1bP0;1q\"1;1;{};{}", to - from, mapped.height());
    body.assemble(head.into_bytes(), &mapped.colors)
}

/// All that follows the colours' definitions, but for the colours' numbers.
#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    /// Where which colour is taken up.
    selections: Vec<(usize, u8)>,
}

impl Body {
    /// The terminal's colour outlives `$` and `-`.
    fn select(&mut self, color: u8) {
        if self.selections.last().map(|last| last.1) != Some(color) {
            self.selections.push((self.bytes.len(), color));
        }
    }

    fn repeat(&mut self, sixel: u8, times: usize) {
        if times >= REPEAT {
            self.bytes.extend_from_slice(format!("!{times}").as_bytes());
            self.bytes.push(sixel);
        } else {
            self.bytes.resize(self.bytes.len() + times, sixel);
        }
    }

    /// Numbers the colours by how often they are taken up, so that most numbers have few digits; leaves out the unused.
    fn assemble(self, mut out: Vec<u8>, colors: &[[u8; 3]]) -> Vec<u8> {
        let mut counts = vec![0u32; colors.len()];
        for &(_, color) in &self.selections {
            counts[usize::from(color)] += 1;
        }
        let mut used: Vec<usize> = (0..colors.len())
            .filter(|&color| counts[color] > 0)
            .collect();
        used.sort_by_key(|&color| std::cmp::Reverse(counts[color]));
        let mut numbers = vec![0; colors.len()];
        for (number, color) in used.into_iter().enumerate() {
            numbers[color] = number;
            let [r, g, b] = colors[color];
            out.extend_from_slice(format!("#{number};2;{r};{g};{b}").as_bytes());
        }
        let mut written = 0;
        for (at, color) in self.selections {
            out.extend_from_slice(&self.bytes[written..at]);
            out.extend_from_slice(format!("#{}", numbers[usize::from(color)]).as_bytes());
            written = at;
        }
        out.extend_from_slice(&self.bytes[written..]);
        out.extend_from_slice(b"\x1b\\");
        out
    }
}

/// Columns `start..end` in one colour, holes shorter than [`GAP`] included.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    color: u8,
}

/// One row of sixels.
struct Row {
    width: usize,
    /// The six bits of each column, by colour and column.
    masks: Vec<u8>,
    /// The bits of each column that have their colour already.
    done: Vec<u8>,
}

impl Row {
    fn new(colors: usize, width: usize) -> Self {
        Self {
            width,
            masks: vec![0; colors * width],
            done: vec![0; width],
        }
    }

    fn fill(&mut self, registers: &[u8], picture_width: usize, from: usize) {
        self.masks.fill(0);
        self.done.fill(0);
        for (y, row) in registers.chunks_exact(picture_width).enumerate() {
            for (x, &color) in row[from..from + self.width].iter().enumerate() {
                self.masks[usize::from(color) * self.width + x] |= 1 << y;
            }
        }
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for (color, mask) in (0..=u8::MAX).zip(self.masks.chunks_exact(self.width)) {
            let mut open: Option<Run> = None;
            for start in (0..self.width).filter(|&x| mask[x] != 0) {
                let end = start + 1;
                match &mut open {
                    Some(run) if start - run.end < GAP => run.end = end,
                    _ => runs.extend(open.replace(Run { start, end, color })),
                }
            }
            runs.extend(open);
        }
        runs
    }

    fn paint(&mut self, body: &mut Body) {
        for (n, pass) in passes(self.runs(), self.width).into_iter().enumerate() {
            if n > 0 {
                body.bytes.push(b'$');
            }
            let mut column = 0;
            for run in pass {
                body.repeat(b'?', run.start - column);
                body.select(run.color);
                self.run(run, body);
                column = run.end;
            }
        }
    }

    fn run(&mut self, run: Run, body: &mut Body) {
        let own = &self.masks[usize::from(run.color) * self.width..][..self.width];
        let mut start = run.start;
        while start < run.end {
            // As many columns as one mask serves: it has their bits, and none that is done.
            let (mut mask, mut taken) = (0, 0);
            let same = (start..run.end)
                .take_while(|&x| {
                    let fits = (mask | own[x]) & (taken | self.done[x]) == 0;
                    if fits {
                        mask |= own[x];
                        taken |= self.done[x];
                    }
                    fits
                })
                .count();
            if same >= REPEAT {
                body.repeat(b'?' + mask, same);
                start += same;
            } else {
                body.bytes.push(b'?' + own[start]);
                start += 1;
            }
        }
        for (done, own) in self.done[run.start..run.end]
            .iter_mut()
            .zip(&own[run.start..])
        {
            *done |= own;
        }
    }
}

/// Runs that can be painted in one go over the row, from left to right: each run in the first pass that has room.
fn passes(mut runs: Vec<Run>, width: usize) -> Vec<Vec<Run>> {
    runs.sort_by_key(|run| std::cmp::Reverse(run.end - run.start));
    let mut passes: Vec<Vec<Run>> = Vec::new();
    let mut taken: Vec<Vec<bool>> = Vec::new();
    for run in runs {
        let columns = run.start..run.end;
        let free = taken
            .iter()
            .position(|taken| !taken[columns.clone()].contains(&true));
        let at = free.unwrap_or(passes.len());
        if at == passes.len() {
            passes.push(Vec::new());
            taken.push(vec![false; width]);
        }
        taken[at][columns].fill(true);
        passes[at].push(run);
    }
    for pass in &mut passes {
        pass.sort_by_key(|run| run.start);
    }
    passes
}
