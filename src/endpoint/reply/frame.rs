//! One JSON payload -> what it says, in the order that WIRE §3 gives. Knows the shapes, decides nothing.
//!
//! Liberal in where a picture may stand: each key below was seen in some gateway's answer. What counts as one is `inline`'s.

use serde_json::Value;

use super::super::error::Complaint;

/// Where pictures stand beside a text: a list, one object or a plain string.
const PICTURES: [&str; 14] = [
    "images",
    "image",
    "image_url",
    "imageUrl",
    "image_urls",
    "imageUrls",
    "output_images",
    "outputs",
    "attachments",
    "multi_mod_content",
    "multiModContent",
    "content_blocks",
    "b64_json",
    "b64Json",
];
/// Where they stand in the root of a payload, beside those.
const ROOT_PICTURES: [&str; 3] = ["media", "data", "results"];
/// Where they stand in a call of a tool, whose arguments are text of their own.
const TOOL_PICTURES: [&str; 2] = ["result", "output"];
/// What a gateway may put around the whole answer once more.
const WRAPPERS: [&str; 3] = ["response", "data", "result"];

/// One thing that a payload says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item<'v> {
    /// The model's name.
    Model(&'v str),
    /// Text of choice `choice`; `whole` when it is all of the text and no delta.
    Content {
        choice: u64,
        text: &'v str,
        whole: bool,
    },
    /// Text of the model's thoughts.
    Reasoning { text: &'v str, whole: bool },
    /// A field where a picture stands; a `draft` stands among the thoughts.
    Picture {
        choice: u64,
        value: &'v Value,
        draft: bool,
    },
    /// What a tool is called with.
    Arguments(&'v str),
    /// Words with which the model declines.
    Refusal(&'v str),
    /// Why a choice ended.
    Finish(&'v str),
    /// The same in the words of the gateway's upstream.
    Native(&'v str),
    /// The usage object.
    Usage(&'v Value),
    /// An error; the choices of its payload are not read.
    Error(Complaint),
}

/// Reads one payload. An array is read as several.
pub(super) fn read(payload: &Value) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    match payload {
        Value::Array(frames) => {
            for frame in frames {
                items.extend(read(frame));
            }
        }
        Value::Object(_) => read_frame(payload, &mut items),
        _ => {}
    }
    items
}

fn read_frame<'v>(frame: &'v Value, items: &mut Vec<Item<'v>>) {
    if let Some(model) = text_of(either(frame, "model", "modelVersion")) {
        items.push(Item::Model(model));
    }
    let usage = either(frame, "usage", "usageMetadata");
    if usage.as_object().is_some_and(|u| !u.is_empty()) {
        items.push(Item::Usage(usage));
    }
    if let Some(complaint) = Complaint::of_body(frame) {
        items.push(Item::Error(complaint));
        return;
    }
    for inner in WRAPPERS.iter().map(|key| &frame[key]) {
        let is_answer = ["choices", "output", "candidates"]
            .iter()
            .any(|key| !inner[key].is_null());
        if inner.is_object() && is_answer {
            read_frame(inner, items);
        }
    }
    let mut last = 0;
    for (n, choice) in list(&frame["choices"]).enumerate() {
        let index = choice["index"].as_u64().unwrap_or(n as u64);
        last = index;
        read_choice(index, choice, items);
    }
    for (n, candidate) in list(&frame["candidates"]).enumerate() {
        last = candidate["index"].as_u64().unwrap_or(n as u64);
        read_content(last, &candidate["content"], false, items);
        items.extend(text_of(either(candidate, "finish_reason", "finishReason")).map(Item::Finish));
    }
    let feedback = either(frame, "prompt_feedback", "promptFeedback");
    if let Some(blocked) = text_of(either(feedback, "block_reason", "blockReason")) {
        items.extend([Item::Native(blocked), Item::Finish("content_filter")]);
    }
    read_output(last, &frame["output"], items);
    for key in ROOT_PICTURES {
        read_pictures(last, &frame[key], items);
        // `media.outputs`, `data.images`.
        read_fields(last, &frame[key], items);
    }
    read_fields(last, frame, items);
}

fn read_choice<'v>(index: u64, choice: &'v Value, items: &mut Vec<Item<'v>>) {
    if let Some(complaint) = Complaint::of_error(&choice["error"]) {
        items.push(Item::Error(complaint));
        return;
    }
    let reason = text_of(either(choice, "finish_reason", "finishReason"));
    if reason == Some("error") {
        items.push(Item::Error(Complaint::default()));
        return;
    }
    for (key, whole) in [("delta", false), ("message", true)] {
        let said = &choice[key];
        read_fields(index, said, items);
        read_content(index, &said["content"], whole, items);
        for thoughts in ["reasoning_content", "reasoningContent", "reasoning"] {
            if let Some(text) = text_of(&said[thoughts]) {
                items.push(Item::Reasoning { text, whole });
                break;
            }
        }
        for call in list(either(said, "tool_calls", "toolCalls")) {
            read_call(index, call, items);
        }
        if let Some(text) = text_of(&said["refusal"]) {
            items.push(Item::Refusal(text));
        }
    }
    read_fields(index, choice, items);
    if let Some(text) = text_of(&choice["text"]) {
        items.push(Item::Content {
            choice: index,
            text,
            whole: false,
        });
    }
    let native = either(choice, "native_finish_reason", "nativeFinishReason");
    if let Some(native) = text_of(native) {
        items.push(Item::Native(native));
    }
    if let Some(reason) = reason {
        items.push(Item::Finish(reason));
    }
}

/// The `output` of the responses format: messages, pictures that a tool made, or just pictures.
fn read_output<'v>(choice: u64, output: &'v Value, items: &mut Vec<Item<'v>>) {
    if !output.is_array() {
        read_pictures(choice, output, items);
        return;
    }
    for item in list(output) {
        if item["content"].is_null() {
            read_call(choice, item, items);
            read_pictures(choice, item, items);
        } else {
            read_content(choice, &item["content"], false, items);
        }
    }
}

fn read_call<'v>(choice: u64, call: &'v Value, items: &mut Vec<Item<'v>>) {
    for part in [call, &call["function"]] {
        for key in TOOL_PICTURES {
            read_pictures(choice, &part[key], items);
        }
        read_fields(choice, part, items);
        items.extend(text_of(&part["arguments"]).map(Item::Arguments));
    }
}

/// A string, an array of parts, or one part.
fn read_content<'v>(choice: u64, content: &'v Value, whole: bool, items: &mut Vec<Item<'v>>) {
    match content {
        Value::String(text) if !text.is_empty() => items.push(Item::Content {
            choice,
            text,
            whole,
        }),
        // Parts follow one another; only a plain string can repeat what the deltas said.
        Value::Array(parts) => {
            for part in parts {
                read_part(choice, part, items);
            }
        }
        Value::Object(fields) => match fields.get("parts") {
            Some(parts) => read_content(choice, parts, false, items),
            None => read_part(choice, content, items),
        },
        _ => {}
    }
}

