//! The JSON object of one generation, as `generate --json`, `history --json` and `records.jsonl` hold it.
//!
//! Fields may be added; those that stand here stay.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{AspectRatio, Failure, Generation, OutputFormat, Picture, State};

/// What `status` may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusJson {
    /// At least one picture is on disk.
    Done,
    /// Words instead of a picture.
    Refused,
    /// It failed.
    Failed,
    /// The user stopped it.
    Cancelled,
    /// Its process died after sending.
    Unknown,
    /// In work.
    Running,
}

impl StatusJson {
    /// The status of a generation.
    pub fn of(generation: &Generation) -> Self {
        match generation.state {
            State::Saved => Self::Done,
            State::Refused => Self::Refused,
            State::Failed => Self::Failed,
            State::Cancelled => Self::Cancelled,
            State::Unknown => Self::Unknown,
            State::Prepared | State::Sent | State::Answered if generation.owner_alive => {
                Self::Running
            }
            State::Prepared => Self::Cancelled,
            State::Sent | State::Answered => Self::Unknown,
        }
    }

    /// As people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
            Self::Running => "running",
        }
    }
}

/// One picture in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureJson {
    /// `ID.N`
    pub id: String,
    /// Absolute.
    #[serde(serialize_with = "as_text")]
    pub path: PathBuf,
    /// By magic bytes.
    pub format: String,
    /// px; null when it cannot be decoded.
    pub width: Option<u32>,
    /// px
    pub height: Option<u32>,
    /// Length of the file.
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Where it came from; null when inline.
    pub url: Option<String>,
    /// Whether it stands for its generation.
    #[serde(default)]
    pub selected: bool,
    /// The same picture in other formats: files beside `path`, absolute.
    #[serde(default, serialize_with = "as_texts")]
    pub converted: Vec<PathBuf>,
}

/// JSON is text; of a path that is none, what can be read of it.
fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

fn as_texts<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(paths.iter().map(|path| path.to_string_lossy()))
}

impl From<&Picture> for PictureJson {
    fn from(picture: &Picture) -> Self {
        Self {
            id: picture.id.to_string(),
            path: picture.path.clone(),
            format: picture.format.as_str().to_owned(),
            width: picture.size.map(|s| s.width),
            height: picture.size.map(|s| s.height),
            bytes: picture.bytes,
            sha256: picture.sha256.clone(),
            url: picture.url.clone(),
            selected: picture.selected,
            converted: picture.converted.clone(),
        }
    }
}

/// One generation in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerationJson {
    /// UUID
    pub id: String,
    /// UUID of the first of its batch.
    pub batch: String,
    /// RFC 3339, UTC.
    pub created: String,
    /// Where it stands.
    pub status: StatusJson,
    /// As typed.
    pub prompt: String,
    /// As asked.
    pub model_asked: String,
    /// As the answer names it.
    pub model_answered: Option<String>,
    /// As asked.
    pub ratio: AspectRatio,
    /// As asked.
    pub format: OutputFormat,
    /// As given.
    pub references: Vec<String>,
    /// `ID.N` of the picture that this one edits.
    pub parent: Option<String>,
    /// The answer's words.
    pub text: String,
    /// The model's thoughts.
    #[serde(default)]
    pub reasoning: String,
    /// Saved pictures.
    pub pictures: Vec<PictureJson>,
    /// What the user should know.
    pub notices: Vec<String>,
    /// Why it ended badly.
    pub error: Option<Failure>,
    /// Why the answer ended, in the gateway's word.
    #[serde(default)]
    pub finish_reason: Option<String>,
    /// The answer's usage object as it came, with its `cost` where the gateway gives one.
    #[serde(default)]
    pub usage: Option<Value>,
    /// From the request to the end.
    pub elapsed_ms: Option<u64>,
    /// Whether the embedded endpoint made it.
    pub demo: bool,
}

impl From<&Generation> for GenerationJson {
    fn from(generation: &Generation) -> Self {
        let request = &generation.request;
        Self {
            id: generation.id.to_string(),
            batch: generation.batch.to_string(),
            created: jiff::Timestamp::from_millisecond(generation.created_ms)
                .unwrap_or_default()
                .to_string(),
            status: StatusJson::of(generation),
            prompt: request.prompt.typed().to_owned(),
            model_asked: request.model.clone(),
            model_answered: generation
                .model_answered
                .as_ref()
                .map(|m| m.as_str().to_owned()),
            ratio: request.ratio,
            format: request.format,
            references: request.references.iter().map(|r| r.given.clone()).collect(),
            parent: request.parent.map(|p| p.to_string()),
            text: generation.text.as_str().to_owned(),
            reasoning: generation.reasoning.as_str().to_owned(),
            pictures: generation.pictures.iter().map(PictureJson::from).collect(),
            notices: generation
                .notices
                .iter()
                .map(|n| n.as_str().to_owned())
                .collect(),
            error: generation.failure.clone(),
            finish_reason: generation
                .finish_reason
                .as_ref()
                .map(|r| r.as_str().to_owned()),
            usage: generation
                .usage
                .as_deref()
                .and_then(|usage| serde_json::from_str(usage).ok()),
            elapsed_ms: generation.elapsed_ms,
            demo: generation.demo,
        }
    }
}
