//! An answer's text for people: pictures cut out, the queries of URLs dropped (they may be signatures), cleaned, capped.

use super::inline::is_base64;
use super::scan::{Kind, Span};
use crate::domain::Clean;
use crate::endpoint::framing::MARK;

/// Most text that is kept, bytes (RELIABILITY N4).
pub(super) const MAX_TEXT: usize = 256 * 1024;
/// A word of base64 this long is a piece of a picture.
const BASE64_WORD: usize = 60;

/// A text for people.
pub(super) struct Plain {
    pub(super) words: Clean,
    /// Its end was left out. Its length does not say so: letters have more than one byte.
    pub(super) cut: bool,
}

/// `text` without what `spans` show as pictures, and without the URLs in `shown` (those that became pictures).
pub(super) fn plain(text: &str, spans: &[Span], shown: &[&str]) -> Plain {
    let mut out = String::new();
    let mut at = 0;
    let markdown = spans
        .iter()
        .any(|s| matches!(s.kind, Kind::Markdown | Kind::Html) && !s.fenced);
    for span in spans {
        words(&text[at..span.range.start], &mut out);
        at = span.range.end;
        let target = &text[span.target.clone()];
        let meant = span.meant(text);
        let is_shown = shown.contains(&meant.as_ref());
        match span.kind {
            Kind::Markdown | Kind::Html | Kind::Data => {}
            // The download twin of a picture.
            Kind::Link if markdown || is_shown => {}
            Kind::Bare if is_shown => {}
            Kind::Link | Kind::Bare => {
                out.push_str(&text[span.range.start..span.target.start]);
                out.push_str(without_query(target));
                out.push_str(&text[span.target.end..span.range.end]);
            }
        }
        if out.len() > 2 * MAX_TEXT {
            break;
        }
    }
    if out.len() <= 2 * MAX_TEXT {
        words(&text[at..], &mut out);
    }
    let mut cut = out.len() > 2 * MAX_TEXT;
    let cleaned = Clean::text(&out);
    let mut tidy = String::with_capacity(cleaned.as_str().len());
    let mut blank = 0;
    for line in cleaned.as_str().lines() {
        blank = if line.trim().is_empty() { blank + 1 } else { 0 };
        if blank <= 1 {
            tidy.push_str(line.trim_end());
            tidy.push('\n');
        }
    }
    let words = Clean::text(tidy.trim_matches('\n'));
    cut |= words.as_str().len() > MAX_TEXT;
    Plain {
        words: words.truncated(MAX_TEXT),
        cut,
    }
}

/// Copies words and white space, but not pieces of base64.
fn words(text: &str, out: &mut String) {
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let base64 = bare.len() >= BASE64_WORD && bare.bytes().all(is_base64);
        if !base64 && !bare.as_bytes().contains(&MARK) {
            out.push_str(word);
        }
    }
}

/// The URL up to its query or fragment.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
