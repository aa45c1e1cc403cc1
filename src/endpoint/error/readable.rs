//! A gateway's words for people: without the JSON, HTML and URLs' signatures that gateways quote from each other.

use serde_json::Value;

use super::Complaint;
use crate::domain::Clean;
use crate::endpoint::reply::without_secrets;

/// Most of a gateway's words that a message repeats, bytes.
const MAX_WORDS: usize = 400;
/// How often gateways quote each other's JSON in a text of their own.
const MOST_NESTED: u8 = 4;

/// A gateway's words as one line, cleaned; of JSON or HTML in them, its message or its title.
pub(in crate::endpoint) fn readable(text: &str) -> Clean {
    let words = without_markup(text, MOST_NESTED);
    Clean::line(without_secrets(&words).as_str()).truncated(MAX_WORDS)
}

fn without_markup(text: &str, depth: u8) -> String {
    let text = text.trim();
    let json = json(text);
    let html = tag(text);
    match (json, html) {
        (Some(open), html) if html.is_none_or(|html| open < html) => {
            let inner = if depth == 0 {
                String::new()
            } else {
                without_markup(&quoted(&text[open..]), depth - 1)
            };
            joined(&text[..open], &inner)
        }
        (_, Some(open)) => {
            let title = title(&text.as_bytes()[open..]);
            joined(&text[..open], title.as_ref().map_or("", Clean::as_str))
        }
        _ => text.to_owned(),
    }
}

/// The message in a text that begins with JSON, or with what Python prints for it; empty where there is none.
fn quoted(text: &str) -> String {
    if text.starts_with("{\\") {
        return quoted(&text.replace("\\\"", "\""));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    if let Some(Ok(value)) = values.next() {
        let complaint = Complaint::of_body(&value);
        return complaint
            .unwrap_or_else(|| Complaint::of_fields(&value))
            .words;
    }
    ["'message': ", "\"message\": ", "\"message\":"]
        .iter()
        .find_map(|key| {
            let rest = &text[text.find(key)? + key.len()..];
            let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let rest = &rest[1..];
            let end = [format!("{quote},"), format!("{quote}}}")]
                .iter()
                .filter_map(|end| rest.find(end.as_str()))
                .min();
            Some(rest[..end.unwrap_or(rest.len())].to_owned())
        })
        .unwrap_or_default()
}

/// Where an object of JSON, or what Python prints for one, begins. Words may stand in such brackets too.
fn json(text: &str) -> Option<usize> {
    text.match_indices('{').map(|(at, _)| at).find(|at| {
        let inside = text[at + 1..].trim_start();
        inside.is_empty() || inside.starts_with(['"', '\'', '\\', '}', '{'])
    })
}

/// Where a tag of HTML or XML begins.
fn tag(text: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).find(|at| {
        text[at + 1..]
            .starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '/' | '?'))
    })
}

/// The words before a quotation, and those in it.
fn joined(before: &str, inner: &str) -> String {
    let before = before.trim_end_matches([' ', ':', '[', '-', ',', '(', '"', '\'']);
    match (before, inner) {
        ("", inner) => inner.to_owned(),
        (before, "") => before.to_owned(),
        _ => format!("{before}: {inner}"),
    }
}

/// The title of a page, cleaned; all of it that is ever shown.
pub(in crate::endpoint) fn title(page: &[u8]) -> Option<Clean> {
    let text = String::from_utf8_lossy(page);
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find('<')?;
    let title = Clean::line(text.get(start..end)?.trim()).truncated(120);
    (!title.is_empty()).then_some(title)
}
