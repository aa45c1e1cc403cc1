//! What a reply is told in, part by part. Only the words for it; nothing here reads or keeps.

use std::fmt;

use crate::domain::{Clean, Failure};
use crate::endpoint::spool::Blob;

/// A picture as the answer gives it.
#[derive(Clone, PartialEq, Eq)]
pub enum Image {
    /// Where it can be fetched. May hold a signature: a secret, never shown with its query.
    Url(String),
    /// Its bytes, decoded from base64. What they are is for `picture` to say.
    Inline(Blob),
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => {
                let shown = url.split(['?', '#']).next().unwrap_or(url);
                f.debug_tuple("Url").field(&shown).finish()
            }
            Self::Inline(bytes) => write!(f, "Inline({} bytes)", bytes.len()),
        }
    }
}

/// What a reply contains, told in the order of arrival.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A picture from a structured field, or an address of one in text. Other pictures in text are in the
    /// [`Answer`](super::Answer) only, which may also leave out one that was told.
    Image(Image),
    /// Words of the answer.
    Text(Clean),
    /// Words of the model's thoughts.
    Reasoning(Clean),
    /// The gateway's own figure, 0..=100.
    Percent(u8),
    /// The usage object as compact JSON.
    Usage(String),
    /// The model that answers; need not be the one asked.
    Model(Clean),
    /// Why the answer ended.
    Finish(Clean),
    /// The gateway reported an error.
    Error(Failure),
}
