//! Finds pictures and links in an answer's text: markdown images, data URIs, links, bare URLs. Only finds; the choice
//! between them is `reply`'s.

use std::ops::Range;

use memchr::memmem;

use super::inline::is_base64;

/// The longest markdown label, bytes: the search for its end stops here, so that a text of brackets costs linear time.
const MAX_LABEL: usize = 4096;
/// The longest head of a data URI, bytes.
const MAX_HEAD: usize = 200;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `![label](target)`
    Markdown,
    /// `data:image/..` without markdown around it.
    Data,
    /// `[label](target)` with an http(s) target.
    Link,
    /// An http(s) URL on its own.
    Bare,
}

/// One find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) kind: Kind,
    /// All of it, in bytes of the text.
    pub(super) range: Range<usize>,
    /// The URL or data URI in it.
    pub(super) target: Range<usize>,
    /// Inside a fence of JSON: an echo of the request, no picture of the answer.
    pub(super) fenced: bool,
    /// The text ended before it certainly did.
    pub(super) open: bool,
}

/// Everything in `text`, in order, without overlaps. Linear in the text's length.
pub(super) fn scan(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let (mut fence_end, mut fence_is_json) = (0, false);
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let found = match rest[0] {
            b'`' if rest.starts_with(b"```") => {
                if at >= fence_end {
                    let end = fence(rest);
                    fence_end = at + end;
                    fence_is_json = is_json_fence(&rest[3..end]);
                }
                // The closing marks must not open the next fence.
                at = if at + 4 >= fence_end {
                    fence_end.max(at + 3)
                } else {
                    at + 3
                };
                continue;
            }
            b'!' if rest.starts_with(b"![") => bracketed(bytes, at, 2, Kind::Markdown),
            b'[' if !rest.starts_with(b"[![") => bracketed(bytes, at, 1, Kind::Link),
            b'd' if rest.starts_with(b"data:image/") => naked_data(bytes, at),
            b'h' | b'H' if is_http(rest) => {
                let (end, open) = url_end(bytes, at);
                Some(Span {
                    kind: Kind::Bare,
                    range: at..end,
                    target: at..end,
                    fenced: false,
                    open,
                })
            }
            _ => None,
        };
        match found {
            Some(mut span) => {
                span.fenced = fence_is_json && at < fence_end;
                at = span.range.end.max(at + 1);
                spans.push(span);
            }
            None => at += 1,
        }
    }
    spans
}

/// Where the fence at the start of `text` ends, behind its closing marks; the text's end if it is not closed.
fn fence(text: &[u8]) -> usize {
    memmem::find(&text[3..], b"\n```").map_or(text.len(), |i| i + 3 + 4)
}

fn is_json_fence(inside: &[u8]) -> bool {
    let head = inside.trim_ascii_start();
    head.get(..4)
        .is_some_and(|h| h.eq_ignore_ascii_case(b"json"))
        || head.starts_with(b"{")
        || head.starts_with(b"[{")
}

/// `![label](target "title")` or `[label](target)`, whose label begins `skip` bytes behind `at`.
fn bracketed(text: &[u8], at: usize, skip: usize, kind: Kind) -> Option<Span> {
    let label = at + skip;
    let window = &text[label..text.len().min(label + MAX_LABEL)];
    let close = memmem::find(window, b"](")?;
    if memchr::memchr(b'\n', &window[..close]).is_some() {
        return None;
    }
    // `[one] and [two](..)`: the nearer bracket is the link.
    if kind == Kind::Link && memchr::memchr(b'[', &window[..close]).is_some() {
        return None;
    }
    let mut start = label + close + 2;
    while text
        .get(start)
        .is_some_and(|b| matches!(b, b' ' | b'<' | b'\n'))
    {
        start += 1;
    }
    let rest = &text[start..];
    let (end, open) = if kind == Kind::Markdown && rest.starts_with(b"data:image/") {
        let body = data_body(text, start)?;
        let run = text[body..]
            .iter()
            .position(|b| !is_base64(*b) && !b.is_ascii_whitespace());
        run.map_or((text.len(), true), |n| (body + n, false))
    } else if is_http(rest) {
        url_end(text, start)
    } else {
        return None;
    };
    // A title may stand between the target and the bracket.
    let tail = &text[end..text.len().min(end + 300)];
    let behind = memchr::memchr(b')', tail).map_or(end, |n| end + n + 1);
    Some(Span {
        kind,
        range: at..behind,
        target: start..end,
        fenced: false,
        open,
    })
}

fn is_http(text: &[u8]) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(scheme.as_bytes()))
    })
}

/// Where the data of the URI at `at` begins.
fn data_body(text: &[u8], at: usize) -> Option<usize> {
    let head = &text[at..text.len().min(at + MAX_HEAD)];
    let comma = memchr::memchr(b',', head)?;
    head[..comma]
        .ends_with(b";base64")
        .then_some(at + comma + 1)
}

fn naked_data(text: &[u8], at: usize) -> Option<Span> {
    let mut end = data_body(text, at)?;
    loop {
        let line = end;
        end += text[end..]
            .iter()
            .position(|b| !is_base64(*b))
            .unwrap_or(text.len() - end);
        // Base64 in lines of 64 or 76 characters goes on behind the line's end.
        let wrapped = matches!(end - line, 64 | 76) && text[end - 1] != b'=';
        let newline = match &text[end..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => 0,
        };
        let more = text.get(end + newline).is_some_and(|b| is_base64(*b));
        if !(wrapped && newline > 0 && more) {
            break;
        }
        end += newline;
    }
    Some(Span {
        kind: Kind::Data,
        range: at..end,
        target: at..end,
        fenced: false,
        open: end == text.len(),
    })
}

/// Where the URL at `at` ends: before white space, quotes, brackets that it did not open, anything outside ASCII (a full
/// stop in Chinese), and the punctuation of the sentence around it. Also tells whether the text ended first.
fn url_end(text: &[u8], at: usize) -> (usize, bool) {
    let mut depth = 0usize;
    let mut end = after_scheme(text, at);
    while let Some(&byte) = text.get(end) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            b'"' | b'\'' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`' => {
                break;
            }
            b'!'..=b'~' => {}
            _ => break,
        }
        end += 1;
    }
    let open = end == text.len();
    while matches!(
        text[end - 1],
        b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*' | b'~'
    ) {
        end -= 1;
    }
    (end, open)
}

/// Behind `://`, and behind an IPv6 host, whose square brackets are the only ones that a URL has.
fn after_scheme(text: &[u8], at: usize) -> usize {
    let host = memmem::find(&text[at..], b"://").map_or(at, |n| at + n + 3);
    if text.get(host) == Some(&b'[') {
        let window = &text[host..text.len().min(host + 50)];
        return memchr::memchr(b']', window).map_or(host, |n| host + n + 1);
    }
    host
}
