//! The ladder: what is sent of a picture first, and what after it, over the line as far as it is known.
//!
//! It only reckons: [`Stage`](super::Stage) asks it when a picture is to be brought up, and when nothing else is to do.

use std::time::Duration;

use ratatui::layout::Size;

use crate::domain::GraphicsKind;

use super::capabilities::Capabilities;
use super::iterm2;
use super::link::Link;
use super::payload::{around, glance_bytes, pixels_of_a_cell};
use super::rung::Rung;

/// Bytes on the line that a glance may have: 0.2 s at 60 KB/s.
pub(super) const GLANCE_BYTES: usize = 12_000;
/// From this rate on (bytes/s), the 200 ms that a careful encoding takes longer cost more than the 28 KB that it saves
/// (medians of the photo set in ENCODERS.md).
const QUICK_FROM: u64 = 140_000;
/// A line that is slower than this (bytes/s) and later than that is a network, whatever the environment says: a tmux
/// that was attached from afar does not always know it.
const FAR_BELOW: u64 = 100_000;
const FAR_FROM: Duration = Duration::from_millis(50);
/// A fitted picture that is there this soon needs no glance before it.
const SOON: Duration = Duration::from_millis(300);
/// What an idle line may be busy with a picture that looks right already.
const CHEAP: Duration = Duration::from_secs(2);

/// How long a piece of a picture may hold up a key, beside the round trip.
const HELD_UP: Duration = Duration::from_millis(130);
/// Bytes of a piece where nothing is known of the line, and at least: a shorter one is mostly overhead.
const PIECE: (u64, u64) = (8_000, 5_000);

/// What the line allows a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Bytes of all of it.
    pub most: Option<usize>,
    /// Bytes of a piece that nothing can come between.
    pub longest: usize,
}

impl Default for Allowed {
    /// As many as are wanted, in pieces that cost little overhead.
    fn default() -> Self {
        Self {
            most: None,
            longest: iterm2::LONGEST,
        }
    }
}

/// Everything that the choice depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ladder<'a> {
    pub caps: &'a Capabilities,
    pub link: Link,
    /// Bytes that a picture may have on a line that is far, all rungs together.
    pub budget: Option<usize>,
}

