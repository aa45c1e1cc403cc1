//! The kitty graphics protocol (<https://sw.kovidgoyal.net/kitty/graphics-protocol/>): pictures by id, placements of them.

use std::collections::HashMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use image::{Rgba, RgbaImage};
use ratatui::layout::{Position, Rect};

use super::placeholder::Part;
use super::{Rgb, Screen};

/// As forgiving as terminals are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// base64 bytes that one chunk may have.
const CHUNK: usize = 4096;
/// Ids that the terminal gives to pictures without one.
const FIRST_ANONYMOUS: u32 = 0xf000_0000;
/// What a command may carry.
const KEYS: &str = "aqtfoimIpsvSOcrCUzxywhXYdkAKN";

#[derive(Default)]
pub(super) struct Kitty {
    images: HashMap<u32, RgbaImage>,
    /// Oldest first.
    placements: Vec<Placed>,
    /// Columns and rows by id and placement.
    virtuals: HashMap<(u32, u32), (u16, u16)>,
    open: Option<Transmission>,
    anonymous: u32,
    /// Pixels between pixels are mixed, as kitty does from 0.30 or so; before, the nearest was taken.
    pub smooth: bool,
}

struct Placed {
    ids: (u32, u32),
    x: u16,
    /// A screen that scrolls takes it over the top.
    y: i32,
    columns: u16,
    rows: u16,
    /// px that it covers.
    size: (u32, u32),
    /// px of the picture: x, y, width, height.
    crop: [u32; 4],
    below_text: bool,
}

impl Placed {
    fn contains(&self, at: Position) -> bool {
        let y = i32::from(at.y) - self.y;
        (self.x..self.x + self.columns).contains(&at.x) && (0..self.rows.into()).contains(&y)
    }

    fn cells(&self) -> impl Iterator<Item = Position> {
        let top = self.y.max(0);
        let rows = (self.y + i32::from(self.rows) - top).max(0);
        Rect::new(self.x, top as u16, self.columns, rows as u16).positions()
    }
}

struct Transmission {
    keys: HashMap<char, String>,
    /// `None` when a chunk is not base64.
    bytes: Option<Vec<u8>>,
}

/// A picture as one cell shows it.
pub(super) struct View<'a> {
    image: &'a RgbaImage,
    crop: [u32; 4],
    /// px that the whole of it covers.
    size: (u32, u32),
    /// Of the cell's corner from the corner of the whole, px.
    offset: (i64, i64),
    smooth: bool,
}

impl View<'_> {
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgb> {
        let x = u32::try_from(self.offset.0 + i64::from(x)).ok()?;
        let y = u32::try_from(self.offset.1 + i64::from(y)).ok()?;
        if x >= self.size.0 || y >= self.size.1 {
            return None;
        }
        Some(sample(
            self.image,
            self.crop,
            self.size,
            (x, y),
            self.smooth,
        ))
    }
}

/// The pixel `at` of `crop` scaled to `size`, over black.
pub(super) fn sample(
    image: &RgbaImage,
    crop: [u32; 4],
    size: (u32, u32),
    at: (u32, u32),
    smooth: bool,
) -> Rgb {
    let [left, top, width, height] = crop;
    if !smooth || (width, height) == size {
        let nearest = |v: u32, of: u32, from: u32| (2 * v + 1) * from / (2 * of);
        let x = left + nearest(at.0, size.0, width);
        let y = top + nearest(at.1, size.1, height);
        return opaque(*image.get_pixel(x, y));
    }
    let place = |v: u32, of: u32, from: u32| {
        let exact = (f64::from(v) + 0.5) * f64::from(from) / f64::from(of) - 0.5;
        let exact = exact.clamp(0.0, f64::from(from - 1));
        let low = exact.floor();
        (low as u32, (low as u32 + 1).min(from - 1), exact - low)
    };
    let (x0, x1, dx) = place(at.0, size.0, width);
    let (y0, y1, dy) = place(at.1, size.1, height);
    let get = |x, y| opaque(*image.get_pixel(left + x, top + y)).map(f64::from);
    let [a, b, c, d] = [get(x0, y0), get(x1, y0), get(x0, y1), get(x1, y1)];
    [0, 1, 2].map(|i| {
        let upper = a[i] + (b[i] - a[i]) * dx;
        let lower = c[i] + (d[i] - c[i]) * dx;
        (upper + (lower - upper) * dy).round() as u8
    })
}

