//! What a kitty terminal holds of ours: pictures that were transmitted, the one on its way, and placements of them.

use std::sync::Arc;

use crate::domain::{GraphicsKind, PixelSize};

use super::capabilities::Capabilities;
use super::kitty::{self, CHUNK};
use super::payload::{PayloadKey, pixels_of_a_cell};
use super::placement::Placement;
use super::raster::PixelRect;

/// Bytes of decoded pixels that the terminal is asked to hold; kitty's own limit is 320 MB for all programs.
const MOST_BYTES: u64 = 128 << 20;
/// The first id ("pl"): out of the way of the small ones that other programs choose.
const FIRST_ID: u32 = 0x706c_0001;

#[derive(Debug)]
pub(super) struct Held {
    /// Whole pictures, least recently placed first.
    images: Vec<Image>,
    /// The transmission of which chunks are missing. Until its end, nothing else may be sent.
    open: Option<Open>,
    placements: Vec<(Placement, (u32, u32))>,
    next_id: u32,
    next_placement: u32,
}

#[derive(Debug)]
struct Image {
    key: PayloadKey,
    id: u32,
    bytes: u64,
}

#[derive(Debug)]
struct Open {
    key: PayloadKey,
    id: u32,
    base64: Arc<str>,
    /// Bytes of `base64` that were sent.
    sent: usize,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            images: Vec::new(),
            open: None,
            placements: Vec::new(),
            next_id: FIRST_ID,
            next_placement: 1,
        }
    }
}

impl Held {
    /// Whether the whole picture is there, to be placed.
    pub fn has(&self, key: &PayloadKey) -> bool {
        self.images.iter().any(|image| image.key == *key)
    }

    /// The picture on its way.
    pub fn open(&self) -> Option<PayloadKey> {
        self.open.as_ref().map(|open| open.key)
    }

    /// Begins to transmit; makes room first, by deleting pictures that are neither placed nor in `needed`.
    pub fn start(
        &mut self,
        out: &mut Vec<u8>,
        key: PayloadKey,
        base64: &Arc<str>,
        caps: &Capabilities,
        needed: &[PayloadKey],
    ) {
        let bytes = bytes_of(&key, caps);
        self.make_room(out, bytes, needed);
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(FIRST_ID);
        self.open = Some(Open {
            key,
            id,
            base64: Arc::clone(base64),
            sent: 0,
        });
    }

    fn make_room(&mut self, out: &mut Vec<u8>, bytes: u64, needed: &[PayloadKey]) {
        let mut total: u64 = bytes + self.images.iter().map(|image| image.bytes).sum::<u64>();
        let placements = &self.placements;
        self.images.retain(|image| {
            let in_use = needed.contains(&image.key)
                || placements.iter().any(|(_, (id, _))| *id == image.id);
            if total <= MOST_BYTES || in_use {
                return true;
            }
            total -= image.bytes;
            kitty::delete_image(out, image.id);
            false
        });
    }

    /// Sends one chunk of the open transmission.
    pub fn next_chunk(&mut self, out: &mut Vec<u8>, caps: &Capabilities) {
        let Some(open) = &mut self.open else { return };
        kitty::transmit(out, open.id, open.base64.as_bytes(), open.sent);
        open.sent += CHUNK;
        if open.sent >= open.base64.len() {
            let image = Image {
                key: open.key,
                id: open.id,
                bytes: bytes_of(&open.key, caps),
            };
            self.images.push(image);
            self.open = None;
        }
    }

    /// Ends the open transmission without its picture.
    pub fn abort(&mut self, out: &mut Vec<u8>) {
        if let Some(open) = self.open.take()
            && open.sent > 0
        {
            kitty::abort(out, open.id);
        }
    }

    /// Places a picture that is there.
    pub fn place(
        &mut self,
        out: &mut Vec<u8>,
        key: &PayloadKey,
        placement: &Placement,
        caps: &Capabilities,
    ) {
        let Some(at) = self.images.iter().position(|image| image.key == *key) else {
            return;
        };
        let image = self.images.remove(at);
        let ids = (image.id, self.next_placement);
        self.images.push(image);
        self.next_placement = self.next_placement.wrapping_add(1).max(1);
        let Placement { area, part, .. } = *placement;
        let mut within = part;
        within.x -= area.x;
        within.y -= area.y;
        let crop = PixelRect::of_cells(within, pixels_of_a_cell(GraphicsKind::Kitty, caps.cell));
        kitty::place(out, ids, crop, part.as_position(), part.as_size());
        self.placements.push((*placement, ids));
    }

    /// Takes a placement away. Not while a transmission is open.
    pub fn unplace(&mut self, out: &mut Vec<u8>, placement: &Placement) {
        self.placements.retain(|(placed, ids)| {
            let gone = placed == placement;
            if gone {
                kitty::delete_placement(out, *ids);
            }
            !gone
        });
    }

    /// Takes everything of ours away. Ids are not used again.
    pub fn clear(&mut self, out: &mut Vec<u8>) {
        self.abort(out);
        self.placements.clear();
        for image in self.images.drain(..) {
            kitty::delete_image(out, image.id);
        }
    }
}

/// What the terminal needs for the decoded picture: RGBA.
fn bytes_of(key: &PayloadKey, caps: &Capabilities) -> u64 {
    let cell = pixels_of_a_cell(GraphicsKind::Kitty, caps.cell);
    let px = PixelSize::new(
        u32::from(key.area.width) * cell.0,
        u32::from(key.area.height) * cell.1,
    );
    4 * u64::from(px.width) * u64::from(px.height)
}
