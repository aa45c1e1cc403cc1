//! Names are looked up before anything is connected to, and lead nowhere that the endpoint itself is not (RELIABILITY S3).

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plantain::domain::Failure;
use plantain::endpoint::{BaseUrl, Downloader};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{BYTES, failing, fetch_by};
use crate::suite::raw_server::{RawServer, answer};

/// Knows a few names, each with the addresses that it has at the first look, the second, and so on; the last stay.
#[derive(Default)]
struct Book {
    names: HashMap<String, Vec<Vec<IpAddr>>>,
    looks: Mutex<HashMap<String, usize>>,
    count: AtomicUsize,
}

impl Book {
    /// `name=address,address;address,address name=..`
    fn of(text: &str) -> Arc<Self> {
        let ips = |text: &str| text.split(',').map(|ip| ip.parse().unwrap()).collect();
        let names = text.split_whitespace().map(|entry| {
            let (name, looks) = entry.split_once('=').unwrap();
            (name.to_owned(), looks.split(';').map(ips).collect())
        });
        Arc::new(Self {
            names: names.collect(),
            ..Self::default()
        })
    }
}

impl Resolve for Book {
    fn resolve(&self, name: Name) -> Resolving {
        self.count.fetch_add(1, Ordering::SeqCst);
        let found = self.names.get(name.as_str()).map(|looks| {
            let mut seen = self.looks.lock().unwrap();
            let n = seen.entry(name.as_str().to_owned()).or_default();
            *n += 1;
            looks[(*n - 1).min(looks.len() - 1)].clone()
        });
        Box::pin(async move {
            let ips = found.ok_or_else(|| io::Error::other("no such name"))?;
            let all = ips.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(all) as Addrs)
        })
    }
}

async fn fetch(base: &str, book: &Arc<Book>, url: &str) -> Result<Vec<u8>, Failure> {
    let downloader = Downloader::new(&BaseUrl::parse(base).unwrap())
        .with_times([Duration::ZERO; 4], Duration::from_secs(60))
        .with_names(Arc::clone(book) as Arc<dyn Resolve>);
    fetch_by(&downloader, url, true, |_| true, |_| ()).await
}

const PUBLIC: &str = "gw.test=93.184.216.34";

