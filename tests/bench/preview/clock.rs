//! Time that this thread worked, whatever else the machine does.

use std::fs;
use std::time::{Duration, Instant};

/// Since when something is timed.
pub struct Clock {
    wall: Instant,
    worked: Option<Duration>,
}

impl Clock {
    pub fn start() -> Self {
        Self {
            wall: Instant::now(),
            worked: worked(),
        }
    }

    /// Time on a core where the system tells it (Linux), else time that passed.
    pub fn worked(&self) -> Duration {
        match (self.worked, worked()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.passed(),
        }
    }

    pub fn passed(&self) -> Duration {
        self.wall.elapsed()
    }
}

/// ns on a core, the first number of the scheduler's statistics.
fn worked() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let ns = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(ns))
}
