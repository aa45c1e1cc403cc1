//! Large pictures: cut out of the stream, in every place where base64 can stand, at any split; and in linear time.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use plantain::domain::FailureKind;
use plantain::endpoint::{Answer, Chunk, End, Framing, Image, Reply, Spool, Store};
use proptest::prelude::*;

use super::fixtures::{read, whole};

/// Bytes whose base64 is `length` bytes of source long, different for each `seed`.
pub(super) fn picture(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Bodies that hold `bytes` as their only picture.
fn bodies(bytes: &[u8]) -> Vec<String> {
    let base64 = STANDARD.encode(bytes);
    let uri = format!("data:image/png;base64,{base64}");
    let stop = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    let content = |text: &str| {
        let text = serde_json::Value::from(text);
        format!(r#"data: {{"choices":[{{"index":0,"delta":{{"content":{text}}}}}]}}"#)
    };
    // One picture over several deltas, of a length that is no multiple of four.
    let markdown = format!("a ![x]({uri}) b");
    let deltas = |n: usize| {
        let pieces = markdown.as_bytes().chunks(n);
        let events = pieces.map(|p| content(std::str::from_utf8(p).unwrap()));
        events.collect::<Vec<_>>().join("\n\n")
    };
    let escaped = content(&markdown).replace('/', r"\/");
    let careful = content(&markdown)
        .replace('+', r"\u002B")
        .replace('/', r"\u002f")
        .replace('=', r"\u003D");
    let url_safe = URL_SAFE_NO_PAD.encode(bytes);
    vec![
        format!("{careful}\n\n{stop}\n\n"),
        format!("{}\n\n{stop}\n\n", content(&markdown)),
        format!("{}\n\n{stop}\n\n", content(&uri)),
        format!("{}\n\n{stop}\n\n", deltas(1501)),
        format!("{}\n\n{stop}\n\n", deltas(700)),
        format!("{escaped}\n\n{stop}\n\n"),
        format!(
            "{}\n\n{stop}\n\n",
            content(&format!("![x](data:image/png;base64,{url_safe})"))
        ),
        format!(r#"{{"data":[{{"b64_json":"{base64}"}}]}}"#),
        format!(r#"{{"choices":[{{"message":{{"images":["{uri}"]}},"finish_reason":"stop"}}]}}"#),
        format!(
            r#"{{"choices":[{{"message":{{"content":[{{"inline_data":{{"data":"{base64}"}}}}]}},"finish_reason":"stop"}}]}}"#
        ),
        format!(
            "data: {{\"choices\":[],\"media\":\ndata: {{\"outputs\":[\"{uri}\"]}}}}\n\n{stop}\n\n"
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_large_picture_arrives_whole_wherever_it_stands_and_however_it_is_split(
        length in 1500usize..4000,
        seed in any::<u32>(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let bytes = picture(length, seed);
        for (n, body) in bodies(&bytes).iter().enumerate() {
            let mut cuts: Vec<usize> = cuts.iter().map(|i| i.index(body.len() + 1)).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let (parts, answer) = read(cuts.windows(2).map(|w| &body.as_bytes()[w[0]..w[1]]));
            prop_assert_eq!(answer.images.len(), 1, "body {}", n);
            let Image::Inline(found) = &answer.images[0].image else { panic!("body {n}") };
            prop_assert!(found.to_vec().unwrap() == bytes, "body {}", n);
            prop_assert!(answer.failure.is_none());
            prop_assert!(!answer.text.as_str().contains(|c: char| c.is_ascii_digit()), "{}", answer.text);
            prop_assert_eq!((parts, answer), whole(body.as_bytes()), "body {}", n);
        }
    }
}

#[test]
fn nothing_of_a_picture_reaches_the_json() {
    let bytes = picture(300_000, 1);
    for body in [0, 1, 5, 7].map(|n| bodies(&bytes).swap_remove(n)) {
        let mut framing = Framing::new();
        let mut chunks = Vec::new();
        for piece in body.as_bytes().chunks(8192) {
            chunks.extend(framing.push(piece).unwrap());
        }
        let Chunk::Payload(payload) = &chunks[0] else {
            panic!("no payload")
        };
        assert!(payload.json.len() < 200);
        assert_eq!(payload.blobs[0].as_ref().unwrap().to_vec().unwrap(), bytes);
    }
}

#[test]
fn a_cut_inside_a_large_picture_leaves_no_whole_one() {
    let body = &bodies(&picture(9000, 2))[1];
    for at in [600, 3000, 9000] {
        let answer = whole(&body.as_bytes()[..at]).1;
        assert!(answer.images.is_empty(), "{at}");
        assert_eq!(answer.failure.unwrap().kind, FailureKind::Cut);
    }
}

#[test]
fn a_picture_over_64_mb_is_left_out_and_it_is_said() {
    let mut framing = Framing::new();
    let mut reply = plantain::endpoint::Reply::new();
    framing.push(b"{\"data\":[{\"b64_json\":\"").unwrap();
    let megabyte = vec![b'A'; 1 << 20];
    for _ in 0..90 {
        framing.push(&megabyte).unwrap();
    }
    for chunk in framing.push(b"\"}]}").unwrap() {
        reply.push(chunk);
    }
    let answer = reply.finish(plantain::endpoint::End::Closed);
    assert!(answer.images.is_empty());
    assert!(
        answer.notices[0].as_str().contains("64 MB"),
        "{:?}",
        answer.notices
    );
}

/// A spool that counts, and is full after so many bytes.
#[derive(Clone)]
pub(super) struct Cellar {
    pub(super) begun: Arc<AtomicUsize>,
    pub(super) alive: Arc<AtomicUsize>,
    room: usize,
}

struct Barrel {
    bytes: Vec<u8>,
    cellar: Cellar,
}

impl Cellar {
    pub(super) fn new(room: usize) -> Self {
        Self {
            begun: Arc::default(),
            alive: Arc::default(),
            room,
        }
    }

    /// Reads a body in pieces of `step` bytes.
    fn read(&self, body: &[u8], step: usize) -> Answer {
        let mut framing = Framing::spooling(Arc::new(self.clone()));
        let mut reply = Reply::of(&framing);
        for piece in body.chunks(step) {
            for chunk in framing.push(piece).unwrap() {
                reply.push(chunk);
            }
        }
        for chunk in framing.finish() {
            reply.push(chunk);
        }
        reply.finish(End::Closed)
    }
}

impl Spool for Cellar {
    fn begin(&self) -> io::Result<Box<dyn Store>> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.alive.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Barrel {
            bytes: Vec::new(),
            cellar: self.clone(),
        }))
    }
}

impl Store for Barrel {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > self.cellar.room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[at as usize..];
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

impl Drop for Barrel {
    fn drop(&mut self) {
        self.cellar.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

fn only(answer: &Answer, case: usize) -> plantain::endpoint::Blob {
    assert_eq!(answer.images.len(), 1, "body {case}: {answer:?}");
    match &answer.images[0].image {
        Image::Inline(blob) => blob.clone(),
        Image::Url(_) => panic!("body {case}"),
    }
}

#[test]
fn a_picture_over_the_threshold_goes_to_one_store_wherever_it_stands() {
    // Three lengths: no padding, one character of it, two.
    for length in [2_400_000, 2_400_001, 2_400_002] {
        let bytes = picture(length, 3);
        for (n, body) in bodies(&bytes).iter().enumerate() {
            let cellar = Cellar::new(usize::MAX);
            let answer = cellar.read(body.as_bytes(), 10_007);
            let blob = only(&answer, n);
            assert!(blob.to_vec().unwrap() == bytes, "body {n}, {length}");
            assert!(blob.memory().is_none(), "body {n}");
            assert_eq!(cellar.begun.load(Ordering::Relaxed), 1, "body {n}");
            assert!(answer.notices.is_empty(), "{:?}", answer.notices);
            drop((blob, answer));
            assert_eq!(cellar.alive.load(Ordering::Relaxed), 0, "body {n}");
        }
    }
}

#[test]
fn a_store_that_gets_full_loses_nothing() {
    let bytes = picture(2_400_001, 4);
    for room in [0, 1_100_000, 1_700_000, 2_400_000] {
        for (n, body) in bodies(&bytes).iter().enumerate() {
            let cellar = Cellar::new(room);
            let answer = cellar.read(body.as_bytes(), 10_007);
            let blob = only(&answer, n);
            assert!(**blob.memory().unwrap() == bytes, "body {n}, {room}");
            assert_eq!(cellar.alive.load(Ordering::Relaxed), 0, "body {n}, {room}");
        }
    }
}

#[test]
fn the_same_picture_twice_is_one_and_its_twin_leaves_the_store() {
    let (one, other) = (picture(1_500_000, 5), picture(1_500_000, 6));
    let uri = |bytes: &[u8]| format!("data:image/png;base64,{}", STANDARD.encode(bytes));
    let body = format!(
        r#"{{"choices":[{{"message":{{"images":["{0}","{0}"],"content":"![x]({0}) ![y]({1})"}},"finish_reason":"stop"}}]}}"#,
        uri(&one),
        uri(&other)
    );
    let cellar = Cellar::new(usize::MAX);
    let answer = cellar.read(body.as_bytes(), 4096);
    let found: Vec<Vec<u8>> = answer
        .images
        .iter()
        .map(|c| match &c.image {
            Image::Inline(blob) => blob.to_vec().unwrap(),
            Image::Url(url) => panic!("{url}"),
        })
        .collect();
    assert!(found == [one, other]);
    assert_eq!(cellar.begun.load(Ordering::Relaxed), 4);
    assert_eq!(cellar.alive.load(Ordering::Relaxed), 2);
}

#[test]
fn thousands_of_small_deltas_are_one_picture_in_one_store() {
    let bytes = picture(3_000_000, 7);
    let uri = format!("![x](data:image/png;base64,{})", STANDARD.encode(&bytes));
    for step in [20, 333, 1366, 40_001] {
        let events = uri.as_bytes().chunks(step).map(|piece| {
            let text = std::str::from_utf8(piece).unwrap();
            format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
        });
        let events: Vec<String> = events.collect();
        let body = format!("{}data: [DONE]\n\n", events.concat());
        let cellar = Cellar::new(usize::MAX);
        let answer = cellar.read(body.as_bytes(), 65_536);
        assert!(only(&answer, step).to_vec().unwrap() == bytes, "{step}");
        assert_eq!(cellar.begun.load(Ordering::Relaxed), 1, "{step}");
        assert_eq!(answer.text.as_str(), "", "{step}");
    }
}

#[test]
fn pictures_of_the_stream_and_of_its_text_share_the_limit_of_open_files() {
    let uri = |n: usize| {
        let bytes = picture(1_100_000 + n, 8);
        format!("data:image/png;base64,{}", STANDARD.encode(bytes))
    };
    let mut body = String::new();
    for n in 0..30 {
        let images = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"images\":[\"{}\"]}}}}]}}\n\n",
            uri(n)
        );
        body.push_str(&images);
        // Too short to be cut out of the stream: put together from the text.
        let text = format!("![x]({}) ", uri(100 + n));
        for piece in text.as_bytes().chunks(1000) {
            let piece = std::str::from_utf8(piece).unwrap();
            let delta =
                format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n");
            body.push_str(&delta);
        }
    }
    let cellar = Cellar::new(usize::MAX);
    let answer = cellar.read(body.as_bytes(), 65_536);
    assert_eq!(answer.images.len(), 16);
    assert_eq!(cellar.begun.load(Ordering::Relaxed), 48);
}

/// All choices share what is kept, and only so many are listened to: no stream of words fills the memory.
#[test]
fn more_choices_than_anybody_asked_for_are_not_listened_to() {
    let mut reply = Reply::new();
    let mut framing = Framing::new();
    for n in 0..80 {
        let event = format!(
            "data: {{\"choices\":[{{\"index\":{n},\"delta\":{{\"content\":\"word \"}}}}]}}\n\n"
        );
        for chunk in framing.push(event.as_bytes()).unwrap() {
            reply.push(chunk);
        }
    }
    let answer = reply.finish(End::Closed);
    let told = |notice: &plantain::domain::Clean| notice.as_str().contains("more than 64 choices");
    assert!(answer.notices.iter().any(told), "{:?}", answer.notices);
    assert_eq!(answer.text.as_str().matches("word").count(), 64);
}
