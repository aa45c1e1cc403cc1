//! The call: one `POST`, sent once, up to the head of its answer; and the list of models. Decides nothing about repeating
//! (see `retry`), and reads no answer (see `response`).

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

use super::base_url::BaseUrl;
use super::error::{failure_of, names_a_documented_field};
use super::mask::Mask;
use super::response::{Response, broken, silence};
use super::retry::{Trouble, asked_wait_in, wait_in};
use super::{http, words};
use crate::domain::{Clean, Failure, FailureKind, Secret};

/// What is read of a failing answer, bytes.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// What is read of a list of models, bytes.
const MAX_MODELS_BODY: usize = 4 * 1024 * 1024;
/// How fast the slowest line sends that anybody sends reference pictures over, bytes/s (a quarter of a megabit).
const SLOWEST: f64 = 32.0 * 1024.0;
/// How long the rest of a failing answer, or the list of models, may take.
const SHORT: Duration = Duration::from_secs(10);

/// How long a call waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Between two pieces of the answer; a comment is a piece. Before the first one the request's way comes on top, as on a line
    /// of 32 KB/s: 40 MB of references take that long, and are not refused by a gateway that is silent meanwhile.
    pub silence: Duration,
    /// For `[DONE]` or the end of the stream, once the answer has a finish reason and a content.
    pub settle: Duration,
}

impl Default for Timeouts {
    /// 10 s, 300 s (RELIABILITY N3; 4K asks for 600 s), and 10 s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(300),
            settle: Duration::from_secs(10),
        }
    }
}

/// Why a call brought no answer to read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{failure}")]
pub struct CallError {
    /// For people.
    pub failure: Failure,
    /// For `retry::decide`.
    pub trouble: Trouble,
    /// A 400 that names a field which only the documented profile sends: the profile's fallback may be tried.
    pub names_documented_field: bool,
}

impl CallError {
    /// No answer, though the request may have been accepted.
    fn lost(failure: Failure) -> Self {
        Self {
            failure,
            trouble: Trouble::Final,
            names_documented_field: false,
        }
    }
}

/// An endpoint and the key for it.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    mask: Mask,
    authorization: Option<HeaderValue>,
    timeouts: Timeouts,
}