fn opaque(Rgba([r, g, b, a]): Rgba<u8>) -> Rgb {
    [r, g, b].map(|v| ((u16::from(v) * u16::from(a) + 127) / 255) as u8)
}

impl Kitty {
    pub fn images(&self) -> usize {
        self.images.len()
    }

    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub fn forget(&mut self) {
        self.placements.clear();
        self.virtuals.clear();
        self.images.clear();
    }

    pub fn unplace_all(&mut self) {
        self.placements.clear();
    }

    pub fn scroll(&mut self) {
        self.placements.iter_mut().for_each(|placed| placed.y -= 1);
        self.placements
            .retain(|placed| placed.y + i32::from(placed.rows) > 0);
    }

    /// The one on top, if any is placed over a cell.
    pub fn placed(&self, at: Position, cell: (u32, u32)) -> Option<View<'_>> {
        let placed = self.placements.iter().rev().find(|p| p.contains(at))?;
        Some(View {
            image: self.images.get(&placed.ids.0)?,
            crop: placed.crop,
            size: placed.size,
            offset: (
                i64::from(at.x - placed.x) * i64::from(cell.0),
                (i64::from(at.y) - i64::from(placed.y)) * i64::from(cell.1),
            ),
            smooth: self.smooth,
        })
    }

    /// What a placeholder shows: the picture is fitted into its columns and rows, its ratio kept, and centred.
    pub fn part(&self, part: Part, cell: (u32, u32)) -> Option<View<'_>> {
        let image = self.images.get(&part.id)?;
        let cells = match part.placement {
            0 => {
                let mut any = self.virtuals.iter();
                any.find(|((id, _), _)| *id == part.id)
                    .map(|(_, cells)| *cells)
            }
            placement => self.virtuals.get(&(part.id, placement)).copied(),
        };
        let (columns, rows) = cells?;
        if part.column >= u32::from(columns) || part.row >= u32::from(rows) {
            return None;
        }
        let room = (u32::from(columns) * cell.0, u32::from(rows) * cell.1);
        let (width, height) = image.dimensions();
        let wide = u64::from(width) * u64::from(room.1) >= u64::from(height) * u64::from(room.0);
        let size = if wide {
            (room.0, (room.0 * height).div_ceil(width).clamp(1, room.1))
        } else {
            ((room.1 * width).div_ceil(height).clamp(1, room.0), room.1)
        };
        Some(View {
            image,
            crop: [0, 0, width, height],
            size,
            offset: (
                i64::from(part.column * cell.0) - i64::from((room.0 - size.0) / 2),
                i64::from(part.row * cell.1) - i64::from((room.1 - size.1) / 2),
            ),
            smooth: self.smooth,
        })
    }

    /// Two pictures on one cell.
    pub fn overlap(&self) -> Option<String> {
        let placements = || self.placements.iter().enumerate();
        placements().find_map(|(n, one)| {
            let at = placements()
                .skip(n + 1)
                .find_map(|(_, other)| one.cells().find(|at| other.contains(*at)))?;
            Some(format!("two pictures on one cell: {at}"))
        })
    }

    /// The cells where nothing else may be seen.
    pub fn covered(&self) -> Vec<Position> {
        let above = self.placements.iter().filter(|p| !p.below_text);
        above.flat_map(Placed::cells).collect()
    }

    fn is_placed(&self, id: u32) -> bool {
        self.placements.iter().any(|placed| placed.ids.0 == id)
            || self.virtuals.keys().any(|(of, _)| *of == id)
    }

    fn unplace(&mut self, id: u32, placement: Option<u32>) -> bool {
        let gone = |ids: (u32, u32)| ids.0 == id && placement.is_none_or(|p| p == ids.1);
        let before = self.placements.len() + self.virtuals.len();
        self.placements.retain(|placed| !gone(placed.ids));
        self.virtuals.retain(|ids, _| !gone(*ids));
        self.placements.len() + self.virtuals.len() < before
    }
}

/// `a=b,c=d` as a table.
fn keys_of(head: &str) -> Option<HashMap<char, String>> {
    head.split(',')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=')?;
            let mut key = key.chars();
            let (name, None) = (key.next()?, key.next()) else {
                return None;
            };
            Some((name, value.to_owned()))
        })
        .collect()
}

impl Screen {
    /// Pictures are enlarged smoothly, as newer terminals do.
    pub fn smooth(mut self) -> Self {
        self.kitty.smooth = true;
        self
    }