impl Ladder<'_> {
    /// Whether bytes are worth saving.
    pub fn is_far(&self) -> bool {
        let slow = self.link.rate.is_some_and(|rate| rate < FAR_BELOW);
        let late = self.link.round_trip.is_some_and(|time| time > FAR_FROM);
        // Whether a tmux was attached from afar shows only in what its line carries.
        let unknown = self.caps.multiplexed && self.link.rate.is_none();
        self.caps.remote || (slow && late) || unknown
    }

    /// What a payload may have, after `before` bytes of the same picture.
    pub fn allowed(&self, before: usize) -> Allowed {
        if !self.is_far() {
            return Allowed::default();
        }
        let most = self.budget.map(|budget| budget.saturating_sub(before));
        let (unknown, least) = PIECE;
        let piece = self.link.rate.map_or(unknown, |rate| {
            (u128::from(rate) * HELD_UP.as_millis() / 1000) as u64
        });
        Allowed {
            most,
            longest: piece.clamp(least, iterm2::LONGEST as u64) as usize,
        }
    }

    /// What is sent of a picture over `area` cells of which nothing is shown, in this order. One of Quick and Careful
    /// is chosen before anything is sent, so that the picture never travels twice.
    pub fn rungs(&self, area: Size) -> &'static [Rung] {
        if !self.is_far() {
            return &[Rung::Exact];
        }
        let at_once = self.is_soon(self.likely_bytes(area)) || self.is_tight(area);
        let quick = self.link.rate.is_some_and(|rate| rate > QUICK_FROM);
        match (at_once, quick) {
            (false, false) => &[Rung::Glance, Rung::Careful],
            (false, true) => &[Rung::Glance, Rung::Quick],
            (true, false) => &[Rung::Careful],
            (true, true) => &[Rung::Quick],
        }
    }

    /// Whether `cells` of a fitted picture over `area` need no glance before them, as when a popup uncovers them.
    pub fn is_short(&self, area: Size, cells: u32) -> bool {
        let whole = u64::from(area.area().max(1));
        self.is_soon(self.likely_bytes(area) * u64::from(cells) / whole)
    }

    /// Whether a glance would take more of the budget than it leaves to the picture.
    fn is_tight(&self, area: Size) -> bool {
        let glance = glance_bytes(self.caps, area, self.budget);
        let cells = around(self.caps.kind, self.caps, area);
        self.budget
            .is_some_and(|budget| budget <= 2 * glance + cells)
    }

    fn is_soon(&self, bytes: u64) -> bool {
        let rate = self.link.rate;
        bytes <= GLANCE_BYTES as u64 || rate.is_some_and(|rate| within(bytes, rate, SOON))
    }

    /// Whether the fitted picture over `area` cells is to be followed by a finer one, now that the line has nothing else to
    /// do: its payload has `weight` bytes, and `sent` bytes of all rungs went. `close`: somebody looks closely.
    pub fn finer(&self, area: Size, (weight, sent): (u64, u64), close: bool) -> bool {
        // Block characters have no more to show, thumbnails need no more, and what is exact cannot be finer.
        let blocks = matches!(self.caps.kind, GraphicsKind::Blocks | GraphicsKind::Off);
        if !self.is_far() || blocks || self.likely_bytes(area) <= GLANCE_BYTES as u64 {
            return false;
        }
        // Step 6 instead of step 10 of a near-lossless PNG, q90 instead of q68 of a JPEG: about so much more.
        let bytes = weight * 8 / 5;
        let allowed = self
            .budget
            .is_none_or(|budget| sent + bytes <= budget as u64);
        let cheap = self
            .link
            .rate
            .is_some_and(|rate| within(bytes, rate, CHEAP));
        allowed && (cheap || close)
    }

    /// What the fitted picture will have on the line: means of the photo set.
    fn likely_bytes(&self, area: Size) -> u64 {
        let (width, height) = pixels_of_a_cell(self.caps.kind, self.caps);
        let pixels =
            u64::from(area.width) * u64::from(width) * u64::from(area.height) * u64::from(height);
        let cells = u64::from(area.width) * u64::from(area.height);
        let bytes = match self.caps.kind {
            GraphicsKind::Kitty => pixels * 56 / 100,
            GraphicsKind::Sixel => pixels * 87 / 100,
            GraphicsKind::Iterm2 => pixels * 29 / 100,
            GraphicsKind::Blocks | GraphicsKind::Off => cells * 14,
        };
        self.budget.map_or(bytes, |budget| bytes.min(budget as u64))
    }
}

