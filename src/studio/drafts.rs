//! Earlier texts of the prompt editor, beside the prompts of the history.

use std::time::Duration;

/// Texts that are kept.
const MOST: usize = 50;

/// What the editor held before.
#[derive(Debug, Clone, Default)]
pub(super) struct Drafts {
    /// When a prompt was sent last: a second Enter within 100 ms is the same press.
    pub(super) sent_at: Option<Duration>,
    /// What was sent last; `edit` empties the editor only when it still holds that.
    pub(super) sent_text: String,
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
