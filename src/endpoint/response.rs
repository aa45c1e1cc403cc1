//! An answer that is being read: bytes -> framing -> reply, under a limit of silence. Keeps nothing beside them: dropping a
//! [`Response`] closes the connection.

use std::time::Duration;

use tokio::time::timeout;

use super::client::Timeouts;
use super::framing::{Chunk, Framing};
use super::reply::{Answer, End, Part, Reply};
use super::{http, words};
use crate::domain::{Failure, FailureKind, Secret};

/// What the demo endpoint sets on its answers, to `1`.
const DEMO_HEADER: &str = "plantain-demo";

/// An answer that is being read.
pub struct Response {
    inner: reqwest::Response,
    framing: Framing,
    reply: Reply,
    end: Option<End>,
    bytes: u64,
    demo: bool,
    key: Option<Secret>,
    timeouts: Timeouts,
}

impl Response {
    pub(super) fn new(inner: reqwest::Response, key: Option<Secret>, timeouts: Timeouts) -> Self {
        Self {
            demo: inner.headers().get(DEMO_HEADER).is_some_and(|v| v == "1"),
            inner,
            framing: Framing::new(),
            reply: Reply::new(),
            end: None,
            bytes: 0,
            key,
            timeouts,
        }
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
        if self.end.is_some() {
            return None;
        }
        let settled = self.reply.is_settled();
        let limit = if settled {
            self.timeouts.settle.min(self.timeouts.silence)
        } else {
            self.timeouts.silence
        };
        match timeout(limit, self.inner.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                self.bytes += bytes.len() as u64;
                match self.framing.push(&bytes) {
                    Ok(chunks) => {
                        let parts = self.read(chunks);
                        if self.reply.is_done() {
                            self.end = Some(End::Closed);
                        }
                        Some(parts)
                    }
                    Err(too_long) => {
                        let failure = Failure::new(FailureKind::Cut, too_long.to_string());
                        Some(self.end(End::Broken(failure.billed())))
                    }
                }
            }
            Ok(Ok(None)) => Some(self.end(End::Closed)),
            Ok(Err(error)) => {
                let failure = broken(&error);
                Some(self.end(End::Broken(failure)))
            }
            Err(_) if settled => Some(self.end(End::Closed)),
            Err(_) => {
                let failure = silence(limit, self.bytes > 0);
                Some(self.end(End::Broken(failure)))
            }
        }
    }

    /// Makes the answer of what was read. Before the end of the stream this reads no further: the answer is one that broke off.
    pub fn finish(mut self) -> Answer {
        let end = self.end.take().unwrap_or(End::Closed);
        self.reply.finish(end)
    }

    fn end(&mut self, end: End) -> Vec<Part> {
        self.end = Some(end);
        let left = std::mem::take(&mut self.framing).finish();
        self.read(left)
    }

    fn read(&mut self, chunks: Vec<Chunk>) -> Vec<Part> {
        let mut parts = Vec::new();
        for chunk in chunks {
            let chunk = match chunk {
                Chunk::Payload(mut payload) => {
                    payload.json = mask(payload.json, self.key.as_ref());
                    Chunk::Payload(payload)
                }
                Chunk::Page(page) => Chunk::Page(mask(page, self.key.as_ref())),
                other => other,
            };
            parts.extend(self.reply.push(chunk));
        }
        parts
    }
}

/// A gateway that repeats the key must not bring it onto a screen or into a log.
pub(super) fn mask(text: Vec<u8>, key: Option<&Secret>) -> Vec<u8> {
    let Some(key) = key.map(|k| k.expose().as_bytes()).filter(|k| k.len() >= 4) else {
        return text;
    };
    let finder = memchr::memmem::Finder::new(key);
    if finder.find(&text).is_none() {
        return text;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for found in finder.find_iter(&text) {
        out.extend_from_slice(&text[at..found]);
        out.extend_from_slice(b"(the key)");
        at = found + key.len();
    }
    out.extend_from_slice(&text[at..]);
    out
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
