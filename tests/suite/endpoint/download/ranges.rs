//! What came is not fetched twice where the host can give the rest alone, and halves of different files are never joined.

use std::time::Duration;

use plantain::endpoint::Got;
use tokio::sync::watch;

use super::{downloader, fetch_by, pass};
use crate::suite::raw_server::{RawServer, RequestSeen, Script, Step, answer, head};

const OLD: &[u8] = b"\xFF\xD8 the first version of it \xFF\xD9";
const NEW: &[u8] = b"\xFF\xD8 the next one, as long.. \xFF\xD9";
const HALF: usize = 12;
const ETAG: (&str, &str) = ("ETag", "\"one\"");

fn whole(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFF\xD8") && bytes.ends_with(b"\xFF\xD9")
}

/// A head, `bytes` of the body, and then `end`.
fn cut(status: u16, headers: &[(&str, &str)], bytes: &[u8], end: Option<Step>) -> Script {
    let mut script = vec![Step::Bytes([&head(status, headers), bytes].concat())];
    script.extend(end);
    script
}

/// A 206 with `bytes` from `from` on.
fn piece(from: usize, bytes: &[u8], of: usize, headers: &[(&str, &str)]) -> Script {
    let range = format!("bytes {from}-{}/{of}", from + bytes.len() - 1);
    let mut all = vec![("Content-Range", range.as_str())];
    all.extend(headers);
    answer(206, &all, bytes)
}

fn range_of(request: &RequestSeen) -> Option<(&str, Option<&str>)> {
    Some((request.header("range")?, request.header("if-range")))
}

/// Fetches, and gives what was told too.
async fn fetch(server: &RawServer) -> (Vec<u8>, Vec<Got>) {
    let mut told = Vec::new();
    let tell = |got| told.push(got);
    let fetched = fetch_by(&downloader(), &server.url(), true, whole, tell).await;
    (fetched.unwrap(), told)
}

/// A host that breaks off half-way at first, having said `offer`, and answers `next` to everything after it.
async fn broken_off(
    offer: &'static [(&'static str, &'static str)],
    next: impl Fn(&RequestSeen) -> Script + Send + Sync + 'static,
) -> RawServer {
    RawServer::start(move |request| {
        if request.n > 0 {
            return next(request);
        }
        let length = OLD.len().to_string();
        let mut headers = vec![("Content-Length", length.as_str())];
        headers.extend(offer);
        cut(200, &headers, &OLD[..HALF], None)
    })
    .await
}

#[tokio::test]
async fn the_rest_alone_is_fetched_after_a_cut() {
    const DATES: &[(&str, &str)] = &[
        ("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT"),
        ("Date", "Mon, 02 Nov 2026 11:00:00 GMT"),
    ];
    for (offer, by) in [
        (&[ETAG][..], Some("\"one\"")),
        (&[("Accept-Ranges", "bytes")], None),
        (DATES, Some("Mon, 02 Nov 2026 10:00:00 GMT")),
    ] {
        let server = broken_off(offer, |_| piece(HALF, &OLD[HALF..], OLD.len(), &[])).await;
        let (fetched, told) = fetch(&server).await;
        assert_eq!(fetched, OLD, "{offer:?}");
        let requests = server.requests();
        let range = format!("bytes={HALF}-");
        assert_eq!(requests.len(), 2);
        assert_eq!(range_of(&requests[0]), None);
        assert_eq!(range_of(&requests[1]), Some((range.as_str(), by)));
        // What was there already counts.
        let second = told.iter().find(|got| got.attempt == 2).unwrap();
        let total = Some(OLD.len() as u64);
        assert_eq!((second.received, second.total), (HALF as u64, total));
    }
}

#[tokio::test]
async fn tries_add_up() {
    const STEP: usize = OLD.len() / 5 + 1;
    let server = RawServer::start(|request| {
        let from = request.n * STEP;
        let to = (from + STEP).min(OLD.len());
        let (range, length) = (
            format!("bytes {from}-{}/{}", OLD.len() - 1, OLD.len()),
            (OLD.len() - from).to_string(),
        );
        let mut headers = vec![("Content-Length", length.as_str()), ETAG];
        let status = if from > 0 { 206 } else { 200 };
        if from > 0 {
            headers.push(("Content-Range", &range));
        }
        let end = (to < OLD.len()).then_some(Step::Reset);
        let bytes = Step::Bytes(OLD[from..to].to_vec());
        let mut script = vec![Step::Bytes(head(status, &headers)), bytes];
        script.extend(end);
        script
    })
    .await;
    let (fetched, told) = fetch(&server).await;
    assert_eq!(fetched, OLD);
    assert!(server.requests().len() <= 5);
    let received: Vec<u64> = told.iter().map(|got| got.received).collect();
    assert!(received.is_sorted(), "{received:?}");
}

