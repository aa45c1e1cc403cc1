//! Pictures inside the answer that are too large for memory: they stream to disk, and nothing of them stays unless it is saved.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, RgbImage};
use plantain::domain::{FailureKind, Progress, State};

use super::{Bench, SSE, Told, settle, sha256, submit};
use crate::suite::raw_server::{Gate, RawServer, Script, Step, head};

/// A PNG of noise, about three bytes a pixel.
pub fn noise(side: u32) -> Vec<u8> {
    let mut state = side;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let pixels = (0..side * side * 3).map(|_| byte()).collect();
    let picture = RgbImage::from_raw(side, side, pixels).unwrap();
    let mut out = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture)
        .write_to(&mut out, ImageFormat::Png)
        .unwrap();
    out.into_inner()
}

/// One event whose content is the picture.
fn event(picture: &[u8]) -> Vec<u8> {
    let base64 = STANDARD.encode(picture);
    let event = format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"![x](data:image/png;base64,{base64})\"}},\"finish_reason\":\"stop\"}}]}}\n\n"
    );
    event.into_bytes()
}

const DONE: &[u8] = b"data: [DONE]\n\n";

/// The event up to its middle, the gate, then the rest.
fn in_two(picture: &[u8], gate: &Gate) -> Script {
    let event = event(picture);
    let (first, second) = event.split_at(event.len() / 2);
    vec![
        Step::Bytes([head(200, &[SSE]).as_slice(), first].concat()),
        Step::Wait(gate.clone()),
        Step::Bytes([second, DONE].concat()),
    ]
}

/// Waits until half of `event` was taken in.
async fn half(told: &Told, picture: &[u8]) {
    let half = (event(picture).len() / 2) as u64;
    told.wait_for(
        1,
        |p| matches!(p, Progress::Received { bytes } if *bytes >= half),
    )
    .await;
}

pub(super) fn temporaries(bench: &Bench) -> Vec<PathBuf> {
    let mut files = bench.pictures();
    files.retain(|f| f.extension().is_some_and(|e| e == "tmp"));
    files
}

#[tokio::test]
async fn a_large_picture_is_on_disk_before_it_is_whole_and_saved_to_the_byte() {
    let (bench, told, gate) = (Bench::new(), Told::default(), Gate::default());
    let picture = noise(900);
    let server = RawServer::saying(in_two(&picture, &gate)).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    half(&told, &picture).await;
    let there = temporaries(&bench);
    assert_eq!(there.len(), 1, "{there:?}");
    let written = fs::metadata(&there[0]).unwrap().len();
    assert!(written > 1 << 20, "{written} bytes so far");
    gate.open();
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    let saved = &generation.pictures[0];
    assert!(fs::read(&saved.path).unwrap() == picture);
    assert_eq!(saved.sha256, sha256(&picture));
    assert_eq!(saved.bytes, picture.len() as u64);
    let size = saved.size.map(|s| (s.width, s.height));
    assert_eq!(size, Some((900, 900)));
    assert_eq!(bench.pictures(), std::slice::from_ref(&saved.path));
    assert_eq!(
        saved.path.parent(),
        there[0].parent(),
        "renamed in its folder"
    );
    assert_eq!(bench.row(&generation), generation);
}

#[tokio::test]
async fn a_line_of_20_mb_works() {
    let bench = Bench::new();
    let picture = noise(2240);
    let event = event(&picture);
    assert!(event.len() > 20_000_000, "{}", event.len());
    let body = [head(200, &[SSE]).as_slice(), &event, DONE].concat();
    let server = RawServer::saying(vec![Step::Bytes(body)]).await;
    let generation = bench.run(&server.url(), "a cat").await;
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    assert_eq!(generation.pictures[0].sha256, sha256(&picture));
    assert!(temporaries(&bench).is_empty());
}

#[tokio::test]
async fn of_a_picture_over_64_mb_nothing_is_kept_and_it_is_said() {
    let bench = Bench::new();
    let start = b"data: {\"data\":[{\"b64_json\":\"".as_slice();
    let mut script = vec![Step::Bytes([head(200, &[SSE]).as_slice(), start].concat())];
    script.extend(std::iter::repeat_n(Step::Bytes(vec![b'A'; 1 << 20]), 90));
    script.push(Step::Bytes([b"\"}]}\n\n".as_slice(), DONE].concat()));
    let server = RawServer::saying(script).await;
    let generation = bench.run(&server.url(), "a cat").await;
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::NoPicture, true)
    );
    let said = |n: &plantain::domain::Clean| n.as_str().contains("over 64 MB");
    assert!(generation.notices.iter().any(said), "{generation:?}");
    assert!(bench.pictures().is_empty());
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn cancelling_in_the_middle_of_a_large_picture_leaves_no_file() {
    let (bench, told, gate) = (Bench::new(), Told::default(), Gate::default());
    let picture = noise(900);
    let server = RawServer::saying(in_two(&picture, &gate)).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    half(&told, &picture).await;
    assert_eq!(temporaries(&bench).len(), 1);
    running.cancel.cancel();
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Cancelled);
    assert!(bench.pictures().is_empty());
    server.wait_left().await;
}

#[tokio::test]
async fn a_cut_in_the_middle_of_a_large_picture_leaves_no_file() {
    let (bench, told, gate) = (Bench::new(), Told::default(), Gate::default());
    let picture = noise(900);
    let mut script = in_two(&picture, &gate);
    script[2] = Step::Reset;
    let server = RawServer::saying(script).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    half(&told, &picture).await;
    assert_eq!(temporaries(&bench).len(), 1);
    gate.open();
    let generation = running.done.await.unwrap();
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::Cut, true)
    );
    assert!(bench.pictures().is_empty());
    settle().await;
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn a_large_picture_whose_pixels_are_damaged_is_kept_and_named() {
    let bench = Bench::new();
    let mut picture = noise(900);
    let middle = picture.len() / 2;
    picture[middle] ^= 0xFF;
    let body = [head(200, &[SSE]).as_slice(), &event(&picture), DONE].concat();
    let server = RawServer::saying(vec![Step::Bytes(body)]).await;
    let generation = bench.run(&server.url(), "a cat").await;
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    assert!(fs::read(&generation.pictures[0].path).unwrap() == picture);
    let said = |n: &plantain::domain::Clean| {
        n.as_str()
            .ends_with("is kept as it came: the picture is damaged")
    };
    assert!(
        generation.notices.iter().any(said),
        "{:?}",
        generation.notices
    );
}
