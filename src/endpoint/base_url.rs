//! The address of an endpoint, as people paste it: with or without `/`, `/v1`, or the whole path of the call.

use std::fmt;

use url::Url;

use super::host::{Reach, reach};
use crate::domain::{Failure, FailureKind};

/// An endpoint's base: http or https, no user name, no query; usually ends in `/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads what people paste. Where no version is in the path, `/v1` is added (the document's path is
    /// `/v1/chat/completions`); a full path of the call is taken at its word.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        let wrong = |why: &str| {
            Failure::new(FailureKind::Config, format!("the base URL {why}"))
                .hint("write it like https://gateway.example/v1")
        };
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        let mut url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("must start with https:// or http://"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not hold a user name or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must not hold a query"));
        }
        let path = url.path().trim_end_matches('/');
        let called = path
            .strip_suffix("/chat/completions")
            .or_else(|| path.strip_suffix("/models"));
        let base = match called {
            Some(before) => before.to_owned(),
            None if path.split('/').any(is_version) => path.to_owned(),
            None => format!("{path}/v1"),
        };
        url.set_path(&base);
        Ok(Self(url))
    }

    /// Where a picture is asked for.
    pub fn chat_url(&self) -> Url {
        self.below("chat/completions")
    }

    /// Where the models are listed.
    pub fn models_url(&self) -> Url {
        self.below("models")
    }

    /// Scheme, host and port: the only place that the key may go.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Whether the endpoint is on this machine, by its name alone.
    pub fn is_loopback(&self) -> bool {
        reach(&self.0) == Reach::Loopback
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether a key would travel unencrypted over a network; callers decide whether to ask or to refuse.
    pub fn needs_care_with_key(&self) -> bool {
        self.0.scheme() == "http" && !self.is_loopback()
    }

    fn below(&self, name: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{name}", self.0.path().trim_end_matches('/')));
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_str().trim_end_matches('/'))
    }
}

/// `v1`, `v3`, `v1beta`.
fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_becomes_one_base() {
        for (given, base) in [
            ("https://gw.test", "https://gw.test/v1"),
            (" https://gw.test/ ", "https://gw.test/v1"),
            ("https://gw.test/v1", "https://gw.test/v1"),
            ("https://gw.test/v1/", "https://gw.test/v1"),
            ("https://gw.test/v1/chat/completions", "https://gw.test/v1"),
            ("https://gw.test/v1/chat/completions/", "https://gw.test/v1"),
            ("https://gw.test/v1/models", "https://gw.test/v1"),
            ("http://127.0.0.1:8188", "http://127.0.0.1:8188/v1"),
            ("https://gw.test/api", "https://gw.test/api/v1"),
            ("https://gw.test/api/v3", "https://gw.test/api/v3"),
            (
                "https://g.test/v1beta/openai/",
                "https://g.test/v1beta/openai",
            ),
            ("https://gw.test/x/chat/completions", "https://gw.test/x"),
            ("https://gw.test/chat/completions", "https://gw.test"),
        ] {
            let parsed = BaseUrl::parse(given).unwrap();
            assert_eq!(parsed.to_string(), base, "{given}");
            assert_eq!(
                parsed.chat_url().as_str(),
                format!("{base}/chat/completions"),
                "{given}"
            );
        }
    }

    #[test]
    fn what_is_no_base_is_refused_with_a_hint() {
        for given in [
            "",
            "gw.test/v1",
            "ftp://gw.test",
            "file:///etc/passwd",
            "https://user:pass@gw.test/v1",
            "https://gw.test/v1?key=1",
            "http://",
        ] {
            let failure = BaseUrl::parse(given).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Config, "{given}");
            assert!(failure.hint.is_some(), "{given}");
        }
    }

    #[test]
    fn a_key_over_plain_http_is_a_matter_of_care_off_this_machine() {
        for (given, care) in [
            ("http://localhost:1", false),
            ("http://127.0.0.1:1", false),
            ("http://192.168.0.2", true),
            ("http://gw.test", true),
            ("https://gw.test", false),
        ] {
            assert_eq!(
                BaseUrl::parse(given).unwrap().needs_care_with_key(),
                care,
                "{given}"
            );
        }
        let base = BaseUrl::parse("http://localhost:8188/v1").unwrap();
        assert!(base.is_loopback());
        assert_eq!(base.origin(), "http://localhost:8188");
    }
}
