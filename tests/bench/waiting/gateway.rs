//! A gateway that accepts every call and never comes to its end, in one manner or another.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// How a call is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nothing comes, not even a head.
    Silence,
    /// A comment every 10 s.
    Pings,
    /// A comment every 5 ms.
    Drip,
    /// Half a gzip stream.
    Gzip,
    /// The answer names a picture, whose download stops half-way.
    Download,
    /// 429: come back in 100 s.
    Wait,
}

impl Manner {
    pub fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Pings => "a ping every 10 s",
            Self::Drip => "a comment every 5 ms",
            Self::Gzip => "in a gzip stream",
            Self::Download => "in a download",
            Self::Wait => "in the wait after a 429",
        }
    }
}

/// What the gateway sees of its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// All that comes has been written; from here on it is held.
    Held,
    /// The client has closed.
    Closed(Instant),
}

pub struct Gateway {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
    pub seen: UnboundedReceiver<Seen>,
    task: JoinHandle<()>,
}

impl Gateway {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, seen) = unbounded_channel();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tell, counted) = (tell.clone(), Arc::clone(&counted));
                tokio::spawn(async move {
                    let _ = serve(stream, manner, address, &counted, &tell).await;
                });
            }
        });
        Self {
            address,
            calls,
            seen,
            task,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Blocks until so many calls have come.
    pub fn wait_for_calls(&self, count: usize) {
        let patience = super::patience();
        while self.calls.load(Ordering::Relaxed) < count {
            assert!(Instant::now() < patience, "the calls do not come");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    manner: Manner,
    address: SocketAddr,
    calls: &AtomicUsize,
    tell: &UnboundedSender<Seen>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let is_call = request(&mut stream).await?;
    if is_call {
        calls.fetch_add(1, Ordering::Relaxed);
    }
    let stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n";
    let bytes = match manner {
        _ if !is_call && manner == Manner::Download => {
            b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\x89PNG\r\n\x1a\n".to_vec()
        }
        _ if !is_call => {
            let none = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            return stream.write_all(none).await;
        }
        Manner::Silence => Vec::new(),
        Manner::Pings | Manner::Drip => format!("{stream_head}\r\n: PING\n\n").into_bytes(),
        Manner::Gzip => {
            let head = format!("{stream_head}Content-Encoding: gzip\r\n\r\n");
            [head.as_bytes(), b"\x1f\x8b\x08\0\0\0\0\0\0\xff"].concat()
        }
        Manner::Download => {
            let body = format!(
                "{{\"choices\":[{{\"message\":{{\"content\":\"![a](http://{address}/a.png)\"}},\"finish_reason\":\"stop\"}}]}}"
            );
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            return stream.write_all((head + &body).as_bytes()).await;
        }
        Manner::Wait => {
            let wait = b"HTTP/1.1 429 No\r\nRetry-After: 100\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            return stream.write_all(wait).await;
        }
    };
    stream.write_all(&bytes).await?;
    let _ = tell.send(Seen::Held);
    let pause = match manner {
        Manner::Pings => Duration::from_secs(10),
        Manner::Drip => Duration::from_millis(5),
        _ => Duration::from_secs(3600),
    };
    let mut sink = [0; 64];
    loop {
        tokio::select! {
            read = stream.read(&mut sink) => if !matches!(read, Ok(1..)) {
                let _ = tell.send(Seen::Closed(Instant::now()));
                return Ok(());
            },
            () = sleep(pause) => stream.write_all(b": PING\n\n").await?,
        }
    }
}

/// Reads one request; says whether it is a call.
async fn request(stream: &mut TcpStream) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head
            .lines()
            .find_map(|l| l.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |l| l.trim().parse().unwrap());
        if bytes.len() >= end + 4 + length {
            return Ok(head.starts_with("post"));
        }
    }
}
