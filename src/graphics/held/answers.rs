//! Which answers a terminal owes, and how often it said that it does not have a picture.

use std::collections::HashMap;

use crate::graphics::payload::PayloadKey;

/// How often a picture is sent to a terminal that says each time that it does not have it.
const MOST_LOSSES: u8 = 3;
/// Answers that are awaited at once: one that never answers makes no list without end.
const MOST_OWED: usize = 64;
/// Losses that are remembered.
const MOST_LOST: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Ids of pictures that were asked for.
    owed: Vec<u32>,
    /// How often in a row a picture was lost.
    losses: HashMap<PayloadKey, u8>,
}

impl Answers {
    pub fn any(&self) -> bool {
        !self.owed.is_empty()
    }

    pub fn owes(&self, id: u32) -> bool {
        self.owed.contains(&id)
    }

    /// The terminal is asked for a picture.
    pub fn owe(&mut self, id: u32) {
        if self.owed.len() == MOST_OWED {
            self.owed.remove(0);
        }
        self.owed.push(id);
    }

    /// An answer came; false when it was not owed.
    pub fn came(&mut self, id: u32) -> bool {
        let at = self.owed.iter().position(|owed| *owed == id);
        at.map(|at| self.owed.remove(at)).is_some()
    }

    /// The terminal has the picture.
    pub fn kept(&mut self, key: &PayloadKey) {
        self.losses.remove(key);
    }

    /// It does not. Returns whether sending it again is worth it.
    pub fn lost(&mut self, key: PayloadKey) -> bool {
        if self.losses.len() >= MOST_LOST {
            self.losses.clear();
        }
        let losses = self.losses.entry(key).or_default();
        *losses += 1;
        *losses < MOST_LOSSES
    }

    /// Nothing is shown any more; answers may still be on their way.
    pub fn forget_losses(&mut self) {
        self.losses.clear();
    }
}
