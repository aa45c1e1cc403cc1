//! The pipeline over real sockets and a real library: from a request to files, rows and what is told on the way.

mod answers;
mod bytes;
mod calls;
mod cancelling;
mod converting;
mod cut;
mod downloads;
mod embedded;
mod fallback;
pub(super) mod large;
mod large_downloads;
mod links;
mod moods;
mod once;
mod references;
mod resuming;
mod saving;
mod secrets;
mod several;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use plantain::config::{builtin_catalog, builtin_profiles};
use plantain::domain::{
    AspectRatio, Convert, FileFormat, Generation, GenerationId, OutputFormat, Progress, Prompt,
    Request, Secret,
};
use plantain::endpoint::BaseUrl;
use plantain::library::Library;
use plantain::pipeline::{Pipeline, Running, Setup, Tell};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::watch;

use super::endpoint::fixtures::{JPG, PNG, PNG2, WEBP};
use super::raw_server::{RawServer, RequestSeen, Script, answer};

const KEY: &str = "sk-canary-0123456789";
const SSE: (&str, &str) = ("Content-Type", "text/event-stream");
const PATH: &str = "/v1/chat/completions";

/// A library of its own for each test.
struct Bench {
    folder: TempDir,
    library: Library,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(&folder.path().join("library"), TimeZone::UTC).unwrap();
        Self { folder, library }
    }

    fn setup(&self, base: &str) -> Setup {
        Setup {
            library: self.library.clone(),
            catalog: builtin_catalog(),
            base_url: BaseUrl::parse(base).unwrap(),
            key: Secret::new(KEY),
            profiles: builtin_profiles(),
            profile: "documented".to_owned(),
            parallel: 4,
            silence: Duration::from_secs(60),
            demo: false,
            convert: Convert::Never,
        }
    }

    fn pipeline(&self, base: &str) -> Pipeline {
        Pipeline::new(self.setup(base)).unwrap()
    }

    /// Submits one request to a pipeline for `base` and waits for its end.
    async fn run(&self, base: &str, prompt: &str) -> Generation {
        let running = submit(&self.pipeline(base), prompt, &Told::default()).await;
        running.done.await.unwrap()
    }

    /// As the row now says.
    fn row(&self, generation: &Generation) -> Generation {
        self.library.get(generation.id).unwrap()
    }

    /// The lines of `records.jsonl` that tell an end or a change after it, as `history --json` prints them.
    fn records(&self) -> Vec<serde_json::Value> {
        let path = self.library.folder().join(".plantain/records.jsonl");
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines().map(|line| {
            let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
            line.as_object_mut().unwrap().remove("row");
            line
        });
        lines.filter(|line| line["status"] != "running").collect()
    }

    /// Every file of the library but the database, its own folder included.
    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.library.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files
    }

    /// Picture files, temporary ones included.
    fn pictures(&self) -> Vec<PathBuf> {
        let own = self.library.folder().join(".plantain");
        let mut files = self.files();
        files.retain(|f| !f.starts_with(&own));
        files
    }
}

/// A request for a png with the smallest model.
fn request(prompt: &str) -> Request {
    Request {
        model: "NanoBanana2-0.5K".to_owned(),
        ratio: AspectRatio::SQUARE,
        format: OutputFormat::Png,
        prompt: Prompt::new(prompt).unwrap(),
        references: Vec::new(),
        parent: None,
    }
}

async fn submit(pipeline: &Pipeline, prompt: &str, told: &Told) -> Running {
    pipeline
        .submit(request(prompt), None, told.tell())
        .await
        .unwrap()
}

/// Everything that was told so far, of every generation.
#[derive(Clone)]
struct Told(Arc<watch::Sender<Vec<(GenerationId, Progress)>>>);

impl Default for Told {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Told {
    fn tell(&self) -> Tell {
        let told = self.clone();
        Arc::new(move |id, progress| told.0.send_modify(|all| all.push((id, progress))))
    }

