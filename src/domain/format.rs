//! Output formats (what may be asked for) and file formats (what the bytes turn out to be).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the endpoint may be asked for: the three values of its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputFormat {
    /// `jpeg`
    Jpeg,
    /// `png`
    Png,
    /// `webp`
    Webp,
}

impl OutputFormat {
    /// All three, in the document's order.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is wrong with a text that should be an output format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a format is jpeg, png or webp")]
pub struct NotAFormat;

impl FromStr for OutputFormat {
    type Err = NotAFormat;

    fn from_str(text: &str) -> Result<Self, NotAFormat> {
        match text.trim().to_ascii_lowercase().as_str() {
            "jpeg" | "jpg" => Ok(Self::Jpeg),
            "png" => Ok(Self::Png),
            "webp" => Ok(Self::Webp),
            _ => Err(NotAFormat),
        }
    }
}

/// What a file is, by its magic bytes. Names, MIME types and wishes play no part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// `FF D8 FF`
    Jpeg,
    /// `89 50 4E 47`
    Png,
    /// `RIFF....WEBP`
    Webp,
    /// `GIF8`
    Gif,
    /// `ftypavif`; kept, never decoded.
    Avif,
    /// `ftypheic`; kept, never decoded.
    Heic,
}

impl FileFormat {
    /// The name that people and JSON see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
            Self::Heic => "heic",
        }
    }

    /// The file name's extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.as_str(),
        }
    }

    /// The MIME type, for data URIs.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
        }
    }

    /// Whether plantain can decode it (and so measure and show it).
    pub const fn is_decodable(self) -> bool {
        !matches!(self, Self::Avif | Self::Heic)
    }

    /// The format of that name, as the database and JSON spell it.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Jpeg,
            Self::Png,
            Self::Webp,
            Self::Gif,
            Self::Avif,
            Self::Heic,
        ]
        .into_iter()
        .find(|f| f.as_str() == name)
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<OutputFormat> for FileFormat {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Jpeg => Self::Jpeg,
            OutputFormat::Png => Self::Png,
            OutputFormat::Webp => Self::Webp,
        }
    }
}
