//! Reference pictures: what leaves the machine of them, and what stays in the library.

use std::fs;
use std::path::Path;
use std::time::Duration;

use plantain::config::builtin_catalog;
use plantain::demo;
use plantain::domain::{
    Failure, FailureKind, Generation, Reference, ReferenceForms, ReferenceSource, State,
};
use plantain::picture::{Limits, measure};
use plantain::pipeline::{Pipeline, find_reference};
use serde_json::Value;

use super::{Bench, Told, body, bytes_of, holds, inline, request, submit};
use crate::suite::endpoint::fixtures::{JPG, PNG};
use crate::suite::raw_server::{Gate, RawServer, Step};

const CANARY: &str = "GPS 52.5200 N 13.4050 E";

/// A photo that tells where it was taken.
fn photo() -> Vec<u8> {
    let jpeg = bytes_of(JPG);
    let payload = [
        b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0".as_slice(),
        CANARY.as_bytes(),
    ]
    .concat();
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &payload, &jpeg[2..]].concat()
}

fn data_uri(bytes: &[u8]) -> String {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("data:image/jpeg;base64,{data}")
}

fn find(bench: &Bench, given: &str) -> Result<Reference, Failure> {
    find_reference(
        &bench.library,
        given,
        bench.folder.path(),
        Some(Path::new("/home/of/nobody")),
    )
}

async fn edit(bench: &Bench, base: &str, given: &str) -> Generation {
    let mut request = request("make it snow");
    request.references = vec![find(bench, given).unwrap()];
    let pipeline = bench.pipeline(base);
    let running = pipeline
        .submit(request, None, Told::default().tell())
        .await
        .unwrap();
    running.done.await.unwrap()
}

/// The picture part of the last call.
fn sent(server: &RawServer) -> String {
    let content = &body(server.requests().last().unwrap())["messages"][0]["content"];
    assert_eq!(content[0]["type"], "text");
    assert_eq!(content[0]["text"], "make it snow");
    assert_eq!(content.as_array().unwrap().len(), 2);
    content[1]["image_url"]["url"].as_str().unwrap().to_owned()
}

fn check_stripped(uri: &str) {
    let bytes = bytes_of(uri.strip_prefix("data:image/jpeg;base64,").unwrap());
    assert!(memchr::memmem::find(&bytes, CANARY.as_bytes()).is_none());
    measure(&bytes, Limits::default()).unwrap();
}

#[tokio::test]
async fn a_file_leaves_without_its_metadata_and_stays_as_it_was() {
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    let path = bench.folder.path().join("photo.jpg");
    fs::write(&path, photo()).unwrap();
    let generation = edit(&bench, &server.url(), "photo.jpg").await;
    assert_eq!(generation.state, State::Saved);
    check_stripped(&sent(&server));
    assert_eq!(fs::read(&path).unwrap(), photo());
    assert!(bench.files().iter().all(|f| !holds(f, CANARY)));
    let reference = &bench.row(&generation).request.references[0];
    assert_eq!(reference.given, "photo.jpg");
    assert_eq!(reference.label(), "photo.jpg");
    let ReferenceSource::File(kept) = &reference.source else {
        panic!("{reference:?}");
    };
    assert!(kept.starts_with(bench.library.folder()), "{reference:?}");
    assert_eq!(
        bench.records()[0]["references"],
        serde_json::json!(["photo.jpg"])
    );
}

#[tokio::test]
async fn the_same_again_sends_the_same_picture_whatever_became_of_the_file() {
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    let path = bench.folder.path().join("photo.jpg");
    fs::write(&path, photo()).unwrap();
    let first = edit(&bench, &server.url(), "photo.jpg").await;
    let before = sent(&server);
    for change in [
        |p: &Path| fs::write(p, bytes_of(PNG)),
        |p: &Path| fs::remove_file(p),
    ] {
        change(&path).unwrap();
        let request = bench.row(&first).request;
        let again = bench
            .pipeline(&server.url())
            .submit(request.clone(), None, Told::default().tell())
            .await
            .unwrap();
        let again = again.done.await.unwrap();
        assert_eq!(again.state, State::Saved);
        assert_eq!(again.request.references, request.references);
        assert_eq!(sent(&server), before);
    }
}

