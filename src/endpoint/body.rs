//! What is sent: a request written in the gateway's dialect. Knows no gateway by name; the profile is data.

use serde_json::{Map, Value, json};

use crate::domain::{FieldPath, Profile, Request};

/// Writes the JSON body of one generation.
///
/// `references` holds one URL or data URI for each of the request's reference pictures, #1 first. Fields stand in the
/// order `model`, `messages`, ratio and format as the profile places them (its first places first), `stream`.
pub fn build(request: &Request, profile: &Profile, references: &[String]) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(request.model));
    body.insert(
        "messages".to_owned(),
        json!([{ "role": "user", "content": content(request.prompt.sent(), references) }]),
    );
    let ratio = request.ratio.to_string();
    let format = request.format.as_str();
    let places = profile.aspect_ratio.len().max(profile.output_format.len());
    for n in 0..places {
        if let Some(path) = profile.aspect_ratio.get(n) {
            place(&mut body, path, &ratio);
        }
        if let Some(path) = profile.output_format.get(n) {
            place(&mut body, path, format);
        }
    }
    body.insert("stream".to_owned(), json!(profile.stream));
    Value::Object(body)
}

/// The document's two forms: a plain string, or the text part followed by one part for each picture.
fn content(prompt: &str, references: &[String]) -> Value {
    if references.is_empty() {
        return json!(prompt);
    }
    let text = json!({ "type": "text", "text": prompt });
    let pictures = references
        .iter()
        .map(|url| json!({ "type": "image_url", "image_url": { "url": url } }));
    Value::Array(std::iter::once(text).chain(pictures).collect())
}

/// Writes `value` at `path`, making objects on the way; a path through something that is no object is left out.
fn place(body: &mut Map<String, Value>, path: &FieldPath, value: &str) {
    let Some((last, above)) = path.0.split_last() else {
        return;
    };
    let mut at = body;
    for key in above {
        let next = at
            .entry(key.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(next) = next else { return };
        at = next;
    }
    at.entry(last.clone()).or_insert_with(|| json!(value));
}
