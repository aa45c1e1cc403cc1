//! One line of the records: what `history --json` prints, and beside it what a rebuild needs and people need not see.

use std::path::{Component, Path};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Clean, FileFormat, Generation, GenerationJson, Picture, PictureJson, PixelSize, Prompt,
    Reference, ReferenceSource, State, StatusJson,
};
use crate::library::rows::{Answer, Asked};

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    json: GenerationJson,
    /// Missing in lines of earlier versions.
    row: Option<Row>,
}

/// What the object does not tell.
#[derive(Serialize, Deserialize)]
struct Row {
    seq: Option<i64>,
    owner: String,
    state: State,
    created_ms: i64,
    request: Asked,
    reply: Answer,
}

/// The line of a generation that `owner` runs, without its line end.
pub(super) fn of(generation: &Generation, owner: &str) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Line {
        json: GenerationJson::from(generation),
        row: Some(Row {
            seq: generation.seq,
            owner: owner.to_owned(),
            state: generation.state,
            created_ms: generation.created_ms,
            request: Asked::of(generation),
            reply: Answer::of(generation),
        }),
    })
}

/// The generation of a line and its owner; `None` when it is no such line.
///
/// Its pictures stand in `folder`, wherever that was when the line was written.
pub(super) fn read(line: &[u8], folder: &Path) -> Option<(Generation, String)> {
    let Line { json, row } = serde_json::from_slice(line).ok()?;
    let id = json.id.parse().ok()?;
    let ids = [id, json.batch.parse().unwrap_or(id)];
    let prompt = Prompt::new(json.prompt).ok()?;
    let parent = json.parent.and_then(|text| text.parse().ok());
    let row = row.unwrap_or_else(|| Row {
        seq: None,
        owner: String::new(),
        state: state(json.status),
        created_ms: json.created.parse().map_or(0, Timestamp::as_millisecond),
        request: Asked {
            model: json.model_asked,
            ratio: json.ratio,
            format: json.format,
            references: json.references.into_iter().map(reference).collect(),
            base_url: None,
        },
        reply: Answer {
            model: json.model_answered.as_deref().map(Clean::line),
            text: Clean::text(&json.text),
            reasoning: Clean::text(&json.reasoning),
            finish_reason: json.finish_reason.as_deref().map(Clean::line),
            usage: json.usage.map(|usage| usage.to_string()),
            elapsed_ms: json.elapsed_ms,
            ..Answer::default()
        },
    });
    let mut generation = row
        .request
        .generation(ids, row.created_ms, prompt, parent, json.demo);
    row.reply.tell(&mut generation);
    generation.seq = row.seq;
    generation.state = row.state;
    generation.notices = json.notices.iter().map(|n| Clean::line(n)).collect();
    generation.failure = json.error;
    generation.pictures = json
        .pictures
        .into_iter()
        .filter_map(|picture| self::picture(picture, folder))
        .filter(|picture| picture.id.generation == id)
        .collect();
    Some((generation, row.owner))
}

const fn state(status: StatusJson) -> State {
    match status {
        StatusJson::Done => State::Saved,
        StatusJson::Refused => State::Refused,
        StatusJson::Failed => State::Failed,
        StatusJson::Cancelled => State::Cancelled,
        StatusJson::Unknown => State::Unknown,
        StatusJson::Running => State::Sent,
    }
}

/// Where the kept copy of a file is, earlier lines do not tell: the file itself is the best guess.
fn reference(given: String) -> Reference {
    let source = if given.starts_with("http://") || given.starts_with("https://") {
        ReferenceSource::Url(given.clone())
    } else {
        ReferenceSource::File(given.clone().into())
    };
    Reference { given, source }
}

fn picture(json: PictureJson, folder: &Path) -> Option<Picture> {
    Some(Picture {
        id: json.id.parse().ok()?,
        path: folder.join(inside(&json.path, folder)?),
        format: FileFormat::from_name(&json.format)?,
        size: json
            .width
            .zip(json.height)
            .map(|(width, height)| PixelSize::new(width, height)),
        bytes: json.bytes,
        sha256: json.sha256,
        url: json.url,
        selected: json.selected,
        converted: json
            .converted
            .iter()
            .filter_map(|path| inside(path, folder))
            .map(|path| folder.join(path))
            .collect(),
    })
}

/// The path from the library's folder. Of one that was elsewhere, month and name: the whole folder was moved.
fn inside<'a>(path: &'a Path, folder: &Path) -> Option<&'a Path> {
    let plain = |path: &Path| path.components().all(|c| matches!(c, Component::Normal(_)));
    if let Ok(relative) = path.strip_prefix(folder)
        && plain(relative)
    {
        return Some(relative);
    }
    let month = path.parent()?.parent()?;
    path.strip_prefix(month)
        .ok()
        .filter(|relative| plain(relative))
}
