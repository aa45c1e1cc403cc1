//! RELIABILITY §2 for the call: what is asked again, when, and what is not because it may have been billed.

use std::time::{Duration, SystemTime};

use plantain::domain::{FailureKind, Generation, Progress, State};

use super::{Bench, KEY, PATH, SSE, Told, inline, pass, settle, submit, to_the_end};
use crate::suite::endpoint::fixtures::PNG;
use crate::suite::raw_server::{RawServer, Script, Step, answer, head};

fn secs(s: f64) -> Duration {
    Duration::from_secs_f64(s)
}

/// Plays `bad` for the first `times` calls and a picture afterwards.
async fn failing(times: usize, bad: Script) -> RawServer {
    RawServer::start(move |request| {
        if request.n < times {
            bad.clone()
        } else {
            inline()
        }
    })
    .await
}

async fn generate(server: &RawServer) -> (Generation, Vec<Duration>) {
    let (bench, told) = (Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    let (generation, waits) = to_the_end(running, &told, Some(server)).await;
    assert_eq!(bench.row(&generation), generation);
    assert_eq!(server.count("POST"), server.requests().len());
    (generation, waits)
}

fn limited(status: u16, retry_after: &str) -> Script {
    answer(status, &[("Retry-After", retry_after)], b"")
}

#[tokio::test]
async fn what_was_not_accepted_is_asked_again_twice_and_never_too_early() {
    let delay = br#"[{"error":{"code":429,"details":[{"retryDelay":"4.5s"}]}}]"#;
    let date = httpdate::fmt_http_date(SystemTime::now() + secs(100.0));
    for (bad, first, second, late) in [
        (limited(429, "7"), 7.0, 7.0, 1.0),
        (limited(429, "120"), 120.0, 120.0, 1.0),
        (limited(429, "0"), 0.0, 0.0, 1.0),
        (limited(503, "3"), 3.0, 3.0, 1.0),
        // The clock on the wall goes on while the other one is moved by hand, so the end of this is told a little early.
        (limited(429, &date), 95.0, 95.0, 6.0),
        (answer(429, &[], delay), 4.5, 4.5, 1.0),
        (answer(429, &[], b""), 2.0, 8.0, 1.0),
    ] {
        let server = failing(9, bad.clone()).await;
        let (generation, waits) = generate(&server).await;
        assert_eq!(server.count("POST"), 3, "{bad:?}");
        assert_eq!(generation.state, State::Failed);
        let failure = generation.failure.unwrap();
        assert!(!failure.maybe_billed, "{failure}");
        assert!(
            failure.message.as_str().contains("tried 3 times"),
            "{failure}"
        );
        for (wait, least) in waits.iter().zip([first, second]) {
            assert!(*wait >= secs(least), "{wait:?} for {bad:?}");
            assert!(*wait <= secs(least + late), "{wait:?} for {bad:?}");
        }

        // As a rule it works the second time.
        let server = failing(1, bad.clone()).await;
        let (generation, waits) = generate(&server).await;
        assert_eq!(
            (generation.state, server.count("POST"), waits.len()),
            (State::Saved, 2, 1)
        );
        assert_eq!(generation.failure, None);
    }
}

#[tokio::test]
async fn what_was_refused_is_asked_once() {
    for (bad, kind) in [
        (limited(429, "999"), FailureKind::RateLimited),
        (
            answer(429, &[], br#"{"error":{"code":"insufficient_quota"}}"#),
            FailureKind::Quota,
        ),
        (answer(400, &[], b"{}"), FailureKind::BadRequest),
        (answer(401, &[], b"{}"), FailureKind::Auth),
        (answer(402, &[], b"{}"), FailureKind::Quota),
        (answer(403, &[], b"{}"), FailureKind::Auth),
        (answer(404, &[], b"{}"), FailureKind::BadRequest),
        (answer(413, &[], b"{}"), FailureKind::BadRequest),
        (answer(418, &[], b"{}"), FailureKind::BadRequest),
        (answer(422, &[], b"{}"), FailureKind::BadRequest),
        (
            answer(404, &[], b"<html><title>nginx</title></html>"),
            FailureKind::NotTheEndpoint,
        ),
    ] {
        let server = failing(1, bad.clone()).await;
        let (generation, waits) = generate(&server).await;
        assert_eq!((server.count("POST"), waits.len()), (1, 0), "{bad:?}");
        let failure = generation.failure.unwrap();
        assert_eq!(
            (generation.state, failure.kind, failure.maybe_billed),
            (State::Failed, kind, false),
            "{failure}"
        );
        assert!(failure.hint.is_some(), "{failure}");
    }
}

#[tokio::test]
async fn what_may_have_been_billed_is_asked_once_and_says_so() {
    let stream = head(200, &[SSE]);
    let error =
        b"data: {\"choices\":[{\"delta\":{\"content\":\"Hm\"}}]}\n\ndata: {\"error\":\"down\"}\n\n";
    let promised = head(200, &[SSE, ("Content-Length", "999")]);
    let mut scripts = vec![
        (limited(503, "999"), FailureKind::Gateway),
        (Vec::new(), FailureKind::Cut),
        (vec![Step::Reset], FailureKind::Cut),
        (
            vec![Step::Bytes(b"HTTP/1.1 200".to_vec())],
            FailureKind::Cut,
        ),
        (
            vec![Step::Bytes(stream.clone()), Step::Reset],
            FailureKind::Cut,
        ),
        (vec![Step::Bytes(promised)], FailureKind::Cut),
        (vec![Step::Bytes(stream.clone())], FailureKind::Cut),
        (answer(200, &[], b""), FailureKind::Cut),
        (answer(200, &[SSE], error), FailureKind::Gateway),
        (
            answer(200, &[], b"{\"choices\":[]}"),
            FailureKind::NoPicture,
        ),
    ];
    for status in [500, 502, 503, 504, 520, 524] {
        let kind = match status {
            504 | 524 => FailureKind::Timeout,
            _ => FailureKind::Gateway,
        };
        scripts.push((answer(status, &[], b""), kind));
    }
    for (bad, kind) in scripts {
        let server = failing(1, bad.clone()).await;
        let (generation, waits) = generate(&server).await;
        assert_eq!((server.count("POST"), waits.len()), (1, 0), "{bad:?}");
        let failure = generation.failure.unwrap();
        assert_eq!(failure.kind, kind, "{bad:?}: {failure}");
        // What asks us to wait was not begun, however long the wait is.
        assert_eq!(
            failure.maybe_billed,
            bad[..].first().is_none_or(|s| !is_wait(s)),
            "{bad:?}: {failure}"
        );
        assert!(failure.hint.is_some(), "{failure}");
    }
}

fn is_wait(step: &Step) -> bool {
    matches!(step, Step::Bytes(b) if memchr::memmem::find(b, b"Retry-After").is_some())
}

#[tokio::test]
async fn nobody_listening_is_tried_three_times_and_cost_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (bench, told) = (Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&url), "a cat", &told).await;
    let (generation, waits) = to_the_end(running, &told, None).await;
    assert_eq!(waits.len(), 2);
    for (wait, least, most) in [(waits[0], 0.5, 1.0), (waits[1], 4.0, 8.0)] {
        assert!(wait >= secs(least) && wait <= secs(most), "{wait:?}");
    }
    let failure = generation.failure.unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::Unreachable, false)
    );
    assert!(failure.hint.is_some());
    assert!(failure.message.as_str().contains("tried 3 times"));
}

