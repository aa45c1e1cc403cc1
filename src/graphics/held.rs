//! What a kitty terminal holds of ours: pictures that were transmitted, the one on its way, and placements of them.
//!
//! What it says of itself is believed, what we remember is not: a picture that was shown before is placed again with a
//! question, and [`Held::answer`] forgets it when the terminal has.

mod answers;
mod ids;
mod measure;

use std::sync::Arc;

use ratatui::layout::Size;
use ratatui::style::Color;

use crate::domain::{PictureId, PixelSize};

use super::capabilities::Capabilities;
use super::kitty::{self, Answer, CHUNK};
use super::payload::{Band, PayloadKey};
use super::placeholder;
use super::placement::Placement;
use super::route::Route;
use super::rung::Rung;
use answers::Answers;
use ids::Ids;
use measure::{bytes_of, crop, size_of, within};

/// Bytes of decoded pixels that the terminal is asked to hold; kitty's own limit is 320 MB for all programs.
const MOST_BYTES: u64 = 128 << 20;
/// Pictures that it is asked to hold: placeholders in 256 colours have 255 ids.
const MOST_IMAGES: usize = 200;

#[derive(Debug, Default)]
pub(super) struct Held {
    /// Whole pictures, those first that were not shown for longest.
    images: Vec<Image>,
    /// The transmission of which chunks are missing. Until its end, no other command may be sent.
    open: Option<Open>,
    /// Where the terminal keeps pictures above the text.
    placements: Vec<Placed>,
    ids: Ids,
    last_placement: u32,
    answers: Answers,
    /// Pictures that go as soon as a command may be sent.
    doomed: Vec<u32>,
    /// What is on the screen is to be asked for.
    doubted: bool,
}

/// A picture that the terminal does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost {
    pub key: PayloadKey,
    /// It is worth sending again; a terminal that never keeps it gets it no more.
    pub again: bool,
}

#[derive(Debug)]
struct Image {
    key: PayloadKey,
    id: u32,
    /// As transmitted.
    px: PixelSize,
    /// Of decoded pixels.
    bytes: u64,
    /// It came just now and was not placed yet: nothing can have happened to it.
    fresh: bool,
}

#[derive(Debug)]
struct Open {
    key: PayloadKey,
    id: u32,
    base64: Arc<str>,
    /// Bytes of `base64` that were sent.
    sent: usize,
    /// The terminal may have become another one since its first chunk.
    doubted: bool,
}

#[derive(Debug)]
struct Placed {
    placement: Placement,
    /// Of the picture, of the placement.
    ids: (u32, u32),
}

impl Held {
    /// Other programs with the same terminal have another seed.
    pub fn set_seed(&mut self, seed: u32) {
        self.ids.seed = seed;
    }

    /// Whether the whole picture is there, as far as is known.
    pub fn has(&self, key: &PayloadKey) -> bool {
        self.images.iter().any(|image| image.key == *key)
    }

    /// The best rung of a picture at a size that is there.
    pub fn best(&self, picture: PictureId, area: Size) -> Option<Rung> {
        let same = |key: &PayloadKey| key.picture == picture && key.area == area;
        let keys = self.images.iter().map(|image| image.key);
        keys.filter(same).map(|key| key.rung).max()
    }

    /// The picture on its way.
    pub fn open(&self) -> Option<PayloadKey> {
        self.open.as_ref().map(|open| open.key)
    }

    /// Whether the terminal owes an answer.
    pub fn owes(&self) -> bool {
        self.answers.any()
    }

    /// Begins to transmit; makes room first, but for those that are `needed`.
    pub fn start(
        &mut self,
        out: &mut Vec<u8>,
        key: PayloadKey,
        base64: &Arc<str>,
        caps: &Capabilities,
        needed: impl Fn(&PayloadKey) -> bool,
    ) {
        self.make_room(out, bytes_of(base64, &key, caps), caps, needed);
        let (images, answers) = (&self.images, &self.answers);
        let id = self.ids.next(caps, |id| {
            images.iter().any(|image| image.id == id) || answers.owes(id)
        });
        self.open = Some(Open {
            key,
            id,
            base64: Arc::clone(base64),
            sent: 0,
            doubted: false,
        });
    }

