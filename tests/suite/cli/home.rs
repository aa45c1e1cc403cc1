//! A home folder of its own for each test, the binary started in it, and what it said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plantain::config::builtin_catalog;
use plantain::demo;
use plantain::domain::{OutputFormat, PixelSize};
use plantain::picture::{Pixels, encode, sniff};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::suite::raw_server::{RawServer, RequestSeen, Script, answer};

pub const BINARY: &str = env!("CARGO_BIN_EXE_plantain");
/// A small model, so that a picture is painted in no time.
pub const MODEL: &str = "NanoBanana2-0.5K";

pub struct Home {
    dir: TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("work")).unwrap();
        Self {
            dir,
            env: Vec::new(),
        }
    }

    /// With a base URL in the environment.
    pub fn at(base_url: &str) -> Self {
        Self::new().set("PLANTAIN_BASE_URL", base_url)
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Where the binary is started.
    pub fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    pub fn library(&self) -> PathBuf {
        self.path().join("Pictures/plantain")
    }

    /// Writes the settings file.
    pub fn configure(&self, text: &str) {
        let folder = self.path().join(".config/plantain");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), text).unwrap();
    }

    /// The variables that a child of this home gets, and no others.
    pub fn variables(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("PATH".to_owned(), std::env::var("PATH").unwrap()),
            ("HOME".to_owned(), self.path().to_str().unwrap().to_owned()),
            ("TZ".to_owned(), "UTC".to_owned()),
        ];
        all.extend(self.env.iter().cloned());
        all
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables())
            .current_dir(self.work())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub async fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().await.unwrap())
    }

    /// The same with `input` on stdin.
    pub async fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may have read enough.
        let _ = stdin.write_all(input).await;
        drop(stdin);
        Ran::of(child.wait_with_output().await.unwrap())
    }

    /// The objects of `plantain history --json`, newest first.
    pub async fn history(&self) -> Vec<Value> {
        self.run(&["history", "--json"]).await.done().objects()
    }

    /// Every file below the home.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }
}

/// How a run ended, and what it said. Nothing that a terminal acts on is ever in it.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: std::process::Output) -> Self {
        let ran = Self {
            code: output.status.code().expect("ended by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        for text in [&ran.out, &ran.err] {
            let acts = |c: char| c != '\n' && c.is_control();
            assert!(!text.contains(acts), "{text:?}");
            assert!(!text.contains("panicked"), "{text}");
        }
        ran
    }

    /// Asserts that it went well.
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Asserts how it failed: the code, nothing on stdout, one line of cause and one of hint, with `words` in them.
    pub fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        let cause = self.err.lines().filter(|l| l.starts_with("plantain: "));
        assert!(cause.count() >= 1, "{self:?}");
        let hints = self.err.lines().filter(|l| l.starts_with("  hint: "));
        assert_eq!(hints.count(), 1, "{self:?}");
        self.says(words)
    }

    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in {self:?}");
        }
        self
    }

    /// stdout's lines as JSON objects.
    pub fn objects(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines.map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    /// stdout's lines as paths; each is there.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.out.lines().map(PathBuf::from).collect()
    }
}

/// A demo endpoint of the test's own that takes no time.
pub async fn quick_demo() -> demo::Server {
    demo::start(demo::Options {
        port: 0,
        delay: Duration::ZERO,
        catalog: builtin_catalog(),
    })
    .await
    .unwrap()
}

/// A small picture; `shade` makes it another one.
pub fn picture(format: OutputFormat, shade: u8) -> Vec<u8> {
    picture_of(PixelSize::new(64, 36), format, shade)
}

/// The same in another size.
pub fn picture_of(size: PixelSize, format: OutputFormat, shade: u8) -> Vec<u8> {
    let rgba = [shade, 128, 200, 255].repeat((size.width * size.height) as usize);
    encode(&Pixels::new(size, rgba).unwrap(), format, 90).unwrap()
}

/// Whether the file at `path` is of that format.
pub fn is(path: &Path, format: &str) -> bool {
    sniff(&fs::read(path).unwrap()).unwrap().as_str() == format
}

/// A gateway that gives a picture of this format, whatever is asked.
pub async fn giving(format: OutputFormat) -> RawServer {
    RawServer::start(move |request| pictures(&[picture(format, request.n as u8)])).await
}

/// A gateway's whole answer with pictures inside.
pub fn pictures(pictures: &[Vec<u8>]) -> Script {
    let images: Vec<Value> = pictures
        .iter()
        .map(|bytes| {
            let mime = if bytes.starts_with(b"\x89PNG") {
                "png"
            } else {
                "jpeg"
            };
            json!({"type": "image_url", "image_url": {
                "url": format!("data:image/{mime};base64,{}", STANDARD.encode(bytes))
            }})
        })
        .collect();
    said(&json!({"role": "assistant", "content": "here", "images": images}))
}

/// A gateway's whole answer with this message.
pub fn said(message: &Value) -> Script {
    let body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    });
    answer(
        200,
        &[("Content-Type", "application/json")],
        body.to_string().as_bytes(),
    )
}

/// A gateway that refuses with a status and OpenAI's error shape.
pub async fn refusing(status: u16, message: &str) -> RawServer {
    let body = json!({"error": {"message": message, "type": "x", "code": null}});
    RawServer::saying(answer(
        status,
        &[("Content-Type", "application/json")],
        body.to_string().as_bytes(),
    ))
    .await
}

/// The JSON body of a request.
pub fn body(request: &RequestSeen) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}
