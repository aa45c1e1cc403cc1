//! What pictures cost: the bytes of each rung, as made and as sent.

use ratatui::layout::Size;

use crate::domain::PictureId;
use crate::graphics::payload::PayloadKey;
use crate::graphics::placement::Placement;
use crate::graphics::rung::Rung;

/// Pictures at one size that are remembered: more than a screen of thumbnails has. The others are reckoned anew.
const MOST: usize = 512;
const RUNGS: usize = Rung::Exact as usize + 1;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Those first that were not touched for longest.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    picture: PictureId,
    area: Size,
    /// Bytes of the largest payload that was made, by rung.
    made: [u64; RUNGS],
    /// Bytes that were written since the picture came to the screen, by rung.
    sent: [u64; RUNGS],
}

impl Ledger {
    /// A payload was made.
    pub fn made(&mut self, key: &PayloadKey, bytes: u64) {
        let made = &mut self.entry(key.picture, key.area).made[key.rung as usize];
        *made = bytes.max(*made);
    }

    /// Bytes of a picture were written: of its payload, or around it.
    pub fn sent(&mut self, key: &PayloadKey, bytes: usize) {
        if bytes > 0 {
            self.entry(key.picture, key.area).sent[key.rung as usize] += bytes as u64;
        }
    }

    /// What a rung of a picture weighs, if it was made.
    pub fn weight(&self, picture: PictureId, area: Size, rung: Rung) -> Option<u64> {
        let weight = self.find(picture, area)?.made[rung as usize];
        (weight > 0).then_some(weight)
    }

    /// Bytes that were written of a picture since it came to the screen, up to `rung`.
    pub fn until(&self, picture: PictureId, area: Size, rung: Rung) -> u64 {
        let entry = self.find(picture, area);
        entry.map_or(0, |entry| entry.sent[..=rung as usize].iter().sum())
    }

    /// Pictures that are not `wanted` have left the screen: when they come again, they are counted anew.
    pub fn keep_count_of(&mut self, wanted: &[Placement]) {
        for entry in &mut self.entries {
            let is = |w: &Placement| w.picture == entry.picture && w.area.as_size() == entry.area;
            if !wanted.iter().any(is) {
                entry.sent = [0; RUNGS];
            }
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }

    fn find(&self, picture: PictureId, area: Size) -> Option<&Entry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.picture == picture && entry.area == area)
    }

    fn entry(&mut self, picture: PictureId, area: Size) -> &mut Entry {
        let mut entries = self.entries.iter();
        let at = entries.position(|entry| entry.picture == picture && entry.area == area);
        let entry = at.map_or(
            Entry {
                picture,
                area,
                made: [0; RUNGS],
                sent: [0; RUNGS],
            },
            |at| self.entries.remove(at),
        );
        if self.entries.len() >= MOST {
            self.entries.remove(0);
        }
        self.entries.push(entry);
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::domain::{GenerationId, GraphicsKind};

    fn placement(n: u16) -> Placement {
        let area = Rect::new(0, 0, 4, 2);
        let generation = GenerationId::from_number(1);
        Placement {
            picture: PictureId { generation, n },
            area,
            part: area,
        }
    }

    #[test]
    fn it_remembers_the_last_pictures_and_counts_those_on_the_screen() {
        let mut ledger = Ledger::default();
        let key = |n, rung| PayloadKey::new(&placement(n), GraphicsKind::Kitty, rung, 0);
        let size = Size::new(4, 2);
        for n in 0..1000 {
            ledger.made(&key(n, Rung::Careful), 7);
            ledger.sent(&key(n, Rung::Glance), 2);
            ledger.sent(&key(n, Rung::Careful), 9);
        }
        assert_eq!(ledger.entries.len(), MOST);
        let picture = |n| placement(n).picture;
        assert_eq!(ledger.weight(picture(0), size, Rung::Careful), None);
        assert_eq!(ledger.weight(picture(999), size, Rung::Careful), Some(7));
        assert_eq!(ledger.weight(picture(999), size, Rung::Glance), None);
        ledger.keep_count_of(&[placement(999)]);
        let sent = |n, rung| ledger.until(picture(n), size, rung);
        assert_eq!((sent(999, Rung::Glance), sent(999, Rung::Fine)), (2, 11));
        assert_eq!(sent(998, Rung::Fine), 0);
        assert_eq!(ledger.weight(picture(998), size, Rung::Careful), Some(7));
    }
}
