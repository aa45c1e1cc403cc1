//! A picture where a gateway may put one: an http(s) URL, a data URI, or bare base64. Decodes base64, never pixels.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;
use url::Url;

use super::Image;

/// The largest picture, bytes (RELIABILITY N4).
pub(super) const MAX_PICTURE: usize = 64 * 1024 * 1024;
/// Bare base64 shorter than this is a word; the smallest WebP has 56 characters.
const LEAST_BARE: usize = 40;
/// How deep parts nest: `{image_url: {url: ..}}` is 2.
const DEPTH: u8 = 4;

/// Gateways leave out padding, and some leave stray bits behind it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
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
    /// Over [`MAX_PICTURE`].
    TooLarge,
}

/// Reads the value of a structured field: a plain string, `{url}`, `{image_url: ..}`, `{b64_json}`, `{inline_data: {data}}`
/// and what resembles them.
pub(super) fn of_value(value: &Value) -> Result<Image, NotAnImage> {
    at_depth(value, DEPTH)
}

fn at_depth(value: &Value, depth: u8) -> Result<Image, NotAnImage> {
    match value {
        Value::String(text) => of_text(text),
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
                match fields.get(key).map(|v| at_depth(v, depth - 1)) {
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
pub(super) fn of_text(text: &str) -> Result<Image, NotAnImage> {
    let text = text.trim();
    if text.starts_with("data:") {
        return of_data_uri(text);
    }
    if is_http(text) {
        return Ok(Image::Url(text.to_owned()));
    }
    if text.len() >= LEAST_BARE
        && text
            .bytes()
            .all(|b| is_base64(b) || b.is_ascii_whitespace())
    {
        return decode(text);
    }
    Err(NotAnImage::Other)
}

/// Reads `data:image/..;base64,..`. Other data URIs (SVG as text) are no pictures.
pub(super) fn of_data_uri(uri: &str) -> Result<Image, NotAnImage> {
    let comma = memchr::memchr(b',', uri.as_bytes()).ok_or(NotAnImage::Other)?;
    let (head, data) = (&uri[..comma], &uri[comma + 1..]);
    if head.len() > 200 || !head.ends_with(";base64") {
        return Err(NotAnImage::Other);
    }
    decode(data)
}

/// Whether the text is an http(s) URL with a host and nothing that a URL cannot hold.
pub(super) fn is_http(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(text).is_ok_and(|url| url.has_host())
}

/// A character of base64, standard or URL-safe.
pub(super) const fn is_base64(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b'-' | b'_')
}

/// Decodes leniently: without padding, with white space, in either alphabet.
fn decode(data: &str) -> Result<Image, NotAnImage> {
    if data.len() / 4 * 3 > MAX_PICTURE {
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
            assert_eq!(of_text(&format!("data:image/png;base64,{data}")), expected);
            assert_eq!(of_text(&data), expected);
            assert_eq!(of_value(&json!({ "b64_json": data })), expected);
        }
        assert_eq!(
            of_text("data:image/png;base64,AAA*"),
            Err(NotAnImage::Damaged)
        );
        assert_eq!(of_text("data:image/svg+xml,<svg/>"), Err(NotAnImage::Other));
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
        ] {
            assert_eq!(of_text(text).is_ok(), ok, "{text}");
        }
    }
}
