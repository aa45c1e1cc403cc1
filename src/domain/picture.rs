//! A picture that was saved: where it is and what was measured of it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{FileFormat, OutputFormat, PictureId};

/// What is written into every picture of a demo endpoint, and into what is converted from it.
pub const DEMO_TEXT: &str = "plantain demo endpoint: procedural picture, no model was called";

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
    /// The same picture in other formats, at most one of each: files beside the served one, absolute.
    pub converted: Vec<PathBuf>,
}

impl Picture {
    /// The URL without its query, which may be a signature.
    pub fn url_for_show(&self) -> Option<&str> {
        self.url
            .as_deref()
            .map(|url| url.split(['?', '#']).next().unwrap_or(url))
    }

    /// Its second file in that format.
    pub fn converted_to(&self, format: FileFormat) -> Option<&Path> {
        let extension = format.extension();
        self.converted
            .iter()
            .find(|path| path.extension() == Some(extension.as_ref()))
            .map(PathBuf::as_path)
    }

    /// Whether it could be written in that format: it can be decoded and is another one.
    pub fn can_become(&self, format: OutputFormat) -> bool {
        self.size.is_some() && self.format != FileFormat::from(format)
    }
}
