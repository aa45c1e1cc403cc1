//! N1 and N2: every transcript and every dialect over every framing gives the same answer; so does any split of the bytes; and
//! no mutation of them ends in a panic or without an end.

use std::sync::LazyLock;
use std::time::Duration;

use plantain::domain::{Clean, Secret};
use plantain::endpoint::{Answer, BaseUrl, Client, Timeouts};
use proptest::prelude::*;
use serde_json::Value;

use super::dialects;
use super::fixtures::{self, read, whole};
use crate::suite::raw_server::{RawServer, Step, head};

/// Every body that comes with status 200, by name.
static BODIES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let fixtures = fixtures::all().into_iter().filter(|f| f.status == 200);
    let mut bodies: Vec<_> = fixtures.map(|f| (f.name, f.body)).collect();
    for dialect in dialects::all() {
        bodies.push((format!("{}, stream", dialect.name), dialect.stream()));
        bodies.push((format!("{}, JSON", dialect.name), dialect.json()));
    }
    bodies
});

/// How many cases a property is tried with: `PROPTEST_CASES`, else this many.
pub fn cases(few: u32) -> ProptestConfig {
    let told = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig::with_cases(told.and_then(|n| n.parse().ok()).unwrap_or(few))
}

fn replaced(body: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(body).unwrap();
    text.replace(from, to).into_bytes()
}

