//! The wait that an answer tells, in each form that a gateway's documentation knows. Reads no clock.

use std::time::{Duration, SystemTime};

use serde_json::Value;

/// A time since 1970 in seconds is larger than any wait; one in ms is larger than that.
const LEAST_TIME: f64 = 1e9;
const LEAST_TIME_MS: f64 = 1e12;

/// The wait that an answer tells: `Retry-After` in seconds or as an HTTP date, else what its body says. A date that has passed
/// is no wait at all. Dates are judged by the answer's own `Date`, else by `wall`: the two clocks may differ.
pub fn told_wait(
    retry_after: Option<&str>,
    date: Option<&str>,
    body: &[u8],
    wall: SystemTime,
) -> Option<Duration> {
    let header = |name| match name {
        "retry-after" => retry_after,
        "date" => date,
        _ => None,
    };
    wait_in(header, body, wall)
}

/// The same with all headers, surest first: `retry-after-ms` (Azure), `Retry-After`, the body's `retryDelay`, the longest
/// `x-ratelimit-reset..` of a limit that is used up (OpenAI: `6m0s`; OpenRouter: ms since 1970), and last the documented
/// sentences "Please try again in 20s" (OpenAI) and "Please retry in 45.8s" (Google).
pub(in crate::endpoint) fn wait_in<'h>(
    header: impl Fn(&'static str) -> Option<&'h str>,
    body: &[u8],
    wall: SystemTime,
) -> Option<Duration> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let wall = their_clock(&header, wall);
    asked(&header, &body, wall)
        .or_else(|| reset(&header, wall))
        .or_else(|| errors(&body).find_map(|error| quoted_reset(error, wall)))
        .or_else(|| errors(&body).find_map(|error| sentence(error["message"].as_str()?)))
}

/// The wait that a client is asked for in so many words: `retry-after-ms`, `Retry-After`, or the body's `retryDelay`. All that
/// says of a 503 that nothing of the request was begun.
pub(in crate::endpoint) fn asked_wait_in<'h>(
    header: impl Fn(&'static str) -> Option<&'h str>,
    body: &[u8],
    wall: SystemTime,
) -> Option<Duration> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let wall = their_clock(&header, wall);
    asked(&header, &body, wall)
}

/// Who tells a time has read it off a clock of its own (`Date`).
fn their_clock<'h>(
    header: &impl Fn(&'static str) -> Option<&'h str>,
    wall: SystemTime,
) -> SystemTime {
    header("date")
        .and_then(|date| httpdate::parse_http_date(date.trim()).ok())
        .unwrap_or(wall)
}

fn asked<'h>(
    header: &impl Fn(&'static str) -> Option<&'h str>,
    body: &Value,
    wall: SystemTime,
) -> Option<Duration> {
    header("retry-after-ms")
        .and_then(|ms| seconds(ms.trim()))
        .map(|ms| ms / 1000)
        .or_else(|| of_header(header("retry-after")?.trim(), wall))
        .or_else(|| errors(body).find_map(retry_delay))
}

fn of_header(text: &str, wall: SystemTime) -> Option<Duration> {
    if let Some(wait) = seconds(text) {
        return Some(wait);
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(wall).unwrap_or_default())
}

/// The errors of a body, which may be an array of them.
fn errors(body: &Value) -> impl Iterator<Item = &Value> {
    let several = body.as_array().into_iter().flatten();
    let one = body.is_object().then_some(body);
    several.chain(one).map(|body| &body["error"])
}

/// Google's `details[].retryDelay`: `"45.8s"`.
fn retry_delay(error: &Value) -> Option<Duration> {
    let details = error["details"].as_array()?;
    details
        .iter()
        .find_map(|detail| seconds(detail["retryDelay"].as_str()?.strip_suffix('s')?))
}

/// OpenRouter repeats the upstream's headers in `metadata.headers`.
fn quoted_reset(error: &Value, wall: SystemTime) -> Option<Duration> {
    let headers = error["metadata"]["headers"].as_object()?;
    let quoted = |name: &'static str| {
        let (_, value) = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        value.as_str()
    };
    quoted("retry-after")
        .and_then(|text| of_header(text.trim(), wall))
        .or_else(|| reset(&quoted, wall))
}

