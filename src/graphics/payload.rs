//! What is sent for a picture: a payload, its key, and the job that makes it. Jobs are pure and slow (10-300 ms): the
//! runtime runs them off the loop.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::layout::{Rect, Size};

use crate::domain::{CellSize, ColorDepth, Glyphs, GraphicsKind, PictureId, PixelSize};

use super::capabilities::Capabilities;
use super::ladder::{Allowed, GLANCE_BYTES};
use super::placement::Placement;
use super::raster::{Bitmap, PixelRect, Raster, scaled};
use super::route::Route;
use super::rung::Rung;
use super::{blocks, iterm2, kitty, png, sixel};

/// Rows of cells of the list's pictures, and some more.
const SMALL: u16 = 5;

/// Names one payload: a part of a picture at a size and a rung, for the terminal as it was known when the key was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PayloadKey {
    pub(super) picture: PictureId,
    /// The whole fitted picture, in cells.
    pub(super) area: Size,
    /// The part of it that the payload draws, from the picture's corner, in cells.
    pub(super) part: Rect,
    pub(super) rung: Rung,
    /// Counts the stage's capabilities; a payload for other ones is of no use.
    pub(super) epoch: u32,
}

impl PayloadKey {
    /// The key for `placement`. A kitty picture is transmitted whole, whatever part of it is placed.
    pub(super) fn new(placement: &Placement, kind: GraphicsKind, rung: Rung, epoch: u32) -> Self {
        let Placement {
            picture,
            area,
            part,
        } = *placement;
        let part = if kind == GraphicsKind::Kitty {
            Rect::from(area.as_size())
        } else {
            Rect::new(part.x - area.x, part.y - area.y, part.width, part.height)
        };
        Self {
            picture,
            area: area.as_size(),
            part,
            rung,
            epoch,
        }
    }

    /// The same for the whole picture.
    pub(super) fn whole(self) -> Self {
        Self {
            part: Rect::from(self.area),
            ..self
        }
    }
}

/// What is wrong with a picture that cannot be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The bitmap is not of the size that the job asks for.
    #[error("the fitted picture is {got} px, not {expected}")]
    WrongSize {
        /// px, of the job
        expected: PixelSize,
        /// px, of the bitmap
        got: PixelSize,
    },
    /// The terminal shows no pictures.
    #[error("the terminal shows no pictures")]
    NoGraphics,
    /// The PNG encoder failed.
    #[error("PNG: {0}")]
    Png(#[from] ::png::EncodingError),
    /// The JPEG encoder failed.
    #[error("JPEG: {0}")]
    Jpeg(#[from] jpeg_encoder::EncodingError),
}

/// One payload to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodeJob {
    key: PayloadKey,
    encoder: Encoder,
}

impl EncodeJob {
    /// What is transparent is laid over `backdrop`.
    pub(super) fn new(
        key: PayloadKey,
        caps: &Capabilities,
        backdrop: [u8; 3],
        allowed: Allowed,
    ) -> Self {
        Self {
            key,
            encoder: Encoder::new(caps, backdrop, key.area, key.part, key.rung, allowed),
        }
    }

    /// To be given back with the result.
    pub fn key(&self) -> PayloadKey {
        self.key
    }

    /// Which picture is to be decoded.
    pub fn picture(&self) -> PictureId {
        self.key.picture
    }

    /// How good it is to be. Of one picture, the job of the lower rung is to be run first.
    pub fn rung(&self) -> Rung {
        self.key.rung
    }

    /// The cells of the whole picture, and the part of them that the payload draws, from the picture's corner.
    pub fn cells(&self) -> (Size, Rect) {
        (self.key.area, self.key.part)
    }

    /// The size to which the whole picture is to be resized first, ratio or not: its cells fix it.
    pub fn px(&self) -> PixelSize {
        self.encoder.px
    }

    /// Encodes `bitmap`, the whole picture at [`EncodeJob::px`].
    pub fn run(&self, bitmap: &Bitmap<'_>) -> Result<Payload, EncodeError> {
        self.encoder.encode(bitmap)
    }
}

/// Everything that an encoding depends on besides the pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Encoder {
    /// As what it is sent: a glance may go another way than the picture after it.
    kind: GraphicsKind,
    pub rung: Rung,
    /// The whole fitted picture.
    pub px: PixelSize,
    /// px of one cell of the fitted picture; few for block characters.
    cell: (u32, u32),
    /// In cells.
    area: Size,
    /// In cells.
    part: Rect,
    backdrop: [u8; 3],
    colors: ColorDepth,
    sixel_colors: u16,
    glyphs: Glyphs,
    route: Route,
    /// tmux takes the pictures in, and draws them itself.
    multiplexed: bool,
    allowed: Allowed,
}

