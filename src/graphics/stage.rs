//! The conductor: what the terminal shows, what it should show, and the bytes between. It holds no clock and writes
//! nothing; the runtime drives it, frame by frame:
//!
//! 1. [`Stage::want`] with the frame's placements: erasures, to be written before the frame's text;
//! 2. [`Stage::jobs`]: payloads to be made off the loop; each result comes back through [`Stage::ready`];
//! 3. [`Stage::slice`], between frames, until there is no more: the pictures, rung after rung of the ladder;
//! 4. [`Stage::reply`] with what the terminal answers.

mod belief;
mod climb;
mod ledger;
mod pending;
mod shown;
mod slices;

use std::collections::HashSet;
use std::sync::Arc;

use ratatui::style::Color;

use crate::domain::{GraphicsKind, PictureId};

use super::ansi;
use super::cache::Cache;
use super::capabilities::Capabilities;
use super::held::Held;
use super::link::Link;
use super::payload::{EncodeJob, Payload, PayloadKey};
use super::placement::Placement;
use super::plan::{Damage, Step, Surface, plan};
use super::rung::Rung;
use ledger::Ledger;
use pending::Pending;
use shown::Shown;

/// Failed payloads that are remembered beyond those on the screen: others are tried again.
const MOST_FAILED: usize = 512;

/// Pictures on one terminal.
#[derive(Debug)]
pub struct Stage {
    caps: Capabilities,
    link: Link,
    /// Bytes that a picture may have on a line that is far, all its rungs together.
    budget: Option<usize>,
    /// Somebody looks closely.
    close: bool,
    /// Bytes are still on their way.
    busy: bool,
    /// The background of the text.
    ground: Color,
    epoch: u32,
    /// As of the last frame.
    wanted: Vec<Placement>,
    /// What stands on the screen. On a painted surface band by band, so that what was painted before an interruption
    /// is not painted again.
    shown: Shown,
    pending: Vec<Pending>,
    asked: HashSet<PayloadKey>,
    failed: HashSet<PayloadKey>,
    cache: Cache,
    held: Held,
    ledger: Ledger,
}

