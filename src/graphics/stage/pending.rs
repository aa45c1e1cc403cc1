//! A placement that is still to be brought up, and how far it has come.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::graphics::payload::{Band, Payload, PayloadKey};
use crate::graphics::placement::Placement;
use crate::graphics::plan::Surface;

#[derive(Debug)]
pub(super) struct Pending {
    pub placement: Placement,
    pub key: PayloadKey,
    pub payload: Option<Arc<Payload>>,
    /// The placeholders to write, once the terminal has the picture.
    pub cells: Option<Vec<Band>>,
    /// Bands that were sent.
    pub sent: usize,
}

impl Pending {
    pub fn new(placement: Placement, key: PayloadKey, payload: Option<Arc<Payload>>) -> Self {
        Self {
            placement,
            key,
            payload,
            cells: None,
            sent: 0,
        }
    }

    pub fn level(&self) -> u8 {
        self.key.rung.level()
    }

    /// All bands, as far as they are known.
    fn bands(&self) -> Option<&[Band]> {
        match (&self.cells, self.payload.as_deref()) {
            (Some(bands), _) | (None, Some(Payload::Bands(bands))) => Some(bands),
            _ => None,
        }
    }

    /// Whether there is something to send.
    pub fn is_made(&self) -> bool {
        self.payload.is_some() || self.cells.is_some()
    }

    /// Whether bands can be written.
    pub fn is_painting(&self) -> bool {
        self.bands().is_some()
    }

    /// The next band and the cells of the screen that it paints.
    pub fn next_band(&self) -> Option<(Rect, &[u8])> {
        let band = self.bands()?.get(self.sent)?;
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
    pub fn rest(&self) -> Vec<Placement> {
        match self.bands() {
            Some(bands) => bands[self.sent.min(bands.len())..]
                .iter()
                .map(|band| Placement {
                    part: self.on_screen(band.area),
                    ..self.placement
                })
                .collect(),
            None => vec![self.placement],
        }
    }

    /// Whether it is still to be brought up as it is: all that is left of it is wanted.
    pub fn holds(&self, surface: Surface, wanted: &[Placement]) -> bool {
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
