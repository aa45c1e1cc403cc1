//! Fetches pictures: a client of its own that never has the key, redirects followed by hand, five tries over two minutes.
//! Looks at no pixel and writes no file. A URL's query may be a signature: it is in no failure.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, LOCATION, RETRY_AFTER};
use tokio::time::{sleep, timeout};
use url::Url;

use super::base_url::BaseUrl;
use super::host::{Reach, reach};
use super::retry::{DOWNLOAD_WAITS, LONGEST_WAIT, download_is_worth_another_try, told_wait};
use super::vet::{named, upgraded, vet};
use super::{http, words};
use crate::domain::{Failure, FailureKind};

/// Most redirects that are followed.
const MAX_HOPS: usize = 5;
/// Silence of a picture's host (RELIABILITY N3).
const SILENCE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
/// What is read of a failing answer, bytes.
const MAX_ERROR_BODY: usize = 8 * 1024;

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
    base: Reach,
    /// Made when first needed: for http on this machine, for https there, for everywhere else.
    clients: [OnceLock<reqwest::Client>; 3],
    waits: [Duration; 4],
    silence: Duration,
}

/// A try that failed.
struct Miss {
    failure: Failure,
    /// Whether another try makes sense, and the wait that the host asked for.
    again: bool,
    told: Option<Duration>,
    /// Whether the host answered with 4xx.
    denied: bool,
}

impl Miss {
    fn again(failure: Failure) -> Self {
        Self {
            failure: failure.hint(words::URL_IS_KEPT),
            again: true,
            told: None,
            denied: false,
        }
    }

    fn last(failure: Failure) -> Self {
        Self {
            failure,
            again: false,
            told: None,
            denied: false,
        }
    }
}

impl Downloader {
    /// For the pictures of the endpoint at `base`: only an endpoint on this machine or in a private network may name pictures there.
    pub fn new(base: &BaseUrl) -> Self {
        Self {
            base: base.reach(),
            clients: Default::default(),
            waits: DOWNLOAD_WAITS,
            silence: SILENCE,
        }
    }

