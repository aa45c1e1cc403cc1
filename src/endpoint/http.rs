//! How HTTP clients are made here, and how their errors are put into words. Sends nothing itself.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, redirect, retry};

use crate::domain::{Failure, FailureKind};

/// A client that follows no redirect, repeats nothing and keeps no idle connection: each of the three
/// would send a paid request twice, or into a connection that the server has closed (RELIABILITY §1).
///
/// Nothing on this machine (`local`) goes through a proxy, and its plain http needs no certificates; elsewhere the
/// platform's are used, and Mozilla's where the platform has none.
pub(super) fn client(local: bool, tls: bool, connect: Duration) -> Result<Client, Failure> {
    client_with(local, tls, connect, |builder| builder)
}

/// The same, with `more` settings.
pub(super) fn client_with(
    local: bool,
    tls: bool,
    connect: Duration,
    more: impl Fn(ClientBuilder) -> ClientBuilder,
) -> Result<Client, Failure> {
    // Err means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        let builder = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .pool_max_idle_per_host(0)
            .connect_timeout(connect)
            .user_agent(concat!("plantain/", env!("CARGO_PKG_VERSION")));
        more(if local { builder.no_proxy() } else { builder })
    };
    let built = if local && !tls {
        builder().tls_certs_only([]).build()
    } else {
        builder().build().or_else(|_| {
            let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS
                .iter()
                .filter_map(|der| Certificate::from_der(der).ok());
            builder().tls_certs_only(mozilla).build()
        })
    };
    built.map_err(|error| {
        Failure::new(
            FailureKind::Internal,
            format!("the HTTP client cannot be set up: {}", cause(&error)),
        )
    })
}

/// The cause of an HTTP error in a few words, without its URL.
pub(super) fn cause(error: &reqwest::Error) -> String {
    if error.is_dns() {
        return "the host's name cannot be resolved".to_owned();
    }
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if let Some(io) = deepest.downcast_ref::<io::Error>() {
        let words = match io.kind() {
            io::ErrorKind::ConnectionRefused => "connection refused",
            io::ErrorKind::ConnectionReset => "the connection was reset",
            io::ErrorKind::UnexpectedEof => "the connection was closed too early",
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                "the network cannot reach it"
            }
            _ => return io.to_string(),
        };
        return words.to_owned();
    }
    if std::ptr::addr_eq(deepest, error) {
        // Its own words hold the URL.
        return "the request failed".to_owned();
    }
    deepest.to_string()
}
