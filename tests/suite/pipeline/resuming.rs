//! What a process left when its pictures had an address: fetched by the next one, and nothing else is asked.

use std::fs;
use std::time::Duration;

use jiff::tz::TimeZone;
use plantain::domain::{FailureKind, Generation, GenerationId, Progress, State, Step};
use plantain::library::Library;
use plantain::pipeline::Running;

use super::{Bench, Told, bytes_of, request, sha256, wait_out};
use crate::suite::endpoint::fixtures::{JPG, PNG};
use crate::suite::raw_server::{RawServer, Script, Step as Does, answer};

/// Nobody is asked here for a picture.
const GATEWAY: &str = "http://127.0.0.1:9/v1";

fn png() -> Script {
    answer(200, &[("Content-Type", "image/png")], &bytes_of(PNG))
}

/// A library that is gone again, with one generation whose answer named `urls`.
fn leave(bench: &Bench, base_url: Option<&str>, urls: &[&str], demo: bool) -> GenerationId {
    leave_with(bench, base_url, urls, demo, |_, _| {})
}

fn leave_with(
    bench: &Bench,
    base_url: Option<&str>,
    urls: &[&str],
    demo: bool,
    and: impl Fn(&Library, &Generation),
) -> GenerationId {
    let gone = Library::open(bench.library.folder(), TimeZone::UTC).unwrap();
    let id = GenerationId::from_number(7);
    let mut one = Generation::new(id, id, 1_795_528_953_000, request("a cat"), demo);
    one.base_url = base_url.map(str::to_owned);
    gone.prepare(&mut one).unwrap();
    gone.step(&mut one, Step::Send).unwrap();
    one.urls = urls.iter().map(|u| (*u).to_owned()).collect();
    gone.step(&mut one, Step::Answer).unwrap();
    and(&gone, &one);
    id
}

/// Starts what there is to resume at a pipeline for another base URL.
async fn resume(bench: &Bench, told: &Told) -> Vec<Running> {
    let pipeline = bench.pipeline("https://another.example/v1");
    pipeline.resume(told.tell()).await.unwrap()
}

async fn resumed(bench: &Bench) -> Generation {
    let running = resume(bench, &Told::default()).await.pop().unwrap();
    running.done.await.unwrap()
}

fn paths(server: &RawServer) -> Vec<String> {
    let requests = server.requests();
    assert!(requests.iter().all(|r| r.method == "GET"), "{requests:?}");
    requests.into_iter().map(|r| r.path).collect()
}

#[tokio::test]
async fn a_picture_whose_url_is_known_is_fetched_and_nothing_is_called() {
    let host = RawServer::saying(png()).await;
    let bench = Bench::new();
    let url = format!("{}/a.png?sig=1", host.url());
    let id = leave(&bench, Some(&format!("{}/v1", host.url())), &[&url], false);
    let told = Told::default();
    let running = resume(&bench, &told).await.pop().unwrap();
    assert!(bench.library.get(id).unwrap().is_running());
    let ended = running.done.await.unwrap();
    assert_eq!(ended.state, State::Saved, "{:?}", ended.failure);
    assert_eq!(ended, bench.library.get(id).unwrap());
    let [picture] = ended.pictures.as_slice() else {
        panic!("{ended:?}");
    };
    assert_eq!(picture.sha256, sha256(&bytes_of(PNG)));
    assert_eq!(picture.url, Some(url));
    assert!(picture.selected && picture.id.n == 1);
    assert!(
        ended
            .notices
            .iter()
            .any(|n| n.as_str().contains("earlier run")),
        "{ended:?}"
    );
    assert_eq!(paths(&host), ["/a.png?sig=1"]);

    let all = told.all();
    assert!(
        matches!(&all[0], Progress::Resumed(row) if row.owner_alive && row.failure.is_none()),
        "{all:?}"
    );
    assert_eq!(all.last(), Some(&Progress::Finished(Box::new(ended))));
    assert!(resume(&bench, &told).await.is_empty(), "it is over");
}

