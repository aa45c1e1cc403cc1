//! Fetches pictures: a client of its own that never has the key, redirects followed by hand, five tries over two minutes.
//! Looks at no pixel and writes no file. A URL's query may be a signature: it is in no failure.

mod follow;
mod guard;
mod miss;

use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::header::CONTENT_LENGTH;
use tokio::time::{sleep, timeout};
use url::Url;

use super::base_url::BaseUrl;
use super::http;
use super::retry::DOWNLOAD_WAITS;
use super::vet::named;
use crate::domain::Failure;
use follow::{Clients, Follower};
use guard::{Guard, System};
use miss::{Miss, failed, refused, silent};

/// Silence of a picture's host (RELIABILITY N3).
const SILENCE: Duration = Duration::from_secs(30);

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Got {
    /// 1 for the first try.
    pub attempt: u8,
    /// bytes so far
    pub received: u64,
    /// bytes, where the host told
    pub total: Option<u64>,
}

/// Fetches the pictures that one endpoint's answers name.
pub struct Downloader {
    follower: Follower,
    waits: [Duration; 4],
}

impl Downloader {
    /// For the pictures of the endpoint at `base`: only an endpoint on this machine or in a private network may name pictures
    /// there. Looks up no name yet.
    pub fn new(base: &BaseUrl) -> Self {
        Self::of(Some(base.clone()))
    }

    /// For the pictures of an endpoint that is not known any more: at public places only.
    pub fn public() -> Self {
        Self::of(None)
    }

    fn of(base: Option<BaseUrl>) -> Self {
        Self {
            follower: Follower {
                guard: Arc::new(Guard::new(base, Arc::new(System))),
                clients: Clients::default(),
                silence: SILENCE,
            },
            waits: DOWNLOAD_WAITS,
        }
    }

    /// Changes the waits between tries, and the silence that ends one.
    #[must_use]
    pub fn with_times(mut self, waits: [Duration; 4], silence: Duration) -> Self {
        self.waits = waits;
        self.follower.silence = silence;
        self
    }

    /// Changes who looks up names: those of pictures' hosts, and the endpoint's.
    #[must_use]
    pub fn with_names(mut self, names: Arc<dyn Resolve>) -> Self {
        self.follower.guard = Arc::new(self.follower.guard.with_names(names));
        self
    }

    /// Fetches `url`, at most `limit` bytes of it, in up to five tries.
    ///
    /// `whole` says `false` of a picture that ends early, which is then fetched again; bytes that are no picture at all are
    /// whole in this sense, since another try would bring the same page. An address that is not `certain` to be a picture's
    /// is given up when its host says that it has none (4xx).
    pub async fn fetch(
        &self,
        url: &str,
        certain: bool,
        limit: u64,
        whole: impl Fn(&[u8]) -> bool,
        mut on_progress: impl FnMut(Got),
    ) -> Result<Vec<u8>, Failure> {
        let url = Url::parse(url)
            .map_err(|_| failed("the answer names a picture by something that is no URL"))?;
        let mut waits = self.waits.iter();
        let mut attempt = 1;
        loop {
            let mut tell = |received, total| {
                on_progress(Got {
                    attempt,
                    received,
                    total,
                });
            };
            let miss = match self.attempt(&url, limit, &mut tell).await {
                Ok(bytes) if whole(&bytes) => return Ok(bytes),
                Ok(_) => Miss::again("the picture's host sends a file that ends early"),
                Err(miss) => miss,
            };
            match waits.next() {
                Some(wait) if miss.again && (certain || !miss.denied) => {
                    sleep(miss.told.unwrap_or_default().max(*wait)).await;
                    attempt += 1;
                }
                _ => return Err(miss.failure),
            }
        }
    }

    async fn attempt(
        &self,
        url: &Url,
        limit: u64,
        tell: &mut impl FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Miss> {
        let (url, response) = self.follower.follow(url).await?;
        if !response.status().is_success() {
            return Err(refused(&url, response, self.follower.silence).await);
        }
        self.read(&url, response, limit, tell).await
    }

    async fn read(
        &self,
        url: &Url,
        mut response: reqwest::Response,
        limit: u64,
        tell: &mut impl FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Miss> {
        let silence = self.follower.silence;
        let total = response.content_length().or_else(|| {
            let header = response.headers().get(CONTENT_LENGTH)?;
            header.to_str().ok()?.parse().ok()
        });
        let too_large = || {
            let message = format!("{} sends more than {} MB", named(url), limit >> 20);
            Miss::last(failed(&message))
        };
        if total.is_some_and(|total| total > limit) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        tell(0, total);
        loop {
            match timeout(silence, response.chunk()).await {
                Err(_) => return Err(silent(url, silence)),
                Ok(Err(error)) => {
                    let cause = http::cause(&error);
                    let message = format!("the download from {} broke off: {cause}", named(url));
                    return Err(Miss::again(&message));
                }
                Ok(Ok(Some(piece))) => {
                    if (bytes.len() + piece.len()) as u64 > limit {
                        return Err(too_large());
                    }
                    bytes.extend_from_slice(&piece);
                    tell(bytes.len() as u64, total);
                }
                Ok(Ok(None)) => break,
            }
        }
        if total.is_some_and(|total| total != bytes.len() as u64) {
            let message = format!("{} sent fewer bytes than it announced", named(url));
            return Err(Miss::again(&message));
        }
        Ok(bytes)
    }
}
