//! What is too large for memory goes to a store: one at a time, joined over tries, dropped where a try begins anew.

use std::io::{self, Write};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;
use plantain::domain::Failure;
use plantain::endpoint::{Blob, Download, Spool, Store};
use tokio::sync::Notify;

use super::downloader;
use crate::suite::endpoint::large::{Cellar, picture};
use crate::suite::raw_server::{RawServer, RequestSeen, Script, Step, answer, head};

const LIMIT: u64 = 8 << 20;
const LENGTH: usize = 3_000_000;
/// Where the first try is cut.
const CUT: usize = 2_000_000;
const ETAG: (&str, &str) = ("ETag", "\"one\"");

fn download(url: &str, spool: impl Spool + 'static) -> Download {
    let spool: Arc<dyn Spool> = Arc::new(spool);
    Download::new(url, true, LIMIT).spooling(&spool)
}

async fn fetch(server: &RawServer, cellar: &Cellar) -> Result<Blob, Failure> {
    let mut download = download(&server.url(), cellar.clone());
    let whole = |blob: &Blob| Ok(blob.len() == LENGTH as u64);
    let fetched = downloader().fetch(&mut download, whole, |_| ()).await;
    download.close().await;
    fetched
}

fn counts(cellar: &Cellar) -> (usize, usize) {
    let of = |n: &std::sync::atomic::AtomicUsize| n.load(Ordering::Relaxed);
    (of(&cellar.begun), of(&cellar.alive))
}

/// The first part of `bytes`, of which all were announced.
fn cut(bytes: &[u8], headers: &[(&str, &str)]) -> Script {
    let length = bytes.len().to_string();
    let mut all = vec![("Content-Length", length.as_str())];
    all.extend(headers);
    vec![Step::Bytes([&head(200, &all), &bytes[..CUT]].concat())]
}

#[tokio::test]
async fn what_is_large_goes_to_one_store() {
    let (bytes, cellar) = (picture(LENGTH, 1), Cellar::new(usize::MAX));
    let server = RawServer::saying(answer(200, &[], &bytes)).await;
    let blob = fetch(&server, &cellar).await.unwrap();
    assert!(blob.memory().is_none());
    assert!(blob.to_vec().unwrap() == bytes);
    assert_eq!(counts(&cellar), (1, 1));
    drop(blob);
    assert_eq!(counts(&cellar), (1, 0));
}

#[tokio::test]
async fn a_try_that_begins_anew_begins_a_store_of_its_own() {
    let (bytes, cellar) = (picture(LENGTH, 2), Cellar::new(usize::MAX));
    let served = bytes.clone();
    let alive = Arc::clone(&cellar.alive);
    let server = RawServer::start(move |request| {
        assert!(alive.load(Ordering::Relaxed) <= 1);
        match request.n {
            0 | 1 => cut(&served, &[]),
            _ => answer(200, &[], &served),
        }
    })
    .await;
    let blob = fetch(&server, &cellar).await.unwrap();
    assert!(blob.to_vec().unwrap() == bytes);
    assert_eq!(counts(&cellar), (3, 1));
}

