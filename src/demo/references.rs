//! Fetches reference pictures: data URIs and loopback URLs. It goes nowhere else, and follows no redirect.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;
use reqwest::redirect;
use url::{Host, Url};

use super::rejected::Rejected;
use crate::picture::{self, Limits};

/// bytes of one reference picture, as for a whole body.
pub(super) const MOST_BYTES: usize = 64 << 20;
const CONNECT: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(10);

/// Fetches every reference and opens the first, which is the one that is edited; the others must be pictures too.
pub(super) async fn first_of(given: &[String]) -> Result<Option<RgbImage>, Rejected> {
    let mut first = None;
    for (n, text) in given.iter().enumerate() {
        let wrong = |message: &str| {
            Rejected::field(
                "messages",
                "invalid_image_url",
                format!("reference picture {}: {message}", n + 1),
            )
        };
        let bytes = bytes_of(text).await.map_err(|e| wrong(&e))?;
        let opened = tokio::task::spawn_blocking(move || {
            if n == 0 {
                picture::decode(&bytes, Limits::default()).map(|p| Some(p.over([u8::MAX; 3])))
            } else {
                picture::measure(&bytes, Limits::default()).map(|_| None)
            }
        })
        .await
        .map_err(|_| wrong("it could not be opened"))?
        .map_err(|e| wrong(&e.to_string()))?;
        first = first.or(opened);
    }
    Ok(first)
}

async fn bytes_of(text: &str) -> Result<Vec<u8>, String> {
    if let Some(data) = text.strip_prefix("data:") {
        return from_data(data);
    }
    let url = Url::parse(text).map_err(|e| format!("{e} in its URL"))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if !matches!(url.scheme(), "http" | "https") || !loopback {
        return Err(
            "the demo endpoint takes data URIs and http(s) URLs on loopback, nothing else"
                .to_owned(),
        );
    }
    fetch(url).await
}

/// `image/png;base64,..`
fn from_data(data: &str) -> Result<Vec<u8>, String> {
    let (head, body) = data.split_once(',').ok_or("its data URI has no comma")?;
    if !head.ends_with(";base64") {
        return Err("its data URI is not in base64".to_owned());
    }
    STANDARD
        .decode(body)
        .map_err(|e| format!("its data URI is damaged: {e}"))
}

async fn fetch(url: Url) -> Result<Vec<u8>, String> {
    // An error says that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed = |e: reqwest::Error| format!("it cannot be fetched: {}", e.without_url());
    let client = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .build()
        .map_err(failed)?;
    let mut response = client.get(url).send().await.map_err(failed)?;
    if !response.status().is_success() {
        return Err(format!("its host answered {}", response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_BYTES {
            return Err("it is larger than 64 MB".to_owned());
        }
    }
    Ok(bytes)
}
