//! The whole way against the embedded endpoint, and bad input that has to be told well.

use std::fs;
use std::time::Duration;

use plantain::config::builtin_catalog;
use plantain::demo;
use plantain::domain::{
    FailureKind, FileFormat, GenerationJson, OutputFormat, PixelSize, Progress, Prompt, State,
};
use plantain::picture::{Limits, is_whole, measure};
use plantain::pipeline::Pipeline;

use super::{Bench, Told, inline, prompt_of, request, sha256, submit};
use crate::suite::raw_server::RawServer;

async fn start() -> demo::Server {
    let options = demo::Options {
        delay: Duration::from_millis(20),
        ..demo::Options::new(builtin_catalog())
    };
    demo::start(options).await.unwrap()
}

/// The place of a telling in the course of a generation that goes well.
fn rank(progress: &Progress) -> u8 {
    match progress {
        Progress::Prepared(_) => 0,
        Progress::Sending => 1,
        Progress::Answering => 2,
        Progress::Text(_) | Progress::Percent(_) | Progress::Received { .. } => 3,
        Progress::Downloading { .. } => 4,
        Progress::Saved(_) => 5,
        Progress::Finished(_) => 6,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_prompt_becomes_a_picture_a_row_and_a_record() {
    let (demo, bench, told) = (start().await, Bench::new(), Told::default());
    let running = submit(&bench.pipeline(&demo.base_url()), "a red fox", &told).await;
    assert_eq!(running.generation.state, State::Prepared);
    assert!(bench.row(&running.generation).is_running());
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);

    let all = told.all();
    let ranks: Vec<u8> = all.iter().map(rank).collect();
    assert!(ranks.is_sorted(), "{all:?}");
    let each: Vec<u8> = (0..=6).collect();
    let mut distinct = ranks.clone();
    distinct.dedup();
    assert_eq!(distinct, each, "{all:?}");
    assert_eq!(
        all.last(),
        Some(&Progress::Finished(Box::new(generation.clone())))
    );

    let [picture] = generation.pictures.as_slice() else {
        panic!("{generation:?}");
    };
    let bytes = fs::read(&picture.path).unwrap();
    assert_eq!(picture.format, FileFormat::Png);
    assert!(is_whole(FileFormat::Png, &bytes) && picture.selected);
    assert_eq!(picture.size, Some(PixelSize::new(512, 512)));
    assert_eq!(measure(&bytes, Limits::default()).ok(), picture.size);
    assert_eq!(picture.sha256, sha256(&bytes));
    assert!(generation.demo, "it says what made it");
    assert!(generation.notices.is_empty(), "{:?}", generation.notices);
    assert!(!generation.text.is_empty() && generation.elapsed_ms.is_some());
    assert_eq!(bench.row(&generation), generation);
    assert_eq!(bench.pictures(), std::slice::from_ref(&picture.path));

    let records = bench.records();
    assert_eq!(records.len(), 1);
    assert_eq!(
        records[0],
        serde_json::to_value(GenerationJson::from(&generation)).unwrap()
    );
    assert_eq!(records[0]["status"], "done");
    assert_eq!(records[0]["pictures"][0]["sha256"], picture.sha256);
    demo.stop().await;
}

#[tokio::test]
async fn each_format_comes_as_asked() {
    let (demo, bench) = (start().await, Bench::new());
    let pipeline = bench.pipeline(&demo.base_url());
    let mut all = Vec::new();
    for format in OutputFormat::ALL {
        let mut request = request("a lighthouse");
        request.model = "NanoBanana2-0.5K".to_owned();
        request.format = format;
        let told = Told::default();
        all.push((
            format,
            pipeline.submit(request, None, told.tell()).await.unwrap(),
        ));
    }
    for (format, running) in all {
        let generation = running.done.await.unwrap();
        assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
        assert_eq!(generation.pictures[0].format, FileFormat::from(format));
    }
    demo.stop().await;
}

#[tokio::test]
async fn a_model_that_nobody_knows_is_asked_for_and_said() {
    let (demo, bench) = (start().await, Bench::new());
    let mut request = request("a cat");
    request.model = "NanoBananaNext".to_owned();
    let pipeline = bench.pipeline(&demo.base_url());
    let running = pipeline
        .submit(request, None, Told::default().tell())
        .await
        .unwrap();
    let said = running.generation.notices[0].as_str();
    assert!(said.contains("not in the catalog"), "{said}");
    let generation = running.done.await.unwrap();
    let failure = generation.failure.unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::BadRequest, false)
    );
    assert!(
        failure.message.as_str().contains("NanoBananaNext"),
        "{failure}"
    );
    assert!(failure.hint.is_some());
    demo.stop().await;
}

#[tokio::test]
async fn a_prompt_of_100_kb_arrives_whole() {
    let prompt = "狐 \"\\\n".repeat(15_000);
    assert!(prompt.len() > 100_000);
    let (bench, server) = (Bench::new(), RawServer::saying(inline()).await);
    let generation = bench.run(&server.url(), &prompt).await;
    assert_eq!(generation.state, State::Saved);
    assert_eq!(prompt_of(&server.requests()[0]), prompt.trim());
    assert_eq!(bench.row(&generation).request.prompt.typed(), prompt);
    let name = generation.pictures[0].path.file_name().unwrap().len();
    assert!(name <= 120, "{name}");
    assert_eq!(Prompt::new(" \n\t").unwrap_err().kind, FailureKind::Usage);
}

#[tokio::test]
async fn models_are_the_gateways_own_list() {
    let (demo, bench) = (start().await, Bench::new());
    let pipeline: Pipeline = bench.pipeline(&demo.base_url());
    let names: Vec<String> = builtin_catalog()
        .models
        .into_iter()
        .map(|m| m.name)
        .collect();
    assert_eq!(pipeline.models().await.unwrap(), names);
    demo.stop().await;
    let failure = pipeline.models().await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::Unreachable, false)
    );
}
