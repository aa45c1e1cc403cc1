//! Links that need not be pictures: in a refusal, and where the answer broke off.

use std::time::Duration;

use plantain::domain::{FailureKind, Generation, State};

use super::{Bench, SSE, Told, bytes_of, settle, submit, wait_out};
use crate::suite::endpoint::fixtures::PNG;
use crate::suite::raw_server::{RawServer, Script, Step, answer, head};

/// A whole answer of words.
fn words(text: &str) -> Script {
    let body = serde_json::json!({
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
    });
    answer(200, &[], body.to_string().as_bytes())
}

/// A stream that says this and breaks its promise of more.
fn cut_behind(text: &str) -> Script {
    let event = serde_json::json!({ "choices": [{ "delta": { "content": text } }] });
    let head = head(200, &[SSE, ("Content-Length", "9999")]);
    vec![Step::Bytes(
        [head, format!("data: {event}\n\n").into_bytes()].concat(),
    )]
}

async fn run(script: Script) -> (Bench, Generation) {
    let (bench, server) = (Bench::new(), RawServer::saying(script).await);
    let generation = bench.run(&server.url(), "a cat").await;
    assert_eq!(server.requests().len(), 1, "one call");
    assert_eq!(bench.row(&generation), generation);
    (bench, generation)
}

#[tokio::test]
async fn a_refusal_with_a_link_is_a_refusal() {
    for page in [
        answer(404, &[], b""),
        answer(403, &[], b"no robots"),
        answer(
            200,
            &[("Content-Type", "text/html")],
            b"<html>Policy</html>",
        ),
    ] {
        let host = RawServer::saying(page.clone()).await;
        let text = format!("I cannot draw that. See {}/policy?ref=SECRET.", host.url());
        let (_, generation) = run(words(&text)).await;
        assert_eq!(generation.state, State::Refused, "{page:?}");
        let failure = generation.failure.unwrap();
        assert_eq!(
            (failure.kind, failure.maybe_billed),
            (FailureKind::Refused, true)
        );
        let said = format!("I cannot draw that. See {}/policy.", host.url());
        assert!(failure.message.as_str().contains(&said), "{failure}");
        assert!(failure.hint.is_some(), "{failure}");
        assert_eq!(generation.notices.len(), 1, "{:?}", generation.notices);
        let told = format!("{:?}{:?}", generation.notices, generation.text);
        assert!(!told.contains("SECRET"), "{told}");
        assert_eq!(host.requests().len(), 1, "asked once");
    }
}

#[tokio::test]
async fn a_link_in_words_that_leads_to_a_picture_is_the_picture() {
    let host = RawServer::saying(answer(200, &[], &bytes_of(PNG))).await;
    let (_, generation) = run(words(&format!("Here it is: {}/cat", host.url()))).await;
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    let mut notices = generation.notices.iter();
    assert!(!notices.any(|n| n.as_str().contains("words only")));
}

/// A host that answers so first, and gives the picture then.
async fn late(status: u16) -> RawServer {
    RawServer::start(move |request| {
        if request.n == 0 {
            answer(status, &[], b"")
        } else {
            answer(200, &[], &bytes_of(PNG))
        }
    })
    .await
}

/// Runs one whose answer is this text about a host that is late, and lets the wait before the second try pass.
async fn saved_at_the_second_try(status: u16, text: impl FnOnce(String) -> String) {
    let host = late(status).await;
    let server = RawServer::saying(words(&text(host.url()))).await;
    let (bench, told) = (Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    host.wait_for(1).await;
    host.wait_closed(1).await;
    settle().await;
    wait_out(&host, Duration::from_secs(1)).await;
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Saved, "{status}: {generation:?}");
    assert_eq!((server.count("POST"), host.count("GET")), (1, 2));
}

#[tokio::test]
async fn an_address_that_is_the_whole_content_is_asked_for_again() {
    for status in [403, 404, 429, 503] {
        saved_at_the_second_try(status, |host| format!("{host}/o/2")).await;
    }
}

#[tokio::test]
async fn a_link_in_words_whose_host_is_busy_is_asked_for_again() {
    for status in [408, 429, 500, 503] {
        saved_at_the_second_try(status, |host| format!("Here it is: {host}/cat")).await;
    }
}

#[tokio::test]
async fn half_an_address_is_asked_for_once_and_the_cut_is_the_cause() {
    let host = RawServer::saying(answer(404, &[], b"")).await;
    let (_, generation) = run(cut_behind(&format!("![cat]({}/a.p", host.url()))).await;
    assert_eq!(generation.state, State::Failed);
    let failure = generation.failure.unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::Cut, true),
        "{failure}"
    );
    assert!(failure.message.as_str().contains("broke off"), "{failure}");
    assert_eq!(host.requests().len(), 1, "asked once");
}
