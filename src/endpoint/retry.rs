//! What may be repeated without asking, as pure functions: RELIABILITY §2 to the letter. Reads no clock, waits for nothing.
//!
//! A `POST` is repeated only where nothing of it was accepted. Everything else may have been billed, and is the user's to repeat.

mod told;

use std::time::Duration;

pub use self::told::told_wait;
pub(super) use self::told::{asked_wait_in, wait_in};

/// How often one call is repeated at most.
pub const MOST_REPEATS: u8 = 2;
/// The longest wait that is obeyed; a longer one is told to the user instead.
pub const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The waits between the five tries of a download: two minutes in all.
pub const DOWNLOAD_WAITS: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(24),
    Duration::from_secs(90),
];

/// Why a call failed, as far as repeating is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No connection came to be (refused, DNS, TLS): not one byte of the body left.
    NotSent,
    /// 429, with the wait that was told.
    Limited(Option<Duration>),
    /// 503, with the wait that was told.
    Unavailable(Option<Duration>),
    /// Everything else: refused for good, or perhaps accepted.
    Final,
}

/// What to do after a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Make the call again after this wait.
    Repeat(Duration),
    /// Tell the user.
    GiveUp,
}

/// Decides after a call failed that had already been repeated `repeats` times.
///
/// `jitter` is a random number in 0..1. It lengthens a wait, never shortens it: at most by a quarter of a second where a
/// wait was told, by up to its own length where the wait is ours.
pub fn decide(trouble: Trouble, repeats: u8, jitter: f64) -> Decision {
    if repeats >= MOST_REPEATS {
        return Decision::GiveUp;
    }
    let jitter = jitter.clamp(0.0, 1.0);
    let first = repeats == 0;
    let wait = match trouble {
        Trouble::NotSent => {
            Duration::from_millis(if first { 500 } else { 4_000 }).mul_f64(1.0 + jitter)
        }
        Trouble::Limited(Some(told)) | Trouble::Unavailable(Some(told)) if told <= LONGEST_WAIT => {
            told + Duration::from_millis(250).mul_f64(jitter)
        }
        Trouble::Limited(None) => {
            Duration::from_secs(if first { 2 } else { 8 })
                + Duration::from_millis(250).mul_f64(jitter)
        }
        Trouble::Limited(_) | Trouble::Unavailable(_) | Trouble::Final => return Decision::GiveUp,
    };
    Decision::Repeat(wait)
}

/// Whether a download that ended with `status` is worth another try: the file may not be there yet (404, 403), or its host is
/// busy. Any other 4xx stays as it is.
pub(super) const fn download_is_worth_another_try(status: u16) -> bool {
    matches!(status, 403 | 404 | 408 | 425 | 429 | 500..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(s: f64) -> Duration {
        Duration::from_secs_f64(s)
    }

    #[test]
    fn the_table_of_reliability_2() {
        use Decision::{GiveUp, Repeat};
        for (trouble, repeats, jitter, expected) in [
            (Trouble::NotSent, 0, 0.0, Repeat(secs(0.5))),
            (Trouble::NotSent, 1, 1.0, Repeat(secs(8.0))),
            (Trouble::NotSent, 2, 0.0, GiveUp),
            (Trouble::Limited(None), 0, 0.0, Repeat(secs(2.0))),
            (Trouble::Limited(None), 1, 0.0, Repeat(secs(8.0))),
            (Trouble::Limited(None), 2, 0.0, GiveUp),
            (Trouble::Limited(Some(secs(7.0))), 0, 0.0, Repeat(secs(7.0))),
            (
                Trouble::Limited(Some(secs(7.0))),
                1,
                1.0,
                Repeat(secs(7.25)),
            ),
            (
                Trouble::Limited(Some(secs(120.0))),
                0,
                0.0,
                Repeat(secs(120.0)),
            ),
            (Trouble::Limited(Some(secs(120.1))), 0, 0.0, GiveUp),
            (Trouble::Limited(Some(secs(999.0))), 0, 0.0, GiveUp),
            (
                Trouble::Unavailable(Some(secs(1.0))),
                0,
                0.0,
                Repeat(secs(1.0)),
            ),
            (Trouble::Unavailable(Some(secs(999.0))), 0, 0.0, GiveUp),
            (Trouble::Unavailable(None), 0, 0.0, GiveUp),
            (Trouble::Final, 0, 0.0, GiveUp),
        ] {
            assert_eq!(
                decide(trouble, repeats, jitter),
                expected,
                "{trouble:?} {repeats}"
            );
        }
    }

    #[test]
    fn five_tries_of_a_download_take_two_minutes() {
        assert_eq!(DOWNLOAD_WAITS.iter().sum::<Duration>(), secs(120.0));
    }
}