impl Client {
    /// Prepares a client; connects to nothing. For a remote host this reads the platform's certificates: 10-25 ms.
    pub fn new(base: BaseUrl, key: Option<Secret>, timeouts: Timeouts) -> Result<Self, Failure> {
        let authorization = match &key {
            None => None,
            Some(key) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
                    .map_err(|_| {
                        Failure::new(
                            FailureKind::Config,
                            "the API key holds characters that no key has",
                        )
                        .hint("copy the key again")
                    })?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        Ok(Self {
            http: http::client(base.is_loopback(), base.is_https(), timeouts.connect)?,
            base,
            mask: Mask::new(key),
            authorization,
            timeouts,
        })
    }

    /// Sends the request, once, and waits for the answer's head. An answer with a failing status is an error.
    ///
    /// `body` is JSON; `stream` says whether it asks for a stream.
    pub async fn chat(&self, body: Bytes, stream: bool) -> Result<Response, CallError> {
        let accept = if stream {
            "text/event-stream, application/json"
        } else {
            "application/json"
        };
        let limit = self.timeouts.silence + Duration::from_secs_f64(body.len() as f64 / SLOWEST);
        let request = self
            .request(Method::POST, self.base.chat_url(), accept)
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        let response = match timeout(limit, request.send()).await {
            Err(_) => return Err(CallError::lost(silence(limit, false))),
            Ok(Err(error)) if error.is_connect() || error.is_builder() => {
                return Err(CallError {
                    failure: self.unreachable(&error),
                    trouble: Trouble::NotSent,
                    names_documented_field: false,
                });
            }
            Ok(Err(error)) => return Err(CallError::lost(broken(&error))),
            Ok(Ok(response)) => response,
        };
        if response.status().is_success() {
            return Ok(Response::new(response, self.mask.clone(), self.timeouts));
        }
        Err(self.refused(response).await)
    }

    /// The models that the gateway lists, in its order.
    pub async fn models(&self) -> Result<Vec<String>, Failure> {
        let request = self.request(Method::GET, self.base.models_url(), "application/json");
        let late = || {
            Failure::new(
                FailureKind::Timeout,
                "the list of models did not come in time",
            )
            .hint(words::CHECK_NETWORK)
        };
        let reading = async {
            let mut response = request.send().await.map_err(|e| self.unreachable(&e))?;
            let status = response.status();
            let body = read_up_to(&mut response, MAX_MODELS_BODY).await;
            if !status.is_success() {
                let body = self.mask.bytes(body);
                let mut failure = self.mask.failure(failure_of(status.as_u16(), &body));
                failure.maybe_billed = false;
                return Err(failure);
            }
            let mut list = serde_json::from_slice(&body).unwrap_or_default();
            self.mask.value(&mut list);
            names(&list).ok_or_else(|| {
                Failure::new(
                    FailureKind::NotTheEndpoint,
                    "the address answers, but not with a list of models",
                )
                .hint(words::CHECK_BASE_URL)
            })
        };
        timeout(SHORT, reading)
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    fn request(&self, method: Method, url: url::Url, accept: &'static str) -> RequestBuilder {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        self.http.request(method, url).headers(headers)
    }

    /// A failing status: reads what the gateway says about it.
    async fn refused(&self, mut response: reqwest::Response) -> CallError {
        let status = response.status();
        let headers = response.headers().clone();
        let header = |name: &'static str| headers.get(name)?.to_str().ok();
        let body = timeout(SHORT, read_up_to(&mut response, MAX_ERROR_BODY))
            .await
            .unwrap_or_default();
        let body = self.mask.bytes(body);
        let mut failure = self.mask.failure(failure_of(status.as_u16(), &body));
        if failure.kind == FailureKind::Auth && self.authorization.is_none() {
            failure = failure.hint(words::NO_KEY);
        }
        if status.is_redirection()
            && let Some(base) = header("location").and_then(|l| self.base.chat_url().join(l).ok())
            && let Ok(base) = BaseUrl::parse(base.as_str())
        {
            // The header is the gateway's word as much as the body, and may repeat the key too.
            failure = self
                .mask
                .failure(failure.hint(format!("try the base URL {base}")));
        }
        let now = SystemTime::now();
        let wait = if status == StatusCode::SERVICE_UNAVAILABLE {
            // When a limit is free again says nothing about a gateway that failed, perhaps in the middle of the work.
            asked_wait_in(header, &body, now)
        } else {
            wait_in(header, &body, now)
        };
        let trouble = match status {
            // An empty account is told as 429 too; waiting does not fill it.
            StatusCode::TOO_MANY_REQUESTS if failure.kind == FailureKind::RateLimited => {
                Trouble::Limited(wait)
            }
            StatusCode::SERVICE_UNAVAILABLE => Trouble::Unavailable(wait),
            _ => Trouble::Final,
        };
        if let (Trouble::Limited(_) | Trouble::Unavailable(_), Some(wait)) = (trouble, wait) {
            failure.maybe_billed = false;
            failure = failure.hint(format!(
                "the gateway asks to wait {} s",
                wait.as_secs_f64().ceil()
            ));
        }
        CallError {
            failure,
            trouble,
            names_documented_field: names_a_documented_field(status.as_u16(), &body),
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        Failure::new(
            FailureKind::Unreachable,
            format!(
                "no connection to {}: {}",
                self.base.origin(),
                http::cause(error)
            ),
        )
        .hint(words::CHECK_NETWORK)
    }
}

/// The body, or its first `limit` bytes; what a broken connection left of it.
async fn read_up_to(response: &mut reqwest::Response, limit: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = response.chunk().await {
        let room = limit.saturating_sub(body.len());
        body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if body.len() >= limit {
            break;
        }
    }
    body
}

/// `data[].id` of an OpenAI list. A name that is not clean is no name.
fn names(list: &Value) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for model in list["data"].as_array()? {
        if let Some(name) = model["id"].as_str()
            && Clean::line(name).as_str() == name
            && !name.is_empty()
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    Some(names)
}
