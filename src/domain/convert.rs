//! The setting `convert`: what happens to a picture that comes in another format than asked.

use serde::Deserialize;

/// Whether a second file is written, in the format that was asked. The file as served is never touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convert {
    /// Not by itself.
    #[default]
    Never,
    /// It is offered.
    Ask,
    /// As soon as the picture is saved.
    Always,
}

impl Convert {
    /// As the settings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Ask => "ask",
            Self::Always => "always",
        }
    }
}
