//! WIRE §4g: the picture's host and its moods. The call is never made again, and what was paid for is not given up early.

use std::fs;
use std::time::Duration;

use plantain::domain::{FailureKind, FileFormat, Generation, Progress, State};

use super::{Bench, Told, bytes_of, gateway, naming, sha256, submit, wait_out};
use crate::suite::endpoint::fixtures::{JPG, PNG, PNG2, WEBP};
use crate::suite::raw_server::{RawServer, Script, answer};

/// The waits between the five tries, seconds.
const WAITS: [u64; 4] = [1, 5, 24, 90];
const SECRET: &str = "sig=S3CRET";

fn good() -> Script {
    answer(200, &[("Content-Type", "image/png")], &bytes_of(PNG))
}

struct Fetched {
    bench: Bench,
    generation: Generation,
}

/// Generates one picture that `host` has, and lets each wait between the tries pass, not a moment too early.
async fn fetch(host: &RawServer, tries: usize) -> Fetched {
    let url = format!("{}/a.png?{SECRET}", host.url());
    let (bench, told, server) = (Bench::new(), Told::default(), gateway(&url).await);
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    for (n, wait) in (1..tries).zip(WAITS) {
        host.wait_closed(n).await;
        wait_out(host, Duration::from_secs(wait)).await;
    }
    let generation = running.done.await.unwrap();
    assert_eq!(host.requests().len(), tries);
    assert_eq!(
        server.requests().len(),
        1,
        "one call, whatever the host does"
    );
    assert_eq!(bench.row(&generation), generation);
    let told = format!("{:?}{:?}", generation.failure, generation.notices);
    assert!(!told.contains("S3CRET"), "{told}");
    Fetched { bench, generation }
}

fn check_lost(fetched: &Fetched, kind: FailureKind, words: &str) {
    let generation = &fetched.generation;
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(generation.state, State::Failed);
    assert_eq!((failure.kind, failure.maybe_billed), (kind, true));
    assert!(failure.message.as_str().contains(words), "{failure}");
    assert!(failure.hint.is_some(), "{failure}");
    assert_eq!(generation.urls.len(), 1, "the URL is kept");
    assert!(generation.urls[0].ends_with(SECRET));
    assert!(fetched.bench.pictures().is_empty());
}

#[tokio::test]
async fn d1_bytes_are_kept_and_named_by_what_they_are() {
    for (base64, format) in [
        (JPG, FileFormat::Jpeg),
        (WEBP, FileFormat::Webp),
        (PNG2, FileFormat::Png),
    ] {
        let bytes = bytes_of(base64);
        let octets = answer(200, &[("Content-Type", "application/octet-stream")], &bytes);
        let host = RawServer::saying(octets).await;
        let Fetched { bench, generation } = fetch(&host, 1).await;
        let picture = &generation.pictures[0];
        assert_eq!(picture.format, format);
        assert_eq!(picture.path.extension().unwrap(), format.extension());
        assert_eq!(fs::read(&picture.path).unwrap(), bytes);
        assert_eq!(picture.bytes, bytes.len() as u64);
        assert_eq!(picture.sha256, sha256(&bytes));
        let differs = format!("asked png, got {format}");
        let noticed = generation.notices.iter().any(|n| n.as_str() == differs);
        assert_eq!(noticed, format != FileFormat::Png);
        assert_eq!(bench.pictures(), std::slice::from_ref(&picture.path));
        assert!(generation.urls.is_empty());
    }
}

#[tokio::test]
async fn after_five_tries_the_url_is_kept() {
    for (bad, words) in [
        (answer(404, &[], b""), "HTTP 404"),
        (answer(200, &[], &bytes_of(PNG)[..40]), "ends early"),
    ] {
        let host = RawServer::saying(bad).await;
        check_lost(&fetch(&host, 5).await, FailureKind::Download, words);
    }
}

#[tokio::test]
async fn d3_an_expired_link_is_fetched_once() {
    let expired = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    let xml = ("Content-Type", "application/xml");
    let host = RawServer::saying(answer(403, &[xml], expired)).await;
    check_lost(&fetch(&host, 1).await, FailureKind::Download, "expired");
}

#[tokio::test]
async fn d4_a_redirect_is_followed_without_the_key() {
    let other = RawServer::start(|request| match request.header("authorization") {
        Some(_) => answer(400, &[], b"<Error><Code>InvalidArgument</Code></Error>"),
        None => good(),
    })
    .await;
    let to = format!("{}/b.png", other.url());
    let cookie = ("Set-Cookie", "session=S3CRET; Path=/");
    let moved = answer(302, &[("Location", &to), cookie], b"");
    let host = RawServer::saying(moved).await;
    let generation = fetch(&host, 1).await.generation;
    assert_eq!(generation.state, State::Saved);
    assert!(
        generation.pictures[0]
            .url
            .as_ref()
            .unwrap()
            .ends_with(SECRET)
    );
    for server in [host, other] {
        for request in server.requests() {
            for name in ["authorization", "cookie", "referer", "origin"] {
                assert_eq!(request.header(name), None, "{name}");
            }
            let all = format!("{request:?}");
            assert!(!all.contains(super::KEY), "{all}");
        }
    }
}

