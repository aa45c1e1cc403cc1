//! RELIABILITY M1: every way in which a call can fail, and how many calls each of them makes. `PLANTAIN_ROUNDS=20` repeats all.

use std::net::TcpListener;
use std::time::Duration;

use plantain::domain::{Generation, State};
use tokio::io::AsyncWriteExt;

use super::{Bench, SSE, Told, pass, settle, submit, to_the_end};
use crate::suite::raw_server::{RawServer, Script, Step, answer, head};

/// How a call fails, how many calls that makes, and whether it may have been billed.
fn kinds() -> Vec<(&'static str, Script, usize, bool)> {
    let piece = |text: &str| Step::Bytes(text.as_bytes().to_vec());
    let stream = || Step::Bytes(head(200, &[SSE]));
    let half = "data: {\"choices\":[{\"delta\":{\"content\":\"![a](data:image/png;base64,iVBOR";
    let error = "data: {\"error\":{\"code\":502,\"message\":\"down\"}}\n\n";
    let page = b"<!doctype html><title>console</title>";
    let status = |status: u16| answer(status, &[], b"{}");
    let told = |status: u16, wait: &str| answer(status, &[("Retry-After", wait)], b"");
    let to = |status: u16| answer(status, &[("Location", "/elsewhere")], b"");
    vec![
        ("closed without an answer", vec![], 1, true),
        ("reset before the head", vec![Step::Reset], 1, true),
        ("half a head", vec![piece("HTTP/1.1 200")], 1, true),
        (
            "reset behind the head",
            vec![stream(), Step::Reset],
            1,
            true,
        ),
        ("cut behind the head", vec![stream()], 1, true),
        ("cut in the stream", vec![stream(), piece(half)], 1, true),
        (
            "reset in the stream",
            vec![stream(), piece(half), Step::Reset],
            1,
            true,
        ),
        ("error in the stream", vec![stream(), piece(error)], 1, true),
        ("empty answer", answer(200, &[], b""), 1, true),
        ("no choices", answer(200, &[], b"{\"choices\":[]}"), 1, true),
        ("a page at 200", answer(200, &[], page), 1, false),
        ("400", status(400), 1, false),
        ("401", status(401), 1, false),
        ("402", status(402), 1, false),
        ("403", status(403), 1, false),
        ("404", status(404), 1, false),
        ("413", status(413), 1, false),
        ("422", status(422), 1, false),
        ("500", status(500), 1, true),
        ("502", status(502), 1, true),
        ("503 without a wait", status(503), 1, true),
        ("504", status(504), 1, true),
        ("524", status(524), 1, true),
        ("302", to(302), 1, false),
        ("307", to(307), 1, false),
        ("308", to(308), 1, false),
        ("429, a wait too long", told(429, "999"), 1, false),
        ("503, a wait too long", told(503, "999"), 1, false),
        ("429, a wait", told(429, "7"), 3, false),
        ("429 without a wait", status(429), 3, false),
        ("503, a wait", told(503, "3"), 3, false),
    ]
}

fn rounds() -> usize {
    let named = std::env::var("PLANTAIN_ROUNDS").ok();
    named.map_or(1, |rounds| rounds.parse().unwrap())
}

fn failed(name: &str, generation: &Generation, billed: bool) {
    // An answer that is whole and empty is one of the model's, not a failure on the way.
    let state = if name == "no choices" {
        State::Refused
    } else {
        State::Failed
    };
    assert_eq!(generation.state, state, "{name}");
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(failure.maybe_billed, billed, "{name}: {failure}");
}

#[tokio::test]
async fn every_failure_makes_as_many_calls_as_it_may() {
    for _ in 0..rounds() {
        for (name, script, calls, billed) in kinds() {
            let (bench, told) = (Bench::new(), Told::default());
            let server = RawServer::saying(script).await;
            let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
            let (generation, waits) = to_the_end(running, &told, Some(&server)).await;
            failed(name, &generation, billed);
            assert_eq!(server.count("POST"), calls, "{name}");
            assert_eq!(
                server.requests().len(),
                calls,
                "{name}: nothing else is asked"
            );
            assert_eq!(waits.len(), calls - 1, "{name}");
        }
    }
}

#[tokio::test]
async fn silence_is_one_call() {
    for _ in 0..rounds() {
        let (bench, told) = (Bench::new(), Told::default());
        let server = RawServer::saying(vec![Step::Forever]).await;
        let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
        server.wait_for(1).await;
        settle().await;
        pass(Duration::from_secs(61)).await;
        failed("silence", &running.done.await.unwrap(), true);
        assert_eq!(server.count("POST"), 1);
    }
}

/// No connection comes to be: it is tried three times, and not one byte of the request has left.
#[tokio::test]
async fn a_connection_that_fails_is_no_call() {
    for _ in 0..rounds() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = closed.local_addr().unwrap();
        drop(closed);
        // Speaks, but not TLS.
        let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let no_tls = plain.local_addr().unwrap();
        let tries = tokio::spawn(async move {
            for _ in 0..3 {
                let (mut stream, _) = plain.accept().await.unwrap();
                stream.write_all(b"HTTP/1.1 400 X\r\n\r\n").await.unwrap();
            }
        });
        for (name, url) in [
            ("refused", format!("http://{address}")),
            ("no TLS", format!("https://{no_tls}")),
        ] {
            let (bench, told) = (Bench::new(), Told::default());
            let running = submit(&bench.pipeline(&url), "a cat", &told).await;
            let (generation, waits) = to_the_end(running, &told, None).await;
            failed(name, &generation, false);
            assert_eq!(waits.len(), 2, "{name}");
        }
        tries.await.unwrap();
    }
}
