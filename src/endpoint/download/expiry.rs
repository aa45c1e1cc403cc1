//! Whether a host's refusal says that the picture's link has expired, by the words of the stores that pictures lie in. A link
//! that is merely refused is no expired one: what it leads to may come yet.

use std::time::SystemTime;

/// S3 and its kin (MinIO, Aliyun OSS, Tencent COS, Huawei OBS, Volcengine TOS), Google, R2, Qiniu, Azure, and plain pages.
const WORDS: [&str; 10] = [
    "request has expired",
    "token has expired",
    "link has expired",
    "url has expired",
    "link expired",
    "<code>expiredtoken</code>",
    "<code>expiredrequest</code>",
    "expired token",
    "token out of date",
    "signature has expired",
];
/// Azure, of a link whose end lies before its beginning, which is the time of the request where it names none.
const AZURE_OVER: &str = "signed expiry time [";
/// Azure, of a link with a beginning; it says the same of one that has not begun.
const AZURE_FRAME: &str = "signature not valid in the specified time frame";

/// Reads the body of an answer with a failing `status`.
pub(super) fn has_expired(status: u16, body: &[u8]) -> bool {
    // 400: Google, and R2 in its first years. 401: Qiniu.
    if !matches!(status, 400 | 401 | 403 | 410) {
        return false;
    }
    let body = String::from_utf8_lossy(body).to_ascii_lowercase();
    if body.contains(AZURE_FRAME) {
        let (expiry, current) = (date(&body, "expiry ["), date(&body, "current ["));
        return match (expiry, current) {
            (Some(expiry), Some(current)) => expiry <= current,
            _ => true,
        };
    }
    body.contains(AZURE_OVER) || WORDS.iter().any(|words| body.contains(words))
}

/// The date behind `mark` in lower-case text, up to the next `]`.
fn date(body: &str, mark: &str) -> Option<SystemTime> {
    let (_, behind) = body.split_once(mark)?;
    let (date, _) = behind.split_once(']')?;
    // Names of days and months, and the zone, in the case that the reader of dates wants.
    let mut cased = String::with_capacity(date.len());
    for word in date.split_inclusive(' ') {
        let mut letters = word.chars();
        match letters.next() {
            _ if word == "gmt" => cased.push_str("GMT"),
            Some(first) => cased.extend(first.to_uppercase().chain(letters)),
            None => {}
        }
    }
    httpdate::parse_http_date(&cased).ok()
}
