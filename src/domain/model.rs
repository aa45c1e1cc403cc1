//! Models: a name, and what is known of it. Any name may be asked for; the catalog knows some.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::OutputFormat;

/// The line of models that a name belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Family(pub String);

/// The size that a model's name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// Half of 1K on each side.
    #[serde(rename = "0.5K")]
    Half,
    /// About one megapixel.
    #[serde(rename = "1K")]
    One,
    /// Twice 1K on each side.
    #[serde(rename = "2K")]
    Two,
    /// Four times 1K on each side.
    #[serde(rename = "4K")]
    Four,
}

impl Tier {
    /// Smallest first.
    pub const ALL: [Self; 4] = [Self::Half, Self::One, Self::Two, Self::Four];

    /// As model names end.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Half => "0.5K",
            Self::One => "1K",
            Self::Two => "2K",
            Self::Four => "4K",
        }
    }

    /// Scales a side given at 1K, in px.
    pub const fn scale(self, px: u32) -> u32 {
        match self {
            Self::Half => px / 2,
            Self::One => px,
            Self::Two => px * 2,
            Self::Four => px * 4,
        }
    }

    /// The tier that a model's name ends in, if any (`NanoBananaPro-2K`).
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('-')?;
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str().eq_ignore_ascii_case(end))
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A model that the catalog knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The name on the wire.
    pub name: String,
    /// The line it belongs to.
    pub family: Family,
    /// The size its name promises; none counts as 1K.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// The formats that the vendor says it really makes.
    pub formats: Vec<OutputFormat>,
}
