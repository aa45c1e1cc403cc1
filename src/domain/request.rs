//! A request: everything that one generation asks for.

use super::{AspectRatio, OutputFormat, PictureId, Prompt, Reference};

/// What is asked of the endpoint, whatever dialect it is then written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The model's name; any string.
    pub model: String,
    /// Aspect ratio.
    pub ratio: AspectRatio,
    /// Output format.
    pub format: OutputFormat,
    /// What the user typed.
    pub prompt: Prompt,
    /// Reference pictures, #1 first.
    pub references: Vec<Reference>,
    /// The picture of the history that this one edits.
    pub parent: Option<PictureId>,
}
