//! Numbers for pictures in a terminal that other programs use, too.

use crate::domain::ColorDepth;
use crate::graphics::capabilities::Capabilities;

/// "p" in the first byte: out of the way of the small ids that other programs choose.
const LAYERED: u32 = 0x7000_0000;

/// Gives out ids. Those of two programs differ when their seeds do.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub seed: u32,
    given: u32,
}

impl Ids {
    /// An id that is not `taken`. Where pictures lie in layers a later one has a higher id as long as there are any, and
    /// so lies on top (kitty's rule for equal z).
    pub fn next(&mut self, caps: &Capabilities, taken: impl Fn(u32) -> bool) -> u32 {
        let (first, last) = range(caps, self.seed);
        let many = last - first + 1;
        // There are always more of them than pictures.
        for _ in 0..many {
            let id = first + self.given % many;
            self.given = self.given.wrapping_add(1);
            if !taken(id) {
                return id;
            }
        }
        last
    }
}

/// The ids of a program: first and last.
pub(super) fn range(caps: &Capabilities, seed: u32) -> (u32, u32) {
    let (first, many) = match (caps.placeholders, caps.colors) {
        (false, _) => (LAYERED | (seed & 0xffff) << 12, 1 << 12),
        // A placeholder's colour is its id: 24 bits ...
        (true, ColorDepth::True) => ((seed % 0x7ff + 1) << 13, 1 << 13),
        // ... or one of 256, and a diacritic for the highest byte.
        (true, _) => ((seed & 0xff) << 24 | 1, 255),
    };
    (first, first + many - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::Environment;

    #[test]
    fn ids_are_new_and_fit_the_colours_that_carry_them() {
        let mut caps = Capabilities::parse(&[], &Environment::default());
        let mut ids = Ids {
            seed: 0xffff_ffff,
            ..Ids::default()
        };
        caps.placeholders = true;
        caps.colors = ColorDepth::True;
        let first = ids.next(&caps, |_| false);
        assert!(first > 0 && ids.next(&caps, |_| false) == first + 1);
        for seed in [0, 1, 0x7fe, 0x7ff, u32::MAX] {
            let (first, last) = range(&caps, seed);
            assert!(first > 0 && last < 1 << 24, "{first:x} {last:x}");
        }
        caps.colors = ColorDepth::Ansi256;
        let all: Vec<u32> = (0..254).map(|_| ids.next(&caps, |_| false)).collect();
        assert!(
            all.iter()
                .all(|id| id & 0xff != 0 && id >> 8 == 0x00ff_0000)
        );
        let again = ids.next(&caps, |id| all.contains(&id));
        assert!(!all.contains(&again) && again & 0xff != 0);
    }
}
