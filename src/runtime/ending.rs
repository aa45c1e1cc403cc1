//! The end of a process that has generations in work, for both faces: what was sent gets its limit, then everything stops.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::SignalKind;
use tokio::time::sleep;

use super::signals::{Signals, number_of};
use crate::config::Settings;
use crate::domain::Clean;
use crate::pipeline::Cancel;

/// What stopped generations get to write themselves down.
const WRITE_LIMIT: Duration = Duration::from_secs(2);

/// How the generations in work are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Those whose request has not left.
    Unsent,
    /// All; where a picture's URL is known it is left for the next process to fetch.
    All,
}

impl Halt {
    /// Stops one generation.
    pub fn apply(self, cancel: &Cancel) {
        match self {
            Self::Unsent => cancel.cancel_unsent(),
            Self::All => cancel.leave(),
        }
    }
}

/// How long what was sent may go on after a signal, by its number.
pub fn limit_after(signal: u8, settings: &Settings) -> Duration {
    let seconds = if signal == number_of(SignalKind::hangup()) {
        settings.finish_after_hangup_s.value
    } else if signal == number_of(SignalKind::terminate()) {
        settings.finish_after_term_s.value
    } else {
        0
    };
    Duration::from_secs(u64::from(seconds))
}

/// What is said where somebody may be waiting for that.
pub fn finishing(limit: Duration) -> Clean {
    Clean::line(&format!(
        "what was sent may finish for up to {} s; another signal ends it",
        limit.as_secs()
    ))
}

/// Lets `work`, in which the generations end, go on for `limit`; then stops them, and lets them write that down.
///
/// Gives what `work` gave, if it ended in time, and the number of a further signal that cut the limit short. A further hangup
/// is none: a lost line tells of itself twice.
pub async fn wind_down<T>(
    limit: Duration,
    halt: impl Fn(Halt),
    work: impl Future<Output = T>,
    signals: &mut Signals,
) -> (Option<T>, Option<u8>) {
    let mut work = std::pin::pin!(work);
    let mut signal = None;
    if !limit.is_zero() {
        halt(Halt::Unsent);
        tokio::select! {
            done = &mut work => return (Some(done), None),
            () = sleep(limit) => {}
            number = signals.killed() => signal = Some(number),
        }
    }
    halt(Halt::All);
    tokio::select! {
        done = &mut work => (Some(done), signal),
        () = sleep(WRITE_LIMIT) => (None, signal),
        number = signals.killed() => (None, Some(number)),
    }
}
