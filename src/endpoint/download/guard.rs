//! Who is at the name of a picture's host. Names are looked up here, and only addresses that passed are connected to, so that
//! a name which leads elsewhere a moment later (DNS rebinding) gains nothing. Connects to nothing itself.
//!
//! Behind a proxy of the environment the proxy looks names up, and only what is written can be vetted: the scheme, addresses
//! in figures, `localhost`. The proxy's own address is not vetted, since the user chose it.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::OnceCell;
use url::{Host, Url};

use super::super::base_url::BaseUrl;
use super::super::host::{Reach, reach, reach_of_ip};
use super::super::vet::{is_neighbour, vet, vet_address};
use crate::domain::Failure;

/// Decides which hosts the pictures of one endpoint may be fetched from.
pub(super) struct Guard {
    /// The endpoint; an unknown one counts as public.
    base: Option<BaseUrl>,
    names: Arc<dyn Resolve>,
    /// reqwest's own reading of the proxies in the environment.
    proxies: Matcher,
    /// Where the endpoint's name leads; unknown until it could be looked up.
    reach: OnceCell<Reach>,
}

/// Looks up names as a client asks, and gives the addresses that passed.
pub(super) struct Vetted(pub(super) Arc<Guard>);

/// No address of a host may be fetched from.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(Failure);

/// The system's resolver.
pub(super) struct System;

impl Guard {
    pub(super) fn new(base: Option<BaseUrl>, names: Arc<dyn Resolve>) -> Self {
        Self {
            base,
            names,
            proxies: Matcher::from_system(),
            reach: OnceCell::new(),
        }
    }

    /// The same with another resolver.
    pub(super) fn with_names(&self, names: Arc<dyn Resolve>) -> Self {
        Self::new(self.base.clone(), names)
    }

    /// Whether requests for `url` go to a proxy. Nothing on this machine does.
    pub(super) fn is_proxied(&self, url: &Url) -> bool {
        let uri = url.as_str().parse();
        reach(url) != Reach::Loopback && uri.is_ok_and(|uri| self.proxies.intercept(&uri).is_some())
    }

    /// Refuses a URL by its words; looks up the endpoint's name only where the verdict hangs on it.
    pub(super) async fn vet(&self, url: &Url) -> Result<(), Failure> {
        vet(url, self.base_for(reach(url)).await)
    }

    /// What there is to know of the endpoint's place when a picture is at `at`.
    async fn base_for(&self, at: Reach) -> Reach {
        if is_neighbour(at) {
            self.base().await
        } else {
            Reach::Public
        }
    }

    /// Where the endpoint is. A name counts as near only if all of its addresses are near and alike; one that cannot be
    /// looked up, or that a proxy looks up, is taken for public.
    async fn base(&self) -> Reach {
        let Some(url) = self.base.as_ref().map(BaseUrl::chat_url) else {
            return Reach::Public;
        };
        let Some(Host::Domain(host)) = url.host() else {
            return reach(&url);
        };
        if reach(&url) == Reach::Loopback || self.is_proxied(&url) {
            return reach(&url);
        }
        let found = self.reach.get_or_try_init(|| async {
            let addresses = self.names.resolve(host.parse()?).await?;
            let mut places = addresses.map(|address| reach_of_ip(address.ip()));
            let first = places.next().unwrap_or(Reach::Public);
            let alike = places.all(|place| place == first);
            Ok::<_, Box<dyn Error + Send + Sync>>(if alike { first } else { Reach::Public })
        });
        found.await.map_or(Reach::Public, |place| *place)
    }

    /// The addresses of a picture's host that may be connected to.
    async fn look_up(&self, name: Name) -> Result<Addrs, Box<dyn Error + Send + Sync>> {
        let host = name.as_str().to_owned();
        let mut passed: Vec<SocketAddr> = Vec::new();
        let mut refusal = None;
        for address in self.names.resolve(name).await? {
            let base = self.base_for(reach_of_ip(address.ip())).await;
            match vet_address(&host, address.ip(), base) {
                Ok(()) => passed.push(address),
                Err(failure) => refusal = Some(failure),
            }
        }
        match refusal {
            Some(failure) if passed.is_empty() => Err(Box::new(Refused(failure))),
            _ => Ok(Box::new(passed.into_iter())),
        }
    }
}

impl Resolve for Vetted {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move { guard.look_up(name).await })
    }
}

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0 stands for the URL's.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let all: Vec<SocketAddr> = found.collect();
            Ok(Box::new(all.into_iter()) as Addrs)
        })
    }
}

/// The refusal in an error of a client, if that is what it is.
pub(super) fn refusal(error: &reqwest::Error) -> Option<Failure> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(Refused(failure)) = error.downcast_ref() {
            return Some(failure.clone());
        }
        next = error.source();
    }
    None
}
