//! A gateway's complaint -> `Failure`: its own words, cleaned, under a cause and a next step. Never HTML, JSON or a key.
//!
//! Shapes read here: OpenAI's `{error:{message,type,code}}`, a bare string, Google's array of errors, `{code,msg}`,
//! `{detail}`, and web pages. RELIABILITY §2 decides what may have been billed.

use serde_json::Value;

use super::framing::{Chunk, Framing};
use super::reply::without_secrets;
use super::words;
use crate::domain::{Clean, Failure, FailureKind};

/// Most of a gateway's words that a message repeats, bytes.
const MAX_WORDS: usize = 400;

/// The profile's fields that a strict gateway may not know (WIRE §6).
const DOCUMENTED_FIELDS: [&str; 3] = ["--aspect_ratio", "--output_format", "output_format"];

/// What a gateway said about a failure, in whatever shape.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Complaint {
    /// Its message, as it came.
    pub(super) words: String,
    /// Its `code`, `type` and `status`, lower case, separated by spaces.
    pub(super) code: String,
    /// A code that is an HTTP status of failure.
    pub(super) status: Option<u16>,
}

/// The failure that an answer with a failing status stands for.
pub fn failure_of(status: u16, body: &[u8]) -> Failure {
    match read(body) {
        Body::Complaint(complaint) => classify(status, &complaint),
        Body::Page(title) => page(status, title.as_ref()),
        Body::Other => classify(status, &Complaint::default()),
    }
}

/// Whether a 400 names a field that only the documented profile sends: the one refusal after which the request may be
/// written anew and sent again, since nothing was generated (WIRE §6).
pub fn names_a_documented_field(status: u16, body: &[u8]) -> bool {
    status == 400
        && DOCUMENTED_FIELDS
            .iter()
            .any(|field| memchr::memmem::find(body, field.as_bytes()).is_some())
}

enum Body {
    Complaint(Complaint),
    Page(Option<Clean>),
    Other,
}

/// Reads a failing answer's body, framed or not.
fn read(body: &[u8]) -> Body {
    let mut framing = Framing::new();
    let mut chunks = framing.push(body).unwrap_or_default();
    chunks.extend(framing.finish());
    for chunk in chunks {
        match chunk {
            Chunk::Page(page) => return Body::Page(title(&page)),
            Chunk::Payload(payload) => {
                if let Ok(value) = serde_json::from_slice(&payload.json)
                    && let Some(complaint) = Complaint::of_body(&value).or_else(|| {
                        // Beside a failing status any words are a complaint.
                        Some(Complaint::of_fields(&value)).filter(|c| !c.words.is_empty())
                    })
                {
                    return Body::Complaint(complaint);
                }
            }
            Chunk::Done | Chunk::Noise => {}
        }
    }
    // A line of plain words, as proxies write them ("error code: 524").
    match std::str::from_utf8(body) {
        Ok(text) if !text.trim().is_empty() && !text.contains(['{', '<']) => {
            Body::Complaint(Complaint {
                words: text.trim().to_owned(),
                ..Complaint::default()
            })
        }
        _ => Body::Other,
    }
}

