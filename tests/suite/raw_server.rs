//! A server that says exactly the bytes that a test wants, cuts and stalls where it wants, and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct RequestSeen {
    /// 0 for the first of this server.
    pub n: usize,
    /// When it had come, on the clock that tests may move.
    pub at: Instant,
    pub method: String,
    /// With its query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl RequestSeen {
    /// The header's value; names in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
}

/// One step of an answer. Behind the last one the connection is closed in good order.
#[derive(Debug, Clone)]
pub enum Step {
    /// Written and flushed at once; a step is a packet of its own.
    Bytes(Vec<u8>),
    /// Waits until the gate is opened.
    Wait(Gate),
    /// Does something in the test, such as killing the client.
    Do(Deed),
    /// Stays open and silent until the client closes.
    Forever,
    /// Cuts the connection with a TCP reset.
    Reset,
}

pub type Script = Vec<Step>;

/// What a script does in the test when it comes to it.
#[derive(Clone)]
pub struct Deed(pub Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deed")
    }
}

/// Holds scripts back until the test opens it; stays open.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }
}

impl Gate {
    pub fn open(&self) {
        self.0.add_permits(1);
    }

    async fn pass(&self) {
        let permit = self.0.acquire().await.unwrap();
        drop(permit);
    }
}

/// A whole answer: status, headers, body, with its length and `Connection: close`.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Script {
    let length = body.len().to_string();
    let mut head = headers.to_vec();
    head.push(("Content-Length", &length));
    vec![Step::Bytes(
        [self::head(status, &head).as_slice(), body].concat(),
    )]
}

/// The head of an answer, up to and with its empty line; without a length the body ends with the connection.
pub fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str("\r\n");
    head.into_bytes()
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<RequestSeen>>,
    arrived: Notify,
    /// How often a client closed on `Forever` or `Wait`.
    left: watch::Sender<usize>,
    /// How many connections there were.
    opened: AtomicUsize,
    /// How many connections are over.
    closed: watch::Sender<usize>,
}

/// A listening server; ends when dropped.
pub struct RawServer {
    address: SocketAddr,
    seen: Arc<Seen>,
    _tasks: JoinSet<()>,
}

impl RawServer {
    /// Listens on a free port of 127.0.0.1; `handler` writes the script for each request.
    pub async fn start(handler: impl Fn(&RequestSeen) -> Script + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let handler = Arc::new(handler);
        let mut tasks = JoinSet::new();
        tasks.spawn({
            let seen = Arc::clone(&seen);
            async move {
                // Dropped with the accepting task, so that no connection outlives the server.
                let mut connections = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let seen = Arc::clone(&seen);
                    let handler = Arc::clone(&handler);
                    seen.opened.fetch_add(1, Ordering::SeqCst);
                    connections.spawn(async move {
                        serve(stream, &seen, &*handler).await;
                        seen.closed.send_modify(|n| *n += 1);
                    });
                }
            }
        });
        Self {
            address,
            seen,
            _tasks: tasks,
        }
    }

    /// A server that answers everything alike.
    pub async fn saying(script: Script) -> Self {
        Self::start(move |_| script.clone()).await
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were made so far, also such that asked nothing.
    pub fn connections(&self) -> usize {
        self.seen.opened.load(Ordering::SeqCst)
    }

    /// Everything that was asked so far.
    pub fn requests(&self) -> Vec<RequestSeen> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// How many requests with this method came.
    pub fn count(&self, method: &str) -> usize {
        self.requests()
            .iter()
            .filter(|r| r.method == method)
            .count()
    }

    /// Waits until `n` requests came.
    pub async fn wait_for(&self, n: usize) {
        self.wait_until(|requests| requests.len() >= n).await;
    }

    /// Waits until `n` calls came, whatever else was asked.
    pub async fn wait_for_calls(&self, n: usize) {
        let call = |r: &&RequestSeen| r.method == "POST";
        self.wait_until(|requests| requests.iter().filter(call).count() >= n)
            .await;
    }

    async fn wait_until(&self, enough: impl Fn(&[RequestSeen]) -> bool) {
        loop {
            let arrived = self.seen.arrived.notified();
            if enough(&self.seen.requests.lock().unwrap()) {
                return;
            }
            arrived.await;
        }
    }

    /// Waits until a client closed its connection while the script held it open.
    pub async fn wait_left(&self) {
        let mut left = self.seen.left.subscribe();
        left.wait_for(|n| *n > 0).await.unwrap();
    }

    /// Waits until `n` connections are over on both sides.
    pub async fn wait_closed(&self, n: usize) {
        let mut closed = self.seen.closed.subscribe();
        closed.wait_for(|now| *now >= n).await.unwrap();
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Seen,
    handler: &(dyn Fn(&RequestSeen) -> Script + Send + Sync),
) {
    stream.set_nodelay(true).unwrap();
    let Some(mut request) = read_request(&mut stream).await else {
        return;
    };
    {
        let mut requests = seen.requests.lock().unwrap();
        request.n = requests.len();
        requests.push(request.clone());
    }
    seen.arrived.notify_waiters();
    for step in handler(&request) {
        match step {
            Step::Bytes(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Step::Wait(gate) => {
                tokio::select! {
                    () = gate.pass() => {}
                    () = gone(&mut stream) => {
                        seen.left.send_modify(|n| *n += 1);
                        return;
                    }
                }
            }
            Step::Do(deed) => deed.0(),
            Step::Forever => {
                gone(&mut stream).await;
                seen.left.send_modify(|n| *n += 1);
                return;
            }
            Step::Reset => {
                stream.set_zero_linger().unwrap();
                return;
            }
        }
    }
    let _ = stream.shutdown().await;
    // Until the client has closed too: closing first could turn unread input into a reset.
    gone(&mut stream).await;
}

/// Returns when the client closed.
async fn gone(stream: &mut TcpStream) {
    let mut sink = [0; 1024];
    while stream.read(&mut sink).await.is_ok_and(|n| n > 0) {}
}

/// Reads one request with a `Content-Length` body.
async fn read_request(stream: &mut TcpStream) -> Option<RequestSeen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let mut request = RequestSeen {
        n: 0,
        at: Instant::now(),
        method: first.next()?.to_owned(),
        path: first.next()?.to_owned(),
        headers: lines
            .filter_map(|l| l.split_once(": "))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect(),
        body: bytes.split_off(end + 4),
    };
    let length = request
        .header("content-length")
        .map_or(0, |v| v.parse().unwrap());
    while request.body.len() < length {
        if stream.read_buf(&mut request.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(request)
}