    /// Changes the waits between tries, and the silence that ends one.
    #[must_use]
    pub fn with_times(mut self, waits: [Duration; 4], silence: Duration) -> Self {
        self.waits = waits;
        self.silence = silence;
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
            let miss = match self.attempt(url, limit, &mut tell).await {
                Ok(bytes) if whole(&bytes) => return Ok(bytes),
                Ok(_) => Miss::again(Failure::new(
                    FailureKind::Download,
                    "the picture's host sends a file that ends early",
                )),
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
        url: &str,
        limit: u64,
        tell: &mut impl FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Miss> {
        let mut url = Url::parse(url).map_err(|_| {
            Miss::last(Failure::new(
                FailureKind::Download,
                "the answer names a picture by something that is no URL",
            ))
        })?;
        for hop in 0..=MAX_HOPS {
            vet(&url, self.base).map_err(Miss::last)?;
            let response = self.get(&url, hop == 0).await?;
            let status = response.status();
            if status.is_redirection()
                && let Some(location) = response.headers().get(LOCATION)
            {
                url = location
                    .to_str()
                    .ok()
                    .and_then(|l| url.join(l).ok())
                    .ok_or_else(|| {
                        Miss::last(Failure::new(
                            FailureKind::Download,
                            format!("{} sends us to something that is no URL", named(&url)),
                        ))
                    })?;
                continue;
            }
            if !status.is_success() {
                return Err(self.refused(&url, response).await);
            }
            return self.read(&url, response, limit, tell).await;
        }
        Err(Miss::last(Failure::new(
            FailureKind::Download,
            format!("{} sends us from one address to the next", named(&url)),
        )))
    }

    /// Asks for `url`; for a name with plain http, first by https, since some hosts block the other (WIRE D6).
    async fn get(&self, url: &Url, first: bool) -> Result<reqwest::Response, Miss> {
        if first
            && let Some(secure) = upgraded(url)
            && let Ok(response) = self.send(&secure).await
            && (response.status().is_success() || response.status().is_redirection())
        {
            return Ok(response);
        }
        self.send(url).await
    }

    async fn send(&self, url: &Url) -> Result<reqwest::Response, Miss> {
        let request = self
            .client(url)
            .map_err(Miss::last)?
            .get(url.clone())
            .header(ACCEPT, "image/*, */*;q=0.8")
            .header(ACCEPT_ENCODING, "identity")
            .send();
        match timeout(self.silence, request).await {
            Err(_) => Err(Miss::again(silent(url, self.silence))),
            Ok(Err(error)) => Err(Miss::again(Failure::new(
                FailureKind::Download,
                format!("{} cannot be reached: {}", named(url), http::cause(&error)),
            ))),
            Ok(Ok(response)) => Ok(response),
        }
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, Failure> {
        let local = reach(url) == Reach::Loopback;
        let tls = url.scheme() == "https";
        let slot = match (local, tls) {
            (true, false) => &self.clients[0],
            (true, true) => &self.clients[1],
            (false, _) => &self.clients[2],
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = http::client(local, tls, CONNECT)?;
        Ok(slot.get_or_init(|| client))
    }

    async fn refused(&self, url: &Url, mut response: reqwest::Response) -> Miss {
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned);
        let mut body = Vec::new();
        while body.len() < MAX_ERROR_BODY
            && let Ok(Ok(Some(bytes))) = timeout(self.silence, response.chunk()).await
        {
            body.extend_from_slice(&bytes);
        }
        body.truncate(MAX_ERROR_BODY);
        // S3 and its kin, then Azure.
        let body = String::from_utf8_lossy(&body).to_ascii_lowercase();
        let over = body.contains("expired") || body.contains("specified time frame");
        if matches!(status, 401 | 403 | 410) && over {
            let failure = Failure::new(
                FailureKind::Download,
                format!("the picture's link has expired ({})", named(url)),
            );
            return Miss::last(failure.hint(words::RUN_AGAIN));
        }
        let failure = Failure::new(
            FailureKind::Download,
            format!("{} answered HTTP {status}", named(url)),
        );
        let told = told_wait(retry_after.as_deref(), &[], SystemTime::now());
        let too_long = told.is_some_and(|told| told > LONGEST_WAIT);
        Miss {
            again: download_is_worth_another_try(status) && !too_long,
            told,
            denied: (400..500).contains(&status),
            ..Miss::again(failure)
        }
    }

    async fn read(
        &self,
        url: &Url,
        mut response: reqwest::Response,
        limit: u64,
        tell: &mut impl FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Miss> {
        let total = response.content_length().or_else(|| {
            let header = response.headers().get(CONTENT_LENGTH)?;
            header.to_str().ok()?.parse().ok()
        });
        let too_large = || {
            Miss::last(Failure::new(
                FailureKind::Download,
                format!("{} sends more than {} MB", named(url), limit >> 20),
            ))
        };
        if total.is_some_and(|total| total > limit) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        tell(0, total);
        loop {
            match timeout(self.silence, response.chunk()).await {
                Err(_) => return Err(Miss::again(silent(url, self.silence))),
                Ok(Err(error)) => {
                    return Err(Miss::again(Failure::new(
                        FailureKind::Download,
                        format!(
                            "the download from {} broke off: {}",
                            named(url),
                            http::cause(&error)
                        ),
                    )));
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
            return Err(Miss::again(Failure::new(
                FailureKind::Download,
                format!("{} sent fewer bytes than it announced", named(url)),
            )));
        }
        Ok(bytes)
    }
}

fn silent(url: &Url, limit: Duration) -> Failure {
    Failure::new(
        FailureKind::Download,
        format!(
            "{} was silent for {} s",
            named(url),
            limit.as_secs_f64().round()
        ),
    )
}
