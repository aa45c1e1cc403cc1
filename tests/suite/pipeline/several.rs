//! Several at once: the cap, the order, two pipelines on one library.

use std::collections::BTreeSet;

use plantain::domain::{Progress, State};
use plantain::library::{Library, Query};
use plantain::pipeline::Pipeline;

use super::{Bench, Told, answer, bytes_of, inline, naming, prompt_of, request, settle, submit};
use crate::suite::endpoint::fixtures::PNG;
use crate::suite::raw_server::{Gate, RawServer, Step};
use jiff::tz::TimeZone;

#[tokio::test]
async fn never_more_than_the_cap_in_the_order_of_the_asking() {
    let gates: Vec<Gate> = (0..7).map(|_| Gate::default()).collect();
    let held = gates.clone();
    let server = RawServer::start(move |request| {
        let mut script = vec![Step::Wait(held[request.n].clone())];
        script.extend(inline());
        script
    })
    .await;
    let (bench, told) = (Bench::new(), Told::default());
    let mut setup = bench.setup(&server.url());
    setup.parallel = 2;
    let pipeline = Pipeline::new(setup).unwrap();
    let mut all = Vec::new();
    for n in 0..7 {
        all.push(submit(&pipeline, &n.to_string(), &told).await);
    }
    assert_eq!(bench.library.count(&Query::default()).unwrap(), 7);
    for (n, gate) in gates.iter().enumerate() {
        let sent = (n + 2).min(7);
        server.wait_for(sent).await;
        settle().await;
        assert_eq!(server.count("POST"), sent, "more than two at once");
        gate.open();
    }
    for running in all {
        assert_eq!(running.done.await.unwrap().state, State::Saved);
    }
    let mut prompts: Vec<String> = server.requests().iter().map(prompt_of).collect();
    // The first two leave together.
    prompts[..2].sort();
    assert_eq!(prompts, ["0", "1", "2", "3", "4", "5", "6"]);
}

#[tokio::test]
async fn one_key_press_is_one_batch_with_a_row_for_each() {
    let server = RawServer::saying(inline()).await;
    let (bench, told) = (Bench::new(), Told::default());
    let pipeline = bench.pipeline(&server.url());
    let mut batch = None;
    let mut all = Vec::new();
    for _ in 0..4 {
        let running = pipeline
            .submit(request("a cat"), batch, told.tell())
            .await
            .unwrap();
        batch = batch.or(Some(running.generation.id));
        all.push(running);
    }
    let mut paths = BTreeSet::new();
    for running in all {
        let generation = running.done.await.unwrap();
        assert_eq!(Some(generation.batch), batch);
        paths.extend(generation.pictures.iter().map(|p| p.path.clone()));
    }
    assert_eq!(paths.len(), 4, "the same bytes four times are four files");
    assert_eq!(server.count("POST"), 4);
    let finished = |p: &Progress| matches!(p, Progress::Finished(_));
    assert_eq!(told.all().into_iter().filter(finished).count(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_pipelines_share_one_library() {
    let server = RawServer::start(|request| {
        if request.method == "GET" {
            return answer(200, &[], &bytes_of(PNG));
        }
        let host = request.header("host").unwrap();
        naming(&[&format!("http://{host}/{}.png", request.n)])
    })
    .await;
    let bench = Bench::new();
    let other = Library::open(bench.library.folder(), TimeZone::UTC).unwrap();
    let told = Told::default();
    let mut all = Vec::new();
    for library in [bench.library.clone(), other.clone()] {
        let mut setup = bench.setup(&server.url());
        setup.library = library;
        setup.parallel = 8;
        let pipeline = Pipeline::new(setup).unwrap();
        for n in 0..20 {
            let (pipeline, told) = (pipeline.clone(), told.clone());
            all.push(tokio::spawn(async move {
                let running = submit(&pipeline, &format!("fox {n}"), &told).await;
                running.done.await.unwrap()
            }));
        }
    }
    let mut paths = BTreeSet::new();
    for running in all {
        let generation = running.await.unwrap();
        assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
        assert!(
            generation
                .notices
                .iter()
                .all(|n| !n.as_str().contains("written down")),
            "{:?}",
            generation.notices
        );
        paths.extend(generation.pictures.iter().map(|p| p.path.clone()));
    }
    assert_eq!(paths.len(), 40);
    assert_eq!(bench.pictures().len(), 40);
    assert_eq!((server.count("POST"), server.count("GET")), (40, 40));
    for library in [&bench.library, &other] {
        let page = library.page(&Query::default(), None, 100).unwrap();
        assert_eq!(page.len(), 40);
        assert!(page.iter().all(|g| g.state == State::Saved));
    }
    assert_eq!(bench.records().len(), 40);
}