    fn all(&self) -> Vec<Progress> {
        self.0.borrow().iter().map(|(_, p)| p.clone()).collect()
    }

    /// Waits until `n` things were told for which `is` holds.
    async fn wait_for(&self, n: usize, is: impl Fn(&Progress) -> bool) {
        let mut receiver = self.0.subscribe();
        let enough =
            |all: &Vec<(GenerationId, Progress)>| all.iter().filter(|(_, p)| is(p)).count() >= n;
        receiver.wait_for(enough).await.unwrap();
    }
}

/// Moves the clock on: what sleeps until then wakes up, and no time is spent.
async fn pass(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by).await;
    tokio::time::resume();
}

/// Lets everything that can go on without a clock do so.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Lets a wait pass that began at or after the arrival of the server's last request, and sees that nothing comes before
/// its end.
async fn wait_out(server: &RawServer, wait: Duration) {
    let asked = server.requests();
    let last = asked.last().unwrap().at;
    let late = last.elapsed();
    let least = wait.saturating_sub(late + Duration::from_millis(1));
    if !least.is_zero() {
        tokio::time::pause();
        tokio::time::advance(least).await;
        settle().await;
        assert_eq!(
            server.requests().len(),
            asked.len(),
            "asked again too early"
        );
        tokio::time::resume();
    }
    pass(late + Duration::from_millis(5)).await;
}

/// Waits for the end of one generation, and lets the clock pass whatever wait it tells. Gives the waits too.
async fn to_the_end(
    running: Running,
    told: &Told,
    server: Option<&RawServer>,
) -> (Generation, Vec<Duration>) {
    let mut done = std::pin::pin!(running.done);
    let mut waits: Vec<Duration> = Vec::new();
    loop {
        let next = told.wait_for(waits.len() + 1, |p| matches!(p, Progress::Waiting { .. }));
        tokio::select! {
            generation = &mut done => return (generation.unwrap(), waits),
            () = next => {}
        }
        let all = told.all();
        let mut told = all.iter().filter_map(|p| match p {
            Progress::Waiting { wait, .. } => Some(*wait),
            _ => None,
        });
        let wait = told.nth(waits.len()).unwrap();
        waits.push(wait);
        match server {
            Some(server) => wait_out(server, wait).await,
            None => pass(wait + Duration::from_millis(5)).await,
        }
    }
}

fn bytes_of(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).unwrap()
}

/// In lower-case hex.
fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: Vec<String> = digest.iter().map(|b| format!("{b:02x}")).collect();
    hex.concat()
}

/// The four pictures of the transcripts, each with what it is.
fn known() -> [(FileFormat, Vec<u8>); 4] {
    [
        (FileFormat::Png, bytes_of(PNG)),
        (FileFormat::Png, bytes_of(PNG2)),
        (FileFormat::Jpeg, bytes_of(JPG)),
        (FileFormat::Webp, bytes_of(WEBP)),
    ]
}

/// A whole answer that names these pictures.
fn naming(urls: &[&str]) -> Script {
    let body = serde_json::json!({
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": "" }, "finish_reason": "stop" }],
        "media": { "outputs": urls },
    });
    answer(200, &[], body.to_string().as_bytes())
}

/// A whole answer with one picture in it.
fn inline() -> Script {
    naming(&[&format!("data:image/png;base64,{PNG}")])
}

/// A gateway whose every answer names a picture at `url`.
async fn gateway(url: &str) -> RawServer {
    let script = naming(&[url]);
    RawServer::saying(script).await
}

/// The body of a call.
fn body(request: &RequestSeen) -> serde_json::Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// The prompt of a call with plain content.
fn prompt_of(request: &RequestSeen) -> String {
    let body = body(request);
    body["messages"][0]["content"].as_str().unwrap().to_owned()
}

/// Whether the bytes of `needle` are in the file.
fn holds(file: &Path, needle: &str) -> bool {
    let bytes = fs::read(file).unwrap();
    memchr::memmem::find(&bytes, needle.as_bytes()).is_some()
}
