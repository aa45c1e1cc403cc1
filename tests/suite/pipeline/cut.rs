//! Every transcript cut at a dozen places: it ends, it was asked for once, and what had come whole is on disk.

use std::fs;

use plantain::domain::Generation;
use plantain::pipeline::Pipeline;

use super::answers::{picture, rewritten};
use super::{Bench, Told, bytes_of, known, prompt_of, submit};
use crate::suite::endpoint::fixtures::{self, Fixture, JPG, PNG, PNG2, WEBP};
use crate::suite::raw_server::{RawServer, Step, head};

const CUTS: usize = 12;

/// By these a picture is known to have come whole: its bytes, or what stands at the end of its URL.
const MARKS: [(&str, &str); 11] = [
    (JPG, JPG),
    (PNG, PNG),
    (PNG2, PNG2),
    (WEBP, WEBP),
    ("/a-u2_b.jpeg\"", JPG),
    ("/output/a.jpeg\"", JPG),
    ("%3A00Z\"", PNG),
    ("/o/2\"", PNG2),
    ("下一步？\"},\"finish_reason\":\"stop\"}]}", WEBP),
    ("/cdn/x.png)", PNG),
    ("/o/a.png\"", PNG),
];

/// Transcripts whose status alone repeats the call are not for cutting.
fn cuttable() -> Vec<Fixture> {
    let mut all = fixtures::all();
    all.retain(|f| !matches!(f.name.as_str(), "f22" | "f23"));
    all
}

fn cut_at(whole: &[u8], n: usize) -> &[u8] {
    &whole[..whole.len() * n / (CUTS + 1)]
}

/// The pictures in the events that came whole; where there is none, those that were whole in the piece that was not.
fn complete(cut: &[u8]) -> Vec<Vec<u8>> {
    let (events, piece) = cut.split_at(memchr::memmem::rfind(cut, b"\n\n").unwrap_or(0));
    let whole = marked(events);
    if whole.is_empty() {
        return marked(piece);
    }
    whole
}

fn marked(text: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<(usize, Vec<u8>)> = MARKS
        .iter()
        .filter_map(|(mark, picture)| {
            let at = memchr::memmem::find(text, mark.as_bytes())?;
            // Base64 at the very end may go on.
            let ended = mark.ends_with(['"', ')', '}']) || text.len() > at + mark.len();
            ended.then(|| (at, bytes_of(picture)))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, picture)| picture).collect()
}

fn saved(generation: &Generation) -> Vec<Vec<u8>> {
    let pictures = generation.pictures.iter();
    pictures.map(|p| fs::read(&p.path).unwrap()).collect()
}

/// The prompt of one cut: `f05 7`.
fn read(prompt: &str) -> (&str, usize) {
    let (name, n) = prompt.split_once(' ').unwrap();
    (name, n.parse().unwrap())
}

/// `loud` cuts break a promised length, the others look like an end.
async fn play(loud: bool) {
    let bench = Bench::new();
    let fixtures = cuttable();
    let server = RawServer::start(move |request| {
        if request.method == "GET" {
            return picture(request);
        }
        let prompt = prompt_of(request);
        let (name, n) = read(&prompt);
        let fixture = fixtures.iter().find(|f| f.name == name).unwrap();
        let whole = rewritten(fixture, request.header("host").unwrap());
        let length = whole.len().to_string();
        let mut headers = vec![("Content-Type", fixture.content_type.as_str())];
        if loud {
            headers.push(("Content-Length", &length));
        }
        let head = head(fixture.status, &headers);
        vec![Step::Bytes([&head, cut_at(&whole, n)].concat())]
    })
    .await;
    let mut setup = bench.setup(&server.url());
    setup.parallel = 8;
    let pipeline = Pipeline::new(setup).unwrap();

    let mut all = Vec::new();
    for fixture in cuttable() {
        for n in 1..=CUTS {
            let prompt = format!("{} {n}", fixture.name);
            all.push(submit(&pipeline, &prompt, &Told::default()).await);
        }
    }
    let host = server.url().replace("http://", "");
    let fixtures = cuttable();
    let mut pictures = 0;
    for running in all {
        let generation = running.done.await.unwrap();
        let prompt = generation.request.prompt.typed();
        let (name, n) = read(prompt);
        let fixture = fixtures.iter().find(|f| f.name == name).unwrap();
        assert!(generation.state.is_final(), "{prompt}: {generation:?}");
        assert_eq!(bench.row(&generation), generation, "{prompt}");
        let whole = rewritten(fixture, &host);
        let expected = complete(cut_at(&whole, n));
        assert!(saved(&generation) == expected, "{prompt}: {generation:?}");
        assert_eq!(
            generation.failure.is_none(),
            !expected.is_empty(),
            "{prompt}: {generation:?}"
        );
        pictures += expected.len();
    }
    assert!(pictures > 20, "the cuts leave too little: {pictures}");
    let posts: Vec<String> = server
        .requests()
        .iter()
        .filter(|r| r.method == "POST")
        .map(prompt_of)
        .collect();
    let mut distinct = posts.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(posts.len(), distinct.len(), "a call was repeated");
    assert_eq!(posts.len(), fixtures.len() * CUTS);
    // No half file, under whatever name.
    let files = bench.pictures();
    assert_eq!(files.len(), pictures);
    for file in files {
        let bytes = fs::read(&file).unwrap();
        assert!(
            known().iter().any(|(_, known)| *known == bytes),
            "{}",
            file.display()
        );
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_ends_and_keeps_what_had_come() {
    play(true).await;
}

#[tokio::test]
async fn an_answer_that_ends_too_early_without_saying_so_likewise() {
    play(false).await;
}
