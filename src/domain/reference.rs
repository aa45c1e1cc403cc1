//! Reference pictures: what an edit starts from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::PictureId;

/// Where the bytes of a reference picture are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceSource {
    /// The gateway fetches it itself.
    Url(String),
    /// A file on this machine; sent as a data URI.
    File(PathBuf),
    /// A data URI that was given as such.
    Data(String),
}

/// One reference picture, in the user's words and resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// As the user gave it: a URL, a path, or `ID.N` of the history.
    pub given: String,
    /// Where its bytes are.
    pub source: ReferenceSource,
}

impl Reference {
    /// A short name for a chip or a list: the last segment of the path or URL as it was given, or a picture's short id.
    pub fn label(&self) -> String {
        let last = |s: &str| s.rsplit('/').next().unwrap_or(s).to_owned();
        match &self.source {
            ReferenceSource::Url(url) => last(url.split(['?', '#']).next().unwrap_or(url)),
            // Not the path's: that may be a kept copy, whose name is a digest.
            ReferenceSource::File(_) => match self.given.parse::<PictureId>() {
                Ok(id) => id.short(),
                Err(_) => last(&self.given),
            },
            ReferenceSource::Data(_) => "data".to_owned(),
        }
    }
}
