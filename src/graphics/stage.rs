//! The conductor: what the terminal shows, what it should show, and the bytes between. It holds no clock and writes
//! nothing; the runtime drives it, frame by frame:
//!
//! 1. [`Stage::want`] with the frame's placements: erasures, to be written before the frame's text;
//! 2. [`Stage::jobs`]: payloads to be made off the loop; each result comes back through [`Stage::ready`];
//! 3. [`Stage::slice`], between frames, until there is no more: the pictures.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

use crate::domain::GraphicsKind;

use super::ansi;
use super::cache::Cache;
use super::capabilities::Capabilities;
use super::held::Held;
use super::payload::{EncodeJob, Payload, PayloadKey};
use super::placement::Placement;
use super::plan::{Damage, Step, Surface, plan, put_in, survivors, take_out};

/// Pictures on one terminal.
#[derive(Debug)]
pub struct Stage {
    caps: Capabilities,
    /// The background of the text.
    ground: Color,
    epoch: u32,
    /// As of the last frame.
    wanted: Vec<Placement>,
    /// What stands on the screen. On a painted surface band by band, so that what was painted before an interruption
    /// is not painted again.
    shown: Vec<Placement>,
    pending: VecDeque<Pending>,
    asked: HashSet<PayloadKey>,
    failed: HashSet<PayloadKey>,
    cache: Cache,
    held: Held,
}

/// A placement that is still to be brought up.
#[derive(Debug)]
struct Pending {
    placement: Placement,
    key: PayloadKey,
    payload: Option<Arc<Payload>>,
    /// Bands that were sent.
    sent: usize,
}

impl Stage {
    /// An empty stage on a terminal that can do `caps`.
    pub fn new(caps: Capabilities) -> Self {
        Self {
            caps,
            ground: Color::Reset,
            epoch: 0,
            wanted: Vec::new(),
            shown: Vec::new(),
            pending: VecDeque::new(),
            asked: HashSet::new(),
            failed: HashSet::new(),
            cache: Cache::default(),
            held: Held::default(),
        }
    }