#[tokio::test]
async fn a_host_that_fell_silent_is_asked_for_the_rest_too() {
    let server = RawServer::start(|request| {
        let length = OLD.len().to_string();
        match request.n {
            0 => {
                let headers = [("Content-Length", length.as_str()), ETAG];
                cut(200, &headers, &OLD[..HALF], Some(Step::Forever))
            }
            _ => piece(HALF, &OLD[HALF..], OLD.len(), &[ETAG]),
        }
    })
    .await;
    let (tell, mut told) = watch::channel(0);
    let url = server.url();
    let fetching = tokio::spawn(async move {
        let tell = |got: Got| _ = tell.send(got.received);
        fetch_by(&downloader(), &url, true, whole, tell).await
    });
    told.wait_for(|n| *n == HALF as u64).await.unwrap();
    pass(Duration::from_secs(60)).await;
    assert_eq!(fetching.await.unwrap().unwrap(), OLD);
    assert_eq!(server.requests().len(), 2);
    assert!(range_of(&server.requests()[1]).is_some());
}

#[tokio::test]
async fn another_file_is_fetched_from_its_start() {
    let whole_new = || answer(200, &[("ETag", "\"two\"")], NEW);
    let unfit: [(Script, usize); 6] = [
        // The host noticed by itself.
        (whole_new(), 2),
        // The host did not, or cannot count: asked again at once, without a range.
        (
            piece(HALF, &NEW[HALF..], NEW.len(), &[("ETag", "\"two\"")]),
            3,
        ),
        (piece(HALF, &NEW[HALF..], NEW.len() + 1, &[]), 3),
        (piece(HALF - 1, &NEW[HALF - 1..], NEW.len(), &[]), 3),
        (answer(206, &[], &NEW[HALF..]), 3),
        (answer(416, &[("Content-Range", "bytes */5")], b""), 3),
    ];
    for (to_range, requests) in unfit {
        let told = to_range.clone();
        let server = broken_off(&[ETAG], move |request| match range_of(request) {
            Some(_) => to_range.clone(),
            None => whole_new(),
        })
        .await;
        let (fetched, got) = fetch(&server).await;
        assert_eq!(fetched, NEW, "{told:?}");
        assert_eq!(server.requests().len(), requests, "{told:?}");
        assert_eq!(got.last().unwrap().attempt, 2, "one try: {told:?}");
    }
}

#[tokio::test]
async fn what_a_host_does_not_offer_is_not_asked_of_it() {
    for offer in [
        &[][..],
        &[("ETag", "W/\"one\"")],
        &[("Accept-Ranges", "none"), ETAG],
    ] {
        let server = broken_off(offer, |_| answer(200, &[], OLD)).await;
        assert_eq!(fetch(&server).await.0, OLD);
        assert_eq!(range_of(&server.requests()[1]), None, "{offer:?}");
    }
}

#[tokio::test]
async fn a_file_that_ends_early_by_itself_is_fetched_from_its_start() {
    let server = RawServer::start(|request| {
        let bytes = if request.n == 0 { &OLD[..HALF] } else { OLD };
        answer(200, &[ETAG, ("Accept-Ranges", "bytes")], bytes)
    })
    .await;
    assert_eq!(fetch(&server).await.0, OLD);
    assert_eq!(range_of(&server.requests()[1]), None);
}

#[tokio::test]
async fn a_refusal_in_between_costs_nothing_that_came() {
    let server = broken_off(&[ETAG], |request| match request.n {
        1 => answer(503, &[], b""),
        _ => piece(HALF, &OLD[HALF..], OLD.len(), &[ETAG]),
    })
    .await;
    assert_eq!(fetch(&server).await.0, OLD);
    let ranges = server.requests().iter().filter_map(range_of).count();
    assert_eq!((server.requests().len(), ranges), (3, 2));
}

#[tokio::test]
async fn the_rest_is_asked_for_through_the_first_address_again() {
    let store = RawServer::start(|request| match request.path.as_str() {
        "/b?sig=1" => {
            let length = OLD.len().to_string();
            cut(
                200,
                &[("Content-Length", length.as_str()), ETAG],
                &OLD[..HALF],
                None,
            )
        }
        "/b?sig=2" => piece(HALF, &OLD[HALF..], OLD.len(), &[ETAG]),
        _ => answer(403, &[], b""),
    })
    .await;
    let to = format!("{}/b?sig=", store.url());
    let host = RawServer::start(move |request| {
        let signed = format!("{to}{}", request.n + 1);
        answer(302, &[("Location", &signed)], b"")
    })
    .await;
    assert_eq!(fetch(&host).await.0, OLD);
    assert_eq!((host.requests().len(), store.requests().len()), (2, 2));
    assert!(range_of(&store.requests()[1]).is_some());
}