/// Whether `bytes` pass in `time` at `rate` bytes/s.
fn within(bytes: u64, rate: u64, time: Duration) -> bool {
    u128::from(bytes) * 1000 <= u128::from(rate) * time.as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::Environment;

    fn caps(kind: GraphicsKind, remote: bool) -> Capabilities {
        let mut caps = Capabilities::parse(&[], &Environment::default()).forced(kind, "a test");
        (caps.cell.width, caps.cell.height) = (10, 20);
        caps.remote = remote;
        caps
    }

    const PANE: Size = Size::new(100, 28);

    #[test]
    fn what_is_sent_fits_the_line() {
        use GraphicsKind::{Blocks, Iterm2, Kitty, Sixel};
        use Rung::{Careful, Exact, Glance, Quick};
        let table: &[(GraphicsKind, bool, Option<u64>, &[Rung])] = &[
            // On the same machine the first thing sent is the last.
            (Kitty, false, None, &[Exact]),
            (Sixel, false, None, &[Exact]),
            (Iterm2, false, None, &[Exact]),
            (Blocks, false, Some(9_000_000), &[Exact]),
            // Nothing is known of the line yet: the fewest bytes.
            (Kitty, true, None, &[Glance, Careful]),
            (Sixel, true, None, &[Glance, Careful]),
            (Kitty, true, Some(60_000), &[Glance, Careful]),
            (Kitty, true, Some(140_000), &[Glance, Careful]),
            (Kitty, true, Some(150_000), &[Glance, Quick]),
            // There within 300 ms: 314 KB of kitty, 162 KB of iTerm2, 39 KB of blocks.
            (Kitty, true, Some(1_000_000), &[Glance, Quick]),
            (Kitty, true, Some(1_100_000), &[Quick]),
            (Iterm2, true, Some(500_000), &[Glance, Quick]),
            (Iterm2, true, Some(600_000), &[Quick]),
            (Blocks, true, Some(60_000), &[Glance, Careful]),
            (Blocks, true, Some(138_000), &[Careful]),
            // A line that is slow and late is far away.
            (Kitty, false, Some(90_000), &[Glance, Careful]),
            (Kitty, false, Some(110_000), &[Exact]),
        ];
        for (kind, remote, rate, rungs) in table {
            let caps = caps(*kind, *remote);
            let link = Link {
                round_trip: Some(Duration::from_millis(60)),
                rate: *rate,
            };
            let ladder = Ladder {
                caps: &caps,
                link,
                budget: None,
            };
            assert_eq!(&ladder.rungs(PANE), rungs, "{kind} {remote} {rate:?}");
        }
    }

    #[test]
    fn behind_tmux_a_line_is_far_until_it_is_measured() {
        let mut caps = caps(GraphicsKind::Kitty, false);
        caps.multiplexed = true;
        let mut ladder = Ladder {
            caps: &caps,
            link: Link::default(),
            budget: None,
        };
        assert_eq!(ladder.rungs(PANE), [Rung::Glance, Rung::Careful]);
        ladder.link.rate = Some(9_000_000);
        assert_eq!(ladder.rungs(PANE), [Rung::Exact]);
    }

    #[test]
    fn a_piece_is_as_long_as_a_key_may_wait() {
        let caps = caps(GraphicsKind::Iterm2, true);
        for (rate, longest) in [
            (None, 8_000),
            (Some(10_000), 5_000),
            (Some(60_000), 7_800),
            (Some(2_000_000), 16_000),
        ] {
            let link = Link {
                round_trip: None,
                rate,
            };
            let ladder = Ladder {
                caps: &caps,
                link,
                budget: None,
            };
            assert_eq!(ladder.allowed(0).longest, longest, "{rate:?}");
        }
    }

    #[test]
    fn what_is_as_short_as_a_glance_has_none() {
        let caps = caps(GraphicsKind::Blocks, true);
        let ladder = Ladder {
            caps: &caps,
            link: Link::default(),
            budget: None,
        };
        assert_eq!(ladder.rungs(Size::new(36, 10)), [Rung::Careful]);
        let kitty = self::caps(GraphicsKind::Kitty, true);
        let ladder = Ladder {
            caps: &kitty,
            link: Link::default(),
            budget: Some(12_000),
        };
        assert_eq!(ladder.rungs(PANE), [Rung::Careful]);
    }

    #[test]
    fn a_small_hole_is_mended_without_a_glance() {
        let caps = caps(GraphicsKind::Sixel, true);
        let mut ladder = Ladder {
            caps: &caps,
            link: Link::default(),
            budget: None,
        };
        // 174 bytes a cell.
        assert!(ladder.is_short(PANE, 60));
        assert!(!ladder.is_short(PANE, 600));
        ladder.link.rate = Some(400_000);
        assert!(ladder.is_short(PANE, 600));
    }

    #[test]
    fn finer_is_for_idle_lines_that_can_afford_it_and_for_who_looks_closely() {
        use GraphicsKind::{Blocks, Kitty};
        // 200 KB were sent; a finer picture has 320.
        let table = [
            (Kitty, true, Some(160_000), None, false, true),
            (Kitty, true, Some(159_000), None, false, false),
            (Kitty, true, None, None, false, false),
            (Kitty, true, None, None, true, true),
            (Kitty, true, Some(20_000), None, true, true),
            (Kitty, true, Some(900_000), Some(530_000), true, false),
            (Kitty, true, Some(900_000), Some(540_000), true, true),
            (Kitty, false, None, None, true, false),
            (Blocks, true, Some(900_000), None, true, false),
        ];
        let thumbnail = Size::new(8, 3);
        for (n, (kind, remote, rate, budget, close, expected)) in table.into_iter().enumerate() {
            let caps = caps(kind, remote);
            let link = Link {
                round_trip: None,
                rate,
            };
            let ladder = Ladder {
                caps: &caps,
                link,
                budget,
            };
            assert_eq!(
                ladder.finer(PANE, (200_000, 212_000), close),
                expected,
                "row {n}"
            );
            assert!(!ladder.finer(thumbnail, (2_000, 2_000), close));
        }
    }
}