    /// What the terminal can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.caps
    }

    /// Takes up other capabilities: the probe's answers, a changed cell. Returns the bytes that take away what was
    /// shown the old way; the next [`Stage::want`] brings it up the new way. Nothing happens when they are the same.
    pub fn set_capabilities(&mut self, caps: Capabilities) -> Vec<u8> {
        if caps.draws_as(&self.caps) {
            self.caps = caps;
            return Vec::new();
        }
        let bytes = self.start_over();
        self.caps = caps;
        bytes
    }

    /// Takes up the background that the text has where nothing stands: for erased cells, and behind transparent
    /// pictures. At first it is the terminal's own. Returns bytes like [`Stage::set_capabilities`].
    pub fn set_ground(&mut self, ground: Color) -> Vec<u8> {
        if ground == self.ground {
            return Vec::new();
        }
        let bytes = self.start_over();
        self.ground = ground;
        bytes
    }

    fn start_over(&mut self) -> Vec<u8> {
        let bytes = self.clear();
        self.epoch += 1;
        self.asked.clear();
        self.failed.clear();
        self.cache = Cache::default();
        bytes
    }

    /// Takes the placements of a new frame. Returns the bytes to write before the frame's text: the erasures of what
    /// is no longer wanted. The cursor may be anywhere after them, the colours are plain.
    ///
    /// `damage` is what the frame's text, or anything else since the last frame, writes over: cells of pictures that
    /// stay are painted again, and those of pictures that go are left to the text. The text wipes the cells under
    /// every picture, so that nothing shines through when kitty takes one away.
    ///
    /// The parts of `placements` do not overlap, and none reaches the last row of the screen: a sixel there scrolls
    /// it (seen in xterm, foot and mlterm, whatever the modes).
    pub fn want(&mut self, placements: &[Placement], damage: &Damage) -> Vec<u8> {
        let mut out = Vec::new();
        if self.caps.kind == GraphicsKind::Off
            || (placements == self.wanted && *damage == Damage::None)
        {
            return out;
        }
        let surface = self.surface();
        if *damage == Damage::All {
            self.held.clear(&mut out);
            self.shown.clear();
            self.pending.clear();
        } else if surface == Surface::Painted {
            self.shown = survivors(&self.shown, damage);
        }
        self.pending
            .retain(|pending| pending.holds(surface, placements));
        let promised = self.pending.iter().flat_map(Pending::rest);
        let present: Vec<Placement> = self.shown.iter().copied().chain(promised).collect();
        for step in plan(surface, &present, placements, &Damage::None) {
            match step {
                Step::Erase(gone) => self.erase(&mut out, &gone),
                Step::Show(placement) => self.promise(placement),
            }
        }
        // What kitty holds comes up in the same breath.
        if self.held.open().is_none() {
            self.place_held(&mut out);
        }
        let pending = &self.pending;
        self.asked
            .retain(|key| pending.iter().any(|pending| pending.key == *key));
        self.wanted = placements.to_vec();
        out
    }

    /// The payloads that are needed and not being made yet. Each is returned once, unless its placement goes and comes
    /// back meanwhile.
    pub fn jobs(&mut self) -> Vec<EncodeJob> {
        let mut jobs = Vec::new();
        for pending in &self.pending {
            let key = pending.key;
            let known = pending.payload.is_some() || self.held.has(&key);
            if !known && !self.failed.contains(&key) && self.asked.insert(key) {
                jobs.push(EncodeJob::new(key, &self.caps, self.backdrop()));
            }
        }
        jobs
    }

    /// Whether the result of a job would be shown now; if not, it need not be run.
    pub fn needs(&self, key: &PayloadKey) -> bool {
        self.pending.iter().any(|pending| pending.key == *key)
    }

    /// Takes the result of a job. One for a terminal that was known otherwise then is dropped.
    pub fn ready(&mut self, key: PayloadKey, payload: Payload) {
        if key.epoch != self.epoch {
            return;
        }
        self.asked.remove(&key);
        let payload = Arc::new(payload);
        for pending in self.pending.iter_mut().filter(|p| p.key == key) {
            pending.payload = Some(Arc::clone(&payload));
        }
        self.cache.insert(key, payload);
    }

    /// A job failed: its place stays empty, and it is not asked for again on this terminal.
    pub fn failed(&mut self, key: PayloadKey) {
        self.asked.remove(&key);
        self.failed.insert(key);
    }

    /// The next bytes of pictures, to be written after a frame's text: whole chunks and bands, ending with the first
    /// that reaches `most` bytes. `None` when there is nothing to send now.
    ///
    /// Afterwards the cursor stands at `cursor` and is shown, or is hidden when there is none; the colours are plain.
    pub fn slice(&mut self, most: usize, cursor: Option<Position>) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        let moved = match self.surface() {
            Surface::Layered => self.slice_layered(&mut body, most),
            Surface::Painted => self.slice_painted(&mut body, most),
        };
        if body.is_empty() {
            return None;
        }
        if !moved {
            return Some(body);
        }
        let mut out = ansi::HIDE_CURSOR.to_vec();
        out.append(&mut body);
        if let Some(cursor) = cursor {
            ansi::go(&mut out, cursor);
            out.extend_from_slice(ansi::SHOW_CURSOR);
        }
        Some(out)
    }

    /// The bytes that take everything away, for an exit, a suspension, a foreign program on the screen. The stage is
    /// empty then; encoded payloads stay.
    pub fn clear(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        match self.surface() {
            Surface::Layered => self.held.clear(&mut out),
            Surface::Painted => {
                for placement in &self.shown {
                    ansi::blank(&mut out, placement.part, self.ground);
                }
            }
        }
        self.shown.clear();
        self.pending.clear();
        self.wanted.clear();
        out
    }

    /// Whether a picture is on its way in chunks, between which kitty takes no other command.
    pub fn is_transmitting(&self) -> bool {
        self.held.open().is_some()
    }

    /// The bytes that end a transmission, for a command that cannot wait; its picture starts over.
    pub fn interrupt(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.held.abort(&mut out);
        out
    }

    fn surface(&self) -> Surface {
        match self.caps.kind {
            GraphicsKind::Kitty => Surface::Layered,
            _ => Surface::Painted,
        }
    }

    fn backdrop(&self) -> [u8; 3] {
        match self.ground {
            Color::Rgb(r, g, b) => [r, g, b],
            _ => self.caps.backdrop(),
        }
    }

    fn erase(&mut self, out: &mut Vec<u8>, gone: &Placement) {
        match self.surface() {
            Surface::Layered => {
                // No other command may stand between the chunks of a picture; it starts over if it is still wanted.
                self.held.abort(out);
                self.held.unplace(out, gone);
            }
            Surface::Painted => ansi::blank(out, gone.part, self.ground),
        }
        take_out(&mut self.shown, gone);
    }

    fn promise(&mut self, placement: Placement) {
        let key = PayloadKey::new(&placement, self.caps.kind, self.epoch);
        self.pending.push_back(Pending {
            placement,
            key,
            payload: self.cache.get(&key),
            sent: 0,
        });
    }

    /// Brings up what kitty holds. Not while a transmission is open. Returns whether the cursor moved.
    fn place_held(&mut self, out: &mut Vec<u8>) -> bool {
        let (held, shown, caps) = (&mut self.held, &mut self.shown, &self.caps);
        let before = shown.len();
        self.pending.retain(|pending| {
            let there = held.has(&pending.key);
            if there {
                held.place(out, &pending.key, &pending.placement, caps);
                shown.push(pending.placement);
            }
            !there
        });
        self.shown.len() > before
    }

    /// Chunks and placements. Returns whether the cursor moved.
    fn slice_layered(&mut self, out: &mut Vec<u8>, most: usize) -> bool {
        let mut moved = false;
        // A transmission that nobody waits for any more is not worth its line.
        if self.held.open().is_some_and(|open| !self.needs(&open)) {
            self.held.abort(out);
        }
        while out.len() < most {
            if self.held.open().is_some() {
                self.held.next_chunk(out, &self.caps);
                continue;
            }
            // What is there goes first: making room for more frees pictures that are not placed.
            moved |= self.place_held(out);
            let next = self
                .pending
                .iter()
                .find_map(|p| match p.payload.as_deref() {
                    Some(Payload::Image(base64)) => Some((p.key, base64)),
                    _ => None,
                });
            let Some((key, base64)) = next else { break };
            self.held.start(out, key, base64, &self.caps);
        }
        moved
    }

    /// Bands. Returns whether the cursor moved.
    fn slice_painted(&mut self, out: &mut Vec<u8>, most: usize) -> bool {
        while out.len() < most {
            let next = self.pending.iter().position(|p| p.payload.is_some());
            let Some(at) = next else { break };
            let pending = &mut self.pending[at];
            let Some((area, bytes)) = pending.next_band() else {
                self.pending.remove(at);
                continue;
            };
            ansi::go(out, area.as_position());
            out.extend_from_slice(bytes);
            let painted = Placement {
                part: area,
                ..pending.placement
            };
            put_in(&mut self.shown, painted);
            pending.sent += 1;
        }
        !out.is_empty()
    }
}

