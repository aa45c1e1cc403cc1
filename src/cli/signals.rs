//! Signals that end a verb, as numbers for the exit code.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::domain::{Failure, FailureKind};

/// SIGINT, SIGTERM and SIGHUP.
pub(super) struct Signals {
    int: Signal,
    term: Signal,
    hup: Signal,
}

impl Signals {
    /// Starts to listen; from here on the signals no longer end the process by themselves.
    pub(super) fn listen() -> Result<Self, Failure> {
        let listen = |kind: SignalKind| {
            signal(kind).map_err(|error| {
                Failure::new(
                    FailureKind::Internal,
                    format!("cannot listen to signals: {error}"),
                )
            })
        };
        Ok(Self {
            int: listen(SignalKind::interrupt())?,
            term: listen(SignalKind::terminate())?,
            hup: listen(SignalKind::hangup())?,
        })
    }

    /// The number of the next one.
    pub(super) async fn next(&mut self) -> u8 {
        let kind = tokio::select! {
            _ = self.int.recv() => SignalKind::interrupt(),
            _ = self.term.recv() => SignalKind::terminate(),
            _ = self.hup.recv() => SignalKind::hangup(),
        };
        u8::try_from(kind.as_raw_value()).unwrap_or(2)
    }

    /// The number of one that has come already.
    pub(super) async fn received(&mut self) -> Option<u8> {
        tokio::select! {
            biased;
            number = self.next() => Some(number),
            () = std::future::ready(()) => None,
        }
    }
}
