//! Fetches pictures: a client of its own that never has the key, redirects followed by hand, five tries over two minutes.
//! Looks at no pixel, and writes no file itself: what is large goes to a [`Spool`]. A URL's query may be a signature: it is in no failure.

mod expiry;
mod follow;
mod guard;
mod keep;
mod miss;
mod packed;
mod partial;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use reqwest::dns::Resolve;
use tokio::time::{sleep, timeout};
use url::Url;

use super::base_url::BaseUrl;
use super::http;
use super::retry::DOWNLOAD_WAITS;
use super::spool::{Blob, Spool};
use super::vet::named;
use crate::domain::Failure;
use follow::{Clients, Follower};
use guard::{Guard, System};
use keep::{Keep, Made};
use miss::{Miss, failed, refused, silent};
use packed::Trouble;
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

/// A picture that is to be fetched, and what has come of it.
pub struct Download {
    url: String,
    certain: bool,
    partial: Partial,
    keep: Keep,
}

impl Download {
    /// Of `url`, at most `limit` bytes, which stay in memory. An address that is not `certain` to be a picture's is given up
    /// when its host says that it has none (403, 404, 410).
    pub fn new(url: &str, certain: bool, limit: u64) -> Self {
        Self {
            url: url.to_owned(),
            certain,
            partial: Partial::new(limit),
            keep: Keep::new(),
        }
    }

    /// Sends what is beyond 1 MB to `spool`. For a download that has not begun.
    #[must_use]
    pub fn spooling(mut self, spool: &Arc<dyn Spool>) -> Self {
        self.keep = Keep::spooling(spool);
        self
    }

    /// Waits until nothing of it is being written, and removes what is left.
    pub async fn close(mut self) {
        self.keep.clear().await;
    }

    async fn clear(&mut self) {
        self.partial.clear();
        self.keep.clear().await;
    }

    /// Makes the picture of all that came.
    async fn finish(
        &mut self,
        at: &Url,
        whole: impl Fn(&Blob) -> io::Result<bool> + Send + 'static,
    ) -> Result<Blob, Miss> {
        let limit = self.partial.limit();
        let made = self
            .keep
            .finish(self.partial.encoding(), limit, whole)
            .await;
        self.partial.clear();
        made.map_err(|made| match made {
            Made::Early => Miss::again("the picture's host sends a file that ends early"),
            Made::Packed(Trouble::TooLarge) => too_large(at, "sends a file that unpacks to", limit),
            Made::Packed(Trouble::Broken) => {
                let message = format!("{} sends a packed file that ends early", named(at));
                Miss::again(&message)
            }
            Made::Packed(Trouble::Unknown(packing)) => {
                let message = format!("{} sends a file that is packed as {packing}", named(at));
                Miss::last(failed(&message))
            }
            Made::Whole | Made::Unreadable => Miss::again("what came cannot be read again"),
        })
    }
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

    /// Fetches it, in up to five tries. What then came belongs to the caller; close the download in any case.
    ///
    /// `whole` says `false` of a picture that ends early, which is then fetched again; bytes that are no picture at all are
    /// whole in this sense, since another try would bring the same page. Reading them may block on a disk.
    pub async fn fetch(
        &self,
        download: &mut Download,
        whole: impl Fn(&Blob) -> io::Result<bool> + Copy + Send + 'static,
        mut on_progress: impl FnMut(Got),
    ) -> Result<Blob, Failure> {
        let url = Url::parse(&download.url)
            .map_err(|_| failed("the answer names a picture by something that is no URL"))?;
        let mut waits = self.waits.iter();
        let mut attempt = 1;
        loop {
            let mut tell = |partial: &Partial| {
                on_progress(Got {
                    attempt,
                    received: partial.received(),
                    total: partial.total(),
                });
            };
            let trying = self.attempt(&url, download, &mut tell);
            let tried = timeout(LONGEST_TRY, trying).await;
            let miss = match tried.unwrap_or_else(|_| Err(too_long(&url))) {
                Err(miss) => miss,
                Ok(()) => match download.finish(&url, whole).await {
                    Ok(blob) => return Ok(blob),
                    Err(miss) => miss,
                },
            };
            match waits.next() {
                Some(wait) if miss.again && (download.certain || !miss.denied) => {
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
        download: &mut Download,
        tell: &mut impl FnMut(&Partial),
    ) -> Result<(), Miss> {
        let rest = download.partial.ask_for_rest();
        let (mut at, mut response) = self.follower.follow(url, &rest).await?;
        let mut meaning = Meaning::Anew;
        if !rest.is_empty() {
            let headers = response.headers();
            meaning = download.partial.read(response.status(), headers);
        }
        if meaning == Meaning::Unfit {
            download.clear().await;
            (at, response) = self.follower.follow(url, &[]).await?;
        }
        if !response.status().is_success() {
            return Err(refused(&at, at != *url, response, self.follower.silence).await);
        }
        let limit = download.partial.limit();
        let too_large = |TooLarge| too_large(&at, "sends", limit);
        if meaning == Meaning::Rest {
            let going_on = download.partial.go_on(response.headers());
            going_on.map_err(too_large)?;
        } else {
            download.clear().await;
            let begun = download.partial.begin(response.headers());
            begun.map_err(too_large)?;
        }
        tell(&download.partial);
        while let Some(piece) = self.piece(&at, &mut response).await? {
            let added = download.partial.add(piece.as_ref().len());
            added.map_err(too_large)?;
            download.keep.push(piece, limit).await;
            tell(&download.partial);
        }
        if download.partial.is_complete() {
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
    ) -> Result<Option<impl AsRef<[u8]> + Send + use<>>, Miss> {
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
