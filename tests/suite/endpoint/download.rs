//! Downloads over real sockets: WIRE §4g.

mod limits;
mod names;
mod ranges;
mod refusals;
mod stores;

use std::time::Duration;

use plantain::domain::{Failure, FailureKind};
use plantain::endpoint::{BaseUrl, Blob, Download, Downloader, Got};

use crate::suite::raw_server::{RawServer, RequestSeen, Script, Step, answer, head};

const LIMIT: u64 = 1 << 20;
const BYTES: &[u8] = b"\xFF\xD8\xFF bytes \xFF\xD9";

fn downloader() -> Downloader {
    let base = BaseUrl::parse("http://127.0.0.1:1").unwrap();
    Downloader::new(&base).with_times([Duration::ZERO; 4], Duration::from_secs(60))
}

/// Moves the clock on, and a little further.
async fn pass(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by + Duration::from_millis(5)).await;
    tokio::time::resume();
}

async fn fetch(url: &str) -> Result<Vec<u8>, Failure> {
    fetch_by(&downloader(), url, true, |_| true, |_| ()).await
}

/// Fetches what has nowhere to go but memory.
async fn fetch_by(
    downloader: &Downloader,
    url: &str,
    certain: bool,
    whole: impl Fn(&[u8]) -> bool + Copy + Send + 'static,
    tell: impl FnMut(Got),
) -> Result<Vec<u8>, Failure> {
    let mut download = Download::new(url, certain, LIMIT);
    let whole = move |blob: &Blob| blob.to_vec().map(|bytes| whole(&bytes));
    let blob = downloader.fetch(&mut download, whole, tell).await?;
    Ok(blob.to_vec().unwrap())
}

/// A server whose first answers fail and whose next ones are fine.
async fn failing(times: usize, bad: Script) -> RawServer {
    RawServer::start(move |request: &RequestSeen| {
        if request.n < times {
            bad.clone()
        } else {
            answer(200, &[("Content-Type", "image/png")], BYTES)
        }
    })
    .await
}

#[tokio::test]
async fn bytes_come_untouched_with_their_progress() {
    let server = failing(0, Vec::new()).await;
    let mut told = Vec::new();
    let url = format!("{}/a.png?sig=SECRET", server.url());
    let tell = |got| told.push(got);
    let fetched = fetch_by(&downloader(), &url, true, |_| true, tell).await;
    let fetched = fetched.unwrap();
    assert_eq!(fetched, BYTES);
    let all = BYTES.len() as u64;
    assert_eq!(
        told.last(),
        Some(&Got {
            attempt: 1,
            received: all,
            total: Some(all)
        })
    );
    let request = &server.requests()[0];
    assert_eq!(request.path, "/a.png?sig=SECRET");
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn what_may_pass_is_tried_five_times() {
    let cut = vec![Step::Bytes(
        [head(200, &[("Content-Length", "99")]).as_slice(), b"half"].concat(),
    )];
    let reset = vec![Step::Bytes(head(200, &[])), Step::Reset];
    for bad in [
        answer(404, &[], b""),
        answer(403, &[], b"<Error><Code>AccessDenied</Code></Error>"),
        answer(429, &[("Retry-After", "0")], b""),
        answer(500, &[], b""),
        cut,
        reset,
        vec![Step::Reset],
    ] {
        let server = failing(4, bad.clone()).await;
        let fetched = fetch(&format!("{}/a?sig=SECRET", server.url()))
            .await
            .unwrap();
        assert_eq!(fetched, BYTES);
        assert_eq!(server.requests().len(), 5);

        let server = failing(9, bad).await;
        let failure = fetch(&format!("{}/a?sig=SECRET", server.url()))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::Download);
        assert!(failure.hint.is_some());
        assert!(!format!("{failure:?}").contains("SECRET"), "{failure:?}");
        assert_eq!(server.requests().len(), 5);
    }
}

#[tokio::test]
async fn what_cannot_pass_is_tried_once() {
    let expired = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    let long = vec![0; LIMIT as usize + 1];
    for (bad, words) in [
        (answer(403, &[], expired), "expired"),
        (answer(400, &[], b""), "HTTP 400"),
        (answer(429, &[("Retry-After", "999")], b""), "HTTP 429"),
        (answer(200, &[], &long), "more than 1 MB"),
        (
            vec![Step::Bytes(head(200, &[])), Step::Bytes(long)],
            "more than 1 MB",
        ),
        (
            answer(302, &[("Location", "file:///etc/passwd")], b""),
            "file:",
        ),
        (
            answer(302, &[("Location", "http://169.254.169.254/")], b""),
            "link-local",
        ),
        (
            answer(302, &[("Location", "http://10.0.0.1/")], b""),
            "private",
        ),
    ] {
        let server = failing(9, bad).await;
        let failure = fetch(&format!("{}/a?sig=SECRET", server.url()))
            .await
            .unwrap_err();
        assert!(failure.message.as_str().contains(words), "{failure}");
        assert!(!format!("{failure:?}").contains("SECRET"));
        assert_eq!(server.requests().len(), 1, "{words}");
    }
}

#[tokio::test]
async fn an_uncertain_address_is_given_up_when_its_host_has_nothing_there() {
    for (status, tries) in [(404, 1), (403, 1), (429, 5), (503, 5)] {
        let server = failing(9, answer(status, &[], b"")).await;
        let fetched = fetch_by(&downloader(), &server.url(), false, |_| true, |_| ()).await;
        let failure = fetched.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Download);
        assert_eq!(server.requests().len(), tries, "{status}");
    }
}

#[tokio::test]
async fn a_file_that_ends_early_is_fetched_again() {
    let server = RawServer::start(|request| {
        let length = if request.n < 2 { 5 } else { BYTES.len() };
        answer(200, &[], &BYTES[..length])
    })
    .await;
    let whole = |bytes: &[u8]| bytes.ends_with(b"\xFF\xD9");
    let mut attempts = Vec::new();
    let tell = |got: Got| attempts.push(got.attempt);
    let fetched = fetch_by(&downloader(), &server.url(), true, whole, tell).await;
    let fetched = fetched.unwrap();
    assert_eq!(fetched, BYTES);
    assert_eq!(server.requests().len(), 3);
    assert_eq!(attempts.last(), Some(&3));
}

#[tokio::test]
async fn redirects_are_followed_up_to_five_times_without_any_key() {
    let target = failing(0, Vec::new()).await;
    let to = format!("{}/there", target.url());
    let server = RawServer::start(move |request| {
        let next = match request.path.as_str() {
            "/4" => to.clone(),
            path => format!("/{}", path[1..].parse::<u8>().unwrap() + 1),
        };
        answer(302, &[("Location", &next)], b"")
    })
    .await;
    let fetched = fetch(&format!("{}/0", server.url())).await.unwrap();
    assert_eq!(fetched, BYTES);
    assert_eq!(target.requests()[0].path, "/there");

    let endless = RawServer::saying(answer(302, &[("Location", "/")], b"")).await;
    let failure = fetch(&endless.url()).await.unwrap_err();
    assert!(
        failure
            .message
            .as_str()
            .contains("from one address to the next")
    );
    assert_eq!(endless.requests().len(), 6);
}
