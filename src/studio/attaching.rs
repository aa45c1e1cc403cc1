//! References between what was typed and what was found.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::TaskId;

/// A reference that is being looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// A path, URL or id.
    pub(super) text: String,
    /// Where it came from.
    pub(super) from: Origin,
}

/// Where a reference came from, and so what becomes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// An `@word` of the prompt, which leaves the prompt once it is found.
    Word(String),
    /// Typed into the list of references; it goes into the prompt as an `@word` when it is not found.
    Typed,
    /// Chosen from that list.
    Chosen,
}

/// What is known of references that are not in the form yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Attaching {
    /// Those on their way.
    pub(super) looking: BTreeMap<TaskId, Given>,
    /// `@words` that are text, since nothing was found for them or the user said so.
    pub(super) literal: BTreeSet<String>,
    /// The key that opened the list of references; it is text when the list is closed without a choice.
    pub(super) opened_by: Option<char>,
    /// The prompt is to be sent once all references of its text are there, if nothing else is changed until then.
    pub(super) then_send: bool,
}
