//! Time as an argument: the core is told what time it is and never asks.

use std::time::Duration;

/// A moment, as the runtime read it once for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Now {
    /// Monotonic time since the program started; every deadline counts on this one.
    pub since_start: Duration,
    /// Wall clock in ms since 1970; for showing only, since it may jump.
    pub wall: i64,
}

impl Now {
    /// A moment `ms` milliseconds after the start, at the same offset from 1970.
    pub fn at_ms(ms: u64) -> Self {
        Self {
            since_start: Duration::from_millis(ms),
            wall: i64::try_from(ms).unwrap_or(i64::MAX),
        }
    }

    /// The same moment moved `by` later on both clocks.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self {
            since_start: self.since_start.saturating_add(by),
            wall: self
                .wall
                .saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
        }
    }
}