#[tokio::test]
async fn only_what_is_not_on_disk_yet_is_fetched() {
    let host = RawServer::saying(png()).await;
    let bench = Bench::new();
    let [one, two, three] = ["1", "2", "3"].map(|n| format!("{}/{n}.png", host.url()));
    let base = format!("{}/v1", host.url());
    let urls = [one.as_str(), &two, &three];
    leave_with(&bench, Some(&base), &urls, false, |library, row| {
        let (format, bytes) = (plantain::domain::FileFormat::Jpeg, bytes_of(JPG));
        library
            .save_picture(row, 2, &bytes, format, None, Some(&two))
            .unwrap();
    });
    let ended = resumed(&bench).await;
    assert_eq!(ended.state, State::Saved);
    assert_eq!(paths(&host), ["/1.png", "/3.png"]);
    let urls: Vec<_> = ended.pictures.iter().map(|p| p.url.clone()).collect();
    assert_eq!(urls, [Some(one), Some(two), Some(three)]);
    assert_eq!(bench.pictures().len(), 3);
}

#[tokio::test]
async fn addresses_are_judged_by_the_base_url_of_their_row() {
    for (base, kind) in [
        (Some("https://gateway.example/v1"), FailureKind::Download),
        (None, FailureKind::Download),
    ] {
        let host = RawServer::saying(png()).await;
        let bench = Bench::new();
        let url = format!("{}/a.png", host.url());
        leave(&bench, base, &[&url], false);
        // A pipeline whose own gateway is on this machine may fetch there, but not for others.
        let pipeline = bench.pipeline(&host.url());
        let running = pipeline.resume(Told::default().tell()).await.unwrap().pop();
        let ended = running.unwrap().done.await.unwrap();
        let failure = ended.failure.unwrap();
        assert_eq!((ended.state, failure.kind), (State::Failed, kind));
        assert!(
            failure.message.as_str().contains("this machine"),
            "{failure}"
        );
        assert_eq!(host.requests().len(), 0);
    }
}

#[tokio::test]
async fn one_that_cannot_be_had_fails_after_all_tries_and_keeps_its_url() {
    let host = RawServer::saying(answer(503, &[], b"")).await;
    let bench = Bench::new();
    let url = format!("{}/a.png", host.url());
    let id = leave(&bench, Some(&host.url()), &[&url], false);
    let running = resume(&bench, &Told::default()).await.pop().unwrap();
    for (n, wait) in (1..).zip([1, 5, 24, 90]) {
        host.wait_closed(n).await;
        wait_out(&host, Duration::from_secs(wait)).await;
    }
    let ended = running.done.await.unwrap();
    assert_eq!(host.requests().len(), 5);
    let failure = ended.failure.as_ref().unwrap();
    assert_eq!(ended.state, State::Failed);
    assert!(failure.kind == FailureKind::Download && failure.maybe_billed);
    assert_eq!(bench.library.get(id).unwrap(), ended);
    assert_eq!(ended.urls, [url]);
}

#[tokio::test]
async fn what_the_embedded_endpoint_made_went_with_it_and_that_is_told_at_once() {
    let bench = Bench::new();
    let url = "http://127.0.0.1:9/files/a.png";
    leave(&bench, Some(GATEWAY), &[url], true);
    let ended = resumed(&bench).await;
    let failure = ended.failure.unwrap();
    assert_eq!(ended.state, State::Failed);
    assert_eq!(
        failure.message.as_str(),
        "the demo endpoint that made it is gone"
    );
    assert!(!failure.maybe_billed, "nobody pays for the demo");
}

