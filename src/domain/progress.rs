//! What a running generation tells, in order. Screen, command line and tests read the same telling.

use std::time::Duration;

use super::{Clean, Generation, Picture};

/// One thing that happened to a generation.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// Its row is in the journal; it waits for a free slot.
    Prepared(Box<Generation>),
    /// An earlier process left it when its pictures had an address; here is its row, and they are fetched now.
    Resumed(Box<Generation>),
    /// The request leaves now.
    Sending,
    /// The answer's first byte came.
    Answering,
    /// Words of the answer (or of its reasoning), to be added to what came before.
    Text(Clean),
    /// The gateway's own figure, 0..=100.
    Percent(u8),
    /// Bytes of the answer so far; comments and pings count.
    Received {
        /// bytes
        bytes: u64,
    },
    /// The call will be made again: nothing of it was accepted.
    Waiting {
        /// The cause.
        cause: Clean,
        /// How long from now.
        wait: Duration,
        /// 1 for the first repetition.
        attempt: u8,
        /// How many there are at most.
        of: u8,
    },
    /// A picture is being fetched.
    Downloading {
        /// Its place in the answer, from 1.
        n: u16,
        /// bytes so far
        received: u64,
        /// bytes, where the host told
        total: Option<u64>,
        /// 1 for the first try.
        attempt: u8,
    },
    /// A picture is on disk.
    Saved(Picture),
    /// Something the user should know.
    Notice(Clean),
    /// It ended; this is its final record, or what is left of it for the next process to fetch.
    Finished(Box<Generation>),
}