    fn make_room(
        &mut self,
        out: &mut Vec<u8>,
        bytes: u64,
        caps: &Capabilities,
        needed: impl Fn(&PayloadKey) -> bool,
    ) {
        let full = |images: &[Image]| {
            let held: u64 = images.iter().map(|image| image.bytes).sum();
            held + bytes > MOST_BYTES || images.len() >= MOST_IMAGES
        };
        if !full(&self.images) {
            return;
        }
        let mut at = 0;
        while let Some(image) = self.images.get(at) {
            if needed(&image.key) {
                at += 1;
                continue;
            }
            kitty::delete_image(out, caps.route, image.id);
            self.images.remove(at);
            // A virtual placement counts as one, so that the terminal frees no more than it is told to. Pictures without
            // any go all together: kitty frees them with the first.
            if caps.placeholders && !full(&self.images) {
                return;
            }
        }
    }

    /// Sends one chunk of the open transmission.
    pub fn next_chunk(&mut self, out: &mut Vec<u8>, caps: &Capabilities) {
        let Some(open) = &mut self.open else { return };
        kitty::transmit(out, caps.route, open.id, open.base64.as_bytes(), open.sent);
        open.sent += CHUNK;
        if open.sent < open.base64.len() {
            return;
        }
        let (key, id) = (open.key, open.id);
        let image = Image {
            key,
            id,
            px: size_of(&open.base64, &key, caps),
            bytes: bytes_of(&open.base64, &key, caps),
            // A tmux drops what a pane sends that nobody sees.
            fresh: !open.doubted && caps.route == Route::Direct,
        };
        // One that is doubted is asked for when it is shown.
        if caps.placeholders && image.fresh {
            kitty::place_virtual(out, caps.route, id, key.area, Answer::Silent);
        }
        self.images.push(image);
        self.open = None;
    }

    /// Ends the open transmission without its picture.
    pub fn abort(&mut self, out: &mut Vec<u8>, caps: &Capabilities) {
        if let Some(open) = self.open.take()
            && open.sent > 0
        {
            kitty::abort(out, caps.route);
        }
    }

    /// Takes up a picture that is there to show it: its id, and whether the terminal is to be asked for it.
    fn take_up(&mut self, key: &PayloadKey) -> Option<(u32, PixelSize, Answer)> {
        let at = self.images.iter().position(|image| image.key == *key)?;
        let mut image = self.images.remove(at);
        let answer = if image.fresh {
            Answer::Silent
        } else {
            self.answers.owe(image.id);
            Answer::Asked
        };
        image.fresh = false;
        let taken = (image.id, image.px, answer);
        self.images.push(image);
        Some(taken)
    }

    /// Places a picture that is there above the text, over what stood in these cells before.
    pub fn place(
        &mut self,
        out: &mut Vec<u8>,
        key: &PayloadKey,
        placement: &Placement,
        caps: &Capabilities,
    ) {
        let Some((id, px, answer)) = self.take_up(key) else {
            return;
        };
        self.last_placement = self.last_placement.wrapping_add(1).max(1);
        let ids = (id, self.last_placement);
        put(out, ids, px, placement, answer, caps);
        // The worse one goes when the better one covers it.
        self.unplace(out, placement, caps);
        self.placements.push(Placed {
            placement: *placement,
            ids,
        });
    }

    /// Takes a placement away. Not while a transmission is open.
    pub fn unplace(&mut self, out: &mut Vec<u8>, placement: &Placement, caps: &Capabilities) {
        self.placements.retain(|placed| {
            let gone = placed.placement == *placement;
            if gone {
                kitty::delete_placement(out, caps.route, placed.ids);
            }
            !gone
        });
    }

    /// The placeholders that show a part of a picture that is there. Asks for it, where that is due; not while a
    /// transmission is open. `ground` is the background of the text.
    pub fn cells(
        &mut self,
        out: &mut Vec<u8>,
        key: &PayloadKey,
        placement: &Placement,
        caps: &Capabilities,
        ground: Color,
    ) -> Vec<Band> {
        let Some((id, _, answer)) = self.take_up(key) else {
            return Vec::new();
        };
        if answer == Answer::Asked {
            kitty::place_virtual(out, caps.route, id, key.area, answer);
        }
        placeholder::bands(id, within(placement), caps.colors, ground)
    }

    /// What is shown in placeholders needs no worse pictures of the same any more.
    pub fn outgrow(&mut self, key: &PayloadKey) {
        let worse = |other: &PayloadKey| {
            let same = other.picture == key.picture && other.area == key.area;
            same && other.rung.level() < key.rung.level()
        };
        let doomed = &mut self.doomed;
        self.images.retain(|image| {
            let gone = worse(&image.key);
            if gone {
                doomed.push(image.id);
            }
            !gone
        });
    }