#[tokio::test]
async fn a_name_that_leads_near_is_refused_before_anything_is_connected_to() {
    let server = failing(0, Vec::new()).await;
    for (at, words) in [
        ("127.0.0.1", "this machine"),
        ("::1", "this machine"),
        ("::ffff:127.0.0.1", "this machine"),
        ("64:ff9b::7f00:1", "this machine"),
        ("10.0.0.5", "in a private network"),
        ("fd00::5", "in a private network"),
        ("169.254.169.254", "link-local"),
        ("0.0.0.0", "link-local"),
        ("255.255.255.255", "reserved"),
        // Nothing of a mixture passes.
        ("10.0.0.5,127.0.0.1", "this machine"),
        ("169.254.169.254,127.0.0.1", "this machine"),
    ] {
        let book = Book::of(&format!("{PUBLIC} pic.test={at}"));
        let url = format!("http://pic.test:{}/a.png?sig=SECRET", server.port());
        let failure = fetch("https://gw.test", &book, &url).await.unwrap_err();
        let said = failure.message.as_str();
        assert!(said.contains("pic.test leads to"), "{at}: {said}");
        assert!(said.contains(words), "{at}: {said}");
        assert!(failure.hint.is_some());
        assert!(!format!("{failure:?}").contains("SECRET"), "{failure:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_such_a_name_is_refused_too() {
    let target = failing(0, Vec::new()).await;
    let to = format!("http://inside.test:{}/", target.port());
    let server = RawServer::saying(answer(302, &[("Location", &to)], b"")).await;
    let book = Book::of("gw.test=127.0.0.1 pic.test=127.0.0.1 inside.test=10.0.0.5");
    let url = format!("http://pic.test:{}/a", server.port());
    let failure = fetch("http://gw.test", &book, &url).await.unwrap_err();
    assert!(failure.message.as_str().contains("private network"));
    assert_eq!((server.connections(), target.connections()), (1, 0));
}

#[tokio::test]
async fn an_endpoint_that_is_near_names_pictures_there() {
    let server = failing(0, Vec::new()).await;
    let port = server.port();
    let named = format!("http://pic.test:{port}/a");
    let bare = format!("http://127.0.0.1:{port}/a");
    let near = "pic.test=127.0.0.1";
    for (base, names, url, fetched) in [
        ("https://gw.lan", "gw.lan=127.0.0.1", &named, true),
        ("https://gw.lan", "gw.lan=127.0.0.1", &bare, true),
        ("https://gw.lan", "gw.lan=::1,127.0.0.1", &bare, true),
        ("http://localhost", "", &named, true),
        ("http://127.0.0.1", "", &named, true),
        // A private network is another class than this machine.
        ("https://gw.lan", "gw.lan=192.168.1.2", &named, false),
        ("https://gw.lan", "gw.lan=192.168.1.2", &bare, false),
        ("http://192.168.1.2", "", &named, false),
        // Half near is not near, and unknown neither.
        (
            "https://gw.lan",
            "gw.lan=127.0.0.1,93.184.216.34",
            &bare,
            false,
        ),
        ("https://gw.lan", "gw.lan=127.0.0.1,10.0.0.1", &named, false),
        ("https://gw.lan", "", &named, false),
        ("https://gw.lan", PUBLIC, &bare, false),
    ] {
        let before = server.connections();
        let book = Book::of(&format!("{near} {names}"));
        let got = fetch(base, &book, url).await;
        assert_eq!(got.is_ok(), fetched, "{base} {names} {url}: {got:?}");
        let made = server.connections() - before;
        assert_eq!(made, usize::from(fetched), "{base} {names} {url}");
    }
}

#[tokio::test]
async fn of_a_mixture_only_what_passes_is_connected_to() {
    let server = failing(0, Vec::new()).await;
    let book = Book::of("pic.test=169.254.169.254,10.0.0.5,127.0.0.1");
    let url = format!("http://pic.test:{}/a", server.port());
    let fetched = fetch("http://127.0.0.1", &book, &url).await.unwrap();
    assert_eq!(fetched, BYTES);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_a_moment_later_gains_nothing() {
    let server = failing(0, Vec::new()).await;
    let url = format!("http://pic.test:{}/a", server.port());
    // What was vetted is what is connected to: there is one look for one connection.
    let book = Book::of("pic.test=127.0.0.1;10.0.0.5");
    let fetched = fetch("http://127.0.0.1", &book, &url).await.unwrap();
    assert_eq!(fetched, BYTES);
    assert_eq!(book.count.load(Ordering::SeqCst), 1);
    // Nor does an endpoint become near while its pictures are fetched: its first look is kept.
    let book = Book::of("gw.test=93.184.216.34;127.0.0.1 pic.test=127.0.0.1");
    let base = BaseUrl::parse("https://gw.test").unwrap();
    let downloader = Downloader::new(&base).with_names(Arc::clone(&book) as Arc<dyn Resolve>);
    for _ in 0..2 {
        let got = fetch_by(&downloader, &url, true, |_| true, |_| ()).await;
        let failure = got.unwrap_err();
        assert!(failure.message.as_str().contains("this machine"));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_asked_for_again() {
    let book = Book::of("gw.test=93.184.216.34");
    let url = "http://pic.test:1/a?sig=SECRET";
    let failure = fetch("https://gw.test", &book, url).await.unwrap_err();
    assert!(failure.message.as_str().contains("cannot be resolved"));
    assert!(!format!("{failure:?}").contains("SECRET"));
    assert_eq!(book.count.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn the_systems_resolver_knows_localhost_by_its_names() {
    let server = failing(0, Vec::new()).await;
    let url = format!("http://localhost:{}/a", server.port());
    let near = Downloader::new(&BaseUrl::parse("http://127.0.0.1").unwrap());
    let fetched = fetch_by(&near, &url, true, |_| true, |_| ()).await;
    assert_eq!(fetched.unwrap(), BYTES);
    let failure = fetch("https://gw.test", &Book::of(PUBLIC), &url).await;
    let said = failure.unwrap_err().message;
    assert!(
        said.as_str().contains("localhost is this machine"),
        "{said}"
    );
    assert_eq!(server.connections(), 1);
}
