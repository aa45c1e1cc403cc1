//! A gateway's complaint out of the JSON that it comes in. Reads shapes; what a complaint means is decided elsewhere.

use serde_json::Value;

/// Where a complaint's words stand, surest first.
const WORDS: [&str; 10] = [
    "message",
    "msg",
    "detail",
    "error_message",
    "error_msg",
    "status_msg",
    "error_description",
    "error",
    "title",
    "reason",
];
/// Where its code stands.
const CODES: [&str; 5] = ["code", "error_code", "status_code", "type", "status"];

/// What a gateway said about a failure, in whatever shape.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::endpoint) struct Complaint {
    /// Its message, as it came.
    pub(in crate::endpoint) words: String,
    /// The field that it is about: `param`, or FastAPI's `loc`.
    pub(in crate::endpoint) param: String,
    /// Its `code`, `type` and `status`, lower case, separated by spaces.
    pub(in crate::endpoint) code: String,
    /// A code that is an HTTP status of failure.
    pub(in crate::endpoint) status: Option<u16>,
}

impl Complaint {
    /// The complaint in a whole body: under `error` or `errors`, in an array, or as `{code, msg}`, `{detail}`,
    /// `{success: false, message}`.
    /// `None` for a body that complains of nothing.
    pub(in crate::endpoint) fn of_body(body: &Value) -> Option<Self> {
        match body {
            Value::Array(items) => items.iter().find_map(Self::of_body),
            Value::Object(fields) => {
                if let Some(found) = fields.get("error").and_then(Self::of_error) {
                    return Some(found.or_words_of(body));
                }
                if let Some(found) = fields.get("errors").and_then(Self::of_error) {
                    return Some(found.or_words_of(body));
                }
                // An answer that holds something is no complaint, whatever codes stand beside it.
                if ["choices", "media", "data", "images", "candidates", "output"]
                    .iter()
                    .any(|key| fields.get(*key).is_some_and(holds_something))
                {
                    return None;
                }
                if is_failing_code(&body["base_resp"]["status_code"]) {
                    return Some(Self::of_fields(&body["base_resp"]));
                }
                let says_no = body["success"] == Value::Bool(false)
                    || ["code", "error_code"]
                        .iter()
                        .any(|key| is_failing_code(&body[key]))
                    || fields.contains_key("detail")
                    || body["object"] == "error"
                    || ["error", "fail", "failed"]
                        .iter()
                        .any(|word| body["status"] == *word);
                says_no.then(|| Self::of_fields(body))
            }
            _ => None,
        }
    }

    /// The complaint in the value of an `error` field; `null`, `false` and empty ones are none.
    pub(in crate::endpoint) fn of_error(error: &Value) -> Option<Self> {
        match error {
            Value::Null | Value::Bool(false) => None,
            Value::String(words) if words.is_empty() => None,
            Value::String(words) => Some(Self {
                words: words.clone(),
                ..Self::default()
            }),
            Value::Array(items) => items.iter().find_map(Self::of_error),
            Value::Object(fields) if fields.is_empty() => None,
            // Some gateways send the object always, and fill it when there is something to say.
            Value::Object(_) => Some(Self::of_fields(error))
                .filter(|c| !c.words.is_empty() || !matches!(c.code.trim(), "" | "0")),
            Value::Bool(true) | Value::Number(_) => Some(Self::default()),
        }
    }

    pub(in crate::endpoint) fn of_fields(fields: &Value) -> Self {
        let words = WORDS
            .iter()
            .find_map(|key| match &fields[*key] {
                Value::String(words) if !words.trim().is_empty() => Some(words.clone()),
                // FastAPI's `detail` is a list of `{msg}`.
                Value::Array(items) => items
                    .iter()
                    .find_map(|i| i["msg"].as_str().map(str::to_owned)),
                _ => None,
            })
            .unwrap_or_default();
        let about = [&fields["param"], &fields["detail"][0]["loc"]];
        let param = about.iter().find_map(|value| match value {
            Value::String(name) => Some(name.clone()),
            Value::Array(path) => path.iter().rev().find_map(Value::as_str).map(str::to_owned),
            _ => None,
        });
        let mut code = String::new();
        let mut status = None;
        for key in CODES {
            let text = match &fields[key] {
                Value::String(text) => text.to_ascii_lowercase(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            status = status.or_else(|| text.parse().ok().filter(|s| (400..600).contains(s)));
            code.push_str(&text);
            code.push(' ');
        }
        Self {
            words,
            param: param.unwrap_or_default(),
            code,
            status,
        }
    }

    fn or_words_of(mut self, body: &Value) -> Self {
        if self.words.is_empty() {
            self.words = Self::of_fields(body).words;
        }
        self
    }

    /// Whether its code or its words hold one of `needles` (lower case).
    pub(in crate::endpoint) fn has(&self, needles: &[&str]) -> bool {
        let words = self.words.to_lowercase();
        needles
            .iter()
            .any(|n| self.code.contains(n) || words.contains(n))
    }
}

fn holds_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn is_failing_code(code: &Value) -> bool {
    match code {
        Value::Number(n) => n.as_i64().is_some_and(|n| n != 0 && n != 200),
        Value::String(s) => !matches!(
            s.to_ascii_lowercase().as_str(),
            "" | "0" | "200" | "ok" | "success"
        ),
        _ => false,
    }
}