#[tokio::test]
async fn d5_what_is_no_picture_is_not_saved_and_not_asked_for_again() {
    let html = ("Content-Type", "text/html");
    for bad in [
        answer(
            200,
            &[html],
            b"<!doctype html><html><title>Log in</title></html>",
        ),
        answer(200, &[html], b""),
        answer(200, &[("Content-Type", "image/png")], b"{\"error\":\"no\"}"),
    ] {
        let host = RawServer::saying(bad).await;
        check_lost(
            &fetch(&host, 1).await,
            FailureKind::NotAPicture,
            "not a picture",
        );
    }
}

#[tokio::test]
async fn a_picture_that_cannot_be_opened_is_kept_as_it_came_and_named() {
    // The header's checksum is wrong.
    let mut damaged = bytes_of(PNG);
    damaged[20] ^= 1;
    // 20000 x 20000 px, by its header.
    let mut bomb = bytes_of(PNG);
    bomb[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    let sum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat".to_vec();
    for (bytes, words) in [(damaged, "damaged"), (bomb, "20000x20000"), (heic, "heic")] {
        let host = RawServer::saying(answer(200, &[], &bytes)).await;
        let Fetched { bench, generation } = fetch(&host, 1).await;
        assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
        let picture = &generation.pictures[0];
        assert_eq!(picture.size, None);
        assert_eq!(fs::read(&picture.path).unwrap(), bytes);
        assert_eq!(bench.row(&generation).pictures[0].size, None);
        let name = picture.path.file_name().unwrap().to_str().unwrap();
        let start = format!("{name} is kept as it came: ");
        let said: Vec<_> = generation
            .notices
            .iter()
            .filter_map(|n| n.as_str().strip_prefix(&start))
            .collect();
        assert!(
            said.len() == 1 && said[0].contains(words),
            "{:?}",
            generation.notices
        );
    }
}

/// The checksum of a PNG chunk.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}

#[tokio::test]
async fn one_lost_picture_costs_the_others_nothing() {
    let host = RawServer::start(|request| match request.path.as_str() {
        "/2.png" => answer(400, &[], b""),
        _ => good(),
    })
    .await;
    let urls: Vec<String> = (1..=3).map(|n| format!("{}/{n}.png", host.url())).collect();
    let all: Vec<&str> = urls.iter().map(String::as_str).collect();
    let server = RawServer::saying(naming(&all)).await;
    let bench = Bench::new();
    let generation = bench.run(&server.url(), "three cats").await;
    assert_eq!(generation.state, State::Saved);
    let numbers: Vec<u16> = generation.pictures.iter().map(|p| p.id.n).collect();
    assert_eq!(numbers, [1, 3]);
    assert!(generation.pictures[1].selected);
    assert_eq!(generation.urls, [urls[1].clone()]);
    let lost = generation
        .notices
        .iter()
        .find(|n| n.as_str().contains("picture 2:"));
    assert!(lost.is_some(), "{:?}", generation.notices);
}

#[tokio::test]
async fn unsafe_addresses_are_not_fetched() {
    for (url, words) in [
        ("file:///etc/passwd", "file:"),
        ("http://169.254.169.254/latest/meta-data", "link-local"),
        ("http://10.0.0.1/a.png", "private network"),
        ("http://user:pass@127.0.0.1/a.png", "user name"),
    ] {
        let server = gateway(url).await;
        let bench = Bench::new();
        let generation = bench.run(&server.url(), "a cat").await;
        let failure = generation.failure.unwrap_or_else(|| panic!("{url}"));
        assert_ne!(generation.state, State::Saved, "{url}");
        if failure.kind == FailureKind::Download {
            assert!(failure.message.as_str().contains(words), "{failure}");
        } else {
            // What is no http address is not taken for a picture in the first place.
            assert_eq!(failure.kind, FailureKind::NoPicture, "{url}");
        }
        assert!(bench.pictures().is_empty());
    }
}

#[tokio::test]
async fn a_library_that_goes_away_is_told_and_the_picture_is_not_forgotten() {
    let bench = Bench::new();
    let (folder, away) = (
        bench.library.folder().to_owned(),
        bench.folder.path().join("away"),
    );
    let host = {
        let (folder, away) = (folder.clone(), away.clone());
        RawServer::start(move |_| {
            fs::rename(&folder, &away).unwrap();
            good()
        })
        .await
    };
    let url = format!("{}/a.png", host.url());
    let server = gateway(&url).await;
    let told = Told::default();
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, |p| matches!(p, Progress::Notice(_))).await;
    // Nothing comes over a socket any more: only the clock is waited for.
    tokio::time::pause();
    let generation = running.done.await.unwrap();
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(
        (generation.state, failure.kind, failure.maybe_billed),
        (State::Failed, FailureKind::Library, true)
    );
    assert!(failure.hint.is_some(), "{failure}");
    assert!(
        failure.message.as_str().contains(folder.to_str().unwrap()),
        "{failure}"
    );
    fs::rename(&away, &folder).unwrap();
    assert_eq!(bench.row(&generation).urls, [url]);
    assert!(bench.pictures().is_empty(), "no half file");
    assert_eq!(server.requests().len(), 1);
}
