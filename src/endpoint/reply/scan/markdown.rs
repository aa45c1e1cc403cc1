//! Markdown's images and links: inline, with a title or in angle brackets, and by reference.

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::{memchr, memmem};

use super::{Kind, MAX_URL, Span, data_end, ends_or_open, is_data, is_http, url_end};

/// The longest label, bytes: the search for its end stops here, so that a text of brackets costs linear time.
const MAX_LABEL: usize = 4096;
/// The longest title, bytes.
const MAX_TITLE: usize = 300;

/// `![label](target "title")`
pub(super) fn image(text: &[u8], at: usize) -> Option<Span> {
    bracketed(text, at, 2, Kind::Markdown)
}

/// `[label](target)`
pub(super) fn link(text: &[u8], at: usize) -> Option<Span> {
    bracketed(text, at, 1, Kind::Link)
}

/// An image or a link whose label begins `skip` bytes behind `at`.
fn bracketed(text: &[u8], at: usize, skip: usize, kind: Kind) -> Option<Span> {
    let label = at + skip;
    let window = &text[label..text.len().min(label + MAX_LABEL)];
    let close = memmem::find(window, b"](")?;
    if memchr(b'\n', &window[..close]).is_some() {
        return None;
    }
    // `[one] and [two](..)`: the nearer bracket is the link.
    if kind == Kind::Link && memchr(b'[', &window[..close]).is_some() {
        return None;
    }
    let (target, open) = target(text, label + close + 2, kind)?;
    // A title may stand between the target and the bracket.
    let tail = &text[target.end..text.len().min(target.end + MAX_TITLE)];
    let behind = closing(tail).map_or(target.end, |n| target.end + n + 1);
    Some(Span {
        kind,
        range: at..behind,
        target,
        fenced: false,
        open,
    })
}

/// The URL or data URI from `at` on, behind white space and `<`, and whether the text ended first.
fn target(text: &[u8], at: usize, kind: Kind) -> Option<(Range<usize>, bool)> {
    let lead = text.get(at..)?.iter();
    let start = at + lead.take_while(|b| matches!(b, b' ' | b'\n')).count();
    let angle = text.get(start) == Some(&b'<');
    let start = start + usize::from(angle);
    let rest = text.get(start..)?;
    let (end, open) = if kind == Kind::Markdown && is_data(rest) {
        data_end(text, start)?
    } else if is_http(rest) {
        closed_url_end(text, start, angle).map_or_else(|| url_end(text, start), |end| (end, false))
    } else {
        return None;
    };
    Some((start..end, open))
}

/// Where a URL ends that a bracket closes: it may hold letters of every script, and in angle brackets spaces. `None` where
/// nothing closes it on its line; then it ends as a URL in a sentence does.
fn closed_url_end(text: &[u8], at: usize, angle: bool) -> Option<usize> {
    let window = &text[at..text.len().min(at + MAX_URL)];
    if angle {
        let end = window.iter().position(|b| matches!(b, b'>' | b'\n'))?;
        return (window[end] == b'>').then_some(at + end);
    }
    let mut depth = 0usize;
    for (n, byte) in window.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at + n),
            b')' => depth -= 1,
            b'<' | b'>' | b'"' | b'\\' | b'`' => return None,
            b if b.is_ascii_whitespace() => {
                // Only a title may follow.
                let title = window[n..].trim_ascii_start().first();
                let titled = title.is_some_and(|b| matches!(b, b'"' | b'\'' | b'(' | b')'));
                return titled.then_some(at + n);
            }
            _ => {}
        }
    }
    None
}

/// The bracket that closes a link, behind its target and perhaps a title that may hold brackets of its own.
fn closing(tail: &[u8]) -> Option<usize> {
    let quote = tail
        .iter()
        .position(|b| !matches!(b, b' ' | b'\n' | b'>'))?;
    if matches!(tail[quote], b'"' | b'\'')
        && let Some(end) = memchr(tail[quote], &tail[quote + 1..])
    {
        let behind = quote + end + 2;
        return memchr(b')', &tail[behind..]).map(|n| behind + n);
    }
    memchr(b')', tail)
}

