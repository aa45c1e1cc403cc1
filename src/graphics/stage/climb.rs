//! Which rungs are brought up where: the ladder, held against what is shown and what is on its way.

use ratatui::layout::Rect;

use super::Stage;
use super::pending::Pending;
use super::shown::Stand;
use crate::domain::{GraphicsKind, PictureId};
use crate::graphics::ladder::{Allowed, Ladder};
use crate::graphics::payload::{Payload, PayloadKey, glance_bytes};
use crate::graphics::placement::Placement;
use crate::graphics::plan::{Damage, Step, plan};
use crate::graphics::rung::Rung;

impl Stage {
    /// Promises what the last frame wants and nothing brings up yet, rung by rung.
    pub(super) fn promise_lacking(&mut self) {
        self.promise_doubted();
        for (picture, area) in self.pictures() {
            for rung in self.rungs(picture, area) {
                self.promise_at(picture, area, rung);
            }
        }
    }

    /// Promises what may not have been kept, in the rung in which it stands: a worse one first would hide what may well
    /// be there.
    fn promise_doubted(&mut self) {
        for Stand {
            placement, rung, ..
        } in self.shown.doubted()
        {
            let promised = self.pending.iter().filter(|p| p.key.rung == rung);
            let promised: Vec<Placement> = promised.flat_map(Pending::rest).collect();
            for step in plan(self.surface(), &promised, &[placement], &Damage::None) {
                if let Step::Show(placement) = step {
                    self.promise(placement, rung);
                }
            }
        }
    }

    /// When there is nothing else to do, finer pictures over those that are there, where the line can afford them.
    pub(super) fn refine(&mut self) {
        if self.busy || !self.pending.is_empty() || self.held.open().is_some() {
            return;
        }
        for (picture, area) in self.pictures() {
            let Some(rung @ (Rung::Quick | Rung::Careful)) = self.shown.worst(picture, area) else {
                continue;
            };
            let size = area.as_size();
            let sent = self.ledger.until(picture, size, Rung::Exact);
            let weight = self.ledger.weight(picture, size, rung);
            let finer = |weight| self.ladder().finer(size, (weight, sent), self.close);
            if weight.is_some_and(finer) {
                self.promise_at(picture, area, Rung::Fine);
            }
        }
    }

