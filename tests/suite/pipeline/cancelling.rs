//! Cancelling: in the queue, during silence, stream, wait and download. It is at once, and the row says what it may have cost.

use plantain::domain::{FailureKind, Generation, Progress, State, StatusJson};
use plantain::pipeline::Pipeline;

use super::{Bench, SSE, Told, answer, bytes_of, gateway, inline, submit};
use crate::suite::endpoint::fixtures::PNG;
use crate::suite::raw_server::{Gate, RawServer, Script, Step, head};

/// Whether a generation is as far as it should be.
type Reached = fn(&Progress) -> bool;

fn check(bench: &Bench, generation: &Generation, maybe_billed: bool) {
    assert_eq!(generation.state, State::Cancelled);
    assert_eq!(StatusJson::of(generation), StatusJson::Cancelled);
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::Cancelled, maybe_billed)
    );
    assert_eq!(bench.row(generation), *generation);
    let record = bench.records().pop().unwrap();
    assert_eq!(record["status"], "cancelled");
    assert_eq!(record["error"]["maybe_billed"], maybe_billed);
}

fn message(generation: &Generation) -> &str {
    generation.failure.as_ref().unwrap().message.as_str()
}

#[tokio::test]
async fn in_the_queue_it_costs_nothing_and_holds_nobody_up() {
    let gate = Gate::default();
    let held = gate.clone();
    let server = RawServer::start(move |_| {
        let mut script = vec![Step::Wait(held.clone())];
        script.extend(inline());
        script
    })
    .await;
    let (bench, told) = (Bench::new(), Told::default());
    let mut setup = bench.setup(&server.url());
    setup.parallel = 1;
    let pipeline = Pipeline::new(setup).unwrap();
    let first = submit(&pipeline, "one", &told).await;
    let second = submit(&pipeline, "two", &told).await;
    let third = submit(&pipeline, "three", &told).await;
    server.wait_for(1).await;
    second.cancel.cancel();
    let second = second.done.await.unwrap();
    check(&bench, &second, false);
    assert_eq!(message(&second), "cancelled, nothing was sent");
    assert_eq!(second.elapsed_ms, None, "waiting for its turn is no work");
    assert_eq!(server.requests().len(), 1, "only the first was sent");
    gate.open();
    assert_eq!(first.done.await.unwrap().state, State::Saved);
    assert_eq!(third.done.await.unwrap().state, State::Saved);
    assert_eq!(server.count("POST"), 2);
}