#[tokio::test]
async fn a_redirected_call_goes_nowhere() {
    let elsewhere = RawServer::saying(inline()).await;
    let to = format!("{}{PATH}", elsewhere.url());
    for status in [301, 302, 307, 308] {
        let server = RawServer::saying(answer(status, &[("Location", &to)], b"")).await;
        let (generation, _) = generate(&server).await;
        let failure = generation.failure.unwrap();
        assert_eq!(failure.kind, FailureKind::NotTheEndpoint);
        assert!(!failure.to_string().contains(KEY));
        assert_eq!(server.count("POST"), 1);
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn silence_ends_at_its_limit_and_a_comment_is_no_silence() {
    let piece = |text: &str| Step::Bytes(text.as_bytes().to_vec());
    let silent = vec![Step::Forever];
    let behind_the_head = vec![Step::Bytes(head(200, &[SSE])), Step::Forever];
    let within = vec![
        Step::Bytes([head(200, &[SSE]), b": PING\n\n".to_vec()].concat()),
        Step::Forever,
    ];
    for (script, words) in [
        (silent, "the gateway did not answer for 60 s"),
        (behind_the_head, "the gateway did not answer for 60 s"),
        (within, "the answer stopped: nothing came for 60 s"),
    ] {
        let (bench, told) = (Bench::new(), Told::default());
        let server = RawServer::saying(script).await;
        let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
        server.wait_for(1).await;
        settle().await;
        pass(secs(59.0)).await;
        settle().await;
        assert!(!running.done.is_finished(), "too early");
        pass(secs(2.0)).await;
        let failure = running.done.await.unwrap().failure.unwrap();
        assert_eq!(
            (failure.kind, failure.maybe_billed),
            (FailureKind::Timeout, true)
        );
        assert_eq!(failure.message.as_str(), words);
        server.wait_left().await;
        assert_eq!(server.count("POST"), 1);
    }

    // Ten minutes of pings, then the picture.
    let gates: Vec<_> = (0..12)
        .map(|_| crate::suite::raw_server::Gate::default())
        .collect();
    let mut script = vec![Step::Bytes(head(200, &[SSE]))];
    for gate in &gates {
        script.push(piece(": PING\n\n"));
        script.push(Step::Wait(gate.clone()));
    }
    script.push(piece(&format!(
        "data: {{\"choices\":[{{\"delta\":{{\"images\":[\"data:image/png;base64,{PNG}\"]}}}}]}}\n\ndata: [DONE]\n\n"
    )));
    let (bench, told) = (Bench::new(), Told::default());
    let server = RawServer::saying(script).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    for (n, gate) in gates.iter().enumerate() {
        let received = 8 * (n as u64 + 1);
        told.wait_for(
            1,
            |p| matches!(p, Progress::Received { bytes } if *bytes == received),
        )
        .await;
        pass(secs(50.0)).await;
        gate.open();
    }
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
}

#[tokio::test]
async fn four_k_models_get_twice_the_patience() {
    let (bench, told) = (Bench::new(), Told::default());
    let server = RawServer::saying(vec![Step::Forever]).await;
    let mut request = super::request("a cat");
    request.model = "NanoBananaPro-4K".to_owned();
    let pipeline = bench.pipeline(&server.url());
    let running = pipeline.submit(request, None, told.tell()).await.unwrap();
    server.wait_for(1).await;
    settle().await;
    pass(secs(119.0)).await;
    settle().await;
    assert!(!running.done.is_finished(), "too early");
    pass(secs(2.0)).await;
    let failure = running.done.await.unwrap().failure.unwrap();
    assert!(failure.message.as_str().contains("120 s"), "{failure}");
}

/// The same without a word about closing: the connection is the client's to keep.
fn kept_alive(script: Script) -> Script {
    let close = "Connection: close\r\n";
    let keep = |step| match step {
        Step::Bytes(bytes) => {
            let at = memchr::memmem::find(&bytes, close.as_bytes()).unwrap();
            Step::Bytes([&bytes[..at], &bytes[at + close.len()..]].concat())
        }
        other => other,
    };
    let mut script: Script = script.into_iter().map(keep).collect();
    script.push(Step::Forever);
    script
}

#[tokio::test]
async fn an_hour_of_idleness_costs_no_message() {
    let server = RawServer::saying(kept_alive(inline())).await;
    let (bench, told) = (Bench::new(), Told::default());
    let pipeline = bench.pipeline(&server.url());
    for n in 1..=50 {
        let running = submit(&pipeline, "a cat", &told).await;
        let generation = running.done.await.unwrap();
        assert_eq!(generation.state, State::Saved);
        assert!(
            generation
                .notices
                .iter()
                .all(|n| !n.as_str().contains("again"))
        );
        // Nothing is kept open that the server could close meanwhile.
        server.wait_closed(n).await;
        pass(secs(3600.0)).await;
    }
    assert_eq!(server.count("POST"), 50);
}