/// Each event's JSON over several data lines.
fn over_lines(body: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(body).unwrap();
    let line = |line: &str| {
        let payload = line.strip_prefix("data: ");
        match payload.and_then(|p| serde_json::from_str::<Value>(p).ok()) {
            Some(value) => format!("data: {value:#}").replace('\n', "\ndata: "),
            None => line.to_owned(),
        }
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n").into_bytes()
}

fn is_stream(body: &[u8]) -> bool {
    memchr::memmem::find(body, b"data:").is_some()
}

/// The same answer in other framings.
fn framings(body: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut out = vec![
        ("CRLF", replaced(body, "\n", "\r\n")),
        ("CR", replaced(body, "\n", "\r")),
        ("BOM", [b"\xEF\xBB\xBF".as_slice(), body].concat()),
        (
            "early white space",
            [b" \n\t\r\n\n".as_slice(), body].concat(),
        ),
        ("an early comment", [b": hi\n\n".as_slice(), body].concat()),
        (
            "a BOM and an early comment",
            [b"\xEF\xBB\xBF: hi\n\n".as_slice(), body].concat(),
        ),
    ];
    if is_stream(body) {
        out.extend([
            ("no space", replaced(body, "data: ", "data:")),
            (
                "comments between",
                replaced(body, "\n\n", "\n\n: PING\n\n:\n"),
            ),
            ("keep-alive newlines", replaced(body, "\n\n", "\n\n\n\n\n")),
            (
                "named events",
                replaced(body, "data: {", "event: message\nid: 7\nretry: 10\ndata: {"),
            ),
            (
                "unknown fields",
                replaced(body, "data: {", "x-y: z\ndata: {"),
            ),
            ("several data lines", over_lines(body)),
            (
                "several data lines, CRLF",
                replaced(&over_lines(body), "\n", "\r\n"),
            ),
        ]);
    } else if body.ends_with(b"}") || body.ends_with(b"}\n") {
        out.extend([
            ("a glued terminator", [body, b"data: [DONE]\n\n"].concat()),
            ("a bare terminator", [body, b"[DONE]"].concat()),
            ("newlines behind", [body, b"\n\n\n"].concat()),
            (
                "events",
                [b"data: ", body.trim_ascii_end(), b"\n\ndata: [DONE]\n\n"].concat(),
            ),
            (
                "an end without an end",
                [b"data: ", body.trim_ascii_end(), b"\n\ndata: [DONE]"].concat(),
            ),
        ]);
    }
    out
}

#[test]
fn every_dialect_over_every_framing() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for (name, body) in BODIES.iter() {
        let plain = whole(body).1;
        for (framing, bytes) in framings(body) {
            checked += 1;
            for (how, answer) in [
                ("at once", whole(&bytes).1),
                ("byte by byte", read(bytes.chunks(1)).1),
            ] {
                let same = Answer {
                    ended_well: plain.ended_well,
                    ..answer.clone()
                } == plain;
                if !same {
                    faults.push(format!(
                        "{name}, {framing}, {how}: {answer:?}\n  not {plain:?}"
                    ));
                }
            }
        }
        // Without its terminator a stream that told why it ends is whole.
        let open = replaced(body, "data: [DONE]\n\n", "");
        if whole(&open).1 != plain {
            faults.push(format!("{name}, no [DONE]"));
        }
    }
    assert!(checked > 1000, "only {checked} were tried");
    assert!(
        faults.is_empty(),
        "{} of {checked}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[tokio::test]
async fn over_a_socket_in_odd_chunks_under_a_wrong_content_type() {
    let types = [
        "text/plain",
        "application/octet-stream",
        "text/html",
        "application/json",
        "text/event-stream",
    ];
    for (n, (name, body)) in BODIES.iter().enumerate().step_by(3) {
        let headers = [
            ("Content-Type", types[n % types.len()]),
            ("Transfer-Encoding", "chunked"),
        ];
        let mut script = vec![Step::Bytes(head(200, &headers))];
        // Seven bytes: letters of three bytes and base64 groups are cut everywhere.
        let chunk = |piece: &[u8]| {
            let size = format!("{:x}\r\n", piece.len());
            [size.as_bytes(), piece, b"\r\n"].concat()
        };
        let wire: Vec<u8> = body
            .chunks(7)
            .flat_map(chunk)
            .chain(*b"0\r\n\r\n")
            .collect();
        script.extend(wire.chunks(601).map(|piece| Step::Bytes(piece.to_vec())));
        let server = RawServer::saying(script).await;
        let timeouts = Timeouts {
            silence: Duration::from_secs(60),
            ..Timeouts::default()
        };
        let base = BaseUrl::parse(&server.url()).unwrap();
        let client = Client::new(base, Secret::new("sk-canary"), timeouts).unwrap();
        let mut response = client.chat("{}".into(), true).await.unwrap();
        while response.next().await.is_some() {}
        assert_eq!(response.finish(), whole(body).1, "{name}");
        assert_eq!(server.count("POST"), 1);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_split_of_any_dialect_in_any_framing_gives_the_same_parts(
        which in any::<prop::sample::Index>(),
        framing in any::<prop::sample::Index>(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let (_, body) = which.get(&BODIES);
        let framings = framings(body);
        let (_, bytes) = framing.get(&framings);
        let mut cuts: Vec<usize> = cuts.iter().map(|i| i.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|w| &bytes[w[0]..w[1]]);
        prop_assert_eq!(read(pieces), whole(bytes));
    }
}

/// What is put into streams beside noise: everything that means something to some reader of them.
const TOKENS: [&[u8]; 24] = [
    b"data: ",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"[DONE]",
    b"{",
    b"}",
    b"[",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud83e",
    b"\x7F1\x7F",
    b"\x7F",
    b"data:image/png;base64,",
    b"![",
    b"](",
    b"```json\n",
    b"<img src=",
    b"https://",
    b"\x1F\x8B\x08",
    b"\xEF\xBB\xBF",
    b"event: error\n",
    b"%",
];

/// Changes `body` in one to eight ways.
fn mutate(body: &mut Vec<u8>, rng: &mut fastrand::Rng) {
    for _ in 0..rng.usize(1..=8) {
        let at = rng.usize(0..=body.len());
        let end = (at + rng.usize(0..40)).min(body.len());
        match rng.u8(0..7) {
            0 if at < body.len() => body[at] = rng.u8(..),
            1 if at < body.len() => body[at] ^= 1 << rng.u8(0..8),
            2 => drop(body.splice(at..at, TOKENS[rng.usize(..TOKENS.len())].iter().copied())),
            3 => drop(body.drain(at..end)),
            4 => {
                let twice = body[at..end].repeat(rng.usize(1..30));
                body.splice(at..at, twice);
            }
            5 => {
                let (_, other) = &BODIES[rng.usize(..BODIES.len())];
                let from = rng.usize(0..=other.len());
                body.splice(at..end, other[from..].iter().copied());
            }
            _ => body.truncate(at.max(1)),
        }
        body.truncate(64 * 1024);
    }
}

/// `PLANTAIN_FUZZ` mutations, else a few seconds' worth; the same ones each time.
#[test]
fn mutated_streams_end_and_say_how() {
    let told = std::env::var("PLANTAIN_FUZZ").ok();
    let rounds: u64 = told.and_then(|n| n.parse().ok()).unwrap_or(1500);
    for seed in 0..rounds {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (name, body) = &BODIES[rng.usize(..BODIES.len())];
        let mut body = body.clone();
        mutate(&mut body, &mut rng);
        let size = rng.usize(1..=body.len().max(1));
        let (parts, answer) = read(body.chunks(size));
        let case = format!("seed {seed}, {name}");
        assert!(
            answer.failure.is_some() || !answer.images.is_empty(),
            "{case}"
        );
        assert_eq!(
            answer.selected,
            answer.images.len().checked_sub(1),
            "{case}"
        );
        assert_eq!(Clean::text(answer.text.as_str()), answer.text, "{case}");
        assert_eq!((parts, answer), whole(&body), "{case}, in pieces of {size}");
    }
}