/// When a limit that is used up is free again. Of several, the last; where none says what is left, of all.
fn reset<'h>(
    header: &impl Fn(&'static str) -> Option<&'h str>,
    wall: SystemTime,
) -> Option<Duration> {
    const LIMITS: [(&str, &str); 4] = [
        ("x-ratelimit-reset", "x-ratelimit-remaining"),
        (
            "x-ratelimit-reset-requests",
            "x-ratelimit-remaining-requests",
        ),
        ("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"),
        ("ratelimit-reset", "ratelimit-remaining"),
    ];
    let known = LIMITS.iter().filter_map(|(reset, remaining)| {
        let wait = of_reset(header(reset)?.trim(), wall)?;
        let used_up = header(remaining).map(|left| left.trim() == "0");
        Some((wait, used_up))
    });
    let known: Vec<(Duration, Option<bool>)> = known.collect();
    let sure = known.iter().filter(|(_, used_up)| *used_up == Some(true));
    let unsure = known.iter().filter(|(_, used_up)| used_up.is_none());
    let longest = |(wait, _): &(Duration, Option<bool>)| *wait;
    sure.map(longest)
        .max()
        .or_else(|| unsure.map(longest).max())
}

/// Seconds, `1m30s`, or a time since 1970 in seconds or ms.
fn of_reset(text: &str, wall: SystemTime) -> Option<Duration> {
    let Ok(number) = text.parse::<f64>() else {
        return span(text);
    };
    let since_1970 = if number >= LEAST_TIME_MS {
        seconds(text)? / 1000
    } else if number >= LEAST_TIME {
        seconds(text)?
    } else {
        return seconds(text);
    };
    let time = SystemTime::UNIX_EPOCH.checked_add(since_1970)?;
    Some(time.duration_since(wall).unwrap_or_default())
}

/// `20s`, `6m0s`, `1h2m3.5s`, `350ms`.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number = seconds(&rest[..digits])?;
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        sum += match &rest[..unit] {
            "ms" => number / 1000,
            "s" => number,
            "m" => number * 60,
            "h" => number * 3600,
            "d" => number * 86_400,
            _ => return None,
        };
        rest = &rest[unit..];
    }
    (!text.is_empty()).then_some(sum)
}

/// The two sentences that are documented.
fn sentence(words: &str) -> Option<Duration> {
    ["Please try again in ", "Please retry in "]
        .iter()
        .find_map(|lead| {
            let rest = &words[words.find(lead)? + lead.len()..];
            let word = rest.split_whitespace().next()?;
            span(word.trim_end_matches(['.', ',', '!']))
        })
}

