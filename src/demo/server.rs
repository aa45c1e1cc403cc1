//! The HTTP server: routes, life and end. What an answer says is `chat`'s business.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::rejected::Rejected;
use super::shelf::{self, Shelf};
use super::{chat, references};
use crate::domain::Catalog;

/// The header and its value in every answer of a demo endpoint.
pub const DEMO_HEADER: (&str, &str) = ("plantain-demo", "1");

/// How long `stop` waits for downloads that are under way.
const GRACE: Duration = Duration::from_secs(2);

/// How a demo endpoint is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// On 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// How long an answer takes at least; its progress lines are spread over it.
    pub delay: Duration,
    /// Models, ratios with their sizes, and formats that are accepted; others are refused.
    pub catalog: Catalog,
}

impl Options {
    /// A free port, and 1.2 s an answer, so that one sees it stream.
    pub fn new(catalog: Catalog) -> Self {
        Self {
            port: 0,
            delay: Duration::from_millis(1200),
            catalog,
        }
    }
}

/// A running demo endpoint; dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// Dropped to say that it is over.
    open: watch::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// `http://127.0.0.1:PORT/v1`
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Ends running generations, lets downloads finish for 2 s at most, and frees the port.
    pub async fn stop(self) {
        drop(self.open);
        let mut task = self.task;
        if timeout(GRACE, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// What every request needs.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub catalog: Arc<Catalog>,
    pub delay: Duration,
    pub shelf: Shelf,
    /// `http://127.0.0.1:PORT/files`
    pub files: Arc<str>,
    /// One permit a painter at work: a 4K picture holds some 100 MB until it is encoded.
    pub painters: Arc<Semaphore>,
    open: watch::Receiver<()>,
}

impl Shared {
    /// `open` closes when its sender is dropped.
    pub fn new(address: SocketAddr, options: Options, open: watch::Receiver<()>) -> Self {
        let painters = thread::available_parallelism().map_or(1, |n| n.get().min(4));
        Self {
            catalog: Arc::new(options.catalog),
            delay: options.delay,
            shelf: Shelf::default(),
            files: format!("http://{address}/files").into(),
            painters: Arc::new(Semaphore::new(painters)),
            open,
        }
    }

    /// Ends when the server does.
    pub async fn closed(&self) {
        let mut open = self.open.clone();
        while open.changed().await.is_ok() {}
    }
}

impl FromRef<Shared> for Shelf {
    fn from_ref(shared: &Shared) -> Self {
        shared.shelf.clone()
    }
}

/// Starts a demo endpoint on 127.0.0.1 in this process.
///
/// # Errors
/// Those of binding the port.
pub async fn start(options: Options) -> io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let (open, still_open) = watch::channel(());
    let shared = Shared::new(address, options, still_open);
    let until = shared.clone();
    let app = router(shared);
    let task = tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(async move { until.closed().await })
            .await
    });
    Ok(Server {
        address,
        open,
        task,
    })
}

fn router(shared: Shared) -> Router {
    let api = Router::new()
        .route("/chat/completions", post(chat::complete))
        .route("/models", get(models));
    Router::new()
        .nest("/v1", api.clone())
        .merge(api)
        .route("/files/{name}", get(shelf::serve))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(references::MOST_BYTES))
        .layer(map_response(state_nature))
        .with_state(shared)
}

async fn models(State(shared): State<Shared>) -> Json<Value> {
    let created = unix_seconds();
    let data: Vec<Value> = shared
        .catalog
        .models
        .iter()
        .map(|model| {
            json!({
                "id": model.name,
                "object": "model",
                "created": created,
                "owned_by": "plantain-demo",
            })
        })
        .collect();
    Json(json!({"object": "list", "data": data}))
}

async fn unknown(method: Method, uri: Uri) -> Rejected {
    Rejected::request(
        StatusCode::NOT_FOUND,
        "unknown_url",
        format!("unknown request URL: {method} {}", uri.path()),
    )
}

async fn wrong_method(method: Method, uri: Uri) -> Rejected {
    Rejected::request(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_supported",
        format!("{method} is not supported on {}", uri.path()),
    )
}

async fn state_nature(mut response: Response) -> Response {
    let (name, value) = DEMO_HEADER;
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
    response
}

/// Seconds since 1970, as `created` is given.
pub(super) fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
