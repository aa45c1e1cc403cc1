//! Large pictures: cut out of the stream, in every place where base64 can stand, at any split; and in linear time.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use plantain::domain::FailureKind;
use plantain::endpoint::{Chunk, Framing, Image};
use proptest::prelude::*;

use super::fixtures::{read, whole};

/// Bytes whose base64 is `length` bytes of source long, different for each `seed`.
fn picture(length: usize, seed: u32) -> Vec<u8> {
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
    let url_safe = URL_SAFE_NO_PAD.encode(bytes);
    vec![
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
            prop_assert!(**found == bytes, "body {}", n);
            prop_assert!(answer.failure.is_none());
            prop_assert!(!answer.text.as_str().contains(|c: char| c.is_ascii_digit()), "{}", answer.text);
            prop_assert_eq!((parts, answer), whole(body.as_bytes()), "body {}", n);
        }
    }
}

#[test]
fn nothing_of_a_picture_reaches_the_json() {
    let bytes = picture(300_000, 1);
    for body in [&bodies(&bytes)[0], &bodies(&bytes)[6]] {
        let mut framing = Framing::new();
        let mut chunks = Vec::new();
        for piece in body.as_bytes().chunks(8192) {
            chunks.extend(framing.push(piece).unwrap());
        }
        let Chunk::Payload(payload) = &chunks[0] else {
            panic!("no payload")
        };
        assert!(payload.json.len() < 200);
        assert_eq!(payload.blobs[0].as_ref().unwrap().len(), bytes.len());
    }
}

#[test]
fn a_cut_inside_a_large_picture_leaves_no_whole_one() {
    let body = &bodies(&picture(9000, 2))[0];
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
