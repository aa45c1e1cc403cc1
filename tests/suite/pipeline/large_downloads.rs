//! Pictures from their hosts that are too large for memory: they stream to disk, and nothing of them stays unless it is saved.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use plantain::domain::{FailureKind, Progress, State};
use plantain::pipeline::Running;

use super::large::{noise, temporaries};
use super::{Bench, Told, gateway, pass, settle, sha256, submit};
use crate::suite::raw_server::{Gate, RawServer, Script, Step, answer, head};

/// The first half, the gate, and what comes then.
fn half(picture: &[u8], gate: &Gate, then: Option<Step>) -> Script {
    let length = picture.len().to_string();
    let head = head(200, &[("Content-Length", &length)]);
    let first = &picture[..picture.len() / 2];
    let mut script = vec![
        Step::Bytes([head.as_slice(), first].concat()),
        Step::Wait(gate.clone()),
    ];
    script.extend(then);
    script
}

/// Asks for a picture at `host`, up to where half of it came.
async fn half_way(bench: &Bench, host: &RawServer, half: usize) -> (RawServer, Running) {
    let server = gateway(&format!("{}/a.png", host.url())).await;
    let told = Told::default();
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    let came = |p: &Progress| matches!(p, Progress::Downloading { received, .. } if *received == half as u64);
    told.wait_for(1, came).await;
    (server, running)
}

#[tokio::test]
async fn a_download_of_20_mb_is_on_disk_before_it_is_whole_and_renamed() {
    let (bench, gate) = (Bench::new(), Gate::default());
    let picture = noise(2600);
    assert!(picture.len() > 20_000_000, "{}", picture.len());
    let rest = picture[picture.len() / 2..].to_vec();
    let host = RawServer::saying(half(&picture, &gate, Some(Step::Bytes(rest)))).await;
    let (_server, running) = half_way(&bench, &host, picture.len() / 2).await;
    let there = temporaries(&bench);
    assert_eq!(there.len(), 1, "{there:?}");
    let written = fs::metadata(&there[0]).unwrap();
    assert_eq!(written.len(), picture.len() as u64 / 2);
    gate.open();
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    let saved = &generation.pictures[0];
    assert!(fs::read(&saved.path).unwrap() == picture);
    assert_eq!(saved.sha256, sha256(&picture));
    assert_eq!(saved.path.parent(), there[0].parent());
    let renamed = fs::metadata(&saved.path).unwrap();
    assert_eq!(renamed.ino(), written.ino(), "the same file, renamed");
    assert_eq!(bench.pictures(), std::slice::from_ref(&saved.path));
    assert_eq!(bench.row(&generation), generation);
}

#[tokio::test]
async fn cancelling_in_the_middle_of_a_large_download_leaves_no_file() {
    let (bench, gate) = (Bench::new(), Gate::default());
    let picture = noise(1200);
    let host = RawServer::saying(half(&picture, &gate, None)).await;
    let (_server, running) = half_way(&bench, &host, picture.len() / 2).await;
    assert_eq!(temporaries(&bench).len(), 1);
    running.cancel.cancel();
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Cancelled);
    assert!(bench.pictures().is_empty());
    host.wait_left().await;
}

#[tokio::test]
async fn a_large_download_that_is_cut_and_then_refused_leaves_no_file() {
    let (bench, gate) = (Bench::new(), Gate::default());
    let picture = noise(1200);
    let (held, served) = (gate.clone(), picture.clone());
    let host = RawServer::start(move |request| match request.n {
        0 => half(&served, &held, Some(Step::Reset)),
        _ => answer(400, &[], b""),
    })
    .await;
    let (server, running) = half_way(&bench, &host, picture.len() / 2).await;
    assert_eq!(temporaries(&bench).len(), 1);
    gate.open();
    host.wait_closed(1).await;
    // The wait before the second try begins at some time after that.
    while host.requests().len() < 2 {
        pass(Duration::from_secs(1)).await;
        settle().await;
    }
    let generation = running.done.await.unwrap();
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::Download, true)
    );
    assert_eq!(generation.urls.len(), 1, "the URL is kept");
    assert!(bench.pictures().is_empty());
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn of_a_download_over_64_mb_nothing_is_kept_and_it_is_said() {
    let bench = Bench::new();
    // One that does not tell how much it is.
    let mut script = vec![Step::Bytes(head(200, &[]))];
    script.extend(std::iter::repeat_n(Step::Bytes(vec![7; 1 << 20]), 66));
    let host = RawServer::saying(script).await;
    let server = gateway(&format!("{}/a.png", host.url())).await;
    let generation = bench.run(&server.url(), "a cat").await;
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(failure.kind, FailureKind::Download);
    let said = failure.message.as_str();
    assert!(said.contains("more than 64 MB"), "{said}");
    assert!(bench.pictures().is_empty());
    assert_eq!(host.requests().len(), 1, "asked for once");
}
