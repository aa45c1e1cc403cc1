//! Fetches pictures: a client of its own that never has the key, redirects followed by hand, five tries over two minutes.
//! Looks at no pixel and writes no file. A URL's query may be a signature: it is in no failure.

mod expiry;
mod follow;
mod guard;
mod miss;
mod packed;
mod partial;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use reqwest::dns::Resolve;
use tokio::task::spawn_blocking;
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
use packed::{Trouble, packing, unpack};
use partial::{Meaning, Partial, TooLarge};

/// Silence of a picture's host (RELIABILITY N3).
const SILENCE: Duration = Duration::from_secs(30);
/// The longest try: a host that drips is not silent, and could do so for ever. The next try goes on where it can.
const LONGEST_TRY: Duration = Duration::from_secs(600);

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
    /// is given up when its host says that it has none (403, 404, 410).
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
        let mut partial = Partial::new(limit);
        let mut attempt = 1;
        loop {
            let mut tell = |partial: &Partial| {
                on_progress(Got {
                    attempt,
                    received: partial.received(),
                    total: partial.total(),
                });
            };
            let trying = self.attempt(&url, &mut partial, &mut tell);
            let tried = timeout(LONGEST_TRY, trying).await;
            let miss = match tried.unwrap_or_else(|_| Err(too_long(&url))) {
                Err(miss) => miss,
                Ok(()) => match unpacked(&mut partial, &url).await {
                    Ok(bytes) if whole(&bytes) => return Ok(bytes),
                    Ok(_) => Miss::again("the picture's host sends a file that ends early"),
                    Err(miss) => miss,
                },
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

    /// One try: from the URL itself each time, since what it redirects to may be signed for minutes only.
    async fn attempt(
        &self,
        url: &Url,
        partial: &mut Partial,
        tell: &mut impl FnMut(&Partial),
    ) -> Result<(), Miss> {
        let rest = partial.ask_for_rest();
        let (mut at, mut response) = self.follower.follow(url, &rest).await?;
        let mut meaning = Meaning::Anew;
        if !rest.is_empty() {
            meaning = partial.read(response.status(), response.headers());
        }
        if meaning == Meaning::Unfit {
            partial.clear();
            (at, response) = self.follower.follow(url, &[]).await?;
        }
        if !response.status().is_success() {
            return Err(refused(&at, at != *url, response, self.follower.silence).await);
        }
        let too_large = |partial: &Partial| too_large(&at, "sends", partial.limit());
        let taken = match meaning {
            Meaning::Rest => partial.go_on(response.headers()),
            Meaning::Anew | Meaning::Unfit => partial.begin(response.headers()),
        };
        if let Err(TooLarge) = taken {
            return Err(too_large(partial));
        }
        tell(partial);
        while let Some(piece) = self.piece(&at, &mut response).await? {
            if let Err(TooLarge) = partial.append(piece.as_ref()) {
                return Err(too_large(partial));
            }
            tell(partial);
        }
        if partial.is_complete() {
            return Ok(());
        }
        let message = format!("{} sent fewer bytes than it announced", named(&at));
        Err(Miss::again(&message))
    }

    /// The next bytes of the body; none at its end.
    async fn piece(
        &self,
        at: &Url,
        response: &mut Response,
    ) -> Result<Option<impl AsRef<[u8]> + use<>>, Miss> {
        let silence = self.follower.silence;
        match timeout(silence, response.chunk()).await {
            Err(_) => Err(silent(at, silence)),
            Ok(Err(error)) => {
                let cause = http::cause(&error);
                let message = format!("the download from {} broke off: {cause}", named(at));
                Err(Miss::again(&message))
            }
            Ok(Ok(piece)) => Ok(piece),
        }
    }
}

/// Takes what came, unpacked if it is packed, which happens off the event loop.
async fn unpacked(partial: &mut Partial, url: &Url) -> Result<Vec<u8>, Miss> {
    let limit = partial.limit();
    let packing = packing(partial.bytes(), partial.encoding());
    let bytes = partial.take();
    let Some(packing) = packing else {
        return Ok(bytes);
    };
    let unpacking = spawn_blocking(move || unpack(bytes, packing, limit)).await;
    match unpacking.unwrap_or(Err(Trouble::Broken)) {
        Ok(bytes) => Ok(bytes),
        Err(Trouble::TooLarge) => Err(too_large(url, "sends a file that unpacks to", limit)),
        Err(Trouble::Broken) => {
            let message = format!("{} sends a packed file that ends early", named(url));
            Err(Miss::again(&message))
        }
        Err(Trouble::Unknown(packing)) => {
            let message = format!("{} sends a file that is packed as {packing}", named(url));
            Err(Miss::last(failed(&message)))
        }
    }
}

fn too_large(url: &Url, what: &str, limit: u64) -> Miss {
    let message = format!("{} {what} more than {} MB", named(url), limit >> 20);
    Miss::last(failed(&message))
}

fn too_long(url: &Url) -> Miss {
    let minutes = LONGEST_TRY.as_secs() / 60;
    Miss::again(&format!(
        "{} did not finish within {minutes} min",
        named(url)
    ))
}