    pub(super) fn ladder(&self) -> Ladder<'_> {
        Ladder {
            caps: &self.caps,
            link: self.link,
            budget: self.budget,
        }
    }

    /// What a payload may have: what the other rungs leave of the budget.
    pub(super) fn allowed(&self, key: &PayloadKey) -> Allowed {
        let &PayloadKey {
            picture,
            area,
            rung,
            ..
        } = key;
        let mut pending = self.pending.iter().map(|pending| pending.key);
        let before = match rung {
            Rung::Glance => 0,
            Rung::Quick | Rung::Careful => {
                let to_come = pending.any(|other| {
                    (other.picture, other.area, other.rung) == (picture, area, Rung::Glance)
                });
                let glance = to_come.then(|| glance_bytes(&self.caps, area, self.budget));
                let sent = self.ledger.until(picture, area, Rung::Glance);
                glance.unwrap_or(0).max(sent as usize)
            }
            Rung::Fine | Rung::Exact => self.ledger.until(picture, area, rung) as usize,
        };
        self.ladder().allowed(before)
    }

    /// Each picture of the last frame, however it is cut.
    fn pictures(&self) -> Vec<(PictureId, Rect)> {
        let mut pictures: Vec<(PictureId, Rect)> = Vec::new();
        for placement in &self.wanted {
            let picture = (placement.picture, placement.area);
            if !pictures.contains(&picture) {
                pictures.push(picture);
            }
        }
        pictures
    }

    /// What is brought up of a picture, in this order. What was made or sent before is not made again in another rung
    /// that looks the same.
    fn rungs(&self, picture: PictureId, area: Rect) -> Vec<Rung> {
        let ladder = self.ladder().rungs(area.as_size());
        let held = self.held.best(picture, area.as_size());
        let made = |rung| {
            let weight = self.ledger.weight(picture, area.as_size(), rung);
            weight.is_some()
        };
        let better = |a: Rung, b: Rung| a.level() >= b.level();
        // Where all but what a popup uncovered is seen in full, the rest is mended, if that is short.
        let mended = self.shown.worst(picture, area) > Some(Rung::Glance)
            && self
                .ladder()
                .is_short(area.as_size(), self.hole(picture, area));
        let mut rungs = Vec::new();
        for &rung in ladder {
            match (rung, held) {
                (Rung::Glance, _) if mended => {}
                (Rung::Glance, Some(held)) if held > Rung::Glance => {}
                (Rung::Glance, _) => rungs.push(rung),
                (_, Some(held)) if better(held, rung) => rungs.push(held),
                (Rung::Quick, _) if made(Rung::Careful) => rungs.push(Rung::Careful),
                (Rung::Careful, _) if made(Rung::Quick) => rungs.push(Rung::Quick),
                _ => rungs.push(rung),
            }
        }
        rungs
    }

    /// How many wanted cells of a picture show nothing of it.
    fn hole(&self, picture: PictureId, area: Rect) -> u32 {
        let cells = |placements: &[Placement]| -> u32 {
            let of_it = placements
                .iter()
                .filter(|p| p.picture == picture && p.area == area);
            of_it.map(|p| p.part.area()).sum()
        };
        cells(&self.wanted).saturating_sub(cells(&self.shown.placements()))
    }

    /// Promises `rung` for the wanted cells of a picture that neither have nor are promised one as good.
    fn promise_at(&mut self, picture: PictureId, area: Rect, rung: Rung) {
        let level = rung.level();
        let of_it = |p: &Placement| p.picture == picture && p.area == area;
        let wanted: Vec<Placement> = self.wanted.iter().copied().filter(of_it).collect();
        let promised = self.pending.iter().filter(|p| p.level() >= level);
        let mut present = self.shown.at_least(level);
        present.extend(promised.flat_map(Pending::rest));
        for step in plan(self.surface(), &present, &wanted, &Damage::None) {
            if let Step::Show(placement) = step {
                self.promise(placement, rung);
            }
        }
    }

    fn promise(&mut self, placement: Placement, rung: Rung) {
        let key = PayloadKey::new(&placement, self.caps.kind, rung, self.epoch);
        if self.failed.contains(&key) {
            return;
        }
        let pending = match self.cache.get(&key) {
            Some(payload) => Pending::new(placement, key, Some(payload)),
            None => match self.bands_of_whole(&placement, key) {
                Some(pending) => pending,
                None => Pending::new(placement, key, None),
            },
        };
        self.pending.push(pending);
    }

    /// The bands of the whole picture that paint `placement`, if they were made and may all be painted: what a popup
    /// uncovers looks as before, and at once.
    fn bands_of_whole(&mut self, placement: &Placement, key: PayloadKey) -> Option<Pending> {
        if self.caps.kind == GraphicsKind::Kitty {
            return None;
        }
        let key = key.whole();
        let payload = self.cache.get(&key)?;
        let Payload::Bands(bands) = payload.as_ref() else {
            return None;
        };
        let Placement { area, part, .. } = *placement;
        let on_screen = |of: Rect| Rect::new(area.x + of.x, area.y + of.y, of.width, of.height);
        let needed = bands
            .iter()
            .filter(|band| on_screen(band.area).intersects(part));
        let bands: Vec<_> = needed.cloned().collect();
        let whole = Placement {
            part: area,
            ..*placement
        };
        let pending = Pending {
            cells: Some(bands),
            ..Pending::new(whole, key, None)
        };
        pending
            .holds(self.surface(), &self.wanted)
            .then_some(pending)
    }
}