    pub(super) fn kitty(&mut self, body: &str) {
        let (head, payload) = body.split_once(';').unwrap_or((body, ""));
        if !self.profile.has_kitty() {
            self.fault("a kitty command on a terminal that does not know it");
            return;
        }
        self.picture_bytes += payload.len();
        if payload.len() > CHUNK {
            self.fault("a chunk is too long");
        }
        let Some(keys) = keys_of(head) else {
            self.fault(&format!("kitty: {head:?} is no list of keys"));
            return;
        };
        if let Some(unknown) = keys.keys().find(|key| !KEYS.contains(**key)) {
            self.fault(&format!("kitty: {unknown} in {head}"));
        }
        if let Some(open) = self.kitty.open.take() {
            if !keys.contains_key(&'m') || keys.keys().any(|key| !"mq".contains(*key)) {
                self.fault(&format!("{head} among the chunks of a picture"));
            }
            self.take_chunk(open, &keys, payload);
            return;
        }
        match keys.get(&'a').map_or("t", String::as_str) {
            "t" | "T" | "q" => {
                if keys.get(&'t').is_some_and(|medium| medium != "d") {
                    self.fault("a file is handed over");
                    self.answer_kitty(&keys, "EBADF:not on this machine");
                    return;
                }
                let open = Transmission {
                    keys: keys.clone(),
                    bytes: Some(Vec::new()),
                };
                self.take_chunk(open, &keys, payload);
            }
            "p" => {
                let id = number(&keys, 'i').unwrap_or(0);
                self.place(id, &keys);
            }
            "d" => self.delete(&keys),
            _ => self.fault(&format!("kitty: {head}")),
        }
    }

    /// Each chunk is decoded by itself.
    fn take_chunk(&mut self, mut open: Transmission, keys: &HashMap<char, String>, chunk: &str) {
        let more = keys.get(&'m').is_some_and(|more| more == "1");
        if more && !chunk.len().is_multiple_of(4) {
            self.fault("a chunk ends within a group of base64");
        }
        open.bytes = open
            .bytes
            .zip(BASE64.decode(chunk).ok())
            .map(|(mut all, chunk)| {
                all.extend(chunk);
                all
            });
        if more {
            self.kitty.open = Some(open);
            return;
        }
        let Transmission { keys, bytes } = open;
        // What is no picture is dropped; the one who asked is told.
        let Some(picture) = bytes.and_then(|bytes| decode(&keys, bytes)) else {
            self.answer_kitty(&keys, "EBADPNG:not a picture");
            return;
        };
        if keys.get(&'a').is_some_and(|a| a == "q") {
            self.answer_kitty(&keys, "OK");
            return;
        }
        let id = match number(&keys, 'i') {
            Some(id) if id > 0 => id,
            _ => {
                self.kitty.anonymous += 1;
                FIRST_ANONYMOUS + self.kitty.anonymous
            }
        };
        self.kitty.unplace(id, None);
        self.kitty.images.insert(id, picture);
        if keys.get(&'a').is_some_and(|a| a == "T") {
            self.place(id, &keys);
        } else {
            self.answer_kitty(&keys, "OK");
        }
    }