#[tokio::test]
async fn cancelling_one_keeps_its_url() {
    let host = RawServer::saying(vec![Does::Forever]).await;
    let bench = Bench::new();
    let url = format!("{}/a.png", host.url());
    leave(&bench, Some(&host.url()), &[&url], false);
    let running = resume(&bench, &Told::default()).await.pop().unwrap();
    host.wait_for(1).await;
    running.cancel.cancel();
    let ended = running.done.await.unwrap();
    host.wait_left().await;
    assert_eq!(ended.state, State::Cancelled);
    assert!(ended.failure.unwrap().maybe_billed);
    assert_eq!(ended.urls, [url]);
}

#[tokio::test]
async fn many_that_wait_for_each_other_hold_up_nothing_new() {
    let host = RawServer::start(|request| match request.path.as_str() {
        "/v1/chat/completions" => super::inline(),
        _ => vec![Does::Forever],
    })
    .await;
    let bench = Bench::new();
    let url = format!("{}/a.png", host.url());
    leave(&bench, Some(&host.url()), &[&url], false);
    let mut setup = bench.setup(&host.url());
    setup.parallel = 1;
    let pipeline = plantain::pipeline::Pipeline::new(setup).unwrap();
    let resumed = pipeline.resume(Told::default().tell()).await.unwrap();
    host.wait_for(1).await;
    let new = super::submit(&pipeline, "a dog", &Told::default()).await;
    assert_eq!(new.done.await.unwrap().state, State::Saved);
    assert_eq!(resumed.len(), 1);
    assert_eq!(host.count("POST"), 1);
}

#[tokio::test]
async fn what_was_written_whole_is_kept_though_no_row_named_it() {
    let bench = Bench::new();
    let id = leave(&bench, Some(GATEWAY), &[], false);
    let owners = bench.library.folder().join(".plantain/owners");
    fs::write(owners.join("deadbeef0123"), b"").unwrap();
    let month = bench.library.folder().join("2026-11");
    fs::create_dir(&month).unwrap();
    let stem = format!("24-140233-a-cat-{}", id.short());
    let png = bytes_of(PNG);
    let half = &bytes_of(JPG)[..60];
    fs::write(month.join(format!("{stem}.png")), &png).unwrap();
    for (n, bytes) in [(1, bytes_of(JPG).as_slice()), (2, &png), (3, half)] {
        let name = format!(".{stem}-{n}.deadbeef0123.tmp");
        fs::write(month.join(name), bytes).unwrap();
    }
    let ended = resumed(&bench).await;
    assert_eq!(ended.state, State::Saved, "{:?}", ended.failure);
    let saved: Vec<String> = ended.pictures.iter().map(|p| p.sha256.clone()).collect();
    assert_eq!(saved, [sha256(&png), sha256(&bytes_of(JPG))]);
    assert_eq!(bench.library.get(id).unwrap(), ended);
    let mut files = bench.pictures();
    files.sort();
    let named = [format!("{stem}.jpg"), format!("{stem}.png")].map(|name| month.join(name));
    assert_eq!(files, named);
}