impl Complaint {
    /// The complaint in a whole body: under `error` or `errors`, in an array, or as `{code, msg}`, `{detail}`,
    /// `{success: false, message}`.
    /// `None` for a body that complains of nothing.
    pub(super) fn of_body(body: &Value) -> Option<Self> {
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
                let says_no = fields
                    .get("success")
                    .is_some_and(|v| v == &Value::Bool(false))
                    || fields.get("code").is_some_and(is_failing_code)
                    || fields.contains_key("detail");
                says_no.then(|| Self::of_fields(body))
            }
            _ => None,
        }
    }

    /// The complaint in the value of an `error` field; `null`, `false` and empty ones are none.
    pub(super) fn of_error(error: &Value) -> Option<Self> {
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

    fn of_fields(fields: &Value) -> Self {
        let words = ["message", "msg", "detail", "error_message", "error"]
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
        let mut code = String::new();
        let mut status = None;
        for key in ["code", "type", "status"] {
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
    fn has(&self, needles: &[&str]) -> bool {
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

/// The failure of a complaint that came with HTTP status `status` (its own code counts where the status is 200).
pub(super) fn classify(status: u16, complaint: &Complaint) -> Failure {
    let real = if status < 400 {
        complaint.status.unwrap_or(status)
    } else {
        status
    };
    let blocked = complaint.has(&[
        "prompt_blocked",
        "prohibited_content",
        "content_policy",
        "content_filter",
        "content policy",
        "moderation",
        "blocked by safety",
        "safety_violation",
        "image_safety",
    ]);
    // Google calls its rate limit a quota too, so "quota" alone says nothing.
    let broke = complaint.has(&[
        "insufficient_quota",
        "insufficient_user_quota",
        "insufficient quota",
        "insufficient balance",
        "insufficient credit",
        "insufficient_credit",
        "insufficient_balance",
        "余额不足",
        "额度不足",
        "额度已用尽",
    ]);
    let failure = match real {
        _ if blocked && real < 500 => {
            say(FailureKind::Refused, "the prompt was refused", complaint)
                .hint(words::CHANGE_PROMPT)
        }
        402 => no_credit(complaint),
        _ if broke && real < 500 => no_credit(complaint),
        401 => say(FailureKind::Auth, "the key was refused", complaint).hint(words::CHECK_KEY),
        403 => say(FailureKind::Auth, "access was denied", complaint).hint(words::CHECK_ACCESS),
        404 => say(FailureKind::BadRequest, "not found", complaint).hint(words::UNKNOWN_MODEL),
        408 => say(
            FailureKind::Timeout,
            "the gateway gave up waiting",
            complaint,
        ),
        413 => say(
            FailureKind::BadRequest,
            "the request is too large",
            complaint,
        )
        .hint(words::SMALLER),
        429 => say(FailureKind::RateLimited, "too many requests", complaint).hint(words::SLOW_DOWN),
        300..400 => say(
            FailureKind::NotTheEndpoint,
            &format!("the address sends us elsewhere (HTTP {real})"),
            complaint,
        )
        .hint(words::CHECK_BASE_URL),
        400..500 => say(
            FailureKind::BadRequest,
            "the gateway did not accept the request",
            complaint,
        )
        .hint(
            if complaint.has(&["model_not_found", "no available channel", "unknown model"]) {
                words::UNKNOWN_MODEL
            } else if complaint.has(&["image_url", "base64", "data uri", "data url"]) {
                words::PUBLIC_URL
            } else {
                words::CHANGE_FIELDS
            },
        ),
        504 | 524 => say(
            FailureKind::Timeout,
            &format!("the gateway's own time ran out (HTTP {real})"),
            complaint,
        )
        .hint(words::REPEAT_MAY_BILL)
        .billed(),
        500..600 => say(
            FailureKind::Gateway,
            &format!("the gateway failed (HTTP {real})"),
            complaint,
        )
        .hint(words::REPEAT_MAY_BILL)
        .billed(),
        _ => say(
            FailureKind::Gateway,
            "the gateway reported an error",
            complaint,
        )
        .hint(words::REPEAT_MAY_BILL)
        .billed(),
    };
    // At status 200 the work had begun, whatever is said later.
    if status < 300 && matches!(failure.kind, FailureKind::Refused) {
        return failure.billed();
    }
    failure
}

fn no_credit(complaint: &Complaint) -> Failure {
    say(
        FailureKind::Quota,
        "the account has no credit left",
        complaint,
    )
    .hint(words::TOP_UP)
}

fn say(kind: FailureKind, cause: &str, complaint: &Complaint) -> Failure {
    let said = readable(&complaint.words);
    if said.is_empty() {
        Failure::new(kind, cause)
    } else {
        Failure::new(kind, format!("{cause}: {said}"))
    }
}

/// The failure of a web page where an answer was expected.
pub(super) fn page(status: u16, title: Option<&Clean>) -> Failure {
    // A proxy's page beside a status that says it all. 403 to 405 and 501 are what a plain web server answers to a POST.
    if status >= 400 && !matches!(status, 403..=405 | 501) {
        let complaint = Complaint {
            words: title.map(ToString::to_string).unwrap_or_default(),
            ..Complaint::default()
        };
        return classify(status, &complaint);
    }
    let named = title.map_or_else(String::new, |t| format!(" \"{t}\""));
    let cause = if status < 400 {
        format!("the address answered with a web page{named}, not with a picture")
    } else {
        format!("the address answered with a web page{named} (HTTP {status})")
    };
    Failure::new(FailureKind::NotTheEndpoint, cause).hint(words::CHECK_BASE_URL)
}

/// The title of a page, cleaned; all of it that is ever shown.
pub(super) fn title(page: &[u8]) -> Option<Clean> {
    let text = String::from_utf8_lossy(page);
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find('<')?;
    let title = Clean::line(text.get(start..end)?.trim()).truncated(120);
    (!title.is_empty()).then_some(title)
}

fn one_line(text: &str) -> Clean {
    Clean::line(without_secrets(text).as_str()).truncated(MAX_WORDS)
}

/// A gateway's words without the JSON and HTML that gateways quote from each other.
fn readable(text: &str) -> Clean {
    let mut text = text.trim();
    if let Some(open) = text.find('{') {
        let nested = serde_json::Deserializer::from_str(&text[open..])
            .into_iter::<Value>()
            .next()
            .and_then(Result::ok)
            .map(|value| {
                Complaint::of_body(&value).unwrap_or_else(|| Complaint::of_fields(&value))
            });
        if let Some(complaint) = nested {
            let inner = complaint.words;
            let before = text[..open].trim_end_matches([' ', ':', '[', '-', ',']);
            let both = if inner.is_empty() || inner.contains('{') {
                before.to_owned()
            } else if before.is_empty() {
                inner
            } else {
                format!("{before}: {inner}")
            };
            return one_line(&both);
        }
        if text[open..].starts_with("{\"") {
            text = text[..open].trim_end();
        }
    }
    if let Some(open) = text.find('<')
        && text[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '/')
    {
        text = text[..open].trim_end();
    }
    one_line(text)
}
