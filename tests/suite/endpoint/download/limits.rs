//! A download ends: by silence, by time, by size, also by the size of what is unpacked.

use std::io::Write;
use std::time::Duration;

use plantain::endpoint::{BaseUrl, Downloader, Got};
use tokio::sync::watch;

use super::{BYTES, LIMIT, failing, fetch, fetch_by, pass};
use crate::suite::raw_server::{RawServer, Script, Step, answer, head};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Fetches from a host that never ends, lets `each` try's time pass, and gives what is said in the end.
async fn outlast(downloader: Downloader, each: Duration) -> String {
    let server = RawServer::saying(vec![Step::Bytes(head(200, &[])), Step::Forever]).await;
    let url = format!("{}/a?sig=SECRET", server.url());
    let (tell, mut told) = watch::channel(0);
    let fetching = tokio::spawn(async move {
        let tell = |got: Got| _ = tell.send(got.attempt);
        fetch_by(&downloader, &url, true, |_| true, tell).await
    });
    for n in 1..=5 {
        // From here on it waits for bytes.
        told.wait_for(|attempt| *attempt == n).await.unwrap();
        assert_eq!(server.requests().len(), usize::from(n), "not before");
        pass(each).await;
    }
    let failure = fetching.await.unwrap().unwrap_err();
    assert!(failure.hint.is_some());
    assert!(!format!("{failure:?}").contains("SECRET"), "{failure:?}");
    failure.message.as_str().to_owned()
}

fn downloader(silence: u64) -> Downloader {
    let base = BaseUrl::parse("http://localhost").unwrap();
    Downloader::new(&base).with_times([Duration::ZERO; 4], Duration::from_secs(silence))
}

#[tokio::test]
async fn a_host_that_says_nothing_ends_at_its_limit() {
    let said = outlast(downloader(30), Duration::from_secs(30)).await;
    assert!(said.contains("was silent for 30 s"), "{said}");
}

#[tokio::test]
async fn a_host_that_never_finishes_ends_at_its_limit() {
    // A limit of silence that is never met, as by a host that drips.
    let said = outlast(downloader(3600), Duration::from_secs(600)).await;
    assert!(said.contains("did not finish within 10 min"), "{said}");
}

#[tokio::test]
async fn what_comes_packed_is_unpacked() {
    let packed = gzip(BYTES);
    let encoded = ("Content-Encoding", "gzip");
    for script in [
        answer(200, &[encoded], &packed),
        answer(200, &[], &packed),
        // Said, and not done.
        answer(200, &[encoded], BYTES),
        answer(200, &[("Content-Encoding", "br")], BYTES),
    ] {
        let server = RawServer::saying(script.clone()).await;
        assert_eq!(fetch(&server.url()).await.unwrap(), BYTES, "{script:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_unpacked_is_told() {
    let packed = gzip(BYTES);
    let bomb = gzip(&vec![0; LIMIT as usize + 1]);
    assert!(bomb.len() < 10_000);
    let zstd: &[u8] = b"\x28\xb5\x2f\xfd and so on";
    let cases: [(Script, &str, usize); 3] = [
        (answer(200, &[], &bomb), "unpacks to more than 1 MB", 1),
        (answer(200, &[], zstd), "packed as zstd", 1),
        (
            answer(200, &[], &packed[..packed.len() - 9]),
            "ends early",
            5,
        ),
    ];
    for (script, words, requests) in cases {
        let server = failing(9, script).await;
        let failure = fetch(&server.url()).await.unwrap_err();
        assert!(failure.message.as_str().contains(words), "{failure}");
        assert_eq!(server.requests().len(), requests, "{words}");
    }
}