#[tokio::test]
async fn half_a_picture_is_none_and_its_row_ends_unknown() {
    let bench = Bench::new();
    let id = leave(&bench, Some(GATEWAY), &[], false);
    let owners = bench.library.folder().join(".plantain/owners");
    fs::write(owners.join("deadbeef0123"), b"").unwrap();
    let month = bench.library.folder().join("2026-11");
    fs::create_dir(&month).unwrap();
    let name = format!(".24-140233-a-cat-{}.deadbeef0123.tmp", id.short());
    fs::write(month.join(name), &bytes_of(PNG)[..40]).unwrap();
    let ended = resumed(&bench).await;
    assert_eq!(ended.state, State::Unknown);
    let failure = ended.failure.unwrap();
    assert!(failure.kind == FailureKind::Lost && failure.maybe_billed);
    assert!(bench.pictures().is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_now_is_not_given_up_and_keeps_no_other_back() {
    let bench = Bench::new();
    let id = leave(&bench, Some(GATEWAY), &[], false);
    let owners = bench.library.folder().join(".plantain/owners");
    fs::write(owners.join("deadbeef0123"), b"").unwrap();
    let month = bench.library.folder().join("2026-11");
    fs::create_dir(&month).unwrap();
    let stem = format!("24-140233-a-cat-{}", id.short());
    let [first, second] = ["", "-2"].map(|n| month.join(format!(".{stem}{n}.deadbeef0123.tmp")));
    fs::write(&first, bytes_of(PNG)).unwrap();
    fs::write(&second, bytes_of(JPG)).unwrap();
    let running = resume(&bench, &Told::default()).await.pop().unwrap();
    // It has not run yet: there is one thread, and it is this one. A folder can be opened, and not be read.
    fs::remove_file(&first).unwrap();
    fs::create_dir(&first).unwrap();
    let ended = running.done.await.unwrap();
    let failure = ended.failure.as_ref().unwrap();
    assert!(failure.kind == FailureKind::Library && failure.maybe_billed);
    assert_eq!((ended.state, ended.pictures.len()), (State::Answered, 1));
    let row = bench.library.get(id).unwrap();
    assert_eq!((row.state, row.pictures), (State::Answered, ended.pictures));
}

#[tokio::test]
async fn what_ended_is_fetched_again_when_the_user_wants_it_and_nothing_is_called() {
    for ends in [Step::Fail, Step::Cancel, Step::Save] {
        let host = RawServer::saying(png()).await;
        let bench = Bench::new();
        let url = format!("{}/2.png?sig=1", host.url());
        let id = leave_with(&bench, Some(&host.url()), &[&url], false, |library, row| {
            if ends == Step::Save {
                let (format, bytes) = (plantain::domain::FileFormat::Jpeg, bytes_of(JPG));
                library
                    .save_picture(row, 1, &bytes, format, None, None)
                    .unwrap();
            }
            library.step(&mut row.clone(), ends).unwrap();
        });
        let told = Told::default();
        assert!(resume(&bench, &told).await.is_empty(), "never by itself");
        let pipeline = bench.pipeline("https://another.example/v1");
        let running = pipeline.fetch_again(id, told.tell()).await.unwrap();
        let second = pipeline.fetch_again(id, told.tell()).await;
        assert_eq!(second.err().map(|f| f.kind), Some(FailureKind::Usage));
        let ended = running.done.await.unwrap();
        assert_eq!(ended.state, State::Saved, "{ends:?}: {:?}", ended.failure);
        assert_eq!(ended.failure, None);
        assert_eq!(ended, bench.library.get(id).unwrap());
        assert_eq!(ended.pictures.last().unwrap().url, Some(url));
        assert!(ended.urls.is_empty());
        assert_eq!(paths(&host), ["/2.png?sig=1"]);
        assert!(pipeline.fetch_again(id, told.tell()).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_network_it_stays_for_the_next_start() {
    let bench = Bench::new();
    let id = leave(&bench, Some(GATEWAY), &["http://127.0.0.1:9/a.png"], false);
    for _ in 0..2 {
        let ended = resumed(&bench).await;
        let row = bench.library.get(id).unwrap();
        assert_eq!((ended.state, row.state), (State::Answered, State::Answered));
        assert!(!row.owner_alive, "nobody is at it");
        let failure = ended.failure.unwrap();
        assert!(failure.maybe_billed && failure.kind == FailureKind::Download);
        assert!(failure.to_string().contains("next start"), "{failure}");
    }
    // Who asks for it by hand is told its end.
    let pipeline = bench.pipeline("https://another.example/v1");
    let running = pipeline.fetch_again(id, Told::default().tell()).await;
    let ended = running.unwrap().done.await.unwrap();
    assert_eq!((ended.state, ended.urls.len()), (State::Failed, 1));
    assert_eq!(ended.failure.unwrap().kind, FailureKind::Download);
}
