//! Finds pictures and links in an answer's text: markdown images, `<img>`, data URIs, links, bare URLs. Only finds; the
//! choice between them is `reply`'s.

mod fence;
mod html;
mod markdown;

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use self::fence::Fences;
use self::markdown::Definitions;
use super::inline::{MAX_URL, is_base64};

/// The longest head of a data URI, bytes.
const MAX_HEAD: usize = 200;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `![label](target)`, or `![label][name]` with `[name]: target` elsewhere.
    Markdown,
    /// `<img src="target">`
    Html,
    /// `data:image/..` without markdown around it.
    Data,
    /// `[label](target)` or `[name]: target` with an http(s) target.
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
    /// The URL or data URI of it; stands elsewhere where the text names it.
    pub(super) target: Range<usize>,
    /// Inside a fence of JSON: an echo of the request, no picture of the answer.
    pub(super) fenced: bool,
    /// The text ended before it certainly did.
    pub(super) open: bool,
}

impl Span {
    /// The URL or data URI as it is meant: without the escapes of HTML, and without the spaces that markdown allows.
    pub(super) fn meant<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let target = &text[self.target.clone()];
        match self.kind {
            Kind::Html if target.contains('&') => html::unescaped(target).into(),
            Kind::Markdown | Kind::Link if target.contains(' ') && is_http(target.as_bytes()) => {
                target.replace(' ', "%20").into()
            }
            _ => target.into(),
        }
    }
}

/// Everything in `text`, in order, without overlaps. Linear in the text's length.
pub(super) fn scan(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let definitions = Definitions::of(text);
    let mut spans = Vec::new();
    let mut fences = Fences::default();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let found = match rest[0] {
            b'`' if rest.starts_with(b"```") => {
                at = fences.meet(bytes, at);
                continue;
            }
            b'!' if rest.starts_with(b"![") => {
                markdown::image(bytes, at).or_else(|| definitions.image(text, at))
            }
            b'[' if !rest.starts_with(b"[![") => definitions
                .definition(at)
                .or_else(|| markdown::link(bytes, at)),
            b'<' => html::image(bytes, at),
            b'd' | b'D' if is_data(rest) => naked_data(bytes, at),
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
                span.fenced = fences.holds(at);
                at = span.range.end.max(at + 1);
                spans.push(span);
            }
            None => at += 1,
        }
    }
    spans
}

fn begins(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len())
        .is_some_and(|t| t.eq_ignore_ascii_case(prefix))
}

fn is_http(text: &[u8]) -> bool {
    begins(text, b"http://") || begins(text, b"https://")
}

fn is_data(text: &[u8]) -> bool {
    begins(text, b"data:image/")
}

/// The end of a URL from `start` on that something closes `length` bytes behind it, and whether the text ended first. Nothing
/// where neither comes within a URL's length: to cut it there would give half an address, perhaps half a character.
fn ends_or_open(text: &[u8], start: usize, length: Option<usize>) -> Option<(usize, bool)> {
    match length {
        Some(length) => Some((start + length, false)),
        None => (text.len() - start <= MAX_URL).then_some((text.len(), true)),
    }
}

/// Where the data of the URI at `at` begins.
fn data_body(text: &[u8], at: usize) -> Option<usize> {
    let head = &text[at..text.len().min(at + MAX_HEAD)];
    let comma = memchr::memchr(b',', head)?;
    let coding = head[..comma].rsplit(|b| *b == b';').next()?;
    let percent = head.get(comma + 1) == Some(&b'%');
    (coding.eq_ignore_ascii_case(b"base64") || percent).then_some(at + comma + 1)
}

/// The end of the data URI at `at` that something closes behind it, and whether the text ended first. White space may stand
/// in its base64.
fn data_end(text: &[u8], at: usize) -> Option<(usize, bool)> {
    let body = data_body(text, at)?;
    let run = text[body..]
        .iter()
        .position(|b| !is_of_data(*b) && !b.is_ascii_whitespace());
    Some(run.map_or((text.len(), true), |n| (body + n, false)))
}

/// A character of base64, or one that percent-encoding lets stand.
fn is_of_data(byte: u8) -> bool {
    is_base64(byte) || matches!(byte, b'.' | b'~')
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