#[tokio::test]
async fn the_rest_goes_to_the_same_store() {
    let (bytes, cellar) = (picture(LENGTH, 3), Cellar::new(usize::MAX));
    let served = bytes.clone();
    let server = RawServer::start(move |request: &RequestSeen| match request.n {
        0 => cut(&served, &[ETAG]),
        _ => {
            assert_eq!(request.header("range"), Some(&*format!("bytes={CUT}-")));
            let range = format!("bytes {CUT}-{}/{LENGTH}", LENGTH - 1);
            answer(206, &[("Content-Range", &range), ETAG], &served[CUT..])
        }
    })
    .await;
    let blob = fetch(&server, &cellar).await.unwrap();
    assert!(blob.to_vec().unwrap() == bytes);
    assert_eq!(counts(&cellar), (1, 1));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_is_packed_is_unpacked_from_store_to_store() {
    let bytes = picture(LENGTH, 4);
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&bytes).unwrap();
    let packed = packer.finish().unwrap();
    let cellar = Cellar::new(usize::MAX);
    let server = RawServer::saying(answer(200, &[], &packed)).await;
    let blob = fetch(&server, &cellar).await.unwrap();
    assert!(blob.memory().is_none());
    assert!(blob.to_vec().unwrap() == bytes);
    assert_eq!(counts(&cellar), (2, 1));
    // What becomes too large leaves neither.
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&vec![0; LIMIT as usize + 1]).unwrap();
    let bomb = packer.finish().unwrap();
    let cellar = Cellar::new(usize::MAX);
    let server = RawServer::saying(answer(200, &[], &bomb)).await;
    let failure = fetch(&server, &cellar).await.unwrap_err();
    assert!(failure.message.as_str().contains("unpacks to more than"));
    assert_eq!(counts(&cellar), (1, 0));
}

#[tokio::test]
async fn a_store_that_gets_full_loses_nothing() {
    let bytes = picture(LENGTH, 5);
    for room in [0, 1_100_000, 2_500_000] {
        let cellar = Cellar::new(room);
        let server = RawServer::saying(answer(200, &[], &bytes)).await;
        let blob = fetch(&server, &cellar).await.unwrap();
        assert!(**blob.memory().unwrap() == bytes, "{room}");
        assert_eq!(counts(&cellar).1, 0, "{room}");
        assert_eq!(server.requests().len(), 1, "{room}");
    }
}

#[tokio::test]
async fn five_tries_that_fail_leave_no_store() {
    let bytes = picture(LENGTH, 6);
    for script in [cut(&bytes, &[]), answer(200, &[], &bytes[..CUT])] {
        let cellar = Cellar::new(usize::MAX);
        let server = RawServer::saying(script).await;
        assert!(fetch(&server, &cellar).await.is_err());
        assert_eq!(server.requests().len(), 5);
        assert_eq!(counts(&cellar), (5, 0));
    }
}

/// A spool whose disk is slow: it takes bytes only once it is let.
#[derive(Clone, Default)]
struct Slow(Arc<Disk>);

#[derive(Default)]
struct Disk {
    writing: Notify,
    let_go: Mutex<bool>,
    changed: Condvar,
    gone: Mutex<bool>,
}

impl Spool for Slow {
    fn begin(&self) -> io::Result<Box<dyn Store>> {
        Ok(Box::new(self.clone()))
    }
}

impl Store for Slow {
    fn append(&mut self, _: &[u8]) -> io::Result<()> {
        self.0.writing.notify_one();
        let mut let_go = self.0.let_go.lock().unwrap();
        while !*let_go {
            let_go = self.0.changed.wait(let_go).unwrap();
        }
        Ok(())
    }

    fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        *self.0.gone.lock().unwrap() = *self.0.let_go.lock().unwrap();
    }
}

#[tokio::test]
async fn a_slow_disk_holds_nobody_up_and_closing_waits_for_it() {
    let server = RawServer::saying(answer(200, &[], &picture(LENGTH, 7))).await;
    let slow = Slow::default();
    let mut download = download(&server.url(), slow.clone());
    let downloader = downloader();
    tokio::select! {
        _ = downloader.fetch(&mut download, |_| Ok(true), |_| ()) => panic!("written without leave"),
        // Here, on the only thread of this runtime, which does not wait for the disk.
        () = slow.0.writing.notified() => {}
    }
    let mut closing = std::pin::pin!(download.close());
    tokio::select! {
        biased;
        () = &mut closing => panic!("closed while it was being written"),
        () = tokio::task::yield_now() => {}
    }
    *slow.0.let_go.lock().unwrap() = true;
    slow.0.changed.notify_all();
    closing.await;
    assert!(*slow.0.gone.lock().unwrap());
}
