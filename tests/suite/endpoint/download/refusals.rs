//! What hosts say when they refuse: links that have expired, in the words of the stores, and what may come yet.

use std::fs;
use std::path::Path;

use super::{BYTES, failing, fetch};
use crate::suite::raw_server::{RawServer, answer};

/// The bodies of a folder, each with its status: `s3.403.xml`.
fn bodies(folder: &str) -> Vec<(String, u16, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        let status = name.split('.').nth(1).unwrap().parse().unwrap();
        (name, status, fs::read(entry.path()).unwrap())
    };
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| read(entry.unwrap())).collect()
}

#[tokio::test]
async fn a_link_that_has_expired_is_asked_for_once() {
    let bodies = bodies("expired");
    assert!(bodies.len() > 10, "{bodies:?}");
    for (name, status, body) in bodies {
        let server = failing(9, answer(status, &[], &body)).await;
        let url = format!("{}/a?sig=SECRET", server.url());
        let failure = fetch(&url).await.unwrap_err();
        let said = failure.message.as_str();
        assert!(said.contains("link has expired"), "{name}: {said}");
        assert!(failure.hint.is_some());
        assert!(!format!("{failure:?}").contains("SECRET"), "{failure:?}");
        assert_eq!(server.requests().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_link_that_is_refused_otherwise_may_work_later() {
    let bodies = bodies("refused");
    assert!(bodies.len() > 3, "{bodies:?}");
    for (name, status, body) in bodies {
        let server = failing(1, answer(status, &[], &body)).await;
        assert_eq!(fetch(&server.url()).await.unwrap(), BYTES, "{name}");
        assert_eq!(server.requests().len(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_redirect_that_has_expired_is_signed_anew() {
    let expired = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    let store = failing(1, answer(403, &[], expired)).await;
    let to = format!("{}/b", store.url());
    let host = RawServer::saying(answer(302, &[("Location", &to)], b"")).await;
    assert_eq!(fetch(&host.url()).await.unwrap(), BYTES);
    assert_eq!(host.requests().len(), 2);
}

#[tokio::test]
async fn a_time_to_come_back_is_judged_by_the_hosts_clock() {
    let date = ("Date", "Thu, 01 Jan 1970 12:00:00 GMT");
    for (until, tries) in [("12:00:00", 2), ("12:16:39", 1)] {
        let until = format!("Thu, 01 Jan 1970 {until} GMT");
        let server = failing(1, answer(503, &[date, ("Retry-After", &until)], b"")).await;
        assert_eq!(fetch(&server.url()).await.is_ok(), tries == 2, "{until}");
        assert_eq!(server.requests().len(), tries, "{until}");
    }
}
