//! How much has come of a picture so far, and whether its rest can be asked for alone (RFC 9110, 13.1.5 and 14). Sends
//! nothing, and holds no byte.
//!
//! Two halves of two different files are worse than no file: a piece is joined only where its host says, by a validator or
//! at least by the length of the whole, that it is the rest of the same bytes.

use reqwest::StatusCode;
use reqwest::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, HeaderMap,
    HeaderName, IF_RANGE, LAST_MODIFIED, RANGE,
};

/// What is known of one picture's bytes, through several tries.
pub(super) struct Partial {
    /// bytes so far
    received: u64,
    /// Most bytes that are taken.
    limit: u64,
    about: About,
}

/// What the answer that the bytes came by said of the file.
#[derive(Default)]
struct About {
    /// bytes, where the host told
    total: Option<u64>,
    /// `Accept-Ranges`: bytes, something else, or nothing said.
    ranges: Option<bool>,
    etag: Option<String>,
    modified: Option<String>,
    /// A validator that is good for joining: a strong ETag, or a date that is too old to hold for two versions.
    strong: Option<String>,
    encoding: Option<String>,
}

/// More than the limit came, or was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// What a host's answer means for the bytes that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Its body is the rest.
    Rest,
    /// Its body is the whole file, or words about why there is none.
    Anew,
    /// The rest cannot be had: the file changed, or the host cannot count. To be asked for as a whole.
    Unfit,
}

impl Partial {
    /// Nothing yet, and at most `limit` bytes of it.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            received: 0,
            limit,
            about: About::default(),
        }
    }

    /// bytes
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// bytes
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// bytes, where the host told
    pub(super) fn total(&self) -> Option<u64> {
        self.about.total
    }

    /// `Content-Encoding` of the bytes, in lower case.
    pub(super) fn encoding(&self) -> Option<&str> {
        self.about.encoding.as_deref()
    }

    /// The headers that ask for the rest alone; none where all has to be asked for.
    pub(super) fn ask_for_rest(&self) -> Vec<(HeaderName, String)> {
        let About {
            total,
            ranges,
            strong,
            ..
        } = &self.about;
        let received = self.received();
        let more = received > 0 && total.is_none_or(|total| received < total);
        let certain = match ranges {
            Some(false) => false,
            Some(true) => strong.is_some() || total.is_some(),
            None => strong.is_some(),
        };
        if !more || !certain {
            return Vec::new();
        }
        let mut headers = vec![(RANGE, format!("bytes={received}-"))];
        headers.extend(strong.clone().map(|strong| (IF_RANGE, strong)));
        headers
    }

    /// What an answer means that was asked for the rest.
    pub(super) fn read(&self, status: StatusCode, headers: &HeaderMap) -> Meaning {
        match status {
            StatusCode::PARTIAL_CONTENT if self.fits(headers) => Meaning::Rest,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => Meaning::Unfit,
            _ => Meaning::Anew,
        }
    }

    /// Whether a 206 continues exactly where the bytes end, of a file that is still the same.
    fn fits(&self, headers: &HeaderMap) -> bool {
        let Some((start, total)) = content_range(headers) else {
            return false;
        };
        let same = |known: Option<&str>, name| {
            let now = text(headers, name);
            known.is_none() || now.is_none() || known == now
        };
        let known = &self.about;
        start == self.received()
            && (total.is_none() || known.total.is_none() || total == known.total)
            && same(known.etag.as_deref(), ETAG)
            && same(known.modified.as_deref(), LAST_MODIFIED)
            && encoding(headers) == known.encoding
    }

    /// Starts from nothing with an answer that brings all. Refuses one that announces too much.
    pub(super) fn begin(&mut self, headers: &HeaderMap) -> Result<(), TooLarge> {
        self.received = 0;
        let length = || text(headers, CONTENT_LENGTH)?.parse().ok();
        self.about = About {
            // A host may answer with a piece that is all.
            total: content_range(headers).map_or_else(length, |(_, total)| total),
            ranges: text(headers, ACCEPT_RANGES).map(|unit| unit.eq_ignore_ascii_case("bytes")),
            etag: text(headers, ETAG).map(str::to_owned),
            modified: text(headers, LAST_MODIFIED).map(str::to_owned),
            strong: strong(headers),
            encoding: encoding(headers),
        };
        self.check()
    }

    /// Goes on with an answer that brings the rest; it may be the first that tells how long the whole is.
    pub(super) fn go_on(&mut self, headers: &HeaderMap) -> Result<(), TooLarge> {
        let told = content_range(headers).and_then(|(_, total)| total);
        self.about.total = self.about.total.or(told);
        self.check()
    }

    fn check(&self) -> Result<(), TooLarge> {
        if self.total().is_some_and(|total| total > self.limit) {
            return Err(TooLarge);
        }
        Ok(())
    }

    /// The one place where bytes are counted.
    pub(super) fn add(&mut self, bytes: usize) -> Result<(), TooLarge> {
        if self.received + bytes as u64 > self.limit {
            return Err(TooLarge);
        }
        self.received += bytes as u64;
        Ok(())
    }

    /// Whether as many bytes came as were told.
    pub(super) fn is_complete(&self) -> bool {
        self.total().is_none_or(|total| total == self.received())
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.limit);
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