impl Pending {
    /// The next band and the cells of the screen that it paints.
    fn next_band(&self) -> Option<(Rect, &[u8])> {
        let Some(Payload::Bands(bands)) = self.payload.as_deref() else {
            return None;
        };
        let band = bands.get(self.sent)?;
        Some((self.on_screen(band.area), &band.bytes))
    }

    fn on_screen(&self, area: Rect) -> Rect {
        let part = self.placement.part;
        Rect {
            x: part.x + area.x,
            y: part.y + area.y,
            ..area
        }
    }

    /// What of the placement is not on the screen yet.
    fn rest(&self) -> Vec<Placement> {
        match self.payload.as_deref() {
            Some(Payload::Bands(bands)) => bands[self.sent.min(bands.len())..]
                .iter()
                .map(|band| Placement {
                    part: self.on_screen(band.area),
                    ..self.placement
                })
                .collect(),
            _ => vec![self.placement],
        }
    }

    /// Whether it is still to be brought up as it is: all that is left of it is wanted.
    fn holds(&self, surface: Surface, wanted: &[Placement]) -> bool {
        if surface == Surface::Layered {
            return wanted.contains(&self.placement);
        }
        self.rest().iter().all(|rest| {
            wanted.iter().any(|w| {
                w.picture == rest.picture
                    && w.area == rest.area
                    && w.part.intersection(rest.part) == rest.part
            })
        })
    }
}
