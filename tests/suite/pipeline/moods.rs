//! RELIABILITY M3 and N3: whatever a picture's host does before it gives the picture, the picture is saved, and the call was
//! made once. Each mood is tried as the first try's only, and as that of every try but the last.

use std::fs;
use std::time::Duration;

use plantain::domain::{Progress, State};

use super::{Bench, Told, bytes_of, gateway, pass, settle, sha256, submit, wait_out};
use crate::suite::endpoint::fixtures::{JPG, PNG};
use crate::suite::raw_server::{RawServer, RequestSeen, Script, Step, answer, head};

const WAITS: [u64; 4] = [1, 5, 24, 90];
const SILENCE: Duration = Duration::from_secs(30);
const ETAG: (&str, &str) = ("ETag", "\"one\"");
const HALF: usize = 40;

/// What a host does instead of giving the picture.
struct Mood {
    name: &'static str,
    script: Script,
    /// Where the try's end is one of patience: bytes that come before.
    silent_after: Option<u64>,
}

fn mood(name: &'static str, script: Script) -> Mood {
    Mood {
        name,
        script,
        silent_after: None,
    }
}

fn silent(name: &'static str, script: Script, after: u64) -> Mood {
    Mood {
        silent_after: Some(after),
        ..mood(name, script)
    }
}

/// The head of a whole picture, half of it, and `end`.
fn half(headers: &[(&str, &str)], end: Option<Step>) -> Script {
    let mut script = vec![Step::Bytes(
        [&head(200, headers), &bytes_of(PNG)[..HALF]].concat(),
    )];
    script.extend(end);
    script
}

fn moods() -> Vec<Mood> {
    let png = bytes_of(PNG);
    let length = png.len().to_string();
    let told = ("Content-Length", length.as_str());
    let chunked = ("Transfer-Encoding", "chunked");
    let chunk = |end: Option<Step>| {
        let piece = [b"28\r\n", &png[..HALF], b"\r\n"].concat();
        let mut script = vec![Step::Bytes([head(200, &[chunked]), piece].concat())];
        script.extend(end);
        script
    };
    let denied = b"<Error><Code>AccessDenied</Code></Error>";
    vec![
        mood("403", answer(403, &[], denied)),
        mood("404", answer(404, &[], b"")),
        mood("408", answer(408, &[], b"")),
        mood("425", answer(425, &[], b"")),
        mood("429", answer(429, &[], b"")),
        mood(
            "429, in a second",
            answer(429, &[("Retry-After", "1")], b""),
        ),
        mood("500", answer(500, &[], b"<html>no</html>")),
        mood("502", answer(502, &[], b"")),
        mood("503", answer(503, &[], b"")),
        mood("504", answer(504, &[], b"")),
        mood("524", answer(524, &[], b"")),
        mood("closed before its answer", Vec::new()),
        mood("reset before its answer", vec![Step::Reset]),
        mood("half a head", vec![Step::Bytes(b"HTTP/1.1 20".to_vec())]),
        mood(
            "noise",
            vec![Step::Bytes(b"\x16\x03\x01 no http\r\n\r\n".to_vec())],
        ),
        mood(
            "reset behind the head",
            vec![Step::Bytes(head(200, &[told])), Step::Reset],
        ),
        mood("cut", half(&[told], None)),
        mood("cut, with a rest", half(&[told, ETAG], None)),
        mood("reset", half(&[told], Some(Step::Reset))),
        mood("reset, with a rest", half(&[told, ETAG], Some(Step::Reset))),
        mood("cut between chunks", chunk(None)),
        mood("truncated png", answer(200, &[], &png[..HALF])),
        mood(
            "truncated png, with a rest",
            answer(200, &[ETAG], &png[..HALF]),
        ),
        mood("truncated without a length", half(&[], None)),
        mood("truncated jpeg", answer(200, &[], &bytes_of(JPG)[..100])),
        silent("silent at once", vec![Step::Forever], 0),
        silent(
            "silent behind half",
            half(&[told], Some(Step::Forever)),
            HALF as u64,
        ),
        silent(
            "silent behind half, with a rest",
            half(&[told, ETAG], Some(Step::Forever)),
            HALF as u64,
        ),
        silent(
            "silent between chunks",
            chunk(Some(Step::Forever)),
            HALF as u64,
        ),
    ]
}

/// The picture, or the rest that is asked for.
fn good(request: &RequestSeen) -> Script {
    let png = bytes_of(PNG);
    let Some(range) = request.header("range") else {
        return answer(200, &[ETAG], &png);
    };
    assert_eq!(request.header("if-range"), Some(ETAG.1));
    let from = range.strip_prefix("bytes=").unwrap().strip_suffix('-');
    let from: usize = from.unwrap().parse().unwrap();
    let range = format!("bytes {from}-{}/{}", png.len() - 1, png.len());
    answer(206, &[("Content-Range", &range), ETAG], &png[from..])
}

/// Generates at a host that is in this mood for so many tries, and lets every wait pass, not a moment too early.
async fn endure(mood: &Mood, tries: usize) {
    let script = mood.script.clone();
    let host = RawServer::start(move |request| {
        if request.n < tries {
            script.clone()
        } else {
            good(request)
        }
    })
    .await;
    let url = format!("{}/a.png?sig=S3CRET", host.url());
    let (bench, told, server) = (Bench::new(), Told::default(), gateway(&url).await);
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    for (n, wait) in (1..=tries).zip(WAITS) {
        host.wait_for(n).await;
        if let Some(after) = mood.silent_after {
            told.wait_for(1, |p| {
                matches!(p, Progress::Downloading { received, attempt, .. }
                    if usize::from(*attempt) == n && *received == after)
                    || after == 0
            })
            .await;
            pass(SILENCE + Duration::from_millis(5)).await;
        }
        host.wait_closed(n).await;
        // A reset is over for the host before it has come here.
        settle().await;
        wait_out(&host, Duration::from_secs(wait)).await;
    }
    let generation = running.done.await.unwrap();
    let name = mood.name;
    assert_eq!(generation.state, State::Saved, "{name}: {generation:?}");
    let (png, picture) = (bytes_of(PNG), &generation.pictures[0]);
    assert_eq!(fs::read(&picture.path).unwrap(), png, "{name}");
    assert_eq!(picture.sha256, sha256(&png), "{name}");
    assert_eq!(
        bench.pictures(),
        std::slice::from_ref(&picture.path),
        "{name}"
    );
    assert_eq!(server.count("POST"), 1, "{name}: one call");
    assert_eq!(host.requests().len(), tries + 1, "{name}");
    let resumed = host.requests().iter().any(|r| r.header("range").is_some());
    let rest = name.ends_with("with a rest") && !name.starts_with("truncated");
    assert!(resumed == rest || name.starts_with("reset"), "{name}");
    let said = format!("{:?}{:?}", generation.notices, generation.failure);
    assert!(!said.contains("S3CRET"), "{said}");
}

#[tokio::test]
async fn m3_a_paid_picture_is_never_lost_to_its_hosts_moods() {
    for mood in moods() {
        endure(&mood, 1).await;
    }
}

#[tokio::test]
async fn m3_nor_in_the_last_of_five_tries() {
    for mood in moods() {
        endure(&mood, 4).await;
    }
}
