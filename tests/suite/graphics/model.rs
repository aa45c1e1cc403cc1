//! A terminal in cells: it knows which piece of which picture stands where, and how good it is. It speaks kitty's
//! protocol with and without placeholders, behind any number of tmux, answers what it is asked, and can lose all it has.
//!
//! Its pictures are made by [`payload`]: they say what they are, and no encoder has a hand in them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plantain::domain::{Clean, GraphicsKind};
use plantain::graphics::{Band, EncodeJob, Payload, Reply, Rung};
use ratatui::layout::{Position, Rect};

use super::screen::diacritics;

/// What is seen in a cell: picture, rung, and which cell of the picture.
pub type Look = (u16, Rung, Position);

const RUNGS: [Rung; 5] = [
    Rung::Glance,
    Rung::Quick,
    Rung::Careful,
    Rung::Fine,
    Rung::Exact,
];

/// The payload of a job, of a length that fits its rung.
pub fn payload(job: &EncodeJob, kind: GraphicsKind) -> Payload {
    let (area, part) = job.cells();
    let (n, rung) = (job.picture().n, job.rung());
    let at = RUNGS.iter().position(|known| *known == rung).unwrap() as u8;
    if kind == GraphicsKind::Kitty {
        // As far as the header it is a PNG, as placing a part of it needs.
        let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        file.extend(job.px().width.to_be_bytes());
        file.extend(job.px().height.to_be_bytes());
        file.extend([n as u8, at, area.width as u8, area.height as u8]);
        file.resize(file.len() + 200 + 5000 * usize::from(at), 0);
        file.push(b'.');
        return Payload::Image(STANDARD.encode(file).into());
    }
    let row = |y: u16| {
        let cell = |x: u16| {
            let code = n as u8 * 8 + at;
            format!("\x1b[38;2;{code};{};{}m▀", part.x + x, part.y + y)
        };
        let bytes: String = (0..part.width).map(cell).collect();
        Band {
            area: Rect::new(0, y, part.width, 1),
            bytes: (bytes + "\x1b[m").into_bytes(),
        }
    };
    Payload::Bands((0..part.height).map(row).collect())
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Cell {
    Blank,
    Painted(Look),
    /// id, row, column
    Placeholder(u32, u16, u16),
}

#[derive(Clone, Debug)]
struct Image {
    n: u16,
    rung: Rung,
    /// cells
    area: (u32, u32),
    px: (u32, u32),
    /// Of its virtual placement, in cells.
    fitted: Option<(u16, u16)>,
}

struct Placed {
    ids: (u32, u32),
    at: Rect,
    /// px
    crop: [u32; 4],
}

pub struct Model {
    columns: u16,
    rows: u16,
    cells: Vec<Cell>,
    cursor: Position,
    foreground: Vec<u32>,
    images: HashMap<u32, Image>,
    placed: Vec<Placed>,
    open: Option<(u32, String)>,
    /// tmux between.
    levels: u8,
    /// Whether it keeps what it gets.
    pub keeps: bool,
    /// Whether what was painted goes with the pictures.
    pub forgets: bool,
    pub answers: Vec<Reply>,
    pub picture_bytes: usize,
}

impl Model {
    pub fn new(columns: u16, rows: u16, levels: u8) -> Self {
        Self {
            columns,
            rows,
            cells: vec![Cell::Blank; usize::from(columns) * usize::from(rows)],
            cursor: Position::ORIGIN,
            foreground: Vec::new(),
            images: HashMap::new(),
            placed: Vec::new(),
            open: None,
            levels,
            keeps: true,
            forgets: false,
            answers: Vec::new(),
            picture_bytes: 0,
        }
    }

    /// The screen is cleared; pictures that lay on it are forgotten, those behind placeholders are not.
    pub fn clear(&mut self) {
        self.cells.fill(Cell::Blank);
        self.placed.clear();
        self.images.retain(|_, image| image.fitted.is_some());
    }

    /// Its window has another size, and is cleared with the next frame.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        (self.columns, self.rows) = (columns, rows);
        let cells = usize::from(columns) * usize::from(rows);
        self.cells = vec![Cell::Blank; cells];
        self.cursor = Position::ORIGIN;
    }

    /// Another terminal is attached, which never saw a picture. What is text is still there.
    pub fn lose_pictures(&mut self) {
        self.images.clear();
        self.placed.clear();
        self.open = None;
        if self.forgets {
            self.cells.fill(Cell::Blank);
        }
    }

    /// Text in every cell of `area`.
    pub fn type_over(&mut self, area: Rect) {
        for at in area.positions() {
            let index = self.index(at);
            self.cells[index] = Cell::Blank;
        }
    }

    pub fn images(&self) -> usize {
        self.images.len()
    }

    /// Whether anything that a picture left is in a cell, also if nothing is seen.
    pub fn is_blank(&self) -> bool {
        self.placed.is_empty() && self.cells.iter().all(|cell| *cell == Cell::Blank)
    }

    /// What a viewer sees in a cell.
    pub fn look(&self, at: Position) -> Option<Look> {
        if let Some(placed) = self.placed.iter().find(|placed| placed.at.contains(at)) {
            let image = &self.images[&placed.ids.0];
            // The middle of the cell, as a pixel of the picture.
            let middle = |cell: u16, from: u16, cells: u16, start: u32, px: u32| {
                start + (u32::from(cell - from) * 2 + 1) * px / (u32::from(cells) * 2)
            };
            let [x, y, width, height] = placed.crop;
            let px = middle(at.x, placed.at.x, placed.at.width, x, width);
            let py = middle(at.y, placed.at.y, placed.at.height, y, height);
            let cell = |px: u32, of: u32, cells: u32| (px * cells / of) as u16;
            let seen = Position::new(
                cell(px, image.px.0, image.area.0),
                cell(py, image.px.1, image.area.1),
            );
            return Some((image.n, image.rung, seen));
        }
        match self.cells[self.index(at)] {
            Cell::Blank => None,
            Cell::Painted(look) => Some(look),
            Cell::Placeholder(id, row, column) => {
                let image = self.images.get(&id)?;
                let (columns, rows) = image.fitted?;
                let whole = (u32::from(columns), u32::from(rows)) == image.area;
                assert!(whole && column < columns && row < rows);
                Some((image.n, image.rung, Position::new(column, row)))
            }
        }
    }

    fn index(&self, at: Position) -> usize {
        assert!(at.x < self.columns && at.y < self.rows, "off the screen");
        usize::from(at.y) * usize::from(self.columns) + usize::from(at.x)
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).unwrap();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let taken = match first {
                '\x1b' => self.escape(rest),
                _ => self.text(rest),
            };
            rest = &rest[taken..];
        }
        // In between, a better one lies over the worse one.
        for (n, one) in self.placed.iter().enumerate() {
            let others = &self.placed[n + 1..];
            let apart = others.iter().all(|other| !other.at.intersects(one.at));
            assert!(apart, "two pictures on one cell");
        }
    }

    fn escape(&mut self, text: &str) -> usize {
        match text.as_bytes()[1] {
            b'[' => {
                let end = 2 + text[2..].find(|c: char| c.is_ascii_alphabetic()).unwrap();
                self.csi(&text[2..end], text.as_bytes()[end]);
                end + 1
            }
            b'_' => {
                assert_eq!(self.levels, 0, "a tmux takes it for a title");
                let body = text[2..].split_once("\x1b\\").unwrap().0;
                self.kitty(body.strip_prefix('G').unwrap());
                body.len() + 4
            }
            b'P' => {
                assert!(text.len() > 9 && self.levels > 0);
                let (command, taken) = unwrapped(text);
                assert!(taken < 1 << 20, "a tmux gives up");
                let mut inner = command;
                for _ in 1..self.levels {
                    let (command, taken) = unwrapped(&inner);
                    assert_eq!(taken, inner.len(), "more than one command in a wrapping");
                    inner = command;
                }
                let body = inner.strip_prefix("\x1b_G").unwrap();
                self.kitty(body.strip_suffix("\x1b\\").unwrap());
                taken
            }
            other => panic!("ESC {}", char::from(other)),
        }
    }

    fn csi(&mut self, parameters: &str, command: u8) {
        match command {
            b'H' => {
                let (y, x) = parameters.split_once(';').unwrap();
                let number = |text: &str| text.parse::<u16>().unwrap() - 1;
                self.cursor = Position::new(number(x), number(y));
                self.index(self.cursor);
            }
            b'm' if parameters.is_empty() => self.foreground.clear(),
            b'm' => {
                let numbers = parameters.split(';').map(|n| n.parse().unwrap());
                let numbers: Vec<u32> = numbers.collect();
                if numbers[0] == 38 {
                    self.foreground = numbers[1..].to_vec();
                }
            }
            b'h' | b'l' => assert_eq!(parameters, "?25"),
            _ => panic!("CSI {parameters} {}", char::from(command)),
        }
    }

    /// One cell of text with its marks.
    fn text(&mut self, text: &str) -> usize {
        let glyph = text.chars().next().unwrap();
        let marks: Vec<char> = text[glyph.len_utf8()..]
            .chars()
            .take_while(|c| !matches!(c, '\x1b' | ' ' | '▀' | '\u{10EEEE}'))
            .collect();
        let taken = glyph.len_utf8() + marks.iter().map(|c| c.len_utf8()).sum::<usize>();
        let index = self.index(self.cursor);
        self.cells[index] = match glyph {
            ' ' => Cell::Blank,
            '▀' => {
                let [2, code, x, y] = self.foreground[..] else {
                    panic!("{:?}", self.foreground)
                };
                let seen = Position::new(x as u16, y as u16);
                Cell::Painted(((code / 8) as u16, RUNGS[code as usize % 8], seen))
            }
            '\u{10EEEE}' => self.placeholder(index, &marks),
            other => panic!("{other:?}"),
        };
        self.cursor.x += 1;
        taken
    }

    fn placeholder(&self, index: usize, marks: &[char]) -> Cell {
        let low = match self.foreground[..] {
            [2, r, g, b] => r << 16 | g << 8 | b,
            [5, n] => n,
            _ => panic!("{:?}", self.foreground),
        };
        let number = |mark: char| diacritics().iter().position(|k| *k == mark).unwrap() as u16;
        match *marks {
            [] => {
                let Cell::Placeholder(id, row, column) = self.cells[index - 1] else {
                    panic!("there is nothing to inherit");
                };
                assert_eq!(id & 0xff_ffff, low, "another picture's cell on the left");
                Cell::Placeholder(id, row, column + 1)
            }
            [row, column] => Cell::Placeholder(low, number(row), number(column)),
            [row, column, high] => {
                let id = u32::from(number(high)) << 24 | low;
                Cell::Placeholder(id, number(row), number(column))
            }
            _ => panic!("{marks:?}"),
        }
    }

    fn kitty(&mut self, body: &str) {
        let (head, base64) = body.split_once(';').unwrap_or((body, ""));
        self.picture_bytes += base64.len();
        assert!(base64.len() <= 4096, "a chunk is too long");
        let keys: HashMap<&str, &str> = head
            .split(',')
            .map(|pair| pair.split_once('=').unwrap())
            .collect();
        let more = keys.get("m") == Some(&"1");
        if keys.len() == 1 {
            // Chunks of a picture that another terminal has the beginning of are dropped.
            if let Some((id, mut whole)) = self.open.take() {
                whole.push_str(base64);
                self.open = Some((id, whole));
                self.close(more);
            }
            return;
        }
        assert!(self.open.is_none(), "{head} among the chunks of a picture");
        let number = |key: &str| keys[key].parse::<u32>().unwrap();
        let silent = keys.get("q") == Some(&"2");
        match keys["a"] {
            "t" => {
                assert!(silent && keys["f"] == "100");
                self.open = Some((number("i"), base64.to_owned()));
                self.close(more);
            }
            "p" => {
                let ids = (number("i"), number("p"));
                let cells = (number("c") as u16, number("r") as u16);
                let ok = self.images.contains_key(&ids.0);
                assert!(ok || !silent, "placed what is not there, and did not ask");
                if !silent {
                    self.answers.push(answer(ids.0, ok));
                }
                if !ok {
                    return;
                }
                if keys.contains_key("U") {
                    assert!(!keys.contains_key("x"));
                    self.images.get_mut(&ids.0).unwrap().fitted = Some(cells);
                    return;
                }
                let crop = ["x", "y", "w", "h"].map(number);
                let at = Rect::new(self.cursor.x, self.cursor.y, cells.0, cells.1);
                assert!(at.right() <= self.columns && at.bottom() <= self.rows);
                self.placed.retain(|placed| placed.ids != ids);
                self.placed.push(Placed { ids, at, crop });
            }
            "d" if keys["d"] == "i" => {
                let ids = (number("i"), number("p"));
                self.placed.retain(|placed| placed.ids != ids);
            }
            "d" if keys["d"] == "I" => {
                let id = number("i");
                self.images.remove(&id);
                self.placed.retain(|placed| placed.ids.0 != id);
                // kitty frees every picture of which nothing is placed.
                let placed = &self.placed;
                self.images.retain(|id, image| {
                    image.fitted.is_some() || placed.iter().any(|placed| placed.ids.0 == *id)
                });
            }
            _ => panic!("kitty {head}"),
        }
    }

    fn close(&mut self, more: bool) {
        if more {
            return;
        }
        let (id, base64) = self.open.take().unwrap();
        let file = STANDARD.decode(base64).unwrap_or_default();
        // Half a picture is dropped in silence.
        if file.last() != Some(&b'.') || !self.keeps {
            return;
        }
        let px = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        let image = Image {
            n: u16::from(file[24]),
            rung: RUNGS[usize::from(file[25])],
            area: (u32::from(file[26]), u32::from(file[27])),
            px: (px(16), px(20)),
            fitted: None,
        };
        self.images.insert(id, image);
    }
}

fn answer(id: u32, ok: bool) -> Reply {
    let message = Clean::from(if ok { "OK" } else { "ENOENT:it is gone" });
    Reply::KittyGraphics {
        id,
        ok,
        message,
        placement: None,
    }
}

/// What is inside the wrapping for one tmux, and how long it is with it.
fn unwrapped(text: &str) -> (String, usize) {
    let body = text.strip_prefix("\x1bPtmux;").unwrap();
    let mut inner = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\x1b' {
            inner.push(c);
            continue;
        }
        match chars.next().unwrap().1 {
            '\x1b' => inner.push(c),
            '\\' => return (inner, "\x1bPtmux;".len() + at + 2),
            other => panic!("ESC {other} in a wrapping"),
        }
    }
    panic!("a wrapping without an end");
}
