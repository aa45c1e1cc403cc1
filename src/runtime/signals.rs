//! Signals as a stream, for both faces: a new size, and the ways a process is asked to end.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use crate::domain::{Failure, FailureKind};

/// What a signal means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// SIGWINCH
    Resized,
    /// SIGINT, SIGTERM or SIGQUIT, by number: end now.
    End(u8),
    /// SIGHUP: the line is gone; what is paid for may still be finished.
    HungUp,
    /// SIGTSTP from outside: to the shell, as Ctrl+Z does.
    Stop,
}

/// The signals that plantain listens to.
pub struct Signals {
    winch: Signal,
    int: Signal,
    term: Signal,
    quit: Signal,
    hup: Signal,
    /// The studio's only: a verb is stopped by the kernel, as every program.
    stop: Option<Signal>,
}

impl Signals {
    /// From here on none of them ends the process by itself.
    pub fn listen() -> Result<Self, Failure> {
        Ok(Self {
            winch: listen(SignalKind::window_change())?,
            int: listen(SignalKind::interrupt())?,
            term: listen(SignalKind::terminate())?,
            quit: listen(SignalKind::quit())?,
            hup: listen(SignalKind::hangup())?,
            stop: None,
        })
    }

    /// As [`Self::listen`], and SIGTSTP no longer stops the process with the screen taken.
    pub fn listen_for_studio() -> Result<Self, Failure> {
        let stop = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
        Ok(Self {
            stop: Some(listen(stop)?),
            ..Self::listen()?
        })
    }

    /// The number of the next one that asks to end.
    pub async fn next_end(&mut self) -> u8 {
        loop {
            match self.next().await {
                Told::Resized | Told::Stop => {}
                Told::End(number) => return number,
                Told::HungUp => return number_of(SignalKind::hangup()),
            }
        }
    }

    /// The number of the next SIGINT, SIGTERM or SIGQUIT.
    pub(super) async fn killed(&mut self) -> u8 {
        loop {
            if let Told::End(number) = self.next().await {
                return number;
            }
        }
    }

    /// The number of one that asks to end and has come already.
    pub async fn ended(&mut self) -> Option<u8> {
        // The turn of the runtime that ends a timer has brought in the signals first.
        timeout(Duration::from_millis(1), self.next_end())
            .await
            .ok()
    }

    /// The next one.
    pub async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.winch.recv() => Told::Resized,
            _ = self.hup.recv() => Told::HungUp,
            _ = self.int.recv() => end(SignalKind::interrupt()),
            _ = self.term.recv() => end(SignalKind::terminate()),
            _ = self.quit.recv() => end(SignalKind::quit()),
            () = received(&mut self.stop) => Told::Stop,
        }
    }

    /// Drops SIGINT and SIGQUIT that have come and were meant for somebody else.
    pub(super) async fn forget_interrupts(&mut self) {
        loop {
            tokio::select! {
                biased;
                _ = self.int.recv() => {}
                _ = self.quit.recv() => {}
                () = std::future::ready(()) => return,
            }
        }
    }
}

fn listen(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| {
        Failure::new(
            FailureKind::Internal,
            format!("cannot listen to signals: {error}"),
        )
    })
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

fn end(kind: SignalKind) -> Told {
    Told::End(number_of(kind))
}

pub(super) fn number_of(kind: SignalKind) -> u8 {
    u8::try_from(kind.as_raw_value()).unwrap_or(15)
}