#[tokio::test]
async fn what_waits_reads_its_kept_picture_when_its_turn_comes() {
    let gate = Gate::default();
    let held = gate.clone();
    let server = RawServer::start(move |_| {
        let mut script = vec![Step::Wait(held.clone())];
        script.extend(inline());
        script
    })
    .await;
    let (bench, told) = (Bench::new(), Told::default());
    fs::write(bench.folder.path().join("photo.jpg"), photo()).unwrap();
    let mut setup = bench.setup(&server.url());
    setup.parallel = 1;
    let pipeline = Pipeline::new(setup).unwrap();
    let first = submit(&pipeline, "one", &told).await;
    let mut request = request("make it snow");
    request.references = vec![find(&bench, "photo.jpg").unwrap()];
    let second = pipeline.submit(request, None, told.tell()).await.unwrap();
    let ReferenceSource::File(kept) = &second.generation.request.references[0].source else {
        panic!("{:?}", second.generation.request);
    };
    fs::remove_file(kept).unwrap();
    gate.open();
    assert_eq!(first.done.await.unwrap().state, State::Saved);
    let failure = second.done.await.unwrap().failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Reference);
    assert!(!failure.maybe_billed, "{failure}");
    assert_eq!(server.requests().len(), 1, "nothing of it was sent");
}

#[tokio::test]
async fn why_the_history_has_no_such_picture_is_told() {
    let bench = Bench::new();
    let failure = find(&bench, "last").unwrap_err();
    assert!(
        failure
            .message
            .as_str()
            .contains("no picture in the history"),
        "{failure}"
    );
    let server = RawServer::saying(inline()).await;
    let mut digits = std::collections::BTreeMap::<char, u8>::new();
    let twice = loop {
        let id = bench.run(&server.url(), "a cat").await.id.to_string();
        let last = id.chars().last().unwrap();
        let count = digits.entry(last).or_default();
        *count += 1;
        if *count == 2 {
            break last.to_string();
        }
    };
    let failure = find(&bench, &twice).unwrap_err();
    assert!(
        failure.message.as_str().contains("more than one"),
        "{failure}"
    );
    let failure = find(&bench, "last.7").unwrap_err();
    assert_eq!(failure.kind, FailureKind::Reference, "{failure}");

    let database = rusqlite::Connection::open(bench.library.db_path()).unwrap();
    database
        .execute_batch("ALTER TABLE generations RENAME TO gone")
        .unwrap();
    let failure = find(&bench, "cafe").unwrap_err();
    assert_eq!(failure.kind, FailureKind::Library, "{failure}");
}

#[tokio::test]
async fn a_data_uri_leaves_without_its_metadata_and_is_in_no_row() {
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    let given = data_uri(&photo());
    let generation = edit(&bench, &server.url(), &given).await;
    check_stripped(&sent(&server));
    let reference = &bench.row(&generation).request.references[0];
    assert_eq!(reference.given, "data URI");
    let ReferenceSource::File(kept) = &reference.source else {
        panic!("{reference:?}");
    };
    assert_eq!(data_uri(&fs::read(kept).unwrap()), sent(&server));
    let middle = &given[60..120];
    assert!(
        bench
            .files()
            .iter()
            .all(|f| !holds(f, middle) && !holds(f, CANARY))
    );
    assert_eq!(
        bench.records()[0]["references"],
        serde_json::json!(["data URI"])
    );
}

#[tokio::test]
async fn a_url_is_for_the_gateway_to_fetch() {
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    let url = "https://in.test/fox.png?size=2";
    let generation = edit(&bench, &server.url(), url).await;
    assert_eq!(sent(&server), url);
    assert_eq!(server.requests().len(), 1);
    assert_eq!(bench.row(&generation).request.references[0].given, url);
}

#[tokio::test]
async fn a_picture_of_the_history_is_found_by_its_name() {
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    let first = bench.run(&server.url(), "a cat").await;
    let id = first.pictures[0].id;
    let short = format!("{}.1", first.id.short());
    for given in ["last", &short, &id.to_string()] {
        let reference = find(&bench, given).unwrap();
        assert_eq!(reference.given, id.to_string(), "{given}");
        assert_eq!(
            reference.source,
            ReferenceSource::File(first.pictures[0].path.clone())
        );
        let _ = edit(&bench, &server.url(), given).await;
        assert_eq!(sent(&server), format!("data:image/png;base64,{PNG}"));
    }
}

