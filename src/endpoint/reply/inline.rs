//! A picture where a gateway may put one: an http(s) URL, a data URI, or bare base64. Decodes base64, never pixels.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::Url;

use super::Image;
use super::blobs::Blobs;
use crate::endpoint::framing::MARK;
use crate::endpoint::spool::Lost;

/// Bare base64 shorter than this is a word; the smallest WebP has 56 characters.
const LEAST_BARE: usize = 40;
/// A longer URL is none, bytes: it goes into the journal, and servers refuse it.
pub(super) const MAX_URL: usize = 8 * 1024;
/// Where a picture stands in a part of an answer, surest first.
const KEYS: [&str; 24] = [
    "image_url",
    "imageUrl",
    "url",
    "uri",
    "b64_json",
    "b64Json",
    "inline_data",
    "inlineData",
    "file_data",
    "fileData",
    "file_uri",
    "fileUri",
    "image",
    "output_image",
    "source",
    "data",
    "image_base64",
    "imageBase64",
    "base64",
    "b64",
    "result",
    "download_url",
    "content_url",
    "contentUrl",
];
/// Where a part says what its bytes are.
const TYPES: [&str; 5] = [
    "mime_type",
    "mimeType",
    "media_type",
    "content_type",
    "contentType",
];
/// How deep parts nest: `{image_url: {url: ..}}` is 2.
const DEPTH: u8 = 4;

/// Gateways leave out padding, and some leave stray bits behind it.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
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
    /// It came, and was not kept.
    Lost(Lost),
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
            if !may_be_a_picture(fields) {
                return Err(NotAnImage::Other);
            }
            for key in KEYS {
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

/// Whether a part does not say itself that it is something else: a sound, a file, thoughts in cipher.
fn may_be_a_picture(fields: &Map<String, Value>) -> bool {
    let named = TYPES
        .iter()
        .find_map(|key| fields.get(*key).and_then(Value::as_str));
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or("");
    let other = ["audio", "video", "encrypted", "reasoning"];
    named.is_none_or(is_type_of_pictures) && !other.iter().any(|word| kind.contains(word))
}

/// Whether a media type is one of pictures, or none in particular.
fn is_type_of_pictures(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    name.is_empty() || name.starts_with("image") || name == "application/octet-stream"
}

/// Reads one string as a picture.
pub(super) fn of_text(text: &str, blobs: &Blobs) -> Result<Image, NotAnImage> {
    let text = text.trim();
    if begins(text, "data:") {
        return of_data_uri(text, blobs);
    }
    if begins(text, "http") {
        let mut url = blobs.written_out(text)?;
        if begins(&url, "http%3a%2f%2f") || begins(&url, "https%3a%2f%2f") {
            url = percent_decode_str(&url).decode_utf8_lossy().into_owned();
        }
        return if is_http(&url) {
            Ok(Image::Url(url))
        } else {
            Err(NotAnImage::Other)
        };
    }
    if (text.len() >= LEAST_BARE || text.as_bytes().contains(&MARK))
        && text
            .bytes()
            .all(|b| (b != b'%' && is_base64(b)) || b.is_ascii_whitespace())
    {
        // Nothing calls it a picture: where it is short it may as well be an id, and has to look like one.
        let short = !text.as_bytes().contains(&MARK);
        let head = LENIENT.decode(text.get(..16).unwrap_or_default());
        if short && !head.is_ok_and(|head| looks_like_a_picture(&head)) {
            return Err(NotAnImage::Other);
        }
        return blobs.decode(text);
    }
    Err(NotAnImage::Other)
}

fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|t| t.eq_ignore_ascii_case(prefix))
}

/// Whether bytes that nothing calls a picture begin like one. What they are is for `picture` to say.
fn looks_like_a_picture(bytes: &[u8]) -> bool {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    begins(b"\x89PNG")
        || begins(b"\xFF\xD8\xFF")
        || begins(b"GIF8")
        || begins(b"RIFF")
        || begins(b"BM")
        || bytes.get(4..8) == Some(b"ftyp")
}

/// Reads `data:image/..;base64,..`, and a picture whose bytes are percent-encoded. Other data URIs (SVG as text) are no pictures.
pub(super) fn of_data_uri(uri: &str, blobs: &Blobs) -> Result<Image, NotAnImage> {
    let comma = memchr::memchr(b',', uri.as_bytes()).ok_or(NotAnImage::Other)?;
    let (head, data) = (&uri[..comma], &uri[comma + 1..]);
    let head = head
        .get("data:".len()..)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let kind = head.split(';').next().unwrap_or_default();
    if head.len() > 200 || !is_type_of_pictures(kind) {
        return Err(NotAnImage::Other);
    }
    if head.ends_with(";base64") {
        return blobs.decode(data);
    }
    let bytes: Vec<u8> = percent_decode_str(data).collect();
    if looks_like_a_picture(&bytes) {
        Ok(Image::Inline(bytes.into()))
    } else {
        Err(NotAnImage::Other)
    }
}

/// Whether the text is an http(s) URL of a fair length, with a host and nothing that a URL cannot hold.
pub(super) fn is_http(text: &str) -> bool {
    text.len() <= MAX_URL
        && text.contains("://")
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(text)
            .is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
}

/// A character of base64, standard, URL-safe or percent-encoded, or of a mark that stands for some.
pub(super) const fn is_base64(byte: u8) -> bool {
    matches!(byte, MARK | b'%' | b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;

    #[test]
    fn base64_is_read_leniently() {
        let none = &Blobs::default();
        let noise = (0..62).map(|i| i * 4 + 3);
        let bytes: Vec<u8> = b"\x89PNG\r\n\x1A\n".iter().copied().chain(noise).collect();
        let standard = STANDARD.encode(&bytes);
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
            let expected = Ok(Image::Inline(bytes.clone().into()));
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
        for other in [
            "data:application/pdf;base64,iVBORw0KGgo=",
            &"abcd".repeat(12),
        ] {
            assert_eq!(of_text(other, none), Err(NotAnImage::Other), "{other}");
        }
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