/// The lines `[name]: target` of a text, and whether an image uses them.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    by_name: BTreeMap<String, (Range<usize>, bool)>,
    /// Where each begins and ends.
    lines: BTreeMap<usize, (Range<usize>, Range<usize>)>,
}

impl Definitions {
    pub(super) fn of(text: &str) -> Self {
        let mut out = Self::default();
        let bytes = text.as_bytes();
        if memmem::find(bytes, b"]:").is_none() {
            return out;
        }
        let mut line = 0;
        while line < bytes.len() {
            let end = memchr(b'\n', &bytes[line..]).map_or(bytes.len(), |n| line + n);
            if let Some((at, name, target, open)) = definition(bytes, line) {
                let behind = end.max(target.end);
                out.lines.insert(at, (at..behind, target.clone()));
                out.by_name.entry(name).or_insert((target, open));
            }
            line = end + 1;
        }
        out
    }

    /// `![label][name]`, `![name][]` or `![name]` at `at`.
    pub(super) fn image(&self, text: &str, at: usize) -> Option<Span> {
        if self.by_name.is_empty() {
            return None;
        }
        let (label, behind) = label(text.as_bytes(), at + 1)?;
        let (name, behind) = match self::label(text.as_bytes(), behind) {
            Some((name, behind)) if !name.is_empty() => (name, behind),
            Some((_, behind)) => (label, behind),
            None => (label, behind),
        };
        let (target, open) = self.by_name.get(&folded(name))?.clone();
        Some(Span {
            kind: Kind::Markdown,
            range: at..behind,
            target,
            fenced: false,
            open,
        })
    }

    /// The definition that begins at `at`.
    pub(super) fn definition(&self, at: usize) -> Option<Span> {
        let (range, target) = self.lines.get(&at)?.clone();
        Some(Span {
            kind: Kind::Link,
            range,
            target,
            fenced: false,
            open: false,
        })
    }
}

/// Where `[name]: target` begins, if the line at `line` is one, with its name and target, and whether the text ended first.
fn definition(text: &[u8], line: usize) -> Option<(usize, String, Range<usize>, bool)> {
    let indent = text[line..].iter().take_while(|b| **b == b' ').count();
    let at = line + indent;
    if indent > 3 || text.get(at) != Some(&b'[') {
        return None;
    }
    let (name, behind) = label(text, at)?;
    if name.is_empty() || text.get(behind) != Some(&b':') {
        return None;
    }
    let lead = text[behind + 1..]
        .iter()
        .take_while(|b| **b == b' ')
        .count();
    let start = behind + 1 + lead;
    let angle = text.get(start) == Some(&b'<');
    let start = start + usize::from(angle);
    let rest = &text[start..];
    let window = if is_data(rest) {
        rest
    } else if is_http(rest) {
        &rest[..rest.len().min(MAX_URL)]
    } else {
        return None;
    };
    let length = window.iter().position(|b| match b {
        b' ' => !angle,
        b'>' => angle,
        b => b.is_ascii_whitespace(),
    });
    let (end, open) = if is_data(rest) {
        let end = start + length.unwrap_or(rest.len());
        (end, length.is_none())
    } else {
        ends_or_open(text, start, length)?
    };
    Some((at, folded(name), start..end, open))
}

/// The text between the bracket at `at` and the next one, and where it is behind that.
fn label(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    if text.get(at) != Some(&b'[') {
        return None;
    }
    let window = &text[at + 1..text.len().min(at + 1 + MAX_LABEL)];
    let end = memchr::memchr2(b']', b'\n', window)?;
    (window[end] == b']').then_some((&window[..end], at + 1 + end + 1))
}

/// Names are compared without their case.
fn folded(name: &[u8]) -> String {
    String::from_utf8_lossy(name).trim().to_lowercase()
}
