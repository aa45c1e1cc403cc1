//! How things fail, as a value: a notice, a line on stderr and a JSON object are three printers of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Clean;

/// The kind of a failure; its name stands in JSON and in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The user asked for something that cannot be asked for.
    Usage,
    /// A setting or a configuration file is wrong.
    Config,
    /// The key is missing or refused (401, 403).
    Auth,
    /// The account has no credit left (402, quota).
    Quota,
    /// Too many requests (429).
    RateLimited,
    /// The gateway did not accept the request (other 4xx).
    BadRequest,
    /// No connection: DNS, refused, TLS.
    Unreachable,
    /// The address answers, but not as this endpoint (an HTML page, noise).
    NotTheEndpoint,
    /// The gateway or its upstream failed (5xx, error in the stream).
    Gateway,
    /// Nothing came for too long.
    Timeout,
    /// The answer broke off.
    Cut,
    /// The model or a filter declined; the words are its own.
    Refused,
    /// The answer ended well and held no picture.
    NoPicture,
    /// The picture's URL is known and could not be fetched.
    Download,
    /// What came is not a picture.
    NotAPicture,
    /// A reference picture cannot be read.
    Reference,
    /// The library cannot be read or written.
    Library,
    /// The user cancelled.
    Cancelled,
    /// The process that ran it is gone.
    Lost,
    /// A fault of plantain's own.
    Internal,
}

impl FailureKind {
    /// The name in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Auth => "auth",
            Self::Quota => "quota",
            Self::RateLimited => "rate_limited",
            Self::BadRequest => "bad_request",
            Self::Unreachable => "unreachable",
            Self::NotTheEndpoint => "not_the_endpoint",
            Self::Gateway => "gateway",
            Self::Timeout => "timeout",
            Self::Cut => "cut",
            Self::Refused => "refused",
            Self::NoPicture => "no_picture",
            Self::Download => "download",
            Self::NotAPicture => "not_a_picture",
            Self::Reference => "reference",
            Self::Library => "library",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
            Self::Internal => "internal",
        }
    }
}

/// What went wrong, what to do about it, and whether it may have cost something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Failure {
    /// For programs.
    pub kind: FailureKind,
    /// The cause, in one line.
    pub message: Clean,
    /// The next step, in one line.
    pub hint: Option<Clean>,
    /// Whether the gateway may have charged for it.
    pub maybe_billed: bool,
}

impl Failure {
    /// A failure that cost nothing and has no hint yet.
    pub fn new(kind: FailureKind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: Clean::line(message.as_ref()),
            hint: None,
            maybe_billed: false,
        }
    }

    /// Adds the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(Clean::line(hint.as_ref()));
        self
    }

    /// Says that the gateway may have charged for it.
    #[must_use]
    pub fn billed(mut self) -> Self {
        self.maybe_billed = true;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if self.maybe_billed {
            write!(f, " (may have been billed)")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}
