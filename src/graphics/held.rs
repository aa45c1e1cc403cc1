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
    /// Whole pictures.
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

    /// Begins to transmit; makes room first.
    pub fn start(
        &mut self,
        out: &mut Vec<u8>,
        key: PayloadKey,
        base64: &Arc<str>,
        caps: &Capabilities,
    ) {
        let held: u64 = self.images.iter().map(|image| image.bytes).sum();
        if held + bytes_of(&key, caps) > MOST_BYTES {
            self.drop_unplaced(out);
        }
        self.open = Some(Open {
            key,
            id: self.next_id,
            base64: Arc::clone(base64),
            sent: 0,
        });
        self.next_id = self.next_id.wrapping_add(1).max(FIRST_ID);
    }

    /// Frees every picture of which nothing is placed. All of them, since kitty does not free fewer.
    fn drop_unplaced(&mut self, out: &mut Vec<u8>) {
        let placements = &self.placements;
        self.images.retain(|image| {
            let placed = placements.iter().any(|(_, (id, _))| *id == image.id);
            if !placed {
                kitty::delete_image(out, image.id);
            }
            placed
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
            kitty::abort(out);
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
        let Some(image) = self.images.iter().find(|image| image.key == *key) else {
            return;
        };
        let ids = (image.id, self.next_placement);
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

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::domain::{CellSize, GenerationId, PictureId};
    use crate::graphics::Environment;

    #[test]
    fn a_full_terminal_loses_what_is_not_placed() {
        let mut caps = Capabilities::parse(&[], &Environment::default());
        caps.cell = CellSize {
            width: 10,
            height: 20,
        };
        let area = Rect::new(0, 0, 200, 100);
        let mut held = Held::default();
        let mut out = Vec::new();
        let keys: Vec<PayloadKey> = (1..=8)
            .map(|n| {
                let picture = PictureId {
                    generation: GenerationId::from_number(1),
                    n,
                };
                let placement = Placement {
                    picture,
                    area,
                    part: area,
                };
                let key = PayloadKey::new(&placement, GraphicsKind::Kitty, 0);
                held.start(&mut out, key, &"AAAA".into(), &caps);
                held.next_chunk(&mut out, &caps);
                if n == 2 {
                    held.place(&mut out, &key, &placement, &caps);
                }
                key
            })
            .collect();
        // 16 MB each: eight fit, and the ninth does not.
        assert!(keys.iter().all(|key| held.has(key)));
        let ninth = PayloadKey {
            area: area.as_size(),
            epoch: 1,
            ..keys[0]
        };
        held.start(&mut out, ninth, &"AAAA".into(), &caps);
        let there: Vec<bool> = keys.iter().map(|key| held.has(key)).collect();
        assert_eq!(there.iter().filter(|there| **there).count(), 1);
        assert!(there[1], "the one that is placed stays");
    }
}
