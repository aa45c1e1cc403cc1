//! What is sent: a request written in the gateway's dialect. Knows no gateway by name; the profile is data.

use serde_json::{Map, Value, json};

use crate::domain::{FieldPath, Profile, Request, Tier};

/// Writes the JSON body of one generation.
///
/// `tier` is the size that the model's name promises, if any. `references` holds one URL or data URI for each of the
/// request's reference pictures, #1 first. Fields stand in the order `model`, `messages`, the profile's constants, ratio,
/// format and size as the profile places them (its first places first), `stream`.
pub fn build(
    request: &Request,
    profile: &Profile,
    tier: Option<Tier>,
    references: &[String],
) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(request.model));
    body.insert(
        "messages".to_owned(),
        json!([{ "role": "user", "content": content(request.prompt.sent(), references) }]),
    );
    for constant in &profile.constants {
        place(&mut body, &constant.at, &constant.value);
    }
    let values = [
        (
            &profile.aspect_ratio,
            Some(json!(request.ratio.to_string())),
        ),
        (&profile.output_format, Some(json!(request.format.as_str()))),
        (
            &profile.image_size,
            tier.map(|tier| json!(profile.size(tier))),
        ),
    ];
    let places = values.iter().map(|(paths, _)| paths.len()).max();
    for n in 0..places.unwrap_or(0) {
        for (paths, value) in &values {
            if let (Some(path), Some(value)) = (paths.get(n), value) {
                place(&mut body, path, value);
            }
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
fn place(body: &mut Map<String, Value>, path: &FieldPath, value: &Value) {
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
    at.entry(last.clone()).or_insert_with(|| value.clone());
}
