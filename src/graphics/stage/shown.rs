//! What stands on the screen: which picture, which part of it, and how good it is there.

use ratatui::layout::{Rect, Size};

use crate::domain::PictureId;
use crate::graphics::cut::{join, minus, minus_all};
use crate::graphics::placement::Placement;
use crate::graphics::plan::{Damage, same_picture};
use crate::graphics::rung::Rung;

/// A piece of a picture on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    pub placement: Placement,
    pub rung: Rung,
    /// The terminal may not have kept it.
    pub doubted: bool,
}

impl Stand {
    /// One that was sent just now.
    pub fn new(placement: Placement, rung: Rung) -> Self {
        Self {
            placement,
            rung,
            doubted: false,
        }
    }

    fn with_parts(self, parts: Vec<Rect>) -> impl Iterator<Item = Self> {
        parts.into_iter().map(move |part| Self {
            placement: Placement {
                part,
                ..self.placement
            },
            ..self
        })
    }
}

/// All pieces; no two share a cell.
#[derive(Debug, Default)]
pub(super) struct Shown(Vec<Stand>);

impl Shown {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn placements(&self) -> Vec<Placement> {
        self.at_least(0)
    }

    /// The pieces that are as good as `level`, or better.
    pub fn at_least(&self, level: u8) -> Vec<Placement> {
        let good = self.0.iter().filter(|stand| stand.rung.level() >= level);
        good.map(|stand| stand.placement).collect()
    }

    /// How good a picture is where it is worst; `None` when nothing of it is there.
    pub fn worst(&self, picture: PictureId, area: Rect) -> Option<Rung> {
        let same = self
            .0
            .iter()
            .filter(|s| s.placement.picture == picture && s.placement.area == area);
        same.map(|stand| stand.rung).min()
    }

    /// Whether anything of it at that size and rung is there.
    pub fn has(&self, picture: PictureId, area: Size, rung: Rung) -> bool {
        self.0.iter().any(|stand| stand.is(picture, area, rung))
    }

    /// Forgets it.
    pub fn lose(&mut self, picture: PictureId, area: Size, rung: Rung) {
        self.0.retain(|stand| !stand.is(picture, area, rung));
    }

    /// The terminal may have lost every piece.
    pub fn doubt(&mut self) {
        for stand in &mut self.0 {
            stand.doubted = true;
        }
    }

    /// The pieces that the terminal may have lost.
    pub fn doubted(&self) -> Vec<Stand> {
        let doubted = self.0.iter().filter(|stand| stand.doubted);
        doubted.copied().collect()
    }

    /// Whether `new` only brings back what may have been lost.
    pub fn is_again(&self, new: &Stand) -> bool {
        self.0.iter().any(|stand| {
            let same = same_picture(&stand.placement, &new.placement) && stand.rung == new.rung;
            let there = stand.placement.part.intersects(new.placement.part);
            stand.doubted && same && there
        })
    }

    /// Keeps what `damage` leaves of painted pictures.
    pub fn survive(&mut self, damage: &Damage) {
        match damage {
            Damage::None => {}
            Damage::Cells(cells) => self.cut(|part| minus_all(part, cells.iter().copied())),
            Damage::All => self.0.clear(),
        }
    }

    /// Takes `gone` out, the way an erasure does.
    pub fn take_out(&mut self, gone: &Placement) {
        self.0 = std::mem::take(&mut self.0)
            .into_iter()
            .flat_map(|stand| {
                let left = if same_picture(&stand.placement, gone) {
                    minus(stand.placement.part, gone.part)
                } else {
                    vec![stand.placement.part]
                };
                stand.with_parts(left)
            })
            .collect();
    }

    /// Adds a placement above the text: it covers the one that stood in just these cells.
    pub fn place(&mut self, new: Stand) {
        self.0.retain(|stand| stand.placement != new.placement);
        self.0.push(new);
    }

    /// Adds what was painted: over whatever stood there, and to the neighbouring pieces that are like it.
    pub fn paint(&mut self, new: Stand) {
        self.cut(|part| minus(part, new.placement.part));
        let alike = |stand: &&Stand| {
            let same = same_picture(&stand.placement, &new.placement);
            same && stand.rung == new.rung && stand.doubted == new.doubted
        };
        let (same, other): (Vec<Stand>, Vec<Stand>) = self.0.iter().partition(alike);
        let parts = same.iter().map(|stand| stand.placement.part);
        let parts = join(parts.chain([new.placement.part]).collect());
        self.0 = other;
        self.0.extend(new.with_parts(parts));
    }

    fn cut(&mut self, left: impl Fn(Rect) -> Vec<Rect>) {
        self.0 = std::mem::take(&mut self.0)
            .into_iter()
            .flat_map(|stand| stand.with_parts(left(stand.placement.part)))
            .collect();
    }
}

impl Stand {
    fn is(&self, picture: PictureId, area: Size, rung: Rung) -> bool {
        let Placement {
            picture: own,
            area: cells,
            ..
        } = self.placement;
        own == picture && cells.as_size() == area && self.rung == rung
    }
}
