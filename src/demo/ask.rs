//! What a request asks for: reads the documented body, pure. It fetches and paints nothing.
//!
//! The ratio and the format may stand in three places: at the root under the names of the document's table, in
//! `extra_body` as in its examples, and in `google` at the root, where OpenAI's SDKs merge `extra_body`.

use axum::http::StatusCode;
use serde_json::Value;

use super::rejected::Rejected;
use crate::domain::{AspectRatio, Catalog, OutputFormat, PixelSize};

/// A request that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    /// As asked; the answer repeats it.
    pub model: String,
    /// What the model's tier and the ratio make, in px.
    pub size: PixelSize,
    pub format: OutputFormat,
    /// The text parts of the last user message.
    pub prompt: String,
    /// Its picture parts: http(s) URLs and data URIs, not yet looked at.
    pub references: Vec<String>,
    pub stream: bool,
}

impl Ask {
    /// Reads a body; fields that it does not know are ignored.
    pub fn read(body: &[u8], catalog: &Catalog) -> Result<Self, Rejected> {
        let whole =
            |message: String| Rejected::request(StatusCode::BAD_REQUEST, "invalid_json", message);
        let root: Value = serde_json::from_slice(body)
            .map_err(|e| whole(format!("the body is not valid JSON: {e}")))?;
        if !root.is_object() {
            return Err(whole("the body is not a JSON object".to_owned()));
        }

        let model = model(&root, catalog)?;
        let ratio = setting(&root, "aspect_ratio", |text| {
            let known = catalog.ratios.iter().map(|(ratio, _)| *ratio);
            one_of(known, text, AspectRatio::to_string)
        })?
        .unwrap_or(AspectRatio::SQUARE);
        let format = setting(&root, "output_format", |text| {
            one_of(catalog.formats.iter().copied(), text, |format| {
                format.to_string()
            })
        })?
        .unwrap_or(OutputFormat::Jpeg);
        let size = catalog.pixels(&model, ratio).ok_or_else(|| {
            Rejected::field(
                "--aspect_ratio",
                "unsupported_value",
                format!("no size is known for {ratio}"),
            )
        })?;
        let stream = match root.get("stream") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(stream)) => *stream,
            Some(_) => {
                return Err(Rejected::field(
                    "stream",
                    "invalid_type",
                    "stream is true or false",
                ));
            }
        };
        let (prompt, references) = last_message(&root)?;
        Ok(Self {
            model,
            size,
            format,
            prompt,
            references,
            stream,
        })
    }
}

fn model(root: &Value, catalog: &Catalog) -> Result<String, Rejected> {
    let name = match root.get("model") {
        None | Some(Value::Null) => {
            return Err(Rejected::field(
                "model",
                "missing_required_parameter",
                "model is missing",
            ));
        }
        Some(Value::String(name)) => name,
        Some(_) => {
            return Err(Rejected::field(
                "model",
                "invalid_type",
                "model is a string",
            ));
        }
    };
    if catalog.model(name).is_none() {
        let known: Vec<&str> = catalog.models.iter().map(|m| m.name.as_str()).collect();
        return Err(Rejected::field(
            "model",
            "model_not_found",
            format!("unknown model {name:?}; known are {}", known.join(", ")),
        ));
    }
    Ok(name.clone())
}

/// Reads a setting from its three places, which must agree.
fn setting<T: Copy + PartialEq>(
    root: &Value,
    name: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Rejected> {
    let table = format!("--{name}");
    let places: [&[&str]; 3] = [
        &[&table],
        &["extra_body", "google", "image_config", name],
        &["google", "image_config", name],
    ];
    let mut found: Option<(String, &str, T)> = None;
    for place in places {
        let field = place.join(".");
        let Some(value) = at(root, place)? else {
            continue;
        };
        let text = value.as_str().ok_or_else(|| {
            Rejected::field(&field, "invalid_type", format!("{field} is a string"))
        })?;
        let value = read(text).map_err(|known| {
            Rejected::field(
                &field,
                "unsupported_value",
                format!("unknown {name} {text:?} in {field}; known are {known}"),
            )
        })?;
        match &found {
            Some((other, was, first)) if *first != value => {
                return Err(Rejected::field(
                    &field,
                    "conflicting_values",
                    format!("{other} says {was} and {field} says {text}"),
                ));
            }
            Some(_) => {}
            None => found = Some((field, text, value)),
        }
    }
    Ok(found.map(|(_, _, value)| value))
}

/// The value at a path; nothing where it is absent or null, an error where something on the way is no object.
fn at<'a>(root: &'a Value, path: &[&str]) -> Result<Option<&'a Value>, Rejected> {
    let mut value = root;
    for (depth, key) in path.iter().enumerate() {
        let Value::Object(fields) = value else {
            let field = path[..depth].join(".");
            let message = format!("{field} is an object");
            return Err(Rejected::field(field, "invalid_type", message));
        };
        value = match fields.get(*key) {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value,
        };
    }
    Ok(Some(value))
}

/// The value that is spelt exactly like `text`, else the list of those that there are.
fn one_of<T: Copy>(
    known: impl Iterator<Item = T> + Clone,
    text: &str,
    spell: impl Fn(&T) -> String,
) -> Result<T, String> {
    known
        .clone()
        .find(|value| spell(value) == text)
        .ok_or_else(|| known.map(|v| spell(&v)).collect::<Vec<_>>().join(", "))
}

/// Text and pictures of the last message whose role is `user`.
fn last_message(root: &Value) -> Result<(String, Vec<String>), Rejected> {
    let wrong = |code, message: &str| Rejected::field("messages", code, message);
    let messages = match root.get("messages") {
        None | Some(Value::Null) => {
            return Err(wrong("missing_required_parameter", "messages is missing"));
        }
        Some(Value::Array(messages)) if messages.is_empty() => {
            return Err(wrong("empty_array", "messages is empty"));
        }
        Some(Value::Array(messages)) => messages,
        Some(_) => return Err(wrong("invalid_type", "messages is an array")),
    };
    let message = messages
        .iter()
        .rfind(|m| m["role"] == "user")
        .ok_or_else(|| {
            wrong(
                "invalid_value",
                "messages holds no message of the role user",
            )
        })?;
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    match &message["content"] {
        Value::String(text) => texts.push(text.as_str()),
        Value::Array(parts) => {
            for part in parts {
                let (list, value) = match part["type"].as_str() {
                    Some("text") => (&mut texts, &part["text"]),
                    Some("image_url") => (&mut pictures, &part["image_url"]["url"]),
                    _ => {
                        return Err(wrong(
                            "invalid_value",
                            "a part of messages has a type that is neither text nor image_url",
                        ));
                    }
                };
                list.push(value.as_str().ok_or_else(|| {
                    wrong(
                        "invalid_type",
                        "a part of messages holds neither text nor image_url.url",
                    )
                })?);
            }
        }
        _ => {
            return Err(wrong(
                "invalid_type",
                "content in messages is a string or an array of parts",
            ));
        }
    }
    let prompt = texts.join("\n");
    if prompt.trim().is_empty() {
        return Err(wrong(
            "invalid_value",
            "the last user message holds no text",
        ));
    }
    Ok((prompt, pictures.into_iter().map(str::to_owned).collect()))
}
