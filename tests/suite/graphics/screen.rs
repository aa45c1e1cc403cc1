//! A small terminal that plays what the stage writes back into pixels, and fails on what a real one would mind.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;
use ratatui::layout::{Position, Rect};

type Rgb = [u8; 3];

/// Cells of `cell` px, with what is painted in them and placed over them.
pub struct Screen {
    pub columns: u16,
    pub rows: u16,
    cell: (u32, u32),
    /// px; `None` where no picture is painted.
    painted: Vec<Option<Rgb>>,
    pub cursor: Position,
    saved: Position,
    pub cursor_shown: bool,
    colors: [Option<Rgb>; 2],
    /// kitty's pictures by id.
    images: HashMap<u32, RgbImage>,
    placements: HashMap<(u32, u32), Placed>,
    open: Option<Transmission>,
    /// Bytes of pictures that came, base64 and sixels.
    pub picture_bytes: usize,
    /// Rows that went off the top.
    pub scrolled: u16,
}

struct Placed {
    at: Rect,
    /// px of the picture: x, y, width, height.
    crop: [u32; 4],
}

struct Transmission {
    keys: HashMap<String, String>,
    base64: String,
}

impl Screen {
    pub fn new(columns: u16, rows: u16, cell: (u32, u32)) -> Self {
        let pixels = u32::from(columns) * cell.0 * u32::from(rows) * cell.1;
        Self {
            columns,
            rows,
            cell,
            painted: vec![None; pixels as usize],
            cursor: Position::ORIGIN,
            saved: Position::ORIGIN,
            cursor_shown: true,
            colors: [None; 2],
            images: HashMap::new(),
            placements: HashMap::new(),
            open: None,
            picture_bytes: 0,
            scrolled: 0,
        }
    }

    /// `CSI 2 J`, as kitty does it: pictures that are not placed any more are forgotten.
    pub fn clear(&mut self) {
        self.painted.fill(None);
        self.placements.clear();
        self.images.clear();
    }

    /// Text in every cell of `area`.
    pub fn type_over(&mut self, area: Rect) {
        for position in area.positions() {
            self.paint_cell(position, None, None);
        }
    }

    /// What a viewer sees of pictures at a pixel.
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgb> {
        let cell = Position::new((x / self.cell.0) as u16, (y / self.cell.1) as u16);
        let placed = self.placements.iter().find(|(_, p)| p.at.contains(cell));
        let Some(((id, _), placed)) = placed else {
            return self.painted[self.at(x, y)];
        };
        let within = |v: u32, cells: u16, per: u32, from: u32, px: u32| {
            from + v * px / (u32::from(cells) * per)
        };
        let [cx, cy, cw, ch] = placed.crop;
        let (dx, dy) = (
            x - u32::from(placed.at.x) * self.cell.0,
            y - u32::from(placed.at.y) * self.cell.1,
        );
        let image = &self.images[id];
        let px = within(dx, placed.at.width, self.cell.0, cx, cw);
        let py = within(dy, placed.at.height, self.cell.1, cy, ch);
        Some(image.get_pixel(px, py).0)
    }

    /// How many pictures a kitty terminal holds, placed or not.
    pub fn images(&self) -> usize {
        self.images.len()
    }

