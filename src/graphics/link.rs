//! The line to the terminal, as far as it was measured. `pace` measures it, `ladder` reads it.

use std::time::Duration;

/// What acknowledged slices told of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Link {
    /// From a question to its answer on an idle line; `None` until one was answered.
    pub round_trip: Option<Duration>,
    /// bytes/s that arrive; `None` until enough of them were acknowledged.
    pub rate: Option<u64>,
}
