//! From a picture's URL to the answer of the host that has it: every hop vetted, by a client that has no key, no cookies and
//! tells no referrer. Reads no body.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderName, LOCATION};
use reqwest::{ClientBuilder, Response};
use tokio::time::timeout;
use url::Url;

use super::super::host::{Reach, reach};
use super::super::http;
use super::super::vet::{named, upgraded};
use super::guard::{Guard, Vetted, refusal};
use super::miss::{Miss, failed, silent};
use crate::domain::{Failure, FailureKind};

/// Most redirects that are followed.
const MAX_HOPS: usize = 5;
const CONNECT: Duration = Duration::from_secs(10);

/// The clients for pictures, each made when first needed.
#[derive(Default)]
pub(super) struct Clients {
    /// http on this machine.
    local: OnceLock<reqwest::Client>,
    /// https on this machine.
    local_tls: OnceLock<reqwest::Client>,
    direct: OnceLock<reqwest::Client>,
    proxied: OnceLock<reqwest::Client>,
}

/// Follows redirects from URL to URL.
pub(super) struct Follower {
    pub(super) guard: Arc<Guard>,
    pub(super) clients: Clients,
    /// Silence that ends a try.
    pub(super) silence: Duration,
}

impl Follower {
    /// Gives the first answer that is no redirect, and whose it is. `more` headers are told to every host on the way.
    pub(super) async fn follow(
        &self,
        url: &Url,
        more: &[(HeaderName, String)],
    ) -> Result<(Url, Response), Miss> {
        let mut url = url.clone();
        for hop in 0..=MAX_HOPS {
            self.guard.vet(&url).await.map_err(Miss::last)?;
            let response = self.get(&url, hop == 0, more).await?;
            let Some(location) = response.headers().get(LOCATION) else {
                return Ok((url, response));
            };
            if !response.status().is_redirection() {
                return Ok((url, response));
            }
            // From https to http too: the picture is paid for, and asking carries nothing but the URL that came with the
            // answer. Who listens may see or swap a picture, which is checked as one like any other.
            let next = location.to_str().ok().and_then(|l| url.join(l).ok());
            url = next.ok_or_else(|| {
                let message = format!("{} sends us to something that is no URL", named(&url));
                Miss::last(failed(&message))
            })?;
        }
        let message = format!("{} sends us from one address to the next", named(&url));
        Err(Miss::last(failed(&message)))
    }

    /// Asks for `url`; for a name with plain http, first by https, since some hosts block the other (WIRE D6).
    async fn get(
        &self,
        url: &Url,
        first: bool,
        more: &[(HeaderName, String)],
    ) -> Result<Response, Miss> {
        if let Some(secure) = upgraded(url)
            && let Ok(response) = self.send(&secure, more).await
        {
            let status = response.status();
            // A host that sent us from https to http must not send us round in circles.
            if status.is_success() || (first && status.is_redirection()) {
                return Ok(response);
            }
        }
        self.send(url, more).await
    }

    async fn send(&self, url: &Url, more: &[(HeaderName, String)]) -> Result<Response, Miss> {
        let mut request = self
            .client(url)
            .map_err(Miss::last)?
            .get(url.clone())
            .header(ACCEPT, "image/*, */*;q=0.8")
            .header(ACCEPT_ENCODING, "identity");
        for (name, value) in more {
            request = request.header(name, value);
        }
        match timeout(self.silence, request.send()).await {
            Err(_) => Err(silent(url, self.silence)),
            Ok(Err(error)) => Err(refusal(&error).map_or_else(
                || {
                    let cause = http::cause(&error);
                    let mut miss =
                        Miss::again(&format!("{} cannot be reached: {cause}", named(url)));
                    if error.is_connect() {
                        miss.failure.kind = FailureKind::Unreachable;
                    }
                    miss
                },
                Miss::last,
            )),
            Ok(Ok(response)) => Ok(response),
        }
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, Failure> {
        let clients = &self.clients;
        let local = reach(url) == Reach::Loopback;
        let tls = url.scheme() == "https";
        let proxied = self.guard.is_proxied(url);
        let slot = match (local, tls, proxied) {
            (true, false, _) => &clients.local,
            (true, true, _) => &clients.local_tls,
            (false, _, false) => &clients.direct,
            (false, _, true) => &clients.proxied,
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = http::client_with(local, tls, CONNECT, |builder: ClientBuilder| {
            // Bytes as they come: a `Content-Encoding` may be wrong, and offsets into a file count its own bytes.
            let builder = builder.no_gzip().no_brotli().no_deflate();
            // The names that a client with a proxy looks up are its proxies', which are the user's to choose.
            if proxied {
                builder
            } else {
                builder
                    .no_proxy()
                    .dns_resolver(Vetted(Arc::clone(&self.guard)))
            }
        })?;
        Ok(slot.get_or_init(|| client))
    }
}