/// Seconds, perhaps with a fraction. What is too long to write down is a year, which is refused anyway; a time since 1970 in ms
/// is the longest number that is read as it is.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    let most = if seconds >= LEAST_TIME {
        1e14
    } else {
        31_536_000.0
    };
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: SystemTime = SystemTime::UNIX_EPOCH;

    type Headers = &'static [(&'static str, &'static str)];

    fn secs(s: f64) -> Duration {
        Duration::from_secs_f64(s)
    }

    #[test]
    fn a_wait_is_read_wherever_it_is_told() {
        let body = br#"[{"error":{"code":429,"details":[{"@type":"x"},{"retryDelay":"45.8s"}]}}]"#;
        for (header, body, expected) in [
            (Some("7"), b"".as_slice(), Some(secs(7.0))),
            (Some(" 1.5 "), b"", Some(secs(1.5))),
            (Some("999"), b"", Some(secs(999.0))),
            (Some("Thu, 01 Jan 1970 00:00:30 GMT"), b"", Some(secs(30.0))),
            (Some("7"), body, Some(secs(7.0))),
            (Some("soon"), body, Some(secs(45.8))),
            (None, &body[1..body.len() - 1], Some(secs(45.8))),
            (Some("-1"), b"", None),
            (Some("NaN"), b"", None),
            (None, b"not json", None),
        ] {
            assert_eq!(told_wait(header, None, body, WALL), expected, "{header:?}");
        }
        let later = WALL + secs(60.0);
        assert_eq!(
            told_wait(Some("Thu, 01 Jan 1970 00:00:30 GMT"), None, b"", later),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn a_time_is_judged_by_the_clock_of_who_tells_it() {
        let date = Some("Thu, 01 Jan 1970 12:00:00 GMT");
        let until = Some("Thu, 01 Jan 1970 12:00:07 GMT");
        // Our clock is behind, right and ahead.
        for wall in [0.0, 43_200.0, 90_000.0] {
            let wall = WALL + secs(wall);
            assert_eq!(told_wait(until, date, b"", wall), Some(secs(7.0)));
            assert_eq!(told_wait(date, until, b"", wall), Some(Duration::ZERO));
            assert_eq!(told_wait(Some("7"), date, b"", wall), Some(secs(7.0)));
        }
        let noon = WALL + secs(43_200.0);
        assert_eq!(told_wait(until, Some("noon"), b"", noon), Some(secs(7.0)));
        let headers = [
            ("date", "Sun, 30 Nov 2025 10:53:20 GMT"),
            ("x-ratelimit-reset", "1764500009"),
        ];
        let header = |name| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        assert_eq!(wait_in(header, b"", WALL), Some(secs(9.0)));
    }

    #[test]
    fn limits_and_sentences_tell_it_too() {
        let wall = WALL + secs(1_764_500_000.0);
        let said = |words: &str| format!(r#"{{"error":{{"message":"{words}"}}}}"#);
        let none = String::new();
        let quoted = r#"{"error":{"metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1764500009000"}}}}"#;
        let cases: [(Headers, String, Option<f64>); 14] = [
            (
                &[("retry-after-ms", "1500"), ("retry-after", "2")],
                none.clone(),
                Some(1.5),
            ),
            (&[("x-ratelimit-reset", "9")], none.clone(), Some(9.0)),
            (
                &[("x-ratelimit-reset", "1764500009")],
                none.clone(),
                Some(9.0),
            ),
            (
                &[("x-ratelimit-reset", "1764500009500")],
                none.clone(),
                Some(9.5),
            ),
            (
                &[("x-ratelimit-reset", "1764400000")],
                none.clone(),
                Some(0.0),
            ),
            (
                &[
                    ("x-ratelimit-reset-requests", "1s"),
                    ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-tokens", "6m0s"),
                    ("x-ratelimit-remaining-tokens", "4000"),
                ],
                none.clone(),
                Some(1.0),
            ),
            (
                &[
                    ("x-ratelimit-reset-requests", "350ms"),
                    ("x-ratelimit-reset-tokens", "1h2m3.5s"),
                ],
                none.clone(),
                Some(3723.5),
            ),
            (
                &[("x-ratelimit-reset", "9"), ("x-ratelimit-remaining", "5")],
                none.clone(),
                None,
            ),
            (
                &[("ratelimit-reset", "30")],
                said("Please try again in 20s."),
                Some(30.0),
            ),
            (
                &[],
                said("Rate limit reached. Please try again in 1m30s. Visit"),
                Some(90.0),
            ),
            (
                &[],
                said("Quota exceeded. Please retry in 45.860987s."),
                Some(45.860_987),
            ),
            (&[], said("try again in a while"), None),
            (&[], quoted.to_owned(), Some(9.0)),
            (&[("x-ratelimit-reset", "soon")], none, None),
        ];
        for (headers, body, expected) in cases {
            let header = |name| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
            let wait = wait_in(header, body.as_bytes(), wall);
            let right = match (wait, expected) {
                (Some(wait), Some(expected)) => (wait.as_secs_f64() - expected).abs() < 1e-3,
                (wait, expected) => wait.is_none() && expected.is_none(),
            };
            assert!(right, "{headers:?} {body}: {wait:?}");
        }
    }
}
