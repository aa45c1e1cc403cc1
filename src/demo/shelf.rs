//! The pictures that were made, served from memory under their own URLs. The oldest make room for new ones.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::rejected::Rejected;
use crate::domain::{FileFormat, OutputFormat};

const MOST_PICTURES: usize = 64;
const MOST_BYTES: usize = 256 << 20;

/// The newest pictures, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf(Arc<Mutex<VecDeque<Stored>>>);

#[derive(Debug, Clone)]
struct Stored {
    name: String,
    mime: &'static str,
    bytes: Bytes,
}

impl Shelf {
    /// Keeps a picture and gives its name, which ends in the format as the document spells it.
    pub fn put(&self, bytes: Vec<u8>, format: OutputFormat) -> String {
        let name = format!("{}.{format}", Uuid::now_v7());
        let mut shelf = self.lock();
        shelf.push_back(Stored {
            name: name.clone(),
            mime: FileFormat::from(format).mime(),
            bytes: bytes.into(),
        });
        let held = |shelf: &VecDeque<Stored>| shelf.iter().map(|s| s.bytes.len()).sum::<usize>();
        while shelf.len() > 1 && (shelf.len() > MOST_PICTURES || held(&shelf) > MOST_BYTES) {
            shelf.pop_front();
        }
        name
    }

    fn get(&self, name: &str) -> Option<Stored> {
        self.lock().iter().find(|s| s.name == name).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET /files/NAME`: the whole picture, or one range of it (RFC 9110, 14).
pub(super) async fn serve(
    State(shelf): State<Shelf>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(stored) = shelf.get(&name) else {
        return Rejected::request(
            StatusCode::NOT_FOUND,
            "file_not_found",
            format!(
                "no picture {name:?} here; the newest {MOST_PICTURES} are kept, in memory only"
            ),
        )
        .into_response();
    };
    let tag = format!("\"{name}\"");
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let same = text(header::IF_RANGE).is_none_or(|given| given == tag);
    let range = text(header::RANGE)
        .filter(|_| same)
        .and_then(|text| range(text, stored.bytes.len()));
    let length = stored.bytes.len();
    let (status, bytes, content_range) = match range {
        None => (StatusCode::OK, stored.bytes, None),
        Some(range) if range.is_empty() => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            Bytes::new(),
            Some(format!("bytes */{length}")),
        ),
        Some(range) => (
            StatusCode::PARTIAL_CONTENT,
            stored.bytes.slice(range.clone()),
            Some(format!("bytes {}-{}/{length}", range.start, range.end - 1)),
        ),
    };
    let mut response = (
        status,
        [
            (header::CONTENT_TYPE, stored.mime.to_owned()),
            (header::CONTENT_LENGTH, bytes.len().to_string()),
            (header::ACCEPT_RANGES, "bytes".to_owned()),
            (header::ETAG, tag),
        ],
        Body::from(bytes),
    )
        .into_response();
    if let Some(value) = content_range.and_then(|text| text.parse().ok()) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// Reads `bytes=a-b`, `bytes=a-` or `bytes=-n`; empty where it lies outside, and `None` where the header is to be
/// ignored (another unit, several ranges, no numbers).
fn range(text: &str, length: usize) -> Option<Range<usize>> {
    let (first, last) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    Some(match (first.trim(), last.trim()) {
        ("", last) => length.saturating_sub(last.parse().ok()?)..length,
        (first, "") => first.parse().ok()?..length,
        (first, last) => {
            let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        assert_eq!(range("bytes=0-9", 100), Some(0..10));
        assert_eq!(range("bytes=90-", 100), Some(90..100));
        assert_eq!(range("bytes=90-900", 100), Some(90..100));
        assert_eq!(range("bytes=-10", 100), Some(90..100));
        assert_eq!(range("bytes=-900", 100), Some(0..100));
        for outside in ["bytes=100-", "bytes=100-200", "bytes=900-901", "bytes=-0"] {
            assert!(
                range(outside, 100).is_some_and(|r| r.is_empty()),
                "{outside}"
            );
        }
        for ignored in [
            "bytes=9-0",
            "bytes=0-1,5-6",
            "lines=0-1",
            "bytes=a-b",
            "bytes",
        ] {
            assert_eq!(range(ignored, 100), None, "{ignored}");
        }
    }

    #[test]
    fn the_oldest_make_room() {
        let shelf = Shelf::default();
        let first = shelf.put(vec![1], OutputFormat::Png);
        for _ in 0..MOST_PICTURES {
            shelf.put(vec![2], OutputFormat::Png);
        }
        assert!(shelf.get(&first).is_none());
        assert_eq!(shelf.lock().len(), MOST_PICTURES);
        // One that is larger than everything that may be kept is kept alone.
        let large = shelf.put(vec![0; MOST_BYTES + 1], OutputFormat::Jpeg);
        assert!(shelf.get(&large).is_some());
        assert_eq!(shelf.lock().len(), 1);
    }
}
