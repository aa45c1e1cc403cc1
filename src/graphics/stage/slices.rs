//! What is written between two frames: chunks, bands, placements.

use std::sync::Arc;

use ratatui::layout::Position;

use super::Stage;
use super::pending::Pending;
use super::shown::Stand;
use crate::domain::GraphicsKind;
use crate::graphics::ansi;
use crate::graphics::payload::{Payload, PayloadKey};
use crate::graphics::placement::Placement;
use crate::graphics::rung::Rung;

impl Stage {
    /// The next bytes of pictures, to be written after a frame's text: whole chunks and bands, ending with the first
    /// that reaches `most` bytes. `None` when there is nothing to send now.
    ///
    /// Afterwards the cursor stands at `cursor` and is shown, or is hidden when there is none; the colours are plain.
    pub fn slice(&mut self, most: usize, cursor: Option<Position>) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        let moved = match (self.caps.kind, self.caps.placeholders) {
            (GraphicsKind::Kitty, false) => self.slice_layered(&mut body, most),
            (GraphicsKind::Kitty, true) => self.slice_cells(&mut body, most),
            _ => self.slice_painted(&mut body, most),
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

    /// Brings up what kitty holds. Not while a transmission is open. Returns whether the cursor moved.
    pub(super) fn place_held(&mut self, out: &mut Vec<u8>) -> bool {
        let mut placed: Vec<(Placement, u8)> = Vec::new();
        for Pending { placement, key, .. } in &self.pending {
            // A worse one than what came up just now, or stands there, is late.
            let good = self.shown.at_least(key.rung.level() + 1);
            if self.held.has(key) && !good.contains(placement) {
                let from = out.len();
                self.held.place(out, key, placement, &self.caps);
                self.ledger.sent(key, out.len() - from);
                let (placement, rung) = (*placement, key.rung);
                self.shown.place(Stand::new(placement, rung));
                placed.push((placement, rung.level()));
            }
        }
        self.pending.retain(|pending| {
            let done = |(placement, level): &(Placement, u8)| {
                *placement == pending.placement && *level >= pending.level()
            };
            !placed.iter().any(done)
        });
        !placed.is_empty()
    }

    /// Chunks and placements. Returns whether the cursor moved.
    fn slice_layered(&mut self, out: &mut Vec<u8>, most: usize) -> bool {
        let mut moved = false;
        self.abandon(out);
        while out.len() < most {
            if self.next_chunk(out) {
                continue;
            }
            moved |= self.catch_up(out);
            // What is there goes first: making room for more frees pictures that are not placed.
            moved |= self.place_held(out);
            if !self.start_next(out) {
                break;
            }
        }
        moved
    }

    /// Chunks, and placeholders between them: those are text. Returns whether the cursor moved.
    fn slice_cells(&mut self, out: &mut Vec<u8>, most: usize) -> bool {
        let mut moved = false;
        self.abandon(out);
        while out.len() < most {
            let open = self.held.open().is_some();
            if !open {
                self.catch_up(out);
                self.write_cells(out);
            }
            if self.paint_next(out) {
                moved = true;
            } else if !self.next_chunk(out) && !self.start_next(out) {
                // What was painted just now may have done with worse ones.
                self.catch_up(out);
                break;
            }
        }
        moved
    }

    /// Sends a chunk of what is on its way. Returns whether there was one.
    fn next_chunk(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(key) = self.held.open() else {
            return false;
        };
        let from = out.len();
        self.held.next_chunk(out, &self.caps);
        self.ledger.sent(&key, out.len() - from);
        true
    }

    /// Bands. Returns whether the cursor moved.
    fn slice_painted(&mut self, out: &mut Vec<u8>, most: usize) -> bool {
        while out.len() < most && self.paint_next(out) {}
        !out.is_empty()
    }

    /// Ends a transmission that nobody waits for any more: it is not worth its line.
    fn abandon(&mut self, out: &mut Vec<u8>) {
        if self.held.open().is_some_and(|open| !self.needs(&open)) {
            self.held.abort(out, &self.caps);
        }
    }

    fn catch_up(&mut self, out: &mut Vec<u8>) -> bool {
        let shown = &self.shown;
        self.held.catch_up(out, &self.caps, |key| {
            shown.has(key.picture, key.area, key.rung)
        })
    }

    /// Which of those that can be sent is next. A better rung waits until all worse ones are there, and a large picture
    /// for the small ones, which do not hold it up.
    fn next(&self, can: impl Fn(&Pending) -> bool) -> Option<usize> {
        let lowest = self.pending.iter().map(Pending::level).min()?;
        let all = self.pending.iter().enumerate();
        let ready = all.filter(|(_, p)| p.level() == lowest && can(p));
        let next = ready.min_by_key(|(_, pending)| pending.placement.area.area());
        next.map(|(at, _)| at)
    }

    /// Begins the next transmission, if there is one to begin.
    fn start_next(&mut self, out: &mut Vec<u8>) -> bool {
        let next = self.next(|p| p.payload.is_some() && !self.held.has(&p.key));
        let next = next.and_then(|at| {
            let pending = &self.pending[at];
            match pending.payload.as_deref() {
                Some(Payload::Image(base64)) => Some((pending.key, Arc::clone(base64))),
                _ => None,
            }
        });
        let Some((key, base64)) = next else {
            return false;
        };
        let (pending, shown) = (&self.pending, &self.shown);
        self.held.start(out, key, &base64, &self.caps, |key| {
            shown.has(key.picture, key.area, key.rung) || pending.iter().any(|p| p.key == *key)
        });
        true
    }

    /// Turns what the terminal holds into the placeholders that are to be written.
    fn write_cells(&mut self, out: &mut Vec<u8>) {
        for pending in &mut self.pending {
            if pending.cells.is_none() && self.held.has(&pending.key) {
                let from = out.len();
                let (key, placement) = (pending.key, pending.placement);
                let cells = self
                    .held
                    .cells(out, &key, &placement, &self.caps, self.ground);
                self.ledger.sent(&key, out.len() - from);
                pending.cells = Some(cells);
            }
        }
    }

    /// Paints the next band. Returns whether there was one.
    fn paint_next(&mut self, out: &mut Vec<u8>) -> bool {
        loop {
            let Some(at) = self.next(Pending::is_painting) else {
                return false;
            };
            let pending = &mut self.pending[at];
            let Some((area, bytes)) = pending.next_band() else {
                let done = self.pending.remove(at);
                self.outgrow(&done.key);
                continue;
            };
            let from = out.len();
            ansi::go(out, area.as_position());
            out.extend_from_slice(bytes);
            let placement = Placement {
                part: area,
                ..pending.placement
            };
            let key = pending.key;
            pending.sent += 1;
            let stand = Stand::new(placement, key.rung);
            if !self.shown.is_again(&stand) {
                self.ledger.sent(&key, out.len() - from);
            }
            self.shown.paint(stand);
            return true;
        }
    }

    /// What is shown in placeholders needs no worse pictures of the same any more.
    fn outgrow(&mut self, key: &PayloadKey) {
        let worse = [Rung::Glance, Rung::Quick, Rung::Careful];
        let seen = worse
            .into_iter()
            .filter(|rung| rung.level() < key.rung.level())
            .any(|rung| self.shown.has(key.picture, key.area, rung));
        if !seen && !self.needs(key) {
            self.held.outgrow(key);
        }
    }
}