fn encoding(headers: &HeaderMap) -> Option<String> {
    let encoding = text(headers, CONTENT_ENCODING)?.to_ascii_lowercase();
    (!encoding.is_empty() && encoding != "identity").then_some(encoding)
}

/// A weak ETag may stay the same over two versions, and so may a date, unless a second has passed since (RFC 9110, 8.8.2.2).
fn strong(headers: &HeaderMap) -> Option<String> {
    if let Some(etag) = text(headers, ETAG) {
        return etag.starts_with('"').then(|| etag.to_owned());
    }
    let modified = text(headers, LAST_MODIFIED)?;
    let then = httpdate::parse_http_date(modified).ok()?;
    let now = httpdate::parse_http_date(text(headers, DATE)?).ok()?;
    let age = now.duration_since(then).ok()?;
    (age.as_secs() >= 1).then(|| modified.to_owned())
}

/// Where the piece starts, and the length of the whole: `bytes 5-9/10`, `bytes 5-9/*`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (piece, total) = text(headers, CONTENT_RANGE)?
        .strip_prefix("bytes ")?
        .split_once('/')?;
    let (start, end) = piece.trim().split_once('-')?;
    let (start, end): (u64, u64) = (start.parse().ok()?, end.parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    let counts = start <= end && total.is_none_or(|total| end < total);
    counts.then_some((start, total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn headers(lines: &[&str]) -> HeaderMap {
        let split = lines.iter().map(|line| line.split_once(": ").unwrap());
        split
            .map(|(name, value)| {
                let name: HeaderName = name.parse().unwrap();
                (name, HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    /// Four bytes of a file that came with these headers.
    fn half(lines: &[&str]) -> Partial {
        let mut partial = Partial::new(100);
        partial.begin(&headers(lines)).unwrap();
        partial.add(4).unwrap();
        partial
    }

    const MONDAY: &str = "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT";
    const SAME: &str = "Date: Mon, 02 Nov 2026 10:00:00 GMT";
    const LATER: &str = "Date: Mon, 02 Nov 2026 10:00:01 GMT";

    #[test]
    fn the_rest_is_asked_for_where_the_host_offers_it() {
        let (length, bytes) = ("Content-Length: 9", "Accept-Ranges: bytes");
        for (lines, if_range) in [
            (&[length, bytes][..], Some("")),
            (&[length, "ETag: \"a\""], Some("\"a\"")),
            (&["ETag: \"a\""], Some("\"a\"")),
            (
                &[length, bytes, "ETag: \"a\"", MONDAY, LATER],
                Some("\"a\""),
            ),
            (&[length, MONDAY, LATER], Some(&MONDAY[15..])),
            // Neither a date of this very second, nor one without a clock beside it, nor a weak ETag vouches for bytes.
            (&[length, MONDAY, SAME], None),
            (&[length, MONDAY], None),
            (&[length, "ETag: W/\"a\""], None),
            (&[length, bytes, "ETag: W/\"a\""], Some("")),
            // Nothing to check a piece against.
            (&[bytes], None),
            (&[length], None),
            (&[length, "Accept-Ranges: none", "ETag: \"a\""], None),
            // All is there.
            (&["Content-Length: 4", bytes], None),
        ] {
            let asked = half(lines).ask_for_rest();
            let expected: Vec<(HeaderName, String)> = match if_range {
                None => Vec::new(),
                Some("") => vec![(RANGE, "bytes=4-".to_owned())],
                Some(by) => vec![(RANGE, "bytes=4-".to_owned()), (IF_RANGE, by.to_owned())],
            };
            assert_eq!(asked, expected, "{lines:?}");
        }
        assert_eq!(Partial::new(9).ask_for_rest(), Vec::new());
    }

    #[test]
    fn a_piece_is_joined_only_where_it_fits() {
        let known = ["Content-Length: 9", "ETag: \"a\"", MONDAY];
        let tuesday = "Last-Modified: Tue, 03 Nov 2026 10:00:00 GMT";
        for (status, lines, meaning) in [
            (206, &["Content-Range: bytes 4-8/9"][..], Meaning::Rest),
            (206, &["Content-Range: bytes 4-5/9"], Meaning::Rest),
            (206, &["Content-Range: bytes 4-8/*"], Meaning::Rest),
            (
                206,
                &["Content-Range: bytes 4-8/9", "ETag: \"a\"", MONDAY],
                Meaning::Rest,
            ),
            (
                206,
                &["Content-Range: bytes 4-8/9", "ETag: \"b\""],
                Meaning::Unfit,
            ),
            (
                206,
                &["Content-Range: bytes 4-8/9", tuesday],
                Meaning::Unfit,
            ),
            (
                206,
                &["Content-Range: bytes 4-8/9", "Content-Encoding: gzip"],
                Meaning::Unfit,
            ),
            (206, &["Content-Range: bytes 4-9/10"], Meaning::Unfit),
            (206, &["Content-Range: bytes 3-8/9"], Meaning::Unfit),
            (206, &["Content-Range: bytes 0-8/9"], Meaning::Unfit),
            (206, &["Content-Range: bytes 4-9/9"], Meaning::Unfit),
            (206, &["Content-Range: bytes 4-3/9"], Meaning::Unfit),
            (206, &["Content-Range: items 4-8/9"], Meaning::Unfit),
            (206, &["Content-Range: bytes */9"], Meaning::Unfit),
            (206, &[], Meaning::Unfit),
            (416, &["Content-Range: bytes */9"], Meaning::Unfit),
            (200, &[], Meaning::Anew),
            (404, &[], Meaning::Anew),
            (503, &[], Meaning::Anew),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let read = half(&known).read(status, &headers(lines));
            assert_eq!(read, meaning, "{status} {lines:?}");
        }
    }

    #[test]
    fn a_piece_may_tell_how_long_the_whole_is() {
        let mut partial = half(&["ETag: \"a\""]);
        let piece = headers(&["Content-Range: bytes 4-5/9"]);
        assert_eq!(partial.go_on(&piece), Ok(()));
        partial.add(2).unwrap();
        assert_eq!((partial.total(), partial.is_complete()), (Some(9), false));
        let piece = headers(&["Content-Range: bytes 4-200/201"]);
        assert_eq!(half(&["ETag: \"a\""]).go_on(&piece), Err(TooLarge));
    }

    #[test]
    fn no_more_is_taken_than_the_limit() {
        let mut partial = Partial::new(5);
        assert_eq!(
            partial.begin(&headers(&["Content-Length: 6"])),
            Err(TooLarge)
        );
        assert_eq!(
            partial.begin(&headers(&["Content-Range: bytes 0-1/6"])),
            Err(TooLarge)
        );
        assert_eq!(partial.begin(&headers(&["Content-Length: 5"])), Ok(()));
        assert_eq!(partial.add(5), Ok(()));
        assert_eq!(partial.add(1), Err(TooLarge));
        assert_eq!(partial.received(), 5);
        partial.clear();
        assert_eq!((partial.received(), partial.total()), (0, None));
    }
}
