//! A gateway's complaint -> `Failure`: its own words, cleaned, under a cause and a next step. Never HTML, JSON or a key.
//!
//! Shapes read here: OpenAI's `{error:{message,type,code}}`, a bare string, Google's array of errors, `{code,msg}`,
//! `{detail}`, and web pages. RELIABILITY §2 decides what may have been billed.

mod complaint;
mod readable;

use super::framing::{Chunk, Framing};
use super::words;
use crate::domain::{Clean, Failure, FailureKind};

pub(super) use self::complaint::Complaint;
pub(super) use self::readable::{readable, title};

/// The profile's fields that a strict gateway may not know (WIRE §6).
const DOCUMENTED_FIELDS: [&str; 3] = ["--aspect_ratio", "--output_format", "output_format"];

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
    // Not in all of the body: what echoes the request names its fields too.
    status == 400
        && matches!(read(body), Body::Complaint(complaint) if DOCUMENTED_FIELDS
            .iter()
            .any(|field| complaint.words.contains(field) || complaint.param.contains(field)))
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
            Chunk::Done | Chunk::Noise(_) => {}
        }
    }
    // A line of plain words, as proxies write them ("error code: 524").
    match std::str::from_utf8(body) {
        Ok(text) if !text.trim().is_empty() => Body::Complaint(Complaint {
            words: text.trim().to_owned(),
            ..Complaint::default()
        }),
        _ => Body::Other,
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
    let unknown_model =
        complaint.has(&["model_not_found", "no available channel", "unknown model"]);
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
            "the gateway gave up waiting for the request",
            complaint,
        )
        .hint(words::SMALLER),
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
        .hint(if unknown_model {
            words::UNKNOWN_MODEL
        } else if readable(&complaint.words).is_empty() {
            words::CHECK_FIELDS
        } else if complaint.has(&["too large", "too_large", "too long", "exceeds the max"]) {
            words::SMALLER
        } else if complaint.has(&["image_url", "base64", "data uri", "data url"]) {
            words::PUBLIC_URL
        } else {
            words::CHANGE_FIELDS
        }),
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
        .hint(if unknown_model {
            words::UNKNOWN_MODEL
        } else {
            words::REPEAT_MAY_BILL
        })
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
