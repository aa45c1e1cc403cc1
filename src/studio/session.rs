//! What survives a restart: the draft, the form and the selection.

use serde::{Deserialize, Serialize};

use crate::domain::{AspectRatio, OutputFormat, Reference};

/// The studio's memory between runs, as it is written to the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The prompt as it stands in the editor.
    pub draft: String,
    /// The model's name.
    pub model: String,
    /// Aspect ratio.
    pub ratio: AspectRatio,
    /// Output format.
    pub format: OutputFormat,
    /// How many at once.
    pub count: u8,
    /// Reference pictures, #1 first.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// `ID.N` of the picture that is being edited.
    #[serde(default)]
    pub parent: Option<String>,
    /// UUID of the selected generation.
    #[serde(default)]
    pub selected: Option<String>,
}