fn read_part<'v>(choice: u64, part: &'v Value, items: &mut Vec<Item<'v>>) {
    let draft = part["thought"] == Value::Bool(true);
    let text = text_of(part)
        .or_else(|| text_of(&part["text"]))
        .or_else(|| text_of(&part["text"]["value"]));
    if let Some(text) = text {
        items.push(if draft {
            Item::Reasoning { text, whole: false }
        } else {
            Item::Content {
                choice,
                text,
                whole: false,
            }
        });
    }
    items.extend(text_of(&part["thinking"]).map(|text| Item::Reasoning { text, whole: false }));
    items.extend(text_of(&part["refusal"]).map(Item::Refusal));
    if part.is_object() {
        items.push(Item::Picture {
            choice,
            value: part,
            draft,
        });
    }
}

/// The pictures in the fields of an object that are made for them.
fn read_fields<'v>(choice: u64, object: &'v Value, items: &mut Vec<Item<'v>>) {
    if object.is_object() {
        for key in PICTURES {
            read_pictures(choice, &object[key], items);
        }
    }
}

/// One picture, or a list of them.
fn read_pictures<'v>(choice: u64, value: &'v Value, items: &mut Vec<Item<'v>>) {
    let one = (!value.is_array() && !value.is_null()).then_some(value);
    items.extend(list(value).chain(one).map(|value| Item::Picture {
        choice,
        value,
        draft: false,
    }));
}

/// A field under either of its names.
fn either<'v>(object: &'v Value, snake: &str, camel: &str) -> &'v Value {
    let value = &object[snake];
    if value.is_null() {
        &object[camel]
    } else {
        value
    }
}

/// The items of an array; nothing for anything else.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A string that is not empty.
fn text_of(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}