    /// The terminal may have become another one: what it holds is to be asked for, at once where it is on the screen.
    pub fn doubt(&mut self) {
        self.doubted = true;
        for image in &mut self.images {
            image.fresh = false;
        }
        if let Some(open) = &mut self.open {
            open.doubted = true;
        }
    }

    /// Sends what had to wait for the end of a transmission. Returns whether the cursor moved.
    pub fn catch_up(
        &mut self,
        out: &mut Vec<u8>,
        caps: &Capabilities,
        shown: impl Fn(&PayloadKey) -> bool,
    ) -> bool {
        for id in self.doomed.drain(..) {
            kitty::delete_image(out, caps.route, id);
        }
        if !std::mem::take(&mut self.doubted) {
            return false;
        }
        if caps.placeholders {
            for image in self.images.iter().filter(|image| shown(&image.key)) {
                let cells = image.key.area;
                kitty::place_virtual(out, caps.route, image.id, cells, Answer::Asked);
                self.answers.owe(image.id);
            }
            return false;
        }
        for Placed { placement, ids } in &self.placements {
            let Some(image) = self.images.iter().find(|image| image.id == ids.0) else {
                continue;
            };
            put(out, *ids, image.px, placement, Answer::Asked, caps);
            self.answers.owe(ids.0);
        }
        !self.placements.is_empty()
    }

    /// Takes what the terminal says of the picture `id`. Gives one that it does not have.
    pub fn answer(&mut self, id: u32, ok: bool) -> Option<Lost> {
        if !self.answers.came(id) {
            return None;
        }
        let at = self.images.iter().position(|image| image.id == id)?;
        let key = self.images[at].key;
        if ok {
            self.answers.kept(&key);
            return None;
        }
        self.placements.retain(|placed| placed.ids.0 != id);
        self.images.remove(at);
        let again = self.answers.lost(key);
        Some(Lost { key, again })
    }

    /// Takes everything of ours away.
    pub fn clear(&mut self, out: &mut Vec<u8>, caps: &Capabilities) {
        self.abort(out, caps);
        self.placements.clear();
        self.answers.forget_losses();
        self.doubted = false;
        let images = self.images.drain(..).map(|image| image.id);
        for id in images.chain(self.doomed.drain(..)) {
            kitty::delete_image(out, caps.route, id);
        }
    }

    /// The bytes that take everything of ours away, whatever is remembered of it.
    pub fn farewell(&self, caps: &Capabilities) -> Vec<u8> {
        kitty::delete_all(caps.route, ids::range(caps, self.ids.seed))
    }
}

fn put(
    out: &mut Vec<u8>,
    ids: (u32, u32),
    px: PixelSize,
    placement: &Placement,
    answer: Answer,
    caps: &Capabilities,
) {
    let part = placement.part;
    let crop = crop(px, placement.area.as_size(), within(placement));
    let at = (part.as_position(), part.as_size());
    kitty::place(out, caps.route, ids, crop, at, answer);
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::domain::{GenerationId, GraphicsKind};
    use crate::graphics::Environment;

    const AREA: Rect = Rect::new(0, 0, 200, 100);

    fn placement(n: u16) -> Placement {
        let generation = GenerationId::from_number(1);
        Placement {
            picture: PictureId { generation, n },
            area: AREA,
            part: AREA,
        }
    }

    /// A terminal that holds eight pictures of 16 MB, the second of them needed, when a ninth is to come.
    fn full(placeholders: bool) -> Vec<u16> {
        let mut caps = Capabilities::parse(&[], &Environment::default());
        (caps.cell.width, caps.cell.height) = (10, 20);
        caps.placeholders = placeholders;
        let mut held = Held::default();
        let mut out = Vec::new();
        let key = |n| PayloadKey::new(&placement(n), GraphicsKind::Kitty, Rung::Exact, 0);
        let needed = |other: &PayloadKey| *other == key(2);
        for n in 1..=9 {
            held.start(&mut out, key(n), &"AAAA".into(), &caps, needed);
            held.next_chunk(&mut out, &caps);
        }
        (1..=9).filter(|n| held.has(&key(*n))).collect()
    }

    #[test]
    fn a_full_terminal_loses_the_oldest_that_nobody_needs() {
        assert_eq!(full(true), [2, 3, 4, 5, 6, 7, 8, 9]);
        // Without virtual placements kitty frees all others with the first.
        assert_eq!(full(false), [2, 9]);
    }
}
