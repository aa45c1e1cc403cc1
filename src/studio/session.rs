//! What survives a restart: the draft, the form and the selection.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{AspectRatio, OutputFormat, Reference};

use super::Form;

/// When the session is written, and what was written last.
#[derive(Debug, Clone, Default)]
pub(super) struct Saving {
    /// The form that the studio was started with, until it is known what the last run kept: nothing is written over that,
    /// and what differs from this form was set by the user.
    pub(super) first: Option<Form>,
    /// Set after a change; since the start of the program.
    pub(super) due: Option<Duration>,
    /// Nothing is written twice.
    pub(super) last: Option<Session>,
}

impl Saving {
    /// When something is to be written.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.due.filter(|_| self.first.is_none())
    }
}

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