impl Encoder {
    pub fn new(
        caps: &Capabilities,
        backdrop: [u8; 3],
        area: Size,
        part: Rect,
        rung: Rung,
        allowed: Allowed,
    ) -> Self {
        let kind = sent_as(caps, area, rung);
        let (width, height) = pixels_of_a_cell(kind, caps);
        let whole = PixelSize::new(
            u32::from(area.width) * width,
            u32::from(area.height) * height,
        );
        let px = match (rung, kind) {
            // The terminal enlarges it, and keeps its ratio in cells of text.
            (Rung::Glance, GraphicsKind::Kitty | GraphicsKind::Iterm2) => third(whole),
            _ => whole,
        };
        let beside = around(kind, caps, part.as_size());
        let most = match (rung, kind) {
            (Rung::Glance, GraphicsKind::Kitty) => {
                Some((glance_share(allowed.most).saturating_sub(beside)).max(GLANCE_LEAST))
            }
            (Rung::Glance, _) => Some(glance_share(allowed.most)),
            // Each part has its share, and its own escapes.
            _ => allowed.most.map(|most| {
                let (part, area) = (part.area() as usize, area.area().max(1) as usize);
                (most / area * part + most % area * part / area).saturating_sub(beside)
            }),
        };
        Self {
            kind,
            rung,
            px,
            cell: (width, height),
            area,
            part,
            backdrop,
            colors: caps.colors,
            sixel_colors: caps.sixel_colors,
            glyphs: caps.glyphs,
            route: caps.route,
            multiplexed: caps.multiplexed,
            allowed: Allowed { most, ..allowed },
        }
    }

    pub fn encode(&self, bitmap: &Bitmap<'_>) -> Result<Payload, EncodeError> {
        let crop = PixelRect::of_share(self.part, self.area, self.px);
        if bitmap.size() != self.px || !crop.fits(self.px) {
            return Err(EncodeError::WrongSize {
                expected: self.px,
                got: bitmap.size(),
            });
        }
        let raster = bitmap.flatten(crop, self.backdrop);
        Ok(match self.kind {
            GraphicsKind::Kitty => Payload::Image(STANDARD.encode(self.png(&raster)?).into()),
            GraphicsKind::Sixel => Payload::Bands(self.sixel(&raster)),
            GraphicsKind::Iterm2 => Payload::Bands(self.iterm2(&raster, bitmap.is_opaque())?),
            GraphicsKind::Blocks => Payload::Bands(self.blocks(&raster)),
            GraphicsKind::Off => return Err(EncodeError::NoGraphics),
        })
    }

    fn png(&self, raster: &Raster) -> Result<Vec<u8>, EncodeError> {
        let most = self.allowed.most.map(|most| file_bytes(most, self.route));
        Ok(match self.rung {
            Rung::Glance => png::glance(raster, most.unwrap_or(usize::MAX))?,
            rung => png::fitted(raster, rung, most)?,
        })
    }

    fn sixel(&self, raster: &Raster) -> Vec<Band> {
        sixel::bands(
            raster,
            self.cell,
            self.sixel_colors,
            self.rung,
            self.allowed,
            self.multiplexed,
        )
    }

    fn iterm2(&self, raster: &Raster, opaque: bool) -> Result<Vec<Band>, EncodeError> {
        let mut bands = match (self.rung, self.allowed.most) {
            (Rung::Glance, Some(most)) => iterm2::glance(raster, self.part.as_size(), most)?,
            _ => iterm2::bands(raster, self.cell, opaque, self.rung, self.allowed)?,
        };
        if self.route != Route::Direct {
            for band in &mut bands {
                band.bytes = self.route.wrap(&band.bytes);
            }
        }
        Ok(bands)
    }

    fn blocks(&self, raster: &Raster) -> Vec<Band> {
        let light_backdrop = self.backdrop.map(u16::from).iter().sum::<u16>() > 3 * 127;
        let (glyphs, depth) = (self.glyphs, self.colors);
        let rows = match (self.rung, self.allowed.most) {
            (Rung::Glance, _) => {
                let Size { width, height } = self.part.as_size();
                blocks::glance(raster, width.into(), height.into(), depth, light_backdrop)
            }
            (_, Some(most)) => blocks::rows_within(raster, glyphs, depth, most, light_backdrop),
            (Rung::Exact, None) => blocks::rows(raster, glyphs, depth, 0, light_backdrop),
            (_, None) => blocks::rows(raster, glyphs, depth, blocks::THRESHOLD, light_backdrop),
        };
        rows.into_iter()
            .zip(0..)
            .map(|(bytes, y)| Band {
                area: Rect::new(0, y, self.part.width, 1),
                bytes,
            })
            .collect()
    }
}

