//! A picture that was saved: where it is and what was measured of it.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{FileFormat, PictureId};

/// Width and height in px.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct PixelSize {
    /// px
    pub width: u32,
    /// px
    pub height: u32,
}

impl PixelSize {
    /// `width` x `height` px.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }
}

impl fmt::Display for PixelSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}x{}", self.width, self.height))
    }
}

/// One saved picture. The bytes on disk are exactly those that were served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `ID.N`
    pub id: PictureId,
    /// Absolute.
    pub path: PathBuf,
    /// By magic bytes.
    pub format: FileFormat,
    /// After orientation; `None` when it cannot be decoded.
    pub size: Option<PixelSize>,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Where it was downloaded from; `None` when it came inline. Its query is a secret: see `url_for_show`.
    pub url: Option<String>,
    /// The one that stands for its generation.
    pub selected: bool,
}

impl Picture {
    /// The URL without its query, which may be a signature.
    pub fn url_for_show(&self) -> Option<&str> {
        self.url
            .as_deref()
            .map(|url| url.split(['?', '#']).next().unwrap_or(url))
    }
}
