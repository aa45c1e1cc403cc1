//! DEC sixel: columns of six pixels, in colours that each picture brings with it.

use std::collections::HashMap;

use super::{Rgb, Screen};

impl Screen {
    pub(super) fn sixel(&mut self, body: &str) {
        if !self.profile.has_sixel() {
            self.fault("a sixel on a terminal that does not know it");
            return;
        }
        self.picture_bytes += body.len();
        self.needs_cursor();
        let Some((parameters, data)) = body.split_once('q') else {
            self.fault("unknown: DCS");
            return;
        };
        let background = parameters.split(';').nth(1).unwrap_or("0");
        let (raster, data) = raster(data);
        if self.strict {
            assert_eq!(background, "1", "what is not drawn would be wiped");
            let size = raster.expect("no raster attributes");
            let last_row = u32::from(self.rows - 1 - self.cursor.y) * self.cell.1;
            // Seen in xterm, foot and mlterm: the cursor goes to the row below.
            assert!(size.1 <= last_row, "a sixel in the last row scrolls");
        }
        let top = self.make_room(raster.map_or(0, |size| size.1));
        let mut painter = Painter {
            screen: self,
            top,
            raster,
            registers: HashMap::new(),
            color: [0; 3],
            x: 0,
            y: 0,
            bottom: 0,
        };
        if let (Some((width, height)), true) = (raster, background != "1") {
            for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
                painter.dot(x, y, [0; 3]);
            }
        }
        painter.draw(data);
        let bottom = painter.bottom.max(raster.map_or(0, |size| size.1));
        self.cursor.y = ((top + bottom) / self.cell.1).min(u32::from(self.rows) - 1) as u16;
        self.cursor_lost = self.strict;
    }

    /// Scrolls until a picture of `height` px and the row below it fit; px of its top.
    pub(super) fn make_room(&mut self, height: u32) -> u32 {
        let rows = height.div_ceil(self.cell.1) as u16;
        let below = (self.cursor.y + rows + 1).saturating_sub(self.rows);
        let up = below.min(self.cursor.y);
        if !self.strict {
            let before = self.cursor;
            self.cursor.y = self.rows - 1;
            (0..up).for_each(|_| self.line_feed());
            self.cursor = before;
            self.cursor.y -= up;
        }
        u32::from(self.cursor.y) * self.cell.1
    }

    /// A pixel from the cursor's column and the row `top` (px).
    pub(super) fn paint(&mut self, x: u32, y: u32, color: Rgb) {
        let x = u32::from(self.cursor.x) * self.cell.0 + x;
        let right = u32::from(self.columns) * self.cell.0;
        let bottom = u32::from(self.rows) * self.cell.1;
        if x >= right || y >= bottom {
            self.fault("a picture reaches out of the screen");
            return;
        }
        let cell = (y / self.cell.1 * u32::from(self.columns) + x / self.cell.0) as usize;
        if self.cells[cell].has_text() || self.cells[cell].is_placeholder() {
            let (x, y) = (x / self.cell.0, y / self.cell.1);
            self.fault(&format!(
                "a picture is painted over what is written at {x},{y}"
            ));
            self.cells[cell] = super::cells::Cell::default();
        }
        let at = self.at(x, y);
        self.painted[at] = Some(color);
    }
}

/// `"1;1;width;height`, and what follows.
fn raster(data: &str) -> (Option<(u32, u32)>, &str) {
    let Some(rest) = data.strip_prefix('"') else {
        return (None, data);
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != ';')
        .unwrap_or(rest.len());
    let numbers = numbers(&rest[..end]);
    let size = match numbers[..] {
        [_, _, width, height] => Some((width, height)),
        _ => None,
    };
    (size, &rest[end..])
}

struct Painter<'a> {
    screen: &'a mut Screen,
    /// px
    top: u32,
    raster: Option<(u32, u32)>,
    registers: HashMap<u32, Rgb>,
    color: Rgb,
    x: u32,
    y: u32,
    /// The first row that nothing was drawn in.
    bottom: u32,
}

impl Painter<'_> {
    fn draw(&mut self, mut rest: &str) {
        while let Some(first) = rest.chars().next() {
            rest = &rest[first.len_utf8()..];
            let digits = rest
                .find(|c: char| !(c.is_ascii_digit() || first == '#' && c == ';'))
                .unwrap_or(rest.len());
            match first {
                '#' => {
                    self.register(&numbers(&rest[..digits]));
                    rest = &rest[digits..];
                }
                '$' => self.x = 0,
                '-' => (self.x, self.y) = (0, self.y + 6),
                '!' => {
                    let times: u32 = rest[..digits].parse().unwrap_or(1);
                    match rest.as_bytes().get(digits) {
                        Some(sixel @ 0x3f..=0x7e) => self.columns(times, sixel - 0x3f),
                        _ => self.screen.fault("a repetition of nothing"),
                    }
                    rest = rest.get(digits + 1..).unwrap_or("");
                }
                '?'..='~' => self.columns(1, first as u8 - 0x3f),
                '\r' | '\n' if !self.screen.strict => {}
                other => self.screen.fault(&format!("{other:?} in a sixel")),
            }
        }
    }

    fn register(&mut self, parameters: &[u32]) {
        let Some(&number) = parameters.first() else {
            return self.screen.fault("a colour without its number");
        };
        if number > 255 {
            self.screen.fault("more than 256 colours");
        }
        match parameters[1..] {
            [] => {}
            [2, r, g, b] if r.max(g).max(b) <= 100 => {
                let sample = |percent: u32| ((percent * 255 + 50) / 100) as u8;
                self.registers
                    .insert(number, [sample(r), sample(g), sample(b)]);
            }
            _ => self.screen.fault(&format!("colour {parameters:?}")),
        }
        match self.registers.get(&number) {
            Some(color) => self.color = *color,
            // Whatever the last picture left there.
            None => self.screen.fault(&format!("colour {number} was not told")),
        }
    }

    fn columns(&mut self, times: u32, bits: u8) {
        for _ in 0..times {
            for bit in 0..6 {
                if bits & (1 << bit) != 0 {
                    self.dot(self.x, self.y + bit, self.color);
                }
            }
            self.x += 1;
        }
    }

    fn dot(&mut self, x: u32, y: u32, color: Rgb) {
        if self.raster.is_some_and(|(w, h)| x >= w || y >= h) {
            self.screen.fault("outside the raster");
        }
        self.bottom = self.bottom.max(y + 1);
        self.screen.paint(x, self.top + y, color);
    }
}

fn numbers(text: &str) -> Vec<u32> {
    text.split(';').filter_map(|n| n.parse().ok()).collect()
}