    fn at(&self, x: u32, y: u32) -> usize {
        (y * u32::from(self.columns) * self.cell.0 + x) as usize
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            let taken = match first {
                0x1b => self.escape(rest),
                b'\r' => {
                    self.cursor.x = 0;
                    1
                }
                b'\n' => {
                    if self.cursor.y + 1 == self.rows {
                        self.scrolled += 1;
                    } else {
                        self.cursor.y += 1;
                    }
                    1
                }
                _ => self.glyph(rest),
            };
            rest = &rest[taken..];
        }
    }

    fn escape(&mut self, bytes: &[u8]) -> usize {
        match bytes[1] {
            b'[' => {
                let end = 2 + bytes[2..].iter().position(u8::is_ascii_alphabetic).unwrap();
                let parameters = std::str::from_utf8(&bytes[2..end]).unwrap();
                self.csi(parameters, bytes[end]);
                end + 1
            }
            b'7' => {
                self.saved = self.cursor;
                2
            }
            b'8' => {
                self.cursor = self.saved;
                2
            }
            b'_' => {
                let body = until(bytes, b"\x1b\\");
                self.kitty(body.strip_prefix('G').unwrap());
                2 + body.len() + 2
            }
            b'P' => {
                let body = until(bytes, b"\x1b\\");
                self.sixel(body);
                2 + body.len() + 2
            }
            b']' => {
                let body = until(bytes, b"\x07");
                self.iterm2(body.strip_prefix("1337;File=").unwrap());
                2 + body.len() + 1
            }
            other => panic!("ESC {}", char::from(other)),
        }
    }

    fn csi(&mut self, parameters: &str, command: u8) {
        let number = |n: usize| -> u16 {
            let text = parameters.split(';').nth(n).unwrap_or("");
            text.parse().unwrap_or(1)
        };
        match command {
            b'H' => {
                self.cursor = Position::new(number(1) - 1, number(0) - 1);
                assert!(self.cursor.x < self.columns && self.cursor.y < self.rows);
            }
            b'A' => self.cursor.y = self.cursor.y.saturating_sub(number(0)),
            b'B' => self.cursor.y = (self.cursor.y + number(0)).min(self.rows - 1),
            b'C' => self.cursor.x = (self.cursor.x + number(0)).min(self.columns - 1),
            b'h' if parameters == "?25" => self.cursor_shown = true,
            b'l' if parameters == "?25" => self.cursor_shown = false,
            b'm' => self.sgr(parameters),
            _ => panic!("CSI {parameters} {}", char::from(command)),
        }
    }

    fn sgr(&mut self, parameters: &str) {
        if parameters.is_empty() {
            self.colors = [None; 2];
            return;
        }
        let mut numbers = parameters.split(';').map(|n| n.parse::<u8>().unwrap());
        while let Some(ground) = numbers.next() {
            assert_eq!(numbers.next(), Some(2), "24-bit colours only");
            let color = std::array::from_fn(|_| numbers.next().unwrap());
            self.colors[usize::from(ground == 48)] = Some(color);
        }
    }

    /// One character: it takes the place of what is painted in its cell.
    fn glyph(&mut self, bytes: &[u8]) -> usize {
        let text = bytes.utf8_chunks().next().unwrap().valid();
        let glyph = text.chars().next().unwrap();
        assert!(self.cursor.x < self.columns, "written past the last column");
        let [fg, bg] = self.colors;
        let (upper, lower) = match glyph {
            ' ' => (bg, bg),
            '▀' => (fg, bg),
            '▄' => (bg, fg),
            _ => (None, None),
        };
        self.paint_cell(self.cursor, upper, lower);
        self.cursor.x += 1;
        glyph.len_utf8()
    }

    fn paint_cell(&mut self, cell: Position, upper: Option<Rgb>, lower: Option<Rgb>) {
        for y in 0..self.cell.1 {
            for x in 0..self.cell.0 {
                let at = self.at(
                    u32::from(cell.x) * self.cell.0 + x,
                    u32::from(cell.y) * self.cell.1 + y,
                );
                self.painted[at] = if y * 2 < self.cell.1 { upper } else { lower };
            }
        }
    }

    /// A pixel relative to the cursor.
    fn paint(&mut self, x: u32, y: u32, color: Rgb) {
        let x = u32::from(self.cursor.x) * self.cell.0 + x;
        let y = u32::from(self.cursor.y) * self.cell.1 + y;
        assert!(
            x < u32::from(self.columns) * self.cell.0,
            "past the right edge"
        );
        assert!(y < u32::from(self.rows) * self.cell.1, "the screen scrolls");
        let at = self.at(x, y);
        self.painted[at] = Some(color);
    }

    fn sixel(&mut self, body: &str) {
        self.picture_bytes += body.len();
        let last_row = u32::from(self.rows - 1 - self.cursor.y) * self.cell.1;
        let body = body.strip_prefix("0;1q\"1;1;").unwrap();
        let start = body.find('#').unwrap();
        let size: Vec<u32> = numbers(&body[..start]);
        // Seen in xterm, foot and mlterm: the cursor goes to the row below.
        assert!(size[1] <= last_row, "a sixel in the last row scrolls");
        let mut registers: HashMap<u32, Rgb> = HashMap::new();
        let mut color = [0; 3];
        let (mut x, mut y) = (0, 0);
        let mut rest = &body[start..];
        while let Some(first) = rest.chars().next() {
            rest = &rest[1..];
            let digits = rest
                .find(|c: char| !(c.is_ascii_digit() || first == '#' && c == ';'))
                .unwrap_or(rest.len());
            match first {
                '#' => {
                    let parameters = numbers(&rest[..digits]);
                    if let [register, 2, r, g, b] = parameters[..] {
                        let sample = |percent: u32| ((percent * 255 + 50) / 100) as u8;
                        registers.insert(register, [sample(r), sample(g), sample(b)]);
                    }
                    color = registers[&parameters[0]];
                    rest = &rest[digits..];
                }
                '$' => x = 0,
                '-' => (x, y) = (0, y + 6),
                '!' => {
                    let times: u32 = rest[..digits].parse().unwrap();
                    let bits = rest.as_bytes()[digits] - b'?';
                    rest = &rest[digits + 1..];
                    for _ in 0..times {
                        self.column(x, y, bits, color, &size);
                        x += 1;
                    }
                }
                _ => {
                    self.column(x, y, first as u8 - b'?', color, &size);
                    x += 1;
                }
            }
        }
    }

    fn column(&mut self, x: u32, y: u32, bits: u8, color: Rgb, size: &[u32]) {
        for bit in 0..6 {
            if bits & (1 << bit) != 0 {
                assert!(x < size[0] && y + bit < size[1], "outside the raster");
                self.paint(x, y + bit, color);
            }
        }
    }

    fn iterm2(&mut self, body: &str) {
        let (head, base64) = body.split_once(':').unwrap();
        self.picture_bytes += base64.len();
        let keys = pairs(head, ';');
        let file = STANDARD.decode(base64).unwrap();
        assert_eq!(keys["size"], file.len().to_string());
        let cells = |key: &str| keys[key].parse::<u32>().unwrap();
        let picture = image::load_from_memory(&file).unwrap().into_rgb8();
        let width = cells("width") * self.cell.0;
        let height = cells("height") * self.cell.1;
        for y in 0..height {
            for x in 0..width {
                let (px, py) = (x * picture.width() / width, y * picture.height() / height);
                self.paint(x, y, picture.get_pixel(px, py).0);
            }
        }
    }

    fn kitty(&mut self, body: &str) {
        let (head, payload) = body.split_once(';').unwrap_or((body, ""));
        self.picture_bytes += payload.len();
        assert!(payload.len() <= 4096, "a chunk is too long");
        let keys = pairs(head, ',');
        if let Some(mut open) = self.open.take() {
            assert!(
                keys.keys().eq(["m"]),
                "{head} among the chunks of a picture"
            );
            open.base64.push_str(payload);
            self.open = Some(open);
            self.close_if_last(&keys["m"]);
            return;
        }
        assert_eq!(keys["q"], "2", "an answer would be taken for keys");
        let number = |key: &str| keys[key].parse::<u32>().unwrap();
        match keys["a"].as_str() {
            "t" | "T" => {
                let last = keys["m"].clone();
                self.open = Some(Transmission {
                    keys,
                    base64: payload.to_owned(),
                });
                self.close_if_last(&last);
            }
            "p" => {
                let (id, placement) = (number("i"), number("p"));
                let crop = ["x", "y", "w", "h"].map(number);
                self.place(
                    id,
                    placement,
                    crop,
                    (number("c") as u16, number("r") as u16),
                );
            }
            "d" if keys["d"] == "i" => {
                let gone = self.placements.remove(&(number("i"), number("p")));
                assert!(gone.is_some(), "deleted what is not there: {head}");
            }
            "d" if keys["d"] == "I" => {
                let id = number("i");
                self.images.remove(&id);
                self.placements.retain(|(of, _), _| *of != id);
                // kitty 0.26 frees every picture of which nothing is placed.
                let placements = &self.placements;
                let placed = |id: &u32| placements.keys().any(|(of, _)| of == id);
                self.images.retain(|id, _| placed(id));
            }
            _ => panic!("kitty {head}"),
        }
    }

    fn close_if_last(&mut self, more: &str) {
        if more == "1" {
            return;
        }
        let Transmission { keys, base64 } = self.open.take().unwrap();
        let id = keys.get("i").map_or(0, |id| id.parse().unwrap());
        // What is no PNG is dropped in silence.
        let file = STANDARD.decode(base64).unwrap_or_default();
        let Ok(picture) = image::load_from_memory(&file) else {
            return;
        };
        let picture = picture.into_rgb8();
        let crop = [0, 0, picture.width(), picture.height()];
        self.images.insert(id, picture);
        if keys["a"] == "T" {
            let cells = |key: &str| keys[key].parse().unwrap();
            self.place(id, 0, crop, (cells("c"), cells("r")));
        }
    }

    fn place(&mut self, id: u32, placement: u32, crop: [u32; 4], (columns, rows): (u16, u16)) {
        let image = self.images.get(&id).expect("placed what is not there");
        assert!(crop[0] + crop[2] <= image.width() && crop[1] + crop[3] <= image.height());
        let at = Rect::new(self.cursor.x, self.cursor.y, columns, rows);
        assert!(at.right() <= self.columns && at.bottom() <= self.rows);
        assert!(
            self.placements
                .values()
                .all(|other| !other.at.intersects(at)),
            "two pictures on one cell"
        );
        let placed = Placed { at, crop };
        self.placements.insert((id, placement), placed);
    }
}

fn until<'a>(bytes: &'a [u8], end: &[u8]) -> &'a str {
    let length = bytes[2..]
        .windows(end.len())
        .position(|window| window == end)
        .unwrap();
    std::str::from_utf8(&bytes[2..2 + length]).unwrap()
}

fn numbers(text: &str) -> Vec<u32> {
    text.split(';').map(|n| n.parse().unwrap()).collect()
}

fn pairs(text: &str, separator: char) -> HashMap<String, String> {
    text.split(separator)
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap();
            (key.to_owned(), value.to_owned())
        })
        .collect()
}