#[tokio::test]
async fn what_is_no_reference_is_refused_before_anything_is_written_or_sent() {
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    let folder = bench.folder.path();
    fs::write(folder.join("page.png"), b"<html>").unwrap();
    fs::write(folder.join("half.png"), &bytes_of(PNG)[..40]).unwrap();
    fs::write(folder.join("a.gif"), b"GIF89a\x01\0\x01\0\0\0\0;").unwrap();
    let gone = folder.join("gone.png");
    fs::write(&gone, bytes_of(PNG)).unwrap();
    let gone = find(&bench, "gone.png").unwrap();
    fs::remove_file(folder.join("gone.png")).unwrap();
    let pipeline = bench.pipeline(&server.url());
    let data = |uri: &str| find(&bench, uri);
    for reference in [
        find(&bench, "page.png"),
        find(&bench, "nothing.png"),
        find(&bench, "half.png"),
        find(&bench, "a.gif"),
        Ok(gone),
        data("data:image/png;base64,!!!!"),
        data("data:image/png,plain"),
        data("data:image/png;base64"),
        data("data:image/png;base64,PGh0bWw+"),
    ] {
        let failure = match reference {
            Err(failure) => failure,
            Ok(reference) => {
                let mut request = request("make it snow");
                request.references = vec![reference];
                let submitted = pipeline.submit(request, None, Told::default().tell()).await;
                submitted.err().unwrap()
            }
        };
        assert_eq!(failure.kind, FailureKind::Reference, "{failure}");
        assert!(failure.hint.is_some() && !failure.maybe_billed, "{failure}");
    }
    assert!(server.requests().is_empty());
    let rows = bench
        .library
        .count(&plantain::library::Query::default())
        .unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn the_embedded_endpoint_edits_a_picture_of_the_history() {
    let options = demo::Options {
        delay: Duration::ZERO,
        ..demo::Options::new(builtin_catalog())
    };
    let demo = demo::start(options).await.unwrap();
    let bench = Bench::new();
    let first = bench.run(&demo.base_url(), "a red fox").await;
    assert_eq!(first.state, State::Saved, "{:?}", first.failure);
    let edited = edit(&bench, &demo.base_url(), "last").await;
    assert_eq!(edited.state, State::Saved, "{:?}", edited.failure);
    assert_ne!(edited.pictures[0].sha256, first.pictures[0].sha256);
    assert_eq!(edited.pictures[0].size, first.pictures[0].size);
    let record: Value = bench.records().pop().unwrap();
    assert_eq!(record["references"][0], first.pictures[0].id.to_string());
    demo.stop().await;
}

#[tokio::test]
async fn a_form_that_the_gateway_does_not_take_is_refused_before_anything_is_sent() {
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    fs::write(bench.folder.path().join("photo.jpg"), photo()).unwrap();
    let url = "https://img.test/fox.jpg?sig=S3CRET";
    for (forms, given, refused) in [
        (ReferenceForms::Any, url, None),
        (ReferenceForms::Any, "photo.jpg", None),
        (ReferenceForms::Data, "photo.jpg", None),
        (ReferenceForms::Data, url, Some("fox.jpg")),
        (ReferenceForms::Url, url, None),
        (ReferenceForms::Url, "photo.jpg", Some("photo.jpg")),
    ] {
        let mut setup = bench.setup(&server.url());
        for profile in &mut setup.profiles {
            profile.references = forms;
        }
        let mut request = request("make it snow");
        request.references = vec![find(&bench, given).unwrap()];
        let before = server.requests().len();
        let pipeline = Pipeline::new(setup).unwrap();
        let submitted = pipeline.submit(request, None, Told::default().tell());
        match (submitted.await, refused) {
            (Ok(running), None) => {
                assert_eq!(running.done.await.unwrap().state, State::Saved);
                assert_eq!(server.requests().len(), before + 1);
            }
            (Err(failure), Some(name)) => {
                assert_eq!(failure.kind, FailureKind::Reference);
                let said = failure.to_string();
                assert!(
                    said.contains(name) && said.contains("\"documented\""),
                    "{said}"
                );
                assert!(said.contains("hint") && !said.contains("S3CRET"), "{said}");
                assert_eq!(server.requests().len(), before);
            }
            (submitted, refused) => {
                panic!("{forms:?} {given}: {:?} {refused:?}", submitted.is_ok());
            }
        }
    }
    assert_eq!(
        bench.records().len(),
        4,
        "what is refused is not written down"
    );
}