impl Stage {
    /// An empty stage on a terminal that can do `caps`.
    pub fn new(caps: Capabilities) -> Self {
        Self {
            caps,
            link: Link::default(),
            budget: None,
            close: false,
            busy: false,
            ground: Color::Reset,
            epoch: 0,
            wanted: Vec::new(),
            shown: Shown::default(),
            pending: Vec::new(),
            asked: HashSet::new(),
            failed: HashSet::new(),
            cache: Cache::default(),
            held: Held::default(),
            ledger: Ledger::default(),
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

    /// Takes up the line as it was measured. What was asked for already stays as it is.
    pub fn set_link(&mut self, link: Link) {
        self.link = link;
    }

    /// Takes up how many bytes a picture may have on a line that is far, glance, cells and escapes among them; `None`: as
    /// many as it needs. To be set before the first frame.
    pub fn set_budget(&mut self, bytes: Option<usize>) {
        self.budget = bytes;
    }

    /// Takes up whether somebody looks closely, that is in full view: then a finer picture follows on a slow line, too.
    pub fn set_close(&mut self, close: bool) {
        self.close = close;
    }

    /// Takes up whether bytes that were written have not arrived yet: what is only finer waits for them.
    pub fn set_busy(&mut self, busy: bool) {
        self.busy = busy;
    }

    /// Makes the ids of pictures differ from those of another program with the same terminal; `seed` is the number of
    /// the process, say.
    pub fn set_seed(&mut self, seed: u32) {
        self.held.set_seed(seed);
    }

    fn start_over(&mut self) -> Vec<u8> {
        let bytes = self.clear();
        self.epoch += 1;
        self.asked.clear();
        self.failed.clear();
        self.ledger.clear();
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
            // Placeholders are text, and went as text: the terminal keeps their pictures.
            if surface == Surface::Layered {
                self.held.clear(&mut out, &self.caps);
            }
            self.shown.clear();
            self.pending.clear();
        } else if surface == Surface::Painted {
            self.shown.survive(damage);
        }
        self.pending
            .retain(|pending| pending.holds(surface, placements));
        let present = self.shown.placements();
        for step in plan(surface, &present, placements, &Damage::None) {
            if let Step::Erase(gone) = step {
                self.erase(&mut out, &gone);
            }
        }
        self.wanted = placements.to_vec();
        self.ledger.keep_count_of(placements);
        self.promise_lacking();
        // What kitty holds comes up in the same breath.
        if surface == Surface::Layered && self.held.open().is_none() {
            self.place_held(&mut out);
        }
        let pending = &self.pending;
        self.asked
            .retain(|key| pending.iter().any(|pending| pending.key == *key));
        out
    }

    /// The payloads that are needed and not being made yet, those of lower rungs and of small pictures first.
    /// Each is returned once, unless its placement goes and comes back meanwhile.
    pub fn jobs(&mut self) -> Vec<EncodeJob> {
        self.refine();
        let mut jobs: Vec<EncodeJob> = Vec::new();
        for pending in &self.pending {
            let key = pending.key;
            let known = pending.is_made() || self.held.has(&key);
            if !known && self.asked.insert(key) {
                jobs.push(EncodeJob::new(
                    key,
                    &self.caps,
                    self.backdrop(),
                    self.allowed(&key),
                ));
            }
        }
        jobs.sort_by_key(|job| (job.rung().level(), job.cells().0.area()));
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
        self.ledger.made(&key, payload.len() as u64);
        let payload = Arc::new(payload);
        for pending in self.pending.iter_mut().filter(|p| p.key == key) {
            pending.payload = Some(Arc::clone(&payload));
        }
        self.cache.insert(key, payload);
    }

    /// A job failed: its place stays empty, or keeps what is there, and it is not asked for again on this terminal.
    pub fn failed(&mut self, key: PayloadKey) {
        self.asked.remove(&key);
        self.pending.retain(|pending| pending.key != key);
        if self.failed.len() >= MOST_FAILED {
            let wanted = &self.wanted;
            self.failed
                .retain(|key| wanted.iter().any(|w| w.picture == key.picture));
        }
        self.failed.insert(key);
    }

    /// The bytes that were written of a wanted picture as it is seen, where it is worst: all rungs up to that, with cells
    /// and escapes, since it came to the screen; `None` when nothing of it is there,
    /// or nothing better can come.
    pub fn sent_for(&self, picture: PictureId) -> Option<u64> {
        // A thumbnail of it tells nothing.
        let same = self.wanted.iter().filter(|w| w.picture == picture);
        let area = same.map(|w| w.area).max_by_key(|area| area.area())?;
        let rung = self.shown.worst(picture, area)?;
        let sent = self.ledger.until(picture, area.as_size(), rung);
        (rung != Rung::Exact && sent > 0).then_some(sent)
    }

    /// The largest picture of the last frame, if [`Stage::sent_for`] tells something of it.
    pub fn preview(&self) -> Option<(PictureId, u64)> {
        let largest = self.wanted.iter().max_by_key(|w| w.area.area())?;
        Some((largest.picture, self.sent_for(largest.picture)?))
    }

    /// The bytes that take everything away, for an exit, a suspension, a foreign program on the screen. The stage is
    /// empty then; encoded payloads stay.
    pub fn clear(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.surface() == Surface::Painted {
            for placement in self.shown.placements() {
                ansi::blank(&mut out, placement.part, self.ground);
            }
        }
        self.held.clear(&mut out, &self.caps);
        self.shown.clear();
        self.pending.clear();
        self.wanted.clear();
        // Whoever is at work on these may be stopped before the next frame; and what failed may go well now.
        self.asked.clear();
        self.failed.clear();
        out
    }

    /// Whether a picture is on its way in chunks, between which kitty takes no other command.
    pub fn is_transmitting(&self) -> bool {
        self.held.open().is_some()
    }

    /// The bytes that end a transmission, for a command that cannot wait; its picture starts over.
    pub fn interrupt(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.held.abort(&mut out, &self.caps);
        out
    }

    fn surface(&self) -> Surface {
        match self.caps.kind {
            GraphicsKind::Kitty if !self.caps.placeholders => Surface::Layered,
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
                self.held.abort(out, &self.caps);
                self.held.unplace(out, gone, &self.caps);
            }
            Surface::Painted => ansi::blank(out, gone.part, self.ground),
        }
        self.shown.take_out(gone);
    }
}
