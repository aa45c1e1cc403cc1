//! An answer that is being read: bytes -> framing -> reply, under a limit of silence. Keeps nothing beside them: dropping a
//! [`Response`] closes the connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use super::client::Timeouts;
use super::framing::{Chunk, Framing, TooLong};
use super::mask::Mask;
use super::reply::{Answer, End, Part, Reply};
use super::spool::Spool;
use super::{http, words};
use crate::domain::{Failure, FailureKind};

/// What the demo endpoint sets on its answers, to `1`.
const DEMO_HEADER: &str = "plantain-demo";

/// A piece from this size on is taken off the event loop, bytes: decoding it may take longer than a turn should.
const LARGE: usize = 16 * 1024;

/// An answer that is being read.
pub struct Response {
    inner: reqwest::Response,
    reading: Place,
    end: Option<End>,
    bytes: u64,
    demo: bool,
    timeouts: Timeouts,
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    framing: Framing,
    reply: Reply,
    mask: Mask,
}

/// What a piece said.
type Taken = Result<Vec<Part>, TooLong>;

/// Where that is: here, or with a task that may block on a disk.
enum Place {
    Here(Box<Reading>),
    Away(JoinHandle<(Box<Reading>, Taken)>),
}

impl Response {
    pub(super) fn new(inner: reqwest::Response, mask: Mask, timeouts: Timeouts) -> Self {
        Self {
            demo: inner.headers().get(DEMO_HEADER).is_some_and(|v| v == "1"),
            inner,
            reading: Place::Here(Box::new(Reading {
                reply: Reply::new().hiding(mask.clone()),
                mask,
                ..Reading::default()
            })),
            end: None,
            bytes: 0,
            timeouts,
        }
    }

    /// Sends its large pictures to `spool`. For an answer of which nothing was read yet.
    #[must_use]
    pub fn spooling(mut self, spool: &Arc<dyn Spool>) -> Self {
        if let Place::Here(reading) = &mut self.reading {
            reading.framing = Framing::spooling(Arc::clone(spool));
            reading.reply = Reply::of(&reading.framing).hiding(reading.mask.clone());
        }
        self
    }

