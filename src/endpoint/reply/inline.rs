//! A picture where a gateway may put one: an http(s) URL, a data URI, or bare base64. Decodes base64, never pixels.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;
use url::Url;

use super::Image;
use super::blobs::Blobs;
use crate::endpoint::framing::{MARK, MAX_BLOB};

/// Bare base64 shorter than this is a word; the smallest WebP has 56 characters.
const LEAST_BARE: usize = 40;
/// A longer URL is none, bytes: it goes into the journal, and servers refuse it.
const MAX_URL: usize = 8 * 1024;
/// How deep parts nest: `{image_url: {url: ..}}` is 2.
const DEPTH: u8 = 4;

/// Gateways leave out padding, and some leave stray bits behind it.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why something that stands where a picture should is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAnImage {
    /// Nothing that looks like a picture.
    Other,
    /// A data URI whose base64 is damaged.
    Damaged,
    /// Over [`MAX_BLOB`].
    TooLarge,
}

/// Reads the value of a structured field: a plain string, `{url}`, `{image_url: ..}`, `{b64_json}`, `{inline_data: {data}}`
/// and what resembles them.
pub(super) fn of_value(value: &Value, blobs: &Blobs) -> Result<Image, NotAnImage> {
    at_depth(value, blobs, DEPTH)
}

fn at_depth(value: &Value, blobs: &Blobs, depth: u8) -> Result<Image, NotAnImage> {
    match value {
        Value::String(text) => of_text(text, blobs),
        Value::Object(fields) if depth > 0 => {
            let mut worst = NotAnImage::Other;
            for key in [
                "image_url",
                "url",
                "b64_json",
                "inline_data",
                "inlineData",
                "image",
                "source",
                "data",
                "image_base64",
            ] {
                match fields.get(key).map(|v| at_depth(v, blobs, depth - 1)) {
                    Some(Ok(image)) => return Ok(image),
                    Some(Err(why)) if why != NotAnImage::Other => worst = why,
                    _ => {}
                }
            }
            Err(worst)
        }
        _ => Err(NotAnImage::Other),
    }
}

/// Reads one string as a picture.
pub(super) fn of_text(text: &str, blobs: &Blobs) -> Result<Image, NotAnImage> {
    let text = text.trim();
    if text.starts_with("data:") {
        return of_data_uri(text, blobs);
    }
    if text
        .get(..4)
        .is_some_and(|t| t.eq_ignore_ascii_case("http"))
    {
        let url = blobs.written_out(text)?;
        return if is_http(&url) {
            Ok(Image::Url(url))
        } else {
            Err(NotAnImage::Other)
        };
    }
    if (text.len() >= LEAST_BARE || text.as_bytes().contains(&MARK))
        && text
            .bytes()
            .all(|b| is_base64(b) || b.is_ascii_whitespace())
    {
        return blobs.decode(text);
    }
    Err(NotAnImage::Other)
}

/// Reads `data:image/..;base64,..`. Other data URIs (SVG as text) are no pictures.
pub(super) fn of_data_uri(uri: &str, blobs: &Blobs) -> Result<Image, NotAnImage> {
    let comma = memchr::memchr(b',', uri.as_bytes()).ok_or(NotAnImage::Other)?;
    let (head, data) = (&uri[..comma], &uri[comma + 1..]);
    if head.len() > 200 || !head.ends_with(";base64") {
        return Err(NotAnImage::Other);
    }
    blobs.decode(data)
}

/// Whether the text is an http(s) URL of a fair length, with a host and nothing that a URL cannot hold.
pub(super) fn is_http(text: &str) -> bool {
    text.len() <= MAX_URL
        && text.contains("://")
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(text)
            .is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
}

/// A character of base64, standard or URL-safe, or of a mark that stands for some.
pub(super) const fn is_base64(byte: u8) -> bool {
    matches!(byte, MARK | b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b'-' | b'_')
}

/// Decodes leniently: without padding, with white space, in either alphabet.
pub(super) fn decode(data: &str) -> Result<Image, NotAnImage> {
    if data.len() / 4 * 3 > MAX_BLOB {
        return Err(NotAnImage::TooLarge);
    }
    let plainer = || -> Vec<u8> {
        data.bytes()
            .filter(|b| !b.is_ascii_whitespace())
            .map(|b| match b {
                b'-' => b'+',
                b'_' => b'/',
                b => b,
            })
            .collect()
    };
    let bytes = LENIENT
        .decode(data)
        .or_else(|_| LENIENT.decode(plainer()))
        .map_err(|_| NotAnImage::Damaged)?;
    if bytes.is_empty() {
        return Err(NotAnImage::Damaged);
    }
    Ok(Image::Inline(Arc::new(bytes)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn base64_is_read_leniently() {
        let none = &Blobs::default();
        let bytes: Vec<u8> = (0..62).map(|i| i * 4 + 3).collect();
        let standard = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let wrapped = standard
            .as_bytes()
            .chunks(20)
            .map(|c| String::from_utf8_lossy(c).into_owned())
            .collect::<Vec<_>>()
            .join("\r\n ");
        for data in [
            standard.clone(),
            standard.trim_end_matches('=').to_owned(),
            standard.replace('+', "-").replace('/', "_"),
            wrapped,
        ] {
            let expected = Ok(Image::Inline(Arc::new(bytes.clone())));
            assert_eq!(
                of_text(&format!("data:image/png;base64,{data}"), none),
                expected
            );
            assert_eq!(of_text(&data, none), expected);
            assert_eq!(of_value(&json!({ "b64_json": data }), none), expected);
        }
        assert_eq!(
            of_text("data:image/png;base64,AAA*", none),
            Err(NotAnImage::Damaged)
        );
        assert_eq!(
            of_text("data:image/svg+xml,<svg/>", none),
            Err(NotAnImage::Other)
        );
    }

    #[test]
    fn urls_are_http_with_a_host() {
        for (text, ok) in [
            ("https://img.test/a.png?sig=a%2Fb%3D", true),
            ("http://127.0.0.1:8/x", true),
            ("https://", false),
            ("ftp://img.test/a", false),
            ("javascript:alert(1)", false),
            ("https://a b", false),
            ("/relative/a.png", false),
            ("https://img.test/\u{1b}[2J", false),
            (&format!("https://img.test/{}", "a".repeat(8_000)), true),
            (&format!("https://img.test/{}", "a".repeat(8_200)), false),
        ] {
            assert_eq!(of_text(text, &Blobs::default()).is_ok(), ok, "{text}");
        }
    }
}
