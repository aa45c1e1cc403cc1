//! The two clocks, read in one place, and the pace of frames.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::Now;

/// At most one frame in this time: a storm of events is drawn at 125 Hz.
pub(super) const FRAME: Duration = Duration::from_millis(8);

/// Reads monotonic and wall time together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Now {
        Now {
            since_start: self.start.elapsed(),
            wall: Timestamp::now().as_millisecond(),
        }
    }

    /// Sleeps until `at`, counted from the start; for ever without one.
    pub(super) async fn sleep_until(&self, at: Option<Duration>) {
        match at.and_then(|at| self.start.checked_add(at)) {
            Some(at) => tokio::time::sleep_until(at.into()).await,
            None => std::future::pending().await,
        }
    }
}
