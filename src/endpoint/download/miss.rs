//! A try that brought no picture, and whether another one makes sense. Waits for nothing.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, RETRY_AFTER};
use tokio::time::timeout;
use url::Url;

use super::super::retry::{LONGEST_WAIT, download_is_worth_another_try, told_wait};
use super::super::vet::named;
use super::super::words;
use super::expiry::has_expired;
use crate::domain::{Failure, FailureKind};

/// What is read of a failing answer, bytes.
const MAX_ERROR_BODY: usize = 8 * 1024;

/// A try that failed.
pub(super) struct Miss {
    pub(super) failure: Failure,
    /// Whether another try makes sense, and the wait that the host asked for.
    pub(super) again: bool,
    pub(super) told: Option<Duration>,
    /// Whether the host says that it has no such thing, or not for us.
    pub(super) denied: bool,
}

impl Miss {
    /// Another try may bring it.
    pub(super) fn again(message: &str) -> Self {
        Self {
            again: true,
            ..Self::last(failed(message))
        }
    }

    /// No other try will.
    pub(super) fn last(failure: Failure) -> Self {
        Self {
            failure,
            again: false,
            told: None,
            denied: false,
        }
    }
}

/// The address is still in the journal.
pub(super) fn failed(message: &str) -> Failure {
    Failure::new(FailureKind::Download, message).hint(words::URL_IS_KEPT)
}

pub(super) fn silent(url: &Url, limit: Duration) -> Miss {
    let seconds = limit.as_secs_f64().round();
    Miss::again(&format!("{} was silent for {seconds} s", named(url)))
}

/// Reads why a host refuses, for at most `silence` a piece; `redirected` says that `url` is not the one in the answer.
pub(super) async fn refused(
    url: &Url,
    redirected: bool,
    mut response: reqwest::Response,
    silence: Duration,
) -> Miss {
    let status = response.status().as_u16();
    let header = |name| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let (retry_after, date) = (header(RETRY_AFTER), header(DATE));
    let mut body = Vec::new();
    while body.len() < MAX_ERROR_BODY
        && let Ok(Ok(Some(bytes))) = timeout(silence, response.chunk()).await
    {
        body.extend_from_slice(&bytes);
    }
    body.truncate(MAX_ERROR_BODY);
    if has_expired(status, &body) {
        let message = format!("the picture's link has expired ({})", named(url));
        return Miss {
            // What a redirect led to was signed for this try alone; the next one is signed anew.
            again: redirected,
            denied: true,
            ..Miss::last(failed(&message).hint(words::RUN_AGAIN))
        };
    }
    let wall = SystemTime::now();
    let told = told_wait(retry_after.as_deref(), date.as_deref(), &[], wall);
    let too_long = told.is_some_and(|told| told > LONGEST_WAIT);
    Miss {
        again: download_is_worth_another_try(status) && !too_long,
        told,
        denied: matches!(status, 403 | 404 | 410),
        ..Miss::again(&format!("{} answered HTTP {status}", named(url)))
    }
}
