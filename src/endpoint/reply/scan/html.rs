//! `<img src=..>` in an answer's text. Reads one attribute of one tag, and no other HTML.

use super::{Kind, MAX_URL, Span, begins, data_end, ends_or_open, is_data, is_http};

/// How far into the tag its `src` may stand, bytes.
const MAX_TAG: usize = 2048;

/// The picture of the tag at `at`.
pub(super) fn image(text: &[u8], at: usize) -> Option<Span> {
    let rest = &text[at..];
    if !begins(rest, b"<img") || !rest.get(4)?.is_ascii_whitespace() {
        return None;
    }
    let window = &rest[..rest.len().min(MAX_TAG)];
    let tag_end = memchr::memchr(b'>', window).unwrap_or(window.len());
    let attributes = &window[..tag_end];
    let name = attributes
        .windows(4)
        .position(|w| w[0].is_ascii_whitespace() && w[1..].eq_ignore_ascii_case(b"src"))?;
    let mut start = name + 4;
    let space = |at: usize| text_at(rest, at).is_some_and(|b| b.is_ascii_whitespace());
    while space(start) {
        start += 1;
    }
    if text_at(rest, start) != Some(b'=') {
        return None;
    }
    start += 1;
    while space(start) {
        start += 1;
    }
    let quote = text_at(rest, start).filter(|b| matches!(b, b'"' | b'\''));
    let start = at + start + usize::from(quote.is_some());
    let (end, open) = if is_data(&text[start..]) {
        data_end(text, start)?
    } else if is_http(&text[start..]) {
        let window = &text[start..text.len().min(start + MAX_URL)];
        let closes = |b: &u8| match quote {
            Some(quote) => *b == quote || *b == b'\n',
            None => b.is_ascii_whitespace() || *b == b'>',
        };
        ends_or_open(text, start, window.iter().position(closes))?
    } else {
        return None;
    };
    let tail = &text[end..text.len().min(end + MAX_TAG)];
    let behind = memchr::memchr(b'>', tail).map_or(end, |n| end + n + 1);
    Some(Span {
        kind: Kind::Html,
        range: at..behind,
        target: start..end,
        fenced: false,
        open,
    })
}

fn text_at(text: &[u8], at: usize) -> Option<u8> {
    text.get(at).copied()
}

/// The escapes that stand in URLs, undone.
pub(super) fn unescaped(url: &str) -> String {
    url.replace("&quot;", "\"")
        .replace("&#x3D;", "=")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}