/// A first look goes as text where the terminal only has sixel: that is shorter. So do small pictures in a tmux: it keeps
/// nine sixels only, and draws whole ones only, of which two rows of cells are none.
fn sent_as(caps: &Capabilities, area: Size, rung: Rung) -> GraphicsKind {
    match (caps.kind, rung) {
        (GraphicsKind::Sixel, Rung::Glance) => GraphicsKind::Blocks,
        (GraphicsKind::Sixel, _) if caps.multiplexed && area.height <= SMALL => {
            GraphicsKind::Blocks
        }
        (kind, _) => kind,
    }
}

/// A third of the size.
fn third(whole: PixelSize) -> PixelSize {
    let sides = (whole.width as usize, whole.height as usize);
    let (width, height) = scaled(sides, 1.0 / 3.0, 1);
    PixelSize::new(width as u32, height as u32)
}

/// px that a cell has for an encoder.
pub(super) fn pixels_of_a_cell(kind: GraphicsKind, caps: &Capabilities) -> (u32, u32) {
    let CellSize { width, height } = caps.cell;
    match kind {
        GraphicsKind::Blocks => caps.glyphs.pixels(),
        _ => (u32::from(width.max(1)), u32::from(height.max(1))),
    }
}

/// Bytes of a glance's PNG at least, whatever its cells cost: with those of a preview in 100x28 cells it is there in one
/// round trip and 250 ms at 60 KB/s.
const GLANCE_LEAST: usize = 3_000;

/// What a glance may have of the bytes of a picture.
fn glance_share(budget: Option<usize>) -> usize {
    budget.map_or(GLANCE_BYTES, |budget| GLANCE_BYTES.min(budget / 3))
}

/// What a glance over `area` cells has on the line at most, with all that is around it.
pub(super) fn glance_bytes(caps: &Capabilities, area: Size, budget: Option<usize>) -> usize {
    let beside = around(caps.kind, caps, area);
    match caps.kind {
        GraphicsKind::Kitty => glance_share(budget).max(beside + GLANCE_LEAST),
        GraphicsKind::Iterm2 => glance_share(budget) + beside,
        GraphicsKind::Sixel | GraphicsKind::Blocks | GraphicsKind::Off => GLANCE_BYTES + beside,
    }
}

/// Bytes that a picture over `area` cells has on the line beside its payload, at most: kitty's placeholders (4 bytes each,
/// and colour, position and diacritics of a row), else the positions of bands; and where the cursor goes between slices.
pub(super) fn around(kind: GraphicsKind, caps: &Capabilities, area: Size) -> usize {
    let (cells, rows) = (area.area() as usize, usize::from(area.height));
    match kind {
        GraphicsKind::Kitty if caps.placeholders => 4 * cells + 4 * cells / 40 + 48 * rows,
        GraphicsKind::Kitty => 160,
        _ => 160 + 40 * rows,
    }
}

/// How long a file may be that has `bytes` on the line: three of its bytes are four there, each chunk has its escapes, and
/// so have its placement and the end of a worse one.
fn file_bytes(bytes: usize, route: Route) -> usize {
    let escapes = route.wrap(b"\x1b_Gm=1;\x1b\\").len();
    let bytes = bytes.saturating_sub(160 + 4 * escapes);
    bytes * kitty::CHUNK / (kitty::CHUNK + escapes) / 4 * 3
}

/// An encoded picture, or a part of one, wherever it will stand on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// A PNG in base64: transmitted to kitty once and placed many times.
    Image(Arc<str>),
    /// Painted over the cells, band by band.
    Bands(Vec<Band>),
}

impl Payload {
    /// How many bytes it holds, escapes of kitty's chunks not counted.
    pub fn len(&self) -> usize {
        match self {
            Self::Image(base64) => base64.len(),
            Self::Bands(bands) => bands.iter().map(|band| band.bytes.len()).sum(),
        }
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A piece of a payload that is written as one: text may come before and after it, not within.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The cells that it paints, from the payload's corner.
    pub area: Rect,
    /// To be written with the cursor at the corner of `area`.
    pub bytes: Vec<u8>,
}