#[tokio::test]
async fn before_its_turn_is_looked_at_nothing_is_sent() {
    let server = RawServer::saying(inline()).await;
    let (bench, told) = (Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    // The task has not run yet: there is one thread, and it is this one.
    running.cancel.cancel();
    check(&bench, &running.done.await.unwrap(), false);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn during_the_call_the_connection_closes_and_it_may_have_been_billed() {
    let text =
        b"data: {\"choices\":[{\"delta\":{\"content\":\"Painting the cat.\\n\"}}]}\n\n".to_vec();
    let silence = vec![Step::Forever];
    let behind_the_head = vec![Step::Bytes(head(200, &[SSE])), Step::Forever];
    let stream = vec![
        Step::Bytes(head(200, &[SSE])),
        Step::Bytes(text),
        Step::Forever,
    ];
    let scripts: [(Script, Reached); 3] = [
        (silence, |p| matches!(p, Progress::Sending)),
        (behind_the_head, |p| matches!(p, Progress::Answering)),
        (stream, |p| matches!(p, Progress::Text(_))),
    ];
    for (script, reached) in scripts {
        let (bench, told) = (Bench::new(), Told::default());
        let server = RawServer::saying(script).await;
        let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
        told.wait_for(1, reached).await;
        server.wait_for(1).await;
        running.cancel.cancel();
        check(&bench, &running.done.await.unwrap(), true);
        server.wait_left().await;
        assert_eq!(server.requests().len(), 1);
        assert!(bench.pictures().is_empty());
    }
}

#[tokio::test]
async fn during_a_wait_it_does_not_wait() {
    let server = RawServer::saying(answer(429, &[("Retry-After", "100")], b"")).await;
    let (bench, told) = (Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, |p| matches!(p, Progress::Waiting { .. }))
        .await;
    running.cancel.cancel();
    // The clock stands at the wait's beginning: only the cancelling can end it. Nothing was accepted yet.
    let generation = running.done.await.unwrap();
    check(&bench, &generation, false);
    assert_eq!(message(&generation), "cancelled, was not accepted");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refused_call_counts_as_unsent_where_only_the_unsent_is_not_wanted() {
    let server = RawServer::saying(answer(429, &[("Retry-After", "100")], b"")).await;
    let (bench, told) = (Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, |p| matches!(p, Progress::Waiting { .. }))
        .await;
    running.cancel.cancel_unsent();
    let generation = running.done.await.unwrap();
    check(&bench, &generation, false);
    assert_eq!(message(&generation), "cancelled, was not accepted");
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn during_a_download_no_half_file_stays_and_the_url_does() {
    let half = bytes_of(PNG)[..30].to_vec();
    let host = RawServer::saying(vec![
        Step::Bytes(head(200, &[("Content-Length", "69")])),
        Step::Bytes(half),
        Step::Forever,
    ])
    .await;
    let url = format!("{}/a.png", host.url());
    let (bench, told) = (Bench::new(), Told::default());
    let server = gateway(&url).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, |p| {
        matches!(p, Progress::Downloading { received: 30, .. })
    })
    .await;
    running.cancel.cancel();
    let generation = running.done.await.unwrap();
    check(&bench, &generation, true);
    assert_eq!(generation.urls, [url]);
    host.wait_left().await;
    assert!(bench.pictures().is_empty());
}

#[tokio::test]
async fn what_had_come_before_is_kept_and_counts() {
    let host = RawServer::start(|request| match request.path.as_str() {
        "/1.png" => answer(200, &[], &bytes_of(PNG)),
        _ => vec![Step::Forever],
    })
    .await;
    let (one, two) = (
        format!("{}/1.png", host.url()),
        format!("{}/2.png", host.url()),
    );
    let server = RawServer::saying(super::naming(&[&one, &two])).await;
    let (bench, told) = (Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    host.wait_for(2).await;
    running.cancel.cancel();
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Saved);
    assert_eq!(generation.failure, None);
    assert_eq!(generation.pictures.len(), 1);
    assert!(generation.pictures[0].selected);
    assert_eq!(generation.urls, [two]);
    assert!(
        generation
            .notices
            .iter()
            .any(|n| n.as_str().starts_with("cancelled")),
        "{:?}",
        generation.notices
    );
    assert_eq!(bench.row(&generation), generation);
}

/// A gateway that is paid and holds its answer back.
async fn holding(gate: &Gate) -> RawServer {
    let held = gate.clone();
    RawServer::start(move |_| {
        let mut script = vec![Step::Wait(held.clone())];
        script.extend(inline());
        script
    })
    .await
}

#[tokio::test]
async fn what_is_not_wanted_unless_it_was_sent_is_finished_if_it_was() {
    let gate = Gate::default();
    let server = holding(&gate).await;
    let (bench, told) = (Bench::new(), Told::default());
    let mut setup = bench.setup(&server.url());
    setup.parallel = 1;
    let pipeline = Pipeline::new(setup).unwrap();
    let sent = submit(&pipeline, "one", &told).await;
    let queued = submit(&pipeline, "two", &told).await;
    server.wait_for(1).await;
    for one in [&sent, &queued] {
        one.cancel.cancel_unsent();
    }
    let queued = queued.done.await.unwrap();
    check(&bench, &queued, false);
    assert_eq!(message(&queued), "cancelled, nothing was sent");
    gate.open();
    let sent = sent.done.await.unwrap();
    assert_eq!(sent.state, State::Saved, "{:?}", sent.failure);
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn a_process_that_ends_leaves_known_pictures_to_the_next_one() {
    let host = RawServer::start(|request| match request.path.as_str() {
        "/1.png" => answer(200, &[], &bytes_of(PNG)),
        _ => vec![Step::Forever],
    })
    .await;
    let urls = ["/1.png", "/2.png"].map(|path| format!("{}{path}", host.url()));
    for (asked, names) in [(1, &urls[1..]), (3, &urls[..])] {
        let (bench, told) = (Bench::new(), Told::default());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let server = RawServer::saying(super::naming(&names)).await;
        let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
        host.wait_for(asked).await;
        running.cancel.leave();
        let generation = running.done.await.unwrap();
        assert_eq!(generation.state, State::Answered);
        let failure = generation.failure.as_ref().unwrap();
        assert!(failure.maybe_billed && failure.hint.is_some(), "{failure}");
        let row = bench.row(&generation);
        assert_eq!(
            (row.state, &row.urls[..], row.pictures.len()),
            (State::Answered, &urls[1..], names.len() - 1)
        );
        assert_eq!(row.failure, None, "nothing has failed yet");
        assert_eq!(bench.records(), [] as [serde_json::Value; 0]);
    }
}

#[tokio::test]
async fn a_process_that_ends_has_what_came_inside_the_answer_before_what_it_fetches() {
    let host = RawServer::saying(vec![Step::Forever]).await;
    let url = format!("{}/1.png", host.url());
    let inside = format!("data:image/png;base64,{PNG}");
    let (bench, told) = (Bench::new(), Told::default());
    let server = RawServer::saying(super::naming(&[&url, &inside])).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    host.wait_for(1).await;
    running.cancel.leave();
    let generation = running.done.await.unwrap();
    let row = bench.row(&generation);
    assert_eq!((row.state, &row.urls[..]), (State::Answered, &[url][..]));
    let saved: Vec<u16> = row.pictures.iter().map(|p| p.id.n).collect();
    assert_eq!(saved, [2], "numbered as in the answer");
}

#[tokio::test]
async fn a_process_that_ends_cancels_what_it_knows_no_picture_of() {
    let (bench, told) = (Bench::new(), Told::default());
    let server = RawServer::saying(vec![Step::Forever]).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    server.wait_for(1).await;
    running.cancel.leave();
    check(&bench, &running.done.await.unwrap(), true);
    server.wait_left().await;
}

#[tokio::test]
async fn the_user_wins_over_the_end_of_the_process() {
    let host = RawServer::saying(vec![Step::Forever]).await;
    let url = format!("{}/a.png", host.url());
    let (bench, told) = (Bench::new(), Told::default());
    let server = gateway(&url).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    host.wait_for(1).await;
    running.cancel.cancel();
    running.cancel.leave();
    let generation = running.done.await.unwrap();
    check(&bench, &generation, true);
    assert_eq!(generation.urls, [url], "the address is kept");
}
