//! Answers that come packed: as their header says, without saying so, and in no way that can be read.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use plantain::domain::{FailureKind, Secret};
use plantain::endpoint::{Answer, BaseUrl, Chunk, Client, End, Framing, Reply, Timeouts, TooLong};

use super::fixtures::{self, read, whole};
use crate::suite::raw_server::{RawServer, Step, answer, head};

const PATIENT: Timeouts = Timeouts {
    connect: Duration::from_secs(10),
    silence: Duration::from_secs(60),
    settle: Duration::from_secs(60),
};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut packer = brotli::CompressorWriter::new(&mut packed, 4096, 5, 20);
    packer.write_all(bytes).unwrap();
    drop(packer);
    packed
}

async fn call(server: &RawServer) -> Answer {
    let base = BaseUrl::parse(&server.url()).unwrap();
    let client = Client::new(base, Secret::new("sk-canary"), PATIENT).unwrap();
    let mut response = client.chat("{}".into(), true).await.unwrap();
    while response.next().await.is_some() {}
    response.finish()
}

#[tokio::test]
async fn an_event_stream_that_says_how_it_is_packed_is_read() {
    for name in ["f01", "f05", "f09"] {
        let body = fixtures::named(name).body;
        let plain = whole(&body).1;
        for (encoding, packed) in [
            ("gzip", gzip(&body)),
            ("deflate", deflate(&body)),
            ("br", brotli(&body)),
        ] {
            let headers = [
                ("Content-Type", "text/event-stream"),
                ("Content-Encoding", encoding),
            ];
            // In small packets, as a proxy passes on what it has.
            let mut script = vec![Step::Bytes(head(200, &headers))];
            script.extend(packed.chunks(50).map(|piece| Step::Bytes(piece.to_vec())));
            let server = RawServer::saying(script).await;
            assert_eq!(call(&server).await, plain, "{name} {encoding}");
        }
    }
}

#[tokio::test]
async fn gzip_is_known_by_its_bytes_and_brotli_is_named() {
    let body = fixtures::named("f01").body;
    let server = RawServer::saying(answer(200, &[], &gzip(&body))).await;
    assert_eq!(call(&server).await, whole(&body).1);
    let server = RawServer::saying(answer(200, &[], &brotli(&body))).await;
    let failure = call(&server).await.failure.unwrap();
    assert!(failure.message.as_str().contains("brotli"), "{failure}");
    assert!(failure.maybe_billed && failure.hint.is_some());
}

#[test]
fn gzip_without_its_header_is_read_at_any_split() {
    for name in ["f01", "f04", "f07", "f16", "f25", "f32"] {
        let body = fixtures::named(name).body;
        let packed = gzip(&body);
        let plain = whole(&body);
        for at in 0..=packed.len() {
            assert_eq!(
                read([&packed[..at], &packed[at..]]),
                plain,
                "{name} cut at {at}"
            );
        }
        assert_eq!(read(packed.chunks(1)), plain, "{name}");
        // Two members, one behind the other.
        let (one, two) = body.split_at(body.len() / 2);
        assert_eq!(whole(&[gzip(one), gzip(two)].concat()), plain, "{name}");
    }
}

#[test]
fn what_cannot_be_unpacked_is_named() {
    let gz = gzip(&fixtures::named("f01").body);
    let zstd = [b"\x28\xB5\x2F\xFD".as_slice(), b"xxxx"].concat();
    for (bytes, named) in [
        (zstd.as_slice(), "zstd"),
        (&gz[..12], "gzip"),
        (&deflate(b"data: {}\n\n"), "brotli or another"),
        (b"\x00\x01\x02", "brotli or another"),
    ] {
        let failure = whole(bytes).1.failure.unwrap();
        assert_eq!(failure.kind, FailureKind::NotTheEndpoint);
        assert!(failure.message.as_str().contains(named), "{failure}");
        assert!(failure.maybe_billed);
    }
    // Cut in the middle of what can be: as any other cut.
    let failure = whole(&gz[..gz.len() / 2]).1.failure.unwrap();
    assert!(failure.maybe_billed, "{failure}");
}

#[test]
fn a_bomb_costs_no_more_than_one_piece_of_it() {
    // 64 MB of keep-alives in 64 KB: nothing of it stays.
    let mut framing = Framing::new();
    let bomb = gzip(&vec![b'\n'; 64 << 20]);
    assert!(bomb.len() < 100_000);
    assert_eq!(framing.push(&bomb), Ok(Vec::new()));
    let mut reply = Reply::new();
    for chunk in framing.finish() {
        assert!(!matches!(chunk, Chunk::Payload(_)));
        reply.push(chunk);
    }
    assert_eq!(
        reply.finish(End::Closed).failure.unwrap().kind,
        FailureKind::Cut
    );
    // One line of it that never ends meets the cap of a line.
    let mut framing = Framing::new();
    let bomb = gzip(&vec![b'x'; 300 << 20]);
    assert_eq!(framing.push(&bomb), Err(TooLong));
}
