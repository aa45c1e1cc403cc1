//! One JSON payload -> what it says, in the order that WIRE §3 gives. Knows the shapes, decides nothing.

use serde_json::Value;

use super::super::error::Complaint;

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
    /// A field where a picture stands.
    Picture { choice: u64, value: &'v Value },
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
    if let Some(model) = text_of(&frame["model"]) {
        items.push(Item::Model(model));
    }
    if frame["usage"].as_object().is_some_and(|u| !u.is_empty()) {
        items.push(Item::Usage(&frame["usage"]));
    }
    if let Some(complaint) = Complaint::of_body(frame) {
        items.push(Item::Error(complaint));
        return;
    }
    let mut last = 0;
    for (n, choice) in list(&frame["choices"]).enumerate() {
        let index = choice["index"].as_u64().unwrap_or(n as u64);
        last = index;
        read_choice(index, choice, items);
    }
    let outputs = list(&frame["media"]["outputs"])
        .chain(list(&frame["data"]))
        .chain(list(&frame["images"]));
    items.extend(outputs.map(|value| Item::Picture {
        choice: last,
        value,
    }));
}

fn read_choice<'v>(index: u64, choice: &'v Value, items: &mut Vec<Item<'v>>) {
    if let Some(complaint) = Complaint::of_error(&choice["error"]) {
        items.push(Item::Error(complaint));
        return;
    }
    let reason = text_of(&choice["finish_reason"]);
    if reason == Some("error") {
        items.push(Item::Error(Complaint::default()));
        return;
    }
    for (key, whole) in [("delta", false), ("message", true)] {
        let said = &choice[key];
        for value in list(&said["images"]) {
            items.push(Item::Picture {
                choice: index,
                value,
            });
        }
        if !said["image"].is_null() {
            items.push(Item::Picture {
                choice: index,
                value: &said["image"],
            });
        }
        read_content(index, &said["content"], whole, items);
        for thoughts in ["reasoning_content", "reasoning"] {
            if let Some(text) = text_of(&said[thoughts]) {
                items.push(Item::Reasoning { text, whole });
                break;
            }
        }
        if let Some(text) = text_of(&said["refusal"]) {
            items.push(Item::Refusal(text));
        }
    }
    if let Some(native) = text_of(&choice["native_finish_reason"]) {
        items.push(Item::Native(native));
    }
    if let Some(reason) = reason {
        items.push(Item::Finish(reason));
    }
}

/// A string, or an array of parts.
fn read_content<'v>(choice: u64, content: &'v Value, whole: bool, items: &mut Vec<Item<'v>>) {
    if let Some(text) = text_of(content) {
        items.push(Item::Content {
            choice,
            text,
            whole,
        });
    }
    // Parts follow one another; only a plain string can repeat what the deltas said.
    for part in list(content) {
        if let Some(text) = text_of(part).or_else(|| text_of(&part["text"])) {
            if part["thought"] == Value::Bool(true) {
                items.push(Item::Reasoning { text, whole: false });
            } else {
                items.push(Item::Content {
                    choice,
                    text,
                    whole: false,
                });
            }
        } else if let Some(text) = text_of(&part["refusal"]) {
            items.push(Item::Refusal(text));
        } else {
            items.push(Item::Picture {
                choice,
                value: part,
            });
        }
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
