//! The setting `convert`: a second file in the format that was asked, beside the one that was served.

use std::fs;

use plantain::domain::{Clean, Convert, DEMO_TEXT, Generation, OutputFormat, Progress, State};
use plantain::picture::{Limits, decode, sniff};
use plantain::pipeline::{Pipeline, convert};
use rusqlite::Connection;

use super::{Bench, Told, bytes_of, gateway, naming, request, submit};
use crate::suite::endpoint::fixtures::{JPG, PNG, PNG2, WEBP};
use crate::suite::raw_server::{RawServer, answer};

/// A gateway whose answers hold these pictures (base64).
async fn serving(pictures: &[&str]) -> RawServer {
    let urls: Vec<String> = pictures
        .iter()
        .map(|p| format!("data:image/png;base64,{p}"))
        .collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    RawServer::saying(naming(&urls)).await
}

/// One generation with that setting, and what it told.
async fn run(
    bench: &Bench,
    server: &RawServer,
    setting: Convert,
    demo: bool,
) -> (Generation, Told) {
    let mut setup = bench.setup(&server.url());
    (setup.convert, setup.demo) = (setting, demo);
    let told = Told::default();
    let running = submit(&Pipeline::new(setup).unwrap(), "a cat", &told).await;
    (running.done.await.unwrap(), told)
}

#[tokio::test]
async fn never_and_ask_write_one_file() {
    let server = serving(&[JPG]).await;
    for setting in [Convert::Never, Convert::Ask] {
        let bench = Bench::new();
        let (generation, _) = run(&bench, &server, setting, false).await;
        assert_eq!(generation.state, State::Saved);
        assert_eq!(bench.pictures(), [generation.pictures[0].path.clone()]);
        assert!(generation.pictures[0].converted.is_empty());
    }
}

#[tokio::test]
async fn always_writes_what_was_asked_beside_what_came() {
    for served in [JPG, WEBP] {
        let bench = Bench::new();
        let server = serving(&[served]).await;
        let (generation, told) = run(&bench, &server, Convert::Always, false).await;
        let picture = &generation.pictures[0];
        assert_eq!(
            fs::read(&picture.path).unwrap(),
            bytes_of(served),
            "untouched"
        );
        let second = picture.path.with_extension("png");
        assert_eq!(picture.converted, std::slice::from_ref(&second));
        let bytes = fs::read(&second).unwrap();
        assert_eq!(
            decode(&bytes, Limits::default()),
            decode(&bytes_of(served), Limits::default())
        );
        assert_eq!(bench.pictures().len(), 2);
        assert_eq!(bench.row(&generation), generation);
        let record = bench.records().pop().unwrap();
        let path = second.to_str().unwrap();
        assert_eq!(
            record["pictures"][0]["converted"],
            serde_json::json!([path])
        );
        // It is shown at once, and known as converted later.
        let saved: Vec<usize> = told
            .all()
            .iter()
            .filter_map(|p| match p {
                Progress::Saved(picture) => Some(picture.converted.len()),
                _ => None,
            })
            .collect();
        assert_eq!(saved, [0, 1]);
    }
}

#[tokio::test]
async fn what_was_asked_for_is_not_converted() {
    let bench = Bench::new();
    let server = serving(&[PNG, JPG]).await;
    let (generation, _) = run(&bench, &server, Convert::Always, false).await;
    let second = |n: usize| generation.pictures[n].converted.len();
    assert_eq!((second(0), second(1)), (0, 1));
}

#[tokio::test]
async fn every_picture_is_saved_before_any_is_converted() {
    let bench = Bench::new();
    let host = RawServer::saying(answer(200, &[], &bytes_of(WEBP))).await;
    let urls = [1, 2].map(|n| format!("{}/{n}.webp", host.url()));
    let server = RawServer::saying(naming(&[&urls[0], &urls[1]])).await;
    let (generation, told) = run(&bench, &server, Convert::Always, false).await;
    assert!(generation.pictures.iter().all(|p| p.converted.len() == 1));
    let saved: Vec<(u16, usize)> = told
        .all()
        .iter()
        .filter_map(|p| match p {
            Progress::Saved(picture) => Some((picture.id.n, picture.converted.len())),
            _ => None,
        })
        .collect();
    assert_eq!(saved, [(1, 0), (2, 0), (1, 1), (2, 1)]);
}

#[tokio::test]
async fn a_conversion_that_fails_is_a_notice() {
    let bench = Bench::new();
    Connection::open(bench.library.db_path())
        .unwrap()
        .execute_batch(
            "CREATE TRIGGER refusal BEFORE UPDATE OF converted ON pictures
             BEGIN SELECT RAISE(FAIL, 'no'); END",
        )
        .unwrap();
    let server = serving(&[JPG]).await;
    let (generation, _) = run(&bench, &server, Convert::Always, false).await;
    assert_eq!(
        (generation.state, &generation.failure),
        (State::Saved, &None)
    );
    let notices: Vec<&str> = generation.notices.iter().map(Clean::as_str).collect();
    let last = notices.last().unwrap();
    assert!(last.starts_with("no png was written: "), "{notices:?}");
    assert_eq!(bench.pictures(), [generation.pictures[0].path.clone()]);
}

#[tokio::test]
async fn a_picture_that_cannot_be_opened_stays_alone() {
    let bench = Bench::new();
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\x0amdat\x01\x02";
    let host = RawServer::saying(answer(200, &[], avif)).await;
    let server = gateway(&format!("{}/a.avif", host.url())).await;
    let (generation, _) = run(&bench, &server, Convert::Always, false).await;
    assert_eq!(generation.state, State::Saved);
    assert_eq!(bench.pictures().len(), 1);
    let told = |n: &Clean| n.as_str().contains("no png was written");
    assert!(!generation.notices.iter().any(told));
}

#[tokio::test]
async fn what_is_made_of_a_demo_picture_says_so() {
    for (demo, says) in [(true, true), (false, false)] {
        let bench = Bench::new();
        let server = serving(&[JPG]).await;
        let (generation, _) = run(&bench, &server, Convert::Always, demo).await;
        let path = &generation.pictures[0].converted[0];
        assert_eq!(super::holds(path, DEMO_TEXT), says);
    }
}

#[tokio::test]
async fn it_can_be_done_later_and_is_done_once() {
    let bench = Bench::new();
    let server = serving(&[PNG2]).await;
    let (generation, _) = run(&bench, &server, Convert::Never, false).await;
    let id = generation.pictures[0].id;
    let to = OutputFormat::Webp;
    let done = convert(&bench.library, id, to).unwrap();
    let told = done.told();
    assert!(told.as_str().starts_with("wrote ") && told.as_str().contains(".webp"));
    let bytes = fs::read(&done.path).unwrap();
    assert_eq!(sniff(&bytes).unwrap().as_str(), "webp");
    let again = convert(&bench.library, id, to).unwrap();
    assert_eq!((again.path, again.bytes), (done.path, None));
    let same = convert(&bench.library, id, request("x").format).unwrap_err();
    assert_eq!(same.message.as_str(), "the picture is png already");
    fs::remove_file(&generation.pictures[0].path).unwrap();
    let to = OutputFormat::Jpeg;
    let failure = convert(&bench.library, id, to).unwrap_err();
    assert!(
        failure.message.as_str().contains("cannot be read"),
        "{failure}"
    );
}
