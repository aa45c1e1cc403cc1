//! A gateway with its picture host. What it answers stands in the prompt, what a picture is follows from its name, and at
//! each stage it lets the killer strike.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plantain::domain::{OutputFormat, PixelSize};
use serde_json::{Value, json};

use super::killer::{Killer, Stage};
use crate::suite::cli::home::picture_of;
use crate::suite::raw_server::{Deed, RawServer, RequestSeen, Script, Step, head};

/// How a call is answered; its name stands in the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One picture by its URL.
    Url,
    /// Two by URLs.
    Two,
    /// One inside the answer.
    Inline,
    /// One inside, then one by its URL.
    Mixed,
    /// One by a URL in its text, in markdown.
    Markdown,
    /// One by a URL that is its text.
    Alone,
    /// A URL that breaks off at its first fetch.
    Flaky,
    /// A URL, then the answer breaks off.
    Cut,
    /// Words only.
    Refusal,
    /// HTTP 500.
    Broken,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Url,
        Self::Two,
        Self::Inline,
        Self::Mixed,
        Self::Markdown,
        Self::Alone,
        Self::Flaky,
        Self::Cut,
        Self::Refusal,
        Self::Broken,
    ];

    /// The kind that a prompt asks for.
    pub fn of(prompt: &str) -> Self {
        let name = prompt.split(' ').next().unwrap();
        *Self::ALL.iter().find(|k| k.name() == name).unwrap()
    }

    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// How many pictures a whole answer brings: by URL, and inside.
    pub fn pictures(self) -> (usize, usize) {
        match self {
            Self::Url | Self::Markdown | Self::Alone | Self::Flaky | Self::Cut => (1, 0),
            Self::Two => (2, 0),
            Self::Inline => (0, 1),
            Self::Mixed => (1, 1),
            Self::Refusal | Self::Broken => (0, 0),
        }
    }
}

/// The bytes of the picture of that name; each name has its own.
pub fn bytes_of(name: &str) -> Vec<u8> {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let size = PixelSize::new(
        24 + (seed >> 8) as u32 % 400,
        24 + (seed >> 24) as u32 % 400,
    );
    picture_of(size, OutputFormat::Png, seed as u8)
}

/// The picture inside the answer to a prompt.
pub fn inside(prompt: &str) -> Vec<u8> {
    bytes_of(&format!("inside {prompt}"))
}

/// Starts one, with `killer` at each stage.
pub async fn start(killer: &Arc<Killer>) -> RawServer {
    let killer = Arc::clone(killer);
    let fetched: Mutex<BTreeMap<String, usize>> = Mutex::default();
    RawServer::start(move |request| {
        let here = |stage: Stage| {
            let killer = Arc::clone(&killer);
            Step::Do(Deed(Arc::new(move || killer.at(stage))))
        };
        if request.method == "POST" {
            return call(request, &here);
        }
        let mut fetched = fetched.lock().unwrap();
        let times = fetched.entry(request.path.clone()).or_default();
        *times += 1;
        let breaks = request.path.contains("Flaky") && *times == 1;
        fetch(&request.path, breaks, &here)
    })
    .await
}

fn call(request: &RequestSeen, here: &dyn Fn(Stage) -> Step) -> Script {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let prompt = body["messages"][0]["content"].as_str().unwrap();
    let host = request.header("host").unwrap();
    let url = |n: usize| format!("http://{host}/{}-{n}.png", prompt.replace(' ', "-"));
    let kind = Kind::of(prompt);
    if kind == Kind::Broken {
        return vec![
            here(Stage::Called),
            Step::Bytes(head(500, &[])),
            here(Stage::Answered),
        ];
    }
    let named = |urls: Vec<String>| {
        let data = json!({"choices": [{"index": 0, "delta": {"content": ""}}], "media": {"outputs": urls}});
        format!("data: {data}\n\n")
    };
    let inline = || {
        let uri = format!("data:image/png;base64,{}", STANDARD.encode(inside(prompt)));
        let data =
            json!({"choices": [{"index": 0, "delta": {"images": [{"image_url": {"url": uri}}]}}]});
        format!("data: {data}\n\n")
    };
    let said = |text: String| {
        let data = json!({"choices": [{"index": 0, "delta": {"content": text}}]});
        format!("data: {data}\n\n")
    };
    let pictures = match kind {
        Kind::Markdown => said(format!("Here it is:\n![cat]({})", url(1))),
        // Without the end of a picture's name.
        Kind::Alone => said(url(1).replace(".png", "")),
        Kind::Url | Kind::Flaky | Kind::Cut => named(vec![url(1)]),
        Kind::Two => named(vec![url(1), url(2)]),
        Kind::Inline => inline(),
        Kind::Mixed => inline() + &named(vec![url(1)]),
        Kind::Refusal | Kind::Broken => said("I cannot draw that.".to_owned()),
    };
    let (first, second) = pictures.as_bytes().split_at(pictures.len() / 2);
    let mut script = vec![
        here(Stage::Called),
        Step::Bytes(head(200, &[("Content-Type", "text/event-stream")])),
        Step::Bytes(first.to_vec()),
        here(Stage::Answering),
        Step::Bytes(second.to_vec()),
        here(Stage::Named),
    ];
    if kind == Kind::Cut {
        script.push(Step::Reset);
        return script;
    }
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let end = format!("data: {end}\n\ndata: [DONE]\n\n");
    script.extend([Step::Bytes(end.into_bytes()), here(Stage::Answered)]);
    script
}

fn fetch(path: &str, breaks: bool, here: &dyn Fn(Stage) -> Step) -> Script {
    let bytes = bytes_of(path);
    let length = bytes.len().to_string();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut script = vec![
        here(Stage::Asked),
        Step::Bytes(head(200, &[("Content-Length", &length)])),
        Step::Bytes(first.to_vec()),
        here(Stage::Half),
    ];
    if breaks {
        script.push(Step::Reset);
        return script;
    }
    script.extend([Step::Bytes(second.to_vec()), here(Stage::Whole)]);
    script
}
