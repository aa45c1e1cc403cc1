//! A library that refuses for a while: what was paid for is not thrown away over it.

use std::fs;

use plantain::domain::{FailureKind, Generation, Progress, State};
use rusqlite::Connection;

use super::{Bench, Told, bytes_of, gateway, inline, naming, submit};
use crate::suite::endpoint::fixtures::{PNG, PNG2};
use crate::suite::raw_server::{RawServer, answer};

/// A hand in the database of the library.
fn database(bench: &Bench) -> Connection {
    Connection::open(bench.library.db_path()).unwrap()
}

/// From now on no picture gets a row.
fn refuse_pictures(database: &Connection) {
    let trigger =
        "CREATE TRIGGER refusal BEFORE INSERT ON pictures BEGIN SELECT RAISE(FAIL, 'no'); END";
    database.execute_batch(trigger).unwrap();
}

fn trying_again(progress: &Progress) -> bool {
    matches!(progress, Progress::Notice(n) if n.as_str().starts_with("cannot save: ")
        && n.as_str().ends_with("; trying again"))
}

/// Lets every wait pass at once: from here on nothing comes over a socket, so that only the clock is waited for.
async fn end_of(running: plantain::pipeline::Running) -> Generation {
    tokio::time::pause();
    let generation = running.done.await.unwrap();
    tokio::time::resume();
    generation
}

#[tokio::test]
async fn an_answer_that_cannot_be_journalled_is_fetched_all_the_same() {
    let bench = Bench::new();
    let trigger = "CREATE TRIGGER refusal BEFORE UPDATE ON generations WHEN NEW.state = 'answered'
                   BEGIN SELECT RAISE(FAIL, 'no'); END";
    database(&bench).execute_batch(trigger).unwrap();
    let host = RawServer::saying(answer(200, &[], &bytes_of(PNG))).await;
    let server = gateway(&format!("{}/a.png", host.url())).await;
    let generation = bench.run(&server.url(), "a cat").await;
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    assert_eq!(
        fs::read(&generation.pictures[0].path).unwrap(),
        bytes_of(PNG)
    );
    assert_eq!(bench.row(&generation), generation);
    let said = |n: &&plantain::domain::Clean| n.as_str().starts_with("not written down yet: ");
    assert_eq!(generation.notices.iter().filter(said).count(), 1);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_picture_is_saved_once_that_can_be_done() {
    let (bench, told) = (Bench::new(), Told::default());
    let database = database(&bench);
    refuse_pictures(&database);
    let server = RawServer::saying(inline()).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, trying_again).await;
    database.execute_batch("DROP TRIGGER refusal").unwrap();
    let generation = end_of(running).await;
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    let path = &generation.pictures[0].path;
    assert_eq!(fs::read(path).unwrap(), bytes_of(PNG));
    assert_eq!(bench.pictures(), std::slice::from_ref(path));
    assert_eq!(bench.row(&generation), generation);
    assert_eq!(server.requests().len(), 1, "one call");
}

#[tokio::test]
async fn saving_is_given_up_in_the_end_and_told_once() {
    let (bench, told) = (Bench::new(), Told::default());
    refuse_pictures(&database(&bench));
    let server = RawServer::saying(inline()).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, trying_again).await;
    let generation = end_of(running).await;
    let failure = generation.failure.as_ref().unwrap();
    assert_eq!(
        (generation.state, failure.kind, failure.maybe_billed),
        (State::Answered, FailureKind::Library, true)
    );
    // However often it was tried, there is one file, and the row stays for the next start to find it.
    let files = bench.pictures();
    assert_eq!(files.len(), 1, "{files:?}");
    let hint = failure.hint.as_ref().unwrap().as_str();
    assert!(hint.contains(files[0].to_str().unwrap()), "{hint}");
    assert_eq!(bench.row(&generation).state, State::Answered);
    assert_eq!(told.all().iter().filter(|p| trying_again(p)).count(), 1);
    assert_eq!(server.requests().len(), 1, "one call");
}