    /// Whether the answer says that it comes from a demo endpoint.
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// Bytes of the body so far; comments count.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Waits for the next piece and gives what it says: nothing for a comment, or for half an event. `None` at the end, whichever
    /// it is; then [`Self::finish`] tells. Can be dropped and called again without losing anything.
    pub async fn next(&mut self) -> Option<Vec<Part>> {
        if let Place::Away(_) = self.reading {
            // The last call was dropped while a piece was being taken.
            let taken = self.back().await;
            return Some(self.settled(taken).await);
        }
        if self.end.is_some() {
            return None;
        }
        let settled = matches!(&self.reading, Place::Here(r) if r.reply.is_settled());
        let limit = if settled {
            self.timeouts.settle.min(self.timeouts.silence)
        } else {
            self.timeouts.silence
        };
        let end = match timeout(limit, self.inner.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                self.bytes += bytes.len() as u64;
                let taken = self.take(bytes).await;
                return Some(self.settled(taken).await);
            }
            Ok(Ok(None)) => End::Closed,
            Ok(Err(error)) => End::Broken(broken(&error)),
            Err(_) if settled => End::Closed,
            Err(_) => End::Broken(silence(limit, self.bytes > 0)),
        };
        self.end = Some(end);
        self.away(|reading| Ok(reading.left()));
        Some(self.back().await.unwrap_or_default())
    }

    /// Makes the answer of what was read. Before the end of the stream this reads no further: the answer is one that broke off.
    /// May block on a disk.
    pub fn finish(self) -> Answer {
        let end = self.end.unwrap_or(End::Closed);
        let reply = match self.reading {
            Place::Here(reading) => reading.reply,
            Place::Away(_) => Reply::new(),
        };
        reply.finish(end)
    }

    /// Closes the connection, and waits until nothing of its pictures is being written.
    pub async fn close(self) {
        drop(self.inner);
        let reading = match self.reading {
            Place::Here(reading) => reading,
            Place::Away(task) => match task.await {
                Ok((reading, _)) => reading,
                Err(_) => return,
            },
        };
        // Stores may be files, and removing one may block.
        let _ = spawn_blocking(move || drop(reading)).await;
    }

    /// Takes a piece: here, unless that may take long or wait for a disk.
    async fn take(&mut self, bytes: impl AsRef<[u8]> + Send + 'static) -> Taken {
        if let Place::Here(reading) = &mut self.reading
            && bytes.as_ref().len() < LARGE
            && !reading.framing.is_cutting()
            && !reading.reply.is_cutting()
        {
            return reading.take(bytes.as_ref());
        }
        self.away(move |reading| reading.take(bytes.as_ref()));
        self.back().await
    }

    /// Has something done with what was read, off the event loop.
    fn away(&mut self, work: impl FnOnce(&mut Reading) -> Taken + Send + 'static) {
        if let Place::Here(reading) = &mut self.reading {
            let mut reading = std::mem::take(reading);
            self.reading = Place::Away(spawn_blocking(move || {
                let taken = work(&mut reading);
                (reading, taken)
            }));
        }
    }

    /// Waits until that is done.
    async fn back(&mut self) -> Taken {
        let Place::Away(task) = &mut self.reading else {
            return Ok(Vec::new());
        };
        match task.await {
            Ok((reading, taken)) => {
                self.reading = Place::Here(reading);
                taken
            }
            Err(_) => {
                let failure = Failure::new(FailureKind::Internal, words::READING_PANICKED);
                self.end = Some(End::Broken(failure.billed()));
                self.reading = Place::Here(Box::default());
                Ok(Vec::new())
            }
        }
    }

    /// Sees whether a piece that was taken was the last.
    async fn settled(&mut self, taken: Taken) -> Vec<Part> {
        match taken {
            Ok(parts) => {
                let done = matches!(&self.reading, Place::Here(r) if r.reply.is_done());
                if done && self.end.is_none() {
                    self.end = Some(End::Closed);
                }
                parts
            }
            Err(too_long) => {
                let failure = Failure::new(FailureKind::Cut, too_long.to_string());
                self.end = Some(End::Broken(failure.billed()));
                self.away(|reading| Ok(reading.left()));
                self.back().await.unwrap_or_default()
            }
        }
    }
}

impl Reading {
    fn take(&mut self, bytes: &[u8]) -> Taken {
        let chunks = self.framing.push(bytes)?;
        Ok(self.read(chunks))
    }

    /// At the end of the stream: what it left open.
    fn left(&mut self) -> Vec<Part> {
        let left = std::mem::take(&mut self.framing).finish();
        self.read(left)
    }

    fn read(&mut self, chunks: Vec<Chunk>) -> Vec<Part> {
        let mut parts = Vec::new();
        for chunk in chunks {
            let chunk = match chunk {
                Chunk::Page(page) => Chunk::Page(self.mask.bytes(page)),
                other => other,
            };
            parts.extend(self.reply.push(chunk));
        }
        parts
    }
}

/// Nothing came for `limit`; `begun` says whether anything of the answer had come before.
pub(super) fn silence(limit: Duration, begun: bool) -> Failure {
    let what = if begun {
        "the answer stopped: nothing came"
    } else {
        "the gateway did not answer"
    };
    Failure::new(
        FailureKind::Timeout,
        format!("{what} for {} s", limit.as_secs_f64().round()),
    )
    .hint(words::REPEAT_MAY_BILL)
    .billed()
}

pub(super) fn broken(error: &reqwest::Error) -> Failure {
    Failure::new(
        FailureKind::Cut,
        format!("the answer broke off: {}", http::cause(error)),
    )
    .hint(words::REPEAT_MAY_BILL)
    .billed()
}
