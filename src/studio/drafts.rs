//! Earlier texts of the prompt editor, beside the prompts of the history.

use std::time::Duration;

use crate::domain::{PictureId, Reference, Request};

/// Texts that are kept.
const MOST: usize = 50;

/// A press of Enter.
#[derive(Debug, Clone)]
pub(super) struct Entered {
    /// When, since the start of the program; while the key is held, when it repeated itself last.
    pub(super) at: Duration,
    /// What it was to send; `None` where the editor holds no prompt.
    pub(super) requests: Option<Vec<Request>>,
}

/// What Ctrl+C took away: words and references come back together, or an edit would be sent as something else.
#[derive(Debug, Clone)]
pub(super) struct Cleared {
    pub(super) text: String,
    pub(super) references: Vec<Reference>,
    pub(super) parent: Option<PictureId>,
}

/// What the editor held before.
#[derive(Debug, Clone, Default)]
pub(super) struct Drafts {
    /// The last Enter.
    pub(super) entered: Option<Entered>,
    /// What was sent last; `edit` empties the editor only when it still holds that.
    pub(super) sent_text: String,
    /// What was cleared last.
    pub(super) cleared: Option<Cleared>,
    /// Texts whose place another one took, newest first.
    pub(super) stash: Vec<String>,
    /// Stepping through earlier prompts: the place, and the draft that was there before.
    pub(super) recall: Option<(usize, String)>,
}

impl Drafts {
    /// Keeps a text that is about to be replaced.
    pub(super) fn keep(&mut self, text: String) {
        if !text.trim().is_empty() {
            self.stash.retain(|t| *t != text);
            self.stash.insert(0, text);
            self.stash.truncate(MOST);
        }
    }
}