#[tokio::test]
async fn cancelling_ends_the_wait_for_the_library() {
    let (bench, told) = (Bench::new(), Told::default());
    refuse_pictures(&database(&bench));
    let server = RawServer::saying(inline()).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, trying_again).await;
    running.cancel.cancel();
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Cancelled);
    let failure = generation.failure.unwrap();
    let hint = failure.hint.unwrap();
    let file = bench.pictures().pop().unwrap();
    assert!(hint.as_str().contains(file.to_str().unwrap()), "{hint}");
}

#[tokio::test]
async fn a_process_that_ends_leaves_files_without_rows_to_the_next_one() {
    let (bench, told) = (Bench::new(), Told::default());
    refuse_pictures(&database(&bench));
    let inside = [PNG, PNG2].map(|base64| format!("data:image/png;base64,{base64}"));
    let server = RawServer::saying(naming(&inside.each_ref().map(String::as_str))).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, trying_again).await;
    running.cancel.leave();
    let generation = running.done.await.unwrap();
    assert_eq!(generation.state, State::Answered);
    assert_eq!(bench.row(&generation).state, State::Answered);
    let mut files = bench.pictures();
    files.sort();
    let kept: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    // The one behind it was tried too: `-2` sorts before the extension's dot.
    assert_eq!(kept, [bytes_of(PNG2), bytes_of(PNG)]);
}

/// From now on no generation comes to an end.
const NO_END: &str = "CREATE TRIGGER refusal BEFORE UPDATE ON generations
    WHEN NEW.state NOT IN ('sent', 'answered') BEGIN SELECT RAISE(FAIL, 'no'); END";

fn end_is_retried(progress: &Progress) -> bool {
    matches!(progress, Progress::Notice(n) if n.as_str().starts_with("the end cannot be written down: "))
}

#[tokio::test]
async fn the_end_is_written_down_once_that_can_be_done() {
    for (script, state) in [
        (inline(), State::Saved),
        (answer(401, &[], b""), State::Failed),
    ] {
        let (bench, told) = (Bench::new(), Told::default());
        let database = database(&bench);
        database.execute_batch(NO_END).unwrap();
        let server = RawServer::saying(script).await;
        let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
        told.wait_for(1, end_is_retried).await;
        database.execute_batch("DROP TRIGGER refusal").unwrap();
        let generation = end_of(running).await;
        assert_eq!(generation.state, state, "{:?}", generation.failure);
        assert_eq!(bench.row(&generation), generation);
        assert_eq!(bench.records().len(), 1);
        assert_eq!(server.requests().len(), 1, "one call");
    }
}

#[tokio::test]
async fn an_end_that_cannot_be_written_down_is_told_all_the_same() {
    let (bench, told) = (Bench::new(), Told::default());
    database(&bench).execute_batch(NO_END).unwrap();
    let server = RawServer::saying(inline()).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    told.wait_for(1, end_is_retried).await;
    let generation = end_of(running).await;
    assert_eq!(generation.state, State::Saved);
    let said = |n: &plantain::domain::Clean| n.as_str().starts_with("not written down: ");
    assert!(generation.notices.iter().any(said));
    assert_eq!(told.all().iter().filter(|p| end_is_retried(p)).count(), 5);
    assert_eq!(
        bench.row(&generation).state,
        State::Sent,
        "the next start settles it"
    );
}

#[tokio::test]
async fn the_end_of_one_that_was_stopped_is_tried_again_shortly() {
    let (bench, told) = (Bench::new(), Told::default());
    let database = database(&bench);
    database.execute_batch(NO_END).unwrap();
    let server = RawServer::saying(vec![crate::suite::raw_server::Step::Forever]).await;
    let running = submit(&bench.pipeline(&server.url()), "a cat", &told).await;
    server.wait_for(1).await;
    running.cancel.cancel();
    told.wait_for(1, end_is_retried).await;
    database.execute_batch("DROP TRIGGER refusal").unwrap();
    let generation = end_of(running).await;
    assert_eq!(generation.state, State::Cancelled);
    assert_eq!(bench.row(&generation), generation);
}