    fn place(&mut self, id: u32, keys: &HashMap<char, String>) {
        let Some(image) = self.kitty.images.get(&id) else {
            // Whoever asks is told, whoever does not should know.
            if keys.get(&'q').is_some_and(|q| q != "0") {
                self.fault(&format!("placed what is not there: {id}"));
            }
            self.answer_kitty(keys, "ENOENT:no such picture");
            return;
        };
        let get = |key| number(keys, key).filter(|n| *n > 0);
        let (width, height) = image.dimensions();
        let (x, y) = (get('x').unwrap_or(0), get('y').unwrap_or(0));
        let crop = [
            x,
            y,
            get('w').unwrap_or(width.saturating_sub(x)),
            get('h').unwrap_or(height.saturating_sub(y)),
        ];
        if crop[0] + crop[2] > width || crop[1] + crop[3] > height {
            self.fault(&format!("{crop:?} of a picture of {width}x{height}"));
            return;
        }
        let placement = get('p').unwrap_or(0);
        let cell = self.cell;
        let (columns, rows) = (get('c'), get('r'));
        if get('U').is_some() {
            if columns.is_none() || rows.is_none() {
                self.fault("a virtual placement without columns and rows");
            }
            let columns = columns.unwrap_or(width.div_ceil(cell.0));
            let rows = rows.unwrap_or(height.div_ceil(cell.1));
            let cells = (columns as u16, rows as u16);
            self.kitty.virtuals.insert((id, placement), cells);
            self.answer_kitty(keys, "OK");
            return;
        }
        let size = match (columns, rows) {
            (Some(c), Some(r)) => (c * cell.0, r * cell.1),
            (Some(c), None) => (c * cell.0, (c * cell.0 * crop[3]).div_ceil(crop[2])),
            (None, Some(r)) => ((r * cell.1 * crop[2]).div_ceil(crop[3]), r * cell.1),
            (None, None) => (crop[2], crop[3]),
        };
        self.needs_cursor();
        let placed = Placed {
            ids: (id, placement),
            x: self.cursor.x,
            y: self.cursor.y.into(),
            columns: size.0.div_ceil(cell.0) as u16,
            rows: size.1.div_ceil(cell.1) as u16,
            size,
            crop,
            below_text: keys.get(&'z').is_some_and(|z| z.starts_with('-')),
        };
        let (right, bottom) = (placed.x + placed.columns, self.cursor.y + placed.rows);
        if right > self.columns || bottom > self.rows {
            self.fault("a picture reaches out of the screen");
        }
        if keys.get(&'C').is_none_or(|c| c != "1") {
            self.fault("a placement moves the cursor");
            for _ in 1..placed.rows {
                self.line_feed();
            }
            self.cursor.x = right.min(self.columns - 1);
        }
        let scrolled = i32::from(bottom.saturating_sub(self.rows));
        let moves = keys.get(&'C').is_none_or(|c| c != "1");
        let placed = Placed {
            y: placed.y - if moves { scrolled } else { 0 },
            ..placed
        };
        if placement > 0 {
            self.kitty.unplace(id, Some(placement));
        }
        self.kitty.placements.push(placed);
        self.answer_kitty(keys, "OK");
    }

    fn delete(&mut self, keys: &HashMap<char, String>) {
        let what = keys.get(&'d').map_or("a", String::as_str);
        let id = number(keys, 'i').unwrap_or(0);
        let placement = number(keys, 'p').filter(|p| *p > 0);
        let kitty = &mut self.kitty;
        match what {
            "a" => kitty.placements.clear(),
            "A" => {
                kitty.placements.clear();
                kitty.images.clear();
            }
            "i" | "I" => {
                let gone = kitty.unplace(id, placement);
                if what == "I" {
                    // kitty 0.26 frees every picture of which nothing is placed.
                    let mut images = std::mem::take(&mut kitty.images);
                    images.retain(|id, _| kitty.is_placed(*id));
                    kitty.images = images;
                } else if placement.is_some() && !gone {
                    self.fault(&format!("deleted what is not there: {keys:?}"));
                }
            }
            _ => self.fault(&format!("unknown: deletion {what}")),
        }
    }

    /// Says how a command went, as far as it wants to know.
    fn answer_kitty(&mut self, keys: &HashMap<char, String>, what: &str) {
        let quiet = number(keys, 'q').unwrap_or(0);
        let id = number(keys, 'i').unwrap_or(0);
        if id == 0 || quiet > 1 || quiet == 1 && what == "OK" {
            return;
        }
        let placement = number(keys, 'p').map_or(String::new(), |p| format!(",p={p}"));
        self.answer(&format!("\x1b_Gi={id}{placement};{what}\x1b\\"));
    }
}

fn number(keys: &HashMap<char, String>, key: char) -> Option<u32> {
    keys.get(&key)?.parse().ok()
}

fn decode(keys: &HashMap<char, String>, mut bytes: Vec<u8>) -> Option<RgbaImage> {
    if keys.get(&'o').is_some_and(|o| o == "z") {
        let mut plain = Vec::new();
        let mut packed = flate2::read::ZlibDecoder::new(&bytes[..]);
        packed.read_to_end(&mut plain).ok()?;
        bytes = plain;
    }
    let (width, height) = (
        number(keys, 's').unwrap_or(0),
        number(keys, 'v').unwrap_or(0),
    );
    match keys.get(&'f').map_or("32", String::as_str) {
        "100" => Some(image::load_from_memory(&bytes).ok()?.into_rgba8()),
        "32" => RgbaImage::from_raw(width, height, bytes),
        "24" => {
            let picture = image::RgbImage::from_raw(width, height, bytes)?;
            Some(image::DynamicImage::from(picture).into_rgba8())
        }
        _ => None,
    }
}
