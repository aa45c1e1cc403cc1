//! A prompt: what the user typed, never empty.

use super::{Clean, Failure, FailureKind};

/// A text with at least one visible character. Kept as typed; what is sent has its outer white space removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    typed: String,
}

impl Prompt {
    /// The largest prompt in bytes; more than any model reads.
    pub const MAX_BYTES: usize = 1024 * 1024;

    /// Refuses a text without any visible character, or one over [`Self::MAX_BYTES`].
    pub fn new(typed: impl Into<String>) -> Result<Self, Failure> {
        let typed = typed.into();
        if Clean::line(&typed).as_str().trim().is_empty() {
            return Err(Failure::new(FailureKind::Usage, "the prompt is empty")
                .hint("write what the picture should show"));
        }
        if typed.len() > Self::MAX_BYTES {
            return Err(
                Failure::new(FailureKind::Usage, "the prompt is over 1 MB long")
                    .hint("shorten it; models read a few thousand words at most"),
            );
        }
        Ok(Self { typed })
    }

    /// As typed, to the byte.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// What goes on the wire.
    pub fn sent(&self) -> &str {
        self.typed.trim()
    }
}
