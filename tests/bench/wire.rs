//! What it costs to read an answer: the scan of a long line, and a picture of 40 MB of base64 in one line against a bare
//! decoding of the same bytes in the same run. Run by `cargo bench --bench wire`; prints a table and judges nothing.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends where something is not as it should be"
)]

use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use plantain::domain::{
    AspectRatio, Generation, GenerationId, OutputFormat, Prompt, Request, Step,
};
use plantain::endpoint::{Answer, End, Framing, Reply, Spool, Store};
use plantain::library::{Library, Spooled};

/// Characters of base64, or of text, in one line.
const LINE: usize = 40_000_000;
/// Bytes that come at a time; what a loopback connection brings.
const PIECE: usize = 64 * 1024;
const ROUNDS: usize = 11;

/// A name, the bytes of one round, and the round.
type Case<'c> = (&'c str, usize, Box<dyn FnMut() + 'c>);

fn main() {
    let picture = noise(LINE / 4 * 3);
    let base64 = STANDARD.encode(&picture);
    let event = |content: &str| {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{content}\"}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
        )
    };
    let line = event(&format!("![x](data:image/png;base64,{base64})"));
    let words = "It was a dark and stormy night, the rain fell in torrents. ";
    let text = event(&words.repeat(LINE / words.len()));
    let comment = format!(": {}\n\n", words.repeat(LINE / words.len()));

    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(folder.path(), TimeZone::UTC).unwrap();
    let generation = sent(&library);
    let (library, generation) = (&library, &generation);
    let file: Arc<dyn Spool> = Arc::new(Files(library.clone(), generation.clone()));
    let null: Arc<dyn Spool> = Arc::new(Null);

    let mut decoded = vec![0; picture.len() + 3];
    let mut cases: Vec<Case<'_>> = vec![
        (
            "base64 decode, bare",
            base64.len(),
            Box::new(|| {
                let n = STANDARD.decode_slice(&base64, &mut decoded).unwrap();
                black_box(n);
            }),
        ),
        (
            "base64 decode, bare, into new memory",
            base64.len(),
            Box::new(|| {
                black_box(STANDARD.decode(&base64).unwrap());
            }),
        ),
        (
            "framing + reply, kept nowhere",
            line.len(),
            Box::new(|| one_picture(&read(&line, Some(&null)), &picture)),
        ),
        (
            "framing + reply, kept in memory",
            line.len(),
            Box::new(|| one_picture(&read(&line, None), &picture)),
        ),
        (
            "framing + reply, sha256 and file",
            line.len(),
            Box::new(|| one_picture(&read(&line, Some(&file)), &picture)),
        ),
        (
            "framing: scan of a line of text",
            text.len(),
            Box::new(|| {
                let mut framing = Framing::new();
                for piece in text.as_bytes().chunks(PIECE) {
                    black_box(framing.push(piece).unwrap());
                }
            }),
        ),
        (
            "framing: scan of a comment",
            comment.len(),
            Box::new(|| {
                let mut framing = Framing::new();
                for piece in comment.as_bytes().chunks(PIECE) {
                    black_box(framing.push(piece).unwrap());
                }
            }),
        ),
    ];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        for (n, (_, _, case)) in cases.iter_mut().enumerate() {
            let started = Instant::now();
            case();
            times[n].push(started.elapsed());
        }
    }
    println!(
        "{:<40}{:>10}{:>10}{:>10}",
        "40 MB in one line, medians", "ms", "GB/s", "ratio"
    );
    let medians: Vec<Duration> = times
        .iter_mut()
        .map(|times| {
            times.sort();
            times[times.len() / 2]
        })
        .collect();
    for ((name, bytes, _), median) in cases.iter().zip(&medians) {
        println!(
            "{name:<40}{:>10.1}{:>10.2}{:>10.2}",
            median.as_secs_f64() * 1e3,
            *bytes as f64 / median.as_secs_f64() / 1e9,
            median.as_secs_f64() / medians[0].as_secs_f64()
        );
    }
}

fn read(body: &str, spool: Option<&Arc<dyn Spool>>) -> Answer {
    let mut framing = spool.map_or_else(Framing::new, |s| Framing::spooling(Arc::clone(s)));
    let mut reply = Reply::of(&framing);
    for piece in body.as_bytes().chunks(PIECE) {
        for chunk in framing.push(piece).unwrap() {
            black_box(reply.push(chunk));
        }
    }
    reply.finish(End::Closed)
}

fn one_picture(answer: &Answer, picture: &[u8]) {
    assert_eq!(answer.images.len(), 1);
    let plantain::endpoint::Image::Inline(blob) = &answer.images[0].image else {
        unreachable!()
    };
    assert_eq!(blob.len(), picture.len() as u64);
}

/// Keeps nothing.
struct Null;

impl Spool for Null {
    fn begin(&self) -> io::Result<Box<dyn Store>> {
        Ok(Box::new(Self))
    }
}

impl Store for Null {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        black_box(bytes);
        Ok(())
    }

    fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

/// As the pipeline keeps them.
struct Files(Library, Generation);

struct InFile(Spooled);

impl Spool for Files {
    fn begin(&self) -> io::Result<Box<dyn Store>> {
        let spooled = self.0.spool(&self.1).map_err(io::Error::other)?;
        Ok(Box::new(InFile(spooled)))
    }
}

impl Store for InFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(at, buffer)
    }
}

fn sent(library: &Library) -> Generation {
    let id = GenerationId::from_uuid(uuid::Uuid::now_v7());
    let request = Request {
        model: "NanoBananaPro-4K".to_owned(),
        ratio: AspectRatio::SQUARE,
        format: OutputFormat::Png,
        prompt: Prompt::new("noise").unwrap(),
        references: Vec::new(),
        parent: None,
    };
    let mut generation = Generation::new(id, id, 0, request, false);
    library.prepare(&mut generation).unwrap();
    library.step(&mut generation, Step::Send).unwrap();
    generation
}

fn noise(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes
}
